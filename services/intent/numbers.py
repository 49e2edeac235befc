"""Numbers in figures and in the words of eleven languages, from nought to 199, halves and quarters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from services.intent.languages import Token, fold

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen "
    "eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety",
)
_GERMAN = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn "
    "achtzehn neunzehn",
    "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
)
_FRENCH = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit "
    "dix-neuf",
    "vingt trente quarante cinquante soixante",
)
_SPANISH = (
    "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete "
    "dieciocho diecinueve",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
)
_PORTUGUESE = (
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis "
    "dezessete dezoito "
    "dezenove",
    "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
)
_ITALIAN = (
    "zero un due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
    "quindici sedici "
    "diciassette diciotto diciannove",
    "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
)
_RUSSIAN = (
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать "
    "четырнадцать "
    "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
)
_PERSIAN = (
    "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده",
    "بیست سی چهل پنجاه شصت هفتاد هشتاد نود",
)
_HINDI = (
    "शून्य एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस "
    "बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस "
    "पैंतीस छत्तीस सैंतीस "
    "अड़तीस उनतालीस चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास "
    "पचास इक्यावन बावन "
    "तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ "
    "उनहत्तर सत्तर "
    "इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी अस्सी इक्यासी बयासी तिरासी "
    "चौरासी पचासी "
    "छियासी सत्तासी अट्ठासी नवासी नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे "
    "अट्ठानवे निन्यानवे"
)
_OTHER_FORMS = {
    "cero": 0, "nil": 0, "nought": 0, "a": 1, "an": 1, "eine": 1, "einen": 1, "einer": 1, "einem": 1,
    "eines": 1, "eins": 1, "une": 1, "uno": 1, "una": 1, "uma": 1, "zwo": 2, "zweier": 2, "duas": 2,
    "una decina di": 10, "fourty": 40, "dozen": 12, "a dozen": 12, "ein dutzend": 12, "dreissig": 30,
    "fuenf": 5, "zwoelf": 12, "fuenfzehn": 15, "fuenfzig": 50, "septante": 70, "huitante": 80, "octante": 80,
    "nonante": 90, "quatre-vingts": 80, "quatorze": 14, "dezasseis": 16, "dezassete": 17, "dezanove": 19,
    "une dizaine de": 10, "une quinzaine de": 15, "une vingtaine de": 20, "une trentaine de": 30,
    "une quarantaine de": 40, "une cinquantaine de": 50, "une soixantaine de": 60, "una quindicina di": 15,
    "una ventina di": 20, "una trentina di": 30, "veintiun": 21, "ventun": 21, "одна": 1, "одну": 1,
    "одной": 1, "две": 2, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8,
    "девяти": 9, "десяти": 10, "двенадцати": 12, "пятнадцати": 15, "двадцати": 20, "тридцати": 30,
    "сорока": 40, "пятидесяти": 50, "шестидесяти": 60, "девяноста": 90, "छः": 6, "छ": 6, "छे": 6, "पाँच": 5,
    "पंदरह": 15, "पन्द्रह": 15, "अठ्ठारह": 18, "अट्ठारह": 18, "तेइस": 23, "बाइस": 22, "पचीस": 25, "अठाईस": 28,
    "चवालीस": 44, "चौंवालीस": 44, "نیم": 0.5, "هیجده": 18, "شیش": 6, "یه": 1,
}  # fmt: skip
_PARTS = {
    "half a": 0.5, "half an": 0.5, "half": 0.5, "a half": 0.5, "one half": 0.5, "a quarter of a": 0.25,
    "quarter of a": 0.25, "a quarter": 0.25, "quarter": 0.25, "three quarters of a": 0.75,
    "three quarter": 0.75, "three quarters of an": 0.75, "a third of a": 1 / 3, "two thirds of a": 2 / 3,
    "halbe": 0.5, "halben": 0.5, "halber": 0.5, "eine halbe": 0.5, "einer halben": 0.5, "viertel": 0.25,
    "dreiviertel": 0.75, "eine dreiviertel": 0.75, "eineinhalb": 1.5, "anderthalb": 1.5, "zweieinhalb": 2.5,
    "dreieinhalb": 3.5, "viereinhalb": 4.5, "fünfeinhalb": 5.5, "demi": 0.5, "une demi": 0.5, "demie": 0.5,
    "un quart de": 0.25, "quart de": 0.25, "trois quarts de": 0.75, "medio": 0.5, "media": 0.5,
    "un cuarto de": 0.25, "cuarto de": 0.25, "tres cuartos de": 0.75, "meio": 0.5, "meia": 0.5,
    "um quarto de": 0.25, "tres quartos de": 0.75, "mezzo": 0.5, "mezza": 0.5, "mezz": 0.5,
    "un quarto di": 0.25, "tre quarti di": 0.75, "आधा": 0.5, "आधे": 0.5, "आधी": 0.5, "डेढ़": 1.5, "ढाई": 2.5,
    "अढ़ाई": 2.5, "पौन": 0.75, "पौना": 0.75, "पौने": 0.75, "सवा": 1.25, "चौथाई": 0.25, "نصف": 0.5, "ربع": 0.25,
    "یک ربع": 0.25, "ثلث": 1 / 3, "ثلاثة أرباع": 0.75, "سه ربع": 0.75, "سه چهارم": 0.75, "пол": 0.5,
    "полторы": 1.5, "полутора": 1.5, "полтора": 1.5, "четверть": 0.25, "три четверти": 0.75, "半": 0.5,
    "полу": 0.5, "halb": 0.5,
}  # fmt: skip
_AND_A_PART = {
    "and a half": 0.5, "and one half": 0.5, "and a quarter": 0.25, "and three quarters": 0.75,
    "und eine halbe": 0.5, "und ein halb": 0.5, "und eine viertel": 0.25, "einhalb": 0.5, "et demie": 0.5,
    "et demi": 0.5, "et quart": 0.25, "et un quart": 0.25, "y media": 0.5, "y medio": 0.5, "y cuarto": 0.25,
    "e meia": 0.5, "e meio": 0.5, "e mezzo": 0.5, "e mezza": 0.5, "e un quarto": 0.25, "و نیم": 0.5,
    "ونیم": 0.5, "ونصف": 0.5, "و نصف": 0.5, "ونصف الدقيقة": 0.5, "و ربع": 0.25, "وربع": 0.25, "وثلث": 1 / 3,
    "с половиной": 0.5, "с четвертью": 0.25, "半钟": 0.5, "半": 0.5, "个半": 0.5, "個半": 0.5,
}  # fmt: skip


def _spelled() -> Iterator[tuple[str, float]]:
    yield from _tens_and_ones(_ENGLISH, "{ten} {one}", "{ten}{one}")
    yield from _tens_and_ones(_GERMAN, "{one}und{ten}", "{one} und {ten}")
    yield from _tens_and_ones(_FRENCH, "{ten} {one}", "{ten} et {one}", "{ten} et {one}e")
    yield from _tens_and_ones(_SPANISH, "{ten} y {one}")
    yield from _tens_and_ones(_PORTUGUESE, "{ten} e {one}")
    yield from _tens_and_ones(_ITALIAN, "{ten}{one}", "{ten} {one}")
    yield from _tens_and_ones(_RUSSIAN, "{ten} {one}")
    yield from _tens_and_ones(_PERSIAN, "{ten} و {one}", "{ten} {one}", "{ten}و{one}")
    ones = _FRENCH[0].split()
    for number in range(10, 20):
        yield from ((f"soixante {ones[number]}", 60 + number), (f"soixante et {ones[number]}", 60 + number))
    for number in range(1, 20):
        yield f"quatre vingt {ones[number]}", 80 + number
    yield "quatre vingt", 80
    for number in range(1, 10):
        spanish, italian = _SPANISH[0].split()[number], _ITALIAN[0].split()[number]
        yield f"veinti{spanish}", 20 + number
        for index, ten in enumerate(_ITALIAN[1].split()):
            # Italian drops the last vowel before another one: ventuno, trentotto.
            if italian[0] in "uo":
                yield f"{ten[:-1]}{italian}", 10 * (index + 2) + number
                yield f"{ten[:-1]}{italian}o", 10 * (index + 2) + number
    yield from ((one, number) for number, one in enumerate(_HINDI.split()))
    yield from _arabic()


def _tens_and_ones(words: tuple[str, str], *forms: str) -> Iterator[tuple[str, float]]:
    ones, tens = words[0].split(), words[1].split()
    yield from ((one, number) for number, one in enumerate(ones))
    for index, ten in enumerate(tens):
        yield ten, 10 * (index + 2)
        for number in range(1, 10):
            yield from ((form.format(ten=ten, one=ones[number]), 10 * (index + 2) + number) for form in forms)


def _arabic() -> Iterator[tuple[str, float]]:
    ones = {
        1: "واحد واحدة", 2: "اثنان اثنتان اثنين اثنتين", 3: "ثلاث ثلاثة", 4: "أربع أربعة", 5: "خمس خمسة",
        6: "ست ستة", 7: "سبع سبعة", 8: "ثمان ثماني ثمانية", 9: "تسع تسعة",
    }  # fmt: skip
    yield from (("صفر", 0), ("عشر", 10), ("عشرة", 10), ("عشره", 10))
    for number, forms in ones.items():
        for one in forms.split():
            yield one, number
    for unit, stems in {1: "أحد إحدى", 2: "اثنا اثنتا اثني اثنتي", **ones}.items():
        for stem in stems.split():
            yield from ((f"{stem} عشر", 10 + unit), (f"{stem} عشرة", 10 + unit))
    for index, stem in enumerate(("عشر", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")):
        for ending in ("ون", "ين"):
            ten = 10 * (index + 2)
            yield f"{stem}{ending}", ten
            for number, forms in ones.items():
                yield from ((f"{one} و{stem}{ending}", ten + number) for one in forms.split())
                yield from ((f"{one} و {stem}{ending}", ten + number) for one in forms.split())


_HUNDREDS = frozenset(
    fold("hundred hundert einhundert cent cien ciento cem cento सौ صد یکصد مئة مائة сто ста").split()
) | {
    "one hundred",
    "a hundred",
    fold("एक सौ"),
}
_AFTER_A_HUNDRED = ("and ", "und ", "e ", "و ", "و", "")


@lru_cache(maxsize=1)
def _below_a_hundred() -> dict[str, float]:
    below = {fold(words).replace("-", " ").strip(): value for words, value in _spelled()}
    return below | {fold(words).replace("-", " ").strip(): value for words, value in _OTHER_FORMS.items()}


@lru_cache(maxsize=1)
def _known() -> dict[str, float]:
    below = _below_a_hundred()
    known = dict(below)
    for hundred in ("hundert", "einhundert", "cento"):
        known.update(
            {f"{hundred}{words}": 100 + value for words, value in below.items() if " " not in words and value >= 1}
        )
    known.update({fold(words): value for words, value in _PARTS.items()})
    known.update(dict.fromkeys(_HUNDREDS, 100.0))
    for words, value in below.items():
        # Hindi counts quarters from the next whole number: saadhe teen is 3.5, paune teen 2.75.
        if re.match("[\u0900-\u097f]", words) and value >= 1:
            known[f"{fold('साढ़े')} {words}"] = value + 0.5
            known[f"{fold('सवा')} {words}"] = value + 0.25
            known[f"{fold('पौने')} {words}"] = value - 0.25
    return known


@lru_cache(maxsize=1)
def _beyond_a_hundred() -> dict[str, float]:
    return {
        f"{fold(link)}{words}": 100 + value for words, value in _below_a_hundred().items() for link in _AFTER_A_HUNDRED
    }


@lru_cache(maxsize=1)
def _parts_after() -> dict[str, float]:
    return {fold(words): value for words, value in _AND_A_PART.items()}


_TOKENS_MAX = 8
"""More than the longest spelled number has."""
_HAN = {one: value for value, one in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}


def number_at(tokens: tuple[Token, ...], index: int) -> tuple[float, int] | None:
    """Return the number that begins at this token and the index after it; None where none does."""
    token = tokens[index]
    if token.is_digits:
        # Three figures after a comma are thousands, fewer are a decimal part.
        whole = re.fullmatch(r"(\d{1,3}),(\d{3})", token.text)
        return float("".join(whole.groups()) if whole else token.text.replace(",", ".")), index + 1
    if token.text in _HAN or token.text in {"十", "百", "半"}:
        return _han_number(tokens, index)
    found = _longest(tokens, index, _known())
    if found is not None and found[0] == 100 and found[1] < len(tokens):
        return _longest(tokens, found[1], _beyond_a_hundred()) or found
    return found


def part_after(tokens: tuple[Token, ...], index: int) -> tuple[float, int] | None:
    """Return the part that follows here (`and a half`) and the index after it; None where none does."""
    return _longest(tokens, index, _parts_after()) if index < len(tokens) else None


def beyond(tokens: tuple[Token, ...], index: int) -> tuple[float, int] | None:
    """Return the number here that is joined on by an Arabic `wa` (and), and the index after it."""
    found = _longest(tokens, index, _beyond_a_hundred())
    return (found[0] - 100, found[1]) if found else None


def glued_number(word: str) -> float | None:
    """Return the number a word spells by itself, such as the first half of `zwanzigsekündig`; None if none."""
    return _known().get(word)


def _longest(tokens: tuple[Token, ...], index: int, known: dict[str, float]) -> tuple[float, int] | None:
    words, found = "", None
    for end in range(index, min(index + _TOKENS_MAX, len(tokens))):
        token = tokens[end]
        if token.text == "-" and words:
            continue
        if not token.is_word:
            break
        joint = "" if end > index and token.start == tokens[end - 1].end and tokens[end - 1].is_word else " "
        words = f"{words}{joint}{token.text}" if words else token.text
        if words in known:
            found = known[words], end + 1
    return found


def _han_number(tokens: tuple[Token, ...], index: int) -> tuple[float, int] | None:
    if tokens[index].text == "半":
        return 0.5, index + 1
    total, digit, end, seen = 0, 0, index, 0
    while end < len(tokens) and seen < 8:
        sign = tokens[end].text
        if sign in _HAN:
            digit = digit * 10 + _HAN[sign]
        elif sign == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif sign == "百":
            total, digit = total + (digit or 1) * 100, 0
        else:
            break
        end, seen = end + 1, seen + 1
    return float(total + digit), end
