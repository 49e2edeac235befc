"""What the stitcher does: once every segment has its accepted take, it joins them, once for each set of takes."""

from __future__ import annotations

from msgspec import Struct

from bus.board import film_takes, is_cut, wanted_look
from bus.events import (
    Fact,
    PlanRevised,
    ProductionForked,
    ProductionResumed,
    ProductionReviewed,
    SegmentApproved,
    SegmentBorrowed,
    SegmentKept,
    SegmentOverruled,
    SegmentRendered,
)
from bus.plan import Plan
from bus.production import Production, Take

WAKES: tuple[type[Fact], ...] = (
    SegmentApproved,
    SegmentKept,
    SegmentOverruled,
    SegmentRendered,
    SegmentBorrowed,
    PlanRevised,
    ProductionResumed,
    ProductionForked,
    ProductionReviewed,
)
"""The events after which there may be something to do."""
ABOUT = "film"


class Stitch(Struct, frozen=True, kw_only=True):
    """Join these takes as cut n of the film."""

    number: int
    plan_number: int
    plan: Plan
    takes: tuple[Take, ...]
    about: str = ABOUT


def decide(production: Production, fact: Fact | None) -> tuple[Stitch, ...]:
    """Return the film to join, if all its takes are there and it is not joined yet."""
    if not production.is_active or production.has_unheard_words or production.is_stalled(ABOUT):
        return ()
    plan = production.plan
    if plan is None or plan.brief != len(production.briefs):
        return ()
    takes = film_takes(production)
    if takes is None or is_cut(production, takes) or wanted_look(production) is not None:
        return ()
    number = len(production.cuts) + 1
    return (Stitch(number=number, plan_number=len(production.plans), plan=plan, takes=takes),)
