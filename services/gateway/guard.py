"""The first to see a call: it checks host, origin and token before anything is read, and answers preflights."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bus.errors import KindlingError
from services._kit.tokens import Scope as TokenScope
from services.gateway.access import Access, Caller
from services.gateway.answering_problems import respond
from services.gateway.denied import Bar, Denied
from services.gateway.links import OLDER, PRODUCTIONS, ROOT
from services.gateway.problems import RETRY_AFTER_S, kindling_problem

OPEN: Final = frozenset({ROOT, f"{ROOT}/health", f"{ROOT}/openapi.json"})
"""What is told without a token: that this is a Kindling, whether it is ready, and how it is used."""
FOR_READERS: Final = frozenset({f"{ROOT}/passes", "/video_status"})
"""What is posted and changes nothing."""
LOOKING: Final = ("GET", "HEAD", "OPTIONS")
PREFLIGHT_S: Final = 600
_METHODS: Final = "GET, HEAD, POST, PUT, DELETE"
_SENT: Final = "accept, authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, range"
_SHOWN: Final = "accept-ranges, content-disposition, content-range, etag, location, retry-after"


class Guard:
    """Lets in who may come in, and says to a page of another origin what it may do."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the call, or turn it away before a byte of its body is read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin, host = headers.get("origin", ""), headers.get("host", "")
        is_listed = False

        async def send_for_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = MutableHeaders(scope=message)
                # Also where no page of another origin asks: what is kept for one must not answer the other.
                said.add_vary_header("origin")
                if is_listed:
                    said["access-control-allow-origin"] = origin
                    said["access-control-expose-headers"] = _SHOWN
            await send(message)

        try:
            self.access.check_host(host)
            is_listed = self.access.check_origin(origin, host)
            if is_listed and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                await _preflight(headers)(scope, receive, send_for_origin)
                return
            scope.setdefault("state", {})["caller"] = self._caller(scope, headers)
        except KindlingError as error:
            said = error.headers if isinstance(error, Denied) else {"retry-after": str(RETRY_AFTER_S)}
            answer = respond(kindling_problem(error, scope["path"]), said)
            await answer(scope, receive, send_for_origin)
            return
        await self.app(scope, receive, send_for_origin)

    def _caller(self, scope: Scope, headers: Headers) -> Caller | None:
        """Return who calls; None where it does not matter: files of the page, and what is told to anybody."""
        path, method = scope["path"], scope["method"]
        is_looking = method in LOOKING
        is_call = path == ROOT or path.startswith(f"{ROOT}/") or path in OLDER or not is_looking
        if path in OPEN or not is_call:
            return None
        passes = parse_qs(scope["query_string"].decode("latin-1")).get("pass") if is_looking else None
        caller = self.access.caller(headers.get("authorization", ""), passes[0] if passes else None)
        if caller.only and not (
            path == f"{PRODUCTIONS}/{caller.only}" or path.startswith(f"{PRODUCTIONS}/{caller.only}/")
        ):
            raise _not_allowed("The pass is for one production, and this is about another.")
        if not is_looking and caller.scope is not TokenScope.DIRECT and path not in FOR_READERS:
            raise _not_allowed("The token allows to look, and this changes something.")
        return caller


def _preflight(headers: Headers) -> Response:
    said = {
        "access-control-allow-methods": _METHODS,
        "access-control-allow-headers": _SENT,
        "access-control-max-age": str(PREFLIGHT_S),
    }
    if "access-control-request-private-network" in headers:
        # A page of the internet asks before it may call a machine at home; it is on the list.
        said["access-control-allow-private-network"] = "true"
    return Response(status_code=204, headers=said)


def _not_allowed(what: str) -> Denied:
    return Denied(
        Bar.SCOPE,
        what,
        help="Make a token that may do more: `kindling token new NAME --scope direct`.",
    )
