"""Films of a ComfyUI of its own process, a second time: lost clips come back, and what is made again is compared."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bus.likeness import DELTA_E_MAX
from kindling.exits import Exit
from tests.e2e.house import House, create, until
from tests.e2e.test_comfyui_film import ComfyUi, comfyui, house_on, is_done, state_of

WORDS = "Waves roll onto a beach, 2 shots, 3 seconds"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ComfyUi]:
    async with comfyui(tmp_path / "comfyui") as one:
        yield one


@pytest.fixture
async def house(tmp_path: Path, server: ComfyUi) -> AsyncIterator[House]:
    one = house_on(tmp_path / "home", server)
    await one.up()
    try:
        yield one
    finally:
        await one.down()


async def film_of(house: House) -> str:
    """Return a finished film."""
    production = await create(house, WORDS, sample=False)
    await until(lambda: is_done(house, production), 180, "the film")
    return production


async def documents(house: House, *arguments: str, code: Exit = Exit.DONE) -> list[dict[str, Any]]:
    """Run a command that ends with this code, and return the documents that it prints."""
    ran = await asyncio.to_thread(house.run, *arguments, "--json")
    assert ran.returncode == code, ran.stderr + ran.stdout
    said = json.loads(ran.stdout)
    return said if isinstance(said, list) else [said]


async def lose_a_clip(house: House, production: str) -> str:
    """Remove the clip of the first take, and every name that leads to it; return its digest."""
    take = (await state_of(house, production)).takes[1, 1]
    assert take.rendered is not None
    digest = take.rendered.clip.digest
    (stored,) = (house.root / "productions" / "objects").rglob(digest)
    stored.unlink()
    shutil.rmtree(house.root / "productions" / "segments")
    return digest


async def test_a_lost_clip_comes_back_from_its_order(house: House, server: ComfyUi) -> None:
    """From the server's own file; where that is gone too, from a render that gives the very bytes, or is not kept."""
    production = await film_of(house)
    made = server.clips()
    assert len(made) == 2

    digest = await lose_a_clip(house, production)
    (done,) = await documents(house, "verify", production, "--repair")
    assert [(one["digest"], one["how"]) for one in done["mended"]] == [(digest, "rendered again from its order")]
    assert server.clips() == made, "the server still had it"

    # The history and the cache of the server both name files that are gone.
    for clip in made:
        clip.unlink()
    assert await lose_a_clip(house, production) == digest
    (done,) = await documents(house, "verify", production, "--repair")
    assert [one["digest"] for one in done["mended"]] == [digest]
    assert done["report"]["is_sound"]
    assert len(server.clips()) == 1, "only what was lost is rendered"
    (report,) = await documents(house, "verify", production)
    assert report["is_sound"]

    # Another card: it renders, and what comes of it is another clip.
    await server.kill()
    shutil.rmtree(server.folder / "output")
    server.options = ("--device", "B Card", "--drift", "9")
    await server.start()
    assert await lose_a_clip(house, production) == digest
    (done,) = await documents(house, "verify", production, "--repair", code=Exit.DAMAGED)
    assert done["mended"] == []
    (left,) = done["left"]
    assert left["where"] == "take 1-1"
    assert digest in left["what"]
    assert "It was not kept" in left["what"]
    assert len(server.clips()) == 1


async def test_a_film_made_again_is_rendered_and_what_differed_is_named(house: House, server: ComfyUi) -> None:
    """On the same server: the same frames. On another card, version and model: how alike, and each of these by name."""
    production = await film_of(house)
    (again,) = await documents(house, "regenerate", production)
    assert (again["matches"], again["likeness"]) == (True, "same_frames")
    assert [one["likeness"] for one in again["segments"]] == ["same_frames"] * 2
    assert {len(one["comparison"]["differences"]) for one in again["segments"]} == {0}
    takes = [*(await state_of(house, again["id"])).takes.values()]
    assert {len(one.postings) for one in takes} == {1}
    assert len(server.clips()) == 4, "each order is rendered, and none is answered with the recorded film's file"

    await server.kill()
    model = "wan2.1_t2v_14B_fp8_scaled.safetensors"
    files = ("--without", "t2v_14B", "--has", f"diffusion_models/{model}", "--model-bytes", "7000000000")
    changes = ("--device", "B Card", "--version", "0.3.70", *files)
    server.options = (*changes, "--drift", "3")
    await server.start()
    (near,) = await documents(house, "regenerate", production)
    assert (near["matches"], near["likeness"]) == (True, "equivalent")
    for segment in near["segments"]:
        assert segment["likeness"] == "equivalent"
        assert 0 < segment["comparison"]["delta_e"] <= DELTA_E_MAX
        found = {one["what"]: (one["was"], one["now"]) for one in segment["comparison"]["differences"]}
        assert found.keys() == {
            "device",
            "version of the renderer",
            "model",
            "size of the model's file",
            "digest of the workflow",
        }
        assert "A Card" in found["device"][0]
        assert "B Card" in found["device"][1]
        assert found["version of the renderer"] == ("0.3.64", "0.3.70")
        assert found["model"] == ("wan2.1_t2v_14B_fp16.safetensors", model)
        assert found["size of the model's file"][1] == "7000000000"

    await server.kill()
    server.options = (*changes, "--drift", "40")
    await server.start()
    shown = await asyncio.to_thread(house.run, "regenerate", production)
    assert shown.returncode == Exit.DIFFERENT, shown.stderr + shown.stdout
    told = " ".join(shown.stdout.split())
    assert "is not the same: 2 segments differ." in told
    assert "0.3.64 → 0.3.70" in told
    assert "B Card" in told
