"""A production's events as they happen: server-sent events that resume without a gap and without a repeat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import structlog
from fastapi.responses import StreamingResponse
from starlette.types import Message, Send

from bus.events import Unreadable
from bus.ids import ProductionId
from services.gateway.door import Door
from services.gateway.messages import STILL_HERE, dropped_message, log_message, retry_message, step_message
from services.gateway.readers import Reader

RETRY_MS = 1000
"""How long a browser waits before it comes back."""

log = structlog.get_logger()


class _TakesNothing(Exception):
    """The reader did not take what was sent."""


class EventStream(StreamingResponse):
    """A stream that lets go of a reader who takes nothing any more."""

    media_type = "text/event-stream"

    def __init__(self, door: Door, production: ProductionId, after: int) -> None:
        self._messages = facts_and_steps(door, production, after)
        super().__init__(
            self._messages,
            # Proxies are told not to gather what is meant to be seen at once.
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )
        self._production = production
        self._slow_reader_s = door.limits.slow_reader_s

    async def stream_response(self, send: Send) -> None:
        """Send the stream piece by piece, each within the time that a reader is given."""

        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(self._slow_reader_s):
                    await send(message)
            except TimeoutError as error:
                raise _TakesNothing from error

        try:
            await super().stream_response(send_in_time)
        except _TakesNothing:
            log.warning("reader let go", production=self._production, why="it takes nothing any more")
        finally:
            # Left to the garbage collector it would go on listening for a while.
            await self._messages.aclose()


async def facts_and_steps(door: Door, production: ProductionId, after: int) -> AsyncGenerator[bytes, None]:
    """Yield the production's events after an ordinal, then what is new, until the door closes.

    Facts come from the log first, and from where the index stands then; both know the sequence, so that none
    comes twice and none is left out. Then comes how far the work is, once, and from there on each step.
    """
    yield retry_message(RETRY_MS)
    sequence = 0
    for one in await door.books.history(production):
        sequence = one.sequence
        if isinstance(one, Unreadable) or one.event.ordinal > after:
            yield log_message(one)
    # Facts that come while the log is read once more wait for those before them: the index may have passed some
    # between the first reading and now.
    with door.index.reader(production, sequence, after, is_catching_up=True) as reader:
        missed = await door.books.history(production, sequence)
        reader.catch_up((one, log_message(one)) for one in missed)
        for step in door.index.steps.of(production):
            reader.offer_step(step.about, step_message(step))
        async for message in _live(door, reader):
            yield message


async def _live(door: Door, reader: Reader) -> AsyncIterator[bytes]:
    while not door.closing.is_set():
        message = await reader.next(door.limits.heartbeat_s)
        if message is not None:
            yield message
        elif reader.is_dropped:
            yield dropped_message("You read more slowly than facts are written.")
            return
        elif not door.closing.is_set():
            yield STILL_HERE
