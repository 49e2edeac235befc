"""Following the stream: everything in order, once, across restarts of the server and of the connection."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError

from bus import codec
from bus.errors import LogUnavailable
from bus.events import Recorded, Unreadable

QUIET_S = 1.0
"""After this long without a message it is asked whether the log has gone on without us."""
_AHEAD = 8192

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
    client: Client, stream: str, filter_: str | None, after: int, is_behind: IsBehind
) -> AsyncIterator[Recorded | Unreadable]:
    """Yield the stream's messages after a sequence, then new ones, for ever."""
    position = after
    while True:
        arrived = _Arrived()
        subscription = await _subscribe(client, stream, filter_, position + 1, arrived)
        if subscription is None:
            await asyncio.sleep(0.2)
            continue
        due = 1
        try:
            while await _more(client, arrived, position, is_behind):
                while arrived.messages:
                    message = arrived.messages.popleft()
                    sequence, _, delivered = sequence_of(message.reply)
                    if delivered != due:
                        raise _Gap
                    due += 1
                    position = sequence
                    yield codec.record(sequence, message.subject, message.data)
        except _Gap:
            continue
        finally:
            with contextlib.suppress(*_LOST):
                await subscription.unsubscribe()


class _Gap(Exception):
    """Something was dropped on the way: begin again from the last one seen."""


class _Arrived:
    """What the connection has brought and nobody has taken yet."""

    def __init__(self) -> None:
        self.messages: deque[Msg] = deque()
        self._some = asyncio.Event()

    async def take(self, message: Msg) -> None:
        """Take a message in; the callback of the subscription."""
        self.messages.append(message)
        self._some.set()

    async def wait(self, timeout_s: float) -> bool:
        """Wait for messages; say whether there are any."""
        if not self.messages:
            self._some.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._some.wait(), timeout_s)
        return bool(self.messages)


async def _more(client: Client, arrived: _Arrived, position: int, is_behind: IsBehind) -> bool:
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
    client: Client, stream: str, filter_: str | None, start: int, arrived: _Arrived
) -> Subscription | None:
    """Return a push consumer of our own, gone with us, or None if the server can't make one now."""
    inbox = client.new_inbox()
    try:
        subscription = await client.subscribe(inbox, cb=arrived.take, pending_msgs_limit=_AHEAD * 8)
    except _LOST:
        return None
    config = ConsumerConfig(
        name=f"follow_{uuid.uuid4().hex}",
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
