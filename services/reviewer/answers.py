"""What a model that looks may answer. Fields are written in alphabetical order: evidence comes before the verdict."""

from __future__ import annotations

import enum
from typing import Annotated

from msgspec import Meta, Struct

Sentence = Annotated[str, Meta(max_length=400)]
Number = Annotated[int, Meta(ge=1, le=64)]


class Reply(enum.StrEnum):
    """The answer to a closed question."""

    YES = "yes"
    NO = "no"
    UNOBSERVED = "unobserved"


class SeenFrame(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one picture shows."""

    number: Number
    seen: Sentence


class Described(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the pictures show, said without knowing what was wanted."""

    frames: Annotated[tuple[SeenFrame, ...], Meta(max_length=12)]
    whole: Sentence


class Judged(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one question about a take."""

    criterion: Number
    """The number of the question."""
    evidence: Sentence
    frames: Annotated[tuple[Number, ...], Meta(max_length=12)]
    verdict: Reply
    wish: Annotated[str, Meta(max_length=200)]


class Checked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers to all questions about a take."""

    answers: Annotated[tuple[Judged, ...], Meta(max_length=24)]


class Confirmed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one question that was asked a second time."""

    evidence: Sentence
    frames: Annotated[tuple[Number, ...], Meta(max_length=12)]
    verdict: Reply


class FilmJudged(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one question about the film."""

    criterion: Number
    evidence: Sentence
    segments: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(max_length=12)]
    verdict: Reply


class FilmChecked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answers to all questions about the film."""

    answers: Annotated[tuple[FilmJudged, ...], Meta(max_length=12)]


def check_numbers(found: tuple[int, ...], asked: int) -> None:
    """Make sure that each question was answered once.

    Raises:
        ValueError: one was not, or twice, or there is no such question; said as the model is told it.
    """
    missing = [number for number in range(1, asked + 1) if number not in found]
    twice = sorted({number for number in found if found.count(number) > 1})
    strange = sorted({number for number in found if number > asked})
    if missing:
        raise ValueError(f"questions {missing} are not answered")
    if twice:
        raise ValueError(f"questions {twice} are answered more than once")
    if strange:
        raise ValueError(f"there are no questions {strange}")
