"""Amounts of time wherever they stand in a text: `20 seconds`, `a minute and a half`, `10–15 s`, `1:30`, `二十秒`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.intent.languages import Text, Token, fold
from services.intent.numbers import beyond, glued_number, number_at, part_after

QUANTITIES_MAX = 100
"""As many are looked at in one message: the work for a text stays bounded."""


@dataclass(frozen=True)
class Quantity:
    """An amount of time, and where it stands in the folded text."""

    start: int
    end: int
    seconds: float
    """For a range its upper end."""
    from_s: float | None = None
    """The lower end of a range."""
    is_clock: bool = False
    """Written `1:30`, which may be a time of day."""
    is_bare: bool = False
    """A unit with an article or with nothing before it: `a minute`."""
    is_decade_like: bool = False
    """Written `80s`, which may be a decade."""
    has_figures: bool = False

    @property
    def is_range(self) -> bool:
        """Say whether two ends were said."""
        return self.from_s is not None


_UNITS: dict[str, float] = {}
for _seconds, _words in (
    (1.0, "s|sec|secs|second|seconds|sek|sekunde|sekunden|seconde|secondes|segundo|segundos|seg|segs|secondo|"
        "secondi|सेकंड|"
     "सेकेंड|सेकण्ड|सेकेण्ड|सैकंड|सेकंडों|सेकंड्स|सेकिंड|سکند|ثانیه|ثانية|ثوانی|ثواني|ثوان|ثانیهای|сек|"
        "sec.|secondo"),
    (60.0, "min|mins|minute|minutes|minuten|mn|minuto|minutos|minuti|मिनट|मिनिट|मिनटों|मिनट्स|मिन्ट|دقیقه|"
        "دقيقة|دقائق|دقایق|دقیقهای|мин"),
    (3600.0, "h|hr|hrs|hour|hours|stunde|stunden|std|heure|heures|hora|horas|ora|ore|घंटा|घंटे|घंटों|घण्टे|ساعت|"
        "ساعة|ساعات|"
     "час|часа|часов|часовой"),
):  # fmt: skip
    _UNITS.update({fold(one): _seconds for one in _words.split("|")})
_PERSIAN_ENDING = fold("ای")
_INFLECTED = re.compile(r"(sekund|sekünd|секунд|minut|minüt|минут|stünd|stund)\w{0,6}".replace("ü", "u"))
_GLUED = re.compile(r"(\w{2,24}?)((?:sekund|секунд|minut|минут|stund|час)\w{0,6})")
_STEM_SECONDS = {"sek": 1.0, "сек": 1.0, "min": 60.0, "мин": 60.0, "stu": 3600.0, "час": 3600.0}
_TWO = {
    fold(word): seconds
    for seconds, words in ((2.0, "ثانيتان ثانيتين"), (120.0, "دقيقتان دقيقتين"), (7200.0, "ساعتان ساعتين"))
    for word in words.split()
}
_HAN_UNITS = tuple(
    (word, seconds)
    for seconds, words in (
        (5400.0, "个半小时 個半小時"),
        (3600.0, "个小时 個小時 小时 小時 時間"),
        (60.0, "分钟 分鐘 分間 분"),
        (1.0, "秒钟 秒鐘 秒間 秒 초"),
    )
    for word in words.split()
)
# A bare 分 is also a point or a part: it counts only before what makes it minutes.
_HAN_MINUTE = re.compile(r"分(?=半|の|[0-9零一二两三四五六七八九十]{1,3}秒|长|長|视频|的(?:视频|短片|影片|片))")
_TO = frozenset(fold("to - – bis à a or oder ou o u and und y et e 到 至 से या تا یا إلى الى أو до или till").split())
_BETWEEN = re.compile(
    rf"(?:{'|'.join(('between', 'zwischen', 'entre', 'tra', 'fra', 'zw.'))}|{fold('بین')}|{fold('بين')})\s+$"
)
_OR = frozenset(("or", "oder", "ou", "o"))
_PERHAPS = frozenset(
    fold("maybe perhaps possibly even rather vielleicht eventuell peut-être quizás talvez forse").split()
)
# What may follow the second figure of `20 seconds or 30` without being what it counts.
_ENDS = re.compile(r"\s*(?:[.,;!?\n)]|$|if\b|when\b|so\b|wenn\b|falls\b)")
_ONLY_BETWEEN = frozenset(("and", "und", "y", "et", "e"))
_AND = frozenset(fold("and und et y e و и und , और").split())
# What may follow the seconds of `one minute 20` without being what they count.
_GOES_ON = frozenset(fold("about of long on with film video clip lang über von film de sur sobre su di про о").split())
_ONE_AFTER = frozenset(fold("واحدة واحد").split())
_ARTICLES = frozenset(("a", "an"))
_MINUS = frozenset(fold("minus negative moins menos meno منفی ناقص ऋण минус 负 負").split())


def quantities(text: Text) -> tuple[Quantity, ...]:
    """Return the amounts of time in the text in order, none of them overlapping another."""
    found: list[Quantity] = []
    index, tokens = 0, text.tokens
    while index < len(tokens) and len(found) < QUANTITIES_MAX:
        read = _clock_at(tokens, index) or _range_at(text, index) or _quantity_at(text, index)
        if read is None:
            index += 1
            continue
        quantity, index = read
        found.append(_signed(tokens, quantity, index))
    return tuple(found)


Read = tuple[Quantity, int]


def _signed(tokens: tuple[Token, ...], quantity: Quantity, after: int) -> Quantity:
    """Return the quantity with its sign: a minus is one that no word or figure stands directly before."""
    first = next(one for one in range(after) if tokens[one].start >= quantity.start)
    if first == 0:
        return quantity
    sign = tokens[first - 1]
    is_word = sign.text in _MINUS
    is_sign = sign.text == "-" and sign.end == quantity.start
    if is_sign and first >= 2:
        before = tokens[first - 2]
        is_sign = before.end < sign.start and not before.is_digits
    if is_word or is_sign:
        return replace(quantity, start=sign.start, seconds=-quantity.seconds)
    return quantity


def _clock_at(tokens: tuple[Token, ...], index: int) -> Read | None:
    first = _clock(tokens, index)
    if first is None:
        return None
    start, (seconds, end) = tokens[index].start, first
    if end < len(tokens) and tokens[end].text in {"-", "to", "bis"}:
        second = _clock(tokens, end + 1)
        if second is not None:
            stop = tokens[second[1] - 1].end
            return Quantity(start, stop, second[0], from_s=seconds, is_clock=True, has_figures=True), second[1]
    return Quantity(start, tokens[end - 1].end, seconds, is_clock=True, has_figures=True), end


def _clock(tokens: tuple[Token, ...], index: int) -> tuple[float, int] | None:
    if index + 2 >= len(tokens):
        return None
    minutes, colon, seconds = tokens[index : index + 3]
    is_one = minutes.text.isdecimal() and colon.text == ":" and len(seconds.text) == 2 and seconds.text.isdecimal()
    if not is_one or minutes.end != colon.start or colon.end != seconds.start or int(seconds.text) > 59:
        return None
    return int(minutes.text) * 60.0 + int(seconds.text), index + 3


def _range_at(text: Text, index: int) -> Read | None:
    tokens = text.tokens
    low = number_at(tokens, index)
    if low is None or tokens[index].text in _ARTICLES:
        return None
    low_value, at = low
    unit = _unit_at(text, at)
    # `3s-6s` and `10 seconds to 15 seconds` name their unit twice.
    at_link = unit[1] if unit else at
    if at_link + 1 < len(tokens) and tokens[at_link].text == "-" and tokens[at_link + 1].text in _TO:
        at_link += 1
    if at_link >= len(tokens) or tokens[at_link].text not in _TO:
        return None
    link = tokens[at_link].text
    between = _BETWEEN.search(text.folded[: tokens[index].start], max(0, tokens[index].start - 12))
    if link in _ONLY_BETWEEN and not between:
        return None
    if unit and unit[0] > 1 and link in _AND:
        return None
    at_high = at_link + 1
    if link != "-" and at_high < len(tokens) and tokens[at_high].text == "-":
        at_high += 1
    while link in _OR and at_high < len(tokens) and tokens[at_high].text in _PERHAPS:
        at_high += 1
    start = between.start() if between else tokens[index].start
    high = _quantity_at(text, at_high)
    if high is None and unit and link in _OR:
        return _either(text, start, low_value * unit[0], at_high, unit[0])
    if high is None or high[0].is_bare:
        return None
    quantity, end = high
    scale = unit[0] if unit else _unit_of(text, at_high)
    return replace(quantity, start=start, from_s=low_value * scale, is_decade_like=False), end


def _either(text: Text, start: int, first_s: float, index: int, unit_s: float) -> Read | None:
    """Return the range from an amount to a figure that shares its unit: `20 seconds or maybe 30`."""
    number = number_at(text.tokens, index)
    if number is None or text.tokens[index].text in _ARTICLES:
        return None
    value, after = number
    end = text.tokens[after - 1].end
    if not _ENDS.match(text.folded, end):
        return None
    low, high = sorted((first_s, value * unit_s))
    return Quantity(start, end, high, from_s=low, has_figures=text.tokens[index].is_digits), after


def _unit_of(text: Text, index: int) -> float:
    number = number_at(text.tokens, index)
    unit = _unit_at(text, number[1]) if number else None
    return unit[0] if unit else 1.0


def _quantity_at(text: Text, index: int) -> Read | None:
    tokens = text.tokens
    if index >= len(tokens):
        return None
    token = tokens[index]
    if token.text in _TWO:
        return _with_rest(text, Quantity(token.start, token.end, _TWO[token.text]), index + 1, _TWO[token.text] / 2)
    glued = _glued_at(token)
    if glued is not None:
        return Quantity(token.start, token.end, glued), index + 1
    number = number_at(tokens, index)
    if number is None:
        bare = _unit_at(text, index) if token.is_word and len(token.text) > 3 else None
        if bare is None or bare[0] < 60:
            return None
        return _with_rest(text, Quantity(token.start, tokens[bare[1] - 1].end, bare[0], is_bare=True), bare[1], bare[0])
    value, at = number
    if value < 1 and [one.text for one in tokens[at : at + 2]] in (["of", "a"], ["of", "an"]):
        at += 2
    part = part_after(tokens, at)
    if part is not None and _unit_at(text, part[1]) is not None:
        value, at = value + part[0], part[1]
    unit = _unit_at(text, at)
    if unit is None or (token.text in {*_ARTICLES, "the"} and unit[0] == 1):
        return None
    seconds, end = unit
    last = tokens[end - 1]
    is_glued_s = token.is_digits and last.text == "s" and last.start == token.end
    if last.text in {"s", "h", "m"} and not token.is_digits:
        return None
    quantity = Quantity(
        token.start,
        last.end,
        value * seconds,
        is_bare=token.text in _ARTICLES and at == index + 1,
        is_decade_like=is_glued_s and ((value % 10 == 0 and 10 <= value <= 90) or 1500 <= value <= 2100),
        has_figures=token.is_digits,
    )
    return _with_rest(text, quantity, end, seconds)


def _with_rest(text: Text, quantity: Quantity, index: int, unit_s: float) -> Read:
    """Return the quantity with what completes it: `and a half`, `and 20 seconds`, `20` after a minute."""
    tokens = text.tokens
    part = part_after(tokens, index)
    if part is not None:
        value, end = part
        more = _unit_at(text, end)
        if more is None or more[0] == unit_s:
            end = more[1] if more is not None else end
            whole = quantity.seconds + value * unit_s
            return replace(quantity, end=tokens[end - 1].end, seconds=whole, is_bare=False), end
    if unit_s < 60 or index >= len(tokens):
        return quantity, index
    if quantity.is_bare and tokens[index].text in _ONE_AFTER:
        quantity = replace(quantity, end=tokens[index].end, is_bare=False)
        return _with_rest(text, quantity, index + 1, unit_s)
    while index + 1 < len(tokens) and tokens[index].text == "-" and tokens[index + 1].text in _AND:
        index += 1
    at = index + 1 if tokens[index].text in _AND else index
    while at < len(tokens) and tokens[at].text == "-" and at > index:
        at += 1
    if at >= len(tokens):
        return quantity, index
    number = (
        beyond(tokens, at) if tokens[at].text.startswith("و") and len(tokens[at].text) > 1 else number_at(tokens, at)
    )
    if number is None or tokens[at].text in _ARTICLES:
        return quantity, index
    unit = _unit_at(text, number[1])
    if unit is not None and unit[0] < unit_s:
        whole = quantity.seconds + number[0] * unit[0]
        return replace(quantity, end=tokens[unit[1] - 1].end, seconds=whole, is_bare=False), unit[1]
    next_word = tokens[number[1]].text if number[1] < len(tokens) else ""
    follows = next_word[:1].isalpha() and next_word not in _GOES_ON
    if unit is None and at == index and number[0] < 60 and number[0] >= 1 and not follows:
        whole = quantity.seconds + number[0] * unit_s / 60
        return replace(quantity, end=tokens[number[1] - 1].end, seconds=whole, is_bare=False), number[1]
    return quantity, index


def _glued_at(token: Token) -> float | None:
    match = _GLUED.fullmatch(token.text) if token.is_word and len(token.text) <= 36 else None
    if match is None:
        return None
    value = glued_number(match.group(1))
    return None if value is None else value * _STEM_SECONDS[match.group(2)[:3]]


def _unit_at(text: Text, index: int) -> tuple[float, int] | None:
    """Return the seconds of the unit that stands here, past hyphens, and the index after it."""
    tokens = text.tokens
    while index < len(tokens) and tokens[index].text in {"-", "个", "個"}:
        index += 1
    if index >= len(tokens):
        return None
    token = tokens[index]
    rest = text.folded[token.start : token.start + 8]
    for word, seconds in _HAN_UNITS:
        if rest.startswith(word):
            return seconds, index + len(word)
    if _HAN_MINUTE.match(text.folded, token.start):
        return 60.0, index + 1
    if token.text == "m" and index + 2 < len(tokens) and tokens[index + 1].is_digits and tokens[index + 2].text == "s":
        return 60.0, index + 1
    seconds_or_none = _UNITS.get(token.text)
    if seconds_or_none is None and _INFLECTED.fullmatch(token.text):
        seconds_or_none = _STEM_SECONDS[token.text[:3]]
    if seconds_or_none is None:
        return None
    # Persian joins an ending on with a half blank: `۲۰ ثانیه‌ای`.
    has_ending = index + 1 < len(tokens) and tokens[index + 1].text == _PERSIAN_ENDING
    return seconds_or_none, index + 2 if has_ending else index + 1
