"""What the reviewer does: it judges each take that was rendered and still fits the plan, and looks at the film last."""

from __future__ import annotations

from msgspec import Struct

from bus.board import Slot, board, wanted_look
from bus.events import (
    Fact,
    PlanRevised,
    ProductionForked,
    ProductionResumed,
    SegmentApproved,
    SegmentKept,
    SegmentOverruled,
    SegmentRendered,
)
from bus.ids import Digest
from bus.plan import Continue, FromSegment, Plan, Segment
from bus.production import Production, Take

WAKES: tuple[type[Fact], ...] = (
    SegmentRendered,
    SegmentApproved,
    SegmentKept,
    SegmentOverruled,
    PlanRevised,
    ProductionResumed,
    ProductionForked,
)
"""The events after which there may be something to do."""


class Review(Struct, frozen=True, kw_only=True):
    """Judge one take."""

    segment: Segment
    take: Take
    hand_over: Digest | None
    """The last frame of the take that it continues."""
    opening: Digest | None
    """The last frame of the take that its chain begins with: what its colours are held against."""

    @property
    def about(self) -> str:
        """Name what it is about."""
        return f"review {self.take.segment}-{self.take.take}"


class LastLook(Struct, frozen=True, kw_only=True):
    """Look at the takes that the film is about to show, side by side."""

    number: int
    plan_number: int
    plan: Plan
    takes: tuple[Take, ...]
    about: str = "last look"


Task = Review | LastLook


def decide(production: Production, fact: Fact | None) -> tuple[Task, ...]:
    """Return the takes to judge: the one of this fact, or all where no render woke; and at its end the film."""
    if not production.is_active:
        return ()
    tasks: list[Task] = [*_reviews(production), *_last_look(production)]
    match fact:
        case SegmentRendered(segment=of, take=number):
            about = f"review {of}-{number}"
            tasks = [one for one in tasks if one.about == about or isinstance(one, LastLook)]
        case ProductionResumed(number=number):
            tasks = [one for one in tasks if one.about == production.resumed_about(number)]
        case _:
            pass
    return tuple(one for one in tasks if not production.is_stalled(one.about))


def _reviews(production: Production) -> list[Review]:
    slots = board(production)
    by_segment = {slot.segment.id: slot for slot in slots}
    return [
        _review(slot, take, by_segment) for slot in slots if (take := slot.unreviewed) is not None and not slot.accepted
    ]


def _last_look(production: Production) -> list[LastLook]:
    plan, takes = production.plan, wanted_look(production)
    if takes is None or plan is None or production.has_unheard_words or plan.brief != len(production.briefs):
        return []
    return [LastLook(number=len(production.looks) + 1, plan_number=len(production.plans), plan=plan, takes=takes)]


def _review(slot: Slot, take: Take, by_segment: dict[int, Slot]) -> Review:
    is_chained = isinstance(slot.segment.transition, Continue)
    return Review(
        segment=slot.segment,
        take=take,
        hand_over=slot.start if is_chained else None,
        opening=_opening(slot, by_segment) if is_chained else None,
    )


def _opening(slot: Slot, by_segment: dict[int, Slot]) -> Digest | None:
    """Return the hand-over of the first take of the chain that this segment continues."""
    while isinstance(slot.segment.start, FromSegment):
        slot = by_segment[slot.segment.start.segment]
    rendered = slot.accepted.rendered if slot.accepted else None
    return rendered.hand_over.digest if rendered else None
