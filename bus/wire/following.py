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
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, Header
from nats.js.errors import APIError

from bus import codec
from bus.errors import LogUnavailable
from bus.events import Recorded, Unreadable
from bus.wire.client import LogClient

QUIET_S = 1.0
"""After this long without a message it is asked whether the log has gone on without us."""
HEARTBEAT_S = 5.0
"""How often a server that sends nothing says that it is there, and which answer it still waits for."""

IsBehind = Callable[[int], Awaitable[bool]]
"""Says whether the log holds anything for us after this sequence."""

_FLOW_CONTROL = "$JS.FC."

_Message = tuple[int, int, str, bytes]
"""The sequence, the consumer's own count of what it sent, the subject and the content."""

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
            subscription = await _subscribe(client, stream, filter_, position + 1, arrived)
            if subscription is None:
                await asyncio.sleep(0.2)
                continue
            due = 1
            while await _more(client, arrived, position, is_behind):
                for one in arrived.taken():
                    if isinstance(one, str):
                        await _answer(client, one)
                        continue
                    sequence, delivered, subject, content = one
                    if delivered != due:
                        raise _Gap
                    due += 1
                    position = sequence
                    yield codec.record(sequence, subject, content)
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
    """What the connection has brought for a consumer of ours, and nobody has taken yet.

    It is never much, however slow the reader: nats-server asks for an answer each time that it has sent half of what
    may be under way (2 MiB at first, 32 MiB as answers come), and sends no more than that before it has the answer.
    """

    def __init__(self) -> None:
        self.consumer = f"follow_{uuid.uuid4().hex}"
        self._waiting: deque[_Message | str] = deque()
        self._asked = ""
        self._some = asyncio.Event()

    def bring(self, sequence: int, delivered: int, subject: str, content: bytes) -> None:
        """Take a message in."""
        self._waiting.append((sequence, delivered, subject, content))
        self._some.set()

    async def hear(self, message: Msg) -> None:
        """Take in what comes on the inbox beside messages of the log: requests for an answer, and heartbeats.

        A request has the answer's subject as its reply, and a heartbeat repeats it in a header.
        """
        answer_to = message.reply or (message.headers or {}).get(Header.CONSUMER_STALLED, "")
        if answer_to.startswith(_FLOW_CONTROL) and answer_to != self._asked:
            self._asked = answer_to
            self._waiting.append(answer_to)
            self._some.set()

    def taken(self) -> Iterator[_Message | str]:
        """Yield what waits, in order: a message, or the subject of an answer that is due now."""
        while self._waiting:
            one = self._waiting.popleft()
            if isinstance(one, str):
                # An answer may be lost with its connection: if it is asked for again, it is given again.
                self._asked = ""
            yield one

    async def wait(self, timeout_s: float) -> bool:
        """Wait for something to take; say whether there is anything."""
        if not self._waiting:
            self._some.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._some.wait()
        return bool(self._waiting)


async def _answer(client: LogClient, subject: str) -> None:
    """Tell the server that all was taken that it had sent before it asked."""
    with contextlib.suppress(*_LOST):
        await client.publish(subject)


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
    client: LogClient, stream: str, filter_: str | None, start: int, arrived: _Arrived
) -> Subscription | None:
    """Return a push consumer of our own, gone with us, or None if the server can't make one now."""
    inbox = client.new_inbox()
    try:
        subscription = await client.subscribe(inbox, cb=arrived.hear)
    except _LOST:
        return None
    config = ConsumerConfig(
        name=arrived.consumer,
        deliver_subject=inbox,
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=start,
        filter_subject=filter_,
        max_deliver=1,
        mem_storage=True,
        num_replicas=1,
        inactive_threshold=30.0,
        flow_control=True,
        idle_heartbeat=HEARTBEAT_S,
    )
    try:
        await client.jetstream().add_consumer(stream, config)
    except _LOST:
        with contextlib.suppress(*_LOST):
            await subscription.unsubscribe()
        return None
    return subscription
