"""Waiting in a worker: beats while it works, hints, and leaving when it is time to stop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from bus.errors import LogUnavailable
from bus.wire.log import Delivery

CANCEL_AGAIN_S = 0.5


async def end(*tasks: asyncio.Future[Any], again_s: float = CANCEL_AGAIN_S) -> None:
    """Cancel tasks until all of them have ended, and leave what they raise to whoever asks them.

    Once is not enough: before Python 3.12 `asyncio.wait_for` forgets a cancellation that comes in the very moment in
    which what it waits for is there, and nats-py waits so for each answer. Whoever then waited for the task, waited for
    ever: a worker that had rendered its clip never appended it.

    Args:
        again_s: how long a task may take to leave in good order before it is told again.
    """
    left = {one for one in tasks if not one.done()}
    while left:
        for one in left:
            one.cancel()
        _, left = await asyncio.wait(left, timeout=again_s)
    await asyncio.gather(*tasks, return_exceptions=True)


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
        await end(beats)


async def unless(stop: asyncio.Event, awaited: Coroutine[None, None, Delivery | None]) -> Delivery | None:
    """Return what is awaited, or None as soon as it is time to stop."""
    doing = asyncio.ensure_future(awaited)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        await end(doing, stopping)


async def next_hint(hints: AsyncIterator[None]) -> bool:
    """Wait for a hint; say whether more may come."""
    try:
        await anext(hints)
    except (StopAsyncIteration, LogUnavailable):
        return False
    return True
