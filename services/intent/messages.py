"""What one message says, field by field: length, shape, style, what to avoid, shots, and what is to be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.intent.aspects import Aspects, read_aspects
from services.intent.avoidance import Avoidance, read_avoidance
from services.intent.images import role_spans
from services.intent.languages import Text, any_of, compiled, language_of
from services.intent.lengths import Lengths, read_lengths
from services.intent.quantities import quantities
from services.intent.relative import relative_length
from services.intent.shots import Shots, read_shots
from services.intent.styles import Styles, read_styles
from services.intent.subjects import picture_words


@dataclass(frozen=True)
class Said:
    """What one message says, field by field."""

    text: Text
    language: str
    lengths: Lengths
    aspects: Aspects
    styles: Styles
    avoidance: Avoidance
    shots: Shots
    subject: str


def read_message(words: str, language: str | None, *, has_pictures: bool = False) -> Said:
    """Return what a message says.

    Args:
        language: the language of the conversation, where there is one; else it is found in the words.
        has_pictures: pictures came with it, so that words about what they are for are no part of the story.
    """
    text = Text.of(words)
    found = language_of(text)
    language = found if language is None else language
    amounts = tuple((one.start, one.end) for one in quantities(text) if not one.is_clock)
    aspects = read_aspects(text, amounts)
    styles = read_styles(text, (*amounts, *aspects.spans))
    shots = without_film_words(read_shots(text), language)
    # The shapes and styles are read once more: each may stand in a clause with the others.
    aspects = read_aspects(text, (*amounts, *styles.spans))
    taken = (*aspects.spans, *styles.spans)
    lengths = read_lengths(text, taken, shots.count)
    avoidance = read_avoidance(text, found, (*taken, *lengths.spans))
    about_the_film = (
        *taken,
        *lengths.spans,
        *avoidance.spans,
        *shots.spans,
        *shots.count_spans,
        *(role_spans(text) if has_pictures else ()),
    )
    return Said(text, language, lengths, aspects, styles, avoidance, shots, picture_words(text, about_the_film, found))


_ENDS = re.compile(r"(?<=[.!?。！？])\s*")


def without_film_words(shots: Shots, language: str) -> Shots:
    """Return the shots without what follows the last one and speaks of the film: `snow outside. 15 seconds`."""
    if len(shots.shots) < 2:
        return shots
    sentences = [one for one in _ENDS.split(shots.shots[-1]) if one.strip()]
    while len(sentences) > 1 and _is_about_the_film(sentences[-1], language):
        sentences.pop()
    last = " ".join(sentences).strip(" .。")
    total = _IN_TOTAL.search(Text.of(last).folded)
    last = Text.of(last).said[: Text.of(last).places[total.start()]] if total else last
    return replace(shots, shots=(*shots.shots[:-1], last))


_TOTAL = any_of("in total|in all|altogether|overall|insgesamt|au total|en total|no total|in totale")
_IN_TOTAL = compiled(rf"[,;]\s[^,;]{{0,30}}{_TOTAL}\W*$")


_AND = compiled(
    rf"\s+(?:{any_of('and|und|et|y|e|and also|und auch|und es|also|plus|sowie|и|و|और|but|aber|mais|pero|ma|но')})\s+"
    r"|并且|而且|\sو(?=(?:بدون|من غير|في)\s)"
)
_MARKS = re.compile(r"[,.;:!?\n，、。؛،]")
_OWN_SENTENCE = compiled(
    rf"(?:{any_of('she|he|it|they|we|i|the [a-z]{2,20}|er|sie|es|elle|il|ella|él')})\s"
    rf"(?:{any_of('should|must|needs to|has to|is|are|has|have|wears|soll|sollte|muss|doit|debe|deve')})\s"
)
PIECES_MAX = 12


def set_apart(words: str, language: str) -> str:
    """Return the words with a comma where an `and` joins what is said of the film to something else.

    `25 seconds and a bit warmer` are two wishes; `a man and a woman for 25 seconds` is one, and so is `noir et blanc`.
    """
    text = Text.of(words)
    marks = list(_AND.finditer(text.folded))[:PIECES_MAX]
    if not marks:
        return words
    whole = read_message(words, language)
    inside = (*whole.aspects.spans, *whole.styles.spans, *whole.lengths.spans)
    apart, at = "", 0
    for mark in marks:
        left = _MARKS.split(text.said_at((at, mark.start())))[-1]
        right = _MARKS.split(_AND.split(Text.of(text.said_from(mark.end())).folded)[0])[0]
        right = text.said_at((mark.end(), mark.end() + len(right)))
        apart += text.said_at_raw((at, mark.start()))
        is_inside = any(start < mark.end() and mark.start() < end for start, end in inside)
        if not is_inside and any(_is_about_the_film(one, language) for one in (left, right)):
            apart += ", "
        elif not is_inside and _OWN_SENTENCE.match(text.folded, mark.end()):
            apart += ". "
        else:
            apart += text.said_at_raw(mark.span())
        at = mark.end()
    return apart + text.said_from(at)


def _is_about_the_film(words: str, language: str) -> bool:
    """Say whether the words name a length, a shape or a style, and nothing to be seen."""
    text = Text.of(words)
    if not text.clauses:
        return False
    relative = relative_length(text, 10.0)
    said = read_message(words if relative is None else text.without((relative.span,)), language)
    names_something = relative is not None or said.lengths.said or said.aspects.aspect or said.styles.style
    return bool(names_something) and not said.subject
