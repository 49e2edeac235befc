"""Bodies as they come in: measured before they are read, decoded strictly; pictures are opened and written anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from fastapi import Request
from msgspec import Struct
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from bus.errors import Reason, Refused
from bus.plan import Artifact
from bus.ports import Artifacts
from services.gateway.door import Door
from services.gateway.words import WORDS_LENGTH_MAX

JSON = "application/json"
FORM = "multipart/form-data"
DRAIN_BYTES_MAX = 1 << 20
DRAIN_S = 2.0
_FIELDS_MAX = 8

Body = TypeVar("Body", bound=Struct)


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a form as one JSON document, and the pictures that came with it."""

    fields: bytes
    pictures: tuple[UploadFile, ...] = ()

    def as_body(self, body: type[Body]) -> Body:
        """Return the fields as a document.

        Raises:
            Refused: they do not fit it.
        """
        return decode_body(self.fields, body)


def decode_body(content: bytes, body: type[Body]) -> Body:
    """Return a JSON document, strictly: no unknown field, no other type.

    Raises:
        Refused: it does not fit.
    """
    try:
        return msgspec.json.decode(content.strip() or b"{}", type=body)
    except msgspec.ValidationError as error:
        raise Refused(
            Reason.INVALID,
            "The request does not fit the call.",
            why=f"{error}.",
            help="GET /v1/openapi.json shows what the call takes, with an example.",
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(
            Reason.INVALID,
            "The body is no JSON.",
            why=f"{error}.",
            help='Send an object in UTF-8, as in {"words": "A lighthouse at dusk"}.',
        ) from error


async def read_json(request: Request, door: Door, body: type[Body]) -> Body:
    """Return a JSON body; none is the same as an empty object.

    Raises:
        Refused: it is too large, or does not fit.
        HTTPException: it is of another media type.
    """
    if (media_type := _media_type(request)) not in ("", JSON):
        raise _unsupported(media_type, JSON)
    return decode_body(await _read(request, door.limits.json_bytes_max), body)


@asynccontextmanager
async def read_post(request: Request, door: Door) -> AsyncIterator[Posted]:
    """Give a body that may bring pictures: JSON, or a form whose files are closed afterwards.

    Raises:
        Refused: it is too large, or no form.
        HTTPException: it is of another media type.
    """
    media_type = _media_type(request)
    if media_type in ("", JSON):
        yield Posted(await _read(request, door.limits.json_bytes_max))
        return
    if media_type != FORM:
        raise _unsupported(media_type, f"{JSON} or {FORM}")
    form = await _read_form(request, door)
    try:
        yield _posted(form, door)
    finally:
        await form.close()


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _unsupported(media_type: str, wanted: str) -> HTTPException:
    return HTTPException(415, f"This call takes {wanted}, not {media_type[:60]}")


# -- sizes -------------------------------------------------------------------------------------------------


def _too_large(limit_bytes: int, what: str) -> Refused:
    limit = f"{limit_bytes // 1_000_000:,} MB" if limit_bytes >= 10_000_000 else f"{limit_bytes // 1024:,} KiB"
    return Refused(
        Reason.TOO_LARGE,
        f"{what} is too large.",
        why=f"At most {limit} are read.",
        help=f"A message has {WORDS_LENGTH_MAX:,} characters at most; send less text, or fewer and smaller pictures.",
    )


async def _check_size(request: Request, limit_bytes: int) -> None:
    """Refuse by the length that the client states, before anything is read."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > limit_bytes:
        await _drain(request)
        raise _too_large(limit_bytes, "The request")


async def _drain(request: Request) -> None:
    """Read on for a moment: a client that is still sending would not hear the answer."""
    taken = 0
    try:
        async with asyncio.timeout(DRAIN_S):
            async for chunk in request.stream():
                taken += len(chunk)
                if taken > DRAIN_BYTES_MAX:
                    return
    except TimeoutError:
        return


async def _read(request: Request, limit_bytes: int) -> bytes:
    await _check_size(request, limit_bytes)
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit_bytes:
            raise _too_large(limit_bytes, "The request")
    return bytes(content)


# -- forms -------------------------------------------------------------------------------------------------


async def _read_form(request: Request, door: Door) -> FormData:
    limits = door.limits
    await _check_size(request, limits.multipart_bytes_max)
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limits.multipart_bytes_max:
            raise _too_large(limits.multipart_bytes_max, "The request")
        return message

    counted = Request(request.scope, receive)
    try:
        return await counted.form(
            max_files=limits.images_max, max_fields=_FIELDS_MAX, max_part_size=limits.json_bytes_max
        )
    except HTTPException as error:
        # Starlette says so of forms that break a limit as well as of those that break off.
        raise Refused(
            Reason.INVALID,
            "The form can't be read.",
            why=f"{str(error.detail).rstrip('.')}.",
            help=f"Send multipart/form-data with the fields words and options and up to {limits.images_max} "
            "files named images.",
        ) from error


def _posted(form: FormData, door: Door) -> Posted:
    fields: dict[str, str | msgspec.Raw] = {}
    pictures: list[UploadFile] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name != "images":
                raise _unknown_part(f"The file {name[:60]!r} is not known.")
            if (value.size or 0) > door.limits.image_bytes_max:
                raise _too_large(door.limits.image_bytes_max, f"The picture {len(pictures) + 1}")
            pictures.append(value)
        elif name == "images":
            raise _unknown_part("The field 'images' holds text, and is to hold a file.")
        elif name in fields:
            raise _unknown_part(f"The field {name[:60]!r} is there twice.")
        else:
            # What is a document of its own comes as JSON inside the form.
            fields[name] = msgspec.Raw(_checked_json(value).encode()) if name == "options" else value
    return Posted(msgspec.json.encode(fields), tuple(pictures))


def _checked_json(text: str) -> str:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise _unknown_part(f"The field 'options' is no JSON: {error}.") from error
    return text


def _unknown_part(what: str) -> Refused:
    return Refused(
        Reason.INVALID,
        "The form does not fit the call.",
        why=what,
        help="It takes the field words, where the call has them the field options (JSON), and files named images.",
    )


# -- pictures ----------------------------------------------------------------------------------------------


async def keep_pictures(pictures: tuple[UploadFile, ...], door: Door) -> tuple[Artifact, ...]:
    """Take the pictures into the store: opened, turned upright, and written anew without anything but their pixels.

    Raises:
        Refused: one is no picture, broken, or too large; which one is said.
    """
    kept: list[Artifact] = []
    for number, picture in enumerate(pictures, start=1):
        async with door.opening_pictures:
            content = await picture.read()
            kept.append(await asyncio.to_thread(_keep, number, content, door.artifacts))
    return tuple(kept)


def _keep(number: int, content: bytes, artifacts: Artifacts) -> Artifact:
    # Here and not above: these libraries are half of the start and of the memory, and few films begin with a picture.
    from services._kit.pictures import NotAPicture, open_picture, write_png

    try:
        frame = open_picture(content)
    except NotAPicture as error:
        raise Refused(
            Reason.INVALID,
            f"Picture {number} can't be taken.",
            why=str(error),
            help="Nothing of the message was kept: send it again with another picture, or without.",
        ) from error
    with artifacts.workspace() as folder:
        file = folder / "picture.png"
        write_png(frame, file)
        size_bytes = file.stat().st_size
        digest = artifacts.keep(file)
    height, width = frame.shape[:2]
    return Artifact(digest=digest, media_type="image/png", size_bytes=size_bytes, width=width, height=height)
