"""How much work the intent's rules have with a message: in proportion to its length, whatever it says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Protocol

import pytest

from services.intent.answers import Limits
from services.intent.rules import Words, read_brief


class Tracing(Protocol):
    """What `sys.settrace` calls."""

    def __call__(self, _frame: FrameType, event: str, _argument: object, /) -> Tracing: ...


def steps_of(work: Callable[[], object]) -> int:
    """Return how many lines of Python the work runs: the same on every machine."""
    count = 0

    def line(_frame: FrameType, event: str, _argument: object) -> Tracing:
        nonlocal count
        count += event == "line"
        return line

    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(None)
    return count


ADVERSARIAL = [
    "1s ",
    "no text, ",
    "vertical ",
    "in the style of ",
    "not too ",
    "first a, then ",
    "this photo ",
    "shot 1: a ",
    "(",
    "1:",
    "one hundred and ",
    "aa bb cc ",
    "一只猫的",
    "बीस ",
    "noir watercolor ",
    "16:9 ",
    "- ",
    "\n1. a",
    "'",
    "make it ",
]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_the_work_grows_no_faster_than_the_words(piece: str) -> None:
    """Four times the words take at most about four times the steps, and some that are the same for all."""

    def steps(length: int) -> int:
        words = Words(text=("a fox " + piece * length)[:length])
        return steps_of(lambda: read_brief((words,), None, Limits()))

    # What is compiled once is compiled before counting.
    steps(1000)
    assert steps(4000) < 5 * steps(1000) + 20_000


@pytest.mark.parametrize("ending", ["", "x", " 20 seconds", " x 9:16", " longer x"])
@pytest.mark.parametrize(
    "piece", [*ADVERSARIAL, "a ", "and ", "का ", "longer ", "please ", "thank you ", "yes ", " - "]
)
def test_no_pattern_tries_all_ways(piece: str, ending: str) -> None:
    """Words that patterns like least are answered, as a request and as a change; trying all ways would never end."""
    words = f"{(piece * 900)[:900]}{ending}"
    read_brief((Words(text=words),), None, Limits())
    read_brief((Words(text="a fox in the snow at dusk, 20 seconds"), Words(text=words)), None, Limits())


def test_the_longest_message_is_answered() -> None:
    """As many characters as a message may have, of each kind that patterns like least."""
    for piece in ADVERSARIAL:
        read_brief((Words(text=("a fox " + piece * 8000)[:8000]),), None, Limits())
