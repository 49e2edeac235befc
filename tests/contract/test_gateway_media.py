"""Films, takes, samples and pictures as bytes: whole, in ranges, or why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bus import events as e
from tests import stories
from tests.contract.gateway_house import House, open_house, problem_of
from tests.gateway_facts import FILM, PLAN, finished
from tests.stories import BEGINNING


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


async def film_in(house: House) -> bytes:
    """Make a production whose film is in the store, and return the film's bytes."""
    content = bytes(range(256)) * 16
    film = house.keep(content, "video/mp4")
    facts = [one.event.fact for one in finished().log[:-1] if isinstance(one, e.Recorded)]
    done = e.ProductionDone(
        number=1,
        plan=1,
        film=film,
        manifest=FILM.manifest,
        takes=FILM.takes,
        duration_s=PLAN.duration_s,
        count=FILM.count,
        head=FILM.head,
        made=stories.MADE,
    )
    await house.begin(*(one for one in facts if isinstance(one, e.Fact)), done)
    return content


FILM_LINK = f"/v1/productions/{stories.PRODUCTION}/film"


async def test_a_film_is_sent_whole_and_in_ranges(house: House) -> None:
    """What a player asks for it gets, with the digest as the tag, and for ever where the cut is named."""
    content = await film_in(house)
    whole = await house.client.get(f"{FILM_LINK}?cut=1")
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, content, "video/mp4")
    assert "immutable" in whole.headers["cache-control"]
    assert "immutable" not in (await house.client.get(FILM_LINK)).headers["cache-control"]
    for range_, expected in (("bytes=0-9", content[:10]), ("bytes=4000-", content[4000:]), ("bytes=-5", content[-5:])):
        part = await house.client.get(FILM_LINK, headers={"range": range_})
        assert (part.status_code, part.content) == (206, expected)
    in_other_units = await house.client.get(FILM_LINK, headers={"range": "frames=0-9"})
    assert (in_other_units.status_code, in_other_units.content) == (200, content)
    tag = whole.headers["etag"]
    assert tag == f'"{(await house.books.state(stories.PRODUCTION)).cuts[0].film.digest}"'
    assert (await house.client.get(FILM_LINK, headers={"if-none-match": tag})).status_code == 304
    head = await house.client.head(FILM_LINK)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "4096")
    kept = await house.client.get(f"{FILM_LINK}?download")
    assert kept.headers["content-disposition"] == f'attachment; filename="{stories.PRODUCTION}.mp4"'


async def test_bytes_that_are_not_there_say_why(house: House) -> None:
    """Ranges past the end, cuts, takes and pictures that are not, and bytes that went missing are told apart."""
    await film_in(house)
    address = f"/v1/productions/{stories.PRODUCTION}"
    past = await house.client.get(FILM_LINK, headers={"range": "bytes=9999-"})
    assert problem_of(past) == (416, "The file has 4,096 bytes, and not that range.")
    assert past.headers["content-range"] == "bytes */4096"
    for path, status, says in (
        ("film?cut=2", 404, "has no cut 2"),
        ("takes/1-1/clip", 410, "is missing from the store"),
        ("takes/9-1/clip", 404, "has no take 9-1"),
        ("takes/x/clip", 404, "'x' is no take."),
        ("samples/1-2/clip", 404, "has no sample 1-2"),
        ("images/1", 404, "has no picture '1'"),
    ):
        found, detail = problem_of(await house.client.get(f"{address}/{path}"))
        assert (found, says in detail) == (status, True), detail
    await house.client.delete(address)
    assert problem_of(await house.client.get(FILM_LINK))[0] == 404


async def test_what_is_not_rendered_yet_is_not_possible_now(house: House) -> None:
    """A film, a plan or a sample that is still to come is 409, not 404."""
    production = await house.begin(*BEGINNING[:3])
    for path in ("film", "plan", "samples/1-1/clip"):
        assert problem_of(await house.client.get(f"/v1/productions/{production}/{path}"))[0] == 409


async def test_a_plan_is_sent_whole_in_each_revision(house: House) -> None:
    """The plan document is what the planner wrote, the newest unless another revision is asked for."""
    second = stories.plan(stories.segment(1))
    revised = e.PlanRevised(number=2, plan=second, changes=("shorter",), made=stories.MADE)
    production = await house.begin(*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=stories.MADE), revised)
    address = f"/v1/productions/{production}/plan"
    assert len((await house.client.get(address)).json()["segments"]) == 1
    assert len((await house.client.get(f"{address}?revision=1")).json()["segments"]) == 3
    assert problem_of(await house.client.get(f"{address}?revision=3"))[0] == 404


async def test_a_take_that_the_policy_refuses_is_not_sent(house: House) -> None:
    """Neither the clip nor a picture of it."""
    facts = (stories.ordered(PLAN, 1), stories.rendered(1), stories.flagged(1))
    await house.begin(*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=stories.MADE), *facts)
    for part in ("clip", "poster", "hand-over", "thumbnail"):
        answer = await house.client.get(f"/v1/productions/{stories.PRODUCTION}/takes/1-1/{part}")
        assert answer.status_code == 403, part
