"""What `kindling export` writes: one file that holds a production, and how it is read back. Pure: bytes and documents.

The file is a zip without compression, so that the same production gives the same bytes anywhere:

    README.txt      what this is, for whoever finds it
    kindling.json   the card: which production, how many messages, the digest of the last one, and every artifact
    log.jsonl       one message a line, in their order: the subject, and the event exactly as it was stored
    plan.json       the plan in force, for people and tools; nothing is read back from it
    plan.md         the same as a page
    objects/…       clips and pictures, named by their SHA-256
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from bus import codec
from bus.adoption import broken_adoptions
from bus.errors import Unprocessable
from bus.events import Recorded, Stored, Unreadable
from bus.ids import Digest, ProductionId
from bus.plan import Artifact
from bus.subjects import parse_subject
from kindling.exits import Exit, Trouble
from kindling.wording import count_of

FORMAT = "kindling-production"
VERSION = 1
README, CARD, LOG, PLAN, PAGE = "README.txt", "kindling.json", "log.jsonl", "plan.json", "plan.md"

MESSAGE_MAX_BYTES = 1_000_000
"""No message on the log is larger: the server takes a MiB, headers included."""
MESSAGES_MAX = 100_000

ENDINGS = {
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/json": ".json",
}
"""The kinds of artifacts there are. No other is brought in: the gateway would send it as what it says it is."""


class Piece(Struct, frozen=True, kw_only=True):
    """An artifact that the log names."""

    digest: Digest
    media_type: str
    size_bytes: int
    role: str
    """What it is, and which event names it first: `take 3-1 of event 14`."""


class Card(Struct, frozen=True, kw_only=True):
    """What the file holds."""

    format: str
    version: int
    production: ProductionId
    title: str
    status: str
    """Where it stood: `done`, `making` …"""
    message_count: int
    head: Digest
    """The digest of the last message, which stands for all before it."""
    has_objects: bool
    artifacts: tuple[Piece, ...]


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of `log.jsonl`: the event as it stands, or, where the bytes would not survive as that, in Base64."""

    subject: str
    event: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    base64: str | None = None


_encoder = msgspec.json.Encoder()
_lines = msgspec.json.Decoder(Line)


def entry_of(piece: Piece | Artifact) -> str:
    """Return the name of an artifact in the file."""
    return f"objects/{piece.digest}{ENDINGS.get(piece.media_type, '.bin')}"


# -- the log as lines ----------------------------------------------------------------------------------------


def write_log(messages: Iterable[Stored]) -> bytes:
    """Return the messages as lines; read back they are the same bytes."""
    return b"".join(_line(one) for one in messages)


def _line(message: Stored) -> bytes:
    plain = _encoder.encode(Line(subject=message.subject, event=msgspec.Raw(message.content))) + b"\n"
    if plain.count(b"\n") == 1 and _content(plain) == message.content:
        return plain
    # Foreign bytes count for the chain as any others do.
    return _encoder.encode(Line(subject=message.subject, base64=base64.b64encode(message.content).decode())) + b"\n"


def _content(line: bytes) -> bytes | None:
    try:
        read = _lines.decode(line)
        if read.base64 is not None:
            return base64.b64decode(read.base64, validate=True)
    except (msgspec.MsgspecError, ValueError, RecursionError, binascii.Error):
        return None
    return None if isinstance(read.event, msgspec.UnsetType) else bytes(read.event)


def read_log(content: bytes) -> tuple[Stored, ...]:
    """Return the messages of `log.jsonl`, numbered from 1.

    Raises:
        Trouble: a line is none of ours, or too long, or there are too many.
    """
    found: list[Stored] = []
    for number, line in enumerate(content.removesuffix(b"\n").split(b"\n") if content else (), 1):
        if number > MESSAGES_MAX:
            raise damaged(f"{LOG} has more than {MESSAGES_MAX:,} lines.", "No production of ours is that long.")
        message = _content(line)
        if message is None:
            raise damaged(f"Line {number} of {LOG} is no message.", "It has to hold a subject and an event.")
        if len(message) > MESSAGE_MAX_BYTES:
            raise damaged(
                f"The message in line {number} of {LOG} has {len(message):,} bytes.",
                f"No log takes more than {MESSAGE_MAX_BYTES:,}.",
            )
        found.append(Stored(sequence=number, subject=_lines.decode(line).subject, content=message))
    return tuple(found)


def damaged(what: str, why: str) -> Trouble:
    """Return that the file is not what it should be."""
    return Trouble(Exit.DAMAGED, what, why=why, help="Export the production again where it comes from.")


# -- the chain -----------------------------------------------------------------------------------------------


class Break(Struct, frozen=True):
    """Where a log does not hold together, and how."""

    place: int
    """Which message, from 1."""
    what: str


def records_of(messages: Sequence[Stored]) -> tuple[Recorded | Unreadable, ...]:
    """Return what the messages are."""
    return tuple(codec.record(one.sequence, one.subject, one.content) for one in messages)


def first_break(production: ProductionId, log: Sequence[Recorded | Unreadable]) -> Break | None:
    """Return the first place where a log does not hold together, or None where it does.

    Every message is of this production, each subject is there once, every event counts itself as the next one and
    names the digest of the message before it. What is no event of ours is part of the chain, and nothing else.
    """
    head: Digest | None = None
    ordinal = 0
    subjects: set[str] = set()
    for place, one in enumerate(log, 1):
        if (said := _wrong(production, one, head, ordinal, subjects)) is not None:
            return Break(place, said)
        head = one.digest
        subjects.add(one.subject)
        if isinstance(one, Recorded):
            ordinal = one.event.ordinal
    return None


def _wrong(
    production: ProductionId, one: Recorded | Unreadable, head: Digest | None, ordinal: int, subjects: set[str]
) -> str | None:
    try:
        of = parse_subject(one.subject).production
    except Unprocessable as error:
        return error.what
    if of != production:
        return f"{one.subject} belongs to {of}."
    if one.subject in subjects:
        return f"{one.subject} is there twice."
    if isinstance(one, Unreadable):
        return None
    event = one.event
    if event.ordinal != ordinal + 1:
        return f"{one.subject} counts itself as event {event.ordinal}, where {ordinal + 1} is due."
    if event.previous != head:
        named = event.previous[:12] + "…" if event.previous else "nothing"
        there = head[:12] + "…" if head else "nothing"
        return f"{one.subject} (event {event.ordinal}) follows {named}, and what is before it is {there}."
    return None


def check_log(card: Card, log: Sequence[Recorded | Unreadable]) -> None:
    """Check the log against itself and against the card.

    Raises:
        Trouble: it does not hold together; the first place is named.
    """
    found = first_break(card.production, log)
    if found is not None:
        raise damaged(f"The log in this file is broken at message {found.place}.", found.what)
    for what in broken_adoptions(log):
        raise damaged("What this production adopted from another one does not hold together.", what)
    if not log or (len(log), log[-1].digest) != (card.message_count, card.head):
        ends = f"message {len(log)}, {log[-1].digest[:12]}…" if log else "nothing"
        raise damaged(
            "The log in this file is not whole.",
            f"It ends in {ends}, and the card says: {count_of(card.message_count, 'message')}, the last "
            f"{card.head[:12]}….",
        )


def strange_kinds(card_artifacts: Iterable[Artifact]) -> tuple[str, ...]:
    """Return the media types that none of our artifacts has."""
    return tuple(sorted({one.media_type for one in card_artifacts} - ENDINGS.keys()))


def parted_at(here: Sequence[Stored], there: Sequence[Stored]) -> int | None:
    """Return which message, from 1, is the first that two logs have otherwise; None while one begins the other."""
    return next(
        (
            place
            for place, (one, other) in enumerate(zip(here, there, strict=False), 1)
            if (one.subject, one.content) != (other.subject, other.content)
        ),
        None,
    )


def pieces_of(named: Iterable[tuple[str, Artifact]]) -> Iterator[Piece]:
    """Yield the artifacts of the card, by digest."""
    for role, one in sorted(named, key=lambda each: each[1].digest):
        yield Piece(digest=one.digest, media_type=one.media_type, size_bytes=one.size_bytes, role=role)
