"""The sets: for each place what is drawn for it, the far things first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from services.creator.renderers.stage import elsewhere, outdoors, townscapes
from services.creator.renderers.stage.design import Design, Piece
from services.creator.renderers.stage.lexicon import Place


def build(design: Design) -> list[Piece]:
    """Return what is drawn, in this order, for each frame."""
    return _SETS[design.reading.place](design)


_SETS: Final[dict[Place, Callable[[Design], list[Piece]]]] = {
    Place.UNDERWATER: elsewhere.underwater,
    Place.SPACE: elsewhere.space,
    Place.PLANET: outdoors.planet,
    Place.INTERIOR: townscapes.interior,
    Place.STREET: townscapes.street,
    Place.CITY: townscapes.city,
    Place.SEA: outdoors.sea,
    Place.DESERT: outdoors.desert,
    Place.FOREST: outdoors.forest,
    Place.MOUNTAINS: outdoors.mountains,
    Place.HILLS: outdoors.hills,
    Place.SKY: outdoors.sky_high,
    Place.STUDIO: townscapes.studio,
}
