"""Following the stream: everything in order, once, across restarts of the server and of the connection."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError

from bus import codec
from bus.errors import LogUnavailable
from bus.events import Recorded, Unreadable
from bus.wire.client import LogClient

QUIET_S = 1.0
"""After this long without a message it is asked whether the log has gone on without us."""
AHEAD_BYTES_MAX = 64 * 1024 * 1024
"""What may wait for a reader that is slow. More is dropped, and read again once the reader has come to the gap."""

IsBehind = Callable[[int], Awaitable[bool]]
"""Says whether the log holds anything for us after this sequence."""

_LOST = (nats.errors.Error, APIError, LogUnavailable, OSError, TimeoutError)


def sequence_of(reply: str) -> tuple[int, int, int]:
    """Return the stream's sequence, the delivery count and the consumer's sequence from a message's reply subject.

    `$JS.ACK.<stream>.<consumer>.<delivered>.<sequence>.<consumer's>.…`, or with a domain and an account in front.
    """
    tokens = reply.split(".")
    shift = 2 if len(tokens) > 9 else 0
    return int(tokens[5 + shift]), int(tokens[4 + shift]), int(tokens[6 + shift])


async def follow(
    client: LogClient, stream: str, filter_: str | None, after: int, is_behind: IsBehind
) -> AsyncIterator[Recorded | Unreadable]:
    """Yield the stream's messages after a sequence, then new ones, for ever."""
    position = after
    while True:
        arrived = _Arrived()
        client.followers[arrived.consumer] = arrived.bring
        subscription = None
        try:
            subscription = await _subscribe(client, stream, filter_, position + 1, arrived.consumer)
            if subscription is None:
                await asyncio.sleep(0.2)
                continue
            due = 1
            while await _more(client, arrived, position, is_behind):
                for sequence, delivered, subject, content in arrived.taken():
                    if delivered != due:
                        raise _Gap
                    due += 1
                    position = sequence
                    yield codec.record(sequence, subject, content)
                if arrived.has_dropped:
                    raise _Gap
        except _Gap:
            continue
        finally:
            del client.followers[arrived.consumer]
            if subscription is not None:
                with contextlib.suppress(*_LOST):
                    await subscription.unsubscribe()


class _Gap(Exception):
    """Something was dropped on the way: begin again from the last one seen."""


class _Arrived:
    """What the connection has brought for a consumer of ours, and nobody has taken yet."""

    def __init__(self) -> None:
        self.consumer = f"follow_{uuid.uuid4().hex}"
        self._messages: deque[tuple[int, int, str, bytes]] = deque()
        self._waiting_bytes = 0
        self._some = asyncio.Event()
        self.has_dropped = False

    def bring(self, sequence: int, delivered: int, subject: str, content: bytes) -> None:
        """Take a message in, unless too much is waiting: then this one and all that follow are dropped."""
        if self.has_dropped or self._waiting_bytes > AHEAD_BYTES_MAX:
            self.has_dropped = True
            return
        self._waiting_bytes += len(content)
        self._messages.append((sequence, delivered, subject, content))
        self._some.set()

    def taken(self) -> Iterator[tuple[int, int, str, bytes]]:
        """Yield what waits: the sequence, the consumer's own count of what it sent, the subject and the content."""
        while self._messages:
            one = self._messages.popleft()
            self._waiting_bytes -= len(one[3])
            yield one

    async def wait(self, timeout_s: float) -> bool:
        """Wait for messages; say whether there are any."""
        if not self._messages:
            self._some.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._some.wait()
        return bool(self._messages)


async def _ignore(message: Msg) -> None:
    """Take what comes on the inbox and is nothing of the log: the server has no reason to send such a thing."""


async def _more(client: LogClient, arrived: _Arrived, position: int, is_behind: IsBehind) -> bool:
    """Wait for messages; False once the consumer has died, with its server or alone."""
    connection, was_behind = client.stats["reconnects"], False
    while not await arrived.wait(QUIET_S):
        if client.stats["reconnects"] != connection:
            return False
        try:
            behind = await is_behind(position)
        except _LOST:
            continue
        if behind and was_behind:
            return False
        was_behind = behind
    return True


async def _subscribe(
    client: LogClient, stream: str, filter_: str | None, start: int, consumer: str
) -> Subscription | None:
    """Return a push consumer of our own, gone with us, or None if the server can't make one now."""
    inbox = client.new_inbox()
    try:
        subscription = await client.subscribe(inbox, cb=_ignore)
    except _LOST:
        return None
    config = ConsumerConfig(
        name=consumer,
        deliver_subject=inbox,
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=start,
        filter_subject=filter_,
        max_deliver=1,
        mem_storage=True,
        num_replicas=1,
        inactive_threshold=30.0,
    )
    try:
        await client.jetstream().add_consumer(stream, config)
    except _LOST:
        with contextlib.suppress(*_LOST):
            await subscription.unsubscribe()
        return None
    return subscription
