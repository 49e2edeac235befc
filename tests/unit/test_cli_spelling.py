"""Figures as words, words that fit, and a picture drawn in characters."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindling.findings import shorten
from kindling.preview import WIDTH_MAX, draw
from kindling.wording import spell_bytes, spell_length, spell_seconds

# -- words for figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "spelt"),
    [(0.04, "0.0 s"), (9.96, "10 s"), (59.6, "1 min"), (125, "2 min 5 s"), (3599.7, "1 h"), (7500, "2 h 5 min")],
)
def test_seconds_are_spelt_without_a_seam(seconds: float, spelt: str) -> None:
    """Rounding never gives sixty seconds, or 9.10 of them."""
    assert spell_seconds(seconds) == spelt


def test_lengths_and_sizes_are_spelt_as_people_say_them() -> None:
    """No trailing noughts, and units that fit."""
    assert [spell_length(one) for one in (20.0, 7.5, 90)] == ["20 s", "7.5 s", "1 min 30 s"]
    assert [spell_bytes(one) for one in (1, 812, 34_200, 3_214_000)] == ["1 byte", "812 bytes", "34 kB", "3.2 MB"]


@given(st.text(), st.integers(min_value=10, max_value=200))
def test_shortened_words_fit(text: str, length_max: int) -> None:
    """One line, never longer than asked for, by more than the ellipsis."""
    short = shorten(text, length_max)
    assert len(short) <= length_max + 1
    assert "\n" not in short


# -- a picture in the terminal -----------------------------------------------------------------------------


def test_a_picture_is_drawn_with_two_pixels_to_a_character() -> None:
    """Above and below keep their colours; the shape of the picture stays."""
    pixels = np.zeros((240, 416, 3), np.uint8)
    pixels[:120] = (0, 0, 255)
    pixels[120:] = (255, 0, 0)
    picture = draw(cv2.imencode(".png", pixels)[1].tobytes(), 200)
    assert picture is not None
    lines = picture.plain.splitlines()
    assert (len(lines[0]), len(lines)) == (WIDTH_MAX, round(WIDTH_MAX * 240 / 416 / 2))
    styles = [str(span.style) for span in picture.spans]
    assert styles[0] == "#ff0000 on #ff0000"
    assert styles[-1] == "#0000ff on #0000ff"


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_what_is_no_picture_is_not_drawn(content: bytes) -> None:
    """A sample is shown without its picture rather than not at all."""
    assert draw(content, 60) is None
