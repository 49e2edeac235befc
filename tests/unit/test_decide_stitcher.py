from __future__ import annotations

import pytest
from hypothesis import given, settings

from bus import events as e
from bus.board import film_takes, is_cut
from services.reviewer import decide as reviewer
from services.stitcher.decide import Stitch, decide
from tests.histories import Told, check_decide, histories, looked_at, stitched
from tests.laws import examples
from tests.stories import BEGINNING, MADE, approved, ordered, parsed, plan, rejected, rendered, segment, story, told

PLAN = plan(segment(1), segment(2))
FIRST = (ordered(PLAN, 1), rendered(1), approved(1))
SECOND = (ordered(PLAN, 2), rendered(2), approved(2))
READY: tuple[e.Fact, ...] = (*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE), *FIRST, *SECOND)


def looked(*facts: e.Fact) -> tuple[e.Fact, ...]:
    """Return the facts with the last look at the film that they call for, if they do."""
    looks = [one for one in reviewer.decide(told(facts), None) if isinstance(one, reviewer.LastLook)]
    return (*facts, *(looked_at(one) for one in looks))


def film(*facts: e.Fact) -> Stitch | None:
    """Return what is to be joined after these facts and a last look, or None."""
    tasks = decide(told(looked(*facts)), None)
    return tasks[0] if tasks else None


def cut(*facts: e.Fact) -> tuple[e.Fact, ...]:
    """Return the facts with the last look and the cut that they call for."""
    seen = looked(*facts)
    state = told(seen)
    (task,) = decide(state, None)
    return (*seen, stitched(task, state))


def shown(task: Stitch | None) -> list[tuple[int, int]]:
    """Return the takes that the film is to show."""
    return [(one.segment, one.take) for one in task.takes] if task else []


@settings(max_examples=examples(40))
@given(histories())
def test_the_stitcher_asks_for_the_same_until_it_is_done(history: Told) -> None:
    """At every moment: asked twice is asked once, done is done, nothing after an end or while a person is asked."""
    check_decide(decide, *history)


@settings(max_examples=examples(40))
@given(histories())
def test_there_is_one_film_for_each_set_of_takes(history: Told) -> None:
    """What is to be joined is the accepted take of each segment, and never what the last cut shows already."""
    _, states = history
    for state in states:
        for task in decide(state, None):
            assert task.takes == film_takes(state)
            assert not is_cut(state, task.takes)
            assert [one.segment for one in task.takes] == [one.id for one in task.plan.segments]


def test_a_film_is_joined_once_all_takes_are_there() -> None:
    """Not before the last one is accepted, then as cut 1, then not again."""
    assert film(*READY[:-1]) is None
    task = film(*READY)
    assert task is not None
    assert (task.number, task.plan_number, task.plan) == (1, 1, PLAN)
    assert shown(task) == [(1, 1), (2, 1)]
    assert film(*cut(*READY)) is None


def test_a_film_waits_for_the_last_look() -> None:
    """It is joined after the takes that it shows were seen side by side, once for each set of them."""
    assert decide(told(READY), None) == ()
    seen = looked(*READY)
    assert len(decide(told(seen), None)) == 1
    redo = e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.REFUSE, why="another take")
    anew = (*seen, redo, ordered(PLAN, 1, take=2), rendered(1, 2), approved(1, 2))
    assert decide(told(anew), None) == ()
    assert len(decide(told(looked(*anew)), None)) == 1


def test_without_review_a_film_is_joined_at_once() -> None:
    """Where the person wants no review nobody has a last look either."""
    request = e.ProductionRequested(words="A keeper", options=e.Options(review=False))
    facts = (request, *READY[1:])
    assert looked(*facts) == facts
    assert len(decide(told(facts), None)) == 1


def test_a_take_that_is_made_anew_gives_a_second_cut() -> None:
    """After a redo the film is joined again as cut 2, with the new take; the first cut stays."""
    redo = e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.REFUSE, why="another take")
    once = cut(*READY)
    assert film(*once, redo) is None
    anew = (ordered(PLAN, 1, take=2), rendered(1, 2), approved(1, 2))
    task = film(*once, redo, *anew)
    assert task is not None
    assert task.number == 2
    assert shown(task) == [(1, 2), (2, 1)]
    twice = story(*cut(*once, redo, *anew)).state
    assert [one.number for one in twice.cuts] == [1, 2]
    assert decide(twice, None) == ()


def test_a_kept_take_is_shown() -> None:
    """A take that was kept without approval is good enough to be joined."""
    kept = e.SegmentKept(segment=2, take=1, score=0.4, why="the best of them")
    assert shown(film(*READY[:-1], rejected(2), kept)) == [(1, 1), (2, 1)]


def test_a_revised_plan_is_joined_anew_from_takes_that_fit() -> None:
    """A plan with the segments the other way round needs no render, and another cut."""
    swapped = plan(*reversed(PLAN.segments))
    revised = e.PlanRevised(number=2, plan=swapped, changes=("the other way round",), made=MADE)
    assert shown(film(*cut(*READY), revised)) == [(2, 1), (1, 1)]


@pytest.mark.parametrize(
    "words",
    [
        (e.ProductionDirected(number=1, words="longer"),),
        (e.ProductionDirected(number=1, words="longer"), parsed(2, heard=2)),
    ],
    ids=["unheard", "not planned yet"],
)
def test_nothing_is_joined_while_the_plan_is_behind_what_was_said(words: tuple[e.Fact, ...]) -> None:
    """Words that are not heard, or not planned yet, may change the film: it waits for them."""
    assert film(*READY, *words) is None


def test_a_stalled_film_is_joined_when_resumed() -> None:
    """A problem of another part does not hold the film up; its own does, until a person says: again."""

    def stall(about: str) -> e.ProductionStalled:
        problem = e.Problem(kind="error", about=about, what="It broke.", why="", help="")
        return e.ProductionStalled(number=1, problem=problem)

    assert film(*READY, stall("film")) is None
    assert film(*READY, stall("film"), e.ProductionResumed(number=1)) is not None
    assert film(*READY, stall("review 1-1")) is not None
