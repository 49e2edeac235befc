"""What a client is shown of a production."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from msgspec import structs

from bus import events as e
from bus.board import status_of
from bus.errors import Refused
from bus.plan import Crossfade
from bus.plan_rules import film_frame_count
from bus.production import Production
from services.gateway.eta import GROWTH
from services.gateway.status_view import STATUS_NAMES, status_view
from services.gateway.view import ProductionView, possible_acts, summary, view
from tests import stories
from tests.gateway_facts import MADE_ONE, QUESTION, STALLED, finished
from tests.stories import BEGINNING, Story, told
from tests.unit.gateway_histories import ACTS, histories

# -- laws --------------------------------------------------------------------------------------------------


@given(history=histories())
def test_every_state_can_be_shown(history: Story) -> None:
    """Any production that was requested has a view and a line of a list that are valid JSON of their own types."""
    state = history.state
    if state.request is None:
        return
    shown = view(state)
    assert msgspec.json.decode(msgspec.json.encode(shown), type=ProductionView) == shown
    assert shown.status.name in STATUS_NAMES
    assert shown.status.says
    line = summary(state)
    assert (line.id, line.revision, line.status, line.title) == (shown.id, shown.revision, shown.status, shown.title)


@given(history=histories())
def test_the_acts_that_are_offered_are_the_acts_that_are_granted(history: Story) -> None:
    """What `can` names is exactly what would not be refused."""
    state = history.state
    granted = []
    for name in ("approve", "redirect", "answer", "say", "edit", "resume", "cancel", "remove"):
        try:
            ACTS[name](state)
        except Refused:
            continue
        granted.append(name)
    assert possible_acts(state) == tuple(granted)


@given(history=histories())
def test_every_link_is_an_address_of_this_production(history: Story) -> None:
    """Links lie under /v1/productions/ID and need nothing to be put in."""
    if history.state.request is None:
        return
    found = re.findall(r'"(/[^"]*)"', msgspec.json.encode(view(history.state)).decode())
    assert found
    assert [one for one in found if not one.startswith(f"/v1/productions/{history.production}")] == []


# -- examples ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "name", "says"),
    [
        (BEGINNING[:1], "understanding", "Your words are being understood."),
        ((*BEGINNING[:1], QUESTION), "asking", "Which photo?"),
        (BEGINNING[:3], "sampling", "The sample is being made."),
        (BEGINNING[:4], "awaiting_approval", "Sample 1-1 waits for your word: is this the vibe?"),
        (BEGINNING, "planning", "The plan is being written."),
        (MADE_ONE, "making", "The segments are being made: 0 of 3 accepted."),
        ((*MADE_ONE, STALLED), "stalled", "It broke."),
        ((*BEGINNING, e.ProductionCancelled(why="another idea")), "cancelled", "It was cancelled: another idea"),
        ((*BEGINNING, e.ProductionDeleted()), "deleted", "It was deleted; only its log is left."),
    ],
)
def test_a_status_is_a_name_and_a_sentence(history: tuple[e.Fact, ...], name: str, says: str) -> None:
    """Programs read the name; people read the sentence."""
    shown = view(told(history)).status
    assert (shown.name, shown.says) == (name, says)


@pytest.mark.parametrize(
    ("assumed", "help_"),
    [("it is made from words", "Answer it; without words it is taken that it is made from words."), ("", "Answer it.")],
)
def test_a_question_says_what_holds_without_an_answer(assumed: str, help_: str) -> None:
    """Where nothing is assumed, nothing is promised."""
    question = structs.replace(QUESTION, assumed=assumed)
    assert view(told((*BEGINNING[:1], question))).status.help == help_


def test_a_finished_film_is_shown_with_all_that_led_to_it() -> None:
    """The film's link names its cut, each segment its accepted take, and nothing is left to estimate."""
    shown = view(finished().state)
    assert shown.status.name == "done"
    assert shown.film is not None
    assert shown.film.link == shown.links.film == "/v1/productions/lighthouse-at-dusk-7q2k/film?cut=1"
    assert shown.film.is_current
    assert [one.accepted for one in shown.segments] == ["1-1", "2-1", "3-1"]
    assert [one.takes[0].state for one in shown.segments] == ["approved"] * 3
    assert shown.segments[2].takes[0].clip == "/v1/productions/lighthouse-at-dusk-7q2k/takes/3-1/clip"
    assert shown.estimate is None
    assert shown.can == ("say", "edit", "remove")
    assert summary(finished().state).poster == "/v1/productions/lighthouse-at-dusk-7q2k/takes/1-1/poster"


def test_what_was_removed_has_no_links_to_its_bytes() -> None:
    """A deleted production keeps its log, and offers no film, clip or poster that is gone."""
    shown = view(finished().tell(e.ProductionDeleted()).state)
    assert (shown.film, shown.links.film, shown.samples[0].clip) == (None, None, None)
    assert [take.clip for one in shown.segments for take in one.takes] == [None] * 3


def test_segments_begin_where_the_film_shows_them() -> None:
    """Each segment's begin is the sum of what is shown before it, less what is mixed."""
    first, second = stories.segment(1), stories.segment(2)
    mixed = msgspec.structs.replace(second, transition=Crossfade(8))
    third = stories.segment(3)
    plan = stories.plan(first, mixed, third)
    state = told((*BEGINNING, e.PlanWritten(number=1, plan=plan, made=stories.MADE)))
    begins = [one.begins_s * plan.fps for one in view(state).segments]
    assert begins == [0, first.shown_count - 8, film_frame_count((first, mixed))]


def test_the_conversation_goes_as_it_went() -> None:
    """What Kindling made of a message stands right behind it."""
    state = told((*BEGINNING[:4], e.SampleRedirected(brief=1, take=1, words="darker"), stories.parsed(2, 2)))
    went = [(one.by, one.kind) for one in view(state).conversation]
    assert went == [("person", "request"), ("kindling", "brief"), ("person", "redirection"), ("kindling", "brief")]


def test_pictures_of_the_conversation_are_numbered_throughout() -> None:
    """The link of a picture names its place among all pictures of the production."""
    state = told(
        (
            e.ProductionRequested(words="A cat", images=(stories.artifact("one", "image/png"),)),
            e.ProductionDirected(number=1, words="and a dog", images=(stories.artifact("two", "image/png"),)),
        )
    )
    links = [image.link for message in view(state).conversation for image in message.images]
    assert links == [f"/v1/productions/lighthouse-at-dusk-7q2k/images/{number}" for number in (1, 2)]


def test_nothing_is_estimated_before_anything_was_rendered() -> None:
    """Without a sample or a take there is no figure, and none is made up."""
    assert view(told(BEGINNING[:3])).estimate is None


def test_the_sample_says_what_the_film_will_take() -> None:
    """From the sample's time to that of two clips of ten seconds at the film's size, and not at the sample's."""
    estimate = view(told(BEGINNING[:4])).estimate
    assert estimate is not None
    larger = 80 / 33 * (832 * 480) / (416 * 240)
    assert estimate.total_s == pytest.approx(2 * stories.COST.total_s * larger ** GROWTH["animatic"], abs=0.05)
    assert (estimate.measured_on, estimate.is_rough) == ("the sample", True)


def test_a_sample_that_does_not_say_the_size_of_the_film_says_nothing_of_its_time() -> None:
    """A log from before the size was written on it gives no figure, rather than that of a film as small as a sample."""
    ordered = e.SampleOrdered(brief=1, take=1, order=stories.sample_order())
    assert view(told((*BEGINNING[:2], ordered, BEGINNING[3]))).estimate is None


def test_takes_say_more_than_the_sample_and_accepted_segments_are_not_left() -> None:
    """With takes rendered the figure is theirs, and only segments without an accepted take are left."""
    estimate = view(told((*MADE_ONE, stories.approved(1)))).estimate
    assert estimate is not None
    assert (estimate.measured_on, estimate.is_rough) == ("1 take so far", False)
    assert estimate.total_s == pytest.approx(3 * stories.COST.total_s)
    assert estimate.left_s == pytest.approx(2 * stories.COST.total_s)


def test_a_kept_take_is_shown_as_flagged() -> None:
    """A take that nobody approved is used, and marked."""
    shown = view(told((*MADE_ONE, stories.rejected(1), e.SegmentKept(segment=1, take=1, score=0.4, why="best"))))
    assert (shown.segments[0].accepted, shown.segments[0].is_flagged) == ("1-1", True)
    assert shown.segments[0].takes[0].state == "kept"


def test_a_broken_chain_is_shown() -> None:
    """What does not belong on the log is shown as an anomaly with its place."""
    whole = stories.story(*BEGINNING)
    broken = Story(log=[*whole.log[:2], *whole.log[3:]])
    shown = view(broken.state)
    assert shown.anomalies[0].sequence == 4


def test_every_status_of_the_board_has_a_view() -> None:
    """The state that the log has nothing of is shown too, though no address leads to it."""
    assert status_view(status_of(Production(id=stories.PRODUCTION))).name == "absent"
