from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus import codec
from bus import events as e
from bus.board import Absent, Cancelled, Done, Status, status_of
from bus.ids import EventId, digest_of
from bus.production import Production, evolve, fold
from tests import histories
from tests.histories import Told
from tests.laws import examples
from tests.stories import (
    BEGINNING,
    FAILURE,
    MADE,
    PROBLEM,
    PRODUCTION,
    Story,
    approved,
    artifact,
    ordered,
    parsed,
    plan,
    questioned,
    refusal,
    rejected,
    rendered,
    sample_rendered,
    segment,
    story,
)

PLAN = plan(segment(1))
UP_TO_A_TAKE: tuple[e.Fact, ...] = (
    *BEGINNING,
    e.PlanWritten(number=1, plan=PLAN, made=MADE),
    ordered(PLAN, 1),
)


def done(of: Story, *takes: tuple[int, int]) -> e.ProductionDone:
    """Return a cut of the first plan that shows these takes."""
    state = of.state
    assert state.head is not None
    cut = tuple(e.CutTake(segment=one, take=take, digest=digest_of(b"a clip")) for one, take in takes)
    film = artifact("film")
    return e.ProductionDone(
        number=1,
        plan=1,
        film=film,
        manifest=film,
        takes=cut,
        duration_s=2.0,
        count=state.ordinal,
        head=state.head,
        made=MADE,
    )


# -- laws ----------------------------------------------------------------------------------------------------


@settings(max_examples=examples(50))
@given(histories.histories())
def test_what_services_and_a_person_write_is_without_anomaly(told: Told) -> None:
    """A history that follows the rules folds without an anomaly, and each state is that of its prefix."""
    story, states = told
    assert states[-1].anomalies == ()
    assert states[-1].ordinal == len(story.log)
    assert fold(story.production, story.log) == states[-1]


@settings(max_examples=examples(50))
@given(histories.garbled(), st.data())
def test_folding_on_is_folding_all(story: Story, data: st.DataObject) -> None:
    """fold(a + b) is b evolved over fold(a), whatever the log holds; and no log makes it raise."""
    at = data.draw(st.integers(0, len(story.log)))
    state = fold(story.production, story.log[:at])
    for one in story.log[at:]:
        state = evolve(state, one)
    assert state == story.state


@settings(max_examples=examples(50))
@given(histories.garbled())
def test_every_state_has_one_status(story: Story) -> None:
    """However garbled the log, after each message there is a status and every decide answers."""
    state = Production(id=story.production)
    for one in story.log:
        state = evolve(state, one)
        assert isinstance(status_of(state), Status)
        for decide in histories.DECIDES.values():
            decide(state, None)


@settings(max_examples=examples(50))
@given(histories.garbled())
def test_nothing_on_the_log_is_passed_over_in_silence(story: Story) -> None:
    """What is no event is an anomaly, what is unknown is noted, and neither changes anything else.

    A fact told again, which the stream refuses, may leave no trace: only what is new has to.
    """
    state, subjects = Production(id=story.production), set[str]()
    for one in story.log:
        is_new = one.subject not in subjects
        subjects.add(one.subject)
        before, state = state, evolve(state, one)
        if isinstance(one, e.Unreadable):
            assert state.anomalies[-1].what == one.why
            assert len(state.anomalies) == len(before.anomalies) + 1
            assert substance(state) == substance(before)
        elif isinstance(one.event.fact, e.Unknown):
            assert len(state.unknown) == len(before.unknown) + 1
            assert substance(state) == substance(before)
        elif is_new and len(state.anomalies) == len(before.anomalies):
            assert substance(state) != substance(before), f"{one.subject} left no trace"


@settings(max_examples=examples(30))
@given(histories.histories(steps_max=40), st.integers(0, 2**32))
def test_time_ids_and_writers_are_no_part_of_the_state(told: Told, seed: int) -> None:
    """The same facts written at other times, by others, under other ids give the same production."""
    story, states = told
    draw, elsewhere = histories.Draw(seed), Story()
    for one in story.log:
        assert isinstance(one, e.Recorded)
        event = msgspec.structs.replace(
            one.event,
            id=EventId(str(draw.random())),
            time=str(draw.random()),
            by=e.Writer(service="another", version="2", host="there"),
            cause=EventId("a cause"),
            trace="a trace",
            previous=elsewhere.log[-1].digest if elsewhere.log else None,
        )
        elsewhere.overhear(one.subject, codec.encode(event))
    assert substance(elsewhere.state) == substance(states[-1])
    assert elsewhere.state.anomalies == ()


def substance(state: Production) -> Production:
    """Return the state without what says only where its log ends, and without what is shown beside it."""
    return msgspec.structs.replace(
        state,
        ordinal=0,
        head=None,
        last_event=None,
        last_time="",
        first_time="",
        anomalies=(),
        unknown=(),
    )


@settings(max_examples=examples(30))
@given(histories.histories(steps_max=40), st.data())
def test_a_break_in_the_chain_is_shown_and_stops_nothing(told: Told, data: st.DataObject) -> None:
    """Whichever event is taken out of a log, the one after it is an anomaly, and the fold goes on to the end."""
    story, _ = told
    if len(story.log) < 3:
        return
    at = data.draw(st.integers(0, len(story.log) - 2))
    state = fold(story.production, [*story.log[:at], *story.log[at + 1 :]])
    after = story.log[at + 1]
    assert state.anomalies[0].subject == after.subject
    assert "does not refer to the one before it" in state.anomalies[0].what
    assert state.ordinal == len(story.log)


# -- exclusive pairs -----------------------------------------------------------------------------------------

SAMPLE = BEGINNING[:3]
PAIRS: dict[str, tuple[tuple[e.Fact, ...], e.Fact, e.Fact]] = {
    "a take is approved or rejected": ((*UP_TO_A_TAKE, rendered(1)), approved(1), rejected(1)),
    "a take is rendered or failed": (UP_TO_A_TAKE, rendered(1), e.SegmentFailed(segment=1, take=1, failure=FAILURE)),
    "a sample is rendered or failed": (SAMPLE, sample_rendered(), e.SampleFailed(brief=1, take=1, failure=FAILURE)),
    "a sample is approved or redirected": (
        BEGINNING[:4],
        e.SampleApproved(brief=1, take=1),
        e.SampleRedirected(brief=1, take=1, words="darker"),
    ),
    "a production is cancelled or has failed": (
        BEGINNING,
        e.ProductionCancelled(),
        e.ProductionFailed(problem=PROBLEM),
    ),
}


@pytest.mark.parametrize("is_swapped", [False, True], ids=["", "swapped"])
@pytest.mark.parametrize("pair", PAIRS)
def test_of_an_exclusive_pair_the_first_wins(pair: str, is_swapped: bool) -> None:
    """The second of two facts that exclude each other is shown as an anomaly and changes nothing."""
    before, one, other = PAIRS[pair]
    first, second = (other, one) if is_swapped else (one, other)
    decided = story(*before, first)
    both = story(*before, first, second)
    assert decided.state.anomalies == ()
    (anomaly,) = both.state.anomalies
    assert anomaly.subject == both.log[-1].subject
    assert anomaly.what.endswith(".")
    assert substance(both.state) == substance(decided.state)


def test_of_done_and_cancelled_the_first_wins() -> None:
    """A film can't be done after it was called off, nor called off while it stands as it is."""
    made = story(*UP_TO_A_TAKE, rendered(1), approved(1))
    cut = done(made, (1, 1))
    cancelled = made.tell(e.ProductionCancelled(), cut).state
    assert isinstance(status_of(cancelled), Cancelled)
    assert len(cancelled.anomalies) == 1
    finished = story(*UP_TO_A_TAKE, rendered(1), approved(1), cut, e.ProductionCancelled()).state
    assert isinstance(status_of(finished), Done)
    assert [one.what for one in finished.anomalies] == ["The film is done."]


@pytest.mark.parametrize(
    "act",
    [
        e.ProductionDirected(number=1, words="longer"),
        e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.REFUSE, why="No."),
        e.PlanRevised(number=2, plan=PLAN, changes=(), made=MADE),
        e.ProductionStalled(number=1, problem=PROBLEM),
    ],
    ids=lambda act: act.TYPE,
)
def test_a_film_that_is_being_changed_can_be_called_off(act: e.Fact) -> None:
    """After the film was done and something is wanted anew, cancelling is no anomaly."""
    made = story(*UP_TO_A_TAKE, rendered(1), approved(1))
    state = made.tell(done(made, (1, 1)), act, e.ProductionCancelled()).state
    assert isinstance(status_of(state), Cancelled)
    assert state.anomalies == ()


@settings(max_examples=examples(50))
@given(histories.histories())
def test_only_a_film_that_is_done_cannot_be_called_off(told: Told) -> None:
    """At every moment of a history, cancelling ends the production, unless its status is that the film is done."""
    _, states = told
    for state in states:
        cancelled = histories.after(state, e.ProductionCancelled())
        if cancelled.anomalies != state.anomalies and state.end is None:
            assert isinstance(status_of(state), Done)


def test_what_is_deleted_may_have_ended_before() -> None:
    """Whatever ended a production, a person can remove it: that is no anomaly, and it is the end that is shown."""
    state = story(*BEGINNING, e.ProductionCancelled(), e.ProductionDeleted()).state
    assert state.anomalies == ()
    assert isinstance(state.end, e.ProductionDeleted)


# -- single anomalies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "fact", "what"),
    [
        ((), BEGINNING[1], "before the production was requested"),
        (BEGINNING, e.ProductionRequested(words="again"), "already requested"),
        (BEGINNING, parsed(number=3), "Brief 3 is not the next one"),
        (BEGINNING, e.PlanRevised(number=2, plan=PLAN, changes=(), made=MADE), "Plan 2 is not the next one"),
        (BEGINNING, rendered(1), "never ordered"),
        (BEGINNING, sample_rendered(take=2), "never ordered"),
        (UP_TO_A_TAKE, approved(1), "not rendered"),
        (BEGINNING[:3], BEGINNING[4], "not rendered"),
        (BEGINNING, e.IntentAnswered(number=1, words=""), "no open question 1"),
        (BEGINNING, e.ProductionResumed(number=1), "no open problem 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fact_that_cannot_stand_is_an_anomaly(before: tuple[e.Fact, ...], fact: e.Fact, what: str) -> None:
    """What follows from nothing before it is shown with the reason, and changes nothing."""
    told = story(*before)
    state = story(*before, fact).state
    assert len(state.anomalies) == 1
    assert what in state.anomalies[0].what
    assert substance(state) == substance(told.state)


@pytest.mark.parametrize(
    ("previous", "ordinal", "what"),
    [
        (digest_of(b"another"), 6, "something was lost or altered"),
        (None, 6, "something was lost or altered"),
        ("head", 9, "counts itself as 9, where 6 is due"),
    ],
)
def test_a_broken_chain_is_shown_and_the_fact_still_counts(previous: str | None, ordinal: int, what: str) -> None:
    """An event that does not fit the one before it is an anomaly; what it says is not thrown away."""
    told = story(*BEGINNING)
    said = e.ProductionDirected(number=1, words="longer")
    before = told.log[-1].digest if previous == "head" else None if previous is None else digest_of(b"another")
    state = told.seal(said, previous=before, ordinal=ordinal).state
    assert [what in one.what for one in state.anomalies] == [True]
    assert state.conversation[-1].words == "longer"
    assert told.seal(said, previous=told.log[-1].digest, ordinal=ordinal + 1).state.anomalies == state.anomalies


def test_an_altered_byte_shows_in_the_next_event() -> None:
    """Whoever alters a stored event makes the one after it an anomaly."""
    told = story(*BEGINNING)
    subject, content = told.messages[0]
    altered = codec.record(1, subject, content.replace(b"keeper", b"sailor"))
    state = fold(PRODUCTION, [altered, *told.log[1:]])
    assert [one.sequence for one in state.anomalies] == [2]


def test_garbage_and_what_is_newer_are_links_of_the_chain() -> None:
    """The event after a foreign message or a newer one refers to it: neither can be taken out unseen."""
    told = story(*BEGINNING)
    histories.tell_unknown(told).overhear(f"segment.rendered.{PRODUCTION}.9-9", b"garbage")
    state = told.seal(
        e.WorkFailed(number=1, service="creator", subject="x", ordinal=None, problem=PROBLEM),
        previous=told.log[-1].digest,
        ordinal=7,
    ).state
    assert state.unknown == ("segment.graded v1",)
    assert [one.sequence for one in state.anomalies] == [7]
    assert len(state.work_failures) == 1


def test_a_log_of_nothing_is_no_production() -> None:
    """Where nothing is on the log the status says so."""
    assert isinstance(status_of(fold(PRODUCTION, [])), Absent)


# -- the conversation ----------------------------------------------------------------------------------------


def test_a_refused_message_takes_no_part_and_new_words_revive() -> None:
    """A refusal stands while nobody says anything; afterwards the refused message stays marked, and only that one."""
    refused = story(*BEGINNING, e.ProductionDirected(number=1, words="something bad"), refusal(1, 2))
    assert refused.state.is_refused
    assert not refused.state.is_active
    state = refused.tell(e.ProductionDirected(number=2, words="something else")).state
    assert not state.is_refused
    assert state.is_active
    assert [one.is_refused for one in state.conversation] == [False, True, False]


def test_words_that_were_understood_before_they_were_refused_take_no_part_either() -> None:
    """Where the plan is refused, the words are refused that its brief came from: not those of the brief before."""
    state = story(
        *BEGINNING, e.ProductionDirected(number=1, words="something bad"), parsed(2, heard=2), refusal(1, 2)
    ).state
    assert [one.is_refused for one in state.conversation] == [False, True]
    first = story(*BEGINNING, refusal(1, 1)).state
    assert [one.is_refused for one in first.conversation] == [True]


def test_a_question_is_open_until_it_is_answered_or_something_else_is_said() -> None:
    """An answer closes a question, and so do further words: they are heard first."""
    asked = (BEGINNING[0], questioned())
    assert story(*asked).state.open_question is not None
    assert story(*asked, e.IntentAnswered(number=1, words="20 s")).state.open_question is None
    assert story(*asked, e.ProductionDirected(number=1, words="20 s")).state.open_question is None


@settings(max_examples=examples(30))
@given(histories.histories())
def test_what_was_said_stays_said(told: Told) -> None:
    """From event to event nothing of a production's past is lost: messages, briefs, plans and takes only grow."""
    _, states = told
    for before, after in pairwise(states):
        words = [one.words for one in before.conversation]
        assert [one.words for one in after.conversation][: len(words)] == words
        assert after.briefs[: len(before.briefs)] == before.briefs
        assert after.plans[: len(before.plans)] == before.plans
        assert after.takes.keys() >= before.takes.keys()
        assert after.heard >= before.heard
