"""What the creator does: it renders each order that is open and still wanted, and says first where it posts it."""

from __future__ import annotations

from msgspec import Struct

from bus.board import board
from bus.events import (
    Fact,
    Posting,
    ProductionResumed,
    SampleFailed,
    SampleOrdered,
    SampleRendered,
    SampleStarted,
    SegmentFailed,
    SegmentOrdered,
    SegmentRendered,
    SegmentStarted,
)
from bus.plan import Order
from bus.production import Production, Sample, Take

SAMPLE_WAKES: tuple[type[Fact], ...] = (SampleOrdered, ProductionResumed)
SEGMENT_WAKES: tuple[type[Fact], ...] = (SegmentOrdered, ProductionResumed)
"""The events after which there may be something to do. Samples have a queue of their own: a person is waiting."""


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

    @property
    def about(self) -> str:
        """Name what it is about."""
        return self.job.about


Outcome = SampleRendered | SampleFailed | SegmentRendered | SegmentFailed
Task = Post | Render


def decide_samples(production: Production, fact: Fact | None) -> tuple[Task, ...]:
    """Return the sample that is wanted and open."""
    return _tasks(production, _samples(production), fact)


def decide_segments(production: Production, fact: Fact | None) -> tuple[Task, ...]:
    """Return the open orders that are wanted: the one of this fact, or all of them where no order woke."""
    return _tasks(production, _segments(production), fact)


def _tasks(production: Production, jobs: list[Job], fact: Fact | None) -> tuple[Task, ...]:
    match fact:
        case SampleOrdered(brief=of, take=take) | SegmentOrdered(segment=of, take=take):
            jobs = [job for job in jobs if (job.of, job.take) == (of, take)]
        case ProductionResumed(number=number):
            jobs = [job for job in jobs if job.about == production.resumed_about(number)]
        case _:
            pass
    return tuple(Render(job=job) if job.postings else Post(job=job) for job in jobs)


def _samples(production: Production) -> list[Job]:
    if not production.is_active or production.plan is not None or production.is_stalled("sample"):
        return []
    sample = production.sample_of(len(production.briefs))
    if sample is None or not _is_open(sample):
        return []
    subject = f"sample.ordered.{production.id}.{sample.brief}-{sample.take}"
    return [_job(sample, sample.brief, subject, is_sample=True)]


def _segments(production: Production) -> list[Job]:
    if not production.is_active:
        return []
    jobs = []
    for slot in board(production):
        take = slot.open
        if take is not None and not slot.accepted and not production.is_stalled(f"segment {take.segment}"):
            subject = f"segment.ordered.{production.id}.{take.segment}-{take.take}"
            jobs.append(_job(take, take.segment, subject, is_sample=False))
    return jobs


def _is_open(sample: Sample) -> bool:
    return sample.rendered is None and sample.failure is None


def _job(one: Sample | Take, of: int, subject: str, *, is_sample: bool) -> Job:
    return Job(is_sample=is_sample, of=of, take=one.take, order=one.order, postings=one.postings, subject=subject)
