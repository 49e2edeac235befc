"""`kindling doctor`: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import asyncio
import enum
import platform
import sys
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct

from bus.errors import KindlingError
from bus.wire.full import store_of
from bus.wire.jetstream import connect
from bus.wire.stream import STREAM
from kindling import embedded, rendering, running
from kindling.exits import Exit, Trouble
from kindling.home import Home, Settings, access, check_writable, find_home, free_bytes, load_settings
from kindling.server_conf import READER
from kindling.up import check_gateway_access, check_gateway_port
from kindling.wording import spell_bytes
from services._kit.comfyui.survey import Surveyed
from services._kit.gpu import shared_servers
from services._kit.llm import LanguageModel, ModelFailed
from services._kit.tokens import TokenWrong, tokens_of
from services._kit.workflows import Workflows

STORE_WARN, STORE_BAD = 0.8, 0.98
"""How full the log's store may be before it is said, and before it is bad."""
ROOM_WARN_BYTES = 1_000_000_000
ROOM_BAD_BYTES = 100_000_000
"""Below this a film may not fit any more, and NATS stops taking events when the disk is full."""


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
        lambda: asyncio.to_thread(_access, settings),
        lambda: asyncio.to_thread(_room, settings),
        lambda: asyncio.to_thread(_video),
        lambda: asyncio.to_thread(_signature, settings),
        lambda: _ollama(settings),
    )
    found, servers = await asyncio.gather(asyncio.gather(*(look() for look in looks)), _comfyui(settings))
    return (_python(), Check(name="settings", state=State.OK, what=said), *found, *servers, *_gpu(settings))


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
    return await _with_store(what, log.access.monitor_url)


async def _with_store(what: str, monitor_url: str | None) -> Check:
    """Return the check of the log, with how full its store is where that is worth saying."""
    try:
        store = await store_of(monitor_url or "")
    except (OSError, ValueError):
        # Connecting has asked the same page a moment ago; a server that leaves now is said at the next look.
        return Check(name="log", state=State.OK, what=what)
    if store.share < STORE_WARN:
        return Check(name="log", state=State.OK, what=what)
    used = (
        f"its store is {store.share:.0%} full, {spell_bytes(store.storage)} of {spell_bytes(store.config.max_storage)}"
    )
    state = State.BAD if store.share >= STORE_BAD else State.WARN
    help_ = f"Make room on the disk of {store.config.store_dir}, or raise jetstream.max_file_store; then start it anew."
    return Check(name="log", state=state, what=f"{what}; {used}", help=help_)


def _gateway_port(settings: Settings) -> Check:
    where = f"{settings.gateway.host}, port {settings.gateway.port}"
    if running.read_run_file(settings.home) is not None:
        return Check(name="gateway", state=State.OK, what=f"{where} is in use by this Kindling")
    try:
        check_gateway_port(settings)
    except Trouble as error:
        return _bad("gateway", error)
    return Check(name="gateway", state=State.OK, what=f"{where} is free")


def _access(settings: Settings) -> Check:
    try:
        found = check_gateway_access(settings)
        count = len(tokens_of(settings.home))
    except Trouble as error:
        return _bad("access", error)
    except TokenWrong as error:
        return Check(name="access", state=State.BAD, what=f"{error.what} {error.why}".strip(), help=error.help)
    if not found.needs_token:
        return Check(name="access", state=State.OK, what="this machine only, without a token")
    return Check(name="access", state=State.OK, what=f"by token; there {'is one' if count == 1 else f'are {count}'}")


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


def _signature(settings: Settings) -> Check:
    from services.stitcher.credentials import CannotSign, signing_of

    try:
        signing = signing_of(settings)
    except CannotSign as error:
        return _bad("signature", error)
    if signing is None:
        what = "films are not signed; [provenance] names no certificate"
    else:
        what = f"films are signed with {signing.certificate}"
    return Check(name="signature", state=State.OK, what=what)


async def _ollama(settings: Settings) -> Check:
    """Ask which models would think, and what is missing; that nothing answers is no fault unless it is asked for."""
    llm = settings.llm
    if llm.use == "off":
        return Check(name="Ollama", state=State.OK, what="is not asked (llm.use is off): rules think")
    model = LanguageModel(llm)
    is_needed = llm.use == "ollama"
    missing = State.BAD if is_needed else State.OK
    try:
        version = await model.server.version()
    except ModelFailed as failure:
        stands_in = "" if is_needed else " Not needed: rules stand in."
        return Check(name="Ollama", state=missing, what=f"{failure.what} {failure.why}{stands_in}", help=failure.help)
    found, lacking = list[str](), list[ModelFailed]()
    try:
        for models, use, sees in (("text", "words", 0), ("vision", "pictures", 1), ("final", "the film", 1)):
            try:
                found.append(f"{(await model.model(models, pictures=sees)).installed.name} for {use}")
            except ModelFailed as failure:
                lacking.append(failure)
    finally:
        await model.close()
    what = f"{version} at {model.server.url}: {', '.join(found) or 'no model that is wanted'}"
    if not lacking:
        return Check(name="Ollama", state=State.OK, what=what)
    state = State.BAD if is_needed else State.WARN
    return Check(name="Ollama", state=state, what=what, help=" ".join(dict.fromkeys(one.help for one in lacking[:2])))


def _gpu(settings: Settings) -> tuple[Check, ...]:
    """Say whether Ollama and ComfyUI take turns on one GPU; nothing where there are not both."""
    if settings.llm.use == "off" or not settings.comfyui.urls:
        return ()
    shared = shared_servers(settings.gpu, settings.llm, settings.comfyui.urls)
    if shared:
        what = f"Ollama and ComfyUI at {', '.join(shared)} take turns on it"
    else:
        what = "not shared, so both may work at the same time"
    why = "by their addresses" if settings.gpu.shared == "auto" else "gpu.shared says so"
    return (Check(name="GPU", state=State.OK, what=f"{what} ({why})"),)


async def _comfyui(settings: Settings) -> tuple[Check, ...]:
    """Ask each ComfyUI what it can render and what it lacks; where none is set, whether one would be there."""
    urls = settings.comfyui.urls
    workflows, surveyed = await rendering.survey_of(settings, urls or (rendering.USUAL,))
    broken = (
        Check(
            name="workflows", state=State.BAD, what=f"{name} can't be used. {error.what} {error.why}", help=error.help
        )
        for name, error in workflows.broken.items()
    )
    if not urls:
        return (_unset(surveyed[0]), *broken)
    checks: list[Check] = []
    for one in surveyed:
        checks += _server_checks(settings, workflows, one)
    return (*checks, *broken)


def _unset(one: Surveyed) -> Check:
    if one.server is None:
        what = f"optional, and not needed: none is set, and none answers at {one.url} (a renderer for real video)"
        return Check(name="ComfyUI", state=State.OK, what=what)
    return Check(
        name="ComfyUI",
        state=State.OK,
        what=f"{rendering.server_in_words(one.server)} answers at {one.url}, and is not used: films are animatics.",
        help=f"To render on it: --comfyui {one.url}, or set [comfyui] urls in kindling.toml.",
    )


def _server_checks(settings: Settings, workflows: Workflows, one: Surveyed) -> list[Check]:
    if one.server is None:
        return [_lack(rendering.silence(one), rendering.silence_help(one), State.BAD)]
    lacks = rendering.lacking(workflows, one, settings.renderer)
    memory = rendering.memory_problem(workflows, one, settings.renderer)
    named = f"{rendering.server_in_words(one.server)} at {one.url}"
    families = dict.fromkeys(w.family for w in workflows.all)
    can = [f"{name} ({told})" for name in families if (told := rendering.what_it_renders(workflows, one, name))]
    checks = [Check(name="ComfyUI", state=State.OK, what=f"{named} renders {', '.join(can)}")] if can else []
    state = State.WARN if can else State.BAD
    checks += [_lack(f"{one.url}: {problem.what} {problem.why}".strip(), problem.help, state) for problem in lacks]
    if memory is not None:
        checks.append(_lack(f"{one.url}: {memory.what} {memory.why}", memory.help, State.WARN))
    return checks


def _lack(what: str, help_: str, state: State) -> Check:
    return Check(name="ComfyUI", state=state, what=what, help=help_)
