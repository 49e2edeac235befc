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
from services.gateway.branch_view import OutlookView
from services.gateway.choices import Choices
from services.gateway.comparison_view import ComparisonView
from services.gateway.conversation_view import Conversation
from services.gateway.events_view import EventPage
from services.gateway.experience import Experience
from services.gateway.guard import OPEN
from services.gateway.health import Entrance, Health, PassView
from services.gateway.older import Job
from services.gateway.problems import Problem
from services.gateway.stand_view import StandView
from services.gateway.stills_view import FramesView
from services.gateway.view import Page, ProductionView

# An OpenAPI document is JSON of a form that is not ours to type.
JsonObject: TypeAlias = "dict[str, object]"
Answers: TypeAlias = "dict[int | str, dict[str, object]]"

_SHOWN: tuple[type[Struct], ...] = (
    Entrance,
    Experience,
    Health,
    Choices,
    PassView,
    Page,
    ProductionView,
    EventPage,
    StandView,
    FramesView,
    Conversation,
    Plan,
    Problem,
    Job,
    requests.CreateBody,
    requests.MessageBody,
    requests.RedirectBody,
    requests.AnswerBody,
    requests.ApproveBody,
    requests.OverruleBody,
    requests.RedoBody,
    requests.ResumeBody,
    requests.CancelBody,
    requests.PassBody,
    requests.ClipBody,
    requests.StitchBody,
    requests.ForkBody,
    requests.AgainBody,
    OutlookView,
    ComparisonView,
)


def _ref(document: type[Struct]) -> JsonObject:
    return {"$ref": f"#/components/schemas/{document.__name__}"}


def body(document: type[Struct], example: JsonObject, *, pictures: bool = False, required: bool = True) -> JsonObject:
    """Return the description of a call's body, for `openapi_extra`."""
    content: JsonObject = {"application/json": {"schema": _ref(document), "example": example}}
    if pictures:
        content["multipart/form-data"] = {"schema": {"type": "object", "properties": _form_fields(document)}}
    return {"requestBody": {"required": required, "content": content}}


_FORM_FIELDS: dict[type[Struct], tuple[tuple[str, ...], tuple[str, ...]]] = {
    requests.CreateBody: (("words",), ("options",)),
    requests.MessageBody: (("words",), ()),
    requests.AnswerBody: (("words",), ()),
    requests.RedirectBody: (("words", "sample"), ()),
    requests.ClipBody: (
        ("prompt", "negative", "title", "mode", "renderer"),
        ("size", "frames", "duration_s", "seed", "steps", "loras", "accept_smaller"),
    ),
}
"""The fields of each form: those that hold text, and those that hold JSON."""


def _form_fields(document: type[Struct]) -> JsonObject:
    texts, documents = _FORM_FIELDS[document]
    return {
        **{name: {"type": "string"} for name in texts},
        **{name: {"type": "string", "contentMediaType": "application/json"} for name in documents},
        "images": {
            "type": "array",
            "maxItems": 8,
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
            "description": "PNG, JPEG or WebP, 25 MB each.",
        },
    }


_PROBLEMS: dict[int, tuple[str, str, str]] = {
    400: ("The range can't be understood.", "range", "The header Range is of no form that is known."),
    403: (
        "The content policy refuses it; or the token or the page may not do this.",
        "policy",
        "The content policy refuses this.",
    ),
    404: ("There is no such thing.", "unknown", "There is no production lighthouse-7q2k."),
    401: ("A token is needed, or this one is not known.", "token", "This gateway takes a token."),
    408: ("The request took too long to come in.", "slow", "The request did not come in within 60 s."),
    421: ("The address names a host that this gateway is not.", "host", "This gateway is not called 'example.org'."),
    429: (
        "Too often; `Retry-After` says when to come again.",
        "rate",
        "That was asked for more than 60 times a minute.",
    ),
    412: ("Somebody else changed it meanwhile.", "changed", "The plan is at revision 3, and you edited revision 2."),
    428: ("It is not said what the call is based on.", "condition_needed", "The header If-Match is missing."),
    409: ("Not possible now; the state is named.", "not_now", "Sample 1-1 is already approved."),
    410: ("The bytes are gone.", "missing", "The artifact 3f2a… is missing from the store."),
    413: ("Too much at once.", "too_large", "The message has 100,000 characters. At most 8,000 are read."),
    415: ("Of another media type.", "unsupported", "This call takes application/json, not text/plain."),
    416: ("No such bytes.", "range", "The file has 1,024 bytes."),
    422: ("The request can't be understood.", "invalid", "The message is empty."),
    503: ("The log can't be reached: try again.", "log_unavailable", "The log gives no answer."),
}


NOT_MODIFIED: Answers = {304: {"description": "What the client has is what there is."}}


def answers(document: type[Struct], example: JsonObject, *statuses: int, status: int = 200) -> Answers:
    """Return the description of a call's answers: its document, and the problems it may have."""
    said: JsonObject = {"application/json": {"schema": _ref(document), "example": example}}
    return {status: {"description": _first_line(document), "content": said}, **problem_answers(*statuses)}


def bytes_answers(media_type: str, what: str, *, in_ranges: bool = True) -> Answers:
    """Return the description of the answers of a call that sends bytes, in ranges where they are asked for."""
    content: JsonObject = {media_type: {"schema": {"type": "string", "contentMediaType": media_type}}}
    whole: Answers = {200: {"description": what, "content": content}, **NOT_MODIFIED}
    if not in_ranges:
        return {**whole, **problem_answers(404, 409, 410, 422, 503)}
    return {
        **whole,
        206: {"description": "The range that was asked for.", "content": content},
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
        of_queries = components.get("schemas", {})
        assert isinstance(of_queries, dict)
        for name in ("HTTPValidationError", "ValidationError"):
            # What the framework would answer; our answer is a problem document.
            of_queries.pop(name, None)
        _add_the_guard(described)
        components["schemas"] = dict(sorted((of_queries | schemas).items()))
        app.openapi_schema = described
    return app.openapi_schema


def _add_the_guard(described: JsonObject) -> None:
    """Add the problems that any call may have before it is looked at, and how a token is sent."""
    paths, components = described["paths"], described["components"]
    assert isinstance(paths, dict)
    assert isinstance(components, dict)
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "As `kindling token new` shows it."},
        "pass": {
            "type": "apiKey",
            "in": "query",
            "name": "pass",
            "description": "To look only; see `POST /v1/passes`.",
        },
    }
    for path, calls in paths.items():
        for method, call in calls.items():
            statuses = [421] if path in OPEN else [401, 403, 421]
            if method != "get":
                statuses.append(408)
            call["security"] = [] if path in OPEN else [{}, {"token": []}, *([{"pass": []}] if method == "get" else [])]
            call["responses"] = {
                **{str(key): value for key, value in problem_answers(*statuses).items()},
                **call["responses"],
            }
