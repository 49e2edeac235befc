"""A log and a store to export from and import to, and a short film in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from bus import events as e
from bus.ids import ProductionId
from bus.plan import Artifact
from bus.wire.artifacts import FolderArtifacts
from bus.wire.memory import MemoryLog
from kindling.export import Exported, Exporter
from kindling.importing import Imported, Importer
from tests.forks import messages_of
from tests.stories import MADE, Story, approved, ordered, parsed, plan, rendered, segment

PLAN = plan(segment(1))


@dataclass
class House:
    """A log and a store."""

    folder: Path
    log: MemoryLog
    store: FolderArtifacts

    async def bring_in(self, file: Path) -> Imported:
        """Import a file."""
        return await Importer(self.log, self.store).bring_in(file)

    def export(self, told: Story, file: Path, *, clips: bool = True, force: bool = False) -> Exported:
        """Export a story, whose clips are in the store."""
        exporter = Exporter(self.store)
        return exporter.export(told.production, messages_of(told), file, with_objects=clips, may_replace=force)


def house(folder: Path) -> House:
    """Return an empty one."""
    return House(folder, MemoryLog(), FolderArtifacts(folder / "objects"))


def keep(store: FolderArtifacts, content: bytes, media_type: str = "video/mp4") -> Artifact:
    """Put bytes into the store."""
    with store.workspace() as folder:
        (folder / "x").write_bytes(content)
        digest = store.keep(folder / "x")
    return Artifact(digest=digest, media_type=media_type, size_bytes=len(content))


def told_in(one: House, *, is_done: bool = True) -> Story:
    """Return the story of a short film whose artifacts are in the store; not done, it ends with a take."""
    clip, last = keep(one.store, b"a clip" * 50), keep(one.store, b"its last frame", "image/png")
    poster = keep(one.store, b"its poster", "image/jpeg")
    take = msgspec.structs.replace(rendered(1), clip=clip, hand_over=last, poster=poster)
    told = Story().tell(
        e.ProductionRequested(words="A keeper rows out", options=e.Options(sample=False)),
        parsed(),
        e.PlanWritten(number=1, plan=PLAN, made=MADE),
        ordered(PLAN, 1),
        take,
    )
    if is_done:
        told.tell(approved(1))
        state = told.state
        assert state.head is not None
        film, manifest = keep(one.store, b"the film"), keep(one.store, b"{}", "application/json")
        shown = (e.CutTake(segment=1, take=1, digest=clip.digest),)
        told.tell(
            e.ProductionDone(
                number=1, plan=1, film=film, manifest=manifest, takes=shown, duration_s=2.0, count=state.ordinal,
                head=state.head, made=MADE,
            )
        )  # fmt: skip
    return told


async def bytes_of(one: House, production: ProductionId) -> list[tuple[str, bytes]]:
    """Return what a log holds of a production."""
    return [(each.subject, each.content) for each in await one.log.messages(production)]
