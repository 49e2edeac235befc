"""A length said against an earlier one: `10 seconds longer`, `half as long`, `shorter`."""

from __future__ import annotations

from dataclasses import dataclass

from services.intent.film_words import HEDGE, WANT
from services.intent.languages import Span, Text, any_of, compiled, words_of
from services.intent.quantities import quantities

_LONGER = any_of(
    "longer|more|länger|mehr|plus long|plus longue|de plus|más largo|más larga|más|mais longo|mais|più "
    "lungo|di più|长一点|更长|加长|长|लंबा|और|ज़्यादा|ज्यादा|بیشتر|طولانی‌تر|بلندتر|أطول|اكثر|длиннее|"
    "больше|"
    "長く|extra"
)
_SHORTER = any_of(
    "shorter|less|fewer|kürzer|weniger|plus court|plus courte|de moins|más corto|más corta|menos|mais "
    "curto|più corto|più breve|di meno|短一点|更短|缩短|短|छोटा|कम|کوتاه‌تر|کمتر|أقصر|اقصر|اقل|أقل|"
    "короче|"
    "меньше|短く"
)
_TWICE = any_of(
    "twice as long|double the length|double its length|double the duration|twice the length|doppelt so "
    "lang|deux fois plus long|deux fois plus longue|el doble de largo|el doble de larga|o dobro do "
    "tempo|duas vezes mais longo|il doppio|due volte più lungo|"
    "两倍长|长一倍|加倍|दोगुना लंबा|दोगुना|دو برابر|ضعف الطول|مرتين|вдвое длиннее|в два раза длиннее|"
    "倍の長さ|2x longer"
)
_HALF = any_of(
    "half as long|half the length|half its length|half the duration|halb so lang|deux fois plus court|"
    "moitié moins long|la mitad de largo|la mitad|metade do tempo|metade|la metà|短一半|一半|आधा लंबा|"
    "आधा|"
    "نصف کوتاه|نصف الطول|вдвое короче|в два раза короче|半分の長さ"
)
_AROUND_A_LENGTH = (
    "even|still|noch|encore|aún|todavía|ancora|ainda|make|it|the|film|video|a|bit|little|much|slightly|somewhat|please|can|you|could|be|etwas|ein|"
    "wenig|bitte|un|peu|poco|um|pouco|po|把|视频|影片|一点|थोड़ा|वीडियो|कमी|کمی|قليلا|немного|чуть|"
    "nochmal|now|way|half|that|nach|mach|es|ihn|actually"
)
_ONLY_LENGTH = compiled(
    rf"(?:{_TWICE}|{_HALF}|{_LONGER}|{_SHORTER}|{any_of(HEDGE)}|{any_of(WANT)}|"
    rf"{any_of(_AROUND_A_LENGTH)}|"
    rf"[\s\W])++"
)
_AMBIGUOUS = words_of("more less mehr mas mais plus और больше меньше بيشتر extra कम weniger menos fewer 长 短") | {
    "de plus",
    "de moins",
}
"""More or less of what? Alone these say nothing about a length."""
STEP = 1.5
"""`Longer` without a figure: by how much."""


@dataclass(frozen=True)
class Relative:
    """A new length that follows from the old one; `why` where the words gave no figure."""

    seconds: float
    span: Span
    why: str = ""


_NOTHING_ELSE = rf"(?:{any_of(HEDGE)}|\W)*+$"
_BY_SO_MUCH = rf"\s*(?:{any_of('by|um|de|di|في|ب|به اندازه|на')})\s*$"


def relative_length(text: Text, now_s: float) -> Relative | None:
    """Return the new length where the words say one against the old: `10 seconds longer`, `half as long`."""
    for pattern, factor in ((_TWICE, 2.0), (_HALF, 0.5)):
        match = compiled(pattern).search(text.folded)
        if match is not None and _ONLY_LENGTH.fullmatch(text.folded[slice(*text.clause_at(match.start()))]):
            return Relative(now_s * factor, text.clause_at(match.start()))
    for quantity in quantities(text):
        clause = text.clause_at(quantity.start)
        rest = text.folded[quantity.end : clause[1]]
        for pattern, sign in ((_LONGER, 1), (_SHORTER, -1)):
            before = text.folded[clause[0] : quantity.start]
            if compiled(rf"\s*(?:{pattern}){_NOTHING_ELSE}").match(rest) or compiled(rf"{pattern}{_BY_SO_MUCH}").search(
                before
            ):
                return Relative(now_s + sign * quantity.seconds, clause)
    for pattern, factor in ((_LONGER, STEP), (_SHORTER, 1 / STEP)):
        match = compiled(pattern).search(text.folded)
        if match is None or match.group() in _AMBIGUOUS:
            continue
        clause = text.clause_at(match.start())
        if _ONLY_LENGTH.fullmatch(text.folded[slice(*clause)]):
            seconds = max(0.5, round(now_s * factor * 2) / 2)
            step = "half as long again" if factor > 1 else "a third less"
            why = f"no figure was said; {seconds:g} s is about {step}"
            return Relative(seconds, clause, why)
    return None
