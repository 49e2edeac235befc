"""The log as the door uses it: states, acts that are decided anew when somebody was faster, and what is new."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from bus.errors import Conflict, LogUnavailable, Reason, Refused
from bus.events import Fact, Recorded, Stored, Unreadable, Writer
from bus.ids import EventId, ProductionId
from bus.production import Production
from bus.wire.chronicle import Chronicle
from bus.wire.log import Log

CONFLICTS_MAX = 50


class ProgressLog(Log, Protocol):
    """A log that also hands on progress."""

    def steps(self) -> AsyncIterator[tuple[ProductionId, bytes]]:
        """Yield the progress messages of all productions while it is listened to."""
        ...


def utc_now() -> str:
    """Return the time as events carry it: RFC 3339, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_event_id() -> EventId:
    """Return an id that no other event has."""
    return EventId(str(uuid.uuid4()))


def new_trace() -> str:
    """Return a W3C `traceparent` that begins a trace."""
    return f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01"


def refuse_unknown(production: Production) -> None:
    """Check that every event of the production is known here: whoever writes decides upon all of them.

    Raises:
        Refused: a newer Kindling wrote some of them.
    """
    if production.unknown:
        raise Refused(
            Reason.NOT_NOW,
            f"Nothing can be decided about {production.id} here.",
            why=f"Its log holds events of a newer Kindling: {', '.join(dict.fromkeys(production.unknown))}.",
            help="Update this Kindling. Looking at it, replaying and exporting it work all the same.",
        )


class LogBooks:
    """`bus.ports.Books` over a log."""

    def __init__(self, log: ProgressLog, writer: Writer) -> None:
        self.log = log
        self.chronicle = Chronicle(log, writer, now=utc_now, new_id=new_event_id)

    async def state(self, production: ProductionId) -> Production:
        """Return the state as of now; one with no request where the log has no such production."""
        return (await self.chronicle.state(production)).production

    async def act(self, production: ProductionId, decide: Callable[[Production], Sequence[Fact]]) -> Production:
        """Append what `decide` makes of the state, decided anew whenever somebody else was faster."""
        for _ in range(CONFLICTS_MAX):
            folded = await self.chronicle.state(production)
            facts = decide(folded.production)
            if not facts:
                return folded.production
            refuse_unknown(folded.production)
            try:
                after = await self.chronicle.append(folded, self.chronicle.draft(facts), None, new_trace())
            except Conflict:
                continue
            return after.production
        raise LogUnavailable(
            f"{production} can't be written to: others were faster {CONFLICTS_MAX} times in a row.",
            help="Try again in a moment.",
        )

    async def history(self, production: ProductionId, after: int = 0) -> Sequence[Recorded | Unreadable]:
        """Return what the log holds of a production after a sequence."""
        return await self.log.read(production, after)

    async def messages(self, production: ProductionId) -> Sequence[Stored]:
        """Return all that the log holds of a production, byte for byte."""
        return await self.log.messages(production)

    def follow(self, production: ProductionId | None, after: int = 0) -> AsyncIterator[Recorded | Unreadable]:
        """Yield what the log holds after a sequence, then what is added, for ever."""
        return self.log.follow(production, after)

    def steps(self) -> AsyncIterator[tuple[ProductionId, bytes]]:
        """Yield the progress messages (JSON of `bus.work.Step`) of all productions while they are listened to."""
        return self.log.steps()
