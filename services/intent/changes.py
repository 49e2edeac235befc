"""What later words change about a brief, and what differs between two briefs."""

from __future__ import annotations

import re

from msgspec import Struct

from bus.plan import Brief
from services.intent.approvals import is_approval
from services.intent.exchanges import what_takes_its_place
from services.intent.film_words import FILM_PATTERN, WANT
from services.intent.languages import LETTER, Text, any_of, compiled, fold
from services.intent.subjects import is_only_small


class Change(Struct, frozen=True, kw_only=True):
    """One field of a brief that became another, both as a person reads them."""

    field: str
    was: str
    now: str


SHOWN = (
    "title",
    "subject",
    "language",
    "mode",
    "duration_s",
    "aspect",
    "style",
    "avoid",
    "shots",
    "shot_count",
    "images",
    "notes",
)
"""What a change is named by. Logline, reasons and assumptions follow from these."""


def changes(before: Brief, after: Brief) -> tuple[Change, ...]:
    """Return what differs between two briefs, in the order of their fields."""
    was, now = ({name: _shown(name, brief) for name in SHOWN} for brief in (before, after))
    return tuple(Change(field=name, was=was[name], now=now[name]) for name in SHOWN if was[name] != now[name])


def _shown(field: str, brief: Brief) -> str:
    match field:
        case "duration_s":
            return "" if brief.duration_s is None else f"{brief.duration_s:g} s"
        case "avoid":
            return ", ".join(brief.avoid)
        case "shots":
            return " / ".join(brief.shots)
        case "images":
            return ", ".join(f"{one.role} {one.artifact.digest[:12]}" for one in brief.images)
        case "notes":
            return "; ".join(f"{one.segment}: {one.words}" for one in brief.notes)
        case "mode":
            return brief.mode or ""
        case "shot_count":
            return "" if brief.shot_count is None else str(brief.shot_count)
        case "aspect":
            return brief.aspect or ""
        case "style":
            return brief.style or ""
        case "title":
            return brief.title
        case "language":
            return brief.language
        case _:
            return brief.subject


_LIGHT = compiled(
    any_of(
        "at dusk|at dawn|at night|at nightfall|at sunset|at sunrise|at noon|at midday|at midnight|at "
        "golden hour|at blue hour|at twilight|in the morning|in the evening|in the afternoon|in daylight|"
        "in bright daylight|"
        "in broad daylight|by day|by night|by moonlight|in moonlight|under moonlight|during the day|during "
        "the night|in the dark|at daybreak|in the daytime|late at night|in the early morning|in full sun|"
        "in the moonlight|"
        "nachts|bei nacht|in der nacht|am abend|abends|bei sonnenuntergang|bei sonnenaufgang|in der "
        "dämmerung|im morgengrauen|am morgen|morgens|tagsüber|bei tag|am mittag|mittags|bei tageslicht|um "
        "mitternacht|"
        "la nuit|de nuit|au crépuscule|à l'aube|au coucher du soleil|au lever du soleil|le matin|le soir|"
        "de jour|à midi|à minuit|en plein jour|"
        "de noche|por la noche|al atardecer|al amanecer|al anochecer|de día|por la mañana|al mediodía|a "
        "medianoche|a plena luz del día|"
        "à noite|de noite|ao entardecer|ao amanhecer|ao anoitecer|ao pôr do sol|de dia|de manhã|ao meio "
        "dia|à meia noite|"
        "di notte|al tramonto|all'alba|di giorno|al mattino|di mattina|di sera|al crepuscolo|a mezzogiorno|"
        "a mezzanotte|"
        "在夜晚|夜晚|在夜里|夜里|在晚上|晚上|在黄昏|黄昏时|黄昏|在傍晚|傍晚|清晨|在早晨|早晨|黎明|日落时|"
        "日落|日出时|日出|白天|中午|深夜|夜间|夜景|"
        "夜に|夕暮れに|夕暮れの|夕方に|朝に|夜明けに|昼間に|真夜中に|夜の|朝の|"
        "रात में|रात को|शाम को|शाम में|सुबह|भोर में|दिन में|सूर्यास्त पर|सूर्यास्त के समय|सूर्योदय पर|"
        "गोधूलि में|दोपहर में|रात के समय|"
        "در شب|شبانه|هنگام غروب|در غروب|سپیده‌دم|هنگام صبح|در صبح|در روز|هنگام طلوع|نیمه شب|ظهر|هنگام شب|"
        "في الليل|ليلا|ليلًا|عند الغروب|عند الفجر|في الصباح|صباحا|نهارا|في النهار|عند الغسق|في المساء|مساء|"
        "عند الشروق|وقت الغروب|"
        "ночью|на закате|на рассвете|днём|вечером|утром|в сумерках|в полночь|в полдень"
    )
)
_OPPOSITE = tuple(
    tuple(pair.split("|"))
    for pair in (
        "darker|brighter",
        "darker|lighter",
        "warmer|colder",
        "warmer|cooler",
        "faster|slower",
        "closer|wider",
        "older|younger",
        "dunkler|heller",
        "schneller|langsamer",
        "plus sombre|plus clair",
        "más oscuro|más claro",
        "mais escuro|mais claro",
        "più scuro|più chiaro",
    )
)

_BEFORE_A_CHANGE = (
    "make|make her|can you|could you|can we|could we|can it be|could it be|please|no|yes|ok|okay|but|"
    "and|now|instead|rather|also|then|well|it|be|it is|it be|should be|a bit|a little|a little bit|"
    "slightly|i would like|i would prefer|i prefer|maybe|perhaps|actually|hmm|let us|change|change to|"
    "switch to|turn it|i'd prefer|i'd prefer it|i'd rather|i'd rather have it|should take place|it should take place|"
    "the film|the video|this|mach|mach es|bitte|etwas|ein bisschen|ein wenig|und|"
    "aber|lieber|stattdessen|jetzt|es soll|soll|fais|un peu|mais|et|plutôt|maintenant|hazlo|un poco|"
    "pero|y|mejor|ahora|faça|um pouco|mas|e|melhor|agora|fallo|un po|ma|meglio|ora|请|把它|改成|改为|"
    "让|再|और|थोड़ा|लेकिन|कृपया|इसे|لطفا|کمی|اما|و|ولی|قليلا|لكن|من فضلك|пожалуйста|немного|но|и|чуть|"
    "сделай"
)
_CHANGE_LEAD = compiled(
    rf"^(?:[\s,:;.\-]*(?:{any_of(WANT)}|"
    rf"{any_of(_BEFORE_A_CHANGE)}))+[\s,:]*"
)
_AFTER_A_CHANGE = (
    "please|instead|now|then|thanks|thank you|too|as well|svp|"
    "s'il te plaît|s'il vous plaît|bitte|stattdessen|por favor|merci|grazie|per "
    "favore|吧|一点|लطفا|لطفا|من فضلك|пожалуйста|कर दो|करो|कीजिए|बनाओ|کن|کنید|باشد|باشه"
)
_CHANGE_END = compiled(rf"(?:[\s,.]*(?:{any_of(_AFTER_A_CHANGE)})){{1,6}}[\s.!]*$")
_SHOULD = (
    (r"\bI should be\b", "I am"),
    (r"\b(they|we|you) should (?:all )?be\b", r"\1 are"),
    (r"\b(\w+s) should be\b", r"\1 are"),
    (r"\bshould be\b", "is"),
    (r"\bshould look\b", "looks"),
    (r"\bshould have\b", "has"),
    (r"\bshould wear\b", "wears"),
)


_MAKE_SO = compiled(
    r"^(?:(?:please|can you|could you)\s)?make (?P<who>the|his|her|their|my) (?P<what>[\w-]+(?: [\w-]+)?) "
    r"(?=(?:an?|more|less|much|very|a bit|slightly|bigger|smaller|[\w]+er|red|blue|green|yellow|white|"
    r"black|golden|grey|gray|old|young|big|small|wet|happy|sad)\b)"
)


def as_statement(words: str) -> str:
    """Return `make the boat red` as `the boat is red`; other words as they are."""
    text = Text.of(words)
    match = _MAKE_SO.match(text.folded)
    if (
        match is None
        or re.search(rf"{FILM_PATTERN}", match.group("what"))
        or words_are_about_the_film(match.group("what"))
    ):
        return words
    who = text.said[text.places[match.start("who")] : text.places[match.end("what")]]
    return f"{who} is {text.said_from(match.end())}"


def words_are_about_the_film(words: str) -> bool:
    """Say whether the words name a part of the making: `the light`, `the colours`, `the cuts`."""
    return (
        re.search(
            r"\b(?:light|lighting|colou?rs?|cuts?|camera|mood|tone|pace|ending|beginning|whole|entire|"
            r"overall)\b",
            words,
        )
        is not None
    )


_INSTEAD_OF = re.compile(
    r"(?:instead of|rather than|statt|anstatt|au lieu de|en lugar de|en vez de|em vez de|"
    r"invece di|вместо)\s[^,.;:]{1,40}"
)
_COMPLAINT = re.compile(
    r"i (?:don't|do not) (?:like|love|want) (?:it|this|that|the (?:style|look|length|colou?rs?|light)).{0,40}"
)


def without_remarks(words: str) -> str:
    """Return the words without what changes nothing: `I like it`, `I don't like the style`, `instead of dusk`."""
    text = Text.of(words)
    if not text.clauses:
        return words
    kept: list[str] = []
    stops = [one[0] for one in text.clauses[1:]] + [len(text.folded)]
    for (start, end), stop in zip(text.clauses, stops, strict=True):
        clause = text.said_at((start, end))
        is_remark = is_approval(clause) or _COMPLAINT.fullmatch(text.folded[start:end].strip())
        if is_remark and len(text.clauses) > 1:
            continue
        kept.append(text.said_at_raw((start, stop)))
    left = Text.of("".join(kept))
    instead = _INSTEAD_OF.search(left.folded)
    if instead is None or not left.folded[: instead.start()].strip() + left.folded[instead.end() :].strip(" ,.;"):
        return left.said.strip()
    return f"{left.said_at_raw((0, instead.start()))} {left.said_from(instead.end())}".strip(" ,.;")


def seen_words(words: str) -> str:
    """Return what is left to be seen of words that change something: without `make it`, `please`, `instead`."""
    words = re.sub(
        r"^(?:(?:please|and|but|also|then) )*(?:add|put|place|include) (?=an? |the |some |more )",
        "with ",
        words,
        flags=re.IGNORECASE,
    )
    # What is to be replaced is nowhere named: what takes its place is to be seen.
    words = what_takes_its_place(words) or words
    text = Text.of(words)
    lead = _CHANGE_LEAD.match(text.folded)
    words = text.said_from(lead.end()) if lead else words
    text = Text.of(words)
    end = _CHANGE_END.search(text.folded)
    words = text.said[: text.places[end.start()]] if end else words
    words = words.strip(" \t\n,.;:!?-—。，、،।？؟")
    return words if re.search(rf"{LETTER}|[\u3040-\u30ff\u4e00-\u9fff]", Text.of(words).folded) else ""


_WITH = re.compile(any_of("with|without|in|on|under|behind|mit|ohne|avec|sans|con|sin|com|sem|senza"))
_ENDS = re.compile(r"(?<=[.!?。])\s+")


def sentences_of(words: str) -> tuple[str, ...]:
    """Return the sentences of the words, without their full stops."""
    return tuple(one.strip(" .") for one in _ENDS.split(words) if one.strip(" ."))


def with_words(subject: str, words: str, language: str = "") -> str:
    """Return the subject with what later words add; light takes the place of light, an opposite that of its like."""
    wanted = Text.of(words)
    light = _LIGHT.search(wanted.folded)
    if light is not None:
        new_light = wanted.said_at(light.span())
        new_light = new_light[:1].lower() + new_light[1:]
        rest = (
            wanted.said[: wanted.places[light.start()]].rstrip(" ,")
            + ", "
            + wanted.said[wanted.places[light.end()] :].lstrip(" ,")
        ).strip(" ,")
        old = Text.of(subject)
        found = _LIGHT.search(old.folded)
        if found is not None:
            subject = old.said[: old.places[found.start()]] + new_light + old.said[old.places[found.end()] :]
        else:
            subject = _joined(subject, new_light, language)
        words = rest.strip(" ,.;")
        is_said = re.search(rf"{LETTER}{{2}}|[\u3040-\u30ff\u4e00-\u9fff]", Text.of(words).folded) is not None
        was = "" if found is None else old.folded[slice(*found.span())]
        words = words if is_said and not is_only_small(words) and not _only_denies(words, was) else ""
    if not words or fold(words) in fold(subject):
        return subject
    for pair in _OPPOSITE:
        for one, other in (pair, pair[::-1]):
            if one in fold(words):
                subject = re.sub(
                    rf",\s*(?:a bit |much |etwas |un peu )?{other}(?=,|$)", "", subject, flags=re.IGNORECASE
                )
    for pattern, becomes in _SHOULD:
        words, count = re.subn(pattern, becomes, words, count=1, flags=re.IGNORECASE)
        if count:
            return _sentence_after(subject, words)
    length_max = 8 if _WITH.match(Text.of(words).folded) else 5
    is_phrase = len(words.split()) <= length_max and not re.search(r"[.!?。]", words)
    is_phrase = is_phrase and " is " not in f" {words} "
    return _joined(subject, words, language) if is_phrase else _sentence_after(subject, words)


def _only_denies(words: str, light: str) -> bool:
    """Say whether the words only say what the light is not any more: `not dusk`, where it was `at dusk`."""
    denied = re.match(r"(?:not|nicht|pas|no|non|não|не)\s(?P<what>.+)", Text.of(words).folded.strip(" ,."))
    return denied is not None and set(denied.group("what").split()) <= {*light.split(), "at", "am", "the"}


_SMALL_IN_GERMAN = re.compile(
    any_of(
        "mit|ohne|im|in|am|an|auf|bei|und|er|sie|es|ein|eine|einen|der|die|das|nachts|abends|morgens|aus|vor|nach|zu|von"
    )
    + r"|[a-zäöü]+er\b"
)


def _joined(subject: str, words: str, language: str) -> str:
    comma = (
        "，"
        if re.search(r"[\u4e00-\u9fff]$", subject)
        else "、"
        if re.search(r"[\u3040-\u30ff]$", subject)
        else "، "
        if re.search(r"[\u0600-\u06ff]$", subject)
        else ", "
    )
    is_plain = (words[1:2].islower() or words.startswith(("A ", "An "))) and not words.startswith("I ")
    if language == "de":
        # A noun keeps its capital.
        is_plain = is_plain and _SMALL_IN_GERMAN.match(fold(words)) is not None
    return f"{subject.rstrip(' .。')}{comma}{words[:1].lower() + words[1:] if is_plain else words}"


def _sentence_after(subject: str, words: str) -> str:
    stop = "。" if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]$", subject) else ". "
    return f"{subject.rstrip(' .。')}{stop}{words[:1].upper() + words[1:]}"


_DEGREE = re.compile(
    r"(?:more|less|slightly|a bit|a little|plus|mehr|más|mais|più|更|और|بیشتر|более)\s*", re.IGNORECASE
)


def with_style(style: str | None, wanted: str, *, replaces: bool) -> str:
    """Return the style after a change: `more painterly` is added to what is there, another style takes its place."""
    pieces = wanted.split(", ")
    if style is None or replaces or not all(_DEGREE.match(one) for one in pieces):
        return wanted
    bare = {fold(_DEGREE.sub("", one, count=1)) for one in pieces}
    kept = [one for one in style.split(", ") if fold(_DEGREE.sub("", one, count=1)) not in bare]
    return ", ".join((*kept, *pieces))


def drops_style(style: str, words: str) -> bool:
    """Say whether the words want none of the style: `not painterly`, `without the painterly look`."""
    return (
        re.search(
            rf"\b(?:not|no|without|nicht|kein|keinen|keine|pas|non|sin|sem|senza|(?:don't|do not) (?:want|like|need))"
            rf"\s(?:it\s|this\s)?(?:to be\s)?(?:the\s|so\s|too\s)?{re.escape(fold(style))}",
            fold(words),
        )
        is not None
    )
