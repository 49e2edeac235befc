"""What flies and what swims: birds, fish, whales, and a dragon."""

from __future__ import annotations

import math

from services.creator.renderers.stage.pen import Motion, Pen, Point


def bird(pen: Pen, motion: Motion) -> None:
    """A bird on the wing, its wing-tips lagging behind the beat."""
    inks, t = pen.inks, motion.time_s + motion.phase
    beat, tip = math.sin(5.6 * t), math.sin(5.6 * t - 0.9)
    body, wing, far = inks.tone(0.30), inks.tone(0.16), inks.tone(0.04)
    for colour, shift, share in ((far, 0.05, 0.9), (wing, 0.0, 1.0)):
        if shift == 0.0:
            pen.shape([(0.30, -0.03), (0.20, -0.075), (0.0, -0.085), (-0.24, -0.035), (-0.42, -0.045),
                (-0.42, 0.015), (-0.2, 0.025), (0.0, 0.065), (0.2, 0.045)], body)  # fmt: skip
        pen.shape([(0.12 + shift, -0.04), (0.10 + shift, -0.04 - 0.36 * beat * share),
            (-0.06 + shift, -0.06 - 0.66 * tip * share - 0.06 * beat),
            (-0.09 + shift, -0.02 - 0.38 * tip * share), (-0.15 + shift, 0.0)], colour)  # fmt: skip
    pen.disc(0.29, -0.05, 0.058, body)
    pen.shape([(0.335, -0.07), (0.42, -0.035), (0.335, -0.03)], inks.accent(0.9, 0.8), is_smooth=False,
        has_rim=False)  # fmt: skip
    pen.disc(0.31, -0.062, 0.010, inks.tone(0.0), has_rim=False)


def fish(pen: Pen, motion: Motion) -> None:
    """A fish that swims with its whole body."""
    inks, t = pen.inks, motion.time_s + motion.phase
    wag = math.sin(6.0 * t)
    back, belly = inks.accent(0.9, 0.5), inks.accent(0.45, 1.0)
    bend = 0.035 * math.sin(6.0 * t + 1.2)
    pen.shape([(-0.30, 0.02 * wag), (-0.56, -0.17 + 0.10 * wag), (-0.47, 0.05 * wag),
        (-0.55, 0.17 + 0.10 * wag)], back)  # fmt: skip
    pen.shape([(0.06, -0.16), (-0.08, -0.29), (-0.22, -0.12)], inks.accent(0.8, 0.25))
    pen.shape([(0.44, 0.0), (0.28, -0.14), (0.05, -0.19 + bend), (-0.18, -0.10 + bend),
        (-0.36, -0.03 + 0.04 * wag), (-0.36, 0.04 + 0.04 * wag), (-0.18, 0.12 + bend),
        (0.05, 0.19 + bend), (0.28, 0.13)], back)  # fmt: skip
    pen.shape([(0.42, 0.015), (0.2, 0.03), (-0.15, 0.03 + bend), (-0.33, 0.02), (-0.18, 0.11 + bend),
        (0.05, 0.175 + bend), (0.28, 0.115)], belly, has_rim=False)  # fmt: skip
    for x in (0.17, -0.05):
        pen.limb([(x, -0.135), (x - 0.035, 0.0), (x, 0.13)], [0.03, 0.05, 0.03], inks.tone(0.95),
            has_rim=False)  # fmt: skip
    pen.shape([(0.08, 0.05), (-0.05, 0.14 + 0.05 * wag), (-0.08, 0.07)], inks.accent(0.8, 0.2), has_rim=False)
    pen.disc(0.30, -0.035, 0.036, inks.tone(1.0), has_rim=False)
    pen.disc(0.307, -0.035, 0.019, inks.tone(0.0), has_rim=False)


def whale(pen: Pen, motion: Motion) -> None:
    """A whale that glides on, its flukes rising and falling."""
    inks, t = pen.inks, motion.time_s
    beat, lag = math.sin(1.5 * t), math.sin(1.5 * t - 0.8)
    back, belly = inks.tone(0.26), inks.tone(0.72)
    pen.turn = 0.05 * math.sin(0.75 * t)
    end = (-0.92, -0.05 - 0.13 * lag)
    pen.shape([end, (end[0] - 0.20, end[1] - 0.10 - 0.09 * lag), (end[0] - 0.13, end[1] + 0.01),
        (end[0] - 0.21, end[1] + 0.10 - 0.09 * lag)], back)  # fmt: skip
    pen.shape([(0.15, 0.10), (0.02, 0.34 + 0.06 * beat), (-0.12, 0.36 + 0.07 * beat), (-0.08, 0.14)],
        inks.tone(0.10))  # fmt: skip
    pen.shape([(0.86, 0.02), (0.72, -0.16), (0.35, -0.24), (-0.05, -0.22),
        (-0.45, -0.13 - 0.04 * beat), (end[0], end[1] - 0.03), (end[0], end[1] + 0.03),
        (-0.45, 0.06 - 0.04 * beat), (0.0, 0.20), (0.45, 0.22), (0.78, 0.13)], back)  # fmt: skip
    pen.shape([(0.85, 0.05), (0.5, 0.06), (0.1, 0.12), (-0.35, 0.06 - 0.03 * beat), (0.0, 0.195),
        (0.45, 0.215), (0.77, 0.135)], belly, has_rim=False)  # fmt: skip
    for index in range(4):
        y = 0.10 + index * 0.026
        pen.line([(0.80 - index * 0.03, y), (0.45, y + 0.035), (0.12, y + 0.035)], 0.006, inks.tone(0.4))
    pen.shape([(0.28, 0.12), (0.17, 0.36 - 0.05 * beat), (0.02, 0.41 - 0.06 * beat), (0.10, 0.16)], back)
    pen.disc(0.60, 0.015, 0.016, inks.tone(1.0), has_rim=False)


def dragon(pen: Pen, motion: Motion) -> None:
    """A dragon in flight: a winding body and beating wings."""
    inks, t = pen.inks, motion.time_s + motion.phase
    beat, tip = math.sin(3.1 * t), math.sin(3.1 * t - 0.8)
    body, wing, far = inks.tone(0.14), inks.accent(0.55, 0.25), inks.tone(0.03)

    def spine(share: float) -> Point:
        return 0.55 - 1.65 * share, -0.05 * beat + 0.13 * math.sin(2.3 * t - 5.0 * share) * (0.25 + share)

    _dragon_wing(pen, beat, tip, 0.10, far)
    pen.limb([spine(index / 9) for index in range(10)], [0.11, 0.19, 0.22, 0.20, 0.16, 0.12, 0.09,
        0.06, 0.04, 0.015], body)  # fmt: skip
    end = spine(1.0)
    pen.shape([(end[0] + 0.02, end[1]), (end[0] - 0.10, end[1] - 0.08), (end[0] - 0.20, end[1]),
        (end[0] - 0.10, end[1] + 0.08)], body, is_smooth=False)  # fmt: skip
    for index in range(2, 8):
        x, y = spine(index / 10)
        pen.shape([(x - 0.04, y - 0.07), (x - 0.045, y - 0.15 + index * 0.006), (x + 0.04, y - 0.075)],
            body, is_smooth=False)  # fmt: skip
    neck = spine(0.0)
    head = (neck[0] + 0.20, neck[1] - 0.17 + 0.03 * math.sin(1.9 * t))
    pen.limb([neck, (neck[0] + 0.10, neck[1] - 0.03), head], [0.13, 0.10, 0.085], body)
    pen.shape([(head[0] - 0.07, head[1] - 0.05), (head[0] + 0.02, head[1] - 0.075),
        (head[0] + 0.20, head[1] - 0.015), (head[0] + 0.21, head[1] + 0.02),
        (head[0] + 0.06, head[1] + 0.055), (head[0] - 0.06, head[1] + 0.05)], body)  # fmt: skip
    for lift in (0.0, 0.03):
        pen.shape([(head[0] - 0.05, head[1] - 0.04 + lift), (head[0] - 0.19, head[1] - 0.12 + lift),
            (head[0] - 0.02, head[1] - 0.06)], body, is_smooth=False)  # fmt: skip
    pen.disc(head[0] + 0.055, head[1] - 0.025, 0.014, inks.glow, has_rim=False)
    _dragon_wing(pen, beat, tip, 0.0, wing)
    if "fire" in motion.traits:
        pen.light(head[0] + 0.35, head[1] + 0.03, 0.5, 0.7 + 0.2 * math.sin(9.0 * t), inks.ramp.accent)


def _dragon_wing(pen: Pen, beat: float, tip: float, shift: float, colour: tuple[int, int, int]) -> None:
    root = (0.26 + shift, -0.08)
    wrist = (0.22 + shift, -0.10 - 0.46 * beat)
    points: list[Point] = [root, wrist]
    for index, (x, share) in enumerate(((-0.22, 1.0), (-0.42, 0.78), (-0.50, 0.5))):
        points.append((x + shift, -0.14 - 0.80 * tip * share - 0.1 * beat))
        points.append((x + shift + 0.06, -0.10 - 0.52 * tip * share + 0.02 * index))
    points.append((-0.28 + shift, -0.06))
    pen.shape(points, colour, is_smooth=False)
    pen.limb([root, wrist, points[2]], [0.06, 0.045, 0.015], pen.inks.tone(0.08))
