from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services._kit.media import Frame
from services.creator.colour import DIFFERENCE_MAX, DIFFERENCE_MIN, Outcome, apply, difference, match
from tests.laws import examples


def scene(seed: int = 1) -> Frame:
    """Return a picture with light and shade in several colours, well inside 0 to 255."""
    chance = np.random.default_rng(seed)
    across, down = np.meshgrid(np.linspace(0, 1, 160), np.linspace(0, 1, 96))
    base = np.stack([70 + 60 * across, 60 + 70 * down, 90 + 40 * across * down], axis=2)
    return np.ascontiguousarray(np.clip(base + chance.normal(0, 6, base.shape), 0, 255), dtype=np.uint8)


def drifted(frame: Frame, gain: float, shift: tuple[float, float, float]) -> Frame:
    return np.ascontiguousarray(np.clip(frame * gain + np.array(shift), 0, 255), dtype=np.uint8)


@settings(max_examples=examples(25))
@given(
    gain=st.floats(0.93, 1.07),
    shift=st.tuples(*[st.floats(-8, 8)] * 3),
)
def test_a_drift_is_undone(gain: float, shift: tuple[float, float, float]) -> None:
    """Whatever gain and tint a take has drifted by, a match brings its mean colour to within what nobody sees."""
    opening = scene()
    found = match(drifted(opening, gain, shift), opening)
    if found.outcome is Outcome.MATCHED:
        assert found.after < 0.5
        assert found.after < found.before
    else:
        assert found.affine is None
        assert found.outcome is Outcome.ALIKE or found.before > DIFFERENCE_MAX


def test_the_same_transform_serves_every_frame() -> None:
    """It is fitted on one frame and repairs another one of the same drift."""
    opening, later = scene(1), scene(2)
    found = match(drifted(opening, 1.05, (4, -3, 6)), opening)
    assert found.affine is not None
    assert found.affine.shape == (3, 4)
    repaired = apply(found.affine, drifted(later, 1.05, (4, -3, 6)))
    assert difference(repaired, later) < 0.5
    assert np.abs(repaired.astype(int) - later).mean() < 1.5


def test_alike_takes_are_left_as_they_are() -> None:
    """Where nobody would see the difference, nothing is written anew."""
    found = match(scene(2), scene(1))
    assert (found.outcome, found.affine) == (Outcome.ALIKE, None)


def test_another_scene_is_not_painted_over() -> None:
    """Beyond the largest difference there is no transform: the review sees the take as it is."""
    found = match(drifted(scene(), 0.4, (60, 0, 0)), scene())
    assert found.before > DIFFERENCE_MAX
    assert (found.outcome, found.affine) == (Outcome.TOO_FAR, None)


@pytest.mark.parametrize("level", [0, 128])
def test_a_flat_frame_does_no_harm(level: int) -> None:
    """A frame without any variance has a bounded transform, or none."""
    flat = np.full((96, 160, 3), level, dtype=np.uint8)
    other = np.full((96, 160, 3), level + 10, dtype=np.uint8)
    found = match(flat, other)
    assert found.affine is None or np.abs(found.affine[:, :3]).max() <= 1.5
    if found.affine is not None:
        assert np.abs(apply(found.affine, flat).astype(int) - other).max() <= 1


def test_a_reference_may_have_another_size() -> None:
    """Only the distribution of colours is compared."""
    opening = scene()
    found = match(drifted(opening, 1.04, (5, 5, 5)), np.ascontiguousarray(opening[::2, ::2]))
    assert found.outcome is Outcome.MATCHED


def test_a_scene_that_has_moved_on_is_matched_to_what_it_starts_from() -> None:
    """Where the opening shows something else by now, its colours would tear the seam: the start picture counts."""
    start = scene(2)
    opening = drifted(start, 1.0, (9.0, -6.0, 4.0))
    take = drifted(start, 1.02, (-6.0, 2.0, 5.0))
    assert difference(start, opening) > DIFFERENCE_MIN
    found = match(take, opening, start)
    assert found.affine is not None
    assert found.against == "start"
    assert difference(apply(found.affine, take), start) < DIFFERENCE_MIN


def test_the_opening_wins_where_the_seam_allows() -> None:
    """A chain that has drifted step by step is brought back to its opening, and not to its last step."""
    opening = scene(3)
    take = drifted(opening, 1.03, (4.0, 3.0, -4.0))
    found = match(take, opening, opening)
    assert found.affine is not None
    assert found.against == "opening"
    assert difference(apply(found.affine, take), opening) < DIFFERENCE_MIN


def test_what_differs_from_neither_is_left() -> None:
    """The scene moved on and nothing drifted: nothing is done, however far the opening is."""
    start = scene(4)
    opening = drifted(start, 1.0, (9.0, -6.0, 4.0))
    assert match(start, opening, start).affine is None
