"""Holding a film that was made again against the record: by bytes, by frames, or by what a viewer would see."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus import events as e
from bus.likeness import ORDER, Comparison, Likeness, worst
from bus.plan import Artifact, Made
from bus.production import Production
from bus.wire.artifacts import FolderArtifacts
from services._kit.media import ClipWriter
from services.reviewer import comparing
from services.reviewer.compare import Comparer
from services.reviewer.likeness import alike, delta_e, differences
from tests import forks, stories
from tests.gateway_facts import finished
from tests.histories import after
from tests.stories import PRODUCTION, ordered, rendered

PLAN = stories.plan()
WIDTH, HEIGHT, COUNT = 96, 64, 5


def drawn(noise: int = 0, shift: int = 0, seed: int = 1) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """Return frames of a picture that moves, with noise of so many levels and a shift of colour."""
    chance = np.random.default_rng(7)
    picture = np.kron(chance.integers(40, 200, (HEIGHT // 8, WIDTH // 8, 3)), np.ones((8, 8, 1), np.int64))
    added = np.random.default_rng(seed).integers(-noise, noise + 1, (COUNT, HEIGHT, WIDTH, 3))
    frames = [np.roll(picture, 2 * index, axis=1) + added[index] + (shift, 0, 0) for index in range(COUNT)]
    return [np.clip(one, 0, 255).astype(np.uint8) for one in frames]


def clip(path: Path, frames: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]], fps: int = 16) -> Path:
    """Write the frames as a clip."""
    height, width = frames[0].shape[:2]
    with ClipWriter(path, width, height, fps) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def found(recorded: Path, made: Path) -> tuple[Likeness, str]:
    """Return how alike two clips are, and what there is to say of it."""
    said = alike(recorded, made, lambda done, total, preview=None: None, lambda: False)
    assert said is not None
    return said.likeness, said.why


def test_clips_are_told_apart_by_what_a_viewer_would_see(tmp_path: Path) -> None:
    """The same frames, a little noise, a shift of colour that is seen, another picture."""
    recorded = clip(tmp_path / "recorded.mp4", drawn())
    for name, frames, likeness in (
        ("same", drawn(), Likeness.SAME_FRAMES),
        ("noisy", drawn(noise=3), Likeness.EQUIVALENT),
        ("bluer", drawn(shift=40), Likeness.DIFFERENT),
        ("another", drawn(noise=120), Likeness.DIFFERENT),
    ):
        assert found(recorded, clip(tmp_path / f"{name}.mp4", frames)) == (likeness, ""), name


def test_frames_that_lack_and_other_sizes_are_said(tmp_path: Path) -> None:
    """A clip that is shorter, longer or of another size is different, and it is said how."""
    recorded = clip(tmp_path / "recorded.mp4", drawn())
    shorter = clip(tmp_path / "shorter.mp4", drawn()[:-2])
    assert found(recorded, shorter) == (Likeness.DIFFERENT, "The recorded clip has 5 frames, and this one has 3.")
    assert found(shorter, recorded) == (Likeness.DIFFERENT, "The recorded clip has 3 frames, and this one has 5.")
    smaller = clip(tmp_path / "smaller.mp4", [frame[:32] for frame in drawn()])
    assert found(recorded, smaller) == (Likeness.DIFFERENT, "Its frames are 96×32 and not 96×64.")


def test_the_figures_are_those_of_all_frames(tmp_path: Path) -> None:
    """One bad frame among good ones shows in the worst, and weighs little in the mean."""
    bad = drawn()
    bad[2] = drawn(noise=60)[2]
    recorded, made = clip(tmp_path / "recorded.mp4", drawn()), clip(tmp_path / "made.mp4", bad)
    said = alike(recorded, made, lambda done, total, preview=None: None, lambda: False)
    assert said is not None
    assert said.ssim is not None
    assert said.ssim_worst is not None
    assert said.ssim_worst < 0.5 < 0.85 < said.ssim
    assert said.delta_e is not None
    assert said.delta_e_worst is not None
    assert said.delta_e_worst > 3 * said.delta_e


def test_a_comparison_leaves_off_when_it_is_told_to(tmp_path: Path) -> None:
    """It is stopped between two frames."""
    recorded = clip(tmp_path / "recorded.mp4", drawn())
    assert alike(recorded, recorded, lambda done, total, preview=None: None, lambda: True) is None


def test_the_difference_of_colour_is_that_of_cie_1976() -> None:
    """Grey levels that differ in lightness alone: 8-bit 119 and 128 are L* 50.0 and 53.6."""
    dark, light = (np.full((4, 4, 3), level, np.uint8) for level in (119, 128))
    assert delta_e(dark, light) == pytest.approx(3.56, abs=0.02)
    assert delta_e(dark, dark) == 0


@given(st.lists(st.sampled_from(ORDER)))
def test_a_film_is_as_alike_as_its_worst_part(likenesses: list[Likeness]) -> None:
    """No clip is worse than what is said of all, and one of them is as bad."""
    said = worst(tuple(likenesses))
    assert all(ORDER.index(one) <= ORDER.index(said) for one in likenesses)
    assert said in likenesses or not likenesses


def test_what_was_not_as_it_had_been_is_named() -> None:
    """Renderer, version, model, device and workflow; what is measured of the clip is no cause of it."""
    was = Made(
        by="comfyui",
        version="0.3.64",
        model="wan2.1",
        model_digest="sha256:aa",
        options='{"workflow":"wan","graph":"aa","seed":7,"device":"cuda:0 A","colour":{"before":1.0}}',
        took_s=40,
    )
    now = msgspec.structs.replace(
        was,
        model_digest="sha256:bb",
        options='{"workflow":"wan","graph":"bb","seed":7,"device":"cuda:0 B","colour":{"before":2.0}}',
        took_s=90,
    )
    assert differences(was, was) == ()
    assert [(one.what, one.was, one.now) for one in differences(was, now)] == [
        ("digest of the model", "sha256:aa", "sha256:bb"),
        ("digest of the workflow", "aa", "bb"),
        ("device", "cuda:0 A", "cuda:0 B"),
    ]
    other = Made(by="animatic", version="2")
    assert ("renderer", "comfyui", "animatic") in [(one.what, one.was, one.now) for one in differences(was, other)]


# -- what is compared ------------------------------------------------------------------------------------------


def test_each_take_is_compared_and_then_the_film() -> None:
    """As long as nothing is there nothing is asked; the film comes when its takes are done."""
    again = forks.again(finished(), e.Again.ORDERS, options=e.Options(review=False))
    assert comparing.decide(again.state, None) == ()
    hand_over = rendered(2).hand_over.digest
    again.tell(ordered(PLAN, 1), rendered(1), ordered(PLAN, 2), rendered(2), ordered(PLAN, 3, start=hand_over))
    assert [one.about for one in comparing.decide(again.state, None)] == ["comparison 1-1", "comparison 2-1"]
    again.tell(rendered(3), finished().state.cuts[-1])
    assert [one.about for one in comparing.decide(again.state, None)] == [f"comparison {n}-1" for n in (1, 2, 3)]
    same = Comparison(likeness=Likeness.SAME_BYTES, wanted=rendered(1).clip.digest, found=rendered(1).clip.digest)
    again.tell(*(e.SegmentCompared(segment=n, take=1, comparison=same, made=stories.MADE) for n in (1, 2, 3)))
    (film,) = comparing.decide(again.state, None)
    assert isinstance(film, comparing.CompareFilm)
    done = again.tell(e.ProductionCompared(number=1, comparison=same, made=stories.MADE)).state
    assert comparing.decide(done, None) == ()
    assert done.takes[1, 1].compared == same


def test_nothing_is_compared_that_is_no_film_made_again() -> None:
    """Neither a film of its own nor a fork is held against anything."""
    assert comparing.decide(finished().state, None) == ()
    assert comparing.decide(forks.fork_of(finished()).state, None) == ()


def test_a_problem_with_a_comparison_waits_for_a_person() -> None:
    """What could not be compared is not tried again by itself."""
    again = forks.again(finished(), e.Again.ORDERS, options=e.Options(review=False)).tell(ordered(PLAN, 1), rendered(1))
    (task,) = comparing.decide(again.state, None)
    problem = msgspec.structs.replace(stories.PROBLEM, about=task.about)
    stalled = after(again.state, e.ProductionStalled(number=1, problem=problem))
    assert comparing.decide(stalled, None) == ()


# -- doing it --------------------------------------------------------------------------------------------------


class House:
    """A store, and the task of comparing a take with a recorded one."""

    def __init__(self, folder: Path) -> None:
        self.store = FolderArtifacts(folder / "objects")
        self.folder = folder

    def keep(self, name: str, frames: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]) -> Artifact:
        """Keep frames as a clip."""
        path = clip(self.folder / f"{name}.mp4", frames)
        size_bytes = path.stat().st_size
        return Artifact(digest=self.store.keep(path), media_type="video/mp4", size_bytes=size_bytes, frame_count=COUNT)

    async def compare(self, was: Artifact, now: Artifact) -> Comparison:
        """Return how alike a take with one clip is to a recorded one with another."""
        again = forks.again(finished(), e.Again.ORDERS, options=e.Options(review=False))
        again.tell(ordered(PLAN, 1), rendered(1))
        (task,) = comparing.decide(again.state, None)
        assert isinstance(task, comparing.CompareTake)
        replace = msgspec.structs.replace
        assert task.take.rendered is not None
        task = replace(
            task,
            take=replace(task.take, rendered=replace(task.take.rendered, clip=now)),
            recorded=replace(task.recorded, rendered=replace(task.take.rendered, clip=was)),
        )
        (fact,) = await Comparer()(task, Production(id=PRODUCTION), self.store, lambda done, total, preview=None: None)
        assert isinstance(fact, e.SegmentCompared)
        return fact.comparison


async def test_the_same_digest_is_the_same_clip(tmp_path: Path) -> None:
    """Then no frame is read; a stored file that was altered since is named all the same."""
    house = House(tmp_path)
    clip = house.keep("was", drawn())
    comparison = await house.compare(clip, clip)
    assert (comparison.likeness, comparison.differences, comparison.why) == (Likeness.SAME_BYTES, (), "")
    path = house.store.path(clip.digest)
    path.chmod(0o644)
    path.write_bytes(b"something else")
    altered = await house.compare(clip, clip)
    assert altered.likeness is Likeness.SAME_BYTES
    assert f"was altered: wanted {clip.digest}, found " in altered.why


async def test_a_recorded_clip_that_is_missing_or_altered_is_named(tmp_path: Path) -> None:
    """With the digest that is wanted and the one that is found; then nobody can tell how alike they are."""
    house = House(tmp_path)
    was, now = house.keep("was", drawn()), house.keep("now", drawn(noise=3))
    assert (await house.compare(was, now)).likeness is Likeness.EQUIVALENT
    path = house.store.path(was.digest)
    path.chmod(0o644)
    path.write_bytes(b"something else")
    altered = await house.compare(was, now)
    assert altered.likeness is Likeness.UNKNOWN
    assert f"wanted {was.digest}, found " in altered.why
    assert "was altered" in altered.why
    house.store.remove(was.digest)
    missing = await house.compare(was, now)
    assert (missing.likeness, missing.why) == (
        Likeness.UNKNOWN,
        f"The recorded file is missing: wanted {was.digest}, found nothing.",
    )
