from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings

from bus import events as e
from bus.ids import order_key
from bus.subjects import subject_of
from services.creator.decide import Post, Render, Stop, decide_samples, decide_segments, decide_stops
from tests.histories import Draw, Told, check_decide, histories, performed
from tests.laws import examples
from tests.stories import BEGINNING, FAILURE, MADE, PRODUCTION, approved, ordered, parsed, plan, rendered, told

PLAN = plan()
PLANNED: tuple[e.Fact, ...] = (*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE))
POSTING = e.Posting(renderer="animatic 1", server="here", key="a key")


@settings(max_examples=examples(25))
@given(histories())
def test_samples_are_asked_for_until_they_are_done(history: Told) -> None:
    """At every moment: asked twice is asked once, done is done, nothing after an end or while a person is asked."""
    check_decide(decide_samples, *history)


@settings(max_examples=examples(25))
@given(histories())
def test_takes_are_asked_for_until_they_are_done(history: Told) -> None:
    """The same of the takes of segments."""
    check_decide(decide_segments, *history)


@settings(max_examples=examples(25))
@given(histories())
def test_nothing_is_rendered_that_was_not_posted(history: Told) -> None:
    """A job is posted before it is rendered, its subject is that of its order, and one that is rendered is open."""
    _, states = history
    for state in states:
        for task in (*decide_samples(state, None), *decide_segments(state, None)):
            assert isinstance(task, Render) == bool(task.job.postings)
            job = task.job
            fact: e.Fact
            if job.is_sample:
                fact = e.SampleOrdered(brief=job.of, take=job.take, order=job.order)
            else:
                take = state.takes[job.of, job.take]
                assert take.rendered is None
                assert take.failure is None
                fact = e.SegmentOrdered(segment=job.of, take=job.take, order=job.order, basis=take.basis)
            assert job.subject == subject_of(state.id, fact)


def test_an_ordered_sample_is_posted_then_rendered() -> None:
    """First it is said where the sample goes, then it is rendered there."""
    (post,) = decide_samples(told(BEGINNING[:3]), BEGINNING[2])
    assert isinstance(post, Post)
    assert post.job.subject == f"sample.ordered.{PRODUCTION}.1-1"
    started = post.job.started(POSTING)
    assert started == e.SampleStarted(brief=1, take=1, posting_number=1, posting=POSTING)
    (render,) = decide_samples(told([*BEGINNING[:3], started]), BEGINNING[2])
    assert isinstance(render, Render)
    assert render.job.postings == (POSTING,)


@pytest.mark.parametrize(
    "after",
    [
        BEGINNING[3],
        e.SampleFailed(brief=1, take=1, failure=FAILURE),
        parsed(2, heard=1),
        e.ProductionCancelled(),
    ],
    ids=lambda fact: fact.TYPE,
)
def test_a_sample_that_is_there_or_not_wanted_is_not_rendered(after: e.Fact) -> None:
    """Rendered, failed, called off, or made for an older brief: it is not rendered."""
    assert decide_samples(told([*BEGINNING[:3], after]), None) == ()


def test_a_take_is_posted_then_rendered_and_posted_again_when_its_server_lost_it() -> None:
    """Postings are numbered, so that a job a server has lost can be posted again and is told apart."""
    orders = ordered(PLAN, 1)
    (post,) = decide_segments(told([*PLANNED, orders]), orders)
    first = post.job.started(POSTING)
    (render,) = decide_segments(told([*PLANNED, orders, first]), orders)
    assert isinstance(render, Render)
    again = render.job.started(POSTING)
    assert subject_of(PRODUCTION, again) == f"segment.started.{PRODUCTION}.1-1-2"


def test_an_order_wakes_only_its_own_job() -> None:
    """Of two open orders the one that woke is worked on; nobody in particular wakes both."""
    orders = ordered(PLAN, 1), ordered(PLAN, 2)
    state = told([*PLANNED, *orders])
    assert [task.job.of for task in decide_segments(state, orders[1])] == [2]
    assert [task.job.of for task in decide_segments(state, None)] == [1, 2]
    assert decide_segments(state, ordered(PLAN, 1, take=2)) == ()


def test_a_take_that_no_longer_fits_is_not_rendered() -> None:
    """An order that was made for another plan, or for a parent take since overruled, is left alone."""
    other = plan(*(one for one in PLAN.segments[1:]))
    revised = e.PlanRevised(number=2, plan=other, changes=(), made=MADE)
    assert decide_segments(told([*PLANNED, ordered(PLAN, 1), revised]), None) == ()
    parent = rendered(2)
    child = ordered(PLAN, 3, start=parent.hand_over.digest)
    before: list[e.Fact] = [*PLANNED, ordered(PLAN, 2), parent, approved(2), child]
    assert [task.job.of for task in decide_segments(told(before), None)] == [3]
    refuse = e.SegmentOverruled(segment=2, take=1, number=1, ruling=e.Ruling.REFUSE, why="No.")
    assert decide_segments(told([*before, refuse]), None) == ()


def test_only_what_was_resumed_is_taken_up_again() -> None:
    """Resuming names a problem: what the problem was not about is not woken by it."""
    problem = e.Problem(kind="error", about="segment 2", what="It broke.", why="", help="")
    facts: list[e.Fact] = [*PLANNED, ordered(PLAN, 1), ordered(PLAN, 2), e.ProductionStalled(number=1, problem=problem)]
    assert [task.job.of for task in decide_segments(told(facts), None)] == [1]
    resumed = e.ProductionResumed(number=1)
    assert [task.job.of for task in decide_segments(told([*facts, resumed]), resumed)] == [2]


# -- what is stopped -----------------------------------------------------------------------------------------------

FAR = e.Posting(renderer="wan2.1 1", server="http://gpu:8188", key=order_key(f"segment.ordered.{PRODUCTION}.1-1"))


@settings(max_examples=examples(25))
@given(histories())
def test_what_is_stopped_is_open_and_nobody_wants_it(history: Told) -> None:
    """At every moment: nothing is stopped that is still rendered for, and once it is said, it is not stopped again."""
    _, states = history
    for state in states:
        wanted = {task.job.subject for task in (*decide_samples(state, None), *decide_segments(state, None))}
        stops = decide_stops(state, None)
        assert not wanted & {one.job.subject for one in stops}
        if stops:
            facts = performed(stops[0], state, Draw(0))
            assert stops[0] not in decide_stops(told([*_facts_of(history, state), *facts]), None)


def _facts_of(history: Told, state: object) -> list[e.Fact]:
    story, states = history
    recorded = [one.event.fact for one in story.log[: states.index(state) + 1] if isinstance(one, e.Recorded)]
    return [one for one in recorded if isinstance(one, e.Fact)]


@pytest.mark.parametrize(
    "after",
    [
        e.ProductionCancelled(),
        e.ProductionDeleted(),
        e.PlanRevised(number=2, plan=plan(*PLAN.segments[1:]), changes=(), made=MADE),
    ],
    ids=lambda fact: fact.TYPE,
)
def test_a_render_that_was_called_off_is_stopped_where_it_was_posted(after: e.Fact) -> None:
    """It was posted to a server, which goes on whoever has died; once it is said to be stopped, that is all."""
    before = [*PLANNED, ordered(PLAN, 1), e.SegmentStarted(segment=1, take=1, posting_number=1, posting=FAR)]
    assert decide_stops(told(before), None) == ()
    (stop,) = decide_stops(told([*before, after]), after)
    assert isinstance(stop, Stop)
    assert stop.job.postings == (FAR,)
    stopped = e.SegmentFailed(segment=1, take=1, failure=msgspec.structs.replace(FAILURE, kind=e.CALLED_OFF))
    assert decide_stops(told([*before, after, stopped]), None) == ()


def test_a_sample_that_was_called_off_is_stopped_too() -> None:
    """A new brief makes the old one's sample unwanted."""
    posting = msgspec.structs.replace(FAR, key=order_key(f"sample.ordered.{PRODUCTION}.1-1"))
    started = e.SampleStarted(brief=1, take=1, posting_number=1, posting=posting)
    (stop,) = decide_stops(told([*BEGINNING[:3], started, parsed(2, heard=1)]), None)
    assert stop.job.is_sample


def test_what_waits_for_a_person_is_not_stopped() -> None:
    """A problem about a segment keeps it from being rendered for; it is wanted all the same, and may go on."""
    problem = e.Problem(kind="error", about="segment 1", what="It broke.", why="", help="")
    facts: list[e.Fact] = [
        *PLANNED,
        ordered(PLAN, 1),
        e.SegmentStarted(segment=1, take=1, posting_number=1, posting=FAR),
    ]
    assert decide_stops(told([*facts, e.ProductionStalled(number=1, problem=problem)]), None) == ()


def test_what_a_renderer_does_in_its_own_process_needs_no_stopping() -> None:
    """An animatic ends with the creator that draws it."""
    facts: list[e.Fact] = [
        *PLANNED,
        ordered(PLAN, 1),
        e.SegmentStarted(segment=1, take=1, posting_number=1, posting=POSTING),
    ]
    assert decide_stops(told([*facts, e.ProductionCancelled()]), None) == ()


def test_a_render_of_another_production_is_left_alone() -> None:
    """What a fork has taken over from its parent was posted as the parent's: nobody stops it for the fork."""
    theirs = msgspec.structs.replace(FAR, key=order_key("segment.ordered.parent.1-1"))
    started = e.SegmentStarted(segment=1, take=1, posting_number=1, posting=theirs)
    assert decide_stops(told([*PLANNED, ordered(PLAN, 1), started, e.ProductionCancelled()]), None) == ()
