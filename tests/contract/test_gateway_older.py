"""The calls of older UIs over HTTP: clips as jobs, joined by their names, and off unless they are set."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bus import events as e
from bus.ids import ProductionId
from services.gateway.access import Rates
from tests.contract.clip_house import made_clip
from tests.contract.gateway_house import House, open_house, problem_of
from tests.contract.test_gateway_create import picture
from tests.gateway_facts import FOX


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway that serves the older calls, too."""
    async with open_house(tmp_path, has_older_routes=True) as one:
        yield one


async def test_older_calls_are_off_unless_they_are_set(tmp_path: Path) -> None:
    """By default they are no calls of ours, and are not described."""
    async with open_house(tmp_path) as house:
        for path in ("/generate_wan_t2v", "/generate_wan_video", "/stitch_videos"):
            assert problem_of(await house.client.post(path, json={"prompt": FOX}))[0] == 404
        described = (await house.client.get("/v1/openapi.json")).json()
        assert [path for path in described["paths"] if not path.startswith("/v1")] == []


async def test_a_clip_from_text_is_a_job(house: House) -> None:
    """Form or JSON, the answer says under which name the job is asked after, and it is a clip like any other."""
    for sent in ({"json": {"prompt": FOX, "frames": 17}}, {"data": {"prompt": FOX, "frames": "17"}}):
        answer = await house.client.post("/generate_wan_t2v", **sent)
        assert answer.status_code == 200, answer.text
        job = answer.json()
        assert (job["success"], job["status"]) == (True, "queued")
        shown = (await house.client.get(job["production"])).json()
        assert (shown["purpose"], shown["segments"][0]["frame_count"]) == ("clip", 17)
        for ask in (
            house.client.get(job["status_url"]),
            house.client.post("/video_status", json={"job_id": job["job_id"]}),
            house.client.post("/video_status", data={"prompt_id": job["job_id"]}),
        ):
            assert (await ask).json()["job_id"] == job["job_id"]


async def test_a_clip_from_a_picture_takes_one(house: House) -> None:
    """As a file or in base64; without one, or with one where words alone are taken, that is said."""
    content = picture(96, 64, format_="PNG")
    data_url = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    for sent in (
        {"data": {"prompt": FOX, "frames": "17"}, "files": {"image": ("x.png", content, "image/png")}},
        {"json": {"prompt": FOX, "frames": 17, "image": data_url}},
        {"json": {"prompt": FOX, "frames": 17, "start_image": data_url, "end_image": data_url.partition(",")[2]}},
    ):
        answer = await house.client.post("/generate_wan_video", **sent)
        assert answer.status_code == 200, answer.text
        shown = (await house.client.get(answer.json()["production"])).json()
        assert shown["segments"][0]["start"]["kind"] == "image"
    for path, body, says in (
        ("/generate_wan_video", {"prompt": FOX}, "There is no picture."),
        ("/generate_wan_t2v", {"prompt": FOX, "image": data_url}, "A picture came with it."),
        ("/generate_wan_video", {"prompt": FOX, "image": "x"}, "image is no picture in base64."),
        ("/generate_wan_t2v", {"prompt": FOX, "cfg": 5}, "The field 'cfg' is not known."),
        ("/generate_wan_t2v", {"prompt": "A nude schoolgirl"}, "The content policy refuses this."),
    ):
        answer = await house.client.post(path, json=body)
        found, detail = problem_of(answer)
        assert found in (403, 422)
        assert says in detail
        assert answer.json()["success"] is False
        assert says in answer.json()["error"]


async def test_every_error_is_said_as_older_uis_read_it(tmp_path: Path) -> None:
    """Also where the call is not reached: no token, too often, another method or media type."""
    async with open_house(tmp_path, has_older_routes=True, rates=Rates(per_minute=1)) as house:
        call = house.client.post
        await call("/generate_wan_t2v", json={"prompt": ""})
        answers = [
            await call("/generate_wan_t2v", json={"prompt": FOX}),
            await call("/video_status", content=b"x", headers={"content-type": "text/plain"}),
            await house.client.get("/stitch_videos"),
            await call(
                "/video_status", json={"job_id": "no-such-7q2k"}, headers={"origin": "https://elsewhere.example"}
            ),
        ]
    assert [problem_of(one)[0] for one in answers] == [429, 415, 405, 403]
    for said in (one.json() for one in answers):
        assert (said["success"], said["error"]) == (False, f"{said['detail']} {said['help']}")


async def test_a_form_of_far_too_many_fields_is_refused(house: House) -> None:
    """It is the client's mistake, and said as that."""
    many = await house.client.post("/stitch_videos", data={f"field{number}": "x" for number in range(300)})
    assert problem_of(many) == (422, "The form can't be read. It has more than 128 fields.")


async def test_files_are_joined_and_asked_after(house: House, tmp_path: Path) -> None:
    """Names that jobs gave are joined; names elsewhere, and jobs that are not, are refused."""
    links = [await made_clip(house, tmp_path, name) for name in ("one", "two")]
    ids = [link.split("/")[3] for link in links]
    done = (await house.client.get(f"/video_status?job_id={ids[0]}")).json()
    assert (done["status"], done["video_url"]) == ("completed", links[0])
    body = {"video_files": [f"{one}.mp4" for one in ids], "output_filename": "both.mp4"}
    answer = await house.client.post("/stitch_videos", json=body)
    assert answer.status_code == 200, answer.text
    state = await house.books.state(ProductionId(answer.json()["job_id"]))
    assert state.plan is not None
    assert (state.plan.title, len(state.plan.segments)) == ("both", 2)
    form = {"video_files": [f"{one}.mp4" for one in ids]}
    assert (await house.client.post("/stitch_videos", data=form)).status_code == 200
    for wrong, status in (({"video_files": ["/etc/passwd"]}, 422), ({"video_files": ["no-such-7q2k.mp4"]}, 404)):
        assert problem_of(await house.client.post("/stitch_videos", json=wrong))[0] == status
    assert problem_of(await house.client.get("/video_status?job_id=no-such-7q2k"))[0] == 404
    assert problem_of(await house.client.get("/video_status"))[0] == 422
    assert problem_of(await house.client.get("/video_status?job=x"))[0] == 422


async def test_a_job_on_its_way_says_how_far_it_is(house: House) -> None:
    """The newest step is the per cent that an older UI draws."""
    answer = await house.client.post("/generate_wan_t2v", json={"prompt": FOX, "frames": 17})
    production = ProductionId(answer.json()["job_id"])
    await house.caught_up()
    house.door.index.steps.take(production, b'{"service": "creator", "about": "segment 1", "done": 4, "total": 17}')
    job = (await house.client.get(f"/video_status?job_id={production}")).json()
    assert (job["status"], job["progress"]) == ("processing", 23)
    await house.tell(production, e.ProductionCancelled(why="enough"))
    job = (await house.client.get(f"/video_status?job_id={production}")).json()
    assert (job["success"], job["status"]) == (False, "failed")
