"""Renders an order again that was rendered before: where it was posted, if that server still has it, or afresh."""

from __future__ import annotations

import asyncio
from typing import Final

from msgspec import structs

from bus.events import (
    Failure,
    SampleFailed,
    SampleRendered,
    SampleStarted,
    SegmentFailed,
    SegmentRendered,
    SegmentStarted,
)
from bus.ids import Digest
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.work import Perform
from services.creator.decide import Job, Post, Render

Again = SampleRendered | SegmentRendered | Failure

LOOK_S: Final = 120.0
"""How long the server that once rendered it is asked for its files. It may be gone for good."""


async def render_again(
    job: Job, wanted: Digest, production: Production, perform: Perform, artifacts: Artifacts, progress: Progress
) -> Again:
    """Return the rendering of a job, or why there is none. No fact is written.

    The content policy is asked as for any order: whoever posts says so first, and is refused there.

    Args:
        wanted: the digest of the clip. A server that still has its file gives that one, and it is rendered afresh only
            where none does, or other bytes.
        perform: the creator's work, with its renderers and in its turn.
        artifacts: where the pictures it starts from are read, and what comes of it is kept.
    """

    async def done(task: Post | Render) -> object:
        (fact,) = await perform(task, production, artifacts, progress)
        return fact

    announced = await done(Post(job=job))
    if isinstance(announced, SampleFailed | SegmentFailed):
        return announced.failure
    found: SampleRendered | SegmentRendered | None = None
    if job.postings and "://" in job.postings[-1].server:
        try:
            async with asyncio.timeout(LOOK_S):
                kept = await done(Render(job=job))
        except TimeoutError:
            kept = None
        if isinstance(kept, SampleRendered | SegmentRendered):
            if kept.clip.digest == wanted:
                return kept
            found = kept
    fact: object = announced
    while isinstance(fact, SampleStarted | SegmentStarted):
        # A server that loses it in the middle is given it again, as often as any order.
        job = structs.replace(job, postings=(*job.postings, fact.posting))
        fact = await done(Render(job=job, is_afresh=True))
    if isinstance(fact, SampleFailed | SegmentFailed):
        return found or fact.failure
    assert isinstance(fact, SampleRendered | SegmentRendered)
    return fact
