"""Events as clients get them, in pages and in streams. Pure."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from bus.events import Recorded, Unknown, Unreadable, Writer
from bus.ids import Digest, EventId, ProductionId
from services.gateway.links import state_link


class EventView(Struct, frozen=True, kw_only=True):
    """One event of a production, with all that its envelope says."""

    ordinal: int
    """The production's own count, from 1: the id of the event in a stream."""
    sequence: int
    """Where on the whole log it lies."""
    type: str
    """As `segment.rendered`."""
    which: str
    """What tells it from others of its type, as `3-2`."""
    version: int
    production: ProductionId
    id: EventId
    time: str
    by: Writer
    cause: EventId | None
    previous: Digest | None
    digest: Digest
    trace: str | None
    is_known: bool
    """Whether this gateway knows the type."""
    fact: msgspec.Raw
    """What the event says."""
    state: str = ""
    """Where the production is found as of this event."""


class StrangeView(Struct, frozen=True, kw_only=True):
    """A message on the log that is no event of ours."""

    sequence: int
    subject: str
    why: str


class EventPage(Struct, frozen=True, kw_only=True):
    """Some events of a production, in their order."""

    events: tuple[EventView, ...]
    strange: tuple[StrangeView, ...]
    """Messages between them that are no events of ours."""
    next: str | None
    """Where the next page is; null where this is all there is so far."""


def event_view(one: Recorded) -> EventView:
    """Return an event as it is shown."""
    event = one.event
    fact = event.fact
    if isinstance(fact, Unknown):
        name, version, data = fact.type, fact.version, fact.data
    else:
        name, version, data = fact.TYPE, fact.VERSION, msgspec.json.encode(fact)
    return EventView(
        ordinal=event.ordinal,
        sequence=one.sequence,
        type=name,
        which=one.subject.rpartition(".")[2],
        version=version,
        production=event.production,
        id=event.id,
        time=event.time,
        by=event.by,
        cause=event.cause,
        previous=event.previous,
        digest=one.digest,
        trace=event.trace,
        is_known=not isinstance(fact, Unknown),
        fact=msgspec.Raw(data),
        state=state_link(event.production, event.ordinal),
    )


def strange_view(one: Unreadable) -> StrangeView:
    """Return a message that is no event as it is shown."""
    return StrangeView(sequence=one.sequence, subject=one.subject, why=one.why)
