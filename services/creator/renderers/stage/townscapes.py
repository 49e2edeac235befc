"""Sets that people built: city, street, room and studio."""

from __future__ import annotations

from msgspec import structs

from bus.plan import ShotSize
from services.creator.renderers.stage import beyond, built, land, water
from services.creator.renderers.stage.design import Design, Piece
from services.creator.renderers.stage.layers import Sheet, flattened, merged
from services.creator.renderers.stage.lexicon import Light, Style, Subject, Weather
from services.creator.renderers.stage.pieces import Lamp, air, cast, in_mist, particles, sky
from services.creator.renderers.stage.skies import sky_sheets

_NEAR = (ShotSize.MEDIUM, ShotSize.CLOSE_UP, ShotSize.EXTREME_CLOSE_UP)
_SMALL = (Subject.CAT, Subject.FLOWER, Subject.BIRD, Subject.ROBOT)


def city(design: Design) -> list[Piece]:
    """A skyline in three depths, seen from a roof."""
    tones, horizon, scale, easel, mark = design.tones, design.horizon, design.lens_scale, design.land, design.mark
    lit = {Light.DAY: 0.02, Light.OVERCAST: 0.10, Light.DAWN: 0.16}.get(design.reading.light, 0.30)
    items: list[Piece] = [*sky(design)]
    for base, rise, width, share, depth in (
        (0.06, 0.46, 0.050, 1.0, 0.05),
        (0.12, 0.36, 0.075, 0.5, 0.12),
        (0.20, 0.26, 0.110, 0.0, 0.25),
    ):
        row = built.skyline(
            easel, base=horizon + base, rise=rise * scale, width=width * scale, haze_tone=tones.haze, depth=depth,
            tone=tones.middle + (tones.far - tones.middle) * share, lit=lit * (1.0 - 0.4 * share),
        )  # fmt: skip
        items.append(in_mist(design, row, horizon + base - 0.02, 0.09, 0.34))
    base = min(mark.ground, 0.95) if not mark.is_portrait else 0.9
    roof = built.rooftop(easel, base=base, tone=tones.near, depth=1.0, light=0.12)
    return [*items, roof, *cast(design), *air(design)]


def street(design: Design) -> list[Piece]:
    """House fronts that recede on either side of a road, wet where it rains."""
    tones, horizon, easel, reading = design.tones, design.horizon, design.land, design.reading
    is_neon = reading.light in (Light.NEON, Light.NIGHT)
    lit = {Light.DAY: 0.03, Light.OVERCAST: 0.16, Light.DAWN: 0.2}.get(reading.light, 0.42)
    far = built.skyline(
        easel, base=horizon + 0.015, rise=0.30, width=0.05, tone=tones.far, haze_tone=tones.haze, depth=0.06, lit=lit
    )  # fmt: skip
    fronts: list[Sheet] = []
    for inner, outer, foot, share, depth in (
        (0.055, 0.115, 0.03, 0.75, 0.16),
        (0.115, 0.24, 0.09, 0.4, 0.34),
        (0.24, 0.95, 0.30, 0.0, 0.72),
    ):
        tone = tones.near + (tones.far - tones.near) * share * 0.8
        left, right = (
            built.street_side(easel, side=side, inner=inner, outer=outer, horizon=horizon, foot=horizon + foot,
            tone=tone,
                              depth=depth, lit=lit, neon=is_neon)
            for side in (-1, 1)
        )  # fmt: skip
        both = merged(left, right)
        fronts.append(in_mist(design, both, horizon - 0.02, 0.16 * (1.2 - share), 0.20 * share) if share else both)
    above = sky(design)
    mirrored = flattened([*above, far, *fronts], design.canvas)
    wet = 1.0 if Weather.RAIN in reading.weather else 0.62 if is_neon else 0.12
    items: list[Piece] = [*above, far, built.road(easel, mirrored, horizon=horizon, wet=wet), *fronts]
    if design.order.shot in _NEAR:
        items.append(built.bokeh(easel, 26, 0.3, easel.ramp.accent))
    return [*items, *cast(design), *air(design)]


def interior(design: Design) -> list[Piece]:
    """A room with a window: what the words say of the weather is seen through it."""
    tones, easel, reading, mark = design.tones, design.land, design.reading, design.mark
    items: list[Piece] = [*_outside(design, 0.50)]
    items += [particles(design, one, 1.3, 0.6) for one in (Weather.RAIN, Weather.SNOW) if one in reading.weather]
    is_near = design.order.shot in _NEAR
    half, centre = 0.36 if is_near else 0.24, 0.5 + design.side * 0.06
    is_small = reading.subject in _SMALL
    # What is small lies on the sill; a person stands on the floor, which is drawn as a lower sill.
    sill = min(0.90, mark.foot - 0.035) if is_small and not mark.is_portrait else 0.80
    window = (centre - half, -0.06 if is_near else 0.08, centre + half, sill - 0.03 if is_small else 0.66)
    lamp_x = centre - design.side * (half + 0.16)
    tone = 0.36 if reading.light is Light.DAY else 0.17
    items += built.room(easel, window=window, sill=sill, tone=tone, light_tone=tones.haze, lamp_x=lamp_x)
    items += [Lamp(lamp_x, 0.42, 0.75, 0.33, design.inks().glow, 0.62), *cast(design, shadow=is_small)]
    return [*items, particles(design, Weather.DUST, 0.4)]


def _outside(design: Design, horizon: float) -> list[Sheet]:
    """Return what is seen through the window."""
    tones, easel = design.tones, design.land
    sun = structs.replace(design.sun, y=horizon - 0.12)
    ground = design.ground if design.is_snowy else tones.middle
    return [
        *sky_sheets(design.sky, design.reading.light, design.reading.style, horizon, sun),
        land.mountain_range(easel, base=horizon + 0.03, rise=0.16, cells=5, tone=tones.far,
        haze_tone=tones.haze, depth=0.05),
        land.hills(easel, base=horizon + 0.09, rise=0.05, cells=3, tone=ground, haze_tone=tones.haze, depth=0.10),
        land.conifers(easel, base=horizon + 0.17, size=0.20, spacing=0.10, tone=tones.near,
        haze_tone=tones.haze, depth=0.20,
                      haze=0.3),
    ]  # fmt: skip


def studio(design: Design) -> list[Piece]:
    """A painted backdrop and a lamp from the side."""
    reading, easel = design.reading, design.easel
    is_dark = reading.light in (Light.NIGHT, Light.NEON) or reading.style in (Style.NOIR, Style.MONOCHROME)
    low, high = (0.05, 0.40) if is_dark else (0.16, 0.58)
    items: list[Piece] = [beyond.backdrop(easel, x=design.mark.x, low=low, high=high)]
    if reading.style not in (Style.INK, Style.WATERCOLOUR):
        items.append(water.light_shafts(easel, x=0.5 - 0.45 * design.side, strength=0.34, tone=0.9))
    return [*items, *cast(design, shadow=False), *air(design), particles(design, Weather.DUST, 0.4)]
