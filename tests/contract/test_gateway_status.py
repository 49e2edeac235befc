"""Long polls for clients that follow no stream, the conversation, and where a client begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from bus.work import Step
from services.gateway.choices import Catalogue
from services.gateway.page import Page
from tests import stories
from tests.contract.gateway_house import House, open_house, problem_of, until
from tests.fakes.comfyui import comfyui
from tests.gateway_facts import finished
from tests.stories import BEGINNING

AT = f"/v1/productions/{stories.PRODUCTION}"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


async def test_a_poller_is_answered_at_once_where_there_is_news(house: House) -> None:
    """Who has an older revision waits for nothing, and is told what to ask next."""
    await house.begin(*BEGINNING[:4])
    stand = (await house.client.get(f"{AT}/status?wait=30&after=2")).json()
    assert (stand["revision"], stand["status"]["name"]) == (4, "awaiting_approval")
    assert stand["next"] == f"{AT}/status?wait=30&after=4"
    assert "approve" in stand["can"]
    assert stand["production"] == AT


async def test_a_poller_waits_until_something_is_written(house: House) -> None:
    """A wait ends with the next fact, not with a step, and never before there is one."""
    production = await house.begin(*BEGINNING[:3])
    await house.caught_up()
    link = (await house.client.get(AT)).json()["links"]["status"]
    waiting = asyncio.create_task(house.client.get(link))
    await until(lambda: house.door.index.reader_count)
    step = Step(service="creator", about="sample", done=3, total=30, preview=b"jpeg")
    house.door.index._step(production, msgspec.json.encode(step))
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert not done
    now = (await house.client.get(f"{AT}/status")).json()
    assert [(one["about"], one["done"], one["preview"]) for one in now["progress"]] == [("sample", 3, "anBlZw==")]
    await house.tell(production, BEGINNING[3])
    answer = (await waiting).json()
    assert (answer["revision"], answer["progress"]) == (4, [])
    assert house.door.index.reader_count == 0


async def test_a_wait_that_is_over_is_answered_with_what_there_is(house: House) -> None:
    """When nothing happened in time the answer is the state as it is, also where the door closes meanwhile."""
    await house.begin(*BEGINNING[:4])
    answer = (await house.client.get(f"{AT}/status?wait=1&after=4")).json()
    assert answer["revision"] == 4
    waiting = asyncio.create_task(house.client.get(f"{AT}/status?wait=60&after=4"))
    await until(lambda: house.door.index.reader_count)
    house.door.close()
    assert (await waiting).json()["revision"] == 4
    for query in ("wait=61", "wait=-1", "after=-1", "wait=x"):
        assert problem_of(await house.client.get(f"{AT}/status?{query}"))[0] == 422


async def test_the_conversation_is_a_document_of_its_own(house: House) -> None:
    """Messages are told as they went, as of now or as of an event."""
    await house.begin(*BEGINNING)
    links = (await house.client.get(AT)).json()["links"]
    whole = (await house.client.get(links["conversation"])).json()
    assert [(one["by"], one["kind"]) for one in whole["messages"]] == [("person", "request"), ("kindling", "brief")]
    assert whole["link"] == links["messages"]
    assert len((await house.client.get(f"{links['conversation']}?at=1")).json()["messages"]) == 1


async def test_each_event_leads_to_the_state_as_of_it(house: House) -> None:
    """Who drags along the events needs no address of their own making."""
    await house.begin(*(one.event.fact for one in finished().log))  # type: ignore[union-attr, arg-type]
    page = (await house.client.get((await house.client.get(AT)).json()["links"]["history"])).json()
    for event in page["events"][::4]:
        assert (await house.client.get(event["state"])).json()["revision"] == event["ordinal"]


# -- where a client begins -----------------------------------------------------------------------------------


async def test_everything_is_reached_from_the_entrance(house: House) -> None:
    """The links at /v1 lead to what is there."""
    entrance = (await house.client.get("/v1")).json()
    for link in entrance["links"].values():
        assert (await house.client.get(link)).status_code in (200, 405), link


async def test_renderers_are_told_with_what_they_can_do(house: House) -> None:
    """The animatic is always ready; ComfyUI's workflows are listed with sizes, models and LoRAs, and why not ready."""
    choices = (await house.client.get("/v1/renderers")).json()
    by_name = {one["name"]: one for one in choices["renderers"]}
    assert choices["default"] == "animatic"
    assert by_name["animatic"]["is_ready"]
    wan = by_name["wan2.1"]
    assert (wan["is_ready"], wan["says"]) == (False, "No ComfyUI server is set.")
    assert {"width": 832, "height": 480, "name": "832×480"} in wan["sizes"]
    assert "t2v" in wan["modes"]
    assert wan["models"]
    assert by_name["cogvideox-t2v"]["frames"]["step"] == 8


async def test_render_servers_say_how_they_are(tmp_path: Path) -> None:
    """A server that answers says what it is and can render; one that does not is said to be away."""
    async with comfyui(tmp_path) as fake:
        found = await Catalogue(urls=(fake.url, "http://127.0.0.1:9")).choices()
    there, away = found.servers
    assert (there.is_healthy, there.says) == (True, f"ComfyUI {there.version} answers.")
    assert there.memory_bytes
    assert (away.is_healthy, "does not answer as ComfyUI" in away.says) == (False, True)
    by_name = {one.name: one for one in found.renderers}
    wan, other = by_name["wan2.1"], by_name["cogvideox-t2v"]
    assert (wan.is_ready, wan.says) == (True, f"It can render {', '.join(wan.modes)}.")
    assert (other.is_ready, other.says.startswith(fake.url), bool(other.help)) == (False, True, True)


# -- the page ------------------------------------------------------------------------------------------------


async def test_only_files_of_the_page_are_served(house: House, tmp_path: Path) -> None:
    """Files are found by the names they have; nothing beside them can be named, and the interface stays as it is."""
    folder = tmp_path / "page"
    (folder / "deep").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "deep" / "one.js").write_text("export {};")
    (folder / "secret.py").write_text("secret")
    (tmp_path / "outside.js").write_text("outside")
    house.app.router.default = Page(folder)
    index = await house.client.get("/")
    assert (index.status_code, index.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self'" in index.headers["content-security-policy"]
    module = await house.client.get("/deep/one.js")
    assert "script-src" not in module.headers["content-security-policy"]
    assert (module.text, module.headers["content-type"]) == ("export {};", "text/javascript; charset=utf-8")
    tag = {"if-none-match": module.headers["etag"]}
    assert (await house.client.get("/deep/one.js", headers=tag)).status_code == 304
    (folder / "deep" / "one.js").write_text("export const two = 2;")
    assert (await house.client.get("/deep/one.js", headers=tag)).text == "export const two = 2;"
    for path in ("/secret.py", "/../outside.js", "/%2e%2e/outside.js", "/deep/../../outside.js", "/deep", "/v1/none"):
        raw = httpx.URL(house.client.base_url).copy_with(raw_path=path.encode())
        assert problem_of(await house.client.get(raw))[0] == 404, path
    posted = await house.client.post("/deep/one.js")
    assert (problem_of(posted)[0], posted.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/none", f"{AT}/film", "/v1/openapi.json"])
async def test_every_answer_says_what_a_browser_may_do_with_it(house: House, path: str) -> None:
    """No answer is guessed at, framed, or read by a page of another origin, errors included."""
    headers = (await house.client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]
