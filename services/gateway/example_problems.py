"""The problems in the description of the calls: one for each status, as the gateway itself would say it. Pure."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec

from bus.errors import KindlingError, LogUnavailable, MissingArtifact, Reason, Refused
from bus.ids import digest_of
from services.gateway.denied import Bar, Denied
from services.gateway.problems import CALLS, Problem, kindling_problem

ID: Final = "lighthouse-keeper-rows-7q2k"
_IN_ADDRESSES: Final = {"production": ID, "take": "3-2", "sample": "1-1", "segment": "3", "image": "1", "index": "40"}
APPROVED: Final = Refused(
    Reason.NOT_NOW,
    "Sample 1-1 is already approved.",
    why="The film is being made from it.",
    help="Nothing has to be done; to change something, send a message (`kindling say`).",
)
NO_FILM: Final = Refused(
    Reason.NOT_NOW,
    f"The film of {ID} is not there yet.",
    why="It is joined when each segment has an accepted take.",
    help="Wait for the event production.done.",
)
NO_PLAN: Final = Refused(
    Reason.NOT_NOW,
    f"{ID} has no plan yet.",
    why="It is written once the sample is approved.",
    help="Wait for the event plan.written.",
)
NO_SERVER: Final = Refused(
    Reason.NOT_NOW,
    "wan2.1 can't render now.",
    why="No ComfyUI server is set.",
    help="Start Kindling with --comfyui http://127.0.0.1:8188, or set comfyui.urls in kindling.toml.",
)
_RANGE_HELP: Final = "Ask for bytes=FIRST-LAST within the file, or leave Range out to get all of it."

_SAID: Final[dict[int, tuple[str, KindlingError | Problem]]] = {
    400: (
        "The range can't be understood.",
        Problem(
            type="urn:kindling:problem:range",
            title="The range can't be understood",
            status=400,
            detail="The header Range is of no form that is known.",
            help=_RANGE_HELP,
        ),
    ),
    401: (
        "A token is needed, or this one is not known.",
        Denied(
            Bar.TOKEN,
            "This gateway takes a token.",
            help="`kindling token new` makes one; send it as Authorization: Bearer kdl_…",
        ),
    ),
    403: (
        "The content policy refuses it; or the token or the page may not do this.",
        Denied(
            Bar.SCOPE,
            "The token allows to look, and this changes something.",
            help="Make a token that may do more: `kindling token new NAME --scope direct`.",
        ),
    ),
    404: (
        "There is no such thing.",
        Refused(
            Reason.UNKNOWN,
            f"There is no production {ID}.",
            why="The log holds nothing under this name.",
            help="See GET /v1/productions for the names there are.",
        ),
    ),
    408: (
        "The request took too long to come in.",
        Denied(
            Bar.SLOW,
            "The request did not come in within 60 s.",
            help="Send it again, over a faster connection or with smaller pictures.",
        ),
    ),
    409: ("Not possible now; the state is named.", APPROVED),
    410: ("The bytes are gone.", MissingArtifact(digest_of(b"a take"))),
    412: (
        "Somebody else changed it meanwhile.",
        Denied(
            Bar.CHANGED,
            f"The plan of {ID} is at revision 3, and you edited revision 2.",
            why="Somebody changed it since: Segment 1 is rendered anew: its words changed.",
            help="Read the plan again, make your change in it, and send it with its ETag.",
        ),
    ),
    413: (
        "Too much at once.",
        Refused(
            Reason.TOO_LARGE,
            "The request is too large.",
            why="At most 64 KiB are read.",
            help="A message has 8,000 characters at most; send less text, or fewer and smaller pictures.",
        ),
    ),
    415: (
        "Of another media type.",
        Problem(
            type="about:blank",
            title=HTTPStatus.UNSUPPORTED_MEDIA_TYPE.phrase,
            status=415,
            detail="This call takes application/json, not text/plain.",
            help=CALLS,
        ),
    ),
    416: (
        "No such bytes.",
        Problem(
            type="urn:kindling:problem:range",
            title="No such bytes",
            status=416,
            detail="The file has 1,024 bytes, and not that range.",
            help=_RANGE_HELP,
        ),
    ),
    421: (
        "The address names a host that this gateway is not.",
        Denied(
            Bar.HOST,
            "This gateway is not called 'example.org'.",
            why="Without tokens it answers to this machine's own names only, so that no page elsewhere reaches it.",
            help="Call it localhost; or name the host in gateway.hosts in kindling.toml, which takes tokens.",
        ),
    ),
    422: (
        "The request can't be understood.",
        Refused(
            Reason.INVALID,
            "The request does not fit the call.",
            why="Object contains unknown field `colour`.",
            help="GET /v1/openapi.json shows what the call takes, with an example.",
        ),
    ),
    428: (
        "It is not said what the call is based on.",
        Denied(
            Bar.CONDITION_NEEDED,
            "An edit says which revision of the plan it was made in.",
            why="The header If-Match is missing; without it the change of somebody else could be lost.",
            help='Send the ETag that the plan came with, as in: If-Match: "1".',
        ),
    ),
    429: (
        "Too often; `Retry-After` says when to come again.",
        Denied(
            Bar.RATE,
            "That was asked for more than 60 times a minute.",
            why="Each such call may take minutes of a GPU.",
            help="Try again in 1 s; gateway.asks_per_minute in kindling.toml sets the limit.",
        ),
    ),
    503: (
        "The log can't be reached: try again.",
        LogUnavailable(
            "The gateway is still reading the log.", why="It was started just now.", help="Try again in a second."
        ),
    ),
}


def described_problem(status: int) -> str:
    """Return in a sentence what an answer of this status means."""
    return _SAID[status][0]


def problem_example(status: int, now: KindlingError) -> dict[str, object]:
    """Return a problem document as the gateway answers with it; of which call is yet to be said.

    Args:
        now: why it is not possible now (409).
    """
    said = now if status == HTTPStatus.CONFLICT else _SAID[status][1]
    shown: dict[str, object] = msgspec.to_builtins(said if isinstance(said, Problem) else kindling_problem(said, ""))
    return shown


def example_address(path: str) -> str:
    """Return an address of a call, given its path with names in braces where something is named."""
    for name, value in _IN_ADDRESSES.items():
        path = path.replace(f"{{{name}}}", value)
    return path
