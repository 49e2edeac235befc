"""Scripted conversations: what a person says, what a model answers to it, and the brief that is right in the end."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct, structs

from bus.plan import Artifact, Brief
from bus.policy import Refusal
from services._kit.media import Frame
from services._kit.minds import Mind
from services.intent.answers import Impossible, Limits, Question
from services.intent.reading import Reading
from services.intent.rules import Words
from services.intent.think import Conversation, Understood, understand
from tests.unit.intent_cases import Message, Value, field_of, picture

CONVERSATIONS = Path(__file__).parent.parent / "golden" / "conversations.jsonl"


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One conversation. Fields that `expect` does not name may be anything."""

    name: str
    language: str
    messages: tuple[Message, ...]
    readings: tuple[dict[str, msgspec.Raw], ...]
    """What the model answers to each message; what is not named stands as in the brief before."""
    expect: dict[str, Value]
    """What is right, whoever reads it."""
    rules_miss: tuple[str, ...] = ()
    """Fields of it that rules alone do not find; pinned, so that a change in either direction is seen."""
    remarks: int = 0
    """How many things are noted because the model read something else than holds."""


def scripts() -> tuple[Script, ...]:
    """Return the conversations in the order of their file."""
    lines = CONVERSATIONS.read_text(encoding="utf-8").splitlines()
    return tuple(msgspec.json.decode(line, type=Script) for line in lines)


def words_of(script: Script) -> tuple[Words, ...]:
    """Return the messages with their pictures."""
    return tuple(
        Words(text=one.text, images=tuple(picture(*size, f"{number}-{index}") for index, size in enumerate(one.images)))
        for number, one in enumerate(script.messages)
    )


def reading_of(partial: dict[str, msgspec.Raw], before: Brief | None) -> Reading:
    """Return a model's answer: what is named, and the rest copied from the brief before, as a model is told to."""
    answer: dict[str, object] = {
        "about": "The person wants a film.",
        "aspect": before.aspect if before else None,
        "aspect_said": "",
        "avoid": before.avoid if before else (),
        "breaks": (),
        "changed": (),
        "duration_s": round(before.duration_s) if before and before.duration_s else None,
        "duration_said": "",
        "has_minors": False,
        "images": (),
        "is_approval": False,
        "is_picture_missing": False,
        "is_sexual": False,
        "language": before.language if before else "en",
        "notes": (),
        "question": None,
        "reply": "",
        "shot_count": before.shot_count if before else None,
        "shot_count_said": "",
        "shots": (),
        "starts_over": False,
        "style": before.style if before else None,
        "style_english": before.style_prompt if before else "",
        "subject": before.subject if before else "",
        "subject_english": (before.prompt or before.subject) if before else "",
        "title": before.title if before else "",
    }
    return msgspec.convert(msgspec.json.decode(msgspec.json.encode(answer | partial)), Reading)


class Heard(Struct, frozen=True, kw_only=True):
    """How a conversation went: what was understood of each message, and how many of them the last brief holds."""

    understood: tuple[Understood, ...]
    brief: Brief | None
    held: int

    @property
    def last(self) -> Understood:
        """Return what the last message came to."""
        return self.understood[-1]


async def hear(mind: Mind, words: tuple[Words, ...], so_far: Heard | None = None, *, can_ask: bool = True) -> Heard:
    """Return how it goes on with the words said so far, as the service has it."""
    so_far = so_far or Heard(understood=(), brief=None, held=0)
    conversation = Conversation(
        words=words, held=so_far.held, before=so_far.brief, limits=Limits(), can_ask=can_ask and not _was_asked(so_far)
    )
    understood = await understand(mind, conversation, grey)
    all_of_them = (*so_far.understood, understood)
    if isinstance(understood.found, Brief):
        return Heard(understood=all_of_them, brief=understood.found, held=len(words))
    return structs.replace(so_far, understood=all_of_them)


def _was_asked(so_far: Heard) -> bool:
    return any(isinstance(one.found, Question) for one in so_far.understood)


async def grey(artifact: Artifact) -> Frame | None:
    """Return a grey picture: those of these conversations are sizes only."""
    return np.full((artifact.height or 32, artifact.width or 32, 3), 128, dtype=np.uint8)


def found_of(heard: Heard, field: str) -> Value:
    """Return what was understood in the end for a field that a script may expect."""
    last = heard.last
    match last.found:
        case Refusal():
            return {"kind": "refusal", "rule": last.found.rule}.get(field, "it was refused")
        case Brief() as brief if field == "prompt":
            return brief.prompt
        case Brief() | Impossible() if field == "field":
            return "nothing was asked"
        case _ if field == "reply":
            return last.reply
        case Impossible() if field == "kind":
            return "impossible"
        case _:
            return field_of(last.found, field)
