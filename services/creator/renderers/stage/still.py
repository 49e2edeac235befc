"""A picture brought to life: the camera moves within it, as if what is low were near and what is high were far."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from msgspec import Struct

from bus.plan import Movement, Order
from services._kit.media import Frame
from services._kit.pictures import fit
from services.creator.renderers.stage.arrays import Field, field
from services.creator.renderers.stage.camera import View
from services.creator.renderers.stage.finish import Finish
from services.creator.renderers.stage.layers import Compositor
from services.creator.renderers.stage.lexicon import Place, Weather
from services.creator.renderers.stage.noise import cloud, smooth
from services.creator.renderers.stage.palette import Ramp
from services.creator.renderers.stage.water import Waves
from services.creator.renderers.stage.weather import Air
from services.creator.renderers.stage.words import read

FADE_S: Final = 1.2
"""So long it takes until snow or rain that the words speak of has set in: the first frame is the picture itself."""
MORPH: Final = (0.22, 0.80)
"""Between which shares of the clip one picture turns into the other."""


class _Drive(Struct, frozen=True):
    """How far the camera has come at the end: shares of the way in, and of the frame's width and height."""

    forward: float
    right: float
    turn: float
    tilt: float


_DRIVES: Final = {
    Movement.STATIC: _Drive(0.055, 0.012, 0.0, 0.0),
    Movement.PUSH_IN: _Drive(0.20, 0.0, 0.0, 0.0),
    Movement.PULL_OUT: _Drive(-0.085, 0.0, 0.0, 0.0),
    Movement.PAN_LEFT: _Drive(0.02, 0.0, -0.075, 0.0),
    Movement.PAN_RIGHT: _Drive(0.02, 0.0, 0.075, 0.0),
    Movement.TILT_UP: _Drive(0.02, 0.0, 0.0, -0.075),
    Movement.TILT_DOWN: _Drive(0.02, 0.0, 0.0, 0.075),
    Movement.TRACK_LEFT: _Drive(0.03, -0.075, -0.02, 0.0),
    Movement.TRACK_RIGHT: _Drive(0.03, 0.075, 0.02, 0.0),
    Movement.CRANE_UP: _Drive(0.07, 0.0, 0.0, -0.06),
}


def set_out(share: float) -> float:
    """Return the share of the way that is done: it sets out from rest, so that the seam to what came before is calm."""
    return 0.25 * math.pow(share, 1.6) + 0.75 * share * share * (3.0 - 2.0 * share)


class _Plate:
    """One picture, and where each pixel of a moved camera's frame lies in it."""

    def __init__(self, picture: Frame, drive: _Drive) -> None:
        self.picture, self.drive = picture, drive
        height, width = picture.shape[:2]
        depth = depth_of(picture)
        columns = np.broadcast_to(np.arange(width, dtype=np.float32)[None, :], (height, width))
        rows = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], (height, width))
        off_x, off_y = columns - (width - 1) / 2, rows - (height - 1) / 2
        # Sliding needs room at the edges: the camera goes in as far as it slides.
        cover = 2.0 * max(abs(drive.turn) + 0.5 * abs(drive.right), abs(drive.tilt))
        near = 0.35 + 0.65 * depth
        self._at = (np.ascontiguousarray(columns), np.ascontiguousarray(rows))
        move_x = (
            -drive.forward * near * off_x
            - cover * 0.5 * off_x
            + (drive.right * (depth - 0.5) + drive.turn * 0.5) * width
        )
        move_y = -drive.forward * near * off_y - cover * 0.5 * off_y + drive.tilt * 0.5 * (0.7 + 0.6 * depth) * height
        self._move = (move_x.astype(np.float32), move_y.astype(np.float32))

    def at(self, done: float, ripple: Field | None, interpolation: int) -> Frame:
        """Return the picture as seen when this share of the way is done; at 0 it is the picture itself."""
        if done == 0.0 and ripple is None:
            return self.picture.copy()
        map_x = cv2.scaleAdd(self._move[0], done, self._at[0])
        map_y = cv2.scaleAdd(self._move[1], done, self._at[1])
        if ripple is not None:
            map_x = cv2.add(map_x, ripple)
        moved = cv2.remap(self.picture, map_x, map_y, interpolation, borderMode=cv2.BORDER_REFLECT_101)
        return moved.astype(np.uint8, copy=False)


class Still:
    """The moving picture of an order that starts from a picture, and of one that also ends with one.

    Frame 0 is the first picture fitted to the order's size, level for level; with a second picture the last frame is
    that one.

    Args:
        first: the picture it starts from, any size.
        last: the picture it ends with, any size, or None.
    """

    def __init__(self, order: Order, first: Frame, last: Frame | None) -> None:
        self.order = order
        ramp = Ramp(order.look.palette)
        self.reading = read(order, ramp)
        drive = _DRIVES[order.movement]
        self._first = _Plate(fit(first, order.width, order.height), drive)
        # The second picture has the same journey behind it that the first one has before it.
        self._last = _Plate(fit(last, order.width, order.height), drive) if last is not None else None
        rng = np.random.default_rng([order.seed, 11])
        self._grain = Finish(self.reading.style, order.width, order.height, rng)
        self._stage = Compositor(order.width, order.height, 0.5, 0.9)
        weather = sorted(self.reading.weather - {Weather.FOG})
        self._air = [Air(one, rng, ramp, self.reading.light, 0.7) for one in weather] or [
            Air(Weather.DUST, rng, ramp, self.reading.light, 0.35)
        ]
        self._ripples = (
            _ripples(order.width, order.height, rng) if self.reading.place in (Place.SEA, Place.UNDERWATER) else None
        )
        self._dissolve = cloud(rng, order.height, order.width, order.height / 2.5, 4) if last is not None else None

    def frame(self, index: int) -> Frame:
        """Return frame number `index`, as it is shown."""
        moved = self.clean(index)
        is_given = index == 0 or (self._last is not None and index == self.order.frame_count - 1)
        return moved if is_given else self._grain.grained(moved, index)

    def clean(self, index: int) -> Frame:
        """Return frame number `index` without grain: what is handed over."""
        order, time_s = self.order, index / self.order.fps
        share = index / max(1, order.frame_count - 1)
        presence = min(1.0, time_s / FADE_S)
        if self._last is not None:
            presence = min(presence, (order.frame_count - 1 - index) / order.fps / FADE_S)
        ripple = None
        if self._ripples is not None and presence > 0.0:
            ripple = self._ripples.at(time_s) * np.float32(presence)
        moved = self._moved(share, ripple)
        if presence <= 0.0:
            return moved
        cv2.cvtColor(moved, cv2.COLOR_BGR2BGRA, dst=self._stage.frame)
        view = View(0.03 * share, 0.04 * share * np.sign(_DRIVES[order.movement].right), 0.0, 0.0, 0.0, 0.0)
        for air in self._air:
            air.draw(self._stage, view, time_s, order.height, presence)
        return self._stage.bgr()

    def _moved(self, share: float, ripple: Field | None) -> Frame:
        if self._last is None or self._dissolve is None:
            return self._first.at(set_out(share), ripple, cv2.INTER_CUBIC)
        begin, end = MORPH
        turned = float(np.clip((share - begin) / (end - begin), 0.0, 1.0))
        before, after = set_out(share), -set_out(1.0 - share)
        if turned == 0.0:
            return self._first.at(before, ripple, cv2.INTER_CUBIC)
        if turned == 1.0:
            return self._last.at(after, ripple, cv2.INTER_CUBIC)
        # The new picture comes through in clouds and not everywhere at once.
        soft = 0.55
        weight = smooth(0.0, soft, turned * (1.0 + soft) - self._dissolve)
        old, new = self._first.at(before, ripple, cv2.INTER_LINEAR), self._last.at(after, ripple, cv2.INTER_LINEAR)
        return cv2.blendLinear(new, old, weight, 1.0 - weight).astype(np.uint8, copy=False)


def depth_of(picture: Frame) -> Field:
    """Return a guess of how near each pixel is, 0 to 1, smooth: near is low in the picture, and what is rich in detail.

    A gradient from top to bottom is right for most pictures with a ground; detail lifts a subject off its blurred
    background. Smoothness matters more than truth: nothing tears.
    """
    height, width = picture.shape[:2]
    rows = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, None]
    small = cv2.resize(picture, (max(8, width // 8), max(8, height // 8)), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    edges = cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (0, 0), small.shape[0] / 10)
    detail = field(edges) / np.float32(max(1e-3, float(edges.max())))
    detail = field(cv2.resize(detail, (width, height), interpolation=cv2.INTER_CUBIC))
    depth = 0.72 * smooth(0.15, 1.05, np.broadcast_to(rows, (height, width))) + 0.28 * np.clip(detail, 0.0, 1.0)
    return depth.astype(np.float32)


def _ripples(width: int, height: int, rng: np.random.Generator) -> Waves:
    """Return gentle sideways waves in the lower third, in pixels."""
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    columns = np.arange(width, dtype=np.float32)[None, :] / height
    strength = smooth(0.62, 0.95, np.broadcast_to(rows, (height, width))) * (1.1 * height / 480.0)
    phases = [
        (rows * long + columns * float(rng.uniform(-4.0, 4.0)) + float(rng.uniform(0, 6.28))).astype(np.float32)
        for long in (70.0, 113.0, 43.0)
    ]
    return Waves(phases, [2.1, -2.9, 1.3], [strength, 0.6 * strength, 0.8 * strength])
