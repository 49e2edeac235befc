"""Writes a production into one file: its log as it is stored, its plan, its clips. The same log, the same bytes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from bus.board import status_of
from bus.errors import MissingArtifact
from bus.events import ProductionDeleted, Stored
from bus.ids import Digest, ProductionId
from bus.plan import Artifact
from bus.production import Production, fold
from bus.wire.artifacts import FolderArtifacts
from kindling.container import (
    CARD,
    FORMAT,
    LOG,
    PAGE,
    PLAN,
    README,
    VERSION,
    Card,
    entry_of,
    first_break,
    pieces_of,
    records_of,
    write_log,
)
from kindling.counting import Tell
from kindling.exits import Exit, Trouble
from kindling.verify import artifacts_of
from kindling.wording import spell_bytes
from services.gateway.status_view import status_view
from services.gateway.view import title_of
from services.planner.markdown import plan_as_markdown

_CHUNK_BYTES = 1 << 20


class Exported(Struct, frozen=True, kw_only=True):
    """What was written, and what it holds."""

    production: ProductionId
    file: str
    status: str
    is_settled: bool
    """False where more is to come: the file then holds what there was until now."""
    message_count: int
    head: Digest
    artifact_count: int
    has_objects: bool
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Exporter:
    """Exports productions of one store."""

    store: FolderArtifacts
    tell: Tell = lambda _what, _done, _total: None

    def export(
        self, production: ProductionId, messages: Sequence[Stored], file: Path, *, with_objects: bool, may_replace: bool
    ) -> Exported:
        """Write the file, whole or not at all; blocks.

        Raises:
            Trouble: the log does not hold together, a clip is missing or altered, or the file can't be written.
        """
        log = records_of(messages)
        broken = first_break(production, log)
        if broken is not None:
            raise Trouble(
                Exit.DAMAGED,
                f"The log of {production} is broken at message {broken.place}.",
                why=broken.what,
                help=f"See all of it: kindling verify {production}",
            )
        state = fold(production, log)
        named = artifacts_of(log)
        has_objects = with_objects and not isinstance(state.end, ProductionDeleted)
        status = status_view(status_of(state))
        card = Card(
            format=FORMAT,
            version=VERSION,
            production=production,
            title=title_of(state),
            status=status.name,
            message_count=len(log),
            head=log[-1].digest,
            has_objects=has_objects,
            artifacts=tuple(pieces_of(named.values())),
        )
        artifacts = [one for _, one in sorted(named.values(), key=lambda each: each[1].digest)] if has_objects else []
        self._write(file, card, state, write_log(messages), artifacts, may_replace=may_replace)
        return Exported(
            production=production,
            file=str(file),
            status=status.name,
            is_settled=status.is_settled,
            message_count=len(log),
            head=card.head,
            artifact_count=len(card.artifacts),
            has_objects=has_objects,
            size_bytes=file.stat().st_size,
        )

    def _write(
        self,
        file: Path,
        card: Card,
        state: Production,
        log: bytes,
        artifacts: Sequence[Artifact],
        *,
        may_replace: bool,
    ) -> None:
        try:
            with tempfile.TemporaryDirectory(dir=file.parent, prefix=".kindling-") as folder:
                made = Path(folder) / "export.zip"
                with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:
                    _put(target, README, readme(card, is_settled=status_view(status_of(state)).is_settled).encode())
                    _put(target, CARD, msgspec.json.format(msgspec.json.encode(card), indent=2))
                    _put(target, LOG, log)
                    if state.plan is not None:
                        _put(target, PLAN, msgspec.json.format(msgspec.json.encode(state.plan), indent=2))
                        _put(target, PAGE, plan_as_markdown(state.plan).encode())
                    for number, artifact in enumerate(artifacts, 1):
                        self.tell(f"{card.production}: clips and pictures", number, len(artifacts))
                        self._put_artifact(target, artifact)
                if may_replace:
                    made.replace(file)
                else:
                    _give_name(made, file)
        except FileExistsError as error:
            raise Trouble(
                Exit.REFUSED,
                f"{file} is there already.",
                why="Nothing is overwritten unasked.",
                help="Name another file, or say --force.",
            ) from error
        except OSError as error:
            raise Trouble(
                Exit.UNREACHABLE,
                f"{file} can't be written.",
                why=f"{error.strerror or error}.",
                help="Name a file in a folder that you may write to, on a disk with room.",
            ) from error

    def _put_artifact(self, target: zipfile.ZipFile, artifact: Artifact) -> None:
        """Copy an artifact, and see that it is what the log says it is."""
        try:
            path = self.store.path(artifact.digest)
        except MissingArtifact as error:
            raise Trouble(
                Exit.DAMAGED,
                f"{artifact.digest} is not in {self.store.root}.",
                why="The log names it, and its file was removed or never arrived.",
                help="`kindling verify --repair` makes it again where it can; --no-clips leaves all of them out.",
            ) from error
        size_bytes, found = path.stat().st_size, hashlib.sha256()
        info = _info(entry_of(artifact), size_bytes)
        with path.open("rb") as source, target.open(info, "w", force_zip64=size_bytes >= 1 << 31) as entry:
            while chunk := source.read(_CHUNK_BYTES):
                found.update(chunk)
                entry.write(chunk)
        if found.hexdigest() != artifact.digest:
            raise Trouble(
                Exit.DAMAGED,
                f"{path} was altered.",
                why=f"The log names {artifact.digest}, and it now is {found.hexdigest()}.",
                help="`kindling verify --repair` makes it again where it can; --no-clips leaves all of them out.",
            )


def _give_name(made: Path, file: Path) -> None:
    """Give a finished file its name, unless it is taken."""
    try:
        os.link(made, file)
    except FileExistsError:
        raise
    except OSError:
        # A disk without hard links, such as a stick: then there is a moment in which somebody else could take the name.
        if file.exists():
            raise FileExistsError(file) from None
        made.replace(file)


def _info(name: str, size_bytes: int) -> zipfile.ZipInfo:
    """Return an entry's head that is the same at any time, on any machine."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr, info.file_size = 3, 0o644 << 16, size_bytes
    return info


def _put(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    target.writestr(_info(name, len(content)), content)


def default_file(production: ProductionId) -> Path:
    """Return the file that is written where none is named."""
    return Path(f"{production}.kindling.zip")


def free_name(file: Path, production: ProductionId) -> Path:
    """Return the file that a path means: in a folder it is named after the production."""
    with contextlib.suppress(OSError):
        if file.is_dir():
            return file / default_file(production)
    return file


def readme(card: Card, *, is_settled: bool) -> str:
    """Return what stands in the file for whoever finds it."""
    held = (
        "everything that was said, decided and made."
        if is_settled
        else f"a whole beginning,\nup to its event {card.message_count}. It was not finished then ({card.status})."
    )
    size = spell_bytes(sum(one.size_bytes for one in card.artifacts))
    objects = (
        f"objects/ holds clips and pictures ({size}), each named by its SHA-256."
        if card.has_objects
        else (f"Clips and pictures ({size}) are not in it; {CARD} has their digests.")
    )
    return f"""{card.title}

This file holds one production of Kindling, {card.production}: {held}

  kindling import FILE     brings it into a Kindling

{LOG} is its log, one event a line, exactly as it was stored. Each event names the SHA-256 of the one before it
(over its subject, a line feed, and its bytes); {CARD} names the last one. Nothing can be changed unseen.
{PLAN} and {PAGE} are the plan, for people.
{objects}
"""
