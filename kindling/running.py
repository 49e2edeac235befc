"""Which Kindling runs in a home: the lock, the file that says where it is, and who still needs it."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from kindling.children import Identity, birth_of, this_process
from kindling.embedded import write_private
from kindling.exits import Exit, Trouble
from kindling.home import make_folder
from services._kit.home import Home

HEALTH_PATH = "/v1/health"


class RunInfo(Struct, frozen=True, kw_only=True):
    """A running Kindling, as it stands in `run/kindling.json`."""

    pid: int
    birth: str
    """What tells this process from a later one of the same number."""
    gateway_url: str
    nats_url: str
    monitor_url: str | None
    started: str
    """RFC 3339, UTC."""
    comfyui: tuple[str, ...] = ()
    """The ComfyUI servers that its creator renders on."""
    renderer: str = "auto"
    """What renders a film that names no renderer."""

    @property
    def identity(self) -> Identity:
        """Return its process."""
        return Identity(self.pid, self.birth)


class AlreadyRunning(Trouble):
    """A second `kindling up` in the same home."""

    def __init__(self, home: Home, running: RunInfo | None) -> None:
        self.running = running
        where = f" (process {running.pid}): {running.gateway_url}" if running else ", and is just starting or leaving"
        super().__init__(
            Exit.REFUSED,
            f"Kindling is already running in {home.root}{where}.",
            why="Two of them would share one log server and one folder of films.",
            help="Use it; or stop it with Ctrl-C in its terminal; or set KINDLING_HOME to another folder.",
        )


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Be the one Kindling of this home. The system lets go of the lock when the process ends, however it ends.

    Raises:
        AlreadyRunning: somebody else is.
    """
    descriptor = os.open(home.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(home, read_run_file(home)) from error
        yield
    finally:
        os.close(descriptor)


def is_locked(home: Home) -> bool:
    """Say whether a Kindling of this home runs, starts or leaves."""
    try:
        with locked(home):
            return False
    except AlreadyRunning:
        return True


def write_run_file(home: Home, running: RunInfo) -> None:
    """Say where the running Kindling is: all of it at once, or nothing."""
    write_private(home.run_file, msgspec.json.format(msgspec.json.encode(running)) + b"\n")


def read_run_file(home: Home) -> RunInfo | None:
    """Return what the run file says if its process still lives, else None."""
    try:
        found = msgspec.json.decode(home.run_file.read_bytes(), type=RunInfo)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        # Without the file nothing runs; one that can't be read was not written by this version.
        return None
    return found if found.identity.is_alive() else None


def attach(home: Home, *, for_this_process: bool = False) -> RunInfo | None:
    """Return the Kindling that runs in this home and answers, or None.

    Args:
        for_this_process: one that was started in the background stays at least until this process has ended.
    """
    if for_this_process:
        hold(home)
    found = read_run_file(home)
    return found if found is not None and is_healthy(found.gateway_url) else None


def is_healthy(gateway_url: str, timeout_s: float = 2.0) -> bool:
    """Say whether a gateway answers there that is ready to work."""
    parts = urlsplit(gateway_url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=timeout_s)
    try:
        connection.request("GET", HEALTH_PATH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def down(home: Home, within_s: float = 60.0) -> RunInfo | None:
    """Ask the Kindling that runs here to leave, and wait until it has. Return which one it was, if any.

    Raises:
        Trouble: it stays.
    """
    found = read_run_file(home)
    if found is None:
        return None
    with suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + within_s
    while found.identity.is_alive():
        if time.monotonic() > deadline:
            raise Trouble(
                Exit.STUCK,
                f"Kindling (process {found.pid}) does not leave.",
                why=f"It was asked to {within_s:.0f} s ago.",
                help=f"See {home.log_file('up')}; `kill -9 {found.pid}` ends it, and nothing on the log is lost.",
            )
        # It is no child of ours, so nobody tells us when it has ended.
        time.sleep(0.02)
    return found


# A Kindling in the background stays as long as somebody needs it. Each of them leaves a file named by its process. Who
# attaches writes that file first and reads the run file after; who leaves takes the run file away first and looks for
# files after: so at least one of the two sees the other.


def hold(home: Home, pid: int | None = None) -> None:
    """Say that a process (this one, if no other is named) needs the Kindling in the background.

    Raises:
        Trouble: the folder for that can't be made.
    """
    process = this_process() if pid is None else Identity(pid, birth_of(pid) or "")
    folder = home.run / "needed-by"
    make_folder(folder)
    write_private(folder / str(process.pid), process.birth.encode())


def is_needed(home: Home) -> bool:
    """Say whether a process that needs the Kindling in the background still lives; the others' files are removed."""
    needed = False
    for file in (home.run / "needed-by").glob("[0-9]*"):
        with suppress(FileNotFoundError):
            if Identity(int(file.name), file.read_text(encoding="ascii")).is_alive():
                needed = True
            else:
                file.unlink()
    return needed
