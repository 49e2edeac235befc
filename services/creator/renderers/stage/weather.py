"""What is in the air: snow, rain, embers, dust, petals, fireflies, bubbles. Each frame is a function of its time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.creator.renderers.stage.camera import View
from services.creator.renderers.stage.layers import Compositor
from services.creator.renderers.stage.lexicon import Light, Weather
from services.creator.renderers.stage.palette import Colour, Ramp, mix

_SHIFT: Final = 4
_ROOM: Final = 0.2
"""Particles come back on the other side this far outside the frame, in frame shares."""


_Places = NDArray[np.float64]


class Kind(Struct, frozen=True, kw_only=True):
    """How one kind of particle moves and looks; speeds in frame heights a second at the subject's depth."""

    count: int
    fall: float
    wind: float
    sway: float
    radius: float
    """In thousandths of the frame's height."""
    strength: float


KINDS: Final = {
    Weather.SNOW: Kind(count=200, fall=0.16, wind=0.05, sway=0.020, radius=4.2, strength=0.80),
    Weather.RAIN: Kind(count=240, fall=1.9, wind=0.22, sway=0.0, radius=1.6, strength=0.30),
    Weather.EMBERS: Kind(count=90, fall=-0.17, wind=0.05, sway=0.035, radius=2.9, strength=1.0),
    Weather.DUST: Kind(count=120, fall=-0.008, wind=0.10, sway=0.020, radius=2.2, strength=0.22),
    Weather.PETALS: Kind(count=60, fall=0.11, wind=0.10, sway=0.045, radius=7.0, strength=0.85),
    Weather.FIREFLIES: Kind(count=34, fall=-0.01, wind=0.01, sway=0.055, radius=3.2, strength=1.0),
    Weather.BUBBLES: Kind(count=46, fall=-0.13, wind=0.0, sway=0.012, radius=5.0, strength=0.38),
}


class Air:
    """A cloud of particles in three dimensions, added to the frame as light."""

    def __init__(
        self,
        weather: Weather,
        rng: np.random.Generator,
        ramp: Ramp,
        light: Light,
        density: float = 1.0,
        near: float = 1.7,
    ) -> None:
        self.kind, self.weather = KINDS[weather], weather
        count = max(1, round(self.kind.count * density))
        self._x, self._y = rng.random(count), rng.random(count)
        # Most are far away; a few come close to the lens.
        self._depth = 0.25 + (near - 0.25) * rng.random(count) ** 1.7
        self._phase = rng.uniform(0.0, 2 * np.pi, count)
        self._colour = _colour(weather, ramp, light)
        self._buffer: NDArray[np.uint8] | None = None
        self._lights = [self._light(index) for index in range(count)]
        # What changes from moment to moment is drawn one by one, all else in one go.
        self._draw: Callable[[NDArray[np.uint8], int, float, float, float, float], None] | None = {
            Weather.PETALS: self._petal,
            Weather.FIREFLIES: self._firefly,
            Weather.EMBERS: self._ember,
            Weather.BUBBLES: self._bubble,
        }.get(weather)

    def draw(self, stage: Compositor, view: View, time_s: float, hidden_from: int, presence: float = 1.0) -> None:
        """Add the particles to the frame; `presence` fades them in."""
        width, height = stage.width, stage.height
        if self._buffer is None or self._buffer.shape != stage.frame.shape:
            self._buffer = np.zeros_like(stage.frame)
        self._buffer[:] = 0
        kind, depth = self.kind, self._depth
        sway = kind.sway * np.sin(1.3 * time_s + self._phase) + 0.4 * kind.sway * np.sin(2.9 * time_s + 2 * self._phase)
        aspect = height / width
        x = self._x + (kind.wind * time_s * aspect - view.right) * depth - view.turn + sway * aspect
        y = self._y + (kind.fall * time_s + view.up) * depth + view.tilt + 0.3 * sway
        zoom = 1.0 / (1.0 - np.minimum(view.forward * depth, 0.7))
        span = 1.0 + 2 * _ROOM
        x = ((np.mod(x + _ROOM, span) - _ROOM - 0.5) * zoom + 0.5) * width
        y = ((np.mod(y + _ROOM, span) - _ROOM - 0.5) * zoom + 0.5) * height
        radius = kind.radius * height / 1000.0 * depth
        if self._draw is None:
            if self.weather is Weather.RAIN:
                self._streaks(self._buffer, x, y, radius)
            else:
                self._flakes(self._buffer, x, y, radius)
        else:
            for index, place in enumerate(zip(x.tolist(), y.tolist(), radius.tolist(), strict=True)):
                self._draw(self._buffer, index, *place, time_s)
        if presence < 1.0:
            cv2.convertScaleAbs(self._buffer, dst=self._buffer, alpha=presence)
        cv2.add(stage.frame, self._buffer, dst=stage.frame)

    def _light(self, index: int, share: float = 1.0) -> tuple[float, ...]:
        # What is close to the lens is out of focus: larger and thinner.
        nearness = float(self._depth[index])
        strength = (
            self.kind.strength * share * min(1.0, 1.15 - 0.42 * max(0.0, nearness - 0.6)) * min(1.0, 0.35 + nearness)
        )
        blue, green, red = self._colour
        return blue * strength, green * strength, red * strength, 0.0

    def _flakes(self, image: NDArray[np.uint8], x: _Places, y: _Places, radius: _Places) -> None:
        """Draw all flakes."""
        places = np.rint(np.stack([x, y, np.maximum(0.7, radius)]) * 16).astype(int).tolist()
        for across, down, size, light in zip(*places, self._lights, strict=True):
            cv2.circle(image, (across, down), size, light, -1, cv2.LINE_AA, _SHIFT)

    def _streaks(self, image: NDArray[np.uint8], x: _Places, y: _Places, radius: _Places) -> None:
        """Draw all drops at once, in four distances: a call for each would cost more than the drawing."""
        long = radius * 24.0
        lean = self.kind.wind / self.kind.fall * long
        ends = np.stack([np.stack([x - lean, y - long], axis=1), np.stack([x, y], axis=1)], axis=1)
        points = np.rint(ends * 16).astype(np.int32)
        order = np.argsort(self._depth, kind="stable")
        for group in np.array_split(order, 4):
            middle = int(group[len(group) // 2])
            thick = max(1, round(float(radius[middle]) * 0.9))
            cv2.polylines(image, list(points[group]), False, self._lights[middle], thick, cv2.LINE_AA, _SHIFT)

    def _petal(self, image: NDArray[np.uint8], index: int, x: float, y: float, radius: float, time_s: float) -> None:
        turn = float(self._phase[index]) + 1.7 * time_s
        narrow = 0.25 + 0.45 * abs(math.sin(turn * 0.7))
        axes = (max(1, round(radius * 16)), max(1, round(radius * narrow * 16)))
        cv2.ellipse(
            image,
            (round(x * 16), round(y * 16)),
            axes,
            math.degrees(turn),
            0,
            360,
            self._lights[index],
            -1,
            cv2.LINE_AA,
            _SHIFT,
        )

    def _ember(self, image: NDArray[np.uint8], index: int, x: float, y: float, radius: float, time_s: float) -> None:
        flicker = 0.65 + 0.35 * math.sin(6.0 * time_s + 3 * float(self._phase[index]))
        _disc(image, x, y, radius * 2.6, self._light(index, 0.22 * flicker))
        _disc(image, x, y, radius * 0.8, self._light(index, flicker))

    def _firefly(self, image: NDArray[np.uint8], index: int, x: float, y: float, radius: float, time_s: float) -> None:
        pulse = max(0.0, math.sin(1.4 * time_s + 2 * float(self._phase[index]))) ** 1.5
        for size, share in ((4.2, 0.10), (2.4, 0.18), (0.9, 0.9)):
            _disc(image, x, y, radius * size, self._light(index, share * pulse))

    def _bubble(self, image: NDArray[np.uint8], index: int, x: float, y: float, radius: float, time_s: float) -> None:
        centre, size = (round(x * 16), round(y * 16)), round(radius * 16)
        cv2.circle(image, centre, size, self._light(index, 0.16), -1, cv2.LINE_AA, _SHIFT)
        cv2.circle(image, centre, size, self._light(index, 0.8), 1, cv2.LINE_AA, _SHIFT)
        _disc(image, x - radius * 0.35, y - radius * 0.35, radius * 0.2, self._light(index, 1.6))


def _disc(image: NDArray[np.uint8], x: float, y: float, radius: float, light: tuple[float, ...]) -> None:
    cv2.circle(image, (round(x * 16), round(y * 16)), max(8, round(radius * 16)), light, -1, cv2.LINE_AA, _SHIFT)


def _colour(weather: Weather, ramp: Ramp, light: Light) -> Colour:
    match weather:
        case Weather.EMBERS:
            return ramp.at(0.95) if ramp.is_grey else mix(ramp.at(0.9), (40, 140, 255), 0.75)
        case Weather.FIREFLIES:
            return ramp.at(0.95) if ramp.is_grey else mix(ramp.at(0.95), (90, 235, 215), 0.5)
        case Weather.PETALS:
            return mix(ramp.accent, ramp.at(1.0), 0.35)
        case Weather.SNOW:
            return (
                mix(ramp.at(1.0), (255, 255, 255), 0.4)
                if light is not Light.NIGHT
                else mix(ramp.at(0.85), (255, 255, 255), 0.2)
            )
        case _:
            return ramp.at(0.95)
