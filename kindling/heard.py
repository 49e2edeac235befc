"""What the gateway's stream of server-sent events brings: facts as they lie on the log, and progress."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from bus import codec
from bus import events as e
from bus.work import Step
from services.gateway.events_view import EventView

Seen = e.Recorded | Step
"""What a stream brings: facts, and progress, which is none."""


async def events_of(lines: AsyncIterator[str]) -> AsyncIterator[Seen]:
    """Yield what a stream of server-sent events holds; what is of no kind known here is left out."""
    kind, content = "", ""
    async for line in lines:
        if line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            content += line[5:].strip()
        elif not line:
            seen = _seen(kind, content) if content else None
            kind, content = "", ""
            if seen is not None:
                yield seen


def _seen(kind: str, content: str) -> Seen | None:
    match kind:
        case "fact":
            return recorded(msgspec.json.decode(content, type=EventView))
        case "progress":
            return msgspec.json.decode(content, type=Step)
        case _:
            # `strange` is no event of ours: it changes nothing, and `kindling verify` finds it on the log itself.
            return None


def recorded(shown: EventView) -> e.Recorded:
    """Return the event as it lies on the log, so that the same fold can take it."""
    envelope = codec.Wire(
        id=shown.id,
        production=shown.production,
        ordinal=shown.ordinal,
        type=shown.type,
        version=shown.version,
        time=shown.time,
        by=shown.by,
        cause=shown.cause,
        previous=shown.previous,
        trace=shown.trace,
        data=shown.fact,
    )
    return e.Recorded(
        sequence=shown.sequence,
        subject=f"{shown.type}.{shown.production}.{shown.which}",
        digest=shown.digest,
        event=codec.decode(msgspec.json.encode(envelope)),
    )
