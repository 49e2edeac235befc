"""What each event of a history brought about, read off the state before and after it, not off its type. Pure.

So it goes for any event that the fold knows, also for one that brings several things at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from bus.events import Recorded, Unreadable
from bus.ids import ProductionId
from bus.production import Production, Take, evolve

History = Sequence[Recorded | Unreadable]


class Mark(NamedTuple):
    """Something that came to be, as `Mark("verdict", (3, 1))`: the verdict on take 1 of segment 3."""

    kind: str
    of: tuple[int, ...]

    def __str__(self) -> str:
        """Return what people call it."""
        return _NAMES[self.kind].format(*self.of)


_NAMES = {
    "message": "message {}",
    "question": "question {}",
    "answer": "answer to question {}",
    "brief": "brief {}",
    "plan": "plan {}",
    "cut": "cut {}",
    "sample order": "order of sample {}-{}",
    "sample": "sample {}-{}",
    "word": "your word on sample {}-{}",
    "order": "order of take {}-{}",
    "take": "take {}-{}",
    "failure": "failure of take {}-{}",
    "verdict": "verdict on take {}-{}",
    "kept": "take {}-{}, kept",
    "ruling": "your word on take {}-{}",
}


class Trace(Struct):
    """A state, and the ordinal of the event in which each thing came to be."""

    state: Production
    marks: dict[Mark, int]
    recorded: dict[int, Recorded]
    plan_at: dict[Mark, int]
    """By order, which plan was in force."""


def trace(production: ProductionId, history: History) -> Trace:
    """Return the state after a history, with the event in which each part of it came to be."""
    found = Trace(state=Production(id=production), marks={}, recorded={}, plan_at={})
    for one in history:
        before, found.state = found.state, evolve(found.state, one)
        if not isinstance(one, Recorded):
            continue
        if found.state.source is not before.source:
            # It was rewound, to be made again: of what was there only that is left which still holds.
            left = set(_new(Production(id=production), found.state))
            found.marks = {mark: at for mark, at in found.marks.items() if mark in left}
        ordinal = one.event.ordinal
        found.recorded.setdefault(ordinal, one)
        for mark in _new(before, found.state):
            if found.marks.setdefault(mark, ordinal) == ordinal and mark.kind == "order":
                found.plan_at[mark] = len(found.state.plans)
    return found


def _new(before: Production, after: Production) -> Iterator[Mark]:
    """Yield what is in a state and was not in the one before it."""
    for name, was, now in (
        ("message", before.conversation, after.conversation),
        ("question", before.questions, after.questions),
        ("brief", before.briefs, after.briefs),
        ("plan", before.plans, after.plans),
        ("cut", before.cuts, after.cuts),
    ):
        yield from (Mark(name, (number,)) for number in range(len(was) + 1, len(now) + 1))
    for old, new in zip(before.questions, after.questions, strict=False):
        if new.is_answered and not old.is_answered:
            yield Mark("answer", (new.number,))
    if after.samples is not before.samples:
        known = {(one.brief, one.take): one for one in before.samples}
        for sample in after.samples:
            was_sample, of = known.get((sample.brief, sample.take)), (sample.brief, sample.take)
            if was_sample is None:
                yield Mark("sample order", of)
            if sample.rendered is not None and (was_sample is None or was_sample.rendered is None):
                yield Mark("sample", of)
            if sample.word is not None and (was_sample is None or was_sample.word is None):
                yield Mark("word", of)
    if after.takes is not before.takes:
        for of, take in after.takes.items():
            was_take = before.takes.get(of)
            if take is not was_take:
                yield from _new_of_take(was_take, take)


def _new_of_take(before: Take | None, after: Take) -> Iterator[Mark]:
    of = (after.segment, after.take)
    if before is None:
        yield Mark("order", of)
    for name, was, now in (
        ("take", before and before.rendered, after.rendered),
        ("failure", before and before.failure, after.failure),
        ("verdict", before and before.verdict, after.verdict),
        ("kept", (before and before.is_kept) or None, after.is_kept or None),
    ):
        if now is not None and was is None:
            yield Mark(name, of)
    for number in range(len(before.rulings) + 1 if before else 1, len(after.rulings) + 1):
        yield Mark("ruling", (*of, number))
