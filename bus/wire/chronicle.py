"""Folding and appending: how one writer keeps states at hand and seals facts into chained events."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bus import codec
from bus.errors import Conflict
from bus.events import Event, Fact, Recorded, Unreadable, Writer
from bus.ids import EventId, ProductionId
from bus.production import Production, evolve
from bus.subjects import subject_of
from bus.wire.log import Log, Sealed

STATES_MAX = 64
"""States kept at hand; older ones are folded anew when they are asked for."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A state and the log's sequence that it is true of."""

    production: Production
    sequence: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact with the identity it keeps however often its append is tried."""

    fact: Fact
    id: EventId
    time: str


class Chronicle:
    """One writer's view of the log."""

    def __init__(self, log: Log, writer: Writer, *, now: Callable[[], str], new_id: Callable[[], EventId]) -> None:
        self.log = log
        self.writer = writer
        self._now = now
        self._new_id = new_id
        self._states: OrderedDict[ProductionId, Folded] = OrderedDict()

    async def state(self, production: ProductionId, at_least: int = 0) -> Folded:
        """Return the state as of now, which is at least as new as the sequence.

        Raises:
            Conflict: the log does not show that sequence yet.
        """
        known = self._states.get(production) or Folded(Production(id=production), 0)
        folded = _fold_on(known, await self.log.read(production, known.sequence))
        self._remember(folded)
        if folded.sequence < at_least:
            raise Conflict(f"The log shows {production} up to {folded.sequence} only, and {at_least} was delivered.")
        return folded

    def draft(self, facts: Sequence[Fact]) -> tuple[Draft, ...]:
        """Give facts their ids and their time."""
        time = self._now()
        return tuple(Draft(fact=fact, id=self._new_id(), time=time) for fact in facts)

    async def append(
        self, based_on: Folded, drafts: Sequence[Draft], cause: Event | None, trace: str | None = None
    ) -> Folded:
        """Append the facts, decided upon this state, in one batch; return the state after them.

        Raises:
            Conflict: the production moved on; fold again and decide again.
            LogUnavailable: the log can't be reached.
            Refused: an event is too large.
        """
        production = based_on.production
        sealed: list[Sealed] = []
        events: list[Event] = []
        ordinal, previous = production.ordinal, production.head
        for draft in drafts:
            ordinal += 1
            event = Event(
                id=draft.id,
                production=production.id,
                ordinal=ordinal,
                time=draft.time,
                by=self.writer,
                cause=cause.id if cause else None,
                previous=previous,
                trace=trace or (cause.trace if cause else None),
                fact=draft.fact,
            )
            subject, content = subject_of(production.id, draft.fact), codec.encode(event)
            sealed.append(Sealed(subject=subject, content=content, id=draft.id))
            events.append(event)
            previous = codec.stored_digest(subject, content)
        try:
            last = await self.log.append(production.id, sealed, based_on.sequence)
        except Conflict:
            self._states.pop(production.id, None)
            raise
        return self._after(based_on, sealed, events, last)

    def forget(self) -> None:
        """Drop every state at hand: after a reconnect the log is read anew."""
        self._states.clear()

    def _after(self, based_on: Folded, sealed: list[Sealed], events: list[Event], last: int) -> Folded:
        state, first = based_on.production, last - len(sealed) + 1
        for index, (one, event) in enumerate(zip(sealed, events, strict=True)):
            digest = codec.stored_digest(one.subject, one.content)
            recorded = Recorded(sequence=first + index, subject=one.subject, digest=digest, event=event)
            state = evolve(state, recorded)
        folded = Folded(state, last)
        self._remember(folded)
        return folded

    def _remember(self, folded: Folded) -> None:
        self._states[folded.production.id] = folded
        self._states.move_to_end(folded.production.id)
        while len(self._states) > STATES_MAX:
            self._states.popitem(last=False)


def _fold_on(known: Folded, more: Sequence[Recorded | Unreadable]) -> Folded:
    state = known.production
    for one in more:
        state = evolve(state, one)
    return Folded(state, more[-1].sequence if more else known.sequence)
