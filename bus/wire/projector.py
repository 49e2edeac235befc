"""Keeps what is derived from the log, such as the folders for people, in step with it. It writes no facts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import structlog

from bus.errors import Conflict, KindlingError, LogUnavailable, Unprocessable
from bus.ids import ProductionId
from bus.ports import Neighbours
from bus.production import Production
from bus.subjects import parse_subject
from bus.wire.chronicle import Chronicle
from bus.wire.log import Delivery, Wakeups
from bus.wire.waiting import end

log = structlog.get_logger()

RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class Projection:
    """What is derived, and how. It must be right whatever was there before: it may run again at any time."""

    service: str
    project: Callable[[Production, Neighbours], Awaitable[None]]


class Projector:
    """Runs a projection whenever a production moves on."""

    def __init__(self, projection: Projection, wakeups: Wakeups, chronicle: Chronicle) -> None:
        self._projection = projection
        self._wakeups = wakeups
        self._chronicle = chronicle

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                fetching = asyncio.ensure_future(self._wakeups.fetch(5.0))
                await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not fetching.done():
                    await end(fetching)
                    return
                try:
                    delivery = fetching.result()
                    if delivery is not None:
                        await self._handle(delivery)
                except LogUnavailable as error:
                    log.warning("log unavailable", service=self._projection.service, why=str(error))
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(1.0):
                            await stop.wait()
        finally:
            stopping.cancel()

    async def others(self, than: ProductionId) -> AsyncIterator[Production]:
        """Yield the state of every production but this one, ended ones included."""
        for production in await self._chronicle.log.productions(with_ended=True):
            if production != than:
                yield (await self._chronicle.state(production)).production

    async def _handle(self, delivery: Delivery) -> None:
        try:
            production = parse_subject(delivery.subject).production
        except Unprocessable:
            await delivery.term()
            return
        try:
            await self._project(production, delivery.sequence)
        except Conflict:
            await delivery.nak(0.2)
        except (KindlingError, OSError) as error:
            log.error("could not be put in order", production=production, why=str(error))
            await delivery.nak(RETRY_S)
        else:
            await delivery.ack()

    async def _project(self, production: ProductionId, at_least: int) -> None:
        """Project until nothing was added meanwhile: an older state never has the last word."""
        folded = await self._chronicle.state(production, at_least)
        while True:
            await self._projection.project(folded.production, self)
            now = await self._chronicle.state(production)
            if now.sequence == folded.sequence:
                return
            folded = now
