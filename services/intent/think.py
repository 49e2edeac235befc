"""Understands a conversation: rules read it, a model reads it where one answers, and the content policy is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, structs

from bus.ids import Digest
from bus.plan import Artifact, Brief, BriefImage, Made
from bus.policy import Refusal, judgement, refusal
from services._kit.llm import Question as Asked
from services._kit.llm import Source, read_prompt
from services._kit.minds import Mind, StandIn
from services._kit.policy_file import PolicyRule
from services.intent.answers import Impossible, Limits, Question
from services.intent.reading import Reading
from services.intent.resolve import Heard, Resolved, resolve
from services.intent.rules import Words, read_brief

if TYPE_CHECKING:
    from services._kit.media import Frame
    from services._kit.sight import Sight

UNDERSTAND = read_prompt(Path(__file__).parent / "prompts" / "understand.md")
RULES_VERSION = "1"
ANSWER_TOKENS_MAX = 3072
OLDER_MAX = 12
"""Older messages that a model is shown; the brief so far holds what all of them came to."""
OLDER_LENGTH_MAX = 500

Opened = Callable[[Artifact], Awaitable["Frame | None"]]
"""Opens a picture of the conversation; None where its bytes are gone."""


class Conversation(Struct, frozen=True, kw_only=True):
    """What was said, and what is known of it already."""

    words: tuple[Words, ...]
    held: int
    """How many of the messages the brief before holds."""
    before: Brief | None
    limits: Limits
    can_ask: bool = True
    """Whether a question may still be asked that a guess can stand in for."""
    rules: tuple[PolicyRule, ...] = ()
    """What the operator refuses."""
    lora_purposes: tuple[str, ...] = ()
    """What each LoRA in use was made for."""

    def refusal(self, words: str, *, has_uploaded_picture: bool) -> Refusal | None:
        """Return why the content policy refuses the words here."""
        return refusal(
            words,
            has_uploaded_picture=has_uploaded_picture,
            lora_purposes=self.lora_purposes,
            operator_rules=self.rules,
        )


class Understood(Struct, frozen=True, kw_only=True):
    """What came of it, and how."""

    found: Brief | Question | Impossible | Refusal
    made: Made
    reply: str = ""
    remarks: tuple[str, ...] = ()
    looked: Made | None = None


async def understand(mind: Mind, conversation: Conversation, opened: Opened) -> Understood:
    """Return what a conversation comes to.

    Raises:
        ModelFailed: no model answers, and the person wants no film without one.
    """
    said = "\n".join(one.text for one in conversation.words)
    pictures = tuple(dict.fromkeys(image for one in conversation.words for image in one.images))
    refused = conversation.refusal(said, has_uploaded_picture=bool(pictures))
    if refused is not None:
        return Understood(found=refused, made=by_rule())
    read = read_brief(conversation.words, conversation.before, conversation.limits, conversation.held)
    if isinstance(read, Impossible):
        # No model changes what can't be: too long a film, no words at all.
        return Understood(found=read, made=by_rule())
    seen = await _looked_at(mind, pictures, conversation, opened)
    if seen.refused is not None:
        return Understood(found=seen.refused, made=by_rule(), looked=seen.made)
    heard = Heard(
        words=conversation.words,
        held=conversation.held,
        before=conversation.before,
        by_rule=read,
        limits=conversation.limits,
        can_ask=conversation.can_ask,
    )
    question = Asked(
        prompt=UNDERSTAND, words=_words(heard, seen, conversation.rules), answer_tokens_max=ANSWER_TOKENS_MAX
    )
    answer = await mind.answer(question, Reading)
    if isinstance(answer, StandIn):
        return Understood(found=_with_sights(read, seen), made=by_rule(answer), looked=seen.made)
    made = made_of(answer.source)
    refused = _judged(answer.value, seen, conversation)
    if refused is not None:
        return Understood(found=refused, made=made, looked=seen.made)
    resolved = resolve(answer.value, heard)
    missed = (f"No model looked at your pictures: {seen.missed}",) if seen.missed else ()
    return Understood(
        found=_with_sights(resolved.found, seen),
        made=made,
        reply=_reply(answer.value, resolved),
        remarks=(*resolved.remarks, *missed),
        looked=seen.made,
    )


def by_rule(why: StandIn | None = None) -> Made:
    """Return how a document came to be that rules read, with the reason why no model did."""
    return Made(by="rules", version=RULES_VERSION, why=why.why if why else "")


def made_of(source: Source) -> Made:
    """Return how an answer came to be, as an event says it."""
    return msgspec.convert(source, Made, from_attributes=True)


def _reply(reading: Reading, resolved: Resolved) -> str:
    """Return what the person is told; nothing where the brief is not what the model speaks of."""
    is_theirs = isinstance(resolved.found, Brief) and not resolved.remarks
    return " ".join(reading.reply.split()) if is_theirs else ""


# -- the pictures -----------------------------------------------------------------------------------------------


class _Seen(Struct, frozen=True, kw_only=True):
    """What is known of the pictures."""

    about: dict[Digest, str]
    """What each shows, as far as somebody looked."""
    shows_person: bool
    """Whether one shows a person; as long as nobody has looked, it may."""
    made: Made | None = None
    refused: Refusal | None = None
    missed: str = ""
    """Why not all of them were looked at."""


async def _looked_at(mind: Mind, pictures: tuple[Artifact, ...], conversation: Conversation, opened: Opened) -> _Seen:
    """Look at the pictures that nobody looked at yet."""
    before = conversation.before.images if conversation.before else ()
    about = {one.artifact.digest: one.shows for one in before if one.shows}
    sources, shows_person, missed = list[Source](), bool(about), ""
    for artifact in pictures:
        if artifact.digest in about:
            continue
        # OpenCV takes a third of this service's memory: it is loaded when there is something to look at.
        from services._kit.sight import look_at

        frame = await opened(artifact)
        seen = StandIn(why="Its file is missing.") if frame is None else await look_at(mind, frame)
        if isinstance(seen, StandIn):
            missed, shows_person = seen.why, True
            break
        sources.append(seen.source)
        about[artifact.digest] = seen.value.about
        shows_person = shows_person or seen.value.has_person
        refused = _seen_refusal(seen.value, conversation)
        if refused is not None:
            return _Seen(about=about, shows_person=True, made=_made_of_all(sources), refused=refused)
    return _Seen(about=about, shows_person=shows_person, made=_made_of_all(sources), missed=missed)


def _seen_refusal(sight: Sight, conversation: Conversation) -> Refusal | None:
    judged = Judged(has_minors=sight.has_minor, is_sexual=sight.is_sexual)
    return judgement(judged, shows_uploaded_person=sight.has_real_person) or conversation.refusal(
        sight.about, has_uploaded_picture=sight.has_real_person
    )


def _made_of_all(sources: Sequence[Source]) -> Made | None:
    """Return how several answers to the same prompt came to be: what they cost together."""
    if not sources:
        return None
    return structs.replace(
        made_of(sources[-1]),
        tokens_in=sum(one.tokens_in for one in sources),
        tokens_out=sum(one.tokens_out for one in sources),
        took_s=round(sum(one.took_s for one in sources), 3),
    )


def _with_sights(found: Brief | Question | Impossible, seen: _Seen) -> Brief | Question | Impossible:
    """Return the brief with what its pictures show."""
    match found:
        case Brief():
            images = tuple(_with_sight(one, seen) for one in found.images)
            return structs.replace(found, images=images)
        case Question(otherwise=Brief() as otherwise):
            images = tuple(_with_sight(one, seen) for one in otherwise.images)
            return structs.replace(found, otherwise=structs.replace(otherwise, images=images))
        case _:
            return found


def _with_sight(image: BriefImage, seen: _Seen) -> BriefImage:
    return structs.replace(image, shows=seen.about.get(image.artifact.digest, image.shows))


# -- the content policy -----------------------------------------------------------------------------------------


class Judged(Struct, frozen=True, kw_only=True):
    """What a model says that the content policy wants to know."""

    has_minors: bool
    is_sexual: bool


def _judged(reading: Reading, seen: _Seen, conversation: Conversation) -> Refusal | None:
    """Return what the content policy says of what was understood, whatever words it was said in."""
    judged = Judged(has_minors=reading.has_minors, is_sexual=reading.is_sexual)
    refused = judgement(judged, shows_uploaded_person=seen.shows_person)
    if refused is not None:
        return refused
    understood = (
        reading.about,
        reading.subject,
        reading.subject_english,
        reading.style_english,
        *(one.english for one in reading.shots),
    )
    refused = conversation.refusal("\n".join(understood), has_uploaded_picture=seen.shows_person)
    if refused is not None:
        return refused
    broken = next((one for one in conversation.rules if one.about and one.name in reading.breaks), None)
    if broken is None:
        return None
    help = "Say it without that, or ask whoever runs this installation."
    return Refusal(rule=broken.name, why=broken.why, help=help)


# -- what the model is shown -------------------------------------------------------------------------------------


def _words(heard: Heard, seen: _Seen, rules: Sequence[PolicyRule]) -> str:
    parts = [
        f"So far:\n{_brief_shown(heard.before) if heard.before else 'nothing: this is the beginning'}",
        f"By rule:\n{_rules_shown(heard)}",
    ]
    if heard.pictures:
        parts.append("Pictures:\n" + "\n".join(_picture_shown(heard, seen)))
    house = [f"- {one.name}: {one.about}" for one in rules if one.about]
    if house:
        parts.append("House rules:\n" + "\n".join(house))
    parts.append("Messages:\n" + "\n".join(_messages_shown(heard)))
    return "\n\n".join(parts)


def _brief_shown(brief: Brief) -> str:
    """Return the values of a brief that an answer has too, as JSON."""
    values = {
        "title": brief.title,
        "subject": brief.subject,
        "subject_english": brief.prompt or brief.subject,
        "style": brief.style,
        "avoid": brief.avoid,
        "duration_s": brief.duration_s,
        "aspect": brief.aspect,
        "shot_count": brief.shot_count,
        "shots": brief.shots,
        "notes": brief.notes,
        "language": brief.language,
    }
    return msgspec.json.encode(values).decode()


def _rules_shown(heard: Heard) -> str:
    read = heard.by_rule
    brief = read.otherwise if isinstance(read, Question) else read if isinstance(read, Brief) else None
    figures = {
        "duration_s": brief.duration_s if brief else None,
        "aspect": brief.aspect if brief else None,
        "shot_count": brief.shot_count if brief else None,
    }
    shown = msgspec.json.encode(figures).decode()
    return f"{shown}\nThe rules would ask: {read.text}" if isinstance(read, Question) else shown


def _picture_shown(heard: Heard, seen: _Seen) -> list[str]:
    return [
        f"{number} ({one.width}×{one.height}): {seen.about.get(one.digest, 'nobody has looked at it')}"
        for number, one in enumerate(heard.pictures, 1)
    ]


def _messages_shown(heard: Heard) -> list[str]:
    numbers = {artifact.digest: number for number, artifact in enumerate(heard.pictures, 1)}
    shown = list[str]()
    for index, message in enumerate(heard.words):
        is_new = index >= heard.held
        if not is_new and index < heard.held - OLDER_MAX:
            continue
        text = (
            message.text if is_new or len(message.text) <= OLDER_LENGTH_MAX else message.text[:OLDER_LENGTH_MAX] + "…"
        )
        came = ", ".join(str(numbers[one.digest]) for one in message.images)
        with_pictures = f" (with picture {came})" if came else ""
        shown.append(f"{index + 1}{' NEW' if is_new else ''}{with_pictures}: {text or '(no words)'}")
    return shown
