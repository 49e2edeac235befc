"""Every error as a problem document (RFC 9457): what, why, and what to do next. Pure."""

from __future__ import annotations

from http import HTTPStatus

from msgspec import Struct

from bus.errors import Conflict, KindlingError, LogUnavailable, MissingArtifact, Reason, Refused
from services.gateway.denied import STATUS_OF as BAR_STATUS_OF
from services.gateway.denied import TITLE_OF, Denied

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
CALLS = "GET /v1/openapi.json lists the calls, with an example of each."


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document."""

    type: str
    """`urn:kindling:problem:` and the kind: `invalid`, `too_large`, `unknown`, `not_now`, `policy` …"""
    title: str
    status: int
    detail: str
    """What happened and why, as a person reads it."""
    help: str = ""
    """What to do next."""
    instance: str = ""
    """The address that was asked for."""


STATUS_OF: dict[Reason, HTTPStatus] = {
    Reason.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Reason.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Reason.UNKNOWN: HTTPStatus.NOT_FOUND,
    Reason.NOT_NOW: HTTPStatus.CONFLICT,
    Reason.POLICY: HTTPStatus.FORBIDDEN,
}
_TITLES: dict[Reason, str] = {
    Reason.INVALID: "The request can't be understood",
    Reason.TOO_LARGE: "Too much at once",
    Reason.UNKNOWN: "There is no such thing",
    Reason.NOT_NOW: "Not possible now",
    Reason.POLICY: "Refused by the content policy",
}


def refusal_problem(refused: Refused, instance: str) -> Problem:
    """Return a refusal as a problem."""
    return Problem(
        type=f"urn:kindling:problem:{refused.reason}",
        title=_TITLES[refused.reason],
        status=STATUS_OF[refused.reason],
        detail=f"{refused.what} {refused.why}".strip(),
        help=refused.help,
        instance=instance,
    )


def kindling_problem(error: KindlingError, instance: str) -> Problem:
    """Return any error of the bus as a problem."""
    kind: str
    match error:
        case Refused():
            return refusal_problem(error, instance)
        case Denied():
            kind, title, status = error.bar, TITLE_OF[error.bar], HTTPStatus(BAR_STATUS_OF[error.bar])
        case MissingArtifact():
            kind, title, status = "missing", "The bytes are gone", HTTPStatus.GONE
        case LogUnavailable():
            kind, title, status = "log_unavailable", "The log is not at hand", HTTPStatus.SERVICE_UNAVAILABLE
        case Conflict():
            kind, title, status = "conflict", "Somebody else was faster", HTTPStatus.CONFLICT
        case _:
            kind, title, status = "unavailable", "Not possible on this machine", HTTPStatus.SERVICE_UNAVAILABLE
    return Problem(
        type=f"urn:kindling:problem:{kind}",
        title=title,
        status=status,
        detail=f"{error.what} {error.why}".strip(),
        help=error.help,
        instance=instance,
    )
