"""What the creator does: it renders each order that is open and still wanted, and says first where it posts it."""

from __future__ import annotations

from msgspec import Struct

from bus.board import board
from bus.events import (
    Fact,
    IntentParsed,
    PlanRevised,
    PlanWritten,
    Posting,
    ProductionCancelled,
    ProductionDeleted,
    ProductionFailed,
    ProductionForked,
    ProductionRefused,
    ProductionResumed,
    SampleFailed,
    SampleOrdered,
    SampleRendered,
    SampleStarted,
    SegmentApproved,
    SegmentFailed,
    SegmentKept,
    SegmentOrdered,
    SegmentOverruled,
    SegmentRendered,
    SegmentStarted,
)
from bus.ids import order_key
from bus.plan import Order
from bus.production import HELD, Production, Sample, Take

SAMPLE_WAKES: tuple[type[Fact], ...] = (SampleOrdered, ProductionResumed)
SEGMENT_WAKES: tuple[type[Fact], ...] = (SegmentOrdered, ProductionResumed, ProductionForked)
"""The events after which there may be something to do. Samples have a queue of their own: a person is waiting."""
STOP_WAKES: tuple[type[Fact], ...] = (
    IntentParsed,
    PlanWritten,
    PlanRevised,
    SegmentApproved,
    SegmentKept,
    SegmentOverruled,
    ProductionRefused,
    ProductionCancelled,
    ProductionFailed,
    ProductionDeleted,
)
"""The events after which a render that goes on somewhere may be no longer wanted."""


class Job(Struct, frozen=True, kw_only=True):
    """An order that is open: the sample of a brief, or a take of a segment."""

    is_sample: bool
    of: int
    """The number of the brief, or the id of the segment."""
    take: int
    order: Order
    postings: tuple[Posting, ...]
    subject: str
    """The subject of its order: what its key is made from."""

    @property
    def about(self) -> str:
        """Name what it is about."""
        return "sample" if self.is_sample else f"segment {self.of}"

    def started(self, posting: Posting) -> SampleStarted | SegmentStarted:
        """Return the fact that it is about to be posted."""
        number = len(self.postings) + 1
        if self.is_sample:
            return SampleStarted(brief=self.of, take=self.take, posting_number=number, posting=posting)
        return SegmentStarted(segment=self.of, take=self.take, posting_number=number, posting=posting)


class Post(Struct, frozen=True, kw_only=True):
    """Choose where the job is posted, and say so before it is."""

    job: Job

    @property
    def about(self) -> str:
        """Name what it is about."""
        return self.job.about


class Render(Struct, frozen=True, kw_only=True):
    """Render the job where it was posted."""

    job: Job
    is_afresh: bool = False
    """Whether what the server has of it from before counts as nothing: its files were lost."""

    @property
    def about(self) -> str:
        """Name what it is about."""
        return self.job.about


class Stop(Struct, frozen=True, kw_only=True):
    """Stop the job where it was posted: nobody wants it any more, and its creator may have died."""

    job: Job

    @property
    def about(self) -> str:
        """Name what it is about."""
        return self.job.about


Outcome = SampleRendered | SampleFailed | SegmentRendered | SegmentFailed
Task = Post | Render | Stop


def decide_samples(production: Production, fact: Fact | None) -> tuple[Task, ...]:
    """Return the sample that is wanted and open."""
    return _tasks(production, _samples(production), fact)


def decide_segments(production: Production, fact: Fact | None) -> tuple[Task, ...]:
    """Return the open orders that are wanted: the one of this fact, or all of them where no order woke."""
    return _tasks(production, _segments(production), fact)


def decide_stops(production: Production, fact: Fact | None) -> tuple[Stop, ...]:
    """Return the renders that were posted to a server, have no outcome, and are wanted no more.

    A creator stops what it follows by itself. This is for those that nobody follows, and it ends each such order with
    a word on the log. What a renderer does in its own process ends with it, and needs nobody to stop it.
    """
    wanted = {job.subject for job in (*_open_samples(production), *_open_segments(production))}
    posted = [
        *(sample_job(production, one) for one in production.samples if _is_open(one)),
        *(take_job(production, one) for one in production.takes.values() if one.rendered is None and not one.failure),
    ]
    return tuple(Stop(job=job) for job in posted if job.subject not in wanted and _goes_on_alone(job))


def _goes_on_alone(job: Job) -> bool:
    """Say whether it was posted to a server, which renders whether or not anybody follows; and posted as this order."""
    return bool(job.postings) and "://" in job.postings[-1].server and job.postings[-1].key == order_key(job.subject)


def _tasks(production: Production, jobs: list[Job], fact: Fact | None) -> tuple[Task, ...]:
    match fact:
        case SampleOrdered(brief=of, take=take) | SegmentOrdered(segment=of, take=take):
            jobs = [job for job in jobs if (job.of, job.take) == (of, take)]
        case ProductionResumed(number=number) if production.resumed_about(number) != HELD:
            jobs = [job for job in jobs if job.about == production.resumed_about(number)]
        case _:
            pass
    return tuple(Render(job=job) if job.postings else Post(job=job) for job in jobs)


def _samples(production: Production) -> list[Job]:
    return [] if production.is_stalled("sample") else _open_samples(production)


def _segments(production: Production) -> list[Job]:
    if production.is_held:
        return []
    return [job for job in _open_segments(production) if not production.is_stalled(job.about)]


def _open_samples(production: Production) -> list[Job]:
    """Return the sample that is ordered and wanted, whatever it waits for."""
    if not production.is_active or production.plan is not None:
        return []
    sample = production.sample_of(len(production.briefs))
    return [sample_job(production, sample)] if sample is not None and _is_open(sample) else []


def _open_segments(production: Production) -> list[Job]:
    """Return the takes that are ordered and wanted, whatever they wait for."""
    if not production.is_active:
        return []
    return [
        take_job(production, slot.open) for slot in board(production) if slot.open is not None and not slot.accepted
    ]


def _is_open(sample: Sample) -> bool:
    return sample.rendered is None and sample.failure is None


def sample_job(production: Production, sample: Sample) -> Job:
    """Return the job of a sample, whether it is open or not."""
    subject = f"sample.ordered.{production.id}.{sample.brief}-{sample.take}"
    return _job(sample, sample.brief, subject, is_sample=True)


def take_job(production: Production, take: Take) -> Job:
    """Return the job of a take, whether it is open or not."""
    subject = f"segment.ordered.{production.id}.{take.segment}-{take.take}"
    return _job(take, take.segment, subject, is_sample=False)


def _job(one: Sample | Take, of: int, subject: str, *, is_sample: bool) -> Job:
    return Job(is_sample=is_sample, of=of, take=one.take, order=one.order, postings=one.postings, subject=subject)
