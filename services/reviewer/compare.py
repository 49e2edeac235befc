"""Holds what was made again against the record: by digests, and frame by frame where those differ."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
from msgspec import structs

from bus.errors import MissingArtifact, Unprocessable
from bus.events import Fact, ProductionCompared, SegmentCompared
from bus.ids import Digest
from bus.likeness import Comparison, Likeness
from bus.plan import Artifact, Made
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.work import Task
from services._kit.media import Unreadable
from services._kit.threads import Stop, in_thread
from services.reviewer.comparing import CompareFilm, CompareTake
from services.reviewer.likeness import Alike, alike, compared, differences


@dataclass(frozen=True, slots=True)
class Comparer:
    """Does the reviewer's tasks for films that are made again."""

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Return how alike the two are, and what was not as it had been."""
        started = time.monotonic()
        match task:
            case CompareTake(take=take, recorded=recorded):
                assert take.rendered is not None, "only rendered takes are compared"
                assert recorded.rendered is not None, "a film shows rendered takes"
                found = await _compare(recorded.rendered.clip, take.rendered.clip, artifacts, progress)
                causes = differences(recorded.rendered.made, take.rendered.made)
                comparison = structs.replace(found, differences=causes)
                return (
                    SegmentCompared(segment=take.segment, take=take.take, comparison=comparison, made=_made(started)),
                )
            case CompareFilm(cut=cut, recorded=before):
                found = await _compare(before.film, cut.film, artifacts, progress)
                comparison = structs.replace(found, differences=differences(before.made, cut.made))
                return (ProductionCompared(number=cut.number, comparison=comparison, made=_made(started)),)
            case _:
                raise AssertionError(f"nothing to compare: {task}")


def _made(started: float) -> Made:
    return Made(by="opencv", version=cv2.__version__, took_s=round(time.monotonic() - started, 3))


async def _compare(was: Artifact, now: Artifact, artifacts: Artifacts, progress: Progress) -> Comparison:
    """Return how alike two clips are; frames are compared only where the digests differ.

    A stored file that is missing or altered is named in any case: a render of the same digest does not replace it.

    Raises:
        Unprocessable: what was made again is gone, or can't be decoded.
    """
    missing = await asyncio.to_thread(_not_as_recorded, was.digest, artifacts)
    if was.digest == now.digest:
        return Comparison(likeness=Likeness.SAME_BYTES, wanted=was.digest, found=now.digest, why=missing)
    unknown = Comparison(likeness=Likeness.UNKNOWN, wanted=was.digest, found=now.digest)
    if missing:
        return structs.replace(unknown, why=missing)
    try:
        recorded, made = artifacts.path(was.digest), artifacts.path(now.digest)
    except MissingArtifact as error:
        raise Unprocessable(error.what, why=error.why, help=error.help) from error

    def work(stop: Stop) -> Alike | None:
        return alike(recorded, made, progress, stop, total=was.frame_count or 0)

    try:
        found = await in_thread(work)
    except Unreadable as error:
        raise Unprocessable(f"The clips can't be compared: {error}.", help="See `kindling verify`.") from error
    assert found is not None, "a comparison that is told to stop is cancelled"
    return compared(unknown, found)


def _not_as_recorded(wanted: Digest, artifacts: Artifacts) -> str:
    """Return what is wrong with the recorded file, with the digest wanted and the one found; empty if nothing is."""
    try:
        with artifacts.path(wanted).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (MissingArtifact, FileNotFoundError):
        return f"The recorded file is missing: wanted {wanted}, found nothing."
    if found != wanted:
        return f"The recorded file was altered: wanted {wanted}, found {found}."
    return ""
