"""The checks of a take: each planted defect fails its criterion and no other, and a clean take passes."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.planted import (
    DEFECTS,
    FPS,
    SCENES,
    SOFT_DEFECTS,
    Frames,
    Planted,
    Take,
    black_frames,
    colour_cast,
    flickering,
    frozen_half,
    hard_cut,
    heavy_blur,
    jump,
    noisy,
    white_flash,
)
from bus.plan import Finding, Movement, Outcome, Verdict
from services._kit.pictures import write_png
from services.reviewer.checks import Expected, References, review_take
from services.reviewer.criteria import RULES
from services.reviewer.measures import ReviewStopped, SizeChanges, content_change, measure, similarity
from services.reviewer.sheet import KeyFrame, contact_sheet, kept_key_frames, key_frame_indices

COUNT = 25
SMALL, MIDDLE = (208, 112), (416, 240)
BASES = ("pan", "meadow", "night")


@lru_cache(maxsize=16)
def scene(name: str, size: tuple[int, int] = SMALL) -> Frames:
    """Return a clean scene; drawn once."""
    return SCENES[name](*size, COUNT)


def never() -> bool:
    """Never stop."""
    return False


def expected_of(
    size: tuple[int, int] = SMALL, movement: Movement = Movement.PAN_RIGHT, *, is_draft: bool = False
) -> Expected:
    """Return an order of this size."""
    return Expected(frame_count=COUNT, width=size[0], height=size[1], fps=FPS, movement=movement, is_draft=is_draft)


def verdict_on(
    take: Take, folder: Path, expected: Expected | None = None, reference: References | None = None
) -> Verdict:
    """Write the take and review it."""
    path = take.write(folder / "take.mp4")
    return review_take(path, expected or expected_of(), reference=reference or References(), stop=never)


def failures(verdict: Verdict) -> list[tuple[str, bool]]:
    """Return each failed criterion, and whether it had to hold."""
    return [(one.criterion, one.must_hold) for one in verdict.findings if one.outcome is Outcome.FAIL]


def finding(verdict: Verdict, criterion: str) -> Finding:
    """Return the only finding on this criterion."""
    (one,) = [one for one in verdict.findings if one.criterion == criterion]
    return one


def picture(path: Path, frame: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Path:
    """Write the frame without loss."""
    write_png(frame, path)
    return path


def review_planted(planted: Planted, base: str, folder: Path) -> Verdict:
    """Review a take with one defect that continues another one."""
    # Focus is judged at sizes that models render; a blurred thumbnail is sharp again.
    size = MIDDLE if planted.plant in (heavy_blur,) else SMALL
    clean = scene(base, size)
    take = planted.plant(clean)
    handed_over = clean[0] if planted.has_clean_hand_over else take.frames[0]
    reference = References(hand_over=picture(folder / "hand-over.png", handed_over), in_frame=1)
    return verdict_on(take, folder, expected_of(size), reference)


@pytest.mark.parametrize("base", SCENES)
@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=str)
def test_a_clean_take_passes_everything(base: str, size: tuple[int, int], tmp_path: Path) -> None:
    """Calm, fast, dark and grainless scenes give no false alarm, not even a soft one, and leave nothing open."""
    frames = scene(base, size)
    hand_over = picture(tmp_path / "hand-over.png", frames[0])
    reference = References(hand_over=hand_over, in_frame=1, opening=hand_over)
    verdict = verdict_on(Take(frames=frames), tmp_path, expected_of(size), reference)
    # So much passes by in a fast pan that its colours do drift.
    allowed = {"colour_drift"} if base == "fast pan" else set()
    assert {one.criterion for one in verdict.findings if one.outcome is not Outcome.PASS} <= allowed
    assert verdict.is_good
    assert {one.criterion for one in verdict.findings} == set(RULES)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("planted", [one for one in DEFECTS if one.criterion], ids=lambda one: one.name)
def test_a_defect_fails_exactly_its_criterion(planted: Planted, base: str, tmp_path: Path) -> None:
    """What was planted is what must hold and failed, and no other criterion that must hold fails beside it."""
    verdict = review_planted(planted, base, tmp_path)
    assert [criterion for criterion, must_hold in failures(verdict) if must_hold] == [planted.criterion]
    assert not verdict.is_good


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("planted", SOFT_DEFECTS, ids=lambda one: one.name)
def test_a_soft_defect_is_noted_and_does_not_reject(planted: Planted, base: str, tmp_path: Path) -> None:
    """Noise, burnt-out light and drift fail without rejecting, and cost score against the clean take."""
    verdict = review_planted(planted, base, tmp_path)
    assert (planted.criterion, False) in failures(verdict)
    assert verdict.is_good
    assert verdict.score < verdict_on(Take(frames=scene(base)), tmp_path).score


def test_evidence_says_where(tmp_path: Path) -> None:
    """A person finds the place: frame numbers from 0, and seconds."""
    at = {
        "black": (black_frames, "frames 12 to 15 (0.75 s to 0.94 s)"),
        "flash": (white_flash, "frame 12 (0.75 s)"),
        "cut": (hard_cut, "frame 12 (0.75 s)"),
        "jump": (jump, "frame 12 (0.75 s)"),
        "frozen": (frozen_half, "frames 8 to 24 (0.50 s to 1.50 s)"),
    }
    for criterion, (plant, place) in at.items():
        one = finding(verdict_on(plant(scene("pan")), tmp_path), criterion)
        assert place in one.evidence
        assert one.value is not None
        assert one.source


def test_two_dark_frames_are_a_flash_and_three_are_black(tmp_path: Path) -> None:
    """One flaw is named once: short ones as a flash, longer ones as black frames."""
    for length, criterion in ((2, "flash"), (3, "black")):
        frames = tuple(
            np.zeros_like(frame) if 12 <= index < 12 + length else frame for index, frame in enumerate(scene("pan"))
        )
        hard = [name for name, must_hold in failures(verdict_on(Take(frames=frames), tmp_path)) if must_hold]
        assert hard == [criterion]


def test_a_static_shot_may_stand_still(tmp_path: Path) -> None:
    """Where the plan wants no camera movement, stillness is left open; else the same take is rejected."""
    take = frozen_half(scene("pan"))
    assert verdict_on(take, tmp_path, expected_of(movement=Movement.STATIC)).is_good
    assert not verdict_on(take, tmp_path, expected_of(movement=Movement.PUSH_IN)).is_good
    still = finding(verdict_on(take, tmp_path, expected_of(movement=Movement.STATIC)), "frozen")
    assert still.outcome is Outcome.UNOBSERVED
    assert "67% of the take stands still" in still.evidence


def test_a_short_rest_is_noted(tmp_path: Path) -> None:
    """Standing still for half a second in a moving take is said, and does not reject."""
    frames = tuple(scene("pan")[min(index, 15)] for index in range(COUNT))
    verdict = verdict_on(Take(frames=frames), tmp_path)
    assert failures(verdict) == [("still", False)]


def test_a_draft_is_not_judged_by_its_motion(tmp_path: Path) -> None:
    """A sample with few steps may stand still or jump; what it shows still has to be there."""
    for plant, is_good in ((frozen_half, True), (jump, True), (black_frames, False), (hard_cut, False)):
        verdict = verdict_on(plant(scene("pan")), tmp_path, expected_of(is_draft=True))
        assert verdict.is_good is is_good


def test_without_a_parent_the_seam_is_left_open(tmp_path: Path) -> None:
    """What can't be measured is unobserved, and rejects nothing."""
    verdict = verdict_on(colour_cast(scene("pan")), tmp_path)
    assert finding(verdict, "seam").outcome is Outcome.UNOBSERVED
    assert verdict.is_good


def test_a_slight_seam_passes_and_is_said(tmp_path: Path) -> None:
    """Between ΔE 2 and 8 the seam may be seen: it passes, with the value as evidence."""
    frames = scene("meadow")
    shift = np.array([-8, 0, 8])
    warmer = tuple(np.clip(frame + shift, 0, 255).astype(np.uint8) for frame in frames)
    reference = References(hand_over=picture(tmp_path / "hand-over.png", frames[0]), in_frame=1)
    one = finding(verdict_on(Take(frames=warmer), tmp_path, reference=reference), "seam")
    assert one.outcome is Outcome.PASS
    assert one.value is not None
    assert 2 < one.value < 8
    assert "the seam may be seen" in one.evidence


def test_another_scene_is_a_broken_seam(tmp_path: Path) -> None:
    """Motion is forgiven at the seam, another picture is not."""
    reference = References(hand_over=picture(tmp_path / "hand-over.png", scene("night")[0]), in_frame=1)
    verdict = verdict_on(Take(frames=scene("meadow")), tmp_path, reference=reference)
    assert failures(verdict)[0] == ("seam", True)


def test_drift_is_measured_against_the_opening_of_the_chain(tmp_path: Path) -> None:
    """A take that is steady in itself has drifted where the chain began in other colours."""
    take = Take(frames=scene("meadow"))
    assert failures(verdict_on(take, tmp_path)) == []
    cast = colour_cast(scene("meadow")).frames[0]
    reference = References(opening=picture(tmp_path / "opening.png", cast))
    assert failures(verdict_on(take, tmp_path, reference=reference)) == [("colour_drift", False)]


def test_a_file_that_is_no_clip_fails_to_decode(tmp_path: Path) -> None:
    """The verdict says so, and everything else is left open."""
    path = tmp_path / "take.mp4"
    path.write_bytes(b"not a clip")
    verdict = review_take(path, expected_of(), reference=References(), stop=never)
    assert failures(verdict) == [("decodes", True)]
    assert {one.outcome for one in verdict.findings[1:]} == {Outcome.UNOBSERVED}
    assert {one.criterion for one in verdict.findings} == set(RULES)
    assert verdict.score == 0


def test_a_single_frame_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    """Motion can't be seen in one frame: left open, and nothing breaks."""
    verdict = verdict_on(Take(frames=scene("pan")[:1]), tmp_path)
    assert failures(verdict) == [("frame_count", True)]
    assert finding(verdict, "frozen").outcome is Outcome.UNOBSERVED
    assert finding(verdict, "colour_drift").outcome is Outcome.UNOBSERVED


def test_an_upright_take_is_reviewed_as_well(tmp_path: Path) -> None:
    """9:16 passes clean, and its frozen half is found."""
    size = (112, 208)
    frames = SCENES["meadow"](*size, COUNT)
    reference = References(hand_over=picture(tmp_path / "hand-over.png", frames[0]), in_frame=1)
    assert verdict_on(Take(frames=frames), tmp_path, expected_of(size), reference).is_good
    assert failures(verdict_on(frozen_half(frames), tmp_path, expected_of(size)))[0] == ("frozen", True)


def test_frames_of_several_sizes_are_refused() -> None:
    """What follows a change of size can't be compared with what came before."""
    with pytest.raises(SizeChanges, match="frame 1 has another size"):
        measure([scene("pan")[0], scene("pan", MIDDLE)[0]], never)


def test_a_review_can_be_stopped(tmp_path: Path) -> None:
    """It leaves off between two frames."""
    path = Take(frames=scene("pan")).write(tmp_path / "take.mp4")
    asked: list[None] = []

    def third() -> bool:
        asked.append(None)
        return len(asked) == 3

    with pytest.raises(ReviewStopped):
        review_take(path, expected_of(), reference=References(), stop=third)
    assert len(asked) == 3


def test_the_same_take_gets_the_same_verdict(tmp_path: Path) -> None:
    """A review can be repeated: every value is the same."""
    assert verdict_on(noisy(scene("pan")), tmp_path) == verdict_on(noisy(scene("pan")), tmp_path)


def test_a_pan_that_comes_to_rest_has_no_jump(tmp_path: Path) -> None:
    """The last step of a fast pan changes much more than the stillness after it, and as much as before it."""
    frames = scene("fast pan", MIDDLE)
    resting = Take(frames=tuple(frames[min(index, 17)] for index in range(COUNT)))
    verdict = verdict_on(resting, tmp_path, expected_of(MIDDLE))
    assert finding(verdict, "jump").outcome is Outcome.PASS
    assert finding(verdict, "jump").value == pytest.approx(28, abs=2), "the pan is too slow to prove anything"


def test_flicker_is_no_noise(tmp_path: Path) -> None:
    """One flaw is named once: where all grows brighter and darker, nothing boils."""
    verdict = verdict_on(flickering(scene("pan")), tmp_path)
    assert finding(verdict, "noise").outcome is Outcome.PASS


def test_fog_and_night_are_not_out_of_focus(tmp_path: Path) -> None:
    """A sharp picture of little contrast is sharp."""
    foggy = tuple((frame * 0.12 + 190).astype(np.uint8) for frame in scene("pan", MIDDLE))
    verdict = verdict_on(Take(frames=foggy), tmp_path, expected_of(MIDDLE))
    assert finding(verdict, "blurred").outcome is Outcome.PASS
    assert verdict.is_good


def test_hue_is_a_circle() -> None:
    """Two reds on either side of the wheel's seam are near each other; red and cyan are not."""
    red, also_red = np.full((8, 8, 3), (0, 4, 200), np.uint8), np.full((8, 8, 3), (4, 0, 200), np.uint8)
    cyan = np.full((8, 8, 3), (200, 200, 0), np.uint8)
    assert content_change(red, also_red) < 2
    assert content_change(red, cyan) > 27


def test_similarity_is_one_for_the_same_picture() -> None:
    """The scale has its end where it should, and its sides are equal."""
    one, other = scene("pan")[0], scene("pan")[20]
    assert similarity(one, one) == pytest.approx(1)
    assert similarity(one, other) == pytest.approx(similarity(other, one))
    assert similarity(one, other) < 0.65


def test_a_good_take_gets_no_advice(tmp_path: Path) -> None:
    """Nothing failed, nothing is to be done otherwise."""
    assert verdict_on(Take(frames=scene("pan")), tmp_path).advice == ""


# -- key frames ----------------------------------------------------------------------------------------------


def test_key_frames_hold_the_first_and_the_last(tmp_path: Path) -> None:
    """They are spread evenly over the take, with their times."""
    path = Take(frames=scene("pan")).write(tmp_path / "take.mp4")
    kept = kept_key_frames(path, 4)
    assert [one.index for one in kept] == [0, 8, 16, 24]
    assert [one.at_s for one in kept] == [0, 0.5, 1, 1.5]
    assert all(np.abs(one.picture.astype(int) - scene("pan")[one.index]).mean() < 6 for one in kept)


@given(st.integers(1, 60))
def test_no_more_key_frames_than_there_are_frames(count: int) -> None:
    """As many as asked for, or all there are; never one twice."""
    indices = key_frame_indices(COUNT, count)
    assert len(indices) == min(count, COUNT)
    assert indices <= set(range(COUNT))


def test_a_contact_sheet_shows_every_frame_beside_its_label() -> None:
    """Five pictures in three columns make two rows; each picture lies there untouched."""
    frames = [KeyFrame(index=index, at_s=index / FPS, picture=scene("meadow")[index]) for index in range(5)]
    sheet = contact_sheet(frames, 3, tile_width=208)
    assert sheet.shape == (6 + 2 * (112 + 28 + 6), 6 + 3 * (208 + 6), 3)
    top, left = 6 + 146 + 28, 6 + 214
    assert np.array_equal(sheet[top : top + 112, left : left + 208], frames[4].picture)
    assert sheet[top : top + 112, left + 214 :].max() == 24
