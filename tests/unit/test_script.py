"""A film that is made again from scratch: the person's words and decisions are repeated, each in its order and once."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bus import events as e
from bus.board import Asking, Done, status_of
from bus.plan import Made
from bus.production import Production, evolve
from bus.work import Task
from services.gateway import script
from tests import forks, histories, stories
from tests.gateway_facts import finished
from tests.histories import DECIDES, acted, performed
from tests.laws import examples
from tests.stories import BEGINNING, MADE, Story, approved, ordered, parsed, rendered, sample_rendered, story

PLAN = stories.plan()


def written(production: Production) -> tuple[e.Fact, ...]:
    """Return what the script writes now."""
    tasks = script.decide(production, None)
    assert script.decide(production, None) == tasks, "asked twice, it gives something else"
    return tuple(fact for task in tasks for fact in task.facts)


def same_agents(task: Task, production: Production) -> Sequence[e.Fact]:
    """Return what agents give that decide the same whenever they are asked the same."""
    take = getattr(getattr(task, "job", None) or getattr(task, "take", None), "take", 0)
    asked = f"{type(task).__name__} {task.about} {take} {len(production.conversation)} {len(production.plans)}"
    return performed(task, production, random.Random(asked))


def grown(told: Story, draw: random.Random, *, person: bool, steps_max: int = 300) -> Story:
    """Let the services, and a person or the script, work on a production until nobody has anything to do."""
    state, idle = told.state, 0
    for _ in range(steps_max):
        tasks = [task for decide in DECIDES.values() for task in decide(state, None)]
        # A person who finds nothing to do looks again a few times, and goes.
        said = acted(state, draw) if person and (not tasks or draw.random() < 0.3) else ()
        facts = said or written(state) or (same_agents(draw.choice(tasks), state) if tasks else ())
        idle = 0 if facts else idle + 1
        if idle > (15 if person else 0):
            return told
        for fact in facts:
            state = evolve(state, told.tell(fact).log[-1])
    return told


@settings(max_examples=examples(25))
@given(histories.options(), st.integers(0, 2**32))
def test_every_film_that_is_made_again_comes_to_rest_with_all_of_it_said(options: e.Options, seed: int) -> None:
    """Whatever a person did, it is said again in its order; then the film is there, or something waits for a person."""
    draw = random.Random(seed)
    first = grown(story(e.ProductionRequested(words="A keeper rows out", options=options)), draw, person=True)
    source = first.state
    if not source.cuts:
        return
    at = source.cut_ordinal
    again = forks.again(Story(log=first.log[:at], messages=first.messages[:at]), e.Again.WORDS)
    state = grown(again, draw, person=False).state
    assert state.anomalies == ()
    status = status_of(state)
    if isinstance(status, Done):
        assert script.is_over(state)
        wanted = [one.words for one in state.source.conversation if not one.is_refused] if state.source else []
        said = [one.words for one in state.conversation]
        assert _in_order(wanted, said)
    else:
        assert state.open_stalls or state.is_refused or isinstance(status, Asking), status


def _in_order(wanted: list[str], said: list[str]) -> bool:
    left = iter(said)
    return all(one in left for one in wanted)


@settings(max_examples=examples(25))
@given(histories.options(), st.integers(0, 2**32))
def test_agents_that_decide_the_same_make_the_same_film(options: e.Options, seed: int) -> None:
    """Where the person had nothing to add once there was a plan, the same takes are ordered the same."""
    draw = random.Random(seed)
    asked = story(e.ProductionRequested(words="A keeper rows out", options=options))
    first = grown(asked, draw, person=False)
    if not first.state.cuts:
        return
    again = grown(forks.again(first, e.Again.WORDS), random.Random(seed + 1), person=False).state
    assert {key: take.order for key, take in again.takes.items()} == {
        key: take.order for key, take in first.state.takes.items()
    }


# -- each act at its moment ------------------------------------------------------------------------------------


def redirected() -> Story:
    """Return a film with an answer, a first sample that was redirected, and words at its end."""
    told = story(
        e.ProductionRequested(words="A keeper rows out"),
        stories.questioned(1, 1),
        e.IntentAnswered(number=1, words="20 s"),
        parsed(1, 2),
        e.SampleOrdered(brief=1, take=1, order=stories.sample_order()),
        sample_rendered(),
        e.SampleRedirected(brief=1, take=1, words="darker"),
        parsed(2, 3, style="noir"),
        e.SampleOrdered(brief=2, take=1, order=stories.sample_order(2)),
        sample_rendered(2),
        e.SampleApproved(brief=2, take=1),
    )
    plan = stories.plan(stories.segment(1), brief_number=2)
    told.tell(e.PlanWritten(number=1, plan=plan, made=MADE), ordered(plan, 1), rendered(1), approved(1))
    return told.tell(_cut(told, 1), e.ProductionDirected(number=1, words="closer"), parsed(3, 4, style="noir, close"))


def _cut(told: Story, *segments: int) -> e.ProductionDone:
    takes = tuple(e.CutTake(segment=one, take=1, digest=rendered(one).clip.digest) for one in segments)
    cut = finished().state.cuts[-1]
    number = len(told.state.cuts) + 1
    return msgspec.structs.replace(cut, takes=takes, plan=len(told.state.plans), number=number)


def test_questions_samples_and_words_meet_what_was_said_then() -> None:
    """An answer where there is a question, words about a sample where there is one, and approval where it was given."""
    made = redirected()
    plan = stories.plan(stories.segment(1, seed=9), brief_number=3)
    made.tell(e.PlanRevised(number=2, plan=plan, changes=("closer",), made=MADE))
    made.tell(ordered(plan, 1, 2), rendered(1, 2), approved(1, 2))
    made.tell(
        msgspec.structs.replace(_cut(made, 1), takes=(e.CutTake(segment=1, take=2, digest=rendered(1).clip.digest),))
    )
    again = forks.again(made, e.Again.WORDS)
    assert written(again.state) == (), "intent has the first word"
    again.tell(stories.questioned(1, 1))
    assert written(again.state) == (e.IntentAnswered(number=1, words="20 s"),)
    again.tell(*written(again.state), parsed(1, 2), e.SampleOrdered(brief=1, take=1, order=stories.sample_order()))
    assert written(again.state) == ()
    again.tell(sample_rendered())
    assert written(again.state) == (e.SampleRedirected(brief=1, take=1, words="darker"),)
    again.tell(*written(again.state), parsed(2, 3, style="noir"))
    again.tell(e.SampleOrdered(brief=2, take=1, order=stories.sample_order(2)), sample_rendered(2))
    assert written(again.state) == (e.SampleApproved(brief=2, take=1),)
    first = stories.plan(stories.segment(1), brief_number=2)
    again.tell(*written(again.state), e.PlanWritten(number=1, plan=first, made=MADE))
    assert written(again.state) == (), "the takes that were ordered then are not ordered yet"
    again.tell(ordered(first, 1))
    assert written(again.state) == (e.ProductionDirected(number=1, words="closer"),)
    assert not script.is_over(again.state)


def test_a_question_that_was_not_asked_then_takes_what_is_assumed() -> None:
    """What the person said otherwise comes at its own moment; where nothing can be assumed a person has to answer."""
    again = forks.again(finished(), e.Again.WORDS).tell(stories.questioned(1, 1))
    assert written(again.state) == (e.IntentAnswered(number=1, words=""),)
    nothing = msgspec.structs.replace(stories.questioned(1, 1), assumed="")
    assert written(forks.again(finished(), e.Again.WORDS).tell(nothing).state) == ()


def test_a_ruling_is_repeated_on_the_same_clip_alone() -> None:
    """A take of another order is another clip: what was said of the recorded one does not hold for it."""
    made = story(*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE), ordered(PLAN, 1), rendered(1), approved(1))
    refused = e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.REFUSE, why="too bright")
    made.tell(ordered(PLAN, 2), rendered(2), approved(2), refused, ordered(PLAN, 1, 2), rendered(1, 2), approved(1, 2))
    made.tell(ordered(PLAN, 3, start=rendered(2).hand_over.digest), rendered(3), approved(3))
    made.tell(finished().state.cuts[-1])
    again = forks.again(made, e.Again.WORDS).tell(*BEGINNING[1:], e.PlanWritten(number=1, plan=PLAN, made=MADE))
    other = Story(production=again.production, log=list(again.log), messages=list(again.messages))
    again.tell(ordered(PLAN, 1), ordered(PLAN, 2), rendered(1))
    assert written(again.state) == (), "it is not judged yet"
    again.tell(approved(1))
    assert written(again.state) == (refused,)
    assert written(again.tell(refused).state) == ()
    bright = stories.plan(stories.segment(1, seed=90), *PLAN.segments[1:])
    other.tell(ordered(bright, 1), ordered(PLAN, 2), rendered(1), approved(1))
    assert written(other.state) == ()


def test_a_plan_that_was_edited_by_hand_is_edited_again() -> None:
    """Where the agents came to the same plan before it, the person's own one takes its place."""
    by_hand = Made(by="person", version="1")
    edited = stories.plan(stories.segment(1, seed=40), *PLAN.segments[1:])
    made = finished()
    revised = e.PlanRevised(
        number=2, plan=edited, changes=("Segment 1 is rendered anew: its words changed.",), made=by_hand
    )
    made.tell(revised, ordered(edited, 1, 2), rendered(1, 2), approved(1, 2))
    cut = msgspec.structs.replace(finished().state.cuts[-1], number=2, plan=2)
    takes = (e.CutTake(segment=1, take=2, digest=rendered(1, 2).clip.digest), *cut.takes[1:])
    made.tell(msgspec.structs.replace(cut, takes=takes))
    again = forks.again(made, e.Again.WORDS).tell(*BEGINNING[1:], e.PlanWritten(number=1, plan=PLAN, made=MADE))
    for number, start in ((1, None), (2, None), (3, rendered(2).hand_over.digest)):
        again.tell(ordered(PLAN, number, start=start), rendered(number), approved(number))
        assert written(again.state) == ()
    again.tell(finished().state.cuts[-1])
    assert not script.is_over(again.state)
    (fact,) = written(again.state)
    assert fact == revised


def test_problems_are_resumed_as_often_as_then() -> None:
    """A person who tried again once is not repeated for ever."""
    stalled = e.ProductionStalled(number=1, problem=msgspec.structs.replace(stories.PROBLEM, about="plan"))
    made = story(*BEGINNING, stalled, e.ProductionResumed(number=1), e.PlanWritten(number=1, plan=PLAN, made=MADE))
    for number, start in ((1, None), (2, None), (3, rendered(2).hand_over.digest)):
        made.tell(ordered(PLAN, number, start=start), rendered(number), approved(number))
    made.tell(finished().state.cuts[-1])
    again = forks.again(made, e.Again.WORDS).tell(*BEGINNING[1:], stalled)
    assert written(again.state) == (e.ProductionResumed(number=1, why="as it was then"),)
    again.tell(*written(again.state), msgspec.structs.replace(stalled, number=2))
    assert written(again.state) == ()


def test_nobody_speaks_for_a_person_in_any_other_production() -> None:
    """Neither in a film of its own, nor in one made from orders, nor in a fork of one that was made from scratch."""
    for state in (
        finished().state,
        story(*BEGINNING[:-1]).state,
        forks.again(finished(), e.Again.ORDERS).state,
        forks.fork_of(forks.again(finished(), e.Again.WORDS).tell(stories.questioned(1, 1))).state,
    ):
        assert script.decide(state, None) == ()
