"""A Kindling of real processes in a folder of its own, used through its gateway and its command as a person would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import httpx
import msgspec

from bus.wire.jetstream import JetStreamLog, connect
from bus.wire.server import Access
from kindling.home import Home, access, load_settings
from services._kit.media import frames_of

KINDLING = Path(sys.executable).with_name("kindling")
UP_WITHIN_S = 60.0
SETTINGS = """\
[gateway]
port = {port}

[work]
sweep_s = 2.0
drain_s = 5.0

[work.ack_wait_s]
render = 2.0
short = 2.0
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class House:
    """One home, and `kindling up` in it."""

    root: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "kindling.toml").write_text(SETTINGS.format(port=self.port))

    @property
    def url(self) -> str:
        """Return where the gateway answers."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of every command in this home."""
        return {**os.environ, "KINDLING_HOME": str(self.root), "NO_COLOR": "1", "COLUMNS": "100"}

    async def up(self) -> None:
        """Start it and wait until the gateway answers."""
        with (self.root / "up.log").open("ab") as log:
            self.process = await asyncio.to_thread(self._start, log)
        await until(self._is_up, UP_WITHIN_S, "the gateway to answer")

    def _start(self, log: BinaryIO) -> subprocess.Popen[bytes]:
        return subprocess.Popen([str(KINDLING), "up"], env=self.environment, stdout=log, stderr=log)

    async def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.root / "up.log").read_text()
        with contextlib.suppress(httpx.HTTPError):
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{self.url}/health", timeout=2)).status_code == 200
        return False

    async def down(self) -> None:
        """Stop it as Ctrl-C does, and wait until everything is gone."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            await asyncio.to_thread(self.process.wait, 60)

    def children(self) -> dict[str, int]:
        """Return the processes that it runs, by the service's name."""
        found: dict[str, int] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().split(b"\0")
                if f"KINDLING_HOME={self.root}".encode() in environment.split(b"\0"):
                    name = command[2].decode() if len(command) > 2 else ""
                    if name.startswith("services."):
                        found[name.removeprefix("services.")] = int(folder.name)
                if command[0].endswith(b"nats-server") and str(self.root).encode() in b" ".join(command):
                    found["nats-server"] = int(folder.name)
        return found

    def run(self, *arguments: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run the command to its end, without a terminal."""
        return subprocess.run(
            [str(KINDLING), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def film(self, production: str) -> Path:
        """Return where the film lies."""
        return self.root / "productions" / "completed" / f"{production}.mp4"

    def frame_count(self, production: str) -> int:
        """Open the film and count its frames."""
        return sum(1 for _ in frames_of(self.film(production)))

    @contextlib.asynccontextmanager
    async def log(self) -> AsyncIterator[JetStreamLog]:
        """Yield the log, to be read only."""
        reader: Access = access(load_settings(Home(self.root)), "reader")
        journal = await connect(reader, "test")
        try:
            yield journal
        finally:
            await journal.close()


class Seen(msgspec.Struct):
    """What a test looks at of a production."""

    id: str
    status: dict[str, object]


async def create(house: House, words: str, **options: object) -> str:
    """Ask for a film; return its id."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{house.url}/productions", json={"words": words, "options": options}, timeout=30)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


async def until(condition: Callable[[], object], within_s: float, what: str) -> None:
    """Wait for a condition that is asked again and again.

    Raises:
        AssertionError: it did not come true in time.
    """
    deadline = asyncio.get_running_loop().time() + within_s
    while asyncio.get_running_loop().time() < deadline:
        result = condition()
        if await result if asyncio.iscoroutine(result) else result:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"waited {within_s:g} s for {what}, in vain")
