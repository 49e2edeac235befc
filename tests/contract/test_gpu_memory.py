"""How Ollama and ComfyUI give the GPU's memory back, and when they share one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services._kit.gpu import ComfyUiMemory, OllamaMemory, shared_servers
from services._kit.settings import Gpu, Llm
from tests.fakes.comfyui import FakeComfyUi, comfyui
from tests.fakes.comfyui_rendered import Rendered, until
from tests.fakes.ollama import FakeOllama, ollama

HERE = "http://127.0.0.1:8188"
AWAY = "http://render.example:8188"


@pytest.fixture
async def thinking() -> AsyncIterator[FakeOllama]:
    async with ollama() as running:
        yield running


@pytest.fixture
async def rendering(tmp_path: Path) -> AsyncIterator[FakeComfyUi]:
    async with comfyui(tmp_path / "comfyui") as running:
        running.controls.has_card = True
        yield running


async def test_ollama_is_asked_until_nothing_is_loaded(thinking: FakeOllama) -> None:
    """Models that linger after they were told to leave are waited for, by name."""
    thinking.loaded = {"qwen3:8b": 8192, "qwen3-vl:8b-instruct": 16384}
    thinking.lingers = 1
    said: list[str] = []
    memory = OllamaMemory(Llm(url=thinking.url))
    assert await memory.is_there()
    await memory.free(said.append)
    assert thinking.loaded == {}
    assert said[0] == "Ollama unloads qwen3:8b, qwen3-vl:8b-instruct"


async def test_an_ollama_that_does_not_run_holds_no_memory() -> None:
    """Nobody listens at the address: there is nothing to wait for, and nothing to share."""
    memory = OllamaMemory(Llm(url="http://127.0.0.1:9"))
    assert not await memory.is_there()
    await memory.free(lambda _: None)


async def test_comfyui_is_asked_until_its_memory_is_back(rendering: FakeComfyUi, tmp_path: Path) -> None:
    """What renders is finished first; then the models are out of memory, and only then is it called free."""
    render = Rendered(rendering, tmp_path)
    rendering.controls.gate.clear()
    await render.begun(rendering)
    said: list[str] = []
    freeing = asyncio.ensure_future(ComfyUiMemory((rendering.url,)).free(said.append))
    await until(lambda: bool(said))
    assert not freeing.done()
    rendering.controls.gate.set()
    await render.task
    await freeing
    assert not rendering.life.has_models
    assert said[0] == "ComfyUI has to free the GPU's memory, and still renders"
    assert rendering.frees[0] == {"unload_models": True, "free_memory": False}


async def test_a_comfyui_that_does_not_run_holds_no_memory() -> None:
    """Nobody listens at the address."""
    await ComfyUiMemory(("http://127.0.0.1:9",)).free(lambda _: None)


@pytest.mark.parametrize(
    ("gpu", "llm", "urls", "shared"),
    [
        (Gpu(), Llm(), (), ()),
        (Gpu(), Llm(), (HERE, AWAY), (HERE,)),
        (Gpu(), Llm(), ("http://localhost:8188",), ("http://localhost:8188",)),
        (Gpu(), Llm(url="http://render.example:11434"), (HERE, AWAY), (AWAY,)),
        (Gpu(), Llm(use="off"), (HERE,), ()),
        (Gpu(shared=False), Llm(), (HERE,), ()),
        (Gpu(shared=True), Llm(), (AWAY,), (AWAY,)),
    ],
)
def test_a_gpu_is_shared_where_both_are_on_one_machine(
    gpu: Gpu, llm: Llm, urls: tuple[str, ...], shared: tuple[str, ...]
) -> None:
    """By itself it is found out from the addresses; the settings can say otherwise."""
    assert shared_servers(gpu, llm, urls) == shared
