"""What Ollama's published interface takes, decoded strictly, and what of a schema its grammars do not enforce."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The runtime options that the documentation names."""

    num_ctx: int | UnsetType = UNSET
    num_predict: int | UnsetType = UNSET
    num_keep: int | UnsetType = UNSET
    num_gpu: int | UnsetType = UNSET
    num_thread: int | UnsetType = UNSET
    seed: int | UnsetType = UNSET
    temperature: float | UnsetType = UNSET
    top_k: int | UnsetType = UNSET
    top_p: float | UnsetType = UNSET
    min_p: float | UnsetType = UNSET
    repeat_penalty: float | UnsetType = UNSET
    presence_penalty: float | UnsetType = UNSET
    frequency_penalty: float | UnsetType = UNSET
    stop: str | list[str] | UnsetType = UNSET


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """One message of a chat."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    images: list[str] = []
    thinking: str | UnsetType = UNSET
    tool_name: str | UnsetType = UNSET
    tool_calls: list[object] = []


Schema = dict[str, object]
Named = Annotated[str, Meta(min_length=1)]


class Chat(Struct, frozen=True, forbid_unknown_fields=True):
    """POST /api/chat."""

    model: Named
    messages: list[Message] = []
    tools: list[object] = []
    format: Literal["", "json"] | Schema | UnsetType = UNSET
    options: Options = Options()
    stream: bool = True
    think: bool | Literal["low", "medium", "high", "max"] | UnsetType = UNSET
    keep_alive: str | float | UnsetType = UNSET
    logprobs: bool | UnsetType = UNSET
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | UnsetType = UNSET


class Generate(Struct, frozen=True, forbid_unknown_fields=True):
    """POST /api/generate; here it only loads and unloads."""

    model: Named
    prompt: str = ""
    stream: bool = True
    keep_alive: str | float | UnsetType = UNSET
    options: Options = Options()
    raw: bool | UnsetType = UNSET


class Show(Struct, frozen=True, forbid_unknown_fields=True):
    """POST /api/show."""

    model: Named
    verbose: bool | UnsetType = UNSET


ENFORCED = frozenset(
    [
        *("type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems", "maxItems"),
        *("minLength", "maxLength", "minimum", "maximum", "anyOf"),
    ]
)
"""Keywords that the grammars of all versions enforce, on the types on which they do."""


def faults_of_schema(node: object, path: str = "$") -> Iterator[str]:
    """Yield what some version of Ollama would not enforce, or fail over."""
    if not isinstance(node, dict):
        yield f"{path}: no schema"
        return
    for keyword in node.keys() - ENFORCED:
        yield f"{path}: {keyword} is not enforced"
    match node:
        case {"anyOf": list() as choices}:
            if "properties" in node:
                yield f"{path}: properties beside anyOf are dropped"
            for number, one in enumerate(choices):
                yield from faults_of_schema(one, f"{path}.anyOf[{number}]")
        case {"type": "object"}:
            properties = node.get("properties")
            if not isinstance(properties, dict) or node.get("additionalProperties") is not False:
                yield f"{path}: any object would do"
                return
            if node.get("required") != list(properties):
                yield f"{path}: not every field is required"
            if list(properties) != sorted(properties):
                yield f"{path}: some versions write the fields in another order"
            for name, one in properties.items():
                yield from faults_of_schema(one, f"{path}.{name}")
        case {"type": "array"}:
            if not 0 <= node.get("maxItems", 10**9) <= 1000:
                yield f"{path}: a list without an end"
            yield from faults_of_schema(node.get("items"), f"{path}[]")
        case {"type": "string"} if "enum" not in node and "const" not in node:
            if not 0 <= node.get("maxLength", 10**9) < 2000:
                yield f"{path}: a text without an end"
        case {"type": "number"}:
            yield f"{path}: the bounds of a float are not enforced"
        case {"enum": _} | {"const": _} | {"type": "string" | "integer" | "boolean" | "null"}:
            pass
        case _:
            yield f"{path}: anything would do"


def faults_of_images(chat: Chat) -> Iterator[str]:
    """Yield what is wrong with pictures that go along."""
    for message in chat.messages:
        for image in message.images:
            try:
                content = base64.b64decode(image, validate=True)
            except binascii.Error:
                yield "an image is no base64"
                continue
            if not content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
                yield "an image is neither PNG nor JPEG"
        if "[img-" in message.content:
            yield "`[img-` in the words switches the placing of images off"
        if message.content.count("[img]") != len(message.images):
            yield f"{message.content.count('[img]')} places for {len(message.images)} images"


def decoded(content: bytes, shape: type[Chat] | type[Generate] | type[Show]) -> Chat | Generate | Show:
    """Return the request.

    Raises:
        ValueError: it is none that the documentation knows.
    """
    return msgspec.json.decode(content, type=shape)
