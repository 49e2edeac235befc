"""Films on a ComfyUI of its own process: from words, from a picture, killed in the middle, and out of memory."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import httpx
import numpy as np

from bus import events as e
from bus.board import Done, status_of
from bus.ids import ProductionId
from bus.plan import Mode
from bus.production import Production, fold
from services._kit.media import frames_of
from tests.e2e.house import House, create, free_port, until

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class ComfyUi:
    """The fake ComfyUI as a process, on a port that it keeps."""

    folder: Path
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        command = (sys.executable, "-m", "tests.fakes", str(self.folder), "--port", str(self.port), "--step-s", "0.01")
        self.process = await asyncio.create_subprocess_exec(
            *command, *self.options, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert await asyncio.wait_for(self.process.stdout.readline(), 60)

    async def kill(self) -> None:
        """End it as `kill -9` does."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def queue(self) -> list[str]:
        """Return the ids of what runs and waits there."""
        async with httpx.AsyncClient() as client:
            said = (await client.get(f"{self.url}/queue")).json()
        return [item[1] for item in (*said["queue_running"], *said["queue_pending"])]

    def clips(self) -> list[Path]:
        """Return every clip that it ever wrote."""
        return sorted((self.folder / "output" / "kindling").glob("*.mp4"))


@asynccontextmanager
async def comfyui(folder: Path, *options: str) -> AsyncIterator[ComfyUi]:
    one = ComfyUi(folder, options)
    await one.start()
    try:
        yield one
    finally:
        await one.kill()


def house_on(root: Path, *servers: ComfyUi) -> House:
    """Return a house that renders on these servers."""
    house = House(root)
    named = ", ".join(f'"{one.url}"' for one in servers)
    with (house.root / "kindling.toml").open("a") as file:
        file.write(f"\n[comfyui]\nurls = [{named}]\n")
    return house


async def state_of(house: House, production: str) -> Production:
    async with house.log() as log:
        return fold(ProductionId(production), await log.read(ProductionId(production)))


async def is_done(house: House, production: str) -> bool:
    return isinstance(status_of(await state_of(house, production)), Done) and house.film(production).exists()


def picture(file: Path) -> Path:
    """Return a picture that can be told from what the fake makes of words."""
    height, width = 360, 640
    down, across = np.mgrid[0:height, 0:width]
    pixels = np.stack([60 + 80 * down / height, 90 + 60 * across / width, 150 - 80 * down / height], axis=2)
    cv2.circle(image := pixels.astype(np.uint8).copy(), (440, 120), 50, (80, 200, 250), -1)
    cv2.imwrite(str(file), image)
    return file


async def test_a_film_from_words_is_rendered_on_the_servers_that_are_named(tmp_path: Path) -> None:
    """`make --comfyui URL` says what it renders with; two servers share the film's segments, each rendered once."""
    house = House(tmp_path / "home")
    async with comfyui(tmp_path / "one") as one, comfyui(tmp_path / "two") as two:
        words = "A lighthouse keeper rows out at dusk, 6 seconds"
        named = ("--comfyui", one.url, "--comfyui", two.url)
        made = await asyncio.to_thread(house.run, "make", "--yes", *named, words)
        assert made.returncode == 0, made.stderr
        told = " ".join(made.stderr.split())
        assert f"rendering with wan2.1 on ComfyUI at {one.url} (0.3.64, A Card, 25 GB)" in told
        assert "It shows the look of the film, not how it moves" in told
        film = Path(made.stdout.strip())
        assert sum(1 for _ in frames_of(film)) == 96
        assert '"comfyui"' in film.with_suffix(".json").read_text()
        # The sample, and one clip for each of two segments.
        assert len(one.clips()) + len(two.clips()) == 3
        assert one.clips()
        assert two.clips()
        await until(lambda: not house.children(), 60, "Kindling to leave with the command")


async def test_a_film_from_a_picture_survives_kills_in_the_middle_of_a_render(tmp_path: Path) -> None:
    """The creator dies: its render is found again. ComfyUI dies: what it lost is posted again, and the log says so."""
    async with comfyui(tmp_path / "comfyui") as server:
        house = house_on(tmp_path / "home", server)
        await house.up()
        try:
            body = {"words": "The sun sets over the field, 9 seconds", "options": '{"sample": false}'}
            content = picture(tmp_path / "field.png").read_bytes()
            async with httpx.AsyncClient() as client:
                files = {"images": ("field.png", content, "image/png")}
                asked = await client.post(f"{house.url}/productions", data=body, files=files, timeout=60)
            assert asked.status_code == 201, asked.text
            production = asked.json()["id"]

            await until(server.queue, 60, "the first render")
            (first,) = await server.queue()
            os.kill(house.children()["creator"], signal.SIGKILL)
            await until(lambda: _has(house, production, e.SegmentRendered, 1), 120, "the first take")
            await until(server.queue, 120, "the next render")
            await server.kill()
            await server.start()
            await until(lambda: is_done(house, production), 180, "the film")

            state = await state_of(house, production)
            assert state.anomalies == ()
            assert house.frame_count(production) == 144
            takes = list(state.takes.values())
            assert {one.order.mode for one in takes} == {Mode.I2V}
            assert {one.rendered.made.by for one in takes if one.rendered} == {"comfyui"}
            assert [len(one.postings) for one in takes if one.postings[0].key == first] == [1]
            assert sum(len(one.postings) - 1 for one in takes) == 1, "only what was lost is posted again"
        finally:
            await house.down()


async def _has(house: House, production: str, kind: type[e.Fact], count: int) -> bool:
    async with house.log() as log:
        found = await log.read(ProductionId(production))
    return sum(isinstance(one, e.Recorded) and isinstance(one.event.fact, kind) for one in found) >= count


async def test_what_does_not_fit_into_memory_is_made_smaller_and_what_is_called_off_is_stopped(tmp_path: Path) -> None:
    """Out of memory: the planner orders the smaller setting, and the log shows it. Cancelled: ComfyUI is idle again."""
    async with comfyui(tmp_path / "comfyui", "--fits", "832x480x40") as server:
        house = house_on(tmp_path / "home", server)
        await house.up()
        try:
            production = await create(house, "Waves roll onto a beach, 6 seconds", sample=False)
            await until(lambda: is_done(house, production), 180, "the film")
            state = await state_of(house, production)
            assert house.frame_count(production) == 96
            failed = [one for one in state.takes.values() if one.failure is not None]
            assert {one.failure.kind for one in failed if one.failure} == {"out_of_memory"}
            rendered = [one for one in state.takes.values() if one.rendered is not None]
            assert {(one.order.width, one.order.height) for one in rendered} == {(624, 352)}
            assert all("ran out of memory" in one.why for one in rendered)

            other = await create(house, "A fox crosses a frozen lake, 30 seconds", sample=False)
            await until(server.queue, 60, "a render")
            os.kill(house.children()["creator"], signal.SIGSTOP)
            stopped = house.children()["creator"]
            async with httpx.AsyncClient() as client:
                await client.post(f"{house.url}/productions/{other}/cancel", json={"why": "enough"}, timeout=30)
            os.kill(stopped, signal.SIGKILL)
            await until(lambda: _is_empty(server), 120, "ComfyUI to be idle")
            await until(lambda: _is_settled(house, other), 120, "each order to have an end")
        finally:
            await house.down()


async def _is_empty(server: ComfyUi) -> bool:
    return not await server.queue()


async def _is_settled(house: House, production: str) -> bool:
    state = await state_of(house, production)
    return all(one.failure or one.rendered for one in state.takes.values() if one.postings)
