"""A real HTTP server for a fake, on a port of its own which it keeps through restarts, inside the test's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp


class QuietServer(uvicorn.Server):
    """A server that says when it listens, and leaves signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say when it listens."""
        await super().startup(sockets)
        self.is_listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the test runner."""
        yield


class Serving:
    """An application that is served, killed and served again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._port = 0
        self._server: QuietServer | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Return where it is, or was."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._server = QuietServer(uvicorn.Config(self._app, lifespan="off", log_config=None, access_log=False))
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.is_listening.wait()

    async def kill(self) -> None:
        """End at once, without a word on any connection."""
        assert self._server is not None
        assert self._task is not None
        server, task = self._server, self._task
        for one in server.servers:
            one.close()
        self.cut()
        server.should_exit = server.force_exit = True
        handlers = list(server.server_state.tasks)
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(task, *handlers, return_exceptions=True)
        self._server = self._task = None

    def cut(self) -> None:
        """Break every connection."""
        if self._server is not None:
            for connection in list(self._server.server_state.connections):
                connection.transport.abort()

    @property
    def is_up(self) -> bool:
        """Say whether it listens."""
        return self._server is not None
