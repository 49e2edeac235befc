"""Forking at the door: what begins, what it costs, and what is refused; and how a film made again is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bus import adoption
from bus import events as e
from bus.board import board
from bus.ids import ProductionId
from bus.production import Production
from services.gateway.branch_view import about
from tests import stories
from tests.contract.gateway_house import House, open_house, problem_of
from tests.gateway_facts import finished

PLAN = stories.plan()
AT = f"/v1/productions/{stories.PRODUCTION}"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Yield an open gateway with a finished film of three segments, whose files are there."""
    async with open_house(tmp_path) as one:
        await one.begin(*_kept(one))
        yield one


def _kept(house: House) -> tuple[e.Fact, ...]:
    """Return a finished film whose artifacts have bytes."""
    facts = [one.event.fact for one in finished().log if isinstance(one, e.Recorded)]
    kept: list[e.Fact] = []
    hand_over: dict[str, str] = {}
    for fact in facts:
        match fact:
            case e.SegmentRendered():
                now = {
                    name: house.keep(f"{name} {fact.segment}".encode(), "video/mp4")
                    for name in ("clip", "hand_over", "poster")
                }
                hand_over[fact.hand_over.digest] = now["hand_over"].digest
                kept.append(msgspec.structs.replace(fact, **now))
            case e.SegmentOrdered(order=order) if order.start is not None:
                kept.append(stories.ordered(PLAN, fact.segment, fact.take, hand_over[order.start]))  # type: ignore[arg-type]
            case e.ProductionDone():
                film, manifest = house.keep(b"film", "video/mp4"), house.keep(b"{}", "application/json")
                kept.append(msgspec.structs.replace(fact, film=film, manifest=manifest))
            case e.Fact():
                kept.append(fact)
            case e.Unknown():
                raise AssertionError("a story has no unknown facts")
    return tuple(kept)


async def forked(house: House, **body: object) -> dict[str, object]:
    """Fork the film and return what is shown of the fork."""
    answer = await house.client.post(f"{AT}/forks", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == answer.json()["links"]["self"]
    return dict(answer.json())


async def state_of(house: House, shown: dict[str, object]) -> Production:
    """Return the state of a production that is shown."""
    return await house.books.state(ProductionId(str(shown["id"])))


async def test_a_fork_without_a_change_is_done_and_shares_everything(house: House) -> None:
    """It has the film, the takes and the plan of the other one, renders nothing, and leaves the other one as it was."""
    before = await house.books.history(stories.PRODUCTION)
    shown = await forked(house)
    assert shown["status"]["name"] == "done"  # type: ignore[index]
    assert shown["origin"] == {
        "production": stories.PRODUCTION,
        "ordinal": len(before),
        "digest": before[-1].digest,
        "kind": "fork",
        "link": f"{AT}?at={len(before)}",
    }
    history = await house.books.history(ProductionId(str(shown["id"])))
    assert adoption.broken_adoptions(history) == ()
    assert [one.subject.rsplit(".", 2)[0] for one in history] == [
        "production.requested",
        *["production.adopted"] * (len(before) - 1),
        "production.forked",
    ]
    assert await house.books.history(stories.PRODUCTION) == before


async def test_a_prompt_for_one_segment_renders_that_one_and_what_continues_it(house: House) -> None:
    """Before it starts it says so; then the plan is revised by hand, and only those segments have no take that fits."""
    body = {"segment": 2, "prompt": "A wolf crosses the ice. It looks back"}
    asked = await house.client.post(f"{AT}/forks", json={**body, "dry_run": True})
    assert asked.status_code == 200
    outlook = asked.json()
    assert outlook["segments"] == [2, 3]
    assert outlook["says"] == "2 of 3 segments, about 5 seconds"
    assert outlook["changes"] == ["Segment 2 is rendered anew: “A wolf crosses the ice” instead of “Beat 2”."]
    assert await house.log.productions() == [stories.PRODUCTION], "a dry run writes nothing"

    state = await state_of(house, await forked(house, **body))
    assert state.plan is not None
    segment = state.plan.segments[1]
    assert segment.prompt == f"A wolf crosses the ice. It looks back. {PLAN.look.words}"
    assert segment.beat == "A wolf crosses the ice."
    assert [slot.segment.id for slot in board(state) if slot.accepted is None] == [2, 3]
    assert state.plans_made[2].by == "person"


async def test_a_whole_plan_may_take_the_place_of_the_other(house: House) -> None:
    """It is checked as an edit of the plan is; the same plan is no change."""
    changed = msgspec.structs.replace(PLAN.segments[0], seed=99)
    other = stories.plan(changed, *PLAN.segments[1:])
    state = await state_of(house, await forked(house, plan=msgspec.to_builtins(other)))
    assert state.plan == other
    assert [slot.segment.id for slot in board(state) if slot.accepted is None] == [1]
    same = await state_of(house, await forked(house, plan=msgspec.to_builtins(PLAN)))
    assert len(same.plans) == 1
    broken = msgspec.to_builtins(msgspec.structs.replace(PLAN, frame_count=7))
    status, said = problem_of(await house.client.post(f"{AT}/forks", json={"plan": broken}))
    assert status == 422
    assert "The shown frames add up to" in said


async def test_words_may_be_held_until_they_are_understood(house: House) -> None:
    """What words change is not known before they are understood: it is at most all, and nothing is rendered on hold."""
    asked = await house.client.post(f"{AT}/forks", json={"words": "make it winter", "dry_run": True})
    assert asked.json()["says"] == "at most 3 of 3 segments, about 8 seconds"
    assert asked.json()["is_bound"]
    shown = await forked(house, words="make it winter", hold=True)
    state = await state_of(house, shown)
    assert [one.words for one in state.conversation][-1] == "make it winter"
    assert state.is_held
    assert "resume" in shown["can"]  # type: ignore[operator]
    free = await state_of(house, await forked(house, words="make it winter"))
    assert not free.is_held


async def test_a_change_tries_again_what_waited_for_a_person(house: House) -> None:
    """Whoever forks with a change acts on the open problems; a fork without one waits as the other does."""
    stall = e.ProductionStalled(number=1, problem=stories.PROBLEM)
    await house.tell(stories.PRODUCTION, stall)
    assert len((await state_of(house, await forked(house))).open_stalls) == 1
    changed = await state_of(house, await forked(house, segment=1, prompt="A wolf"))
    assert changed.open_stalls == ()


async def test_an_earlier_event_may_be_forked(house: House) -> None:
    """What came after it never happened there: takes that were not made yet are rendered."""
    planned = next(
        one.event.ordinal
        for one in await house.books.history(stories.PRODUCTION)
        if isinstance(one, e.Recorded) and isinstance(one.event.fact, e.PlanWritten)
    )
    asked = await house.client.post(f"{AT}/forks", json={"at": planned, "dry_run": True})
    assert asked.json()["segments"] == [1, 2, 3]
    shown = await forked(house, at=planned)
    assert shown["status"]["name"] == "making"  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"at": 99}, 404, "has no event 99. Its events are counted from 1 to 16."),
        ({"at": 0}, 404, "has no event 0."),
        ({"at": 4}, 409, "has no plan yet at event 4."),
        ({"segment": 7, "prompt": "A wolf"}, 404, "has no segment 7. It has segments 1, 2, 3."),
        ({"segment": 1, "prompt": "  "}, 422, "The prompt for segment 1 is empty."),
        ({"prompt": "A wolf"}, 422, "It is not said which segment the prompt is for."),
        ({"words": "darker", "segment": 1, "prompt": "A wolf"}, 422, "A fork has one change."),
        ({"segment": 1, "prompt": "a naked child"}, 403, "The content policy refuses segment 1."),
        ({"words": "a naked child"}, 403, "The content policy refuses this."),
        ({"sgment": 1}, 422, "The request does not fit the call."),
    ],
)
async def test_what_can_not_be_forked_is_refused(house: House, body: dict[str, object], status: int, said: str) -> None:
    """An event that is not there, a point before the plan, a segment that is none, and words against the policy."""
    found, sentence = problem_of(await house.client.post(f"{AT}/forks", json=body))
    assert (found, said in sentence) == (status, True), sentence
    assert await house.log.productions() == [stories.PRODUCTION]


async def test_a_clip_that_is_missing_or_altered_is_named(house: House) -> None:
    """With the digest that is wanted and the one that is found; what the change renders anew need not be there."""
    state = await house.books.state(stories.PRODUCTION)
    clip = _rendered(state, 1).clip
    house.store.remove(clip.digest)
    status, said = problem_of(await house.client.post(f"{AT}/forks", json={}))
    assert status == 409
    assert f"take 1-1: wanted {clip.digest[:12]}…, found nothing" in said
    other = _rendered(state, 2).clip
    path = house.store.path(other.digest)
    path.chmod(0o644)
    path.write_bytes(b"something else")
    _, said = problem_of(await house.client.post(f"{AT}/forks", json={}))
    assert f"take 2-1: wanted {other.digest[:12]}…, found " in said
    plan = stories.plan(*(msgspec.structs.replace(one, seed=one.seed + 50) for one in PLAN.segments))
    assert (await forked(house, plan=msgspec.to_builtins(plan)))["status"]["name"] == "making"  # type: ignore[index]


def _rendered(state: Production, segment: int) -> e.SegmentRendered:
    rendered = state.takes[segment, 1].rendered
    assert rendered is not None
    return rendered


async def test_the_same_key_is_the_same_fork(house: House) -> None:
    """A request that is sent again with its key makes no second fork; the same key for another point is refused."""
    headers = {"idempotency-key": "a-key"}
    first = await house.client.post(f"{AT}/forks", json={}, headers=headers)
    again = await house.client.post(f"{AT}/forks", json={}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    await house.caught_up()
    third = await house.client.post(f"{AT}/forks", json={}, headers=headers)
    assert (third.status_code, third.json()["id"]) == (200, first.json()["id"])
    status, said = problem_of(await house.client.post(f"{AT}/forks", json={"at": 12}, headers=headers))
    assert status == 422
    assert "was already used" in said


async def test_forks_make_a_tree(house: House) -> None:
    """A fork of a fork branches from that one, and each is listed where it branches from."""
    first = await forked(house, segment=1, prompt="A wolf")
    second = await house.client.post(f"{first['links']['self']}/forks", json={})  # type: ignore[index]
    assert second.status_code == 201, second.text
    assert second.json()["origin"]["production"] == first["id"]
    await house.caught_up()
    for parent, child in ((AT, first["id"]), (first["links"]["self"], second.json()["id"])):  # type: ignore[index]
        listed = (await house.client.get(f"{parent}/forks")).json()["productions"]
        assert [one["id"] for one in listed] == [child]
        assert listed[0]["origin"]["kind"] == "fork"


async def test_seeds_go_on_though_the_name_is_another(house: House) -> None:
    """Where the person gave no number seeds follow from the name: a fork keeps those of the first one."""
    before = await house.books.state(stories.PRODUCTION)
    first = await forked(house)
    assert (await state_of(house, first)).base_seed == before.base_seed
    second = await house.client.post(f"{first['links']['self']}/forks", json={})  # type: ignore[index]
    assert (await state_of(house, second.json())).base_seed == before.base_seed


# -- made again ------------------------------------------------------------------------------------------------


async def test_a_film_is_made_again_from_its_recorded_orders(house: House) -> None:
    """It says what that takes; then a production begins whose orders are the recorded ones, and reviews nothing."""
    asked = await house.client.post(f"{AT}/regenerations", json={"dry_run": True})
    assert asked.json()["says"] == "3 of 3 segments, about 8 seconds"
    answer = await house.client.post(f"{AT}/regenerations", json={})
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert shown["origin"]["kind"] == "again"
    assert shown["status"]["name"] == "making"
    state = await state_of(house, shown)
    assert not state.options.review
    assert {key: take.order for key, take in state.recorded.items()} == {
        take.segment: take.order for take in (await house.books.state(stories.PRODUCTION)).takes.values()
    }
    compared = (await house.client.get(shown["links"]["comparison"])).json()
    assert (compared["is_complete"], compared["matches"]) == (False, None)
    assert [(one["segment"], one["was"], one["now"]) for one in compared["segments"]] == [
        (1, "1-1", None),
        (2, "2-1", None),
        (3, "3-1", None),
    ]


async def test_what_is_made_again_is_not_changed_nor_branched_from(house: House) -> None:
    """What a person wants otherwise is wanted of the recorded film, or of a fork of it."""
    again = (await house.client.post(f"{AT}/regenerations", json={})).json()["links"]
    for address, body in (
        (again["forks"], {}),
        (again["regenerations"], {}),
        (again["messages"], {"words": "darker"}),
        (f"{again['self']}/segments/1/redo", {}),
    ):
        status, said = problem_of(await house.client.post(address, json=body))
        assert status == 409, said
        assert stories.PRODUCTION in said or "again" in said


async def test_without_a_film_there_is_nothing_to_make_again(house: House) -> None:
    """Before the first cut, and at an event before it, that is said."""
    status, said = problem_of(await house.client.post(f"{AT}/regenerations", json={"at": 8}))
    assert status == 409
    assert "has no film yet at event 8" in said
    status, said = problem_of(await house.client.get(f"{AT}/comparison"))
    assert status == 409
    assert "is no film that was made again" in said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "about a second"),
        (1, "about 1 second"),
        (89, "about 89 seconds"),
        (731, "about 12 minutes"),
        (5399, "about 90 minutes"),
        (7300, "about 2 hours"),
    ],
)
def test_a_length_of_time_is_said_in_one_unit(seconds: float, said: str) -> None:
    """As people say it: no more exact than it is."""
    assert about(seconds) == said
