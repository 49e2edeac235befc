"""Events to bytes and back: the storage format, and the one place where old forms become new ones."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from bus.errors import NotReady, Reason, Refused, Unprocessable
from bus.events import BY_TYPE, Event, Fact, ProductionAdopted, Recorded, Unknown, Unreadable, Writer
from bus.ids import Digest, EventId, ProductionId, is_token, parse_production_id
from bus.subjects import parse_subject

Data = TypeVar("Data")


class Wire(Struct, Generic[Data], frozen=True, gc=False, kw_only=True, omit_defaults=True):
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
    data: Data


_encoder = msgspec.json.Encoder()
_envelope = msgspec.json.Decoder(Wire[msgspec.Raw])
_facts = {one.TYPE: msgspec.json.Decoder(one) for one in BY_TYPE.values()}
# mypy can't see that a type taken from a table is one.
_whole: dict[str, msgspec.json.Decoder[Wire[Fact]]] = {
    one.TYPE: msgspec.json.Decoder(Wire[one])  # type: ignore[valid-type]
    for one in BY_TYPE.values()
}

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


def decode(content: bytes, likely: str = "") -> Event:
    """Return the event that the bytes hold, whatever version of its type they were written in.

    A type or version newer than this reader gives an event whose fact is `Unknown`.

    Args:
        likely: the type that it should be. If it is, and in its current version, the bytes are gone through once only,
            which is a third faster; a wrong guess costs time and changes nothing.

    Raises:
        Unprocessable: the bytes are no event of ours.
    """
    whole = _whole.get(likely)
    if whole is not None:
        try:
            current = whole.decode(content)
        except _UNDECODABLE:
            pass  # it may be another type or an older version; what is wrong, if anything, is found below
        else:
            if current.type == likely and current.version == BY_TYPE[likely].VERSION:
                return _event(current, current.data)
    try:
        wire = _envelope.decode(content)
        fact = _fact(wire)
    except _UNDECODABLE as error:
        raise Unprocessable(
            "The message is no event of ours.", why=f"It does not decode: {str(error)[:300]}."
        ) from error
    return _event(wire, fact)


def _event(wire: Wire[Data], fact: Fact | Unknown) -> Event:
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


def _fact(wire: Wire[msgspec.Raw]) -> Fact | Unknown:
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


def original(fact: ProductionAdopted) -> Event:
    """Return the event that was adopted, as it was first written, however many forks ago.

    Raises:
        Unprocessable: what was adopted is no event of ours.
    """
    event = decode(bytes(fact.event))
    while isinstance(event.fact, ProductionAdopted):
        event = decode(bytes(event.fact.event))
    return event


def raw(content: bytes) -> msgspec.Raw:
    """Return stored bytes as they stand inside another event."""
    return msgspec.Raw(content)


def stored_digest(subject: str, content: bytes) -> Digest:
    """Return the digest that the next event of the production refers to: over the subject and the stored bytes."""
    return Digest(hashlib.sha256(subject.encode() + b"\n" + content).hexdigest())


def record(sequence: int, subject: str, content: bytes) -> Recorded | Unreadable:
    """Return what a message on the log is: an event on the subject that is its own, or an anomaly."""
    digest = stored_digest(subject, content)
    try:
        event = decode(content, likely=subject.rsplit(".", 2)[0])
        if not _fits(event, subject):
            raise Unprocessable("The message is no event of ours.", why="What it says belongs on another subject.")
    except Unprocessable as error:
        return Unreadable(sequence=sequence, subject=subject, digest=digest, why=str(error))
    return Recorded(sequence=sequence, subject=subject, digest=digest, event=event)


def _fits(event: Event, subject: str) -> bool:
    """Say whether the subject is the event's own, and one of ours."""
    fact = event.fact
    if isinstance(fact, Unknown):
        parsed = parse_subject(subject)
        return (parsed.type, parsed.production) == (fact.type, event.production)
    which = fact.which()
    # Its type is known to be one; what may be odd, though both agree on it, is the rest.
    return subject == f"{fact.TYPE}.{event.production}.{which}" and _is_name(event.production) and _is_last(which)


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
