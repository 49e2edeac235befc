"""Who may come in, over HTTP: tokens and their scopes, passes, origins, rates, streams and slow bodies."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services._kit.home import Home
from services._kit.tokens import (
    Scope,
    make_token,
)
from services.gateway.access import Access, Rates
from services.gateway.door import Limits
from tests import stories
from tests.contract.gateway_house import House, open_house, problem_of, until
from tests.stories import BEGINNING

STUDIO = "https://studio.example"
AT = f"/v1/productions/{stories.PRODUCTION}"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with nothing in it."""
    return Home(tmp_path / "home")


def bearer(text: str) -> dict[str, str]:
    """Return the header that sends a token."""
    return {"authorization": f"Bearer {text}"}


@pytest.fixture
async def house(tmp_path: Path, home: Home) -> AsyncIterator[House]:
    """Return a gateway that takes tokens, and lists one origin."""
    rules = Access(needs_token=True, home=home, hosts=None, origins=(STUDIO,))
    async with open_house(tmp_path / "objects", access=rules) as one:
        await one.begin(*BEGINNING[:4])
        await one.caught_up()
        yield one


@pytest.mark.parametrize("path", [AT, f"{AT}/events", f"{AT}/film", "/v1/productions", "/v1/renderers", "/v1/none"])
async def test_without_a_token_nothing_is_told(house: House, path: str) -> None:
    """Every call but those that say what this is takes a token; what there is not is not told either."""
    answer = await house.client.get(path)
    assert problem_of(answer) == (401, "This gateway takes a token.")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    for open_ in ("/v1", "/v1/health", "/v1/openapi.json"):
        assert (await house.client.get(open_)).status_code == 200
    assert (await house.client.get("/v1")).json()["needs_token"] is True


async def test_a_token_allows_what_its_scope_says(house: House, home: Home) -> None:
    """Who may look can't act; who may direct can do both."""
    _, reader = make_token(home, "reader", Scope.READ)
    _, director = make_token(home, "director", Scope.DIRECT)
    for text in (reader, director):
        assert (await house.client.get(AT, headers=bearer(text))).status_code == 200
    for method, path in (("POST", f"{AT}/approve"), ("PUT", f"{AT}/plan"), ("DELETE", AT), ("POST", "/v1/productions")):
        answer = await house.client.request(method, path, headers=bearer(reader))
        assert problem_of(answer)[0] == 403
        assert answer.json()["type"] == "urn:kindling:problem:scope"
    assert (await house.client.post(f"{AT}/approve", headers=bearer(director))).status_code == 200


async def test_a_pass_lets_an_address_be_looked_at(house: House, home: Home) -> None:
    """A page gives it to videos and streams: it looks, at what it is for, and can do nothing."""
    _, reader = make_token(home, "reader", Scope.READ)
    given = await house.client.post("/v1/passes", json={"production": stories.PRODUCTION}, headers=bearer(reader))
    query = given.json()["query"]
    assert given.headers["cache-control"] == "no-store"
    assert (await house.client.get(f"{AT}?{query}")).status_code == 200
    assert (await house.client.get(f"{AT}/status?wait=0&{query}")).status_code == 200
    for method, path in (("GET", "/v1/productions"), ("GET", "/v1/productions/other-film-7q2k")):
        assert problem_of(await house.client.request(method, f"{path}?{query}"))[0] == 403
    assert problem_of(await house.client.post(f"{AT}/approve?{query}"))[0] == 401
    assert problem_of(await house.client.post(f"/v1/passes?{query}"))[0] == 401
    everything = (await house.client.post("/v1/passes", headers=bearer(reader))).json()["query"]
    assert (await house.client.get(f"/v1/productions?{everything}")).status_code == 200


async def test_pages_of_a_listed_origin_may_use_everything(house: House, home: Home) -> None:
    """A browser asks first, and is told what it may send and read; errors, too, can be read by the page."""
    _, director = make_token(home, "director", Scope.DIRECT)
    asks = {
        "origin": STUDIO,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization,if-match",
        "access-control-request-private-network": "true",
    }
    preflight = await house.client.options(f"{AT}/plan", headers=asks)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == STUDIO
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert {"authorization", "if-match", "last-event-id", "idempotency-key"} <= set(
        re.split(r", *", preflight.headers["access-control-allow-headers"])
    )
    assert preflight.headers["access-control-allow-private-network"] == "true"
    told = await house.client.get(AT, headers={"origin": STUDIO, **bearer(director)})
    untold = await house.client.get(AT, headers={"origin": STUDIO})
    for answer in (told, untold):
        assert answer.headers["access-control-allow-origin"] == STUDIO
        assert "etag" in answer.headers["access-control-expose-headers"]
        assert "origin" in answer.headers["vary"].lower()
    assert (told.status_code, untold.status_code) == (200, 401)


async def test_pages_of_other_origins_may_not(tmp_path: Path) -> None:
    """On loopback, where no token is needed, a page of the internet can neither read nor post."""
    async with open_house(tmp_path) as house:
        for method, headers in (
            ("GET", {"origin": "https://evil.example"}),
            ("POST", {"origin": "https://evil.example", "content-type": "text/plain"}),
            ("OPTIONS", {"origin": "https://evil.example", "access-control-request-method": "POST"}),
        ):
            answer = await house.client.request(method, "/v1/productions", headers=headers)
            assert problem_of(answer)[0] == 403
            assert "access-control-allow-origin" not in answer.headers
        rebound = await house.client.get("/v1/productions", headers={"host": "evil.example"})
        assert problem_of(rebound)[0] == 421
        own = {"origin": "http://localhost"}
        posted = await house.client.post("/v1/productions", json={"words": "A lighthouse"}, headers=own)
        assert posted.status_code == 201


async def test_what_takes_a_gpu_is_limited_and_looking_is_not(tmp_path: Path) -> None:
    """Too many films at once are told when to come again; pollers and readers never are."""
    async with open_house(tmp_path, rates=Rates(per_minute=3)) as house:
        for number in range(3):
            await house.create(f"Film {number}")
        answer = await house.client.post("/v1/productions", json={"words": "One more"})
        assert problem_of(answer)[0] == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 20
        await house.caught_up()
        for _ in range(10):
            assert (await house.client.get("/v1/productions")).status_code == 200
        production = (await house.client.get("/v1/productions")).json()["productions"][0]["link"]
        assert (await house.client.post(f"{production}/cancel")).status_code == 200


async def test_no_more_streams_are_opened_than_there_is_room_for(tmp_path: Path) -> None:
    """One reader too many is told to come later; nothing waits for it in the gateway."""
    async with open_house(tmp_path, limits=Limits(readers_max=1)) as house:
        await house.begin(*BEGINNING[:4])
        await house.caught_up()
        waiting = asyncio.create_task(house.client.get(f"{AT}/status?wait=60&after=4"))
        await until(lambda: house.door.index.reader_count)
        for path in (f"{AT}/events", f"{AT}/status?wait=60&after=4"):
            answer = await house.client.get(path)
            assert (problem_of(answer)[0], answer.headers["retry-after"]) == (503, "5")
        house.door.close()
        assert (await waiting).status_code == 200


async def test_a_body_that_does_not_come_in_is_given_up(tmp_path: Path) -> None:
    """Who sends nothing for long is told so instead of being waited for."""
    async with open_house(tmp_path, limits=Limits(slow_body_s=0.05, slow_form_s=0.05)) as house:

        async def trickle(first: bytes) -> AsyncIterator[bytes]:
            yield first
            await asyncio.Event().wait()

        for kind, first in (("application/json", b"{"), ("multipart/form-data; boundary=x", b"--x")):
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(house.app), base_url="http://localhost"
            ) as client:
                answer = await client.post("/v1/productions", content=trickle(first), headers={"content-type": kind})
            assert problem_of(answer)[0] == 408
