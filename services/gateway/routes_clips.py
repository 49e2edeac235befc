"""Calls for a UI's own tabs: one clip, exactly as it is described, and clips that are there joined into one."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from msgspec import structs

from bus.plan import Artifact
from bus.production import Production
from services.gateway import examples
from services.gateway.answering import known, show
from services.gateway.beginning import begin
from services.gateway.clips import begin_clip, mode_of, wish_of
from services.gateway.door import Costs, Door, TheDoor
from services.gateway.example_problems import NO_SERVER
from services.gateway.links import ROOT, production_link
from services.gateway.openapi import answers, body
from services.gateway.pieces import with_pictures
from services.gateway.requests import ClipBody, StitchBody
from services.gateway.stitching import Joining, begin_joining, check_joining, named_by, piece_of
from services.gateway.uploads import keep_pictures, read_json, read_post
from services.gateway.view import ProductionView
from services.gateway.words import check_key, message_of

router = APIRouter(prefix=ROOT, tags=["clips"])

_ANSWERS = {
    **answers(ProductionView, examples.CLIP, 403, 404, 409, 410, 413, 415, 422, 429, 503, status=201, now=NO_SERVER),
    **answers(ProductionView, examples.CLIP),
}
Key = Annotated[str | None, Header(description="The same key is the same production, however often it is sent.")]


@router.post(
    "/clips",
    dependencies=[Costs],
    summary="Ask for one clip",
    response_model=None,
    status_code=201,
    responses=_ANSWERS,
    openapi_extra=body(ClipBody, examples.CLIP_BODY, pictures=True),
)
async def clip(request: Request, door: TheDoor, idempotency_key: Key = None) -> Response:
    """Ask for one clip, exactly as it is described: a production of one segment, without sample or review.

    Text to video, from a picture, or from a first to a last picture, by whichever renderer is named. The content
    policy holds. The answer is the production; its `film` is the clip, once it is there.
    """
    key = check_key(idempotency_key) if idempotency_key is not None else None
    async with read_post(request, door, documents=_DOCUMENTS) as posted:
        asked = posted.as_body(ClipBody)
        # Before a picture is opened or kept: what is refused for its words leaves nothing behind.
        mode_of(asked, len(posted.pictures))
        message_of(asked.prompt, len(posted.pictures), rules=door.rules)
        images = await keep_pictures(posted.pictures, door)
    state, is_new = await begun_clip(door, asked, images, key)
    return show(request, state, 201 if is_new else 200, {"location": production_link(state.id)})


_DOCUMENTS = frozenset({"accept_smaller", "duration_s", "frames", "loras", "seed", "size", "steps"})
"""Fields of a form that hold JSON: numbers, a size, a list of LoRAs."""


async def begun_clip(
    door: Door, asked: ClipBody, images: tuple[Artifact, ...], key: str | None
) -> tuple[Production, bool]:
    """Return the clip's production, and whether it is a new one.

    Raises:
        Refused: no renderer can make it, or the content policy says no.
    """
    wish = wish_of(asked, images, await door.catalogue.choices(), door.rules, key)
    names = tuple(one.name for one in wish.loras)
    purposes = dict(zip(names, await asyncio.to_thread(door.catalogue.purposes, names), strict=True))
    return await begin(door, wish.prompt, key, lambda state: begin_clip(state, wish, purposes, door.rules))


@router.post(
    "/stitch",
    dependencies=[Costs],
    summary="Join clips",
    response_model=None,
    status_code=201,
    responses=_ANSWERS,
    openapi_extra=body(StitchBody, examples.STITCH_BODY),
)
async def stitch(request: Request, door: TheDoor, idempotency_key: Key = None) -> Response:
    """Join films, takes and samples of any productions, one after the other: a production whose takes are there.

    Size and rate are those of the first clip. Clips that agree are copied without loss; where they don't, what differs
    is encoded once more, and each clip stays as fast as it was.
    """
    key = check_key(idempotency_key) if idempotency_key is not None else None
    said = await read_json(request, door, StitchBody)
    state, is_new = await begun_joining(door, said, request.headers.get("host", ""), key)
    return show(request, state, 201 if is_new else 200, {"location": production_link(state.id)})


async def begun_joining(door: Door, said: StitchBody, host: str, key: str | None) -> tuple[Production, bool]:
    """Return the joined film's production, and whether it is a new one.

    Raises:
        Refused: a link leads to no clip of ours, the clips can't be joined so, or the content policy says no.
    """
    pieces = []
    for named in [named_by(link, host) for link in said.clips[:_LINKS_READ]]:
        pieces.append(piece_of(await known(door, named.production), named))
    joining = Joining(
        pieces=tuple(pieces),
        title=said.title,
        crossfade_frames=said.crossfade_frames,
        duration_max_s=door.defaults.duration_max_s,
        key=key,
    )
    words = check_joining(joining)
    message_of(words, 0, rules=door.rules)
    joining = structs.replace(joining, pieces=tuple([await with_pictures(door, one) for one in pieces]))
    return await begin(door, words, key, lambda state: begin_joining(state, joining, door.rules))


_LINKS_READ = 101
"""One more than may be joined, so that too many are noticed and not all looked up."""
