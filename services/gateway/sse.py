"""A production's events as they happen: server-sent events that resume without a gap and without a repeat."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator

import msgspec
import structlog
from fastapi.responses import StreamingResponse
from starlette.types import Message, Send

from bus.errors import LogUnavailable
from bus.events import Recorded, Unreadable
from bus.ids import ProductionId
from services.gateway.door import Door
from services.gateway.events_view import event_view, strange_view
from services.gateway.index import Reader

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
    comes twice and none is left out.
    """
    yield f"retry: {RETRY_MS}\n\n".encode()
    sequence = 0
    for one in await door.books.history(production):
        sequence = one.sequence
        if message := _fact_message(one, after):
            yield message
    with door.index.reader(production, sequence) as reader:
        for one in await door.books.history(production, sequence):
            reader.offer(one)
        listening = asyncio.create_task(_listen(door, production, reader))
        try:
            async for message in _live(door, reader, after):
                yield message
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _live(door: Door, reader: Reader, after: int) -> AsyncIterator[bytes]:
    while not door.closing.is_set():
        if reader.is_dropped:
            yield _message("dropped", msgspec.json.encode({"why": "You read more slowly than facts are written."}))
            return
        one = await reader.next(door.limits.heartbeat_s)
        if isinstance(one, bytes):
            yield _message("progress", one)
        elif one is not None:
            if message := _fact_message(one, after):
                yield message
        elif not door.closing.is_set():
            yield b": still here\n\n"


async def _listen(door: Door, production: ProductionId, reader: Reader) -> None:
    """Hand on progress; a stream without it is still whole, so a lost channel is only tried again."""
    while True:
        with contextlib.suppress(LogUnavailable, OSError):
            async for step in door.books.progress(production):
                reader.offer_progress(step)
        await asyncio.sleep(1)


def _fact_message(one: Recorded | Unreadable, after: int) -> bytes | None:
    """Return what is sent for a message of the log, or None if the reader has it already."""
    if isinstance(one, Unreadable):
        return _message("strange", msgspec.json.encode(strange_view(one)))
    if one.event.ordinal <= after:
        return None
    return _message("fact", msgspec.json.encode(event_view(one)), one.event.ordinal)


def _message(event: str, document: bytes, ordinal: int | None = None) -> bytes:
    id_ = b"" if ordinal is None else b"id: %d\n" % ordinal
    return b"%sevent: %s\ndata: %s\n\n" % (id_, event.encode(), b" ".join(document.splitlines()))
