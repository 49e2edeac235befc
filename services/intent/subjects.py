"""What is to be seen, in the person's own words, less what they say about the film."""

from __future__ import annotations

import re

from services.intent.film_words import FILM, HEDGE, LENGTH, REQUEST, WANT
from services.intent.languages import Span, Text, any_of, compiled, has_letters, words_of

_KIND = (
    "short|little|quick|small|nice|beautiful|new|simple|kurzes|kurzen|kurzer|kurze|kleines|kleinen|"
    "schönes|court|courte|petit|petite|corto|corta|pequeño|breve|curto|curta|pequeno|piccolo|小|短い|छोटा|"
    "छोटी|छोटा सा|"
    "کوتاه|قصير|قصيرا|короткий|короткое|короткую|ai|hd|4k|8k|full hd|slow motion"
)
_VERBS = (
    "i would love|i'd love|i'd love to see|i want to see|could you make|make|create|generate|film|produce|"
    "render|shoot|give me|show me|show|i want|i'd like|i would like|"
    "we want|i need|can you make|could you make|can you create|could you create|please make|please "
    "create|let's make|direct|animate|"
    "mach|mache|macht|erstelle|erstell|erzeuge|generiere|produziere|dreh|drehe|zeig|zeige|ich möchte|"
    "ich hätte gern|ich will|ich brauche|"
    "fais|fais moi|faites|faites moi|crée|créez|génère|générez|réalise|réalisez|montre|montre moi|je "
    "veux|je voudrais|j'aimerais|"
    "haz|hazme|haga|crea|créame|crear|genera|generar|muestra|quiero|quisiera|necesito|"
    "faça|faz|crie|cria|gere|gera|mostre|mostra|quero|queria|gostaria de|preciso de|"
    "fai|fammi|crea|creami|creare|genera|realizza|mostra|voglio|vorrei|"
    "بساز|بسازید|ایجاد کن|تولید کن|می‌خواهم|میخوام|اصنع|اصنعي|أنشئ|انشئ|أنتج|اعمل|أريد|اريد|ولد|"
    "сделай|сделайте|создай|создайте|сгенерируй|сними|покажи|хочу|нужен|нужно"
)
_ARTICLE = (
    "a|an|the|me|us|for me|one|my|ein|eine|einen|mir|uns|bitte|un|une|moi|nous|una|uma|me|mi|um|le|la|"
    "el|o|il|please|some|"
    "یک|برای من|برایم|لي|لنا|من فضلك|लطفا|مне|нам|пожалуйста"
)
_ABOUT = (
    "of|about|showing|featuring|with|where|in which|that shows|which shows|depicting|for|on|set in|"
    "starring|über|von|mit|das zeigt|der zeigt|in dem|darüber wie|zu|sur|de|d'|du|des|montrant|avec|où|"
    "qui montre|dans laquelle|dans lequel|"
    "sobre|con|donde|que muestra|en el que|en la que|mostrando|com|onde|que mostra|em que|do|da|su|di|"
    "che mostra|in cui|dove|sul|sulla|dello|della|del|d'un|d'une|"
    "از|درباره|درباره‌ی|دربارهٔ|در مورد|راجع به|که در آن|عن|حول|يظهر|يظهر فيه|تظهر فيه|فيه|ل|про|о|об|"
    "с|где|в котором"
)
_PLAIN_FILM = "|".join(
    one
    for one in FILM.split("|")
    if one not in {"timelapse", "time lapse", "loop", "montage", "footage", "gif", "cut", "edit"}
)
"""Less the words that also say how a film looks."""
_GREETING = (
    "just|nah|hi|hello|hey|hallo|bonjour|hola|olá|oi|ciao|please|bitte|so|ok|okay|well|can you|could you|would "
    "you|por favor|per favore|svp|سلام|مرحبا|لطفا|من فضلك|привет|कृपया"
)
_LEAD = compiled(
    rf"^[\s,:;.\-]*(?:(?:{any_of(_GREETING)})[\s,!:]*){{0,3}}"
    rf"(?:(?:{any_of(_VERBS)})(?!\s(?:it|her|him|them)\b)[\s,]*(?:(?:{any_of(_ARTICLE)})[\s']*){{0,3}})?"
    rf"(?:(?:(?:{any_of(_ARTICLE)})[\s']+){{0,2}}(?:(?:{any_of(_KIND)})[\s,]+){{0,3}}(?:{any_of(_PLAIN_FILM)})(?:\s(?:{any_of(_PLAIN_FILM)}))?(?:\s+{any_of(_KIND)})?"
    rf"(?:\s*[:,.;\-—]\s*|"
    rf"\s+(?:{any_of(_ABOUT)})[\s']*(?:{any_of('how|wie|comment|cómo|como|come')}\s)?|\s*$))?"
)
_BARE_VERB = compiled(rf"^[\s,]*(?:(?:{any_of(_VERBS)})[\s,]*(?:(?:{any_of('me|us|mir|uns|moi|nous|لي')})[\s']*)?)?$")
_HAN_LEAD = re.compile(
    r"^[\s,，。:：]*(?:请|你好|麻烦|麻烦你)?(?:用|以)?[,，\s]*(?:帮我|给我|为我|我想要|我要|我想)?(?:做|制作|"
    r"生成|拍摄|拍|创建|创作|来|画|要|写)?(?:一个|一段|"
    r"一部|一条|个|段|部|条)?(?:关于|有关)?(?:的)?"
    r"(?:短视频|视频|短片|影片|电影|微电影|动画片|动画|片子|广告|纪录片|影像)(?:[,，:：。]|里|中|"
    r"，)?\s*(?:关于|"
    r"讲述|讲的是|讲|展示|内容是|内容为|内容)?[:：,，]?"
    r"|^[\s,，]*(?:请)?(?:帮我|给我)?(?:做|制作|生成|拍摄|拍|创建|创作)(?:一个|一段|一部|一条)?(?:关于)?"
)
_HAN_TAIL = re.compile(
    r"(?:的)?(?:短视频|视频|短片|影片|电影|微电影|片子|動画|映像|ビデオ|ムービー|"
    r"アニメ)(?:を)?(?:作って(?:ください)?|作成して(?:ください)?|"
    r"生成して(?:ください)?|お願いします|が欲しい)?[。!！\s]*$"
)
_KANA_TAIL = re.compile(
    r"(?:\s*(?:の|を)){1,3}(?:(?:動画|映像|ビデオ|ムービー)(?:を)?)?(?:作って(?:ください)?|"
    r"作成して(?:ください)?|生成して(?:ください)?)?[。\s]*$"
)
_HINDI_FILM = "वीडियो|विडियो|फिल्म|फ़िल्म|क्लिप|मूवी|रील"
_HINDI_MAKE = "बनाओ|बनाएं|बनाइए|बना दो|बनाना|चाहिए|दिखाओ|दिखाएं|बनाये|बनाएँ|तैयार करो"
_HINDI_TAIL = compiled(
    rf"(?:\s(?:{any_of('का|की|के|एक|पर|छोटा|छोटी|के बारे में')})){{0,6}}\s*(?:{any_of(_HINDI_FILM)})?"
    rf"\s*(?:{any_of(_HINDI_MAKE)})?[।.\s]*$"
)
_HINDI_LEAD = compiled(
    rf"^(?:{any_of('कृपया|मुझे|मेरे लिए|एक')}\s)*(?:{any_of('वीडियो|विडियो|फिल्म|फ़िल्म|क्लिप')})"
    rf"(?:\s*(?:{any_of(_HINDI_MAKE)}))?(?:\s*[:,।]\s*|\s(?:{any_of('जिसमें|जहां|में')})\s)"
)
_PERSIAN_TAIL = compiled(rf"\s*(?:{any_of('بساز|بسازید|درست کن|می‌خواهم|میخوام|ایجاد کن|تولید کن')})[.\s]*$")
_SMALL = any_of(
    f"{HEDGE}|{FILM}|{LENGTH}|{WANT}|{_KIND}|format|formats|aspect|aspect ratio|ratio|style|look|version|mode|"
    f"orientation|second|seconds|im|please|long|"
    "change|switch|set|use|turn|convert|put|render|shoot|go|this|me|ok|okay|yes|no|fine|well|instead|"
    "now|then|also|but|so|make|create|generate|shots|scenes|segments|shot|scene|estilo|stile|stil|"
    "formato|orientación|proporción|risoluzione|resolution|4k|8k|1080p|720p|hd|uhd|fps|"
    "24fps|30fps|60fps|شیوه|سبک|فرمت|قالب|بتنسيق|تنسيق|शैली|फॉर्मेट|में|बनाओ|बनाएं|风格|格式|画面|比例|"
    "shorten|extend|lengthen|trim|longer|shorter|perfect|great|good|same|feel|feels|looks|thing|everything|else|split|into|enough|"
    "draus|daraus|mach|na|continuous|"
    "秒|做|制作|"
    "生成|拍|版|формат|стиль|стиле|формате|d|s|l|sound|for"
)
_SMALL_PATTERN = compiled(_SMALL)
_REQUEST_PATTERN = compiled(any_of(REQUEST))
_BEFORE_A_CUT = (
    "like|more like|rather like|looking like|in the way of|eher wie|wie|plutôt comme|comme|más como|como|come|"
    "in|at|with|a|an|of|about|around|approximately|roughly|for|as|format|length|duration|aspect|ratio|"
    "aspect ratio|lasting|that lasts|that is|im|in der|in einem|mit|von|etwa|ca|ungefähr|en|au|de|d|à|"
    "avec|environ|con|em|no|com|di|su|shot in|shot on|filmed in|rendered in|done in|painted in|drawn "
    "in|made in|over|exactly|just|only|per|für|pour|para|به|در|با|به مدت|مدت|بطول|مدته|مدتها|لمدة|بمدة|"
    "في|ب|длиной|на|в|с|length of|duration of|durée|durata|duración|duração|dauer|make it|make this|i "
    "want it|keep it|ratio of|the"
)
_GLUE_BEFORE = compiled(rf"(?:[\s\-]*(?:{any_of(_BEFORE_A_CUT)})[\s:]*+){{1,8}}+$")
_AFTER_A_CUT = (
    "long|in length|format|aspect ratio|aspect|ratio|style|look|aesthetic|lang|lange|langes|langer|"
    "länge|dauer|orientation|mode|please|duration|in total|total|or so|in duration|de long|de durée|de "
    "duración|de duração|di durata|stil|bitte|का|की|के|लंबा|लंबी|में|ای|‌ای|طولا|длиной|的|长|的时长|"
    "風|风格|format please"
)
_GLUE_AFTER = compiled(rf"^(?:[\s\-]*(?:{any_of(_AFTER_A_CUT)}))+")
_EDGE = re.compile(r"^[\s,;:.\-–—/|،؛、。，।+&]+|[\s,;:.\-–—/|،؛、。，।+&(\[]+$")
_STOPS = re.compile(r"\s*[,;:.!?\n،؛。，]")
# What is left of `thirty seconds of waves` where the length was cut.
_OF_FIRST = compiled(rf"^(?:d'|(?:{any_of('of|von|de|du|des|di|do|da|من|از|про|о|d')})\s)")
_LAST_SMALL = (
    "please|bitte|por favor|per favore|svp|and|with|in|a|an|the|of|for|at|but|as|und|mit|im|in|et|avec|"
    "en|y|con|de|e|com|em|di|و|مع|با|और|и|с|to|by"
)
_DANGLING_END = compiled(rf"(?:[\s,]+(?:{any_of(_LAST_SMALL)})){{1,6}}$")
_FIRST_SMALL = "and|of|about|with|but|und|mit|von|über|et|y|pero|mais|e|ma|و|и|showing|featuring|then|so"
_DANGLING_START = compiled(rf"^(?:(?:{any_of(_FIRST_SMALL)})[\s,]+)+(?=\S)")


def picture_words(text: Text, spans: tuple[Span, ...], language: str) -> str:
    """Return what is to be seen: the person's words without the spans and without what asks for a film.

    Args:
        spans: what is about the film: its length, its aspect, a style, what to avoid.
    """
    if not text.clauses:
        return ""
    kept = [_clause(text, clause, spans) for clause in _with_marks(text)]
    words = "".join(piece for piece in kept)
    words = re.sub(r"\s*\(\s*[,;\s]*\)|\[\s*\]|\"\s*\"|“\s*”", " ", words)
    if words.count("(") != words.count(")"):
        words = re.sub(r"[()]", "", words)
    words = re.sub(r"[ \t\r\f\v]*\n[\s]*", " ", words)
    words = re.sub(r"\s+", " ", words)
    words = re.sub(r"\s+([,;:.!?،؛。，、])", r"\1", words)
    words = re.sub(r"([,;:،，、])(?:\s*[,;:،，、])+", r"\1", words)
    words = re.sub(r"[,;:،，、]\s*([.!?。])", r"\1", words)
    words = re.sub(r"([.!?。])(?:\s*[.,;])+", r"\1", words)
    if language in {"zh", "ja"}:
        words = re.sub(r"(?<=[\u3040-\u30ff\u4e00-\u9fff，、])\s+(?=[\u3040-\u30ff\u4e00-\u9fff，、])", "", words)
    words = _without_request(_EDGE.sub("", words), language)
    opens_cut = any(
        not _SMALL_PATTERN.sub("", text.folded[:start]).strip(" \n,'") and not _STOPS.match(text.folded, end)
        for start, end in spans
    )
    leftover = _OF_FIRST.match(Text.of(words).folded) if opens_cut else None
    words = words[leftover.end() :] if leftover else words
    words = (
        re.sub(r"^(Den|Einen|den|einen)(?=\s)", lambda one: {"den": "Der", "einen": "Ein"}[one.group().lower()], words)
        if language == "de"
        else words
    )
    return _sentence(words, _ends_of_clauses(text, spans), _start_of_words(text))


_ENDING = frozenset(words_of("by in to with for at of mit along"))
"""Prepositions that may end a clause: `a man walks by`, `a house to live in`, `ein Kind kommt mit`."""


_WITH = frozenset(words_of("with mit avec con com"))


def _start_of_words(text: Text) -> str:
    """Return the `with` that the person's own words begin with, if they do: `with a dog in the boat`."""
    first = re.match(r"[^\W\d_]+", text.folded.lstrip())
    return first.group() if first is not None and first.group() in _WITH else ""


def _ends_of_clauses(text: Text, spans: tuple[Span, ...]) -> frozenset[str]:
    """Return the prepositions that end a clause of the person's own, rather than one that something was cut from."""
    found = set[str]()
    for start, end in text.clauses:
        last = re.search(r"([^\W\d_]+)\s*$", text.folded[start:end])
        if last is None or last.group(1) not in _ENDING:
            continue
        at = (start + last.start(1), start + last.end(1))
        if not any(low < at[1] and high > at[0] for low, high in spans):
            found.add(last.group(1))
    return frozenset(found)


def _with_marks(text: Text) -> list[tuple[Span, Span]]:
    """Return each clause with the marks that follow it."""
    stops = [one[0] for one in text.clauses[1:]] + [len(text.folded)]
    found = [(clause, (clause[1], stop)) for clause, stop in zip(text.clauses, stops, strict=True)]
    if text.clauses and text.clauses[0][0] > 0:
        found.insert(0, ((0, 0), (0, text.clauses[0][0])))
    return found


def _clause(text: Text, clause_and_mark: tuple[Span, Span], spans: tuple[Span, ...]) -> str:
    """Return what is left of a clause with its mark; of a clause about the film nothing is."""
    (start, end), mark = clause_and_mark
    inside = sorted((max(start, low), min(end, high)) for low, high in spans if low < end and high > start)
    marks = text.said_at_raw(mark)
    if _ASIDE.fullmatch(text.folded[start:end]):
        return _mark_alone(marks)
    if not inside:
        return text.said_at_raw((start, end)) + marks
    left = " ".join(text.blanked(inside)[start:end].split())
    bare = _REQUEST_PATTERN.sub(" ", _SMALL_PATTERN.sub(" ", left))
    if not (has_letters(bare) or re.search(r"\d", bare)) and not (
        start == text.clauses[0][0] and _LEAD.match(left + " x") is None
    ):
        return _mark_alone(marks)
    pieces, at = [], start
    for low, high in inside:
        if low < at:
            at = max(at, high)
            continue
        piece = text.said_at_raw((at, low))
        folded = text.folded[at:low]
        glue = _GLUE_BEFORE.search(folded[-60:])
        # Glue belongs to what is cut, but `a` before `film` does not: what follows tells.
        if glue is not None and _cuts_glue(text, high, end):
            piece = text.said_at_raw((at, low - len(glue.group())))
        pieces.append(piece.rstrip(" -"))
        after = _GLUE_AFTER.match(text.folded[high:end])
        at = high + len(after.group()) if after else high
        while at < end and text.folded[at] in " -":
            at += 1
    pieces.append(text.said_at_raw((at, end)))
    joined = (" " if text.folded[start : start + 1].isspace() else "") + " ".join(
        one for one in pieces if one.strip()
    ).strip()
    return joined + marks


_SAID_ASIDE = (
    "please|thanks|thank you|bitte|danke|merci|s il te plait|svp|por favor|gracias|obrigado|per favore|"
    "grazie|谢谢|请|谢谢你|お願いします|कृपया|धन्यवाद|لطفا|ممنون|من فضلك|شكرا|пожалуйста|спасибо|hd|"
    "full hd|uhd|4k|8k|in 4k|in 8k|4k resolution|high resolution|hi|hello|hey|style|length|duration|"
    "aspect ratio|"
    "aspect|format|runtime|running time|ratio|look|dauer|länge|seitenverhältnis|stil|durée|longueur|"
    "duración|estilo|"
    "formato|proporción|duração|proporção|durata|stile|时长|长度|风格|比例|格式|长|画幅|長さ|अवधि|शैली|"
    "अनुपात|مدت|سبک|نسبت|"
    "المدة|الأسلوب|النسبة|длительность|стиль|формат|subject|prompt|scene|idea"
)
_ASIDE = compiled(
    rf"\s*(?:(?:{any_of(_SAID_ASIDE)}|"
    rf"\d{{3,4}}p|\d{{2,3}}\s?fps)[\s!]*){{1,3}}"
)


_KIND_OF_FILM = compiled(rf"(?:(?:{any_of(_KIND)})\s)?{any_of(FILM)}")


def _cuts_glue(text: Text, high: int, end: int) -> bool:
    after = text.folded[high:end].strip(" -")
    return _KIND_OF_FILM.match(after) is None or not after


def _mark_alone(marks: str) -> str:
    # `Short clip (12 s): two cats` keeps its colon.
    return "." if re.search(r"[.!?\n。]", marks) else ":" if re.match(r"\s*[)\]]\s*:", marks) else ""


_FILM_SHOWS = compiled(
    rf"^[\s,]*(?:{any_of('the|der|das|den|le|la|el|o|il|it|this|er|es|il')}\s)?(?:{any_of(FILM)}\s)?"
    rf"(?:{any_of('should|shall|must|soll|sollte|doit|debe|deve|dovrebbe|dura|lasts')}\s)?"
    rf"(?:{any_of('be|last|run|sein|dauern|durer|durar|durare|être')}[\s,]*)?(?:{any_of('long|lang|and|und|et|y|e')}\s)?(?:{any_of('and|und|et|y|e')}\s)?"
    rf"{any_of('show|shows|zeigt|zeigen|zeige|montre|montrer|muestra|mostrar|mostra|mostrare')}\s(?=\S)"
)
_TECHNICAL = re.compile(r"^(?:(?:\d{2,3}\s?fps|[248]k|u?hd|full hd|\d{3,4}p)[\s,]+)+", re.IGNORECASE)


def _without_request(words: str, language: str) -> str:
    """Return the words without `make me a film about`, in front or behind."""
    words = _TECHNICAL.sub("", words, count=1)
    shows = _FILM_SHOWS.match(Text.of(words).folded)
    words = words if shows is None else Text.of(words).said_from(shows.end())
    for _ in range(2):
        text = Text.of(words)
        lead = _LEAD.match(text.folded)
        if lead is None or not lead.end() or not text.folded[lead.end() :].strip(" .,;:"):
            if _BARE_VERB.match(text.folded) or (
                lead is not None and lead.end() and not text.folded[lead.end() :].strip(" .,;:")
            ):
                return ""
            break
        words = words[text.places[lead.end()] :]
    text = Text.of(words)
    match language:
        case "zh" | "ja":
            lead = _HAN_LEAD.match(words)
            words = words[lead.end() :] if lead else words
            words = re.sub(r"^[,，\s]*(?:讲述|讲的是|讲|关于|内容是|展示)", "", words)
            words = _KANA_TAIL.sub("", _HAN_TAIL.sub("", words)) if language == "ja" else _HAN_TAIL.sub("", words)
            words = words.strip(" ,，、。:：的") if language == "zh" else words.strip(" ,、。")
        case "hi":
            tail = _HINDI_TAIL.search(text.folded)
            words = words[: text.places[tail.start()]] if tail else words
            text = Text.of(words)
            lead = _HINDI_LEAD.match(text.folded)
            words = words[text.places[lead.end()] :] if lead else words
        case "fa":
            tail = _PERSIAN_TAIL.search(text.folded)
            words = words[: text.places[tail.start()]] if tail else words
        case _:
            pass
    return words


def _sentence(words: str, own_ends: frozenset[str], own_start: str) -> str:
    """Return the words with clean edges and a capital.

    Args:
        own_ends: prepositions that stay where the words end with one.
        own_start: a preposition that stays where the words begin with it.
    """
    for _ in range(3):
        words = _EDGE.sub("", words)
        text = Text.of(words)
        end, start = _DANGLING_END.search(text.folded), _DANGLING_START.match(text.folded)
        if end and end.group().split()[-1].strip(",") not in own_ends:
            words = words[: text.places[end.start()]]
        if start and start.group().split()[0].strip(",") != own_start:
            words = words[text.places[start.end()] :]
    if is_only_small(words):
        return ""
    return words[:1].upper() + words[1:]


def is_only_small(words: str) -> bool:
    """Say whether nothing but words about a film is left, such as `please, a video`."""
    folded = _SMALL_PATTERN.sub(" ", Text.of(words).folded)
    return not any(letter.isalnum() for letter in folded)
