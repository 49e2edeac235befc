"""What the reviewer does: it judges each take that was rendered and still fits the plan."""

from __future__ import annotations

from msgspec import Struct

from bus.board import Slot, board
from bus.events import Fact, PlanRevised, ProductionResumed, SegmentOverruled, SegmentRendered
from bus.ids import Digest
from bus.plan import Continue, FromSegment, Segment
from bus.production import Production, Take

WAKES: tuple[type[Fact], ...] = (SegmentRendered, SegmentOverruled, PlanRevised, ProductionResumed)
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


def decide(production: Production, fact: Fact | None) -> tuple[Review, ...]:
    """Return the takes to judge: the one of this fact, or all of them where something else woke."""
    if not production.is_active:
        return ()
    slots = board(production)
    by_segment = {slot.segment.id: slot for slot in slots}
    reviews = [
        _review(slot, take, by_segment) for slot in slots if (take := slot.unreviewed) is not None and not slot.accepted
    ]
    match fact:
        case SegmentRendered(segment=of, take=number):
            reviews = [one for one in reviews if (one.take.segment, one.take.take) == (of, number)]
        case ProductionResumed(number=number):
            reviews = [one for one in reviews if one.about == production.resumed_about(number)]
        case _:
            pass
    return tuple(one for one in reviews if not production.is_stalled(one.about))


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
