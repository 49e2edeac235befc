from __future__ import annotations

import pytest
from hypothesis import given, settings

from bus import events as e
from services.reviewer.decide import LastLook, Review, decide
from tests.histories import Told, check_decide, histories, looked_at
from tests.laws import examples
from tests.stories import BEGINNING, MADE, approved, ordered, plan, rejected, rendered, segment, told

PLAN = plan()
PLANNED: tuple[e.Fact, ...] = (*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE))
HAND_OVER = rendered(2).hand_over.digest


def reviews(*facts: e.Fact, fact: e.Fact | None = None) -> list[tuple[int, int]]:
    """Return the takes to judge after these facts are added to the plan."""
    return [
        (one.take.segment, one.take.take) for one in decide(told([*PLANNED, *facts]), fact) if isinstance(one, Review)
    ]


@settings(max_examples=examples(40))
@given(histories())
def test_the_reviewer_asks_for_the_same_until_it_is_done(history: Told) -> None:
    """At every moment: asked twice is asked once, done is done, nothing after an end or while a person is asked."""
    check_decide(decide, *history)


def test_a_rendered_take_is_judged_once() -> None:
    """A take that is there is judged; judged, it is not judged again."""
    assert reviews(ordered(PLAN, 1)) == []
    assert reviews(ordered(PLAN, 1), rendered(1)) == [(1, 1)]
    for verdict in (approved(1), rejected(1)):
        assert reviews(ordered(PLAN, 1), rendered(1), verdict) == []


def test_a_rendered_take_wakes_only_its_own_review() -> None:
    """Of two takes that wait, the fact that woke names one; nobody in particular wakes both."""
    facts = ordered(PLAN, 1), ordered(PLAN, 2), rendered(1), rendered(2)
    assert reviews(*facts, fact=rendered(2)) == [(2, 1)]
    assert reviews(*facts) == [(1, 1), (2, 1)]


@pytest.mark.parametrize("ruling", e.Ruling)
def test_the_person_has_the_last_word(ruling: e.Ruling) -> None:
    """A take that a person accepted or refused is not judged any more."""
    ruled = e.SegmentOverruled(segment=1, take=1, number=1, ruling=ruling, why="I say so")
    assert reviews(ordered(PLAN, 1), rendered(1), ruled) == []


def test_a_take_that_no_longer_fits_is_not_judged() -> None:
    """A take made for another plan is left alone, until a plan wants it again."""
    changed = plan(segment(1, seed=99), *PLAN.segments[1:])
    revised = e.PlanRevised(number=2, plan=changed, changes=(), made=MADE)
    back = e.PlanRevised(number=3, plan=PLAN, changes=(), made=MADE)
    assert reviews(ordered(PLAN, 1), rendered(1), revised) == []
    assert reviews(ordered(PLAN, 1), rendered(1), revised, back) == [(1, 1)]


def test_without_review_nothing_is_judged() -> None:
    """Where the person wants no review there is none."""
    request = e.ProductionRequested(words="A keeper", options=e.Options(review=False))
    assert decide(told([request, *PLANNED[1:], ordered(PLAN, 1), rendered(1)]), None) == ()


def test_a_continuing_take_is_judged_against_what_it_continues() -> None:
    """The seam is held against the parent's hand-over; a take that continues nothing has none."""
    parent = (ordered(PLAN, 2), rendered(2))
    (first,) = decide(told([*PLANNED, *parent]), None)
    assert isinstance(first, Review)
    assert (first.hand_over, first.opening) == (None, None)
    child = (approved(2), ordered(PLAN, 3, start=HAND_OVER), rendered(3))
    (review,) = decide(told([*PLANNED, *parent, *child]), None)
    assert isinstance(review, Review)
    assert review.about == "review 3-1"
    assert (review.hand_over, review.opening) == (HAND_OVER, HAND_OVER)


def test_the_colours_of_a_chain_are_held_against_its_opening() -> None:
    """The third take of a chain has its seam with the second, and its colours with the first."""
    chain = plan(segment(1), segment(2, continues=1), segment(3, continues=2))
    facts: list[e.Fact] = [*BEGINNING, e.PlanWritten(number=1, plan=chain, made=MADE)]
    for number in (1, 2, 3):
        start = rendered(number - 1).hand_over.digest if number > 1 else None
        facts += [ordered(chain, number, start=start), rendered(number)]
        if number < 3:
            facts.append(approved(number))
    (review,) = decide(told(facts), None)
    assert isinstance(review, Review)
    assert review.hand_over == rendered(2).hand_over.digest
    assert review.opening == rendered(1).hand_over.digest


def test_the_film_is_looked_at_once_all_its_takes_are_there() -> None:
    """A last look at each set of takes that the film is about to show, and none while one is missing."""
    facts = [*PLANNED, ordered(PLAN, 1), rendered(1), approved(1), ordered(PLAN, 2), rendered(2), approved(2)]
    assert decide(told(facts), None) == ()
    facts += [ordered(PLAN, 3, start=HAND_OVER), rendered(3), approved(3)]
    (look,) = decide(told(facts), None)
    assert isinstance(look, LastLook)
    assert [(one.segment, one.take) for one in look.takes] == [(1, 1), (2, 1), (3, 1)]
    facts.append(looked_at(look))
    assert decide(told(facts), None) == ()
    accepted = e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.ACCEPT, why="I say so")
    assert decide(told([*facts, accepted]), None) == ()


def test_a_stalled_review_waits_alone() -> None:
    """While the review of one take waits for a person, others go on; resumed, only it is taken up."""
    problem = e.Problem(kind="error", about="review 1-1", what="It broke.", why="", help="")
    stall = e.ProductionStalled(number=1, problem=problem)
    facts = (ordered(PLAN, 1), ordered(PLAN, 2), rendered(1), rendered(2), stall)
    assert reviews(*facts) == [(2, 1)]
    resumed = e.ProductionResumed(number=1)
    assert reviews(*facts, resumed, fact=resumed) == [(1, 1)]
