"""What an order's words ask to be drawn: place, light, weather, style, subject. Same words, same scene."""

from __future__ import annotations

import re
from typing import Final, TypeVar

from msgspec import Struct

from bus.plan import Order, ShotSize
from services.creator.renderers.stage import lexicon
from services.creator.renderers.stage.lexicon import Action, Light, Place, Style, Subject, Weather
from services.creator.renderers.stage.palette import Ramp

T = TypeVar("T")


class Reading(Struct, frozen=True, kw_only=True):
    """The words, understood."""

    place: Place
    light: Light
    weather: frozenset[Weather]
    style: Style
    subject: Subject
    action: Action
    is_empty: bool
    """Nobody and nothing is named: the place is all there is to see."""
    count: int
    """How many of the subject: 1, 2, or 3 where the words speak of several."""
    props: tuple[Subject, ...]
    """What stands in the distance."""
    traits: frozenset[str]
    """Of `old`, `beard`, `hat`, `umbrella`, `woman`, `fox`, `moon`, `fire`."""


_HOMES: Final = {
    Subject.ROWER: Place.SEA,
    Subject.SHIP: Place.SEA,
    Subject.LIGHTHOUSE: Place.SEA,
    Subject.WHALE: Place.UNDERWATER,
    Subject.FISH: Place.UNDERWATER,
    Subject.ASTRONAUT: Place.SPACE,
    Subject.ROCKET: Place.SPACE,
    Subject.CAR: Place.STREET,
    Subject.DRAGON: Place.MOUNTAINS,
    Subject.TRAIN: Place.MOUNTAINS,
}
_CLOSE = (ShotSize.CLOSE_UP, ShotSize.EXTREME_CLOSE_UP)


def read(order: Order, ramp: Ramp) -> Reading:
    """Return what the order's words ask for.

    The film's light comes first from `look.light`, so that segments hold together; a place and a subject come
    from the segment's own words. Words that no list knows leave the defaults: a figure on hills, in the light that
    the palette suggests.
    """
    words = order.prompt.lower()
    # What a plan tells of the place names things that merely stand there.
    scene = re.split(r"the place:|soft in the background:", words)[0]
    look = f"{order.look.light} {order.look.style}".lower()
    everything = f"{look} {words}"
    named = tuple(one for one, pattern in lexicon.SUBJECTS if _says(scene, pattern))
    seen = tuple(one for one, pattern in lexicon.SUBJECTS if _says(words, pattern))
    place = _first(lexicon.PLACES, words) or _first(lexicon.PLACES, order.look.light.lower())
    style = _first(lexicon.STYLES, order.look.style.lower()) or _first(lexicon.STYLES, everything) or Style.CINEMATIC
    weather = frozenset(one for one, pattern in lexicon.WEATHER if _says(everything, pattern))
    traits = frozenset(one for one, pattern in lexicon.TRAITS if _says(scene, pattern))
    if place is None or place is Place.STUDIO:
        home = _HOMES.get(named[0]) if named else None
        is_portrait = bool(named) and named[0] is Subject.PERSON and order.shot in _CLOSE
        place = home or (Place.STUDIO if place is Place.STUDIO or is_portrait else Place.HILLS)
    subject = _subject(named, place)
    light = _first(lexicon.LIGHTS, order.look.light.lower()) or _first(lexicon.LIGHTS, everything) or _light_of(ramp)
    if place is Place.UNDERWATER:
        weather = frozenset({Weather.BUBBLES})
    elif place is Place.SPACE:
        weather = frozenset()
    else:
        weather -= {Weather.BUBBLES}
    return Reading(
        place=place,
        light=light,
        weather=weather,
        style=style,
        subject=subject,
        action=_first(lexicon.ACTIONS, scene) or Action.STAND,
        is_empty=not named and order.shot in _CLOSE and place not in (Place.STUDIO, Place.UNDERWATER),
        count=_count(subject, scene),
        props=tuple(one for one in seen if one in lexicon.PROPS and one is not subject),
        traits=traits,
    )


def _subject(named: tuple[Subject, ...], place: Place) -> Subject:
    if named:
        return named[0]
    match place:
        case Place.UNDERWATER:
            return Subject.FISH
        case Place.SPACE:
            return Subject.ROCKET
        case Place.PLANET:
            return Subject.ASTRONAUT
        case Place.SEA:
            return Subject.SHIP
        case _:
            return Subject.PERSON


def _count(subject: Subject, scene: str) -> int:
    many = lexicon.MANY.get(subject, "$^")
    if _says(scene, rf"(?:{lexicon.TWO}) (?:[\w-]+ ){{0,2}}?(?:{many})"):
        return 2
    if subject is Subject.PERSON and _says(scene, lexicon.COUPLES):
        return 2
    return 3 if subject is Subject.FISH or _says(scene, many) else 1


def _light_of(ramp: Ramp) -> Light:
    middle = ramp.luma(0.5)
    if middle < 62:
        return Light.NIGHT
    return Light.DUSK if middle < 120 else Light.DAY


def _first(table: tuple[tuple[T, str], ...], words: str) -> T | None:
    return next((one for one, pattern in table if _says(words, pattern)), None)


def _says(words: str, pattern: str) -> bool:
    # Letters of other scripts may touch it: not all of them put spaces between words.
    return re.search(rf"(?<![a-zß-ÿ])(?:{pattern})(?![a-zß-ÿ])", words) is not None
