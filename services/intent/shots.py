"""Shots, scenes and segments: lists a person wrote, how many they asked for, and words about one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bus.plan import SegmentNote
from services.intent.aspects import read_aspects
from services.intent.film_words import FILM_PATTERN, HEDGE, WANT
from services.intent.languages import Span, Text, any_of, fold
from services.intent.lengths import read_lengths
from services.intent.numbers import number_at
from services.intent.relative import relative_length

SHOTS_MAX = 60


@dataclass(frozen=True)
class Shots:
    """The shots in their order, how many were asked for, and where a list of them stands."""

    shots: tuple[str, ...]
    count: int | None
    spans: tuple[Span, ...]
    count_spans: tuple[Span, ...] = ()
    """Where it is said how many."""


_SHOT = (
    "shot|scene|segment|clip|part|take|sequence|beat|panel|szene|einstellung|segment|teil|bild|plan|"
    "scène|séquence|séquence|escena|toma|plano|segmento|"
    "cena|tomada|scena|inquadratura|sequenza|शॉट|दृश्य|सीन|भाग|खंड|نما|صحنه|پلان|سکانس|بخش|مشهد|المشهد|"
    "لقطة|اللقطة|مقطع|сцена|кадр|сцену|кадре|сцене|план|фрагмент|сегмент"
)
_SHOTS = (
    "shots|scenes|segments|clips|parts|takes|sequences|beats|cuts|panels|szenen|einstellungen|segmente|"
    "teile|plans|scènes|séquences|escenas|tomas|planos|segmentos|cenas|tomadas|"
    "scene|inquadrature|sequenze|शॉट|शॉट्स|दृश्य|दृश्यों|सीन|نما|صحنه|پلان|سکانس|مشاهد|لقطات|сцен|"
    "сцены|кадра|кадров|планов|сегмента|сегментов"
)
_AND = "and|und|et|y|e|und|और|و|и|和|并且|also|sowie|aber|but|mais|pero"
_HAN_SHOT = r"(?:镜头|鏡頭|场景|場景|分镜|片段|画面|段|幕|カット|シーン|ショット)"
_NUMBER = r"(?:#|nr\.?|no\.?|number|nummer|n°|رقم|شماره)?\s?\d{1,2}"
# A list item: `1.`, `2)`, `- `, at the start of a line; `Shot 3:`, `Scene 2 -`, `第一幕：`, `(0–3 s):` anywhere.
_LABEL = re.compile(
    rf"(?:{any_of(_SHOT)}\s?{_NUMBER}(?:\s?\([^()]{{0,24}}\))?\s?[:.)\-—–]{{1,2}}\s*)"
    rf"|(?:第\s?[0-9一二三四五六七八九十]{{1,3}}\s?(?:个|個)?{_HAN_SHOT}\s?[:，,、.]\s*)|"
    rf"(?:{_HAN_SHOT}\s?[0-9一二三四五六七八九十]{{1,3}}\s?[:，,、.]\s*)"
)
_NUMBERED = re.compile(r"(?:^|\n)[ \t]*(?:\(?\d{1,2}[.)]|\d{1,2}\s?[:、-])[ \t]+|(?:^|\n)[ \t]*\d{1,2}、")
_INLINE_NUMBERED = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=:))\(?\d{1,2}[.)]\s+")
_BULLET = re.compile(r"(?:^|\n)[ \t]*[-*•–][ \t]+")
_TIMES = re.compile(
    r"[\[(]?\s?(?:(?:\d{1,2}:\d{2}|\d{1,3}(?:\.\d)?)\s?(?:s|sec|seconds|秒|sek|seg|сек|с)?)\s?(?:-|to|"
    r"bis|—|至|到|تا|से)\s?"
    r"(?:\d{1,2}:\d{2}|\d{1,3}(?:\.\d)?\s?(?:seconds|sekunden|segundos|secondes|secondi|sec|sek|seg|s|"
    r"秒|ثانيه|सेकंड|секунд|сек|с)|\d{1,3}(?=\s?[\])]))\s?[\])]?\s?[:\-—,]?\s*"
)
_FIRST = any_of(
    "first|firstly|first of all|we open on|we start on|we start with|it starts with|it begins with|"
    "open on|start with|begin with|zuerst|erst|zunächst|am anfang|d'abord|tout d'abord|au début|"
    "primero|al principio|primeiro|no início|prima|all'inizio|per prima cosa|पहले|सबसे पहले|शुरू में|"
    "अولا|أولا|اولا|في البداية|في البدايه|ابتدا|اول|نخست|در ابتدا|сначала|сперва|вначале|まず|最初に|"
    "首先|先是|"
    "一开始|开头"
)
_THEN = any_of(
    "then|next|after that|afterwards|and then|followed by|finally|at last|lastly|at the end|in the end|"
    "cut to|we cut to|second|secondly|third|thirdly|"
    "dann|danach|anschließend|schließlich|zum schluss|am ende|zuletzt|und dann|puis|ensuite|après|"
    "enfin|à la fin|pour finir|et puis|luego|después|finalmente|por último|al final|entonces|y luego|"
    "depois|em seguida|por fim|no final|então|e depois|poi|infine|alla fine|dopo|e poi|quindi|फिर|उसके "
    "बाद|बाद में|अंत में|आखिर में|और फिर|ثم|بعد ذلك|وأخيرا|أخيرا|في النهاية|وبعدها|سپس|بعد|در پایان|در "
    "نهایت|و بعد|"
    "потом|затем|после этого|наконец|в конце|次に|それから|その後|最後に|然后|接着|随后|最后|最後|之后|再"
)
_CHAIN_START = re.compile(
    rf"(?:^|[.!?;,:\n。，、،؛—]\s*|\b(?:in which|where|and)\s){_FIRST}(?:\s?[,，、:]|(?=\s?[^\W\d_]))"
)
_NOT_A_CHAIN = re.compile(
    r"\s*(?:snow|light|time|steps?|day|love|kiss|person|man|woman|people|rays?|lady|flower|flowers|"
    r"place|class|frame|image|picture|photo|second|seconds|\d|three|two|bild|neige|fois|vez|volta)\b"
)
_CHAIN_LINK = re.compile(
    rf"(?:[,.;!?\n。，、،؛—]\s*(?:and\s|und\s|et\s|y\s|e\s|و\s?|और\s|и\s)?{_THEN}[\s,，、:]*)|"
    rf"(?:\s(?:and\s)?{any_of('then|finally|cut to|puis|enfin|dann|luego|poi|ثم|سپس|फिर|потом')}\s)"
)
_CUT_TO = re.compile(
    r"(?:^|[.;,!?\n]\s*|\s)(?:(?:then\s)?(?:we\s)?(?:cut|hard cut|smash cut|jump cut|match cut)\s?to:?|"
    r"schnitt auf|coupe sur|corte a|corte para|stacco su|切到|切换到|镜头切到|カット変わって)\s*"
)
_COUNT = re.compile(any_of(_SHOTS) + rf"|(?:个|個|つの)?{_HAN_SHOT}")
_COUNT_BEFORE = re.compile(
    r"(?:other|more|of the|first|last|next|ersten|letzten|premiers|derniers|primeros|primeiros|primi|前|"
    r"最后)\s*$"
)
_ORDINALS = {
    fold(word): number
    for number, words in enumerate(
        (
            "first erste première premier primera prima पहला",
            "second zweite deuxième segunda seconda दूसरा",
            "third dritte troisième tercera terceira terza तीसरा",
            "fourth vierte quatrième cuarta quarta चौथा",
            "fifth fünfte cinquième quinta पांचवां",
            *("sixth", "seventh", "eighth", "ninth", "tenth"),
        ),
        start=1,
    )
    for word in words.split()
}
_NOTE = re.compile(
    rf"(?P<lead>[^.;!?。！？；؟؛\n]{{0,60}}?)(?:{any_of(_SHOT)}\s?(?P<number>{_NUMBER})|"
    rf"(?:第\s?(?P<han>[0-9一二三四五六七八九十]{{1,3}})\s?(?:个|個)?{_HAN_SHOT})|"
    rf"(?:the\s)?(?P<ordinal>{any_of('|'.join(_ORDINALS))}) "
    rf"{any_of(_SHOT)})(?P<words>(?:(?![,\s]\s?(?:and\s)?{any_of(_SHOT)}\s?\d)[^.;!?。！？；؟؛\n]){{0,200}})"
)
_NOTE_TRIM = re.compile(
    r"^(?:\s|[:,\-—])*(?:(?:should be|should|must be|needs to be|is to be|to be|be|soll|sollte|doit "
    r"être|debe ser|deve ser|deve essere|را|को|要|должен быть)\s)?"
)
_LEAD_TRIM = re.compile(
    rf"(?:{any_of(WANT)}|{any_of(HEDGE)}|"
    rf"{any_of('please|make|change|render|redo|can you|could you|let|set|mach|rends|haz|faça|rendi|in|and|but|also')}|"
    rf"{any_of('the|das|den|dans|et|la|le|les|el|y|en|na|no|em|nella|nel|e|il|lo|la|und|auf|beim|bei|में|और|در|و|في|и|в|на')}|"
    rf"[\s,:\-])+"
)


def read_shots(text: Text) -> Shots:
    """Return the shots the words list, and how many are asked for."""
    counted = _count(text)
    found = _listed(text, None if counted is None else counted[0])
    return found if counted is None or counted[1] is None else replace(found, count_spans=(counted[1],))


def _listed(text: Text, count: int | None) -> Shots:
    for pattern, least in ((_LABEL, 1), (_TIMES, 2), (_NUMBERED, 2), (_INLINE_NUMBERED, 3), (_BULLET, 2)):
        marks = list(pattern.finditer(text.folded))[:SHOTS_MAX]
        if len(marks) >= least:
            return _from_marks(text, marks, count)
    cuts = list(_CUT_TO.finditer(text.folded))[:SHOTS_MAX]
    if cuts:
        pieces = [(0, cuts[0].start()), *_between(text, cuts)]
        shots = _cleaned(text, pieces)
        return (
            Shots(shots, count or len(shots), tuple(one.span() for one in cuts))
            if len(shots) > 1
            else Shots((), count, ())
        )
    return _chain(text, count)


def _from_marks(text: Text, marks: list[re.Match[str]], count: int | None) -> Shots:
    shots = _cleaned(text, _between(text, marks))
    start, end = marks[0].start(), len(text.folded)
    # What follows a blank line after the last item speaks of the whole film again.
    gap = re.compile(r"\n\s*\n").search(text.folded, marks[-1].end())
    if gap is not None:
        end = gap.start()
        shots = _cleaned(text, [*_between(text, marks)[:-1], (marks[-1].end(), end)])
    return Shots(shots, count or len(shots) or None, ((start, end),))


def notes_apart(text: Text) -> tuple[tuple[SegmentNote, ...], tuple[Span, ...]]:
    """Return what first words say of a single segment after they said what is to be seen: `…, segment 2: closer`.

    Nothing where they begin a list of the shots: its first one is the first.
    """
    mark = _LABEL.search(text.folded)
    if mark is None or not any(one.isalpha() for one in text.folded[: mark.start()]):
        return (), ()
    number = re.search(r"\d+", mark.group())
    return read_notes(text) if number is not None and int(number.group()) > 1 else ((), ())


def _between(text: Text, marks: list[re.Match[str]]) -> list[Span]:
    stops = [one.start() for one in marks[1:]] + [len(text.folded)]
    return [(mark.end(), stop) for mark, stop in zip(marks, stops, strict=True)]


def _cleaned(text: Text, spans: list[Span]) -> tuple[str, ...]:
    found = (_one_line(text.said_at(one)).strip(" ,;:-—–.。，、،") for one in spans)
    return tuple(one[0].upper() + one[1:] for one in found if any(letter.isalnum() for letter in one))


def _one_line(words: str) -> str:
    """Return several lines as sentences."""
    lines = [" ".join(one.split()).strip(" ,;") for one in words.splitlines()]
    said = [one for one in lines if one]
    return " ".join(one if one[-1] in ".!?。" or one is said[-1] else f"{one}." for one in said)


def _chain(text: Text, count: int | None) -> Shots:
    """Return the shots of `first …, then …, finally …`."""
    first = _CHAIN_START.search(text.folded)
    if first is None or _NOT_A_CHAIN.match(text.folded, first.end()):
        return Shots((), count, ())
    links = list(_CHAIN_LINK.finditer(text.folded, first.end()))[: SHOTS_MAX - 1]
    if not links:
        return Shots((), count, ())
    shots = _cleaned(text, _between(text, [first, *links]))
    return Shots(shots, count or len(shots), ()) if len(shots) > 1 else Shots((), count, ())


def _count(text: Text) -> tuple[int, Span | None] | None:
    """Return how many shots are asked for, and where the number and its noun stand."""
    for match in _COUNT.finditer(text.folded):
        window = text.tokens_between(max(0, match.start() - 28), match.start())
        for index in range(len(window)):
            number = number_at(window, index)
            if number is None or window[index].text in {"a", "an"} or number[0] != int(number[0]):
                continue
            between = [
                one
                for one in window[number[1] :]
                if one.text
                not in {"-", "个", "個", "different", "short", "quick", "separate", "long", "verschiedene", "kurze"}
            ]
            before = text.folded[max(0, window[index].start - 16) : window[index].start]
            if not between and 2 <= number[0] <= SHOTS_MAX and not _COUNT_BEFORE.search(before):
                return int(number[0]), (window[index].start, match.end())
    single = re.search(
        r"\b(?:one shot|single shot|single take|one take|oner|plan[- ]séquence|plan[- ]sequence|plano "
        r"secuencia|one continuous shot|in einer einstellung)\b|一镜到底|ワンカット",
        text.folded,
    )
    return (1, single.span()) if single else None


SHOTS_TOLD_MIN = 3
_SCENE = any_of("scene|shot|szene|einstellung|scène|plan|escena|toma|cena|scena|sahne|сцена|кадр")
_SCENES = re.compile(rf"{_SCENE}\s?(\d{{1,2}})\s?:")


def shots_told(text: Text) -> bool:
    """Say whether later words tell the whole film as a list, `scene 1: … scene 2: … scene 3: …`, and note nothing."""
    numbers = [int(one.group(1)) for one in _SCENES.finditer(text.folded)]
    return len(numbers) >= SHOTS_TOLD_MIN and numbers == list(range(1, len(numbers) + 1))


def read_notes(text: Text) -> tuple[tuple[SegmentNote, ...], tuple[Span, ...]]:
    """Return what is said about single segments, `segment 3: closer`, and where those words stand."""
    notes: list[SegmentNote] = []
    spans: list[Span] = []
    for match in _NOTE.finditer(text.folded):
        number = _note_number(match)
        if number is None or not 1 <= number <= 400:
            continue
        end = _end_of_note(text, match.span("words"))
        after = text.said_at((match.start("words"), end))
        trimmed = _NOTE_TRIM.match(Text.of(after).folded)
        words = after[trimmed.end() :].strip(" ,:-—，、") if trimmed else after
        start = _start_of_note(text, match.span("lead"), has_words=bool(words))
        lead = text.said_at((start, match.end("lead")))
        if _LEAD_TRIM.sub("", text.folded[start : match.end("lead")]).strip():
            words = f"{_LEAD_END.sub('', lead).strip(' ,，、')} {words}".strip()
        if words:
            notes.append(SegmentNote(segment=number, words=words))
            spans.append((start, end))
    return tuple(notes), tuple(spans)


_BETWEEN = re.compile(r"[,，、،]\s*" + f"(?:{any_of(_AND)}\\s*)?" + rf"|\s{any_of(_AND)}\s")
_LEAD_END = re.compile(
    r"\s+(?:in|for|at|on|with|during|of|the|im|in der|bei|dans|pour|en|na|no|nella|per)\s*$", re.IGNORECASE
)
_OF_THE_FILM = re.compile(
    rf"\s*(?:{any_of(WANT)})|{FILM_PATTERN}|\b(?:whole|entire|total|overall|altogether|everything|all of it)\b"
)


def _start_of_note(text: Text, lead: Span, *, has_words: bool) -> int:
    """Return where a note begins: what stands before it and is said of the whole film is no part of it.

    In `darker, and segment 2 closer` and `make it 30 seconds and segment 2 closer` the film is meant first.
    """
    start, end = lead
    marks = list(_BETWEEN.finditer(text.folded, start, end))
    if not marks:
        return start
    is_apart = not _LEAD_TRIM.sub("", text.folded[marks[-1].end() : end]).strip()
    if is_apart and has_words:
        return marks[-1].start()
    for mark in reversed(marks):
        if _says_length_or_shape(text.said_at((start, mark.start()))):
            return mark.start()
    return start


def _end_of_note(text: Text, words: Span) -> int:
    """Return where a note ends: before a shape, or a length that is said of the film."""
    for mark in _BETWEEN.finditer(text.folded, *words):
        rest = text.said_at((mark.end(), words[1]))
        piece = rest[: found.start()] if (found := _BETWEEN.search(Text.of(rest).folded)) else rest
        folded = Text.of(piece)
        if read_aspects(folded).aspect is not None:
            return mark.start()
        if _OF_THE_FILM.search(folded.folded) and _says_length_or_shape(piece):
            return mark.start()
    return words[1]


def _says_length_or_shape(words: str) -> bool:
    text = Text.of(words)
    has_length = bool(read_lengths(text, (), None, is_change=True).said) or relative_length(text, 10.0) is not None
    return has_length or read_aspects(text).aspect is not None


def _note_number(match: re.Match[str]) -> int | None:
    if match.group("number"):
        return int(re.sub(r"\D", "", match.group("number")))
    if match.group("han"):
        number = number_at(Text.of(match.group("han")).tokens, 0)
        return int(number[0]) if number else None
    return _ORDINALS.get(match.group("ordinal"))
