"""Subjects: `<noun>.<verb>.<production>.<which>`, four tokens always. A subject is one fact."""

from __future__ import annotations

from msgspec import Struct

from bus.errors import Unprocessable
from bus.events import BY_TYPE, FACTS, Fact
from bus.ids import ProductionId, is_token, parse_production_id

NOUNS: tuple[str, ...] = tuple(sorted({one.TYPE.split(".")[0] for one in FACTS}))
STREAM_SUBJECTS: tuple[str, ...] = tuple(f"{noun}.*.*.*" for noun in NOUNS)
"""What the stream holds: every noun of ours."""


class Subject(Struct, frozen=True):
    """A subject, taken apart."""

    type: str
    production: ProductionId
    which: str


def subject_of(production: ProductionId, fact: Fact) -> str:
    """Return the one subject that this fact may be written on."""
    return f"{fact.TYPE}.{production}.{fact.which()}"


def parse_subject(subject: str) -> Subject:
    """Return the parts of a subject.

    Raises:
        Unprocessable: it is no subject of ours.
    """
    tokens = subject.split(".")
    if len(tokens) != 4 or not all(is_token(token) for token in tokens):
        raise Unprocessable(f"The subject {subject[:120]!r} is not of the form noun.verb.production.which.")
    try:
        production = parse_production_id(tokens[2])
    except ValueError as error:
        raise Unprocessable(f"The subject {subject[:120]!r} names no production.", why=str(error)) from error
    return Subject(type=f"{tokens[0]}.{tokens[1]}", production=production, which=tokens[3])


def log_of(production: ProductionId) -> str:
    """Return the filter that matches everything of one production."""
    return f"*.*.{production}.*"


def every(fact: type[Fact]) -> str:
    """Return the filter that matches a type in every production."""
    return f"{fact.TYPE}.*.*"


def progress_of(production: str) -> str:
    """Return the subject of a production's progress, which is not on the log."""
    return f"progress.{production}"


def is_known(event_type: str) -> bool:
    """Say whether this reader knows the type."""
    return event_type in BY_TYPE
