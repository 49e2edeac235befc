"""Places where a take does not run on: flashes, cuts, and jumps within a scene."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from msgspec import Struct

from services.reviewer.criteria import threshold_of
from services.reviewer.measures import Measures, histogram_distance, similarity

FLASH_FRAMES_MAX = 3
HISTOGRAM_CUT = 0.5
"""Above this Bhattacharyya distance the colours are another scene's."""
SIMILARITY_JUMP = 0.65
"""Below this structural similarity the picture is another one."""
SIMILARITY_DROP = 0.2
"""So much below the frames around it counts as well: dark pictures are all similar."""
OUTSTANDING = 1.6
"""How many times as much as around it has to change for a break: a fast pan changes much throughout."""
NEIGHBOURS = 8
"""How many steps on either side count as around."""

Break = tuple[int, float, float, float]
"""The step, its content change, the distance of the histograms, the structural similarity."""


class Breaks(Struct, frozen=True, kw_only=True):
    """Places where a take does not run on."""

    flashes: tuple[tuple[int, int, float], ...]
    """First and last frame of each, and how much brighter it is, in levels; negative for darker."""
    flash_highest: float
    """Twice the height of the highest peak, flash or not."""
    cuts: tuple[Break, ...]
    jumps: tuple[Break, ...]
    content_highest: float
    """The largest content change of any step."""

    @property
    def flash_frames(self) -> frozenset[int]:
        """Return all frames of flashes."""
        return frozenset(frame for first, last, _ in self.flashes for frame in range(first, last + 1))


def breaks_of(measures: Measures, usable: Sequence[bool]) -> Breaks:
    """Return the flashes, cuts and jumps among the usable frames.

    A cut or a jump changes more than any motion does, and much more than the steps around it. What a cut
    leads to has other colours; what a jump leads to is the same scene, at once somewhere else.
    """
    flashes, highest = _flashes([one.luma for one in measures.pictures], usable)
    flashing = {frame for first, last, _ in flashes for frame in range(first, last + 1)}
    steps = [
        index
        for index in range(len(measures.steps))
        if usable[index] and usable[index + 1] and not flashing & {index, index + 1}
    ]
    cuts, jumps = [], []
    content_min = threshold_of("cut")
    for index in steps:
        content = measures.steps[index].content
        sides = [
            side
            for side in (
                [near for near in steps if index - NEIGHBOURS <= near < index],
                [near for near in steps if index < near <= index + NEIGHBOURS],
            )
            if side
        ]
        # The livelier side counts: where a pan comes to rest, its last step is no break.
        usual = max((median(measures.steps[near].content for near in side) for side in sides), default=0.0)
        if content <= content_min or content <= OUTSTANDING * usual:
            continue
        histogram, alike = _distances(measures, index)
        if histogram > HISTOGRAM_CUT:
            cuts.append((index, content, histogram, alike))
            continue
        alike_usual = min((median(_distances(measures, near)[1] for near in side) for side in sides), default=1.0)
        if alike < min(SIMILARITY_JUMP, alike_usual) or alike < alike_usual - SIMILARITY_DROP:
            jumps.append((index, content, histogram, alike))
    return Breaks(
        flashes=tuple(flashes),
        flash_highest=highest,
        cuts=tuple(cuts),
        jumps=tuple(jumps),
        content_highest=max((measures.steps[index].content for index in steps), default=0.0),
    )


def _distances(measures: Measures, index: int) -> tuple[float, float]:
    one, other = measures.small[index], measures.small[index + 1]
    return histogram_distance(one, other), similarity(one, other)


def _flashes(luma: Sequence[float], usable: Sequence[bool]) -> tuple[list[tuple[int, int, float]], float]:
    """Return runs of up to three frames that stand out on both sides, and twice the highest one's height."""
    threshold = threshold_of("flash")
    flashes: list[tuple[int, int, float]] = []
    highest = 0.0
    for length in range(1, FLASH_FRAMES_MAX + 1):
        for first in range(1, len(luma) - length):
            if not all(usable[first - 1 : first + length + 1]):
                continue
            run, sides = luma[first : first + length], (luma[first - 1], luma[first + length])
            up, down = min(run) - max(sides), min(sides) - max(run)
            height = up if up >= down else -down
            is_new = not any(start <= first <= last for start, last, _ in flashes)
            highest = max(highest, 2 * max(up, down))
            if 2 * abs(height) > threshold and max(up, down) > 0 and is_new:
                flashes.append((first, first + length - 1, height))
    return flashes, highest
