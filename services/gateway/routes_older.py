"""Calls that older UIs of this family know: clips and joined films, under their names. Off unless it is set."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from bus.errors import Reason, Refused
from bus.ids import parse_production_id
from bus.plan import Artifact
from bus.production import Production
from services.gateway import example_older, examples
from services.gateway.answering import document, known
from services.gateway.clips import mode_of
from services.gateway.door import Costs, Door, TheDoor
from services.gateway.example_problems import NO_SERVER
from services.gateway.older import (
    CLIP_FIELDS,
    END_IMAGE_FIELDS,
    IMAGE_FIELDS,
    STATUS_FIELDS,
    Fields,
    Job,
    clip_of,
    files_of,
    job_of,
    link_of,
)
from services.gateway.openapi import answers
from services.gateway.requests import StitchBody
from services.gateway.routes_clips import begun_clip, begun_joining
from services.gateway.uploads import JSON, keep_picture, media_type_of, read_bytes, read_form
from services.gateway.words import message_of

URLENCODED: Final = "application/x-www-form-urlencoded"
FIELDS_MAX: Final = 128

router = APIRouter(tags=["older UIs"])

_ANSWERS = answers(Job, examples.JOB, 403, 404, 409, 410, 413, 415, 422, 429, 503, now=NO_SERVER)


@router.post(
    "/generate_wan_video",
    dependencies=[Costs],
    summary="A clip from a picture",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=example_older.FROM_PICTURE,
)
async def generate_wan_video(request: Request, door: TheDoor) -> Response:
    """Ask for a clip that starts from a picture: JSON or a form; see `POST /v1/clips`."""
    return await _generate(request, door, is_from_picture=True)


@router.post(
    "/generate_wan_t2v",
    dependencies=[Costs],
    summary="A clip from text",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=example_older.FROM_TEXT,
)
async def generate_wan_t2v(request: Request, door: TheDoor) -> Response:
    """Ask for a clip from words alone: JSON or a form; see `POST /v1/clips`."""
    return await _generate(request, door, is_from_picture=False)


@router.post(
    "/stitch_videos",
    dependencies=[Costs],
    summary="Join videos",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=example_older.STITCH,
)
async def stitch_videos(request: Request, door: TheDoor) -> Response:
    """Join files of the folder of the films; see `POST /v1/stitch`."""
    fields, pictures = await _read(request, door)
    if pictures:
        raise _no_pictures()
    files, title = files_of(fields)
    said = StitchBody(clips=tuple(link_of(one, door.folder) for one in files), title=title)
    state, _ = await begun_joining(door, said, request.headers.get("host", ""), None)
    return _job(door, state)


@router.get(
    "/video_status",
    summary="How a job is",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=example_older.STATUS_QUERY,
)
@router.post(
    "/video_status",
    summary="How a job is",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=example_older.STATUS,
)
async def video_status(request: Request, door: TheDoor) -> Response:
    """Say how a clip or a joined film is: `job_id` in the address, in a form or in JSON."""
    fields: dict[str, tuple[object, ...]] = {name: (value,) for name, value in request.query_params.items()}
    fields.pop("pass", None)
    if request.method == "POST":
        sent, _ = await _read(request, door)
        fields |= dict(sent)
    strange = [name for name in fields if name not in STATUS_FIELDS]
    named = [value for values in fields.values() for value in values]
    if strange or len(named) != 1 or not isinstance(named[0], str):
        raise Refused(
            Reason.INVALID,
            f"The field {strange[0][:60]!r} is not known." if strange else "It is not said which job.",
            why=f"One of {' and '.join(STATUS_FIELDS)} names it.",
            help="docs/older-uis.md lists what is understood.",
        )
    try:
        production = parse_production_id(named[0])
    except ValueError as error:
        raise Refused(
            Reason.UNKNOWN, f"There is no job {named[0][:60]!r}.", help="Name it as the call that began it did."
        ) from error
    return _job(door, await known(door, production))


def _job(door: Door, state: Production) -> Response:
    return document(job_of(state, door.index.steps.of(state.id)))


async def _generate(request: Request, door: Door, *, is_from_picture: bool) -> Response:
    fields, pictures = await _read(request, door)
    asked = clip_of(fields)
    if is_from_picture != bool(pictures):
        raise Refused(
            Reason.INVALID,
            "There is no picture." if is_from_picture else "A picture came with it.",
            why="This call starts from one." if is_from_picture else "This call takes words alone.",
            help="Send it as the file or the base64 of `image`."
            if is_from_picture
            else "Post to /generate_wan_video instead.",
        )
    mode_of(asked, len(pictures))
    message_of(asked.prompt, len(pictures), rules=door.rules)
    images: list[Artifact] = []
    for number, content in enumerate(pictures, start=1):
        images.append(await keep_picture(number, content, door))
    state, _ = await begun_clip(door, asked, tuple(images), None)
    return _job(door, state)


# -- bodies --------------------------------------------------------------------------------------------------


async def _read(request: Request, door: Door) -> tuple[Fields, tuple[bytes, ...]]:
    """Return what was sent, and the pictures: first the one that it starts from.

    Raises:
        Refused: it is too large, or can't be read.
        HTTPException: it is of another media type.
    """
    media_type = media_type_of(request)
    if media_type in ("", JSON):
        # A picture may be in it, in base64.
        limit = door.limits.json_bytes_max + 2 * (door.limits.image_bytes_max * 4 // 3)
        return _from_json(await read_bytes(request, door, limit))
    if media_type == URLENCODED:
        content = await read_bytes(request, door, door.limits.json_bytes_max)
        return _from_pairs(content.decode("utf-8", "replace")), ()
    if media_type != "multipart/form-data":
        raise HTTPException(415, f"This call takes {JSON} or a form, not {media_type[:60]}")
    return await _from_form(request, door)


def _from_pairs(content: str) -> Fields:
    try:
        pairs = parse_qsl(content, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise Refused(
            Reason.INVALID,
            "The form can't be read.",
            why=f"It has more than {FIELDS_MAX} fields.",
            help="docs/older-uis.md lists what is understood.",
        ) from error
    fields: dict[str, tuple[object, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return fields


def _from_json(content: bytes) -> tuple[Fields, tuple[bytes, ...]]:
    try:
        said = msgspec.json.decode(content.strip() or b"{}", type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(Reason.INVALID, "The body is no JSON object.", why=f"{error}.", help="Send one.") from error
    found: dict[str, bytes] = {}
    for names, kind in ((IMAGE_FIELDS, "first"), (END_IMAGE_FIELDS, "last")):
        for name in names:
            value = said.pop(name, None)
            if value in (None, ""):
                continue
            if not isinstance(value, str):
                raise _no_base64(name)
            try:
                found[kind] = base64.b64decode(value.partition("base64,")[2] or value, validate=True)
            except binascii.Error as error:
                raise _no_base64(name) from error
    pictures = tuple(found[kind] for kind in ("first", "last") if kind in found)
    return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in said.items()}, pictures


async def _from_form(request: Request, door: Door) -> tuple[Fields, tuple[bytes, ...]]:
    form = await read_form(request, door, fields_max=FIELDS_MAX)
    try:
        fields: dict[str, tuple[object, ...]] = {}
        found: dict[str, bytes] = {}
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields[name] = (*fields.get(name, ()), value)
            elif name in (*IMAGE_FIELDS, *END_IMAGE_FIELDS):
                found["last" if name in END_IMAGE_FIELDS else "first"] = await value.read()
            else:
                raise _no_pictures(name)
        return fields, tuple(found[kind] for kind in ("first", "last") if kind in found)
    finally:
        await form.close()


def _no_base64(name: str) -> Refused:
    return Refused(
        Reason.INVALID,
        f"{name} is no picture in base64.",
        why="In JSON a picture is its bytes in base64, with or without `data:image/…;base64,` before it.",
        help="Send it so, or as a file in a form.",
    )


def _no_pictures(name: str = "image") -> Refused:
    return Refused(
        Reason.INVALID,
        f"The file {name[:60]!r} is not known here.",
        why=f"Files are sent as {', '.join((*IMAGE_FIELDS, *END_IMAGE_FIELDS))}.",
        help=f"Other fields that are understood: {', '.join(CLIP_FIELDS)}.",
    )
