"""What a fork begins with: the other production's log up to a point, word for word, and whether that still holds."""

from __future__ import annotations

from collections.abc import Sequence

from bus import codec
from bus.errors import Unprocessable
from bus.events import Event, ProductionAdopted, ProductionRequested, Recorded, Stored, Unknown, Unreadable
from bus.ids import Digest
from bus.production import Production, evolve
from bus.subjects import subject_of


def as_of(log: Sequence[Stored], ordinal: int | None, state: Production) -> tuple[Production, tuple[Stored, ...]]:
    """Return the state as of an event, and what of the log led to it; of the last one where none is named.

    Args:
        state: where the fold begins: a production of this id, and nothing else.
    """
    kept: list[Stored] = []
    for one in log:
        recorded = codec.record(one.sequence, one.subject, one.content)
        if ordinal is not None and isinstance(recorded, Recorded) and recorded.event.ordinal > ordinal:
            break
        state = evolve(state, recorded)
        kept.append(one)
    return state, tuple(kept)


def adopt(log: Sequence[Stored]) -> tuple[ProductionAdopted, ...]:
    """Return the facts that take the log over: one for each event but the first, for which the fork has a request.

    Raises:
        Unprocessable: the log holds what is no event of ours, lacks something, or was altered.
    """
    adopted: list[ProductionAdopted] = []
    previous: Digest | None = None
    for ordinal, one in enumerate(log, start=1):
        recorded = codec.record(one.sequence, one.subject, one.content)
        if isinstance(recorded, Unreadable):
            raise Unprocessable(
                f"The message on {one.subject} (sequence {one.sequence}) is no event of ours.", why=recorded.why
            )
        event = recorded.event
        if event.ordinal != ordinal or event.previous != previous:
            raise Unprocessable(
                f"The log does not hold together at event {ordinal} (sequence {one.sequence}).",
                why="Something was lost or altered there.",
            )
        previous = recorded.digest
        if ordinal > 1:
            adopted.append(ProductionAdopted(ordinal=ordinal, event=codec.raw(one.content)))
    return tuple(adopted)


def broken_adoptions(log: Sequence[Recorded | Unreadable]) -> tuple[str, ...]:
    """Return what does not hold of what a production adopted: each is held against its digest, as on its own log.

    Each adopted event names the digest of the one before it, and the request names that of the last. The first one is
    not there; its digest is what the second one names.
    """
    events = [one.event for one in log if isinstance(one, Recorded)]
    request = next((one.fact for one in events if isinstance(one.fact, ProductionRequested)), None)
    if request is None or request.origin is None:
        return ()
    origin, found = request.origin, list[str]()
    last, head = 1, origin.digest if origin.ordinal == 1 else None
    for fact in (one.fact for one in events if isinstance(one.fact, ProductionAdopted)):
        try:
            inner = codec.decode(bytes(fact.event))
        except Unprocessable as error:
            found.append(f"Adopted event {fact.ordinal} is no event of ours: {error.why}")
            continue
        if inner.production != origin.production:
            found.append(f"Adopted event {fact.ordinal} is of {inner.production}, not of {origin.production}.")
        if fact.ordinal != last + 1 or (head is not None and inner.previous != head):
            found.append(f"Adopted event {fact.ordinal} does not go on where event {last} ended.")
        last, head = fact.ordinal, _digest_of(inner, fact)
    if (last, head) != (origin.ordinal, origin.digest):
        found.append(
            f"What was adopted ends in event {last}, {(head or '')[:12]}…, and the origin is event {origin.ordinal} of "
            f"{origin.production}, {origin.digest[:12]}…."
        )
    return tuple(found)


def _digest_of(event: Event, adopted: ProductionAdopted) -> Digest | None:
    """Return the digest that the adopted event had on its own log; None where its type is not known here."""
    if isinstance(event.fact, Unknown):
        return None
    return codec.stored_digest(subject_of(event.production, event.fact), bytes(adopted.event))
