"""An Ollama without models: real HTTP, strict about what it is asked, and scripted in what it answers.

It behaves as Ollama 0.32 does as far as its documentation and its source say. Answers are scripted for each prompt by
the name in its heading. `python -m tests.fakes.ollama --script MODULE` runs it as a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import importlib
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.ollama_script import (
    LLAMA_VISION,
    QWEN3,
    QWEN3_VL,
    QWEN3_VL_THINKING,
    Answer,
    Asked,
    FakeModel,
    Fault,
    Reply,
    Script,
    as_reply,
    text_of,
)
from tests.fakes.ollama_shapes import Chat, Generate, Show, decoded, faults_of_images, faults_of_schema
from tests.fakes.serving import Serving

__all__ = [
    "LLAMA_VISION",
    "QWEN3",
    "QWEN3_VL",
    "QWEN3_VL_THINKING",
    "Asked",
    "FakeModel",
    "FakeOllama",
    "Fault",
    "Reply",
    "ollama",
]

VERSION = "0.32.1"
PIECE_LENGTH = 24
BYTES_PER_TOKEN = 4
TOKENS_PER_IMAGE = 768


@dataclass
class FakeOllama:
    """One server: what it has, what it answers, and what it was asked."""

    models: list[FakeModel] = field(default_factory=lambda: [QWEN3, QWEN3_VL])
    scripts: dict[str, Script] = field(default_factory=dict)
    """By the name of the prompt."""
    asked: list[Asked] = field(default_factory=list)
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with each question."""
    violations: list[str] = field(default_factory=list)
    """What no published version of the interface allows, or none enforces."""
    loaded: dict[str, int] = field(default_factory=dict)
    """Names of models in memory, with their contexts."""
    loads: list[str] = field(default_factory=list)
    """Each time that a model was brought into memory, also for another context."""
    lingers: int = 0
    """How often /api/ps still names a model that was told to leave."""
    _leaving: dict[str, int] = field(default_factory=dict)
    _queues: dict[str, list[Reply]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.serving = Serving(self.app())

    @property
    def url(self) -> str:
        """Return where it is."""
        return self.serving.url

    def queue(self, prompt: str, *replies: Answer) -> None:
        """Answer the next questions of a prompt with these, before its script is asked."""
        self._queues.setdefault(prompt, []).extend(as_reply(one) for one in replies)

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/", lambda _: PlainTextResponse("Ollama is running"), methods=["GET", "HEAD"]),
                Route("/api/version", lambda _: JSONResponse({"version": VERSION})),
                Route("/api/tags", self._tags),
                Route("/api/ps", self._ps),
                Route("/api/show", self._show, methods=["POST"]),
                Route("/api/generate", self._generate, methods=["POST"]),
                Route("/api/chat", self._chat, methods=["POST"]),
            ]
        )

    def _model(self, name: str) -> FakeModel | None:
        full = name if ":" in name else f"{name}:latest"
        return next((one for one in self.models if one.name == full), None)

    def _refuse(self, why: str, status: int = 400) -> Response:
        return JSONResponse({"error": why}, status_code=status)

    def _wrong(self, why: str) -> Response:
        self.violations.append(why)
        return self._refuse(why)

    def _tags(self, _: Request) -> Response:
        listed = [
            {
                "name": one.name,
                "model": one.name,
                "modified_at": "2026-06-01T10:00:00.000000000Z",
                "size": one.size_bytes,
                "digest": one.digest,
                "details": {"format": "gguf", "family": one.name.partition(":")[0], "quantization_level": "Q4_K_M"},
            }
            for one in self.models
        ]
        return JSONResponse({"models": listed})

    def _ps(self, _: Request) -> Response:
        for name, left in list(self._leaving.items()):
            if left <= 0:
                del self._leaving[name]
                self.loaded.pop(name, None)
            else:
                self._leaving[name] = left - 1
        sizes = {one.name: one.size_bytes for one in self.models}
        listed = [
            {
                "name": name,
                "model": name,
                "size": sizes[name],
                "size_vram": sizes[name],
                "digest": hashlib.sha256(name.encode()).hexdigest(),
                "expires_at": "2026-06-01T10:05:00.000000000Z",
                "context_length": context,
            }
            for name, context in self.loaded.items()
        ]
        return JSONResponse({"models": listed})

    async def _show(self, request: Request) -> Response:
        try:
            show = decoded(await request.body(), Show)
        except ValueError as error:
            return self._wrong(f"/api/show: {error}")
        model = self._model(show.model)
        if model is None:
            return self._refuse(f"model '{show.model}' not found", 404)
        facts = {"general.architecture": "qwen3", "qwen3.context_length": model.context_length}
        return JSONResponse(
            {
                "capabilities": list(model.capabilities),
                "model_info": facts,
                "details": {"families": list(model.families)},
            }
        )

    async def _generate(self, request: Request) -> Response:
        try:
            generate = decoded(await request.body(), Generate)
        except ValueError as error:
            return self._wrong(f"/api/generate: {error}")
        assert isinstance(generate, Generate)
        model = self._model(generate.model)
        if model is None:
            return self._refuse(f"model '{generate.model}' not found", 404)
        if generate.prompt:
            return self._wrong("/api/generate: only loading and unloading is known here")
        is_unload = generate.keep_alive is not UNSET and str(generate.keep_alive) in {"0", "0.0", "0s"}
        if is_unload:
            self._leaving.setdefault(model.name, self.lingers)
            if not self.lingers:
                self._leaving.pop(model.name)
                self.loaded.pop(model.name, None)
        else:
            self._load(model, 4096)
        return JSONResponse(
            {
                "model": generate.model,
                "created_at": "2026-06-01T10:00:00Z",
                "response": "",
                "done": True,
                "done_reason": "unload" if is_unload else "load",
            }
        )

    def _load(self, model: FakeModel, context: int) -> None:
        if self.loaded.get(model.name) != context:
            self.loads.append(model.name)
        self._leaving.pop(model.name, None)
        self.loaded[model.name] = context

    async def _chat(self, request: Request) -> Response:
        try:
            chat = decoded(await request.body(), Chat)
        except ValueError as error:
            return self._wrong(f"/api/chat: {error}")
        assert isinstance(chat, Chat)
        model = self._model(chat.model)
        if model is None:
            return self._refuse(f"model '{chat.model}' not found", 404)
        problem = self._problem(chat, model)
        if problem is not None:
            return problem
        asked = _asked(chat)
        self.asked.append(asked)
        self.is_asked.set()
        reply = self._reply(asked)
        match reply.fault:
            case Fault.UNKNOWN:
                return self._refuse(f"model '{chat.model}' not found", 404)
            case Fault.BUSY:
                return self._refuse("server busy, please try again.  maximum pending requests exceeded", 503)
            case Fault.BROKEN:
                return self._refuse("llama runner process has terminated: exit status 2", 500)
            case Fault.GARBAGE:
                return HTMLResponse("<html><body>Welcome to the router</body></html>")
            case _:
                context = chat.options.num_ctx
                self._load(model, context if isinstance(context, int) else 4096)
                return StreamingResponse(self._stream(chat, model, reply), media_type="application/x-ndjson")

    def _problem(self, chat: Chat, model: FakeModel) -> Response | None:
        """Return what the server says no with, or None. What it would let pass without enforcing is a violation."""
        faults = list(faults_of_images(chat))
        if isinstance(chat.format, dict):
            faults += [f"format: {fault}" for fault in faults_of_schema(chat.format)]
        elif chat.format:
            faults.append("format: `json` without a schema holds a model to nothing")
        if faults:
            return self._wrong("; ".join(faults))
        if chat.think not in (UNSET, False) and "thinking" not in model.capabilities:
            return self._refuse(f'"{chat.model}" does not support thinking')
        if any(one.images for one in chat.messages) and "vision" not in model.capabilities:
            return self._refuse(f'"{chat.model}" does not support image input')
        if "mllama" in model.families and any(len(one.images) > 1 for one in chat.messages):
            return self._refuse("this model only supports one image while more than one image requested", 500)
        context = chat.options.num_ctx
        if tokens_of(chat) > (context if isinstance(context, int) else 4096):
            return self._refuse("the request exceeds the available context size, try increasing it")
        return None

    def _reply(self, asked: Asked) -> Reply:
        queued = self._queues.get(asked.prompt)
        if queued:
            return queued.pop(0)
        if asked.prompt in self.scripts:
            return as_reply(self.scripts[asked.prompt](asked))
        return Reply("I was not told what to say to this.")

    async def _stream(self, chat: Chat, model: FakeModel, reply: Reply) -> AsyncIterator[bytes]:
        if reply.fault is Fault.HANG:
            await asyncio.Event().wait()
        await asyncio.sleep(reply.delay_s)
        content = text_of(reply.content)
        thinking = reply.thinking
        if "thinking" in model.capabilities and chat.think is not False and not thinking:
            thinking = "Let me think about what is wanted here."
        if model.answers_among_thoughts and chat.think is False:
            content, thinking = "", thinking + content
        limit = chat.options.num_predict
        limit = limit if isinstance(limit, int) and limit > 0 else 10**9
        said, reason = 0, reply.done_reason
        for name, piece in _pieces(thinking, content):
            said += max(1, len(piece.encode()) // BYTES_PER_TOKEN)
            if said > limit:
                reason = "length"
                break
            yield _line(chat, {name: piece})
            match reply.fault:
                case Fault.STALL:
                    await asyncio.Event().wait()
                case Fault.ERROR_INSIDE:
                    yield msgspec.json.encode({"error": "an error was encountered while running the model"}) + b"\n"
                    return
                case Fault.CUT:
                    self.serving.cut()
                    return
                case _:
                    pass
        if reply.fault is not Fault.NOT_DONE:
            yield _line(chat, {}, reason, tokens_of(chat), said)


def tokens_of(chat: Chat) -> int:
    """Return how many tokens the messages have, about as a tokenizer counts."""
    return sum(
        len(one.content.encode()) // BYTES_PER_TOKEN + TOKENS_PER_IMAGE * len(one.images) for one in chat.messages
    )


def _pieces(thinking: str, content: str) -> Iterator[tuple[str, str]]:
    for name, text in (("thinking", thinking), ("content", content)):
        for start in range(0, len(text), PIECE_LENGTH):
            yield name, text[start : start + PIECE_LENGTH]


def _line(
    chat: Chat, said: Mapping[str, str], done_reason: str | None = None, tokens_in: int = 0, tokens_out: int = 0
) -> bytes:
    line: dict[str, object] = {
        "model": chat.model,
        "created_at": "2026-06-01T10:00:00.000000000Z",
        "message": {"role": "assistant", "content": "", **said},
        "done": done_reason is not None,
    }
    if done_reason is not None:
        line |= {
            "done_reason": done_reason,
            "total_duration": 1_200_000_000,
            "load_duration": 900_000_000,
            "prompt_eval_count": tokens_in,
            "prompt_eval_duration": 100_000_000,
            "eval_count": tokens_out,
            "eval_duration": 200_000_000,
        }
    return msgspec.json.encode(line) + b"\n"


def _asked(chat: Chat) -> Asked:
    system = next((one.content for one in chat.messages if one.role == "system"), "")
    heading = re.match(r"# ([a-z][a-z-]*)", system)
    words = chat.messages[-1].content if chat.messages else ""
    return Asked(prompt=heading.group(1) if heading else "", words=words, chat=chat)


@contextlib.asynccontextmanager
async def ollama(fake: FakeOllama | None = None) -> AsyncIterator[FakeOllama]:
    """Run a fake server for as long as the block runs; what it was asked in a wrong way is an error of the test."""
    fake = fake or FakeOllama()
    await fake.serving.start()
    try:
        yield fake
    finally:
        if fake.serving.is_up:
            await fake.serving.kill()
    assert fake.violations == []


def main(arguments: Sequence[str]) -> None:
    """Serve until killed; the first line on stdout says where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--script", help="a module with SCRIPTS: what is answered, by prompt")
    parser.add_argument("--model", action="append", help="the name of a model that is installed")
    said = parser.parse_args(arguments)
    fake = FakeOllama()
    if said.model:
        fake.models = [one for one in (QWEN3, QWEN3_VL, QWEN3_VL_THINKING) if one.name in said.model]
    if said.script:
        fake.scripts = dict(importlib.import_module(said.script).SCRIPTS)

    async def serve() -> None:
        await fake.serving.start()
        print(fake.url, flush=True)  # noqa: T201 - it is what the caller waits for
        await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    main(sys.argv[1:])
