"""The cast: which figure stands where, how large, which way it looks, and how it moves through the shot."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from msgspec import Struct

from bus.plan import Movement, ShotSize
from services.creator.renderers.stage import animals, creatures, people, portrait, things
from services.creator.renderers.stage.camera import FRAMINGS, View, apply
from services.creator.renderers.stage.layers import Compositor
from services.creator.renderers.stage.lexicon import Action, Place, Subject, Weather
from services.creator.renderers.stage.pen import Inks, Motion, Pen
from services.creator.renderers.stage.words import Reading

_FIGURES: Final[dict[Subject, Callable[[Pen, Motion], None]]] = {
    Subject.ROWER: people.rower,
    Subject.ASTRONAUT: people.astronaut,
    Subject.ROBOT: people.robot,
    Subject.PERSON: people.person,
    Subject.CAT: animals.cat,
    Subject.DOG: animals.dog,
    Subject.HORSE: animals.horse,
    Subject.BIRD: creatures.bird,
    Subject.FISH: creatures.fish,
    Subject.WHALE: creatures.whale,
    Subject.DRAGON: creatures.dragon,
    Subject.CAR: things.car,
    Subject.TRAIN: things.train,
    Subject.ROCKET: things.rocket,
    Subject.SHIP: things.ship,
    Subject.BALLOON: things.balloon,
    Subject.LIGHTHOUSE: things.lighthouse,
    Subject.HOUSE: things.house,
    Subject.TREE: things.tree,
    Subject.FLOWER: things.flower,
    Subject.CAMPFIRE: things.campfire,
}


class Stature(Struct, frozen=True):
    """How large a figure's unit is next to a person, and how large it may become in a close shot."""

    factor: float
    largest: float
    in_air: bool = False
    middle: float = -0.5
    """Its visual middle in its own units, for what fills the frame."""
    head: tuple[float, float] = (0.0, -0.5)
    """What a close shot looks at, in its own units."""


_STATURES: Final = {
    Subject.ROWER: Stature(1.05, 0.86, middle=-0.36, head=(-0.05, -0.6)),
    Subject.ASTRONAUT: Stature(1.0, 1.75, head=(0.0, -0.88)),
    Subject.ROBOT: Stature(0.95, 1.6, head=(0.0, -0.86)),
    Subject.PERSON: Stature(1.0, 1.1, head=(0, -0.9)),
    Subject.CAT: Stature(0.80, 0.80, middle=-0.28, head=(0.1, -0.6)),
    Subject.DOG: Stature(0.95, 0.95, middle=-0.4, head=(0.46, -0.62)),
    Subject.HORSE: Stature(1.15, 0.86, middle=-0.5, head=(0.5, -0.82)),
    Subject.BIRD: Stature(0.62, 0.60, in_air=True, middle=0.0, head=(0.15, -0.05)),
    Subject.FISH: Stature(0.46, 0.40, in_air=True, middle=0.0, head=(0.2, 0.0)),
    Subject.WHALE: Stature(0.75, 0.52, in_air=True, middle=0.0, head=(0.45, 0.02)),
    Subject.DRAGON: Stature(1.1, 0.52, in_air=True, middle=0.0, head=(0.55, -0.2)),
    Subject.CAR: Stature(0.85, 0.66, middle=-0.38, head=(0.4, -0.4)),
    Subject.TRAIN: Stature(0.9, 0.62, middle=-0.4, head=(0.5, -0.4)),
    Subject.ROCKET: Stature(1.3, 0.56, in_air=True, middle=-0.4, head=(0, -0.6)),
    Subject.SHIP: Stature(1.5, 0.82, middle=-0.45, head=(0.0, -0.45)),
    Subject.BALLOON: Stature(1.5, 0.82, in_air=True, middle=-0.5, head=(0, -0.6)),
    Subject.LIGHTHOUSE: Stature(2.4, 0.86, middle=-0.5, head=(0, -0.82)),
    Subject.HOUSE: Stature(1.6, 0.86, middle=-0.4, head=(-0.1, -0.35)),
    Subject.TREE: Stature(2.2, 0.90, middle=-0.5, head=(0, -0.65)),
    Subject.CAMPFIRE: Stature(0.75, 0.85, middle=-0.25, head=(0.0, -0.25)),
    Subject.FLOWER: Stature(1.0, 0.92, middle=-0.55, head=(0.03, -0.8)),
}
_UPRIGHT: Final = (Subject.PERSON, Subject.ASTRONAUT, Subject.ROBOT)
_CLOSE: Final = (ShotSize.CLOSE_UP, ShotSize.EXTREME_CLOSE_UP)


class Mark(Struct, frozen=True, kw_only=True):
    """Where a figure stands in the frame at rest, in frame shares, and how large its unit is in frame heights."""

    x: float
    foot: float
    size: float
    facing: float
    ground: float = 0.9
    """Where the ground is nearest to the subject; below the foot of what flies."""
    is_portrait: bool = False


def mark_of(reading: Reading, shot: ShotSize, movement: Movement, side: float, aspect: float) -> Mark:
    """Return where the subject stands, by the rule of thirds, with room in front of it.

    Args:
        side: -1 puts it into the left third, 1 into the right.
        aspect: width by height; a narrow frame makes figures smaller.
    """
    subject, framing = reading.subject, FRAMINGS[shot]
    stature = _STATURES[subject]
    narrow = min(1.0, 0.42 + 0.36 * aspect)
    x = 0.5 + side * (
        0.16 if shot in (ShotSize.EXTREME_WIDE, ShotSize.WIDE) else 0.10 if shot is ShotSize.FULL else 0.06
    )
    facing = -side
    if movement in (Movement.TRACK_RIGHT, Movement.PAN_RIGHT):
        facing, x = 1.0, 0.5 - abs(x - 0.5)
    elif movement in (Movement.TRACK_LEFT, Movement.PAN_LEFT):
        facing, x = -1.0, 0.5 + abs(x - 0.5)
    if subject in (Subject.PERSON, Subject.ROWER) and shot in _CLOSE:
        size = (0.66 if shot is ShotSize.CLOSE_UP else 0.98) * min(1.0, 0.5 + 0.4 * aspect)
        return Mark(x=x, foot=0.50 + 0.42 * size, size=size, facing=side, is_portrait=True)
    size = min(framing.height * stature.factor, stature.largest) * narrow
    if shot in _CLOSE:
        # Close means close to the head, or to what stands for one.
        head_x, head_y = stature.head
        if subject is Subject.CAT and reading.action is Action.SLEEP:
            head_x, head_y = 0.22, -0.22
        size = stature.largest * narrow * (1.2 if shot is ShotSize.CLOSE_UP else 1.7)
        foot = 0.47 - head_y * size
        return Mark(
            x=x - facing * head_x * size / aspect,
            foot=foot,
            size=size,
            facing=facing,
            ground=min(foot, 0.97) if not stature.in_air else 0.95,
        )
    if stature.in_air:
        height = 0.42 if reading.place not in (Place.UNDERWATER, Place.SPACE) else 0.50
        foot = height - stature.middle * size
    elif subject in _UPRIGHT and size > 0.75:
        foot = 0.15 + size * 1.06
    else:
        foot = max(min(framing.foot, 0.93), min(0.95, 0.52 - stature.middle * size))
    if reading.place is Place.SPACE and size <= 0.75:
        foot = 0.50 - stature.middle * size
    return Mark(x=x, foot=foot, size=size, facing=facing, ground=min(0.95, framing.foot) if stature.in_air else foot)


def is_mobile(subject: Subject) -> bool:
    """Say whether it can go somewhere."""
    return subject not in (Subject.FLOWER, Subject.LIGHTHOUSE, Subject.HOUSE, Subject.TREE, Subject.CAMPFIRE)


class Actor:
    """One figure on its mark."""

    def __init__(
        self,
        subject: Subject,
        reading: Reading,
        mark: Mark,
        inks: Inks,
        *,
        depth: float,
        phase: float,
        light_side: float,
        duration_s: float,
        casts_shadow: bool,
        floats: bool = False,
        is_followed: bool = False,
    ) -> None:
        self.is_followed = is_followed
        self.subject, self.reading, self.mark, self.inks = subject, reading, mark, inks
        self.depth, self.phase, self.light_side, self.duration_s = depth, phase, light_side, duration_s
        self.casts_shadow, self.floats = casts_shadow, floats
        traits = reading.traits
        if Weather.RAIN not in reading.weather or reading.place in (Place.INTERIOR, Place.STUDIO):
            traits = traits - {"umbrella"}
        self._traits = traits
        self._draw = portrait.portrait if mark.is_portrait else _FIGURES[subject]

    def draw(self, stage: Compositor, view: View, time_s: float, hidden_from: int) -> None:
        """Draw the figure as the camera sees it at this time."""
        matrix = stage.lens.plane(view, self.depth, 0.0, 0.0)
        x, y = self._place(time_s)
        if self.is_followed:
            x += 0.82 * view.right
        at_x, at_y = apply(matrix, x * stage.width, y * stage.height)
        zoom = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        size = self.mark.size * stage.height * zoom
        facing = self.light_side if self.mark.is_portrait else self.mark.facing
        if self.casts_shadow:
            self._shadow(stage, at_x, at_y, size)
        pen = Pen(stage, self.inks, at_x, at_y, size, facing, self.light_side)
        if self.floats:
            pen.turn = 0.16 * math.sin(0.45 * time_s + self.phase) - 0.12
        self._draw(pen, Motion(time_s, self.reading.action, self._traits, self.phase))
        pen.ink()

    def _place(self, time_s: float) -> tuple[float, float]:
        """Return where the foot is, in frame shares: who runs gets somewhere, who floats drifts."""
        x, y, share = self.mark.x, self.mark.foot, time_s / max(0.1, self.duration_s) - 0.5
        pace = {Action.RUN: 0.22, Action.WALK: 0.09}.get(self.reading.action, 0.0)
        match self.subject:
            case _ if self.is_followed:
                pass
            case Subject.PERSON | Subject.DOG | Subject.CAT | Subject.HORSE | Subject.ASTRONAUT | Subject.ROBOT:
                x += self.mark.facing * pace * share * min(1.0, 0.4 + self.mark.size)
            case Subject.CAR | Subject.TRAIN | Subject.DRAGON | Subject.BIRD:
                x += self.mark.facing * 0.20 * share
            case Subject.FISH | Subject.WHALE | Subject.SHIP | Subject.ROWER:
                x += self.mark.facing * 0.10 * share
            case Subject.ROCKET:
                x, y = x + self.mark.facing * 0.10 * share, y - 0.10 * share
            case Subject.BALLOON:
                y -= 0.05 * share
            case _:
                pass
        if self.floats or self.subject in (Subject.FISH, Subject.BIRD, Subject.DRAGON):
            y += 0.012 * math.sin(1.1 * time_s + self.phase)
            x += 0.006 * math.sin(0.7 * time_s + 2 * self.phase)
        return x, y

    def _shadow(self, stage: Compositor, x: float, y: float, size: float) -> None:
        """Darken the ground around the foot, longer away from the light."""
        wide, tall = size * 0.34, size * 0.035
        x0, x1 = max(0, int(x - wide * 2.2)), min(stage.width, int(x + wide * 2.2) + 1)
        y0, y1 = max(0, int(y - tall * 2)), min(stage.height, int(y + tall * 2.5) + 1)
        if x0 >= x1 or y0 >= y1:
            return
        across = (np.arange(x0, x1, dtype=np.float32)[None, :] - x + self.light_side * wide * 0.45) / (wide * 1.3)
        down = (np.arange(y0, y1, dtype=np.float32)[:, None] - y) / (tall * 1.3)
        dark = 0.55 * np.exp(-(across**2 + down**2))
        keep = cv2.cvtColor(np.rint((1.0 - dark) * 255).astype(np.uint8), cv2.COLOR_GRAY2BGRA)
        part = stage.frame[y0:y1, x0:x1]
        cv2.multiply(part, keep, dst=part, scale=1.0 / 255.0)
