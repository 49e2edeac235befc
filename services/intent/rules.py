"""Reads a brief from what a person said, by rules alone: the same words give the same brief."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import msgspec
from msgspec import Struct

from bus.plan import Artifact, Assumption, Brief
from services.intent.answers import (
    NO_PICTURE,
    NO_SUBJECT,
    NO_WORDS,
    Impossible,
    Limits,
    Question,
    spoken,
    too_many_words,
    wrong_length,
)
from services.intent.approvals import afresh, is_approval
from services.intent.assumptions import other_shapes, with_assumptions
from services.intent.brought import figures_with, is_seen_in_picture_only, roles_anew, taken_back, with_images
from services.intent.changes import (
    Change,
    as_statement,
    changes,
    drops_style,
    seen_words,
    sentences_of,
    with_style,
    with_words,
    without_remarks,
)
from services.intent.exchanges import swapped, with_seconds, without_pieces, without_style
from services.intent.images import (
    does_without_picture,
    hands_over_picture,
    is_only_about_picture,
    mode_of,
    names_a_missing_picture,
    roles_of,
    without_mention,
)
from services.intent.languages import Text, fold, is_wordless
from services.intent.lengths import Length, Lengths
from services.intent.messages import Said, read_message, set_apart
from services.intent.relative import relative_length
from services.intent.shots import notes_apart, read_notes, shots_told
from services.intent.subjects import is_only_small
from services.intent.titles import logline_of, title_in, title_of

__all__ = [
    "Change",
    "Impossible",
    "Limits",
    "Question",
    "Understanding",
    "Words",
    "changes",
    "is_approval",
    "read_brief",
]


class Words(Struct, frozen=True, kw_only=True):
    """One message of the person: words, and the pictures that came with them."""

    text: str
    images: tuple[Artifact, ...] = ()


Understanding = Brief | Question | Impossible


def read_brief(
    conversation: tuple[Words, ...], before: Brief | None, limits: Limits, held: int | None = None
) -> Understanding:
    """Return what the person wants, a question where a guess would be expensive, or why it can't be done.

    Args:
        conversation: all messages in order: the request, then redirects, changes and answers.
        before: the brief that earlier messages led to. Where these rules wrote it, they find by themselves which
            messages it holds already; where somebody else wrote it, those after `held` are new.
        held: how many messages the brief before holds; None: all but the last.
    """
    problem = _problem_with_words(conversation, limits)
    if problem is not None:
        return problem
    state, holds_before = _State(), before is None
    for message in conversation:
        state = _heard(state, message, limits)
        holds_before = holds_before or _finished(state, limits) == before
    if not holds_before:
        state = _State(brief=before)
        for message in conversation[-1 if held is None else held :]:
            state = _heard(state, message, limits)
    return _finished(state, limits)


@dataclass(frozen=True)
class _State:
    """What is understood after some messages: a brief, and what stands in its way."""

    brief: Brief | None = None
    open_words: str = ""
    """Words without a picture in them, such as `20 seconds, vertical`, that the next message completes."""
    open_images: tuple[Artifact, ...] = ()
    question: Question | None = None
    lengths: tuple[float, ...] = ()
    """The lengths a question is about, in seconds."""
    impossible: Impossible | None = None


def _heard(state: _State, message: Words, limits: Limits) -> _State:
    """Return what is understood after one more message."""
    if state.brief is None:
        if does_without_picture(Text.of(message.text)):
            words = without_mention(message.text)
            if is_wordless(words):
                return _State(question=NO_SUBJECT)
            return _with_open_figures(_first(words, message.images, limits), state.open_words, limits)
        words = "\n".join(one for one in (_sentence(state.open_words), *_said(message)) if one.strip())
        return _first(words, (*state.open_images, *message.images), limits)
    if is_wordless(message.text) and not message.images:
        return _as_assumed(state, limits)
    if is_approval(message.text) and not message.images:
        return state
    anew = afresh(message.text)
    if anew is not None:
        begun = _first(anew, (*(one.artifact for one in state.brief.images), *message.images), limits)
        if begun.brief is not None:
            return begun
        message = msgspec.structs.replace(message, text=anew)
    return _changed(state, state.brief, message, limits)


def _sentence(words: str) -> str:
    """Return the words as a sentence of their own, before others; nothing of words that only ask for a film."""
    if not words.strip() or is_only_small(words):
        return ""
    return words if words.rstrip()[-1] in ".!?。" else f"{words.rstrip()}."


def _with_open_figures(state: _State, open_words: str, limits: Limits) -> _State:
    """Return the state with the figures of words that had no subject yet, where these say none: `…, 5 seconds`."""
    brief = state.brief
    if brief is None or is_wordless(open_words):
        return state
    said = read_message(open_words, brief.language)
    if brief.aspect is None and said.aspects.aspect is not None:
        brief = msgspec.structs.replace(brief, aspect=said.aspects.aspect)
        state = replace(state, brief=brief)
    return _with_length(state, brief, said.lengths, limits) if brief.duration_s is None else state


def _said(message: Words) -> tuple[str, ...]:
    """Return the message's words, unless they only hand over a picture: `here it is`."""
    return () if message.images and hands_over_picture(Text.of(message.text)) else (message.text,)


def _as_assumed(state: _State, limits: Limits) -> _State:
    """Return the state after no answer to a question: what the rules would have guessed is taken, and said so."""
    if state.brief is None or state.question is None:
        return state
    if state.question.field != "duration_s" or not state.lengths:
        return replace(state, question=None)
    why = "several lengths were named, and the question which of them is meant was left open; the first is taken"
    return _with_duration(replace(state, lengths=()), state.brief, Length(state.lengths[0], why), limits)


# -- the request ----------------------------------------------------------------------------------------------


def _first(words: str, pictures: tuple[Artifact, ...], limits: Limits) -> _State:
    if is_wordless(words):
        return _State(
            open_images=pictures, question=NO_SUBJECT if pictures else None, impossible=None if pictures else NO_WORDS
        )
    text = Text.of(words)
    notes, spans = notes_apart(text)
    words = text.without(spans) if notes else words
    reading = read_message(words, None, has_pictures=bool(pictures))
    is_missing = not pictures and names_a_missing_picture(reading.text) and not does_without_picture(reading.text)
    if is_missing and is_only_about_picture(Text.of(reading.subject)):
        return _State(open_words=words, question=NO_PICTURE)
    is_only_moved = bool(pictures) and is_only_about_picture(Text.of(reading.subject))
    subject, assumed = "" if is_only_moved else reading.subject, list[Assumption]()
    if reading.shots.shots and is_only_small(_NUMBERED_PART.sub(" ", Text.of(subject).folded)):
        subject = ". ".join(reading.shots.shots)
    if not subject:
        if not pictures:
            wrong = next((one for one in reading.lengths.said if not 0 < one.seconds <= limits.duration_max_s), None)
            impossible = None if wrong is None else wrong_length(wrong.seconds, limits)
            return _State(open_words="" if impossible else words, question=NO_SUBJECT, impossible=impossible)
        subject = "What the picture shows comes gently to life"
        assumed.append(
            Assumption(
                field="subject", value=subject, why="the words say nothing about what is to happen in the picture"
            )
        )
    roles = roles_of(pictures, reading.text)
    assumed.extend(roles.assumed)
    mode, reason = mode_of(roles.images)
    brief = Brief(
        title=title_of(reading.text, subject, reading.language),
        logline=logline_of(subject),
        subject=subject,
        language=reading.language,
        mode=mode,
        mode_reason=reason,
        duration_s=None,
        aspect=reading.aspects.aspect,
        style=reading.styles.style,
        avoid=reading.avoidance.avoid,
        shots=reading.shots.shots,
        shot_count=reading.shots.count,
        images=roles.images,
        notes=notes,
        assumed=(*assumed, *other_shapes(reading.aspects)),
    )
    state = _with_length(_State(brief=brief), brief, reading.lengths, limits)
    is_asked = is_missing and state.question is None
    return replace(state, question=NO_PICTURE) if is_asked else state


_NUMBERED_PART = re.compile(
    r"\b(?:\d{1,2}|two|three|four|five|six|several)[\s-](?:part|shot|scene|act|step)s?\b"
    r"|\bin \w+ (?:parts|shots|scenes)\b"
)
"""What is left of `a 3-part film:` where its parts follow."""


def _with_length(state: _State, brief: Brief, lengths: Lengths, limits: Limits) -> _State:
    """Return the state with the length the words say, or with what is wrong with it."""
    if len(lengths.said) > 1:
        shown = " or ".join(spoken(one.seconds) for one in lengths.said)
        why = "The words name more than one length for the film, and each would be another plan."
        question = Question(text=f"How long is the film to be: {shown}?", why=why, field="duration_s")
        return replace(state, question=question, lengths=tuple(one.seconds for one in lengths.said))
    if lengths.said:
        return _with_duration(state, brief, lengths.said[0], limits)
    if lengths.implied is not None and 0 < lengths.implied.seconds <= limits.duration_max_s:
        one = Assumption(field="duration_s", value=lengths.implied.seconds, why=lengths.implied.why)
        return replace(state, brief=msgspec.structs.replace(brief, assumed=(*_without(brief, "duration_s"), one)))
    return state


def _with_duration(state: _State, brief: Brief, length: Length, limits: Limits) -> _State:
    question = None if state.question is not None and state.question.field == "duration_s" else state.question
    if not 0 < length.seconds <= limits.duration_max_s:
        return replace(state, question=question, impossible=wrong_length(length.seconds, limits))
    assumed = _without(brief, "duration_s")
    if length.why:
        assumed = (*assumed, Assumption(field="duration_s", value=length.seconds, why=length.why))
    changed = msgspec.structs.replace(brief, duration_s=length.seconds, assumed=assumed)
    return replace(state, brief=changed, question=question, impossible=None)


def _without(brief: Brief, field: str) -> tuple[Assumption, ...]:
    return tuple(one for one in brief.assumed if one.field != field)


# -- what later messages change -------------------------------------------------------------------------------


def _changed(state: _State, brief: Brief, message: Words, limits: Limits) -> _State:
    """Return the state with what the message asks for changed, and nothing else."""
    words = message.text
    taken = None if message.images else taken_back(brief, words)
    if taken is not None:
        brief, words = taken
        if is_seen_in_picture_only(brief):
            return _State(open_words=figures_with(brief, words), question=NO_SUBJECT)
    again = None if taken else roles_anew(brief.images, Text.of(words))
    if again is not None and not message.images:
        mode, reason = mode_of(again[0])
        brief = msgspec.structs.replace(brief, images=again[0], mode=mode, mode_reason=reason)
        brief = msgspec.structs.replace(brief, assumed=_without(brief, "images"))
        words = again[1]
    text = Text.of(words)
    listed = shots_told(text)
    notes, spans = ((), ()) if listed else read_notes(text)
    words = without_mention(text.without(spans))
    if message.images:
        brief = with_images(brief, message.text, message.images)
    if notes:
        kept = tuple(one for one in brief.notes if one not in notes)
        brief = msgspec.structs.replace(brief, notes=(*kept, *notes))
    question = state.question
    if question is not None and question.field == "images" and (message.images or does_without_picture(text)):
        question = None
    state = replace(state, brief=brief, question=question)
    if is_wordless(words) or (message.images and not brief.subject):
        return state
    return _reworded(state, brief, words, limits, is_about_pictures=bool(message.images) or does_without_picture(text))


def _reworded(state: _State, brief: Brief, words: str, limits: Limits, *, is_about_pictures: bool) -> _State:
    titled = title_in(words)
    if titled is not None:
        brief, words = msgspec.structs.replace(brief, title=titled[0]), titled[1]
        state = replace(state, brief=brief)
        if is_wordless(words):
            return state
    styleless = without_style(words)
    if styleless is not None:
        brief, words = msgspec.structs.replace(brief, style=None), styleless
        state = replace(state, brief=brief)
        if is_wordless(words):
            return state
    asked = words
    before, words = brief, without_remarks(set_apart(with_seconds(words), brief.language))
    now_s = brief.duration_s or float(brief.assumed_value("duration_s") or limits.duration_default_s)
    text = Text.of(words)
    relative = relative_length(text, now_s)
    bare = _BARE_NUMBER.fullmatch(text.folded)
    if relative is not None:
        words = text.without((relative.span,))
    elif bare is not None:
        return _with_duration(state, brief, Length(float(bare.group(1))), limits)
    reading = read_message(as_statement(words), brief.language)
    if relative is not None and relative.why and read_message(text.said, None).lengths.said:
        # `Longer, 40 seconds`: the figure says it all.
        reading = read_message(as_statement(text.said), brief.language)
        state = _with_length(state, brief, reading.lengths, limits)
    elif relative is not None:
        state = _with_duration(state, brief, Length(relative.seconds, relative.why), limits)
    else:
        state = _with_length(state, brief, reading.lengths, limits)
    brief = _with_look(state.brief or brief, reading)
    if len(reading.shots.shots) > 1:
        brief = msgspec.structs.replace(brief, shots=reading.shots.shots)
    if reading.shots.count is not None:
        brief = msgspec.structs.replace(brief, shot_count=reading.shots.count)
    if is_about_pictures or reading.avoidance.allowed:
        return replace(state, brief=brief)
    subject = swapped(brief.subject, asked)
    if subject is None:
        subject = brief.subject
        # A list of shots says what is to be seen by itself.
        for added in () if len(reading.shots.shots) > 1 else sentences_of(seen_words(reading.subject)):
            if not is_only_small(added) and not drops_style(before.style or "-", added):
                subject = with_words(subject, added, brief.language)
    subject = without_pieces(subject, reading.avoidance.avoid)
    if subject != brief.subject:
        brief = msgspec.structs.replace(brief, subject=subject, logline=logline_of(subject))
    return replace(state, brief=brief)


def _with_look(brief: Brief, reading: Said) -> Brief:
    """Return the brief with the aspect, the style and the unwanted things the words name."""
    if reading.aspects.aspect is not None:
        assumed = (*_without(brief, "aspect"), *other_shapes(reading.aspects))
        brief = msgspec.structs.replace(brief, aspect=reading.aspects.aspect, assumed=assumed)
    unwanted = ""
    wants_none = brief.style is not None and drops_style(brief.style, reading.text.said)
    if wants_none and fold(reading.styles.style or brief.style or "") == fold(brief.style or ""):
        unwanted = fold(brief.style or "")
        brief = msgspec.structs.replace(brief, style=None)
    elif reading.styles.style is not None:
        style = with_style(brief.style, reading.styles.style, replaces=reading.styles.is_replacement)
        brief = msgspec.structs.replace(brief, style=style)
    allowed = {one.lower() for one in reading.avoidance.allowed}
    avoid = (one for one in (*brief.avoid, *reading.avoidance.avoid) if one.lower() not in allowed | {unwanted})
    return msgspec.structs.replace(brief, avoid=tuple(dict.fromkeys(avoid)))


_BEFORE_A_NUMBER = "make it|let's do|ok|okay|please|then|better|rather|just|only|nah|no|nope|hmm|actually|maybe"
_BARE_NUMBER = re.compile(
    rf"\s*(?:(?:{_BEFORE_A_NUMBER})[\s,]*){{0,3}}(\d{{1,3}})\s*"
    r"(?:(?:is|are|will|would)\s)?(?:be\s)?(?:enough|fine|plenty|do|good|please|then|instead)?[\s.!]*"
)


# -- the end --------------------------------------------------------------------------------------------------


def _finished(state: _State, limits: Limits) -> Understanding:
    """Return the brief with every field that was left open assumed and said, or what stands in its way."""
    if state.impossible is not None:
        return state.impossible
    if state.question is not None:
        assumed = _as_assumed(state, limits).brief
        otherwise = None if assumed is None else with_assumptions(assumed, limits)
        return msgspec.structs.replace(state.question, otherwise=otherwise)
    if state.brief is None:
        return NO_WORDS
    return with_assumptions(state.brief, limits)


def _problem_with_words(conversation: tuple[Words, ...], limits: Limits) -> Impossible | None:
    if not conversation:
        return NO_WORDS
    longest = max(len(one.text) for one in conversation)
    return too_many_words(longest, limits) if longest > limits.words_max else None
