"""Renders an order again that was rendered before: where it was posted, if that server still has it, or afresh."""

from __future__ import annotations

import msgspec

from bus.events import (
    Failure,
    SampleFailed,
    SampleRendered,
    SampleStarted,
    SegmentFailed,
    SegmentRendered,
    SegmentStarted,
)
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.work import Perform, Task
from services.creator.decide import Job, Post, Render

Again = SampleRendered | SegmentRendered | Failure


async def render_again(
    job: Job, production: Production, perform: Perform, artifacts: Artifacts, progress: Progress
) -> Again:
    """Return the rendering of a job, or why there is none. No fact is written.

    The content policy is asked as for any order: whoever posts says so first, and is refused there.

    Args:
        perform: the creator's work, with its renderers and in its turn.
        artifacts: where the pictures it starts from are read, and what comes of it is kept.
    """

    async def done(task: Task) -> object:
        (fact,) = await perform(task, production, artifacts, progress)
        return fact

    announced = await done(Post(job=job))
    if isinstance(announced, SampleFailed | SegmentFailed):
        return announced.failure
    assert isinstance(announced, SampleStarted | SegmentStarted)
    posted = [job] if job.postings else []
    afresh = msgspec.structs.replace(job, postings=(*job.postings, announced.posting))
    outcome: Again | None = None
    for attempt in (*posted, afresh):
        fact = await done(Render(job=attempt))
        if isinstance(fact, SampleRendered | SegmentRendered):
            return fact
        if isinstance(fact, SampleFailed | SegmentFailed):
            outcome = fact.failure
    assert outcome is not None, "a fresh posting is rendered, or it fails"
    return outcome
