"""The shape of the picture: a ratio, a size in pixels, a word for it, or a place that has one, such as TikTok."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from services.intent.film_words import FILM, HEDGE, LENGTH, PART, REQUEST, WANT
from services.intent.languages import LETTER, MATCHES_MAX, Span, Text, any_of, has_letters

KNOWN = {
    "16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:5": 0.8, "5:4": 1.25, "4:3": 4 / 3, "3:4": 0.75, "3:2": 1.5,
    "2:3": 2 / 3, "21:9": 21 / 9, "9:21": 9 / 21, "2.39:1": 2.39, "2.35:1": 2.35, "2.40:1": 2.4,
    "1.85:1": 1.85, "2:1": 2.0, "1:2": 0.5, "18:9": 2.0, "9:18": 0.5, "32:9": 32 / 9, "2.76:1": 2.76,
    "1.66:1": 1.66, "1.33:1": 1.33, "1.37:1": 1.37, "1.78:1": 1.78, "1.91:1": 1.91, "1.43:1": 1.43,
    "1.90:1": 1.9, "16:10": 1.6, "5:3": 5 / 3, "2.2:1": 2.2, "2.20:1": 2.2, "2.55:1": 2.55, "14:9": 14 / 9,
    "9:20": 0.45, "20:9": 20 / 9, "2.4:1": 2.4,
}  # fmt: skip
"""Ratios people name, by width over height."""
PICTURE_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "4:5", "3:2", "2:3", "21:9")
"""The ones a picture of its own size is rounded to."""


@dataclass(frozen=True)
class Aspects:
    """The aspect that was asked for, if any, and where these words stand."""

    aspect: str | None
    spans: tuple[Span, ...]
    others: tuple[str, ...] = ()
    """Further ones that were named and don't agree."""


_RATIO = re.compile(
    r"(?<![\d:])(?<!\d[.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?(?::|/|x|比|∶|\s(?:by|to|x|zu|par|por|per|a|sur|"
    r"на|در|في|"
    r"على|से|到)\s|-(?=\d{1,2}\b))\s?"
    r"(\d{1,2})(?!\d|:\d|[.,]\d|\s?(?:am|pm|uhr|seconds?|sec|s\b|min|m\b|cm|mm|people|秒))"
)
_PIXELS = re.compile(r"(?<!\d)(\d{3,4})\s?(?:x|by|\*)\s?(\d{3,4})(?!\d)(?:\s?(?:px|pixels?|pixel))?")
_NO_SHAPE = re.compile(
    any_of(
        "score|scored|won|win|wins|wins by|lead|leads|leading|lose|lost|beat|beats|at|spiel|gewinnt|scale|"
        "ratio of|odds|chapter|verse|"
        "john|psalm|matthew|mark|luke|around|until|since|um|vers les|train at|half past|mixed|mix"
    )
    + r"[^.:\d]{0,14}$"
)
_NO_SHAPE_AFTER = re.compile(
    r"\s*(?:scale|odds|victory|win\b|defeat|draw|am\b|pm\b|uhr|mix|chance|lead\b|in the morning|"
    r"against|gegen)"
)
_FIRM = frozenset(
    {"16:9", "9:16", "21:9", "4:5", "2.39:1", "2.35:1", "2.40:1", "1.85:1", "2.76:1", "16:10", "18:9", "32:9", "4:3"}
)

_FORMAT = (
    "format|formats|aspect|aspect ratio|ratio|orientation|mode|frame|framing|screen|composition|"
    "version|crop|full screen|"
    "ausrichtung|seitenverhältnis|bildformat|cadre|écran|orientation|formato|proporción|proporção|"
    "pantalla|tela|schermo|rapporto|"
    "orientación|orientação|orientamento|画面|格式|比例|构图|屏幕|屏|版|フォーマット|画角|サイズ|"
    "फॉर्मेट|फ़ॉर्मैट|फ्रेम|"
    "स्क्रीन|अनुपात|"
    "قالب|فرمت|کادر|نسبت|تصویر|قاب|صورت|تنسيق|بتنسيق|شكل|بشكل|إطار|نسبة|أبعاد|شاشة|формат*|кадр*|"
    "соотношени*|экран*"
)
_NOUN = re.compile(
    r"[\s\-_]{0,2}(?:(?:" + LETTER + r"|[\d-]){1,14}[\s-]{1,2}){0,2}?" + any_of(f"{FILM}|{_FORMAT}|{PART}")
)
_FILM_NEXT = re.compile(r"[\s,]*" + any_of(FILM))
_NOUN_NEXT = re.compile(r"[\s\-_]{0,2}" + any_of(f"{FILM}|{_FORMAT}"))
_NOUN_BEFORE = re.compile(
    any_of(f"{FILM}|{_FORMAT}")
    + r"[\s:\-]{0,3}(?:"
    + any_of("in|en|im|da|de|di|to|of|is|as|auf|zu|von|به صورت|صورت|بشكل|的|为|到")
    + r"\s)?$"
)
_MAKES_IT = re.compile(
    any_of(WANT)
    + r"\s*$|"
    + any_of("in|shot|film it|shoot it|shoot|now|as|but|filmed|render it|go|switch to|im|en|em|als|به صورت|بشكل")
    + r"\s*$"
)
_FILLING = re.compile(
    any_of(
        f"{HEDGE}|{FILM}|{REQUEST}|{LENGTH}|{WANT}|{_FORMAT}|{PART}|instead|now|please|na|no|nel|nella|à la|auf|more|"
        f"but|then|rather|phone|"
        f"youtube|instagram|my|also|ok|okay|yes|no|actually|stattdessen|lieber|jetzt|plutôt|maintenant|"
        f"mejor|ahora|melhor|agora|meglio|ora|invece|換|换成|吧|अब|لطفا|الآن|теперь"
    )
)
_NOT = re.compile(
    any_of(
        "not|no|instead of|rather than|nicht|kein|keine|statt|anstatt|pas|pas de|non|au lieu de|plutot que|"
        "en lugar de|en vez de|em vez de|invece di|nao|não|不要|不是|而不是|बजाय|به جای|نه|ليس|بدلا من|"
        "вместо|не"
    )
    + r"\s*(?:a|the|in|di|de|du)?\s*$"
)
_CLAUSE_REST = 16

# Words that mean a shape wherever they stand.
_ALWAYS: tuple[tuple[str, str], ...] = (
    ("9:16", "hochformat|hochkant*|format portrait|formato retrato|formato ritratto|portrait mode|portrait "
        "format|portrait orientation|"
             "portrait video|portrait film|portrait clip|tall format|phone format|mobile format|"
             "竖屏|竖版|竖幅|竖向|竖着|豎屏|直式|竖构图|竖的|纵向|縦型|縦長|縦動画|縦向き|縦画面|縦位置|"
             "पोर्ट्रेट मोड|पोर्ट्रेट फॉर्मेट|खड़ा वीडियो|खड़ी वीडियो|insta reel|instagram reel*|facebook reel|"
        "ig reel|instagram story|instagram stories|insta story|"
             "insta stories|ig story|ig stories|facebook story|whatsapp status|whatsapp story|snapchat story|"
        "snapchat|story format|"
             "stories format|format story|format stories|formato stories|formato storia|formato reel|"
        "storyformat|story-format|reelformat|"
             "for stories|for my stories|for my story|for reels|for a reel|as a reel|"
             "youtube short|youtube shorts|yt shorts|yt short|for shorts|as a short|抖音|快手|视频号|竖视频|"
             "इंस्टाग्राम रील*|इंस्टा रील*|रील के लिए|रील फॉर्मेट|یوتیوب شورتز|ریلز|ریل اینستاگرام|استوری|"
        "استوری اینستاگرام|ستوري|"
             "ريلز|ريل|वर्टिकल|ऊर्ध्वाधर|सीधा वीडियो|インスタリール|ストーリーズ|리일|세로|рилс|рилз|сторис|сториз|"
        "stories "
        "instagram|reels instagram|reel de instagram|"
             "story instagram|historia de instagram|historias de instagram|für reels|für stories|pour reels|"
        "para reels|per reels"),
    ("16:9", "querformat|breitbild|widescreen|wide screen|format paysage|formato apaisado|formato paisaje|"
        "formato paisagem|landscape format|"
             "landscape mode|landscape orientation|landscape video|landscape clip|formato paesaggio|schermo "
        "largo|"
             "grand écran large|pantalla ancha|pantalla panorámica|tela larga|横屏|横版|横幅画面|横向|横着|橫屏|"
        "橫式|宽屏|寬屏|宽画幅|"
        "横構図|"
             "横型|横長|横動画|横向き|横画面|ワイドスクリーン|ワイド画面|लैंडस्केप मोड|लैंडस्केप फॉर्मेट|लैंडस्केप "
        "वीडियो|वाइडस्क्रीन|"
        "चौड़ी स्क्रीन|हॉरिजॉन्टल|हॉरिज़ॉन्टल|हॉरिजोंटल|क्षैतिज|"
             "واید اسکرین|صفحه عریض|شاشة عريضة|широкоэкранн*|широкий экран|가로"),
    ("1:1", "正方形画面|正方形视频|方形视频|方形画面|方屏|正方形构图|スクエア|正方形の動画|正方形フォーマット|"
        "quadratformat|format carré|formato cuadrado|"
        "formato quadrado|"
            "formato quadrato|square format|square video|square crop|square frame|square aspect|square clip|"
        "square film|square ratio|वर्गाकार|स्क्वायर|स्क्वेयर|چوکور"),
    ("2.39:1", "cinemascope|cinémascope|cinema scope|scope ratio|anamorphic|anamorphique|anamorfico|anamórfico|"
        "anamorphotisch|anamorphes|anamorph|"
               "anamorphotisches|西内玛斯柯普|变形宽银幕|シネマスコープ|シネスコ|सिनेमास्कोप|سینماسکوپ|سينما سكوب|"
        "синемаскоп"),
    ("21:9", "ultrawide format|ultra wide format|ultrawide screen|ultra widescreen|ultrawide video|ultra wide "
        "screen|超宽屏|ultrawide"),
)  # fmt: skip
# Words that mean a shape beside a word for a film or a format, or where nothing else is in the clause.
_MAYBE: tuple[tuple[str, str], ...] = (
    ("9:16", "vertical|vertically|vertikal*|verticale|verticali|verticales|verticais|verticaux|portrait|upright|"
        "reel|reels|hochkantiges|retrato|"
             "पोर्ट्रेट|عمودی|عمودي*|رأسي|رأسية|طولي|بالطول|вертикальн*|shorts|tall"),
    ("16:9", "horizontal|horizontally|horizontale|horizontales|horizontais|orizzontale|orizzontali|landscape|"
        "horizontal*|paysage|paisaje|paisagem|apaisado|"
             "लैंडस्केप|افقی|أفقي*|عرضي|بالعرض|горизонтальн*|wide|letterbox"),
    ("1:1", "square|quadratisch*|carré|carre|carrée|carree|cuadrado|cuadrada|quadrado|quadrada|quadrato|"
        "quadrata|चौकोर|चौरस|"
            "مربع*|مربعی|مربعي|квадратн*|正方形|方形"),
)  # fmt: skip
_TIKTOK = re.compile(
    any_of("tiktok|tik tok|tiktoks|टिकटॉक|टिक टॉक|تیک تاک|تیک‌تاک|تيك توك|تيكتوك|тикток*|тик ток|ティックトック|틱톡")
)
_TIKTOK_IS_SUBJECT = re.compile(
    r"[\s-]*"
    + any_of(
        "star|stars|dance|dancer|dancers|logo|trend|influencer|challenge|app|famous|celebrity|headquarters|"
        "tänzer*|video on her phone"
    )
)
_REEL_IS_THING = re.compile(r"\s*" + any_of("of film|of|to reel|back|in|from the|under|in the|spins|turns|tape"))
_REEL_BEFORE = re.compile(
    any_of("film|fishing|movie|old|tape|cable|red|metal|hose|the|he|she|they|spinning|highlight|it") + r"\s*$"
)
_LENS = re.compile(r"\s*-?\s*" + any_of("lens|lenses|flare|flares|bokeh|objektiv*|lentille|lente"))
_ALWAYS_PATTERNS = tuple((aspect, re.compile(any_of(words))) for aspect, words in _ALWAYS)
_MAYBE_PATTERNS = tuple((aspect, re.compile(any_of(words))) for aspect, words in _MAYBE)


@dataclass(frozen=True)
class _Found:
    aspect: str
    span: Span
    is_ratio: bool


def read_aspects(text: Text, known: tuple[Span, ...] = ()) -> Aspects:
    """Return the aspect the words ask for. A ratio in figures says more than a word such as `vertical`.

    Args:
        known: what else in the text is about the film, so that it does not count as story in a clause.
    """
    found = sorted((*_ratios(text), *_words(text, known)), key=lambda one: one.span)
    wanted = [one for one in found if not _NOT.search(text.folded[max(0, one.span[0] - 20) : one.span[0]])]
    spans = tuple(one.span for one in found)
    ratios = [one for one in wanted if one.is_ratio]
    chosen = (ratios or wanted)[:1]
    if not chosen:
        return Aspects(None, spans if not wanted and found else ())
    others = tuple(dict.fromkeys(one.aspect for one in ratios if one.aspect != chosen[0].aspect))
    return Aspects(chosen[0].aspect, spans, others)


def aspect_of_size(width: int, height: int) -> str:
    """Return the named ratio nearest to a picture's own, by the factor between them."""
    own = width / height
    return min(PICTURE_RATIOS, key=lambda name: max(own / KNOWN[name], KNOWN[name] / own))


def _ratios(text: Text) -> list[_Found]:
    found: list[_Found] = []
    for match in islice(_RATIO.finditer(text.folded), MATCHES_MAX):
        name = f"{match.group(1).replace(',', '.')}:{match.group(2)}"
        if name not in KNOWN:
            continue
        before, after = (
            text.folded[max(0, match.start() - 30) : match.start()],
            text.folded[match.end() : match.end() + 20],
        )
        is_named = _NOUN_NEXT.match(after) or _NOUN_BEFORE.search(before)
        # Nobody scores 2.35, and no train leaves at it.
        is_elsewhere = "." not in name and (_NO_SHAPE.search(before) or _NO_SHAPE_AFTER.match(after))
        if is_elsewhere and not is_named:
            continue
        is_colon = ":" in match.group() or "比" in match.group() or "∶" in match.group()
        # `3/4`, `2 to 1` and `4-5` are shapes only where something says so.
        if not is_colon and name not in {"16:9", "9:16", "21:9", "2.39:1", "2.35:1"} and not is_named:
            continue
        if name not in _FIRM and not (is_named or _stands_alone(text, match.span(), ())):
            continue
        found.append(_Found(name, match.span(), is_ratio=True))
    for match in _PIXELS.finditer(text.folded):
        width, height = int(match.group(1)), int(match.group(2))
        if width >= 240 and height >= 240:
            found.append(_Found(aspect_of_size(width, height), match.span(), is_ratio=True))
    return found


def _words(text: Text, known: tuple[Span, ...]) -> list[_Found]:
    found: list[_Found] = []
    for aspect, pattern in _ALWAYS_PATTERNS:
        for match in islice(pattern.finditer(text.folded), MATCHES_MAX):
            if aspect == "2.39:1" and _LENS.match(text.folded, match.end()):
                continue
            found.append(_Found(aspect, match.span(), is_ratio=False))
    found.extend(
        _Found("9:16", one.span(), is_ratio=False)
        for one in _TIKTOK.finditer(text.folded)
        if not _TIKTOK_IS_SUBJECT.match(text.folded, one.end())
    )
    for aspect, pattern in _MAYBE_PATTERNS:
        for match in islice(pattern.finditer(text.folded), MATCHES_MAX):
            taken = any(one.span[0] <= match.start() < one.span[1] for one in found)
            if not taken and _is_about_the_frame(text, match, known):
                found.append(_Found(aspect, match.span(), is_ratio=False))
    return found


def _is_about_the_frame(text: Text, match: re.Match[str], known: tuple[Span, ...]) -> bool:
    word, (start, end) = match.group(), match.span()
    before, after = text.folded[max(0, start - 30) : start], text.folded[end : end + 60]
    clause = text.clause_at(start)
    if word in {"reel", "reels"}:
        return not (_REEL_IS_THING.match(after) or _REEL_BEFORE.search(before))
    if word == "shorts":
        return _stands_alone(text, match.span(), known)
    if word in {"tall", "wide"}:
        return word == "tall" and _NOUN_NEXT.match(after) is not None
    if _NOUN_NEXT.match(after):
        return True
    near = " " + " ".join(text.blanked(known)[end : min(clause[1], end + 40)].split())
    # `vertical 20-second film`; but `a portrait of a man in a film` has a story between.
    if word not in {"portrait", "landscape", "square", "paysage", "paisaje", "paisagem", "retrato"} and _NOUN.match(
        near
    ):
        return True
    if word in {"portrait", "landscape", "square"} and _FILM_NEXT.match(near):
        return True
    near_before = " ".join(text.blanked(known)[max(clause[0], start - 40) : start].split()) + " "
    if _NOUN_BEFORE.search(near_before):
        return word not in {"portrait", "landscape"} or not re.match(r"\s*(?:of|d)\b", after)
    if _stands_alone(text, match.span(), known):
        return True
    closes = not near.strip() or re.match(r"\s*(?:please|instead|now|then)\b", near) is not None
    return closes and _MAKES_IT.search(before) is not None


def _stands_alone(text: Text, span: Span, known: tuple[Span, ...]) -> bool:
    """Say whether nothing of a story is beside it in its clause."""
    start, end = text.clause_at(span[0])
    left = text.blanked((*known, span))[start:end]
    if len(left.split()) > _CLAUSE_REST:
        return False
    return not has_letters(_FILLING.sub(" ", left))
