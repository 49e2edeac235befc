from collections import Counter
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.ids import Digest, digest_of
from bus.plan import (
    Continue,
    Crossfade,
    Cut,
    FromSegment,
    FromText,
    Look,
    Mode,
    Movement,
    Plan,
    Segment,
    ShotSize,
    Size,
)
from bus.plan_rules import film_frame_count
from services.stitcher.cut import (
    CannotCut,
    ClipSource,
    Coding,
    Copied,
    EditList,
    Encoded,
    copy_or_encode,
    edit_list,
    film_frames,
    middle_of,
)

LOOK = Look(style="plain", light="day", palette=("#101010", "#808080", "#f0f0f0"), words="plain")
CANONICAL = Coding(
    codec="h264",
    profile="High",
    pix_fmt="yuv420p",
    width=64,
    height=32,
    sample_aspect=Fraction(1),
    fps=Fraction(16),
    time_base=Fraction(1, 16384),
    extradata_digest="0" * 64,
    colour_range="limited",
    has_b_frames=False,
)
FOREIGN = msgspec.structs.replace(CANONICAL, extradata_digest="f" * 64, has_b_frames=True)


def segment(
    number: int, shown: tuple[int, int], transition: Cut | Crossfade | Continue, frame_count: int = 81
) -> Segment:
    """Return a segment that shows frames in to out, continuing the one before it where that is asked."""
    is_continued = isinstance(transition, Continue)
    return Segment(
        id=number,
        beat="",
        prompt="",
        negative="",
        shot=ShotSize.WIDE,
        movement=Movement.STATIC,
        mode=Mode.I2V if is_continued else Mode.T2V,
        start=FromSegment(number - 1) if is_continued else FromText(),
        transition=transition,
        frame_count=frame_count,
        in_frame=shown[0],
        out_frame=shown[1],
        seed=number,
    )


def plan_of(
    *segments: Segment, size: Size | None = None, crop: Size | None = None, frame_count: int | None = None
) -> Plan:
    """Return a plan of these segments."""
    size = size or Size(64, 32)
    return Plan(
        title="",
        logline="",
        language="en",
        brief=1,
        renderer="animatic",
        fps=16,
        size=size,
        crop=crop or size,
        frame_count=frame_count or film_frame_count(segments),
        look=LOOK,
        segments=segments,
    )


def clips_of(plan: Plan) -> dict[int, ClipSource]:
    """Return one clip for each segment, as long as was ordered."""
    return {
        one.id: ClipSource(take=1, digest=digest_of(str(one.id).encode()), frame_count=one.frame_count)
        for one in plan.segments
    }


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Return any plan that holds, of up to eight segments."""
    segments: list[Segment] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        frame_count = draw(st.integers(0, 5)) * 4 + 5
        out_frame = draw(st.integers(2, frame_count))
        transition: Cut | Crossfade | Continue = Cut()
        in_frame = draw(st.integers(0, out_frame - 1))
        if segments:
            longest = min(segments[-1].shown_count, out_frame - in_frame) - 1
            options: list[st.SearchStrategy[Cut | Crossfade | Continue]] = [
                st.just(Cut()),
                st.just(Continue()),
            ]
            if longest >= 1:
                options.append(st.builds(Crossfade, st.integers(1, longest)))
            transition = draw(st.one_of(options))
        if isinstance(transition, Continue):
            in_frame = 1
        segments.append(segment(number, (in_frame, out_frame), transition, frame_count))
    return plan_of(*segments)


def edit_of(plan: Plan) -> EditList:
    """Return the plan's edit list with a clip for each segment."""
    return edit_list(plan, clips_of(plan))


def parts_of(plan: Plan, codings: dict[int, Coding], canonical: Coding = CANONICAL) -> tuple[Copied | Encoded, ...]:
    """Return what is copied and what is encoded; segments not named have the canonical encoding."""
    clips = clips_of(plan)
    return copy_or_encode(
        edit_list(plan, clips),
        {clip.digest: codings.get(number, CANONICAL) for number, clip in clips.items()},
        {clip.digest: clip.frame_count for clip in clips.values()},
        canonical,
    )


@given(plans())
def test_the_film_has_as_many_frames_as_the_plan_says(plan: Plan) -> None:
    """Whatever is trimmed and mixed, the edit list and the frames it unfolds to add up to the plan's count."""
    edit = edit_of(plan)
    assert edit.frame_count == plan.frame_count
    assert len(list(film_frames(edit))) == plan.frame_count


@given(plans())
def test_each_shown_frame_appears_exactly_once(plan: Plan) -> None:
    """No frame of a take is lost or shown twice, and none that the plan leaves out is shown."""
    edit = edit_of(plan)
    seen = Counter((one.clip_index, one.frame_index) for layers in film_frames(edit) for one in layers)
    wanted = {(index, frame) for index, one in enumerate(plan.segments) for frame in range(one.in_frame, one.out_frame)}
    assert set(seen) == wanted
    assert set(seen.values()) == {1}


@given(plans())
def test_the_lowest_layer_is_opaque_and_the_others_are_not(plan: Plan) -> None:
    """Every film frame is fully covered, and a mixed one never hides the clip that is leaving."""
    for layers in film_frames(edit_of(plan)):
        assert layers[0].opacity == 1.0
        assert all(0.0 < one.opacity < 1.0 for one in layers[1:])


@given(plans(), st.data())
def test_the_parts_cover_the_film(plan: Plan, data: st.DataObject) -> None:
    """Copied and encoded parts add up to the film, in order, without a gap, in whatever encoding clips are."""
    codings = {one.id: data.draw(st.sampled_from([CANONICAL, FOREIGN])) for one in plan.segments}
    parts = parts_of(plan, codings)
    assert sum(part.frame_count for part in parts) == plan.frame_count
    position = 0
    for part in parts:
        if isinstance(part, Encoded):
            assert part.first == position
        position += part.frame_count


@given(plans(), st.data())
def test_what_is_copied_agrees_with_all_that_stands_beside_it(plan: Plan, data: st.DataObject) -> None:
    """One file holds one encoding: the one that the copied clips share, which is ours if anything is encoded."""
    codings = {one.id: data.draw(st.sampled_from([CANONICAL, FOREIGN])) for one in plan.segments}
    parts = parts_of(plan, codings)
    in_file = {codings[plan.segments[part.clip_index].id] for part in parts if isinstance(part, Copied)}
    if any(isinstance(part, Encoded) for part in parts):
        in_file.add(CANONICAL)
    assert len(in_file) == 1


def test_a_crossfade_rises_in_even_steps() -> None:
    """Over k frames the later clip weighs 1/(k+1), 2/(k+1) … k/(k+1)."""
    edit = edit_of(plan_of(segment(1, (0, 9), Cut()), segment(2, (0, 9), Crossfade(3))))
    mixed = [layers for layers in film_frames(edit) if len(layers) == 2]
    assert [layers[1].opacity for layers in mixed] == [0.25, 0.5, 0.75]
    assert [(layers[0].frame_index, layers[1].frame_index) for layers in mixed] == [(6, 0), (7, 1), (8, 2)]


def test_the_crop_is_the_middle_on_even_pixels() -> None:
    """2.39:1 out of 832×480 keeps its place for chroma, which has half the resolution."""
    crop = middle_of(Size(832, 480), Size(832, 348))
    assert (crop.x, crop.y, crop.width, crop.height) == (0, 66, 832, 348)
    assert middle_of(Size(64, 32), Size(62, 30)).x % 2 == 0


def test_a_film_without_all_its_takes_is_refused() -> None:
    """The error names the segments that are missing."""
    plan = plan_of(segment(1, (0, 5), Cut()), segment(2, (0, 5), Cut()))
    with pytest.raises(CannotCut, match="segment 2 was approved"):
        edit_list(plan, {1: clips_of(plan)[1]})


def test_a_take_that_is_too_short_is_refused() -> None:
    """The error names the take, what the plan shows of it and what there is."""
    plan = plan_of(segment(1, (0, 70), Cut()))
    short = {1: ClipSource(take=3, digest=digest_of(b""), frame_count=69)}
    with pytest.raises(CannotCut, match=r"Take 3 of segment 1 .* up to frame 70, and it has 69"):
        edit_list(plan, short)


def test_canonical_clips_joined_by_cuts_are_copied() -> None:
    """Nothing is encoded twice where nothing has to be; a clip without B-frames may even be cut short."""
    plan = plan_of(segment(1, (0, 81), Cut()), segment(2, (0, 40), Cut()))
    assert parts_of(plan, {}) == (
        Copied(clip_index=0, frame_count=81),
        Copied(clip_index=1, frame_count=40),
    )


def test_clips_of_one_foreign_encoding_are_copied() -> None:
    """What they agree on need not be ours, as long as no clip has to be encoded."""
    plan = plan_of(segment(1, (0, 81), Cut()), segment(2, (0, 81), Cut()))
    assert all(isinstance(part, Copied) for part in parts_of(plan, {1: FOREIGN, 2: FOREIGN}))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (msgspec.structs.replace(CANONICAL, fps=Fraction(24)), "24 frames a second, not 16"),
        (msgspec.structs.replace(CANONICAL, width=80), "80×32, not 64×32"),
        (msgspec.structs.replace(CANONICAL, pix_fmt="yuv444p"), "h264 in yuv444p"),
        (msgspec.structs.replace(CANONICAL, codec="mpeg4"), "mpeg4 in yuv420p"),
        (msgspec.structs.replace(CANONICAL, sample_aspect=Fraction(4, 3)), "not square"),
        (msgspec.structs.replace(CANONICAL, colour_range="full"), "differs in colour range"),
        (msgspec.structs.replace(CANONICAL, profile="Main"), "differs in profile"),
        (msgspec.structs.replace(CANONICAL, time_base=Fraction(1, 12800)), "differs in time base"),
        (msgspec.structs.replace(CANONICAL, extradata_digest="1" * 64), "differs in extradata"),
    ],
)
def test_a_clip_that_differs_in_any_field_is_encoded(changed: Coding, why: str) -> None:
    """Each field of the encoding counts, the reason is said, and the clip beside it is still copied."""
    plan = plan_of(segment(1, (0, 81), Cut()), segment(2, (0, 81), Cut()))
    first, second = parts_of(plan, {2: changed})
    assert isinstance(first, Copied)
    assert isinstance(second, Encoded)
    assert "segment 2, take 1: it" in second.why[0]
    assert why in second.why[0]


def test_a_foreign_clip_is_not_copied_beside_an_encoded_one() -> None:
    """As soon as one clip must be encoded, the file is in our encoding, and so is everything in it."""
    plan = plan_of(segment(1, (0, 81), Cut()), segment(2, (0, 81), Cut()), segment(3, (1, 81), Continue()))
    (part,) = parts_of(plan, {1: FOREIGN, 2: FOREIGN})
    assert isinstance(part, Encoded)
    assert [why.split(":")[0] for why in part.why] == [f"segment {number}, take 1" for number in (1, 2, 3)]


def test_a_clip_with_b_frames_is_not_cut_short_by_copying() -> None:
    """Its packets are not stored in the order they are shown, so the first n of them are not the first n frames."""
    plan = plan_of(segment(1, (0, 40), Cut()))
    (part,) = parts_of(plan, {1: FOREIGN})
    assert isinstance(part, Encoded)
    assert "cut short and has B-frames" in part.why[0]


def test_a_crossfade_encodes_both_clips_and_no_other() -> None:
    """The clips it mixes become one stretch; those around them are copied."""
    plan = plan_of(
        segment(1, (0, 81), Cut()),
        segment(2, (0, 81), Cut()),
        segment(3, (0, 81), Crossfade(8)),
        segment(4, (0, 81), Cut()),
    )
    parts = parts_of(plan, {})
    assert [type(part).__name__ for part in parts] == ["Copied", "Encoded", "Copied"]
    assert isinstance(parts[1], Encoded)
    assert (parts[1].first, parts[1].end) == (81, 81 + 81 + 81 - 8)


def test_a_cropped_film_is_encoded() -> None:
    """Packets can't be cropped."""
    size = Size(64, 32)
    plan = plan_of(segment(1, (0, 81), Cut()), size=size, crop=Size(64, 26))
    (part,) = parts_of(plan, {})
    assert isinstance(part, Encoded)
    assert "cropped to 64×26" in part.why[0]


def test_a_digest_may_stand_in_the_film_twice() -> None:
    """Two segments may show the same bytes: an animatic of the same order gives the same digest."""
    plan = plan_of(segment(1, (0, 5), Cut()), segment(2, (0, 5), Cut()))
    same = Digest("a" * 64)
    edit = edit_list(plan, {n: ClipSource(take=1, digest=same, frame_count=81) for n in (1, 2)})
    parts = copy_or_encode(edit, {same: CANONICAL}, {same: 81}, CANONICAL)
    assert [part.frame_count for part in parts] == [5, 5]
