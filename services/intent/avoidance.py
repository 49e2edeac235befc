"""What a person does not want to see: `no text`, `without people`, `nothing scary`, `not too dark`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from services.intent.languages import MATCHES_MAX, Span, Text, any_of

ITEM_LENGTH_MAX = 60
AVOID_MAX = 24


@dataclass(frozen=True)
class Avoidance:
    """What is not wanted, in the person's words, and where those words are no part of the picture."""

    avoid: tuple[str, ...]
    spans: tuple[Span, ...]
    allowed: tuple[str, ...] = ()
    """What was unwanted before and is welcome now: `with people after all`."""


# Each pattern is followed by the unwanted thing. `no` alone is English: elsewhere it is `in the`, or a plain no.
_BEFORE: dict[str, str] = {
    "en": "no|without|without any|avoid|avoid any|avoid showing|don't show|dont show|do not show|don't "
        "include|do not include|don't use|do not use|don't add|"
    "do not add|don't put|never show|nothing|not too|nothing too|free of|leave out|exclude|excluding|"
        "skip the|no more|remove the|remove any|remove all|"
    "i don't want|i do not want|don't want|we don't want|i don't want any|don't make it|do not make it|"
        "don't let it be|there should be no|there must be no|should not have|"
    "must not contain|should not contain|keep it free of|please no|shouldn't be|should not be|must not "
        "be|i don't want to see|minus the|with no|omit|omit the|hide the|get rid of|get rid of the|stay "
        "away from",
    "de": "ohne|kein|keine|keinen|keinerlei|nicht zu|nichts|bitte keine|bitte kein|vermeide|vermeiden|zeige "
        "keine|zeig keine|zeige kein|zeig kein|nicht so|keinem|lass die|verzichte auf|"
    "bitte nicht zu|es soll keine|ohne jede|ohne jeglichen|frei von",
    "fr": "sans|pas de|pas d'|pas trop|évite|évitez|éviter|aucun|aucune|rien de|rien d'|ne montre pas|ne "
        "montrez pas|ne montre pas de|sans aucun|sans aucune|n'inclus pas|n'ajoute pas|ne pas montrer|"
    "surtout pas de|éviter les|évite les|évite le|évite la|évitez les|ne montre pas les|ne montre pas le",
    "es": "sin|nada de|evita|evitar|evite|no muestres|no mostrar|no muestre|no demasiado|no muy|que no haya|"
        "que no aparezca|que no aparezcan|que no salga|que no salgan|ningún|ninguna|no incluyas|no quiero|"
    "no uses|no pongas|sin ningún|sin ninguna|no tan|no incluir|no debe haber|que no sea|que no sea "
        "demasiado",
    "pt": "sem|nada de|evite|evita|evitar|não mostre|não mostrar|não mostres|não muito|não demasiado|nenhum|"
        "nenhuma|não inclua|não quero|não use|sem nenhum|sem nenhuma|não tão|que não tenha|que não seja|"
        "nada",
    "it": "senza|niente|evita|evitare|evitate|non mostrare|non mostrarmi|non troppo|nessun|nessuna|non "
        "includere|non voglio|nulla di|non usare|non inserire|senza alcun|senza alcuna|niente di|non "
        "mettere|privo di",
    "zh": "不要有|不要出现|不要太|不要|不出现|没有|無|无|避免出现|避免|别太|别出现|别有|别|不能有|不想要|"
        "不含|去掉|禁止|请勿|不需要|不显示|不太",
    "ja": "",
    "hi": "बिना किसी|बिना|कोई भी|ज़्यादा नहीं",
    "fa": "بدون هیچ|بدون|هیچ|از نشان دادن|بی|فاقد|خیلی هم",
    "ar": "بدون أي|بدون|بلا|من دون|دون|من غير|لا تظهر|لا تُظهر|لا تعرض|تجنب|تجنّب|لا أريد|لا اريد|لا يوجد|"
        "خالي من|خال من|لا تضع|لا تستخدم|ليس|لا شيء|غير",
    "ru": "без|никаких|никакого|никакой|избегай|избегайте|не показывай|не показывать|не слишком|ничего|не "
        "надо|не очень|исключи|не добавляй",
    "ko": "",
}  # fmt: skip
# And each of these follows it.
_AFTER: dict[str, str] = {
    "ja": "なし|無し|を入れない|を出さない|を映さない|を避け|は入れない|は出さない|は映さない|はいらない|"
    "は不要|は無し|はなし|を使わない|を見せない|抜き",
    "hi": "नहीं होना चाहिए|नहीं होने चाहिए|नहीं चाहिए|न हो|ना हो|न हों|नहीं हो|न दिखाएं|न दिखाओ|ना दिखाएं|ना "
    "दिखाओ|मत दिखाओ|मत दिखाना|नहीं दिखाना|न दिखाएँ|से बचें|से बचो|के बिना|मत डालो|न डालें|"
    "मत रखो|न रखें|नहीं",
    "fa": "نباشد|نباشه|نداشته باشد|نداشته باشه|نشان نده|نشان ندهید|نشون نده|نمی‌خواهم|نمیخوام|خودداری کن|را "
    "حذف کن|نیاید|نذار|نگذار|پرهیز کن",
    "ko": "없이|없는|금지|제외",
}
_STORY = re.compile(
    any_of(
        "longer|one|matter|time|doubt|way|more than|less than|sign|signs|idea|hesitation|a word|looking|"
        "stopping|saying|knowing|speaking|moving|warning|end|limits|success|hope|"
        "choice|avail|wonder|fewer than|later than|problem|thanks|thank you|please|worries|need|other|"
        "better|longer than|shorter than|only|wants|can|but|it|that|"
        "noticing|touching|making|being|ever|special|happens|moves|changes|remains|left|else|to|in|at|"
        "zögern|ende|worte|ein wort|zu zögern|bruit de pas|fin|cesar|parar|sosta|fine|a trace"
    )
)
_TRIM = re.compile(
    r"^(?:"
    + any_of(
        "any|a|an|the|some|please|be|is|use|of|with|too much|show|have|so|den|die|das|der|jede|le|la|les|"
        "de|des|du|l'|d'|el|los|las|un|una|o|os|as|um|uma|il|lo|i|gli|ninguno|任何|有|出现|太多的|关于"
    )
    + r"\s?)+"
)
_TOO_MUCH = re.compile(r"^(?:too\s|so\s)")
_TRIM_END = re.compile(
    r"(?:\s*(?:"
    + any_of(
        "either|too|as well|after all|tampoco|auch|non plus|também não|neanche|"
        "please|bitte|s'il te plaît|s'il vous plaît|por favor|per favore|anywhere|at all|visible|on screen|"
        "in it|in the video|in the film|in the shot|in the frame|be shown|in this|okay|thanks|"
        "zu sehen|im bild|einbauen|haben|zeigen|drin|à l'écran|en pantalla|no vídeo|nel video|出现|"
        "在画面里|लطفا|"
        "لطفا|باشد|من فضلك|पर|कृपया|пожалуйста|को|का|की|के|是|的|の|は"
    )
    + r"))+$"
)
_OR = re.compile(
    r"\s*(?:"
    + any_of(
        "or|nor|and no|and without|or without|and don't show|or any|oder|ou|"
        "o|ni|nem|né|noch|и|или|أو|ولا|او|و|یا|और|या|und keine|und kein|und|et|y|e|and"
    )
    + r"|或者|或|和|与|、|以及|や|と)\s*"
)
_OR_NO = re.compile(r"^\s*(?:" + any_of("or|nor|oder|ou|ni|nem|noch|أو|ولا|یا|या|и|or any|or even") + r"|或)\s")
_WORDY = re.compile(
    r"\s+(?:"
    + any_of(
        "but|just|only|while|because|so that|until|as|which|that|who|where|when|then|in a|in the|on the|at "
        "the|near|under|over|walks|runs|stands|sits|flies|rows|is|are|for|at|with|"
        "from|into|through|along|across|aber|sondern|nur|mais|pero|solo|mas|ma|لكن|فقط|ولی|अما|लेकिन|बस|но|"
        "in|on|by|geht|läuft|steht|marche|court|camina|corre|anda|cammina|کے|do|does|comes|come|goes"
    )
    + r"|但|只|，).*$",
    re.DOTALL,
)
_STOP_WORDS = re.compile(any_of("please|bitte"))
_CHINESE_END = re.compile(r"(?:的|地).*$")
_ALLOW = re.compile(
    any_of(
        "is fine|are fine|is okay|is ok|are ok|are okay|after all|is allowed|are allowed|allow|doch mit|"
        "finalement avec|可以有"
    )
)
_ALLOWED = re.compile(
    r"(?:with|allow|mit|avec|con|com)\s(?P<what>[\w\s]{2,30}?)\s(?:after all|again|doch|finalement)|"
    r"allow\s(?P<more>[\w\s]{2,30})$|(?P<fine>[\w]{2,20})\s(?:is|are)\s(?:fine|ok|okay|allowed)"
)
_FREE_OF = frozenset(
    {"text", "people", "logo", "blood", "watermark", "caption", "subtitle", "crowd", "violence", "gore"}
)
_FREE = re.compile(r"\b(?P<what>[a-z]{3,16})-free\b")


def read_avoidance(text: Text, language: str, known: tuple[Span, ...] = ()) -> Avoidance:
    """Return what the words don't want to be seen.

    Args:
        known: what else in the text is about the film; it is no unwanted thing.
    """
    avoid: list[str] = []
    spans: list[Span] = []
    blanked = text.blanked(known)
    for match in islice(_pattern(language).finditer(blanked), MATCHES_MAX):
        if len(avoid) >= AVOID_MAX or any(start <= match.start() < end for start, end in spans):
            continue
        clause = text.clause_at(match.start())
        opens = not blanked[clause[0] : match.start()].strip() or _opens(blanked[clause[0] : match.start()])
        items, end = _items(text, blanked, match.end(), clause[1], is_story=not opens, word=match.group().strip())
        if not items:
            continue
        avoid.extend(items)
        if opens:
            spans.append((match.start(), end))
    for following in _pattern_after(language):
        for one in islice(following.finditer(blanked), MATCHES_MAX):
            clause = text.clause_at(one.start())
            start = max(clause[0], one.start() - 30)
            items = _split(_own(text, (start, one.start())))
            if items:
                avoid.extend(items)
                spans.append((start if start == clause[0] else one.start(), one.end()))
    if language == "en":
        for one in _FREE.finditer(blanked):
            if one.group("what") in _FREE_OF:
                avoid.append(one.group("what"))
    allowed = tuple(
        (one.group("what") or one.group("more") or one.group("fine")).strip() for one in _ALLOWED.finditer(text.folded)
    )
    return Avoidance(tuple(dict.fromkeys(avoid)), tuple(spans), allowed)


_OPENING = re.compile(
    any_of(
        "but|and|please|also|with|make sure|ensure|there is|make it|keep it|film|video|it should have|"
        "doch|aber doch|bitte|und|aber|mit|et|mais|y|pero|e|mas|ma|con|com|请|और|و|لطفا|и|now|it|this|just|que|"
        "画面|视频|里|中"
    )
)


def _opens(before: str) -> bool:
    """Say whether only small words stand before in the clause, so that it is an instruction: `but no text`."""
    return not _OPENING.sub("", before).strip()


def _pattern(language: str) -> re.Pattern[str]:
    return _PATTERNS.get(language, _PATTERNS["en"])


def _pattern_after(language: str) -> tuple[re.Pattern[str], ...]:
    return (_PATTERNS_AFTER[language],) if language in _PATTERNS_AFTER else ()


_LATIN = ("en", "de", "fr", "es", "pt", "it")
# Longer phrases mean the same in any text; short ones (`no`, `sin`, `sem`) only in their own language.
_SHARED = "|".join(
    one for language in _LATIN for one in _BEFORE[language].split("|") if len(one) > 4 and one not in {"minus the"}
)
_PATTERNS = {language: re.compile(any_of(f"{words}|{_SHARED}") + r"[\s':]{0,3}") for language, words in _BEFORE.items()}
_PATTERNS_AFTER = {language: re.compile(r"\s*" + any_of(words)) for language, words in _AFTER.items()}


def _items(
    text: Text, blanked: str, start: int, clause_end: int, *, is_story: bool, word: str
) -> tuple[tuple[str, ...], int]:
    """Return the unwanted things from here on and where they end."""
    rest = blanked[start:clause_end]
    if not rest.strip():
        return (), start
    if _STORY.match(rest.strip()) and not word.startswith(("nothing", "don't", "do not")):
        return (), start
    stop = _WORDY.search(rest)
    end = start + (stop.start() if stop else min(len(rest), ITEM_LENGTH_MAX))
    if is_story:
        if word.startswith("not ") or word in {
            "nothing",
            "nichts",
            "rien de",
            "nada",
            "niente",
            "ничего",
            "غير",
            "ليس",
            "别",
            "کوئی",
        }:
            return (), start
        # In the story only a short thing is taken: `a street without people`.
        first = text.tokens_between(start, end)[:3]
        end = first[-1].end if first and len(text.tokens_between(start, end)) > 3 else end
        if first and first[0].text.endswith("ing"):
            return (), start
    items = _split(_own(text, (start, end)))
    if word.startswith(
        ("not too", "nicht zu", "pas trop", "no demasiado", "no muy", "nao muito", "non troppo", "не слишком")
    ):
        items = tuple(f"{_TOO[word.split()[0] + ' ' + word.split()[1]]} {one}" for one in items)
    elif word in {"不要太", "别太"}:
        items = tuple(f"太{one}" for one in items)
    # `no text, logos or watermarks` goes on past its commas.
    while items and end >= clause_end - 1 and end < len(blanked):
        more = re.match(
            r"[,،、]\s*(?P<item>[^,.;:!?\n،、。]{2,32})(?=[,.،。;\n]|$)", blanked[clause_end : clause_end + 48]
        )
        if more is None or not (
            _OR_NO.match(more.group("item"))
            or _list_goes_on(blanked[clause_end + more.end() :][:60], more.group("item"))
        ):
            break
        items = (*items, *_split(_own(text, (clause_end + more.start("item"), clause_end + more.end("item")))))
        end = clause_end = clause_end + more.end()
    return items, end


_TOO = {
    "not too": "too",
    "nicht zu": "zu",
    "bitte nicht": "zu",
    "pas trop": "trop",
    "no demasiado": "demasiado",
    "no muy": "muy",
    "nao muito": "muito",
    "non troppo": "troppo",
    "не слишком": "слишком",
}


def _list_goes_on(rest: str, item: str) -> bool:
    """Say whether `item` is the middle of a list: short, with an `or` behind it or inside it."""
    short = len(item.split()) <= 2
    own = len(item.split()) <= 4 and bool(re.search(r"\s(?:or|nor|oder|ou|ni|o)\s", item))
    return own or (short and bool(re.match(r"[,،]\s*(?:[^\s,]+\s?){0,3}?(?:or|nor|oder|ou|ni)\s", rest)))


def _own(text: Text, span: Span) -> str:
    return text.said_at(span)


def _split(words: str) -> tuple[str, ...]:
    found = []
    for part in _OR.split(words) if words else ():
        if part is None:
            continue
        folded = part.strip(" \t\n'’\"-:")
        lowered = Text.of(folded)
        start = _TRIM.match(lowered.folded)
        item = lowered.said[lowered.places[start.end()] :] if start else folded
        inner = Text.of(item)
        end = _TRIM_END.search(inner.folded)
        item = (inner.said[: inner.places[end.start()]] if end else item).strip(" \t\n'’\"-.,")
        if item and any(letter.isalnum() for letter in item) and len(item) <= ITEM_LENGTH_MAX:
            found.append(item)
    return tuple(found)
