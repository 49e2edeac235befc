"""The log in memory: the same promises as the real one, for tests and simulations. Time is the event loop's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from bus import codec
from bus.errors import Conflict
from bus.events import Recorded, Stored, Unreadable
from bus.ids import ProductionId, parse_production_id
from bus.subjects import log_of, parse_subject, progress_of
from bus.wire.log import Sealed, WorkKind


def matches(filter_: str, subject: str) -> bool:
    """Say whether a subject fits a filter with `*` tokens."""
    wanted, found = filter_.split("."), subject.split(".")
    return len(wanted) == len(found) and all(w in ("*", f) for w, f in zip(wanted, found, strict=True))


class MemoryLog:
    """A log shared by everybody who holds this object."""

    def __init__(self) -> None:
        self.stored: list[Stored] = []
        self._subjects: dict[str, int] = {}
        self._consumers: dict[str, MemoryWakeups] = {}
        self._listeners: list[asyncio.Queue[tuple[str, bytes]]] = []
        self._grown = asyncio.Event()

    async def append(self, production: ProductionId, events: Sequence[Sealed], expected: int) -> int:
        """Append all or none; see `bus.wire.log.Log.append`."""
        filter_ = log_of(production)
        last = max((one.sequence for one in self.stored if matches(filter_, one.subject)), default=0)
        if last != expected:
            raise Conflict(f"{production} is at {last}, not at {expected}.")
        for event in events:
            if event.subject in self._subjects:
                raise Conflict(f"{event.subject} is already written.")
        for event in events:
            self.inject(event.subject, event.content)
        return len(self.stored)

    def inject(self, subject: str, content: bytes) -> None:
        """Put a message on the log without asking what it is, as a foreign program could."""
        if subject in self._subjects:
            raise Conflict(f"{subject} is already written.")
        stored = Stored(sequence=len(self.stored) + 1, subject=subject, content=content)
        self.stored.append(stored)
        self._subjects[subject] = stored.sequence
        self._grown.set()
        self._grown = asyncio.Event()

    async def grown(self) -> None:
        """Wait until something is added."""
        await self._grown.wait()

    async def read(self, production: ProductionId, after: int = 0) -> list[Recorded | Unreadable]:
        """Return what the log holds of a production after a sequence, in order."""
        filter_ = log_of(production)
        return [
            codec.record(one.sequence, one.subject, one.content)
            for one in self.stored[after:]
            if matches(filter_, one.subject)
        ]

    async def messages(self, production: ProductionId) -> list[Stored]:
        """Return all that the log holds of a production, byte for byte."""
        filter_ = log_of(production)
        return [one for one in self.stored if matches(filter_, one.subject)]

    async def follow(
        self, production: ProductionId | None = None, after: int = 0
    ) -> AsyncIterator[Recorded | Unreadable]:
        """Yield what the log holds after a sequence, then what is added, for ever."""
        position = after
        while True:
            while position < len(self.stored):
                one = self.stored[position]
                position += 1
                if production is None or matches(log_of(production), one.subject):
                    yield codec.record(one.sequence, one.subject, one.content)
            await self.grown()

    async def last_sequence(self) -> int:
        """Return the sequence of the last message on the log, 0 where it is empty."""
        return len(self.stored)

    async def productions(self, *, with_ended: bool = False) -> list[ProductionId]:
        """Return the productions on the log; those that were cancelled, failed or deleted only if asked for."""
        parsed = [parse_subject(one.subject) for one in self.stored if matches("production.*.*.*", one.subject)]
        found = {one.production for one in parsed if one.type == "production.requested"}
        ends = ("production.cancelled", "production.failed", "production.deleted")
        ended = {one.production for one in parsed if one.type in ends}
        return sorted(found if with_ended else found - ended)

    async def wakeups(self, kind: WorkKind) -> MemoryWakeups:
        """Return the durable queue for a kind of work, made if it is not there."""
        return self._consumers.setdefault(kind.name, MemoryWakeups(self, kind))

    async def tell(self, subject: str, content: bytes) -> None:
        """Send what is no fact: it may be lost."""
        for queue in self._listeners:
            queue.put_nowait((subject, content))

    async def hints(self, production: ProductionId) -> AsyncIterator[None]:
        """Yield whenever something may have been added to a production."""
        while True:
            await self.grown()
            yield

    async def steps(self) -> AsyncIterator[tuple[ProductionId, bytes]]:
        """Yield the progress messages of all productions while they are listened to."""
        queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._listeners.append(queue)
        try:
            while True:
                subject, content = await queue.get()
                yield parse_production_id(subject.removeprefix(progress_of(""))), content
        finally:
            self._listeners.remove(queue)


@dataclass(slots=True)
class _Flight:
    """A message that was delivered and not settled."""

    due: float
    count: int


@dataclass(slots=True)
class MemoryWakeups:
    """The durable queue of one kind of work."""

    log: MemoryLog
    kind: WorkKind
    position: int = 0
    flights: dict[int, _Flight] = field(default_factory=dict)

    async def fetch(self, timeout_s: float) -> MemoryDelivery | None:
        """Return the next message, or None if none came in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while True:
            if delivery := self._next(loop.time()):
                return delivery
            due = min((flight.due for flight in self.flights.values()), default=deadline)
            wait_s = min(due, deadline) - loop.time()
            if deadline <= loop.time():
                return None
            try:
                async with asyncio.timeout(max(wait_s, 0.001)):
                    await self.log.grown()
            except TimeoutError:
                continue

    def _next(self, now: float) -> MemoryDelivery | None:
        for sequence, flight in self.flights.items():
            if flight.due <= now:
                return self._deliver(sequence, flight.count + 1, now)
        while self.position < len(self.log.stored):
            one = self.log.stored[self.position]
            self.position += 1
            if any(matches(filter_, one.subject) for filter_ in self.kind.filters):
                return self._deliver(one.sequence, 1, now)
        return None

    def _deliver(self, sequence: int, count: int, now: float) -> MemoryDelivery:
        self.flights[sequence] = _Flight(due=now + self.kind.ack_wait_s, count=count)
        one = self.log.stored[sequence - 1]
        return MemoryDelivery(self, one.subject, sequence, one.content, count)

    async def is_idle(self) -> bool:
        """Say whether nothing waits and nobody is at work."""
        ahead = self.log.stored[self.position :]
        waiting = any(matches(filter_, one.subject) for one in ahead for filter_ in self.kind.filters)
        return not waiting and not self.flights


@dataclass(slots=True)
class MemoryDelivery:
    """A message on its way through a worker."""

    queue: MemoryWakeups
    subject: str
    sequence: int
    content: bytes
    delivered_count: int

    async def ack(self) -> None:
        """Say that it is done with."""
        self.queue.flights.pop(self.sequence, None)

    async def nak(self, delay_s: float) -> None:
        """Give it back, to come again after the delay."""
        if flight := self.queue.flights.get(self.sequence):
            flight.due = asyncio.get_running_loop().time() + delay_s

    async def term(self) -> None:
        """Say that it must not come again."""
        self.queue.flights.pop(self.sequence, None)

    async def in_progress(self) -> None:
        """Say that it is still being worked on."""
        if flight := self.queue.flights.get(self.sequence):
            flight.due = asyncio.get_running_loop().time() + self.queue.kind.ack_wait_s
