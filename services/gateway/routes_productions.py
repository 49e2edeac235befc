"""Calls about productions: make one, list them, look at one, at its plan and at its events."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from bus.errors import LogUnavailable, Reason, Refused
from bus.events import Recorded, Unreadable
from bus.ids import ALPHABET, name_production
from bus.plan import Plan
from bus.production import Production, fold
from services.gateway import decide, examples
from services.gateway.answering import document, known, require_known, show
from services.gateway.door import Door, TheDoor, TheProduction
from services.gateway.events_view import EventPage, event_view, strange_view
from services.gateway.health import Health
from services.gateway.links import PRODUCTIONS, production_link
from services.gateway.openapi import answers, body, problem_answers
from services.gateway.requests import CreateBody
from services.gateway.sse import EventStream
from services.gateway.status_view import STATUS_NAMES
from services.gateway.uploads import Posted, keep_pictures, read_post
from services.gateway.view import Page, ProductionView
from services.gateway.words import check_key, check_options, message_of

ENDING_LENGTH = 4
KEYED_ENDING_LENGTH = 8
"""Longer, for an ending made from a key can't be drawn again."""
TRIES = 8

router = APIRouter(prefix="/v1")


@router.get(
    "/health",
    summary="Whether the gateway can serve",
    response_model=None,
    responses={
        **answers(Health, examples.HEALTH),
        **answers(Health, {**examples.HEALTH, "is_ready": False}, status=503),
    },
    tags=["gateway"],
)
async def health(door: TheDoor) -> Response:
    """Say whether the gateway has seen the whole log; 503 until then."""
    is_ready = door.index.ready.is_set()
    said = Health(
        name="kindling",
        version=door.version,
        is_ready=is_ready,
        sequence=door.index.sequence,
        reader_count=door.index.reader_count,
    )
    return document(said, 200) if is_ready else document(said, 503, {"retry-after": "1"})


@router.post(
    "/productions",
    summary="Ask for a film",
    response_model=None,
    status_code=201,
    responses={
        **answers(ProductionView, examples.PRODUCTION, 403, 413, 415, 422, 503, status=201),
        **answers(ProductionView, examples.PRODUCTION),
    },
    openapi_extra=body(CreateBody, {"words": examples.WORDS, "options": {"takes_max": 2}}, pictures=True),
    tags=["productions"],
)
async def create(request: Request, door: TheDoor, idempotency_key: Annotated[str | None, Header()] = None) -> Response:
    """Ask for a film in words, with pictures if there are any.

    With an `Idempotency-Key`, the same request sent again is the same production (200 then, instead of 201).
    """
    key = check_key(idempotency_key) if idempotency_key is not None else None
    async with read_post(request, door) as posted:
        asked = await _asked(posted, door, key)
    state, is_new = await _create(door, asked)
    return show(request, state, 201 if is_new else 200, {"location": production_link(state.id)})


async def _asked(posted: Posted, door: Door, key: str | None) -> decide.Request:
    said = posted.as_body(CreateBody)
    # Before a picture is opened or kept: what is refused for its words leaves nothing behind.
    words = message_of(said.words, len(posted.pictures))
    options = check_options(said.options.over(door.defaults))
    images = await keep_pictures(posted.pictures, door)
    return decide.Request(words=words, images=images, options=options, key=key)


async def _create(door: Door, asked: decide.Request) -> tuple[Production, bool]:
    """Return the production, and whether it is a new one."""
    if asked.key is not None:
        await require_ready(door)
        if (earlier := door.index.by_key(asked.key)) is not None:
            # Other words make another name: only the index knows that the key was used before.
            state = await door.books.state(earlier)
            decide.check_same(state, asked)
            return state, False
    for attempt in range(TRIES):
        production = name_production(asked.words, _ending(asked.key, attempt))
        granted: list[bool] = []

        def decided(state: Production, granted: list[bool] = granted) -> decide.Facts:
            facts = decide.create(state, asked)
            granted.append(bool(facts))
            return facts

        try:
            state = await door.books.act(production, decided)
        except decide.Taken:
            continue
        return state, granted[-1]
    raise LogUnavailable("No free name was found for the production.", help="Try again.")


def _ending(key: str | None, attempt: int) -> str:
    if key is not None:
        return decide.ending_of(f"{key}\n{attempt}" if attempt else key, KEYED_ENDING_LENGTH)
    return "".join(secrets.choice(ALPHABET) for _ in range(ENDING_LENGTH + attempt // 2))


async def require_ready(door: Door) -> None:
    """Check that the index has seen the whole log.

    Raises:
        LogUnavailable: it has not yet.
    """
    if not door.index.ready.is_set():
        raise LogUnavailable(
            "The gateway is still reading the log.", why="It was started just now.", help="Try again in a second."
        )


@router.get(
    "/productions",
    summary="List productions",
    response_model=None,
    responses=answers(Page, examples.PAGE, 422, 503),
    tags=["productions"],
)
async def list_productions(
    door: TheDoor,
    status: Annotated[
        str | None, Query(description="Names of statuses, separated by commas.", examples=["making,stalled"])
    ] = None,
    cursor: Annotated[int | None, Query(ge=1, description="As in the link to the next page.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """List productions, newest first. Deleted ones are listed where that status is asked for."""
    await require_ready(door)
    found, ended_with = door.index.newest(limit, cursor, _statuses(status))
    link = None
    if ended_with is not None:
        wanted = {"status": status} if status else {}
        link = f"{PRODUCTIONS}?{urlencode({**wanted, 'limit': limit, 'cursor': ended_with})}"
    return document(Page(productions=found, next=link))


def _statuses(status: str | None) -> frozenset[str] | None:
    if status is None:
        return None
    names = frozenset(one.strip() for one in status.split(","))
    if strange := sorted(names - frozenset(STATUS_NAMES)):
        raise Refused(
            Reason.INVALID,
            f"There is no status {strange[0][:40]!r}.",
            why=f"There are: {', '.join(STATUS_NAMES)}.",
            help="Name one or more of them, separated by commas.",
        )
    return names


@router.get(
    "/productions/{production}",
    summary="Look at a production",
    response_model=None,
    responses={**answers(ProductionView, examples.PRODUCTION, 404, 422, 503), 304: {"description": "As you have it."}},
    tags=["productions"],
)
async def show_production(
    request: Request,
    door: TheDoor,
    production: TheProduction,
    at: Annotated[int | None, Query(ge=1, description="As of this event: its ordinal.")] = None,
) -> Response:
    """Show a production as of now, or as it was when its event `at` was the last one."""
    if at is None:
        return show(request, await known(door, production))
    history = await door.books.history(production)
    state = require_known(fold(production, until(history, at)))
    if state.ordinal < at:
        raise Refused(
            Reason.INVALID,
            f"{production} has no event {at}.",
            why=f"Its last one is {state.ordinal}.",
            help="Ask for an earlier one, or leave `at` out.",
        )
    return show(request, state)


def until(history: Sequence[Recorded | Unreadable], ordinal: int) -> list[Recorded | Unreadable]:
    """Return what was on the log when the event of this ordinal was the last one."""
    kept: list[Recorded | Unreadable] = []
    for one in history:
        if isinstance(one, Recorded) and one.event.ordinal > ordinal:
            break
        kept.append(one)
    return kept


@router.get(
    "/productions/{production}/plan",
    summary="Read the plan",
    response_model=None,
    responses=answers(Plan, examples.PLAN, 404, 409, 422, 503),
    tags=["productions"],
)
async def show_plan(
    door: TheDoor,
    production: TheProduction,
    revision: Annotated[int | None, Query(ge=1, description="Which revision; the newest if left out.")] = None,
) -> Response:
    """Return the whole plan."""
    state = await known(door, production)
    if not state.plans:
        raise Refused(
            Reason.NOT_NOW,
            f"{production} has no plan yet.",
            why="It is written once the sample is approved.",
            help="Wait for the event plan.written.",
        )
    number = len(state.plans) if revision is None else revision
    if number > len(state.plans):
        raise Refused(
            Reason.UNKNOWN,
            f"{production} has no plan {number}.",
            why=f"The newest one is {len(state.plans)}.",
            help="Ask for an earlier one, or leave the revision out.",
        )
    return document(state.plans[number - 1], headers={"etag": f'"{number}"'})


@router.get(
    "/productions/{production}/events",
    summary="Follow a production",
    response_model=None,
    responses={
        200: {
            "description": "Server-sent events: `fact` (its id is the ordinal), `progress`, `strange`, `dropped`.",
            "content": {
                "text/event-stream": {"schema": {"type": "string"}},
                **answers(EventPage, examples.EVENTS)[200]["content"],  # type: ignore[dict-item]
            },
        },
        **problem_answers(404, 422, 503),
    },
    tags=["productions"],
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
        await known(door, production)
        return EventStream(door, production, seen)
    history = await door.books.history(production)
    require_known(fold(production, until(history, 1)))
    recorded = [one for one in history if isinstance(one, Recorded) and one.event.ordinal > seen]
    shown, has_more = recorded[:limit], len(recorded) > limit
    first = shown[0].sequence if shown and seen else 0
    last = shown[-1].sequence if has_more else 1 << 62
    strange = [strange_view(one) for one in history if isinstance(one, Unreadable) and first <= one.sequence <= last]
    link = f"{production_link(production)}/events?" + urlencode(
        {"format": "json", "after": shown[-1].event.ordinal if shown else seen, "limit": limit}
    )
    page = EventPage(events=tuple(map(event_view, shown)), strange=tuple(strange), next=link if has_more else None)
    return document(page)


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
