"""Events to bytes and back: the storage format, and the one place where old forms become new ones."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable

import msgspec
from msgspec import Struct

from bus.errors import NotReady, Reason, Refused, Unprocessable
from bus.events import BY_TYPE, Event, Fact, Recorded, Unknown, Unreadable, Writer
from bus.ids import Digest, EventId, ProductionId, is_token, parse_production_id
from bus.subjects import parse_subject, subject_of


class Wire(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The envelope on the log. Its field names are the storage format."""

    id: EventId
    production: ProductionId
    ordinal: int
    type: str
    version: int
    time: str
    by: Writer
    cause: EventId | None = None
    previous: Digest | None = None
    trace: str | None = None
    data: msgspec.Raw


_encoder = msgspec.json.Encoder()
_envelope = msgspec.json.Decoder(Wire)
_facts = {one.TYPE: msgspec.json.Decoder(one) for one in BY_TYPE.values()}

Upcast = Callable[[bytes], bytes]
UPCASTS: dict[tuple[str, int], Upcast] = {}
"""From (type, version) to the data of the next version. Applied until the current version is reached."""

# Bytes nested too deep, and an upcast that is missing or meets what no writer of ours has written, are no event either.
_UNDECODABLE = (msgspec.MsgspecError, ValueError, LookupError, TypeError, RecursionError)


def encode(event: Event) -> bytes:
    """Return the bytes that are stored.

    Raises:
        Refused: the event is larger than its type may be.
    """
    fact = event.fact
    if isinstance(fact, Unknown):
        raise Unprocessable(f"An event of the unknown type {fact.type!r} can be read but not written.")
    data = _encoder.encode(fact)
    if len(data) > fact.LIMIT_BYTES:
        raise Refused(
            Reason.TOO_LARGE,
            f"The {fact.TYPE} event has {len(data):,} bytes.",
            why=f"Events of this type hold {fact.LIMIT_BYTES:,} at most.",
            help="Shorten the text, or split the work into several productions.",
        )
    return _encoder.encode(
        Wire(
            id=event.id,
            production=event.production,
            ordinal=event.ordinal,
            type=fact.TYPE,
            version=fact.VERSION,
            time=event.time,
            by=event.by,
            cause=event.cause,
            previous=event.previous,
            trace=event.trace,
            data=msgspec.Raw(data),
        )
    )


def decode(content: bytes) -> Event:
    """Return the event that the bytes hold, whatever version of its type they were written in.

    A type or version newer than this reader gives an event whose fact is `Unknown`.

    Raises:
        Unprocessable: the bytes are no event of ours.
    """
    try:
        wire = _envelope.decode(content)
        fact = _fact(wire)
    except _UNDECODABLE as error:
        raise Unprocessable(
            "The message is no event of ours.", why=f"It does not decode: {str(error)[:300]}."
        ) from error
    return Event(
        id=wire.id,
        production=wire.production,
        ordinal=wire.ordinal,
        time=wire.time,
        by=wire.by,
        cause=wire.cause,
        previous=wire.previous,
        trace=wire.trace,
        fact=fact,
    )


def _fact(wire: Wire) -> Fact | Unknown:
    known = BY_TYPE.get(wire.type)
    if wire.version < 1:
        raise ValueError(f"versions begin at 1, and this one is {wire.version}")
    if known is None or wire.version > known.VERSION:
        return Unknown(type=wire.type, version=wire.version, data=bytes(wire.data))
    data: bytes | msgspec.Raw = wire.data
    for version in range(wire.version, known.VERSION):
        upcast = UPCASTS.get((wire.type, version))
        if upcast is None:
            raise ValueError(f"nothing leads from version {version} of {wire.type} to the next")
        data = upcast(bytes(data))
    return _facts[wire.type].decode(data)


def stored_digest(subject: str, content: bytes) -> Digest:
    """Return the digest that the next event of the production refers to: over the subject and the stored bytes."""
    return Digest(hashlib.sha256(subject.encode() + b"\n" + content).hexdigest())


def record(sequence: int, subject: str, content: bytes) -> Recorded | Unreadable:
    """Return what a message on the log is: an event on the subject that is its own, or an anomaly."""
    digest = stored_digest(subject, content)
    try:
        event = decode(content)
        fact = event.fact
        if isinstance(fact, Unknown):
            parsed = parse_subject(subject)
            fits = (parsed.type, parsed.production) == (fact.type, event.production)
        else:
            fits = subject_of(event.production, fact) == subject and _is_place(event.production, subject)
        if not fits:
            raise Unprocessable("The message is no event of ours.", why="What it says belongs on another subject.")
    except Unprocessable as error:
        return Unreadable(sequence=sequence, subject=subject, digest=digest, why=str(error))
    return Recorded(sequence=sequence, subject=subject, digest=digest, event=event)


def _is_place(production: ProductionId, subject: str) -> bool:
    """Say whether a subject that agrees with its event is one of ours: its type is known, the rest may be odd."""
    return _is_name(production) and _is_last(subject.rpartition(".")[2])


_is_last = functools.lru_cache(maxsize=4096)(is_token)


@functools.lru_cache(maxsize=4096)
def _is_name(production: ProductionId) -> bool:
    """Say whether it can be a production's id; a log holds few, and each of them often."""
    try:
        parse_production_id(production)
    except ValueError:
        return False
    return True


def require_known(event: Event) -> Fact:
    """Return the event's fact.

    Raises:
        NotReady: this service is older than the event.
    """
    if isinstance(event.fact, Unknown):
        raise NotReady(
            f"Event {event.ordinal} of {event.production} is a {event.fact.type}, version {event.fact.version}.",
            why="This service is older than the one that wrote it.",
            help="Update this service; the event waits.",
        )
    return event.fact


class CloudEvent(Struct, frozen=True, gc=False, kw_only=True):
    """The event in the CloudEvents 1.0 JSON format, for tools that speak it."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    ordinal: int
    schemaversion: int
    data: msgspec.Raw
    causationid: str | None = None
    previousdigest: str | None = None
    traceparent: str | None = None


def as_cloud_event(recorded: Recorded) -> CloudEvent:
    """Return the event as CloudEvents 1.0 has it, our own fields as extensions."""
    event = recorded.event
    fact = event.fact
    if isinstance(fact, Unknown):
        name, version, data = fact.type, fact.version, fact.data
    else:
        name, version, data = fact.TYPE, fact.VERSION, _encoder.encode(fact)
    return CloudEvent(
        specversion="1.0",
        id=event.id,
        source=f"kindling/{event.by.service}",
        type=f"kindling.{name}",
        subject=recorded.subject,
        time=event.time,
        datacontenttype="application/json",
        ordinal=event.ordinal,
        schemaversion=version,
        data=msgspec.Raw(data),
        causationid=event.cause,
        previousdigest=event.previous,
        traceparent=event.trace,
    )
