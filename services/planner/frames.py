"""Frame arithmetic: how many segments a film has, how many frames each renders and shows, to the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from bus.plan import SEGMENTS_MAX

USUAL_S: Final = 4.25
"""The length of a segment where nobody says: between three and five seconds, nearer to five because each is a cut."""
SHORT_S: Final = 3.0
"""No segment is shorter than this unless the film or the number of shots asks for it."""


class Bounds(Struct, frozen=True, kw_only=True):
    """What a segment may show."""

    low: int
    high: int
    """Frames it can show at most; 1 less than it renders where its first frame repeats the hand-over."""
    weight: float = 1.0
    is_handed_over: bool = False
    """The next segment continues from its last frame, so all of its frames up to the last one are shown."""
    repeats_first: bool = False
    """It continues: its first frame is the hand-over and not shown."""
    rendered: int | None = None
    """Frames it renders already, where that must not change."""
    step: int = 4
    """Lengths that can be rendered are `step`·n + 1 frames: 4n+1, or 8n+1 for some models."""
    least: int = 5
    """The shortest of them: a model makes no video of one frame."""


class Cutting(Struct, frozen=True):
    """What a segment renders and shows."""

    frame_count: int
    in_frame: int
    out_frame: int


def wanted_frames(duration_s: float, fps: int) -> int:
    """Return the film's frames: the nearest whole number, at least 1."""
    return max(1, round(duration_s * fps))


def segment_count(frames: int, fps: int, rendered_max: int) -> int:
    """Return how many segments a film of so many frames has where nobody says: none of them tiny, none too long."""
    if frames <= rendered_max:
        return 1
    # A continuing segment shows one frame less than it renders, so that is what each can be relied on to show.
    fewest = -(-frames // (rendered_max - 1))
    return min(SEGMENTS_MAX, max(2, fewest, round(frames / (USUAL_S * fps))))


def rendered_frames(shown: int, step: int = 4, least: int = 5) -> int:
    """Return the shortest length that can be rendered and holds so many frames: `step`·n + 1, and not below `least`."""
    return max(least, -(-(shown - 1) // step) * step + 1)


def cut(frames: int, bounds: Sequence[Bounds]) -> tuple[Cutting, ...] | None:
    """Return what each segment renders and shows so that all add up to exactly `frames`; None where they can't.

    Lengths follow the weights as far as the bounds allow. A segment whose last frame is handed over shows all that it
    renders up to the end, so its length is one of a few; what that takes or leaves is made up for by the next one that
    is free.
    """
    steps = [_steps(one) for one in bounds]
    if any(not one for one in steps):
        return None
    if not sum(one[0] for one in steps) <= frames <= sum(one[-1] for one in steps):
        return None
    ideal = _ideal(frames, bounds, steps)
    shown = _exact(frames, ideal, steps)
    if shown is None:
        return None
    return tuple(_cutting(one, count) for one, count in zip(bounds, shown, strict=True))


def _steps(bounds: Bounds) -> list[int]:
    """Return the numbers of frames that the segment can show, in order."""
    skipped = int(bounds.repeats_first)
    if not bounds.is_handed_over:
        return list(range(max(1, bounds.low), bounds.high + 1))
    if bounds.rendered is not None:
        return [bounds.rendered - skipped]
    lengths = range(bounds.least, bounds.high + skipped + 1, bounds.step)
    fitting = [one - skipped for one in lengths if bounds.low <= one - skipped <= bounds.high]
    return fitting or [one - skipped for one in lengths if one - skipped <= bounds.high][-1:]


def _ideal(frames: int, bounds: Sequence[Bounds], steps: list[list[int]]) -> list[float]:
    """Return lengths by weight within the bounds: what one segment can't take is shared out among the others."""
    weights = [max(one.weight, 1e-6) for one in bounds]
    low, high = 0.0, (frames + 1) / min(weights)
    for _ in range(50):
        unit = (low + high) / 2
        total = sum(min(max(unit * weight, s[0]), s[-1]) for weight, s in zip(weights, steps, strict=True))
        low, high = (unit, high) if total < frames else (low, unit)
    return [min(max(high * weight, s[0]), s[-1]) for weight, s in zip(weights, steps, strict=True)]


def _exact(frames: int, ideal: list[float], steps: list[list[int]]) -> list[int] | None:
    """Return whole lengths near the ideal ones that add up exactly."""
    shown: list[int] = []
    rest_low = sum(one[0] for one in steps)
    rest_high = sum(one[-1] for one in steps)
    owed = 0.0
    left = frames
    for wish, choices in zip(ideal, steps, strict=True):
        rest_low -= choices[0]
        rest_high -= choices[-1]
        possible = [one for one in choices if rest_low <= left - one <= rest_high]
        if not possible:
            return _by_search(frames, steps)
        chosen = min(possible, key=lambda one: abs(one - wish - owed))
        owed += wish - chosen
        left -= chosen
        shown.append(chosen)
    return shown if left == 0 else _by_search(frames, steps)


def _by_search(frames: int, steps: list[list[int]]) -> list[int] | None:
    """Return any lengths that add up exactly: only needed where every segment's length is one of a few."""
    reached: list[dict[int, int]] = [{0: 0}]
    for choices in steps:
        sums: dict[int, int] = {}
        for so_far in reached[-1]:
            for choice in choices:
                if so_far + choice <= frames:
                    sums.setdefault(so_far + choice, choice)
        reached.append(sums)
    if frames not in reached[-1]:
        return None
    shown: list[int] = []
    left = frames
    for sums in reversed(reached[1:]):
        shown.append(sums[left])
        left -= sums[left]
    return shown[::-1]


def _cutting(bounds: Bounds, shown: int) -> Cutting:
    first = int(bounds.repeats_first)
    frame_count = bounds.rendered
    if frame_count is None:
        frame_count = rendered_frames(shown + first, bounds.step, bounds.least)
    return Cutting(frame_count=frame_count, in_frame=first, out_frame=shown + first)
