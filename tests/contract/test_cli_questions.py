"""Questions on a terminal, in a process of their own: how a person gets away from them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kindling.children import this_process
from kindling.cli import app
from kindling.exits import Exit
from kindling.running import RunInfo, write_run_file
from services._kit.home import Home
from tests.contract.cli_stage import open_stage

ROOT = Path(__file__).resolve().parents[2]
ENDS_WITHIN_S = 20.0
HEEDS_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""What a shell starts beside itself is deaf to it, and so is all that this starts, such as these tests."""


def shown_on(keys: int, words: bytes) -> bytes:
    """Return what a terminal shows, as soon as the words are in it."""
    shown = b""
    while words not in shown:
        try:
            shown += os.read(keys, 4096)
        except OSError:  # nobody writes to it any more
            raise AssertionError(shown.decode()) from None
    return shown


@pytest.mark.parametrize(("command", "question"), [("rm", b"[y/N]"), ("fork", b"[Y/n]")])
async def test_ctrl_c_at_a_question_ends_the_command(tmp_path: Path, command: str, question: bytes) -> None:
    """At once, with 130, and nothing was removed or begun."""
    home, me = Home(tmp_path), this_process()
    home.run.mkdir(parents=True)
    environment = {"KINDLING_HOME": str(tmp_path), "NO_COLOR": "1"}
    async with open_stage(tmp_path / "productions" / "objects") as stage:
        url, started = stage.url, "2026-03-01T18:00:00Z"
        running = RunInfo(pid=me.pid, birth=me.birth, gateway_url=url, nats_url="", monitor_url=None, started=started)
        write_run_file(home, running)
        await asyncio.to_thread(CliRunner().invoke, app, ["make", "a lighthouse", "--yes"], env=environment)
        subjects = [one.subject for one in stage.log.stored]
        production = subjects[0].split(".")[2]
        planned = next(number for number, one in enumerate(subjects, 1) if one.startswith("plan.written"))
        arguments = [command, production, *(("--at", str(planned)) if command == "fork" else ())]
        keys, end = os.openpty()
        asked = subprocess.Popen(  # noqa: ASYNC220 - it is waited for in a thread
            [sys.executable, "-c", f"{HEEDS_CTRL_C}; from kindling.cli import app; app({arguments!r})"],
            cwd=ROOT,
            stdin=end,
            stdout=end,
            stderr=end,
            env={**os.environ, **environment},
        )
        os.close(end)
        try:
            await asyncio.to_thread(shown_on, keys, question)
            asked.send_signal(signal.SIGINT)
            assert await asyncio.to_thread(asked.wait, ENDS_WITHIN_S) == Exit.INTERRUPTED
        finally:
            asked.kill()
            asked.wait()
            os.close(keys)
        assert len(stage.log.stored) == len(subjects)
