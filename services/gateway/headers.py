"""What every answer says to a browser: what it may load, who may frame it, and that it is not to guess."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""For the page: its own modules and styles, pictures that it was sent, and nothing from elsewhere."""
BARE_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""For everything else: a document, a picture or a film that is opened by itself loads nothing."""
ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    # A page of another origin shows our pictures only where it is allowed to ask for them (CORS).
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Headers:
    """Adds the headers to each answer, whatever it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the call, and say to the browser what holds."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
                # A browser gives what it has the headers of a 304: the policy it has already is the right one.
                if message["status"] != HTTPStatus.NOT_MODIFIED:
                    headers["content-security-policy"] = PAGE_POLICY if is_page else BARE_POLICY
            await send(message)

        await self.app(scope, receive, with_headers)
