"""From a brief's subject to what the film is about: the words without what they say of filming, taken apart."""

from __future__ import annotations

import re
from typing import Final

from msgspec import structs

from services.planner import grammar
from services.planner.clauses import as_in_a_sentence, read_clause
from services.planner.fragments import has_verb, is_setting, read_fragments
from services.planner.matching import NOUN_LIKE, WITHOUT_OBJECT, Form, verb_of
from services.planner.subject import Kind, Subject

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
    r"(?:[,;]|\.)?\s+(?:and\s+)?(then|afterwards|after that|finally)\b,?\s+|\s*;\s+|(?<=[\w)])\.\s+(?=[A-Z])",
    re.IGNORECASE,
)
"""Where one thing ends and the next begins; its group is there where a word says that it is the next."""


def read_subject(words: str, language: str, style: str | None) -> Subject:
    """Return the subject taken apart; `UNREAD` and whole where it is not English or not understood."""
    plain = " ".join(words.split()).strip().rstrip(".。!！ ")
    if not language.lower().startswith("en") or not _is_latin(plain):
        return Subject(words=plain, kind=Kind.UNREAD, is_foreign=True)
    story = _COUNTED.sub("", _FIRST.sub("", _without_style(plain, style)))
    story = _CAMERA.sub("", _CAMERA_SENTENCE.sub("", story)) or plain
    story = _TELLING.sub("", _STILL.sub("", _MEDIUM.sub("", story))).strip(" ,.") or plain
    story = _SHOWING.sub("", story) or plain
    first, *others = _moments(story)
    read = read_fragments(first) or read_clause(first)
    if read.kind is Kind.UNREAD:
        return structs.replace(read, words=plain)
    told = (*read.later, *(one for one in others if not _ABOUT_FILMING.search(one)))
    return structs.replace(read, words=plain, later=tuple(_with_subject(one, read) for one in told))


def _moments(story: str) -> list[str]:
    """Return what happens one after the other; a part in which nothing happens joins the first."""
    split = ["", *_NEXT.split(story)]
    (_, first), *others = [
        (said, part.strip(" ,.")) for said, part in zip(split[::2], split[1::2], strict=True) if part.strip(" ,.")
    ]
    who = read_clause(first.split(",")[0])
    moments = [first]
    for said, part in others:
        happens = has_verb(part) or (bool(said) and _is_deed_of(who, part))
        if not happens or (len(moments) == 1 and is_setting(moments[0])):
            moments[0] = f"{moments[0]}, {part}"
        else:
            moments.append(part)
    return moments


def _is_deed_of(who: Subject, part: str) -> bool:
    """Say whether words after a `then` begin with a verb of the one before: `finds a door`, no `storm clouds`."""
    first, *after = map(grammar.bare, part.split())
    known = verb_of(first)
    if known is None or known[1] is Form.PARTICIPLE or (known[1] is Form.BASE) is not who.is_plural:
        return False
    is_led = (
        grammar.is_determiner(after[0]) or grammar.is_preposition(after[0]) if after else known[0] in WITHOUT_OBJECT
    )
    return known[0] not in NOUN_LIKE or (is_led and who.kind in {Kind.PERSON, Kind.ANIMAL})


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
    return as_in_a_sentence(clause)
