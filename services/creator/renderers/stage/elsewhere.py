"""Sets where nobody walks: space, and the bottom of the sea."""

from __future__ import annotations

import numpy as np

from services.creator.renderers.stage import beyond, water
from services.creator.renderers.stage.design import Design, Piece
from services.creator.renderers.stage.lexicon import Subject, Weather
from services.creator.renderers.stage.pieces import air, cast, particles


def space(design: Design) -> list[Piece]:
    """Stars and a nebula, a planet with rings or the curve of one below, and a small moon."""
    easel, sun_side = design.easel, 1.0 if design.sun_x > 0.5 else -1.0
    is_below = bool(design.rng.random() < 0.5)
    x = float(np.clip(design.mark.x - design.side * 0.30, 0.12, 0.88))
    radius, y = (0.85 * design.lens_scale, 1.18) if is_below else (0.27 * design.lens_scale, 0.40)
    large = beyond.planet(
        easel, x=x, y=y, radius=radius, depth=0.10, tone=0.62, has_rings=not is_below, sun_side=sun_side
    )  # fmt: skip
    small = beyond.planet(
        easel, x=float(np.clip(1.05 - x, 0.1, 0.9)), y=0.20, radius=0.055, depth=0.06, tone=0.55, has_rings=False,
        sun_side=sun_side,
    )  # fmt: skip
    figures = cast(design, shadow=False, floats=design.reading.subject is not Subject.ROCKET)
    return [*beyond.starfield(easel), large, small, *figures, particles(design, Weather.DUST, 0.35)]


def underwater(design: Design) -> list[Piece]:
    """A reef in three depths, with light falling through the water."""
    easel = design.easel
    return [
        beyond.deep_water(easel, design.sun_x),
        beyond.reef(easel, base=0.80, rise=0.26, count=26, tone=0.34, haze_tone=0.45, depth=0.14, is_vivid=False),
        water.light_shafts(easel, x=design.sun_x, strength=1.15, tone=0.96, fan=0.6),
        beyond.reef(easel, base=0.92, rise=0.24, count=22, tone=0.20, haze_tone=0.32, depth=0.45, is_vivid=True),
        *cast(design, shadow=False, floats=design.reading.subject not in (Subject.FISH, Subject.WHALE)),
        beyond.reef(easel, base=1.06, rise=0.26, count=14, tone=0.07, haze_tone=0.12, depth=1.35, is_vivid=True),
        *air(design),
        particles(design, Weather.DUST, 0.6),
    ]
