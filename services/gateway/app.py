"""The HTTP application: the calls, their description, their problems, and a line in the log for each that matters."""

from __future__ import annotations

import time
from http import HTTPStatus

import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway import (
    routes_acts,
    routes_clips,
    routes_events,
    routes_forks,
    routes_home,
    routes_media,
    routes_older,
    routes_plan,
    routes_productions,
    routes_stills,
)
from services.gateway.answering_problems import answer_in_problems
from services.gateway.door import Door
from services.gateway.guard import Guard
from services.gateway.headers import Headers as SecurityHeaders
from services.gateway.openapi import describe
from services.gateway.page import Page

log = structlog.get_logger()

_DESCRIPTION = """
A sentence becomes a film. Ask for one, follow its events, approve its sample or say what to change, and get the film.

Every production carries its links and the acts that are possible now (`can`): no address has to be built.
Every error is a problem document (RFC 9457) with `detail`, what happened and why, and `help`, what to do next.
"""


def make_app(door: Door) -> FastAPI:
    """Return the application that serves this door. Whoever runs it runs `door.index` beside it."""
    app = FastAPI(
        title="Kindling",
        summary="Films from sentences.",
        description=_DESCRIPTION.strip(),
        version=door.version,
        openapi_url="/v1/openapi.json",
        # Their pages load scripts from elsewhere, and Kindling works offline.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.door = door
    routers = tuple(
        one.router
        for one in (
            routes_home,
            routes_productions,
            routes_events,
            routes_plan,
            routes_forks,
            routes_clips,
            routes_acts,
            routes_media,
            routes_stills,
        )
    )
    if door.has_older_routes:
        routers = (*routers, routes_older.router)
    for router in routers:
        app.include_router(router)
    app.router.default = Page()
    answer_in_problems(app, [call for router in routers for call in router.routes])
    describe(app)
    app.add_middleware(Guard, access=door.access)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Canonical)
    return app


class Canonical:
    """Writes one line for each call that was more than looking, or that failed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the call and say how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, location = 0, None
        began = time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status, location
            if message["type"] == "http.response.start":
                status = int(message["status"])
                location = Headers(raw=message["headers"]).get("location")
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            # A 503 has said already what is away, and health asks many times while the gateway starts.
            is_worth_it = scope["method"] not in ("GET", "HEAD") or status == HTTPStatus.INTERNAL_SERVER_ERROR
            took_ms = round((time.perf_counter() - began) * 1000, 1)
            say = log.info if is_worth_it else log.debug
            say("call", method=scope["method"], path=location or scope["path"], status=status, took_ms=took_ms)
