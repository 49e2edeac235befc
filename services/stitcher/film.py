"""A film from its production: the edit list, the label, and the joining. The same state gives the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import msgspec

from bus.errors import KindlingError, MissingArtifact
from bus.events import ProductionDone
from bus.ids import Digest, digest_of
from bus.plan import Plan
from bus.ports import Artifacts, Progress
from bus.production import Production, Take
from services.stitcher.cut import ClipSource, EditList, edit_list
from services.stitcher.join import JoinFacts, Stop, join
from services.stitcher.label import Label
from services.stitcher.manifest import cut_of, manifest_bytes
from services.stitcher.sources import pictures_given, source_of_film


class NotTheSame(KindlingError):
    """What was made again is not what the log names."""

    def __init__(self, what: str, wanted: Digest, found: Digest, why: str) -> None:
        super().__init__(
            f"{what} comes out otherwise: {found[:12]}…, and the log names {wanted[:12]}….",
            why=why,
            help="What the log names has to come from a copy, such as a file that `kindling export` has written.",
        )
        self.wanted, self.found = wanted, found


class NotAsRecorded(KindlingError):
    """The clip that a film is to show is missing, or was altered."""

    def __init__(self, production: Production, take: Take, wanted: Digest, found: str | None) -> None:
        lost = "is missing" if found is None else "was altered"
        super().__init__(
            f"The clip of take {take.segment}-{take.take} {lost}.",
            why=f"Wanted {wanted}, found {found or 'nothing'}.",
            help=f"`kindling verify {production.id} --repair` renders it again from its order.",
        )
        self.wanted, self.found = wanted, found


def edit_of(plan: Plan, takes: Sequence[Take]) -> EditList:
    """Return the edit list of the plan's film from these takes.

    Raises:
        CannotCut: a take is missing or too short.
    """
    return edit_list(plan, {one.segment: _source(plan, one) for one in takes})


def label_of(production: Production, plan: Plan, takes: Sequence[Take]) -> Label:
    """Return what the film's file says of itself."""
    return Label(
        title=plan.title,
        description=plan.logline,
        digital_source_type=source_of_film(takes, pictures_given(production)),
    )


def join_film(
    production: Production,
    plan: Plan,
    takes: Sequence[Take],
    artifacts: Artifacts,
    target: Path,
    progress: Progress,
    stop: Stop,
) -> JoinFacts:
    """Write the plan's film from these takes; blocks.

    Raises:
        CannotCut, FilmWrong, Unreadable, JoinStopped: as `edit_list` and `join` say.
        NotAsRecorded: the clip of a take is missing, or has other bytes.
    """
    edit = edit_of(plan, takes)
    paths = {
        shown.digest: _clip(production, take, shown.digest, artifacts)
        for take, shown in zip(takes, edit.shown, strict=True)
    }
    return join(edit, paths, target, progress, stop, label=label_of(production, plan, takes))


def takes_of(production: Production, done: ProductionDone) -> tuple[Take, ...]:
    """Return the takes that a cut shows."""
    return tuple(production.takes[one.segment, one.take] for one in done.takes)


def manifest_again(production: Production, done: ProductionDone) -> bytes:
    """Return the manifest of a cut, derived anew.

    Args:
        production: its state after the event that the cut names as its last.

    Raises:
        NotTheSame: it was written by a Kindling that wrote manifests otherwise.
    """
    origin = production.request.origin if production.request else None
    content = manifest_bytes(production, cut_of(done))
    found = digest_of(content)
    if found != done.manifest.digest and origin is not None:
        # A film that was adopted has the manifest of the production that it was made in.
        assert production.request is not None
        there = msgspec.structs.replace(production.request, origin=None)
        parent = msgspec.structs.replace(production, id=origin.production, request=there)
        content = manifest_bytes(parent, cut_of(done))
        found = digest_of(content)
    if found != done.manifest.digest:
        raise NotTheSame(
            f"The manifest of cut {done.number}",
            done.manifest.digest,
            found,
            "It was written by another version of Kindling.",
        )
    return content


def _source(plan: Plan, take: Take) -> ClipSource:
    assert take.rendered is not None, "only rendered takes are accepted"
    clip, segment = take.rendered.clip, plan.segment(take.segment)
    if take.borrowed is None or segment is None:
        return ClipSource(take=take.take, digest=clip.digest, frame_count=clip.frame_count or take.order.frame_count)
    rate = Fraction(take.order.fps, plan.fps)
    return ClipSource(take=take.take, digest=clip.digest, frame_count=segment.frame_count, rate=rate)


def _clip(production: Production, take: Take, wanted: Digest, artifacts: Artifacts) -> Path:
    """Return where the clip lies; other bytes than those that were reviewed come into no film."""
    try:
        path = artifacts.path(wanted)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (MissingArtifact, FileNotFoundError):
        raise NotAsRecorded(production, take, wanted, None) from None
    if found != wanted:
        raise NotAsRecorded(production, take, wanted, found)
    return path
