"""Calls about productions: make one, list them, look at one as of now or as of any of its events."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from bus.errors import Reason, Refused
from bus.events import Purpose
from services.gateway import decide, examples
from services.gateway.answering import as_of, document, require_ready, show
from services.gateway.beginning import begin
from services.gateway.door import Costs, Door, TheDoor, TheProduction
from services.gateway.links import PRODUCTIONS, production_link
from services.gateway.openapi import NOT_MODIFIED, answers, body
from services.gateway.requests import CreateBody
from services.gateway.status_view import STATUS_NAMES
from services.gateway.uploads import Posted, keep_pictures, read_post
from services.gateway.view import Page, ProductionView
from services.gateway.words import check_key, check_options, message_of

router = APIRouter(prefix="/v1")


@router.post(
    "/productions",
    dependencies=[Costs],
    summary="Ask for a film",
    response_model=None,
    status_code=201,
    responses={
        **answers(ProductionView, examples.PRODUCTION, 403, 413, 415, 422, 429, 503, status=201),
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
    state, is_new = await begin(door, asked.words, key, lambda state: decide.create(state, asked, door.rules))
    return show(request, state, 201 if is_new else 200, {"location": production_link(state.id)})


async def _asked(posted: Posted, door: Door, key: str | None) -> decide.Request:
    said = posted.as_body(CreateBody)
    # Before a picture is opened or kept: what is refused for its words leaves nothing behind.
    options = check_options(said.options.over(door.defaults))
    purposes = await asyncio.to_thread(door.catalogue.purposes_of, options.loras)
    words = message_of(said.words, len(posted.pictures), rules=door.rules, lora_purposes=purposes)
    images = await keep_pictures(posted.pictures, door)
    return decide.Request(words=words, images=images, options=options, key=key)


@router.get(
    "/productions",
    summary="List productions",
    response_model=None,
    responses=answers(Page, examples.PAGE, 422, 503),
    tags=["productions"],
)
async def list_productions(
    request: Request,
    door: TheDoor,
    status: Annotated[
        str | None, Query(description="Names of statuses, separated by commas.", examples=["making,stalled"])
    ] = None,
    purpose: Annotated[Purpose | None, Query(description="Only films, only clips, or only what was joined.")] = None,
    cursor: Annotated[int | None, Query(ge=1, description="As in the link to the next page.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """List productions, newest first. Deleted ones are listed where that status is asked for."""
    if strange := sorted(request.query_params.keys() - _LISTED_BY):
        raise Refused(
            Reason.INVALID,
            f"Productions are not listed by {strange[0][:40]!r}.",
            why="Passed over, it would bring more than was asked for.",
            help=f"They are listed by {', '.join(sorted(_LISTED_BY - {'pass'}))}.",
        )
    await require_ready(door)
    found, ended_with, more = door.index.newest(limit, cursor, _statuses(status), purpose)
    link = None
    if ended_with is not None:
        wanted = ({"status": status} if status else {}) | ({"purpose": purpose.value} if purpose else {})
        link = f"{PRODUCTIONS}?{urlencode({**wanted, 'limit': limit, 'cursor': ended_with})}"
    return document(Page(productions=found, next=link, more=more))


_LISTED_BY = frozenset({"status", "purpose", "cursor", "limit", "pass"})


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
    responses={**answers(ProductionView, examples.PRODUCTION, 404, 422, 503), **NOT_MODIFIED},
    tags=["productions"],
)
async def show_production(
    request: Request,
    door: TheDoor,
    production: TheProduction,
    at: Annotated[int | None, Query(ge=1, description="As of this event: its ordinal.")] = None,
) -> Response:
    """Show a production as of now, or as it was when its event `at` was the last one."""
    return show(request, await as_of(door, production, at))
