"""The gateway, called: acts of a person, lists, files, and the stream of a production's facts that heals itself."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import httpx
import msgspec
from msgspec import Struct

from bus import events as e
from bus.ids import ProductionId
from kindling.exits import Exit, Trouble
from kindling.heard import Seen, events_of
from kindling.names import as_id, choose
from services.gateway.branch_view import OutlookView
from services.gateway.comparison_view import ComparisonView
from services.gateway.estimate import NO_EXPERIENCE
from services.gateway.experience import Experience
from services.gateway.links import PRODUCTIONS, STATS, production_link, redo_link, sample_link, take_link
from services.gateway.problems import Problem
from services.gateway.requests import (
    AgainBody,
    AnswerBody,
    ApproveBody,
    CancelBody,
    CreateBody,
    ForkBody,
    MessageBody,
    OptionsBody,
    OverruleBody,
    RedirectBody,
    RedoBody,
    ResumeBody,
)
from services.gateway.view import Page, Summary

ANSWER_WITHIN_S = 30.0
SILENCE_MAX_S = 25.0
"""The gateway says something at least every 10 s; after this long the connection counts as lost."""
PAUSES_S = (0.2, 0.5, 1.0, 2.0)
PAGE_SIZE = 100

_EXIT_OF_STATUS = {403: Exit.REFUSED, 404: Exit.UNKNOWN, 410: Exit.UNKNOWN, 503: Exit.UNREACHABLE}

Document = TypeVar("Document")


class Answer(Struct, frozen=True):
    """What every act is answered with, as far as it matters here: the production, and how far its log went."""

    id: ProductionId
    revision: int


Branching = ForkBody | AgainBody
"""What a production is branched from another one with."""


def _branches(production: ProductionId, body: Branching) -> str:
    return f"{production_link(production)}/{'forks' if isinstance(body, ForkBody) else 'regenerations'}"


class Gateway:
    """A gateway at an address. Use it with `async with`."""

    def __init__(
        self, url: str, transport: httpx.AsyncBaseTransport | None = None, *, token: str | None = None
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        timeout = httpx.Timeout(ANSWER_WITHIN_S, connect=3.0)
        # A proxy in the environment is for the world, not for a server on this machine.
        self._http = httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=timeout, transport=transport, trust_env=False
        )

    async def __aenter__(self) -> Gateway:
        """Open the connection's pool."""
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._http.__aexit__(kind, error, where)

    # -- what a person does

    async def create(self, words: str, options: OptionsBody, images: Sequence[Path], key: str) -> Answer:
        """Ask for a film. The same key is the same film, so that a lost answer is no second one."""
        headers = {"idempotency-key": key}
        if not images:
            return await self._post(PRODUCTIONS, CreateBody(words=words, options=options), headers)
        fields = {"words": words, "options": msgspec.json.encode(options).decode()}
        return await self._post_form(PRODUCTIONS, fields, images, headers)

    async def approve(self, production: ProductionId, sample: str | None = None) -> Answer:
        """Say that the sample is the vibe; `sample` is the one that was seen, as `1-1`."""
        return await self._post(f"{production_link(production)}/approve", ApproveBody(sample=sample))

    async def redirect(
        self, production: ProductionId, words: str, images: Sequence[Path] = (), sample: str | None = None
    ) -> Answer:
        """Say what is to change about the sample."""
        address = f"{production_link(production)}/redirect"
        if images:
            fields = {"words": words} | ({"sample": sample} if sample else {})
            return await self._post_form(address, fields, images)
        return await self._post(address, RedirectBody(words=words, sample=sample))

    async def say(self, production: ProductionId, words: str, images: Sequence[Path] = ()) -> Answer:
        """Say anything, at any time."""
        address = f"{production_link(production)}/messages"
        if images:
            return await self._post_form(address, {"words": words}, images)
        return await self._post(address, MessageBody(words=words))

    async def answer(self, production: ProductionId, words: str, images: Sequence[Path] = ()) -> Answer:
        """Answer the open question; no words take what is assumed."""
        address = f"{production_link(production)}/answer"
        if images:
            return await self._post_form(address, {"words": words}, images)
        return await self._post(address, AnswerBody(words=words))

    async def overrule(self, production: ProductionId, segment: int, take: int, ruling: e.Ruling, why: str) -> Answer:
        """Accept or refuse a take."""
        return await self._post(take_link(production, segment, take, "overrule"), OverruleBody(ruling=ruling, why=why))

    async def redo(self, production: ProductionId, segment: int, words: str) -> Answer:
        """Have a segment made anew."""
        return await self._post(redo_link(production, segment), RedoBody(words=words))

    async def resume(self, production: ProductionId, stall: int | None) -> Answer:
        """Try again what waits for a person."""
        return await self._post(f"{production_link(production)}/resume", ResumeBody(stall=stall))

    async def cancel(self, production: ProductionId, why: str) -> Answer:
        """Call it off."""
        return await self._post(f"{production_link(production)}/cancel", CancelBody(why=why))

    async def remove(self, production: ProductionId) -> None:
        """Remove it: artifacts go, the log stays."""
        await self._ask("DELETE", production_link(production))

    async def outlook(self, production: ProductionId, body: Branching) -> OutlookView:
        """Return what a fork would be, or a film made again; nothing is begun."""
        asked = msgspec.structs.replace(body, dry_run=True)
        return _decode(await self._ask_with(_branches(production, body), asked), OutlookView)

    async def branch(self, production: ProductionId, body: Branching, key: str) -> Answer:
        """Fork a production, or have its film made again. The same key is the same one."""
        return await self._post(_branches(production, body), body, {"idempotency-key": key})

    # -- what there is

    async def branches(self, production: ProductionId) -> list[Summary]:
        """Return what branches from a production, oldest first."""
        page = _decode(await self._ask("GET", f"{production_link(production)}/forks"), Page)
        return list(page.productions)

    async def comparison(self, production: ProductionId) -> ComparisonView:
        """Return how a film that was made again stands to the recorded one."""
        return _decode(await self._ask("GET", f"{production_link(production)}/comparison"), ComparisonView)

    async def productions(self) -> list[Summary]:
        """Return all productions but the deleted ones, newest first."""
        return (await self.newest(None))[0]

    async def newest(self, limit: int | None) -> tuple[list[Summary], int]:
        """Return so many productions but the deleted ones, newest first, and how many more there are.

        Args:
            limit: None for all of them.
        """
        found: list[Summary] = []
        address: str | None = f"{PRODUCTIONS}?limit={min(PAGE_SIZE, limit or PAGE_SIZE)}"
        more = 0
        while address:
            page = _decode(await self._ask("GET", address), Page)
            found += page.productions
            address, more = page.next, page.more
            if limit is not None and len(found) >= limit:
                break
        left_out = 0 if limit is None else max(0, len(found) - limit)
        return found[:limit], more + left_out

    async def experience(self) -> Experience:
        """Return what films have taken so far; nothing while the gateway can't say it: only estimates rest on it."""
        try:
            answer = await self._send("GET", STATS)
        except Trouble:
            return NO_EXPERIENCE
        return _decode(answer, Experience) if answer.status_code == httpx.codes.OK else NO_EXPERIENCE

    async def stats(self) -> Experience:
        """Return what films have taken so far.

        Raises:
            Trouble: the gateway does not say it.
        """
        return _decode(await self._ask("GET", STATS), Experience)

    async def look(self, production: ProductionId) -> Answer:
        """Return how far the production's log went."""
        return _decode(await self._ask("GET", production_link(production)), Answer)

    async def find(self, text: str) -> ProductionId:
        """Return the production that an id, or the beginning of one, names.

        Raises:
            Trouble: there is none, or there are several.
        """
        wanted = as_id(text)
        answer = await self._send("GET", production_link(wanted))
        if answer.status_code == httpx.codes.OK:
            return wanted
        if answer.status_code != httpx.codes.NOT_FOUND:
            raise _trouble(answer)
        return choose(text, [one.id for one in await self.productions()])

    async def sample_poster(self, production: ProductionId, brief: int, take: int) -> bytes:
        """Return a picture of the sample; empty where it can't be had, since it is for the eye only."""
        try:
            answer = await self._send("GET", sample_link(production, brief, take, "poster"))
        except Trouble:
            return b""
        return answer.content if answer.status_code == httpx.codes.OK else b""

    async def watch(
        self, production: ProductionId, after: int, on_lost: Callable[[str], None], on_back: Callable[[], None]
    ) -> AsyncIterator[Seen]:
        """Yield a production's facts after an ordinal and its progress, for ever, across lost connections.

        Args:
            on_lost: told once, with the reason, when the connection is lost.
            on_back: told when it is there again.
        """
        attempt, is_lost = 0, False
        while True:
            why = "the gateway ended the stream"
            try:
                headers = {"last-event-id": str(after), "accept": "text/event-stream"}
                timeout = httpx.Timeout(SILENCE_MAX_S, connect=3.0)
                address = f"{production_link(production)}/events"
                async with self._http.stream("GET", address, headers=headers, timeout=timeout) as answer:
                    if answer.status_code != httpx.codes.OK:
                        await answer.aread()
                        if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                            raise _trouble(answer)
                        why = _trouble(answer).what
                    else:
                        if is_lost:
                            on_back()
                        attempt, is_lost = 0, False
                        async for seen in events_of(answer.aiter_lines()):
                            if isinstance(seen, e.Recorded):
                                after = seen.event.ordinal
                            yield seen
            except httpx.TransportError as error:
                why = str(error) or type(error).__name__
            if not is_lost:
                on_lost(why)
                is_lost = True
            await asyncio.sleep(PAUSES_S[min(attempt, len(PAUSES_S) - 1)])
            attempt += 1

    # -- how

    async def _post(self, address: str, body: Struct, headers: dict[str, str] | None = None) -> Answer:
        return _decode(await self._ask_with(address, body, headers), Answer)

    async def _ask_with(self, address: str, body: Struct, headers: dict[str, str] | None = None) -> httpx.Response:
        content = msgspec.json.encode(body)
        sent = {"content-type": "application/json", **(headers or {})}
        return await self._ask("POST", address, content=content, headers=sent)

    async def _post_form(
        self, address: str, fields: dict[str, str], images: Sequence[Path], headers: dict[str, str] | None = None
    ) -> Answer:
        files = [("images", (path.name, read_picture(path), _media_type(path))) for path in images]
        answer = await self._ask("POST", address, data=fields, files=files, headers=headers or {})
        return _decode(answer, Answer)

    async def _ask(
        self,
        method: str,
        address: str,
        *,
        content: bytes | None = None,
        data: dict[str, str] | None = None,
        files: list[tuple[str, tuple[str, bytes, str]]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Return a good answer.

        Raises:
            Trouble: it is none, or none comes.
        """
        answer = await self._send(method, address, content=content, data=data, files=files, headers=headers)
        if not answer.is_success:
            raise _trouble(answer)
        return answer

    async def _send(
        self,
        method: str,
        address: str,
        *,
        content: bytes | None = None,
        data: dict[str, str] | None = None,
        files: list[tuple[str, tuple[str, bytes, str]]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        try:
            return await self._http.request(method, address, content=content, data=data, files=files, headers=headers)
        except httpx.TransportError as error:
            raise Trouble(
                Exit.UNREACHABLE,
                f"Kindling does not answer at {self.url}.",
                why=f"{str(error) or type(error).__name__}.".replace("..", "."),
                help="Start it with `kindling up`; `kindling doctor` says what is wrong with it.",
            ) from error


def read_picture(path: Path) -> bytes:
    """Return a picture's bytes, as they are.

    Raises:
        Trouble: the file is not there or can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise Trouble(
            Exit.MISUSED,
            f"The picture {path} can't be read.",
            why=f"{error.strerror or error}.",
            help="Give the path of a PNG, JPEG or WebP file.",
        ) from error


def _media_type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _decode(answer: httpx.Response, kind: type[Document]) -> Document:
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.MsgspecError as error:
        raise Trouble(
            Exit.BROKEN,
            f"{answer.request.url} answers with something else than expected.",
            why=f"{error}.",
            help="Another program may listen there, or a Kindling of another version: restart it.",
        ) from error


def _trouble(answer: httpx.Response) -> Trouble:
    """Return what the gateway says is wrong."""
    status = answer.status_code
    code = _EXIT_OF_STATUS.get(status, Exit.REFUSED if status < httpx.codes.INTERNAL_SERVER_ERROR else Exit.BROKEN)
    try:
        problem = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.MsgspecError:
        what = f"{answer.request.url} answers {status}."
        return Trouble(code, what, help="Another program may listen there: see `kindling doctor`.")
    return Trouble(code, problem.detail, help=problem.help)
