"""Set pieces: what many sets have in common, from the sky to the air before the lens."""

from __future__ import annotations

import numpy as np

from services.creator.renderers.stage import land
from services.creator.renderers.stage.camera import View, apply
from services.creator.renderers.stage.cast import Mark
from services.creator.renderers.stage.design import Design, Piece
from services.creator.renderers.stage.layers import Compositor, Sheet, merged
from services.creator.renderers.stage.lexicon import Place, Subject, Weather
from services.creator.renderers.stage.palette import Colour
from services.creator.renderers.stage.skies import sky_sheets
from services.creator.renderers.stage.weather import Air

_BURNING = (Place.FOREST, Place.HILLS, Place.MOUNTAINS, Place.DESERT, Place.SEA)
_WARMED = (Subject.PERSON, Subject.DOG, Subject.CAT, Subject.HORSE, Subject.ROBOT, Subject.ASTRONAUT)
"""Who sits by a fire, and where one burns."""


def sky(design: Design) -> list[Sheet]:
    """Return the sky of this light, with its clouds."""
    reading = design.reading
    return sky_sheets(design.sky, reading.light, reading.style, design.horizon, design.sun)


def cast(design: Design, *, shadow: bool = True, floats: bool = False) -> list[Piece]:
    """Return the subject; several of a kind stand in a loose group, the others farther off and smaller."""
    reading, mark = design.reading, design.mark
    if reading.is_empty:
        return []
    casts_shadow = shadow and not mark.is_portrait
    items: list[Piece] = []
    if reading.count > 1 and not mark.is_portrait:
        company = _company(mark, is_flock=reading.subject in (Subject.FISH, Subject.BIRD))
        for other, share, phase in company[:1] if reading.count == 2 else company:
            depth = 0.6 + 0.4 * share
            items.append(design.actor(reading.subject, other, depth, phase=phase, shadow=casts_shadow, floats=floats))
    items.append(design.actor(reading.subject, mark, 1.0, shadow=casts_shadow, floats=floats))
    if "fire" in reading.traits and reading.place in _BURNING and reading.subject in _WARMED and not mark.is_portrait:
        beside = Mark(
            x=mark.x - 0.42 * mark.size * design.side, foot=min(mark.foot, 0.93), size=0.55 * mark.size, facing=1.0
        )
        items.append(design.actor(Subject.CAMPFIRE, beside, 1.0))
    return items


def _company(mark: Mark, *, is_flock: bool) -> list[tuple[Mark, float, float]]:
    """Return where the others of a group are, how large next to the first, and how far apart in their movements."""
    offsets = [(-0.30, -0.055, 0.70, 2.1), (0.26, -0.035, 0.80, 4.0)]
    if is_flock:
        offsets += [
            (-0.20, -0.17, 0.45, 1.2),
            (0.30, 0.12, 0.55, 5.1),
            (0.08, -0.24, 0.36, 3.3),
            (-0.34, 0.14, 0.6, 0.4),
        ]
    spread = (1.6 if is_flock else 1.0) * min(1.0, 0.55 + mark.size)
    rise = 1.0 if is_flock else 1.0 - max(0.0, mark.foot - 0.9)
    return [
        (
            Mark(x=mark.x + dx * spread, foot=mark.foot + dy * rise, size=mark.size * share, facing=mark.facing),
            share,
            phase,
        )
        for dx, dy, share, phase in offsets
    ]


def props(design: Design, depth: float, base: float, size: float) -> list[Piece]:
    """Return what the words put into the distance, on the other side of the subject."""
    items: list[Piece] = []
    for index, subject in enumerate(design.reading.props[:2]):
        x = float(np.clip(design.mark.x - design.side * (0.34 + 0.2 * index), 0.08, 0.92))
        scale = size * {Subject.LIGHTHOUSE: 1.0, Subject.HOUSE: 0.5, Subject.TREE: 0.7, Subject.SHIP: 0.5}[subject]
        items.append(design.actor(subject, Mark(x=x, foot=base, size=scale, facing=1.0), depth))
    return items


def mist(design: Design, at: float, tall: float, strength: float, depth: float) -> Sheet:
    """Return a bank of mist around a height of the frame; thick where the words speak of fog."""
    if Weather.FOG in design.reading.weather:
        strength, tall = min(0.95, strength * 2.2), tall * 1.7
    return land.haze(design.sky, at=at, tall=tall, tone=design.tones.haze, strength=strength, depth=depth)


def in_mist(design: Design, one: Sheet, at: float, tall: float, strength: float) -> Sheet:
    """Return the sheet with a bank of mist before it, painted as one."""
    return merged(one, mist(design, at, tall, strength, one.depth))


def particles(design: Design, weather: Weather, density: float = 1.0, near: float = 1.7) -> Air:
    """Return what this weather fills the air with, up to the depth `near`."""
    return Air(weather, design.rng, design.ramp, design.reading.light, density, near)


def air(design: Design) -> list[Piece]:
    """Return all that is in the air, in a fixed order."""
    return [particles(design, one) for one in sorted(design.reading.weather) if one is not Weather.FOG]


class Lamp:
    """A lamp: a soft light that breathes a little, at a depth of its own."""

    def __init__(self, x: float, y: float, radius: float, strength: float, colour: Colour, depth: float) -> None:
        self.x, self.y, self.radius, self.strength, self.colour, self.depth = x, y, radius, strength, colour, depth

    def draw(self, stage: Compositor, view: View, time_s: float, hidden_from: int) -> None:
        """Add the light to the frame."""
        matrix = stage.lens.plane(view, self.depth, 0.0, 0.0)
        x, y = apply(matrix, self.x * stage.width, self.y * stage.height)
        breath = 1.0 + 0.03 * float(np.sin(2.1 * time_s)) + 0.02 * float(np.sin(5.3 * time_s))
        stage.glow(x, y, self.radius * stage.height, self.colour, self.strength * breath)
