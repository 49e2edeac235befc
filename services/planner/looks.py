"""The look that holds a film together: style, light and palette, from the brief's own words."""

from __future__ import annotations

import colorsys
import enum
import re
from typing import Final

from bus.plan import Brief, Look
from services.planner.lights import AIR, DAY, LIGHTS, Light
from services.planner.matching import capitalised, first_of, listed, names_in
from services.planner.places import ANYWHERE, PLACES, SUGGESTING, Place

STYLE_UNSAID: Final = "cinematic"
"""The style of a film whose brief names none."""


class Treatment(enum.Enum):
    """What a style does to the colours of the light."""

    GREY = "grey"
    SEPIA = "sepia"
    PASTEL = "pastel"
    PAINTED = "painted"
    VIVID = "vivid"
    PLAIN = "plain"


_TREATMENTS: Final[tuple[tuple[Treatment, str, tuple[str, ...]], ...]] = (
    (
        Treatment.GREY,
        "black, silver-grey and white tones",
        tuple(
            listed(
                "black and white|black-and-white|monochrome|noir|greyscale|grayscale|charcoal|pencil|ink|schwarz-weiss|"
                "schwarzweiss|noir et blanc|blanco y negro|preto e branco|黑白|水墨|श्वेत-श्याम|سیاه و سفید|"
                "أبيض وأسود"
            )
        ),
    ),
    (
        Treatment.SEPIA,
        "faded sepia tones",
        tuple(listed("sepia|vintage|8mm|super 8|super-8|silent film|1920s|old film|antique|老电影|复古")),
    ),
    (
        Treatment.PASTEL,
        "pale pastel tones",
        tuple(listed("pastel|watercolor|watercolour|aquarell|aquarelle|acuarela|aquarela|wes anderson|水彩")),
    ),
    (
        Treatment.PAINTED,
        "",
        tuple(
            listed(
                "oil painting|painting|painterly|impressionist|van gogh|gouache|olgemalde|gemalde|"
                "peinture|oleo|pintura|"
                "油画|رنگ روغن|لوحة زيتية"
            )
        ),
    ),
    (
        Treatment.VIVID,
        "",
        tuple(
            listed(
                "anime|cartoon|comic|pixar|ghibli|3d animation|vibrant|vivid|colorful|colourful|claymation|stop motion|"
                "lego|animation|zeichentrick|dessin anime|dibujos animados|desenho animado|动画|动漫|卡通|कार्टून|کارتون|"
                "انیمه"
            )
        ),
    ),
)

_HUES_FIRST: Final = 0.32
"""How much of an hour's colours shows through what fills the air."""


def light_in(words: str, place: Place = ANYWHERE) -> tuple[Light, Light | None]:
    """Return the light the words ask for, and the hour of the day that tints it, or None.

    Where nothing names a light it is what the place has by itself, else day.
    """
    named = [one for one in LIGHTS if names_in(words, one.names)]
    own = {"space": "space", "underwater": "underwater", "indoors": "interior"}.get(place.kind)
    if not named:
        return next((one for one in LIGHTS if one.word == own), DAY), None
    first = named[0]
    hours = [one for one in named[1:] if one.word not in AIR and one.word != "interior"]
    return first, hours[0] if first.word in AIR and hours else None


def place_in(words: str) -> Place:
    """Return the kind of place that the words name first, else the one that they suggest first, or `ANYWHERE`."""
    for is_named in (True, False):
        found = []
        for index, place in enumerate(PLACES):
            names = tuple(one for one in place.names if (one not in SUGGESTING) is is_named)
            start = first_of(words, names)
            if start is not None:
                found.append((start, index))
        if found:
            return PLACES[min(found)[1]]
    return ANYWHERE


def style_of(brief: Brief) -> str:
    """Return the brief's style, what is taken for it, or a plain cinematic one."""
    return (brief.style or str(brief.assumed_value("style") or "") or STYLE_UNSAID).strip().rstrip(".")


def look_of(brief: Brief, place: Place) -> Look:
    """Return the one look of the film: the same brief words give the same look."""
    style = style_of(brief)
    light, hour = light_in(f"{brief.subject}. {'. '.join(brief.shots)}. {style}", place)
    treatment, tones = _treatment(f"{style}. {brief.subject}")
    phrase = " ".join((light.phrase, *(one.when for one in (hour, _weather_beside(light, brief)) if one is not None)))
    parts = [_style_phrase(style), phrase, tones or light.tones]
    return Look(
        style=style,
        light=light.word,
        palette=_palette(light, hour, place, treatment),
        words=capitalised(", ".join(parts)) + ".",
    )


def look_in(brief: Brief, light: Light, tones: str) -> Look:
    """Return a look in a light that was chosen, in the brief's style.

    Args:
        tones: the colours in words; the palette is the light's own, as the style treats it.
    """
    style = style_of(brief)
    treatment, treated = _treatment(f"{style}. {brief.subject}")
    parts = [_style_phrase(style), light.phrase, treated or tones or light.tones]
    return Look(
        style=style,
        light=light.word,
        palette=_palette(light, None, ANYWHERE, treatment),
        words=capitalised(", ".join(part.strip(" .,") for part in parts)) + ".",
    )


def _weather_beside(light: Light, brief: Brief) -> Light | None:
    """Return the weather that is named beside a light that comes before it, or None: rain in a neon street."""
    words = f"{brief.subject}. {'. '.join(brief.shots)}"
    named = [one for one in LIGHTS if one.word in {"snow", "rain", "fog"} and names_in(words, one.names)]
    is_open = light.word in {"neon", "snow", "rain"}
    beside = [one for one in named if one is not light and not (light.word == "snow" and one.word == "rain")]
    return beside[0] if is_open and beside else None


def _style_phrase(style: str) -> str:
    """Return the style as a prompt says it: `oil painting style`, `in the style of …` as it stands."""
    if re.search(r"\b(style|look|film|footage|photo|photography|animation|painting)\b", style, re.IGNORECASE):
        return style
    return f"{style} style" if style.isascii() and len(style.split()) <= 4 and "," not in style else style


def _treatment(words: str) -> tuple[Treatment, str]:
    for treatment, tones, names in _TREATMENTS:
        if names_in(words, names):
            return treatment, tones
    return Treatment.PLAIN, ""


# -- colours -----------------------------------------------------------------------------------------------

Colour = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""


def _palette(light: Light, hour: Light | None, place: Place, treatment: Treatment) -> tuple[str, ...]:
    colours = [_parsed(one) for one in light.palette]
    if hour is not None:
        tints = [_parsed(one) for one in hour.palette]
        colours = [_mixed(one, tint, _HUES_FIRST) for one, tint in zip(colours, tints, strict=True)]
    if place.colours and light.word in {"day", "overcast", "golden hour", "dawn"}:
        # The extremes are the light's; what lies between is the colour of what it falls on.
        share = 0.6 if light.word == "day" else 0.3
        dark, pale = (_parsed(one) for one in place.colours)
        colours[1] = _mixed(colours[1], dark, share)
        colours[2] = _mixed(colours[2], _mixed(dark, pale, 0.5), share)
        colours[3] = _mixed(colours[3], pale, share)
    treated = [_treated(one, treatment) for one in colours]
    return tuple(_written(one) for one in sorted(treated, key=_luma))


def _treated(colour: Colour, treatment: Treatment) -> Colour:
    luma = _luma(colour)
    match treatment:
        case Treatment.GREY:
            # A little contrast: without hue the steps between the five would be too small to tell apart.
            grey = min(1.0, max(0.02, (luma - 0.45) * 1.15 + 0.45))
            return (grey, grey, grey)
        case Treatment.SEPIA:
            return _mixed(colour, (min(1.0, luma * 1.12 + 0.05), luma * 0.92 + 0.03, luma * 0.68 + 0.02), 0.8)
        case Treatment.PASTEL:
            # Dark colours keep more of themselves, or the palette would lose its ground.
            return _mixed(colour, (0.99, 0.97, 0.93), 0.14 + 0.4 * luma)
        case Treatment.PAINTED:
            return _saturated(_mixed(colour, (0.62, 0.47, 0.30), 0.12), 1.15)
        case Treatment.VIVID:
            return _saturated(colour, 1.35)
        case Treatment.PLAIN:
            return colour


def _saturated(colour: Colour, factor: float) -> Colour:
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    return colorsys.hls_to_rgb(hue, lightness, min(1.0, saturation * factor))


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def _luma(colour: Colour) -> float:
    """Return the colour's brightness by Rec. 709."""
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def _parsed(text: str) -> Colour:
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def _written(colour: Colour) -> str:
    return "#" + "".join(f"{round(min(1.0, max(0.0, part)) * 255):02x}" for part in colour)
