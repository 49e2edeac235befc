"""Calls that act on a production: each becomes facts on the log, or a problem that says why not."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bus.errors import Reason, Refused
from bus.ids import ProductionId
from bus.plan import Artifact
from services.gateway import decide, examples, rulings
from services.gateway.answering import act, known
from services.gateway.door import Costs, Door, TheDoor, TheProduction
from services.gateway.openapi import answers, body
from services.gateway.requests import (
    AnswerBody,
    ApproveBody,
    CancelBody,
    MessageBody,
    OverruleBody,
    RedirectBody,
    RedoBody,
    ResumeBody,
)
from services.gateway.uploads import Posted, keep_pictures, read_json, read_post
from services.gateway.view import ProductionView
from services.gateway.words import answer_of, message_of

router = APIRouter(prefix="/v1/productions/{production}", tags=["acts"])

_ANSWERS = answers(ProductionView, examples.PRODUCTION, 403, 404, 409, 413, 415, 422, 429, 503)


async def _pictures(
    door: Door, production: ProductionId, posted: Posted, words: str, *, may_be_empty: bool = False
) -> tuple[Artifact, ...]:
    """Keep the pictures of a message, once it is known that its words are taken."""
    if not posted.pictures:
        return ()
    check = answer_of if may_be_empty else message_of
    check(words, len(posted.pictures), await known(door, production), door.rules)
    return await keep_pictures(posted.pictures, door)


@router.post(
    "/approve",
    dependencies=[Costs],
    summary="Approve the sample",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=body(ApproveBody, {"sample": "1-1"}, required=False),
)
async def approve(request: Request, door: TheDoor, production: TheProduction) -> Response:
    """Say that the sample is the vibe; the film is made then."""
    said = await read_json(request, door, ApproveBody)
    return await act(request, door, production, lambda state: decide.approve(state, said.sample))


@router.post(
    "/redirect",
    dependencies=[Costs],
    summary="Say what to change about the sample",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=body(RedirectBody, {"words": "darker, at night", "sample": "1-1"}, pictures=True),
)
async def redirect(request: Request, door: TheDoor, production: TheProduction) -> Response:
    """Say what is to change about the sample; a new one follows."""
    async with read_post(request, door) as posted:
        said = posted.as_body(RedirectBody)
        images = await _pictures(door, production, posted, said.words)
    return await act(
        request, door, production, lambda state: decide.redirect(state, said.words, images, said.sample, door.rules)
    )


@router.post(
    "/messages",
    dependencies=[Costs],
    summary="Say something more",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=body(MessageBody, {"words": "segment 3: closer, and slower"}, pictures=True),
)
async def say(request: Request, door: TheDoor, production: TheProduction) -> Response:
    """Say something more, at any time: it is answered with a new brief, a changed plan, or a question."""
    async with read_post(request, door) as posted:
        said = posted.as_body(MessageBody)
        images = await _pictures(door, production, posted, said.words)
    return await act(request, door, production, lambda state: decide.say(state, said.words, images, door.rules))


@router.post(
    "/answer",
    dependencies=[Costs],
    summary="Answer the question",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=body(AnswerBody, {"words": "the first picture"}, pictures=True, required=False),
)
async def answer(request: Request, door: TheDoor, production: TheProduction) -> Response:
    """Answer the open question; without words what was assumed is taken."""
    async with read_post(request, door) as posted:
        said = posted.as_body(AnswerBody)
        images = await _pictures(door, production, posted, said.words, may_be_empty=True)
    return await act(request, door, production, lambda state: decide.answer(state, said.words, images, door.rules))


@router.post(
    "/segments/{segment}/redo",
    dependencies=[Costs],
    summary="Ask for a segment anew",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=body(RedoBody, {"words": "closer, and slower"}, required=False),
)
async def redo(request: Request, door: TheDoor, production: TheProduction, segment: str) -> Response:
    """Have a segment made anew: as the words say, or with another seed where there are none."""
    if not (segment.isascii() and segment.isdecimal() and len(segment) <= 9):
        raise Refused(
            Reason.UNKNOWN,
            f"{segment[:40]!r} is no segment.",
            why="Segments are numbered 1, 2, 3 …",
            help="Take the number from the production's segments.",
        )
    said = await read_json(request, door, RedoBody)
    return await act(request, door, production, lambda state: rulings.redo(state, int(segment), said.words, door.rules))


@router.post(
    "/takes/{take}/overrule",
    dependencies=[Costs],
    summary="Accept or refuse a take",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=body(OverruleBody, {"ruling": "accept", "why": "the blur is what I wanted"}),
)
async def overrule(request: Request, door: TheDoor, production: TheProduction, take: str) -> Response:
    """Accept or refuse a take, whatever the reviewer said; the last word counts."""
    segment, number = pair(take, "take", "segment-take, as 3-2")
    said = await read_json(request, door, OverruleBody)
    return await act(
        request, door, production, lambda state: rulings.overrule(state, segment, number, said.ruling, said.why)
    )


_PAIR = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,8})", re.ASCII)


def pair(text: str, what: str, form: str) -> tuple[int, int]:
    """Return the two numbers that a take or a sample is named by.

    Raises:
        Refused: it is no such name.
    """
    found = _PAIR.fullmatch(text)
    if found is None:
        raise Refused(
            Reason.UNKNOWN,
            f"{text[:40]!r} is no {what}.",
            why=f"A {what} is named {form}.",
            help="Take the link from the production.",
        )
    return int(found[1]), int(found[2])


@router.post(
    "/resume",
    dependencies=[Costs],
    summary="Try again",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=body(ResumeBody, {"stall": 1}, required=False),
)
async def resume(request: Request, door: TheDoor, production: TheProduction) -> Response:
    """Try again what waits for a person: one problem, or all of them."""
    said = await read_json(request, door, ResumeBody)
    return await act(request, door, production, lambda state: decide.resume(state, said.stall))


@router.post(
    "/cancel",
    summary="Call it off",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=body(CancelBody, {"why": "another idea"}, required=False),
)
async def cancel(request: Request, door: TheDoor, production: TheProduction) -> Response:
    """Call the production off: what is being rendered is stopped, what was made stays."""
    said = await read_json(request, door, CancelBody)
    return await act(request, door, production, lambda state: decide.cancel(state, said.why))


@router.delete("", summary="Remove a production", response_model=None, responses=_ANSWERS)
async def remove(
    request: Request,
    door: TheDoor,
    production: TheProduction,
    why: Annotated[str, Query(description="The reason, which stays in the log.")] = "",
) -> Response:
    """Remove a production: its film, takes and pictures go, its log stays."""
    return await act(request, door, production, lambda state: decide.remove(state, why))
