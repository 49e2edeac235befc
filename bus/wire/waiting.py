"""Waiting in a worker: beats while it works, hints, and leaving when it is time to stop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine

from bus.errors import LogUnavailable
from bus.wire.log import Delivery


def beat_s(ack_wait_s: float) -> float:
    """Return how often a worker says that it is at work: six times in the time it may be silent."""
    return max(ack_wait_s / 6, 0.05)


@contextlib.asynccontextmanager
async def beating(delivery: Delivery, ack_wait_s: float) -> AsyncIterator[None]:
    """Say again and again that the message is being worked on."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(beat_s(ack_wait_s))
            with contextlib.suppress(Exception):
                await delivery.in_progress()

    beats = asyncio.ensure_future(beat())
    try:
        yield
    finally:
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)


async def unless(stop: asyncio.Event, awaited: Coroutine[None, None, Delivery | None]) -> Delivery | None:
    """Return what is awaited, or None as soon as it is time to stop."""
    doing = asyncio.ensure_future(awaited)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        for one in (doing, stopping):
            one.cancel()
        await asyncio.gather(doing, stopping, return_exceptions=True)


async def next_hint(hints: AsyncIterator[None]) -> bool:
    """Wait for a hint; say whether more may come."""
    try:
        await anext(hints)
    except (StopAsyncIteration, LogUnavailable):
        return False
    return True
