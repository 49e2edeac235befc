"""Why something is as it is: the chain from the person's sentence to the pixels."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus import codec
from bus import events as e
from bus.errors import Reason, Refused
from bus.ids import digest_of
from bus.plan import Artifact
from bus.production import Production, fold
from services.gateway.causes import OfBrief, OfFilm, OfPlan, OfSample, OfSegment, Target, Why, why
from tests import stories
from tests.forks import again, fork_of
from tests.histories import Told, garbled, histories
from tests.laws import examples
from tests.stories import BEGINNING, MADE, Story, approved, ordered, parsed, plan, rejected, rendered, segment, story
from tests.unit.test_manifest import done, film

PLAN = plan(segment(1), segment(2, continues=1))
HAND_OVER = rendered(1, 2).hand_over.digest


def targets(state: Production) -> list[Target]:
    """Return everything that can be asked about."""
    asked: list[Target] = [OfBrief(one.number) for one in state.briefs]
    asked += [OfPlan(number) for number in range(1, len(state.plans) + 1)]
    asked += [OfFilm(number) for number in range(1, len(state.cuts) + 1)]
    asked += [OfSample(one.brief, one.take) for one in state.samples]
    asked += [OfSegment(segment, take) for segment, take in state.takes]
    asked += [OfSegment(one.id) for one in (state.plan.segments if state.plan else ())]
    return asked


def types(found: Why) -> list[str]:
    """Return the types of the chain's events."""
    return [one.type for one in found.steps]


@settings(max_examples=examples(60))
@given(histories(), st.data())
def test_every_chain_begins_with_words_of_the_person(history: Told, data: st.DataObject) -> None:
    """Whatever is asked about: each step follows from earlier ones of the chain, and only a person's word from none."""
    told = history.story
    asked = targets(told.state)
    if not asked:
        return
    found = why(told.production, told.log, data.draw(st.sampled_from(asked)))
    ordinals = [one.ordinal for one in found.steps]
    assert ordinals == sorted(set(ordinals))
    for one in found.steps:
        assert set(one.because) <= {each for each in ordinals if each < one.ordinal}
        if not one.because:
            assert one.type in ("production.requested", "production.directed")
    followed = {each for one in found.steps for each in one.because}
    assert [one for one in ordinals if one not in followed] == ordinals[-1:], "only what was asked about is the end"
    if not told.state.conversation[0].is_refused:
        assert ordinals[0] == 1


@settings(max_examples=examples(60))
@given(garbled(), st.data())
def test_a_log_that_nobody_should_write_has_chains_that_end(garbled_story: Story, data: st.DataObject) -> None:
    """Broken ordinals and facts that can't stand make no loop and no crash."""
    state = fold(garbled_story.production, garbled_story.log)
    for target in targets(state):
        assert why(garbled_story.production, garbled_story.log, target).steps


def retaken() -> Story:
    """Return a film of two segments: the first taken twice, the second going on where the second take ended."""
    told = story(*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE))
    told.tell(ordered(PLAN, 1), rendered(1), rejected(1), ordered(PLAN, 1, 2), rendered(1, 2), approved(1, 2))
    told.tell(ordered(PLAN, 2, 1, HAND_OVER), rendered(2), approved(2))
    return told.tell(done(told.state))


def test_the_chain_of_a_segment_goes_from_the_sentence_to_the_film() -> None:
    """Message, brief, sample and word, plan, orders, takes, verdicts, film; and nothing of the other segment."""
    found = why(retaken().production, retaken().log, OfSegment(1))
    assert found.target == "segment 1, take 2, in cut 1"
    assert [one.what for one in found.steps] == [
        "message 1",
        "brief 1",
        "order of sample 1-1",
        "sample 1-1",
        "your word on sample 1-1",
        "plan 1",
        "order of take 1-1",
        "take 1-1",
        "verdict on take 1-1",
        "order of take 1-2",
        "take 1-2",
        "verdict on take 1-2",
        "cut 1",
    ]
    again = next(one for one in found.steps if one.what == "order of take 1-2")
    assert [found.steps[each - 1].what for each in again.because] == ["plan 1", "verdict on take 1-1"]


def test_a_segment_that_continues_another_follows_from_its_take() -> None:
    """The picture it begins with is the last one of a take, and that take's verdict let it be used."""
    found = why(retaken().production, retaken().log, OfSegment(2))
    order = next(one for one in found.steps if one.what == "order of take 2-1")
    whats = {one.ordinal: one.what for one in found.steps}
    assert [whats[each] for each in order.because] == ["plan 1", "verdict on take 1-2"]


def test_a_step_says_who_made_it_from_which_prompt() -> None:
    """Model and prompt digest of a document, prompt digest of an order, digests of order and clip of a take."""
    steps = {one.what: one for one in why(retaken().production, retaken().log, OfFilm()).steps}
    assert (steps["message 1"].actor, steps["message 1"].because) == ("person", ()) or steps[
        "message 1"
    ].actor == "test"
    assert steps["plan 1"].made == MADE
    order = steps["order of take 1-2"]
    assert order.prompt_digest == digest_of(PLAN.segments[0].prompt.encode())
    assert steps["take 1-2"].order_digest == rendered(1, 2).order_digest
    assert steps["take 1-2"].artifact == rendered(1, 2).clip.digest
    assert steps["cut 1"].artifact == stories.artifact("film").digest


def test_what_a_person_decided_is_in_the_chain() -> None:
    """A redirect leads to the next brief, and a ruling stands where the reviewer's word would."""
    told = film()
    found = why(told.production, told.log, OfSegment(1))
    whats = [one.what for one in found.steps]
    assert "your word on take 1-1-1" not in whats
    assert whats[-2:] == ["your word on take 1-1", "cut 1"]
    redirect = next(one for one in found.steps if "message 2" in one.what)
    assert redirect.what == "your word on sample 1-1, message 2"
    brief = next(one for one in found.steps if one.what == "brief 2")
    assert redirect.ordinal in brief.because


def test_a_picture_of_the_person_is_a_cause() -> None:
    """An order that begins with it follows from the message that it came with."""
    picture = Artifact(digest=digest_of(b"him"), media_type="image/png", size_bytes=3)
    told = story(*BEGINNING, e.ProductionDirected(number=1, words="this is him", images=(picture,)), parsed(2, 2))
    revised = msgspec.structs.replace(PLAN, brief=2)
    told.tell(e.PlanWritten(number=1, plan=revised, made=MADE), ordered(revised, 1, 1, picture.digest))
    found = why(told.production, told.log, OfSegment(1))
    whats = {one.ordinal: one.what for one in found.steps}
    assert "message 2" in [whats[each] for each in found.steps[-1].because]


def test_what_is_planned_and_not_ordered_follows_from_the_plan() -> None:
    """Its chain ends there for now."""
    told = story(*BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=MADE))
    found = why(told.production, told.log, OfSegment(2))
    assert (found.target, found.steps[-1].what) == ("segment 2, not ordered yet", "plan 1")


def test_where_it_was_forked_from_is_said() -> None:
    """The chain goes on in another production."""
    origin = e.Origin(production=stories.PRODUCTION, ordinal=3, digest=digest_of(b"x"))
    told = story(e.ProductionRequested(words="x", origin=origin), parsed())
    assert why(told.production, told.log, OfBrief()).origin == origin


@pytest.mark.parametrize(
    ("target", "reason", "says"),
    [
        (OfSegment(9), Reason.UNKNOWN, "no segment 9. The plan has 1, 2."),
        (OfSegment(1, 7), Reason.UNKNOWN, "no take 1-7. There are: 1-1, 1-2."),
        (OfSample(3), Reason.UNKNOWN, "no sample 3. There are: 1-1."),
        (OfPlan(2), Reason.UNKNOWN, "no plan 2."),
        (OfFilm(2), Reason.UNKNOWN, "no film 2."),
        (OfBrief(0), Reason.UNKNOWN, "no brief 0."),
    ],
    ids=str,
)
def test_what_is_not_there_is_said(target: Target, reason: Reason, says: str) -> None:
    """With what there is."""
    told = retaken()
    with pytest.raises(Refused) as caught:
        why(told.production, told.log, target)
    assert caught.value.reason is reason
    assert says in str(caught.value)


@pytest.mark.parametrize("target", [OfSegment(1), OfSample(), OfPlan(), OfFilm(), OfBrief()], ids=str)
def test_what_is_not_there_yet_is_said(target: Target) -> None:
    """Right after the request there are only words."""
    told = story(e.ProductionRequested(words="A keeper rows out"))
    with pytest.raises(Refused) as caught:
        why(told.production, told.log, target)
    assert caught.value.reason is Reason.NOT_NOW


def test_what_the_gateway_wrote_a_person_did() -> None:
    """Its facts are the words and decisions of people; every other service acts for itself."""
    told = Story()
    for fact, service in ((e.ProductionRequested(words="x"), "gateway"), (parsed(), "intent")):
        writer = msgspec.structs.replace(stories.WRITER, service=service)
        ordinal = len(told.log) + 1
        sealed = Story().seal(fact, previous=told.log[-1].digest if told.log else None, ordinal=ordinal).log[0]
        assert isinstance(sealed, e.Recorded)
        event = msgspec.structs.replace(sealed.event, by=writer)
        told.overhear(sealed.subject, codec.encode(event))
    assert [one.actor for one in why(told.production, told.log, OfBrief()).steps] == ["person", "intent"]


def test_a_fork_has_the_chain_of_what_it_adopted() -> None:
    """The events are told as what they were first, under the fork's own numbers; the request names the origin."""
    told, forked = film(), fork_of(film())
    there, here = (why(one.production, one.log, OfFilm()) for one in (told, forked))
    assert [(one.ordinal, one.type, one.what, one.because) for one in here.steps] == [
        (one.ordinal, one.type, one.what, one.because) for one in there.steps
    ]
    assert here.origin == e.Origin(production=told.production, ordinal=len(told.log), digest=told.log[-1].digest)


def test_a_film_that_is_made_again_has_a_chain_of_its_own() -> None:
    """What was set aside is no cause: the clip follows from the order that was given again, and that from the plan."""
    told = again(film(), e.Again.ORDERS, options=e.Options(review=False))
    begun = len(told.log)
    state = told.state
    assert state.source is not None
    first = state.source.shown[1]
    told.tell(e.SegmentOrdered(segment=1, take=first.take, order=first.order, basis=first.basis))
    told.tell(rendered(1, first.take))
    found = why(told.production, told.log, OfSegment(1))
    assert [one.ordinal for one in found.steps][-2:] == [begun + 1, begun + 2]
    assert not {one.type for one in found.steps} & {"production.done", "segment.approved"}
