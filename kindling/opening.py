"""Opens a file that `kindling export` has written, or that somebody says it has: limits first, names never from it."""

from __future__ import annotations

import contextlib
import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from bus.events import Recorded, Stored, Unreadable
from bus.ids import is_digest, parse_production_id
from bus.plan import Artifact
from kindling.container import (
    CARD,
    FORMAT,
    LOG,
    VERSION,
    Card,
    check_log,
    damaged,
    entry_of,
    read_log,
    records_of,
    strange_kinds,
)
from kindling.exits import Exit, Trouble
from kindling.verify import artifacts_of

INDEX_MAX_BYTES = 16 << 20
"""The zip's own list of what it holds; it is read whole before anything is known of it."""
CARD_MAX_BYTES = 16 << 20
LOG_MAX_BYTES = 512 << 20
_CHUNK_BYTES = 1 << 20
_TAIL_BYTES = 22 + 65_535
_END = b"PK\x05\x06"

_NOT_READABLE = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that holds a production, its log checked."""

    archive: zipfile.ZipFile
    card: Card
    messages: tuple[Stored, ...]
    log: tuple[Recorded | Unreadable, ...]
    artifacts: tuple[Artifact, ...]
    """What the log names, whatever the card says."""

    def has(self, artifact: Artifact) -> bool:
        """Say whether the file holds the artifact."""
        return entry_of(artifact) in self.archive.NameToInfo

    def extract(self, artifact: Artifact, target: Path) -> None:
        """Write the artifact's bytes, checked against its size and its digest.

        Raises:
            Trouble: they are other bytes.
        """
        name = entry_of(artifact)
        info = _info(self.archive, name)
        if info.file_size != artifact.size_bytes:
            raise damaged(
                f"{name} in this file has {info.file_size:,} bytes.", f"The log says {artifact.size_bytes:,}."
            )
        found = hashlib.sha256()
        try:
            with self.archive.open(info) as source, target.open("wb") as out:
                # The zip's own reader gives no more than the size that was just checked.
                while chunk := source.read(_CHUNK_BYTES):
                    found.update(chunk)
                    out.write(chunk)
        except _NOT_READABLE as error:
            raise damaged(f"{name} in this file can't be read.", f"{error}.") from error
        if found.hexdigest() != artifact.digest:
            raise damaged(
                f"{name} in this file is not what the log names.",
                f"Wanted {artifact.digest}, found {found.hexdigest()}.",
            )


@contextlib.contextmanager
def opened(file: Path) -> Iterator[Opened]:
    """Open the file; its card is read, and its log is checked from the first event to the last.

    Raises:
        Trouble: there is no such file, it is none of ours, made by a newer Kindling, or broken; it says where.
    """
    with contextlib.ExitStack() as stack:
        try:
            handle = stack.enter_context(file.open("rb"))
            _check_index(handle)
            found = _opened(stack.enter_context(zipfile.ZipFile(handle)))
        except FileNotFoundError as error:
            raise Trouble(
                Exit.MISUSED, f"There is no file {file}.", help="Give the path of an exported file."
            ) from error
        except OSError as error:
            raise Trouble(
                Exit.MISUSED, f"{file} can't be read.", why=f"{error.strerror or error}.", help="Give another file."
            ) from error
        except _NOT_READABLE as error:
            raise damaged(f"{file} is no file that `kindling export` has written.", f"{error}.") from error
        yield found


def _opened(archive: zipfile.ZipFile) -> Opened:
    names = [one.filename for one in archive.infolist()]
    if len(set(names)) != len(names):
        raise damaged("This file holds two entries of one name.", "`kindling export` writes each once.")
    card = _card(_read(archive, CARD, CARD_MAX_BYTES))
    messages = read_log(_read(archive, LOG, LOG_MAX_BYTES))
    log = records_of(messages)
    check_log(card, log)
    artifacts = tuple(artifact for _, artifact in artifacts_of(log).values())
    if strange := strange_kinds(artifacts):
        raise damaged(f"The log in this file names artifacts of the type {strange[0][:60]!r}.", "There are none such.")
    if not all(is_digest(one.digest) for one in artifacts):
        raise damaged("The log in this file names an artifact by something that is no digest.", "None is named so.")
    return Opened(archive=archive, card=card, messages=messages, log=log, artifacts=artifacts)


def _card(content: bytes) -> Card:
    try:
        card = msgspec.json.decode(content, type=Card)
        parse_production_id(card.production)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise damaged(f"{CARD} in this file is no card.", f"{error}.") from error
    if card.format != FORMAT:
        raise damaged(f"This file holds a {card.format[:40]!r}.", f"It has to be a {FORMAT!r}.")
    if card.version > VERSION:
        raise Trouble(
            Exit.REFUSED,
            f"This file is of form {card.version}.",
            why=f"This Kindling knows forms up to {VERSION}: a newer one wrote it.",
            help="Update Kindling, then import it.",
        )
    return card


def _read(archive: zipfile.ZipFile, name: str, limit_bytes: int) -> bytes:
    info = _info(archive, name)
    if info.file_size > limit_bytes:
        raise damaged(f"{name} in this file has {info.file_size:,} bytes.", f"It may have {limit_bytes:,}.")
    with archive.open(info) as source:
        return source.read(limit_bytes)


def _info(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    info = archive.NameToInfo.get(name)
    if info is None:
        raise damaged(f"This file holds no {name}.", "Every exported production has one.")
    if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged(f"{name} in this file is packed in a way that is not read.", "Exported files are not packed.")
    return info


def _check_index(handle: BinaryIO) -> None:
    """Check how large the zip says its list is, before it is read.

    Raises:
        Trouble: it is no zip, or its list is too large.
    """
    size_bytes = handle.seek(0, 2)
    handle.seek(max(0, size_bytes - _TAIL_BYTES))
    tail = handle.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise damaged("This is no file that `kindling export` has written.", "It is no zip file, or its end is gone.")
    (index_bytes,) = struct.unpack_from("<I", tail, at + 12)
    if index_bytes == 0xFFFF_FFFF and (long := tail.rfind(b"PK\x06\x06", 0, at)) >= 0 and len(tail) - long >= 48:
        (index_bytes,) = struct.unpack_from("<Q", tail, long + 40)
    if index_bytes > INDEX_MAX_BYTES:
        raise damaged(
            f"The list of what this file holds has {index_bytes:,} bytes.", f"It may have {INDEX_MAX_BYTES:,}."
        )
    handle.seek(0)


def total_bytes(artifacts: Sequence[Artifact]) -> int:
    """Return how much room the artifacts take."""
    return sum(one.size_bytes for one in artifacts)
