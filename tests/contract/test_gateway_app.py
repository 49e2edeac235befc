"""The calls: what they answer, and why they refuse."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bus import codec
from bus import events as e
from bus.errors import LogUnavailable, Reason
from bus.ids import ProductionId
from bus.production import Production
from bus.wire.books import LogBooks
from services.gateway.denied import Bar
from services.gateway.examples import PLAN
from services.gateway.problems import MEDIA_TYPE
from tests import stories
from tests.contract.gateway_house import House, open_house, problem_of
from tests.gateway_facts import finished
from tests.stories import BEGINNING


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


# -- looking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/v1/nothing", 404, "There is nothing at GET /v1/nothing."),
        ("GET", "/v1/productions/", 404, "There is nothing at GET /v1/productions/."),
        ("PUT", "/v1/productions", 405, "/v1/productions does not take PUT."),
        ("GET", "/v1/productions/no-such-film", 404, "There is no production no-such-film."),
        ("GET", "/v1/productions/A*B", 404, "There is no production 'A*B'."),
        ("GET", f"/v1/productions/{'x' * 500}", 404, "There is no production"),
        ("GET", "/v1/productions/no-such-film/events", 404, "There is no production no-such-film."),
        ("GET", "/v1/productions/no-such-film/events?format=json", 404, "There is no production no-such-film."),
        ("GET", "/v1/productions/no-such-film/film", 404, "There is no production no-such-film."),
        ("POST", "/v1/productions/no-such-film/approve", 404, "There is no production no-such-film."),
        ("DELETE", "/v1/productions/no-such-film", 404, "There is no production no-such-film."),
        ("GET", "/v1/productions?status=happy", 422, "There is no status 'happy'."),
        ("GET", "/v1/productions?limit=0", 422, "query limit"),
        ("GET", "/v1/productions?cursor=x", 422, "query cursor"),
        ("GET", "/v1/productions?state=making", 422, "Productions are not listed by 'state'."),
    ],
)
async def test_what_is_not_there_says_so(house: House, method: str, path: str, status: int, says: str) -> None:
    """Wrong addresses, methods, names and questions are told apart, as problem documents."""
    answer = await house.client.request(method, path)
    found, detail = problem_of(answer)
    assert (found, says in detail) == (status, True), detail
    if status == 405:
        assert answer.headers["allow"] == "GET, POST"


async def test_a_production_is_shown_as_of_any_event(house: House) -> None:
    """With `at` the whole production is as it was then; past the end is an error that names the end."""
    production = await house.begin(*BEGINNING)
    address = f"/v1/productions/{production}"
    statuses = []
    for at in range(1, 6):
        shown = (await house.client.get(f"{address}?at={at}")).json()
        assert shown["revision"] == at
        statuses.append(shown["status"]["name"])
    assert statuses == ["understanding", "sampling", "sampling", "awaiting_approval", "planning"]
    for beyond in ("?at=6", "/messages?at=6", "/events?after=6"):
        found, detail = problem_of(await house.client.get(f"{address}{beyond}"))
        assert (found, detail) == (422, f"{production} has no event 6. Its last one is 5."), beyond
    assert problem_of(await house.client.get(f"{address}?at=0"))[0] == 422


async def test_who_has_the_newest_state_is_told_so(house: House) -> None:
    """A poller that names the state it has gets 304 until something is written."""
    production = await house.begin(*BEGINNING[:4])
    first = await house.client.get(f"/v1/productions/{production}")
    headers = {"if-none-match": first.headers["etag"]}
    assert (await house.client.get(f"/v1/productions/{production}", headers=headers)).status_code == 304
    await house.tell(production, BEGINNING[4])
    assert (await house.client.get(f"/v1/productions/{production}", headers=headers)).status_code == 200


async def test_lists_are_newest_first_in_pages_without_gap_or_repeat(house: House) -> None:
    """Following the pages shows every production once, also if another one is added meanwhile."""
    made = [await house.create(f"Film number {number}") for number in range(5)]
    await house.caught_up()
    link: str | None = "/v1/productions?limit=2"
    seen: list[str] = []
    while link is not None:
        page = (await house.client.get(link)).json()
        seen += [one["id"] for one in page["productions"]]
        assert page["more"] == len(made) - len(seen)
        link = page["next"]
        await house.create("One more")
        await house.caught_up()
    assert seen == made[::-1]


async def test_lists_are_narrowed_to_statuses(house: House) -> None:
    """Only what has one of the statuses is listed; deleted ones only where they are asked for."""
    kept, cancelled, deleted = [await house.create(f"Film {name}") for name in ("one", "two", "three")]
    await house.client.post(f"/v1/productions/{cancelled}/cancel")
    await house.client.delete(f"/v1/productions/{deleted}?why=tidy")
    await house.caught_up()

    async def listed(query: str) -> list[str]:
        return [one["id"] for one in (await house.client.get(f"/v1/productions{query}")).json()["productions"]]

    assert await listed("") == [cancelled, kept]
    assert await listed("?status=cancelled,deleted") == [deleted, cancelled]
    assert await listed("?status=making") == []


async def test_a_settled_production_that_goes_on_is_listed_as_it_is(house: House) -> None:
    """A film that was done and is directed again is listed with its new status, after a restart as well."""
    production = await house.begin(*(one.event.fact for one in finished().log))  # type: ignore[union-attr, arg-type]
    await house.caught_up()
    listed = (await house.client.get("/v1/productions")).json()["productions"]
    assert [one["status"]["name"] for one in listed] == ["done"]
    await house.client.post(f"/v1/productions/{production}/messages", json={"words": "warmer"})
    await house.caught_up()
    (one,) = (await house.client.get("/v1/productions")).json()["productions"]
    assert (one["status"]["name"], one["revision"]) == ("understanding", len(house.log.stored))


# -- acting ------------------------------------------------------------------------------------------------


async def test_two_people_who_approve_at_once_are_told_apart(house: House) -> None:
    """One approval is written; the other person hears that it is done."""
    production = await house.begin(*BEGINNING[:4])
    answers = await asyncio.gather(*(house.client.post(f"/v1/productions/{production}/approve") for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    late = next(one for one in answers if one.status_code == 409)
    assert problem_of(late)[1].startswith("Sample 1-1 is already approved.")
    assert len(house.log.stored) == 5


async def test_approving_after_cancelling_names_the_state(house: House) -> None:
    """The end is said, and the way on."""
    production = await house.begin(*BEGINNING[:4])
    assert (await house.client.post(f"/v1/productions/{production}/cancel", json={"why": "no"})).status_code == 200
    found, detail = problem_of(await house.client.post(f"/v1/productions/{production}/approve"))
    assert (found, detail) == (
        409,
        f"{production} was cancelled: it can't be approved. Nothing is made for it any more.",
    )


async def test_every_act_answers_with_the_production_as_it_is_then(house: House) -> None:
    """A film is directed from the first sample to the last take through the calls alone."""
    production = await house.begin(*BEGINNING[:4])
    address = f"/v1/productions/{production}"

    async def post(path: str, body: dict[str, object]) -> dict[str, dict[str, object]]:
        answer = await house.client.post(f"{address}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, dict[str, object]] = answer.json()
        return found

    assert (await post("redirect", {"words": "darker", "sample": "1-1"}))["status"]["name"] == "understanding"
    newer = (stories.parsed(2, 2), e.SampleOrdered(brief=2, take=1, order=stories.sample_order()))
    await house.tell(production, *newer, stories.sample_rendered(2))
    assert (await post("approve", {}))["status"]["name"] == "planning"
    plan = stories.plan(brief_number=2)
    made = (stories.ordered(plan, 1), stories.rendered(1), stories.rejected(1))
    await house.tell(production, e.PlanWritten(number=1, plan=plan, made=stories.MADE), *made)
    shown = await post("takes/1-1/overrule", {"ruling": "accept", "why": "I like it"})
    assert shown["status"]["accepted_count"] == 1
    assert (await post("segments/1/redo", {}))["status"]["accepted_count"] == 0
    assert (await post("segments/1/redo", {"words": "closer"}))["status"]["name"] == "understanding"
    await house.tell(production, e.ProductionStalled(number=1, problem=stories.PROBLEM))
    assert (await post("resume", {"stall": 1}))["status"]["name"] == "understanding"
    question = e.IntentQuestioned(
        number=1, heard=3, field="image", text="Which?", why="", assumed="none", made=stories.MADE
    )
    await house.tell(production, question)
    assert (await post("answer", {}))["question"] is None
    assert (await house.client.delete(f"{address}?why=tidy")).json()["status"]["says"].endswith(": tidy")


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("takes/9-9/overrule", {"ruling": "accept", "why": "x"}, 404, "has no take 9-9"),
        ("takes/one/overrule", {"ruling": "accept", "why": "x"}, 404, "'one' is no take."),
        ("takes/1-1/overrule", {"ruling": "maybe", "why": "x"}, 422, "Invalid enum value 'maybe'"),
        ("takes/1-1/overrule", {"ruling": "accept"}, 422, "missing required field `why`"),
        ("segments/x/redo", {}, 404, "'x' is no segment."),
        ("segments/1/redo", {}, 409, "It has no plan yet."),
        ("answer", {"words": "yes"}, 409, "has no open question"),
        ("resume", {}, 409, "waits to be resumed"),
        ("resume", {"stall": "all"}, 422, "Expected `int | null`, got `str`"),
        ("messages", {"words": " "}, 422, "The message is empty."),
        ("approve", {"sample": "9-9"}, 404, "has no sample '9-9'"),
    ],
)
async def test_an_act_that_cannot_be_done_says_why(
    house: House, path: str, body: dict[str, object], status: int, says: str
) -> None:
    """Each refusal has the status of its kind and names the thing; nothing is written."""
    production = await house.begin(*BEGINNING[:4])
    found, detail = problem_of(await house.client.post(f"/v1/productions/{production}/{path}", json=body))
    assert (found, says in detail) == (status, True), detail
    assert len(house.log.stored) == 4


# -- the gateway itself ------------------------------------------------------------------------------------


async def test_a_log_that_cannot_be_reached_is_said_with_when_to_come_back(house: House) -> None:
    """While the log is away calls are 503 with Retry-After; nothing is lost, and afterwards they go on."""

    class Away(LogBooks):
        async def state(self, production: ProductionId) -> Production:
            raise LogUnavailable("The log gives no answer.", why="Timeout.", help="See whether nats-server runs.")

    production = await house.begin(*BEGINNING[:1])
    house.app.state.door = dataclasses.replace(house.door, books=Away(house.log, house.books.chronicle.writer))
    answer = await house.client.get(f"/v1/productions/{production}")
    assert problem_of(answer) == (503, "The log gives no answer. Timeout.")
    assert answer.headers["retry-after"] == "2"
    house.app.state.door = house.door
    assert (await house.client.get(f"/v1/productions/{production}")).status_code == 200


async def test_health_is_ready_once_the_whole_log_was_seen(house: House) -> None:
    """Until the index has caught up the gateway is not ready, and lists are not served half."""
    assert (await house.client.get("/v1/health")).json() == {
        "name": "kindling",
        "version": "1",
        "is_ready": True,
        "sequence": 0,
        "reader_count": 0,
    }
    house.door.index.ready.clear()
    answer = await house.client.get("/v1/health")
    assert (answer.status_code, answer.json()["is_ready"]) == (503, False)
    assert problem_of(await house.client.get("/v1/productions"))[0] == 503


async def test_what_films_have_taken_is_told_and_goes_into_estimates(house: House) -> None:
    """Once a film is made its figures are there, and the estimate of the next one rests on them."""
    assert (await house.client.get("/v1/stats")).json()["clips"] == []
    events = [one.event for one in finished().log if isinstance(one, e.Recorded)]
    made = await house.begin(*(codec.require_known(event) for event in events))
    other = ProductionId("another-one")
    before = (await house.client.get(f"/v1/productions/{made}")).headers["etag"]
    await house.tell(other, *BEGINNING[:3])
    await house.caught_up()
    told = (await house.client.get("/v1/stats")).json()
    assert told["film_count"] == 1
    assert [(one["renderer"], one["rendered"]) for one in told["takes"]] == [("animatic", 3)]
    estimate = (await house.client.get(f"/v1/productions/{other}")).json()["estimate"]
    assert estimate["measured_on"] == "3 takes so far"
    await house.tell(other, BEGINNING[3])
    await house.caught_up()
    assert (await house.client.get(f"/v1/productions/{made}")).headers["etag"] != before


async def test_every_call_is_described_with_an_example(house: House) -> None:
    """The description names each call's body and answers by schemas that are there, and shows an example."""
    described = (await house.client.get("/v1/openapi.json")).json()
    schemas = described["components"]["schemas"]
    assert {f"#/components/schemas/{name}" for name in schemas} >= set(_references(described))
    calls = [call for path in described["paths"].values() for call in path.values()]
    assert len(calls) == len({one.name for one in house.app.state.calls if one.include_in_schema})
    for call in calls:
        assert call["summary"]
        assert call["description"]
        for content in call.get("requestBody", {}).get("content", {}).values():
            assert "example" in content, call["summary"]
        for status, answer in call["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                if media_type.endswith("json") and "$ref" in content["schema"]:
                    assert "example" in content, (call["summary"], status)


async def test_every_example_of_an_answer_is_one(tmp_path: Path) -> None:
    """Whoever builds upon an example finds all that it shows, and nothing is left out of it, null or not."""
    async with open_house(tmp_path, has_older_routes=True) as house:
        described = (await house.client.get("/v1/openapi.json")).json()
    for path, calls in described["paths"].items():
        for name, call in calls.items():
            for status, answer in call["responses"].items():
                for media_type, content in answer.get("content", {}).items():
                    if media_type.endswith("json") and "example" in content:
                        schema = {**content["schema"], "components": described["components"]}
                        wrong = jsonschema.Draft202012Validator(schema).iter_errors(content["example"])
                        assert [one.message for one in wrong] == [], (name, path, status)


async def test_every_example_of_a_request_can_be_sent(tmp_path: Path) -> None:
    """Whoever copies the example of a body, as JSON or as a form, sends one that fits the schema beside it."""
    async with open_house(tmp_path, has_older_routes=True) as house:
        described = (await house.client.get("/v1/openapi.json")).json()
    for calls in described["paths"].values():
        for call in calls.values():
            for said in call.get("requestBody", {}).get("content", {}).values():
                schema = {**said["schema"], "components": described["components"]}
                jsonschema.Draft202012Validator(schema).validate(said["example"])


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/v1/productions/{production}", {}, 404),
        ("PUT", "/v1/productions/{production}/plan", {"json": PLAN}, 428),
        ("POST", "/v1/stitch", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415),
        ("POST", "/v1/productions", {"content": b"x" * 70_000}, 413),
        ("POST", "/v1/productions", {"json": {"colour": "red", "words": "A fox"}}, 422),
        ("GET", "/v1/stats", {"headers": {"host": "example.org"}}, 421),
    ],
)
async def test_problems_are_described_as_they_are_said(
    house: House, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    """What the description shows of a problem is, word for word, what the call answers in that case."""
    described = (await house.client.get("/v1/openapi.json")).json()
    shown = described["paths"][path][method.lower()]["responses"][str(status)]["content"][MEDIA_TYPE]["example"]
    answer = await house.client.request(method, path.replace("{production}", "lighthouse-keeper-rows-7q2k"), **sent)
    assert answer.json() == shown


def _references(document: object) -> list[str]:
    if isinstance(document, dict):
        own = [document["$ref"]] if isinstance(document.get("$ref"), str) else []
        return own + [one for value in document.values() for one in _references(value)]
    if isinstance(document, list):
        return [one for value in document for one in _references(value)]
    return []


async def test_the_page_about_the_interface_names_every_call_and_every_problem(house: House) -> None:
    """`docs/api.md` leaves no call, no event of a stream and no kind of problem out."""
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    ends = {one.path.rpartition("/")[2] for one in house.app.state.calls if not one.path.endswith("}")}
    assert [end for end in sorted(ends) if f"/{end}" not in page] == []
    assert [bar for bar in Bar if f"`{bar}`" not in page] == []
    assert [reason for reason in Reason if f"`{reason}`" not in page] == []
    assert [name for name in ("fact", "progress", "strange", "dropped") if f"`{name}`" not in page] == []


async def test_answers_keep_to_the_description(house: House) -> None:
    """What is sent fits the schema that is published for it."""
    described = (await house.client.get("/v1/openapi.json")).json()
    production = await house.begin(*(one.event.fact for one in finished().log))  # type: ignore[union-attr, arg-type]
    await house.caught_up()
    for path, name in (
        (f"/v1/productions/{production}", "ProductionView"),
        ("/v1/productions", "Page"),
        (f"/v1/productions/{production}/events?format=json", "EventPage"),
        (f"/v1/productions/{production}/plan", "Plan"),
        ("/v1/productions/none", "Problem"),
    ):
        said = json.loads((await house.client.get(path)).content)
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        jsonschema.Draft202012Validator(schema).validate(said)
