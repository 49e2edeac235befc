"""The reviewer's cascade: what is measured, what a model sees, and what it takes for a take to be turned down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from bus import events as e
from bus.board import board, is_accepted
from bus.policy import MINORS
from services.planner.decide import decide as plan_next
from services.reviewer.answers import Reply
from tests.contract.reviewer_house import (
    BLACK,
    BOAT,
    LIGHT,
    MARA,
    ROWS,
    Studio,
    evidence,
    outcome,
    seen_plan,
    seen_segment,
)
from tests.fakes.ollama import FakeOllama, Fault, ollama
from tests.fakes.ollama import Reply as Said
from tests.fakes.vision import Witness


@pytest.fixture
async def fake() -> AsyncIterator[FakeOllama]:
    """Return a server whose vision model tells the truth."""
    async with ollama() as running:
        running.scripts = Witness().scripts()
        yield running


@pytest.fixture
async def studio(fake: FakeOllama, tmp_path: Path) -> AsyncIterator[Studio]:
    """Return a reviewer that asks it, with one take to judge."""
    one = Studio(tmp_path, fake)
    one.render(1)
    yield one
    await one.close()


def witness(fake: FakeOllama, **changes: object) -> None:
    """Have the model answer otherwise."""
    fake.scripts = Witness(**changes).scripts()  # type: ignore[arg-type]


async def test_a_take_that_shows_what_was_asked_is_approved(studio: Studio, fake: FakeOllama) -> None:
    """Described blind, then asked; the verdict holds what was measured and what was seen, and by whom."""
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentApproved)
    assert [one.prompt for one in fake.asked] == ["describe", "check"]
    assert (
        outcome(fact, "boat") == outcome(fact, "light") == outcome(fact, "control") == outcome(fact, "black") == "pass"
    )
    assert (fact.made.by, fact.made.model) == ("ollama", "qwen3-vl:8b-instruct")
    assert fact.made.why.startswith("Measured by OpenCV")
    assert len(fact.made.prompt_digest or "") == 64


async def test_the_pictures_are_described_before_the_prompt_is_seen(studio: Studio, fake: FakeOllama) -> None:
    """Eight labelled pictures go along each time; what was wanted is in no word of the first question."""
    await studio.judged()
    blind, asked = fake.asked
    assert len(blind.images) == len(asked.images) == 8
    assert "frame 1 of 8, at 0.00 s" in blind.words
    assert "frame 8 of 8, at 2.00 s" in blind.words
    assert "boat" not in blind.words
    assert "Is there one red boat on the lake?" in asked.words
    assert "A lake." in asked.words


async def test_a_black_take_is_never_shown_to_a_model(fake: FakeOllama, tmp_path: Path) -> None:
    """What fails by measure is turned down by it alone."""
    studio = Studio(tmp_path, fake)
    studio.render(1, shown=BLACK.plant(studio.frames))
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentRejected)
    assert outcome(fact, "black") == "fail"
    assert fake.asked == []
    assert fact.made.by == "opencv"


async def test_what_is_missing_in_more_than_one_picture_turns_the_take_down(studio: Studio, fake: FakeOllama) -> None:
    """A no with evidence in several pictures rejects without a second question, and its advice is the next prompt's."""
    witness(fake, truth={"red boat": Reply.NO})
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentRejected)
    assert [one.prompt for one in fake.asked] == ["describe", "check"]
    assert evidence(fact, "boat").startswith("at 0.31 s, 0.56 s and 1.12 s: ")
    assert fact.verdict.advice == "one small red boat in the middle of the lake"
    assert fact.verdict.score < 0.5
    (orders,) = plan_next(studio.state, None)
    (order,) = orders.facts  # type: ignore[union-attr]
    assert isinstance(order, e.SegmentOrdered)
    assert order.order.prompt.endswith("one small red boat in the middle of the lake")


@pytest.mark.parametrize("again", Reply)
async def test_a_no_that_rests_on_one_picture_is_asked_again(studio: Studio, fake: FakeOllama, again: Reply) -> None:
    """Only a second no, asked alone of the pictures around it, turns the take down; anything else leaves it open."""
    witness(fake, frames=(3,), script={"red boat": lambda round_: Reply.NO if round_ == "first" else again})
    fact = await studio.judged()
    assert [one.prompt for one in fake.asked] == ["describe", "check", "confirm"]
    assert len(fake.asked[2].images) == 3
    assert "frame 3 of 3" in fake.asked[2].words
    assert isinstance(fact, e.SegmentRejected) == (again is Reply.NO)
    assert outcome(fact, "boat") == ("fail" if again is Reply.NO else "unobserved")
    assert "Asked again" in evidence(fact, "boat")


async def test_what_need_not_hold_is_noted(studio: Studio, fake: FakeOllama) -> None:
    """A no to a criterion that does not matter costs score and gives advice, and the take passes."""
    best = await studio.judged()
    studio.facts.pop()
    witness(fake, truth={"Is it dusk": Reply.NO}, wish="the last light of the sun on the water")
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentApproved)
    assert outcome(fact, "light") == "fail"
    assert fact.verdict.advice == "the last light of the sun on the water"
    assert 0.5 <= fact.verdict.score < best.verdict.score


async def test_what_can_not_be_seen_never_rejects(studio: Studio, fake: FakeOllama) -> None:
    """Unobserved is neither pass nor fail."""
    witness(fake, truth={"red boat": Reply.UNOBSERVED})
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentApproved)
    assert outcome(fact, "boat") == "unobserved"


async def test_a_model_that_sees_ghosts_is_not_believed(studio: Studio, fake: FakeOllama) -> None:
    """A yes to what is not there throws the whole review away: the measures stand, and it is said."""
    witness(fake, truth={"red boat": Reply.NO}, sees_ghosts=1.0)
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentApproved)
    assert outcome(fact, "control") == "fail"
    assert outcome(fact, "boat") == "unobserved"
    assert fact.verdict.advice == ""
    assert "thrown away" in fact.made.why


async def test_what_moves_is_never_asked(fake: FakeOllama, tmp_path: Path) -> None:
    """A question that single pictures can't answer is left to the measures."""
    studio = Studio(tmp_path, fake, seen_plan(seen_segment(1, BOAT, ROWS)))
    studio.render(1)
    fact = await studio.judged()
    assert "moving" not in fake.asked[1].words
    assert outcome(fact, "rows") == "unobserved"
    assert "measured" in evidence(fact, "rows")
    await studio.close()


@pytest.mark.parametrize(
    "said",
    [
        Said(fault=Fault.BROKEN),
        Said(content="", thinking="I think I see a boat"),
        Said(content='{"answers": ['),
        Said(fault=Fault.NOT_DONE, content="{}"),
    ],
    ids=["broken", "empty", "not JSON", "cut off"],
)
async def test_a_model_that_fails_has_seen_nothing(studio: Studio, fake: FakeOllama, said: Said) -> None:
    """Whatever goes wrong with the model is unobserved, never fail: the take stands by its measures, and it is said."""
    fake.queue("check", said, said)
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentApproved)
    assert outcome(fact, "boat") == "unobserved"
    assert evidence(fact, "boat")
    assert fact.made.why


async def test_where_nobody_can_look_it_is_said(tmp_path: Path) -> None:
    """Without a model a take is judged by measure, and the verdict says who did not look and why."""
    studio = Studio(tmp_path, None)
    studio.render(1)
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentApproved)
    assert fact.made.by == "opencv"
    assert fact.made.why.startswith("Nobody looked: Ollama does not answer")
    assert outcome(fact, "boat") == "unobserved"


async def test_answers_that_leave_a_question_out_are_asked_for_again(studio: Studio, fake: FakeOllama) -> None:
    """The model is told which question it did not answer; the second answer counts."""
    fake.queue("check", {"answers": []})
    fact = await studio.judged()
    assert isinstance(fact, e.SegmentApproved)
    assert [one.prompt for one in fake.asked] == ["describe", "check", "check"]
    assert "are not answered" in fake.asked[2].words


@pytest.mark.parametrize("wish", ["no second boat", "x" * 180, "a naked schoolgirl on the shore", ""])
async def test_advice_that_must_not_reach_a_renderer_is_replaced(studio: Studio, fake: FakeOllama, wish: str) -> None:
    """What is not wanted, too long, against the content policy or missing is replaced by what the plan says."""
    witness(fake, truth={"red boat": Reply.NO}, wish=wish)
    fact = await studio.judged()
    assert fact.verdict.advice == "clearly visible: A red boat on a lake"


# -- both sides of a cut -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "is_rejected"),
    [(Reply.YES, Reply.NO, True), (Reply.NO, Reply.NO, False), (Reply.YES, Reply.YES, False)],
)
async def test_both_sides_of_a_cut_are_asked_the_same(
    fake: FakeOllama, tmp_path: Path, before: Reply, after: Reply, is_rejected: bool
) -> None:
    """Who is on both sides has to look the same on both: a take that shows another one is turned down."""
    shots = [seen_segment(number, LIGHT, prompt=f"Mara: {MARA.description}. Part {number}.") for number in (1, 2)]
    studio = Studio(tmp_path, fake, seen_plan(*shots, people=(MARA,)))
    studio.render(1)
    await studio.review()
    studio.render(2)
    fake.asked.clear()
    sides = iter((after, before))
    witness(fake, script={"grey hair": lambda _: next(sides)})
    fact = await studio.judged()
    _, first, other = fake.asked
    question = f"Does what is seen fit this description as far as it is visible: {MARA.description}?"
    assert question in first.words
    assert question in other.words
    assert len(other.images) == 2
    assert isinstance(fact, e.SegmentRejected) is is_rejected
    assert "The other side of the cut" in evidence(fact, "match-mara")
    if is_rejected:
        assert fact.verdict.advice == "one small red boat in the middle of the lake"
    await studio.close()


# -- the content policy --------------------------------------------------------------------------------------------


async def test_a_take_that_the_policy_refuses_stops_the_production(studio: Studio, fake: FakeOllama) -> None:
    """It is rejected by the rule and the production is refused; nobody can accept or keep the take."""
    witness(fake, truth={"younger than 18": Reply.YES})
    rejected, refused = await studio.review()
    assert isinstance(rejected, e.SegmentRejected)
    assert rejected.verdict.refused_by == MINORS
    assert isinstance(refused, e.ProductionRefused)
    assert refused.rule == MINORS
    state = studio.state
    assert state.is_refused
    ruling = e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.ACCEPT, why="I say so")
    studio.facts.append(ruling)
    (slot,) = board(studio.state)
    assert slot.accepted is None
    assert not is_accepted(studio.state, slot.takes[0])


async def test_a_flag_that_is_not_confirmed_refuses_nothing(studio: Studio, fake: FakeOllama) -> None:
    """Said once, of whatever number of pictures, and not again, it is noted and the take passes."""
    said = {"younger than 18": lambda round_: Reply.YES if round_ == "first" else Reply.NO}
    witness(fake, script=said)
    (fact,) = await studio.review()
    assert isinstance(fact, e.SegmentApproved)
    assert outcome(fact, "policy") == "unobserved"


async def test_where_a_picture_was_uploaded_more_is_asked(studio: Studio, fake: FakeOllama) -> None:
    """Somebody's picture must not be undressed by a renderer, whatever the words were."""
    request = studio.facts[0]
    assert isinstance(request, e.ProductionRequested)
    studio.facts[0] = structs.replace(request, images=(studio.state.samples[0].rendered.poster,))  # type: ignore[union-attr]
    await studio.judged()
    assert "Is a person shown naked" in fake.asked[1].words


# -- the last look -------------------------------------------------------------------------------------------------


async def test_the_film_is_looked_at_before_it_is_joined(fake: FakeOllama, tmp_path: Path) -> None:
    """One picture of each segment on a sheet; what is found is written down and rejects nothing."""
    studio = Studio(tmp_path, fake, seen_plan(seen_segment(1), seen_segment(2)))
    for number in (1, 2):
        studio.render(number)
        await studio.review()
    fake.asked.clear()
    witness(fake, truth={"light and colours": Reply.NO})
    (look,) = await studio.review()
    assert isinstance(look, e.ProductionReviewed)
    (asked,) = fake.asked
    assert (asked.prompt, len(asked.images)) == ("film", 1)
    found = {one.criterion: str(one.outcome) for one in look.findings}
    assert found == {"film_look": "pass", "film_light": "fail", "film_story": "pass", "control": "pass"}
    assert [(one.segment, one.take) for one in look.takes] == [(1, 1), (2, 1)]
    assert not studio.state.is_refused
    assert studio.state.looks == (look,)
    await studio.close()


async def test_without_a_model_the_last_look_says_so(tmp_path: Path) -> None:
    """The film is not held up by a look that nobody can have."""
    studio = Studio(tmp_path, None)
    studio.render(1)
    await studio.review()
    (look,) = await studio.review()
    assert isinstance(look, e.ProductionReviewed)
    assert [str(one.outcome) for one in look.findings] == ["unobserved"]
    assert look.made.why.startswith("Nobody looked")


async def test_what_the_policy_refuses_on_the_sheets_is_asked_twice(studio: Studio, fake: FakeOllama) -> None:
    """Seen twice it refuses the film before it is joined."""
    await studio.review()
    witness(fake, truth={"younger than 18": Reply.YES})
    fake.asked.clear()
    look, refused = await studio.review()
    assert isinstance(look, e.ProductionReviewed)
    assert isinstance(refused, e.ProductionRefused)
    assert [one.prompt for one in fake.asked] == ["film", "film"]
