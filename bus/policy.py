"""What is refused whatever the settings say, and what an operator adds: decided over words, pictures and LoRAs alone.

Two refusals are built in: sexual content with minors, and undressing or sexualising a picture of a person that was
uploaded. Words are compared in eleven languages, past spelling tricks: spaced letters, figures and signs for letters,
letters of other scripts that look alike, invisible characters. A list of words can't judge everything; it errs towards
refusing where a minor and a sexual word stand in one text, and towards allowing everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from bus.policy_words import (
    ADULT,
    AGE_AFTER,
    AGE_BEFORE,
    AGE_IS,
    AGE_WORDS,
    ALWAYS_MINORS,
    EXPLICIT,
    GIRL,
    HARMLESS,
    MINOR,
    NEGATED,
    SUGGESTIVE,
    UNDRESSES,
    operators_phrase,
    plain,
)

MINORS = "minors"
UPLOADED_PERSON = "uploaded-person"


class OperatorRule(Protocol):
    """A rule of the operator: any of these words or phrases is refused, and this is said."""

    @property
    def name(self) -> str:
        """Return what it is known by."""
        ...

    @property
    def words(self) -> tuple[str, ...]:
        """Return what is refused wherever it stands as a whole word."""
        ...

    @property
    def why(self) -> str:
        """Return what the person is told."""
        ...


class Rule(Struct, frozen=True, kw_only=True):
    """The plainest `OperatorRule`."""

    name: str
    words: tuple[str, ...]
    why: str


class Refusal(Struct, frozen=True, kw_only=True):
    """Which rule refuses, why, and what one can do instead."""

    rule: str
    why: str
    help: str


_MINORS = Refusal(
    rule=MINORS,
    why="This is refused because it brings together minors, or people described as looking like them, and "
    "sexual content.",
    help="Describe a scene without sexual content. Films about children and teenagers are welcome otherwise.",
)
_UPLOADED_PERSON = Refusal(
    rule=UPLOADED_PERSON,
    why="This is refused because it would undress or sexualise somebody in a picture that was uploaded.",
    help="Ask for another movement or scene (a smile, a walk, other light), or leave the picture out.",
)


class Judged(Protocol):
    """What somebody who read or looked at the whole understood of it: a model."""

    @property
    def has_minors(self) -> bool:
        """Say whether somebody in it is younger than 18 or looks so."""
        ...

    @property
    def is_sexual(self) -> bool:
        """Say whether there is sexual content."""
        ...


def judgement(judged: Judged, *, shows_uploaded_person: bool) -> Refusal | None:
    """Return why what was understood is refused, whatever its words; None where it may be filmed.

    Args:
        shows_uploaded_person: a picture of a person came from outside, or may have.
    """
    if judged.is_sexual and judged.has_minors:
        return _MINORS
    if judged.is_sexual and shows_uploaded_person:
        return _UPLOADED_PERSON
    return None


def refusal(
    words: str,
    *,
    has_uploaded_picture: bool,
    lora_purposes: tuple[str, ...] = (),
    operator_rules: Sequence[OperatorRule] = (),
) -> Refusal | None:
    """Return why the words are refused, or None where they may be filmed.

    Args:
        words: everything that would reach a model: all messages of a request, or a prompt.
        has_uploaded_picture: a picture came from outside, so it may show a real person.
        lora_purposes: what each LoRA in use was made for.
        operator_rules: refused on top of the two that are built in.
    """
    spellings = _spellings(words)
    purposes = _spellings(" . ".join(lora_purposes))
    if _is_about_minors(spellings, purposes):
        return _MINORS
    if has_uploaded_picture and _sexualises(spellings, purposes):
        return _UPLOADED_PERSON
    for rule in operator_rules:
        if any(
            operators_phrase(phrase).search(spelling)
            for phrase in rule.words
            if phrase.strip()
            for spelling in spellings
        ):
            return Refusal(
                rule=rule.name, why=rule.why, help="Say it without that, or ask whoever runs this installation."
            )
    return None


def _is_about_minors(spellings: tuple[str, ...], purposes: tuple[str, ...]) -> bool:
    everything = (*spellings, *purposes)
    if any(ALWAYS_MINORS.search(one) for one in everything):
        return True
    is_explicit = any(_holds(EXPLICIT, one) for one in everything)
    if not is_explicit and not any(_holds(SUGGESTIVE, one) for one in everything):
        return False
    if any(_holds(MINOR, one) or any(age < 18 for age in _ages(one)) for one in everything):
        return True
    # `Girl` is said of women too: it counts beside explicit words, where nothing says that adults are meant.
    return (
        is_explicit
        and any(_holds(GIRL, one) for one in everything)
        and not any(ADULT.search(one) for one in everything)
    )


def _sexualises(spellings: tuple[str, ...], purposes: tuple[str, ...]) -> bool:
    patterns = (EXPLICIT, SUGGESTIVE, UNDRESSES)
    return any(_holds(pattern, one) for pattern in patterns for one in (*spellings, *purposes))


def _holds(pattern: re.Pattern[str], spelling: str) -> bool:
    """Say whether the pattern occurs other than after a `no` or `without`."""
    return any(
        not NEGATED.search(spelling[max(0, one.start() - 24) : one.start()]) for one in pattern.finditer(spelling)
    )


def _ages(spelling: str) -> tuple[float, ...]:
    """Return the ages in years that are named."""
    said = (match.group("age") for pattern in (AGE_AFTER, AGE_BEFORE, AGE_IS) for match in pattern.finditer(spelling))
    return tuple(float(one) if one.isdigit() else AGE_WORDS.get(re.sub(r"[\s-]+", " ", one), 99.0) for one in said)


# -- spelling -------------------------------------------------------------------------------------------------

_ALIKE = str.maketrans("аеорсухіјѕԁһкмтвнгпαεορικυνχτ", "aeopcyxijsdhkmtbhrnaeopikuvxt")
"""Cyrillic and Greek letters that look like Latin ones; used only in words that also hold Latin letters."""
_FIGURES = str.maketrans("013457@$!|€", "oieastasile")
_SPACED = re.compile(r"(?<![^\W\d_])(?:[^\W_][\s._*·•\-/]{1,2}){2,24}[^\W_](?![^\W_])")
_DECORATED = re.compile(r"(?<=[^\W\d_])[*._·•~^]{1,2}(?=[^\W\d_])")
_TOKEN = re.compile(r"[^\s]+")


def _spellings(words: str) -> tuple[str, ...]:
    """Return the words as they may be meant: as they stand, and with each spelling trick undone."""
    as_said = plain(words)
    alike = _TOKEN.sub(
        lambda one: one.group().translate(_ALIKE) if re.search(r"[a-z]", one.group()) else one.group(), as_said
    )
    joined = _SPACED.sub(lambda one: re.sub(r"[^\w]|_", "", one.group()), _DECORATED.sub("", alike))
    figures = _TOKEN.sub(lambda one: _without_figures(one.group()), joined)
    # `Nuuude` has letters repeated; English doubles at most.
    calm = re.sub(r"([^\W\d_])\1{2,}", r"\1", figures)
    return tuple(dict.fromkeys(HARMLESS.sub(" ", one) for one in (as_said, alike, joined, figures, calm)))


def _without_figures(token: str) -> str:
    has_both = re.search(r"[a-z]", token) and re.search(r"[013457@$!|€]", token.rstrip("!"))
    return token.rstrip("!").translate(_FIGURES) if has_both else token
