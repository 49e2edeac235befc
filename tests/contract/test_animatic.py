"""The animatic: the same order gives the same bytes, the camera moves as planned, and it stops when told."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.ids import Digest, digest_of
from bus.plan import Mode, Movement, ShotSize
from services._kit.media import Frame, probe
from services._kit.pictures import open_picture
from services.creator.renderers.animatic import Animatic, moving_picture
from services.creator.renderers.renderer import FailureKind, RenderFailed
from services.creator.renderers.stage.camera import Lens, view_at
from services.creator.renderers.stage.layers import Canvas
from tests.animatic_house import (
    DAY,
    DUSK,
    ROWING,
    changed,
    drawn,
    look,
    rendered,
    sha,
)


async def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    """Clip, hand-over and poster are the same files each time, also after another order was drawn in between."""
    first = await rendered(ROWING, tmp_path / "one")
    await rendered(changed(ROWING, prompt="a neon street in the rain", seed=1), tmp_path / "other")
    second = await rendered(ROWING, tmp_path / "two")
    assert sha(first.video) == sha(second.video)
    assert sha(first.hand_over) == sha(second.hand_over)
    assert sha(first.poster) == sha(second.poster)


@pytest.mark.parametrize("prompt", ["A lighthouse keeper rows out, painterly", "snow falls on a forest, a wolf walks"])
def test_another_process_with_other_threads_draws_the_same_frames(prompt: str) -> None:
    """Neither the seed of Python's hashes nor the count of OpenCV's threads changes a level."""
    order = changed(ROWING, prompt=prompt, frame_count=5)
    here = hashlib.sha256(b"".join(frame.tobytes() for frame in drawn(order))).hexdigest()
    program = (
        "import sys, hashlib, cv2, msgspec; cv2.setNumThreads(int(sys.argv[2])); "
        "from bus.plan import Order; from services.creator.renderers.animatic import moving_picture; "
        "order = msgspec.json.decode(sys.argv[1].encode(), type=Order); picture = moving_picture(order, {}); "
        "frames = [picture.frame(n).tobytes() for n in reversed(range(order.frame_count))]; "
        "print(hashlib.sha256(b''.join(reversed(frames))).hexdigest())"
    )
    for threads, hash_seed in (("1", "0"), ("4", "77")):
        there = subprocess.run(
            [sys.executable, "-c", program, msgspec.json.encode(order).decode(), threads],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        assert there.stdout.strip() == here


def test_a_frame_depends_on_its_number_alone() -> None:
    """Drawn backwards, each frame is what it is drawn forwards: no frame leaves a trace in the next."""
    picture = moving_picture(ROWING, {})
    forwards = [picture.frame(index) for index in range(9)]
    backwards = [picture.frame(index) for index in reversed(range(9))]
    assert all((one == other).all() for one, other in zip(forwards, reversed(backwards), strict=True))


def test_seed_words_framing_and_movement_each_make_another_picture() -> None:
    """Segments of one film differ in composition."""
    orders = [
        ROWING,
        changed(ROWING, seed=8),
        changed(ROWING, prompt="A lighthouse keeper rows home at dusk"),
        changed(ROWING, shot=ShotSize.MEDIUM),
        changed(ROWING, movement=Movement.TILT_UP),
    ]
    firsts = [moving_picture(order, {}).frame(0).astype(int) for order in orders]
    for one, other in itertools.combinations(firsts, 2):
        assert np.abs(one - other).mean() > 3.0


@pytest.mark.parametrize("style", ["black and white", "film noir"])
def test_black_and_white_has_no_colour(style: str) -> None:
    """All three channels are the same, also in lamps, skin and embers, whatever the palette."""
    order = changed(ROWING, look=look("night", style, DUSK), prompt="a man by a fire in the street at night, embers")
    frame = moving_picture(order, {}).frame(4).astype(int)
    assert np.ptp(frame, axis=2).max() <= 2


def test_the_camera_does_what_the_plan_says() -> None:
    """Panning right moves the picture to the left, and the other way round."""
    order = changed(ROWING, prompt="mountains at noon", look=look("day", palette=DAY), frame_count=33)
    pan = drawn(changed(order, movement=Movement.PAN_RIGHT))
    assert slide_between(pan[12], pan[20]) < -2
    assert slide_between(*(drawn(changed(order, movement=Movement.PAN_LEFT))[index] for index in (12, 20))) > 2


@pytest.mark.parametrize(("movement", "sign"), [(Movement.PUSH_IN, 1.0), (Movement.PULL_OUT, -1.0)])
def test_pushing_in_enlarges_what_is_near_more_than_what_is_far(movement: Movement, sign: float) -> None:
    """That is what tells a camera that goes from a picture that is blown up."""
    lens = Lens(832, 480, 0.6)
    start, end = view_at(movement, 0.0, 0.0, 0.0), view_at(movement, 1.0, 5.0, 0.0)
    growth = [
        float(np.linalg.det(lens.plane(end, depth, 0, 0)[:, :2]) / np.linalg.det(lens.plane(start, depth, 0, 0)[:, :2]))
        for depth in (0.0, 0.3, 1.0, 1.5)
    ]
    assert growth[0] == pytest.approx(1.0)
    assert all((near - far) * sign > 0.02 for far, near in itertools.pairwise(growth))


@settings(max_examples=200)
@given(st.sampled_from(Movement), st.floats(0, 1), st.floats(0, 6.3), st.floats(0, 5))
def test_the_camera_never_leaves_the_set(movement: Movement, share: float, phase: float, time_s: float) -> None:
    """Whatever it does, the frame's corners lie on the canvas: nobody sees where the set ends."""
    canvas, lens = Canvas(832, 480), Lens(832, 480, 0.6)
    for depth in (0.0, 0.5, 1.0):
        matrix = lens.plane(view_at(movement, share, time_s, phase), depth, canvas.margin_x, canvas.margin_y)
        back = np.linalg.inv(np.vstack([matrix, [0.0, 0.0, 1.0]]))
        for x, y in ((0, 0), (832, 0), (0, 480), (832, 480)):
            at_x, at_y, _ = back @ np.array([x, y, 1.0])
            assert 0 <= at_x <= canvas.width
            assert 0 <= at_y <= canvas.height


def slide_between(one: Frame, other: Frame) -> float:
    """Return how many pixels the picture slid to the right from one frame to the other."""
    narrow = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(float).mean(axis=0)[24:-24] for frame in (one, other)]
    errors = [float(np.abs(np.roll(narrow[0], shift)[16:-16] - narrow[1][16:-16]).mean()) for shift in range(-15, 16)]
    return float(np.argmin(errors) - 15)


async def test_a_rendering_is_what_was_ordered(tmp_path: Path) -> None:
    """Count, size and rate are those of the order; the hand-over is the last frame; the files lie in the folder."""
    order = changed(ROWING, caption=None)
    take = await rendered(order, tmp_path)
    facts = probe(take.video)
    assert (facts.frame_count, facts.width, facts.height, facts.fps) == (17, 208, 128, Fraction(16))
    assert (take.frame_count, take.width, take.height, take.made.by) == (17, 208, 128, "animatic")
    handed = open_picture(take.hand_over.read_bytes())
    assert np.abs(handed.astype(int) - moving_picture(order, {}).clean(16)).max() == 0
    assert open_picture(take.poster.read_bytes()).shape == (128, 208, 3)
    assert {path.parent for path in (take.video, take.hand_over, take.poster)} == {tmp_path}


async def test_a_draft_has_the_size_it_is_ordered_in(tmp_path: Path) -> None:
    """A sample is no different: what the order says is drawn."""
    take = await rendered(changed(ROWING, draft=True, width=160, height=96, frame_count=5), tmp_path)
    assert (probe(take.video).width, probe(take.video).height) == (160, 96)


async def test_progress_counts_each_frame_and_shows_pictures_now_and_then(tmp_path: Path) -> None:
    """1 of 17, 2 of 17 …, with small JPEGs in between."""
    seen: list[tuple[int, int]] = []
    previews: list[bytes] = []

    def progress(done: int, total: int, *, preview: bytes | None = None) -> None:
        seen.append((done, total))
        if preview is not None:
            previews.append(preview)

    await Animatic().render(ROWING, "key", tmp_path, {}, progress)
    assert seen == [(done, 17) for done in range(1, 18)]
    assert len(previews) == 3
    assert all(open_picture(preview).shape[1] == 320 for preview in previews)


async def test_a_cancelled_render_has_stopped_when_it_raises(tmp_path: Path) -> None:
    """It leaves off at the next frame, says nothing more, and leaves no half clip behind."""
    loop, reached, counts = asyncio.get_running_loop(), asyncio.Event(), []

    def progress(done: int, total: int, *, preview: bytes | None = None) -> None:
        counts.append(done)
        if done == 3:
            loop.call_soon_threadsafe(reached.set)

    order = changed(ROWING, frame_count=81, width=416, height=240)
    task = asyncio.create_task(Animatic().render(order, "key", tmp_path, {}, progress))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    last = counts[-1]
    assert last < 81
    await asyncio.to_thread(lambda: None)
    assert counts[-1] == last
    assert not (tmp_path / "take.mp4").exists()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"width": 833}, "833×128 can't be drawn"),
        ({"height": 32}, "64 pixels at least"),
        ({"frame_count": 0}, "make no clip"),
        ({"look": look(palette=("#123456", "teal"))}, "'teal' is no colour"),
        ({"start": Digest("0" * 64), "mode": Mode.I2V}, "was not handed over"),
    ],
)
async def test_what_cannot_be_drawn_is_refused_with_a_reason(
    fields: dict[str, object], why: str, tmp_path: Path
) -> None:
    """The failure says what and what to do, and that trying again is of no use."""
    with pytest.raises(RenderFailed, match=why) as failure:
        await rendered(changed(ROWING, **fields), tmp_path)
    assert failure.value.kind is FailureKind.VALIDATION
    assert failure.value.help
    assert not failure.value.kind.is_retryable


async def test_a_broken_picture_is_named_as_the_reason(tmp_path: Path) -> None:
    """An input that is no picture fails the take in words a person understands."""
    path = tmp_path / "broken.png"
    path.write_bytes(b"not a picture")
    digest = digest_of(path.read_bytes())
    with pytest.raises(RenderFailed, match="not a picture I can open"):
        await rendered(changed(ROWING, start=digest, mode=Mode.I2V), tmp_path / "take", {digest: path})


def test_a_kind_says_whether_trying_again_helps() -> None:
    """What depends on the order fails again; what depends on the machine may not."""
    lasting = {FailureKind.VALIDATION, FailureKind.MISSING_MODEL, FailureKind.OUT_OF_MEMORY}
    assert {kind for kind in FailureKind if not kind.is_retryable} == lasting


def test_a_workspace_may_lie_anywhere() -> None:
    """A folder with spaces and letters of other scripts is a folder like any other."""
    with tempfile.TemporaryDirectory(prefix="Ärger mit 灯台 ") as folder:
        take = asyncio.run(rendered(changed(ROWING, frame_count=5), Path(folder)))
        assert probe(take.video).frame_count == 5
