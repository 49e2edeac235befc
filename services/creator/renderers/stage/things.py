"""Things: vehicles, buildings, a tree and a flower, each with something about it that moves."""

from __future__ import annotations

import math

from services.creator.renderers.stage.palette import mix
from services.creator.renderers.stage.pen import Motion, Pen, Point


def lighthouse(pen: Pen, motion: Motion) -> None:
    """A lighthouse on its rock; the lamp swells as the beam comes round."""
    inks, t = pen.inks, motion.time_s
    turn = t * 1.15
    sweep, facing_us = math.cos(turn), max(0.0, math.sin(turn)) ** 3
    _beam(pen, sweep, 0.30 + 0.25 * facing_us)
    pen.shape([(-0.44, 0.03), (-0.34, -0.06), (-0.20, -0.075), (-0.05, -0.11), (0.15, -0.075),
        (0.30, -0.055), (0.46, 0.03)], inks.tone(0.06))  # fmt: skip
    white, shade, band = inks.tone(0.92), inks.tone(0.55), inks.accent(0.95, 0.35)
    levels = 5
    for index in range(levels):
        low, high = index / levels, (index + 1) / levels
        wide_low, wide_high = 0.105 - 0.043 * low, 0.105 - 0.043 * high
        y_low, y_high = -0.08 - 0.70 * low, -0.08 - 0.70 * high
        colour = band if index % 2 else white
        pen.shape([(-wide_low, y_low), (-wide_high, y_high), (wide_high, y_high), (wide_low, y_low)],
            colour, is_smooth=False)  # fmt: skip
        dark = mix(colour, inks.tone(0.0), 0.45) if index % 2 else shade
        pen.shape([(-wide_low, y_low), (-wide_high, y_high), (-wide_high * 0.25, y_high),
            (-wide_low * 0.25, y_low)], dark, is_smooth=False, has_rim=False)  # fmt: skip
    for y in (-0.26, -0.50):
        pen.shape(
            [(-0.012, y), (0.014, y), (0.014, y - 0.045), (-0.012, y - 0.045)],
            inks.tone(0.02),
            is_smooth=False,
            has_rim=False,
        )
    pen.shape([(-0.095, -0.775), (0.095, -0.775), (0.088, -0.80), (-0.088, -0.80)], inks.tone(0.10),
        is_smooth=False)  # fmt: skip
    pen.shape([(-0.052, -0.80), (0.052, -0.80), (0.052, -0.885), (-0.052, -0.885)], inks.glow,
        is_smooth=False)  # fmt: skip
    for x in (-0.052, -0.018, 0.018, 0.052):
        pen.line([(x, -0.80), (x, -0.885)], 0.008, inks.tone(0.08))
    pen.shape([(-0.07, -0.885), (0.07, -0.885), (0.012, -0.955), (0.0, -1.0), (-0.012, -0.955)], band,
        is_smooth=False)  # fmt: skip
    pen.light(0.0, -0.845, 0.34 + 0.22 * facing_us, 0.75 + 0.2 * facing_us)


def _beam(pen: Pen, sweep: float, strength: float) -> None:
    """A chain of soft lights, thinning out: it turns towards us and away as the lamp does."""
    if not pen.inks.is_night:
        return
    for side in (-1.0, 1.0):
        for index in range(1, 5):
            reach = index * 0.24 * abs(sweep)
            pen.light(side * reach * (1 if sweep > 0 else -1), -0.845 + 0.01 * index, 0.07 + 0.035 * index,
                      strength * (1.0 - index / 6) * 0.5 * (1.0 if side > 0 else 0.75))  # fmt: skip


def house(pen: Pen, motion: Motion) -> None:
    """A house with lit windows and a smoking chimney."""
    inks, t = pen.inks, motion.time_s
    wall, shade, roof = inks.tone(0.62), inks.tone(0.34), inks.accent(0.6, 0.10)
    for index in range(7):
        age = (t * 0.28 + index / 7) % 1.0
        puff = mix(inks.tone(0.5), inks.ramp.at(0.75), age)
        pen.light(0.19 + 0.16 * age + 0.02 * math.sin(7 * age + index), -0.88 - 0.45 * age, 0.05 + 0.09 * age,
                  0.22 * math.sin(math.pi * age), puff)  # fmt: skip
    pen.shape([(0.15, -0.55), (0.15, -0.86), (0.24, -0.86), (0.24, -0.55)], shade, is_smooth=False)
    pen.shape([(-0.42, 0.02), (-0.42, -0.42), (-0.17, -0.68), (0.10, -0.42), (0.10, 0.02)], wall,
        is_smooth=False)  # fmt: skip
    pen.shape([(0.10, 0.02), (0.10, -0.42), (0.48, -0.42), (0.48, 0.02)], shade, is_smooth=False)
    pen.shape([(-0.17, -0.70), (0.33, -0.70), (0.54, -0.40), (0.12, -0.40)], roof, is_smooth=False)
    pen.shape([(-0.49, -0.355), (-0.17, -0.72), (0.15, -0.39), (0.10, -0.375), (-0.17, -0.655),
        (-0.45, -0.325)], mix(roof, inks.tone(0.0), 0.4), is_smooth=False)  # fmt: skip
    flicker = 0.9 + 0.06 * math.sin(5.1 * t) + 0.04 * math.sin(8.3 * t)
    for x, y, wide in ((-0.31, -0.30, 0.10), (-0.08, -0.30, 0.10), (0.20, -0.28, 0.09), (0.35, -0.28, 0.09)):
        pen.shape([(x, y), (x + wide, y), (x + wide, y + 0.13), (x, y + 0.13)], inks.glow,
            is_smooth=False, has_rim=False)  # fmt: skip
        pen.line([(x + wide / 2, y), (x + wide / 2, y + 0.13)], 0.010, shade)
        pen.line([(x, y + 0.06), (x + wide, y + 0.06)], 0.010, shade)
        if inks.is_night:
            pen.light(x + wide / 2, y + 0.07, 0.20, 0.25 * flicker)
    pen.shape([(-0.19, 0.02), (-0.19, -0.15), (-0.11, -0.15), (-0.11, 0.02)], inks.tone(0.08),
        is_smooth=False, has_rim=False)  # fmt: skip


def tree(pen: Pen, motion: Motion) -> None:
    """A broad tree whose crown sways."""
    inks, t = pen.inks, motion.time_s + motion.phase
    sway = 0.02 * math.sin(0.9 * t) + 0.008 * math.sin(2.3 * t)
    bark = inks.tone(0.05)
    pen.limb([(0.0, 0.03), (0.01, -0.22), (0.0 + sway * 0.4, -0.45)], [0.16, 0.085, 0.07], bark)
    for x, y in ((-0.22, -0.60), (0.20, -0.62), (0.03, -0.72)):
        pen.limb([(0.0 + sway * 0.3, -0.34), (x * 0.6 + sway * 0.6, y * 0.8), (x + sway, y)], [0.06,
            0.04, 0.02], bark)  # fmt: skip
    crown = (
        (-0.27, -0.55, 0.17),
        (0.27, -0.57, 0.17),
        (-0.14, -0.72, 0.19),
        (0.15, -0.74, 0.19),
        (0.0, -0.60, 0.20),
        (0.0, -0.86, 0.14),
    )
    for tone, shrink, dx, dy in ((0.10, 1.0, 0.0, 0.0), (0.28, 0.76, 0.03, -0.035), (0.46, 0.40, 0.06, -0.07)):
        for index, (x, y, radius) in enumerate(crown):
            move = sway * (0.6 - y) + 0.007 * math.sin(1.9 * t + index)
            lobes: list[Point] = []
            for step in range(11):
                angle = step * 2 * math.pi / 11
                size = radius * shrink * (1.0 + 0.12 * math.sin(step * 2.7 + index * 1.9))
                lobes.append(
                    (
                        x + move + dx * pen.light_side * pen.facing + size * math.cos(angle),
                        y + dy + size * 0.86 * math.sin(angle),
                    )
                )
            pen.shape(lobes, inks.tone(tone), has_rim=shrink == 1.0)


def flower(pen: Pen, motion: Motion) -> None:
    """A tall flower that nods in the wind."""
    inks, t = pen.inks, motion.time_s + motion.phase
    nod = 0.045 * math.sin(1.2 * t) + 0.012 * math.sin(3.1 * t)
    stem = inks.tone(0.22)
    x, y = 0.03 + nod, -0.82
    pen.limb([(0.0, 0.05), (-0.02, -0.40), (x, y)], [0.034, 0.030, 0.024], stem)
    pen.shape([(-0.015, -0.28), (-0.16, -0.40), (-0.27, -0.38 + nod * 0.4), (-0.15, -0.29)], inks.tone(0.32))
    pen.shape([(-0.015, -0.42), (0.13, -0.55), (0.25, -0.54 - nod * 0.4), (0.13, -0.44)], inks.tone(0.40))
    for ring, (count, reach, wide) in enumerate(((11, 0.235, 0.055), (9, 0.18, 0.05))):
        for index in range(count):
            angle = index * 2 * math.pi / count + 0.3 * ring + 0.04 * math.sin(1.5 * t + index)
            along, across = (math.cos(angle), math.sin(angle) * 0.86), (-math.sin(angle), math.cos(angle) * 0.86)
            petal = [
                (x + along[0] * reach * s + across[0] * wide * w, y + along[1] * reach * s + across[1] * wide * w)
                for s, w in ((0.15, 0.3), (0.6, 1.0), (1.0, 0.15), (1.0, -0.15), (0.6, -1.0), (0.15, -0.3))
            ]
            pen.shape(petal, inks.accent(1.0, 0.45 + 0.25 * ring + 0.15 * (index % 2)), has_rim=ring == 0)
    pen.disc(x, y, 0.082, inks.tone(0.10), 0.88)
    for index in range(24):
        radius, angle = 0.068 * math.sqrt(index / 24), index * 2.399
        pen.disc(x + radius * math.cos(angle), y + 0.88 * radius * math.sin(angle), 0.0085,
            inks.tone(0.66), has_rim=False)  # fmt: skip


def car(pen: Pen, motion: Motion) -> None:
    """A car from the side: it rides on its springs, its wheels turn, its lamps shine."""
    inks, t = pen.inks, motion.time_s
    ride = 0.008 * math.sin(7.0 * t) + 0.006 * math.sin(2.3 * t)
    paint, shade, glass = inks.accent(0.95, 0.35), inks.accent(0.7, 0.0), inks.tone(0.72)
    pen.light(1.35, -0.20, 0.75, 0.55)
    pen.light(0.98, -0.26, 0.30, 0.9)
    pen.shape([(-0.95, -0.16 + ride), (-0.97, -0.36 + ride), (-0.80, -0.43 + ride),
        (-0.52, -0.46 + ride), (-0.30, -0.70 + ride), (0.18, -0.72 + ride), (0.46, -0.48 + ride),
        (0.85, -0.41 + ride), (0.98, -0.30 + ride), (0.97, -0.15 + ride), (0.5, -0.11 + ride),
        (-0.5, -0.11 + ride)], paint)  # fmt: skip
    pen.shape([(-0.95, -0.17 + ride), (-0.95, -0.25 + ride), (0.0, -0.27 + ride), (0.97, -0.24 + ride),
        (0.96, -0.15 + ride), (0.5, -0.11 + ride), (-0.5, -0.11 + ride)], shade,
        has_rim=False)  # fmt: skip
    for window in ([(-0.42, -0.47), (-0.25, -0.655), (-0.06, -0.665), (-0.06, -0.47)],
                   [(-0.01, -0.47), (-0.01, -0.665), (0.15, -0.66), (0.36, -0.47)]):  # fmt: skip
        pen.shape([(x, y + ride) for x, y in window], glass, is_smooth=False, has_rim=False)
    pen.limb(
        [(-0.5, -0.455 + ride), (0.0, -0.465 + ride), (0.45, -0.46 + ride)],
        [0.012, 0.012, 0.012],
        inks.tone(0.8),
        has_rim=False,
    )
    pen.disc(0.93, -0.29 + ride, 0.045, inks.glow, has_rim=False)
    pen.disc(-0.94, -0.32 + ride, 0.032, inks.accent(1.0, 0.9), has_rim=False)
    for x in (-0.56, 0.58):
        pen.disc(x, -0.145, 0.165, inks.tone(0.0))
        pen.disc(x, -0.145, 0.095, inks.tone(0.55), has_rim=False)
        for spoke in range(5):
            angle = spoke * 2 * math.pi / 5 + t * 9.0
            pen.line([(x, -0.145), (x + 0.085 * math.cos(angle), -0.145 + 0.085 * math.sin(angle))],
                0.022, inks.tone(0.12))  # fmt: skip


def train(pen: Pen, motion: Motion) -> None:
    """A steam train: lit carriages, turning rods, and smoke that trails away."""
    inks, t = pen.inks, motion.time_s
    jolt = 0.004 * math.sin(11.0 * t)
    body, dark, trim = inks.tone(0.12), inks.tone(0.0), inks.accent(0.95, 0.4)
    for index in range(12):
        age = (t * 0.42 + index / 12) % 1.0
        pen.light(0.80 - 2.2 * age, -0.80 - 0.30 * math.sqrt(age) - 0.02 * math.sin(9 * age + index),
            0.09 + 0.20 * age, 0.34 * math.sin(math.pi * min(1.0, age * 1.1 + 0.05)),
            mix(inks.tone(0.55), inks.ramp.at(0.85), 0.5))  # fmt: skip
    for carriage in range(4):
        x = -0.62 - carriage * 0.86
        pen.shape([(x - 0.40, -0.12 + jolt), (x - 0.40, -0.52 + jolt), (x + 0.37, -0.52 + jolt),
            (x + 0.37, -0.12 + jolt)], body, is_smooth=False)  # fmt: skip
        pen.limb([(x - 0.42, -0.53 + jolt), (x + 0.39, -0.53 + jolt)], [0.05, 0.05], dark)
        pen.limb([(x - 0.40, -0.235 + jolt), (x + 0.37, -0.235 + jolt)], [0.018, 0.018], trim, has_rim=False)
        for pane in range(5):
            left = x - 0.35 + pane * 0.143
            pen.shape([(left, -0.43 + jolt), (left + 0.095, -0.43 + jolt),
                (left + 0.095, -0.30 + jolt), (left, -0.30 + jolt)], inks.glow, is_smooth=False,
                has_rim=False)  # fmt: skip
        for wheel in (-0.27, -0.14, 0.12, 0.25):
            pen.disc(x + wheel, -0.065, 0.065, dark)
    pen.shape([(-0.14, -0.12), (-0.14, -0.66), (0.20, -0.66), (0.20, -0.12)], body, is_smooth=False)
    pen.limb([(-0.18, -0.68), (0.24, -0.68)], [0.05, 0.05], dark)
    pen.shape([(-0.06, -0.58), (0.12, -0.58), (0.12, -0.42), (-0.06, -0.42)], inks.glow,
        is_smooth=False, has_rim=False)  # fmt: skip
    pen.shape([(0.18, -0.14), (0.18, -0.50), (0.92, -0.50), (0.96, -0.32), (0.92, -0.14)], body,
        is_smooth=False)  # fmt: skip
    for x in (0.32, 0.55, 0.78):
        pen.limb([(x, -0.50), (x, -0.15)], [0.016, 0.016], trim, has_rim=False)
    pen.shape([(0.74, -0.49), (0.71, -0.78), (0.89, -0.78), (0.86, -0.49)], dark, is_smooth=False)
    pen.disc(0.48, -0.52, 0.075, body, 0.8)
    pen.shape([(0.90, -0.13), (1.12, 0.0), (0.88, 0.0)], dark, is_smooth=False)
    pen.light(1.02, -0.36, 0.55, 0.75)
    pen.disc(0.965, -0.36, 0.042, inks.glow, has_rim=False)
    turn = t * 8.0
    for x, radius in ((0.02, 0.125), (0.31, 0.125), (0.60, 0.125), (0.83, 0.075)):
        pen.disc(x, -radius, radius, dark)
        pen.disc(x, -radius, radius * 0.62, inks.accent(0.6, 0.2), has_rim=False)
        pen.disc(x, -radius, radius * 0.2, dark, has_rim=False)
    rod_x, rod_y = 0.055 * math.cos(turn), -0.125 + 0.055 * math.sin(turn)
    pen.limb([(0.02 + rod_x, rod_y), (0.60 + rod_x, rod_y)], [0.024, 0.024], inks.tone(0.7), has_rim=False)


def rocket(pen: Pen, motion: Motion) -> None:
    """A rocket on its flame."""
    inks, t = pen.inks, motion.time_s
    pen.turn = 0.55 + 0.02 * math.sin(0.8 * t)
    roar = 0.06 * math.sin(17.0 * t) + 0.04 * math.sin(29.0 * t)
    pen.light(0.0, 0.16, 0.55, 0.8, inks.ramp.accent)
    pen.light(0.0, 0.12, 0.26, 0.9)
    for wide, long, colour in (
        (0.085, 0.52, inks.accent(1.0, 0.9)),
        (0.058, 0.36, inks.glow),
        (0.03, 0.20, (250, 250, 250)),
    ):
        pen.shape([(-wide, -0.02), (-wide * 0.9, long * 0.45), (0.0, long + roar),
            (wide * 0.9, long * 0.45), (wide, -0.02)], colour, has_rim=False)  # fmt: skip
    hull, shade, trim = inks.tone(0.92), inks.tone(0.50), inks.accent(0.95, 0.45)
    pen.shape([(-0.10, -0.20), (-0.25, 0.02), (-0.25, 0.10), (-0.09, 0.0)], trim, is_smooth=False)
    pen.shape([(0.10, -0.20), (0.25, 0.02), (0.25, 0.10), (0.09, 0.0)],
        mix(trim, inks.tone(0.0), 0.35), is_smooth=False)  # fmt: skip
    pen.shape([(-0.085, 0.0), (-0.14, -0.30), (-0.135, -0.58), (-0.085, -0.80), (0.0, -1.0),
        (0.085, -0.80), (0.135, -0.58), (0.14, -0.30), (0.085, 0.0)], hull)  # fmt: skip
    pen.shape([(-0.085, 0.0), (-0.138, -0.30), (-0.133, -0.58), (-0.085, -0.80), (-0.03, -0.92),
        (-0.055, -0.58), (-0.05, -0.2)], shade, has_rim=False)  # fmt: skip
    pen.shape([(-0.105, -0.74), (-0.05, -0.90), (0.0, -1.0), (0.05, -0.90), (0.105, -0.74)], trim)
    pen.disc(0.015, -0.56, 0.062, inks.tone(0.15), has_rim=False)
    pen.disc(0.015, -0.56, 0.046, inks.glow, has_rim=False)
    pen.limb([(-0.125, -0.22), (0.125, -0.22)], [0.05, 0.05], trim, has_rim=False)
    pen.shape([(-0.025, 0.06), (-0.02, -0.24), (0.02, -0.24), (0.025, 0.06)],
        mix(trim, inks.tone(0.0), 0.15), is_smooth=False, has_rim=False)  # fmt: skip


def ship(pen: Pen, motion: Motion) -> None:
    """A sailing ship that heels and pitches."""
    inks, t = pen.inks, motion.time_s + motion.phase
    pen.turn = 0.045 * math.sin(0.9 * t)
    heave = 0.02 * math.sin(1.2 * t)
    belly = 0.02 * math.sin(1.6 * t)
    sail, shade, wood = inks.tone(0.90), inks.tone(0.62), inks.tone(0.08)
    for mast, tall in ((-0.28, 0.86), (0.10, 1.0)):
        pen.limb([(mast, -0.15 + heave), (mast, -tall + heave)], [0.022, 0.012], wood)
        for index, (low, high, wide) in enumerate(((0.24, 0.50, 0.17), (0.52, 0.72, 0.135), (0.74, 0.88, 0.10))):
            y_low, y_high = -low * tall + heave, -high * tall + heave
            full = 0.085 + belly - 0.015 * index
            pen.shape([(mast - wide, y_low), (mast - wide * 0.85 + 0.02, (y_low + y_high) / 2),
                (mast - wide * 0.8, y_high), (mast + wide * 0.8, y_high),
                (mast + wide * 0.85 + full, (y_low + y_high) / 2), (mast + wide, y_low)],
                sail)  # fmt: skip
            pen.shape([(mast - wide, y_low), (mast - wide * 0.8, y_high), (mast - wide * 0.25, y_high),
                (mast - wide * 0.3, y_low)], shade, has_rim=False)  # fmt: skip
        flag = 0.02 * math.sin(6.0 * t + mast)
        pen.shape([(mast, -tall + heave), (mast - 0.14, -tall + 0.02 + flag + heave),
            (mast, -tall + 0.055 + heave)], inks.accent(), is_smooth=False)  # fmt: skip
    pen.shape([(0.14, -0.88 + heave), (0.66, -0.24 + heave), (0.22, -0.30 + heave)], sail)
    pen.limb([(0.48, -0.17 + heave), (0.72, -0.27 + heave)], [0.02, 0.01], wood)
    pen.shape([(-0.58, -0.25 + heave), (-0.42, -0.17 + heave), (0.35, -0.15 + heave),
        (0.60, -0.21 + heave), (0.46, 0.02), (0.30, 0.06), (-0.40, 0.06), (-0.50, 0.0)],
        inks.tone(0.14))  # fmt: skip
    pen.limb([(-0.555, -0.19 + heave), (-0.40, -0.115 + heave), (0.35, -0.095 + heave),
        (0.56, -0.15 + heave)], [0.022, 0.025, 0.025, 0.015], inks.accent(0.9, 0.4),
        has_rim=False)  # fmt: skip
    for x in (-0.46, -0.38):
        pen.disc(x, -0.155 + heave + (0.03 if x < -0.42 else 0.05), 0.014, inks.glow, has_rim=False)
    pen.light(-0.56, -0.30 + heave, 0.22, 0.6)


def balloon(pen: Pen, motion: Motion) -> None:
    """A hot-air balloon, its burner breathing."""
    inks, t = pen.inks, motion.time_s + motion.phase
    pen.turn = 0.025 * math.sin(0.7 * t)
    rise = 0.02 * math.sin(0.9 * t)
    burn = max(0.0, math.sin(0.9 * t + 1.0)) ** 2
    y, gores = -0.62 + rise, 7
    edge_x = [-0.34 + 0.68 * index / gores for index in range(gores + 1)]
    for index in range(gores):
        left, right = edge_x[index], edge_x[index + 1]
        colour = inks.accent(0.95, 0.3 + 0.08 * index) if index % 2 else inks.tone(0.92 - 0.05 * abs(index - 4))
        outline = [
            (
                x * math.sin(math.pi * (0.06 + 0.94 * s)) ** 0.62 * (1.0 if s < 0.55 else 1 - (s - 0.55) * 1.25),
                y - 0.36 + 0.80 * s,
            )
            for x in (left, right)
            for s in ((0.0, 0.12, 0.28, 0.45, 0.62, 0.8, 1.0) if x == left else (1.0, 0.8, 0.62, 0.45, 0.28, 0.12, 0.0))
        ]
        pen.shape(outline, colour, is_smooth=False)
    for x in (-0.055, 0.055):
        pen.line([(x * 1.6, y + 0.44), (x, y + 0.57)], 0.008, inks.tone(0.1))
    pen.light(0.0, y + 0.44, 0.22 + 0.10 * burn, 0.5 + 0.4 * burn)
    pen.shape(
        [(-0.065, y + 0.55), (0.065, y + 0.55), (0.055, y + 0.645), (-0.055, y + 0.645)],
        inks.tone(0.12),
        is_smooth=False,
    )
    pen.limb([(-0.07, y + 0.55), (0.07, y + 0.55)], [0.02, 0.02], inks.tone(0.5), has_rim=False)


def campfire(pen: Pen, motion: Motion) -> None:
    """A fire on the ground; it lights what is near."""
    inks, t = pen.inks, motion.time_s
    flicker = 0.5 + 0.28 * math.sin(3.1 * t) + 0.22 * math.sin(5.3 * t + 1.0)
    pen.light(0.0, -0.22, 1.25, 0.34 + 0.06 * flicker, inks.warm)
    pen.light(0.0, -0.20, 0.55, 0.55 + 0.10 * flicker, inks.warm)
    for tilt in (-1.0, 1.0):
        pen.limb([(-0.24 * tilt, 0.02), (0.20 * tilt, -0.10)], [0.07, 0.06], inks.tone(0.03))
    for wide, tall, colour in (
        (0.17, 0.52, inks.warm),
        (0.115, 0.36, mix(inks.warm, inks.glow, 0.6)),
        (0.06, 0.20, inks.glow),
    ):
        top = -tall * (0.9 + 0.14 * math.sin(4.3 * t + tall * 9))
        lick = 0.05 * math.sin(3.7 * t + tall * 5)
        pen.shape([(-wide, -0.06), (-wide * 0.85, top * 0.42), (-wide * 0.25 + lick * 0.5, top * 0.62), (lick, top),
            (wide * 0.45 + lick * 0.4, top * 0.55), (wide * 0.9, top * 0.36), (wide * 0.8, -0.06), (0.0, 0.0)], colour,
            has_rim=False)  # fmt: skip
