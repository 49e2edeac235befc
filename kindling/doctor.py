"""`kindling doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import asyncio
import enum
import http.client
import platform
import sys
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct

from bus.errors import KindlingError
from bus.wire.jetstream import connect
from bus.wire.stream import STREAM
from kindling import embedded, running
from kindling.exits import Exit, Trouble
from kindling.home import Home, Settings, access, check_writable, find_home, free_bytes, load_settings
from kindling.server_conf import READER
from kindling.up import check_gateway_port

ROOM_WARN_BYTES = 1_000_000_000
ROOM_BAD_BYTES = 100_000_000
"""Below this a film may not fit any more, and NATS stops taking events when the disk is full."""
OLLAMA = ("127.0.0.1", 11434, "/api/version")
COMFYUI = ("127.0.0.1", 8188, "/system_stats")
ANSWER_WITHIN_S = 2.0


class State(enum.StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    name: str
    state: State
    what: str
    help: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """Everything that was looked at, and whether Kindling can work here; it is what `--json` prints."""

    home: str
    is_fit: bool
    checks: tuple[Check, ...]


async def examine(home: Home) -> tuple[Check, ...]:
    """Look at everything that Kindling needs, and at what it could use. Nothing is started or changed."""
    try:
        settings = load_settings(home)
    except Trouble as error:
        return (_python(), _bad("settings", error))
    said = str(home.settings_file) if home.settings_file.exists() else "all defaults; there is no kindling.toml"
    looks: tuple[Callable[[], Awaitable[Check]], ...] = (
        lambda: asyncio.to_thread(_server, settings),
        lambda: asyncio.to_thread(_kindling, home),
        lambda: _log(settings),
        lambda: asyncio.to_thread(_gateway_port, settings),
        lambda: asyncio.to_thread(_room, settings),
        lambda: asyncio.to_thread(_video),
        lambda: asyncio.to_thread(_optional, "Ollama", OLLAMA, "a language model for intents and plans"),
        lambda: asyncio.to_thread(_optional, "ComfyUI", COMFYUI, "a renderer for real video"),
    )
    found = await asyncio.gather(*(look() for look in looks))
    return (_python(), Check(name="settings", state=State.OK, what=said), *found)


def report(home: Home, checks: tuple[Check, ...]) -> Report:
    """Return the checks with what follows from them."""
    return Report(home=str(home.root), is_fit=all(check.state is not State.BAD for check in checks), checks=checks)


def doctor(*, as_json: bool = False) -> None:
    """Print what was found.

    Raises:
        Trouble: something is missing that Kindling can't work without.
    """
    from kindling.terminal import print_json, print_result, run

    home = find_home()
    checks = run(examine(home))
    found = report(home, checks)
    if as_json:
        print_json(msgspec.json.encode(found))
    else:
        marks = {State.OK: "✓", State.WARN: "!", State.BAD: "✗"}
        width = max(len(check.name) for check in checks)
        for check in checks:
            print_result(f"{marks[check.state]} {check.name:{width}}  {check.what}")
            if check.help:
                print_result(f"  {'':{width}}  → {check.help}")
    if not found.is_fit:
        missing = ", ".join(check.name for check in checks if check.state is State.BAD)
        raise Trouble(Exit.UNREACHABLE, f"Kindling can't work here yet: {missing}.", help="Do what stands at each ✗.")


def _bad(name: str, error: KindlingError) -> Check:
    return Check(name=name, state=State.BAD, what=f"{error.what} {error.why}".strip(), help=error.help)


def _python() -> Check:
    # An older one does not get here: it can't read these files.
    return Check(name="Python", state=State.OK, what=f"{platform.python_version()} ({sys.executable})")


def _server(settings: Settings) -> Check:
    if settings.nats.url is not None:
        return Check(name="nats-server", state=State.OK, what=f"your own, at {settings.nats.url} (nats.url)")
    try:
        return Check(name="nats-server", state=State.OK, what=str(embedded.find_server()))
    except KindlingError as error:
        return _bad("nats-server", error)


def _kindling(home: Home) -> Check:
    found = running.read_run_file(home)
    if found is None:
        what = "is starting or leaving" if home.run.is_dir() and running.is_locked(home) else "is not running here"
        return Check(name="Kindling", state=State.OK, what=what)
    if running.is_healthy(found.gateway_url):
        return Check(name="Kindling", state=State.OK, what=f"runs: {found.gateway_url} (process {found.pid})")
    return Check(
        name="Kindling",
        state=State.BAD,
        what=f"runs (process {found.pid}), but nothing answers at {found.gateway_url}.",
        help=f"See {home.log_file('gateway')}.",
    )


async def _log(settings: Settings) -> Check:
    """Connect as a reader does: that asks for the server's version, its syncing and the stream's configuration."""
    if settings.nats.url is None and not settings.home.server_file.exists():
        return Check(name="log", state=State.OK, what="is looked at while Kindling runs")
    try:
        log = await connect(access(settings, READER), "kindling doctor")
    except KindlingError as error:
        return _bad("log", error)
    try:
        last = await log.last_sequence()
    finally:
        await log.close()
    what = f"stream {STREAM} at {log.access.url}: {last} events, each synced before it is acknowledged"
    return Check(name="log", state=State.OK, what=what)


def _gateway_port(settings: Settings) -> Check:
    where = f"{settings.gateway.host}, port {settings.gateway.port}"
    if running.read_run_file(settings.home) is not None:
        return Check(name="gateway", state=State.OK, what=f"{where} is in use by this Kindling")
    try:
        check_gateway_port(settings)
    except Trouble as error:
        return _bad("gateway", error)
    return Check(name="gateway", state=State.OK, what=f"{where} is free")


def _room(settings: Settings) -> Check:
    try:
        for folder in (settings.productions_folder, settings.home.root):
            if folder.exists():
                check_writable(folder, "Give yourself the right to write there, or set another folder.")
        room = {folder: free_bytes(folder) for folder in (settings.productions_folder, settings.home.nats)}
    except Trouble as error:
        return _bad("disk", error)
    except OSError as error:
        return Check(name="disk", state=State.BAD, what=f"{error}.", help="See whether the disk is there.")
    folder, least = min(room.items(), key=lambda one: one[1])
    what = f"{least / 1e9:.1f} GB free for {folder}"
    if least >= ROOM_WARN_BYTES:
        return Check(name="disk", state=State.OK, what=what)
    state = State.BAD if least < ROOM_BAD_BYTES else State.WARN
    return Check(name="disk", state=state, what=what, help="Make room; `kindling rm ID` removes a film's files.")


def _video() -> Check:
    try:
        import av
        import av.codec
        import cv2
    except ImportError as error:
        return Check(name="video", state=State.BAD, what=f"{error}.", help="Install Kindling's requirements again.")
    try:
        av.codec.Codec("libx264", "w")
    except ValueError:
        return Check(
            name="video",
            state=State.BAD,
            what=f"PyAV {av.__version__} has no libx264, which clips are encoded with.",
            help="Install PyAV from its wheel: `pip install --force-reinstall --only-binary av av`.",
        )
    return Check(name="video", state=State.OK, what=f"PyAV {av.__version__} with libx264, OpenCV {cv2.__version__}")


def _optional(name: str, place: tuple[str, int, str], use: str) -> Check:
    host, port, path = place
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", path)
        answers = connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        answers = False
    finally:
        connection.close()
    where = f"http://{host}:{port}"
    what = f"answers at {where}" if answers else f"optional, and not needed: nothing answers at {where} ({use})"
    return Check(name=name, state=State.OK, what=what)
