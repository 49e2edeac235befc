"""What the planner does: it orders the sample, writes and revises the plan, and orders every take of every segment.

First takes, retakes, dependants and smaller settings after "out of memory" are all decided here, from the state alone.
"""

from __future__ import annotations

from msgspec import Struct

from bus.board import Slot, board, is_refused
from bus.events import (
    Fact,
    Failure,
    IntentParsed,
    PlanRevised,
    PlanWritten,
    Problem,
    ProductionForked,
    ProductionResumed,
    ProductionRewound,
    ProductionStalled,
    SampleApproved,
    SampleFailed,
    SegmentApproved,
    SegmentFailed,
    SegmentKept,
    SegmentOrdered,
    SegmentOverruled,
    SegmentRejected,
    SegmentRendered,
    WhenTakesAreUsedUp,
)
from bus.plan import SEED_STEP_PER_TAKE, SEEDS, Brief, Order, Plan, order_for
from bus.production import Production, Sample, Take, Word
from bus.work import Write

WAKES: tuple[type[Fact], ...] = (
    IntentParsed,
    SampleApproved,
    SampleFailed,
    PlanWritten,
    PlanRevised,
    SegmentRendered,
    SegmentFailed,
    SegmentApproved,
    SegmentRejected,
    SegmentOverruled,
    ProductionResumed,
    ProductionForked,
    ProductionRewound,
)
"""The events after which there may be something to do."""
ORDERS_OPEN_MAX = 3
"""Orders of one production that may be open at once, so that a long film does not starve the others."""
FAILURES_MAX = 3
"""Renders of one thing that may fail before a person is asked."""


class WriteSample(Struct, frozen=True, kw_only=True):
    """Write the order of the sample for a brief."""

    number: int
    brief: Brief
    take: int
    smaller: Order | None = None
    about: str = "sample"


class WritePlan(Struct, frozen=True, kw_only=True):
    """Write the plan, or its next revision."""

    number: int
    brief_number: int
    brief: Brief
    sample: str | None
    highest_segment: int
    """The highest segment id that any plan had: ids are never used again."""
    before: Plan | None
    about: str = "plan"


Task = WriteSample | WritePlan | Write


def decide(production: Production, fact: Fact | None, open_max: int = ORDERS_OPEN_MAX) -> tuple[Task, ...]:
    """Return what is to be planned or ordered now.

    Args:
        open_max: orders of the production that may be open at once.
    """
    if not production.is_active or production.has_unheard_words or production.open_question is not None:
        return ()
    brief = production.brief
    if brief is None:
        return ()
    number = len(production.briefs)
    plan = production.plan
    if plan is None and production.options.sample:
        sample = production.sample_of(number)
        if sample is None or sample.word is not Word.APPROVED:
            return _sample(production, number, brief, sample)
    if plan is None or plan.brief != number:
        return _plan(production, number, brief)
    return _orders(production, plan, open_max)


def _sample(production: Production, number: int, brief: Brief, sample: Sample | None) -> tuple[Task, ...]:
    if production.is_stalled("sample"):
        return ()
    if sample is None:
        return (WriteSample(number=number, brief=brief, take=1),)
    if sample.failure is None:
        return ()
    acted = production.acted.get(0, 0)
    failed = sum(one.failure is not None and one.ordinal > acted for one in production.samples if one.brief == number)
    if failed and (failed >= FAILURES_MAX or not _may_retry(production, sample.failure)):
        return (_stall(production, "sample", sample.failure),)
    smaller = sample.failure.smaller if production.options.accept_smaller else None
    return (WriteSample(number=number, brief=brief, take=sample.take + 1, smaller=smaller),)


def _plan(production: Production, number: int, brief: Brief) -> tuple[Task, ...]:
    if production.is_stalled("plan"):
        return ()
    sample = production.sample_of(number)
    return (
        WritePlan(
            number=len(production.plans) + 1,
            brief_number=number,
            brief=brief,
            sample=f"{sample.brief}-{sample.take}" if sample and sample.word is Word.APPROVED else None,
            highest_segment=max((one.id for plan in production.plans for one in plan.segments), default=0),
            before=production.plan,
        ),
    )


def _orders(production: Production, plan: Plan, open_max: int) -> tuple[Task, ...]:
    """Return every order that is due, as one batch, before it what has to be settled about segments."""
    if production.is_stalled("orders") or production.is_held:
        return ()
    slots = board(production)
    free = open_max - sum(slot.open is not None for slot in slots)
    due: list[SegmentOrdered] = []
    for slot in slots:
        about = f"segment {slot.segment.id}"
        if slot.accepted or slot.open or slot.unreviewed or slot.is_waiting or production.is_stalled(about):
            continue
        failed = _last_failure(production, slot)
        if failed is not None and (slot.failed_count >= FAILURES_MAX or not _may_retry(production, failed)):
            return (_stall(production, about, failed),)
        if slot.rejected_count >= max(1, production.options.takes_max):
            return (_used_up(production, slot, about),)
        if free > 0:
            free -= 1
            due.append(_order(production, plan, slot, failed))
    return (Write(about="orders", facts=tuple(due)),) if due else ()


def _last_failure(production: Production, slot: Slot) -> Failure | None:
    """Return the failure of the segment's latest take, if nobody acted since."""
    last = slot.takes[-1] if slot.takes else None
    if last is None or last.failure is None or not slot.failed_count:
        return None
    return last.failure


def _may_retry(production: Production, failure: Failure) -> bool:
    if failure.smaller is not None:
        return production.options.accept_smaller
    return failure.is_retryable


def _order(production: Production, plan: Plan, slot: Slot, failed: Failure | None) -> SegmentOrdered:
    take = slot.last_take + 1
    assert slot.basis is not None, "a segment that waits for another one is not ordered"
    recorded = production.recorded.get(slot.segment.id)
    if recorded is not None:
        why = _why(production, slot, failed) or "It is made again as it was ordered."
        return SegmentOrdered(
            segment=recorded.segment, take=max(take, recorded.take), order=recorded.order, basis=slot.basis, why=why
        )
    if failed is not None and failed.smaller is not None:
        seed = (slot.segment.seed + SEED_STEP_PER_TAKE * (take - 1)) % SEEDS
        order = Order(**{name: getattr(failed.smaller, name) for name in Order.__struct_fields__} | {"seed": seed})
        why = f"A smaller setting, after take {slot.takes[-1].take} ran out of memory."
        return SegmentOrdered(segment=slot.segment.id, take=take, order=order, basis=slot.basis, why=why)
    rejected = next((one for one in reversed(slot.takes) if one.is_approved is False), None)
    advice = rejected.verdict.advice if rejected and rejected.verdict else ""
    order = order_for(plan, slot.segment, take, slot.start, advice, slot.colours)
    why = _why(production, slot, failed)
    too_large = _too_large(production, order) if production.options.accept_smaller else None
    if too_large is not None:
        order, name = _as_small(order, too_large), f"{too_large.segment}-{too_large.take}"
        why = f"{why} Smaller than planned, since take {name} ran out of memory.".strip()
    return SegmentOrdered(segment=slot.segment.id, take=take, order=order, basis=slot.basis, why=why)


def _too_large(production: Production, order: Order) -> Take | None:
    """Return a take that ran out of memory though it was no larger than this order; None since a person last acted.

    What did not fit once would not fit for the next segment either, and a film of one size is better than one of two.
    """
    acted = production.acted.get(0, 0)
    found = [
        one
        for one in production.takes.values()
        if one.failure is not None
        and one.failure.smaller is not None
        and one.settled > acted
        and one.order.renderer == order.renderer
        and _volume(one.order) <= _volume(order)
    ]
    return min(found, key=lambda one: _volume(one.order), default=None)


def _volume(order: Order) -> int:
    return order.width * order.height * order.frame_count


def _as_small(order: Order, too_large: Take) -> Order:
    """Return the order in the size that was proposed instead of the one that did not fit."""
    assert too_large.failure is not None
    smaller = too_large.failure.smaller
    assert smaller is not None
    small = {"width": smaller.width, "height": smaller.height}
    return Order(**{name: getattr(order, name) for name in Order.__struct_fields__} | small)


def _why(production: Production, slot: Slot, failed: Failure | None) -> str:
    if failed is not None:
        return f"Take {slot.takes[-1].take} failed: {failed.what}"
    if slot.takes:
        last = slot.takes[-1]
        if last.failure is not None:
            return f"Take {last.take} was called off, and is wanted again."
        if last.rulings:
            return f"Take {last.take} was refused: {last.rulings[-1].why}".rstrip(": ")
        return f"Take {last.take} was rejected."
    return "What it was made for has changed." if slot.last_take else ""


def _used_up(production: Production, slot: Slot, about: str) -> Write:
    """Return what happens when no take was approved: the best is kept, or a person is asked.

    What a person has ruled on is theirs to decide: it is not kept against their word, and not for a second time. What
    the content policy refuses is not kept at all.
    """
    rejected = [one for one in slot.takes if one.is_approved is False and not one.rulings]
    if all(is_refused(one) for one in rejected):
        return _all_refused(production, slot, about)
    best = max((one for one in rejected if not is_refused(one)), key=_score)
    if production.options.when_takes_are_used_up is WhenTakesAreUsedUp.KEEP_BEST:
        why = f"None of {len(rejected)} takes was approved; this one is the best of them."
        kept = SegmentKept(segment=slot.segment.id, take=best.take, score=_score(best), why=why)
        return Write(about=about, facts=(kept,))
    problem = Problem(
        kind="takes_used_up",
        about=about,
        what=f"None of the {len(rejected)} takes of segment {slot.segment.id} was approved.",
        why=best.verdict.advice if best.verdict else "",
        help=f"Accept one (`kindling overrule {production.id} {slot.segment.id}-{best.take} accept`), "
        f'say what to change (`kindling say {production.id} "segment {slot.segment.id}: …"`), '
        f"or try again (`kindling resume {production.id}`).",
    )
    return _stalled(production, problem)


def _all_refused(production: Production, slot: Slot, about: str) -> Write:
    problem = Problem(
        kind="policy",
        about=about,
        what=f"Every take of segment {slot.segment.id} shows what the content policy refuses.",
        why="The prompt leads there, whatever the seed.",
        help=f'Say what it should show instead: `kindling say {production.id} "segment {slot.segment.id}: …"`.',
    )
    return _stalled(production, problem)


def _score(take: Take) -> float:
    return take.verdict.score if take.verdict else 0.0


def _stall(production: Production, about: str, failure: Failure) -> Write:
    problem = Problem(kind=failure.kind, about=about, what=failure.what, why=failure.why, help=failure.help)
    return _stalled(production, problem)


def _stalled(production: Production, problem: Problem) -> Write:
    number = len(production.stalls) + 1
    return Write(about=problem.about, facts=(ProductionStalled(number=number, problem=problem),))
