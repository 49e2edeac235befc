"""The lights a film can stand in: the words that ask for them, their colours, and what they do in a film."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Light(Struct, frozen=True):
    """One light of the closed vocabulary of `look.light`."""

    word: str
    phrase: str
    """How a prompt says it."""
    when: str
    """How a sentence ends with it: `at dusk`. Empty where it says nothing about an hour or the air."""
    palette: tuple[str, ...]
    """Five colours, dark to light, as `#rrggbb`."""
    tones: str
    """The palette in words."""
    events: tuple[str, ...]
    """What the light does, as clauses that may follow `as`."""
    names: tuple[str, ...]
    """Words that ask for it: lower case, Latin letters without accents."""


def _light(word: str, phrase: str, when: str, palette: str, tones: str, events: str, names: str) -> Light:
    parts = [tuple(one.strip() for one in text.split("|")) for text in (events, names)]
    return Light(word, phrase, when, tuple(palette.split()), tones, parts[0], parts[1])


# The order is the precedence where a brief names several: what fills the air comes before the hour of the day. The
# names are English, German, French, Spanish, Portuguese, Chinese, Hindi, Persian and Arabic, in this order.
LIGHTS: Final = (
    _light(
        "underwater",
        "blue-green light falling through water",
        "under water",
        "#04141f #0a3a4f #15708a #4fb3bf #c9f2ea",
        "deep teal and pale turquoise tones",
        "the light ripples overhead|a beam breaks through from the surface|the blue deepens|bubbles drift past",
        "underwater|under water|under the sea|undersea|deep sea|seabed|coral reef|reef|unterwasser|unter wasser|"
        "sous l'eau|sous-marin|bajo el agua|submarino|debaixo d'agua|subaquatico|水下|海底|水中|पानी के नीचे|زیر آب|"
        "تحت الماء",
    ),
    _light(
        "space",
        "hard white light against black space",
        "in space",
        "#05060f #141b3c #3a3f77 #8d7fb5 #f2ead9",
        "black, deep blue and pale violet tones",
        "the far sun comes round the edge|a shadow slides across|the stars turn slowly|the reflected earthlight fades",
        "outer space|in space|galaxy|in orbit|spaceship|spacecraft|space station|astronaut|"
        "moon landing|on mars|weltraum|weltall|espace|cosmos|"
        "espacio|espaco|太空|宇宙|अंतरिक्ष|فضا|الفضاء",
    ),
    _light(
        "neon",
        "neon light, wet reflections, deep shadow",
        "under neon light",
        "#0a0612 #3a0f5c #c2187e #18c4d8 #d9fbff",
        "black, magenta and cyan tones",
        "a neon sign flickers on|the colours slide over the wet ground|one light dies and another takes over|"
        "headlights sweep past",
        "neon|neon-lit|cyberpunk|neonlicht|neons|neones|luces de neon|霓虹|赛博朋克|नियॉन|نئون|نيون",
    ),
    _light(
        "snow",
        "soft blue-white light of falling snow",
        "in the falling snow",
        "#1d2a3a #46607a #86a3bb #c4d6e3 #f7fbff",
        "slate blue and white tones",
        "the snow thickens|the wind lifts the loose snow|the snow stops for a moment|the white ground takes the light",
        "snow|snowy|snowing|snowfall|snowstorm|blizzard|winter|frozen|schnee|verschneit|schneesturm|neige|hiver|"
        "nieve|nevando|invierno|neve|inverno|雪|冬天|बर्फ|برف|ثلج|ثلوج",
    ),
    _light(
        "rain",
        "grey light through rain, wet surfaces",
        "in the rain",
        "#11181f #2f3e4c #5a7083 #93a9b8 #d5e0e4",
        "slate and silver-grey tones",
        "the rain gets heavier|drops gather and fall|a gust blows the rain sideways|the rain thins out",
        "rain|rainy|raining|downpour|drizzle|thunderstorm|storm|stormy|monsoon|regen|regnet|gewitter|sturm|pluie|"
        "orage|lluvia|llueve|tormenta|chuva|tempestade|雨|暴风雨|बारिश|باران|مطر",
    ),
    _light(
        "fog",
        "pale, diffuse light in fog",
        "in the fog",
        "#23282c #515b60 #858f92 #b8bfbe #ecebe4",
        "soft grey and off-white tones",
        "the fog opens for a moment|the fog rolls in again|a pale sun shows and goes|shapes come out of the white",
        "fog|foggy|mist|misty|haze|hazy|nebel|neblig|brouillard|brume|niebla|neblina|nevoeiro|雾|कोहरा|مه|ضباب",
    ),
    _light(
        "fire",
        "warm, moving firelight against darkness",
        "by firelight",
        "#120605 #4a120b #a8360f #f08a24 #ffe0a3",
        "black, ember red and amber tones",
        "the flames flicker|the glow rises and falls|the light sinks low|the shadows sway",
        "fire|campfire|bonfire|firelight|candle|candles|candlelight|candlelit|torch|torches|burning|flames|embers|"
        "feuer|lagerfeuer|kerze|kerzen|feu|bougie|fuego|hoguera|vela|velas|fogo|fogueira|火|烛光|आग|मोमबत्ती|آتش|نار",
    ),
    _light(
        "golden hour",
        "low golden sunlight, long shadows",
        "in the last golden light",
        "#2b1a12 #7a431d #cf8430 #f2bf62 #fdf0c9",
        "umber, amber and honey tones",
        "the sun slips behind an edge and out again|the long shadows stretch|the air itself lights up in the low sun|"
        "everything turns gold",
        "golden hour|golden light|magic hour|late afternoon|low sun|goldene stunde|abendsonne|"
        "heure doree|hora dorada|"
        "hora dourada|黄金时刻|夕阳|सुनहरी धूप|ساعت طلایی|الساعة الذهبية",
    ),
    _light(
        "dusk",
        "soft dusk light, a last orange band on the horizon",
        "at dusk",
        "#1b1642 #4b2a73 #a8476f #ee8a52 #ffd3a6",
        "indigo, violet and peach tones",
        "the last orange leaves the sky|the first lamps come on|the shadows melt into one another|the sky turns violet",
        "dusk|sunset|sundown|twilight|evening|blue hour|abenddammerung|dammerung|sonnenuntergang|abend|abends|"
        "crepuscule|coucher de soleil|soir|atardecer|anochecer|ocaso|crepusculo|puesta de sol|anoitecer|entardecer|"
        "por do sol|黄昏|日落|傍晚|शाम|सूर्यास्त|गोधूलि|غروب|الغروب|مساء",
    ),
    _light(
        "dawn",
        "first pale light of dawn",
        "at dawn",
        "#1d2445 #4d5a86 #a98aa6 #f2b8a0 #fdeedb",
        "grey-blue, rose and cream tones",
        "the first sun touches the highest edges|the grey turns to rose|the grass lights up at its tips|the sky opens",
        "dawn|sunrise|daybreak|early morning|morning|morgendammerung|sonnenaufgang|morgengrauen|morgens|aube|"
        "lever du soleil|matin|amanecer|alba|madrugada|amanhecer|nascer do sol|黎明|日出|清晨|भोर|सूर्योदय|सुबह|سحر|طلوع|"
        "فجر|الفجر|شروق",
    ),
    _light(
        "night",
        "moonlit night, deep blue shadow, small warm lights",
        "at night",
        "#060a18 #13213f #2b4570 #6f8fb5 #f0dfa8",
        "midnight blue and pale gold tones",
        "a cloud moves off the moon|a single far lamp lights up|the dark closes in|a far light sweeps across",
        "night|nighttime|midnight|moonlight|moonlit|moon|starry|stars|in the dark|dark room|"
        "darkness|nacht|nachts|mitternacht|"
        "mondlicht|mond|nuit|minuit|lune|noche|medianoche|luna|noite|lua|夜|夜晚|月光|月亮|रात|चांदनी|شب|مهتاب|ليل|الليل",
    ),
    _light(
        "overcast",
        "flat, soft light of an overcast sky",
        "under a grey sky",
        "#22282b #4c5a5e #7e8c8d #b3bcb8 #e4e5df",
        "muted grey-green tones",
        "the clouds drag their shadows across|the wind picks up|the grey brightens for a moment|"
        "the light goes flat again",
        "overcast|cloudy|grey sky|gray sky|gloomy|bleak|bewolkt|truber himmel|nuageux|ciel gris|nublado|cielo gris|"
        "ceu cinzento|阴天|多云|बादल|ابری|غائم",
    ),
    _light(
        "interior",
        "soft window light and warm lamps indoors",
        "",
        "#1c1410 #4a3325 #8a6343 #c9a06c #f3e3c3",
        "brown, amber and cream tones",
        "fine specks drift through the window light|a lamp is switched on|the curtains stir|the window light moves on",
        "interior|indoors|indoor|room|kitchen|office|cafe|bar|library|museum|studio|workshop|bedroom|bathroom|"
        "hall|stage|teahouse|restaurant|classroom|tailor|zimmer|kuche|werkstatt|buro|chambre|cuisine|atelier|"
        "cuarto|habitacion|cocina|taller|quarto|cozinha|oficina|室内|房间|厨房|कमरा|रसोई|اتاق|آشپزخانه|غرفة|مطبخ",
    ),
    _light(
        "day",
        "clear natural daylight",
        "in clear daylight",
        "#1b2f3a #3f6b7a #7fae9f #d8c99a #fbf4e2",
        "soft blue, green and sand tones",
        "the sun comes out from behind a cloud|the shadows move on|the air shimmers|the light grows warmer",
        "day|daylight|daytime|noon|midday|sunny|sunshine|sun|summer|mittag|sonne|sonnig|jour|midi|soleil|"
        "dia|mediodia|sol|soleado|白天|阳光|正午|दिन|धूप|روز|آفتاب|نهار|شمس",
    ),
)

LIGHT_WORDS: Final = tuple(one.word for one in LIGHTS)
"""All that `look.light` can say; a renderer knows each."""

DAY: Final = LIGHTS[-1]
AIR: Final = frozenset({"underwater", "space", "neon", "snow", "rain", "fog", "fire"})
"""Lights that say what fills the air; an hour of the day may stand beside them and tints them."""


def light_of(word: str) -> Light:
    """Return the light of a word of the closed vocabulary; `day` where it is none."""
    return next((one for one in LIGHTS if one.word == word), DAY)
