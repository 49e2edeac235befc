"""Blocking work beside the event loop, which ends when it is no longer wanted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

Stop = Callable[[], bool]
"""Asked by the work now and then: true means leave off."""


async def in_thread(work: Callable[[Stop], T]) -> T:
    """Return what the work returns. If the caller is cancelled, the work is told and has ended before this raises."""
    told = threading.Event()
    running = asyncio.ensure_future(asyncio.to_thread(work, told.is_set))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        told.set()
        await asyncio.gather(running, return_exceptions=True)
        raise
