from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings

from bus import events as e
from bus.board import board
from bus.plan import SEED_STEP_PER_TAKE, Plan, basis_of
from bus.work import Write
from services.planner.decide import FAILURES_MAX, ORDERS_OPEN_MAX, WritePlan, WriteSample, decide
from tests.histories import BROKEN, OUT_OF_MEMORY, Told, check_decide, histories
from tests.laws import examples
from tests.stories import (
    BEGINNING,
    FAILURE,
    MADE,
    approved,
    flagged,
    ordered,
    parsed,
    plan,
    questioned,
    rejected,
    rendered,
    segment,
    told,
    verdict,
)

PLAN = plan()
"""Three segments; the third continues the second."""
ONE = plan(segment(1))
HAND_OVER = rendered(2).hand_over.digest


def planned(of: Plan = ONE, options: e.Options | None = None) -> tuple[e.Fact, ...]:
    """Return everything up to the plan."""
    request = e.ProductionRequested(words="A keeper rows out", options=options or e.Options())
    return (request, *BEGINNING[1:], e.PlanWritten(number=1, plan=of, made=MADE))


def follows(*facts: e.Fact) -> tuple[e.Fact, ...]:
    """Return the facts that the planner writes after these."""
    tasks = decide(told(facts), None)
    assert len(tasks) <= 1
    return tuple(fact for task in tasks if not isinstance(task, WriteSample | WritePlan) for fact in task.facts)


def orders(*facts: e.Fact) -> list[e.SegmentOrdered]:
    """Return the orders that the planner writes after these facts, and nothing else."""
    written = follows(*facts)
    assert all(isinstance(one, e.SegmentOrdered) for one in written)
    return [one for one in written if isinstance(one, e.SegmentOrdered)]


def names(found: list[e.SegmentOrdered]) -> list[str]:
    """Return which takes are ordered."""
    return [one.which() for one in found]


def stalled(*facts: e.Fact) -> e.Problem:
    """Return the problem at which the planner stops after these facts."""
    (stall,) = follows(*facts)
    assert isinstance(stall, e.ProductionStalled)
    return stall.problem


def failed(number: int, take: int, failure: e.Failure = FAILURE) -> e.SegmentFailed:
    """Return a take that could not be rendered."""
    return e.SegmentFailed(segment=number, take=take, failure=failure)


def out_of_memory(of: Plan) -> e.Failure:
    """Return a failure of segment 1 with a setting that would fit."""
    smaller = msgspec.structs.replace(ordered(of, 1).order, frame_count=17)
    return msgspec.structs.replace(OUT_OF_MEMORY, smaller=smaller)


def refused_take(number: int, take: int, count: int = 1) -> e.SegmentOverruled:
    """Return a person's no to a take."""
    return e.SegmentOverruled(segment=number, take=take, number=count, ruling=e.Ruling.REFUSE, why="wrong boat")


def attempts(of: Plan, first: int, last: int) -> list[e.Fact]:
    """Return takes of segment 1 that were all rejected, the first of them the best."""
    return [
        fact
        for take in range(first, last + 1)
        for fact in (ordered(of, 1, take=take), rendered(1, take), rejected(1, take, score=1 / (take + 1)))
    ]


# -- laws ----------------------------------------------------------------------------------------------------


@settings(max_examples=examples(60))
@given(histories())
def test_the_planner_asks_for_the_same_until_it_is_done(history: Told) -> None:
    """At every moment: asked twice is asked once, done is done, nothing after an end or while a person is asked."""
    check_decide(decide, *history)


@settings(max_examples=examples(60))
@given(histories())
def test_every_order_is_one_that_the_plan_asks_for(history: Told) -> None:
    """An order fits the plan in force, has a take number of its own, and never more are open than may be."""
    _, states = history
    for state in states:
        slots = {slot.segment.id: slot for slot in board(state)}
        opened = sum(slot.open is not None for slot in slots.values())
        for fact in (one for task in decide(state, None) for one in getattr(task, "facts", ())):
            if not isinstance(fact, e.SegmentOrdered):
                continue
            opened += 1
            slot, current = slots[fact.segment], state.plan
            assert current is not None
            assert fact.basis == basis_of(current, slot.segment, slot.start)
            assert fact.take == slot.last_take + 1
            assert slot.accepted is None
            assert slot.open is None
            assert slot.unreviewed is None
            assert opened <= ORDERS_OPEN_MAX


# -- the sample ----------------------------------------------------------------------------------------------


def test_a_brief_gets_a_sample_and_an_approved_sample_a_plan() -> None:
    """First the sample; nothing while it is made and looked at; then the plan, with the look that was approved."""
    (sample,) = decide(told(BEGINNING[:2]), None)
    assert isinstance(sample, WriteSample)
    assert (sample.number, sample.take, sample.smaller) == (1, 1, None)
    assert decide(told(BEGINNING[:3]), None) == ()
    assert decide(told(BEGINNING[:4]), None) == ()
    (document,) = decide(told(BEGINNING), None)
    assert isinstance(document, WritePlan)
    assert (document.number, document.sample, document.before, document.highest_segment) == (1, "1-1", None, 0)


def test_without_a_sample_the_plan_follows_the_brief() -> None:
    """Where the person wants no sample none is made."""
    (document,) = decide(told(planned(options=e.Options(sample=False))[:2]), None)
    assert isinstance(document, WritePlan)
    assert document.sample is None


def test_a_sample_that_failed_is_ordered_again_then_a_person_is_asked() -> None:
    """A failure that may pass is tried again, as often as is bounded; resuming begins to count anew."""
    facts: list[e.Fact] = [*BEGINNING[:2]]
    for take in range(1, FAILURES_MAX + 1):
        (task,) = decide(told(facts), None)
        assert isinstance(task, WriteSample)
        assert task.take == take
        facts += [
            e.SampleOrdered(brief=1, take=take, order=ordered(ONE, 1).order),
            e.SampleFailed(brief=1, take=take, failure=FAILURE),
        ]
    assert stalled(*facts).about == "sample"
    (stall,) = follows(*facts)
    (again,) = decide(told([*facts, stall, e.ProductionResumed(number=1)]), None)
    assert isinstance(again, WriteSample)
    assert again.take == FAILURES_MAX + 1


@pytest.mark.parametrize("accepts", [True, False])
def test_a_sample_too_large_for_memory_is_made_smaller_if_that_is_accepted(*, accepts: bool) -> None:
    """As with takes: the smaller setting is ordered where the person accepts one, and asked about where not."""
    facts = [*planned(options=e.Options(accept_smaller=accepts))[:2], BEGINNING[2]]
    facts.append(e.SampleFailed(brief=1, take=1, failure=OUT_OF_MEMORY))
    if accepts:
        (task,) = decide(told(facts), None)
        assert isinstance(task, WriteSample)
        assert (task.take, task.smaller) == (2, OUT_OF_MEMORY.smaller)
    else:
        assert stalled(*facts).kind == "out_of_memory"


# -- first takes and retakes ---------------------------------------------------------------------------------


def test_the_first_orders_are_one_batch_of_as_many_as_may_be_open() -> None:
    """A long film begins with a few orders, and each take that is accepted makes room for the next."""
    long = plan(*(segment(number) for number in range(1, ORDERS_OPEN_MAX + 3)))
    first = orders(*planned(long))
    assert names(first) == [f"{number}-1" for number in range(1, ORDERS_OPEN_MAX + 1)]
    assert orders(*planned(long), *first) == []
    assert names(orders(*planned(long), *first, rendered(1))) == [f"{ORDERS_OPEN_MAX + 1}-1"]


def test_more_servers_take_more_orders_at_once() -> None:
    """With as many open orders as asked for, none of five servers is idle while the film has work."""
    long = plan(*(segment(number) for number in range(1, 9)))
    ((task,),) = (decide(told(planned(long)), None, open_max=6),)
    assert isinstance(task, Write)
    assert len(task.facts) == 6


def test_a_dependant_is_ordered_from_the_accepted_take_and_not_before() -> None:
    """A segment that continues another waits for it, then starts from its hand-over."""
    first = orders(*planned(PLAN))
    assert names(first) == ["1-1", "2-1"]
    assert orders(*planned(PLAN), *first, rendered(2)) == []
    (child,) = orders(*planned(PLAN), *first, rendered(2), approved(2))
    assert child.which() == "3-1"
    assert child.order.start == HAND_OVER


def test_a_rejected_take_is_ordered_again_with_another_seed_and_the_advice() -> None:
    """The next take differs from the one before only in its seed and in what the reviewer said."""
    first = ordered(ONE, 1)
    no = e.SegmentRejected(segment=1, take=1, verdict=verdict(good=False, advice="Closer."), made=MADE)
    (retake,) = orders(*planned(), first, rendered(1), no)
    assert retake.take == 2
    assert retake.order == msgspec.structs.replace(
        first.order, seed=first.order.seed + SEED_STEP_PER_TAKE, prompt=f"{first.order.prompt} Closer."
    )
    assert retake.basis == first.basis
    assert retake.why == "Take 1 was rejected."


def test_when_takes_are_used_up_the_best_is_kept() -> None:
    """After takes_max rejections the take of the highest score is kept, and the segment is done."""
    facts = [*planned(options=e.Options(takes_max=3)), *attempts(ONE, 1, 3)]
    assert names(orders(*facts[:-3])) == ["1-3"]
    (kept,) = follows(*facts)
    assert isinstance(kept, e.SegmentKept)
    assert (kept.segment, kept.take, kept.score) == (1, 1, 0.5)
    assert follows(*facts, kept) == ()


def test_when_takes_are_used_up_a_person_is_asked_if_they_want_that() -> None:
    """With the other option the production stalls, and resuming gives the segment as many takes again."""
    options = e.Options(takes_max=2, when_takes_are_used_up=e.WhenTakesAreUsedUp.STALL)
    facts = [*planned(options=options), *attempts(ONE, 1, 2)]
    problem = stalled(*facts)
    assert (problem.kind, problem.about) == ("takes_used_up", "segment 1")
    assert "1-1 accept" in problem.help
    (stall,) = follows(*facts)
    assert follows(*facts, stall) == ()
    resumed = [*facts, stall, e.ProductionResumed(number=1)]
    assert names(orders(*resumed)) == ["1-3"]
    assert names(orders(*resumed, *attempts(ONE, 3, 3))) == ["1-4"]
    assert stalled(*resumed, *attempts(ONE, 3, 4)).kind == "takes_used_up"


def test_what_the_policy_refuses_is_never_kept() -> None:
    """However well it scored: of the others the best is kept, and where there are none a person is asked."""
    facts = [*planned(options=e.Options(takes_max=2)), ordered(ONE, 1), rendered(1), flagged(1)]
    second = (ordered(ONE, 1, 2), rendered(1, 2))
    (kept,) = follows(*facts, *second, rejected(1, 2, 0.1))
    assert isinstance(kept, e.SegmentKept)
    assert kept.take == 2
    assert stalled(*facts, *second, flagged(1, 2)).kind == "policy"


def test_a_kept_take_that_a_person_refused_is_not_kept_again() -> None:
    """The person's no outlasts the score: of the takes made since, the best is kept."""
    facts = [*planned(options=e.Options(takes_max=2)), *attempts(ONE, 1, 2)]
    (kept,) = follows(*facts)
    facts += [kept, refused_take(1, 1), *attempts(ONE, 3, 4)]
    (other,) = follows(*facts)
    assert isinstance(other, e.SegmentKept)
    assert other.take == 2
    assert follows(*facts, other) == ()


def test_a_limit_of_no_takes_still_asks_for_one() -> None:
    """A limit below one, which the door lets nobody set, leaves the decision possible."""
    assert names(orders(*planned(options=e.Options(takes_max=0)))) == ["1-1"]


# -- failures ------------------------------------------------------------------------------------------------


def test_failures_are_tried_again_then_a_person_is_asked() -> None:
    """Machines that fail use up no takes: they have a bound of their own, and resuming begins to count anew."""
    facts: list[e.Fact] = [*planned(options=e.Options(takes_max=1))]
    for take in range(1, FAILURES_MAX + 1):
        (again,) = orders(*facts)
        assert again.take == take
        facts += [again, failed(1, take)]
    problem = stalled(*facts)
    assert (problem.about, problem.what, problem.help) == ("segment 1", FAILURE.what, FAILURE.help)
    (stall,) = follows(*facts)
    assert follows(*facts, stall) == ()
    assert names(orders(*facts, stall, e.ProductionResumed(number=1))) == [f"1-{FAILURES_MAX + 1}"]


def test_a_failure_that_trying_again_cannot_mend_asks_a_person_at_once() -> None:
    """Where the renderer says that it will always fail, it is not tried again."""
    assert stalled(*planned(), ordered(ONE, 1), failed(1, 1, BROKEN)).what == BROKEN.what


@pytest.mark.parametrize("accepts", [True, False])
def test_out_of_memory_orders_a_smaller_setting_if_that_is_accepted(*, accepts: bool) -> None:
    """The smaller setting has a new seed and the same basis: it fits the plan. Unwanted, a person is asked."""
    facts = [*planned(options=e.Options(accept_smaller=accepts)), ordered(ONE, 1), failed(1, 1, out_of_memory(ONE))]
    if accepts:
        (smaller,) = orders(*facts)
        assert (smaller.take, smaller.order.frame_count) == (2, 17)
        assert smaller.basis == ordered(ONE, 1).basis
        assert smaller.order.seed == ordered(ONE, 1).order.seed + SEED_STEP_PER_TAKE
        assert "ran out of memory" in smaller.why
        assert follows(*facts, smaller, rendered(1, 2), approved(1, 2)) == ()
    else:
        assert stalled(*facts).kind == "out_of_memory"


# -- what no longer fits -------------------------------------------------------------------------------------


def test_what_did_not_fit_once_is_not_tried_again_at_that_size() -> None:
    """Other segments, and retakes, are ordered in the size that was proposed, with the reason; until a person acts."""
    size = {"width": 624, "height": 368}
    too_large = msgspec.structs.replace(OUT_OF_MEMORY, smaller=msgspec.structs.replace(ordered(PLAN, 1).order, **size))
    facts = [*planned(PLAN), ordered(PLAN, 1), ordered(PLAN, 2), failed(1, 1, too_large)]
    (again,) = orders(*facts)
    assert (again.order.width, again.order.height, again.take) == (624, 368, 2)
    third = [*facts, again, rendered(2), approved(2)]
    (dependant,) = orders(*third)
    assert (dependant.segment, dependant.order.width, dependant.order.height) == (3, 624, 368)
    assert "take 1-1 ran out of memory" in dependant.why
    (retake,) = (one for one in orders(*third, rendered(1, 2), rejected(1, 2)) if one.segment == 1)
    assert (retake.order.width, retake.order.height) == (624, 368)
    problem = e.Problem(kind="error", about="film", what="Too small.", why="", help="")
    acted = [e.ProductionStalled(number=1, problem=problem), e.ProductionResumed(number=1)]
    assert [one.order.width for one in orders(*third, *acted)] == [832]


def test_a_take_that_was_called_off_and_is_wanted_again_is_ordered_anew() -> None:
    """Being called off is no failure: it uses up no tries."""
    off = msgspec.structs.replace(FAILURE, kind=e.CALLED_OFF)
    facts: list[e.Fact] = [*planned(), ordered(ONE, 1)]
    for take in range(1, FAILURES_MAX + 2):
        facts.append(failed(1, take, off))
        (again,) = orders(*facts)
        assert (again.take, again.why) == (take + 1, f"Take {take} was called off, and is wanted again.")
        facts.append(again)


def test_an_overruled_parent_makes_its_dependant_anew() -> None:
    """When the take it continues is exchanged, the dependant starts from the new one, as its next take."""
    made = [*planned(PLAN), *orders(*planned(PLAN)), rendered(1), approved(1), rendered(2), approved(2)]
    made += [ordered(PLAN, 3, start=HAND_OVER), rendered(3), approved(3)]
    assert follows(*made) == ()
    made.append(refused_take(2, 1))
    (parent,) = orders(*made)
    assert (parent.which(), parent.why) == ("2-2", "Take 1 was refused: wrong boat")
    made += [parent, rendered(2, 2), approved(2, 2)]
    (child,) = orders(*made)
    assert child.which() == "3-2"
    assert child.order.start == rendered(2, 2).hand_over.digest
    assert child.why == "What it was made for has changed."


def test_of_a_revised_plan_only_what_changed_is_ordered() -> None:
    """Takes that fit stay; a segment that changed is ordered anew, with a take number never used before."""
    two = plan(segment(1), segment(2))
    facts = [*planned(two), *orders(*planned(two)), rendered(1), approved(1), rendered(2), approved(2)]
    changed = plan(segment(1), segment(2, seed=99), segment(3))
    revised = e.PlanRevised(number=2, plan=changed, changes=("segment 2 is another",), made=MADE)
    assert names(orders(*facts, revised)) == ["2-2", "3-1"]


def test_new_words_are_planned_before_anything_is_ordered() -> None:
    """While words are unheard or a question is open nothing is ordered; then the plan is revised first."""
    words = e.ProductionDirected(number=1, words="longer")
    assert follows(*planned()) != ()
    assert decide(told([*planned(), words]), None) == ()
    assert decide(told([*planned(), words, questioned(1, heard=2)]), None) == ()
    facts = [*planned(PLAN), words, parsed(2, heard=2)]
    (sample,) = decide(told(planned(PLAN)[:2]), None)
    assert isinstance(sample, WriteSample)
    (revision,) = decide(told(facts), None)
    assert isinstance(revision, WritePlan)
    assert (revision.number, revision.brief_number, revision.before) == (2, 2, PLAN)
    assert revision.highest_segment == 3


def test_ids_of_segments_are_never_used_again() -> None:
    """The next plan counts on from the highest id that any plan had, not only the one in force."""
    shorter = e.PlanRevised(number=2, plan=ONE, changes=(), made=MADE)
    words = e.ProductionDirected(number=1, words="longer")
    (revision,) = decide(told([*planned(PLAN), shorter, words, parsed(2, heard=2)]), None)
    assert isinstance(revision, WritePlan)
    assert revision.highest_segment == 3


def test_a_stalled_segment_does_not_hold_up_the_others() -> None:
    """What waits for a person is left out; everything else is ordered."""
    problem = e.Problem(kind="error", about="segment 1", what="It broke.", why="", help="")
    assert names(orders(*planned(PLAN), e.ProductionStalled(number=1, problem=problem))) == ["2-1"]
