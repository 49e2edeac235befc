"""Clips that are really there, for tests of what is made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from msgspec import structs

from bus import events as e
from bus.board import status_of
from bus.ids import ProductionId
from services._kit.media import ClipWriter
from services.planner.decide import decide as decide_planner
from tests import stories
from tests.contract.gateway_house import House
from tests.gateway_facts import FILM, FOX


def write_clip(path: Path, levels: list[int], fps: int, width: int = 64, height: int = 48) -> Path:
    """Write a clip whose frames are of these greys."""
    with ClipWriter(path, width, height, fps) as clip:
        for level in levels:
            clip.write(np.full((height, width, 3), level, np.uint8))
    return path


async def made_clip(house: House, tmp_path: Path, name: str) -> str:
    """Ask for a clip, write what the services would, and return the link of its film."""
    answer = await house.client.post("/v1/clips", json={"prompt": f"{FOX}, {name}", "frames": 17})
    assert answer.status_code == 201, answer.text
    production = ProductionId(answer.json()["id"])
    content = write_clip(tmp_path / f"{name}.mp4", [60] * 17, 16, 832, 480).read_bytes()
    clip = structs.replace(house.keep(content, "video/mp4"), frame_count=17, width=832, height=480)
    state = await house.books.state(production)
    (task,) = decide_planner(state, None)
    await house.tell(production, *task.facts)  # type: ignore[union-attr]
    await house.tell(production, structs.replace(stories.rendered(1), clip=clip))
    done = structs.replace(
        FILM, film=clip, plan=1, takes=(e.CutTake(segment=1, take=1, digest=clip.digest),), duration_s=17 / 16
    )
    after = await house.tell(production, done)
    assert type(status_of(after)).__name__ == "Done"
    return str((await house.client.get(f"/v1/productions/{production}")).json()["film"]["link"])
