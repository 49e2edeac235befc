"""Joins the accepted takes into the film, and writes down what it is made of."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bus.errors import MissingArtifact, Unprocessable
from bus.events import CutTake, Fact, ProductionDone
from bus.plan import Artifact, Made
from bus.ports import Artifacts, Progress
from bus.production import Production, Take
from bus.work import Task
from services._kit.media import Unreadable
from services._kit.settings import Settings
from services._kit.threads import Stop, in_thread
from services.stitcher.cut import CannotCut, ClipSource, EditList, edit_list
from services.stitcher.decide import Stitch
from services.stitcher.join import FilmWrong, JoinFacts, join
from services.stitcher.manifest import is_flagged, manifest_of


@dataclass(frozen=True, slots=True)
class Stitcher:
    """Does the stitcher's task."""

    settings: Settings

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Return that the film is there: joined, opened and counted."""
        assert isinstance(task, Stitch)
        assert production.head is not None
        started = time.monotonic()
        try:
            edit = edit_list(task.plan, {one.segment: _source(one) for one in task.takes})
            paths = {one.digest: artifacts.path(one.digest) for one in edit.shown}
        except (CannotCut, MissingArtifact) as error:
            raise Unprocessable(error.what, why=error.why, help=error.help) from error
        with artifacts.workspace() as folder:
            target = folder / "film.mp4"

            def work(stop: Stop) -> JoinFacts:
                return join(edit, paths, target, progress, stop, title=task.plan.title)

            try:
                facts = await in_thread(work)
            except FilmWrong as error:
                raise Unprocessable(error.what, why=error.why, help=error.help) from error
            except Unreadable as error:
                raise Unprocessable(
                    f"The film can't be joined: {error}.",
                    help=f"`kindling verify {production.id}` says which clip is damaged; have it made again.",
                ) from error
            made = Made(by="stitcher", version=facts.encoder, took_s=round(time.monotonic() - started, 3))
            return (await asyncio.to_thread(_done, task, production, edit, facts, target, artifacts, made),)


def _source(take: Take) -> ClipSource:
    assert take.rendered is not None, "only rendered takes are accepted"
    clip = take.rendered.clip
    return ClipSource(take=take.take, digest=clip.digest, frame_count=clip.frame_count or take.order.frame_count)


def _done(
    task: Stitch,
    production: Production,
    edit: EditList,
    facts: JoinFacts,
    target: Path,
    artifacts: Artifacts,
    made: Made,
) -> ProductionDone:
    film = Artifact(
        digest=artifacts.keep(target),
        media_type="video/mp4",
        size_bytes=facts.size_bytes,
        width=facts.width,
        height=facts.height,
        frame_count=facts.frame_count,
    )
    content = msgspec.json.format(msgspec.json.encode(manifest_of(task, production, film, facts)), indent=2)
    file = target.with_name("manifest.json")
    file.write_bytes(content)
    manifest = Artifact(digest=artifacts.keep(file), media_type="application/json", size_bytes=len(content))
    takes = tuple(
        CutTake(segment=take.segment, take=take.take, digest=shown.digest, is_flagged=is_flagged(take))
        for take, shown in zip(task.takes, edit.shown, strict=True)
    )
    assert production.head is not None
    return ProductionDone(
        number=task.number,
        plan=task.plan_number,
        film=film,
        manifest=manifest,
        takes=takes,
        duration_s=facts.duration_s,
        count=production.ordinal,
        head=production.head,
        made=made,
    )
