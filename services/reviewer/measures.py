"""What OpenCV can measure of a take: one pass over its frames, of which only small copies are kept."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services._kit.media import Frame

SMALL_SIDE = 208
"""The longer side of the copies that structure and colour are compared on: a quarter of 832."""
FLOW_SIDE = 416
"""The longer side of the copies that motion is estimated on."""
BLOCKS = 26
"""Blocks along the longer side: 32×32 pixels of an 832×480 frame."""
MOTION_LUMA = 1.0
"""A block that changes less is still; in levels of its mean luma. Source: our measurements, docs/review.md."""
MOTION_LAG = 4
"""Stillness is asked over a quarter of a second too: motion adds up, the codec's own unrest does not."""
VOID_SPREAD = 3.0
"""A picture that varies less, in standard deviations of LAB, shows nothing. Source: our measurements."""
BLACK_LUMA = 25.5
"""Mean luma up to which such a picture is black: 10 %, as FFmpeg's blackdetect."""

Stop = Callable[[], bool]
"""Asked between frames: true means leave off."""

Grey = NDArray[np.uint8]
Colour = tuple[float, float, float]
"""CIELAB under D65: lightness 0 to 100, then the two colour axes."""


class ReviewStopped(Exception):
    """The review was asked to leave off; nothing was found out."""


class SizeChanges(ValueError):
    """A frame has another size than the one before it."""

    def __init__(self, frame_index: int) -> None:
        super().__init__(f"frame {frame_index} has another size than the one before it")
        self.frame_index = frame_index


class Picture(Struct, frozen=True, kw_only=True):
    """What is measured of one frame by itself."""

    luma: float
    """Mean of the grey levels, 0 to 255."""
    contrast: float
    """Standard deviation of the grey levels."""
    spread: float
    """The largest standard deviation among lightness and the two colour axes, in levels."""
    bright_share: float
    """Share of pixels at 250 or above."""
    sharpness: float
    """Variance of the Laplacian at full size, in grey levels squared. Source: Pech-Pacheco et al., 2000."""
    colour: Colour
    """Mean colour."""

    @property
    def is_black(self) -> bool:
        """Say whether it shows nothing, and that black."""
        return self.spread < VOID_SPREAD and self.luma <= BLACK_LUMA

    @property
    def is_flat(self) -> bool:
        """Say whether it shows nothing but one colour."""
        return self.spread < VOID_SPREAD and self.luma > BLACK_LUMA


class Step(Struct, frozen=True, kw_only=True):
    """What is measured between one frame and the next."""

    motion: float
    """The largest change of a block's mean luma, in levels."""
    motion_lagged: float | None
    """The same, between the frame `MOTION_LAG` - 1 before and this step's later one; None where there is none."""
    content: float
    """Mean change of hue, saturation and value, in levels. Source: PySceneDetect's content_val."""
    residual: float
    """What is left of the change when motion is taken out, in grey levels: noise and boiling."""


class Measures(Struct, frozen=True, kw_only=True):
    """All that was measured of a take. `steps[n]` lies between frames n and n+1."""

    width: int
    height: int
    pictures: tuple[Picture, ...]
    steps: tuple[Step, ...]
    small: tuple[Frame, ...]
    """Each frame, reduced to `SMALL_SIDE`."""


def measure(frames: Iterable[Frame], stop: Stop) -> Measures:
    """Return what is measured of the frames, in one pass.

    Args:
        frames: BGR, uint8, one after the other; only small copies of them are kept.

    Raises:
        ValueError: there is no frame.
        SizeChanges: a frame has another size than the one before it.
        ReviewStopped: `stop` said so.
    """
    pictures: list[Picture] = []
    steps: list[Step] = []
    small: list[Frame] = []
    blocks: deque[NDArray[np.float32]] = deque(maxlen=MOTION_LAG)
    before: _Reduced | None = None
    width = height = 0
    for frame in frames:
        if stop():
            raise ReviewStopped
        if not pictures:
            height, width = frame.shape[:2]
        grey = _grey(frame)
        reduced = _Reduced(frame, grey)
        pictures.append(_picture(grey, reduced.small))
        if before is not None and before.small.shape == reduced.small.shape:
            steps.append(_step(before, reduced, blocks[0] if len(blocks) == MOTION_LAG else None))
        elif before is not None:
            raise SizeChanges(len(pictures) - 1)
        small.append(reduced.small)
        blocks.append(reduced.blocks)
        before = reduced
    if not pictures:
        raise ValueError("a take without frames can't be measured")
    return Measures(width=width, height=height, pictures=tuple(pictures), steps=tuple(steps), small=tuple(small))


# -- comparing two pictures ----------------------------------------------------------------------------------


def content_change(one: Frame, other: Frame) -> float:
    """Return the mean change of hue, saturation and value between two pictures of one size, in levels.

    As PySceneDetect's content_val, except that hue is a circle: there red counts as far from red.
    """
    first = cv2.cvtColor(one, cv2.COLOR_BGR2HSV).astype(np.int16)
    second = cv2.cvtColor(other, cv2.COLOR_BGR2HSV).astype(np.int16)
    change = np.abs(first - second)
    hue = np.minimum(change[..., 0], 180 - change[..., 0])
    return float((hue.mean() + change[..., 1].mean() + change[..., 2].mean()) / 3)


def histogram_distance(one: Frame, other: Frame) -> float:
    """Return the Bhattacharyya distance of the pictures' hue and saturation, 0 (the same) to 1."""
    histograms = []
    for picture in (one, other):
        hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
        histograms.append(cv2.calcHist([hsv], [0, 1], None, [30, 32], [0, 180, 0, 256]))
    return float(cv2.compareHist(histograms[0], histograms[1], cv2.HISTCMP_BHATTACHARYYA))


def similarity(one: Frame, other: Frame) -> float:
    """Return the structural similarity of two pictures in grey, at most 1. Source: Wang et al., 2004."""
    first, second = _grey(one).astype(np.float32), _grey(other).astype(np.float32)

    def blurred(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), dtype=np.float32)

    mean_one, mean_other = blurred(first), blurred(second)
    variance_one = blurred(first * first) - mean_one**2
    variance_other = blurred(second * second) - mean_other**2
    covariance = blurred(first * second) - mean_one * mean_other
    low, high = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    upper = (2 * mean_one * mean_other + low) * (2 * covariance + high)
    lower = (mean_one**2 + mean_other**2 + low) * (variance_one + variance_other + high)
    return float((upper / lower).mean())


def seam_difference(one: Frame, other: Frame) -> float:
    """Return the mean colour difference ΔE76 from one picture to another, block by block, less what moved.

    The pictures are compared as they are and with the first moved along the optical flow; the smaller value
    counts. So what moves between neighbouring frames is forgiven, and a shift of colour or another scene shows.
    The pictures have one size.
    """
    moved = _moved_along(one, _flow(_grey(one), _grey(other)))
    blocks = [_lab(_shrunk(picture, BLOCKS)) for picture in (one, moved, other)]
    return min(float(np.linalg.norm(first - blocks[2], axis=2).mean()) for first in blocks[:2])


def colour_difference(one: Colour, other: Colour) -> float:
    """Return ΔE76 between two colours: 2 is just seen, 8 is another colour."""
    return math.dist(one, other)


def mean_colour(picture: Frame) -> Colour:
    """Return the picture's mean colour."""
    means = _lab(_shrunk(picture, SMALL_SIDE)).reshape(-1, 3).mean(axis=0)
    return float(means[0]), float(means[1]), float(means[2])


# -- one frame, one step -------------------------------------------------------------------------------------


class _Reduced:
    """The smaller copies of one frame that the next frame is compared with."""

    def __init__(self, frame: Frame, grey: Grey) -> None:
        self.small: Frame = _shrunk(frame, SMALL_SIDE)
        self.flow: Grey = _shrunk(grey, FLOW_SIDE)
        # In float: what is asked for are fractions of a level.
        self.blocks = _shrunk_to(grey.astype(np.float32), BLOCKS)


def _picture(grey: Grey, small: Frame) -> Picture:
    lab = _lab(small)
    deviations = lab.reshape(-1, 3).std(axis=0) * np.array([2.55, 1, 1], np.float32)
    means = lab.reshape(-1, 3).mean(axis=0)
    return Picture(
        luma=float(grey.mean()),
        contrast=float(grey.std()),
        spread=float(deviations.max()),
        bright_share=float((grey >= 250).mean()),
        sharpness=float(cv2.Laplacian(grey, cv2.CV_32F).var()),
        colour=(float(means[0]), float(means[1]), float(means[2])),
    )


def _step(before: _Reduced, after: _Reduced, blocks_earlier: NDArray[np.float32] | None) -> Step:
    lagged = None if blocks_earlier is None else float(np.abs(after.blocks - blocks_earlier).max())
    return Step(
        motion=float(np.abs(after.blocks - before.blocks).max()),
        motion_lagged=lagged,
        content=content_change(before.small, after.small),
        residual=_residual(before.flow, after.flow),
    )


def _residual(before: Grey, after: Grey) -> float:
    """Return the mean difference between a frame and the one before it, moved along the optical flow."""
    left = after.astype(np.float32) - _moved_along(before, _flow(before, after))
    # A change of the whole picture's brightness is flicker, and measured as that.
    return float(np.abs(left - left.mean()).mean())


def _flow(before: Grey, after: Grey) -> NDArray[np.float32]:
    """Return for each pixel of the later picture where in the earlier one it came from, relative to it."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    return np.asarray(flow.calc(after, before, np.zeros((*after.shape, 2), np.float32)), np.float32)


def _moved_along(picture: NDArray[np.uint8], flow: NDArray[np.float32]) -> NDArray[np.uint8]:
    height, width = flow.shape[:2]
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(
        picture, across + flow[..., 0], down + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8)


def _grey(frame: Frame) -> Grey:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _lab(picture: Frame) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB), dtype=np.float32)


def _shrunk(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return the picture with this longer side by averaging areas; a smaller one stays as it is."""
    if max(picture.shape[:2]) <= side:
        return picture
    return np.asarray(cv2.resize(picture, _size(picture.shape, side), interpolation=cv2.INTER_AREA), np.uint8)


def _shrunk_to(values: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(values, _size(values.shape, side), interpolation=cv2.INTER_AREA), np.float32)


def _size(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Return width and height of the same shape with this longer side, at least one pixel each."""
    height, width = shape[:2]
    scale = side / max(height, width)
    return max(1, round(width * scale)), max(1, round(height * scale))
