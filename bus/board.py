"""Where each segment of the plan stands: which takes still fit, which one is accepted, what is open; and the status."""

from __future__ import annotations

from msgspec import Struct

from bus.events import (
    CALLED_OFF,
    ProductionCancelled,
    ProductionDeleted,
    ProductionDone,
    ProductionFailed,
    ProductionRefused,
    Ruling,
)
from bus.ids import Digest
from bus.plan import FromImage, FromSegment, FromText, Plan, Segment, basis_of
from bus.production import Production, Question, Sample, Stall, Take, Word


class Slot(Struct, frozen=True, kw_only=True):
    """One segment of the plan in force, with the takes that fit it."""

    segment: Segment
    is_waiting: bool
    """Whether the segment it continues has no accepted take yet."""
    start: Digest | None
    colours: Digest | None
    """The hand-over that opens its chain, where colours are matched to it."""
    basis: Digest | None
    takes: tuple[Take, ...]
    """The takes that fit: made for what the plan asks now, and from the hand-over that is accepted now."""
    accepted: Take | None
    open: Take | None
    """Ordered, and neither rendered nor failed."""
    unreviewed: Take | None
    rejected_count: int
    """Rejections since a person last acted."""
    failed_count: int
    """Renders that failed since a person last acted; what was called off did not fail."""
    last_take: int
    """The highest take number ever given to the segment, fitting or not."""


def is_accepted(production: Production, take: Take) -> bool:
    """Say whether the take may be shown: the person's last word counts, then the reviewer's.

    What the content policy refuses is never shown, whatever anybody says.
    """
    if take.rendered is None or is_refused(take):
        return False
    if take.rulings:
        return take.rulings[-1].ruling is Ruling.ACCEPT
    return bool(take.is_approved) or take.is_kept or not production.options.review


def is_refused(take: Take) -> bool:
    """Say whether the content policy refuses what was seen in the take."""
    return take.verdict is not None and bool(take.verdict.refused_by)


_newest: list[tuple[Production | None, tuple[Slot, ...]]] = [(None, ())]
"""The board that was asked for last: a state never changes, and whoever asks of one asks several times."""


def board(production: Production) -> tuple[Slot, ...]:
    """Return a slot for each segment of the plan in force, in the film's order; empty where there is no plan."""
    of, slots = _newest[0]
    if of is not production:
        slots = _board(production)
        _newest[0] = (production, slots)
    return slots


def _board(production: Production) -> tuple[Slot, ...]:
    plan = production.plan
    if plan is None:
        return ()
    by_segment: dict[int, list[Take]] = {}
    for take in production.takes.values():
        by_segment.setdefault(take.segment, []).append(take)
    slots: dict[int, Slot] = {}
    recorded = production.recorded
    for segment in plan.segments:
        start, is_waiting = _start(segment, before=slots)
        colours = None if is_waiting else _colours(plan, segment, slots)
        basis = None if is_waiting else basis_of(plan, segment, start, colours)
        if not is_waiting and (again := recorded.get(segment.id)) is not None:
            # The recorded order is rendered, whatever the take before it became this time.
            start, colours, basis = again.order.start, again.order.colour_reference, again.basis
        slots[segment.id] = _slot(production, segment, (start, colours, basis), by_segment.get(segment.id, []))
    return tuple(slots.values())


def _slot(
    production: Production,
    segment: Segment,
    wanted: tuple[Digest | None, Digest | None, Digest | None],
    takes: list[Take],
) -> Slot:
    start, colours, basis = wanted
    fitting = tuple(take for take in takes if take.basis == basis)
    acted = max(production.acted.get(0, 0), production.acted.get(segment.id, 0))
    accepted = [take for take in fitting if is_accepted(production, take)]
    return Slot(
        segment=segment,
        is_waiting=basis is None,
        start=start,
        colours=colours,
        basis=basis,
        takes=fitting,
        accepted=max(accepted, key=lambda take: take.settled, default=None),
        open=next((take for take in fitting if take.rendered is None and take.failure is None), None),
        unreviewed=next((take for take in fitting if needs_review(production, take)), None),
        rejected_count=sum(take.is_approved is False and not take.rulings and take.settled > acted for take in fitting),
        failed_count=sum(
            take.failure is not None and take.failure.kind != CALLED_OFF and take.settled > acted for take in fitting
        ),
        last_take=max((take.take for take in takes), default=0),
    )


def _start(segment: Segment, before: dict[int, Slot]) -> tuple[Digest | None, bool]:
    match segment.start:
        case FromText():
            return None, False
        case FromImage(image=image):
            return image, False
        case FromSegment(segment=parent):
            accepted = before[parent].accepted if parent in before else None
            if accepted is None or accepted.rendered is None:
                return None, True
            return accepted.rendered.hand_over.digest, False


def _colours(plan: Plan, segment: Segment, before: dict[int, Slot]) -> Digest | None:
    opening = plan.opening_of(segment) if plan.match_colours else None
    accepted = before[opening].accepted if opening is not None and opening in before else None
    return accepted.rendered.hand_over.digest if accepted is not None and accepted.rendered is not None else None


def needs_review(production: Production, take: Take) -> bool:
    """Say whether nobody has judged the take yet."""
    return (
        production.options.review
        and take.rendered is not None
        and take.is_approved is None
        and not take.is_kept
        and not take.rulings
    )


def film_takes(production: Production) -> tuple[Take, ...] | None:
    """Return the accepted take of each segment, or None while one is missing."""
    slots = board(production)
    takes = tuple(slot.accepted for slot in slots if slot.accepted is not None)
    return takes if slots and len(takes) == len(slots) else None


def is_cut(production: Production, takes: tuple[Take, ...]) -> bool:
    """Say whether the last cut of the film shows exactly these takes under the plan in force."""
    if not production.cuts:
        return False
    last = production.cuts[-1]
    shown = tuple((one.segment, one.take) for one in last.takes)
    return last.plan == len(production.plans) and shown == tuple((one.segment, one.take) for one in takes)


def wanted_look(production: Production) -> tuple[Take, ...] | None:
    """Return the takes that are to be seen side by side before the film is joined, or None where none are."""
    takes = film_takes(production) if production.options.review and not production.recorded else None
    return (
        takes if takes is not None and not is_cut(production, takes) and not _is_looked_at(production, takes) else None
    )


def _is_looked_at(production: Production, takes: tuple[Take, ...]) -> bool:
    if not production.looks:
        return False
    last = production.looks[-1]
    seen = tuple((one.segment, one.take) for one in last.takes)
    return last.plan == len(production.plans) and seen == tuple((one.segment, one.take) for one in takes)


# -- the status --------------------------------------------------------------------------------------------


class Understanding(Struct, frozen=True, tag="understanding", tag_field="status"):
    """Intent has words to answer."""


class Asking(Struct, frozen=True, tag="asking", tag_field="status"):
    """A question waits for the person."""

    question: Question


class Sampling(Struct, frozen=True, tag="sampling", tag_field="status"):
    """The sample is being made."""

    sample: Sample | None


class AwaitingApproval(Struct, frozen=True, tag="awaiting_approval", tag_field="status"):
    """The sample waits for the person's word."""

    sample: Sample


class Planning(Struct, frozen=True, tag="planning", tag_field="status"):
    """The plan is being written or revised."""


class Making(Struct, frozen=True, tag="making", tag_field="status"):
    """Segments are being made."""

    accepted_count: int
    segment_count: int


class Stitching(Struct, frozen=True, tag="stitching", tag_field="status"):
    """All takes are there; the film is being joined."""


class Done(Struct, frozen=True, tag="done", tag_field="status"):
    """The film is there."""

    cut: ProductionDone


class Stalled(Struct, frozen=True, tag="stalled", tag_field="status"):
    """Problems wait for a person."""

    stalls: tuple[Stall, ...]


class Outdated(Struct, frozen=True, tag="outdated", tag_field="status"):
    """A newer Kindling wrote what these services don't know: they wait, whatever else there is to do."""

    unknown: tuple[str, ...]


class Refused(Struct, frozen=True, tag="refused", tag_field="status"):
    """The content policy said no."""

    refusal: ProductionRefused


class Cancelled(Struct, frozen=True, tag="cancelled", tag_field="status"):
    """A person called it off."""

    why: str


class Failed(Struct, frozen=True, tag="failed", tag_field="status"):
    """It can't be made."""

    end: ProductionFailed


class Deleted(Struct, frozen=True, tag="deleted", tag_field="status"):
    """A person removed it."""

    why: str


class Absent(Struct, frozen=True, tag="absent", tag_field="status"):
    """The log has no such production."""


Status = (
    Absent
    | Understanding
    | Asking
    | Sampling
    | AwaitingApproval
    | Planning
    | Making
    | Stitching
    | Done
    | Stalled
    | Outdated
    | Refused
    | Cancelled
    | Failed
    | Deleted
)


def status_of(production: Production) -> Status:
    """Return where the production stands: the one thing that is to be said first."""
    match production.end:
        case ProductionCancelled(why=why):
            return Cancelled(why)
        case ProductionDeleted(why=why):
            return Deleted(why)
        case ProductionFailed() as end:
            return Failed(end)
        case None:
            pass
    if production.request is None:
        return Absent()
    if production.is_refused:
        return Refused(production.refusals[-1])
    status = _open_status(production)
    # A film that is there can be shown, whatever was written after it; nothing else can be gone on with.
    return Outdated(production.unknown) if production.unknown and not isinstance(status, Done) else status


def _open_status(production: Production) -> Status:
    if stalls := _waiting(production):
        return Stalled(stalls)
    if production.has_unheard_words:
        return Understanding()
    if production.open_question is not None:
        return Asking(production.open_question)
    return _status_of_work(production)


def _waiting(production: Production) -> tuple[Stall, ...]:
    """Return the open problems, less that of a held fork whose words are still being understood and planned."""
    stalls = production.open_stalls
    if not production.is_held or len(stalls) > 1:
        return stalls
    is_planned = production.plan is not None and production.plan.brief == len(production.briefs)
    is_heard = not production.has_unheard_words and production.open_question is None
    return stalls if is_heard and is_planned else ()


def _status_of_work(production: Production) -> Status:
    if not production.briefs:
        return Understanding()
    if production.plan is None:
        sample = production.sample_of(len(production.briefs))
        if not production.options.sample or (sample and sample.word is Word.APPROVED):
            return Planning()
        return AwaitingApproval(sample) if sample and sample.rendered else Sampling(sample)
    if production.plan.brief != len(production.briefs):
        return Planning()
    takes = film_takes(production)
    if takes is None:
        slots = board(production)
        return Making(sum(slot.accepted is not None for slot in slots), len(slots))
    return Done(production.cuts[-1]) if is_cut(production, takes) else Stitching()
