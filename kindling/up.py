"""`kindling up`: server, stream, six services and the gateway, kept running until it is told to leave."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from bus.wire.jetstream import make_stream
from bus.wire.waiting import end
from kindling import embedded, running
from kindling.children import Child, Identity, end_leftover, spawn, this_process
from kindling.exits import Exit, Trouble
from kindling.home import Home, Settings, access, load_settings, prepare
from kindling.running import RunInfo
from kindling.server_conf import ADMIN, SERVICES
from kindling.supervise import Keeper, Program, Say, last_lines, stop_all
from services._kit.graphs import WorkflowWrong
from services._kit.loras import load_loras
from services._kit.settings import ServerAddress, SettingsWrong
from services.gateway.access import Access, access_of

READY_WITHIN_S = 60.0
FAILURES_MAX = 3
"""So many ends of one program in a row before the gateway answers mean that it can't be started."""
MARGIN_S = 5.0
"""What a service gets on top of its time to drain before it is ended."""
LOG_SIZE_MAX_BYTES = 10_000_000

Ready = Callable[[RunInfo], None]


@dataclass(frozen=True, slots=True)
class Command:
    """A service to run: its name, and what starts it."""

    name: str
    arguments: tuple[str, ...]


def service_commands() -> tuple[Command, ...]:
    """Return what starts each service; the gateway first, because somebody waits for it."""
    return tuple(Command(name, (sys.executable, "-m", f"services.{name}")) for name in SERVICES)


def say_on_stderr(line: str) -> None:
    """Write one line to stderr."""
    print(line, file=sys.stderr, flush=True)


def while_heard(say: Say) -> Say:
    """Return what says the same, and goes on where the terminal is closed: nobody is there, and it must still leave."""

    def heard(line: str) -> None:
        try:
            say(line)
        except OSError as error:
            if error.errno not in {errno.EIO, errno.EPIPE}:
                raise

    return heard


async def up(
    home: Home,
    *,
    on_ready: Ready = lambda _: None,
    say: Say = say_on_stderr,
    only_while_needed: bool = False,
    commands: Sequence[Command] | None = None,
) -> None:
    """Run Kindling until SIGINT or SIGTERM; a second one ends it at once. Nothing that it started is left afterwards.

    Args:
        on_ready: called once, when the gateway answers.
        only_while_needed: leave when no process that asked for it (`running.hold`) lives any more.
        commands: what to run in place of the six services. One of them must answer as the gateway does.

    Raises:
        AlreadyRunning: another one runs in this home.
        Trouble: the settings, a folder or a port are not fit, or a service does not start.
        LogUnavailable: the server is not there, not fit, or does not start.
    """
    say = while_heard(say)
    settings = load_settings(home)
    check_catalogue(home)
    prepare(settings)
    with running.locked(home):
        await _end_leftovers(home)
        check_gateway_port(settings)
        check_gateway_access(settings)
        stop, hurry = asyncio.Event(), asyncio.Event()
        with _signals(stop, hurry, say):
            async with _log_server(settings, hurry, say) as server:
                keepers = [
                    Keeper(_program(settings, command), say)
                    for command in (service_commands() if commands is None else commands)
                ]
                try:
                    await _run(settings, keepers, server, stop, on_ready, only_while_needed=only_while_needed)
                finally:
                    home.run_file.unlink(missing_ok=True)
                    await stop_all(keepers, settings.work.drain_s + MARGIN_S, hurry, say)
                    _children_file(home).unlink(missing_ok=True)


async def _run(
    settings: Settings,
    keepers: Sequence[Keeper],
    server: Keeper | None,
    stop: asyncio.Event,
    on_ready: Ready,
    *,
    only_while_needed: bool,
) -> None:
    if stop.is_set():
        return
    for keeper in keepers:
        rotate(keeper.program.log_file)
    starts = {keeper: _size(keeper.program.log_file) for keeper in keepers}
    for keeper in keepers:
        keeper.start()
    watching = [asyncio.ensure_future(keeper.failed()) for keeper in (*keepers, *([server] if server else ()))]
    try:
        await _until_gateway_answers(settings, keepers, starts, stop)
        if stop.is_set():
            return
        info = _run_info(settings)
        running.write_run_file(settings.home, info)
        on_ready(info)
        stopping = asyncio.ensure_future(stop.wait())
        leaving = [asyncio.ensure_future(_until_not_needed(settings.home, info))] if only_while_needed else []
        watching += [stopping, *leaving]
        done, _ = await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        await end(*watching)


def check_catalogue(home: Home) -> None:
    """Make sure that the catalogue of LoRAs can be read: four services read it when they start.

    Raises:
        Trouble: it can't.
    """
    try:
        load_loras(home.root)
    except WorkflowWrong as error:
        raise Trouble(Exit.MISUSED, error.what, why=error.why, help=error.help) from error


def check_gateway_port(settings: Settings) -> None:
    """Make sure that the gateway can listen where the settings say.

    Raises:
        Trouble: the port is taken, or the address is none of this machine's.
    """
    host, port = settings.gateway.host, settings.gateway.port
    if not embedded.is_free(port, host):
        raise Trouble(
            Exit.UNREACHABLE,
            f"The gateway can't listen on {host}, port {port}.",
            why="Another program listens there, or the address is none of this machine's.",
            help="Set gateway.port (or gateway.host) in kindling.toml, or stop the other program.",
        )


def check_gateway_access(settings: Settings) -> Access:
    """Return who may use the gateway, and make sure that it is open to nobody by mistake.

    Raises:
        Trouble: others could reach it, and there is no token.
    """
    try:
        return access_of(settings)
    except SettingsWrong as error:
        raise Trouble(Exit.REFUSED, error.what, why=error.why, help=error.help) from error


def gateway_url(settings: Settings) -> str:
    """Return where the gateway is to be found from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.gateway.host, settings.gateway.host)  # noqa: S104
    return f"http://{host}:{settings.gateway.port}"


@asynccontextmanager
async def _log_server(settings: Settings, hurry: asyncio.Event, say: Say) -> AsyncIterator[Keeper | None]:
    """Have the log: the embedded server, kept running, or the server of the settings; with its stream."""
    home = settings.home
    if settings.nats.url is not None:
        if settings.nats.user is not None or home.credentials_file(ADMIN).exists():
            await make_stream(access(settings, ADMIN))
        # Without the admin's password the stream is its operator's; each service checks it when it connects.
        yield None
        return

    async def start() -> Child:
        return (await embedded.start(home, settings.nats)).child

    server = Keeper(Program("nats", start, home.log_file("nats")), say)
    server.start(await start())
    try:
        await make_stream(access(settings, ADMIN))
        yield server
    finally:
        await stop_all([server], embedded.STOP_WITHIN_S, asyncio.Event(), say)
        home.server_file.unlink(missing_ok=True)


def _program(settings: Settings, command: Command) -> Program:
    home = settings.home
    log_file = home.log_file(command.name)

    async def start() -> Child:
        child = await spawn(command.name, command.arguments, home.root, log_file, _environment(home))
        _remember(home, child)
        return child

    return Program(command.name, start, log_file)


def _environment(home: Home) -> Mapping[str, str]:
    """Return what a service finds around it: the home, and our own packages before what lies in the folder."""
    root = str(Path(__file__).resolve().parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "KINDLING_HOME": str(home.root),
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONSAFEPATH": "1",
    }


async def _until_gateway_answers(
    settings: Settings, keepers: Sequence[Keeper], starts: Mapping[Keeper, int], stop: asyncio.Event
) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_WITHIN_S
    url = gateway_url(settings)
    while not stop.is_set() and not await asyncio.to_thread(running.is_healthy, url):
        for keeper in keepers:
            if keeper.failures_in_a_row >= FAILURES_MAX:
                raise _does_not_start(keeper, starts[keeper], "It ended again and again.")
        if loop.time() > deadline:
            keeper = next((one for one in keepers if one.program.name == "gateway"), keepers[0])
            raise _does_not_start(keeper, starts[keeper], f"Nothing answers at {url} after {READY_WITHIN_S:.0f} s.")
        # A refused connection comes back at once; this is the pause between two tries.
        with suppress(TimeoutError):
            async with asyncio.timeout(0.03):
                await stop.wait()


def _does_not_start(keeper: Keeper, start: int, why: str) -> Trouble:
    said = last_lines(keeper.program.log_file, start)
    return Trouble(
        Exit.UNREACHABLE,
        f"The service {keeper.program.name} does not start.",
        why=f"{why} Last it said:\n{said}" if said else why,
        help=f"Its log is {keeper.program.log_file}; `kindling doctor` looks for what is missing.",
    )


def _run_info(settings: Settings) -> RunInfo:
    home, me = settings.home, this_process()
    if settings.nats.url is not None:
        url, monitor_url = settings.nats.url, settings.nats.monitor_url
    else:
        address = msgspec.json.decode(home.server_file.read_bytes(), type=ServerAddress)
        url, monitor_url = address.url, address.monitor_url
    return RunInfo(
        pid=me.pid,
        birth=me.birth,
        gateway_url=gateway_url(settings),
        nats_url=url,
        monitor_url=monitor_url,
        started=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        comfyui=settings.comfyui.urls,
        renderer=settings.renderer,
    )


async def _until_not_needed(home: Home, info: RunInfo) -> None:
    while True:
        if not running.is_needed(home):
            home.run_file.unlink(missing_ok=True)
            if not running.is_needed(home):
                return
            # Somebody came in between, and may have found nothing: it looks again.
            running.write_run_file(home, info)
        await asyncio.sleep(0.5)


@contextmanager
def _signals(stop: asyncio.Event, hurry: asyncio.Event, say: Say) -> Iterator[None]:
    """Take SIGINT, SIGTERM and SIGHUP as a wish to leave, and a second one as a hurry."""

    def hear() -> None:
        if stop.is_set():
            hurry.set()
        else:
            stop.set()
            say("Leaving: what is being worked on reaches a safe point first. Once more to leave at once.")

    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, hear)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


class _Left(Struct, frozen=True, kw_only=True):
    name: str
    pid: int
    birth: str


def _children_file(home: Home) -> Path:
    return home.run / "children.json"


def _remember(home: Home, child: Child) -> None:
    """Note a child, so that the next start finds it if this process is killed and the system does not tell it."""
    noted = [one for one in _noted(home) if one.name != child.name]
    noted.append(_Left(name=child.name, pid=child.identity.pid, birth=child.identity.birth))
    embedded.write_private(_children_file(home), msgspec.json.encode(noted))


def _noted(home: Home) -> list[_Left]:
    try:
        return msgspec.json.decode(_children_file(home).read_bytes(), type=list[_Left])
    except (FileNotFoundError, msgspec.DecodeError):
        return []


async def _end_leftovers(home: Home) -> None:
    """End what a killed Kindling left behind; we hold the lock, so nobody else needs it."""
    home.run_file.unlink(missing_ok=True)
    await asyncio.gather(*(end_leftover(Identity(one.pid, one.birth), MARGIN_S) for one in _noted(home)))
    _children_file(home).unlink(missing_ok=True)


def rotate(log_file: Path) -> None:
    """Put a log aside that has grown large; the one before it goes."""
    if _size(log_file) > LOG_SIZE_MAX_BYTES:
        log_file.replace(log_file.with_suffix(".log.1"))


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.stat().st_size
    return 0
