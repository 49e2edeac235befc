"""Every production at hand: folded from the whole log, kept up to date, and handed on to whoever listens."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog

from bus.errors import LogUnavailable, Unprocessable
from bus.events import (
    ProductionCancelled,
    ProductionDeleted,
    ProductionDone,
    ProductionFailed,
    ProductionRefused,
    Recorded,
    Unreadable,
)
from bus.ids import ProductionId
from bus.ports import Books
from bus.production import Production, evolve, fold
from bus.subjects import parse_subject
from services.gateway.view import Summary, summary

QUEUE_MAX = 2048
"""Facts and steps that wait for one reader before it counts as too slow."""
ASK_AGAIN_S = 1.0
_SETTLING = (ProductionDone, ProductionCancelled, ProductionFailed, ProductionDeleted, ProductionRefused)

log = structlog.get_logger()


class Reader:
    """One listener to a production: what it has not taken yet, up to a limit."""

    def __init__(self, after: int, size_max: int = QUEUE_MAX) -> None:
        self._after = after
        self._waiting: asyncio.Queue[Recorded | Unreadable | bytes | None] = asyncio.Queue(maxsize=size_max + 1)
        self._size_max = size_max
        self.is_dropped = False

    def offer(self, one: Recorded | Unreadable) -> None:
        """Hand on what is new; a reader that does not keep up is dropped, and gets nothing more."""
        if self.is_dropped or one.sequence <= self._after:
            return
        self._after = one.sequence
        if self._waiting.qsize() >= self._size_max:
            self.is_dropped = True
            return
        self._waiting.put_nowait(one)

    def offer_progress(self, step: bytes) -> None:
        """Hand on a step, unless facts are waiting in large numbers: steps may be lost."""
        if not self.is_dropped and self._waiting.qsize() < self._size_max // 2:
            self._waiting.put_nowait(step)

    def release(self) -> None:
        """Wake the reader without anything new, so that it looks around."""
        if not self._waiting.full():
            self._waiting.put_nowait(None)

    async def next(self, within_s: float) -> Recorded | Unreadable | bytes | None:
        """Return what is next, or None if nothing came in time or it was woken."""
        if not self._waiting.empty():
            return self._waiting.get_nowait()
        try:
            return await asyncio.wait_for(self._waiting.get(), within_s)
        except TimeoutError:
            return None


class Index:
    """All productions by id, newest first, as of the last message that was seen on the log."""

    def __init__(self, books: Books, last_sequence: Callable[[], Awaitable[int]]) -> None:
        self._books = books
        self._last_sequence = last_sequence
        self._at_work: dict[ProductionId, Production] = {}
        self._settled: dict[ProductionId, Summary] = {}
        self._shown: dict[ProductionId, Summary] = {}
        self._firsts: list[tuple[int, ProductionId]] = []
        self._keys: dict[str, ProductionId] = {}
        self._readers: dict[ProductionId, set[Reader]] = {}
        self._target: int | None = None
        self._awaited: list[tuple[int, asyncio.Event]] = []
        self.sequence = 0
        self.ready = asyncio.Event()
        """Set once it has seen all that was on the log when it began."""

    async def run(self) -> None:
        """Follow the log for ever."""
        while True:
            try:
                if self._target is None:
                    self._target = await self._last_sequence()
                    self._look_if_ready()
                async for one in self._books.follow(None, self.sequence):
                    await self._take(one)
            except (LogUnavailable, OSError) as error:
                log.warning("the log can't be followed", why=str(error))
            await asyncio.sleep(ASK_AGAIN_S)

    async def reach(self, sequence: int) -> None:
        """Wait until the message of this sequence was seen."""
        if self.sequence < sequence:
            reached = asyncio.Event()
            self._awaited.append((sequence, reached))
            await reached.wait()

    def _look_if_ready(self) -> None:
        if self._target is not None and self.sequence >= self._target and not self.ready.is_set():
            self.ready.set()
            log.info("index ready", productions=len(self._firsts), sequence=self.sequence)

    async def _take(self, one: Recorded | Unreadable) -> None:
        production = _production_of(one)
        if production is not None:
            await self._fold(production, one)
            for reader in tuple(self._readers.get(production, ())):
                reader.offer(one)
        self.sequence = one.sequence
        self._look_if_ready()
        for reached in [each for each in self._awaited if each[0] <= one.sequence]:
            self._awaited.remove(reached)
            reached[1].set()
        if one.sequence % 256 == 0:
            # Catching up is one long run through memory: let others have their turn.
            await asyncio.sleep(0)

    async def _fold(self, production: ProductionId, one: Recorded | Unreadable) -> None:
        state = self._at_work.get(production)
        if state is None and production in self._settled:
            # It was put away when it was settled: something new is said about it, and it is taken out again.
            history = await self._books.history(production)
            state = fold(production, [each for each in history if each.sequence < one.sequence])
            del self._settled[production]
        is_new = state is None or state.request is None
        state = evolve(state or Production(id=production), one)
        self._at_work[production] = state
        if is_new and state.request is not None:
            bisect.insort(self._firsts, (one.sequence, production))
            if state.request.idempotency_key is not None:
                self._keys.setdefault(state.request.idempotency_key, production)
        if isinstance(one, Recorded) and isinstance(one.event.fact, _SETTLING) and state.request is not None:
            shown = summary(state)
            if shown.status.is_settled:
                self._settled[production] = shown
                del self._at_work[production]
                self._shown.pop(production, None)

    def _summary(self, production: ProductionId) -> Summary:
        """Return the line of the list, made anew only where something was written since."""
        if production in self._settled:
            return self._settled[production]
        state, shown = self._at_work[production], self._shown.get(production)
        if shown is None or shown.revision != state.ordinal:
            shown = self._shown[production] = summary(state)
        return shown

    def by_key(self, key: str) -> ProductionId | None:
        """Return the production that was asked for with this idempotency key."""
        return self._keys.get(key)

    def newest(
        self, limit: int, before: int | None, statuses: frozenset[str] | None
    ) -> tuple[tuple[Summary, ...], int | None]:
        """Return some productions, newest first, and where the next page begins.

        Args:
            before: the sequence that a page ended with; None for the first page.
            statuses: names of the statuses wanted; None for all but the deleted.
        """
        end = len(self._firsts) if before is None else bisect.bisect_left(self._firsts, (before, ProductionId("")))
        found: list[Summary] = []
        ended_with: int | None = None
        for sequence, production in reversed(self._firsts[:end]):
            one = self._summary(production)
            is_wanted = one.status.name in statuses if statuses is not None else one.status.name != "deleted"
            if is_wanted and len(found) == limit:
                return tuple(found), ended_with
            if is_wanted:
                found.append(one)
                ended_with = sequence
        return tuple(found), None

    @property
    def reader_count(self) -> int:
        """Return how many listen."""
        return sum(len(readers) for readers in self._readers.values())

    @contextmanager
    def reader(self, production: ProductionId, after: int) -> Iterator[Reader]:
        """Listen to what a production gets after a sequence."""
        one = Reader(after)
        self._readers.setdefault(production, set()).add(one)
        try:
            yield one
        finally:
            readers = self._readers[production]
            readers.discard(one)
            if not readers:
                del self._readers[production]

    def release(self) -> None:
        """Wake every reader: the door closes."""
        for readers in self._readers.values():
            for reader in readers:
                reader.release()


def _production_of(one: Recorded | Unreadable) -> ProductionId | None:
    try:
        return parse_subject(one.subject).production
    except Unprocessable:
        return None
