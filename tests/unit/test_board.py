from __future__ import annotations

import msgspec
from hypothesis import given, settings

from bus import board as b
from bus import events as e
from bus.board import board, film_takes, is_accepted, status_of
from bus.plan import FromSegment, basis_of, order_digest, order_for
from tests.histories import Told, garbled, histories
from tests.laws import examples
from tests.stories import (
    BEGINNING,
    FAILURE,
    MADE,
    PROBLEM,
    Story,
    approved,
    flagged,
    ordered,
    parsed,
    plan,
    questioned,
    refusal,
    rejected,
    rendered,
    segment,
    told,
)

PLAN = plan()
"""Three segments; the third continues the second."""
PLANNED: tuple[e.Fact, ...] = (*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE))
CHAIN = (ordered(PLAN, 2), rendered(2), approved(2), ordered(PLAN, 3, start=rendered(2).hand_over.digest), rendered(3))


def slot(number: int, *facts: e.Fact) -> b.Slot:
    """Return how a segment of the plan stands after these facts."""
    return next(one for one in board(told([*PLANNED, *facts])) if one.segment.id == number)


def ruled(number: int, take: int, ruling: e.Ruling, count: int = 1) -> e.SegmentOverruled:
    """Return a person's ruling."""
    return e.SegmentOverruled(segment=number, take=take, number=count, ruling=ruling, why="I say so")


# -- laws ----------------------------------------------------------------------------------------------------


@settings(max_examples=examples(40))
@given(histories())
def test_a_take_counts_only_while_it_fits(history: Told) -> None:
    """The takes of a slot are those that were made for what the plan asks now, from the hand-over accepted now."""
    _, states = history
    for state in states:
        slots = {one.segment.id: one for one in board(state)}
        if state.plan is not None:
            assert list(slots) == [one.id for one in state.plan.segments]
        for one in slots.values():
            assert state.plan is not None
            assert one.is_waiting == (one.basis is None)
            if one.basis is not None:
                assert one.basis == basis_of(state.plan, one.segment, one.start)
            assert all(take.basis == one.basis for take in one.takes)
            assert one.last_take == max((take.take for take in state.takes_of(one.segment.id)), default=0)
            assert one.accepted is None or is_accepted(state, one.accepted)
            if isinstance(one.segment.start, FromSegment):
                parent = slots[one.segment.start.segment].accepted
                assert one.is_waiting == (parent is None)
                assert parent is None or (parent.rendered and parent.rendered.hand_over.digest) == one.start


@settings(max_examples=examples(40))
@given(garbled())
def test_a_film_has_a_take_for_each_segment_or_is_none(story: Story) -> None:
    """Whatever lies on the log, the film's takes are accepted, in the plan's order, and all there."""
    state = story.state
    takes = film_takes(state)
    if takes is not None:
        assert state.plan is not None
        assert [one.segment for one in takes] == [one.id for one in state.plan.segments]
        assert all(is_accepted(state, one) for one in takes)


# -- slots ---------------------------------------------------------------------------------------------------


def test_without_a_plan_there_is_no_board() -> None:
    """Before the plan is written there are no segments, and no film."""
    assert board(told(BEGINNING)) == ()
    assert film_takes(told(BEGINNING)) is None


def test_a_take_goes_from_open_to_unreviewed_to_accepted() -> None:
    """An order is open until it is rendered, then it waits for the reviewer, then it is accepted."""
    facts = ordered(PLAN, 1), rendered(1), approved(1)
    stands = [slot(1, *facts[:count]) for count in range(4)]
    assert [one.open is not None for one in stands] == [False, True, False, False]
    assert [one.unreviewed is not None for one in stands] == [False, False, True, False]
    assert [one.accepted is not None for one in stands] == [False, False, False, True]


def test_the_last_ruling_of_a_person_counts() -> None:
    """A person's word outranks the reviewer's, and a later word an earlier one."""
    facts: list[e.Fact] = [ordered(PLAN, 1), rendered(1), rejected(1)]
    assert slot(1, *facts).accepted is None
    facts.append(ruled(1, 1, e.Ruling.ACCEPT))
    assert slot(1, *facts).accepted is not None
    facts.append(ruled(1, 1, e.Ruling.REFUSE, 2))
    assert slot(1, *facts).accepted is None


def test_of_two_accepted_takes_the_one_settled_last_is_shown() -> None:
    """A person can go back to an earlier take: the ruling makes it the current one."""
    two = (ordered(PLAN, 1), rendered(1), rejected(1), ordered(PLAN, 1, take=2), rendered(1, 2), approved(1, 2))
    second, first = slot(1, *two).accepted, slot(1, *two, ruled(1, 1, e.Ruling.ACCEPT)).accepted
    assert second is not None
    assert first is not None
    assert (second.take, first.take) == (2, 1)


def test_a_take_is_stale_while_its_parent_is_another_and_fits_again_with_it() -> None:
    """An approval counts only while it fits: with the parent exchanged it does not, and with it back it does."""
    made = [*CHAIN, approved(3)]
    assert slot(3, *made).accepted is not None
    made.append(ruled(2, 1, e.Ruling.REFUSE))
    assert slot(3, *made).is_waiting
    assert slot(3, *made).takes == ()
    other = [*made, ordered(PLAN, 2, take=2), rendered(2, 2), approved(2, 2)]
    assert slot(3, *other).takes == ()
    assert slot(3, *other).last_take == 1
    assert slot(3, *made, ruled(2, 1, e.Ruling.ACCEPT, 2)).accepted is not None


def test_rejections_and_failures_count_since_a_person_last_acted() -> None:
    """Acting on a segment clears its counts; acting on the film clears all; acting on another segment none."""
    facts: list[e.Fact] = [ordered(PLAN, 1), rendered(1), rejected(1), ordered(PLAN, 1, take=2)]
    facts.append(e.SegmentFailed(segment=1, take=2, failure=FAILURE))
    facts += [ordered(PLAN, 2), rendered(2)]

    def counts(*more: e.Fact) -> tuple[int, int]:
        stands = slot(1, *facts, *more)
        return stands.rejected_count, stands.failed_count

    assert counts() == (1, 1)
    assert counts(ruled(2, 1, e.Ruling.ACCEPT)) == (1, 1)
    assert counts(ruled(1, 1, e.Ruling.REFUSE)) == (0, 0)
    assert counts(e.ProductionDirected(number=1, words="closer")) == (0, 0)
    assert counts(e.ProductionStalled(number=1, problem=PROBLEM), e.ProductionResumed(number=1)) == (0, 0)


def test_a_segment_that_left_the_plan_takes_its_takes_along() -> None:
    """A segment the plan no longer has is on no board, and its take in no film; back in the plan, it fits again."""
    facts: list[e.Fact] = [*PLANNED, ordered(PLAN, 1), rendered(1), approved(1)]
    shorter = plan(*PLAN.segments[1:])
    facts.append(e.PlanRevised(number=2, plan=shorter, changes=(), made=MADE))
    assert [one.segment.id for one in board(told(facts))] == [2, 3]
    facts.append(e.PlanRevised(number=3, plan=PLAN, changes=(), made=MADE))
    assert board(told(facts))[0].accepted is not None


# -- the status ----------------------------------------------------------------------------------------------


def test_the_status_follows_the_production_through_its_life() -> None:
    """From the request to the film, each step has its own status."""
    one = plan(segment(1))
    steps: list[tuple[e.Fact, type[b.Status]]] = [
        (BEGINNING[0], b.Understanding),
        (questioned(), b.Asking),
        (e.IntentAnswered(number=1, words="20 s"), b.Understanding),
        (parsed(heard=2), b.Sampling),
        (BEGINNING[2], b.Sampling),
        (BEGINNING[3], b.AwaitingApproval),
        (BEGINNING[4], b.Planning),
        (e.PlanWritten(number=1, plan=one, made=MADE), b.Making),
        (ordered(one, 1), b.Making),
        (rendered(1), b.Making),
        (approved(1), b.Stitching),
        (e.ProductionStalled(number=1, problem=PROBLEM), b.Stalled),
        (e.ProductionResumed(number=1), b.Stitching),
        (e.ProductionDirected(number=1, words="longer"), b.Understanding),
        (refusal(1, 3), b.Refused),
        (e.ProductionDirected(number=2, words="shorter"), b.Understanding),
        (parsed(2, heard=4), b.Planning),
        (e.ProductionCancelled(), b.Cancelled),
        (e.ProductionDeleted(), b.Deleted),
    ]
    facts: list[e.Fact] = []
    for fact, status in steps:
        facts.append(fact)
        assert type(status_of(told(facts))) is status, f"after {fact.TYPE}"
    assert isinstance(status_of(told([*facts[:2], e.ProductionFailed(problem=PROBLEM)])), b.Failed)


def test_what_is_being_made_is_counted() -> None:
    """While segments are made the status says how many of how many are accepted."""
    status = status_of(told([*PLANNED, *CHAIN, approved(3)]))
    assert status == b.Making(accepted_count=2, segment_count=3)


def test_colours_are_matched_to_the_opening_of_the_chain() -> None:
    """A take that continues is made with the hand-over of the take that opens its chain; after a cut, with none."""
    parts = (segment(1), segment(2, continues=1), segment(3, continues=2), segment(4))
    of = msgspec.structs.replace(plan(*parts), match_colours=True)
    facts: list[e.Fact] = [*BEGINNING, e.PlanWritten(number=1, plan=of, made=MADE)]
    opening, second = rendered(1).hand_over.digest, rendered(2).hand_over.digest
    facts += [ordered(of, 1), rendered(1), approved(1)]
    colours = [one.colours for one in board(told(facts))]
    assert colours == [None, opening, None, None]
    order = order_for(of, parts[1], 1, opening, colours=opening)
    facts += [e.SegmentOrdered(segment=2, take=1, order=order, basis=order_digest(order)), rendered(2), approved(2)]
    third = board(told(facts))[2]
    assert (third.start, third.colours) == (second, opening)
    assert third.basis == basis_of(of, parts[2], second, opening) != basis_of(of, parts[2], second)


def test_a_plan_from_before_colours_were_matched_asks_for_the_same_as_ever() -> None:
    """Its takes still fit: no order of it names a reference."""
    of = plan(segment(1), segment(2, continues=1))
    facts = [*BEGINNING, e.PlanWritten(number=1, plan=of, made=MADE), ordered(of, 1), rendered(1), approved(1)]
    second = board(told(facts))[1]
    assert second.colours is None
    assert second.basis == ordered(of, 2, start=rendered(1).hand_over.digest).basis


def test_what_the_policy_refuses_is_accepted_by_nobody() -> None:
    """Neither a person's word nor the planner's makes such a take one that the film may show."""
    facts = (ordered(PLAN, 1), rendered(1), flagged(1))
    kept = e.SegmentKept(segment=1, take=1, score=0.9, why="the best")
    for more in ((), (ruled(1, 1, e.Ruling.ACCEPT),), (kept,)):
        assert slot(1, *facts, *more).accepted is None
