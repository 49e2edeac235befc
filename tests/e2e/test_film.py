"""A film from one sentence, by real processes over a real log; killed anywhere, it is finished all the same."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from bus import events as e
from bus.board import Done, status_of
from bus.errors import LogUnavailable
from bus.ids import ProductionId, digest_of
from bus.production import fold
from services.stitcher.manifest import Manifest
from tests.e2e.house import House, create, until

VICTIMS = ("creator", "planner", "nats-server", "reviewer", "intent", "stitcher", "gateway")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Yield a running Kindling, and see that nothing of it is left."""
    one = House(tmp_path / "home")
    await one.up()
    try:
        yield one
    finally:
        await one.down()
        assert one.children() == {}


async def _is_done(house: House, production: str) -> bool:
    return house.film(production).exists() and await _status(house, production) == "done"


async def _status(house: House, production: str) -> str:
    try:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{house.url}/productions/{production}", timeout=10)
        return str(answer.json()["status"]["name"]) if answer.status_code == 200 else ""
    except httpx.HTTPError:
        return ""


async def _check_log(house: House, production: str) -> None:
    async with house.log() as log:
        recorded = await log.read(ProductionId(production))
    state = fold(ProductionId(production), recorded)
    assert isinstance(status_of(state), Done)
    assert state.anomalies == ()
    assert [one.event.ordinal for one in recorded if isinstance(one, e.Recorded)] == list(range(1, len(recorded) + 1))


async def test_a_sentence_becomes_a_film_of_just_the_length_asked_for(house: House) -> None:
    """`kindling make --yes` ends with a film that opens, of the right number of frames, and a manifest that is true."""
    made = await asyncio.to_thread(house.run, "make", "--yes", "A lighthouse keeper rows out at dusk, 6 seconds")
    assert made.returncode == 0, made.stderr
    film = Path(made.stdout.strip())
    assert film.is_file()
    production = film.stem
    assert house.frame_count(production) == 96
    content = film.with_suffix(".json").read_bytes()
    manifest = msgspec.json.decode(content, type=Manifest)
    assert manifest.film.digest == digest_of(film.read_bytes())
    assert manifest.words == ("A lighthouse keeper rows out at dusk, 6 seconds",)
    await _check_log(house, production)
    verified = await asyncio.to_thread(house.run, "verify", production)
    assert verified.returncode == 0, verified.stderr + verified.stdout


async def test_any_process_may_be_killed_at_any_point(house: House) -> None:
    """With one process after the other killed by SIGKILL as the events come, the film is finished, each take once."""
    production = await create(house, "A cat sleeps on a windowsill, 8 seconds, watercolour", sample=False)
    victims, killed, seen = itertools.cycle(VICTIMS), list[str](), 0

    async def kill_along() -> bool:
        nonlocal seen
        if await _is_done(house, production):
            return True
        try:
            async with house.log() as log:
                count = len(await log.read(ProductionId(production)))
        except LogUnavailable:  # the server may be the one that was just killed
            return False
        if count > seen:
            seen = count
            victim = next(victims)
            pid = house.children().get(victim)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                killed.append(victim)
        return False

    await until(kill_along, 240, "the film")
    assert set(killed) >= {"creator", "planner", "nats-server", "reviewer"}
    assert house.frame_count(production) == 128
    await _check_log(house, production)


async def test_everything_may_be_killed_at_once(tmp_path: Path) -> None:
    """After `kindling up` itself is killed in the middle of a production, the next one finishes the film."""
    house = House(tmp_path / "home")
    await house.up()
    try:
        production = await create(house, "A red fox crosses a frozen lake, 8 seconds", sample=False)
        await until(lambda: _has(house, production, e.SegmentStarted), 60, "the first take to start")
        assert house.process is not None
        house.process.kill()
        house.process.wait()
        await until(lambda: not house.children(), 30, "the others to leave with it")
        await house.up()
        await until(lambda: _is_done(house, production), 120, "the film")
        assert house.frame_count(production) == 128
        await _check_log(house, production)
    finally:
        await house.down()


async def _has(house: House, production: str, fact: type[e.Fact]) -> bool:
    async with house.log() as log:
        found = await log.read(ProductionId(production))
    return any(isinstance(one, e.Recorded) and isinstance(one.event.fact, fact) for one in found)


async def test_several_of_a_service_share_the_work(house: House) -> None:
    """With a second creator and a second planner beside them, each order is rendered once and written once."""
    more = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"services.{name}", env=house.environment, stderr=asyncio.subprocess.DEVNULL
        )
        for name in ("creator", "planner", "reviewer")
    ]
    try:
        production = await create(house, "Waves roll onto a beach, 12 seconds", sample=False)
        await until(lambda: _is_done(house, production), 120, "the film")
        assert house.frame_count(production) == 192
        await _check_log(house, production)
        async with house.log() as log:
            found = await log.read(ProductionId(production))
        started = [one.subject for one in found if ".started." in one.subject]
        assert len(started) == len({subject.rsplit("-", 1)[0] for subject in started})
    finally:
        for one in more:
            one.terminate()
            await one.wait()
