"""The form in which a model says what it understood of a conversation."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bus.plan import ImageRole

Short = Annotated[str, Meta(max_length=160)]
Long = Annotated[str, Meta(max_length=800)]
Copied = Annotated[str, Meta(max_length=120)]
"""Words of the person, letter by letter: a figure without them is a guess."""


class Changed(enum.StrEnum):
    """A value that new messages change."""

    ASPECT = "aspect"
    AVOID = "avoid"
    DURATION = "duration"
    IMAGES = "images"
    NOTES = "notes"
    SHOTS = "shots"
    SHOT_COUNT = "shot_count"
    STYLE = "style"
    SUBJECT = "subject"
    TITLE = "title"


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ImageReading(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a picture is for."""

    number: Annotated[int, Meta(ge=1, le=32)]
    role: ImageRole
    why: Short


class NoteReading(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said about one segment."""

    segment: Annotated[int, Meta(ge=1, le=400)]
    words: Annotated[str, Meta(max_length=300)]


class QuestionReading(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the model would ask."""

    field: Literal["subject", "images", "duration"]
    text: Annotated[str, Meta(min_length=1, max_length=300)]
    why: Annotated[str, Meta(max_length=300)]


class ShotReading(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shot that the person told."""

    english: Annotated[str, Meta(max_length=400)]
    said: Annotated[str, Meta(max_length=400)]


class Reading(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model understood. Fields are in the order in which some servers have them written: what is seen first."""

    about: Annotated[str, Meta(min_length=1, max_length=500)]
    aspect: Annotated[str, Meta(max_length=12)] | None
    aspect_said: Copied
    avoid: Annotated[tuple[Short, ...], Meta(max_length=12)]
    breaks: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=8)]
    changed: Annotated[tuple[Changed, ...], Meta(max_length=10)]
    duration_s: Annotated[int, Meta(ge=0, le=86_400)] | None
    duration_said: Copied
    has_minors: bool
    images: Annotated[tuple[ImageReading, ...], Meta(max_length=16)]
    is_approval: bool
    is_picture_missing: bool
    is_sexual: bool
    language: Annotated[str, Meta(max_length=16)]
    notes: Annotated[tuple[NoteReading, ...], Meta(max_length=12)]
    question: QuestionReading | None
    reply: Annotated[str, Meta(max_length=400)]
    shot_count: Annotated[int, Meta(ge=1, le=400)] | None
    shot_count_said: Copied
    shots: Annotated[tuple[ShotReading, ...], Meta(max_length=24)]
    starts_over: bool
    style: Short | None
    style_english: Short
    subject: Long
    subject_english: Long
    title: Annotated[str, Meta(max_length=80)]
