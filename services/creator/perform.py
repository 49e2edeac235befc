"""Renders what was ordered: says where first, then makes the clip, checks it, and stores it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from bus.errors import MissingArtifact
from bus.events import (
    CALLED_OFF,
    Cost,
    Fact,
    Failure,
    Posting,
    SampleFailed,
    SampleRendered,
    SegmentFailed,
    SegmentRendered,
)
from bus.ids import Digest, order_key
from bus.plan import Artifact, Order, order_digest
from bus.policy import OperatorRule, refusal
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.work import Task
from services._kit.media import Unreadable, frames_of
from services._kit.threads import Stop, in_thread
from services.creator.decide import Job, Post, Render
from services.creator.decide import Stop as StopRender
from services.creator.renderers.renderer import FailureKind, Renderer, RenderFailed, Rendering

log = structlog.get_logger()

POSTINGS_MAX: Final = 3
"""How often one order is posted. A server that loses it this often won't keep it the next time."""


@dataclass(frozen=True, slots=True)
class Creator:
    """Does the creator's tasks with the renderers at hand."""

    renderers: Mapping[str, Renderer]
    purposes: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda names: names
    """What the content policy is to read for LoRAs of these names."""
    _announced: set[tuple[str, int]] = field(default_factory=set)
    """The postings that this process said it is about to make, and has not begun: nobody else can have made them."""
    rules: Sequence[OperatorRule] = ()
    """What the operator refuses on top of what always is."""

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Return that the job is about to be posted, what became of it, or that it was stopped."""
        match task:
            case Post(job=job):
                return (await self._post(job, production),)
            case Render():
                return (await self._render(task, artifacts, progress),)
            case StopRender(job=job):
                return (await self._stop(job),)
            case _:
                raise AssertionError(f"no task of the creator: {task}")

    async def _post(self, job: Job, production: Production) -> Fact:
        failure = self._obstacle(job.order, production)
        if failure is not None:
            return _failed(job, failure)
        try:
            return await self._announce(job)
        except RenderFailed as error:
            return _failed(job, _failure(error))

    async def _announce(self, job: Job) -> Fact:
        """Return that the job is about to be posted: which server, and as what."""
        renderer = self.renderers[job.order.renderer]
        key = order_key(job.subject)
        server = await renderer.choose(job.order)
        self._announced.add((key, len(job.postings) + 1))
        return job.started(Posting(renderer=f"{renderer.name} {renderer.version}", server=server, key=key))

    def _obstacle(self, order: Order, production: Production) -> Failure | None:
        """Return why the order must not or can't be posted: policy first."""
        has_picture = any(message.images for message in production.conversation)
        refused = refusal(
            order.prompt,
            has_uploaded_picture=has_picture,
            operator_rules=self.rules,
            lora_purposes=self.purposes(tuple(one.name for one in order.loras)),
        )
        if refused is not None:
            return Failure(
                kind="policy",
                what="The content policy refuses this prompt.",
                why=refused.why,
                help=refused.help,
                is_retryable=False,
            )
        if order.renderer not in self.renderers:
            return Failure(
                kind="missing_renderer",
                what=f"No renderer here is called {order.renderer!r}.",
                why=f"This creator has {', '.join(sorted(self.renderers))}.",
                help="Set `renderer` in kindling.toml to one of them, or start a creator that has it.",
                is_retryable=False,
            )
        return None

    async def _stop(self, job: Job) -> Fact:
        """Return that the job was stopped where it was posted, or why that is not known."""
        posting = job.postings[-1]
        renderer = self.renderers.get(job.order.renderer)
        still = "" if renderer is None else await renderer.stop(posting.key, posting.server)
        return _failed(
            job,
            Failure(
                kind=CALLED_OFF,
                what="The render was stopped." if not still else "The render was to be stopped, and may still go on.",
                why=still or "It is no longer wanted.",
                help="",
                is_retryable=True,
            ),
        )

    async def _render(self, task: Render, artifacts: Artifacts, progress: Progress) -> Fact:
        job, started = task.job, time.monotonic()
        order = job.order
        try:
            named = (order.start, order.end, order.colour_reference)
            inputs = {digest: artifacts.path(digest) for digest in named if digest is not None}
        except MissingArtifact as error:
            return _failed(
                job, Failure(kind="missing_input", what=error.what, why=error.why, help=error.help, is_retryable=False)
            )
        with artifacts.workspace() as folder:
            try:
                rendering = await self._rendering(task, folder, inputs, progress)
                render_s = time.monotonic() - started
                await in_thread(lambda stop: _check(rendering, order, stop))
            except RenderFailed as error:
                return _failed(job, _failure(error))
            except _PostAgain as again:
                return again.fact
            kept = await asyncio.to_thread(_keep, rendering, artifacts)
        total_s = time.monotonic() - started
        cost = Cost(render_s=round(render_s, 3), total_s=round(total_s, 3), share=rendering.share)
        return _rendered(job, rendering, kept, cost)

    async def _rendering(
        self, task: Render, folder: Path, inputs: Mapping[Digest, Path], progress: Progress
    ) -> Rendering:
        job = task.job
        posting, number = job.postings[-1], len(job.postings)
        was_posted = (posting.key, number) not in self._announced
        self._announced.discard((posting.key, number))
        try:
            return await self.renderers[job.order.renderer].render(
                job.order,
                posting.key,
                folder,
                inputs,
                progress,
                server=posting.server,
                was_posted=was_posted,
                is_afresh=task.is_afresh,
            )
        except RenderFailed as error:
            if error.kind is FailureKind.LOST and number < POSTINGS_MAX:
                log.warning("posted again", about=job.about, server=posting.server, why=error.why)
                raise _PostAgain(await self._announce(job)) from error
            raise


class _PostAgain(Exception):
    """A server has lost the job: it is posted again, and the log says so."""

    def __init__(self, fact: Fact) -> None:
        super().__init__("posted again")
        self.fact = fact


@dataclass(frozen=True, slots=True)
class _Kept:
    clip: Artifact
    hand_over: Artifact
    poster: Artifact


def _check(rendering: Rendering, order: Order, stop: Stop) -> None:
    """Decode the clip to its end and count it: an event names only what can be shown.

    Raises:
        RenderFailed: it is not what the renderer says it is.
    """
    try:
        count = 0
        for frame in frames_of(rendering.video):
            count += 1
            if stop():
                return
            if frame.shape[:2] != (rendering.height, rendering.width):
                raise RenderFailed(
                    FailureKind.BAD_OUTPUT,
                    f"Frame {count} of the clip is {frame.shape[1]}×{frame.shape[0]}, "
                    f"and not {rendering.width}×{rendering.height}.",
                    "Have it rendered again.",
                )
    except Unreadable as error:
        raise RenderFailed(FailureKind.BAD_OUTPUT, str(error), "Have it rendered again.") from error
    if count != order.frame_count:
        raise RenderFailed(
            FailureKind.BAD_OUTPUT,
            f"The clip has {count} frames, and {order.frame_count} were ordered.",
            "Have it rendered again.",
        )


_MEDIA_TYPES: Final = {".mp4": "video/mp4", ".webm": "video/webm", ".mkv": "video/x-matroska"}
"""By what a render server's file is called; anything else is written anew as MP4 before it comes here."""


def _keep(rendering: Rendering, artifacts: Artifacts) -> _Kept:
    def keep(path: Path, media_type: str, frame_count: int | None) -> Artifact:
        size_bytes = path.stat().st_size
        digest: Digest = artifacts.keep(path)
        return Artifact(
            digest=digest,
            media_type=media_type,
            size_bytes=size_bytes,
            width=rendering.width,
            height=rendering.height,
            frame_count=frame_count,
        )

    return _Kept(
        clip=keep(rendering.video, _MEDIA_TYPES[rendering.video.suffix], rendering.frame_count),
        hand_over=keep(rendering.hand_over, "image/png", None),
        poster=keep(rendering.poster, "image/jpeg", None),
    )


def _rendered(job: Job, rendering: Rendering, kept: _Kept, cost: Cost) -> Fact:
    digest = order_digest(job.order)
    if job.is_sample:
        return SampleRendered(
            brief=job.of,
            take=job.take,
            clip=kept.clip,
            poster=kept.poster,
            order_digest=digest,
            cost=cost,
            made=rendering.made,
        )
    return SegmentRendered(
        segment=job.of,
        take=job.take,
        clip=kept.clip,
        hand_over=kept.hand_over,
        poster=kept.poster,
        order_digest=digest,
        cost=cost,
        made=rendering.made,
    )


def _failed(job: Job, failure: Failure) -> Fact:
    if job.is_sample:
        return SampleFailed(brief=job.of, take=job.take, failure=failure)
    return SegmentFailed(segment=job.of, take=job.take, failure=failure)


def _failure(error: RenderFailed) -> Failure:
    return Failure(
        kind=str(error.kind),
        what=f"The render failed: {error.why}",
        why=error.why,
        help=error.help,
        is_retryable=error.kind.is_retryable,
        smaller=error.smaller,
    )
