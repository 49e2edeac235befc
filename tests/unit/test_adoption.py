"""Forks: what they adopt is what happened, it is held against its digests, and without a change they want nothing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus import adoption, codec
from bus import events as e
from bus.board import Done, board, status_of
from bus.errors import Unprocessable
from bus.ids import ProductionId, digest_of, order_key
from bus.plan import Order
from bus.production import Production, supposed
from bus.work import Task
from services.creator import decide as creator
from tests import forks, stories
from tests.forks import FORK, as_there, beginning, fork_of, messages_of
from tests.gateway_facts import finished
from tests.histories import DECIDES, Told, histories, tell_unknown
from tests.laws import examples
from tests.stories import BEGINNING, MADE, Story, approved, ordered, rendered, story

PLAN = stories.plan()
PLANNED = (*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE))


# -- what is adopted is what happened ------------------------------------------------------------------------


@settings(max_examples=examples(40))
@given(histories(), st.integers(0, 200))
def test_a_fork_at_any_event_has_the_state_of_that_event(told: Told, drawn: int) -> None:
    """Up to its name, its chain and what runs elsewhere, a fork stands where the other production stood then."""
    until = 1 + drawn % len(told.story.log)
    fork = fork_of(told.story, until).state
    assert as_there(fork) == as_there(told.states[until - 1])
    assert fork.anomalies == ()
    assert fork.end is None


@settings(max_examples=examples(20))
@given(histories(), st.integers(0, 200), st.integers(0, 200))
def test_a_fork_of_a_fork_has_the_same_state(told: Told, drawn: int, again: int) -> None:
    """A branch of a branch is read from its own log alone, as if it had branched from the first one."""
    until = 1 + drawn % len(told.story.log)
    first = fork_of(told.story, until)
    # The end of the first fork's log is where it was forked itself: an event more than it adopted.
    earlier = 1 + again % len(first.log)
    second = fork_of(first, earlier, ProductionId("lighthouse-at-dusk-k3f8"))
    assert as_there(second.state) == as_there(told.states[min(earlier, until) - 1])
    assert adoption.broken_adoptions(second.log) == ()


@settings(max_examples=examples(20))
@given(histories())
def test_the_facts_of_a_fork_give_the_state_that_was_supposed(told: Told) -> None:
    """What a fork would be is known before it is written: supposing its facts gives what its log will give."""
    facts = (*beginning(told.story), e.ProductionForked())
    assert as_there(supposed(Production(id=FORK), facts)) == as_there(Story(production=FORK).tell(*facts).state)


# -- a fork without a change -----------------------------------------------------------------------------------


def test_a_fork_of_a_finished_film_is_done_and_wants_nothing() -> None:
    """Nobody has anything to do for it: the film is there, by content."""
    fork = fork_of(finished()).state
    assert isinstance(status_of(fork), Done)
    assert {name: decide(fork, None) for name, decide in DECIDES.items()} == dict.fromkeys(DECIDES, ())
    assert {name: decide(fork, e.ProductionForked()) for name, decide in DECIDES.items()} == dict.fromkeys(DECIDES, ())


@settings(max_examples=examples(40))
@given(histories())
def test_a_fork_wants_what_the_other_production_wanted_and_no_render_more(told: Told) -> None:
    """At the last event a fork's services want what the other's want, and the renders that were not finished."""
    before, fork = told.states[-1], fork_of(told.story).state
    if before.end is not None:
        return
    for name, decide in DECIDES.items():
        if name in ("samples", "segments"):
            assert _jobs(decide(fork, None)) == _jobs(decide(before, None))
        else:
            assert [task.about for task in decide(fork, None)] == [task.about for task in decide(before, None)]
    assert [slot.accepted is None for slot in board(fork)] == [slot.accepted is None for slot in board(before)]


def _jobs(tasks: Sequence[Task]) -> list[tuple[int, int, Order]]:
    return [
        (one.job.of, one.job.take, one.job.order) for one in tasks if isinstance(one, creator.Post | creator.Render)
    ]


def test_an_order_that_was_open_is_rendered_by_the_fork_itself() -> None:
    """It is announced and posted anew under the fork's own key: the other's render is not looked for."""
    posting = e.Posting(renderer="toy", server="there", key=order_key("theirs"))
    begun = story(*PLANNED, ordered(PLAN, 1), e.SegmentStarted(segment=1, take=1, posting_number=1, posting=posting))
    (there,) = creator.decide_segments(begun.state, None)
    (here,) = creator.decide_segments(fork_of(begun).state, None)
    assert isinstance(there, creator.Render)
    assert isinstance(here, creator.Post)
    assert here.job.order == there.job.order
    assert here.job.subject == f"segment.ordered.{FORK}.1-1"


def test_a_fork_of_what_has_ended_goes_on() -> None:
    """A production that was cancelled, failed or deleted does not end what branches from it."""
    for end in (e.ProductionCancelled(), e.ProductionFailed(problem=stories.PROBLEM), e.ProductionDeleted()):
        fork = fork_of(story(*PLANNED, end)).state
        assert fork.is_active
        assert [task.about for task in DECIDES["planner"](fork, None)] == ["orders"]


def test_open_problems_and_questions_stay_open() -> None:
    """A fork of a production that waits for a person waits for the same."""
    waiting = story(*PLANNED, stories.questioned(1, 1), e.ProductionStalled(number=1, problem=stories.PROBLEM))
    fork = fork_of(waiting).state
    assert fork.open_stalls == waiting.state.open_stalls
    assert fork.open_question == waiting.state.open_question
    resumed = fork_of(waiting).tell(e.ProductionResumed(number=1)).state
    assert resumed.open_stalls == ()


def test_seeds_and_take_numbers_go_on() -> None:
    """After a change the next take of a segment has the next number, and the orders of the others stay as they were."""
    made = finished()
    fork = fork_of(made)
    changed = msgspec.structs.replace(stories.segment(1), prompt="A keeper waits")
    plan = stories.plan(changed, *PLAN.segments[1:])
    fork.tell(e.PlanRevised(number=2, plan=plan, changes=("Segment 1 has other words.",), made=MADE))
    (task,) = DECIDES["planner"](fork.state, None)
    (order,) = task.facts  # type: ignore[attr-defined]
    assert (order.segment, order.take) == (1, 2)
    assert [slot.segment.id for slot in board(fork.state) if slot.accepted is None] == [1]


# -- it is held against its digests ----------------------------------------------------------------------------


@settings(max_examples=examples(20))
@given(histories(), st.integers(0, 200))
def test_what_was_adopted_holds(told: Told, drawn: int) -> None:
    """The chain of the other production is whole inside the fork, and ends in the digest that its origin names."""
    assert adoption.broken_adoptions(fork_of(told.story, 1 + drawn % len(told.story.log)).log) == ()
    assert adoption.broken_adoptions(told.story.log) == ()


def test_an_adopted_event_that_was_altered_is_found() -> None:
    """A word that was changed in what was adopted shows, though the fork's own chain is whole."""
    request, *adopted = beginning(finished())
    forged = msgspec.Raw(bytes(adopted[0].event).replace(b"lighthouse keeper", b"lighthouse heeper"))  # type: ignore[attr-defined]
    assert bytes(forged) != bytes(adopted[0].event)  # type: ignore[attr-defined]
    told = Story(production=FORK).tell(request, e.ProductionAdopted(ordinal=2, event=forged), *adopted[1:])
    assert told.state.anomalies == ()
    (found,) = adoption.broken_adoptions(told.log)
    assert "Adopted event 3 does not go on where event 2 ended" in found


def test_a_fork_that_lacks_events_is_found() -> None:
    """An adopted event that is left out shows, and so does an end that is not the origin's."""
    request, *adopted = beginning(finished())
    told = Story(production=FORK).tell(request, *adopted[:-1])
    (found,) = adoption.broken_adoptions(told.log)
    assert "What was adopted ends in event" in found
    skipped = Story(production=FORK).tell(request, *adopted[1:])
    assert len(skipped.state.anomalies) == len(adopted) - 1, "each of them counts itself as another event than it is"


def test_a_log_that_does_not_hold_together_is_not_adopted() -> None:
    """Where something was lost, altered or put in by a stranger, there is nothing to branch from."""
    lost = finished()
    del lost.messages[3]
    with pytest.raises(Unprocessable, match="does not hold together at event 4"):
        adoption.adopt(messages_of(lost))
    strange = story(*PLANNED).overhear(f"segment.kept.{stories.PRODUCTION}.1-1", b"hello")
    with pytest.raises(Unprocessable, match="is no event of ours"):
        adoption.adopt(messages_of(strange))


def test_what_is_unknown_is_adopted_as_unknown() -> None:
    """An event of a newer Kindling inside a fork is shown and waited for, as on its own log."""
    newer = story(*PLANNED)
    tell_unknown(newer)
    assert fork_of(newer).state.unknown == ("segment.graded v1",)


def test_only_a_branch_adopts() -> None:
    """A production that branches from none can't be given another one's past, nor be rewound."""
    adopted = beginning(finished())[1]
    state = story(BEGINNING[0], adopted, e.ProductionRewound(to=e.Again.WORDS, cut=1)).state
    assert [one.what for one in state.anomalies] == [
        "The production branches from none, and adopts nothing.",
        "The production branches from none: it has nothing to make again.",
    ]


def test_an_adopted_event_is_read_through_any_number_of_forks() -> None:
    """`original` gives the event as it was first written: its id, its time, its writer."""
    third = fork_of(fork_of(fork_of(finished()), production=ProductionId("one")), production=ProductionId("two"))
    one, first = third.log[4], finished().log[4]
    assert isinstance(one, e.Recorded)
    assert isinstance(first, e.Recorded)
    assert isinstance(one.event.fact, e.ProductionAdopted)
    assert codec.original(one.event.fact) == first.event


# -- made again ------------------------------------------------------------------------------------------------


def rendered_as(number: int, take: int, name: str) -> e.SegmentRendered:
    """Return a take whose hand-over is another one than was recorded."""
    hand_over = stories.artifact(name, "image/png")
    return msgspec.structs.replace(rendered(number, take), hand_over=hand_over)


def test_the_recorded_orders_are_given_again_and_no_agent_is_asked() -> None:
    """What the film shows is ordered as it was: the same orders, the same take numbers, of the recorded basis."""
    made = finished()
    again = forks.again(made, e.Again.ORDERS, options=e.Options(review=False)).state
    wanted = {name: decide(again, None) for name, decide in DECIDES.items()}
    (task,) = wanted.pop("planner")
    assert not any(wanted.values())
    orders = {(one.segment, one.take): one.order for one in task.facts}  # type: ignore[attr-defined]
    assert orders == {key: made.state.takes[key].order for key in ((1, 1), (2, 1))}


def test_a_chain_goes_on_from_the_recorded_frame() -> None:
    """A segment that continues another one is ordered as recorded, also where that one came out differently."""
    made = finished()
    again = forks.again(made, e.Again.ORDERS, options=e.Options(review=False))
    again.tell(ordered(PLAN, 1), ordered(PLAN, 2), rendered(1), rendered_as(2, 1, "another"))
    (task,) = DECIDES["planner"](again.state, None)
    (order,) = task.facts  # type: ignore[attr-defined]
    recorded = made.state.takes[3, 1]
    assert (order.order, order.basis) == (recorded.order, recorded.basis)
    again.tell(order, rendered(3))
    (stitch,) = DECIDES["stitcher"](again.state, None)
    assert [(one.segment, one.take) for one in stitch.takes] == [(1, 1), (2, 1), (3, 1)]  # type: ignore[attr-defined]


def test_a_render_that_fails_is_ordered_again_as_it_was() -> None:
    """The next take has the next number and the very same order: another seed would be another clip."""
    made = finished()
    failed = e.SegmentFailed(segment=1, take=1, failure=stories.FAILURE)
    again = forks.again(made, e.Again.ORDERS, options=e.Options(review=False)).tell(ordered(PLAN, 1), failed)
    (task,) = DECIDES["planner"](again.state, None)
    first = task.facts[0]  # type: ignore[attr-defined]
    assert (first.segment, first.take, first.order) == (1, 2, made.state.takes[1, 1].order)


def test_only_the_takes_of_the_last_cut_are_made_again() -> None:
    """Takes that were rejected or refused, and earlier revisions, cost nothing."""
    told = story(*PLANNED, ordered(PLAN, 1), rendered(1), stories.rejected(1), ordered(PLAN, 1, 2), rendered(1, 2))
    told.tell(approved(1, 2), ordered(PLAN, 2), rendered(2), approved(2))
    hand_over = rendered(2).hand_over.digest
    told.tell(ordered(PLAN, 3, start=hand_over), rendered(3), approved(3))
    cut = tuple(e.CutTake(segment=s, take=t, digest=digest_of(b"x")) for s, t in ((1, 2), (2, 1), (3, 1)))
    done = msgspec.structs.replace(finished_cut(), takes=cut, plan=len(told.state.plans))
    again = forks.again(told.tell(done), e.Again.ORDERS, options=e.Options(review=False)).state
    (task,) = DECIDES["planner"](again, None)
    assert [one.which() for one in task.facts] == ["1-2", "2-1"]  # type: ignore[attr-defined]


def finished_cut() -> e.ProductionDone:
    """Return the cut of a finished film."""
    return finished().state.cuts[-1]


def test_from_scratch_every_agent_is_asked_again() -> None:
    """Only the request stands; what was decided and made is kept aside, to be held against."""
    made = finished()
    again = forks.again(made, e.Again.WORDS).state
    assert [one.words for one in again.conversation] == [made.state.conversation[0].words]
    assert (again.briefs, again.samples, again.plans, again.takes, again.cuts) == ((), (), (), {}, ())
    assert again.recorded == {}
    assert again.source is not None
    assert as_there(again.source) == as_there(made.state)
    assert [task.about for task in DECIDES["intent"](again, None)] == ["intent"]


def test_a_film_is_rewound_once_and_only_if_there_is_one() -> None:
    """Without a cut there is nothing to make again, and what is being made again is not rewound a second time."""
    rewound = e.ProductionRewound(to=e.Again.ORDERS, cut=1)
    unfinished = Story(production=FORK).tell(*beginning(story(*PLANNED)), rewound).state
    assert [one.what for one in unfinished.anomalies] == ["There is no film yet that could be made again."]
    twice = forks.again(finished(), e.Again.ORDERS)
    twice.seal(rewound, previous=twice.log[-1].digest, ordinal=len(twice.log) + 1)
    assert [one.what for one in twice.state.anomalies] == ["The production was already rewound."]
