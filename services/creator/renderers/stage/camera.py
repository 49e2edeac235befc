"""The camera: where it is at each moment, and how that moves what lies near and far."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from bus.plan import Movement, ShotSize

Matrix = NDArray[np.float64]
"""Affine, shape (2, 3): from a plane's pixels to the frame's."""


class View(Struct, frozen=True):
    """The camera at one moment. Lengths are shares of the frame's width and height."""

    forward: float
    """How far it went towards the subject, as a share of the way there; negative is back."""
    right: float
    """How far the subject's plane has slid to the left."""
    up: float
    """How far the subject's plane has sunk."""
    turn: float
    """How far everything has slid to the left, near and far alike."""
    tilt: float
    """How far everything has sunk, near and far alike."""
    roll: float
    """Radians."""


class Framing(Struct, frozen=True, kw_only=True):
    """What the size of the shot does to the picture."""

    horizon: float
    """Height of the horizon in the frame: 0 is the top, 1 the bottom."""
    foot: float
    """Where the subject stands; more than 1 is below the frame."""
    height: float
    """How tall a person is, in frame heights."""
    blur: float
    """How far the background is out of focus, in thousandths of the frame's height."""


FRAMINGS: Final = {
    ShotSize.EXTREME_WIDE: Framing(horizon=0.63, foot=0.82, height=0.17, blur=0.0),
    ShotSize.WIDE: Framing(horizon=0.60, foot=0.86, height=0.30, blur=0.0),
    ShotSize.FULL: Framing(horizon=0.57, foot=0.93, height=0.60, blur=1.5),
    ShotSize.MEDIUM: Framing(horizon=0.54, foot=1.22, height=0.98, blur=3.5),
    ShotSize.CLOSE_UP: Framing(horizon=0.52, foot=1.75, height=1.62, blur=7.0),
    ShotSize.EXTREME_CLOSE_UP: Framing(horizon=0.50, foot=2.6, height=2.5, blur=11.0),
}
# Where each movement begins and ends: forward, right, up, turn, tilt.
_MOVES: Final = {
    Movement.STATIC: ((0.0, 0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0, 0.0)),
    Movement.PUSH_IN: ((-0.05, -0.01, 0.0, 0.0, 0.0), (0.20, 0.01, 0.0, 0.0, 0.0)),
    Movement.PULL_OUT: ((0.20, 0.01, 0.0, 0.0, 0.0), (-0.05, -0.01, 0.0, 0.0, 0.0)),
    Movement.PAN_LEFT: ((0.0, 0.0, 0.0, 0.10, 0.0), (0.0, 0.0, 0.0, -0.10, 0.0)),
    Movement.PAN_RIGHT: ((0.0, 0.0, 0.0, -0.10, 0.0), (0.0, 0.0, 0.0, 0.10, 0.0)),
    Movement.TILT_UP: ((0.0, 0.0, 0.0, 0.0, -0.10), (0.0, 0.0, 0.0, 0.0, 0.09)),
    Movement.TILT_DOWN: ((0.0, 0.0, 0.0, 0.0, 0.09), (0.0, 0.0, 0.0, 0.0, -0.10)),
    Movement.TRACK_LEFT: ((0.0, 0.14, 0.0, 0.0, 0.0), (0.0, -0.14, 0.0, 0.0, 0.0)),
    Movement.TRACK_RIGHT: ((0.0, -0.14, 0.0, 0.0, 0.0), (0.0, 0.14, 0.0, 0.0, 0.0)),
    Movement.CRANE_UP: ((0.02, 0.0, -0.07, 0.0, 0.01), (-0.04, 0.0, 0.09, 0.0, -0.05)),
}


def eased(share: float) -> float:
    """Return the share of the way that is done: slow at both ends, yet never standing still."""
    smooth = share * share * (3.0 - 2.0 * share)
    return 0.3 * share + 0.7 * smooth


def view_at(movement: Movement, share: float, time_s: float, phase: float) -> View:
    """Return the camera at this share (0 to 1) of the clip.

    Even a camera on its tripod breathes a little, as an operator's does.
    """
    start, end = _MOVES[movement]
    done = eased(share)
    forward, right, up, turn, tilt = (a + (b - a) * done for a, b in zip(start, end, strict=True))
    return View(
        forward + 0.012 * math.sin(0.55 * time_s + phase),
        right + 0.008 * math.sin(0.9 * time_s + 1.3 * phase),
        up + 0.005 * math.sin(0.7 * time_s + 2.1 * phase),
        turn,
        tilt,
        0.0025 * math.sin(0.63 * time_s + phase),
    )


class Lens(Struct, frozen=True):
    """Turns a view into the affine of each plane: what is near moves more than what is far."""

    width: int
    height: int
    horizon: float
    """In frame heights; pushing in closes in on it."""

    def plane(self, view: View, depth: float, margin_x: float, margin_y: float, scale: float = 1.0) -> Matrix:
        """Return the affine from an upright plane's pixels to the frame's.

        Args:
            depth: 0 is infinitely far, 1 the subject, more is nearer.
            margin_x: how far the plane's left edge lies left of the frame, in frame pixels.
            scale: frame pixels for each pixel of the plane's bitmap.
        """
        zoom = 1.0 / (1.0 - min(view.forward * depth, 0.72))
        pivot_x, pivot_y = 0.5 * self.width, self.horizon * self.height
        cosine, sine = math.cos(view.roll), math.sin(view.roll)
        slide_x = -(view.right * depth + view.turn) * self.width
        slide_y = (view.up * depth + view.tilt) * self.height
        # From the bitmap to the frame at rest, then zoom and roll about the vanishing point, then slide.
        a, b = zoom * cosine, -zoom * sine
        rest_x, rest_y = -margin_x - pivot_x, -margin_y - pivot_y
        return np.array(
            [
                [a * scale, b * scale, a * rest_x + b * rest_y + pivot_x + slide_x],
                [-b * scale, a * scale, -b * rest_x + a * rest_y + pivot_y + slide_y],
            ]
        )

    def ground(self, view: View, foot: float, margin_x: float, margin_y: float, scale: float = 1.0) -> Matrix:
        """Return the affine of the level ground: still at the horizon, at depth 1 where the subject stands.

        Depth grows evenly with the distance below the horizon, so sliding sideways is a shear.
        """
        top = self.horizon * self.height
        span = max(1.0, foot * self.height - top)
        matrix = self.plane(view, 1.0, margin_x, margin_y, scale)
        # Undo the slide of depth 1 at the horizon, let it grow to the foot.
        slide_x, slide_y = -view.right * self.width, view.up * self.height
        matrix[0, 2] -= slide_x
        matrix[1, 2] -= slide_y
        for row, slide in ((0, slide_x), (1, slide_y)):
            share_per_pixel = slide / span
            matrix[row, 1] += share_per_pixel * scale
            matrix[row, 2] += share_per_pixel * (-margin_y - top)
        return matrix


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return where the affine takes the point."""
    return (
        float(matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]),
        float(matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]),
    )
