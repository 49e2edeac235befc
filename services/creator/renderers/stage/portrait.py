"""A face close by: lit from one side, with eyes that blink and a head that turns a little."""

from __future__ import annotations

import math

from services.creator.renderers.stage.palette import Colour, mix
from services.creator.renderers.stage.pen import Motion, Pen, Point


def portrait(pen: Pen, motion: Motion) -> None:
    """Head and shoulders; the chin is at (0, 0) and the top of the head at (0, -1)."""
    inks, t = pen.inks, motion.time_s
    is_old, is_woman = "old" in motion.traits, "woman" in motion.traits
    turn = 0.030 * math.sin(0.55 * t + 0.4) + 0.02
    nod = 0.012 * math.sin(0.8 * t)
    breath = 0.010 * math.sin(1.5 * t)
    # The light's side is the right one in the figure's own units; the pen mirrors the figure if it falls from the left.
    skin, shadow, deep = inks.tone(0.74), inks.tone(0.40), inks.tone(0.22)
    hair = inks.tone(0.88) if is_old else inks.tone(0.08)
    hair_dark = inks.tone(0.55) if is_old else inks.tone(0.02)
    if is_woman:
        _long_hair(pen, hair_dark, t)
    _shoulders(pen, breath, skin, shadow)
    y = nod
    ear_x = 0.365
    pen.disc(-ear_x - turn * 0.4, -0.46 + y, 0.062, shadow, 1.7)
    pen.disc(ear_x - turn * 0.4, -0.46 + y, 0.062, skin, 1.7)
    pen.disc(ear_x - turn * 0.4 - 0.008, -0.46 + y, 0.034, shadow, 1.8, has_rim=False)
    face: list[Point] = [(0.0, 0.02 + y), (-0.17, -0.03 + y), (-0.29, -0.18 + y), (-0.345, -0.42 + y),
        (-0.35, -0.66 + y), (-0.27, -0.88 + y), (0.0, -0.98 + y), (0.27, -0.88 + y), (0.35, -0.66 + y),
        (0.345, -0.42 + y), (0.29, -0.18 + y), (0.17, -0.03 + y)]  # fmt: skip
    pen.shape(face, skin)
    pen.shape([(-0.03 + turn, 0.015 + y), (-0.17, -0.035 + y), (-0.287, -0.18 + y),
        (-0.342, -0.42 + y), (-0.347, -0.66 + y), (-0.27, -0.87 + y), (-0.10, -0.95 + y),
        (-0.15 + turn, -0.72 + y), (-0.13 + turn, -0.60 + y), (-0.04 + turn, -0.53 + y),
        (-0.07 + turn, -0.36 + y), (-0.02 + turn, -0.26 + y), (-0.10 + turn, -0.15 + y)], shadow,
        has_rim=False)  # fmt: skip
    # A triangle of light on the far cheek, as painters set it.
    pen.shape(
        [(-0.24 + turn, -0.42 + y), (-0.12 + turn, -0.43 + y), (-0.155 + turn, -0.28 + y)],
        mix(skin, shadow, 0.35),
        has_rim=False,
    )
    pen.shape([(0.16 + turn, -0.40 + y), (0.27 + turn * 0.5, -0.42 + y),
        (0.25 + turn * 0.5, -0.27 + y), (0.15 + turn, -0.25 + y)], inks.tone(0.84),
        has_rim=False)  # fmt: skip
    pen.shape([(-0.02 + turn, -0.86 + y), (0.17 + turn * 0.5, -0.86 + y),
        (0.23 + turn * 0.5, -0.72 + y), (0.02 + turn, -0.70 + y)], inks.tone(0.82),
        has_rim=False)  # fmt: skip
    _eyes(pen, t, turn, y, skin, shadow, deep, hair if is_old else hair_dark)
    _nose_and_mouth(pen, turn, y, skin, shadow, deep, is_woman)
    if is_old:
        _years(pen, turn, y, shadow, deep)
    if ("beard" in motion.traits or is_old) and not is_woman:
        _beard(pen, t, turn, y, hair, hair_dark)
    _hair(pen, turn, y, hair, hair_dark, is_woman=is_woman, is_old=is_old)
    if "hat" in motion.traits:
        _cap(pen, turn, y)


def _shoulders(pen: Pen, breath: float, skin: Colour, shadow: Colour) -> None:
    inks = pen.inks
    coat, coat_dark = inks.tone(0.20), inks.tone(0.08)
    pen.shape([(-1.05, 1.2), (-0.98, 0.55 - breath), (-0.72, 0.36 - breath), (-0.26, 0.22),
        (0.26, 0.22), (0.72, 0.36 - breath), (1.0, 0.55 - breath), (1.08, 1.2)], coat)  # fmt: skip
    pen.shape([(-1.05, 1.2), (-0.97, 0.56 - breath), (-0.72, 0.38 - breath), (-0.30, 0.25),
        (-0.10, 0.75), (-0.05, 1.2)], coat_dark, has_rim=False)  # fmt: skip
    pen.shape([(-0.24, -0.12), (-0.23, 0.25), (0.0, 0.40), (0.24, 0.25), (0.23, -0.12)], shadow,
        has_rim=False)  # fmt: skip
    pen.shape(
        [(0.06, -0.05), (0.05, 0.30), (0.14, 0.31), (0.235, 0.24), (0.225, -0.12)],
        mix(skin, shadow, 0.35),
        has_rim=False,
    )
    for side in (-1.0, 1.0):
        pen.shape([(side * 0.20, 0.16), (side * 0.33, 0.20), (side * 0.36, 0.42 - breath),
            (side * 0.05, 0.62), (side * 0.0, 0.50)],
            coat_dark if side < 0 else inks.tone(0.30))  # fmt: skip


def _eyes(pen: Pen, t: float, turn: float, y: float, skin: Colour, shadow: Colour, deep: Colour, brow: Colour) -> None:
    inks = pen.inks
    # A blink is short and comes seldom, twice in a while.
    beat = (t * 0.31 + 0.23) % 1.0
    closed = max(0.0, 1.0 - abs(beat - 0.5) / 0.035)
    look = 0.012 * math.sin(0.7 * t + 1.0)
    for side in (-1.0, 1.0):
        x, eye_y = side * 0.155 + turn, -0.505 + y
        pen.shape([(x - 0.10, eye_y), (x - 0.03, eye_y - 0.075), (x + 0.06, eye_y - 0.07),
            (x + 0.10, eye_y - 0.005), (x, eye_y + 0.06)],
            deep if side < 0 else mix(skin, shadow, 0.7), has_rim=False)  # fmt: skip
        if closed < 0.6:
            tall = 0.50 * (1 - closed)
            pen.disc(x, eye_y, 0.066, mix(inks.tone(0.95), shadow, 0.45 if side < 0 else 0.1), tall,
                has_rim=False)  # fmt: skip
            pen.disc(
                x + look,
                eye_y - 0.002,
                0.031,
                mix(inks.ramp.accent, inks.tone(0.1), 0.55),
                min(1.0, tall * 1.6),
                has_rim=False,
            )
            pen.disc(x + look, eye_y - 0.002, 0.015, inks.tone(0.0), min(1.0, tall * 2), has_rim=False)
            pen.disc(x + look + 0.012, eye_y - 0.013, 0.0075, (245, 245, 245), has_rim=False)
        lid = eye_y - 0.030 * (1 - closed) + 0.01 * closed
        pen.limb([(x - 0.075, eye_y + 0.006), (x - 0.01, lid - 0.003), (x + 0.075, eye_y)], [0.010,
            0.024, 0.010], inks.tone(0.02), has_rim=False)  # fmt: skip
        pen.limb([(x - side * 0.09, eye_y - 0.093), (x + side * 0.02, eye_y - 0.128),
            (x + side * 0.115, eye_y - 0.090)], [0.044, 0.046, 0.016],
            mix(brow, shadow, 0.4) if side < 0 else brow, has_rim=False)  # fmt: skip


def _nose_and_mouth(
    pen: Pen, turn: float, y: float, skin: Colour, shadow: Colour, deep: Colour, is_woman: bool
) -> None:
    inks, x = pen.inks, turn * 1.5
    pen.shape([(x - 0.045, -0.53 + y), (x + 0.012, -0.53 + y), (x + 0.03, -0.34 + y),
        (x + 0.055, -0.275 + y), (x, -0.235 + y), (x - 0.075, -0.262 + y), (x - 0.06, -0.34 + y)],
        mix(shadow, deep, 0.35), has_rim=False)  # fmt: skip
    pen.shape([(x + 0.005, -0.52 + y), (x + 0.03, -0.52 + y), (x + 0.060, -0.30 + y),
        (x + 0.045, -0.265 + y), (x + 0.012, -0.28 + y)], inks.tone(0.86), has_rim=False)  # fmt: skip
    pen.line([(x - 0.07, -0.245 + y), (x - 0.01, -0.228 + y), (x + 0.055, -0.25 + y)], 0.014, deep)
    lips = inks.accent(0.55, 0.45) if is_woman else mix(shadow, inks.ramp.accent, 0.25)
    mouth_y = -0.135 + y
    pen.shape([(x - 0.115, mouth_y), (x - 0.03, mouth_y - 0.028), (x, mouth_y - 0.020),
        (x + 0.03, mouth_y - 0.028), (x + 0.115, mouth_y), (x + 0.05, mouth_y + 0.035),
        (x - 0.05, mouth_y + 0.035)], lips, has_rim=False)  # fmt: skip
    pen.line([(x - 0.12, mouth_y - 0.004), (x, mouth_y + 0.004), (x + 0.12, mouth_y - 0.006)], 0.012,
        inks.tone(0.05))  # fmt: skip
    pen.shape([(x - 0.06, -0.062 + y), (x + 0.06, -0.062 + y), (x, -0.045 + y)],
        mix(skin, shadow, 0.8), has_rim=False)  # fmt: skip


def _years(pen: Pen, turn: float, y: float, shadow: Colour, deep: Colour) -> None:
    line = mix(shadow, deep, 0.5)
    for index, height in enumerate((-0.76, -0.715, -0.68)):
        wide = 0.20 - 0.025 * index
        pen.line(
            [
                (-wide + turn, height + y + 0.012),
                (-0.02 + turn, height - 0.008 + y),
                (wide + turn * 0.7, height + 0.012 + y),
            ],
            0.009,
            line,
        )
    for side in (-1.0, 1.0):
        for spread in (-0.028, 0.004, 0.034):
            pen.line(
                [
                    (side * 0.245 + turn * 0.8, -0.50 + y + spread * 0.3),
                    (side * 0.30 + turn * 0.6, -0.495 + y + spread),
                ],
                0.008,
                line,
            )
        pen.line(
            [
                (side * 0.075 + turn, -0.43 + y),
                (side * 0.15 + turn, -0.405 + y),
                (side * 0.215 + turn * 0.8, -0.43 + y),
            ],
            0.010,
            line,
        )
        pen.line([(side * 0.09 + turn * 1.2, -0.29 + y), (side * 0.165 + turn, -0.21 + y),
            (side * 0.175 + turn, -0.12 + y)], 0.014, line,)  # fmt: skip


def _beard(pen: Pen, t: float, turn: float, y: float, hair: Colour, dark: Colour) -> None:
    sway = 0.008 * math.sin(1.1 * t)
    pen.shape([(-0.338, -0.44 + y), (-0.285, -0.26 + y), (-0.19 + turn, -0.19 + y),
        (-0.155 + turn, -0.115 + y), (-0.05 + turn, -0.07 + y), (0.05 + turn, -0.07 + y),
        (0.155 + turn, -0.115 + y), (0.19 + turn, -0.19 + y), (0.285, -0.26 + y), (0.338, -0.44 + y),
        (0.365, -0.20 + y), (0.315, 0.04 + y), (0.20 + sway, 0.21 + y), (0.07 + sway, 0.315 + y),
        (-0.03 + sway, 0.30 + y), (-0.19 + sway, 0.22 + y), (-0.315, 0.04 + y), (-0.365, -0.20 + y)],
        hair)  # fmt: skip
    pen.shape([(-0.336, -0.43 + y), (-0.285, -0.25 + y), (-0.19 + turn, -0.185 + y),
        (-0.15 + turn, -0.105 + y), (-0.06 + turn, -0.06 + y), (-0.03, 0.06 + y), (-0.06, 0.17 + y),
        (-0.02 + sway, 0.295 + y), (-0.19 + sway, 0.215 + y), (-0.313, 0.04 + y), (-0.363, -0.20 + y)],
        dark, has_rim=False)  # fmt: skip
    # Locks: long strokes that follow the fall of the beard, light on the lit half and dark on the other.
    for index in range(11):
        x = -0.27 + index * 0.054
        start, end = -0.10 - 0.55 * abs(x), 0.26 - 0.55 * abs(x)
        wave = 0.012 * math.sin(index * 2.1)
        lit = x > 0.0
        colour = mix(hair, dark, 0.45) if lit else mix(dark, hair, 0.30)
        pen.limb([(x * 1.08, start + 0.05 + y), (x + wave, (start + end) / 2 + y),
            (x * 0.72 + sway, end + y)], [0.004, 0.017, 0.003], colour, has_rim=False)  # fmt: skip
    for side in (-1.0, 1.0):
        pen.shape([(turn, -0.222 + y), (side * 0.075 + turn, -0.218 + y),
            (side * 0.165 + turn, -0.165 + y), (side * 0.215 + turn, -0.085 + y),
            (side * 0.13 + turn, -0.118 + y), (side * 0.05 + turn, -0.148 + y), (turn, -0.165 + y)],
            mix(dark, hair, 0.25) if side < 0 else mix(hair, pen.inks.tone(1.0), 0.12),
            has_rim=False)  # fmt: skip


def _hair(pen: Pen, turn: float, y: float, hair: Colour, dark: Colour, *, is_woman: bool, is_old: bool) -> None:
    line = -0.86 if is_old and not is_woman else -0.76
    pen.shape([(-0.375, -0.45 + y), (-0.40, -0.70 + y), (-0.33, -0.96 + y), (-0.10, -1.075 + y),
        (0.14, -1.08 + y), (0.34, -0.96 + y), (0.40, -0.70 + y), (0.375, -0.45 + y),
        (0.335, -0.62 + y), (0.27, line + 0.02 + y), (0.10 + turn, line - 0.06 + y),
        (-0.10 + turn, line + y), (-0.27, line + 0.04 + y), (-0.335, -0.60 + y)], hair)  # fmt: skip
    pen.shape([(-0.373, -0.46 + y), (-0.398, -0.70 + y), (-0.33, -0.955 + y), (-0.12, -1.06 + y),
        (-0.16 + turn, line - 0.05 + y), (-0.27, line + 0.03 + y), (-0.333, -0.60 + y)], dark,
        has_rim=False)  # fmt: skip
    for index in range(7):
        x = -0.24 + index * 0.09
        pen.line([(x * 0.55, -1.045 + y + abs(x) * 0.12), (x + 0.02, -0.96 + y + abs(x) * 0.2),
            (x * 1.15 + 0.03, line - 0.015 + y + abs(x) * 0.35)], 0.010,
            mix(hair, dark, 0.6))  # fmt: skip


def _long_hair(pen: Pen, dark: Colour, t: float) -> None:
    sway = 0.015 * math.sin(1.0 * t)
    pen.shape([(-0.38, -0.60), (-0.46, -0.2), (-0.50 + sway, 0.30), (-0.42 + sway, 0.55), (-0.1, 0.35),
        (0.1, 0.35), (0.42 + sway, 0.55), (0.50 + sway, 0.30), (0.46, -0.2), (0.38, -0.60),
        (0.0, -0.95)], dark)  # fmt: skip


def _cap(pen: Pen, turn: float, y: float) -> None:
    inks = pen.inks
    pen.shape([(-0.42, -0.72 + y), (-0.44, -0.90 + y), (-0.30, -1.10 + y), (0.0, -1.17 + y),
        (0.30, -1.10 + y), (0.44, -0.90 + y), (0.42, -0.72 + y)], inks.tone(0.16))  # fmt: skip
    pen.shape([(-0.42, -0.73 + y), (-0.435, -0.90 + y), (-0.30, -1.095 + y), (-0.08, -1.15 + y),
        (-0.15, -0.80 + y)], inks.tone(0.06), has_rim=False)  # fmt: skip
    pen.limb([(-0.43, -0.73 + y), (turn, -0.68 + y), (0.43, -0.73 + y)], [0.085, 0.10, 0.085],
        inks.tone(0.24))  # fmt: skip
    pen.shape([(-0.30 + turn, -0.69 + y), (turn, -0.655 + y), (0.30 + turn, -0.69 + y),
        (0.26 + turn, -0.60 + y), (turn, -0.575 + y), (-0.26 + turn, -0.60 + y)],
        inks.tone(0.03))  # fmt: skip
