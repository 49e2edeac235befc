"""A creator that works for the command: the service's own wiring, with its renderers and its turns on the GPU."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bus.wire.jetstream import JetStreamLog, connect
from bus.wire.waiting import end
from bus.wire.worker import Station
from bus.work import Perform
from kindling.home import Settings, access
from services._kit.gpu import tenants_of
from services.creator.service import NAME, build


@contextlib.asynccontextmanager
async def creator_at_work(settings: Settings, journal: JetStreamLog) -> AsyncIterator[Perform]:
    """Give the creator's work. It writes nothing on the log, and waits for its turn as any creator does.

    Args:
        journal: the reader's connection; where the GPU is shared, its turns take the creator's own.
    """
    service = build(settings)
    station = next(post.station for post in service.posts if post.kind.name == "creator_segments")
    assert isinstance(station, Station), "the creator's queues are worked on"
    async with contextlib.AsyncExitStack() as stack:
        if tenants_of(settings):
            journal = await connect(access(settings, NAME), "kindling verify")
            stack.push_async_callback(journal.close)
        beside = [asyncio.ensure_future(start(journal)) for start in service.beside]
        try:
            yield station.perform
        finally:
            await end(*beside)
