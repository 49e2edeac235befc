"""What a client is shown of samples, segments and their takes. Pure."""

from __future__ import annotations

from msgspec import Struct

from bus.board import Slot, board, is_accepted
from bus.events import ProductionDeleted, Ruling
from bus.ids import Digest, ProductionId
from bus.plan import (
    Criterion,
    Crossfade,
    Finding,
    Made,
    Mode,
    Movement,
    ShotSize,
    Size,
    Start,
    Transition,
)
from bus.production import Production, Sample, Take, Word
from services.gateway.links import production_link, redo_link, sample_link, take_link


class SampleView(Struct, frozen=True, kw_only=True):
    """One take of the sample for one brief."""

    name: str
    brief: int
    take: int
    state: str
    """`ordered`, `rendering`, `waiting` (for the person's word), `failed`, `approved` or `redirected`."""
    prompt: str
    size: Size
    frame_count: int
    duration_s: float
    clip: str | None
    poster: str | None
    thumbnail: str | None
    """The poster, small."""
    render_s: float | None
    failure: str | None
    made: Made | None


def sample_view(production: Production, sample: Sample) -> SampleView:
    """Return a sample as it is shown."""
    order, rendered = sample.order, sample.rendered

    def link(part: str) -> str | None:
        is_there = rendered and not isinstance(production.end, ProductionDeleted)
        return sample_link(production.id, sample.brief, sample.take, part) if is_there else None

    return SampleView(
        name=f"{sample.brief}-{sample.take}",
        brief=sample.brief,
        take=sample.take,
        state=_sample_state(sample),
        prompt=order.prompt,
        size=Size(order.width, order.height),
        frame_count=order.frame_count,
        duration_s=order.frame_count / order.fps,
        clip=link("clip"),
        poster=link("poster"),
        thumbnail=link("thumbnail"),
        render_s=rendered.cost.total_s if rendered else None,
        failure=f"{sample.failure.what} {sample.failure.help}".strip() if sample.failure else None,
        made=rendered.made if rendered else None,
    )


def _sample_state(sample: Sample) -> str:
    if sample.word is not None:
        return "approved" if sample.word is Word.APPROVED else "redirected"
    if sample.rendered is not None:
        return "waiting"
    if sample.failure is not None:
        return "failed"
    return "rendering" if sample.postings else "ordered"


class RulingView(Struct, frozen=True, kw_only=True):
    """A person's word on a take."""

    ruling: Ruling
    why: str
    ordinal: int


class VerdictView(Struct, frozen=True, kw_only=True):
    """What the reviewer found."""

    is_good: bool
    score: float
    advice: str
    findings: tuple[Finding, ...]


class BorrowedView(Struct, frozen=True, kw_only=True):
    """Whose clip a take is that nobody rendered here."""

    production: ProductionId
    name: str
    """`take 3-2`, `sample 1-1`, `cut 1`."""
    link: str
    """The production that it is of."""


class TakeView(Struct, frozen=True, kw_only=True):
    """One attempt at a segment."""

    name: str
    segment: int
    take: int
    state: str
    """`ordered`, `rendering`, `failed`, `reviewing`, `approved`, `rejected`, `kept` (flagged), `accepted` or `refused`
    (both by a person)."""
    is_fitting: bool
    """Whether it was made for what the plan asks now."""
    is_shown: bool
    """Whether it is the one that the film shows."""
    seed: int
    prompt: str
    why: str
    """Why it was ordered."""
    ordinal: int
    clip: str | None
    poster: str | None
    thumbnail: str | None
    """The poster, small."""
    frames: str | None
    """Where its key frames are listed."""
    sheet: str | None
    """Its key frames on one picture."""
    hand_over: str | None
    overrule: str
    digest: Digest | None
    render_s: float | None
    verdict: VerdictView | None
    rulings: tuple[RulingView, ...]
    failure: str | None
    made: Made | None
    borrowed: BorrowedView | None
    """Null where it was rendered here."""


class SegmentView(Struct, frozen=True, kw_only=True):
    """One clip of the film, in the film's order, with all its takes."""

    id: int
    state: str
    """`waiting` (for the segment it continues), `due`, `making`, `reviewing`, `accepted` or `stalled`."""
    accepted: str | None
    """The take that the film shows, as `3-2`."""
    is_flagged: bool
    """Whether that one was kept without approval."""
    beat: str
    prompt: str
    negative: str
    shot: ShotSize
    movement: Movement
    mode: Mode
    start: Start
    transition: Transition
    frame_count: int
    shown_count: int
    duration_s: float
    """How long it is shown."""
    begins_s: float
    """Where in the film it begins."""
    seed: int
    criteria: tuple[Criterion, ...]
    takes: tuple[TakeView, ...]
    takes_left: int
    """How many takes are made before a person is needed or the best one is kept."""
    redo: str


def segment_views(production: Production) -> tuple[SegmentView, ...]:
    """Return the segments of the plan in force, in the film's order."""
    plan = production.plan
    if plan is None:
        return ()
    views, begins = [], 0
    for slot in board(production):
        mixed = slot.segment.transition.frame_count if isinstance(slot.segment.transition, Crossfade) else 0
        views.append(_segment(production, slot, (begins - mixed) / plan.fps, plan.fps))
        begins += slot.segment.shown_count - mixed
    return tuple(views)


def _segment(production: Production, slot: Slot, begins_s: float, fps: int) -> SegmentView:
    segment, accepted = slot.segment, slot.accepted
    return SegmentView(
        id=segment.id,
        state=_segment_state(production, slot),
        accepted=f"{accepted.segment}-{accepted.take}" if accepted else None,
        is_flagged=is_flagged(accepted),
        beat=segment.beat,
        prompt=segment.prompt,
        negative=segment.negative,
        shot=segment.shot,
        movement=segment.movement,
        mode=segment.mode,
        start=segment.start,
        transition=segment.transition,
        frame_count=segment.frame_count,
        shown_count=segment.shown_count,
        duration_s=segment.shown_count / fps,
        begins_s=begins_s,
        seed=segment.seed,
        criteria=segment.criteria,
        takes=tuple(take_view(production, one, slot) for one in production.takes_of(segment.id)),
        takes_left=max(0, production.options.takes_max - slot.rejected_count) if accepted is None else 0,
        redo=redo_link(production.id, segment.id),
    )


def is_flagged(take: Take | None) -> bool:
    """Say whether the take was kept without anybody's approval."""
    return take is not None and take.is_kept and not take.is_approved and not take.rulings


def _segment_state(production: Production, slot: Slot) -> str:
    if slot.accepted is not None:
        return "accepted"
    about = slot.segment.id
    if any(one.problem.about in (f"segment {about}", *_reviews(slot)) for one in production.open_stalls):
        return "stalled"
    if slot.is_waiting:
        return "waiting"
    if slot.open is not None:
        return "making"
    return "reviewing" if slot.unreviewed is not None else "due"


def _reviews(slot: Slot) -> tuple[str, ...]:
    return tuple(f"review {one.segment}-{one.take}" for one in slot.takes)


def take_view(production: Production, take: Take, slot: Slot | None) -> TakeView:
    """Return a take as it is shown."""
    rendered, verdict = take.rendered, take.verdict

    def link(part: str) -> str | None:
        is_there = rendered and not isinstance(production.end, ProductionDeleted)
        return take_link(production.id, take.segment, take.take, part) if is_there else None

    return TakeView(
        name=f"{take.segment}-{take.take}",
        segment=take.segment,
        take=take.take,
        state=_take_state(production, take),
        is_fitting=slot is not None and take in slot.takes,
        is_shown=slot is not None and slot.accepted == take,
        seed=take.order.seed,
        prompt=take.order.prompt,
        why=take.why,
        ordinal=take.ordinal,
        clip=link("clip"),
        poster=link("poster"),
        thumbnail=link("thumbnail"),
        frames=link("frames"),
        sheet=link("sheet"),
        hand_over=link("hand-over"),
        overrule=take_link(production.id, take.segment, take.take, "overrule"),
        digest=rendered.clip.digest if rendered else None,
        render_s=rendered.cost.total_s if rendered else None,
        verdict=VerdictView(
            is_good=verdict.is_good, score=verdict.score, advice=verdict.advice, findings=verdict.findings
        )
        if verdict
        else None,
        rulings=tuple(RulingView(ruling=one.ruling, why=one.why, ordinal=one.ordinal) for one in take.rulings),
        failure=f"{take.failure.what} {take.failure.help}".strip() if take.failure else None,
        made=rendered.made if rendered else None,
        borrowed=BorrowedView(
            production=take.borrowed.production,
            name=take.borrowed.name,
            link=production_link(take.borrowed.production),
        )
        if take.borrowed
        else None,
    )


def _take_state(production: Production, take: Take) -> str:
    if take.failure is not None:
        return "failed"
    if take.rendered is None:
        return "rendering" if take.postings else "ordered"
    if take.rulings:
        return "accepted" if take.rulings[-1].ruling is Ruling.ACCEPT else "refused"
    if take.is_kept:
        return "kept"
    if take.is_approved is None:
        return "accepted" if is_accepted(production, take) else "reviewing"
    return "approved" if take.is_approved else "rejected"
