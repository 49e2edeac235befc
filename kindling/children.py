"""Processes that Kindling starts: they leave with it, however it ends, and they are known again after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Linux tells a process when its parent has died, even by kill -9. It has to be asked for by the process itself, and
# what runs between fork and exec must not be Python of ours: so a small interpreter asks, and becomes the program.
# Where it can't ask, the next start finds what was left.
_LEAVE_WITH_PARENT = """\
import os, sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, 15, 0, 0, 0)
except (ImportError, AttributeError):
    pass
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: its number, and when it was born, since numbers are used again."""

    pid: int
    birth: str

    def is_alive(self) -> bool:
        """Say whether this very process still lives."""
        return birth_of(self.pid) == self.birth


def birth_of(pid: int) -> str | None:
    """Return what tells this process from another one of the same number, or None if there is none (or a dead one)."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name before the last bracket may hold anything; state and start time are fields 3 and 22.
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in "ZX" else f"{fields[19]}@{_boot()}"
    said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return said.stdout.strip() or None


def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


def this_process() -> Identity:
    """Return the identity of this process."""
    return Identity(os.getpid(), birth_of(os.getpid()) or "")


class Child:
    """A process that was started here, with all that it starts itself."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._is_group_ended = False
        self.identity = Identity(process.pid, birth_of(process.pid) or "")

    @property
    def exit_code(self) -> int | None:
        """Return how it ended (below zero: by that signal), or None while it lives."""
        return self._process.returncode

    async def ended(self) -> int:
        """Wait until it has ended; return its exit code."""
        code = await self._process.wait()
        self._end_group()
        return code

    def ask_to_leave(self) -> None:
        """Send SIGTERM."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    def end(self) -> None:
        """Send SIGKILL, to it and to all that it started."""
        self._end_group()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self, within_s: float) -> bool:
        """Ask it to leave, wait, and end it if it stays. Return whether it left by itself."""
        self.ask_to_leave()
        try:
            async with asyncio.timeout(within_s):
                await self.ended()
        except TimeoutError:
            self.end()
            await self.ended()
            return False
        return True

    def _end_group(self) -> None:
        # It leads a group of its own, so what it left behind is found by the group's number: once, since a number
        # is used again when nobody is left.
        if self._is_group_ended:
            return
        self._is_group_ended = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


async def spawn(
    name: str,
    command: tuple[str, ...],
    folder: Path,
    log_file: Path,
    environment: Mapping[str, str] | None = None,
) -> Child:
    """Start a program in a session of its own, writing to the log file.

    Its own session keeps a Ctrl-C in the terminal from reaching it: it is asked to leave when its turn has come.
    """
    wrapped = command
    if sys.platform == "linux":
        wrapped = (sys.executable, "-I", "-S", "-c", _LEAVE_WITH_PARENT, str(os.getpid()), *command)
    with log_file.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *wrapped,
            cwd=folder,
            env=None if environment is None else dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return Child(name, process)


async def end_leftover(identity: Identity, within_s: float) -> bool:
    """Stop a process that an earlier Kindling left behind. Return whether there was one."""
    if not identity.is_alive():
        return False
    for signal_ in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(identity.pid, signal_)
        # It is no child of ours, so nobody tells us when it has ended.
        deadline = asyncio.get_running_loop().time() + within_s
        while identity.is_alive() and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        if not identity.is_alive():
            break
    return True
