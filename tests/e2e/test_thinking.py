"""Films with a model that thinks, with none, and with one that dies: real processes, and an Ollama with a script."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from bus import events as e
from bus.ids import ProductionId
from bus.production import Production, fold
from tests.e2e.house import House, create, free_port, until
from tests.fakes.ollama_film import FOX, FOX_DESCRIPTION, FOX_ENGLISH, FOX_WORDS, REPLY, SLOWLY

F = TypeVar("F", bound=e.Fact)


@asynccontextmanager
async def house_with(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """Run a Kindling that asks this server, and see that nothing of it is left."""
    monkeypatch.delenv("KINDLING_LLM")
    house = House(folder / "home")
    settings = house.root / "kindling.toml"
    settings.write_text(f'{settings.read_text()}\n[llm]\nurl = "{url}"\n')
    await house.up()
    try:
        yield house
    finally:
        await house.down()
        assert house.children() == {}


@dataclass(frozen=True, slots=True)
class Server:
    """An Ollama that runs."""

    url: str
    process: Process


@asynccontextmanager
async def ollama_process() -> AsyncIterator[Server]:
    """Run the fake as a process of its own."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.ollama",
        "--script",
        "tests.fakes.ollama_film",
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert running.stdout is not None
    try:
        yield Server((await running.stdout.readline()).decode().strip(), running)
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def state_of(house: House, production: str) -> Production:
    async with house.log() as log:
        return fold(ProductionId(production), await log.read(ProductionId(production)))


async def facts_of(house: House, production: str, kind: type[F]) -> list[F]:
    async with house.log() as log:
        recorded = await log.read(ProductionId(production))
    return [one.event.fact for one in recorded if isinstance(one, e.Recorded) and isinstance(one.event.fact, kind)]


async def test_a_model_thinks_a_film_out_and_dies_over_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words are understood in their language, prompts are English, events name model and prompt; rules finish alone."""
    async with ollama_process() as server, house_with(tmp_path, server.url, monkeypatch) as house:
        made = await asyncio.to_thread(house.run, "make", "--yes", "--llm", "ollama", FOX_WORDS)
        assert made.returncode == 0, made.stderr
        film = Path(made.stdout.strip())
        assert house.frame_count(film.stem) == 64
        assert REPLY in made.stderr
        assert "by qwen3:8b" in made.stderr
        (parsed,) = await facts_of(house, film.stem, e.IntentParsed)
        (plan,) = await facts_of(house, film.stem, e.PlanWritten)
        assert (parsed.brief.subject, parsed.brief.prompt, parsed.brief.language) == (FOX, FOX_ENGLISH, "de")
        assert parsed.brief.duration_s == 4
        for made_by in (parsed.made, plan.made):
            assert (made_by.by, made_by.model) == ("ollama", "qwen3:8b")
            assert made_by.prompt_digest is not None
        assert all(FOX_DESCRIPTION in segment.prompt for segment in plan.plan.segments)

        second = await create(house, f"{FOX_WORDS}, {SLOWLY}", sample=False)
        await until(lambda: _has_brief(house, second), 60, "the second brief")
        server.process.kill()
        await until(lambda: _is_there(house, second), 120, "the second film")
        assert house.frame_count(second) == 64
        (parsed,) = await facts_of(house, second, e.IntentParsed)
        (plan,) = await facts_of(house, second, e.PlanWritten)
        assert parsed.made.by == "ollama"
        assert plan.made.by == "rules"
        assert "does not answer" in plan.made.why
        assert any("fox" in segment.prompt.lower() for segment in plan.plan.segments)


async def _has_brief(house: House, production: str) -> bool:
    return bool(await facts_of(house, production, e.IntentParsed))


async def test_without_a_model_the_rules_make_the_film_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is shown and stands in the log; who wants no film without a model is told what would help."""
    async with house_with(tmp_path, f"http://127.0.0.1:{free_port()}", monkeypatch) as house:
        insists = await create(house, "A red fox in the snow, 4 seconds", llm="ollama")
        made = await asyncio.to_thread(house.run, "make", "--yes", "A red fox in the snow, 4 seconds")
        assert made.returncode == 0, made.stderr
        assert "by rules · Ollama does not answer" in made.stderr
        production = Path(made.stdout.strip()).stem
        (parsed,) = await facts_of(house, production, e.IntentParsed)
        (plan,) = await facts_of(house, production, e.PlanWritten)
        for made_by in (parsed.made, plan.made):
            assert made_by.by == "rules"
            assert "does not answer" in made_by.why

        async def is_stalled() -> bool:
            return bool((await state_of(house, insists)).open_stalls)

        await until(is_stalled, 60, "the film that wants a model to stall")
        problem = (await state_of(house, insists)).open_stalls[0].problem
        assert "does not answer" in problem.what
        assert "ollama serve" in problem.help
        assert not (await state_of(house, insists)).briefs


def _is_there(house: House, production: str) -> bool:
    return house.film(production).exists()
