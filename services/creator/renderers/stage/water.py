"""Water and other things that move by waves: a sea in perspective, light falling through water."""

from __future__ import annotations

import cv2
import numpy as np

from services.creator.renderers.stage.arrays import Field, field, pixels
from services.creator.renderers.stage.layers import Canvas, Easel, Sheet, Texture
from services.creator.renderers.stage.noise import cloud, smooth
from services.creator.renderers.stage.palette import Bitmap, Ramp

_NOTHING = np.float32(0.0)


class Waves:
    """A sum of plane waves over a fixed grid, at any time: sin(p + wt) = sin p cos wt + cos p sin wt.

    The sines of the places are taken once, so that a frame costs two multiplications a wave.
    """

    def __init__(self, phases: list[Field], speeds: list[float], weights: list[Field | float]) -> None:
        self._sines = [
            (np.sin(phase) * weight).astype(np.float32) for phase, weight in zip(phases, weights, strict=True)
        ]
        self._cosines = [
            (np.cos(phase) * weight).astype(np.float32) for phase, weight in zip(phases, weights, strict=True)
        ]
        self._speeds = speeds

    def at(self, time_s: float) -> Field:
        """Return the height of the waves at this time."""
        total = np.zeros_like(self._sines[0])
        for sine, cosine, speed in zip(self._sines, self._cosines, self._speeds, strict=True):
            turn = speed * time_s
            cv2.scaleAdd(sine, float(np.cos(turn)), total, dst=total)
            cv2.scaleAdd(cosine, float(np.sin(turn)), total, dst=total)
        return total


def sea(
    easel: Easel, *, horizon: float, near_tone: float, far_tone: float, light_x: float, light: float, rough: float = 1.0
) -> Sheet:
    """Return the sea below the horizon, with a path of light towards the sun.

    Args:
        near_tone: the water's tone at the bottom of the frame, and `far_tone` at the horizon.
        light_x: where the sun stands across the frame.
        light: how strong its path is, 0 to 1.
    """
    rng, ramp = easel.rng, easel.ramp
    scale = 2.0
    canvas = Canvas(easel.canvas.frame_width, easel.canvas.frame_height, scale)
    top = int(canvas.row(horizon))
    rows = np.arange(canvas.height - top, dtype=np.float32)[:, None]
    columns = canvas.columns()
    nearness = (rows + 0.6) / canvas.length(1.0 - horizon)
    far = 1.0 / (nearness + 0.012)
    across = (columns - canvas.column(0.5)) / canvas.length(1.0) * far
    phases: list[Field] = []
    speeds: list[float] = []
    weights: list[Field | float] = []
    for index in range(8):
        long = 0.8 * 1.62**index
        angle = float(rng.normal(0.0, 0.55))
        phase = long * (np.sin(angle) * across * 0.9 + np.cos(angle) * far * 1.6) + float(rng.uniform(0, 6.28))
        # Waves finer than a row or two can't be drawn: they fade out towards the horizon.
        step = long * 1.6 * far**2 / canvas.length(1.0 - horizon)
        fade = 1.0 - smooth(0.9, 2.6, np.broadcast_to(step, phase.shape).astype(np.float32))
        phases.append(phase.astype(np.float32))
        speeds.append(float(1.1 * np.sqrt(long)) * float(rng.choice([1.0, 1.0, -0.6])))
        weights.append(fade / (1.0 + 0.45 * index))
    waves = Waves(phases, speeds, weights)
    tones = far_tone + (near_tone - far_tone) * np.clip(nearness, 0.0, 1.0) ** 0.55
    base = np.broadcast_to(tones, phases[0].shape).astype(np.float32) * 255.0
    swell = np.broadcast_to(rough * (4.0 + 16.0 * np.clip(nearness, 0.0, 1.4) ** 0.6), base.shape).astype(np.float32)
    spread = canvas.length(0.05) + (columns * 0 + rows) * 0.42
    path = np.exp(-(((columns - canvas.column(light_x)) / spread) ** 2)) * light
    path = (path * (1.15 - 0.55 * np.clip(nearness, 0.0, 1.0)) * 150.0).astype(np.float32)
    table, glints = ramp.table_of(0.0, 1.0), _light_table(ramp)
    first = np.zeros((base.shape[0], base.shape[1], 4), dtype=np.uint8)
    return Sheet(
        bitmap=first,
        top=top,
        depth=1.0,
        scale=scale,
        is_ground=True,
        solid_from=2,
        texture=_sea_texture(waves, base, swell, path, table, glints),
    )


def _sea_texture(waves: Waves, base: Field, swell: Field, path: Field, table: Bitmap, glints: Bitmap) -> Texture:
    def draw(time_s: float) -> Bitmap:
        height = waves.at(time_s)
        tones = cv2.add(base, cv2.multiply(swell, height))
        colours = cv2.applyColorMap(cv2.convertScaleAbs(np.maximum(field(tones), _NOTHING)), table)
        # Only crests throw the light back.
        crests = np.clip(height + np.float32(0.15), _NOTHING, np.float32(1.5))
        shine = cv2.convertScaleAbs(cv2.multiply(crests, path))
        cv2.add(colours, cv2.applyColorMap(shine, glints), dst=colours)
        return pixels(cv2.cvtColor(colours, cv2.COLOR_BGR2BGRA))

    return draw


def light_shafts(easel: Easel, *, x: float, strength: float, tone: float, fan: float = 0.5) -> Sheet:
    """Return slowly wandering shafts of light that fall from above the frame, from around the place `x`."""
    rng, ramp = easel.rng, easel.ramp
    scale = 6.0
    canvas = Canvas(easel.canvas.frame_width, easel.canvas.frame_height, scale)
    source_row, source_column = canvas.row(-0.55), canvas.column(x)
    away = (canvas.columns() - source_column) / (canvas.rows() - source_row + 1e-3)
    phases: list[Field] = []
    weights: list[Field | float] = []
    speeds: list[float] = []
    for index in range(5):
        phases.append((away * (9.0 + 8.5 * index) + float(rng.uniform(0, 6.28))).astype(np.float32))
        weights.append(1.0 / (1.0 + 0.4 * index))
        speeds.append(float(rng.uniform(-0.9, 0.9)))
    waves = Waves(phases, speeds, weights)
    down = np.clip((canvas.rows() - canvas.row(-0.1)) / canvas.length(1.25), 0.0, 1.0)
    fall = (1.0 - down) ** 1.3 * np.exp(-((away / (fan * 2.2)) ** 2)) * strength
    fall = (fall * (0.75 + 0.5 * cloud(rng, canvas.height, canvas.width, canvas.length(0.4), 2))).astype(np.float32)
    colour = np.array(ramp.at(tone), dtype=np.float32) / 255.0
    parts = np.zeros((canvas.height, canvas.width, 4), dtype=np.uint8)

    def draw(time_s: float) -> Bitmap:
        shine = cv2.multiply(np.maximum(waves.at(time_s), _NOTHING), fall)
        alpha = cv2.convertScaleAbs(shine, alpha=110.0)
        planes = [cv2.convertScaleAbs(alpha, alpha=float(part)) for part in colour]
        # The alpha is less than the colour: light adds more than it covers.
        return cv2.merge([*planes, cv2.convertScaleAbs(alpha, alpha=0.55)]).astype(np.uint8, copy=False)

    return Sheet(bitmap=parts, top=0, depth=0.25, scale=scale, texture=draw)


def _light_table(ramp: Ramp) -> Bitmap:
    light = np.array(ramp.at(1.0), dtype=np.float64) / 255.0
    scale = np.arange(256, dtype=np.float64)[:, None] * light[None, :]
    return np.rint(scale).astype(np.uint8).reshape(256, 1, 3)
