"""What a client is shown of a production: made from its state and from nothing else. Pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from bus.board import Asking, Deleted, Done, Status, status_of
from bus.errors import Refused
from bus.events import Change, CutTake, Options
from bus.ids import Digest, ProductionId
from bus.plan import Brief, Made, Size
from bus.production import Anomaly, Production
from services.gateway import decide
from services.gateway.clip_views import SampleView, SegmentView, sample_view, segment_views
from services.gateway.conversation_view import MessageView, conversation_view
from services.gateway.estimate import Estimate, estimate_of
from services.gateway.links import ProductionLinks, film_link, links_of, manifest_link, plan_link, production_link
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
    digest: Digest
    size_bytes: int
    width: int | None
    height: int | None
    frame_count: int | None
    duration_s: float
    plan: int
    takes: tuple[CutTake, ...]
    is_current: bool
    """False while a newer cut is in the making."""


class ProductionView(Struct, frozen=True, kw_only=True):
    """All that a client needs to show a production and to act on it."""

    id: ProductionId
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
    title: str
    status: StatusView
    revision: int
    created: str
    updated: str
    words: str
    duration_s: float | None
    poster: str | None
    film: str | None
    link: str


class Page(Struct, frozen=True, kw_only=True):
    """Some productions, newest first."""

    productions: tuple[Summary, ...]
    next: str | None
    """Where the next page is; null on the last one."""


def view(production: Production) -> ProductionView:
    """Return what a client is shown of a production that was requested."""
    assert production.request is not None
    status = status_of(production)
    shown = status_view(status)
    is_deleted = isinstance(status, Deleted)
    cut = production.cuts[-1].number if production.cuts and not is_deleted else None
    return ProductionView(
        id=production.id,
        title=title_of(production),
        status=shown,
        revision=production.ordinal,
        created=production.first_time,
        updated=production.last_time,
        words=production.request.words,
        options=production.options,
        can=possible_acts(production),
        links=links_of(production.id, has_plan=production.plan is not None, cut=cut),
        question=_question(status),
        brief=_brief(production),
        conversation=conversation_view(production),
        samples=tuple(sample_view(production, one) for one in production.samples),
        plan=_plan(production),
        segments=segment_views(production),
        stalls=_stalls(production),
        film=None if is_deleted else _film(production, status),
        estimate=None if shown.is_settled else estimate_of(production),
        anomalies=production.anomalies,
        unknown=production.unknown,
    )


def summary(production: Production) -> Summary:
    """Return the production as a line of a list."""
    status = status_of(production)
    is_deleted = isinstance(status, Deleted)
    words = production.request.words if production.request else ""
    plan, brief = production.plan, production.brief
    return Summary(
        id=production.id,
        title=title_of(production),
        status=status_view(status),
        revision=production.ordinal,
        created=production.first_time,
        updated=production.last_time,
        words=_shortened(words, 200),
        duration_s=plan.duration_s if plan else brief.duration_s if brief else None,
        poster=None if is_deleted else _poster(production),
        film=film_link(production.id, production.cuts[-1].number) if production.cuts and not is_deleted else None,
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
    acts: dict[str, Callable[[], decide.Facts]] = {
        "approve": lambda: decide.approve(production),
        "redirect": lambda: decide.redirect(production, "…"),
        "answer": lambda: decide.answer(production, ""),
        "say": lambda: decide.say(production, "…"),
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


def _poster(production: Production) -> str | None:
    """Return the link to a picture of it: the first accepted take's, or the newest sample's."""
    for segment in segment_views(production):
        for take in segment.takes:
            if take.is_shown:
                return take.poster
    rendered = [sample_view(production, one) for one in production.samples if one.rendered]
    return rendered[-1].poster if rendered else None


def _question(status: Status) -> QuestionView | None:
    if not isinstance(status, Asking):
        return None
    asked = status.question.asked
    return QuestionView(number=asked.number, field=asked.field, text=asked.text, why=asked.why, assumed=asked.assumed)


def _brief(production: Production) -> BriefView | None:
    if not production.briefs:
        return None
    parsed = production.briefs[-1]
    return BriefView(number=parsed.number, document=parsed.brief, changes=parsed.changes, made=parsed.made)


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
        manifest=manifest_link(production.id, cut.number),
        digest=cut.film.digest,
        size_bytes=cut.film.size_bytes,
        width=cut.film.width,
        height=cut.film.height,
        frame_count=cut.film.frame_count,
        duration_s=cut.duration_s,
        plan=cut.plan,
        takes=cut.takes,
        is_current=isinstance(status, Done),
    )
