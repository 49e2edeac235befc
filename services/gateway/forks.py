"""What a fork of a production begins with, and a film that is made again: the facts, and what they will cost. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, structs

from bus.adoption import adopt, as_of
from bus.board import board
from bus.errors import Reason, Refused, Unprocessable
from bus.events import (
    Again,
    Fact,
    Options,
    Origin,
    Problem,
    ProductionForked,
    ProductionRequested,
    ProductionResumed,
    ProductionRewound,
    ProductionStalled,
    Purpose,
    Stored,
)
from bus.ids import ProductionId
from bus.plan import Artifact, Plan
from bus.policy import OperatorRule
from bus.production import HELD, Production, supposed
from services.gateway.decide import Facts, Taken, say
from services.gateway.edits import Edit, edit_plan
from services.gateway.estimate import NO_EXPERIENCE, estimate_of
from services.gateway.experience import Experience
from services.gateway.words import WORDS_LENGTH_MAX, text_of

HOLD = "hold"
"""The kind of problem that holds a fork until the person who asked for it has seen what it would render."""
BEAT_LENGTH_MAX = 160


class Branch(Struct, frozen=True, kw_only=True):
    """A point on the log of a production, and all that leads to it."""

    state: Production
    """The production as it stood there."""
    origin: Origin
    adopted: tuple[Fact, ...]


class Said(Struct, frozen=True, kw_only=True):
    """The change of a fork is what a person says: intent and planner make of it what they will."""

    words: str
    is_held: bool = False
    """Whether nothing is rendered before the person has seen what that is."""


class Prompted(Struct, frozen=True, kw_only=True):
    """The change of a fork is another prompt for one segment."""

    segment: int
    prompt: str


class Replanned(Struct, frozen=True, kw_only=True):
    """The change of a fork is another plan."""

    plan: Plan


Change = Said | Prompted | Replanned | None


class Terms(Struct, frozen=True, kw_only=True):
    """What the operator's settings have to say about a change."""

    rules: tuple[OperatorRule, ...] = ()
    duration_max_s: float | None = None
    purposes: Mapping[str, str] = {}
    """What each LoRA of the catalogue is for; the content policy reads it."""


# -- the point ---------------------------------------------------------------------------------------------


def branch(production: ProductionId, log: Sequence[Stored], at: int | None) -> Branch:
    """Return the point at an event; at the last one where none is named.

    Raises:
        Refused: there is no such production or event, the log does not hold together, or it is newer than we are.
    """
    whole = at is None or at < 1
    state, kept = as_of(log, None if whole else at, Production(id=production))
    if state.request is None:
        raise Refused(
            Reason.UNKNOWN,
            f"There is no production {production}.",
            why="The log holds nothing under this name.",
            help="See the list of productions (`kindling ls`) for the names there are.",
        )
    if at is not None and (state.ordinal != at or at < 1):
        raise Refused(
            Reason.UNKNOWN,
            f"{production} has no event {at}.",
            why=f"Its events are counted from 1 to {state.ordinal}.",
            help=f"See them: kindling tail {production} --no-follow",
        )
    if state.unknown:
        raise Refused(
            Reason.NOT_NOW,
            f"{production} holds events that this Kindling does not know: {', '.join(state.unknown)}.",
            why="A newer one wrote them, and what they mean can't be taken over.",
            help="Update this Kindling, or branch from an earlier event.",
        )
    try:
        adopted = adopt(kept)
    except Unprocessable as error:
        raise Refused(
            Reason.NOT_NOW,
            f"{production} can't be branched from there. {error.what}",
            why=error.why,
            help=f"`kindling verify {production}` says what is wrong; an earlier event may still do.",
        ) from error
    assert state.head is not None, "a production that was requested has a log"
    origin = Origin(production=production, ordinal=state.ordinal, digest=state.head)
    return Branch(state=state, origin=origin, adopted=adopted)


def _request(of: Branch, options: Options, key: str | None) -> ProductionRequested:
    request = of.state.request
    assert request is not None
    # Seeds follow from the production's id where the person gave no number, and here they are to go on.
    options = structs.replace(options, seed=of.state.base_seed)
    return structs.replace(request, options=options, origin=of.origin, idempotency_key=key)


# -- a fork ------------------------------------------------------------------------------------------------


def fork(of: Branch, production: ProductionId, change: Change, terms: Terms, key: str | None = None) -> Facts:
    """Return the facts that a fork begins with: all that was, and the change.

    Raises:
        Refused: there is no plan yet, the film is one that is made again, or the change can't be granted.
    """
    state = of.state
    if state.rewound is not None and state.rewound.to is Again.ORDERS:
        source = state.request.origin.production if state.request and state.request.origin else "another one"
        raise Refused(
            Reason.NOT_NOW,
            f"{state.id} makes the film of {source} again, order by order, and can't be forked.",
            why="All that it is was taken over from there.",
            help=f"Fork that one: kindling fork {source}",
        )
    if state.plan is None:
        raise Refused(
            Reason.NOT_NOW,
            f"{state.id} has no plan yet at event {state.ordinal}.",
            why="Before there is a plan there is nothing to share, and a new film costs as little.",
            help=f"Name a later event (kindling tail {state.id} --no-follow), or make a new film with the same words.",
        )
    begun: Facts = (_request(of, state.options, key), *of.adopted, ProductionForked())
    # Under the name that the person knows: a refusal is not to speak of a production that never was.
    return (*begun, *_changed(supposed(Production(id=state.id), begun), production, change, terms))


def _changed(state: Production, production: ProductionId, change: Change, terms: Terms) -> Facts:
    match change:
        case None:
            return ()
        case Said(words=words, is_held=is_held):
            facts = (*_resumed(state), *say(state, words, rules=terms.rules))
            return (*facts, _held(state, production)) if is_held else facts
        case Prompted(segment=segment, prompt=prompt):
            return _edited(state, _prompted(state, segment, prompt), terms)
        case Replanned(plan=plan):
            return _edited(state, plan, terms)


def _edited(state: Production, plan: Plan, terms: Terms) -> Facts:
    facts = edit_plan(
        state,
        Edit(
            plan=plan,
            revision=len(state.plans),
            duration_max_s=state.options.duration_max_s or terms.duration_max_s,
            purposes=terms.purposes,
            rules=terms.rules,
        ),
    )
    answered = {one.number for one in facts if isinstance(one, ProductionResumed)}
    return (*facts, *(one for one in _resumed(state) if one.number not in answered)) if facts else ()


def _resumed(state: Production) -> tuple[ProductionResumed, ...]:
    """Return that every open problem is tried again: whoever forks with a change acts on them."""
    return tuple(ProductionResumed(number=one.number, why="a person forked it") for one in state.open_stalls)


def _held(state: Production, production: ProductionId) -> ProductionStalled:
    problem = Problem(
        kind=HOLD,
        about=HELD,
        what="The fork waits for your word: nothing is rendered before you have seen what that will be.",
        why="What your words change is known once they are understood and the plan is revised.",
        help=f"Look at it (`kindling show {production}`), then `kindling resume {production}`, "
        f"or call it off: `kindling cancel {production}`.",
    )
    return ProductionStalled(number=len(state.stalls) + 1, problem=problem)


def _prompted(state: Production, number: int, prompt: str) -> Plan:
    """Return the plan with another prompt for a segment: it ends with the look, and the beat says what it says."""
    plan = state.plan
    assert plan is not None, "a fork has a plan"
    said = " ".join(text_of(prompt, "prompt", WORDS_LENGTH_MAX).split())
    segment = plan.segment(number)
    if segment is None:
        raise Refused(
            Reason.UNKNOWN,
            f"The plan of {state.id} has no segment {number}.",
            why=f"It has segments {', '.join(str(one.id) for one in plan.segments)}.",
            help="Name one of them.",
        )
    if not said:
        raise Refused(
            Reason.INVALID,
            f"The prompt for segment {number} is empty.",
            why="It says what is to be seen.",
            help='As in: --prompt "A wolf crosses the ice, seen from far away".',
        )
    changed = structs.replace(segment, prompt=_with_look(said, plan), beat=_beat(said))
    segments = tuple(changed if one is segment else one for one in plan.segments)
    return structs.replace(plan, segments=segments)


def _with_look(prompt: str, plan: Plan) -> str:
    if plan.look.words in prompt:
        return prompt
    return f"{prompt if prompt.endswith(('.', '!', '?', '…')) else f'{prompt}.'} {plan.look.words}".strip()


def _beat(prompt: str) -> str:
    """Return the first sentence of a prompt: what happens, for people and for the caption."""
    first = prompt.split(". ")[0].rstrip(".")
    shortened = first if len(first) <= BEAT_LENGTH_MAX else f"{first[: BEAT_LENGTH_MAX - 1].rsplit(' ', 1)[0]} …"
    return f"{shortened}."


# -- again -------------------------------------------------------------------------------------------------


def again(of: Branch, to: Again, key: str | None = None) -> Facts:
    """Return the facts that the film begins with when it is made again.

    Args:
        of: the point at which its last cut was made.

    Raises:
        Refused: there is no film yet, or it is itself one that is made again.
    """
    state = of.state
    require_film(state)
    assert state.request is not None
    if to is Again.WORDS and state.request.purpose is not Purpose.FILM:
        raise Refused(
            Reason.NOT_NOW,
            f"No agent had a part in {state.id}.",
            why="It was asked for exactly as it is, and nothing of it was decided by anybody else.",
            help=f"Make it again from its recorded orders: kindling regenerate {state.id}",
        )
    options = state.options
    if to is Again.ORDERS:
        # What was accepted stays accepted, and no other order may take the place of a recorded one.
        options = structs.replace(options, review=False, accept_smaller=False)
    return (_request(of, options, key), *of.adopted, ProductionRewound(to=to, cut=state.cuts[-1].number))


def require_film(state: Production) -> None:
    """Check that there is a film that can be made again.

    Raises:
        Refused: there is none, or it is itself being made again.
    """
    if state.is_again and state.request is not None and state.request.origin is not None:
        source = state.request.origin.production
        raise Refused(
            Reason.NOT_NOW,
            f"{state.id} is itself the film of {source}, made again.",
            why="What it is held against lies there.",
            help=f"Make that one again: kindling regenerate {source}",
        )
    if not state.cuts:
        raise Refused(
            Reason.NOT_NOW,
            f"{state.id} has no film yet at event {state.ordinal}.",
            why="What is made again is held against what was made.",
            help="Wait until its film is done.",
        )


def repeated(production: Production, of: Branch, key: str | None) -> bool:
    """Say whether this production already is what was asked for under the same key.

    Raises:
        Refused: the key was used for something else.
        Taken: the id belongs to another production.
    """
    request = production.request
    if request is None:
        return False
    if key is None or request.idempotency_key != key:
        raise Taken
    if request.origin != of.origin:
        raise Refused(
            Reason.INVALID,
            f"The Idempotency-Key was already used for {production.id}.",
            why="That production was asked for otherwise.",
            help="Use a new key; repeat a request with exactly what it held.",
        )
    return True


# -- what it will be -----------------------------------------------------------------------------------------


class Outlook(Struct, frozen=True, kw_only=True):
    """What will be rendered, as far as it is known."""

    segments: tuple[int, ...]
    segment_count: int
    seconds: float | None
    """Of one renderer's work; None where nothing was measured yet."""
    is_bound: bool = False
    """Whether it may be less: the words are not understood yet."""


def outlook(state: Production, experience: Experience = NO_EXPERIENCE) -> Outlook:
    """Return what is to be rendered before the film is there.

    Args:
        experience: what films have taken so far.
    """
    slots = board(state)
    due = tuple(slot.segment.id for slot in slots if slot.accepted is None and slot.unreviewed is None)
    if state.has_unheard_words:
        return _whole(state, experience)
    estimate = estimate_of(state, experience)
    seconds = None if estimate is None else estimate.left_s if due else 0.0
    return Outlook(segments=due, segment_count=len(slots), seconds=seconds)


def _whole(state: Production, experience: Experience) -> Outlook:
    assert state.plan is not None, "a fork has a plan"
    every = tuple(one.id for one in state.plan.segments)
    estimate = estimate_of(state, experience)
    return Outlook(
        segments=every, segment_count=len(every), seconds=estimate.total_s if estimate else None, is_bound=True
    )


def outlook_again(state: Production, to: Again) -> Outlook:
    """Return what is to be rendered to make the film again: what its takes cost then."""
    shown = {segment: take for segment, take in state.shown.items() if take.borrowed is None}
    costs = [take.rendered.cost.total_s for take in shown.values() if take.rendered is not None]
    seconds = round(sum(costs), 1) if costs else None
    return Outlook(segments=tuple(shown), segment_count=len(shown), seconds=seconds, is_bound=to is Again.WORDS)


def named(state: Production) -> Iterator[tuple[str, Artifact]]:
    """Yield what the production will show without rendering it, and what is rendered will start from, with its name."""
    due = False
    for slot in board(state):
        taken = slot.accepted or slot.unreviewed
        if taken is None or taken.rendered is None:
            due = True
            continue
        name = f"take {taken.segment}-{taken.take}"
        yield name, taken.rendered.clip
        yield f"{name}'s last frame", taken.rendered.hand_over
        yield f"{name}'s poster", taken.rendered.poster
    if not due and state.cuts and not state.has_unheard_words:
        yield "the film", state.cuts[-1].film
    number = 0
    for message in state.conversation:
        for image in message.images:
            number += 1
            yield f"picture {number}", image
