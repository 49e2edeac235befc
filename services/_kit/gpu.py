"""The two programs that keep models in a GPU's memory: whether they share one, and how each gives its memory back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

import httpx

from services._kit.comfyui.client import ComfyUi, opened
from services._kit.comfyui.errors import Unreached
from services._kit.llm import LanguageModel, ModelFailed
from services._kit.settings import Gpu, Llm, Settings

POLL_S: Final = 0.5
INSIST_AFTER_S: Final = 10.0
"""After so long ComfyUI is asked again, and then to drop what it keeps for repeated prompts as well."""
HELD_MAX_BYTES: Final = 512 * 1024 * 1024
"""What ComfyUI may still hold when its models are out: workspace of its libraries, and no model."""

Say = Callable[[str], None]


class OllamaMemory:
    """Ollama, which loads a model when it is asked and keeps it for a while."""

    def __init__(self, settings: Llm) -> None:
        self._settings = settings

    async def is_there(self) -> bool:
        """Say whether it runs at all."""
        async with _model(self._settings) as model:
            try:
                await model.server.version()
            except ModelFailed:
                return False
        return True

    async def free(self, say: Say) -> None:
        """Have it unload everything, and return when nothing is loaded any more."""
        async with _model(self._settings) as model:
            while True:
                try:
                    loaded = await model.unload()
                except ModelFailed as failure:
                    if isinstance(failure.__cause__, ConnectionRefusedError):
                        # Nobody listens: what does not run holds no memory.
                        return
                    say(f"Ollama has to free the GPU's memory, and does not answer: {failure.what}")
                else:
                    if not loaded:
                        return
                    say(f"Ollama unloads {', '.join(one.name for one in loaded)}")
                await asyncio.sleep(POLL_S)


@contextlib.asynccontextmanager
async def _model(settings: Llm) -> AsyncIterator[LanguageModel]:
    model = LanguageModel(settings)
    try:
        yield model
    finally:
        await model.close()


class ComfyUiMemory:
    """The ComfyUI servers of this machine, which keep a model until they are told to let go of it."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = tuple(urls)

    async def is_there(self) -> bool:
        """Say that they are: who renders has found one."""
        return True

    async def free(self, say: Say) -> None:
        """Have each unload its models, and return when the memory is back."""
        async with opened() as http:
            await asyncio.gather(*(_free(ComfyUi(url, http), say) for url in self._urls))


async def _free(server: ComfyUi, say: Say) -> None:
    """Return when nothing runs on the server and its models are out of memory.

    It says how much it holds only where the card has memory of its own; elsewhere an idle server that was told counts.
    """
    loop = asyncio.get_running_loop()
    asked_at: float | None = None
    while True:
        try:
            if asked_at is None or loop.time() - asked_at >= INSIST_AFTER_S:
                await server.free(drops_cache=asked_at is not None)
                asked_at = loop.time()
            queue, stats = await server.queue(), await server.server()
        except Unreached as error:
            if isinstance(error.__cause__, httpx.ConnectError):
                return
            say(f"ComfyUI has to free the GPU's memory, and does not answer: {error.why}")
        else:
            if not (queue.running or queue.pending) and (stats.held_bytes or 0) <= HELD_MAX_BYTES:
                return
            if queue.running or queue.pending:
                say("ComfyUI has to free the GPU's memory, and still renders")
            else:
                say(f"ComfyUI frees the GPU's memory: {(stats.held_bytes or 0) / 1e9:.1f} GB to go")
        await asyncio.sleep(POLL_S)


def tenants_of(settings: Settings) -> dict[str, OllamaMemory | ComfyUiMemory]:
    """Return who shares the GPU, by what they want it for; nobody where it is not shared."""
    urls = shared_servers(settings.gpu, settings.llm, settings.comfyui.urls)
    return {"render": ComfyUiMemory(urls), "think": OllamaMemory(settings.llm)} if urls else {}


def shared_servers(gpu: Gpu, llm: Llm, comfyui_urls: Sequence[str]) -> tuple[str, ...]:
    """Return the ComfyUI servers that take turns with Ollama; none where nothing is shared."""
    if llm.use == "off" or gpu.shared is False:
        return ()
    if gpu.shared is True:
        return tuple(comfyui_urls)
    here = _machine(llm.url)
    return tuple(url for url in comfyui_urls if _machine(url) == here)


def _machine(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return "localhost" if host in ("127.0.0.1", "::1", "0.0.0.0") else host  # noqa: S104 - it is compared, not bound
