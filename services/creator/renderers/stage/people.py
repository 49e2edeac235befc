"""People and what looks like people: walkers, a rower, an astronaut, a robot, and a face close by."""

from __future__ import annotations

import math

from services.creator.renderers.stage.lexicon import Action
from services.creator.renderers.stage.palette import mix
from services.creator.renderers.stage.pen import Motion, Pen


def person(pen: Pen, motion: Motion) -> None:
    """A figure in a long coat, seen from the side and a little from behind; it walks or stands and breathes."""
    inks, t = pen.inks, motion.time_s + motion.phase
    is_moving = motion.action in (Action.WALK, Action.RUN)
    pace = 5.2 if motion.action is Action.WALK else 9.0
    swing = math.sin(t * pace) * (0.13 if motion.action is Action.WALK else 0.2) if is_moving else 0.035
    bob = abs(math.cos(t * pace)) * 0.012 if is_moving else 0.004 * math.sin(1.6 * t)
    lean = 0.03 if is_moving else 0.0
    breeze = 0.02 * math.sin(1.3 * t) + 0.012 * math.sin(2.9 * t + 1.0)
    dark, cloth, skin = inks.tone(0.0), inks.tone(0.22), inks.skin(0.8)
    hip, neck = (-0.01, -0.50 - bob), (lean, -0.835 - bob)
    for side in (-1.0, 1.0):
        foot_x = swing * side
        lift = max(0.0, -side * math.cos(t * pace)) * 0.05 if is_moving else 0.0
        knee = (foot_x * 0.55 + 0.03, -0.26 - lift * 0.5)
        pen.limb([hip, knee, (foot_x, -0.03 - lift)], [0.105, 0.08, 0.055],
            dark if side < 0 else inks.tone(0.08))  # fmt: skip
        pen.shape([(foot_x - 0.035, -0.045 - lift), (foot_x + 0.03, -0.05 - lift),
            (foot_x + 0.085, -0.012 - lift), (foot_x + 0.07, -lift), (foot_x - 0.035, -lift)], dark,
            is_smooth=False)  # fmt: skip
    is_woman = "woman" in motion.traits
    flare = 0.155 if is_woman else 0.115
    pen.limb([(neck[0] - 0.01, neck[1] + 0.055), (-0.07 - swing * 0.3, -0.63 - bob),
        (0.0 - swing * 0.75, -0.47 - bob)], [0.085, 0.07, 0.05], inks.tone(0.10))  # fmt: skip
    pen.shape([(neck[0] - 0.095, neck[1] + 0.045), (neck[0] - 0.03, neck[1] - 0.005),
        (neck[0] + 0.05, neck[1] + 0.0), (neck[0] + 0.10, neck[1] + 0.06), (0.085, -0.62 - bob),
        (flare + 0.02 + breeze * 0.5, -0.33), (0.03, -0.315), (-flare - breeze * 1.6, -0.325),
        (-0.085, -0.60 - bob)], cloth,)  # fmt: skip
    pen.shape([(neck[0] + 0.02, neck[1] + 0.06), (0.045, -0.60 - bob),
        (flare * 0.7 + breeze * 0.5, -0.345), (flare + 0.012 + breeze * 0.5, -0.345),
        (0.085, -0.60 - bob), (neck[0] + 0.09, neck[1] + 0.07)], inks.tone(0.34),
        has_rim=False)  # fmt: skip
    hand = (0.02 + swing * 0.85, -0.455 - bob)
    if "umbrella" in motion.traits:
        hand = (0.115, -0.66 - bob)
    pen.limb([(neck[0] + 0.02, neck[1] + 0.06), (0.055 + swing * 0.35, -0.635 - bob), hand], [0.085,
        0.075, 0.05], inks.tone(0.16))  # fmt: skip
    pen.disc(hand[0], hand[1], 0.026, skin)
    _head(pen, motion, neck, bob)
    pen.limb([(neck[0] - 0.045, neck[1] + 0.012), (neck[0] + 0.055, neck[1] + 0.016)], [0.05, 0.05],
        inks.accent())  # fmt: skip
    pen.limb([(neck[0] - 0.045, neck[1] + 0.02), (neck[0] - 0.12 - breeze, neck[1] + 0.08 + breeze),
        (neck[0] - 0.18 - 2.0 * breeze, neck[1] + 0.11 - 2 * breeze)], [0.04, 0.05, 0.035],
        inks.accent())  # fmt: skip
    if "umbrella" in motion.traits:
        _umbrella(pen, neck, bob, breeze)


def _head(pen: Pen, motion: Motion, neck: tuple[float, float], bob: float) -> None:
    inks = pen.inks
    x, y = neck[0] + 0.012, neck[1] - 0.072
    hair = inks.tone(0.72) if "old" in motion.traits else inks.tone(0.04)
    pen.limb([(neck[0], neck[1] + 0.03), (x, y + 0.02)], [0.055, 0.05], inks.skin(0.5))
    pen.shape([(x - 0.055, y - 0.01), (x - 0.03, y - 0.075), (x + 0.03, y - 0.075), (x + 0.058, y - 0.028),
               (x + 0.076, y + 0.010), (x + 0.058, y + 0.022), (x + 0.052, y + 0.052), (x + 0.01, y + 0.064),
               (x - 0.045, y + 0.04)], inks.skin(0.85))  # fmt: skip
    pen.shape([(x - 0.05, y - 0.02), (x + 0.005, y - 0.03), (x + 0.012, y + 0.03),
        (x + 0.03, y + 0.056), (x, y + 0.062), (x - 0.045, y + 0.04)], inks.skin(0.55),
        has_rim=False)  # fmt: skip
    pen.disc(x + 0.046, y - 0.012, 0.0065, inks.tone(0.0), has_rim=False)
    sway = 0.008 * math.sin(1.7 * motion.time_s)
    if "woman" in motion.traits:
        pen.shape([(x + 0.05, y - 0.055), (x + 0.01, y - 0.092), (x - 0.05, y - 0.075), (x - 0.078, y),
            (x - 0.088 - sway, y + 0.085), (x - 0.07 - 2 * sway, y + 0.175),
            (x - 0.02 - sway, y + 0.12), (x - 0.018, y + 0.02), (x + 0.005, y - 0.035)],
            hair)  # fmt: skip
    else:
        pen.shape([(x + 0.052, y - 0.05), (x + 0.02, y - 0.088), (x - 0.04, y - 0.08),
            (x - 0.07, y - 0.02), (x - 0.055, y + 0.045), (x - 0.025, y + 0.03), (x - 0.015, y - 0.02),
            (x + 0.015, y - 0.042)], hair)  # fmt: skip
    if "beard" in motion.traits or ("old" in motion.traits and "woman" not in motion.traits):
        pen.shape([(x - 0.012, y + 0.015), (x + 0.035, y + 0.025), (x + 0.062, y + 0.03),
            (x + 0.055, y + 0.085), (x + 0.02, y + 0.105), (x - 0.02, y + 0.06)], hair)  # fmt: skip
    if "hat" in motion.traits:
        pen.shape([(x - 0.058, y - 0.045), (x - 0.052, y - 0.115), (x, y - 0.125), (x + 0.05, y - 0.112),
                   (x + 0.058, y - 0.045)], inks.tone(0.12))  # fmt: skip
        pen.limb([(x - 0.085, y - 0.040), (x, y - 0.052), (x + 0.105, y - 0.036)], [0.016, 0.022,
            0.014], inks.tone(0.05))  # fmt: skip


def _umbrella(pen: Pen, neck: tuple[float, float], bob: float, breeze: float) -> None:
    inks = pen.inks
    x, rim_y, top_y = 0.06 + breeze, -1.05 - bob, -1.25 - bob
    pen.limb([(0.118, -0.60 - bob), (x, -1.2 - bob)], [0.014, 0.014], inks.tone(0.3))
    panels = 4
    edges = [x - 0.40 + 0.80 * index / panels for index in range(panels + 1)]
    for index in range(panels):
        left, right = edges[index], edges[index + 1]
        colour = inks.accent(0.95, (0.15, 0.45, 0.75, 0.95)[index if pen.light_side * pen.facing > 0 else 3 - index])
        outline = [(x, top_y)]
        for share in (0.3, 0.6, 0.85, 1.0):
            outline.append((x + (right - x) * share, top_y + (rim_y - top_y) * share**2.1))
        outline += [(right - 0.05, rim_y - 0.022), ((left + right) / 2, rim_y - 0.034),
            (left + 0.05, rim_y - 0.022)]  # fmt: skip
        for share in (1.0, 0.85, 0.6, 0.3):
            outline.append((x + (left - x) * share, top_y + (rim_y - top_y) * share**2.1))
        pen.shape(outline, colour, is_smooth=False)
    pen.limb([(x, top_y), (x, top_y - 0.035)], [0.012, 0.008], inks.tone(0.2))


def rower(pen: Pen, motion: Motion) -> None:
    """Somebody rowing a boat: the oars dip, the back bends, and the boat rocks with the swell."""
    inks, t = pen.inks, motion.time_s
    stroke = t * 2.6
    pull, dip = math.sin(stroke), max(0.0, math.cos(stroke))
    pen.turn = 0.035 * math.sin(1.15 * t)
    heave = 0.018 * math.sin(1.4 * t + 0.6)
    oar_tip = (0.03 - 0.62 * pull, -0.02 + 0.13 * (1 - dip) - 0.13 + heave)
    pen.limb([(0.10, -0.27 + heave), (0.02 - 0.2 * pull, -0.19 + heave), oar_tip], [0.02, 0.02, 0.026],
        inks.tone(0.5))  # fmt: skip
    lean = -0.13 * pull
    hip = (-0.06, -0.20 + heave)
    shoulder = (hip[0] + lean, -0.53 + heave)
    pen.limb([hip, (0.13, -0.27 + heave), (0.24, -0.13 + heave)], [0.13, 0.11, 0.09], inks.tone(0.06))
    pen.shape([(shoulder[0] - 0.10, shoulder[1] + 0.03), (shoulder[0], shoulder[1] - 0.035),
        (shoulder[0] + 0.095, shoulder[1] + 0.03), (hip[0] + 0.12, hip[1]),
        (hip[0] - 0.12, hip[1] + 0.01)], inks.accent(0.85, 0.25))  # fmt: skip
    pen.shape([(shoulder[0] + 0.02, shoulder[1] + 0.02), (shoulder[0] + 0.085, shoulder[1] + 0.04),
        (hip[0] + 0.11, hip[1]), (hip[0] + 0.03, hip[1])], inks.accent(0.85, 0.7),
        has_rim=False)  # fmt: skip
    hand = (0.13 - 0.14 * pull, -0.34 + heave)
    pen.limb([(shoulder[0] + 0.02, shoulder[1] + 0.04),
        ((shoulder[0] + hand[0]) / 2 + 0.02, -0.36 + heave), hand], [0.085, 0.075, 0.055],
        inks.accent(0.8, 0.12))  # fmt: skip
    pen.disc(hand[0], hand[1], 0.032, inks.skin(0.8))
    _head(pen, motion, (shoulder[0] + 0.005, shoulder[1] - 0.01), 0.0)
    hull = [(-0.66, -0.22 + heave), (-0.30, -0.165 + heave), (0.20, -0.165 + heave), (0.72, -0.27 + heave),
            (0.60, -0.06 + heave), (0.42, 0.03), (-0.40, 0.03), (-0.57, -0.06 + heave)]  # fmt: skip
    pen.shape(hull, inks.tone(0.16))
    pen.limb([(-0.645, -0.205 + heave), (-0.30, -0.155 + heave), (0.20, -0.155 + heave),
        (0.70, -0.255 + heave)], [0.022, 0.026, 0.026, 0.02], inks.tone(0.62),
        has_rim=False)  # fmt: skip
    pen.limb([(-0.56, -0.10 + heave), (-0.2, -0.062 + heave), (0.25, -0.065 + heave), (0.62, -0.14 + heave)],
             [0.01, 0.012, 0.012, 0.01], inks.tone(0.34), has_rim=False)  # fmt: skip
    pen.limb([(0.14, -0.29 + heave), (0.02 - 0.33 * pull, -0.13 + heave),
        (oar_tip[0] - 0.03, oar_tip[1] + 0.05)], [0.022, 0.022, 0.02], inks.tone(0.58))  # fmt: skip
    pen.limb([(oar_tip[0] + 0.03, oar_tip[1] + 0.0), (oar_tip[0] - 0.07, oar_tip[1] + 0.085)], [0.035,
        0.06], inks.tone(0.6))  # fmt: skip
    pen.light(0.70, -0.36 + heave, 0.36, 0.5)
    pen.limb([(0.68, -0.26 + heave), (0.70, -0.40 + heave)], [0.014, 0.014], inks.tone(0.1))
    pen.disc(0.70, -0.36 + heave, 0.032, inks.glow, 1.25, has_rim=False)


def astronaut(pen: Pen, motion: Motion) -> None:
    """Somebody in a space suit: bounding steps, or floating where there is no ground."""
    inks, t = pen.inks, motion.time_s + motion.phase
    is_walking = motion.action in (Action.WALK, Action.RUN)
    step = math.sin(t * 3.0) * (0.13 if is_walking else 0.045)
    bob = abs(math.cos(t * 3.0)) * 0.03 if is_walking else 0.006 * math.sin(1.5 * t)
    suit, shade, fold = inks.tone(0.86), inks.tone(0.55), inks.tone(0.36)
    pen.shape([(-0.20, -0.85 - bob), (-0.05, -0.86 - bob), (-0.05, -0.47 - bob), (-0.21, -0.48 - bob)],
        inks.tone(0.45))  # fmt: skip
    for side in (-1.0, 1.0):
        foot = step * side + 0.05 * side
        pen.limb([(0.02 * side, -0.45 - bob), (foot * 0.7 + 0.035, -0.25 - bob * 0.5), (foot, -0.05)],
                 [0.155, 0.14, 0.12], shade if side < 0 else suit)  # fmt: skip
        pen.shape([(foot - 0.07, -0.085), (foot + 0.05, -0.085), (foot + 0.12, -0.03),
            (foot + 0.11, 0.0), (foot - 0.07, 0.0)], fold)  # fmt: skip
    pen.limb(
        [(-0.02, -0.74 - bob), (-0.10 - step * 0.5, -0.58 - bob), (-0.05 - step, -0.43 - bob)],
        [0.12, 0.115, 0.09],
        shade,
    )
    pen.shape([(-0.13, -0.76 - bob), (0.0, -0.80 - bob), (0.13, -0.76 - bob), (0.135, -0.55 - bob),
        (0.10, -0.42 - bob), (-0.10, -0.42 - bob), (-0.135, -0.55 - bob)], suit)  # fmt: skip
    pen.shape([(-0.13, -0.74 - bob), (-0.04, -0.76 - bob), (-0.05, -0.43 - bob), (-0.10, -0.43 - bob)],
        shade, has_rim=False)  # fmt: skip
    pen.shape([(0.01, -0.67 - bob), (0.105, -0.67 - bob), (0.105, -0.57 - bob), (0.01, -0.57 - bob)],
        fold, is_smooth=False, has_rim=False)  # fmt: skip
    pen.disc(0.035, -0.64 - bob, 0.011, inks.accent(1.0, 0.9), has_rim=False)
    pen.disc(0.075, -0.64 - bob, 0.011, inks.glow, has_rim=False)
    wave = 0.05 * math.sin(2.0 * t)
    pen.limb([(0.09, -0.74 - bob), (0.16 + step * 0.4, -0.60 - bob),
        (0.15 + step * 0.9, -0.45 - bob + wave * 0.4)], [0.12, 0.115, 0.09], suit)  # fmt: skip
    pen.limb([(0.062 + 0.07, -0.715 - bob), (0.155, -0.69 - bob)], [0.03, 0.03], inks.accent(1.0, 0.6),
        has_rim=False)  # fmt: skip
    pen.disc(0.01, -0.895 - bob, 0.125, suit)
    pen.shape([(-0.03, -0.95 - bob), (0.06, -0.985 - bob), (0.125, -0.93 - bob), (0.125, -0.86 - bob),
        (0.06, -0.815 - bob), (-0.03, -0.84 - bob)], inks.tone(0.05), has_rim=False)  # fmt: skip
    pen.shape([(0.0, -0.94 - bob), (0.065, -0.965 - bob), (0.085, -0.95 - bob), (0.02, -0.915 - bob)],
        inks.accent(0.9, 0.9), has_rim=False)  # fmt: skip
    pen.shape(
        [(0.05, -0.84 - bob), (0.105, -0.865 - bob), (0.112, -0.90 - bob), (0.085, -0.87 - bob)],
        inks.glow,
        has_rim=False,
    )


def robot(pen: Pen, motion: Motion) -> None:
    """A friendly machine with a lit face; its antenna blinks slowly."""
    inks, t = pen.inks, motion.time_s + motion.phase
    is_walking = motion.action in (Action.WALK, Action.RUN)
    step = math.sin(t * 4.0) * (0.12 if is_walking else 0.0)
    bob = abs(math.sin(t * 4.0)) * 0.014 if is_walking else 0.007 * math.sin(1.8 * t)
    metal, shade, joint = inks.tone(0.62), inks.tone(0.36), inks.tone(0.14)
    for side in (-1.0, 1.0):
        foot = 0.085 * side + step * side
        pen.limb([(0.075 * side, -0.40 - bob), (foot, -0.20), (foot, -0.05)], [0.06, 0.055, 0.06], joint)
        pen.shape(
            [(foot - 0.075, 0.0), (foot - 0.06, -0.075), (foot + 0.06, -0.075), (foot + 0.10, 0.0)],
            shade,
            is_smooth=False,
        )
    swing = 0.12 * math.sin(1.1 * t) if not is_walking else step
    for side in (-1.0, 1.0):
        pen.limb([(0.19 * side, -0.68 - bob), (0.255 * side, -0.53 - bob),
            (0.235 * side + swing * side, -0.37 - bob)], [0.06, 0.055, 0.05], joint)  # fmt: skip
        pen.disc(0.235 * side + swing * side, -0.355 - bob, 0.046, metal)
    pen.shape([(-0.19, -0.72 - bob), (0.19, -0.72 - bob), (0.165, -0.38 - bob), (-0.165, -0.38 - bob)],
        metal, is_smooth=False)  # fmt: skip
    pen.shape([(-0.19, -0.72 - bob), (-0.07, -0.72 - bob), (-0.08, -0.38 - bob),
        (-0.165, -0.38 - bob)], shade, is_smooth=False, has_rim=False)  # fmt: skip
    pen.shape([(-0.03, -0.64 - bob), (0.13, -0.64 - bob), (0.12, -0.50 - bob), (-0.03, -0.50 - bob)],
        joint, is_smooth=False, has_rim=False)  # fmt: skip
    pulse = 0.6 + 0.4 * math.sin(2.2 * t)
    pen.light(0.05, -0.57 - bob, 0.20, 0.35 * pulse, inks.ramp.accent)
    pen.disc(0.05, -0.57 - bob, 0.034, inks.accent(1.0, 0.9), has_rim=False)
    pen.limb([(0.0, -0.78 - bob), (0.0, -0.72 - bob)], [0.07, 0.09], joint)
    nod = 0.015 * math.sin(0.9 * t)
    pen.shape([(-0.15 + nod, -0.98 - bob), (0.15 + nod, -0.98 - bob), (0.165 + nod, -0.88 - bob),
        (0.14, -0.77 - bob), (-0.14, -0.77 - bob), (-0.165 + nod, -0.88 - bob)], metal,
        is_smooth=False)  # fmt: skip
    pen.shape([(-0.10 + nod, -0.935 - bob), (0.135 + nod, -0.935 - bob), (0.125 + nod, -0.82 - bob),
        (-0.09 + nod, -0.82 - bob)], joint, is_smooth=False, has_rim=False)  # fmt: skip
    blink = 0.15 if math.sin(1.3 * t) > 0.985 else 1.0
    for x in (-0.035, 0.075):
        pen.disc(x + nod, -0.88 - bob, 0.026, inks.glow, blink, has_rim=False)
    pen.light(0.02 + nod, -0.88 - bob, 0.25, 0.45)
    pen.limb([(0.0 + nod, -0.98 - bob), (0.02 + nod, -1.07 - bob)], [0.012, 0.012], joint)
    pen.disc(0.02 + nod, -1.08 - bob, 0.022, mix(inks.tone(0.3), inks.ramp.accent, pulse), has_rim=False)
