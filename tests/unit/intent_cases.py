"""The golden cases of the intent rules: what a person said, and the fields of the brief that follow from it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from bus.ids import Digest
from bus.plan import Artifact, Brief
from services.intent.rules import Impossible, Limits, Question, Understanding, Words, read_brief

CASES = Path(__file__).parent.parent / "golden" / "briefs.jsonl"

Value = None | float | str | list[str]


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words, and width and height of each picture that came with them."""

    text: str
    images: tuple[tuple[int, int], ...] = ()


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation and the fields expected of what is understood; fields that are not named may be anything."""

    language: str
    messages: tuple[Message, ...]
    expect: dict[str, Value]

    @property
    def name(self) -> str:
        """Return what a reader knows the case by."""
        return f"{self.language}: {' / '.join(one.text for one in self.messages)[:70]}"


def cases() -> tuple[Case, ...]:
    """Return the golden cases in the order of their file."""
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return tuple(msgspec.json.decode(line, type=Case) for line in lines)


def picture(width: int, height: int, name: str = "") -> Artifact:
    """Return a picture of this size; another name is another picture."""
    digest = Digest(hashlib.sha256(f"{width}x{height} {name}".encode()).hexdigest())
    return Artifact(digest=digest, media_type="image/png", size_bytes=1000, width=width, height=height)


def conversation(case: Case) -> tuple[Words, ...]:
    """Return the case's messages as the rules take them."""
    return tuple(
        Words(
            text=one.text,
            images=tuple(picture(*size, f"{number}-{index}") for index, size in enumerate(one.images)),
        )
        for number, one in enumerate(case.messages)
    )


def understood(case: Case) -> Understanding:
    """Return what the rules make of the case."""
    return read_brief(conversation(case), None, Limits())


def field_of(found: Understanding, field: str) -> Value:
    """Return what was understood for one field that a case may expect."""
    match found:
        case Question():
            return {"kind": "question", "field": found.field}.get(field, "a question was asked")
        case Impossible():
            return "impossible"
        case Brief():
            return _field(found, field)


def _field(brief: Brief, field: str) -> Value:
    match field:
        case "kind":
            return "brief"
        case "assumed_duration_s":
            return _number(brief.assumed_value("duration_s"))
        case "assumed_aspect":
            return str(brief.assumed_value("aspect"))
        case "roles":
            return [one.role.value for one in brief.images]
        case "notes":
            return [f"{one.segment}: {one.words}" for one in brief.notes]
        case "mode":
            return str(brief.mode)
        case "avoid":
            return list(brief.avoid)
        case "shots":
            return list(brief.shots)
        case "shot_count":
            return _number(brief.shot_count)
        case "duration_s":
            return brief.duration_s
        case "aspect":
            return brief.aspect
        case "style":
            return brief.style
        case "subject":
            return brief.subject
        case "title":
            return brief.title
        case "language":
            return brief.language
        case _:
            raise ValueError(f"no case may expect {field!r}")


def _number(value: str | float | None) -> float | None:
    return None if value is None else float(value)
