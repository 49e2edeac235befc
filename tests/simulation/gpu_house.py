"""A GPU that holds one program's models at a time, two programs that want it, and processes that work with them."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bus.errors import LogUnavailable
from bus.gpu import Side, Wish
from bus.wire.entries import Entry, MemoryEntries
from bus.wire.turns import Patience, Turns

PATIENCE = Patience(lease_s=9.0, linger_s=2.0, ordinary_s=600.0, urgent_s=20.0)


@dataclass
class Program:
    """ComfyUI or Ollama: it loads its models to work, and keeps them until it is told to free them."""

    side: Side
    card: Card
    is_loaded: bool = False
    busy_count: int = 0
    load_count: int = 0
    freeing_s: float = 3.0

    async def is_there(self) -> bool:
        """Say that it runs."""
        return True

    async def work(self, seconds: float) -> None:
        """Do a job. It goes on whatever becomes of whoever asked for it."""
        other = self.card.programs[self.side.other]
        assert not other.is_loaded, f"{self.side} begins while the other's models lie in memory"
        self.load_count += not self.is_loaded
        self.is_loaded = True
        self.busy_count += 1
        await asyncio.shield(asyncio.ensure_future(self._until_done(seconds)))

    async def _until_done(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.busy_count -= 1

    async def free(self, say: Callable[[str], None]) -> None:
        """Give the memory back, once nothing runs."""
        say("freeing")
        while self.busy_count:  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(0.5)
        await asyncio.sleep(self.freeing_s)
        self.is_loaded = False


class Card:
    """The GPU and its two programs."""

    def __init__(self) -> None:
        self.programs = {side: Program(side, self) for side in Side}

    @property
    def swap_count(self) -> int:
        """Return how often models were loaded."""
        return sum(one.load_count for one in self.programs.values())


Blow = Callable[[], Awaitable[None]]


@dataclass
class Line:
    """One process's line to the entry. A dead process says and hears nothing more."""

    inner: MemoryEntries
    fate: Fate
    is_dead: bool = False

    async def _reach(self, what: str) -> None:
        await asyncio.sleep(0.01)
        await self.fate.reach(self, what)
        if self.is_dead:
            raise LogUnavailable("dead")

    async def read(self) -> Entry:
        """Read."""
        await self._reach("before a read")
        found = await self.inner.read()
        await self._reach("after a read")
        return found

    async def write(self, content: bytes, revision: int) -> None:
        """Write."""
        await self._reach("before a write")
        await self.inner.write(content, revision)
        await self._reach("after a write")

    async def hints(self) -> AsyncIterator[None]:
        """Hint."""
        async for _ in self.inner.hints():
            yield


@dataclass
class Fate:
    """Counts the steps of all processes, and has something befall the process at one of them."""

    at: int = -1
    blow: Callable[[Line], Awaitable[None]] | None = None
    count: int = 0

    async def reach(self, line: Line, what: str) -> None:
        """Count a step."""
        self.count += 1
        if self.count == self.at and self.blow is not None:
            await self.blow(line)


@dataclass
class Job:
    """A piece of work that waits to be done."""

    wish: Wish
    seconds: float
    asked_at: float = 0.0
    done_at: float | None = None


@dataclass
class Worker:
    """A process that does the jobs of its side, one after the other, each when it is its turn."""

    house: House
    side: Side
    line: Line | None = None
    running: list[asyncio.Task[None]] = field(default_factory=list)
    lost_at: list[float] = field(default_factory=list)
    """When it lost a turn that it had."""

    def start(self) -> None:
        """Start it with nothing but what lies in the entry."""
        self.line = Line(self.house.entries, self.house.fate)
        ids = (f"{self.side}-{next(self.house.ids)}" for _ in itertools.count())
        programs = self.house.card.programs
        turns = Turns(str(self.side), programs, PATIENCE, lambda: next(ids))
        self.running = [
            asyncio.ensure_future(turns.attend(self.line, self.house.tell)),
            asyncio.ensure_future(self._work(turns)),
        ]

    async def _work(self, turns: Turns) -> None:
        queue = self.house.queues[self.side]
        while True:
            if not queue:
                await asyncio.sleep(0.2)
                continue
            job = queue.popleft()
            try:
                async with turns.turn(job.wish) as turn:
                    await turn.granted()
                    await self.house.card.programs[self.side].work(job.seconds)
            except LogUnavailable:
                self.lost_at.append(asyncio.get_running_loop().time())
                queue.appendleft(job)
                continue
            except asyncio.CancelledError:
                # The queue is durable: whoever comes next finds it there.
                queue.appendleft(job)
                raise
            job.done_at = asyncio.get_running_loop().time()

    async def kill(self) -> None:
        """Kill it as SIGKILL would."""
        assert self.line is not None
        self.line.is_dead = True
        for one in self.running:
            one.cancel()
        others = [one for one in self.running if one is not asyncio.current_task()]
        await asyncio.gather(*others, return_exceptions=True)


class House:
    """The entry, the card, and workers of both sides."""

    def __init__(self, fate: Fate | None = None, *, of_each: int = 1) -> None:
        self.fate = fate or Fate()
        self.entries = MemoryEntries()
        self.card = Card()
        self.ids = itertools.count()
        self.queues: dict[Side, deque[Job]] = {side: deque() for side in Side}
        self.workers = [Worker(self, side) for side in Side for _ in range(of_each)]
        self.told: list[bytes] = []

    async def tell(self, subject: str, content: bytes) -> None:
        """Take note of what is told."""
        self.told.append(content)

    def ask(self, side: Side, count: int, seconds: float, *, is_urgent: bool = False) -> Sequence[Job]:
        """Queue so many jobs."""
        now = asyncio.get_running_loop().time()
        wish = Wish(side=side, production="film", about=f"a {side}", is_urgent=is_urgent)
        jobs = [Job(wish, seconds, now) for _ in range(count)]
        self.queues[side].extend(jobs)
        return jobs

    async def until_done(self, jobs: Sequence[Job], within_s: float) -> None:
        """Wait until all of them are done."""
        async with asyncio.timeout(within_s):
            while any(one.done_at is None for one in jobs):  # noqa: ASYNC110 - virtual time
                await asyncio.sleep(0.2)

    async def close(self) -> None:
        """Kill everybody."""
        for one in self.workers:
            if one.line is not None:
                await one.kill()
