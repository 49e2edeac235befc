"""A person edits the plan over HTTP: it is read with its ETag and sent back; of two at once, one is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from tests.contract.gateway_house import House, open_house, problem_of
from tests.gateway_facts import PLANNED


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


def prompted(plan: dict[str, object], words: str) -> dict[str, object]:
    """Return the plan as a client would send it, with other words for its first segment."""
    first, *others = msgspec.convert(plan["segments"], list[dict[str, object]])
    return {**plan, "segments": [{**first, "prompt": words}, *others]}


async def test_a_plan_is_read_edited_and_sent_back(house: House) -> None:
    """What a client reads it may change and send back with the ETag; the answer is the production as it is then."""
    production = await house.begin(*PLANNED)
    link = (await house.client.get(f"/v1/productions/{production}")).json()["links"]["plan"]
    read = await house.client.get(link)
    assert (await house.client.get(link, headers={"if-none-match": read.headers["etag"]})).status_code == 304
    headers = {"if-match": read.headers["etag"]}
    answer = await house.client.put(link, json=prompted(read.json(), "A storm"), headers=headers)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["plan"]["revision"], answer.json()["segments"][0]["prompt"]) == (2, "A storm")
    assert answer.headers["etag"] == (await house.client.get(link)).headers["etag"] == '"2"'
    again = await house.client.put(link, json=prompted(read.json(), "A storm"), headers=headers)
    assert (again.status_code, again.json()["plan"]["revision"]) == (200, 2)
    late = await house.client.put(link, json=prompted(read.json(), "A calm"), headers=headers)
    assert problem_of(late) == (
        412,
        f"The plan of {production} is at revision 2, and you edited revision 1. "
        "Somebody changed it since: Segment 1 is rendered anew: its words changed.",
    )
    assert late.headers["etag"] == '"2"'


async def test_of_two_who_edit_at_once_one_is_told(house: House) -> None:
    """Both edited revision 1: one becomes revision 2, the other hears that it has changed."""
    production = await house.begin(*PLANNED)
    link = f"/v1/productions/{production}/plan"
    read = await house.client.get(link)
    answers = await asyncio.gather(
        *(
            house.client.put(link, json=prompted(read.json(), words), headers={"if-match": '"1"'})
            for words in ("A storm", "A calm", "A fog")
        )
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412]
    assert len((await house.books.state(production)).plans) == 2


@pytest.mark.parametrize(
    ("headers", "change", "status", "says"),
    [
        ({}, {}, 428, "An edit says which revision of the plan it was made in."),
        ({"if-match": "1"}, {}, 422, "The If-Match '1' is no revision of a plan."),
        ({"if-match": '"1"'}, {"colour": "red"}, 422, "Object contains unknown field `$.colour`"),
        ({"if-match": '"1"'}, {"frame_count": "many"}, 422, "Expected `int`, got `str`"),
        ({"if-match": '"1"'}, {"title": "x" * 600_000}, 413, "The request is too large."),
    ],
)
async def test_an_edit_that_is_none_says_why(
    house: House, headers: dict[str, str], change: dict[str, object], status: int, says: str
) -> None:
    """Without a revision, with unknown or wrong fields, or far too large: each is told apart."""
    production = await house.begin(*PLANNED)
    link = f"/v1/productions/{production}/plan"
    document = (await house.client.get(link)).json() | change
    found, detail = problem_of(await house.client.put(link, json=document, headers=headers))
    assert (found, says in detail) == (status, True), detail


async def test_a_misspelt_field_inside_a_segment_is_named(house: House) -> None:
    """Unknown fields are named with their place, however deep they lie."""
    production = await house.begin(*PLANNED)
    link = f"/v1/productions/{production}/plan"
    document = (await house.client.get(link)).json()
    document["segments"][1]["start"]["imagge"] = "x"
    answer = await house.client.put(link, json=document, headers={"if-match": "*"})
    assert "`$.segments[1].start.imagge`" in problem_of(answer)[1]
