"""Calls that send pictures made of what is stored: thumbnails, frames of takes, contact sheets, a film's poster."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bus.errors import Reason, Refused
from services.gateway import examples
from services.gateway.answering import document, has_tag
from services.gateway.door import TheDoor, TheProduction
from services.gateway.openapi import answers, bytes_answers
from services.gateway.routes_media import (
    IMMUTABLE,
    REVALIDATE,
    WhichCut,
    cut_of,
    image_of,
    rendered_sample,
    rendered_take,
    with_bytes,
)
from services.gateway.stills import THUMBNAIL_WIDTH, Picture
from services.gateway.stills_view import FramesView, film_tiles, frames_view, take_tiles

router = APIRouter(prefix="/v1/productions/{production}", tags=["pictures"], default_response_class=Response)


class Wide(enum.IntEnum):
    """Few widths, so that what was made once is found again."""

    TINY = 160
    SMALL = 320
    MEDIUM = 640
    LARGE = 1280


Width = Annotated[Wide | None, Query(description="How wide; as it is if left out, and never wider than it is.")]
_JPEG = bytes_answers("image/jpeg", "A picture, as JPEG.", in_ranges=False)


def _send(request: Request, picture: Picture, cache: str = IMMUTABLE) -> Response:
    tag = f'"{picture.digest}"'
    headers = {"etag": tag, "cache-control": cache}
    if has_tag(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(picture.content, headers=headers, media_type="image/jpeg")


def picture(
    path: str, summary: str
) -> Callable[[Callable[..., Awaitable[Response]]], Callable[..., Awaitable[Response]]]:
    """Return what makes a function the answer to GET and HEAD of an address that sends a picture."""

    def added(function: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
        router.head(path, include_in_schema=False, response_model=None)(function)
        router.get(path, summary=summary, response_model=None, responses=_JPEG)(function)
        return function

    return added


# -- takes and samples ---------------------------------------------------------------------------------------


@picture("/takes/{take}/thumbnail", "A small picture of a take")
async def take_thumbnail(
    request: Request, door: TheDoor, production: TheProduction, take: str, width: Width = None
) -> Response:
    """Send a take's poster, small."""
    rendered = rendered_take(await with_bytes(door, production), take).rendered
    assert rendered is not None
    return _send(request, await door.stills.thumbnail(rendered.poster.digest, width or THUMBNAIL_WIDTH))


@router.get(
    "/takes/{take}/frames",
    summary="A take's key frames",
    response_model=None,
    responses=answers(FramesView, examples.FRAMES, 404, 409, 422, 503),
)
async def take_frames(door: TheDoor, production: TheProduction, take: str) -> Response:
    """List a take's key frames: eight, spread evenly, first and last among them."""
    state = await with_bytes(door, production)
    shown = frames_view(state, rendered_take(state, take))
    return document(shown, headers={"cache-control": IMMUTABLE})


@picture("/takes/{take}/frames/{index}", "A frame of a take")
async def take_frame(
    request: Request, door: TheDoor, production: TheProduction, take: str, index: str, width: Width = None
) -> Response:
    """Send one frame of a take, counted from 0."""
    rendered = rendered_take(await with_bytes(door, production), take).rendered
    assert rendered is not None
    try:
        if not (index.isascii() and index.isdecimal() and len(index) <= 6):
            raise IndexError(f"{index[:40]!r} is no number of a frame")
        return _send(request, await door.stills.frame(rendered.clip.digest, int(index), width))
    except IndexError as error:
        raise Refused(
            Reason.UNKNOWN,
            f"Take {take} has no frame {index[:40]!r}.",
            why=f"{str(error)[0].upper()}{str(error)[1:]}.",
            help="Take the link from the list of its frames.",
        ) from error


@picture("/takes/{take}/sheet", "A contact sheet of a take")
async def take_sheet(request: Request, door: TheDoor, production: TheProduction, take: str) -> Response:
    """Send a take's key frames side by side."""
    found = rendered_take(await with_bytes(door, production), take)
    assert found.rendered is not None
    tiles = take_tiles(found)
    return _send(request, await door.stills.sheet(found.rendered.clip.digest, tiles))


@picture("/samples/{sample}/thumbnail", "A small picture of a sample")
async def sample_thumbnail(
    request: Request, door: TheDoor, production: TheProduction, sample: str, width: Width = None
) -> Response:
    """Send a sample's poster, small."""
    poster = rendered_sample(await with_bytes(door, production), sample).poster
    return _send(request, await door.stills.thumbnail(poster.digest, width or THUMBNAIL_WIDTH))


@picture("/images/{image}/thumbnail", "A small copy of a picture that the person gave")
async def image_thumbnail(
    request: Request, door: TheDoor, production: TheProduction, image: str, width: Width = None
) -> Response:
    """Send the n-th picture of the conversation, small."""
    given = image_of(await with_bytes(door, production), image)
    return _send(request, await door.stills.thumbnail(given.digest, width or THUMBNAIL_WIDTH))


# -- the film ------------------------------------------------------------------------------------------------


@picture("/film/poster", "A picture of the film")
async def film_poster(
    request: Request, door: TheDoor, production: TheProduction, cut: WhichCut = None, width: Width = None
) -> Response:
    """Send a frame from the middle of the film."""
    found = cut_of(await with_bytes(door, production), cut)
    middle = (found.film.frame_count or 1) // 2
    made = await door.stills.frame(found.film.digest, middle, width)
    return _send(request, made, IMMUTABLE if cut else REVALIDATE)


@picture("/film/sheet", "A contact sheet of the film")
async def film_sheet(request: Request, door: TheDoor, production: TheProduction, cut: WhichCut = None) -> Response:
    """Send a frame of each segment side by side, under its number and its time in the film."""
    state = await with_bytes(door, production)
    found = cut_of(state, cut)
    made = await door.stills.sheet(found.film.digest, film_tiles(state, found))
    return _send(request, made, IMMUTABLE if cut else REVALIDATE)
