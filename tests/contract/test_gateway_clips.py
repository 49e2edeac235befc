"""Single clips over HTTP: with pictures and without, and asked for twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.gateway_house import House, open_house, problem_of
from tests.contract.test_gateway_create import picture
from tests.gateway_facts import FOX


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


async def test_a_clip_is_asked_for_in_json_or_with_a_picture(house: House) -> None:
    """A form brings pictures, and its figures as JSON; the answer is the production with its one segment."""
    files = [("images", ("x.png", picture(96, 64, format_="PNG"), "image/png"))]
    fields = {"prompt": FOX, "frames": "17", "size": '{"width": 480, "height": 832}', "seed": "5"}
    answer = await house.client.post("/v1/clips", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert answer.headers["location"] == said["links"]["self"]
    assert (said["purpose"], said["status"]["name"]) == ("clip", "making")
    assert [(one["mode"], one["frame_count"], one["seed"]) for one in said["segments"]] == [("i2v", 17, 5)]
    assert set(said["can"]) == {"cancel", "remove"}
    words = await house.client.post(f"{said['links']['self']}/messages", json={"words": "darker"})
    assert problem_of(words)[0] == 409
    for wrong in ({"prompt": FOX, "frames": "many"}, {"prompt": FOX, "speed": "2"}, {"frames": "17"}):
        assert problem_of(await house.client.post("/v1/clips", data=wrong, files=files))[0] == 422


async def test_the_same_key_is_one_clip(house: House) -> None:
    """Sent again, at once and later, it is the same clip; with other figures, or as a film, it is told apart."""
    headers, body = {"idempotency-key": "k1"}, {"prompt": FOX, "frames": 17}
    answers = await asyncio.gather(*(house.client.post("/v1/clips", json=body, headers=headers) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [200] * 4 + [201]
    assert len({one.json()["id"] for one in answers}) == 1
    for address, other in (("clips", {**body, "frames": 33}), ("productions", {"words": FOX})):
        assert problem_of(await house.client.post(f"/v1/{address}", json=other, headers=headers))[0] == 422
    assert len({one.subject.split(".")[2] for one in house.log.stored}) == 1


async def test_two_requests_under_one_key_at_once_are_never_two_films(house: House) -> None:
    """With other words they would have other names; one is made, and the other is told."""
    headers = {"idempotency-key": "k1"}
    answers = await asyncio.gather(
        *(house.client.post("/v1/productions", json={"words": f"Film {n}"}, headers=headers) for n in range(4))
    )
    assert sorted(one.status_code for one in answers) == [201, 422, 422, 422]
    assert len(house.log.stored) == 1
