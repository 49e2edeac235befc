"""What making films has taken so far, learned from the log event by event, and from nothing else. Pure."""

from __future__ import annotations

import contextlib
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bus.events import (
    Cost,
    Fact,
    Posting,
    ProductionDone,
    Ruling,
    SampleFailed,
    SampleRendered,
    SegmentApproved,
    SegmentFailed,
    SegmentKept,
    SegmentOverruled,
    SegmentRejected,
    SegmentRendered,
    Unknown,
)
from bus.ids import ProductionId
from bus.plan import Made, Order, Outcome
from bus.production import Production, Sample, Take

RECENT_MAX = 32
"""Clips of one kind that are remembered one by one: what a machine did last year says little about today."""
SHARE_MIN = 0.001
"""Below this a share of the work is no share: the log may hold anything."""
KINDS_MAX = 1000
"""Kinds that are remembered; beyond them the one that was not seen for longest goes."""


class ClipKind(Struct, frozen=True, gc=False, kw_only=True):
    """What a clip was rendered with, where, and how large it is: clips of one kind take about the same time."""

    renderer: str
    model: str | None
    machine: str
    """The GPU where the renderer names it, else the server that rendered."""
    width: int
    height: int
    frame_count: int
    steps: int | None
    """None: what the renderer's workflow says."""
    draft: bool
    share: float = 1.0
    """Its work as a share of what the same picture takes in the film, above 0: a sample is rendered in fewer steps."""

    @property
    def work(self) -> float:
        """Return how much it is, in millions of pixels over all frames that were rendered in all steps."""
        return self.width * self.height * self.frame_count * self.share / 1e6


class Measured(Struct, frozen=True, gc=False, kw_only=True):
    """Clips of one kind, and what they took."""

    kind: ClipKind
    count: int
    """How many were ever rendered."""
    recent_s: tuple[float, ...]
    """What the last ones took in seconds, the newest last."""
    median_s: float | None = None
    """The median of those."""


class Judged(Struct, frozen=True, gc=False, kw_only=True):
    """What became of the takes of one renderer."""

    renderer: str
    rendered: int = 0
    failed: int = 0
    approved: int = 0
    rejected: int = 0
    kept: int = 0
    accepted_by_hand: int = 0
    refused_by_hand: int = 0
    render_s: float = 0.0
    review_s: float = 0.0
    takes_per_approval: float | None = None
    """How many takes were reviewed for one that was approved; None while none was."""


class Counted(Struct, frozen=True, gc=False, kw_only=True):
    """Something that happened, and how often."""

    name: str
    count: int


class Experience(Struct, frozen=True, kw_only=True):
    """What making films has taken so far."""

    clips: tuple[Measured, ...] = ()
    takes: tuple[Judged, ...] = ()
    rejections: tuple[Counted, ...] = ()
    """Criteria that a rejected take did not meet though it must, the most frequent first; a take may miss several."""
    failures: tuple[Counted, ...] = ()
    """Kinds of failed renders, the most frequent first."""
    film_count: int = 0
    film_s: float = 0.0
    """The length of all films together, each as it was cut last."""
    film_render_s: float = 0.0
    """What was rendered for them, samples and rejected takes included."""
    join_s: float = 0.0
    """What cutting them took, each as it was cut last."""
    render_s_per_film_s: float | None = None
    """The cost of a finished second, in seconds of rendering; None while there is no film."""

    def of(self, renderer: str) -> Judged | None:
        """Return what became of a renderer's takes."""
        return next((one for one in self.takes if one.renderer == renderer), None)


def kind_of(order: Order, made: Made | None = None, posting: Posting | None = None, share: float = 1.0) -> ClipKind:
    """Return what kind of clip an order asks for; with how it was made, what kind it became."""
    return ClipKind(
        renderer=order.renderer,
        model=made.model if made else None,
        machine=(_device(made) if made else "") or (posting.server if posting else ""),
        width=order.width,
        height=order.height,
        frame_count=order.frame_count,
        steps=order.steps,
        draft=order.draft,
        share=min(1.0, max(share, SHARE_MIN)),
    )


class _Device(Struct, frozen=True):
    device: str = ""


_devices = msgspec.json.Decoder(_Device)


def _device(made: Made) -> str:
    if made.options:
        with contextlib.suppress(msgspec.MsgspecError):
            return _devices.decode(made.options).device
    return ""


class Film(Struct, frozen=True, gc=False, kw_only=True):
    """What one production has cost."""

    spent_s: float = 0.0
    """Seconds of rendering, whatever became of it."""
    length_s: float = 0.0
    """The film's length as it was cut last; 0 while there is none."""
    join_s: float = 0.0


class Lessons(Struct, frozen=True, kw_only=True):
    """All that has to be remembered to go on learning."""

    clips: tuple[Measured, ...] = ()
    takes: tuple[Judged, ...] = ()
    rejections: dict[str, int] = {}
    failures: dict[str, int] = {}
    films: dict[ProductionId, Film] = {}


NOTHING = Lessons()
NO_FILM = Film()


_Counts = defaultdict[str, float]
"""What is counted, by the names of the fields of `Judged`."""


class _Clips:
    """Clips of one kind, while they are counted."""

    __slots__ = ("count", "recent_s")

    def __init__(self, count: int = 0, recent_s: Iterable[float] = ()) -> None:
        self.count = count
        self.recent_s = deque(recent_s, RECENT_MAX)


class Learner:
    """Goes through the log event by event, with the state after each."""

    def __init__(self, lessons: Lessons = NOTHING) -> None:
        self._clips = OrderedDict((one.kind, _Clips(one.count, one.recent_s)) for one in lessons.clips)
        self._takes = {one.renderer: _Counts(int, _counted_before(one)) for one in lessons.takes}
        self._rejections = Counter(lessons.rejections)
        self._failures = Counter(lessons.failures)
        self._films = dict(lessons.films)
        self._experience: Experience | None = None

    @property
    def lessons(self) -> Lessons:
        """Return all that has to be remembered to go on."""
        return Lessons(
            clips=self._measured(),
            takes=self._judged_takes(),
            rejections=dict(self._rejections),
            failures=dict(self._failures),
            films=dict(self._films),
        )

    @property
    def experience(self) -> Experience:
        """Return what was learned; the same object until there is more."""
        if self._experience is None:
            films = [one for one in self._films.values() if one.length_s]
            length_s, spent_s = sum(one.length_s for one in films), sum(one.spent_s for one in films)
            self._experience = Experience(
                clips=tuple(replace(one, median_s=median(one.recent_s)) for one in self._measured()),
                takes=tuple(replace(one, takes_per_approval=_per_approval(one)) for one in self._judged_takes()),
                rejections=_counted(self._rejections),
                failures=_counted(self._failures),
                film_count=len(films),
                film_s=round(length_s, 3),
                film_render_s=round(spent_s, 3),
                join_s=round(sum(one.join_s for one in films), 3),
                render_s_per_film_s=spent_s / length_s if length_s else None,
            )
        return self._experience

    def _measured(self) -> tuple[Measured, ...]:
        return tuple(
            Measured(kind=kind, count=one.count, recent_s=tuple(one.recent_s)) for kind, one in self._clips.items()
        )

    def _judged_takes(self) -> tuple[Judged, ...]:
        return tuple(msgspec.convert({"renderer": name, **counts}, Judged) for name, counts in self._takes.items())

    def learn(self, state: Production, fact: Fact | Unknown) -> None:
        """Take in an event, with the state after it.

        An anomaly teaches nothing. Nor does what was adopted: it was learned from the production that it happened to.
        """
        take_in = _TEACHES.get(type(fact))
        if take_in is not None:
            take_in(self, state, fact)
            self._experience = None

    def _sample_rendered(self, state: Production, fact: SampleRendered) -> None:
        for sample in state.samples:
            if sample.rendered is fact:
                self._rendered(state.id, sample, fact.made, fact.cost)

    def _sample_failed(self, state: Production, fact: SampleFailed) -> None:
        if any(one.failure is fact.failure for one in state.samples):
            self._failures[fact.failure.kind] += 1

    def _segment_rendered(self, state: Production, fact: SegmentRendered) -> None:
        take = state.takes.get((fact.segment, fact.take))
        if take is not None and take.rendered is fact:
            self._rendered(state.id, take, fact.made, fact.cost)
            counts = self._of(take)
            counts["rendered"] += 1
            counts["render_s"] += fact.cost.total_s

    def _segment_failed(self, state: Production, fact: SegmentFailed) -> None:
        take = state.takes.get((fact.segment, fact.take))
        if take is not None and take.failure is fact.failure:
            self._failures[fact.failure.kind] += 1
            self._of(take)["failed"] += 1

    def _reviewed(self, state: Production, fact: SegmentApproved | SegmentRejected) -> None:
        take = state.takes.get((fact.segment, fact.take))
        if take is None or take.verdict is not fact.verdict:
            return
        is_rejected = isinstance(fact, SegmentRejected)
        counts = self._of(take)
        counts["rejected" if is_rejected else "approved"] += 1
        counts["review_s"] += fact.made.took_s or 0.0
        if is_rejected:
            missed = (one for one in fact.verdict.findings if one.must_hold and one.outcome is Outcome.FAIL)
            self._rejections.update(one.criterion for one in missed)

    def _kept(self, state: Production, fact: SegmentKept) -> None:
        take = state.takes.get((fact.segment, fact.take))
        if take is not None:
            self._of(take)["kept"] += 1

    def _overruled(self, state: Production, fact: SegmentOverruled) -> None:
        take = state.takes.get((fact.segment, fact.take))
        if take is not None:
            self._of(take)["accepted_by_hand" if fact.ruling is Ruling.ACCEPT else "refused_by_hand"] += 1

    def _done(self, state: Production, fact: ProductionDone) -> None:
        if state.cuts and state.cuts[-1] is fact:
            film = self._films.get(state.id, NO_FILM)
            self._films[state.id] = replace(film, length_s=fact.duration_s, join_s=fact.made.took_s or 0.0)

    def _rendered(self, production: ProductionId, clip: Take | Sample, made: Made, cost: Cost) -> None:
        kind = kind_of(clip.order, made, clip.postings[-1] if clip.postings else None, cost.share)
        clips = self._clips.get(kind)
        if clips is None:
            clips = self._clips[kind] = _Clips()
            if len(self._clips) > KINDS_MAX:
                self._clips.popitem(last=False)
        # The kinds stay in the order in which they were last seen.
        self._clips.move_to_end(kind)
        clips.count += 1
        clips.recent_s.append(cost.total_s)
        film = self._films.get(production, NO_FILM)
        self._films[production] = Film(spent_s=film.spent_s + cost.total_s, length_s=film.length_s, join_s=film.join_s)

    def _of(self, take: Take) -> _Counts:
        """Return what is counted of the renderer's takes."""
        counts = self._takes.get(take.order.renderer)
        if counts is None:
            counts = self._takes[take.order.renderer] = _Counts(int)
        return counts


_TEACHES: dict[type[Any], Callable[[Learner, Production, Any], None]] = {
    SampleRendered: Learner._sample_rendered,
    SampleFailed: Learner._sample_failed,
    SegmentRendered: Learner._segment_rendered,
    SegmentFailed: Learner._segment_failed,
    SegmentApproved: Learner._reviewed,
    SegmentRejected: Learner._reviewed,
    SegmentKept: Learner._kept,
    SegmentOverruled: Learner._overruled,
    ProductionDone: Learner._done,
}


def _counted_before(takes: Judged) -> dict[str, float]:
    """Return what is counted, by name, where there is any."""
    fields = msgspec.structs.asdict(takes)
    return {name: one for name, one in fields.items() if name not in ("renderer", "takes_per_approval") and one}


def _per_approval(takes: Judged) -> float | None:
    return (takes.approved + takes.rejected) / takes.approved if takes.approved else None


def _counted(counter: Counter[str]) -> tuple[Counted, ...]:
    ordered = sorted(counter.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Counted(name=name, count=count) for name, count in ordered)


def own_clips(production: Production) -> tuple[Measured, ...]:
    """Return what the clips of one production took, from its state alone."""
    learner = Learner()
    for sample in production.samples:
        if sample.rendered is not None:
            learner.learn(production, sample.rendered)
    for take in production.takes.values():
        if take.rendered is not None:
            learner.learn(production, take.rendered)
    return learner.experience.clips
