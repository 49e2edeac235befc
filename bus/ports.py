"""What a service's work may ask of the world: artifacts, a place to work in, and a way to say how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path  # noqa: TID251 - a port names paths, it opens none
from typing import Protocol

from bus.events import Fact, Recorded, Stored, Unreadable
from bus.gpu import Wish
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
        """Take a finished file into the store, whole or not at all. Return its digest."""
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


class Turn(Protocol):
    """A place in the line for the GPU, kept until its context is left."""

    async def granted(self) -> None:
        """Wait until the GPU may be used."""
        ...


class Gpu(Protocol):
    """The GPU that rendering and the models may have to share."""

    def turn(self, wish: Wish) -> AbstractAsyncContextManager[Turn]:
        """Stand in line from here on; what comes before `granted()` is done while others still have the GPU.

        Raises:
            LogUnavailable: the turn was lost while it was used, for want of a sign of life. It may be taken again.
        """
        ...


class Tenant(Protocol):
    """A program that keeps models in the GPU's memory."""

    async def is_there(self) -> bool:
        """Say whether it runs at all."""
        ...

    async def free(self, say: Callable[[str], None]) -> None:
        """Have it give its memory back, and return only when it is known to be free, however long that takes.

        Args:
            say: told what is waited for, for people.
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

    async def messages(self, production: ProductionId) -> Sequence[Stored]:
        """Return all that the log holds of a production, byte for byte."""
        ...

    def follow(self, production: ProductionId | None, after: int = 0) -> AsyncIterator[Recorded | Unreadable]:
        """Yield what the log holds after a sequence, then what is added, for ever, across restarts of the server."""
        ...

    def steps(self) -> AsyncIterator[tuple[ProductionId, bytes]]:
        """Yield progress messages (JSON of `bus.work.Step`) of all productions; any of them may be lost."""
        ...
