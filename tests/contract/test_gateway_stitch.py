"""Clips that are joined, over HTTP and as files: by their links, and each at its own speed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from bus.board import film_takes
from bus.ids import digest_of
from bus.plan import Size
from services._kit.media import probe
from services.gateway.stitching import Piece
from services.stitcher.film import join_film
from tests import stories
from tests.contract.clip_house import made_clip, write_clip
from tests.contract.gateway_house import House, open_house, problem_of
from tests.unit.test_gateway_stitch import joined, piece


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


def test_clips_that_do_not_agree_keep_their_speed(tmp_path: Path) -> None:
    """A clip of half the rate and another size is shown as long as it was, each of its frames twice."""
    ours = write_clip(tmp_path / "ours.mp4", [40] * 16, 16)
    slow = write_clip(tmp_path / "slow.mp4", [80, 120, 160, 200], 8, 128, 96)
    store: dict[str, Path] = {}

    class Store:
        def path(self, digest: str) -> Path:
            return store[digest]

    def stored(one: Piece, path: Path) -> Piece:
        digest = digest_of(path.read_bytes())
        store[digest] = path
        return structs.replace(one, clip=structs.replace(one.clip, digest=digest))

    pieces = (stored(piece("ours", 16, 16), ours), stored(piece("slow", 8, 4, Size(128, 96)), slow))
    state = joined(*pieces)
    takes, plan = film_takes(state), state.plan
    assert takes is not None
    assert plan is not None
    facts = join_film(state, plan, takes, Store(), tmp_path / "film.mp4", lambda *_, **__: None, lambda: False)  # type: ignore[arg-type]
    assert (facts.copied, facts.frame_count) == ((1,), 24)
    assert probe(tmp_path / "film.mp4").frame_count == 24
    from services._kit.stills import stills

    levels = [round(float(one.mean())) for one in stills(tmp_path / "film.mp4", range(16, 24))]
    assert all(
        abs(found - wanted) <= 2 for found, wanted in zip(levels, [80, 80, 120, 120, 160, 160, 200, 200], strict=True)
    )


async def test_clips_are_joined_by_their_links(house: House, tmp_path: Path) -> None:
    """Films and takes of several productions become one whose takes are there already; each says whose it is."""
    one, two = await made_clip(house, tmp_path, "one"), await made_clip(house, tmp_path, "two")
    take = two.replace("film?cut=1", "takes/1-1/clip")
    body = {"clips": [one, take, one], "title": "Both", "crossfade_frames": 4}
    answer = await house.client.post("/v1/stitch", json=body, headers={"idempotency-key": "j"})
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["purpose"], said["title"], said["status"]["name"]) == ("stitch", "Both", "stitching")
    assert [part["accepted"] for part in said["segments"]] == ["1-1", "2-1", "3-1"]
    borrowed = [part["takes"][0]["borrowed"]["name"] for part in said["segments"]]
    assert borrowed == ["cut 1", "take 1-1", "cut 1"]
    assert said["plan"]["frame_count"] == 3 * 17 - 8
    again = await house.client.post("/v1/stitch", json=body, headers={"idempotency-key": "j"})
    assert (again.status_code, again.json()["id"]) == (200, said["id"])
    sheet = await house.client.get(said["segments"][0]["takes"][0]["sheet"])
    assert sheet.headers["content-type"] == "image/jpeg"
    await house.caught_up()
    page = (await house.client.get("/v1/productions?purpose=stitch")).json()
    assert [shown["id"] for shown in page["productions"]] == [said["id"]]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"clips": []}, 422, "0 clips are to be joined."),
        ({"clips": ["x"]}, 422, "'x' is no link to a clip of ours."),
        ({"clips": ["/v1/productions/none-7q2k/film"]}, 404, "There is no production none-7q2k."),
        ({"clips": [f"/v1/productions/{stories.PRODUCTION}/film"]}, 409, "is not there yet"),
        ({"clips": [f"/v1/productions/{stories.PRODUCTION}/takes/9-9/clip"]}, 404, "has no clip of take 9-9"),
        ({"clips": [f"/v1/productions/{stories.PRODUCTION}/samples/1-1/clip"] * 101}, 422, "101 clips are to be"),
        ({"clips": [f"/v1/productions/{stories.PRODUCTION}/samples/1-1/clip"]}, 410, "missing from the store"),
        ({"clips": ["x"], "speed": 2}, 422, "unknown field `speed`"),
    ],
)
async def test_what_can_not_be_joined_says_why(house: House, body: dict[str, object], status: int, says: str) -> None:
    """Links that lead nowhere, clips that are not there, and bytes that are gone are told apart; nothing is written."""
    await house.begin(*stories.BEGINNING[:4])
    before = len(house.log.stored)
    found, detail = problem_of(await house.client.post("/v1/stitch", json=body))
    assert (found, says in detail) == (status, True), detail
    assert len(house.log.stored) == before
