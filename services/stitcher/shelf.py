"""What people find in the productions folder: films, their manifests and the takes, by readable names."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from bus.board import is_accepted, is_refused
from bus.errors import MissingArtifact
from bus.events import (
    Fact,
    ProductionDeleted,
    ProductionDone,
    ProductionForked,
    SampleRendered,
    SegmentApproved,
    SegmentBorrowed,
    SegmentKept,
    SegmentOverruled,
    SegmentRejected,
    SegmentRendered,
)
from bus.ids import Digest
from bus.ports import Artifacts, Neighbours
from bus.production import Production
from services._kit.shelf import clear, link

WAKES: tuple[type[Fact], ...] = (
    SampleRendered,
    SegmentRendered,
    SegmentBorrowed,
    SegmentApproved,
    SegmentRejected,
    SegmentKept,
    SegmentOverruled,
    ProductionDone,
    ProductionDeleted,
    ProductionForked,
)


class Named(Struct, frozen=True):
    """A file for people: its folder and name under the productions folder, and the artifact that it is."""

    folder: str
    name: str
    digest: Digest

    def __str__(self) -> str:
        """Return its path under the productions folder."""
        return f"{self.folder}/{self.name}"


def names_of(production: Production) -> tuple[Named, ...]:
    """Return every file that people are to find of this production; none once it is deleted."""
    if isinstance(production.end, ProductionDeleted):
        return ()
    names = []
    for cut in production.cuts:
        # The newest cut has the plain name.
        stem = production.id if cut is production.cuts[-1] else f"{production.id}.cut-{cut.number}"
        names.append(Named("completed", f"{stem}.mp4", cut.published.digest))
        names.append(Named("completed", f"{stem}.json", cut.manifest.digest))
    for sample in production.samples:
        if sample.rendered is not None:
            name = f"sample-{sample.brief}-take-{sample.take}.mp4"
            names.append(Named(f"segments/{production.id}", name, sample.rendered.clip.digest))
    for take in production.takes.values():
        if take.rendered is not None and not is_refused(take):
            word = "approved" if is_accepted(production, take) else "rejected" if take.is_approved is False else "new"
            name = f"segment-{take.segment:03d}-take-{take.take}-{word}.mp4"
            names.append(Named(f"segments/{production.id}", name, take.rendered.clip.digest))
    return tuple(names)


def digests_of(production: Production) -> frozenset[Digest]:
    """Return every artifact that the production's log names.

    A film that is made again names those of what it is held against, too: they were adopted, and set aside.
    """
    found: set[Digest] = set() if production.source is None else set(digests_of(production.source))
    found |= {image.digest for message in production.conversation for image in message.images}
    for sample in production.samples:
        if sample.rendered is not None:
            found |= {sample.rendered.clip.digest, sample.rendered.poster.digest}
    for take in production.takes.values():
        if take.rendered is not None:
            one = take.rendered
            found |= {one.clip.digest, one.hand_over.digest, one.poster.digest}
    for cut in production.cuts:
        found |= {cut.film.digest, cut.manifest.digest, cut.published.digest}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Keeps the productions folder in step with the log."""

    root: Path
    artifacts: Artifacts

    async def __call__(self, production: Production, neighbours: Neighbours) -> None:
        """Name what is there, and remove what a deleted production leaves behind."""
        await asyncio.to_thread(self.arrange, production)
        if isinstance(production.end, ProductionDeleted):
            await self._remove(production, neighbours)

    def arrange(self, production: Production) -> None:
        """Make this production's files as the log wants them, whatever is there."""
        names = names_of(production)
        for one in names:
            try:
                link(self.artifacts.path(one.digest), self.root / one.folder / one.name)
            except MissingArtifact:
                continue  # `kindling verify` names it; the other files are put in order all the same.
        for folder, pattern in (
            ("completed", f"{production.id}.*"),
            (f"segments/{production.id}", "s*-take-*.mp4"),
        ):
            clear(self.root / folder, pattern, frozenset(one.name for one in names if one.folder == folder))

    async def _remove(self, production: Production, neighbours: Neighbours) -> None:
        """Remove the artifacts that no other production names."""
        mine = set(digests_of(production))
        async for other in neighbours.others(production.id):
            if not isinstance(other.end, ProductionDeleted):
                mine -= digests_of(other)
        for digest in mine:
            self.artifacts.remove(digest)
