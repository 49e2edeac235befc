"""Calls that a client begins with: the links that lead to everything, the gateway's health, and what can be chosen."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bus.ids import ProductionId
from services.gateway import examples
from services.gateway.access import Caller
from services.gateway.answering import document, require_ready
from services.gateway.choices import Choices
from services.gateway.door import TheDoor, production_of
from services.gateway.experience import Experience
from services.gateway.health import Entrance, Health, HomeLinks, PassView
from services.gateway.links import PRODUCTIONS, ROOT, STATS
from services.gateway.openapi import answers, body
from services.gateway.requests import PassBody
from services.gateway.uploads import read_json

router = APIRouter(prefix=ROOT, tags=["gateway"])


@router.get("", summary="Where everything is", response_model=None, responses=answers(Entrance, examples.ENTRANCE))
async def entrance(door: TheDoor) -> Response:
    """Return the links that lead to everything else: no other address has to be known."""
    links = HomeLinks(
        productions=PRODUCTIONS,
        clips=f"{ROOT}/clips",
        stitch=f"{ROOT}/stitch",
        renderers=f"{ROOT}/renderers",
        stats=STATS,
        health=f"{ROOT}/health",
        passes=f"{ROOT}/passes",
        description=f"{ROOT}/openapi.json",
    )
    return document(Entrance(name="kindling", version=door.version, links=links, needs_token=door.access.needs_token))


@router.get(
    "/health",
    summary="Whether the gateway can serve",
    response_model=None,
    responses={
        **answers(Health, examples.HEALTH),
        **answers(Health, {**examples.HEALTH, "is_ready": False}, status=503),
    },
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


@router.get(
    "/stats",
    summary="What films have taken so far",
    response_model=None,
    responses=answers(Experience, examples.EXPERIENCE, 503),
)
async def stats(door: TheDoor) -> Response:
    """Return what clips of each kind took, what became of each renderer's takes, and what a finished second costs."""
    await require_ready(door)
    return document(door.index.experience)


@router.get(
    "/renderers",
    summary="What can be chosen",
    response_model=None,
    responses=answers(Choices, examples.CHOICES),
)
async def renderers(door: TheDoor) -> Response:
    """Return the renderers with their sizes, lengths, models and LoRAs, and how the render servers are.

    What was found is told again for some seconds, so that it may be asked for often.
    """
    return document(await door.catalogue.choices())


@router.post(
    "/passes",
    summary="Get a pass for addresses",
    response_model=None,
    responses=answers(PassView, examples.PASS, 404, 413, 415, 422),
    openapi_extra=body(PassBody, {"production": examples.ID}, required=False),
)
async def passes(request: Request, door: TheDoor) -> Response:
    """Return what an address is given so that it may be looked at without a token: media and streams in a page.

    A pass allows to look and nothing more, for an hour or two. It is gone as soon as its token is removed.
    """
    said = await read_json(request, door, PassBody)
    only = await production_of(said.production) if said.production is not None else None
    caller = request.scope["state"]["caller"]
    assert isinstance(caller, Caller)
    if caller.only and caller.only != only:
        only = ProductionId(caller.only)
    pass_, until = door.access.pass_for(caller, only or "")
    shown = datetime.fromtimestamp(until, UTC).isoformat().replace("+00:00", "Z")
    return document(
        PassView(query=urlencode({"pass": pass_}) if pass_ else "", until=shown, production=only),
        headers={"cache-control": "no-store"},
    )
