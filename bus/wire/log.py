"""The port to the log that JetStream and the memory log both keep, and what it promises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bus.events import Recorded, Stored, Unreadable
from bus.ids import EventId, ProductionId


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event ready to be appended: its subject, its bytes, and its id to recognise it by."""

    subject: str
    content: bytes
    id: EventId


class Delivery(Protocol):
    """A message that woke a worker. Exactly one of ack, nak and term ends it."""

    @property
    def subject(self) -> str:
        """Return the subject it was written on."""
        ...

    @property
    def sequence(self) -> int:
        """Return where on the log it is."""
        ...

    @property
    def content(self) -> bytes:
        """Return the bytes."""
        ...

    @property
    def delivered_count(self) -> int:
        """Return how often it came, this time included."""
        ...

    async def ack(self) -> None:
        """Say that it is done with."""
        ...

    async def nak(self, delay_s: float) -> None:
        """Give it back, to come again after the delay."""
        ...

    async def term(self) -> None:
        """Say that it must not come again."""
        ...

    async def in_progress(self) -> None:
        """Say that it is still being worked on."""
        ...


class Wakeups(Protocol):
    """The durable queue of one kind of work."""

    async def fetch(self, timeout_s: float) -> Delivery | None:
        """Return the next message, or None if none came in time."""
        ...

    async def is_idle(self) -> bool:
        """Say whether nothing waits and nobody is at work: then what is unfinished has lost its wake-up."""
        ...


@dataclass(frozen=True, slots=True)
class WorkKind:
    """One kind of work: the name of its durable consumer, what wakes it, and how long a worker may be silent."""

    name: str
    filters: tuple[str, ...]
    ack_wait_s: float


class Log(Protocol):
    """An append-only log of facts, each written once."""

    async def append(self, production: ProductionId, events: Sequence[Sealed], expected: int) -> int:
        """Append all or none, if the production's last sequence is still the expected one.

        An answer that was lost is settled by reading: this returns only when it is known that the events are written.

        Returns:
            The sequence of the last one.

        Raises:
            Conflict: somebody else wrote first, or one of the facts is already written.
            LogUnavailable: the log can't be reached, or refuses.
        """
        ...

    async def read(self, production: ProductionId, after: int = 0) -> list[Recorded | Unreadable]:
        """Return what the log holds of a production after a sequence, in order."""
        ...

    async def messages(self, production: ProductionId) -> list[Stored]:
        """Return all that the log holds of a production, byte for byte."""
        ...

    def follow(self, production: ProductionId | None = None, after: int = 0) -> AsyncIterator[Recorded | Unreadable]:
        """Yield what the log holds after a sequence, then what is added, for ever, across restarts of the server."""
        ...

    async def last_sequence(self) -> int:
        """Return the sequence of the last message on the log, 0 where it is empty."""
        ...

    async def productions(self, *, with_ended: bool = False) -> list[ProductionId]:
        """Return the productions on the log; those that were cancelled, failed or deleted only if asked for."""
        ...

    async def wakeups(self, kind: WorkKind) -> Wakeups:
        """Return the durable queue for a kind of work, made if it is not there."""
        ...

    async def tell(self, subject: str, content: bytes) -> None:
        """Send what is no fact: it may be lost."""
        ...

    def hints(self, production: ProductionId) -> AsyncIterator[None]:
        """Yield whenever something may have been added to a production. A hint may be false or missing."""
        ...
