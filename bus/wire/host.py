"""The host of a service: connects, works, and leaves in good order when asked to."""

from __future__ import annotations

import asyncio
import os
import platform
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from bus.errors import LogUnavailable
from bus.events import Writer
from bus.ports import Artifacts
from bus.wire.books import new_event_id, utc_now
from bus.wire.chronicle import Chronicle
from bus.wire.jetstream import JetStreamLog, connect
from bus.wire.log import WorkKind
from bus.wire.projector import Projection, Projector
from bus.wire.server import Access
from bus.wire.waiting import end
from bus.wire.worker import Station, Worker

VERSION = "0.1.0"
CONNECT_WITHIN_S = 30.0
LEAVE_WITHIN_S = 5.0
"""How long what was given back may take to leave in good order."""
LEAVE_TRIES = 10
LEAVE_WITHIN_S = 0.5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Post:
    """A kind of work that a service does, and how many at once in one process."""

    kind: WorkKind
    station: Station | Projection
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Service:
    """A service as its `service.py` wires it."""

    name: str
    posts: Sequence[Post]
    artifacts: Artifacts
    drain_s: float = 20.0
    beside: Sequence[Callable[[JetStreamLog], Awaitable[None]]] = field(default=())
    """What runs beside the workers until the service stops; it is cancelled then."""


def writer(service: str) -> Writer:
    """Return who writes: this service, on this host."""
    return Writer(service=service, version=VERSION, host=platform.node() or "localhost")


def run(service: Service, access: Access) -> int:
    """Run the service until SIGTERM or SIGINT; return the exit code of its process."""
    try:
        asyncio.run(_main(service, access))
    except LogUnavailable as error:
        log.error("cannot start", service=service.name, what=error.what, why=error.why, help=error.help)
        return 1
    return 0


async def _main(service: Service, access: Access) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    journal = await connect_within(access, service.name, CONNECT_WITHIN_S, stop)
    if journal is None:
        return
    try:
        await serve(service, journal, stop)
    finally:
        await journal.close()
        await _end_what_is_left()


async def _end_what_is_left() -> None:
    """Cancel what still runs until it has ended: a client that goes on reconnecting would keep the process for ever.

    Once is not enough: a try to connect that fails in the moment of its cancellation swallows that (Python 3.11).
    """
    for _ in range(LEAVE_TRIES):
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if not left:
            return
        for one in left:
            one.cancel()
        await asyncio.wait(left, timeout=LEAVE_WITHIN_S)


async def connect_within(
    access: Access, name: str, within_s: float, stop: asyncio.Event | None = None
) -> JetStreamLog | None:
    """Return the log as soon as it answers; None if it is time to stop first.

    Raises:
        LogUnavailable: it did not answer in time.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while True:
        try:
            return await connect(access, name)
        except LogUnavailable:
            if loop.time() > deadline:
                raise
        if stop is not None and stop.is_set():
            return None
        await asyncio.sleep(0.1)


async def serve(service: Service, journal: JetStreamLog, stop: asyncio.Event) -> None:
    """Work until told to stop; then finish what is at hand, or give it back after the time to drain."""
    workers: list[Worker | Projector] = []
    for post in service.posts:
        for _ in range(post.workers):
            chronicle = Chronicle(journal, writer(service.name), now=utc_now, new_id=new_event_id)
            journal.on_reconnect.append(chronicle.forget)
            wakeups = await journal.wakeups(post.kind)
            if isinstance(post.station, Projection):
                workers.append(Projector(post.station, wakeups, chronicle))
            else:
                workers.append(Worker(post.station, wakeups, chronicle, service.artifacts))
    log.info("ready", service=service.name, pid=os.getpid())
    running = [asyncio.ensure_future(worker.run(stop)) for worker in workers]
    beside = [asyncio.ensure_future(start(journal)) for start in service.beside]
    stopping = asyncio.ensure_future(stop.wait())
    closing = asyncio.ensure_future(journal.closed.wait())
    try:
        done, _ = await asyncio.wait({*running, *beside, stopping, closing}, return_when=asyncio.FIRST_COMPLETED)
        if stopping not in done:
            for one in done - {closing}:
                one.result()
            raise LogUnavailable("The connection to the log was closed.", help="The service is started again.")
        log.info("stopping", service=service.name)
        await asyncio.wait(running, timeout=service.drain_s) if running else None
    finally:
        await end(*running, *beside, stopping, closing, again_s=LEAVE_WITHIN_S)
