"""Sets in the open: sea, mountains, hills, desert, forest, sky, and the ground of other planets."""

from __future__ import annotations

import numpy as np

from bus.plan import ShotSize
from services.creator.renderers.stage import beyond, land, water
from services.creator.renderers.stage.cast import Mark
from services.creator.renderers.stage.design import Design, Piece
from services.creator.renderers.stage.layers import merged
from services.creator.renderers.stage.lexicon import Light, Subject
from services.creator.renderers.stage.pieces import air, cast, in_mist, mist, props, sky

_AFLOAT = (Subject.ROWER, Subject.SHIP, Subject.WHALE, Subject.FISH)
_ALOFT = (Subject.BIRD, Subject.DRAGON, Subject.BALLOON, Subject.ROCKET)
_FAR = (ShotSize.EXTREME_WIDE, ShotSize.WIDE)


def sea(design: Design) -> list[Piece]:
    """A sea with a far coast, and a shore for who doesn't float or fly."""
    tones, horizon, easel, reading, mark = design.tones, design.horizon, design.land, design.reading, design.mark
    coast = land.mountain_range(
        easel, base=horizon + 0.012, rise=0.13 * design.lens_scale, cells=5, tone=tones.far, haze_tone=tones.haze,
        depth=0.05, sun_side=-design.side,
    )  # fmt: skip
    is_bright = reading.light in (Light.DAY, Light.OVERCAST)
    path = {Light.DAY: 0.65, Light.OVERCAST: 0.22, Light.NIGHT: 0.75, Light.NEON: 0.5}.get(reading.light, 1.0)
    waves = water.sea(
        design.sky, horizon=horizon, near_tone=tones.near + (0.06 if is_bright else 0.03),
        far_tone=tones.haze * (0.88 if is_bright else 0.72), light_x=design.sun_x, light=path,
    )  # fmt: skip
    items: list[Piece] = [*sky(design), in_mist(design, coast, horizon, 0.06, 0.35), waves]
    items += props(design, 0.4, horizon + 0.035, 0.36 * design.lens_scale)
    is_ashore = reading.subject not in (*_AFLOAT, *_ALOFT) and not reading.is_empty and not mark.is_portrait
    if is_ashore:
        base = mark.foot + 0.045 if mark.foot < 0.97 else 0.96
        items.append(
            land.hills(easel, base=base, rise=0.06, cells=3, tone=design.ground * 0.8, haze_tone=tones.middle,
            depth=1.0,
                       grain=0.07, haze=0.1)
        )  # fmt: skip
    items += cast(design, shadow=reading.subject not in _ALOFT)
    if is_ashore and design.order.shot in (*_FAR, ShotSize.FULL):
        items.append(land.grass(easel, base=1.02, length=0.18, count=260, tone=tones.front, depth=1.5))
    return items + air(design)


def mountains(design: Design) -> list[Piece]:
    """Two ranges with mist between them, and firs before them."""
    tones, horizon, scale, easel, side = design.tones, design.horizon, design.lens_scale, design.land, -design.side
    high = land.mountain_range(
        easel, base=horizon + 0.05, rise=0.44 * scale, cells=3.2, tone=tones.far, haze_tone=tones.haze, depth=0.06,
        snow=0.24, sun_side=side,
    )  # fmt: skip
    low = land.mountain_range(
        easel, base=horizon + 0.13, rise=0.27 * scale, cells=5, tone=tones.middle, haze_tone=tones.haze, depth=0.20,
        snow=0.10 if design.is_snowy else 0.0, sun_side=side,
    )  # fmt: skip
    firs = land.conifers(
        easel, base=horizon + 0.20, size=0.13 * scale, spacing=0.035, tone=tones.near + 0.04,
        haze_tone=tones.haze, depth=0.45
    )  # fmt: skip
    return [
        *sky(design),
        high,
        in_mist(design, low, horizon + 0.11, 0.07, 0.50),
        mist(design, horizon - 0.02, 0.10, 0.40, 0.28),
        firs,
        *props(design, 0.5, horizon + 0.19, 0.32 * scale),
        *_foreground(design),
        *air(design),
    ]


def hills(design: Design) -> list[Piece]:
    """Rolling land with woods far off: the place of whatever names no other."""
    tones, horizon, scale, easel = design.tones, design.horizon, design.lens_scale, design.land
    distant = land.mountain_range(
        easel, base=horizon + 0.04, rise=0.16 * scale, cells=4, tone=tones.far, haze_tone=tones.haze, depth=0.06,
        sun_side=-design.side,
    )  # fmt: skip
    behind = land.hills(
        easel, base=horizon + 0.07, rise=0.09 * scale, cells=3, haze_tone=tones.haze, depth=0.16,
        tone=design.ground if design.is_snowy else (tones.far + tones.middle) / 2,
    )  # fmt: skip
    firs = land.conifers(
        easel, base=horizon + 0.085, size=0.06 * scale, spacing=0.05, tone=tones.middle, haze_tone=tones.haze,
        depth=0.22,
        haze=0.3,
    )  # fmt: skip
    before = land.hills(
        easel, base=horizon + 0.17, rise=0.10 * scale, cells=2.4, haze_tone=tones.haze, depth=0.42,
        tone=design.ground if design.is_snowy else tones.middle,
    )  # fmt: skip
    items: list[Piece] = [*sky(design), distant, behind, in_mist(design, firs, horizon + 0.06, 0.05, 0.35), before]
    items += props(design, 0.5, horizon + 0.15, 0.34 * scale)
    if not design.reading.props and design.order.shot in _FAR and design.reading.subject is not Subject.TREE:
        x = float(np.clip(design.mark.x - design.side * 0.38, 0.1, 0.9))
        items.append(design.actor(Subject.TREE, Mark(x=x, foot=horizon + 0.16, size=0.24, facing=1.0), 0.5, phase=1.0))
    return [*items, *_foreground(design), *air(design)]


def _foreground(design: Design) -> list[Piece]:
    """Return the ground the subject stands on, the subject, and grass before the lens."""
    tones, easel = design.tones, design.land
    base = min(design.mark.ground, 0.95) - 0.015 if not design.mark.is_portrait else 0.86
    ground = land.hills(
        easel, base=base, rise=0.05, cells=2.0, tone=design.ground, haze_tone=tones.middle, depth=1.0,
        grain=0.075, haze=-0.35
    )  # fmt: skip
    items: list[Piece] = [ground, *cast(design, shadow=design.reading.subject not in _ALOFT)]
    if not design.is_snowy:
        items.append(land.grass(easel, base=base + 0.02, length=0.06, count=700, tone=tones.near * 0.6, depth=1.05))
        if not design.mark.is_portrait:
            items.append(land.grass(easel, base=1.03, length=0.20, count=320, tone=tones.front, depth=1.55))
    return items


def sky_high(design: Design) -> list[Piece]:
    """High above the land, between banks of cloud."""
    tones, horizon = design.tones, design.horizon + 0.16
    peaks = land.mountain_range(
        design.land, base=horizon + 0.06, rise=0.20, cells=4, tone=tones.far, haze_tone=tones.haze, depth=0.05,
        sun_side=-design.side,
    )  # fmt: skip
    return [
        *sky(design),
        peaks,
        land.cloud_bank(design.sky, base=horizon + 0.10, rise=0.10, tone=tones.haze * 0.8, depth=0.12),
        land.cloud_bank(design.sky, base=horizon + 0.19, rise=0.13, tone=tones.haze * 0.95, depth=0.28),
        *cast(design, shadow=False),
        land.cloud_bank(design.sky, base=horizon + 0.36, rise=0.17, tone=tones.haze, depth=1.3),
        *air(design),
    ]


def desert(design: Design) -> list[Piece]:
    """Dunes, one behind the other, and rock far away."""
    tones, horizon, scale, easel, side = design.tones, design.horizon, design.lens_scale, design.land, -design.side
    rock = land.mountain_range(
        easel, base=horizon + 0.02, rise=0.13 * scale, cells=4, tone=tones.far, haze_tone=tones.haze,
        depth=0.05, sun_side=side
    )  # fmt: skip
    items: list[Piece] = [*sky(design), rock]
    # Sand is lighter than other ground.
    lift = 0.16 if design.reading.light in (Light.DAY, Light.DAWN, Light.OVERCAST) else 0.06
    for base, rise, cells, share, depth in ((0.05, 0.09, 3.0, 0.85, 0.14), (0.13, 0.10, 2.2, 0.55, 0.34)):
        tone = tones.near + (tones.far - tones.near) * share + lift
        items.append(
            land.dunes(easel, base=horizon + base, rise=rise * scale, cells=cells, tone=tone, haze_tone=tones.haze,
                       depth=depth, sun_side=side)
        )  # fmt: skip
    items += [mist(design, horizon + 0.05, 0.07, 0.22, 0.3), *props(design, 0.45, horizon + 0.10, 0.30 * scale)]
    base = min(design.mark.ground, 0.95) + 0.02 if not design.mark.is_portrait else 0.9
    items.append(
        land.dunes(easel, base=base, rise=0.07, cells=1.4, tone=tones.near + lift, haze_tone=tones.haze, depth=1.0,
                   sun_side=side)
    )  # fmt: skip
    return [*items, *cast(design, shadow=design.reading.subject not in _ALOFT), *air(design)]


def planet(design: Design) -> list[Piece]:
    """A desert under a stranger's sky, where a moon hangs large."""
    x = float(np.clip(design.sun_x + (0.42 if design.sun_x < 0.5 else -0.42), 0.12, 0.88))
    moon = beyond.planet(
        design.land, x=x, y=design.horizon - 0.36, radius=0.10, depth=0.01, tone=0.7, has_rings=False,
        sun_side=1.0 if design.sun_x > x else -1.0,
    )  # fmt: skip
    backdrop, *ground = desert(design)
    return [backdrop, moon, *ground]


def forest(design: Design) -> list[Piece]:
    """Trunks in the mist with light falling between them, and darker ones close by."""
    tones, horizon, easel, mark = design.tones, design.horizon, design.land, design.mark
    # So many sheets fill the frame here that the farthest, which hardly part from one another, are painted as one.
    backdrop, clouds = sky(design)
    firs = land.conifers(
        easel, base=horizon + 0.05, size=0.55, spacing=0.05, tone=tones.far, haze_tone=tones.haze, depth=0.16
    )  # fmt: skip
    thin, thick = (
        land.trunks(
            easel, base=horizon + base, count=count, thickness=width, depth=depth, keep_clear=clear,
            tone=tones.near + (tones.far - tones.near) * share, haze_tone=tones.haze,
        )
        for base, count, width, share, depth, clear in (
            (0.06, 30, 0.016, 0.70, 0.16, None),
            (0.13, 16, 0.034, 0.25, 0.42, mark.x),
        )
    )  # fmt: skip
    far = merged(in_mist(design, firs, horizon - 0.03, 0.20, 0.45), thin)
    items: list[Piece] = [merged(backdrop, clouds), in_mist(design, far, horizon + 0.06, 0.11, 0.32)]
    items.append(in_mist(design, thick, horizon + 0.13, 0.11, 0.32))
    strength = 0.35 if design.reading.light is Light.NIGHT else 0.7
    items.append(water.light_shafts(easel, x=design.sun_x, strength=strength, tone=0.92))
    items += props(design, 0.6, horizon + 0.18, 0.34)
    base = min(mark.ground, 0.95) - 0.02 if not mark.is_portrait else 0.86
    items.append(
        land.hills(easel, base=base, rise=0.05, cells=2.5, tone=design.ground, haze_tone=tones.middle,
        depth=1.0, grain=0.10,
                   haze=-0.3)
    )  # fmt: skip
    items += cast(design, shadow=design.reading.subject not in _ALOFT)
    if not design.is_snowy:
        items.append(
            land.grass(easel, base=base + 0.03, length=0.09, count=620, tone=tones.near * 0.65, depth=1.08, spread=0.6)
        )
    if not mark.is_portrait:
        close = land.trunks(
            easel, base=1.12, count=4, thickness=0.075, tone=tones.front, haze_tone=tones.front, depth=1.4,
            keep_clear=mark.x
        )  # fmt: skip
        items.append(merged(close, land.canopy(easel, reach=0.05, tone=tones.front + 0.02, depth=1.4)))
    return items + air(design)
