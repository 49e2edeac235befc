"""Bodies as they come in: measured before they are read, decoded strictly; pictures are opened and written anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from fastapi import Request
from msgspec import Struct, structs
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from bus.errors import Reason, Refused
from bus.plan import Artifact
from bus.ports import Artifacts
from services.gateway.denied import Bar, Denied
from services.gateway.door import Door
from services.gateway.words import WORDS_LENGTH_MAX

JSON = "application/json"
FORM = "multipart/form-data"
DRAIN_BYTES_MAX = 1 << 20
DRAIN_S = 2.0
_FIELDS_MAX = 16

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
    said = content.strip() or b"{}"
    try:
        decoded = msgspec.json.decode(said, type=body)
        # Documents of the bus are tolerant, for what is on the log stays readable; at the door they are not.
        for path in unknown_fields(decoded, msgspec.json.decode(said)):
            raise msgspec.ValidationError(f"Object contains unknown field `{path}`")
        return decoded
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


def unknown_fields(decoded: object, said: object, path: str = "$") -> Iterator[str]:
    """Yield where a document says something that its type has no field for."""
    if isinstance(decoded, Struct) and isinstance(said, dict):
        names = {one.encode_name: one.name for one in structs.fields(decoded)}
        tag_field = decoded.__struct_config__.tag_field
        for key, value in said.items():
            if key in names:
                yield from unknown_fields(getattr(decoded, names[key]), value, f"{path}.{key}")
            elif key != tag_field:
                yield f"{path}.{key}"[:200]
    elif isinstance(decoded, tuple | list) and isinstance(said, list):
        for index, (one, value) in enumerate(zip(decoded, said, strict=False)):
            yield from unknown_fields(one, value, f"{path}[{index}]")


async def read_json(request: Request, door: Door, body: type[Body], *, limit_bytes: int | None = None) -> Body:
    """Return a JSON body; none is the same as an empty object.

    Args:
        limit_bytes: how large it may be; what the door allows if left out.

    Raises:
        Refused: it is too large, or does not fit.
        HTTPException: it is of another media type.
    """
    if (media_type := media_type_of(request)) not in ("", JSON):
        raise _unsupported(media_type, JSON)
    return decode_body(await read_bytes(request, door, limit_bytes or door.limits.json_bytes_max), body)


@asynccontextmanager
async def read_post(
    request: Request, door: Door, *, documents: frozenset[str] = frozenset({"options"})
) -> AsyncIterator[Posted]:
    """Give a body that may bring pictures: JSON, or a form whose files are closed afterwards.

    Args:
        documents: the fields of a form that hold JSON; all others hold text.

    Raises:
        Refused: it is too large, or no form.
        HTTPException: it is of another media type.
    """
    media_type = media_type_of(request)
    if media_type in ("", JSON):
        yield Posted(await read_bytes(request, door, door.limits.json_bytes_max))
        return
    if media_type != FORM:
        raise _unsupported(media_type, f"{JSON} or {FORM}")
    form = await read_form(request, door)
    try:
        yield _posted(form, door, documents)
    finally:
        await form.close()


def media_type_of(request: Request) -> str:
    """Return the media type of a body, without its parameters; empty where none is said."""
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


async def read_bytes(request: Request, door: Door, limit_bytes: int) -> bytes:
    """Return a body as it is.

    Raises:
        Refused: it is too large.
        Denied: it does not come in.
    """
    await _check_size(request, limit_bytes)
    content = bytearray()
    async with _in_time(door.limits.slow_body_s):
        async for chunk in request.stream():
            content += chunk
            if len(content) > limit_bytes:
                raise _too_large(limit_bytes, "The request")
    return bytes(content)


@asynccontextmanager
async def _in_time(within_s: float) -> AsyncIterator[None]:
    """Give up on a body that does not come in: whoever sends a byte a minute would hold the connection for ever."""
    try:
        async with asyncio.timeout(within_s):
            yield
    except TimeoutError as error:
        raise Denied(
            Bar.SLOW,
            f"The request did not come in within {within_s:g} s.",
            help="Send it again, over a faster connection or with smaller pictures.",
            headers={"connection": "close"},
        ) from error


# -- forms -------------------------------------------------------------------------------------------------


async def read_form(request: Request, door: Door, *, fields_max: int = _FIELDS_MAX) -> FormData:
    """Return a form, to be closed by whoever asked for it.

    Raises:
        Refused: it is too large, or no form.
        Denied: it does not come in.
    """
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
        async with _in_time(limits.slow_form_s):
            return await counted.form(
                max_files=limits.images_max, max_fields=fields_max, max_part_size=limits.json_bytes_max
            )
    except HTTPException as error:
        # Starlette says so of forms that break a limit as well as of those that break off.
        raise Refused(
            Reason.INVALID,
            "The form can't be read.",
            why=f"{str(error.detail).rstrip('.')}.",
            help=f"Send multipart/form-data with the call's fields and up to {limits.images_max} files.",
        ) from error


def _posted(form: FormData, door: Door, documents: frozenset[str]) -> Posted:
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
            fields[name] = msgspec.Raw(_checked_json(name, value).encode()) if name in documents else value
    return Posted(msgspec.json.encode(fields), tuple(pictures))


def _checked_json(name: str, text: str) -> str:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise _unknown_part(f"The field {name!r} is no JSON: {error}.") from error
    return text


def _unknown_part(what: str) -> Refused:
    return Refused(
        Reason.INVALID,
        "The form does not fit the call.",
        why=what,
        help="It takes the call's fields, those that are no text as JSON, and files named images.",
    )


# -- pictures ----------------------------------------------------------------------------------------------


async def keep_pictures(pictures: tuple[UploadFile, ...], door: Door) -> tuple[Artifact, ...]:
    """Take the pictures into the store: opened, turned upright, and written anew without anything but their pixels.

    Raises:
        Refused: one is no picture, broken, or too large; which one is said.
    """
    kept: list[Artifact] = []
    for number, picture in enumerate(pictures, start=1):
        kept.append(await keep_picture(number, await picture.read(), door))
    return tuple(kept)


async def keep_picture(number: int, content: bytes, door: Door) -> Artifact:
    """Take one picture into the store; `number` is what it is called in an error.

    Raises:
        Refused: it is no picture, broken, or too large.
    """
    if len(content) > door.limits.image_bytes_max:
        raise _too_large(door.limits.image_bytes_max, f"The picture {number}")
    async with door.opening_pictures:
        return await asyncio.to_thread(_keep, number, content, door.artifacts)


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
