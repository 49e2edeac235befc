"""The edit list: which frames of which clip make the film, and which clips need no second encoding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct

from bus.errors import KindlingError
from bus.ids import Digest
from bus.plan import Crossfade, Plan, Size


class CannotCut(KindlingError):
    """The takes at hand don't make the film that the plan wants."""


class ClipSource(Struct, frozen=True, kw_only=True):
    """The take that a segment is cut from."""

    take: int
    digest: Digest
    frame_count: int
    """At the film's rate."""
    rate: Fraction = Fraction(1)
    """How many of its frames there are to one of the film: a clip that is borrowed keeps its speed."""


class Shown(Struct, frozen=True, kw_only=True):
    """What the film shows of one take."""

    segment: int
    take: int
    digest: Digest
    in_frame: int
    """The first frame shown."""
    out_frame: int
    """The frame after the last one shown."""
    mixed_count: int = 0
    """How many of its first frames are mixed with the last ones of the clip before it."""
    rate: Fraction = Fraction(1)
    """How many of its frames there are to one of the film."""

    @property
    def shown_count(self) -> int:
        """Return how many frames of the take are shown."""
        return self.out_frame - self.in_frame

    def __str__(self) -> str:
        return f"segment {self.segment}, take {self.take}"


class Crop(Struct, frozen=True, kw_only=True):
    """The rectangle of a rendered frame that is shown, in pixels from the upper left corner."""

    x: int
    y: int
    width: int
    height: int


class EditList(Struct, frozen=True, kw_only=True):
    """The film, frame by frame, without a pixel of it."""

    shown: tuple[Shown, ...]
    size: Size
    """What the clips are brought to before they are cropped."""
    crop: Crop
    fps: int
    frame_count: int

    @property
    def is_cropped(self) -> bool:
        """Say whether less is shown than is rendered."""
        return (self.crop.width, self.crop.height) != (self.size.width, self.size.height)

    @property
    def duration_s(self) -> Fraction:
        """Return the film's length in seconds, exactly."""
        return Fraction(self.frame_count, self.fps)


class Layer(Struct, frozen=True):
    """A frame of a clip, laid over what lies below it with this opacity; the lowest one is opaque."""

    clip_index: int
    frame_index: int
    opacity: float


def edit_list(plan: Plan, clips: Mapping[int, ClipSource]) -> EditList:
    """Return which frames of which clip make the plan's film.

    Args:
        clips: by segment id, the take that was approved or kept.

    Raises:
        CannotCut: a segment has no clip, or its clip has fewer frames than the plan shows of it.
    """
    missing = [str(one.id) for one in plan.segments if one.id not in clips]
    if missing:
        raise CannotCut(
            f"The film can't be joined: no take of segment {', '.join(missing)} was approved or kept.",
            help="Wait for it, or approve a take of it.",
        )
    shown: list[Shown] = []
    for segment in plan.segments:
        clip = clips[segment.id]
        if clip.frame_count < segment.out_frame:
            raise CannotCut(
                f"Take {clip.take} of segment {segment.id} is too short.",
                why=f"The plan shows it up to frame {segment.out_frame}, and it has {clip.frame_count}.",
                help="Have this segment rendered again.",
            )
        match segment.transition:
            case Crossfade(frame_count=mixed_count):
                pass
            case _:
                mixed_count = 0
        shown.append(
            Shown(
                segment=segment.id,
                take=clip.take,
                digest=clip.digest,
                in_frame=segment.in_frame,
                out_frame=segment.out_frame,
                mixed_count=mixed_count,
                rate=clip.rate,
            )
        )
    return EditList(
        shown=tuple(shown),
        size=plan.size,
        crop=middle_of(plan.size, plan.crop),
        fps=plan.fps,
        frame_count=sum(one.shown_count - one.mixed_count for one in shown),
    )


def middle_of(size: Size, crop: Size) -> Crop:
    """Return the rectangle of this size in the middle; its corner is on even pixels, as 4:2:0 colour is."""
    return Crop(
        x=(size.width - crop.width) // 4 * 2,
        y=(size.height - crop.height) // 4 * 2,
        width=crop.width,
        height=crop.height,
    )


def film_starts(edit: EditList) -> tuple[int, ...]:
    """Return for each clip the film frame that its first shown frame lies on."""
    starts: list[int] = []
    end = 0
    for one in edit.shown:
        starts.append(end - one.mixed_count)
        end = starts[-1] + one.shown_count
    return tuple(starts)


def film_frames(edit: EditList, first: int = 0, end: int | None = None) -> Iterator[tuple[Layer, ...]]:
    """Yield the layers of each film frame from `first` to before `end`, lowest first.

    In a crossfade over k frames the m-th of them (from 0) shows the later clip with weight (m+1)/(k+1): no
    frame of it is one clip alone. Where a clip is so short that its two crossfades overlap, three lie on one
    another.
    """
    starts = film_starts(edit)
    for film_frame in range(first, edit.frame_count if end is None else end):
        layers: list[Layer] = []
        for clip_index, (one, start) in enumerate(zip(edit.shown, starts, strict=True)):
            position = film_frame - start
            if 0 <= position < one.shown_count:
                opacity = (position + 1) / (one.mixed_count + 1) if layers else 1.0
                layers.append(Layer(clip_index, one.in_frame + position, opacity))
        yield tuple(layers)


# -- copied or encoded ---------------------------------------------------------------------------------------


class Coding(Struct, frozen=True, kw_only=True):
    """How a clip is encoded. Packets of clips that agree in all of it may stand in one file."""

    codec: str
    profile: str
    pix_fmt: str
    width: int
    height: int
    sample_aspect: Fraction
    fps: Fraction
    time_base: Fraction
    extradata_digest: str
    colour_range: str
    has_b_frames: bool


class Copied(Struct, frozen=True, kw_only=True):
    """The first packets of a clip go into the film as they are."""

    clip_index: int
    frame_count: int


class Encoded(Struct, frozen=True, kw_only=True):
    """Film frames from `first` to before `end` are decoded, put together and encoded."""

    first: int
    end: int
    why: tuple[str, ...]
    """For each clip in it, why it can't be copied."""

    @property
    def frame_count(self) -> int:
        """Return how many frames of the film it makes."""
        return self.end - self.first


Part = Copied | Encoded

_CLIPS_FIT_TO_PLAY = ("h264", "yuv420p")
"""What every browser plays; a film in anything else is encoded again even where all clips agree."""


def copy_or_encode(
    edit: EditList, codings: Mapping[Digest, Coding], counts: Mapping[Digest, int], canonical: Coding
) -> tuple[Part, ...]:
    """Return the film as parts in order: clips whose packets are copied, and stretches that are encoded.

    All copied is possible in any encoding the clips agree on. As soon as one clip must be encoded, only clips
    in the canonical encoding are copied beside it. FFmpeg itself joins clips that don't agree without a word,
    and the file then shows garbage or loses its timing.

    Args:
        codings: by digest, how each clip is encoded.
        counts: by digest, how many frames each clip has.
        canonical: what the encoder writes for a film of this size and rate.
    """
    reasons = [_why_encoded(edit, index, codings, counts) for index in range(len(edit.shown))]
    of_copied = {codings[one.digest] for one, why in zip(edit.shown, reasons, strict=True) if not why}
    if any(reasons) or len(of_copied) > 1:
        reasons = [
            why or ("" if codings[one.digest] == canonical else _difference(codings[one.digest], canonical))
            for one, why in zip(edit.shown, reasons, strict=True)
        ]
    return _parts(edit, reasons)


def _why_encoded(edit: EditList, index: int, codings: Mapping[Digest, Coding], counts: Mapping[Digest, int]) -> str:
    """Return why this clip's packets can't be copied whatever the others are, or nothing."""
    one = edit.shown[index]
    coding = codings[one.digest]
    if edit.is_cropped:
        return f"it is cropped to {edit.crop.width}×{edit.crop.height}"
    if one.in_frame:
        return f"its first {one.in_frame} frames are not shown"
    if one.mixed_count or any(later.mixed_count for later in edit.shown[index + 1 : index + 2]):
        return "it is crossfaded"
    if (coding.width, coding.height) != (edit.size.width, edit.size.height):
        return f"it is {coding.width}×{coding.height}, not {edit.size}"
    if one.rate != 1 or coding.fps != edit.fps:
        return f"it has {_number(coding.fps)} frames a second, not {edit.fps}"
    if coding.sample_aspect != 1:
        return f"its pixels are not square ({coding.sample_aspect})"
    if (coding.codec, coding.pix_fmt) != _CLIPS_FIT_TO_PLAY:
        return f"it is {coding.codec} in {coding.pix_fmt}"
    if coding.has_b_frames and one.out_frame < counts[one.digest]:
        return "it is cut short and has B-frames"
    return ""


def _difference(coding: Coding, other: Coding) -> str:
    named = [
        name.replace("_", " ").removesuffix(" digest")
        for name in Coding.__struct_fields__
        if getattr(coding, name) != getattr(other, name)
    ]
    return f"its encoding differs in {', '.join(named)}"


def _number(rate: Fraction) -> str:
    return str(rate.numerator) if rate.denominator == 1 else f"{float(rate):.3f}"


def _parts(edit: EditList, reasons: Sequence[str]) -> tuple[Part, ...]:
    """Return copied clips one by one, and neighbours that are encoded as one stretch."""
    starts = [*film_starts(edit), edit.frame_count]
    # Only an encoded clip can overlap the next one, so a stretch ends where the next clip begins or later.
    parts: list[Part] = []
    for index, ((start, next_start), why) in enumerate(zip(pairwise(starts), reasons, strict=True)):
        one = edit.shown[index]
        if not why:
            parts.append(Copied(clip_index=index, frame_count=one.shown_count))
            continue
        sentence = f"{one}: {why}"
        if parts and isinstance(before := parts[-1], Encoded):
            parts[-1] = Encoded(first=before.first, end=next_start, why=(*before.why, sentence))
        else:
            parts.append(Encoded(first=start, end=next_start, why=(sentence,)))
    return tuple(parts)
