"""Telling progress from any thread, at a bounded rate."""

from __future__ import annotations

import asyncio

import msgspec
from msgspec import structs

from bus.ids import ProductionId
from bus.subjects import progress_of
from bus.wire.log import Log
from bus.work import Step

PAUSE_S = 0.1
"""Progress is told ten times a second at most; what comes sooner waits, and the latest of it is told."""


class Teller:
    """`bus.ports.Progress` over the bus."""

    def __init__(self, log: Log, service: str, production: ProductionId, about: str) -> None:
        self._log = log
        self._service = service
        self._subject = progress_of(production)
        self._about = about
        self._loop = asyncio.get_running_loop()
        self._told_s = self._loop.time() - PAUSE_S
        self._next: Step | None = None
        self._due: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def __call__(self, done: int, total: int, *, preview: bytes | None = None) -> None:
        """Say that `done` of `total` steps are done."""
        step = Step(service=self._service, about=self._about, done=done, total=total, preview=preview)
        self._loop.call_soon_threadsafe(self._take, step)

    def close(self) -> None:
        """Leave off: what still waits to be told is out of date."""
        if self._due is not None:
            self._due.cancel()
        self._due = self._next = None

    def _take(self, step: Step) -> None:
        waits = self._next
        if waits is not None and step.preview is None:
            # A picture is told even where the next step comes right behind it.
            step = structs.replace(step, preview=waits.preview)
        self._next = step
        pause_s = self._told_s + PAUSE_S - self._loop.time()
        if step.done >= step.total or pause_s <= 0:
            self._tell()
        elif self._due is None:
            self._due = self._loop.call_later(pause_s, self._tell)

    def _tell(self) -> None:
        step = self._next
        self.close()
        if step is None:
            return
        self._told_s = self._loop.time()
        sending = self._loop.create_task(self._log.tell(self._subject, msgspec.json.encode(step)))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
