"""What a client is shown of a production: made from its state and from nothing else. Pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from bus.board import Asking, Deleted, Done, Status, board, status_of
from bus.errors import Refused
from bus.events import Change, CutTake, Options, Purpose
from bus.ids import Digest, ProductionId
from bus.plan import Brief, Made, Size
from bus.production import Anomaly, Production
from services.gateway import decide, edits
from services.gateway.branch_view import OriginView, origin_view
from services.gateway.clip_views import SampleView, SegmentView, sample_view, segment_views
from services.gateway.conversation_view import MessageView, conversation_view
from services.gateway.estimate import NO_EXPERIENCE, Estimate, estimate_of
from services.gateway.experience import Experience
from services.gateway.links import (
    ProductionLinks,
    film_link,
    links_of,
    plan_link,
    production_link,
    sample_link,
    take_link,
)
from services.gateway.status_view import StatusView, status_view


class QuestionView(Struct, frozen=True, kw_only=True):
    """The question that waits for an answer."""

    number: int
    field: str
    text: str
    why: str
    assumed: str
    """What holds if the person would rather not answer."""


class BriefView(Struct, frozen=True, kw_only=True):
    """What was understood, and what changed against the brief before it."""

    number: int
    document: Brief
    changes: tuple[Change, ...]
    made: Made
    reply: str = ""
    """What a model tells the person, in their language."""
    remarks: tuple[str, ...] = ()
    """Where the brief is not what a model read, such as a figure of the person's that holds."""
    looked: Made | None = None
    """How the pictures were looked at, if a model did."""


class PlanView(Struct, frozen=True, kw_only=True):
    """The plan in force, in short; the whole of it is behind the link."""

    revision: int
    link: str
    title: str
    logline: str
    style: str
    palette: tuple[str, ...]
    renderer: str
    fps: int
    size: Size
    crop: Size
    frame_count: int
    duration_s: float
    segment_count: int
    brief: int
    """Which brief it carries out."""


class StallView(Struct, frozen=True, kw_only=True):
    """A problem that waits, or waited, for a person."""

    number: int
    kind: str
    about: str
    what: str
    why: str
    help: str
    is_resumed: bool
    ordinal: int


class FilmView(Struct, frozen=True, kw_only=True):
    """The film as it was cut last."""

    cut: int
    link: str
    manifest: str
    poster: str
    """A frame from the middle of it."""
    sheet: str
    """A contact sheet: a frame of each segment."""
    digest: Digest
    size_bytes: int
    width: int | None
    height: int | None
    frame_count: int | None
    duration_s: float
    plan: int
    takes: tuple[CutTake, ...]
    is_signed: bool
    """Whether it carries signed content credentials."""
    is_current: bool
    """False while a newer cut is in the making."""


class ProductionView(Struct, frozen=True, kw_only=True):
    """All that a client needs to show a production and to act on it."""

    id: ProductionId
    purpose: Purpose
    """`film`; or a `clip` exactly as it was asked for, or clips to `stitch` together."""
    title: str
    status: StatusView
    revision: int
    """The ordinal of the last event: what `?at=` and `Last-Event-ID` mean."""
    created: str
    updated: str
    words: str
    options: Options
    can: tuple[str, ...]
    """Which acts are possible now; where they are posted is among the links."""
    origin: OriginView | None
    """The point of another production that it branches from; null where it began with words alone."""
    links: ProductionLinks
    question: QuestionView | None
    brief: BriefView | None
    conversation: tuple[MessageView, ...]
    samples: tuple[SampleView, ...]
    plan: PlanView | None
    segments: tuple[SegmentView, ...]
    stalls: tuple[StallView, ...]
    film: FilmView | None
    estimate: Estimate | None
    """What rendering takes; null while nothing is known, and once nothing is left."""
    anomalies: tuple[Anomaly, ...]
    unknown: tuple[str, ...]
    """Events of types newer than this gateway: shown, never acted upon."""


class Summary(Struct, frozen=True, kw_only=True):
    """A production as a line of a list."""

    id: ProductionId
    purpose: Purpose
    title: str
    status: StatusView
    revision: int
    created: str
    updated: str
    words: str
    duration_s: float | None
    poster: str | None
    thumbnail: str | None
    """The same, small."""
    film: str | None
    origin: OriginView | None
    """Where it branches from; null where it began with words alone."""
    link: str


class Page(Struct, frozen=True, kw_only=True):
    """Some productions, newest first."""

    productions: tuple[Summary, ...]
    next: str | None
    """Where the next page is; null on the last one."""
    more: int = 0
    """How many there are after this page."""


def view(production: Production, experience: Experience = NO_EXPERIENCE) -> ProductionView:
    """Return what a client is shown of a production that was requested.

    Args:
        experience: what films have taken so far, for the estimate.
    """
    assert production.request is not None
    status = status_of(production)
    shown = status_view(status)
    is_deleted = isinstance(status, Deleted)
    cut = production.cuts[-1].number if production.cuts and not is_deleted else None
    return ProductionView(
        id=production.id,
        purpose=production.request.purpose,
        title=title_of(production),
        status=shown,
        revision=production.ordinal,
        created=production.first_time,
        updated=production.last_time,
        words=production.request.words,
        options=production.options,
        can=possible_acts(production),
        origin=origin_view(production),
        links=links_of(
            production.id,
            revision=production.ordinal,
            has_plan=production.plan is not None,
            cut=cut,
            is_again=production.is_again,
        ),
        question=_question(status),
        brief=_brief(production),
        conversation=conversation_view(production),
        samples=tuple(sample_view(production, one) for one in production.samples),
        plan=_plan(production),
        segments=segment_views(production),
        stalls=_stalls(production),
        film=None if is_deleted else _film(production, status),
        estimate=None if shown.is_settled else estimate_of(production, experience),
        anomalies=production.anomalies,
        unknown=production.unknown,
    )


def summary(production: Production) -> Summary:
    """Return the production as a line of a list."""
    status = status_of(production)
    is_deleted = isinstance(status, Deleted)
    words = production.request.words if production.request else ""
    plan, brief = production.plan, production.brief
    poster, thumbnail = (None, None) if is_deleted else _pictures(production)
    return Summary(
        id=production.id,
        purpose=production.request.purpose if production.request else Purpose.FILM,
        title=title_of(production),
        status=status_view(status),
        revision=production.ordinal,
        created=production.first_time,
        updated=production.last_time,
        words=_shortened(words, 200),
        duration_s=plan.duration_s if plan else brief.duration_s if brief else None,
        poster=poster,
        thumbnail=thumbnail,
        film=film_link(production.id, production.cuts[-1].number) if production.cuts and not is_deleted else None,
        origin=origin_view(production),
        link=production_link(production.id),
    )


def title_of(production: Production) -> str:
    """Return the best name there is so far: the plan's, the brief's, or the person's first words."""
    if production.plan is not None:
        return production.plan.title
    if production.brief is not None:
        return production.brief.title
    return _shortened(production.request.words if production.request else production.id, 60)


def _shortened(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def possible_acts(production: Production) -> tuple[str, ...]:
    """Return the names of the acts that would be granted now: asked of the decisions themselves."""
    if production.unknown:
        # Whoever acts decides upon a state, and this one is not known whole.
        return ()
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: decide.approve(production),
        "redirect": lambda: decide.redirect(production, "…"),
        "answer": lambda: decide.answer(production, "…"),
        "say": lambda: decide.say(production, "…"),
        "edit": lambda: edits.require_plan(production),
        "resume": lambda: decide.resume(production),
        "cancel": lambda: decide.cancel(production, ""),
        "remove": lambda: decide.remove(production, ""),
    }
    granted = []
    for name, act in acts.items():
        try:
            act()
        except Refused:
            continue
        granted.append(name)
    return tuple(granted)


def _pictures(production: Production) -> tuple[str | None, str | None]:
    """Return the links to a picture of it, large and small: the first accepted take's, or the newest sample's."""
    for slot in board(production):
        if slot.accepted is not None:
            of = production.id, slot.accepted.segment, slot.accepted.take
            return take_link(*of, "poster"), take_link(*of, "thumbnail")
    rendered = [one for one in production.samples if one.rendered]
    if not rendered:
        return None, None
    of = production.id, rendered[-1].brief, rendered[-1].take
    return sample_link(*of, "poster"), sample_link(*of, "thumbnail")


def _question(status: Status) -> QuestionView | None:
    if not isinstance(status, Asking):
        return None
    asked = status.question.asked
    return QuestionView(number=asked.number, field=asked.field, text=asked.text, why=asked.why, assumed=asked.assumed)


def _brief(production: Production) -> BriefView | None:
    if not production.briefs:
        return None
    parsed = production.briefs[-1]
    return BriefView(
        number=parsed.number,
        document=parsed.brief,
        changes=parsed.changes,
        made=parsed.made,
        reply=parsed.reply,
        remarks=parsed.remarks,
        looked=parsed.looked,
    )


def _plan(production: Production) -> PlanView | None:
    plan = production.plan
    if plan is None:
        return None
    return PlanView(
        revision=len(production.plans),
        link=plan_link(production.id),
        title=plan.title,
        logline=plan.logline,
        style=plan.look.style,
        palette=plan.look.palette,
        renderer=plan.renderer,
        fps=plan.fps,
        size=plan.size,
        crop=plan.crop,
        frame_count=plan.frame_count,
        duration_s=plan.duration_s,
        segment_count=len(plan.segments),
        brief=plan.brief,
    )


def _stalls(production: Production) -> tuple[StallView, ...]:
    return tuple(
        StallView(
            number=one.number,
            kind=one.problem.kind,
            about=one.problem.about,
            what=one.problem.what,
            why=one.problem.why,
            help=one.problem.help,
            is_resumed=one.is_resumed,
            ordinal=one.ordinal,
        )
        for one in production.stalls
    )


def _film(production: Production, status: Status) -> FilmView | None:
    if not production.cuts:
        return None
    cut = production.cuts[-1]
    return FilmView(
        cut=cut.number,
        link=film_link(production.id, cut.number),
        manifest=film_link(production.id, cut.number, "manifest"),
        poster=film_link(production.id, cut.number, "poster"),
        sheet=film_link(production.id, cut.number, "sheet"),
        digest=cut.published.digest,
        size_bytes=cut.published.size_bytes,
        is_signed=cut.signed is not None,
        width=cut.film.width,
        height=cut.film.height,
        frame_count=cut.film.frame_count,
        duration_s=cut.duration_s,
        plan=cut.plan,
        takes=cut.takes,
        is_current=isinstance(status, Done),
    )
