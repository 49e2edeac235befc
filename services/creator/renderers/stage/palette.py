"""Colours: the film's palette as one ramp from dark to light that everything on the stage is coloured from."""

from __future__ import annotations

import math
import re
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
"""BGR, 0 to 255."""
Tones = NDArray[np.float32]
"""Places on the ramp: 0 is darkest, 1 is lightest."""
Bitmap = NDArray[np.uint8]
"""BGRA with colour multiplied by alpha, shape (height, width, 4)."""

STEPS: Final = 1024
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_LUMA: Final = np.array([0.0722, 0.7152, 0.2126])
_DEFAULT: Final = ("#14202b", "#3b5566", "#8fa3a8", "#f2e3c6")
_DARKEST_MAX, _LIGHTEST_MIN = 34.0, 205.0


class BadPalette(ValueError):
    """A palette holds what is no colour."""


class Ramp:
    """The palette as a continuous scale from its darkest to its lightest colour.

    A palette that has no real dark or no real light is extended, since a silhouette needs the one and a sun the
    other.

    Args:
        palette: `#rrggbb`, in any order; empty stands for quiet greys and sand.
        is_grey: keep the lightness only.
        accent: the colour that stands out, where it is not to be chosen from this palette.

    Raises:
        BadPalette: a colour is not written as `#rrggbb`.
    """

    def __init__(self, palette: tuple[str, ...], is_grey: bool = False, accent: Colour | None = None) -> None:
        colours = np.array([_parse(one) for one in palette or _DEFAULT], dtype=np.float64)
        colours = colours[np.argsort(colours @ _LUMA, kind="stable")]
        self.is_grey = is_grey
        self.accent: Colour = accent or _accent(colours)
        if is_grey:
            colours = np.repeat((colours @ _LUMA)[:, None], 3, axis=1)
            self.accent = _whole(colours[-1] * 0.68)
        colours = _extended(colours)
        # Steps are as wide as the eye sees them: by lightness, softened by an even share for each colour.
        light = colours @ _LUMA
        even = np.linspace(0.0, 1.0, len(colours))
        places = 0.6 * (light - light[0]) / max(1.0, light[-1] - light[0]) + 0.4 * even
        scale = np.linspace(0.0, 1.0, STEPS)
        self.table = np.stack([np.interp(scale, places, colours[:, k]) for k in range(3)], axis=1)
        # Figures ask for single colours, dozens of times for each frame.
        self._colours = [_whole(colour) for colour in self.table]

    def at(self, tone: float) -> Colour:
        """Return the colour at this place of the ramp."""
        return self._colours[int(min(max(tone, 0.0), 1.0) * (STEPS - 1))]

    def paint(self, tones: Tones) -> NDArray[np.float32]:
        """Return BGR for each tone, shape (…, 3)."""
        index = np.clip(tones * (STEPS - 1), 0, STEPS - 1).astype(np.intp)
        return self.table.astype(np.float32)[index]

    def table_of(self, low: float, high: float) -> NDArray[np.uint8]:
        """Return 256 colours from one tone to another as a table that cv2.applyColorMap takes."""
        index = (np.clip(np.linspace(low, high, 256), 0, 1) * (STEPS - 1)).astype(np.intp)
        return np.rint(self.table[index]).astype(np.uint8).reshape(256, 1, 3)

    def luma(self, tone: float) -> float:
        """Return the luma at this place of the ramp, 0 to 255."""
        return float(self.table[int(np.clip(tone, 0.0, 1.0) * (STEPS - 1))] @ _LUMA)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour between the two: share 0 is the first, 1 the second."""
    blue, green, red = (min(255, max(0, round(a * (1.0 - share) + b * share))) for a, b in zip(one, other, strict=True))
    return blue, green, red


def _extended(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    darkest, lightest = float(colours[0] @ _LUMA), float(colours[-1] @ _LUMA)
    if darkest > _DARKEST_MAX:
        colours = np.vstack([colours[:1] * (_DARKEST_MAX * 0.7 / darkest), colours])
    if lightest < _LIGHTEST_MIN:
        share = (_LIGHTEST_MIN - lightest) / (255.0 - lightest)
        colours = np.vstack([colours, colours[-1:] * (1 - share) + 255.0 * share])
    return colours


def split(palette: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the palette for a sky by day and the one for the land below it.

    Where a palette holds both cool and warm colours, the sky takes the cool ones and the land the warm ones, since a
    ramp through both paints blue dunes. The darkest and the lightest belong to either. Where it holds only one kind,
    both are the whole palette.
    """
    ordered = sorted(palette, key=lambda one: float(np.array(_parse(one)) @ _LUMA))
    middle = ordered[1:-1]
    cool = tuple(one for one in middle if _parse(one)[0] - _parse(one)[2] > 12)
    warm = tuple(one for one in middle if one not in cool)
    if not cool or not warm:
        return palette, palette
    return (ordered[0], *cool, ordered[-1]), (ordered[0], *warm, ordered[-1])


def _accent(colours: NDArray[np.float64]) -> Colour:
    """Return the palette's most vivid colour; where all are of one cool hue, the warm one across from it.

    A scarf, a sign or a fish in it is what the eye finds first.
    """
    spread = colours.max(axis=1) - colours.min(axis=1)
    pixels = colours.astype(np.float32).reshape(1, -1, 3) / 255.0
    hue = cv2.cvtColor(pixels, cv2.COLOR_BGR2HSV)[0, :, 0]
    coloured = spread > 24
    if not coloured.any():
        return _whole(colours[-1])
    around = np.exp(1j * np.deg2rad(hue[coloured].astype(np.float64)))
    # Warm colours come forward: a cool one has to be much more vivid to be chosen.
    pull = spread * np.where(colours[:, 2] > colours[:, 0], 1.5, 1.0)
    vivid = _vivid(colours[int(np.argmax(pull))])
    is_warm = -math.pi / 3 < float(np.angle(around.mean())) < math.pi / 2.2
    if abs(around.mean()) < 0.88 or is_warm:
        return _whole(vivid)
    across = (float(np.rad2deg(np.angle(around.mean()))) + 180.0) % 360.0
    turned = cv2.cvtColor(np.array([[[across, 0.62, 0.92]]], dtype=np.float32), cv2.COLOR_HSV2BGR)[0, 0]
    return _whole(turned.astype(np.float64) * 255.0)


def _vivid(colour: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colour at a lightness where it glows."""
    grey = float(colour @ _LUMA)
    strong = grey + (colour - grey) * 1.25
    return np.clip(strong * (150.0 / max(60.0, grey)), 0.0, 255.0)


def _whole(colour: NDArray[np.float64]) -> Colour:
    blue, green, red = (int(value) for value in np.clip(np.rint(colour), 0, 255))
    return blue, green, red


def _parse(text: str) -> tuple[int, int, int]:
    if _HEX.fullmatch(text) is None:
        raise BadPalette(f"{text!r} is no colour: colours are written as #rrggbb")
    return int(text[5:7], 16), int(text[3:5], 16), int(text[1:3], 16)
