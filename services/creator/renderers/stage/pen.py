"""The pen figures are drawn with: smooth outlines in the figure's own units, with a rim of light on one side."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.creator.renderers.stage.layers import Compositor
from services.creator.renderers.stage.lexicon import Action
from services.creator.renderers.stage.palette import Colour, Ramp, mix

Point = tuple[float, float]
_Outline = NDArray[np.float64]
_SHIFT = 4
"""cv2 draws with sub-pixel points: this many bits after the point."""


class Motion(Struct, frozen=True):
    """What a figure is doing at this moment."""

    time_s: float
    action: Action
    traits: frozenset[str]
    phase: float
    """Sets one of several apart from the others, in radians."""


class Inks(Struct, frozen=True, kw_only=True):
    """A figure's colours: a place on the ramp for its darks and for its lights, the rim, and what glows."""

    ramp: Ramp
    dark: float
    light: float
    rim: Colour
    rim_share: float
    """0 leaves the rim out."""
    glow: Colour
    warm: Colour
    """The colour of fire."""
    is_night: bool

    def tone(self, tone: float) -> Colour:
        """Return the colour of a tone of the figure: 0 its darkest, 1 its lightest."""
        return self.ramp.at(self.dark + (self.light - self.dark) * tone)

    def skin(self, tone: float) -> Colour:
        """Return the colour of skin in this light: the ramp's own tone, warmed."""
        own = self.tone(tone)
        if self.ramp.is_grey:
            return own
        level = 0.3 * own[2] + 0.59 * own[1] + 0.11 * own[0]
        warm = (round(min(255.0, level * 0.78)), round(min(255.0, level * 0.95)), round(min(255.0, level * 1.22)))
        return mix(own, warm, 0.6)

    def accent(self, share: float = 1.0, tone: float = 0.4) -> Colour:
        """Return the film's accent colour, as much of it as `share`."""
        return mix(self.tone(tone), self.ramp.accent, share * (0.62 if self.dark < 0.08 else 0.85))


class Pen:
    """Draws a figure into the frame.

    Points are in the figure's units: its foot is (0, 0), a person's height is 1, up is negative, and it looks to
    the right unless `facing` is -1.

    Args:
        x: where the foot stands, in frame pixels.
        size: frame pixels for one unit.
        light_side: 1 if the light comes from the right, -1 from the left.
    """

    def __init__(
        self, stage: Compositor, inks: Inks, x: float, y: float, size: float, facing: float, light_side: float
    ) -> None:
        self.stage, self.inks = stage, inks
        self.x, self.y, self.size, self.facing, self.light_side = x, y, size, facing, light_side
        self.turn = 0.0
        """Radians the whole figure leans, about its foot."""
        self._drawn: list[tuple[_Outline, Colour, bool]] = []

    def shape(self, points: list[Point], colour: Colour, *, is_smooth: bool = True, has_rim: bool = True) -> None:
        """Fill a closed outline; smooth ones run through their points as a spline does."""
        outline = np.array(points, dtype=np.float64)
        self._drawn.append((self._placed(_spline(outline) if is_smooth else outline), colour, has_rim))

    def limb(self, points: list[Point], widths: list[float], colour: Colour, *, has_rim: bool = True) -> None:
        """Fill a bent stroke along the points, as wide at each as `widths` says."""
        fine = _open_spline(np.array(points, dtype=np.float64))
        count, round_count = len(fine), len(_CAP)
        along = np.empty_like(fine)
        along[1:-1] = fine[2:] - fine[:-2]
        along[0], along[-1] = fine[1] - fine[0], fine[-1] - fine[-2]
        along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
        along *= (_shares(count, len(widths)) @ widths)[:, None]
        across = along @ _QUARTER
        # Along one side, around the end, back along the other side, and around the beginning.
        outline = np.empty((2 * (count + round_count), 2))
        outline[:count] = fine + across
        outline[count : count + round_count] = fine[-1] + _CAP @ np.array([along[-1], across[-1]])
        outline[count + round_count : 2 * count + round_count] = (fine - across)[::-1]
        outline[2 * count + round_count :] = fine[0] - _CAP @ np.array([along[0], across[0]])
        self._drawn.append((self._placed(outline), colour, has_rim))

    def disc(
        self, x: float, y: float, radius: float, colour: Colour, tall: float = 1.0, *, has_rim: bool = True
    ) -> None:
        """Fill a circle, or an ellipse `tall` times as high as it is wide."""
        outline = np.stack([x + radius * np.cos(_CIRCLE), y + radius * tall * np.sin(_CIRCLE)], axis=1)
        self._drawn.append((self._placed(outline), colour, has_rim))

    def line(self, points: list[Point], width: float, colour: Colour) -> None:
        """Draw a thin stroke that has no rim."""
        self.limb(points, [width, width], colour, has_rim=False)

    def light(self, x: float, y: float, radius: float, strength: float, colour: Colour | None = None) -> None:
        """Add a glow right now, under whatever is inked later."""
        at = self._placed(np.array([(x, y)], dtype=np.float64))[0]
        self.stage.glow(float(at[0]), float(at[1]), radius * self.size, colour or self.inks.glow, strength)

    def ink(self) -> None:
        """Put what was drawn on the frame: the rim of light first, then the shapes upon it."""
        frame = self.stage.frame
        reach = max(0.8, 0.006 * self.size) * self.inks.rim_share
        if self.inks.rim_share > 0.0:
            offset = np.array([self.light_side * reach, -0.6 * reach])
            for outline, _, has_rim in self._drawn:
                if has_rim:
                    _fill(frame, outline + offset, self.inks.rim)
        for outline, colour, _ in self._drawn:
            _fill(frame, outline, colour)
        self._drawn.clear()

    def _placed(self, outline: _Outline) -> _Outline:
        cosine, sine = self.size * math.cos(self.turn), self.size * math.sin(self.turn)
        turn = np.array([[self.facing * cosine, self.facing * sine], [-sine, cosine]])
        placed: _Outline = outline @ turn + np.array([self.x, self.y])
        return placed


def _fill(frame: NDArray[np.uint8], outline: _Outline, colour: Colour) -> None:
    points = np.rint(np.minimum(np.maximum(outline, -8000), 8000) * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(frame, [points], (*colour, 255), cv2.LINE_AA, _SHIFT)


def _blend(steps: int) -> NDArray[np.float64]:
    """Return the Catmull-Rom weights of four neighbouring points at so many places between the middle two."""
    share = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    powers = np.hstack([share**0, share, share**2, share**3])
    matrix = 0.5 * np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]], dtype=np.float64)
    weights: NDArray[np.float64] = powers @ matrix
    return weights


_WEIGHTS: Final = _blend(7)
_HALVES: Final = np.linspace(0.0, 1.0, 4)[:, None]
_CIRCLE: Final = np.linspace(0.0, 2 * np.pi, 40, endpoint=False)
_ROUND: Final = np.linspace(np.pi / 2, -np.pi / 2, 7)[1:-1]
_CAP: Final = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=1)
"""Points of half a circle: shares of the way ahead and of the way to the left."""
_QUARTER: Final = np.array([[0.0, 1.0], [-1.0, 0.0]])
"""Turns a direction by a quarter to the left, in a picture whose rows go down."""


@cache
def _shares(count: int, width_count: int) -> NDArray[np.float64]:
    """Return how much each half width counts at each of `count` points that are evenly spread along a limb."""
    places = np.linspace(0, width_count - 1, count)[:, None]
    shares: NDArray[np.float64] = np.maximum(0.0, 1.0 - np.abs(places - np.arange(width_count)[None, :])) / 2
    return shares


def _spline(points: _Outline) -> _Outline:
    """Return the closed Catmull-Rom curve through the points."""
    count = len(points)
    around = np.concatenate([points[-1:], points, points[:2]])
    return _between(around, count)


def _open_spline(points: _Outline) -> _Outline:
    if len(points) == 2:
        straight: _Outline = points[0] * (1 - _HALVES) + points[1] * _HALVES
        return straight
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    return np.concatenate([_between(padded, len(points) - 1), points[-1:]])


def _between(points: _Outline, count: int) -> _Outline:
    """Return the curve between `count` pairs of neighbours; each has one more neighbour on either side."""
    fours = np.array([points[0:count], points[1 : count + 1], points[2 : count + 2], points[3 : count + 3]])
    curve: _Outline = np.matmul(_WEIGHTS, fours.transpose(1, 0, 2)).reshape(-1, 2)
    return curve
