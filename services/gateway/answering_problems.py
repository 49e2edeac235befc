"""What goes wrong is answered with a problem document, also where it is the framework that says so."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from bus.errors import KindlingError, Reason, Refused
from services.gateway.denied import Denied
from services.gateway.links import OLDER
from services.gateway.problems import CALLS, MEDIA_TYPE, RETRY_AFTER_S, Problem, kindling_problem, refusal_problem

log = structlog.get_logger()


def respond(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Return the problem as an answer; to a call of older UIs also with `success` and `error`, which they read."""
    said: dict[str, object] = msgspec.to_builtins(problem)
    if problem.instance in OLDER:
        said |= {"success": False, "error": f"{problem.detail} {problem.help}".strip()}
    return Response(
        msgspec.json.encode(said),
        status_code=problem.status,
        headers={"cache-control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


_FRAMEWORK: dict[int, tuple[str, str]] = {
    404: ("There is nothing at {method} {path}.", CALLS),
    405: ("{path} does not take {method}.", "It takes {allow}."),
    400: ("The request can't be read: {detail}.", "Repeat it as the client meant it."),
}


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"allow": ", ".join(_methods(request)) or headers.get("Allow", headers.get("allow", ""))}
    what, help_ = _FRAMEWORK.get(error.status_code, ("{detail}.", CALLS))
    known = {
        "method": request.method,
        "path": request.url.path[:200],
        "detail": str(error.detail).rstrip("."),
        "allow": headers.get("allow", ""),
    }
    problem = Problem(
        type="about:blank",
        title=status.phrase,
        status=status,
        detail=what.format(**known),
        help=help_.format(**known),
        instance=request.url.path,
    )
    return respond(problem, headers)


def _methods(request: Request) -> list[str]:
    """Return what the address takes; the framework names the methods of the first call at it only."""
    methods: set[str] = set()
    for route in request.app.state.calls:
        assert isinstance(route, APIRoute)
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= route.methods or set()
    return sorted(methods)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    sentences = []
    for one in error.errors():
        place, *names = (str(part) for part in one["loc"])
        sentences.append(f"{place} {'.'.join(names)}: {one['msg']}".rstrip("."))
    refused = Refused(Reason.INVALID, "The request does not fit the call.", why=f"{'; '.join(sentences)}.", help=CALLS)
    return respond(refusal_problem(refused, request.url.path))


async def _on_kindling(request: Request, error: Exception) -> Response:
    assert isinstance(error, KindlingError)
    problem = kindling_problem(error, request.url.path)
    is_passing = problem.status == HTTPStatus.SERVICE_UNAVAILABLE
    if is_passing:
        log.warning("not available", path=request.url.path, what=error.what, why=error.why, help=error.help)
    if isinstance(error, Denied):
        return respond(problem, error.headers)
    return respond(problem, {"retry-after": str(RETRY_AFTER_S)} if is_passing else None)


async def _on_anything(request: Request, error: Exception) -> Response:
    """Say that the fault is ours; the server logs the error itself."""
    return respond(
        Problem(
            type="urn:kindling:problem:fault",
            title="A fault of Kindling",
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
            detail=f"The gateway failed with {type(error).__name__}. Nothing that was acknowledged is lost.",
            help="Try again; if it stays, look into the gateway's log and report it.",
            instance=request.url.path,
        )
    )


def answer_in_problems(app: FastAPI, calls: Sequence[BaseRoute]) -> None:
    """Have the application answer every error with a problem document.

    Args:
        calls: its calls, to say which methods an address takes.
    """
    app.state.calls = calls
    app.add_exception_handler(KindlingError, _on_kindling)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(Exception, _on_anything)
