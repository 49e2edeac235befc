"""The gateway's wiring: the log, the store, the index and the HTTP server, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence

import structlog
import uvicorn

from bus.errors import KindlingError
from bus.events import Fact, Options, WhenTakesAreUsedUp
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.subjects import every
from bus.wire.artifacts import FolderArtifacts
from bus.wire.books import LogBooks
from bus.wire.host import VERSION, Post, Service, run, writer
from bus.wire.jetstream import JetStreamLog
from bus.wire.log import WorkKind
from bus.wire.server import Access as LogAccess
from bus.wire.waiting import end
from bus.wire.worker import Station
from bus.work import Task, Write
from services._kit.entry import begin
from services._kit.settings import Settings, SettingsWrong
from services._kit.tokens import local_token
from services.gateway import script
from services.gateway.access import Access, Rates, access_of
from services.gateway.app import make_app
from services.gateway.choices import Catalogue
from services.gateway.door import Door
from services.gateway.index import Index
from services.gateway.kept import Shelf

NAME = "gateway"
DRAIN_S = 5
BACKLOG = 128

log = structlog.get_logger()


class CannotListen(KindlingError):
    """The address can't be listened on."""


def build(settings: Settings) -> Service:
    """Return the gateway as a service: it serves HTTP as long as it runs, and says again what persons said.

    Raises:
        CannotListen: its address is taken, or is none of this machine's.
        SettingsWrong: it would be open to others without a token.
    """
    access = access_of(settings)
    if access.needs_token:
        # The command on this machine goes on without being told a token.
        local_token(settings.home)
    listener = listen(settings.gateway.host, settings.gateway.port)
    artifacts = FolderArtifacts(settings.productions_folder / "objects")
    return Service(
        name=NAME,
        posts=(_repeating(settings),),
        artifacts=artifacts,
        # What it writes is decided anew at any time: there is nothing to wait for.
        drain_s=1.0,
        beside=(serve(settings, artifacts, access, listener),),
    )


def _repeating(settings: Settings) -> Post:
    """Return the work on films that are made again from scratch: the person's acts are repeated at their moments."""
    ack_wait_s = settings.work.ack_wait_s.short
    kind = WorkKind(name="gateway_script", filters=tuple(every(one) for one in script.WAKES), ack_wait_s=ack_wait_s)
    station = Station(
        service=NAME, decide=script.decide, perform=_as_decided, ack_wait_s=ack_wait_s, sweep_s=settings.work.sweep_s
    )
    return Post(kind, station)


async def _as_decided(task: Task, production: Production, artifacts: Artifacts, progress: Progress) -> Sequence[Fact]:
    """Return the facts that were decided: nothing has to be done for them."""
    assert isinstance(task, Write)
    return task.facts


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
    settings: Settings, artifacts: FolderArtifacts, access: Access, listener: socket.socket
) -> Callable[[JetStreamLog], Awaitable[None]]:
    """Return what serves HTTP on the listener until it is cancelled."""

    async def serving(journal: JetStreamLog) -> None:
        books = LogBooks(journal, writer(NAME))
        journal.on_reconnect.append(books.chronicle.forget)
        door = Door(
            books=books,
            artifacts=artifacts,
            index=Index(books, journal.last_sequence, Shelf(settings.home.list_file)),
            version=VERSION,
            defaults=defaults(settings),
            rules=settings.policy,
            folder=settings.productions_folder,
            has_older_routes=settings.gateway.older_routes,
            access=access,
            rates=Rates(per_minute=settings.gateway.asks_per_minute),
            catalogue=Catalogue(home=settings.home.root, default=settings.usual_renderer, urls=settings.comfyui.urls),
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
            # Who calls is told by tokens, and never by what a header says of an address.
            proxy_headers=False,
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
        await end(indexing)
        await asyncio.gather(serving, return_exceptions=True)
        listener.close()


def main() -> int:
    """Run the gateway alone."""
    settings, access = begin(NAME)
    try:
        service = build(settings)
    except (CannotListen, SettingsWrong) as error:
        log.error("cannot start", what=error.what, why=error.why, help=error.help)
        return 1
    return run(service, LogAccess(access.url, access.user, access.password, access.monitor_url))
