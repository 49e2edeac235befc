"""The gateway's wiring: the log, the store, the index and the HTTP server, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator

import structlog
import uvicorn

from bus.errors import KindlingError
from bus.events import Options, WhenTakesAreUsedUp
from bus.wire.artifacts import FolderArtifacts
from bus.wire.books import LogBooks
from bus.wire.host import VERSION, Service, run, writer
from bus.wire.jetstream import JetStreamLog
from bus.wire.server import Access
from services._kit.entry import begin
from services._kit.settings import Settings
from services.gateway.app import make_app
from services.gateway.door import Door
from services.gateway.index import Index

NAME = "gateway"
DRAIN_S = 5
BACKLOG = 128

log = structlog.get_logger()


class CannotListen(KindlingError):
    """The address can't be listened on."""


def build(settings: Settings) -> Service:
    """Return the gateway as a service: it takes no work, and serves HTTP as long as it runs.

    Raises:
        CannotListen: its address is taken, or is none of this machine's.
    """
    listener = listen(settings.gateway.host, settings.gateway.port)
    artifacts = FolderArtifacts(settings.productions_folder / "objects")
    return Service(
        name=NAME,
        posts=(),
        artifacts=artifacts,
        beside=(serve(settings, artifacts, listener),),
    )


def defaults(settings: Settings) -> Options:
    """Return what holds for a film where its request says nothing."""
    return Options(
        takes_max=settings.film.takes_max,
        when_takes_are_used_up=WhenTakesAreUsedUp(settings.film.when_takes_are_used_up),
        caption=settings.film.caption,
        duration_max_s=settings.film.duration_max_s,
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens: taken before anything else, so that a taken port is said at once.

    Raises:
        CannotListen: the address is taken, or is none of this machine's.
    """
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise CannotListen(
            f"The gateway can't listen on {host}:{port}.",
            why=f"{error.strerror or error}.",
            help="See whether another Kindling runs there, or set gateway.port in kindling.toml to a free port.",
        ) from error
    listener.setblocking(False)
    return listener


def serve(
    settings: Settings, artifacts: FolderArtifacts, listener: socket.socket
) -> Callable[[JetStreamLog], Awaitable[None]]:
    """Return what serves HTTP on the listener until it is cancelled."""

    async def serving(journal: JetStreamLog) -> None:
        books = LogBooks(journal, writer(NAME))
        journal.on_reconnect.append(books.chronicle.forget)
        door = Door(
            books=books,
            artifacts=artifacts,
            index=Index(books, journal.last_sequence),
            version=VERSION,
            defaults=defaults(settings),
        )
        await open_door(door, listener)

    return serving


class Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: the host stops it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the host."""
        yield


async def open_door(door: Door, listener: socket.socket) -> None:
    """Serve until cancelled: then streams are released, running calls are finished, and the listener is closed.

    Raises:
        Exception: what ended the index, or the server, before it was told to stop.
    """
    server = Server(
        uvicorn.Config(
            make_app(door),
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_S,
            # A browser keeps its connection between two looks at a page.
            timeout_keep_alive=30,
            ws="none",
        )
    )
    indexing = asyncio.create_task(door.index.run())
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    host, port = listener.getsockname()[:2]
    log.info("listening", url=f"http://{host}:{port}")
    try:
        done, _ = await asyncio.wait({indexing, serving}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        door.close()
        server.should_exit = True
        indexing.cancel()
        await asyncio.gather(serving, indexing, return_exceptions=True)
        listener.close()


def main() -> int:
    """Run the gateway alone."""
    settings, access = begin(NAME)
    try:
        service = build(settings)
    except CannotListen as error:
        log.error("cannot start", what=error.what, why=error.why, help=error.help)
        return 1
    return run(service, Access(access.url, access.user, access.password, access.monitor_url))
