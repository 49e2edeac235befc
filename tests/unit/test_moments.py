"""Moments as people say them, what is asked about, and how differences and chains look."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from bus import events as e
from kindling.exits import Exit, Trouble
from kindling.moments import ordinal_at, parse_moment
from kindling.moments_view import difference_view, why_view
from kindling.reading import event_at
from kindling.targets import parse_target
from services.gateway.causes import OfBrief, OfFilm, OfPlan, OfSample, OfSegment, Target, why
from services.gateway.difference import difference
from tests.stories import BEGINNING, MADE, Story, ordered, plan, rendered, segment, story
from tests.unit.test_causes import retaken
from tests.unit.test_cli_screen import drawn

ZONE = timezone(timedelta(hours=2))
NOW = datetime(2026, 3, 1, 18, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-27 14:32", datetime(2026, 2, 27, 14, 32, tzinfo=ZONE)),
        ("2026-02-27T14:32:05Z", datetime(2026, 2, 27, 14, 32, 5, tzinfo=UTC)),
        ("2026-02-27T14:32:05.250+09:00", datetime(2026, 2, 27, 5, 32, 5, 250_000, tzinfo=UTC)),
        ("2026-02-27", datetime(2026, 2, 27, 23, 59, 59, 999_999, tzinfo=ZONE)),
        ("14:32", datetime(2026, 3, 1, 14, 32, tzinfo=ZONE)),
        ("18:31", datetime(2026, 2, 28, 18, 31, tzinfo=ZONE)),
        ("today 18:31", datetime(2026, 3, 1, 18, 31, tzinfo=ZONE)),
        ("Yesterday 9:05:30", datetime(2026, 2, 28, 9, 5, 30, tzinfo=ZONE)),
        ("10 minutes ago", datetime(2026, 3, 1, 18, 20, tzinfo=ZONE)),
        ("90s ago", datetime(2026, 3, 1, 18, 28, 30, tzinfo=ZONE)),
        ("1 day ago", datetime(2026, 2, 28, 18, 30, tzinfo=ZONE)),
    ],
    ids=str,
)
def test_a_moment_is_understood(text: str, moment: datetime) -> None:
    """Dates, times of day and so long ago; without a zone in that of the person."""
    assert parse_moment(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "12:60", "2026-13-01", "-5 minutes ago", "999999 days ago", "14.32"]
)
def test_what_is_no_moment_is_said(text: str) -> None:
    """With examples of what is one."""
    with pytest.raises(Trouble) as caught:
        parse_moment(text, NOW)
    assert caught.value.code is Exit.MISUSED
    assert "--at-time" in caught.value.help


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - drawn in UTC below
def test_a_written_moment_is_read_back(moment: datetime) -> None:
    """Whatever ISO 8601 names with its zone is that very moment."""
    exact = moment.replace(tzinfo=UTC)
    assert parse_moment(exact.isoformat(), NOW) == exact


def test_every_event_is_the_last_one_at_its_own_time() -> None:
    """At the time of event n, n is the last one, until the next is written."""
    told = retaken()
    for one in told.log:
        assert isinstance(one, e.Recorded)
        at = datetime.fromisoformat(one.event.time)
        assert ordinal_at(told.production, told.log, at) == one.event.ordinal
        assert ordinal_at(told.production, told.log, at + timedelta(milliseconds=999)) == one.event.ordinal


def test_before_it_was_asked_for_there_is_nothing() -> None:
    """It is said when it began."""
    told = retaken()
    with pytest.raises(Trouble) as caught:
        ordinal_at(told.production, told.log, datetime(2025, 12, 31, tzinfo=UTC))
    assert "It was asked for at 2026-01-01 00:00:01" in caught.value.why


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("segment 3", OfSegment(3)),
        ("3", OfSegment(3)),
        ("take 3-2", OfSegment(3, 2)),
        ("3-2", OfSegment(3, 2)),
        ("Sample", OfSample()),
        ("sample 2-1", OfSample(2, 1)),
        ("sample 2", OfSample(2)),
        ("brief", OfBrief()),
        ("plan 2", OfPlan(2)),
        ("film", OfFilm()),
        ("", OfFilm()),
    ],
)
def test_what_is_asked_about_is_understood(text: str, target: Target) -> None:
    """As people write it."""
    assert parse_target(text) == target


@pytest.mark.parametrize("text", ["segment", "take 3", "plan 2-1", "scene 3", "segment three", "3-2-1"])
def test_what_has_no_why_is_said(text: str) -> None:
    """With what has one."""
    with pytest.raises(typer.BadParameter, match="Ask about"):
        parse_target(text)


# -- on the screen -------------------------------------------------------------------------------------------


def test_a_chain_is_a_straight_line_that_branches_at_the_plan() -> None:
    """A film of two segments: one line down to the plan, a branch for each segment, and the film at the end."""
    told = retaken()
    facts = {one.event.ordinal: one.event.fact for one in told.log if isinstance(one, e.Recorded)}
    lines = drawn(why_view(why(told.production, told.log, OfFilm()), facts, 80)).splitlines()
    assert lines[0].startswith("the film, cut 1")
    assert sum(line.startswith("├─●") for line in lines) == 1
    assert sum(line.startswith("└─◆") for line in lines) == 1
    assert any("rejected" in line for line in lines)
    assert any("also from" in line for line in lines)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("width", [80, 120])
def test_each_link_shows_where_it_stands_and_what_made_it(width: int) -> None:
    """Its number in the production, its sequence on the log, who wrote it, and the model and prompt behind it."""
    told = retaken()
    # Other productions wrote in between: the sequence is not the number.
    log = [msgspec.structs.replace(one, sequence=100 + 7 * number) for number, one in enumerate(told.log)]
    facts = {one.event.ordinal: one.event.fact for one in log if isinstance(one, e.Recorded)}
    found = why(told.production, log, OfFilm())
    shown = drawn(why_view(found, facts, width), width)
    lines = shown.splitlines()
    for step in found.steps:
        who = "you" if step.actor == "person" else step.actor
        (line,) = [line for line in lines if f" {step.ordinal} #{step.sequence} {who}" in " ".join(["", *line.split()])]
        assert line.index("#") > line.index(str(step.ordinal))
        for digest in (step.prompt_digest, step.order_digest, step.artifact):
            assert digest is None or digest[:12] in shown
        assert step.made is None or step.made.by in shown
    assert max(map(len, lines)) <= width


def test_a_narrow_screen_holds_a_chain() -> None:
    """Nothing is wider than the screen, and nothing is cut off."""
    told = retaken()
    facts = {one.event.ordinal: one.event.fact for one in told.log if isinstance(one, e.Recorded)}
    lines = drawn(why_view(why(told.production, told.log, OfSegment(2)), facts, 44), 44).splitlines()
    assert max(map(len, lines)) <= 44
    assert "dusk" in "".join(lines)


def changed(before: Story, after: Story) -> str:
    """Return the difference of two stories as it is shown."""
    found = difference(before.state, after.state)
    events = [event_at(one.log, one.state.ordinal) for one in (before, after)]
    return drawn(difference_view(found, events[0], events[1]), 100)


def test_what_is_new_is_told_by_its_headline_alone() -> None:
    """A first plan is not fifty lines: each segment is its beat."""
    before = story(*BEGINNING)
    text = changed(before, story(*BEGINNING, e.PlanWritten(number=1, plan=plan(segment(1)), made=MADE)))
    assert "+ Beat 1" in text
    assert "negative" not in text


def test_a_changed_prompt_is_compared_word_by_word() -> None:
    """What went and what came is marked, with colours or without."""
    long = "A lighthouse keeper rows out at dusk in a wooden boat over a calm sea"
    first = plan(msgspec.structs.replace(segment(1), prompt=long))
    second = plan(msgspec.structs.replace(segment(1), prompt=long.replace("calm", "stormy") + " at night"))
    before = story(*BEGINNING, e.PlanWritten(number=1, plan=first, made=MADE))
    after = story(
        *BEGINNING,
        e.PlanWritten(number=1, plan=first, made=MADE),
        e.PlanRevised(number=2, plan=second, changes=(), made=MADE),
    )
    text = " ".join(changed(before, after).split())
    assert "[−calm−] {+stormy+} sea {+at night+}" in text


def test_where_nothing_changed_that_is_said() -> None:
    """And between which events."""
    one = plan(segment(1))
    told = story(*BEGINNING, e.PlanWritten(number=1, plan=one, made=MADE), ordered(one, 1), rendered(1))
    assert "Nothing that is shown has changed." in changed(told, told)
