"""The page and its modules, as files that the gateway serves: whatever lies in `page/`, and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bus.ids import digest_of

FOLDER: Final = Path(__file__).parent / "page"
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""What may lie in the folder; a file of another kind is not served."""
SHARED_KINDS: Final = frozenset({".css", ".js", ".mjs", ".svg"})
SHARED: Final = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
"""The page's element is public code: other UIs load it, with its styles, into pages of their own."""
INDEX: Final = "index.html"
API: Final = "/v1"


class Page:
    """Answers what no call of the interface answers: with a file of the page, or that there is none.

    Which files there are is known from the start, so no path is ever made from a request.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        files = (one for one in folder.rglob("*") if one.is_file() and one.suffix in MEDIA_TYPES)
        self._files = {f"/{one.relative_to(folder).as_posix()}": one for one in files}
        if f"/{INDEX}" in self._files:
            self._files["/"] = self._files[f"/{INDEX}"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or say that there is none."""
        file = self._files.get(scope["path"])
        if file is None:
            raise HTTPException(404)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"allow": "GET, HEAD"})
        await (await self._answer(Request(scope), file))(scope, receive, send)

    async def _answer(self, request: Request, file: Path) -> Response:
        try:
            content = await asyncio.to_thread(file.read_bytes)
        except FileNotFoundError as error:
            raise HTTPException(404) from error
        tag = f'"{digest_of(content)}"'
        # Asked for anew each time: a page of yesterday's version would not fit today's interface.
        headers = {"etag": tag, "cache-control": "no-cache", **(SHARED if file.suffix in SHARED_KINDS else {})}
        if tag in (one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=MEDIA_TYPES[file.suffix])
