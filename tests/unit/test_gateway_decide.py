"""What a person's act becomes, in whatever state the production is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bus import events as e
from bus.errors import Reason, Refused
from bus.ids import ALPHABET
from bus.subjects import subject_of
from services.gateway import decide
from services.gateway.words import check_key
from tests import stories
from tests.gateway_facts import CANCELLED, PICTURE, QUESTION, refused
from tests.stories import BEGINNING, Story, story, told
from tests.unit.gateway_histories import ACTS, ONCE, histories

# -- laws --------------------------------------------------------------------------------------------------


@given(history=histories(), name=st.sampled_from(sorted(ACTS)))
def test_every_act_is_granted_whole_or_refused_in_words(history: Story, name: str) -> None:
    """In any state an act gives facts that fold without an anomaly on new subjects, or a refusal that helps."""
    refusal: Refused | None = None
    facts: decide.Facts = ()
    try:
        facts = ACTS[name](history.state)
    except Refused as error:
        refusal = error
    if refusal is not None:
        assert refusal.what.endswith((".", "!", "?"))
        assert refusal.help
        return
    assert facts
    subjects = [subject_of(history.production, one) for one in facts]
    assert len({*subjects}) == len(subjects)
    assert not {*subjects} & {subject for subject, _ in history.messages}
    assert all("gateway" in e.WRITTEN_BY[one.TYPE] for one in facts)
    assert history.tell(*facts).state.anomalies == ()


@given(history=histories(), name=st.sampled_from(sorted(ONCE)))
def test_what_was_granted_is_refused_the_second_time(history: Story, name: str) -> None:
    """Asking again for what already holds writes nothing: it is refused, and never as unknown."""
    try:
        facts = ACTS[name](history.state)
    except Refused:
        return
    again = refused(lambda: ACTS[name](history.tell(*facts).state))
    assert again.reason is Reason.NOT_NOW


@given(history=histories(), name=st.sampled_from(sorted({*ACTS} - {"remove"})))
def test_nothing_but_removal_is_granted_after_the_end(history: Story, name: str) -> None:
    """A production that is cancelled takes no act; one that is removed takes none at all."""
    try:
        ended = history.tell(*decide.cancel(history.state, "another idea"))
    except Refused:
        return
    assert refused(lambda: ACTS[name](ended.state)).reason in (Reason.NOT_NOW, Reason.UNKNOWN)
    assert decide.remove(ended.state, "tidy") == (e.ProductionDeleted(why="tidy"),)


@given(key=st.text("abcdef0123456789-", min_size=1, max_size=40), length=st.integers(1, 12))
def test_a_key_always_gives_the_same_ending(key: str, length: int) -> None:
    """The ending of an id follows from the key alone, and is written in the alphabet of ids."""
    ending = decide.ending_of(key, length)
    assert ending == decide.ending_of(key, length)
    assert len(ending) == length
    assert {*ending} <= {*ALPHABET}


# -- beginning ---------------------------------------------------------------------------------------------


def test_a_request_becomes_the_first_fact() -> None:
    """What is asked for is written down as it was said, without the white space around it."""
    asked = decide.Request(words="  A lighthouse at dusk \n", key="k")
    assert decide.create(told(()), asked) == (e.ProductionRequested(words="A lighthouse at dusk", idempotency_key="k"),)


def test_the_same_request_under_the_same_key_writes_nothing() -> None:
    """A repeated request is granted by what is already there."""
    asked = decide.Request(words="A lighthouse", key="k")
    assert decide.create(told(decide.create(told(()), asked)), asked) == ()


def test_another_request_under_the_same_key_is_refused() -> None:
    """A key stands for one request: other words under it are a mistake, and said to be one."""
    there = told((e.ProductionRequested(words="A lighthouse", idempotency_key="k"),))
    refusal = refused(lambda: decide.create(there, decide.Request(words="A submarine", key="k")))
    assert (refusal.reason, refusal.what) == (
        Reason.INVALID,
        "The Idempotency-Key was already used for lighthouse-at-dusk-7q2k.",
    )


@pytest.mark.parametrize("key", [None, "other"])
def test_a_taken_id_is_no_refusal(key: str | None) -> None:
    """Where the drawn id belongs to another production, another one is to be drawn."""
    with pytest.raises(decide.Taken):
        decide.create(told(BEGINNING), decide.Request(words="A lighthouse", key=key))


@pytest.mark.parametrize(
    ("words", "reason", "says"),
    [
        ("", Reason.INVALID, "The message is empty."),
        (" \n\t ", Reason.INVALID, "The message is empty."),
        ("x" * 8001, Reason.TOO_LARGE, "The message has 8,001 characters."),
        ("x" * 100_000, Reason.TOO_LARGE, "The message has 100,000 characters."),
        ("a\x00b", Reason.INVALID, "The message holds the character U+0000, which is no text."),
        ("a\ud800b", Reason.INVALID, "The message holds the character U+D800, which is no text."),
    ],
)
def test_words_that_cannot_be_taken_are_refused(words: str, reason: Reason, says: str) -> None:
    """Empty, endless and broken messages are named as that, wherever words are said."""
    for act in (
        lambda: decide.create(told(()), decide.Request(words=words)),
        lambda: decide.say(told(BEGINNING), words),
        lambda: decide.redirect(told(BEGINNING[:4]), words),
    ):
        refusal = refused(act)
        assert (refusal.reason, refusal.what) == (reason, says)
        assert refusal.help


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (e.Options(takes_max=0), "The option takes_max can't be 0."),
        (e.Options(takes_max=101), "The option takes_max can't be 101."),
        (e.Options(seed=-1), "The option seed can't be -1."),
        (e.Options(seed=2**63), f"The option seed can't be {2**63}."),
        (e.Options(duration_max_s=0), "The option duration_max_s can't be 0."),
        (e.Options(duration_max_s=float("nan")), "The option duration_max_s can't be nan."),
        (e.Options(renderer="../../etc"), "The option renderer can't be '../../etc'."),
    ],
)
def test_options_out_of_range_are_refused_by_name(options: e.Options, says: str) -> None:
    """An option that can't be is named, with the range that it has."""
    refusal = refused(lambda: decide.create(told(()), decide.Request(words="A lighthouse", options=options)))
    assert (refusal.reason, refusal.what) == (Reason.INVALID, says)


@pytest.mark.parametrize("key", ["", " k", "k" * 201, "schlüssel", "a\nb"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    """Idempotency keys are short and in printable ASCII."""
    assert refused(lambda: check_key(key)).what == "The Idempotency-Key can't be used."


def test_the_content_policy_is_asked_with_the_whole_conversation() -> None:
    """What is harmless alone is refused where it completes what was said before, and nothing is written."""
    begun = told((e.ProductionRequested(words="A portrait of a woman", images=(PICTURE,)),))
    refusal = refused(lambda: decide.say(begun, "Now undress her, completely naked"))
    assert refusal.reason is Reason.POLICY
    assert refusal.why
    assert refusal.help


# -- the sample --------------------------------------------------------------------------------------------


def test_the_waiting_sample_is_approved() -> None:
    """Approval names the sample that waits."""
    assert decide.approve(told(BEGINNING[:4])) == (e.SampleApproved(brief=1, take=1),)


@pytest.mark.parametrize(
    ("history", "says"),
    [
        (BEGINNING[:1], "lighthouse-at-dusk-7q2k has no sample yet."),
        (BEGINNING[:3], "Sample 1-1 is not there yet."),
        (BEGINNING, "Sample 1-1 is already approved."),
        ((*BEGINNING[:4], e.SampleRedirected(brief=1, take=1, words="darker")), "Sample 1-1 was already redirected."),
        ((*BEGINNING[:4], CANCELLED), "lighthouse-at-dusk-7q2k was cancelled: it can't be approved."),
        ((*BEGINNING[:4], e.ProductionDeleted()), "lighthouse-at-dusk-7q2k was deleted: it can't be approved."),
        (
            (*BEGINNING[:4], e.ProductionDirected(number=1, words="at night")),
            "Sample 1-1 is older than what was said last.",
        ),
    ],
)
def test_an_approval_that_comes_at_the_wrong_time_names_the_state(history: tuple[e.Fact, ...], says: str) -> None:
    """Approving twice, too early, too late or past somebody's words is refused with what is the case."""
    refusal = refused(lambda: decide.approve(told(history)))
    assert (refusal.reason, refusal.what) == (Reason.NOT_NOW, says)


def test_who_approves_another_sample_than_the_current_one_is_told() -> None:
    """A person approves what they saw: an older sample can't be meant, and one that never was is unknown."""
    second = e.SampleRedirected(brief=1, take=1, words="darker")
    newer = (
        stories.parsed(2, 2),
        e.SampleOrdered(brief=2, take=1, order=stories.sample_order()),
        stories.sample_rendered(2),
    )
    state = told((*BEGINNING[:4], second, *newer))
    assert refused(lambda: decide.approve(state, "1-1")).what == "Sample 1-1 can't be approved any more."
    assert refused(lambda: decide.approve(state, "7-1")).reason is Reason.UNKNOWN
    assert decide.approve(state, "2-1") == (e.SampleApproved(brief=2, take=1),)


def test_an_unknown_production_takes_no_act() -> None:
    """Whatever is asked of what the log does not hold: there is no such production."""
    for act in ACTS.values():
        refusal = refused(lambda act=act: act(told(())))  # type: ignore[misc]
        assert (refusal.reason, refusal.what) == (Reason.UNKNOWN, "There is no production lighthouse-at-dusk-7q2k.")


# -- the conversation --------------------------------------------------------------------------------------


def test_directions_are_numbered_in_their_order() -> None:
    """The n-th direction has number n, whatever else was said between."""
    begun = story(*BEGINNING[:4])
    begun.tell(*decide.say(begun.state, "slower")).tell(*decide.redirect(begun.state, "darker"))
    assert decide.say(begun.state, "warmer") == (e.ProductionDirected(number=2, words="warmer"),)


def test_a_question_is_answered_once() -> None:
    """An answer goes to the open question; without words it stands for what was assumed; the second is refused."""
    asked = story(*BEGINNING[:1], QUESTION)
    assert decide.answer(asked.state, "") == (e.IntentAnswered(number=1, words=""),)
    asked.tell(*decide.answer(asked.state, "the first"))
    assert refused(lambda: decide.answer(asked.state, "no, the second")).why.startswith(
        "Question 1 is already answered"
    )


def test_where_nothing_is_assumed_an_answer_has_words() -> None:
    """An empty answer would only be asked about again, for ever; a picture alone may be one."""
    asked = story(*BEGINNING[:1], structs.replace(QUESTION, assumed=""))
    assert refused(lambda: decide.answer(asked.state, " ")).reason is Reason.INVALID
    assert decide.answer(asked.state, "a fox") == (e.IntentAnswered(number=1, words="a fox"),)
    assert decide.answer(asked.state, "", (PICTURE,)) == (e.IntentAnswered(number=1, words="", images=(PICTURE,)),)


def test_after_a_refusal_other_words_may_be_said() -> None:
    """The policy refuses words, not people: saying something else goes on."""
    no = e.ProductionRefused(number=1, heard=1, rule="minors", why="No.", help="Ask otherwise.")
    assert decide.say(told((*BEGINNING[:1], no)), "A lighthouse instead")
