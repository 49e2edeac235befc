"""What may come back instead of a brief: a question to the person, or why something can't be done; and the limits."""

from __future__ import annotations

from msgspec import Struct

from bus.plan import DURATION_MAX_S, Brief


class Limits(Struct, frozen=True, kw_only=True):
    """What the operator allows; lengths in seconds, words in characters of one message."""

    duration_max_s: float = DURATION_MAX_S
    duration_default_s: float = 10.0
    aspect_default: str = "16:9"
    words_max: int = 8000


class Question(Struct, frozen=True, kw_only=True):
    """Something to ask the person, because a guess would cost a render."""

    text: str
    why: str
    field: str
    otherwise: Brief | None = None
    """The brief that holds if the person would rather not answer; None where the film can't be made without."""


class Impossible(Struct, frozen=True, kw_only=True):
    """What was asked for can't be done: what, why, and what one can do instead."""

    what: str
    why: str
    help: str


def spoken(seconds: float) -> str:
    """Return a length as a person says it."""
    if seconds < 60 or seconds % 30:
        return f"{seconds:g} seconds"
    if seconds >= 3600 and seconds % 1800 == 0:
        return "1 hour" if seconds == 3600 else f"{seconds / 3600:g} hours"
    return "1 minute" if seconds == 60 else f"{seconds / 60:g} minutes"


def wrong_length(seconds: float, limits: Limits) -> Impossible:
    """Return why a film can't be so long."""
    if seconds <= 0:
        return Impossible(
            what=f"A film of {seconds:g} seconds can't be made.",
            why="A film needs a length of more than nothing.",
            help=f"Say how long it is to be, up to {spoken(limits.duration_max_s)}; 10 seconds is a good start.",
        )
    return Impossible(
        what=f"A film of {spoken(seconds)} is longer than is planned here.",
        why=f"The limit is {spoken(limits.duration_max_s)}, because each second is rendered and that takes its time.",
        help=f"Ask for {spoken(limits.duration_max_s)} or less, or have the operator raise the setting "
        f"`film.duration_max_s`.",
    )


def too_many_words(count: int, limits: Limits) -> Impossible:
    """Return why a message of so many characters isn't read."""
    return Impossible(
        what=f"The words are too long: {count} characters.",
        why=f"One message may have {limits.words_max} characters, so that reading stays quick and a plan readable.",
        help="Say it shorter, or send it in several messages. The limit is the setting `film.words_max`.",
    )


NO_WORDS = Impossible(
    what="There are no words in it.",
    why="A film is made from what you say is to be seen, and there was nothing to read: blanks, marks or "
    "pictures only.",
    help="Say in a sentence what is to be seen, such as: a lighthouse keeper rows out at dusk.",
)
NO_SUBJECT = Question(
    text="What is to be seen in the film?",
    why="The words say nothing about what happens, and a guess would most likely be rendered in vain.",
    field="subject",
)
NO_PICTURE = Question(
    text="Your words speak of a picture, but none came with them. Can you add it, or shall the film be made "
    "without a picture?",
    why="A film that starts from your picture can't be guessed from words.",
    field="images",
)
