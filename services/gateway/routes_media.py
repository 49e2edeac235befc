"""Calls that send bytes: film, takes, samples and pictures, whole or in ranges."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, Response
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from bus.board import is_refused
from bus.errors import Reason, Refused
from bus.events import ProductionDeleted, ProductionDone, SampleRendered
from bus.ids import ProductionId
from bus.plan import Artifact
from bus.production import Production, Take
from services.gateway.answering import has_tag, known
from services.gateway.answering_problems import respond
from services.gateway.conversation_view import images_of
from services.gateway.door import Door, TheDoor, TheProduction
from services.gateway.openapi import bytes_answers
from services.gateway.problems import Problem
from services.gateway.routes_acts import pair


def _keeping(
    download: Annotated[str | None, Query(description="Send it as a file to keep; no value is needed.")] = None,
) -> bool:
    return download is not None


router = APIRouter(
    prefix="/v1/productions/{production}",
    tags=["media"],
    default_response_class=Response,
    dependencies=[Depends(_keeping)],
)

IMMUTABLE = "private, max-age=31536000, immutable"
"""For what never changes at its address. Private: films are a person's own."""
REVALIDATE = "private, no-cache"


class ArtifactResponse(FileResponse):
    """A file in ranges, whose refusals are problem documents like all others."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, the range that was asked for, or why that can't be."""
        refused: Response | None = None

        async def send_or_refuse(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] >= 400:
                refused = _range_refused(message["status"], Headers(raw=message["headers"]), scope["path"])
            if refused is None:
                await send(message)

        await super().__call__({**scope, "headers": _in_known_units(scope["headers"])}, receive, send_or_refuse)
        if refused is not None:
            await refused(scope, receive, send)


def _in_known_units(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers less a range in other units than bytes, which is to be passed over (RFC 9110, 14.2)."""
    return [
        (name, value)
        for name, value in headers
        if name != b"range" or value.partition(b"=")[0].strip().lower() == b"bytes" or b"=" not in value
    ]


def _range_refused(status: int, headers: Headers, path: str) -> Response:
    size = headers.get("content-range", "")
    if status == 416:
        title, what = "No such bytes", f"The file has {int(size.rpartition('/')[2]):,} bytes, and not that range."
    else:
        title, what = "The range can't be understood", "The header Range is of no form that is known."
    problem = Problem(
        type="urn:kindling:problem:range",
        title=title,
        status=status,
        detail=what,
        help="Ask for bytes=FIRST-LAST within the file, or leave Range out to get all of it.",
        instance=path,
    )
    return respond(problem, {"content-range": size, "accept-ranges": "bytes"} if size else None)


async def _send(request: Request, door: Door, artifact: Artifact, name: str, cache: str = IMMUTABLE) -> Response:
    tag = f'"{artifact.digest}"'
    headers = {"etag": tag, "cache-control": cache}
    path = await asyncio.to_thread(door.artifacts.path, artifact.digest)
    if has_tag(request, tag):
        return Response(status_code=304, headers=headers)
    return ArtifactResponse(
        path,
        headers=headers,
        media_type=artifact.media_type,
        filename=name,
        content_disposition_type="attachment" if "download" in request.query_params else "inline",
    )


async def with_bytes(door: Door, production: ProductionId) -> Production:
    """Return a production whose bytes are to be sent.

    Raises:
        Refused: there is none such, or it was deleted.
    """
    state = await known(door, production)
    if isinstance(state.end, ProductionDeleted):
        raise Refused(
            Reason.UNKNOWN,
            f"The films and pictures of {production} are gone.",
            why="It was deleted; only its log is left.",
            help="Ask for a new film with the same words.",
        )
    return state


# -- the film ----------------------------------------------------------------------------------------------


def cut_of(state: Production, number: int | None) -> ProductionDone:
    """Return a cut of the film, the newest where none is named.

    Raises:
        Refused: it is not there.
    """
    if not state.cuts:
        raise Refused(
            Reason.NOT_NOW,
            f"The film of {state.id} is not there yet.",
            why="It is joined when each segment has an accepted take.",
            help="Wait for the event production.done.",
        )
    found = state.cuts[-1] if number is None else next((one for one in state.cuts if one.number == number), None)
    if found is None:
        raise Refused(
            Reason.UNKNOWN,
            f"{state.id} has no cut {number}.",
            why=f"The newest one is {state.cuts[-1].number}.",
            help="Take the link from the production.",
        )
    return found


WhichCut = Annotated[int | None, Query(ge=1, description="Which cut; the newest if left out.")]


@router.head("/film", include_in_schema=False, response_model=None)
@router.get("/film", summary="The film", response_model=None, responses=bytes_answers("video/mp4", "The film, as MP4."))
async def film(request: Request, door: TheDoor, production: TheProduction, cut: WhichCut = None) -> Response:
    """Send the film; with `download` in the query as a file to keep."""
    found = cut_of(await with_bytes(door, production), cut)
    return await _send(request, door, found.published, f"{production}.mp4", IMMUTABLE if cut else REVALIDATE)


@router.head("/film/manifest", include_in_schema=False, response_model=None)
@router.get(
    "/film/manifest",
    summary="How the film was made",
    response_model=None,
    responses=bytes_answers("application/json", "Title, plan, takes, seeds, verdicts and digests."),
)
async def manifest(request: Request, door: TheDoor, production: TheProduction, cut: WhichCut = None) -> Response:
    """Send the document that lies beside the film."""
    found = cut_of(await with_bytes(door, production), cut)
    return await _send(request, door, found.manifest, f"{production}.json", IMMUTABLE if cut else REVALIDATE)


# -- takes -------------------------------------------------------------------------------------------------


def rendered_take(state: Production, name: str) -> Take:
    """Return a take that is there.

    Raises:
        Refused: there is none of that name, it is not rendered, or the content policy refuses what it shows.
    """
    segment, number = pair(name, "take", "segment-take, as 3-2")
    take = state.takes.get((segment, number))
    if take is None:
        raise Refused(
            Reason.UNKNOWN,
            f"{state.id} has no take {name}.",
            why=f"Segment {segment} has {len(state.takes_of(segment))} takes.",
            help="Take the link from the production.",
        )
    if take.rendered is None:
        raise _not_rendered(f"Take {name}", take.failure.what if take.failure else None)
    if is_refused(take):
        raise Refused(
            Reason.POLICY,
            f"Take {name} is not shown.",
            why="The content policy refuses what is in it.",
            help=f"Say what segment {segment} should show instead.",
        )
    return take


def _not_rendered(what: str, failure: str | None) -> Refused:
    return Refused(
        Reason.NOT_NOW,
        f"{what} is not there.",
        why=f"It could not be rendered: {failure}" if failure else "It is not rendered yet.",
        help="Look at the production to see what it is doing.",
    )


async def _send_take(request: Request, door: Door, state: Production, take: str, part: str) -> Response:
    rendered = rendered_take(state, take).rendered
    assert rendered is not None
    match part:
        case "clip":
            artifact, ending = rendered.clip, "mp4"
        case "poster":
            artifact, ending = rendered.poster, "jpg"
        case _:
            artifact, ending = rendered.hand_over, "png"
    return await _send(request, door, artifact, f"{state.id}-{take}-{part}.{ending}")


@router.head("/takes/{take}/clip", include_in_schema=False, response_model=None)
@router.get(
    "/takes/{take}/clip",
    summary="A take",
    response_model=None,
    responses=bytes_answers("video/mp4", "The take, as MP4."),
)
async def take_clip(request: Request, door: TheDoor, production: TheProduction, take: str) -> Response:
    """Send a take's clip."""
    return await _send_take(request, door, await with_bytes(door, production), take, "clip")


@router.head("/takes/{take}/poster", include_in_schema=False, response_model=None)
@router.get(
    "/takes/{take}/poster",
    summary="A picture of a take",
    response_model=None,
    responses=bytes_answers("image/jpeg", "A frame of the take."),
)
async def take_poster(request: Request, door: TheDoor, production: TheProduction, take: str) -> Response:
    """Send a take's poster."""
    return await _send_take(request, door, await with_bytes(door, production), take, "poster")


@router.head("/takes/{take}/hand-over", include_in_schema=False, response_model=None)
@router.get(
    "/takes/{take}/hand-over",
    summary="The last frame of a take",
    response_model=None,
    responses=bytes_answers("image/png", "The last frame, without loss."),
)
async def take_hand_over(request: Request, door: TheDoor, production: TheProduction, take: str) -> Response:
    """Send the frame that a segment continuing this one starts from."""
    return await _send_take(request, door, await with_bytes(door, production), take, "hand-over")


# -- samples and pictures ----------------------------------------------------------------------------------


def rendered_sample(state: Production, sample: str) -> SampleRendered:
    """Return a sample that is there.

    Raises:
        Refused: there is none of that name, or it is not rendered.
    """
    brief, number = pair(sample, "sample", "brief-take, as 1-1")
    found = next((one for one in state.samples if (one.brief, one.take) == (brief, number)), None)
    if found is None:
        raise Refused(
            Reason.UNKNOWN,
            f"{state.id} has no sample {sample}.",
            why=f"It has {len(state.samples)} samples.",
            help="Take the link from the production.",
        )
    if found.rendered is None:
        raise _not_rendered(f"Sample {sample}", found.failure.what if found.failure else None)
    return found.rendered


async def _send_sample(request: Request, door: Door, state: Production, sample: str, part: str) -> Response:
    rendered = rendered_sample(state, sample)
    artifact, ending = (rendered.clip, "mp4") if part == "clip" else (rendered.poster, "jpg")
    return await _send(request, door, artifact, f"{state.id}-sample-{sample}.{ending}")


@router.head("/samples/{sample}/clip", include_in_schema=False, response_model=None)
@router.get(
    "/samples/{sample}/clip",
    summary="A sample",
    response_model=None,
    responses=bytes_answers("video/mp4", "The sample, as MP4."),
)
async def sample_clip(request: Request, door: TheDoor, production: TheProduction, sample: str) -> Response:
    """Send a sample's clip."""
    return await _send_sample(request, door, await with_bytes(door, production), sample, "clip")


@router.head("/samples/{sample}/poster", include_in_schema=False, response_model=None)
@router.get(
    "/samples/{sample}/poster",
    summary="A picture of a sample",
    response_model=None,
    responses=bytes_answers("image/jpeg", "A frame of the sample."),
)
async def sample_poster(request: Request, door: TheDoor, production: TheProduction, sample: str) -> Response:
    """Send a sample's poster."""
    return await _send_sample(request, door, await with_bytes(door, production), sample, "poster")


@router.head("/images/{image}", include_in_schema=False, response_model=None)
@router.get(
    "/images/{image}",
    summary="A picture that the person gave",
    response_model=None,
    responses=bytes_answers("image/png", "The picture, upright and without anything but its pixels."),
)
async def image(request: Request, door: TheDoor, production: TheProduction, image: str) -> Response:
    """Send the n-th picture of the conversation."""
    given = image_of(await with_bytes(door, production), image)
    return await _send(request, door, given, f"{production}-image-{image}.png")


def image_of(state: Production, image: str) -> Artifact:
    """Return the n-th picture of the conversation.

    Raises:
        Refused: there are fewer.
    """
    given = images_of(state)
    if not (image.isascii() and image.isdecimal() and 1 <= int(image[:9]) <= len(given)):
        raise Refused(
            Reason.UNKNOWN,
            f"{state.id} has no picture {image[:40]!r}.",
            why=f"{len(given)} pictures came with its messages.",
            help="Take the link from the production's conversation.",
        )
    return given[int(image) - 1]
