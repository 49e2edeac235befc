"""Laws of the frame arithmetic: exact totals, 4n+1, no tiny segments, hand-overs shown to their last frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.plan import Size
from services.planner import frames, sizes
from services.planner.rules import PlanSettings


@given(
    total=st.integers(1, 9600),
    chained=st.lists(st.booleans(), min_size=1, max_size=12),
    low=st.integers(1, 48),
)
def test_what_is_cut_adds_up_to_the_frame(total: int, chained: list[bool], low: int) -> None:
    """Whatever the wishes, the cuttings show exactly the total, render 4n+1, and lose no frame at a hand-over."""
    continued = [False, *chained[1:]]
    bounds = [
        frames.Bounds(
            low=low,
            high=81 - int(one),
            is_handed_over=index + 1 < len(continued) and continued[index + 1],
            repeats_first=one,
        )
        for index, one in enumerate(continued)
    ]
    cuttings = frames.cut(total, bounds)
    if cuttings is None:
        assert total < low * len(bounds) + 4 * len(bounds) or total > 76 * len(bounds)
        return
    assert sum(one.out_frame - one.in_frame for one in cuttings) == total
    for one, wish in zip(cuttings, bounds, strict=True):
        assert one.frame_count % 4 == 1
        assert one.in_frame == int(wish.repeats_first)
        assert one.out_frame <= one.frame_count <= 81
        if wish.is_handed_over:
            assert one.out_frame == one.frame_count


@given(total=st.integers(96, 9600))
def test_no_segment_is_tiny(total: int) -> None:
    """From six seconds on, a film without wishes has segments of three to five seconds."""
    count = frames.segment_count(total, 16, 81)
    cuttings = frames.cut(total, [frames.Bounds(low=48, high=81)] * count)
    assert cuttings is not None
    shown = [one.out_frame - one.in_frame for one in cuttings]
    assert min(shown) >= 48
    assert max(shown) - min(shown) <= 1


@given(aspect=st.tuples(st.integers(10, 400), st.just(100)), prefer_small=st.booleans())
def test_a_crop_has_the_aspect_and_even_sides(aspect: tuple[int, int], prefer_small: bool) -> None:
    """Any aspect is shown to within a pixel or two of a side, or to what 832×480 counts as 16:9."""
    ratio = aspect[0] / aspect[1]
    if not 0.25 <= ratio <= 4:
        with pytest.raises(ValueError, match="aspect"):
            sizes.aspect_ratio(f"{aspect[0]}:{aspect[1]}")
        return
    offered = PlanSettings().sizes
    picture = sizes.picture_for(f"{aspect[0]}:{aspect[1]}", offered, prefer_small=prefer_small)
    assert picture.size in offered
    assert picture.crop.width % 2 == 0
    assert picture.crop.height % 2 == 0
    assert picture.crop.width <= picture.size.width
    assert picture.crop.height <= picture.size.height
    assert picture.crop.width / picture.crop.height == pytest.approx(ratio, rel=0.031)


@pytest.mark.parametrize(
    ("aspect", "size", "crop"),
    [
        ("16:9", Size(832, 480), Size(832, 480)),
        ("9:16", Size(480, 832), Size(480, 832)),
        (None, Size(832, 480), Size(832, 480)),
        ("1:1", Size(624, 624), Size(624, 624)),
        ("square", Size(624, 624), Size(624, 624)),
        ("4:3", Size(768, 576), Size(768, 576)),
        ("2.39:1", Size(832, 480), Size(832, 348)),
        ("4:5", Size(576, 768), Size(576, 720)),
    ],
)
def test_the_usual_aspects_have_their_sizes(aspect: str | None, size: Size, crop: Size) -> None:
    """832×480 is shown whole as 16:9; what is no size of the model's is cropped from the one that loses least."""
    assert sizes.picture_for(aspect, PlanSettings().sizes, prefer_small=True) == sizes.Picture(size, crop)


def test_large_sizes_are_taken_where_they_are_preferred() -> None:
    """A renderer with memory to spare gives 720p."""
    assert sizes.picture_for("16:9", PlanSettings().sizes, prefer_small=False).size == Size(1280, 720)
