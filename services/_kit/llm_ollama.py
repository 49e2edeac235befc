"""Ollama over HTTP: what it has installed and loaded, and answers streamed from it. All its failures get a name here.

The client is imported when a server is there to be asked: a service that thinks by rules does without its memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import http
import socket
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from services._kit.llm_failures import FailureKind, ModelFailed
from services._kit.llm_models import Installed
from services._kit.llm_schema import Schema
from services._kit.settings import Llm

if TYPE_CHECKING:
    import ssl

    import httpx
    import ollama

T = TypeVar("T")

ANSWER_LENGTH_MAX = 400_000
"""Characters, thoughts included, after which an answer is broken off: none that is asked for is so long."""
PICTURES_MAX = 64
SEES_ONE = "mllama"
"""The family of llama3.2-vision: a second picture is an error there."""
ASK_WITHIN_S = 10.0
"""How long a server may take over what needs no model: its lists."""
UNLOAD_WITHIN_S = 60.0


class Abilities(Struct, frozen=True, kw_only=True):
    """What a model can do."""

    pictures_max: int
    """How many pictures may go along with one question."""
    can_think: bool
    context_length: int | None
    """In tokens; None where the server does not say."""


class Loaded(Struct, frozen=True, kw_only=True):
    """A model that lies in memory."""

    name: str
    size_bytes: int
    vram_bytes: int


class Options(Struct, frozen=True, kw_only=True):
    """How a model is to answer: what goes into the request's `options`."""

    num_ctx: int
    num_predict: int
    seed: int
    temperature: float


class Request(Struct, frozen=True, kw_only=True):
    """One question as it goes over the wire: two messages, so that a server never has an old one to drop."""

    model: str
    system: str
    words: str
    images: tuple[bytes, ...]
    format: Schema
    options: Options
    is_told_not_to_think: bool
    """Models that can't think are not told: some servers take it for a mistake."""


class Said(Struct, frozen=True, kw_only=True):
    """What came back."""

    content: str
    thinking: str
    is_whole: bool
    """Whether the model ended by itself: neither its limit on tokens nor the server broke it off."""
    tokens_in: int
    tokens_out: int


class _Version(Struct):
    version: str


class Ollama:
    """One server."""

    def __init__(self, settings: Llm) -> None:
        self._settings = settings
        self.url = settings.url.rstrip("/")
        self._client: ollama.AsyncClient | None = None
        self._http: httpx.AsyncClient | None = None
        self._abilities: dict[str, Abilities] = {}

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call]  # it is annotated in part
        if self._http is not None:
            await self._http.aclose()
        self._client = self._http = None

    async def version(self) -> str:
        """Return the server's version.

        Raises:
            ModelFailed: it does not answer.
        """

        async def asked() -> str:
            assert self._http is not None
            answer = await self._http.get(f"{self.url}/api/version")
            answer.raise_for_status()
            return msgspec.json.decode(answer.content, type=_Version).version

        await self._reach()
        return await self._within(ASK_WITHIN_S, "asked for its version", asked())

    async def installed(self) -> tuple[Installed, ...]:
        """Return the models that the server has.

        Raises:
            ModelFailed: it does not answer.
        """
        client = await self._reach()
        found = await self._within(ASK_WITHIN_S, "asked for its models", client.list())
        return tuple(
            Installed(name=one.model, digest=one.digest or "", size_bytes=int(one.size or 0))
            for one in found.models
            if one.model
        )

    async def abilities(self, model: Installed) -> Abilities:
        """Return what a model can do; asked once for each digest.

        Raises:
            ModelFailed: the server does not answer, or has the model no more.
        """
        key = f"{model.name}@{model.digest}"
        if key not in self._abilities:
            client = await self._reach()
            shown = await self._within(ASK_WITHIN_S, f"asked about {model.name}", client.show(model.name))
            lengths = [value for name, value in (shown.modelinfo or {}).items() if name.endswith(".context_length")]
            capabilities = shown.capabilities or []
            sees_one = SEES_ONE in ((shown.details.families or ()) if shown.details else ())
            self._abilities[key] = Abilities(
                pictures_max=0 if "vision" not in capabilities else 1 if sees_one else PICTURES_MAX,
                can_think="thinking" in capabilities,
                context_length=next((one for one in lengths if isinstance(one, int)), None),
            )
        return self._abilities[key]

    async def loaded(self) -> tuple[Loaded, ...]:
        """Return what lies in memory.

        Raises:
            ModelFailed: the server does not answer.
        """
        client = await self._reach()
        found = await self._within(ASK_WITHIN_S, "asked what is loaded", client.ps())
        return tuple(
            Loaded(name=one.name or one.model or "", size_bytes=int(one.size or 0), vram_bytes=int(one.size_vram or 0))
            for one in found.models
        )

    async def unload(self, model: str) -> None:
        """Ask the server to take a model out of memory. It has done so only when `loaded()` no longer names it.

        Raises:
            ModelFailed: the server does not answer, or has no such model.
        """
        client = await self._reach()
        doing = f"told to unload {model}"
        await self._within(UNLOAD_WITHIN_S, doing, client.generate(model=model, keep_alive=0))

    async def ask(self, request: Request) -> Said:
        """Return what the model says.

        Raises:
            ModelFailed: unreachable, missing, timed out, or refused.
        """
        client = await self._reach()
        whole_s = self._settings.whole_s
        return await self._within(whole_s, f"asked with {request.model}", self._streamed(client, request))

    async def _streamed(self, client: ollama.AsyncClient, request: Request) -> Said:
        parts = await client.chat(
            model=request.model,
            messages=[
                {"role": "system", "content": request.system},
                {"role": "user", "content": request.words, "images": list(request.images)},
            ],
            format=request.format,
            options=msgspec.to_builtins(request.options),
            think=False if request.is_told_not_to_think else None,
            keep_alive=self._settings.keep_alive,
            stream=True,
        )
        content, thinking = "", ""
        patience_s, awaited = self._settings.first_token_s, "first"
        while len(content) + len(thinking) <= ANSWER_LENGTH_MAX:
            waiting = asyncio.timeout(patience_s)
            try:
                async with waiting:
                    part = await anext(parts)
            except StopAsyncIteration:
                break
            except TimeoutError as error:
                if not waiting.expired():
                    raise
                raise ModelFailed(
                    FailureKind.TIMED_OUT,
                    f"{request.model} is silent.",
                    why=f"Its {awaited} token did not come within {patience_s:g} s.",
                    help=_SLOW,
                ) from error
            content += part.message.content or ""
            thinking += part.message.thinking or ""
            if part.done:
                return Said(
                    content=content,
                    thinking=thinking,
                    is_whole=part.done_reason in {"stop", None},
                    tokens_in=part.prompt_eval_count or 0,
                    tokens_out=part.eval_count or 0,
                )
            patience_s, awaited = self._settings.between_tokens_s, "next"
        # Without its last part an answer is none, however whole it looks: a server breaks off repetitions like that.
        return Said(content=content, thinking=thinking, is_whole=False, tokens_in=0, tokens_out=0)

    # -- the connection, and what becomes of errors ------------------------------------------------------------

    @property
    def _is_here(self) -> bool:
        """Say whether the server is on this machine: no proxy stands in between then, whatever the environment says."""
        return (urlsplit(self.url).hostname or "") in {"127.0.0.1", "::1", "localhost"}

    async def _reach(self) -> ollama.AsyncClient:
        """Return the client, if somebody listens at the address."""
        place = urlsplit(self.url)
        port = place.port or (443 if place.scheme == "https" else 80)
        try:
            async with asyncio.timeout(self._settings.connect_s):
                _, writer = await asyncio.open_connection(place.hostname or "", port)
        except (OSError, TimeoutError) as error:
            raise self._unreachable(_no_connection(error, self._settings.connect_s)) from error
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        if self._client is None:
            import httpx
            import ollama

            # Each wait has its own limit above; the transport's limit is only there should one be forgotten.
            limit_s, is_far = self._settings.whole_s + ASK_WITHIN_S, not self._is_here
            self._client = ollama.AsyncClient(host=self.url, timeout=limit_s, trust_env=is_far, verify=_trusted())
            self._http = httpx.AsyncClient(timeout=limit_s, trust_env=is_far, verify=_trusted())
        return self._client

    async def _within(self, seconds: float, doing: str, work: Awaitable[T]) -> T:
        """Return what the work returns, or raise what became of it under its name."""
        import httpx
        import ollama

        whole = asyncio.timeout(seconds)
        try:
            async with whole:
                return await work
        except TimeoutError as error:
            if not whole.expired():
                raise
            raise ModelFailed(
                FailureKind.TIMED_OUT,
                f"Ollama was {doing} and took too long.",
                why=f"More than {seconds:g} s.",
                help=_SLOW,
            ) from error
        except ollama.ResponseError as error:
            raise self._refusal(doing, error) from error
        except httpx.TimeoutException as error:
            raise ModelFailed(
                FailureKind.TIMED_OUT, f"Ollama was {doing} and took too long.", why=type(error).__name__, help=_SLOW
            ) from error
        except (httpx.HTTPStatusError, ValueError) as error:
            raise ModelFailed(
                FailureKind.REFUSED,
                f"What answers at {self.url} does not speak as Ollama does.",
                why=f"It was {doing}: {str(error)[:200]}.",
                help="See which program that is, or set llm.url.",
            ) from error
        except (httpx.HTTPError, OSError) as error:
            raise self._unreachable(f"it was {doing}: {str(error) or type(error).__name__}", may_pass=True) from error

    def _unreachable(self, why: str, *, may_pass: bool = False) -> ModelFailed:
        return ModelFailed(
            FailureKind.UNREACHABLE,
            f"Ollama does not answer at {self.url}.",
            why=f"{why[:300].rstrip('.')}.",
            help="Start it (`ollama serve`), or set llm.url. A film can do without it: `--llm auto`, or llm.use.",
            may_pass=may_pass,
        )

    def _refusal(self, doing: str, error: ollama.ResponseError) -> ModelFailed:
        said = error.error[:300].strip()
        if error.status_code == http.HTTPStatus.NOT_FOUND:
            return ModelFailed(FailureKind.MISSING_MODEL, f"Ollama was {doing} and has no such model.", why=said)
        # -1 stands for an error in the middle of an answer.
        is_theirs = error.status_code == -1 or error.status_code >= http.HTTPStatus.INTERNAL_SERVER_ERROR
        return ModelFailed(
            FailureKind.REFUSED,
            f"Ollama was {doing} and could not.",
            why=said if error.status_code == -1 else f"{said} (HTTP {error.status_code}).",
            help="Its log says more: `ollama ps` shows what is loaded, and `ollama run` tries the model by hand.",
            may_pass=is_theirs,
        )


def _no_connection(error: OSError, within_s: float) -> str:
    """Say why nobody was reached, as a person says it."""
    if isinstance(error, ConnectionRefusedError):
        return "Nothing listens there"
    if isinstance(error, TimeoutError):
        return f"No connection came about within {within_s:g} s"
    if isinstance(error, socket.gaierror):
        return "No machine is known by this name"
    return str(error)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return whom an address with https is trusted by; reading the certificates takes a moment, so it is done once."""
    import httpx

    return httpx.create_ssl_context()


_SLOW = "A smaller model answers sooner (llm.text, llm.vision); llm.first_token_s and llm.whole_s set the limits."
