"""A ComfyUI without a GPU: real HTTP, real WebSockets, small real videos, and the traps of the real one.

It behaves as ComfyUI 0.3.64 does, or as an older or newer one where `controls.version` says so. What a test does to
it goes through this object and never over the wire.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.requests import Request

from tests.fakes.comfyui_app import make_app
from tests.fakes.comfyui_controls import Controls, Execution
from tests.fakes.comfyui_life import Life
from tests.fakes.comfyui_nodes import Json
from tests.fakes.serving import QuietServer


class FakeComfyUi:
    """One server on a port of its own, which it keeps through restarts."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.controls = Controls()
        self.executions: list[Execution] = []
        self.kills = 0
        self.frees: list[Json] = []
        """What was asked of /free, each time."""
        self.posts = 0
        """Prompts that reached the server, in whatever state the connection was by then."""
        self.lose_request: asyncio.Event | None = None
        """If set: the next POST /prompt is cut off before it is handled, and lands when this is set."""
        self.lose_answer = False
        """If set: the next POST /prompt is handled, and then cut off instead of answered."""
        self.life = Life(0, folder, self.controls, self.executions)
        self._port = port
        self._server: QuietServer | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self._port}"

    def executions_of(self, prompt_id: str) -> list[Execution]:
        """Return each time a prompt was run, other than from the cache alone."""
        return [one for one in self.executions if one.prompt_id == prompt_id]

    async def start(self) -> None:
        """Come up with nothing in queue and history; what was written to disk is still there."""
        for name in ("input", "output", "temp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.folder / "temp")
        (self.folder / "temp").mkdir()
        self.life = Life(self.kills, self.folder, self.controls, self.executions)
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            make_app(self),
            lifespan="off",
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            ws_ping_interval=None,
        )
        self._server = QuietServer(config)
        serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        self._tasks = [serving, asyncio.create_task(self.life.work())]
        await self._server.is_listening.wait()

    async def kill(self) -> None:
        """End at once, without a word on any connection."""
        assert self._server is not None
        server, tasks = self._server, self._tasks
        self.kills += 1
        for one in server.servers:
            one.close()
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        server.should_exit = server.force_exit = True
        for task in tasks[1:]:
            task.cancel()
        for handler in list(server.server_state.tasks):
            handler.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._server = None

    async def restart(self) -> None:
        """End at once and come up again on the same port."""
        await self.kill()
        await self.start()

    @property
    def is_up(self) -> bool:
        """Say whether it runs."""
        return self._server is not None

    async def before_post(self, request: Request) -> None:
        """Let a posted prompt through, or cut its connection off and let it land later."""
        self.posts += 1
        if self.lose_request is not None:
            landing, self.lose_request = self.lose_request, None
            self._cut(request)
            await landing.wait()

    async def after_post(self, request: Request) -> None:
        """Cut off the answer to a prompt that has been handled."""
        if self.lose_answer:
            self.lose_answer = False
            self._cut(request)

    def cut_sockets(self) -> None:
        """Break every WebSocket, without a close frame."""
        assert self._server is not None
        for connection in list(self._server.server_state.connections):
            if type(connection).__name__.startswith("WebSocket"):
                connection.transport.abort()

    def _cut(self, request: Request) -> None:
        assert self._server is not None
        for connection in list(self._server.server_state.connections):
            transport = connection.transport
            peer = transport.get_extra_info("peername")
            if peer is not None and request.client is not None and peer[1] == request.client.port:
                transport.abort()


@contextlib.asynccontextmanager
async def comfyui(folder: Path) -> AsyncIterator[FakeComfyUi]:
    """Run a fake server for as long as the block runs."""
    fake = FakeComfyUi(folder)
    await fake.start()
    try:
        yield fake
    finally:
        if fake.is_up:
            await fake.kill()
