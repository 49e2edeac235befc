"""What the intent service does: it answers every message of the person with a brief, a question or a refusal."""

from __future__ import annotations

from msgspec import Struct

from bus.events import (
    Fact,
    IntentAnswered,
    ProductionDirected,
    ProductionForked,
    ProductionRequested,
    ProductionResumed,
    ProductionRewound,
    SampleRedirected,
)
from bus.production import Message, Production

WAKES: tuple[type[Fact], ...] = (
    ProductionRequested,
    ProductionDirected,
    SampleRedirected,
    IntentAnswered,
    ProductionResumed,
    ProductionForked,
    ProductionRewound,
)
"""The events after which there may be something to do."""


class Understand(Struct, frozen=True, kw_only=True):
    """Answer the conversation up to this message."""

    heard: int
    """How many messages there are, refused ones included."""
    conversation: tuple[Message, ...]
    """The messages that count, in order."""
    brief_number: int
    question_number: int
    is_assumed: bool
    """Whether the person would rather have what was assumed than answer the last question."""
    about: str = "intent"


def decide(production: Production, fact: Fact | None) -> tuple[Understand, ...]:
    """Return the one thing to do: answer what was not heard yet."""
    if not production.is_active or not production.has_unheard_words or production.is_stalled("intent"):
        return ()
    conversation = tuple(one for one in production.conversation if not one.is_refused)
    if not conversation:
        return ()
    last = conversation[-1]
    return (
        Understand(
            heard=len(production.conversation),
            conversation=conversation,
            brief_number=len(production.briefs) + 1,
            question_number=len(production.questions) + 1,
            is_assumed=last.kind == "answer" and not last.words.strip() and not last.images,
        ),
    )
