"""Following the stream: everything in order, once, across restarts of the server and of the connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext
from nats.js.errors import APIError

from bus import codec
from bus.events import Recorded, Unreadable

QUIET_S = 2.0
"""After this long without a message it is asked whether the log has gone on without us."""
_AHEAD = 4096


def sequence_of(reply: str) -> tuple[int, int]:
    """Return the stream's sequence and the delivery count from a message's reply subject.

    `$JS.ACK.<stream>.<consumer>.<delivered>.<sequence>.…`, or with a domain and an account before the stream.
    """
    tokens = reply.split(".")
    shift = 2 if len(tokens) > 9 else 0
    return int(tokens[5 + shift]), int(tokens[4 + shift])


async def follow(
    client: Client, stream: str, filter_: str | None, after: int, last_sequence: Callable[[], Awaitable[int]]
) -> AsyncIterator[Recorded | Unreadable]:
    """Yield the stream's messages after a sequence, then new ones, for ever."""
    position = after
    while True:
        queue: asyncio.Queue[Msg] = asyncio.Queue(maxsize=_AHEAD)
        subscription = await _subscribe(client, stream, filter_, position + 1, queue)
        if subscription is None:
            await asyncio.sleep(0.2)
            continue
        connection = client.stats["reconnects"]
        seen_last = position
        try:
            while True:
                try:
                    message = queue.get_nowait() if not queue.empty() else await asyncio.wait_for(queue.get(), QUIET_S)
                except TimeoutError:
                    # Nothing came: either nothing was written, or the consumer died with its server.
                    last = await _ask(last_sequence)
                    if client.stats["reconnects"] != connection or last is None:
                        break
                    if filter_ is None and last > position and last == seen_last:
                        break
                    seen_last = last
                    continue
                sequence, _ = sequence_of(message.reply)
                if sequence > position:
                    position = sequence
                    yield codec.record(sequence, message.subject, message.data)
        finally:
            with contextlib.suppress(nats.errors.Error, APIError):
                await subscription.unsubscribe()


async def _subscribe(
    client: Client, stream: str, filter_: str | None, start: int, queue: asyncio.Queue[Msg]
) -> JetStreamContext.PushSubscription | None:
    async def take(message: Msg) -> None:
        await queue.put(message)

    try:
        return await client.jetstream().subscribe(
            filter_ or ">",
            stream=stream,
            ordered_consumer=True,
            cb=take,
            config=ConsumerConfig(
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=start, mem_storage=True
            ),
        )
    except (nats.errors.Error, APIError, OSError, TimeoutError):
        return None


async def _ask(last_sequence: Callable[[], Awaitable[int]]) -> int | None:
    try:
        return await last_sequence()
    except (nats.errors.Error, APIError, OSError, TimeoutError):
        return None
