"""What changed between two moments of a production, as a person reads it. Pure.

A state is spread out into facets, each a text under what it is about; two states differ where their facets do. So
nothing is shown as a change that was none, and no change of a facet is left out.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from bus.board import board, status_of
from bus.brief_words import MODE, field_name
from bus.events import ProductionReviewed, Ruling
from bus.ids import is_digest
from bus.plan import Continue, Crossfade, Cut, FromImage, FromSegment, FromText, Mode, Outcome, Plan, Verdict
from bus.production import Production, Sample, Take
from services.gateway.status_view import status_view

HEADLINE = ""
"""The facet that stands for the whole of what it is about."""
DIGEST_LENGTH = 12

Facets = dict[tuple[str, str], str]
"""By what it is about (`brief`, `segment 3`, `take 3-2`) and which part of it, what it says."""


class Change(Struct, frozen=True, kw_only=True):
    """A facet that is new, gone, or another one."""

    about: str
    """`status`, `message 2`, `brief`, `plan`, `segment 3`, `take 3-2`, `film` …"""
    part: str
    """Which part of it, as `prompt`; empty for the whole."""
    was: str | None
    """None where there was nothing."""
    now: str | None
    """None where there is nothing any more."""


def difference(before: Production, after: Production) -> tuple[Change, ...]:
    """Return what changed from one state to the other, in the order of a production's life."""
    was, now = facets(before), facets(after)
    keys = dict.fromkeys((*now, *was))
    rank = {about: place for place, about in enumerate(dict.fromkeys(about for about, _ in keys))}
    return tuple(
        Change(about=about, part=part, was=was.get((about, part)), now=now.get((about, part)))
        for about, part in sorted(keys, key=lambda key: rank[key[0]])
        if was.get((about, part)) != now.get((about, part))
    )


def facets(production: Production) -> Facets:
    """Return all that a state says, spread out. What it has not is not there."""
    found: Facets = {}
    for about, part, value in _all(production):
        if (text := _text(value)) or part == HEADLINE:
            found[about, part] = text
    return found


Facet = tuple[str, str, object]


# What is told under names of its own, and what moves only together with it.
_TOLD = frozenset(
    [
        "id",
        "ordinal",
        "head",
        "last_event",
        "first_time",
        "last_time",
        "request",
        "conversation",
        "heard",
        "questions",
        "refusals",
        "briefs",
        "samples",
        "plans",
        "plans_made",
        "takes",
        "acted",
        "stalls",
        "looks",
        "cuts",
        "cut_ordinal",
        "end",
        "source",
        "forked",
        "adopted",
        "rewound",
        "compared",
        "work_failures",
        "unknown",
        "anomalies",
    ]
)
_TOLD_OF_TAKE = frozenset(
    [
        "segment",
        "take",
        "order",
        "basis",
        "ordinal",
        "why",
        "postings",
        "rendered",
        "failure",
        "verdict",
        "is_approved",
        "judged_by",
        "is_kept",
        "rulings",
        "settled",
    ]
)
_TOLD_OF_SAMPLE = frozenset(
    ["brief", "take", "order", "ordinal", "postings", "rendered", "failure", "word", "word_ordinal"]
)


def _rest(about: str, document: Struct, told: frozenset[str]) -> Iterator[Facet]:
    """Yield the fields that have no words of their own: nothing that is new in a state is left out for want of them."""
    yield from ((about, name.replace("_", " "), getattr(document, name)) for name in _untold(type(document), told))


@functools.cache
def _untold(kind: type[Struct], told: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name not in told)


def _all(production: Production) -> Iterator[Facet]:
    if production.request is not None:
        yield "status", HEADLINE, status_view(status_of(production)).says
    yield from _conversation(production)
    if production.briefs:
        last = production.briefs[-1]
        yield "brief", HEADLINE, f"brief {last.number}: {last.brief.logline}"
        for name in last.brief.__struct_fields__:
            value = getattr(last.brief, name)
            yield "brief", field_name(name), value if name != "duration_s" or value is None else f"{value:g} s"
    for sample in production.samples:
        about = f"sample {sample.brief}-{sample.take}"
        yield about, HEADLINE, _sample(sample)
        yield from _rest(about, sample, _TOLD_OF_SAMPLE)
    if production.plan is not None:
        yield from _plan(production.plan, len(production.plans))
    yield from _takes(production)
    for stall in production.stalls:
        state = "resumed" if stall.is_resumed else "open"
        yield f"problem {stall.number}", HEADLINE, f"{stall.problem.about}: {stall.problem.what} ({state})"
    for look in production.looks:
        about = f"last look {look.number}"
        yield about, HEADLINE, _look(look)
        yield from _spread(about, look)
    for cut in production.cuts:
        takes = ", ".join(f"{one.segment}-{one.take}" for one in cut.takes)
        yield f"film {cut.number}", HEADLINE, f"plan {cut.plan}, takes {takes}, {_text(cut.film.digest)}"
    if production.forked:
        yield "fork", HEADLINE, f"goes its own way since event {production.forked}"
    if production.rewound is not None:
        yield "made again", HEADLINE, f"from {production.rewound.to.value}, held against cut {production.rewound.cut}"
    for compared in production.compared:
        yield f"film {compared.number}", "compared", compared.comparison
    yield from _rest("film", production, _TOLD)
    if production.end is not None:
        yield "end", HEADLINE, production.end.TYPE.rpartition(".")[2]
        yield from _spread("end", production.end)
    for number, failure in enumerate(production.work_failures, 1):
        yield f"failure {number}", HEADLINE, f"{failure.service} at {failure.subject}: {failure.problem.what}"
    for number, unknown in enumerate(production.unknown, 1):
        yield f"newer event {number}", HEADLINE, unknown
    for number, anomaly in enumerate(production.anomalies, 1):
        yield f"anomaly {number}", HEADLINE, f"{anomaly.subject}: {anomaly.what}"


def _conversation(production: Production) -> Iterator[Facet]:
    for number, message in enumerate(production.conversation, 1):
        pictures = f" with {_text(tuple(one.digest for one in message.images))}" if message.images else ""
        refused = " (refused)" if message.is_refused else ""
        yield f"message {number}", HEADLINE, f"{message.words}{pictures}{refused}"
    for question in production.questions:
        answered = " (answered)" if question.is_answered else ""
        yield f"question {question.number}", HEADLINE, f"{question.asked.text}{answered}"
    for refusal in production.refusals:
        yield f"refusal {refusal.number}", HEADLINE, refusal.why


def _plan(plan: Plan, number: int) -> Iterator[Facet]:
    yield "plan", HEADLINE, f"revision {number}"
    for about, part, value in _spread("plan", plan):
        if part != "segments":
            yield about, part, value
    for place, segment in enumerate(plan.segments, 1):
        about = f"segment {segment.id}"
        yield about, HEADLINE, segment.beat
        yield about, "place", place
        yield from (one for one in _spread(about, segment) if one[1] not in ("id", "beat"))


def _takes(production: Production) -> Iterator[Facet]:
    for slot in board(production):
        if slot.accepted is not None:
            yield f"segment {slot.segment.id}", "shows", f"take {slot.accepted.take}"
    for take in production.takes.values():
        about = f"take {take.segment}-{take.take}"
        yield about, HEADLINE, _take(take)
        yield about, "prompt", take.order.prompt
        yield about, "seed", take.order.seed
        yield about, "starts from", take.order.start
        yield about, "rulings", len(take.rulings)
        yield from _rest(about, take, _TOLD_OF_TAKE)


def _sample(sample: Sample) -> str:
    if sample.word is not None:
        return str(sample.word)
    if sample.failure is not None:
        return f"failed: {sample.failure.what}"
    if sample.rendered is not None:
        return f"rendered, {_text(sample.rendered.clip.digest)}"
    return f"being rendered, posting {len(sample.postings)}" if sample.postings else "ordered"


def _take(take: Take) -> str:
    """Return what became of a take, all of it: what a person said stands last."""
    if take.failure is not None:
        return f"failed: {take.failure.what}"
    if take.rendered is None:
        return f"being rendered, posting {len(take.postings)}" if take.postings else "ordered"
    parts = []
    if take.is_approved is not None:
        parts.append("approved" if take.is_approved else "rejected")
    if take.verdict is not None:
        parts.append(f"score {take.verdict.score:.2f}{_failed(take.verdict)}")
    if take.is_kept:
        parts.append("kept, flagged")
    if take.rulings:
        last = take.rulings[-1]
        word = "accepted by hand" if last.ruling is Ruling.ACCEPT else "refused by hand"
        parts.append(f"{word}: {last.why}" if last.why else word)
    return ", ".join(parts) or f"rendered, {_text(take.rendered.clip.digest)}"


def _look(look: ProductionReviewed) -> str:
    """Return what the last look at a film found."""
    failed = [one for one in look.findings if one.outcome is Outcome.FAIL]
    if failed:
        return "; ".join(f"{one.criterion}: {one.evidence}" for one in failed)
    is_seen = any(one.outcome is not Outcome.UNOBSERVED for one in look.findings)
    return "nothing amiss" if is_seen else "nobody could have one"


def _failed(verdict: Verdict) -> str:
    failed = [one.criterion for one in verdict.findings if one.outcome is Outcome.FAIL]
    return f" ({', '.join(failed)})" if failed else ""


# -- values as text ------------------------------------------------------------------------------------------


def _spread(about: str, document: Struct) -> Iterator[Facet]:
    """Yield a facet for each field of a document."""
    for name in document.__struct_fields__:
        yield about, name.replace("_", " "), getattr(document, name)


def _text(value: object) -> str:
    """Return a value as a person reads it; nothing for what is not there."""
    match value:
        case None | ():
            return ""
        case bool():
            return "yes" if value else "no"
        case Mode():
            return MODE[value]
        case enum.Enum():
            return str(value.value).replace("_", " ")
        case str():
            return f"{value[:DIGEST_LENGTH]}…" if is_digest(value) else value
        case float():
            return f"{value:g}"
        case tuple():
            return "; ".join(_text(one) for one in value)
        case FromText():
            return "words"
        case FromImage(image=image):
            return f"picture {_text(image)}"
        case FromSegment(segment=segment):
            return f"the end of segment {segment}"
        case Cut() | Continue():
            return type(value).__name__.lower()
        case Crossfade(frame_count=count):
            return f"crossfade over {count} frames"
        case Struct():
            named = ((name, _text(part)) for name, part in msgspec.structs.asdict(value).items())
            return ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in named if text)
        case _:
            return str(value)
