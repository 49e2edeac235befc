"""Kindling in the background: started by a command that needs it, it leaves when nobody does any more."""

from __future__ import annotations

import asyncio
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from bus.errors import KindlingError
from kindling import running
from kindling.exits import Exit, Trouble, code_of
from kindling.home import Home, load_settings, prepare
from kindling.running import AlreadyRunning, RunInfo
from kindling.up import Command, rotate, up
from services._kit.home import find_home

READY_WITHIN_S = 90.0
PROGRAM = (sys.executable, "-m", "kindling.detached")


class _Ready(Struct, frozen=True, tag="ready"):
    """It answers."""

    info: RunInfo


class _Failed(Struct, frozen=True, kw_only=True, tag="failed"):
    """Why it did not start."""

    code: int
    what: str
    why: str
    help: str
    is_running: bool = False


def start_detached(home: Home, program: Sequence[str] = PROGRAM, needed_by: int | None = None) -> RunInfo:
    """Start Kindling in the background, for as long as a process (this one) lives, and return once it answers.

    If another command starts one at the same moment, that one is shared.

    Raises:
        Trouble: it does not start; what, why and help are those of `kindling up`.
    """
    prepare(load_settings(home))
    running.hold(home, needed_by)
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        answer = _start(home, program, deadline)
        if isinstance(answer, RunInfo):
            return answer
        if not answer.is_running:
            raise Trouble(Exit(answer.code), answer.what, why=answer.why, help=answer.help)
        # Somebody else's is just starting, or leaving: it is asked after until it answers, or is gone.
        while running.is_locked(home) and time.monotonic() < deadline:
            if found := running.attach(home):
                return found
            time.sleep(0.05)
    raise Trouble(
        Exit.UNREACHABLE,
        "Kindling does not start.",
        why=f"It was not ready within {READY_WITHIN_S:.0f} s.",
        help=f"See {home.log_file('up')}.",
    )


def _start(home: Home, program: Sequence[str], deadline: float) -> RunInfo | _Failed:
    """Start one, and return what it says through a pipe: that it is ready, or why not."""
    reading, writing = os.pipe()
    log_file = home.log_file("up")
    rotate(log_file)
    try:
        with log_file.open("ab") as log:
            process = subprocess.Popen(
                [*program, str(writing)],
                env={**os.environ, "KINDLING_HOME": str(home.root)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(writing,),
                # A Ctrl-C in our terminal is meant for us: it leaves when it sees that we are gone.
                start_new_session=True,
            )
            # It outlives us, as a rule; where it does not, it must not stay as a zombie.
            threading.Thread(target=process.wait, daemon=True).start()
    finally:
        os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return _Failed(code=Exit.UNREACHABLE, what="Kindling does not start.", why="", help=f"See {log_file}.")
        said = pipe.readline()
    if not said:
        return _Failed(
            code=Exit.BROKEN, what="Kindling ended while it was starting.", why="", help=f"Its log is {log_file}."
        )
    answer: _Ready | _Failed = msgspec.json.decode(said, type=_Ready | _Failed)
    return answer.info if isinstance(answer, _Ready) else answer


def main(commands: Sequence[Command] | None = None) -> int:
    """Be the Kindling in the background; the last argument is the pipe to say through how the start went."""
    home = find_home()
    pipe = os.fdopen(int(sys.argv[-1]), "wb")

    def tell(answer: _Ready | _Failed) -> None:
        with pipe:
            pipe.write(msgspec.json.encode(answer) + b"\n")

    try:
        asyncio.run(up(home, on_ready=lambda info: tell(_Ready(info)), only_while_needed=True, commands=commands))
    except KindlingError as error:
        print(error, file=sys.stderr)
        if not pipe.closed:
            tell(
                _Failed(
                    code=code_of(error),
                    what=error.what,
                    why=error.why,
                    help=error.help,
                    is_running=isinstance(error, AlreadyRunning),
                )
            )
        return code_of(error)
    return Exit.DONE


if __name__ == "__main__":
    raise SystemExit(main())
