"""Calls that follow a production: its events as a stream or in pages, its status when it changes, its conversation."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from bus.errors import Reason, Refused
from bus.events import Recorded, Unreadable
from bus.ids import ProductionId
from bus.production import Production, fold
from services.gateway import examples
from services.gateway.answering import as_of, document, known, require_event, require_known, until
from services.gateway.conversation_view import Conversation, conversation_of
from services.gateway.denied import Bar, Denied
from services.gateway.door import Door, TheDoor, TheProduction
from services.gateway.events_view import EventPage, event_view, strange_view
from services.gateway.links import history_link
from services.gateway.openapi import answers, problem_answers
from services.gateway.sse import EventStream
from services.gateway.stand_view import StandView, stand_view

router = APIRouter(prefix="/v1/productions/{production}", tags=["following"])

WAIT_MAX_S = 60


@router.get(
    "/status",
    summary="Where it stands, when that changes",
    response_model=None,
    responses=answers(StandView, examples.STAND, 404, 422, 503),
)
async def status(
    door: TheDoor,
    production: TheProduction,
    after: Annotated[int, Query(ge=0, description="The revision that you have.")] = 0,
    wait: Annotated[int, Query(ge=0, le=WAIT_MAX_S, description="Seconds to wait for a newer one.")] = 0,
) -> Response:
    """Say where a production stands: as soon as there is a revision after the one you have, or when the wait is over.

    For clients that can't follow a stream. `next` in the answer is the call to make next.
    """
    state = await known(door, production)
    if state.ordinal <= after and wait:
        check_room(door)
        state = await _newer(door, production, after, float(wait))
    return document(stand_view(state, door.index.steps.of(production)))


async def _newer(door: Door, production: ProductionId, after: int, wait_s: float) -> Production:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_s
    with door.index.reader(production, 0, after) as reader:
        while True:
            # Listening first and looking then: what is written between the two is seen by one of them.
            state = await door.books.state(production)
            left_s = deadline - loop.time()
            if state.ordinal > after or left_s <= 0 or door.closing.is_set():
                return state
            await reader.next_fact(left_s)


@router.get(
    "/messages",
    summary="The conversation",
    response_model=None,
    responses=answers(Conversation, examples.MESSAGES, 404, 422, 503),
)
async def messages(
    door: TheDoor,
    production: TheProduction,
    at: Annotated[int | None, Query(ge=1, description="As of this event: its ordinal.")] = None,
) -> Response:
    """Return what the person said, and what Kindling made of it, asked or refused."""
    return document(conversation_of(await as_of(door, production, at)))


@router.get(
    "/events",
    summary="Follow a production",
    response_model=None,
    responses={
        200: {
            "description": "Server-sent events: `fact` (its id is the ordinal), `progress`, `strange`, `dropped`.",
            "content": {
                "text/event-stream": {"schema": {"type": "string"}, "example": examples.STREAM},
                **answers(EventPage, examples.EVENTS)[200]["content"],  # type: ignore[dict-item]
            },
        },
        **problem_answers(404, 422, 503),
    },
)
async def events(
    door: TheDoor,
    production: TheProduction,
    last_event_id: Annotated[str | None, Header(description="The ordinal of the last fact you have.")] = None,
    after: Annotated[int, Query(ge=0, description="The same, for a first connection and for pages.")] = 0,
    format: Annotated[Literal["sse", "json"], Query(description="A stream, or a page.")] = "sse",
    limit: Annotated[int, Query(ge=1, le=500, description="Of a page.")] = 100,
) -> Response:
    """Follow what happens to a production: facts, each once and in order, and progress between them."""
    seen = _ordinal(last_event_id, after)
    if format == "sse":
        # Whoever has more than there is saw another log, as before a backup was put back: nothing would ever come.
        require_event(await known(door, production), seen)
        check_room(door)
        return EventStream(door, production, seen)
    history = await door.books.history(production)
    require_known(fold(production, until(history, 1)))
    recorded = [one for one in history if isinstance(one, Recorded) and one.event.ordinal > seen]
    shown, has_more = recorded[:limit], len(recorded) > limit
    first = shown[0].sequence if shown and seen else 0
    last = shown[-1].sequence if has_more else 1 << 62
    strange = [strange_view(one) for one in history if isinstance(one, Unreadable) and first <= one.sequence <= last]
    link = f"{history_link(production)}&" + urlencode(
        {"after": shown[-1].event.ordinal if shown else seen, "limit": limit}
    )
    page = EventPage(events=tuple(map(event_view, shown)), strange=tuple(strange), next=link if has_more else None)
    return document(page)


def check_room(door: Door) -> None:
    """Check that one more may listen.

    Raises:
        Denied: too many do.
    """
    if door.index.reader_count >= door.limits.readers_max:
        raise Denied(
            Bar.READERS,
            f"{door.limits.readers_max:,} streams are open.",
            why="The gateway holds no more of them at once.",
            help="Close what is not looked at, and try again.",
            headers={"retry-after": "5"},
        )


def _ordinal(last_event_id: str | None, after: int) -> int:
    if last_event_id is None or not last_event_id.strip():
        return after
    if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= 12):
        raise Refused(
            Reason.INVALID,
            f"The Last-Event-ID {last_event_id[:40]!r} is no ordinal.",
            why="Facts are numbered 1, 2, 3 …",
            help="Send the id of the last fact that you have, or none to get all.",
        )
    return int(last_event_id)
