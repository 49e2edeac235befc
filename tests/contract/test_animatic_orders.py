"""The animatic of any order: the review passes it, and its frames show something and move."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bus.plan import Look, Movement, ShotSize
from services._kit.media import frames_of
from services.reviewer.checks import Expected, References, review_take
from tests.animatic_house import (
    DAY,
    GREY,
    NIGHT,
    ROWING,
    SNOW,
    changed,
    drawn,
    look,
    rendered,
)

PROMPTS = (
    ("A lighthouse keeper rows out at dusk, painterly", look()),
    (
        "neon street in the rain, cyberpunk",
        look("neon", palette=("#0a0612", "#3a0f5c", "#c2187e", "#18c4d8", "#d9fbff")),
    ),
    ("a cat asleep on a windowsill, snow outside", look("snow", palette=SNOW)),
    ("an astronaut on Mars", look("day", palette=("#2a0f0a", "#6b2a1a", "#b5532d", "#e19a63", "#f8dcb5"))),
    ("black and white portrait of an old man", look("day", "black and white", GREY)),
    ("horses running through a desert at noon", look("day", palette=DAY)),
    ("underwater coral reef", look("underwater", palette=("#04141f", "#0a3a4f", "#15708a", "#4fb3bf", "#c9f2ea"))),
    ("an owl over a dark forest at midnight", look("night", palette=NIGHT)),
    ("a village in the hills, watercolour", look("dawn", "watercolour", DAY)),
    ("a ship in a storm, ink engraving", look("overcast", "ink", GREY)),
)


@pytest.mark.parametrize(("prompt", "film"), PROMPTS, ids=[prompt for prompt, _ in PROMPTS])
@pytest.mark.parametrize("movement", [Movement.STATIC, Movement.TRACK_RIGHT])
async def test_the_review_has_nothing_against_it(prompt: str, film: Look, movement: Movement, tmp_path: Path) -> None:
    """Whatever the style: not frozen, not flickering, no cut inside, not black, not blurred, not burnt out."""
    order = changed(ROWING, prompt=prompt, look=film, movement=movement, width=416, height=240, frame_count=33)
    take = await rendered(order, tmp_path)
    expected = Expected(frame_count=33, width=416, height=240, fps=16, movement=movement)
    verdict = review_take(take.video, expected, reference=References(), stop=lambda: False)
    assert [one for one in verdict.findings if one.outcome == "fail" and one.must_hold] == []
    grey = np.array([cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in frames_of(take.video)])
    means = grey.mean(axis=(1, 2))
    assert means.min() > 25
    assert np.abs(np.diff(means, 2)).mean() < 1.0
    assert (grey >= 250).mean() < 0.1


WORDS = [
    "dusk",
    "dawn",
    "night",
    "neon",
    "snow",
    "rain",
    "fog",
    "sea",
    "desert",
    "forest",
    "city",
    "mountains",
    "interior",
    "space",
    "underwater",
    "fire",
    "painterly",
    "watercolour",
    "noir",
    "anime",
    "vintage",
    "ink",
    "portrait",
    "man",
    "woman",
    "robot",
    "dragon",
    "train",
    "car",
    "whale",
    "flower",
    "house",
    "balloons",
    "horses",
    "asleep",
    "running",
    "walking",
    "old",
    "umbrella",
    "灯塔",
    "مرد",
    "teapot",
]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    words=st.lists(
        st.sampled_from(WORDS),
        min_size=0,
        max_size=6,
        unique=True,
    ),
    shot=st.sampled_from(ShotSize),
    movement=st.sampled_from(Movement),
    palette=st.lists(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), min_size=0, max_size=6),
    size=st.sampled_from([(160, 96), (96, 160), (112, 112), (176, 80)]),
    seed=st.integers(0, 2**63 - 1),
)
def test_any_order_gives_frames_that_show_something_and_move(
    words: list[str], shot: ShotSize, movement: Movement, palette: list[str], size: tuple[int, int], seed: int
) -> None:
    """Any words, framing, palette and size: frames of that size, not black, not one plain colour, not still."""
    order = changed(
        ROWING,
        prompt=" ".join(words),
        shot=shot,
        movement=movement,
        look=look("", "", tuple(palette)),
        width=size[0],
        height=size[1],
        frame_count=9,
        seed=seed,
    )
    frames = drawn(order)
    assert {frame.shape for frame in frames} == {(size[1], size[0], 3)}
    assert min(frame.mean() for frame in frames) > 20
    assert min(frame.std() for frame in frames) > 4
    assert np.abs(frames[0].astype(int) - frames[-1]).mean() > 0.3
