"""The animatic goes on from pictures: it starts with them, level for level, and moves within them."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest

from bus.ids import digest_of
from bus.plan import Mode, Movement
from services._kit.media import frames_of
from services._kit.pictures import open_picture
from tests.animatic_house import (
    ROWING,
    changed,
    drawn,
    look,
    photo,
    rendered,
)


async def test_a_take_starts_with_the_picture_it_is_given(tmp_path: Path) -> None:
    """Frame 0 is the picture fitted to the size, and the camera moves on from there."""
    digest, path, _ = photo(tmp_path, 416, 256)
    order = changed(ROWING, mode=Mode.I2V, start=digest, prompt="a quiet face")
    frames = drawn(order, {digest: path})
    fitted = cv2.resize(open_picture(path.read_bytes()), (208, 128), interpolation=cv2.INTER_AREA)
    assert np.abs(frames[0].astype(int) - fitted).max() <= 1
    assert np.abs(frames[-1].astype(int) - frames[0]).mean() > 2


@pytest.mark.parametrize("style", ["painterly", "black and white", "vintage"])
async def test_a_continued_take_goes_on_where_the_first_one_stopped(style: str, tmp_path: Path) -> None:
    """The hand-over has no caption and no grain, and the next take's first frame is that picture, level for level."""
    order = changed(ROWING, look=look(style=style))
    first = await rendered(order, tmp_path / "one")
    handed = open_picture(first.hand_over.read_bytes())
    digest = digest_of(first.hand_over.read_bytes())
    following = changed(order, mode=Mode.I2V, start=digest, prompt="The keeper lifts his lamp at sea")
    frames = drawn(following, {digest: first.hand_over})
    assert (frames[0] == handed).all()
    # The caption lies at the lower left: there the shown frame and the handed-over one differ, elsewhere they don't.
    *_, shown = frames_of(first.video)
    difference = np.abs(shown.astype(int) - handed).mean(axis=2)
    assert difference[-22:-6, 8:60].mean() > 12 + difference[:90].mean()
    assert difference[:90].mean() < 6
    assert np.abs(frames[1].astype(int) - frames[0]).mean() < 6


@pytest.mark.parametrize("movement", list(Movement))
def test_every_movement_sets_out_gently_from_a_picture(movement: Movement, tmp_path: Path) -> None:
    """The step from frame 0 to frame 1 is no larger than a later one, and by the end the camera has got somewhere."""
    digest, path, _ = photo(tmp_path)
    order = changed(ROWING, mode=Mode.I2V, start=digest, movement=movement, prompt="stones", frame_count=33)
    frames = [frame.astype(int) for frame in drawn(order, {digest: path})]
    steps = [float(np.abs(b - a).mean()) for a, b in itertools.pairwise(frames)]
    assert steps[0] <= max(steps[8:24]) + 0.3
    assert np.abs(frames[-1] - frames[0]).mean() > 1.5


def test_between_two_pictures_the_first_frame_is_the_one_and_the_last_the_other(tmp_path: Path) -> None:
    """Both are shown as they are; in between they mix, without a jump."""
    one, one_path, _ = photo(tmp_path, seed=3)
    two, two_path, _ = photo(tmp_path, seed=4)
    order = changed(ROWING, mode=Mode.FLF2V, start=one, end=two, frame_count=33, prompt="stones")
    frames = drawn(order, {one: one_path, two: two_path})
    alone = changed(order, mode=Mode.I2V, end=None)
    assert (frames[0] == drawn(changed(alone, start=one), {one: one_path})[0]).all()
    assert (frames[-1] == drawn(changed(alone, start=two), {two: two_path})[0]).all()
    steps = [float(np.abs(b.astype(int) - a).mean()) for a, b in itertools.pairwise(frames)]
    assert max(steps) < 0.25 * float(np.abs(frames[-1].astype(int) - frames[0]).mean())
