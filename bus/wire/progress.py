"""Telling progress from any thread, at a bounded rate."""

from __future__ import annotations

import asyncio

import msgspec

from bus.ids import ProductionId
from bus.subjects import progress_of
from bus.wire.log import Log
from bus.work import Step

PAUSE_S = 0.1
"""Progress is told ten times a second at most; the last step is always told."""


class Teller:
    """`bus.ports.Progress` over the bus."""

    def __init__(self, log: Log, service: str, production: ProductionId, about: str) -> None:
        self._log = log
        self._service = service
        self._subject = progress_of(production)
        self._about = about
        self._loop = asyncio.get_running_loop()
        self._told = -PAUSE_S
        self._sending: set[asyncio.Task[None]] = set()

    def __call__(self, done: int, total: int, *, preview: bytes | None = None) -> None:
        """Say that `done` of `total` steps are done."""
        now = self._loop.time()
        if done < total and now - self._told < PAUSE_S:
            return
        self._told = now
        step = Step(service=self._service, about=self._about, done=done, total=total, preview=preview)
        self._loop.call_soon_threadsafe(self._send, msgspec.json.encode(step))

    def _send(self, content: bytes) -> None:
        sending = self._loop.create_task(self._log.tell(self._subject, content))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
