"""The live view on a terminal of its own: what is drawn, how it asks, and that nothing typed before is an answer."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import time
from collections.abc import Iterator

import pytest
from rich.console import Console

from bus import events as e
from kindling.display import LiveDisplay, NoAnswer, PlainDisplay, confirm, read_line
from services.gateway.estimate import NO_EXPERIENCE
from tests.unit.cli_story import MADE, Story, verdict

WITHIN_S = 10.0


class Terminal:
    """A pseudo-terminal: what is written to `keys` was typed."""

    def __init__(self) -> None:
        self.keys, self.end = os.openpty()

    def type(self, text: str) -> None:
        os.write(self.keys, text.encode())

    def close(self) -> None:
        for one in (self.keys, self.end):
            os.close(one)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Return a terminal that is closed afterwards."""
    one = Terminal()
    yield one
    one.close()


async def typed_while_reading(terminal: Terminal, text: str) -> str | None:
    """Return the line that is read when this is typed after the question."""
    reading = asyncio.create_task(read_line(terminal.end))
    await asyncio.sleep(0)
    terminal.type(text)
    return await asyncio.wait_for(reading, WITHIN_S)


async def test_a_line_that_is_typed_is_the_answer(terminal: Terminal) -> None:
    """With the letters of any script, and what was corrected while typing."""
    assert await typed_while_reading(terminal, "darker, at night: müde 夜\n") == "darker, at night: müde 夜\n"
    assert await typed_while_reading(terminal, "x\x7fy\n") == "y\n"


async def test_the_end_of_the_input_is_no_answer(terminal: Terminal) -> None:
    """Ctrl-D on an empty line."""
    assert await typed_while_reading(terminal, "\x04") is None


async def test_what_was_typed_before_the_question_is_no_answer(terminal: Terminal) -> None:
    """An impatient Enter during the rendering does not approve a sample that nobody has seen."""
    terminal.type("\n\n")
    assert await typed_while_reading(terminal, "no\n") == "no\n"


@pytest.mark.parametrize(
    ("typed", "default", "answer"),
    [("y\n", False, True), ("No\n", True, False), ("\n", True, True), ("\n", False, False), ("\x04", True, False)],
)
async def test_a_yes_or_a_no_is_asked_for(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, typed: str, default: bool, answer: bool
) -> None:
    """Enter takes what is offered, and the end of the input is a no, whatever is offered."""
    with os.fdopen(os.dup(terminal.end)) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        asking = asyncio.create_task(confirm("Fork it?", default=default))
        await asyncio.sleep(0)
        terminal.type(typed)
        async with asyncio.timeout(WITHIN_S):
            assert await asking is answer


def live(width: int = 80) -> tuple[LiveDisplay, io.StringIO]:
    """Return a live view on a terminal of this width, and what is written to it."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=width, height=24, markup=False, highlight=False)
    return LiveDisplay(console, time.monotonic), written


def rejected() -> Story:
    """Return a production whose first take was turned down."""
    return Story().requested().understood().sampled().planned(2).ordered(1).started(1).rendered(1).rejected(1)


async def test_a_question_is_withdrawn_when_it_is_settled(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's word takes the prompt away, and no key is lost to it afterwards."""
    with os.fdopen(os.dup(terminal.end)) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        display, written = live()
        settled = asyncio.Event()

        async def until_settled() -> None:
            await settled.wait()

        asking = asyncio.create_task(display.ask("is this the vibe?", until_settled))
        while "is this the vibe?" not in written.getvalue():  # noqa: ASYNC110 - a screen tells nobody
            await asyncio.sleep(0)
        settled.set()
        assert await asyncio.wait_for(asking, WITHIN_S) is NoAnswer.WITHDRAWN
        assert await typed_while_reading(terminal, "y\n") == "y\n"


def test_the_live_view_shows_what_went_otherwise_above_the_lines() -> None:
    """A rejection stays on the screen; approvals are seen on their line."""
    display, written = live()
    story = rejected()
    display.update(story.state(), {}, NO_EXPERIENCE)
    for one in story.log:
        assert isinstance(one, e.Recorded)
        display.fact(one)
    display.close()
    assert "take 1-1 rejected: sharpness 12.4, the limit is 40" in written.getvalue()
    assert "score" not in written.getvalue()


def test_the_live_view_goes_away_where_a_person_has_the_word() -> None:
    """Nothing is redrawn under a question."""
    display, written = live()
    display.update(Story().requested().understood().state(), {}, NO_EXPERIENCE)
    assert "making the sample" in written.getvalue()
    display.update(Story().requested().understood().sampled().state(), {}, NO_EXPERIENCE)
    written.truncate(0)
    display.update(Story().requested().understood().sampled().state(), {}, NO_EXPERIENCE)
    assert written.getvalue() == ""


def test_without_a_terminal_each_fact_is_a_line_and_orders_are_left_out() -> None:
    """A log of a run in a pipe is complete, short, and not redrawn."""
    written = io.StringIO()
    display = PlainDisplay(Console(file=written, width=80, markup=False, highlight=False))
    story = rejected()
    story.tell(e.SegmentApproved(segment=2, take=1, verdict=verdict(), made=MADE))
    for one in story.log:
        assert isinstance(one, e.Recorded)
        display.fact(one)
    display.update(story.state(), {}, NO_EXPERIENCE)
    lines = written.getvalue().splitlines()
    assert "↻ take 1-1 rejected: sharpness 12.4, the limit is 40" in lines
    assert not any("ordered" in line for line in lines)
    assert "\x1b" not in written.getvalue()
