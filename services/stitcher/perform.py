"""Joins the accepted takes into the film, and writes down what it is made of."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bus.errors import Unprocessable
from bus.events import CutTake, Fact, ProductionDone
from bus.plan import Artifact, Made
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.work import Task
from services._kit.media import Unreadable
from services._kit.settings import Settings
from services._kit.threads import Stop, in_thread
from services.stitcher.credentials import CannotSign, Clip, Signing, sign, signing_of
from services.stitcher.cut import CannotCut, EditList
from services.stitcher.decide import Stitch
from services.stitcher.film import NotAsRecorded, edit_of, join_film
from services.stitcher.join import FilmWrong, JoinFacts, check_film
from services.stitcher.manifest import Cut, cut_of, is_flagged, manifest_bytes, manifest_of


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
            edit = edit_of(task.plan, task.takes)
        except CannotCut as error:
            raise Unprocessable(error.what, why=error.why, help=error.help) from error
        try:
            signing = await asyncio.to_thread(signing_of, self.settings)
        except CannotSign as error:
            # Settings are read when a service starts.
            again = f"{error.help} Then start Kindling anew (`kindling down`, `kindling up`), and resume."
            raise Unprocessable(error.what, why=error.why, help=again) from error
        with artifacts.workspace() as folder:
            target = folder / "film.mp4"

            def work(stop: Stop) -> JoinFacts:
                return join_film(production, task.plan, task.takes, artifacts, target, progress, stop)

            try:
                facts = await in_thread(work)
            except (FilmWrong, NotAsRecorded) as error:
                raise Unprocessable(error.what, why=error.why, help=error.help) from error
            except Unreadable as error:
                raise Unprocessable(
                    f"The film can't be joined: {error}.",
                    help=f"`kindling verify {production.id}` says which clip is damaged; have it made again.",
                ) from error
            made = Made(by="stitcher", version=facts.encoder, took_s=round(time.monotonic() - started, 3))
            done = await asyncio.to_thread(_done, task, production, edit, facts, target, artifacts, made)
            if signing is not None:
                done = await asyncio.to_thread(_signed, task, production, edit, done, signing, artifacts)
            return (done,)


def _done(
    task: Stitch,
    production: Production,
    edit: EditList,
    facts: JoinFacts,
    target: Path,
    artifacts: Artifacts,
    made: Made,
) -> ProductionDone:
    assert production.head is not None
    film = Artifact(
        digest=artifacts.keep(target),
        media_type="video/mp4",
        size_bytes=facts.size_bytes,
        width=facts.width,
        height=facts.height,
        frame_count=facts.frame_count,
    )
    takes = tuple(
        CutTake(segment=take.segment, take=take.take, digest=shown.digest, is_flagged=is_flagged(take))
        for take, shown in zip(task.takes, edit.shown, strict=True)
    )
    cut = Cut(
        number=task.number,
        plan=task.plan_number,
        film=film,
        takes=takes,
        duration_s=facts.duration_s,
        copied=facts.copied,
        count=production.ordinal,
        head=production.head,
        made=made,
    )
    content = manifest_bytes(production, cut)
    file = target.with_name("manifest.json")
    file.write_bytes(content)
    manifest = Artifact(digest=artifacts.keep(file), media_type="application/json", size_bytes=len(content))
    return ProductionDone(manifest=manifest, **{name: getattr(cut, name) for name in Cut.__struct_fields__})


def _signed(
    task: Stitch, production: Production, edit: EditList, done: ProductionDone, signing: Signing, artifacts: Artifacts
) -> ProductionDone:
    """Return the cut with its signed film beside it: signed, read back, opened and counted as the film itself was."""
    clips = {
        one.rendered.clip.digest: Clip(
            path=artifacts.path(one.rendered.clip.digest), media_type=one.rendered.clip.media_type
        )
        for one in task.takes
        if one.rendered is not None
    }
    with artifacts.workspace() as folder:
        # The library tells the format by the ending; stored files have none.
        film, target = folder / "film.mp4", folder / "signed.mp4"
        shutil.copyfile(artifacts.path(done.film.digest), film)
        try:
            sign(film, target, signing, manifest_of(production, cut_of(done)), clips)
            check_film(target, edit)
        except (CannotSign, FilmWrong) as error:
            raise Unprocessable(error.what, why=error.why, help=error.help) from error
        size_bytes = target.stat().st_size
        signed = msgspec.structs.replace(done.film, digest=artifacts.keep(target), size_bytes=size_bytes)
    return msgspec.structs.replace(done, signed=signed)
