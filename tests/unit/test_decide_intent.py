from __future__ import annotations

import pytest
from hypothesis import given, settings

from bus import events as e
from services.intent.decide import Understand, decide
from tests.histories import Told, check_decide, histories
from tests.laws import examples
from tests.stories import BEGINNING, PROBLEM, artifact, parsed, questioned, refusal, told

REQUEST = BEGINNING[0]


def heard(*facts: e.Fact) -> Understand | None:
    """Return what is to be answered after these facts, or None."""
    tasks = decide(told(facts), None)
    return tasks[0] if tasks else None


@settings(max_examples=examples(40))
@given(histories())
def test_intent_asks_for_the_same_until_it_is_done(history: Told) -> None:
    """At every moment: asked twice is asked once, done is done, nothing after an end or while a person is asked."""
    check_decide(decide, *history)


def test_a_request_is_heard() -> None:
    """The first words are to be answered, as brief 1 or question 1."""
    task = heard(REQUEST)
    assert task is not None
    assert [one.words for one in task.conversation] == ["A lighthouse keeper rows out at dusk"]
    assert (task.heard, task.brief_number, task.question_number, task.is_assumed) == (1, 1, 1, False)


@pytest.mark.parametrize("answer", [parsed(), questioned(), refusal(1, 1)], ids=lambda fact: fact.TYPE)
def test_what_is_answered_is_not_heard_again(answer: e.Fact) -> None:
    """A brief, a question and a refusal each answer a message."""
    assert heard(REQUEST, answer) is None


def test_messages_that_came_together_are_heard_together() -> None:
    """Whatever was said since the last answer is answered at once, after all that was said before."""
    further = [e.ProductionDirected(number=number, words=f"word {number}") for number in (1, 2)]
    task = heard(REQUEST, parsed(), *further)
    assert task is not None
    assert [one.words for one in task.conversation][1:] == ["word 1", "word 2"]
    assert (task.heard, task.brief_number) == (3, 2)


def test_a_redirected_sample_is_heard() -> None:
    """What the person says about the sample is part of the conversation."""
    task = heard(*BEGINNING[:4], e.SampleRedirected(brief=1, take=1, words="darker"))
    assert task is not None
    assert task.conversation[-1].words == "darker"


def test_an_answer_is_heard_with_the_question_counted() -> None:
    """After the answer the next question would be the second."""
    task = heard(REQUEST, questioned(), e.IntentAnswered(number=1, words="20 seconds"))
    assert task is not None
    assert (task.question_number, task.brief_number, task.is_assumed) == (2, 1, False)


@pytest.mark.parametrize(
    ("answer", "is_assumed"),
    [
        (e.IntentAnswered(number=1, words=""), True),
        (e.IntentAnswered(number=1, words=" \n"), True),
        (e.IntentAnswered(number=1, words="20 s"), False),
        (e.IntentAnswered(number=1, words="", images=(artifact("a", "image/png"),)), False),
    ],
)
def test_an_empty_answer_takes_what_was_assumed(answer: e.IntentAnswered, *, is_assumed: bool) -> None:
    """Only an answer of no words and no picture means: take what was assumed."""
    task = heard(REQUEST, questioned(), answer)
    assert task is not None
    assert task.is_assumed is is_assumed


def test_a_refused_message_is_not_heard_again() -> None:
    """After a refusal only what else was said counts, while the count of messages goes on."""
    bad = e.ProductionDirected(number=1, words="something bad")
    task = heard(REQUEST, parsed(), bad, refusal(1, 2), e.ProductionDirected(number=2, words="something else"))
    assert task is not None
    assert [one.words for one in task.conversation] == ["A lighthouse keeper rows out at dusk", "something else"]
    assert task.heard == 3


def test_a_stalled_intent_waits_for_the_person() -> None:
    """While its problem is open nothing is heard; resumed, it is heard as before."""
    problem = e.Problem(kind="error", about="intent", what="It broke.", why="", help="")
    stall = e.ProductionStalled(number=1, problem=problem)
    assert heard(REQUEST, stall) is None
    assert heard(REQUEST, stall, e.ProductionResumed(number=1)) == heard(REQUEST)
    assert heard(REQUEST, e.ProductionStalled(number=1, problem=PROBLEM)) == heard(REQUEST)
