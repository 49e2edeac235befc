"""Who listens to a production: what each reader has not taken yet, up to a limit and never beyond it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from bus.events import Recorded, Unreadable

FACTS_MAX = 2048
"""Facts that wait for one reader before it counts as too slow."""
BYTES_MAX = 8_000_000
"""The same in bytes: a plan may have half a million of them."""
STEPS_MAX = 64


class Reader:
    """One listener to a production. Facts wait in order; of the steps of one piece of work only the newest waits."""

    def __init__(
        self, after: int, after_ordinal: int = 0, count_max: int = FACTS_MAX, *, is_catching_up: bool = False
    ) -> None:
        self._held: list[tuple[Recorded | Unreadable, bytes]] | None = [] if is_catching_up else None
        """What came while the log was being read: it waits for what was written before it."""
        self._after = after
        self._after_ordinal = after_ordinal
        self._count_max = count_max
        self._facts: deque[bytes] = deque()
        self._size_bytes = 0
        self._steps: dict[str, bytes] = {}
        self._some = asyncio.Event()
        self.is_dropped = False

    def offer(self, one: Recorded | Unreadable, message: bytes) -> None:
        """Hand on what is new; a reader that does not keep up is dropped, and gets nothing more."""
        if self.is_dropped or one.sequence <= self._after:
            return
        if self._held is not None:
            self.is_dropped = len(self._held) >= self._count_max
            self._held.append((one, message))
            return
        self._after = one.sequence
        if isinstance(one, Recorded) and one.event.ordinal <= self._after_ordinal:
            return
        if len(self._facts) >= self._count_max or self._size_bytes + len(message) > BYTES_MAX:
            self.is_dropped = True
        else:
            self._facts.append(message)
            self._size_bytes += len(message)
        self._some.set()

    def catch_up(self, missed: Iterable[tuple[Recorded | Unreadable, bytes]]) -> None:
        """Take what was written before the reader began to listen, and then what came meanwhile."""
        held, self._held = self._held or [], None
        for one, message in (*missed, *held):
            self.offer(one, message)

    def offer_step(self, about: str, message: bytes) -> None:
        """Hand on how far a piece of work is; what was said of it before and not taken is forgotten."""
        if self.is_dropped or (about not in self._steps and len(self._steps) >= STEPS_MAX):
            return
        self._steps.pop(about, None)
        self._steps[about] = message
        self._some.set()

    def forget_steps(self, about: str) -> None:
        """Drop what waits about a piece of work: a fact has settled it."""
        self._steps.pop(about, None)

    def release(self) -> None:
        """Wake the reader without anything new, so that it looks around."""
        self._some.set()

    async def next(self, within_s: float) -> bytes | None:
        """Return what is next, facts first, or None if nothing came in time or the reader was woken."""
        if not self._facts and not self._steps and not self.is_dropped:
            self._some.clear()
            try:
                async with asyncio.timeout(within_s):
                    await self._some.wait()
            except TimeoutError:
                return None
        if self._facts:
            message = self._facts.popleft()
            self._size_bytes -= len(message)
            return message
        if self._steps and not self.is_dropped:
            return self._steps.pop(next(iter(self._steps)))
        return None

    async def next_fact(self, within_s: float) -> bytes | None:
        """Return the next fact; steps are passed over. None if none came in time or the reader was woken."""
        try:
            async with asyncio.timeout(within_s):
                while not self._facts and not self.is_dropped:
                    self._steps.clear()
                    self._some.clear()
                    await self._some.wait()
                    if not self._facts and not self._steps:
                        return None
        except TimeoutError:
            return None
        return await self.next(0)
