"""Judges a take: what OpenCV can measure, in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from bus.errors import MissingArtifact, Unprocessable
from bus.events import Fact, SegmentApproved, SegmentRejected
from bus.plan import FromSegment, Made, Verdict
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.work import Task
from services._kit.pictures import NotAPicture
from services._kit.settings import Settings
from services._kit.threads import in_thread
from services.reviewer.checks import Expected, References, review_take
from services.reviewer.decide import Review


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Does the reviewer's tasks."""

    settings: Settings

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Return the verdict on the take."""
        assert isinstance(task, Review)
        started = time.monotonic()
        verdict = await self._judge(task, production, artifacts)
        took_s = round(time.monotonic() - started, 3)
        made = Made(by="opencv", version=cv2.__version__, took_s=took_s)
        kind = SegmentApproved if verdict.is_good else SegmentRejected
        return (kind(segment=task.take.segment, take=task.take.take, verdict=verdict, made=made),)

    async def _judge(self, task: Review, production: Production, artifacts: Artifacts) -> Verdict:
        rendered, order, segment = task.take.rendered, task.take.order, task.segment
        assert rendered is not None, "only rendered takes are judged"
        expected = Expected(
            frame_count=order.frame_count,
            width=order.width,
            height=order.height,
            fps=order.fps,
            movement=order.movement,
            is_draft=order.draft,
        )
        try:
            video = artifacts.path(rendered.clip.digest)
            reference = References(
                hand_over=artifacts.path(task.hand_over) if task.hand_over else None,
                in_frame=segment.in_frame,
                opening=artifacts.path(task.opening) if task.opening else None,
            )
        except MissingArtifact as error:
            raise Unprocessable(
                f"Take {task.take.segment}-{task.take.take} can't be judged: {error.what}",
                why=error.why,
                help=f"Have it made again: `kindling redo {production.id} {task.take.segment}`.",
            ) from error
        try:
            return await in_thread(lambda stop: review_take(video, expected, reference=reference, stop=stop))
        except (NotAPicture, OSError) as error:
            raise Unprocessable(
                f"Take {task.take.segment}-{task.take.take} can't be compared with the take before it.",
                why=f"The hand-over can't be read: {error}.",
                help=f"`kindling verify {production.id}` names what is damaged; "
                f"`kindling redo {production.id} {_parent(task)}` makes it again.",
            ) from error


def _parent(task: Review) -> int:
    """Return the segment that hands over to this one."""
    start = task.segment.start
    return start.segment if isinstance(start, FromSegment) else task.segment.id
