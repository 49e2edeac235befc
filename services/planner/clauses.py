"""Reads who, does what, and where out of one clause, by small rules that admit when they do not know."""

from __future__ import annotations

import re
from typing import Final

from services.planner import grammar
from services.planner.lights import LIGHTS
from services.planner.matching import ANIMALS, CITIES, PLACE_NOUNS, folded, listed, names_in, verb_of
from services.planner.places import PLACES, SUGGESTING
from services.planner.subject import Kind, Subject

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


def read_clause(clause: str) -> Subject:
    """Return the clause taken apart at its verb; `UNREAD` and whole where it is of a form that we do not read."""
    tokens = clause.split()
    if tokens and grammar.bare(tokens[0]) in _PRONOUNS:
        return Subject(words=clause, kind=Kind.UNREAD)  # our sentences would say `the face of she`
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
    action = grammar.as_action(without_light(rest), is_plural=is_plural)
    if (rest and not action and not _PLACED.match(rest)) or _may_hide_a_verb(who, action):
        return Subject(words=clause, kind=Kind.UNREAD)
    by, place = _where(rest)
    if not action and not place:
        by, place = _where_at_rest(rest)
    is_named = grammar.is_name(who) and bool(action)
    if not is_named and not (grammar.is_name(who) and " " in who):
        who = grammar.with_article(as_in_a_sentence(who))
    kind = Kind.PERSON if is_named and not is_weather(who) else kind_of(who)
    if kind is Kind.PLACE and not action:
        extra, place = " ".join(part for part in (extra, without_light(rest)) if part), ""
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


_PRONOUNS: Final = frozenset(listed("i you he she it we they"))
_PLACED: Final = re.compile(rf"(?:{'|'.join(AT_REST)}|behind|between|against|during|for|as|to|after|before)\b", re.I)


def _where_at_rest(rest: str) -> tuple[str, str]:
    """Return where something without a verb is, also where we know no such place: `on`, `a table by the window`."""
    found = _PLACED.match(rest)
    by = folded(found.group()) if found is not None else ""
    place = without_light(rest)[len(by) :].split(",")[0].strip()
    if by not in AT_REST or not place or len(place.split()) > 8 or folded(place.split()[-1]) in SPOKEN_HOURS:
        return "", ""
    return AT_REST[by], place


def _may_hide_a_verb(who: str, action: str) -> bool:
    """Say whether a noun phrase without a verb holds a word that may be one after all: `the city lights`."""
    known = [verb_of(grammar.bare(word)) for word in who.split()[1:]]
    return not action and any(one is not None and one[1].name == "THIRD" for one in known) and len(known) > 1


_NO_SUBJECTS: Final = frozenset(
    listed("slo-mo slow-motion macro style art photography illustration animation poster render transformation")
)


_PROPER: Final = re.compile(r"^[A-Z](?:[A-Z]|\w*(?:ese|ican|ench|kish|lian|dian|ssian|nish|rman|tish|east|west)\b)")


def as_in_a_sentence(words: str) -> str:
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


def without_light(text: str) -> str:
    """Return the text without `at dusk` and its like, which the look says already; places keep their names."""

    def kept(found: re.Match[str]) -> str:
        last = folded(found.group()).split()[-1]
        return "" if last in SPOKEN_HOURS and not found.string[found.end() :].startswith(" ") else found.group()

    return _LIGHT_PHRASE.sub(kept, text).strip(" ,")


SPOKEN_HOURS: Final = frozenset(
    listed("dusk sunset twilight evening dawn sunrise morning night midnight moonlight rain snow fog mist noon midday")
)


def _where(rest: str) -> tuple[str, str]:
    """Return the preposition at rest, and the place, of the first place that the words name after a preposition."""
    for found in PLACE_PHRASE.finditer(rest):
        place = without_light(f"in {found.group('place')}").removeprefix("in ").strip(" ,")
        head = folded(place).split()[-1:] or [""]
        # What one goes through is a place, even one that we have no word for.
        is_crossed = folded(found.group("by")) in {"through", "across", "inside"} and not grammar.is_clothing(place)
        is_known = is_crossed or is_place(place)
        if place and head[0] not in SPOKEN_HOURS and is_known and len(place.split()) <= 7:
            return AT_REST[folded(found.group("by"))], place
    return "", ""


def is_place(words: str) -> bool:
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
        "sunbeam "
        "aurora tornado rainbow wave tide dawn dusk night smoke steam star snowflake raindrop sunlight moonlight light "
        "shadow borealis fire flame spark hail breeze water lava"
    )
)


def is_weather(who: str) -> bool:
    """Say whether the phrase names what fills the picture and has no edge: rain, clouds, the sun."""
    head = grammar.head_of(who)
    return head in _WEATHER or head.removesuffix("s") in _WEATHER


_SWARM: Final = re.compile(r"(?:an?|the) (?:\w+ )?(?:flock|herd|swarm|shoal|school|colony) of\b", re.IGNORECASE)
"""Too many to have one face or one back: filmed as one thing."""


def kind_of(who: str) -> Kind:
    """Return what kind of subject a noun phrase names."""
    head = grammar.head_of(who)
    if "hot dog" in who or _SWARM.match(who):
        return Kind.THING
    if is_weather(who):
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
