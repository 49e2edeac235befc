"""The log and the clips are enough: everything else of a Kindling may be deleted, and comes back byte for byte."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import CompletedProcess

import httpx
import pytest

from bus.ids import EventId, ProductionId, digest_of
from bus.wire.jetstream import connect
from bus.wire.log import Sealed
from kindling.home import Home, access, load_settings
from kindling.server_conf import ADMIN
from tests.e2e.house import House, create, until
from tests.histories import tell_unknown
from tests.stories import Story


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


def files_of(house: House) -> dict[str, str]:
    """Return what people find in the productions folder: each file's path and digest."""
    folder = house.root / "productions"
    return {
        str(file.relative_to(folder)): digest_of(file.read_bytes())
        for file in folder.rglob("*")
        if file.is_file() and not file.is_relative_to(folder / "objects")
    }


async def shown(house: House, *productions: str) -> dict[str, bytes]:
    """Return every listing and every page."""
    listed = await called(house, "ls", "--json")
    assert listed.returncode == 0, listed.stderr
    found = {"ls": listed.stdout.encode()}
    async with httpx.AsyncClient() as client:
        for path in ("", *(f"/{one}" for one in productions), *(f"/{one}/events?format=json" for one in productions)):
            found[path] = (await client.get(f"{house.url}/productions{path}", timeout=10)).content
    return found


def keep_only_log_and_clips(house: House, *, made_anew: set[str]) -> None:
    """Delete everything but the settings, the log's store and the objects; and of those what follows from others."""
    for file in house.root.iterdir():
        if file.name not in ("productions", ".kindling", "kindling.toml"):
            file.unlink() if file.is_file() else shutil.rmtree(file)
    for folder, kept in ((house.root / ".kindling", "nats"), (house.root / ".kindling" / "nats", "store")):
        for file in folder.iterdir():
            if file.name != kept:
                file.unlink() if file.is_file() else shutil.rmtree(file)
    objects = house.root / "productions" / "objects"
    for file in (house.root / "productions").iterdir():
        if file != objects:
            shutil.rmtree(file)
    for digest in made_anew:
        (objects / digest[:2] / digest).unlink()


async def _status(house: House, production: str) -> str:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{house.url}/productions/{production}", timeout=10)
    return str(answer.json()["status"]["name"])


async def write_newer(house: House, production: ProductionId) -> None:
    """Append an event that only a newer Kindling knows, as its service would."""
    journal = await connect(access(load_settings(Home(house.root)), ADMIN), "test")
    try:
        log = await journal.read(production)
        newer = tell_unknown(Story(production=production, log=list(log)))
        ((subject, content),) = newer.messages
        await journal.append(production, [Sealed(subject=subject, content=content, id=EventId(""))], log[-1].sequence)
    finally:
        await journal.close()


async def called(house: House, *arguments: str) -> CompletedProcess[str]:
    """Return how a command ended."""
    return await asyncio.to_thread(house.run, *arguments)


async def test_the_log_and_the_clips_are_enough(house: House) -> None:
    """A film, and a production that a newer Kindling wrote on: looked at, deleted, brought back, and mended."""
    film = await create(house, "A red fox crosses a frozen lake, 2 seconds", sample=False)
    newer = await create(house, "Waves roll onto a beach at dusk, 2 seconds")

    async def is_ready() -> bool:
        is_sampled = await _status(house, newer) == "awaiting_approval"
        return is_sampled and house.film(film).with_suffix(".json").is_file() and await _status(house, film) == "done"

    await until(is_ready, 90, "the film and the sample")
    await until(lambda: len(files_of(house)) >= 6, 30, "every file to be named")

    # An event of a newer Kindling: readers show and skip it, and whoever writes waits, and says so.
    await write_newer(house, ProductionId(newer))
    await until(lambda: _is_outdated(house, newer), 30, "the gateway to have seen it")
    refused = await called(house, "approve", newer)
    assert refused.returncode == 3
    assert "segment.graded v1" in refused.stderr
    exported = await called(house, "export", newer, str(house.root / "newer.zip"))
    assert exported.returncode == 0, exported.stderr
    assert "up to its event 6" in exported.stderr

    files, seen = files_of(house), await shown(house, film, newer)
    assert b"segment.graded" in seen[f"/{newer}/events?format=json"]
    await house.down()
    made_anew = {files[f"completed/{film}.mp4"], files[f"completed/{film}.json"]}
    keep_only_log_and_clips(house, made_anew=made_anew)
    assert files_of(house) == {}

    await house.up()
    rebuilt = await called(house, "rebuild", "--json")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    (one,) = [each for each in json.loads(rebuilt.stdout) if each["production"] == film]
    assert one["made"] == ["manifest of cut 1", "film of cut 1"]
    assert files_of(house) == files
    assert await shown(house, film, newer) == seen

    # A clip that is lost and one that a bad disk altered come back with their very bytes.
    clip, sample = _damage(house, files)
    mended = await called(house, "verify", "--repair", "--json")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    found = {each["digest"]: each["how"] for one in json.loads(mended.stdout) for each in one["mended"]}
    assert found[clip] == found[sample] == "rendered again from its order"
    assert files_of(house) == files


def _damage(house: House, files: dict[str, str]) -> tuple[str, str]:
    """Remove a take and alter a sample, in the store and under their names; return their digests."""
    (take,) = [name for name in files if "/segment-001-" in name]
    (sample,) = [name for name in files if "/sample-1-" in name]
    for name, is_lost in ((take, True), (sample, False)):
        (house.root / "productions" / name).unlink()
        stored = house.root / "productions" / "objects" / files[name][:2] / files[name]
        content = stored.read_bytes()
        stored.unlink()
        if not is_lost:
            stored.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    return files[take], files[sample]


async def _is_outdated(house: House, production: str) -> bool:
    return await _status(house, production) == "outdated"
