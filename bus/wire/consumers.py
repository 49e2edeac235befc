"""Durable pull consumers on JetStream: one for each kind of work, shared by its replicas."""

from __future__ import annotations

import asyncio

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from bus.errors import LogUnavailable
from bus.wire.following import sequence_of
from bus.wire.log import WorkKind

UPDATED_WITHIN_S = 5.0


class JetStreamDelivery:
    """A message on its way through a worker."""

    def __init__(self, message: Msg) -> None:
        self._message = message
        self.subject = message.subject
        self.content = message.data
        self.sequence, self.delivered_count, _ = sequence_of(message.reply)

    async def ack(self) -> None:
        """Say that it is done with."""
        await self._message.ack()

    async def nak(self, delay_s: float) -> None:
        """Give it back, to come again after the delay."""
        await self._message.nak(delay=delay_s)

    async def term(self) -> None:
        """Say that it must not come again."""
        await self._message.term()

    async def in_progress(self) -> None:
        """Say that it is still being worked on."""
        await self._message.in_progress()


class JetStreamWakeups:
    """The durable queue of one kind of work."""

    def __init__(self, context: JetStreamContext, stream: str, kind: WorkKind) -> None:
        self._context = context
        self._stream = stream
        self._kind = kind
        self._pull: JetStreamContext.PullSubscription | None = None

    async def fetch(self, timeout_s: float) -> JetStreamDelivery | None:
        """Return the next message, or None if none came in time."""
        try:
            if self._pull is None:
                self._pull = await self._context.pull_subscribe_bind(self._kind.name, self._stream)
            (message,) = await self._pull.fetch(1, timeout=timeout_s)
        except (TimeoutError, nats.errors.TimeoutError):
            return None
        except NotFoundError as error:
            raise LogUnavailable(
                f"The consumer {self._kind.name} is gone from the NATS server.",
                why="Somebody deleted it.",
                help="It is made anew when the service starts; nothing is lost.",
            ) from error
        return JetStreamDelivery(message)

    async def is_idle(self) -> bool:
        """Say whether nothing waits and nobody is at work."""
        info = await self._context.consumer_info(self._stream, self._kind.name)
        return not info.num_pending and not info.num_ack_pending

    async def close(self) -> None:
        """Stop asking for messages."""
        if self._pull is not None:
            await self._pull.unsubscribe()


async def bind_wakeups(client: Client, stream: str, kind: WorkKind) -> JetStreamWakeups:
    """Make or update the durable consumer, and read it back.

    Raises:
        LogUnavailable: the server keeps it otherwise.
    """
    context = client.jetstream()
    wanted = ConsumerConfig(
        durable_name=kind.name,
        name=kind.name,
        ack_policy=AckPolicy.EXPLICIT,
        deliver_policy=DeliverPolicy.ALL,
        ack_wait=kind.ack_wait_s,
        max_deliver=-1,
        max_ack_pending=1000,
        filter_subjects=list(kind.filters),
    )
    info: ConsumerInfo = await context.add_consumer(stream, wanted)
    deadline = asyncio.get_running_loop().time() + UPDATED_WITHIN_S
    while not _is_kept(info, kind):
        if asyncio.get_running_loop().time() > deadline:
            raise LogUnavailable(
                f"The consumer {kind.name} is not set up as it must be.",
                why=f"The server keeps filters {sorted(_filters(info))} and ack_wait {info.config.ack_wait}.",
                help=f"Delete it (`nats consumer rm {stream} {kind.name}`); it is made anew, and nothing is lost.",
            )
        # nats-server answers an update with what was before (2.15), and carries it out a moment later.
        await asyncio.sleep(0.05)
        info = await context.consumer_info(stream, kind.name)
    return JetStreamWakeups(context, stream, kind)


def _is_kept(info: ConsumerInfo, kind: WorkKind) -> bool:
    config = info.config
    is_set = config.ack_wait == kind.ack_wait_s and config.ack_policy == AckPolicy.EXPLICIT
    return is_set and _filters(info) == set(kind.filters)


def _filters(info: ConsumerInfo) -> set[str]:
    config = info.config
    return set(config.filter_subjects or ([config.filter_subject] if config.filter_subject else []))
