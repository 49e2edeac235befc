"""A person's word on takes and segments, on problems, and on the end."""

from __future__ import annotations

import pytest

from bus import events as e
from bus.errors import Reason
from services.gateway import decide, rulings
from tests import stories
from tests.gateway_facts import CANCELLED, MADE_ONE, PLANNED, STALLED, refused
from tests.stories import BEGINNING, told


def test_a_rejected_take_is_accepted_by_a_person() -> None:
    """The person's word counts over the reviewer's, with a number of its own and the reason."""
    state = told((*MADE_ONE, stories.rejected(1)))
    accepted = rulings.overrule(state, 1, 1, e.Ruling.ACCEPT, " I like it ")
    assert accepted == (e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.ACCEPT, why="I like it"),)


@pytest.mark.parametrize(
    ("history", "ruling", "reason", "says"),
    [
        (PLANNED, e.Ruling.ACCEPT, Reason.UNKNOWN, "lighthouse-at-dusk-7q2k has no take 1-1."),
        (MADE_ONE[:-1], e.Ruling.ACCEPT, Reason.NOT_NOW, "Take 1-1 is not there to be looked at."),
        ((*MADE_ONE, stories.approved(1)), e.Ruling.ACCEPT, Reason.NOT_NOW, "Take 1-1 is already accepted."),
        ((*MADE_ONE, stories.flagged(1)), e.Ruling.ACCEPT, Reason.POLICY, "Take 1-1 can't be accepted."),
        (
            (*MADE_ONE, stories.rejected(1)),
            e.Ruling.REFUSE,
            Reason.NOT_NOW,
            "Take 1-1 is already rejected by the reviewer.",
        ),
        (
            (
                *MADE_ONE,
                e.PlanRevised(
                    number=2, plan=stories.plan(stories.segment(1, seed=99)), changes=("anew",), made=stories.MADE
                ),
            ),
            e.Ruling.ACCEPT,
            Reason.NOT_NOW,
            "Take 1-1 no longer fits the plan.",
        ),
    ],
)
def test_a_ruling_that_changes_nothing_is_refused(
    history: tuple[e.Fact, ...], ruling: e.Ruling, reason: Reason, says: str
) -> None:
    """Takes that do not exist, were not rendered, no longer fit, or are already ruled so are named as that."""
    refusal = refused(lambda: rulings.overrule(told(history), 1, 1, ruling, "because"))
    assert (refusal.reason, refusal.what) == (reason, says)


def test_a_ruling_needs_a_reason() -> None:
    """Whoever looks later wants to know why."""
    refusal = refused(lambda: rulings.overrule(told(MADE_ONE), 1, 1, e.Ruling.ACCEPT, " "))
    assert (refusal.reason, refusal.what) == (Reason.INVALID, "The reason is missing.")


def test_a_segment_without_words_is_redone_by_refusing_its_take() -> None:
    """The accepted take is refused, so that the planner orders the next one."""
    state = told((*MADE_ONE, stories.approved(1)))
    (fact,) = rulings.redo(state, 1)
    assert isinstance(fact, e.SegmentOverruled)
    assert (fact.segment, fact.take, fact.ruling) == (1, 1, e.Ruling.REFUSE)


def test_a_segment_with_words_is_redone_by_a_direction() -> None:
    """Words about a segment are a direction that names it."""
    assert rulings.redo(told(MADE_ONE), 2, "closer") == (e.ProductionDirected(number=1, words="segment 2: closer"),)


def test_redoing_a_stalled_segment_resumes_it() -> None:
    """What waits for a person about the segment goes on with the same act; other problems still wait."""
    problem = e.Problem(kind="takes_used_up", about="segment 1", what="No take passed.", why="", help="Redo it.")
    stalls = (STALLED, e.ProductionStalled(number=2, problem=problem))
    state = told((*MADE_ONE, stories.rejected(1), *stalls))
    facts = rulings.redo(state, 1)
    assert [type(one) for one in facts] == [e.SegmentOverruled, e.ProductionResumed]
    assert [one.number for one in told((*MADE_ONE, stories.rejected(1), *stalls, *facts)).open_stalls] == [1]


@pytest.mark.parametrize(
    ("history", "segment", "reason", "says"),
    [
        (BEGINNING, 1, Reason.NOT_NOW, "lighthouse-at-dusk-7q2k has no segment 1."),
        (PLANNED, 9, Reason.UNKNOWN, "lighthouse-at-dusk-7q2k has no segment 9."),
        (MADE_ONE[:-1], 1, Reason.NOT_NOW, "Segment 1 is being made right now: take 1-1."),
        (PLANNED, 3, Reason.NOT_NOW, "Segment 3 has no take that could be made anew."),
    ],
)
def test_what_cannot_be_redone_says_so(history: tuple[e.Fact, ...], segment: int, reason: Reason, says: str) -> None:
    """Segments that are not there, on their way or not due have nothing to redo."""
    refusal = refused(lambda: rulings.redo(told(history), segment))
    assert (refusal.reason, refusal.what) == (reason, says)


# -- problems and the end ----------------------------------------------------------------------------------


def test_every_open_problem_is_resumed_at_once() -> None:
    """Resuming without a number names each problem that is open, and no other."""
    second = e.ProductionStalled(number=2, problem=stories.PROBLEM)
    state = told((*BEGINNING, STALLED, second, e.ProductionResumed(number=1)))
    assert decide.resume(state) == (e.ProductionResumed(number=2),)
    assert refused(lambda: decide.resume(state, 1)).what == "Problem 1 of lighthouse-at-dusk-7q2k was already resumed."
    assert refused(lambda: decide.resume(state, 7)).reason is Reason.UNKNOWN


def test_a_finished_film_is_removed_and_not_cancelled() -> None:
    """Cancelling is for what is still being made; a film that is done is taken away by removing it."""
    plan = stories.plan(stories.segment(1))
    takes = (e.CutTake(segment=1, take=1, digest=stories.artifact("clip 1-1").digest),)
    done = e.ProductionDone(
        number=1,
        plan=1,
        film=stories.artifact("film"),
        manifest=stories.artifact("manifest", "application/json"),
        takes=takes,
        duration_s=2.0,
        count=9,
        head=stories.artifact("head").digest,
        made=stories.MADE,
    )
    film = (stories.ordered(plan, 1), stories.rendered(1), stories.approved(1), done)
    state = told((*BEGINNING, e.PlanWritten(number=1, plan=plan, made=stories.MADE), *film))
    refusal = refused(lambda: decide.cancel(state, ""))
    assert refusal.what == "The film of lighthouse-at-dusk-7q2k is done: there is nothing left to cancel."
    assert decide.remove(state, "") == (e.ProductionDeleted(),)


def test_cancelling_twice_names_the_first_reason() -> None:
    """The second cancellation hears that it is done, and why it was."""
    refusal = refused(lambda: decide.cancel(told((*BEGINNING, CANCELLED)), "no"))
    assert (refusal.what, refusal.why) == (
        "lighthouse-at-dusk-7q2k is already cancelled.",
        "The reason was: another idea",
    )
