"""A production that is followed: the state is the fold of the stream, and its pace follows the steps."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from bus import events as e
from bus.wire.waiting import end
from bus.work import Step
from kindling.client import Gateway
from kindling.display import waiting_line
from kindling.exits import Exit, Trouble
from kindling.heard import recorded
from kindling.names import as_id, choose, nearest
from kindling.watch import Watch, is_no, is_yes
from services.gateway.events_view import event_view
from services.gateway.requests import OptionsBody
from tests.contract.cli_stage import open_stage
from tests.unit.cli_story import ID, Story


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def step(done: int, total: int = 81, about: str = "segment 1") -> Step:
    """Return a step of a piece of work."""
    return Step(service="creator", about=about, done=done, total=total)


def follow(story: Story, clock: Clock) -> Watch:
    """Return a watch that has seen all of the story, as it comes through the gateway."""
    watch = Watch(story.id, clock)
    for one in story.log:
        assert isinstance(one, e.Recorded)
        watch.take(recorded(event_view(one)))
    return watch


def test_what_the_gateway_sends_folds_to_the_same_state() -> None:
    """An event is the same after its way through HTTP: chain, ordinals and facts."""
    story = Story().requested().understood().sampled().planned().took(1, 2)
    watch = follow(story, Clock())
    assert watch.production == story.state()
    assert watch.production.anomalies == ()


def test_a_pace_is_measured_from_the_first_step_of_a_run() -> None:
    """Forty frames in two seconds are twenty a second; a run that begins anew is measured anew."""
    clock = Clock()
    watch = follow(Story().requested().understood().sampled().planned().ordered(1).started(1), clock)
    watch.take(step(0))
    clock.now += 2
    watch.take(step(40))
    assert watch.paces["segment 1"].rate == pytest.approx(20)
    watch.take(step(3))
    assert watch.paces["segment 1"].rate is None


def test_a_take_that_is_there_has_no_pace_any_more() -> None:
    """The steps of a take say nothing about the next one."""
    story = Story().requested().understood().sampled().planned().ordered(1).started(1)
    watch = follow(story, Clock())
    watch.take(step(40))
    assert "segment 1" in watch.paces
    rendered = story.rendered(1).log[-1]
    assert isinstance(rendered, e.Recorded)
    watch.take(rendered)
    assert watch.paces == {}


def test_silence_is_counted_from_the_last_sign_of_life() -> None:
    """A take that was started and never heard of is silent since its start."""
    clock = Clock()
    watch = follow(Story().requested().understood().sampled().planned().ordered(1).started(1), clock)
    clock.now += 40
    assert watch.paces["segment 1"].silent_s == 40
    watch.take(step(5))
    assert watch.paces["segment 1"].silent_s == 0


def test_work_goes_on_beside_a_problem() -> None:
    """One stuck segment does not end the watching while another one is rendered."""
    story = Story().requested().understood().sampled().planned().ordered(1).started(1).stalled("segment 2")
    assert follow(story, Clock()).is_at_work
    story.rendered(1).approved(1)
    assert not follow(story, Clock()).is_at_work


def test_what_is_done_before_there_are_segments_is_said() -> None:
    """Reading, sampling with its steps, and planning."""
    story = Story().requested()
    assert waiting_line(story.state(), {}) == "reading what you said"
    watch = follow(story.understood(), Clock())
    watch.take(step(12, 33, "sample"))
    assert waiting_line(watch.production, watch.paces) == "making the sample · 12 of 33"
    story.sampled().tell(e.SampleApproved(brief=1, take=1))
    assert waiting_line(story.state(), {}) == "writing the plan"


@pytest.mark.parametrize("answer", ["y", "Y", "yes", "Yes!", " ok ", "sure", ""])
def test_a_yes_is_understood(answer: str) -> None:
    """Enter alone is a yes, too."""
    assert is_yes(answer)
    assert not is_no(answer)


@pytest.mark.parametrize("answer", ["no clouds", "yes but darker", "darker", "not so blue", "okay-ish, slower"])
def test_words_about_the_film_are_neither_yes_nor_no(answer: str) -> None:
    """They say what to change."""
    assert not is_yes(answer)
    assert not is_no(answer)


# -- which production --------------------------------------------------------------------------------------

KNOWN = [as_id(one) for one in ("lighthouse-at-dusk-7q2k", "lighthouse-storm-m4n8", "red-fox-snow-x2y3")]


def test_the_beginning_of_an_id_is_enough_where_it_is_unique() -> None:
    """As git takes the beginning of a digest."""
    assert choose("red", KNOWN) == "red-fox-snow-x2y3"
    assert choose("lighthouse-s", KNOWN) == "lighthouse-storm-m4n8"
    assert choose("RED-FOX-", KNOWN) == "red-fox-snow-x2y3"


def test_a_whole_id_is_never_ambiguous() -> None:
    """Also where another one begins with it."""
    longer = [*KNOWN, as_id("red-fox-snow-x2y3-b")]
    assert choose("red-fox-snow-x2y3", longer) == "red-fox-snow-x2y3"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lighthouse", "They are lighthouse-at-dusk-7q2k and lighthouse-storm-m4n8."),
        ("red-fox-snow-x2y4", "Did you mean red-fox-snow-x2y3?"),
        ("fox-snow", "Did you mean red-fox-snow-x2y3?"),
        ("submarine", "kindling ls"),
        ("../../etc", "An id looks like"),
        ("A B", "An id looks like"),
    ],
)
def test_a_wrong_id_is_said_with_the_way_out(text: str, says: str) -> None:
    """What there is that begins so, or is like it, is named; the exit code is that of the unknown."""
    with pytest.raises(Trouble) as caught:
        choose(text, KNOWN)
    assert caught.value.code is Exit.UNKNOWN
    assert says in f"{caught.value.why} {caught.value.help}"


def test_nothing_is_near_where_there_is_nothing() -> None:
    """An empty log has no suggestion."""
    assert nearest("lighthouse", []) == []


# -- the stream ---------------------------------------------------------------------------------------------


async def test_progress_comes_through_the_stream_beside_the_facts(tmp_path: Path) -> None:
    """Steps reach the watch while a take is made."""
    async with open_stage(tmp_path) as stage, Gateway(stage.url) as gateway:
        stage.crew.is_at_work.clear()
        made = await gateway.create("a lighthouse", OptionsBody(), (), "key")
        watch = Watch(made.id, Clock())
        following = asyncio.create_task(watch.run(gateway))
        async with asyncio.timeout(20):
            while not watch.paces:
                # The stream listens to progress from some moment on; what is told before is lost.
                await stage.progress(made.id, "sample", 4, 33)
                await watch.change(0.05)
        await end(following)
    assert watch.paces["sample"].step.done == 4


async def test_nobody_at_the_address_is_said_with_the_way_out() -> None:
    """A gateway that is not there ends a command with the code for that."""
    async with Gateway("http://127.0.0.1:9") as gateway:
        with pytest.raises(Trouble) as caught:
            await gateway.productions()
    assert caught.value.code is Exit.UNREACHABLE
    assert "kindling up" in caught.value.help


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, Exit.REFUSED),
        (404, Exit.UNKNOWN),
        (409, Exit.REFUSED),
        (413, Exit.REFUSED),
        (422, Exit.REFUSED),
        (500, Exit.BROKEN),
        (503, Exit.UNREACHABLE),
    ],
)
async def test_what_the_gateway_refuses_has_its_exit_code_and_its_words(status: int, code: Exit) -> None:
    """A problem document is said as it is."""
    problem = {"type": "urn:x", "title": "No", "status": status, "detail": "It is so.", "help": "Do this."}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=problem))
    async with Gateway("http://gateway", transport) as gateway:
        with pytest.raises(Trouble) as caught:
            await gateway.approve(ID)
    assert (caught.value.code, caught.value.what, caught.value.help) == (code, "It is so.", "Do this.")


async def test_another_program_at_the_address_is_no_traceback() -> None:
    """What answers without being a gateway is said to be something else."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text="<html>hello</html>"))
    async with Gateway("http://gateway", transport) as gateway:
        with pytest.raises(Trouble) as caught:
            await gateway.productions()
    assert caught.value.code is Exit.BROKEN
    assert "Another program may listen there" in caught.value.help
