"""Brings an exported production into this Kindling: its clips first, then its log, exactly as it was, in one piece."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from bus.board import status_of
from bus.errors import Conflict
from bus.events import ProductionDeleted, Recorded, Stored, Unreadable
from bus.ids import EventId, ProductionId
from bus.plan import Artifact
from bus.production import fold
from bus.wire.artifacts import FolderArtifacts
from bus.wire.log import Log, Sealed
from kindling.container import parted_at
from kindling.counting import Tell
from kindling.exits import Exit, Trouble
from kindling.home import free_bytes
from kindling.opening import Opened, opened, total_bytes
from kindling.rebuild import arrange
from kindling.wording import count_of, spell_bytes
from services.gateway.status_view import status_view

TRIES = 5
ROOM_LEFT_BYTES = 64 << 20
"""What stays free on the disk: the log needs room, too."""


class Imported(Struct, frozen=True, kw_only=True):
    """What was brought in."""

    production: ProductionId
    status: str
    is_settled: bool
    """False where there is more to come."""
    is_waiting: bool
    """Whether it waits for a person; otherwise, where it is not settled, this Kindling goes on with it."""
    message_count: int
    new_message_count: int
    """0 where the log was here already."""
    artifact_count: int
    new_artifact_count: int
    missing_count: int
    """Artifacts that the log names and that are neither in the file nor here."""
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports into one log and one store."""

    log: Log
    store: FolderArtifacts
    tell: Tell = lambda _what, _done, _total: None

    async def bring_in(self, file: Path) -> Imported:
        """Bring the production in. Done twice it is done once; what is there already is left as it is.

        Raises:
            Trouble: the file is broken, a production of this id is here and went another way, or there is no room.
        """
        with opened(file) as source:
            state = fold(source.card.production, source.log)
            status = status_view(status_of(state))
            is_gone = isinstance(state.end, ProductionDeleted)
            wanted = () if is_gone else source.artifacts
            here = await self._here(source)
            is_new = len(here) < len(source.messages)
            if not is_gone and any(_is_removal(one) for one in here):
                raise Trouble(
                    Exit.REFUSED,
                    f"{source.card.production} was removed here.",
                    why="Its log stays and says so; clips that come back would belong to nothing.",
                    help="Import it into another home (KINDLING_HOME), where it was not removed.",
                )
            lacking = [one for one in wanted if not self.store.has(one.digest)]
            there = [one for one in lacking if source.has(one)]
            if source.card.has_objects and len(there) < len(lacking):
                missing = next(one for one in lacking if not source.has(one))
                raise Trouble(
                    Exit.DAMAGED,
                    f"{missing.digest} is not in {file}.",
                    why="Its log names it, and its card says that clips and pictures are in it.",
                    help="Export the production again where it comes from.",
                )
            if is_new and len(there) < len(lacking) and not status.is_settled and not status.is_waiting:
                raise Trouble(
                    Exit.REFUSED,
                    f"{source.card.production} is not finished, and its clips and pictures are not in {file}.",
                    why="This Kindling would go on with it, from pictures that are not here.",
                    help="Export it with its clips, or once it is finished.",
                )
            await asyncio.to_thread(self._keep, source, there)
            added = await self._append(source)
            # Clips that came after their events would wait for the next event to get their names.
            # What is here may have gone on since the file was written.
            now = fold(source.card.production, await self.log.read(source.card.production))
            await asyncio.to_thread(arrange, self.store.root.parent, self.store, now)
            return Imported(
                production=source.card.production,
                status=status.name,
                is_settled=status.is_settled,
                is_waiting=status.is_waiting,
                message_count=len(source.messages),
                new_message_count=added,
                artifact_count=len(wanted),
                new_artifact_count=len(there),
                missing_count=len(lacking) - len(there),
                size_bytes=total_bytes(there),
            )

    async def _here(self, source: Opened) -> list[Stored]:
        """Return what the log has of it already: nothing, or what the file begins with, or that and more.

        Raises:
            Trouble: what is here went another way.
        """
        production = source.card.production
        here = await self.log.messages(production)
        parted = parted_at(here, source.messages)
        if parted is not None:
            raise Trouble(
                Exit.REFUSED,
                f"There is a {production} here already, and it is another one.",
                why=f"Its log has {count_of(len(here), 'message')}; the one in the file parts from it at message "
                f"{parted} of {len(source.messages)} ({source.messages[parted - 1].subject}).",
                help="A log is never written over. Import it into another home (KINDLING_HOME), where there is none.",
            )
        return here

    def _keep(self, source: Opened, artifacts: Sequence[Artifact]) -> None:
        """Take the artifacts into the store, once all of them are known to be what they should be."""
        needed, free = total_bytes(artifacts), free_bytes(self.store.root)
        if needed + ROOM_LEFT_BYTES > free:
            raise Trouble(
                Exit.UNREACHABLE,
                f"There is no room for {spell_bytes(needed)} of clips and pictures.",
                why=f"The disk of {self.store.root} has {spell_bytes(free)} left.",
                help="Free some space (`kindling rm ID` removes a production's clips), and import it again.",
            )
        if not artifacts:
            return
        with self.store.workspace() as folder:
            files = [folder / str(number) for number in range(len(artifacts))]
            for number, (artifact, target) in enumerate(zip(artifacts, files, strict=True), 1):
                self.tell(f"{source.card.production}: clips and pictures", number, len(artifacts))
                source.extract(artifact, target)
            for target in files:
                self.store.keep(target)

    async def _append(self, source: Opened) -> int:
        """Append what is not here, in one piece, and return how many messages that were."""
        sealed = [_sealed(message, one) for message, one in zip(source.messages, source.log, strict=True)]
        for _ in range(TRIES):
            here = await self._here(source)
            due = sealed[len(here) :]
            if not due:
                return 0
            try:
                await self.log.append(source.card.production, due, here[-1].sequence if here else 0)
            except Conflict:
                # Somebody was faster. What they wrote is either the same, or the next look says that it is not.
                continue
            return len(due)
        raise Trouble(
            Exit.UNREACHABLE,
            f"{source.card.production} can't be written: others were faster {TRIES} times in a row.",
            help="Import it again in a moment.",
        )


def _is_removal(message: Stored) -> bool:
    return message.subject.startswith(f"{ProductionDeleted.TYPE}.")


def _sealed(message: Stored, recorded: Recorded | Unreadable) -> Sealed:
    known = recorded.event.id if isinstance(recorded, Recorded) else EventId("")
    return Sealed(subject=message.subject, content=message.content, id=known)
