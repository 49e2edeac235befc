"""What changed between two moments of a production."""

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus import events as e
from bus.plan import Finding, Outcome
from bus.production import Production, fold
from services.gateway.difference import Change, difference, facets
from tests.forks import again, fork_of
from tests.histories import Told, garbled, histories
from tests.laws import examples
from tests.stories import BEGINNING, MADE, Story, approved, ordered, parsed, plan, rejected, rendered, segment, told
from tests.unit.test_manifest import film

PLAN = plan(segment(1), segment(2))
PLANNED: tuple[e.Fact, ...] = (*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE))

# What an event always moves on, whatever it says.
POSITION = frozenset({"ordinal", "head", "last_event", "last_time", "first_time"})


def moved(before: Production, after: Production) -> bool:
    """Say whether anything but the position on the log is another one."""
    return any(
        getattr(before, name) != getattr(after, name) for name in Production.__struct_fields__ if name not in POSITION
    )


@given(histories(steps_max=60), st.data())
def test_a_moment_does_not_differ_from_itself(history: Told, data: st.DataObject) -> None:
    """From N to N nothing has changed."""
    state = data.draw(st.sampled_from(history.states))
    assert difference(state, state) == ()


@settings(max_examples=examples(60))
@given(histories())
def test_no_change_is_left_out(history: Told) -> None:
    """Between two neighbouring moments there is a difference exactly where the state moved on."""
    for before, after in itertools.pairwise(history.states):
        assert bool(difference(before, after)) == moved(before, after)


@settings(max_examples=examples(60))
@given(histories(steps_max=60), st.data())
def test_the_way_back_is_the_way_there_the_other_way_round(history: Told, data: st.DataObject) -> None:
    """What was new is gone, what was gone is new, and what changed changed back."""
    one, other = (data.draw(st.sampled_from(history.states)) for _ in range(2))
    there, back = difference(one, other), difference(other, one)
    assert {msgspec.structs.replace(each, was=each.now, now=each.was) for each in there} == set(back)


@settings(max_examples=examples(60))
@given(histories(steps_max=60), st.data())
def test_a_difference_takes_one_state_to_the_other(history: Told, data: st.DataObject) -> None:
    """What one state says, changed as the difference says, is what the other says."""
    one, other = (data.draw(st.sampled_from(history.states)) for _ in range(2))
    said = facets(one)
    for each in difference(one, other):
        assert said.pop((each.about, each.part), None) == each.was
        if each.now is not None:
            said[each.about, each.part] = each.now
    assert said == facets(other)


@settings(max_examples=examples(60))
@given(garbled())
def test_a_log_that_nobody_should_write_has_its_differences_too(story: Story) -> None:
    """Anomalies, events of a newer program and garbage are changes like any other."""
    empty = Production(id=story.production)
    assert bool(difference(empty, story.state)) == moved(empty, story.state)


def test_a_revised_segment_is_told_by_its_parts() -> None:
    """Only what is another one is named, each under its own name."""
    revised = msgspec.structs.replace(PLAN, segments=(PLAN.segments[0], segment(2, seed=99)))
    before, after = told(PLANNED), told((*PLANNED, e.PlanRevised(number=2, plan=revised, changes=(), made=MADE)))
    assert difference(before, after) == (
        Change(about="plan", part="", was="revision 1", now="revision 2"),
        Change(about="segment 2", part="seed", was="9", now="101"),
    )


def test_a_take_is_told_by_what_became_of_it() -> None:
    """Ordered, rejected with what failed, and shown once it is approved."""
    before = told((*PLANNED, ordered(PLAN, 1)))
    after = told(
        (*PLANNED, ordered(PLAN, 1), rendered(1), rejected(1), ordered(PLAN, 1, 2), rendered(1, 2), approved(1, 2))
    )
    said = {(one.about, one.part): (one.was, one.now) for one in difference(before, after)}
    assert said["take 1-1", ""] == ("ordered", "rejected, score 0.40 (black)")
    assert said["take 1-2", ""] == (None, "approved, score 0.50")
    assert said["segment 1", "shows"] == (None, "take 2")
    ruling = e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.ACCEPT, why="seen again")
    ruled = told((*PLANNED, ordered(PLAN, 1), rendered(1), rejected(1), ruling))
    said = {(one.about, one.part): (one.was, one.now) for one in difference(before, ruled)}
    assert said["take 1-1", ""][1] == "rejected, score 0.40 (black), accepted by hand: seen again"


def test_a_last_look_is_told_by_what_it_found() -> None:
    """A line for people, and its parts for programs; what nobody could look at is no list of fields."""
    taken = (*PLANNED, ordered(PLAN, 1), rendered(1), approved(1))
    for outcome, says in (
        (Outcome.PASS, "nothing amiss"),
        (Outcome.FAIL, "film: the boat is gone"),
        (Outcome.UNOBSERVED, "nobody could have one"),
    ):
        found = Finding(criterion="film", outcome=outcome, must_hold=False, evidence="the boat is gone")
        look = e.ProductionReviewed(number=1, plan=1, takes=(), findings=(found,), made=MADE)
        changes = [one for one in difference(told(taken), told((*taken, look))) if one.about.startswith("last look")]
        assert (changes[0].about, changes[0].part, changes[0].now) == ("last look 1", "", says)
        assert {one.part for one in changes} >= {"plan", "findings", "made"}


def test_words_and_briefs_are_told_as_they_are() -> None:
    """What the person said is new; what was understood of it changed."""
    before = told(BEGINNING)
    after = told((*BEGINNING, e.ProductionDirected(number=1, words="longer"), parsed(2, 2, duration_s=20.0)))
    said = {(one.about, one.part): (one.was, one.now) for one in difference(before, after)}
    assert said["message 2", ""] == (None, "longer")
    assert said["brief", "length"] == (None, "20 s")


@pytest.mark.parametrize(
    "told",
    [fork_of(film()), again(film(), e.Again.ORDERS), again(film(), e.Again.WORDS)],
    ids=("fork", "orders", "words"),
)
def test_no_change_of_a_fork_is_left_out(told: Story) -> None:
    """What was adopted, that it goes its own way, and that it is made again, are told like anything else."""
    states = [fold(told.production, told.log[:count]) for count in range(1, len(told.log) + 1)]
    for before, after in itertools.pairwise(states):
        assert bool(difference(before, after)) == moved(before, after)
