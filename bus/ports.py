"""What a service's work may ask of the world: artifacts, a place to work in, and a way to say how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path  # noqa: TID251 - a port names paths, it opens none
from typing import Protocol

from bus.events import Fact, Recorded, Unreadable
from bus.ids import Digest, ProductionId
from bus.production import Production


class Artifacts(Protocol):
    """The store of clips and pictures, by digest."""

    def path(self, digest: Digest) -> Path:
        """Return where the bytes lie, to be read only.

        Raises:
            MissingArtifact: the store has no such bytes.
        """
        ...

    def keep(self, file: Path) -> Digest:
        """Take a finished file into the store: synced to disk, then renamed, never overwritten. Return its digest."""
        ...

    def remove(self, digest: Digest) -> None:
        """Remove the bytes, if they are there."""
        ...

    def workspace(self) -> AbstractContextManager[Path]:
        """Return a folder of its own on the store's disk that is gone afterwards."""
        ...


class Progress(Protocol):
    """Says how far a piece of work is; not a fact, and it may be lost."""

    def __call__(self, done: int, total: int, *, preview: bytes | None = None) -> None:
        """Say that `done` of `total` steps are done, with a JPEG preview where there is one.

        It may be called from any thread.
        """
        ...


class Neighbours(Protocol):
    """The other productions on the log."""

    def others(self, than: ProductionId) -> AsyncIterator[Production]:
        """Yield the state of every production but this one, ended ones included."""
        ...


class Books(Protocol):
    """The log as the door sees it: states, acts and what is new. Its parts are in `bus/wire/`."""

    async def state(self, production: ProductionId) -> Production:
        """Return the state as of now; one with no request where the log has no such production."""
        ...

    async def act(self, production: ProductionId, decide: Callable[[Production], Sequence[Fact]]) -> Production:
        """Append what `decide` makes of the state, anew whenever somebody else was faster.

        Raises:
            Refused: as `decide` raises it.
            LogUnavailable: the log can't be reached; nothing is lost, and it may be asked again.
        """
        ...

    async def history(self, production: ProductionId, after: int = 0) -> Sequence[Recorded | Unreadable]:
        """Return what the log holds of a production after an ordinal's sequence."""
        ...

    def follow(self, production: ProductionId | None, after: int = 0) -> AsyncIterator[Recorded | Unreadable]:
        """Yield what the log holds after a sequence, then what is added, for ever, across restarts of the server."""
        ...

    def progress(self, production: ProductionId) -> AsyncIterator[bytes]:
        """Yield progress messages (JSON) of a production while it is listened to; any of them may be lost."""
        ...
