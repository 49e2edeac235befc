"""Answers: documents as JSON, and acts that are decided on the newest state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from fastapi import Request
from fastapi.responses import Response
from msgspec import Struct

from bus.errors import LogUnavailable, Reason, Refused
from bus.events import Fact, Recorded, Unreadable
from bus.ids import ProductionId
from bus.production import Production, fold
from services.gateway.door import Door
from services.gateway.experience import Experience
from services.gateway.view import view


def document(shown: Struct, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a document as JSON; it is asked for anew each time."""
    return Response(
        msgspec.json.encode(shown),
        status_code=status,
        headers={"cache-control": "no-cache", **(headers or {})},
        media_type="application/json",
    )


async def known(door: Door, production: ProductionId) -> Production:
    """Return the state as of now.

    Raises:
        Refused: there is no such production.
    """
    return require_known(await door.books.state(production))


async def as_of(door: Door, production: ProductionId, at: int | None) -> Production:
    """Return the state as it was when the event of this ordinal was the last one; None stands for now.

    Raises:
        Refused: there is no such production, or it has no such event yet.
    """
    if at is None:
        return await known(door, production)
    state = require_known(fold(production, until(await door.books.history(production), at)))
    require_event(state, at)
    return state


def require_event(state: Production, ordinal: int) -> None:
    """Check that the production got as far as the event of this ordinal.

    Raises:
        Refused: it did not.
    """
    if state.ordinal < ordinal:
        raise Refused(
            Reason.INVALID,
            f"{state.id} has no event {ordinal}.",
            why=f"Its last one is {state.ordinal}.",
            help="Ask for an earlier one, or for none.",
        )


async def require_ready(door: Door) -> None:
    """Check that the index has seen the whole log.

    Raises:
        LogUnavailable: it has not yet.
    """
    if not door.index.ready.is_set():
        raise LogUnavailable(
            "The gateway is still reading the log.", why="It was started just now.", help="Try again in a second."
        )


def require_known(state: Production) -> Production:
    """Return the state of a production that somebody asked for.

    Raises:
        Refused: nobody did.
    """
    if state.request is None:
        raise Refused(
            Reason.UNKNOWN,
            f"There is no production {state.id}.",
            why="The log holds nothing under this name.",
            help="See GET /v1/productions for the names there are.",
        )
    return state


def until(history: Sequence[Recorded | Unreadable], ordinal: int) -> list[Recorded | Unreadable]:
    """Return what was on the log when the event of this ordinal was the last one."""
    kept: list[Recorded | Unreadable] = []
    for one in history:
        if isinstance(one, Recorded) and one.event.ordinal > ordinal:
            break
        kept.append(one)
    return kept


def show(request: Request, state: Production, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a production, or 304 where the client has this very state of it."""
    experience = experience_at(request)
    # What others have taken changes what this one will take.
    tag = f'"{state.ordinal}-{(state.head or "")[:16]}-{sum(one.count for one in experience.clips)}"'
    headers = {"etag": tag, **(headers or {})}
    if request.method == "GET" and has_tag(request, tag):
        return Response(status_code=304, headers={"cache-control": "no-cache", **headers})
    return document(view(state, experience), status, headers)


def experience_at(request: Request) -> Experience:
    """Return what making films has taken so far, as the door knows it."""
    door = request.app.state.door
    assert isinstance(door, Door)
    return door.index.experience


def has_tag(request: Request, tag: str) -> bool:
    """Say whether the client has what the tag names (`If-None-Match`)."""
    stated = request.headers.get("if-none-match", "")
    return stated.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in stated.split(","))


async def act(
    request: Request, door: Door, production: ProductionId, decide: Callable[[Production], Sequence[Fact]]
) -> Response:
    """Write what follows from the act, and return the production as it is then."""
    return show(request, await door.books.act(production, decide))
