"""The description of the calls: schemas from the very types that are sent, and an example of each call."""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import Struct

from bus.plan import Plan
from services.gateway import problems, requests
from services.gateway.events_view import EventPage
from services.gateway.health import Health
from services.gateway.problems import Problem
from services.gateway.view import Page, ProductionView

# An OpenAPI document is JSON of a form that is not ours to type.
JsonObject: TypeAlias = "dict[str, object]"
Answers: TypeAlias = "dict[int | str, dict[str, object]]"

_SHOWN: tuple[type[Struct], ...] = (
    Health,
    Page,
    ProductionView,
    EventPage,
    Plan,
    Problem,
    requests.CreateBody,
    requests.MessageBody,
    requests.RedirectBody,
    requests.AnswerBody,
    requests.ApproveBody,
    requests.OverruleBody,
    requests.RedoBody,
    requests.ResumeBody,
    requests.CancelBody,
)


def _ref(document: type[Struct]) -> JsonObject:
    return {"$ref": f"#/components/schemas/{document.__name__}"}


def body(document: type[Struct], example: JsonObject, *, pictures: bool = False, required: bool = True) -> JsonObject:
    """Return the description of a call's body, for `openapi_extra`."""
    content: JsonObject = {"application/json": {"schema": _ref(document), "example": example}}
    if pictures:
        fields: JsonObject = {
            "words": {"type": "string"},
            "images": {
                "type": "array",
                "maxItems": 8,
                "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                "description": "PNG, JPEG or WebP, 25 MB each.",
            },
        }
        if document is requests.CreateBody:
            fields["options"] = {"type": "string", "contentMediaType": "application/json"}
        if document is requests.RedirectBody:
            fields["sample"] = {"type": "string"}
        content["multipart/form-data"] = {"schema": {"type": "object", "properties": fields}}
    return {"requestBody": {"required": required, "content": content}}


_PROBLEMS: dict[int, tuple[str, str, str]] = {
    400: ("The range can't be understood.", "range", "The header Range is of no form that is known."),
    403: ("The content policy refuses it.", "policy", "The content policy refuses this."),
    404: ("There is no such thing.", "unknown", "There is no production lighthouse-7q2k."),
    409: ("Not possible now; the state is named.", "not_now", "Sample 1-1 is already approved."),
    410: ("The bytes are gone.", "missing", "The artifact 3f2a… is missing from the store."),
    413: ("Too much at once.", "too_large", "The message has 100,000 characters. At most 8,000 are read."),
    415: ("Of another media type.", "unsupported", "This call takes application/json, not text/plain."),
    416: ("No such bytes.", "range", "The file has 1,024 bytes."),
    422: ("The request can't be understood.", "invalid", "The message is empty."),
    503: ("The log can't be reached: try again.", "log_unavailable", "The log gives no answer."),
}


def answers(document: type[Struct], example: JsonObject, *statuses: int, status: int = 200) -> Answers:
    """Return the description of a call's answers: its document, and the problems it may have."""
    said: JsonObject = {"application/json": {"schema": _ref(document), "example": example}}
    return {status: {"description": _first_line(document), "content": said}, **problem_answers(*statuses)}


def bytes_answers(media_type: str, what: str) -> Answers:
    """Return the description of the answers of a call that sends bytes, in ranges."""
    content: JsonObject = {media_type: {"schema": {"type": "string", "contentMediaType": media_type}}}
    return {
        200: {"description": what, "content": content},
        206: {"description": "The range that was asked for.", "content": content},
        304: {"description": "What the client has is what there is."},
        **problem_answers(400, 404, 409, 410, 416, 422, 503),
    }


def problem_answers(*statuses: int) -> Answers:
    """Return the description of the problems that a call may answer with."""
    return {
        status: {
            "description": _PROBLEMS[status][0],
            "content": {problems.MEDIA_TYPE: {"schema": _ref(Problem), "example": _problem_example(status)}},
        }
        for status in statuses
    }


def _problem_example(status: int) -> JsonObject:
    title, kind, detail = _PROBLEMS[status]
    return {
        "type": f"urn:kindling:problem:{kind}",
        "title": title.rstrip("."),
        "status": status,
        "detail": detail,
        "help": "What to do next.",
        "instance": "/v1/productions/lighthouse-7q2k",
    }


def _first_line(document: type[Struct]) -> str:
    return (document.__doc__ or document.__name__).strip().splitlines()[0]


def describe(app: FastAPI) -> None:
    """Have the application describe itself with the schemas of the documents that it sends and takes."""
    app.openapi = partial(_description, app)  # type: ignore[method-assign]


def _description(app: FastAPI) -> JsonObject:
    if app.openapi_schema is None:
        described: JsonObject = get_openapi(
            title=app.title, version=app.version, summary=app.summary, description=app.description, routes=app.routes
        )
        _, schemas = msgspec.json.schema_components(_SHOWN, ref_template="#/components/schemas/{name}")
        components = described.setdefault("components", {})
        assert isinstance(components, dict)
        components["schemas"] = dict(sorted(schemas.items()))
        app.openapi_schema = described
    return app.openapi_schema
