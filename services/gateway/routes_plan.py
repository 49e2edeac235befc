"""Calls about the plan: read it, and put another one in its place."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from bus.errors import Reason, Refused
from bus.plan import Plan
from services.gateway import examples
from services.gateway.answering import document, has_tag, known, show
from services.gateway.denied import Bar, Denied
from services.gateway.door import Costs, TheDoor, TheProduction
from services.gateway.edits import Edit, edit_plan
from services.gateway.example_problems import NO_PLAN
from services.gateway.openapi import NOT_MODIFIED, answers, body
from services.gateway.uploads import read_json
from services.gateway.view import ProductionView

router = APIRouter(prefix="/v1/productions/{production}/plan", tags=["plan"])

_TAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"', re.ASCII)


@router.get(
    "",
    summary="Read the plan",
    response_model=None,
    responses={**answers(Plan, examples.PLAN, 404, 409, 422, 503, now=NO_PLAN), **NOT_MODIFIED},
)
async def show_plan(
    request: Request,
    door: TheDoor,
    production: TheProduction,
    revision: Annotated[int | None, Query(ge=1, description="Which revision; the newest if left out.")] = None,
) -> Response:
    """Return the whole plan. Its `ETag` is the number of the revision: what an edit names in `If-Match`."""
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
    tag = f'"{number}"'
    if has_tag(request, tag):
        return Response(status_code=304, headers={"etag": tag, "cache-control": "no-cache"})
    return document(state.plans[number - 1], headers={"etag": tag})


@router.put(
    "",
    dependencies=[Costs],
    summary="Edit the plan",
    response_model=None,
    responses=answers(ProductionView, examples.FORK, 403, 404, 409, 412, 413, 415, 422, 428, 429, 503, now=NO_PLAN),
    openapi_extra=body(Plan, examples.PLAN),
)
async def edit(
    request: Request,
    door: TheDoor,
    production: TheProduction,
    if_match: Annotated[
        str | None, Header(description="The ETag of the plan that was edited.", examples=['"1"'])
    ] = None,
) -> Response:
    """Put a whole plan in the place of the one in force. What still fits it stays; the rest is made anew.

    It is checked as every plan is. If somebody else changed the plan meanwhile, nothing is written, and that is said.
    The answer's `ETag` is that of the plan as it is then.
    """
    wanted = await read_json(request, door, Plan, limit_bytes=Plan.LIMIT_BYTES)
    revision = _revision(if_match)
    named = tuple(dict.fromkeys(lora.name for segment in wanted.segments for lora in segment.loras))
    purposes = await asyncio.to_thread(door.catalogue.purposes, named)
    edited = await door.books.act(
        production,
        lambda state: edit_plan(
            state,
            Edit(
                plan=wanted,
                revision=len(state.plans) if revision is None else revision,
                duration_max_s=state.options.duration_max_s or door.defaults.duration_max_s,
                purposes=dict(zip(named, purposes, strict=True)),
                rules=door.rules,
            ),
        ),
    )
    # The tag of what was put, so that the next edit can name it, and not that of the production in the answer.
    return show(request, edited, headers={"etag": f'"{len(edited.plans)}"'})


def _revision(if_match: str | None) -> int | None:
    """Return the revision that was edited; None means: whichever is in force (`*`)."""
    if if_match is None or not if_match.strip():
        raise Denied(
            Bar.CONDITION_NEEDED,
            "An edit says which revision of the plan it was made in.",
            why="The header If-Match is missing; without it the change of somebody else could be lost.",
            help='Send the ETag that the plan came with, as in: If-Match: "1".',
        )
    if if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise Refused(
            Reason.INVALID,
            f"The If-Match {if_match[:40]!r} is no revision of a plan.",
            why="Revisions are numbered 1, 2, 3 …, and stand in quotation marks.",
            help="Send the ETag that the plan came with.",
        )
    return int(found[1])
