"""Branches by real processes: a fork renders what is different and no more, and a film comes back byte for byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bus import events as e
from bus.ids import ProductionId, digest_of
from bus.production import fold
from tests.e2e.house import House, until

WORDS = "A red fox crosses a frozen lake, 3 shots, 3 seconds"


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


async def _film(house: House, *arguments: str) -> str:
    """Run a command that ends with a film; return the production's id."""
    made = await asyncio.to_thread(house.run, *arguments)
    assert made.returncode == 0, made.stderr
    film = Path(made.stdout.strip())
    assert film.is_file()
    return film.stem


async def _document(house: House, *arguments: str) -> dict[str, Any]:
    """Run a command that prints a document."""
    ran = await asyncio.to_thread(house.run, *arguments, "--json")
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return dict(json.loads(ran.stdout))


async def _facts(house: House, production: str) -> list[e.Fact]:
    """Return what the log of a production says, without what was adopted."""
    async with house.log() as log:
        recorded = await log.read(ProductionId(production))
    assert fold(ProductionId(production), recorded).anomalies == ()
    facts = [one.event.fact for one in recorded if isinstance(one, e.Recorded)]
    return [fact for fact in facts if isinstance(fact, e.Fact) and not isinstance(fact, e.ProductionAdopted)]


def _rendered(facts: list[e.Fact]) -> list[str]:
    return [one.which() for one in facts if isinstance(one, e.SegmentRendered)]


def _chained(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the plan with its third segment going on where the second stops; the film stays as long as it is."""
    first, second, third = plan["segments"]
    first["out_frame"] -= 1
    second["out_frame"] = second["frame_count"]
    third |= {
        "mode": "i2v",
        "start": {"kind": "segment", "segment": 2},
        "transition": {"kind": "continue"},
        "in_frame": 1,
        "out_frame": third["frame_count"],
    }
    return plan


async def test_a_fork_renders_what_is_different_and_outlives_what_it_branches_from(
    house: House, tmp_path: Path
) -> None:
    """Of three segments one is rendered, and that was said before; the other film stays, and may be removed."""
    film = await _film(house, "make", "--yes", "--no-sample", "--no-caption", WORDS)
    before = await _facts(house, film)
    bytes_before = house.film(film).read_bytes()
    change = ("--segment", "2", "--prompt", "A grey wolf waits between birch trees")
    fork = await _film(house, "fork", film, *change, "--yes")
    assert _rendered(await _facts(house, fork)) == ["2-2"]
    assert house.frame_count(fork) == 48
    assert house.film(fork).read_bytes() != bytes_before
    # What words change is known once they are understood: the plan says it, and one segment is rendered.
    second = await _film(house, "fork", fork, "--say", "segment 3: closer, and slower", "--yes")
    assert _rendered(await _facts(house, second)) == ["3-2"]
    assert await _facts(house, film) == before
    assert house.film(film).read_bytes() == bytes_before

    listed = await asyncio.to_thread(house.run, "ls")
    stems = [line.split(fork[:8])[0] for line in listed.stdout.splitlines()[1:]]
    assert stems == ["", "└ ", "  └ "], listed.stdout

    removed = await asyncio.to_thread(house.run, "rm", "--yes", film)
    assert removed.returncode == 0, removed.stderr
    await until(lambda: not house.film(film).exists(), 30, "the film to be removed")
    verified = await asyncio.to_thread(house.run, "verify")
    assert verified.returncode == 0, verified.stdout


async def test_a_film_comes_back_byte_for_byte_in_fresh_processes(tmp_path: Path) -> None:
    """Begun again, killed to the last process, and gone on with by others: each clip and the film have the same bytes.

    The film is a fork whose third segment continues the second, so that a chain is made again as well. Then all of it
    is made again from scratch by processes that had no part in it.
    """
    house = House(tmp_path / "home")
    await house.up()
    try:
        first = await _film(house, "make", "--yes", "--no-sample", "--no-caption", WORDS)
        plan = json.loads((house.root / "productions" / "plans" / first / "plan-1.json").read_text())
        (tmp_path / "plan.json").write_text(json.dumps(_chained(plan)))
        film = await _film(house, "fork", first, "--plan", str(tmp_path / "plan.json"), "--yes")
        assert _rendered(await _facts(house, film)) == ["3-2"]
        async with httpx.AsyncClient() as client:
            begun = await client.post(f"{house.url}/productions/{film}/regenerations", json={}, timeout=30)
        assert begun.status_code == 201, begun.text
        again = str(begun.json()["id"])
        await until(lambda: _is_rendered(house, again, 1), 90, "the first take to be there again")
        assert house.process is not None
        house.process.kill()
        house.process.wait()
        await until(lambda: not house.children(), 30, "the others to leave with it")

        await house.up()
        shown = await _document(house, "regenerate", film, "--continue")
        assert (shown["id"], shown["matches"]) == (again, True)
        assert [one["likeness"] for one in (*shown["segments"], shown["film"])] == ["same_bytes"] * 4
        assert [one["now"] for one in shown["segments"]] == ["1-1", "2-1", "3-2"]
        assert sorted(_rendered(await _facts(house, again))) == ["1-1", "2-1", "3-2"]
        content = house.film(film).read_bytes()
        assert house.film(again).read_bytes() == content
        compared = [one for one in await _facts(house, again) if isinstance(one, e.ProductionCompared)]
        assert [one.comparison.found for one in compared] == [digest_of(content)]
        # The agents come to the same plan again, and the plan that the person put in its place takes its place again.
        scratch = await _document(house, "regenerate", film, "--from-scratch")
        assert (scratch["matches"], scratch["decisions"]) == (True, [])
        assert house.film(scratch["id"]).read_bytes() == content

        # What both are held against stays for them, also where the recorded film is removed.
        for one in (film, first):
            assert (await asyncio.to_thread(house.run, "rm", "--yes", one)).returncode == 0
        await until(lambda: not house.film(film).exists(), 30, "the film to be removed")
        verified = await asyncio.to_thread(house.run, "verify")
        assert verified.returncode == 0, verified.stdout
        shown = await _document(house, "regenerate", again, "--continue")
        assert [one["likeness"] for one in (*shown["segments"], shown["film"])] == ["same_bytes"] * 4
    finally:
        await house.down()
        assert house.children() == {}


async def _is_rendered(house: House, production: str, count: int) -> bool:
    """Say whether so many takes of a production were rendered."""
    return len(_rendered(await _facts(house, production))) >= count
