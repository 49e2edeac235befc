"""Reads who, does what, and where out of a brief's subject, by small rules that admit when they do not know."""

from __future__ import annotations

import enum
import re
from typing import Final

from msgspec import Struct, structs

from services.planner import grammar
from services.planner.lights import LIGHTS
from services.planner.matching import ANIMALS, CITIES, NOUN_LIKE, PLACE_NOUNS, Form, folded, listed, names_in, verb_of
from services.planner.places import PLACES, SUGGESTING


class Kind(enum.Enum):
    """What the film is about, as far as it changes how it is filmed."""

    PERSON = "person"
    ANIMAL = "animal"
    THING = "thing"
    PLACE = "place"
    WEATHER = "weather"
    """What fills the picture and has no surface or edge: rain, clouds, the sun."""
    UNREAD = "unread"
    """The words are in a language, or of a form, that the rules do not take apart: they are used whole."""


class Subject(Struct, frozen=True, kw_only=True):
    """What is to be seen, taken apart."""

    words: str
    """The person's words, tidy, on one line and without a full stop."""
    kind: Kind
    who: str = ""
    """The main noun phrase as it was written: `a lighthouse keeper`. Empty where it is unread."""
    is_plural: bool = False
    action: str = ""
    """What it does, from the verb on: `is climbing the stairs`. Empty where nothing is said."""
    extra: str = ""
    """What describes it further, with its preposition: `with chestnut hair`, `in a red coat`."""
    where: str = ""
    """The place as the person named it, without its preposition: `a rocky shore`. Empty where none is named."""
    where_by: str = "in"
    """The preposition of a thing at rest there: `on`."""
    later: tuple[str, ...] = ()
    """What happens next, one clause each, in order: after `then`, or in a further sentence."""
    is_foreign: bool = False
    """It is in another language than our sentences."""

    @property
    def the(self) -> str:
        """Return how it is spoken of once it is known: `the lighthouse keeper`."""
        return grammar.definite(self.who)

    @property
    def moment(self) -> str:
        """Return the action without what goes on beside it: of `rows home, singing` it is `rows home`."""
        return re.split(r",|;|\s(?:while|when|because|until|as (?!an? ))", self.action)[0].strip() or self.action

    @property
    def gist(self) -> str:
        """Return the action as one says it again: of `walks home through the snow with a lantern`, `walks home`."""
        words = self.moment.split()
        if self.verb in _NEEDING_WHERE or " and " in self.moment:
            return self.moment
        leading = [grammar.is_adverb(one) or folded(one) in {"is", "are"} for one in words]
        verbs = leading.index(False) + 1 if False in leading else 1
        start = verbs + 1
        # What comes first after the verb belongs to it: `floats over the city`, `looks up`.
        has_object = not grammar.is_preposition(" ".join(words[verbs : verbs + 1]))
        for index in range(start, len(words)):
            before = words[index - 1]
            is_end = grammar.is_preposition(words[index]) or (
                folded(words[index]).endswith("ing") and not grammar.is_determiner(before)
            )
            if is_end and (has_object or index > start or folded(before) in {"up", "down", "off"}):
                return " ".join(words[:index])
        return self.moment

    @property
    def verb(self) -> str:
        """Return what it does as the verb's base form: `row`. Empty where nothing is said or the verb is unknown."""
        is_whole = self.kind is Kind.UNREAD and not self.is_foreign
        for word in (self.words if is_whole else self.action).split():
            known = verb_of(grammar.bare(word))
            # In a clause that we could not read, only a word that is hardly ever a noun is taken for its verb.
            is_sure = not is_whole or (
                known is not None and known[1] in {Form.THIRD, Form.PARTICIPLE} and known[0] not in NOUN_LIKE
            )
            if known is not None and is_sure and grammar.bare(word) not in {"left", "still"}:
                return known[0]
        return ""


_NEEDING_WHERE: Final = frozenset(listed("put place lay set hang lift hold take bring give throw pull push keep turn"))
"""Verbs that mean little without where or to whom."""
_TELLING: Final = re.compile(
    r"^(?:(?:an?|the|some)\s+)?(?:(?:extreme|slow[- ]motion|aerial|drone|still|short|cropped|"
    r"cinematic|full|wide|medium)"
    r"\s+)*(?:close[- ]?up|macro|shot|view|video|clip|film|footage|scene|picture|image|animation|timelapse|tableau)"
    r"(?:\s+(?:view|video|shot|clip|film|scene|footage))?\s+(?:of|about|showing|captures|where)\s+(?:in\s+)?",
    re.IGNORECASE,
)
_SHOWING: Final = re.compile(
    r"^(?:please\s+)?(?:(?:show|film|imagine|create|make|depict)\s+(?:me\s+|us\s+)?|"
    r"(?:i (?:want|would like)(?: to see)?|we see|there(?:'s| is| are| was| were))\s+)(?=\S+\s+\S)",
    re.IGNORECASE,
)
_CAMERA: Final = re.compile(
    r",?\s*\b(?:(?:pan|tilt|track|dolly|push|pull|zoom|crane)(?:s|ning|ing)?\s+(?:left|right|up|down|in|out)"
    r"|front view|side view|static shot|the camera is fixed|featuring a steady and smooth perspective)\b",
    re.IGNORECASE,
)
_CAMERA_SENTENCE: Final = re.compile(r"^\s*(?:the|a)?\s*(?:drone\s+)?(?:camera|shot|film|video)\b[^.]*\.\s*", re.I)
_FIRST: Final = re.compile(r"^(?:first|at first|firstly),?\s+(?=(?:an?|the|two|some|my)\s)", re.IGNORECASE)
_COUNTED: Final = re.compile(r",?\s*(?:in\s+)?\b\d+\s+(?:shots|scenes|segments|clips)\b", re.IGNORECASE)
_LIT: Final = re.compile(
    r",\s*(?:[\w-]+\s+){0,3}(?:light|lighting|sunlight|moonlight|candlelight)\s*(?=,|$)", re.IGNORECASE
)
_MEDIUM: Final = re.compile(
    r"^[^,.]*\b(?:style|art|photography|illustration|animation|render|poster|painting)\b[^,.]*,\s+"
    r"(?:featuring\s+)?(?=(?:an?|the|two|some)\s)",
    re.IGNORECASE,
)
_ABOUT_FILMING: Final = re.compile(
    r"\b(?:the camera|camera shot|medium shot|close-up|shot scale|low-angle|resolution|composition|overall|"
    r"photo texture|texture photo|motion:|grainy)\b",
    re.IGNORECASE,
)
_STILL: Final = re.compile(r"^in a still frame,\s*", re.IGNORECASE)
_NEXT: Final = re.compile(
    r"(?:[,;]|\.)?\s+(?:and\s+)?(?:then|afterwards|after that|finally)\b,?\s+|\s*;\s+|(?<=[\w)])\.\s+(?=[A-Z])",
    re.IGNORECASE,
)


AT_REST: Final = {word: word for word in listed("in at on near beside above under below among by along inside")} | {
    "into": "in",
    "through": "in",
    "across": "in",
    "onto": "on",
    "over": "above",
    "toward": "near",
    "towards": "near",
    "from": "at",
}
"""Which preposition a thing at rest takes where something moves with another one."""
PLACE_PHRASE: Final = re.compile(
    r"\b(?P<by>in|at|on|onto|into|inside|through|across|along|near|beside|over|above|under|below|"
    r"among|by|towards?|from)\s+"
    r"(?P<place>(?:(?:the|an?|his|her|their|its|my|our)\s+|(?=[A-Z]))[^,.;:]+?)"
    r"(?=\s+(?:with|while|and|as|where|who|that|to|in|at|on|during|from|by|near|under|of their|looking|watching|"
    r"reading|wearing|featuring|and|\w{3,}ing\b(?<!morning)(?<!evening)(?<!building)|through|across|before|after|towards?|for|over|behind|beside)\b|[,.;:]|$)"
)


def read_subject(words: str, language: str, style: str | None) -> Subject:
    """Return the subject taken apart; `UNREAD` and whole where it is not English or not understood."""
    plain = " ".join(words.split()).strip().rstrip(".。!！ ")
    if not language.lower().startswith("en") or not _is_latin(plain):
        return Subject(words=plain, kind=Kind.UNREAD, is_foreign=True)
    story = _COUNTED.sub("", _FIRST.sub("", _without_style(plain, style)))
    story = _LIT.sub("", story) or plain
    story = _CAMERA.sub("", _CAMERA_SENTENCE.sub("", story)) or plain
    story = _TELLING.sub("", _STILL.sub("", _MEDIUM.sub("", story))).strip(" ,.") or plain
    story = _SHOWING.sub("", story) or plain
    first, *others = [part.strip(" ,.") for part in _NEXT.split(story) if part.strip(" ,.")]
    read = _read_clause(first)
    if read.kind is Kind.UNREAD:
        return structs.replace(read, words=plain)
    later = tuple(_with_subject(one, read) for one in others if not _ABOUT_FILMING.search(one))
    return structs.replace(read, words=plain, later=later)


def _is_latin(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and sum(letter < "\u0250" for letter in letters) >= 0.9 * len(letters)


def _without_style(words: str, style: str | None) -> str:
    """Return the words without the style, which every prompt ends with anyway."""
    if not style:
        return words
    wanted = re.escape(style.strip())
    for form in (rf"^{wanted}(?:\s+style)?,\s*", rf",?\s*(?:in (?:the )?)?{wanted}(?:\s+style)?\s*$"):
        words = re.sub(form, "", words, flags=re.IGNORECASE)
    return words.strip(" ,") or style


def _read_clause(clause: str) -> Subject:
    tokens = clause.split()
    end = grammar.noun_phrase_end(tokens)
    # A long run without a verb or a preposition is no noun phrase but a sentence of a form we do not read.
    if end == 0 or end > 9:
        return Subject(words=clause, kind=Kind.UNREAD)
    who = " ".join(tokens[:end]).rstrip(",;:")
    if (
        who.endswith(" of")
        or grammar.head_of(who) in _NO_SUBJECTS
        or "camera" in who
        or tokens[end : end + 1] == ["and"]
    ):
        return Subject(words=clause, kind=Kind.UNREAD)
    verb = grammar.main_verb(tokens, end)
    if verb:
        extra, rest = " ".join(tokens[end:verb]), " ".join(tokens[verb:])
    else:
        extra, rest = grammar.as_description(tokens[end:])
    rest = rest.strip(" ,")
    is_plural = grammar.is_plural(who) or (" of " in who and grammar.is_base(rest))
    action = grammar.as_action(_without_light(rest), is_plural=is_plural)
    if (rest and not action and not _PLACED.match(rest)) or _may_hide_a_verb(who, action):
        return Subject(words=clause, kind=Kind.UNREAD)
    by, place = _where(rest)
    if not action and not place:
        by, place = _where_at_rest(rest)
    is_named = grammar.is_name(who) and bool(action)
    if not is_named and not (grammar.is_name(who) and " " in who):
        who = grammar.with_article(_as_in_a_sentence(who))
    kind = Kind.PERSON if is_named and not _is_weather(who) else _kind_of(who)
    if kind is Kind.PLACE and not action:
        extra, place = " ".join(part for part in (extra, _without_light(rest)) if part), ""
    return Subject(
        words=clause,
        kind=kind,
        who=who,
        is_plural=is_plural,
        action=action,
        extra=extra,
        where=place,
        where_by=by or "in",
    )


_PLACED: Final = re.compile(rf"(?:{'|'.join(AT_REST)}|behind|between|against|during|for|as|to|after|before)\b", re.I)


def _where_at_rest(rest: str) -> tuple[str, str]:
    """Return where something without a verb is, also where we know no such place: `on`, `a table by the window`."""
    found = _PLACED.match(rest)
    by = folded(found.group()) if found is not None else ""
    place = _without_light(rest)[len(by) :].split(",")[0].strip()
    if by not in AT_REST or not place or len(place.split()) > 8 or folded(place.split()[-1]) in _SPOKEN_HOURS:
        return "", ""
    return AT_REST[by], place


def _may_hide_a_verb(who: str, action: str) -> bool:
    """Say whether a noun phrase without a verb holds a word that may be one after all: `the city lights`."""
    known = [verb_of(grammar.bare(word)) for word in who.split()[1:]]
    return not action and any(one is not None and one[1].name == "THIRD" for one in known) and len(known) > 1


_NO_SUBJECTS: Final = frozenset(
    listed("slo-mo slow-motion macro style art photography illustration animation poster render transformation")
)


def _with_subject(clause: str, first: Subject) -> str:
    """Return a later clause with a subject: `it jumps down` and `jumps down` become `the cat jumps down`."""
    pronoun = re.match(r"(he|she|it|they|who)\s+", clause, re.IGNORECASE)
    # A single person that the words call `they` keeps it: the verb that follows agrees with it.
    if pronoun is not None and pronoun.group(1).lower() == "they" and not first.is_plural:
        return clause[:1].lower() + clause[1:]
    if pronoun is not None:
        return f"{first.the} {clause[pronoun.end() :]}"
    action = grammar.as_action(clause, is_plural=first.is_plural)
    if action and grammar.main_verb(clause.split(), max(1, grammar.noun_phrase_end(clause.split()))) == 0:
        return f"{first.the} {action[:1].lower()}{action[1:]}"
    return _as_in_a_sentence(clause)


_PROPER: Final = re.compile(r"^[A-Z](?:[A-Z]|\w*(?:ese|ican|ench|kish|lian|dian|ssian|nish|rman|tish|east|west)\b)")


def _as_in_a_sentence(words: str) -> str:
    """Return the words without the capital that only stood for the start of a sentence."""
    return words if _PROPER.match(words) or folded(words) in CITIES else words[:1].lower() + words[1:]


_HOURS: Final = "|".join(
    sorted({re.escape(name) for light in LIGHTS for name in light.names if name.isascii()}, key=len, reverse=True)
)
_LIGHT_PHRASE: Final = re.compile(
    rf",?\s*\b(?:at|in|during|under|by)\s+(?:the\s+|a\s+)?(?:heavy\s+|falling\s+|last\s+)?(?:{_HOURS})(?![\w-])"
    rf"(?!\s+\w+(?:ing|ed)?\s*(?:room|house|street|city|sea))",
    re.IGNORECASE,
)


def _without_light(text: str) -> str:
    """Return the text without `at dusk` and its like, which the look says already; places keep their names."""

    def kept(found: re.Match[str]) -> str:
        last = folded(found.group()).split()[-1]
        return "" if last in _SPOKEN_HOURS and not found.string[found.end() :].startswith(" ") else found.group()

    return _LIGHT_PHRASE.sub(kept, text).strip(" ,")


_SPOKEN_HOURS: Final = frozenset(
    listed("dusk sunset twilight evening dawn sunrise morning night midnight moonlight rain snow fog mist noon midday")
)


def _where(rest: str) -> tuple[str, str]:
    """Return the first place that the words name after a preposition of place: the preposition at "
    "rest, and the place.
    """
    for found in PLACE_PHRASE.finditer(rest):
        place = _without_light(f"in {found.group('place')}").removeprefix("in ").strip(" ,")
        head = folded(place).split()[-1:] or [""]
        # What one goes through is a place, even one that we have no word for.
        is_crossed = folded(found.group("by")) in {"through", "across", "inside"} and not grammar.is_clothing(place)
        is_place = _is_place(place) or is_crossed
        if place and head[0] not in _SPOKEN_HOURS and is_place and len(place.split()) <= 7:
            return AT_REST[folded(found.group("by"))], place
    return "", ""


def _is_place(words: str) -> bool:
    """Say whether the words name a place: one that we know, or a proper name. `Her phone` is none."""
    return (
        grammar.head_of(words) in PLACE_NOUNS
        or (words[:1].isupper() and words.split()[0].lower() not in {"the", "a", "an"})
        or any(names_in(words, tuple(one for one in place.names if one not in SUGGESTING)) for place in PLACES)
    )


_WEATHER: Final = frozenset(
    listed(
        "rain snow storm thunderstorm snowstorm fog mist wind lightning thunder sun moon cloud blizzard sunrise "
        "sunset sky "
        "aurora tornado rainbow wave tide dawn dusk night smoke steam star snowflake raindrop sunlight moonlight light "
        "shadow borealis fire flame spark hail breeze water lava"
    )
)


def _is_weather(who: str) -> bool:
    head = grammar.head_of(who)
    return head in _WEATHER or head.removesuffix("s") in _WEATHER


_SWARM: Final = re.compile(r"(?:an?|the) (?:\w+ )?(?:flock|herd|swarm|shoal|school|colony) of\b", re.IGNORECASE)
"""Too many to have one face or one back: filmed as one thing."""


def _kind_of(who: str) -> Kind:
    head = grammar.head_of(who)
    if "hot dog" in who or _SWARM.match(who):
        return Kind.THING
    if _is_weather(who):
        return Kind.WEATHER
    if head in grammar.NAMELESS:
        return Kind.PERSON
    if folded(who) in CITIES:
        return Kind.PLACE
    if head in ANIMALS or head.rstrip("s") in ANIMALS:
        return Kind.ANIMAL
    if head in PLACE_NOUNS or head.rstrip("s") in PLACE_NOUNS:
        return Kind.PLACE
    if grammar.is_person(who):
        return Kind.PERSON
    return Kind.THING
