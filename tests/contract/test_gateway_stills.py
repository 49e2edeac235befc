"""Thumbnails, frames and contact sheets: made of what is stored, once, and the same each time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from msgspec import structs

from bus import events as e
from bus.plan import Artifact
from services._kit.media import ClipWriter, Frame
from services._kit.pictures import write_jpeg, write_png
from services.gateway import stills
from services.gateway.stills_view import middles, spread
from tests import stories
from tests.contract.gateway_house import House, open_house, problem_of
from tests.gateway_facts import FILM, PLAN, PLANNED, finished

FRAMES = 33
AT = f"/v1/productions/{stories.PRODUCTION}"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


def grey(level: int, width: int = 64, height: int = 48) -> Frame:
    """Return a frame of one grey."""
    return np.full((height, width, 3), level, np.uint8)


def keep(house: House, name: str, media_type: str, frame_count: int | None = None) -> Artifact:
    """Keep a picture, or a clip whose frames grow lighter by five levels each."""
    with house.store.workspace() as folder:
        file = folder / name
        match file.suffix:
            case ".mp4":
                with ClipWriter(file, 64, 48, 16) as clip:
                    for index in range(frame_count or 0):
                        clip.write(grey(20 + 5 * index))
            case ".jpg":
                write_jpeg(grey(90, 832, 480), file)
            case _:
                write_png(grey(90, 832, 480), file)
        size_bytes = file.stat().st_size
        digest = house.store.keep(file)
    return Artifact(
        digest=digest, media_type=media_type, size_bytes=size_bytes, width=64, height=48, frame_count=frame_count
    )


async def furnish(house: House) -> None:
    """Begin a production with a picture, a sample, a take and a film that are really there."""
    clip, poster = keep(house, "clip.mp4", "video/mp4", FRAMES), keep(house, "poster.jpg", "image/jpeg")
    picture = keep(house, "picture.png", "image/png")
    film = structs.replace(FILM, film=clip)
    facts: list[e.Fact] = []
    for one in finished().log:
        assert isinstance(one, e.Recorded)
        fact = one.event.fact
        match fact:
            case e.ProductionRequested():
                facts.append(structs.replace(fact, images=(picture,)))
            case e.SampleRendered() | e.SegmentRendered():
                facts.append(structs.replace(fact, clip=clip, poster=poster))
            case e.ProductionDone():
                facts.append(film)
            case e.Fact():
                facts.append(fact)
            case _:
                raise AssertionError(fact)
    await house.begin(*facts)


def shown(answer: httpx.Response) -> Frame:
    """Return the picture that was sent, having checked how it was sent."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, dtype=np.uint8)


async def test_every_picture_that_a_view_names_is_sent(house: House) -> None:
    """Posters, thumbnails, sheets and key frames are found where the production says, and stay the same bytes."""
    await furnish(house)
    production = (await house.client.get(AT)).json()
    take, sample = production["segments"][0]["takes"][0], production["samples"][0]
    image = production["conversation"][0]["images"][0]
    film = production["film"]
    listed = (await house.client.get(take["frames"])).json()
    links = [take["thumbnail"], take["sheet"], sample["thumbnail"], image["thumbnail"], film["poster"], film["sheet"]]
    for link in (*links, *(one["link"] for one in listed["frames"])):
        answer = await house.client.get(link)
        shown(answer)
        tag = {"if-none-match": answer.headers["etag"]}
        assert (await house.client.get(link, headers=tag)).status_code == 304
        head = await house.client.head(link)
        assert (head.status_code, head.content) == (200, b"")
    assert listed["sheet"] == take["sheet"]
    summary = (await house.client.get("/v1/productions")).json()["productions"][0]
    assert summary["thumbnail"] == take["thumbnail"]


async def test_a_frame_is_the_very_one_that_was_asked_for(house: House) -> None:
    """Between key frames, too: frame n of the clip is frame n of what is sent."""
    await furnish(house)
    listed = (await house.client.get(f"{AT}/takes/1-1/frames")).json()
    assert listed["frame_count"] == FRAMES
    assert [one["index"] for one in listed["frames"]] == [0, 5, 9, 14, 18, 23, 27, 32]
    for index in (0, 1, 15, 16, 17, 32):
        picture = shown(await house.client.get(f"{AT}/takes/1-1/frames/{index}"))
        assert abs(float(picture.mean()) - (20 + 5 * index)) < 2
    past = await house.client.get(f"{AT}/takes/1-1/frames/33")
    assert problem_of(past)[0] == 404
    assert "33 frames" in problem_of(past)[1]
    assert problem_of(await house.client.get(f"{AT}/takes/1-1/frames/x"))[0] == 404


async def test_thumbnails_are_as_wide_as_asked_for_and_never_wider_than_they_are(house: House) -> None:
    """Width is one of a few; a small picture is not blown up."""
    await furnish(house)
    assert shown(await house.client.get(f"{AT}/takes/1-1/thumbnail")).shape == (185, 320, 3)
    assert shown(await house.client.get(f"{AT}/takes/1-1/thumbnail?width=160")).shape == (92, 160, 3)
    assert shown(await house.client.get(f"{AT}/takes/1-1/frames/3?width=1280")).shape == (48, 64, 3)
    assert problem_of(await house.client.get(f"{AT}/takes/1-1/thumbnail?width=161"))[0] == 422


async def test_pictures_of_what_is_not_there_say_why(house: House) -> None:
    """A take that is not rendered, a film not joined, bytes that are gone or damaged: each says so."""
    await house.begin(*PLANNED, stories.ordered(PLAN, 1))
    assert problem_of(await house.client.get(f"{AT}/takes/1-1/sheet"))[0] == 409
    assert problem_of(await house.client.get(f"{AT}/film/sheet"))[0] == 409
    await house.tell(stories.PRODUCTION, stories.rendered(1))
    assert problem_of(await house.client.get(f"{AT}/takes/1-1/sheet"))[0] == 410
    broken = house.keep(b"no clip", "video/mp4")
    take = structs.replace(stories.rendered(2), clip=broken, poster=broken)
    await house.tell(stories.PRODUCTION, stories.ordered(PLAN, 2), take)
    for part in ("sheet", "thumbnail", "frames/0"):
        found, detail = problem_of(await house.client.get(f"{AT}/takes/2-1/{part}"))
        assert (found, "can't be read" in detail) == (410, True), detail


async def test_what_many_ask_for_at_once_is_made_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty cards of a page asking for one sheet cost one decode; whoever leaves takes nothing from the others."""
    await furnish(house)
    made: list[str] = []
    make = stills._sheet

    def counted(*arguments: object) -> bytes:
        made.append("sheet")
        return make(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(stills, "_sheet", counted)
    asking = [asyncio.create_task(house.client.get(f"{AT}/film/sheet?cut=1")) for _ in range(40)]
    await asyncio.sleep(0)
    asking[0].cancel()
    answers = await asyncio.gather(*asking[1:])
    assert {one.status_code for one in answers} == {200}
    assert made == ["sheet"]


async def test_no_more_pictures_are_kept_than_there_is_room_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest are forgotten; they are made again when they are asked for."""
    await furnish(house)
    monkeypatch.setattr(stills, "CACHE_BYTES_MAX", 3000)
    for index in range(10):
        shown(await house.client.get(f"{AT}/takes/1-1/frames/{index}"))
    kept = house.door.stills._kept
    assert sum(len(one.content) for one in kept.values()) <= 3000
    assert len(kept) < 10


def test_the_tiles_of_a_film_lie_inside_their_segments() -> None:
    """Crossfades shift what follows; the middle of each segment is found all the same."""
    assert middles(PLAN) == ((1, 16), (2, 49), (3, 82))
    assert spread(3, 8) == (0, 1, 2)
    assert spread(100, 5) == (0, 25, 50, 74, 99)
