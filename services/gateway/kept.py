"""The list of productions as it was kept in a file, so that a long log need not be read from its first event.

The file is no authority. It says which message of the log it is as of, and it counts only where the log still holds
that very message, where the same program made it, and where it is whole; else it is made anew from the log.
"""

from __future__ import annotations

import functools
import hashlib
import os
import time
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

import bus
from bus.ids import Digest, ProductionId
from services.gateway.experience import Lessons
from services.gateway.view import Summary

DIGEST_LENGTH = 64

log = structlog.get_logger()


class Line(Struct, frozen=True, gc=False, kw_only=True):
    """A production on the list, and what the index knows of it beside."""

    first: int
    """The sequence of its first event."""
    shown: Summary
    key: str | None = None
    """The idempotency key that it was asked for with."""
    branches_from: ProductionId | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """All that an index has to know to go on after a message of the log."""

    made_by: str
    """What program made it: other code may make another list of the same log."""
    sequence: int
    digest: Digest
    """Of the message of this sequence."""
    lines: tuple[Line, ...]
    """In the order in which the productions were requested."""
    not_requested: tuple[ProductionId, ...] = ()
    """What the log holds events of, and no request."""
    lessons: Lessons = Lessons()


@functools.cache
def this_program() -> str:
    """Return what tells this program's way of making the list from any other: a digest of its source."""
    seen = hashlib.sha256()
    for folder in (Path(bus.__file__).parent, Path(__file__).parent):
        for file in sorted(folder.glob("*.py")):
            seen.update(file.name.encode() + b"\n" + hashlib.sha256(file.read_bytes()).digest())
    return seen.hexdigest()


class Shelf:
    """The file that the list is kept in."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> Kept | None:
        """Return what was kept; None where there is nothing that can be used, and why is said."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._refuse(f"{error.strerror or error}")
            return None
        digest, body = content[:DIGEST_LENGTH], content[DIGEST_LENGTH:]
        if hashlib.sha256(body).hexdigest().encode() != digest:
            self._refuse("It is not whole.")
            return None
        try:
            kept = msgspec.msgpack.decode(body, type=Kept)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            self._refuse("It has another form.")
            return None
        if kept.made_by != this_program():
            self._refuse("Another version of Kindling made it.")
            return None
        return kept

    def write(self, kept: Kept) -> None:
        """Keep the list, whole or not at all; where that fails the next start takes longer, and why is said."""
        began = time.perf_counter()
        body = msgspec.msgpack.encode(kept)
        made = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(hashlib.sha256(body).hexdigest().encode() + body)
            made.replace(self.file)
        except OSError as error:
            log.warning("the list can't be kept", file=str(self.file), why=f"{error.strerror or error}")
            return
        took_ms = round((time.perf_counter() - began) * 1000, 1)
        log.info("list kept", productions=len(kept.lines), sequence=kept.sequence, took_ms=took_ms)

    def _refuse(self, why: str) -> None:
        log.warning("the kept list is not used, the whole log is read", file=str(self.file), why=why)
