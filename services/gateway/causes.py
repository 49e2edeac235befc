"""Why something is as it is: the chain of events from the person's sentence to the pixels. Pure.

What an event brought about is read off the state before and after it, not off its type: so the chain goes through any
event that the fold knows. What follows from what is the house's own order: a film shows takes, a take answers an order,
an order carries out a plan and may begin where another take ended, a plan carries out a brief, a brief answers words.
"""

from __future__ import annotations

from msgspec import Struct

from bus import codec
from bus.board import board
from bus.errors import Reason, Refused
from bus.events import Event, Origin, ProductionAdopted, Recorded, Unknown, Writer
from bus.ids import Digest, EventId, ProductionId, digest_of
from bus.plan import Made
from bus.production import Production
from services.gateway.follows import accepted_before, causes_of
from services.gateway.trace import History, Mark, Trace, trace

PERSON = "person"


# -- what is asked for ---------------------------------------------------------------------------------------


class OfSegment(Struct, frozen=True):
    """A segment; its accepted take, or the latest one, if no take is named."""

    segment: int
    take: int | None = None


class OfSample(Struct, frozen=True):
    """The sample of a brief; the latest one, if none is named."""

    brief: int | None = None
    take: int | None = None


class OfBrief(Struct, frozen=True):
    """A brief; the latest one, if none is named."""

    number: int | None = None


class OfPlan(Struct, frozen=True):
    """A revision of the plan; the one in force, if none is named."""

    number: int | None = None


class OfFilm(Struct, frozen=True):
    """A cut of the film; the latest one, if none is named."""

    number: int | None = None


Target = OfSegment | OfSample | OfBrief | OfPlan | OfFilm


# -- what is answered ----------------------------------------------------------------------------------------


class Step(Struct, frozen=True, kw_only=True):
    """One event of the chain."""

    ordinal: int
    sequence: int
    id: EventId
    type: str
    what: str
    """What it is to the chain: `message 1`, `brief 2`, `order of take 3-1`, `verdict on take 3-1`, `cut 1`."""
    time: str
    actor: str
    """`person`, or the service that wrote it."""
    by: Writer
    made: Made | None
    """The program or model behind it, where it made something."""
    prompt_digest: Digest | None
    """The digest of the prompt that a model was given, or that an order holds."""
    order_digest: Digest | None
    artifact: Digest | None
    """The picture, clip or film that came of it."""
    because: tuple[int, ...]
    """The ordinals of the events that it follows from; none for what the person said of their own accord."""


class Why(Struct, frozen=True, kw_only=True):
    """The chain, from the first cause to what was asked for: each step after all that it follows from."""

    production: ProductionId
    target: str
    """What was asked for, as `segment 3, take 2`."""
    origin: Origin | None
    """What the production was forked from: the chain then goes on there."""
    steps: tuple[Step, ...]


def why(production: ProductionId, history: History, target: Target) -> Why:
    """Return why something is as it is.

    Raises:
        Refused: there is no such thing, or not yet.
    """
    traced = trace(production, history)
    name, ends = _ends(traced, target)
    because: dict[int, set[int]] = {}
    what: dict[int, list[str]] = {}
    seen: set[Mark] = set()
    open_: list[tuple[Mark, tuple[Mark, ...] | None]] = list(ends)
    while open_:
        mark, only = open_.pop()
        if mark in seen or mark not in traced.marks:
            continue
        seen.add(mark)
        ordinal = traced.marks[mark]
        what.setdefault(ordinal, []).append(str(mark))
        causes = [one for one in (only or causes_of(traced, mark)) if one in traced.marks]
        because.setdefault(ordinal, set()).update(traced.marks[one] for one in causes)
        open_ += [(one, None) for one in causes]
    steps = (_step(traced, ordinal, what[ordinal], because[ordinal] - {ordinal}) for ordinal in sorted(because))
    origin = traced.state.request.origin if traced.state.request else None
    return Why(production=production, target=name, origin=origin, steps=tuple(steps))


def _step(traced: Trace, ordinal: int, what: list[str], because: set[int]) -> Step:
    recorded = traced.recorded[ordinal]
    event = original_of(recorded)
    fact = event.fact
    made: Made | None = getattr(fact, "made", None)
    order = getattr(fact, "order", None)
    artifact = getattr(fact, "clip", None) or getattr(fact, "film", None)
    prompt = made.prompt_digest if made else None
    return Step(
        ordinal=ordinal,
        sequence=recorded.sequence,
        id=recorded.event.id,
        type=fact.type if isinstance(fact, Unknown) else fact.TYPE,
        # The chain is walked from its end: what an event is to it first was reached last.
        what=", ".join(dict.fromkeys(reversed(what))),
        time=event.time,
        actor=PERSON if event.by.service == "gateway" else event.by.service,
        by=event.by,
        made=made,
        prompt_digest=digest_of(order.prompt.encode()) if order is not None else prompt,
        order_digest=getattr(fact, "order_digest", None),
        artifact=artifact.digest if artifact is not None else None,
        because=tuple(sorted(because)),
    )


def original_of(recorded: Recorded) -> Event:
    """Return the event as it was first written: a fork has those of the production that it branches from."""
    fact = recorded.event.fact
    return codec.original(fact) if isinstance(fact, ProductionAdopted) else recorded.event


# -- finding what is asked for -------------------------------------------------------------------------------

Ends = list[tuple[Mark, "tuple[Mark, ...] | None"]]
"""Where the chain ends; with its causes, where only some of them are asked for."""


def _ends(traced: Trace, target: Target) -> tuple[str, Ends]:
    state = traced.state
    match target:
        case OfBrief(number=number):
            found = _one_of(traced, "brief", number, len(state.briefs), "the words are not understood yet")
            return f"brief {found}", [(Mark("brief", (found,)), None)]
        case OfPlan(number=number):
            found = _one_of(traced, "plan", number, len(state.plans), "it is written once the sample is approved")
            return f"plan {found}", [(Mark("plan", (found,)), None)]
        case OfFilm(number=number):
            found = _one_of(traced, "film", number, len(state.cuts), "it is joined once every segment has its take")
            return f"the film, cut {found}", [(Mark("cut", (found,)), None)]
        case OfSample():
            return _end_of_sample(traced, target)
        case OfSegment():
            return _end_of_segment(traced, target)


def _one_of(traced: Trace, noun: str, number: int | None, count: int, why_none: str) -> int:
    if not count:
        raise Refused(Reason.NOT_NOW, f"{traced.state.id} has no {noun} yet: {why_none}.", help="Ask again later.")
    if number is None:
        return count
    if not 1 <= number <= count:
        raise Refused(
            Reason.UNKNOWN, f"{traced.state.id} has no {noun} {number}.", help=f"They are numbered from 1 to {count}."
        )
    return number


def _end_of_sample(traced: Trace, target: OfSample) -> tuple[str, Ends]:
    there = [(one.brief, one.take) for one in traced.state.samples]
    if not there:
        raise Refused(Reason.NOT_NOW, f"{traced.state.id} has no sample yet.", help="Ask for its brief instead.")
    if target.brief is None:
        of = there[-1]
    else:
        of = max((one for one in there if one[0] == target.brief and target.take in (None, one[1])), default=(0, 0))
        if of == (0, 0):
            named = f"{target.brief}-{target.take}" if target.take else str(target.brief)
            listed = ", ".join(f"{brief}-{take}" for brief, take in there)
            raise Refused(Reason.UNKNOWN, f"{traced.state.id} has no sample {named}.", help=f"There are: {listed}.")
    marks = (Mark("word", of), Mark("sample", of), Mark("sample order", of))
    return f"sample {of[0]}-{of[1]}", [(next(one for one in marks if one in traced.marks), None)]


def _end_of_segment(traced: Trace, target: OfSegment) -> tuple[str, Ends]:
    state, segment = traced.state, target.segment
    takes = state.takes_of(segment)
    if target.take is not None:
        take = next((one for one in takes if one.take == target.take), None)
        if take is None:
            raise _no_take(state, segment, target.take)
    else:
        slot = next((one for one in board(state) if one.segment.id == segment), None)
        if slot is None and not takes:
            raise _no_segment(state, segment)
        take = (slot.accepted if slot else None) or (takes[-1] if takes else None)
        if take is None:
            return f"segment {segment}, not ordered yet", [(Mark("plan", (len(state.plans),)), None)]
    of = (take.segment, take.take)
    name = f"segment {segment}, take {take.take}"
    shown = [number for number, cut in enumerate(state.cuts, 1) if of in [(one.segment, one.take) for one in cut.takes]]
    if shown:
        mark = Mark("cut", (shown[-1],))
        return f"{name}, in cut {shown[-1]}", [(mark, (accepted_before(traced, take, traced.marks[mark]),))]
    said = [
        (ordinal, mark)
        for mark, ordinal in traced.marks.items()
        if mark.kind in ("order", "take", "failure", "verdict", "kept", "ruling") and mark.of[:2] == of
    ]
    return name, [(max(said)[1], None)]


def _no_segment(state: Production, segment: int) -> Refused:
    if state.plan is None:
        return Refused(
            Reason.NOT_NOW,
            f"{state.id} has no plan yet, and so no segments.",
            help="Ask for its brief or its sample instead.",
        )
    listed = ", ".join(str(one.id) for one in state.plan.segments[:20])
    return Refused(
        Reason.UNKNOWN,
        f"{state.id} has no segment {segment}.",
        why=f"The plan has {listed}{' …' if len(state.plan.segments) > 20 else ''}.",
        help="Name one of them.",
    )


def _no_take(state: Production, segment: int, take: int) -> Refused:
    takes = state.takes_of(segment)
    if not takes:
        return _no_segment(state, segment)
    listed = ", ".join(f"{one.segment}-{one.take}" for one in takes)
    return Refused(
        Reason.UNKNOWN,
        f"{state.id} has no take {segment}-{take}.",
        why=f"There are: {listed}.",
        help="Name one of them.",
    )
