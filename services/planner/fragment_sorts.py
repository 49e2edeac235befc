"""Tells what each comma-separated fragment of a subject is: what acts, a place, somebody, a quality, or a detail."""

from __future__ import annotations

import enum
import re
from typing import Final

from msgspec import Struct

from services.planner import grammar
from services.planner.clauses import AT_REST, is_place, is_weather, read_clause
from services.planner.lights import LIGHTS
from services.planner.looks import place_in
from services.planner.matching import ADJECTIVES, ANIMALS, Form, folded, listed, verb_of
from services.planner.places import ANYWHERE
from services.planner.subject import Kind, Subject


class Sort(enum.Enum):
    """What a fragment is in its sentence."""

    CLAUSE = "clause"
    """A noun phrase with its verb: `a woman walks by`."""
    ACTION = "action"
    """A verb whose subject stands in another fragment: `rows out`, `walking alone`."""
    NOUN = "noun"
    """Somebody or something that the film may be about: `a red apple on a table`."""
    PLACE = "place"
    """`Neon city street`, `in a dark forest`."""
    QUALITY = "quality"
    """What describes the noun before it: `old and tired`, `long black hair`."""
    DETAIL = "detail"
    """Weather, hour, look: what is true of the whole film."""
    FRAMING = "framing"
    """What the shot sizes and the camera say already, and each in its own way."""
    UNREAD = "unread"


class Fragment(Struct, frozen=True):
    """One part between commas."""

    text: str
    sort: Sort
    read: Subject | None = None
    """The fragment taken apart, where it has a noun to be taken apart at."""


BETWEEN: Final = re.compile(r"\s*[,;]\s+|\s+[-–—]+\s+|\s*—\s*")
_FRAMING: Final = re.compile(
    r"\b(?:close[- ]?up|(?:wide|long|medium|tracking|drone|aerial|establishing|full|static|handheld|dolly) "
    r"(?:shot|view)|"
    r"zoom(?:s|ing)?(?: in| out)?|dolly|pan(?:s|ning)? (?:left|right|up|down)|push[- ]in|pull[- ]out|low angle|"
    r"high angle|bird'?s[- ]eye view)\b",
    re.IGNORECASE,
)
_UNWANTED: Final = re.compile(r"^(?:no|without|avoid)\s", re.IGNORECASE)
_LOOKS: Final = frozenset(
    listed(
        "light lighting sunlight moonlight candlelight lamplight spotlight backlight focus bokeh grain film lens "
        "photography style colour colours color colors palette tones contrast mood atmosphere texture textures detail "
        "details detailed cinematic realistic photorealistic hyperrealistic anime noir render quality resolution 4k 8k "
        "35mm hd hdr cozy epic moody dreamy dramatic peaceful melancholic background foreground motion reflections "
        "shadows haze rays glow flare"
    )
)
_BODY: Final = frozenset(
    listed(
        "hair eyes beard face hands arms legs skin freckles smile tail fur feathers wings scar moustache braid braids "
        "glasses shoes gloves horns mane whiskers tattoos lips cheeks"
    )
)
_SEASONS: Final = frozenset(listed("spring summer autumn fall winter halloween christmas afternoon sunset sunrise"))
ON_TOP: Final = re.compile(
    r"\b(?:rooftop|roof|table|bench|windowsill|shelf|bridge|pier|stage|desk|balcony|platform)s?\b"
)
LEADING: Final = re.compile(rf"^({'|'.join(AT_REST)}|behind|during|before|after|with|under)\s+(.+)$", re.IGNORECASE)
_ADJECTIVE: Final = re.compile(r"(?:ed|y|ful|less|ous|ish|ic|ive|al|worn|torn|thin|blind|proud|calm|lost)$")


def fragments_of(text: str) -> list[Fragment]:
    """Return the text's fragments in order, each by itself."""
    return [sorted_fragment(one.strip(" ,.")) for one in BETWEEN.split(text) if one.strip(" ,.")]


def sorted_fragment(text: str) -> Fragment:
    """Return the fragment with what it is, as far as it says so by itself."""
    words = [grammar.bare(one) for one in text.split()]
    if _FRAMING.search(text) or _UNWANTED.match(text):
        return Fragment(text, Sort.FRAMING)
    if _is_quality(words):
        return Fragment(text, Sort.QUALITY)
    if _is_light(text) or words[-1] in _SEASONS or _is_look(words):
        return Fragment(text, Sort.DETAIL)
    if _STATE.match(text) or _GLOWING.match(text):
        return Fragment(text, Sort.DETAIL)
    led = LEADING.match(text)
    if led is not None:
        is_at = folded(led.group(1)) in AT_REST and (is_place(led.group(2)) or place_in(led.group(2)) is not ANYWHERE)
        return Fragment(text, Sort.PLACE if is_at else Sort.DETAIL)
    read = read_clause(text)
    if read.kind is Kind.UNREAD:
        return Fragment(text, _without_noun(text))
    if read.action and not _is_plain_noun(text, read):
        if grammar.head_of(read.who) in _BODY and not grammar.is_determiner(words[0]):
            return Fragment(text, Sort.QUALITY, read)
        return Fragment(text, Sort.DETAIL if is_weather(read.who) and not read.where else Sort.CLAUSE, read)
    if read.kind is Kind.PLACE or (not grammar.is_determiner(words[0]) and _names_place(read)):
        return Fragment(text, Sort.PLACE, read)
    head = grammar.head_of(read.who)
    if head in _BODY or (grammar.is_clothing(read.who) and not grammar.is_person(read.who)):
        return Fragment(text, Sort.QUALITY, read)
    return Fragment(text, Sort.DETAIL if is_weather(read.who) else Sort.NOUN, read)


_STATE: Final = re.compile(r"^\w{3,}(?:ed|own|orn|en)\s+(?:with|in|by)\s", re.IGNORECASE)
"""What a place or a thing is like: `overgrown with ivy`."""


_GLOWING: Final = re.compile(
    r"^(?:flicker|glow|fall|shin|swirl|crash|burn|float|drift|ris|sparkl|shimmer|twinkl|roll|blow)ing\s+\w+s$",
    re.IGNORECASE,
)
"""A participle that only describes the noun behind it: `flickering lights`."""


def _is_look(words: list[str]) -> bool:
    """Say whether the words speak of the picture: `soft window light`, `shallow depth of field`, `35mm`."""
    happens = any(one.endswith("ing") for one in words)
    return " ".join(words[-3:]) == "depth of field" or (words[-1] in _LOOKS and words[0] != "a" and not happens)


def _is_plain_noun(text: str, read: Subject) -> bool:
    """Say whether what looks like a verb is none: `sails torn`, `neon signs`."""
    return len(text.split()) == 2 and not grammar.is_finite(text.split()[-1]) and not text.endswith("ing")


def _without_noun(text: str) -> Sort:
    if grammar.as_action(text, is_plural=False):
        return Sort.ACTION
    known = [verb_of(grammar.bare(one)) for one in text.split()]
    is_short = len(known) <= 5 and not any(one is not None and one[1] is Form.THIRD for one in known)
    return Sort.DETAIL if is_short else Sort.UNREAD


def _is_quality(words: list[str]) -> bool:
    """Say whether the words are adjectives only: `old and tired`, `rusty`."""
    real = [one for one in words if one not in {"and", "but", "very", "still", "all"}]
    if not real or len(real) > 4 or real[-1] in _LOOKS:
        return False
    known = [one in ADJECTIVES or (_ADJECTIVE.search(one) is not None and len(one) > 3) for one in real]
    # `Old library`, `wild strawberry`: what follows an adjective directly and only ends like one is a noun.
    last = real[-1] in ADJECTIVES or "and" in words or not real[-1].endswith("y") or len(real) == 1
    is_noun = is_place(real[-1]) or real[-1] in _NOUNS_LIKE_THEM | ANIMALS or grammar.is_person(real[-1])
    return all(known) and last and not is_noun and not _is_light(" ".join(words))


_NOUNS_LIKE_THEM: Final = frozenset(
    listed("city party baby lady country family valley alley sky body galaxy music fabric traffic animal seed reed")
)


def _is_light(text: str) -> bool:
    """Say whether the words are only an hour, or what is in the air: `at night`, `heavy rain`, `golden hour`."""
    plain = " ".join(_AROUND_LIGHT.sub(" ", folded(text)).split())
    return any(plain == folded(name) for one in LIGHTS if one.word not in {"interior", "space"} for name in one.names)


_AROUND_LIGHT: Final = re.compile(
    r"^(?:at|in|during|under|by)\s+|\b(?:the|a|an|heavy|light|thick|soft|falling|late|early|low)\b"
)


def _names_place(read: Subject) -> bool:
    if read.kind in {Kind.PERSON, Kind.ANIMAL}:
        return False
    head = grammar.head_of(read.who)
    return ON_TOP.search(head) is not None or head in _PLACE_HEADS or is_place(head)


_PLACE_HEADS: Final = frozenset(
    listed("pass cabin terrace porch yard courtyard neighbourhood trail path plaza diner ruins highway platform")
)
