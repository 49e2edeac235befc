"""The WebSocket of a ComfyUI server: it tells how far a render is, and it may break, go silent or never come up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final
from urllib.parse import urlencode

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

log = structlog.get_logger()

MESSAGE_BYTES_MAX: Final = 64 * 1024 * 1024
"""The report of a failed node holds its inputs, which may be large."""
OPEN_S: Final = 3.0
AGAIN_S: Final = 2.0
FLAGS: Final = '{"type":"feature_flags","data":{"supports_preview_metadata":true}}'
"""Has to be the first message: previews then name their prompt."""

Hear = Callable[[str | bytes], None]


@contextlib.asynccontextmanager
async def listening(url: str, client_id: str, hear: Hear) -> AsyncIterator[None]:
    """Listen for as long as the block runs. Waits until the socket is open or is known to fail, and never raises.

    ComfyUI sends the events of a prompt only to the client id that the prompt was posted with, so a broken connection
    is opened again under the same id, after the old one is closed. If the server notices the old one's end only then,
    it forgets the new one too, and stays silent: whoever listens must not depend on it.
    """
    is_tried = asyncio.Event()
    running = asyncio.create_task(_listen(f"{url}?{urlencode({'clientId': client_id})}", hear, is_tried))
    try:
        await is_tried.wait()
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _listen(url: str, hear: Hear, is_tried: asyncio.Event) -> None:
    while True:
        try:
            async with connect(
                url, open_timeout=OPEN_S, close_timeout=0.2, max_size=MESSAGE_BYTES_MAX, proxy=None, compression=None
            ) as socket:
                await socket.send(FLAGS)
                is_tried.set()
                await _hear_all(socket, hear)
        except (OSError, TimeoutError, WebSocketException) as error:
            log.debug("no progress from comfyui", url=url, why=str(error))
        finally:
            is_tried.set()
        await asyncio.sleep(AGAIN_S)


async def _hear_all(socket: ClientConnection, hear: Hear) -> None:
    async for message in socket:
        hear(message)
