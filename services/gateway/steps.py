"""How far the work on each production is: the newest step of each piece, and how long it will still take.

Steps are no facts. They are kept for whoever looks next, in memory only, and forgotten once a fact settles the work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from msgspec import Struct, structs

from bus.events import (
    Fact,
    IntentParsed,
    IntentQuestioned,
    PlanRevised,
    PlanWritten,
    ProductionDone,
    ProductionReviewed,
    SampleFailed,
    SampleRendered,
    SegmentApproved,
    SegmentFailed,
    SegmentRejected,
    SegmentRendered,
)
from bus.ids import ProductionId
from bus.work import Step

WORKS_MAX = 16
"""Pieces of work that are remembered for one production."""
PRODUCTIONS_MAX = 1024


class ProgressView(Struct, frozen=True, kw_only=True):
    """How far a service is with one piece of work. No fact: it may be lost."""

    service: str
    about: str
    """`intent`, `sample`, `plan`, `segment 3`, `review 3-1`, `film`."""
    done: int
    total: int
    eta_s: float | None
    """How long it will still take, at the pace so far; null until two steps were seen."""
    preview: bytes | None
    """A small JPEG of what is there so far, base64."""
    note: str = ""
    """Why it does not get on, such as that others have the GPU; empty once it does."""


@dataclass(slots=True)
class _Work:
    """One piece of work since it was first heard of."""

    began_s: float
    began_at: int
    shown: ProgressView


class Steps:
    """The newest step of each piece of work."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._works: dict[ProductionId, dict[str, _Work]] = {}

    def take(self, production: ProductionId, content: bytes) -> ProgressView | None:
        """Return a step as it is shown, or None where the message is none.

        A preview is sent on once; whoever looks later gets the last one there was.
        """
        try:
            step = msgspec.json.decode(content, type=Step)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        works = self._works.setdefault(production, {})
        before, now = works.pop(step.about, None), self._clock()
        if before is None or step.done < before.shown.done or step.total != before.shown.total:
            before = None
        began_s, began_at = (before.began_s, before.began_at) if before else (now, step.done)
        ahead, behind = step.total - step.done, step.done - began_at
        shown = ProgressView(
            service=step.service,
            about=step.about,
            done=step.done,
            total=step.total,
            eta_s=round(max(0, ahead) * (now - began_s) / behind, 1) if behind > 0 else None,
            preview=step.preview,
            note=step.note,
        )
        kept = before.shown.preview if before and step.preview is None else step.preview
        works[step.about] = _Work(began_s, began_at, structs.replace(shown, preview=kept))
        while len(works) > WORKS_MAX:
            del works[next(iter(works))]
        while len(self._works) > PRODUCTIONS_MAX:
            del self._works[next(iter(self._works))]
        return shown

    def has(self, production: ProductionId) -> bool:
        """Say whether any work on a production was heard of that no fact has settled."""
        return production in self._works

    def settle(self, production: ProductionId, fact: Fact) -> str | None:
        """Forget the work that a fact settles; return what it was about."""
        about = settled_by(fact)
        works = self._works.get(production)
        if works is not None and about is not None:
            works.pop(about, None)
            if not works:
                del self._works[production]
        return about

    def forget(self, production: ProductionId) -> None:
        """Forget all work on a production: nothing more is done for it."""
        self._works.pop(production, None)

    def of(self, production: ProductionId) -> tuple[ProgressView, ...]:
        """Return the newest step of each piece of work on a production."""
        return tuple(one.shown for one in self._works.get(production, {}).values())


def settled_by(fact: Fact) -> str | None:
    """Return what the work was about that is over with this fact."""
    match fact:
        case IntentParsed() | IntentQuestioned():
            return "intent"
        case PlanWritten() | PlanRevised():
            return "plan"
        case SampleRendered() | SampleFailed():
            return "sample"
        case SegmentRendered(segment=segment) | SegmentFailed(segment=segment):
            return f"segment {segment}"
        case SegmentApproved(segment=segment, take=take) | SegmentRejected(segment=segment, take=take):
            return f"review {segment}-{take}"
        case ProductionReviewed():
            return "last look"
        case ProductionDone():
            return "film"
        case _:
            return None
