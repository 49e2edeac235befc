"""Animals on four legs: cats, dogs, foxes and horses."""

from __future__ import annotations

import math
from typing import Final

from msgspec import Struct

from services.creator.renderers.stage.lexicon import Action
from services.creator.renderers.stage.palette import Colour
from services.creator.renderers.stage.pen import Motion, Pen, Point


class Build(Struct, frozen=True, kw_only=True):
    """How an animal on four legs is built, in its own height at the shoulder."""

    length: float
    chest: float
    waist: float
    leg: float
    thick: float
    neck: Point
    """From the shoulder to the back of the head."""
    head: float
    snout: float
    tail: tuple[Point, Point]
    tail_width: float
    pace: float


DOG: Final = Build(length=0.60, chest=0.225, waist=0.175, leg=0.31, thick=0.080, neck=(0.15, -0.15),
    head=0.088, snout=0.13, tail=((-0.16, -0.02), (-0.33, 0.02)), tail_width=0.075,
    pace=9.0)  # fmt: skip
FOX: Final = Build(length=0.58, chest=0.185, waist=0.15, leg=0.24, thick=0.058, neck=(0.14, -0.09), head=0.092,
    snout=0.165, tail=((-0.20, 0.03), (-0.47, 0.10)), tail_width=0.12, pace=9.5)  # fmt: skip
HORSE: Final = Build(length=0.60, chest=0.225, waist=0.185, leg=0.42, thick=0.070, neck=(0.20, -0.27),
    head=0.078, snout=0.17, tail=((-0.13, 0.0), (-0.24, 0.20)), tail_width=0.085, pace=8.5)  # fmt: skip
CAT: Final = Build(length=0.60, chest=0.17, waist=0.155, leg=0.30, thick=0.068, neck=(0.09, -0.12),
    head=0.112, snout=0.045, tail=((-0.18, -0.22), (-0.16, -0.42)), tail_width=0.048,
    pace=7.0)  # fmt: skip


def dog(pen: Pen, motion: Motion) -> None:
    """A dog, a wolf or a fox."""
    _four_legs(pen, motion, FOX if "fox" in motion.traits else DOG, "dog")


def horse(pen: Pen, motion: Motion) -> None:
    """A horse; it gallops where the words say so."""
    _four_legs(pen, motion, HORSE, "horse")


def cat(pen: Pen, motion: Motion) -> None:
    """A cat: curled up asleep, sitting with a twitching tail, or on its way."""
    if motion.action is Action.SLEEP:
        _sleeping_cat(pen, motion)
    elif motion.action is Action.STAND:
        _sitting_cat(pen, motion)
    else:
        _four_legs(pen, motion, CAT, "cat")


def _four_legs(pen: Pen, motion: Motion, build: Build, kind: str) -> None:
    inks, t = pen.inks, motion.time_s + motion.phase
    is_running, is_walking = motion.action is Action.RUN, motion.action is Action.WALK
    cycle = t * build.pace * (1.0 if is_running else 0.62)
    reach = build.leg * (0.62 if is_running else 0.30 if is_walking else 0.0)
    bob = (
        (0.045 * math.sin(cycle * 1.0) if is_running else 0.010 * math.sin(cycle * 2))
        if reach
        else 0.004 * math.sin(1.7 * t)
    )
    pitch = 0.06 * math.cos(cycle) if is_running else 0.0
    back = -build.leg - build.chest * 0.9 + bob
    front, rear = build.length / 2, -build.length / 2
    coat, far, near = _coat(pen, build), inks.tone(0.04), inks.tone(0.14)
    front_y, rear_y = back - pitch, back + pitch
    # Far legs first; in a gallop fore and hind legs swing nearly together, in a walk crosswise.
    phases = (0.0, 2.4, 0.7, 3.1) if is_running else (0.0, math.pi / 2, math.pi, 1.5 * math.pi)
    gait = tuple(zip((front, rear, front, rear), phases, (True, True, False, False), strict=True))
    for x, offset, is_far in gait:
        if is_far:
            _leg(pen, x, front_y if x > 0 else rear_y, build, cycle + offset, reach, far, is_front=x > 0)
    _tail(pen, motion, build, rear, rear_y, coat, kind)
    belly = build.chest
    pen.shape([(front + 0.06, front_y + 0.02), (front - 0.04, front_y - 0.045), (0.0, back - 0.01),
        (rear + 0.06, rear_y - 0.04), (rear - 0.06, rear_y + 0.01),
        (rear - 0.05, rear_y + build.waist), (0.0, back + build.waist + 0.015),
        (front - 0.02, front_y + belly + 0.02), (front + 0.075, front_y + belly * 0.55)],
        coat)  # fmt: skip
    pen.shape([(front + 0.01, front_y + 0.0), (0.0, back + 0.02), (rear + 0.02, rear_y),
        (rear + 0.05, rear_y + 0.05), (0.0, back + 0.065), (front, front_y + 0.06)],
        inks.accent(0.85, 0.75) if build is FOX else inks.tone(0.36), has_rim=False)  # fmt: skip
    for x, offset, is_far in gait:
        if not is_far:
            _leg(pen, x, front_y if x > 0 else rear_y, build, cycle + offset, reach, near, is_front=x > 0)
    _neck_and_head(pen, motion, build, front, front_y, kind)


def _coat(pen: Pen, build: Build) -> Colour:
    """Return the colour of the coat: a fox's is the one that stands out in the film."""
    return pen.inks.accent(0.9, 0.22) if build is FOX else pen.inks.tone(0.21)


def _leg(pen: Pen, x: float, back: float, build: Build, phase: float, reach: float, colour: tuple[int, int, int], *,
         is_front: bool) -> None:  # fmt: skip
    top = back + build.chest * 0.55
    swing = math.sin(phase) * reach
    lift = max(0.0, math.cos(phase)) * reach * 0.55
    foot = (x + swing + (0.0 if is_front else 0.01), -lift)
    bend = -0.05 if not is_front else 0.035
    knee = (x + swing * 0.45 + bend + lift * (0.5 if is_front else -0.2), (top + foot[1]) / 2 - lift * 0.1)
    pen.limb(
        [(x, top), knee, (foot[0] - 0.008, foot[1] - 0.02)],
        [build.thick * 1.7, build.thick, build.thick * 0.62],
        colour,
    )
    pen.limb([(foot[0] - 0.012, foot[1] - 0.016), (foot[0] + 0.035, foot[1] - 0.014)], [0.034, 0.03], colour)


def _tail(
    pen: Pen, motion: Motion, build: Build, rear: float, rear_y: float, colour: tuple[int, int, int], kind: str
) -> None:
    wag = 0.05 * math.sin((7.0 if kind == "dog" else 2.2) * motion.time_s + motion.phase)
    stream = 0.22 if motion.action is Action.RUN and kind == "horse" else 0.0
    (x1, y1), (x2, y2) = build.tail
    points = [(rear - 0.03, rear_y + 0.03),
        (rear + x1 - stream * 0.5, rear_y + y1 - stream * 0.25 + wag * 0.5),
        (rear + x2 - stream, rear_y + y2 - stream * 0.75 + wag)]  # fmt: skip
    width = build.tail_width
    if kind == "horse":
        (root_x, root_y), (mid_x, mid_y), (tip_x, tip_y) = points
        lash = 0.02 * math.sin(6.0 * motion.time_s + motion.phase)
        pen.shape([(root_x, root_y - 0.02), (mid_x, mid_y - width * 0.55),
            (tip_x + 0.02, tip_y - width * 0.35), (tip_x - 0.09, tip_y + 0.01 + lash),
            (tip_x - 0.01, tip_y + 0.03), (tip_x - 0.05, tip_y + 0.10 + lash),
            (mid_x + 0.02, mid_y + width * 0.75), (root_x + 0.02, root_y + 0.04)],
            pen.inks.tone(0.03))  # fmt: skip
        return
    if build is FOX:
        pen.limb(points, [width * 0.5, width * 1.25, width * 0.45], colour)
        pen.limb([points[1], points[2]], [width * 0.5, width * 0.42], pen.inks.tone(0.85), has_rim=False)
        return
    pen.limb(points, [width, width, width * 0.6], colour)


def _neck_and_head(pen: Pen, motion: Motion, build: Build, front: float, front_y: float, kind: str) -> None:
    inks, t = pen.inks, motion.time_s + motion.phase
    nod = 0.03 * math.sin(t * build.pace) if motion.action is Action.RUN else 0.012 * math.sin(1.2 * t)
    coat, dark = _coat(pen, build), inks.tone(0.02)
    base = (front - 0.01, front_y + 0.05)
    poll = (front + build.neck[0] + nod * 0.5, front_y + build.neck[1] + nod)
    thick = build.chest
    pen.limb([base, ((base[0] + poll[0]) / 2 + 0.02, (base[1] + poll[1]) / 2 + 0.02), poll],
             [thick, thick * 0.72, build.head * 1.35], coat)  # fmt: skip
    head = build.head
    ear = 1.15 if kind == "horse" else 1.65
    for offset in (-0.03, 0.015):
        pen.shape([(poll[0] + offset - head * 0.28, poll[1] - head * 0.5),
            (poll[0] + offset - head * 0.02, poll[1] - head * ear),
            (poll[0] + offset + head * 0.32, poll[1] - head * 0.5)], coat if offset > 0 else dark,
            is_smooth=False)  # fmt: skip
    if kind == "cat":
        pen.disc(poll[0] + 0.02, poll[1], head, coat, 0.9)
        pen.disc(poll[0] + 0.10, poll[1] + 0.02, head * 0.5, inks.tone(0.3), 0.8, has_rim=False)
        pen.disc(poll[0] + 0.06, poll[1] - 0.02, 0.014, inks.glow, has_rim=False)
        return
    if kind == "horse":
        pen.shape([(poll[0] - head * 0.55, poll[1] - head * 0.35),
            (poll[0] + head * 0.15, poll[1] - head * 0.70),
            (poll[0] + head * 1.25, poll[1] + head * 0.45),
            (poll[0] + head * 2.15, poll[1] + head * 1.45),
            (poll[0] + head * 2.20, poll[1] + head * 1.85),
            (poll[0] + head * 1.75, poll[1] + head * 2.05),
            (poll[0] + head * 1.05, poll[1] + head * 1.45),
            (poll[0] + head * 0.30, poll[1] + head * 1.25),
            (poll[0] - head * 0.35, poll[1] + head * 0.75)], coat)  # fmt: skip
        pen.disc(poll[0] + head * 2.0, poll[1] + head * 1.55, head * 0.10, dark, has_rim=False)
        pen.shape([(poll[0] + head * 0.05, poll[1] - head * 0.75),
            (poll[0] + head * 0.55, poll[1] - head * 0.15),
            (poll[0] + head * 0.35, poll[1] + head * 0.35)], dark, has_rim=False)  # fmt: skip
        pen.disc(poll[0] + head * 0.72, poll[1] + head * 0.30, head * 0.13, dark, has_rim=False)
        _mane(pen, motion, base, poll, head, dark)
        return
    tip = (poll[0] + build.snout, poll[1] + build.snout * 0.28)
    pen.shape([(poll[0] - head * 0.6, poll[1] - head * 0.3), (poll[0] + head * 0.3, poll[1] - head * 0.75),
               (tip[0] - head * 0.3, tip[1] - head * 0.55), (tip[0] + head * 0.32, tip[1] - head * 0.1),
               (tip[0] + head * 0.1, tip[1] + head * 0.5), (poll[0] + head * 0.55, poll[1] + head * 0.8),
               (poll[0] - head * 0.4, poll[1] + head * 0.75)], coat)  # fmt: skip
    pen.disc(poll[0] + head * 0.55, poll[1] - head * 0.10, head * 0.13, dark, has_rim=False)


def _mane(pen: Pen, motion: Motion, base: Point, poll: Point, head: float, colour: tuple[int, int, int]) -> None:
    t = motion.time_s + motion.phase
    flow = 0.09 if motion.action is Action.RUN else 0.02
    mane: list[Point] = [(poll[0] + 0.03, poll[1] - head * 0.7)]
    for index in range(6):
        share = index / 5
        x, y = poll[0] + (base[0] - poll[0]) * share, poll[1] + (base[1] - poll[1]) * share
        wave = 0.022 * math.sin(t * 9.0 - index * 1.3) * (1.0 if flow > 0.05 else 0.25)
        mane.append((x - 0.085 - flow * (1 - share * 0.5) + wave, y - 0.03 + wave * 0.6))
    mane += [(base[0] - 0.05, base[1] - 0.04), ((base[0] + poll[0]) / 2 - 0.03, (base[1] + poll[1]) / 2)]
    pen.shape(mane, colour)


def _sleeping_cat(pen: Pen, motion: Motion) -> None:
    inks, t = pen.inks, motion.time_s
    breath = 0.5 + 0.5 * math.sin(1.5 * t)
    rise = 0.022 * breath
    coat, dark, pale, stripe = inks.tone(0.42), inks.tone(0.16), inks.tone(0.72), inks.tone(0.24)
    pen.shape([(-0.62, -0.06), (-0.58, -0.26 - rise), (-0.36, -0.43 - rise), (-0.05, -0.475 - rise),
        (0.26, -0.40 - rise), (0.47, -0.24), (0.55, -0.06), (0.42, 0.0), (-0.46, 0.0)],
        coat)  # fmt: skip
    pen.shape([(-0.55, -0.04), (-0.50, -0.14), (-0.2, -0.10), (0.2, -0.10), (0.5, -0.07), (0.40, 0.0),
        (-0.44, 0.0)], dark, has_rim=False)  # fmt: skip
    for x, size in ((-0.34, 0.8), (-0.21, 1.0), (-0.07, 1.05), (0.07, 0.95)):
        top = -0.455 - rise + abs(x + 0.05) * 0.22
        pen.limb([(x, top + 0.015), (x - 0.03, top + 0.10 * size), (x - 0.075, top + 0.19 * size)],
            [0.035, 0.03, 0.008], stripe, has_rim=False)  # fmt: skip
    flick = 0.025 * max(0.0, math.sin(0.9 * t)) ** 4
    pen.limb([(-0.56, -0.08), (-0.45, -0.015), (-0.10, -0.025), (0.16, -0.05), (0.27, -0.075 - flick)],
             [0.085, 0.10, 0.10, 0.09, 0.05], coat)  # fmt: skip
    pen.limb([(0.10, -0.054), (0.19, -0.06), (0.275, -0.077 - flick)], [0.088, 0.078, 0.05], stripe,
        has_rim=False)  # fmt: skip
    x, y = 0.40, -0.185 - rise * 0.35
    twitch = 0.012 * max(0.0, math.sin(1.3 * t + 2.0)) ** 8
    pen.shape([(x - 0.15, y - 0.06), (x - 0.135, y - 0.235 - twitch), (x - 0.02, y - 0.13)], coat,
        is_smooth=False)  # fmt: skip
    pen.shape([(x + 0.03, y - 0.13), (x + 0.135, y - 0.225 - twitch), (x + 0.155, y - 0.05)], coat,
        is_smooth=False)  # fmt: skip
    pen.shape([(x - 0.125, y - 0.09), (x - 0.118, y - 0.195 - twitch), (x - 0.055, y - 0.13)],
        inks.accent(0.5, 0.6), is_smooth=False, has_rim=False)  # fmt: skip
    pen.shape([(x + 0.06, y - 0.125), (x + 0.118, y - 0.185 - twitch), (x + 0.13, y - 0.08)],
        inks.accent(0.5, 0.6), is_smooth=False, has_rim=False)  # fmt: skip
    pen.shape([(x - 0.17, y - 0.02), (x - 0.12, y - 0.125), (x, y - 0.155), (x + 0.12, y - 0.12),
        (x + 0.175, y - 0.01), (x + 0.12, y + 0.10), (x, y + 0.135), (x - 0.12, y + 0.10)],
        coat)  # fmt: skip
    pen.shape([(x - 0.065, y + 0.03), (x, y + 0.0), (x + 0.075, y + 0.03), (x + 0.06, y + 0.10),
        (x, y + 0.125), (x - 0.06, y + 0.10)], pale, has_rim=False)  # fmt: skip
    for side in (-1.0, 1.0):
        pen.line(
            [(x + side * 0.11, y - 0.005), (x + side * 0.075, y + 0.022), (x + side * 0.035, y + 0.002)],
            0.013,
            inks.tone(0.02),
        )
        pen.line([(x + side * 0.05, y + 0.06), (x + side * 0.15, y + 0.05),
            (x + side * 0.22, y + 0.065)], 0.005, pale)  # fmt: skip
        pen.line([(x + side * 0.05, y + 0.07), (x + side * 0.14, y + 0.085),
            (x + side * 0.20, y + 0.11)], 0.005, pale)  # fmt: skip
    for dx in (-0.04, 0.0, 0.04):
        pen.line([(x + dx, y - 0.135), (x + dx * 0.9, y - 0.085)], 0.014, stripe)
    pen.shape([(x - 0.022, y + 0.03), (x + 0.022, y + 0.03), (x, y + 0.055)], inks.accent(0.8, 0.7),
        has_rim=False)  # fmt: skip
    pen.line([(x - 0.045, y + 0.068), (x - 0.022, y + 0.086), (x, y + 0.068), (x + 0.022, y + 0.086),
        (x + 0.045, y + 0.068)], 0.009, inks.tone(0.1))  # fmt: skip
    pen.limb([(x - 0.22, -0.035), (x - 0.02, -0.03)], [0.09, 0.085], pale)


def _sitting_cat(pen: Pen, motion: Motion) -> None:
    inks, t = pen.inks, motion.time_s
    sway, breath = 0.03 * math.sin(1.1 * t), 0.006 * math.sin(1.8 * t)
    coat, dark, pale = inks.tone(0.34), inks.tone(0.14), inks.tone(0.70)
    pen.limb(
        [(-0.20, -0.06), (-0.38, -0.03), (-0.47, -0.14 - sway), (-0.42 + sway, -0.27 - sway)],
        [0.08, 0.08, 0.075, 0.05],
        coat,
    )
    pen.shape([(-0.27, -0.02), (-0.30, -0.20), (-0.20, -0.42), (-0.06, -0.62 - breath),
        (0.08, -0.64 - breath), (0.155, -0.48), (0.16, -0.22), (0.19, 0.0), (-0.20, 0.0)],
        coat)  # fmt: skip
    pen.shape([(-0.26, -0.03), (-0.21, -0.22), (-0.06, -0.26), (0.0, -0.10), (-0.03, 0.0),
        (-0.20, 0.0)], dark, has_rim=False)  # fmt: skip
    pen.limb([(0.09, -0.42), (0.12, -0.20), (0.13, -0.03)], [0.12, 0.085, 0.07], coat)
    pen.limb([(0.10, -0.02), (0.20, -0.02)], [0.05, 0.05], pale)
    pen.shape([(0.05, -0.58), (0.14, -0.55), (0.15, -0.42), (0.09, -0.36), (0.05, -0.45)], pale,
        has_rim=False)  # fmt: skip
    x, y = 0.075 + 0.3 * sway, -0.76 - breath
    for side in (-1.0, 1.0):
        pen.shape(
            [(x + side * 0.035, y - 0.10), (x + side * 0.125, y - 0.235), (x + side * 0.155, y - 0.03)],
            coat,
            is_smooth=False,
        )
    pen.shape([(x - 0.155, y), (x - 0.11, y - 0.115), (x, y - 0.14), (x + 0.11, y - 0.115),
        (x + 0.155, y), (x + 0.10, y + 0.10), (x, y + 0.13), (x - 0.10, y + 0.10)], coat)  # fmt: skip
    pen.shape([(x - 0.06, y + 0.03), (x + 0.0, y), (x + 0.06, y + 0.03), (x + 0.045, y + 0.10),
        (x - 0.045, y + 0.10)], pale, has_rim=False)  # fmt: skip
    blink = 0.12 if math.sin(0.8 * t) > 0.97 else 1.15
    for side in (-1.0, 1.0):
        pen.disc(x + side * 0.062, y - 0.015, 0.030, inks.glow, blink, has_rim=False)
        pen.disc(x + side * 0.062, y - 0.015, 0.011, inks.tone(0.0), blink * 2.2, has_rim=False)
    pen.shape([(x - 0.02, y + 0.04), (x + 0.02, y + 0.04), (x, y + 0.065)], inks.accent(0.8, 0.6),
        has_rim=False)  # fmt: skip
