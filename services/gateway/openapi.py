"""The description of the calls: schemas from the very types that are sent, and an example of each call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TypeAlias

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from msgspec import Struct
from starlette.routing import BaseRoute

from bus.errors import KindlingError
from bus.plan import Plan
from services.gateway import problems, requests
from services.gateway.branch_view import OutlookView
from services.gateway.choices import Choices
from services.gateway.comparison_view import ComparisonView
from services.gateway.conversation_view import Conversation
from services.gateway.events_view import EventPage
from services.gateway.example_problems import APPROVED, NO_FILM, described_problem, example_address, problem_example
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
        fields = {
            name: one if isinstance(one, str) else msgspec.json.encode(one).decode() for name, one in example.items()
        }
        content["multipart/form-data"] = {
            "schema": {"type": "object", "properties": _form_fields(document)},
            "example": fields,
        }
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


NOT_MODIFIED: Answers = {304: {"description": "What the client has is what there is."}}


def answers(
    document: type[Struct], example: JsonObject, *statuses: int, status: int = 200, now: KindlingError = APPROVED
) -> Answers:
    """Return the description of a call's answers: its document, and the problems it may have.

    Args:
        now: an example of why it may not be possible now (409).
    """
    said: JsonObject = {"application/json": {"schema": _ref(document), "example": example}}
    return {status: {"description": _first_line(document), "content": said}, **problem_answers(*statuses, now=now)}


def bytes_answers(media_type: str, what: str, *, in_ranges: bool = True) -> Answers:
    """Return the description of the answers of a call that sends bytes, in ranges where they are asked for."""
    some: JsonObject = {"schema": {"type": "string", "contentMediaType": media_type}}
    all_: JsonObject = {"schema": {"type": "object"}} if media_type.endswith("json") else some
    whole: Answers = {200: {"description": what, "content": {media_type: all_}}, **NOT_MODIFIED}
    if not in_ranges:
        return {**whole, **problem_answers(404, 409, 410, 422, 503, now=NO_FILM)}
    return {
        **whole,
        206: {"description": "The range that was asked for.", "content": {media_type: some}},
        **problem_answers(400, 404, 409, 410, 416, 422, 503, now=NO_FILM),
    }


def problem_answers(*statuses: int, now: KindlingError = APPROVED) -> Answers:
    """Return the description of the problems that a call may answer with.

    Args:
        now: an example of why it may not be possible now (409).
    """
    return {
        status: {
            "description": described_problem(status),
            "content": {problems.MEDIA_TYPE: {"schema": _ref(Problem), "example": problem_example(status, now)}},
        }
        for status in statuses
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
        _as_sent(described, app.state.calls)
        components["schemas"] = dict(sorted((of_queries | schemas).items()))
        app.openapi_schema = described
    return app.openapi_schema


def _as_sent(described: JsonObject, calls: Sequence[BaseRoute]) -> None:
    """Put the examples in as they are sent: with their address, and what is null, which the framework leaves out."""
    paths = described["paths"]
    assert isinstance(paths, dict)
    for call in calls:
        if not isinstance(call, APIRoute) or not call.include_in_schema:
            continue
        for method in call.methods or ():
            for status, answer in paths[call.path_format][method.lower()]["responses"].items():
                ours = call.responses.get(int(status), {}).get("content", {})
                for media_type, content in answer.get("content", {}).items():
                    if media_type == problems.MEDIA_TYPE:
                        content["example"] = {**content["example"], "instance": example_address(call.path_format)}
                    elif "example" in content:
                        content["example"] = ours[media_type]["example"]


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
