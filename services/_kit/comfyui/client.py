"""The HTTP side of one ComfyUI server: one method for each thing that is asked of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from services._kit.comfyui.answers import (
    ORDER_FIELD,
    Answer,
    Entry,
    ModelFile,
    OutputFile,
    Queue,
    Server,
    read_answer,
    read_history,
    read_queue,
    read_server,
)
from services._kit.comfyui.errors import NotThere, TooLarge, Unreached
from services._kit.graphs import Graph, api_format

T = TypeVar("T")

TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
"""Generous: while ComfyUI loads a model it answers late."""
CHUNK_BYTES: Final = 1 << 20
HISTORY_SCANNED: Final = 200
"""How many of the latest endings are searched on a server that gives ids of its own."""


class ComfyUi:
    """One server. Every method raises `Unreached` where there was no answer that counts."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url = url.rstrip("/")
        self._http = http

    @property
    def socket_url(self) -> str:
        """Return where its WebSocket is."""
        parts = urlsplit(self.url)
        return parts._replace(scheme="wss" if parts.scheme == "https" else "ws", path=f"{parts.path}/ws").geturl()

    async def server(self) -> Server:
        """Return what the server says about itself."""
        return self._read(await self._send("GET", "/system_stats"), read_server)

    async def queue(self) -> Queue:
        """Return what runs and what waits."""
        return self._read(await self._send("GET", "/queue"), read_queue)

    async def ended(self, key: str, *, is_own_id: bool) -> Entry | None:
        """Return the ending of an order's render, or None: it is pending, running or unknown, which looks the same.

        Args:
            is_own_id: whether the server is sure to have kept the key as the prompt's id; if not, the latest endings
                are searched for our note.
        """
        found = self._read(await self._send("GET", f"/history/{quote(key, safe='')}"), read_history)
        if not found and not is_own_id:
            latest = await self._send("GET", f"/history?max_items={HISTORY_SCANNED}")
            found = tuple(one for one in self._read(latest, read_history) if one.order == key)
        return found[-1] if found else None

    async def submit(self, graph: Graph, key: str, client_id: str) -> Answer:
        """Post the graph under the order's key; what the answer says is for the caller to judge."""
        body = msgspec.json.encode(
            {
                "prompt": api_format(graph),
                # Never `number`: twice the same id and number would kill the server's worker.
                "prompt_id": key,
                "client_id": client_id,
                "extra_data": {ORDER_FIELD: key, "preview_method": "auto"},
            }
        )
        answer = await self._send("POST", "/prompt", content=body)
        if answer.status_code == 500:
            return Answer(prompt_id=None, error_type="unreadable", error_message="ComfyUI could not read the graph.")
        if answer.status_code not in (200, 400):
            raise Unreached(self.url, f"it answered {answer.status_code} to a graph")
        return self._read(answer, read_answer, also=(400,))

    async def delete_pending(self, prompt_id: str) -> None:
        """Take one prompt of this id out of the queue, if one waits there; a running one goes on."""
        self._require(await self._send("POST", "/queue", content=msgspec.json.encode({"delete": [prompt_id]})))

    async def interrupt(self, prompt_id: str) -> None:
        """Interrupt the prompt if it is the one that runs. Takes effect late, or not at all in the last node."""
        self._require(await self._send("POST", "/interrupt", content=msgspec.json.encode({"prompt_id": prompt_id})))

    async def has_jobs(self) -> bool:
        """Say whether the server knows jobs, which newer ones do: they cancel one in whatever state it is."""
        return (await self._send("GET", "/api/jobs?limit=1")).status_code == 200

    async def cancel_job(self, prompt_id: str) -> bool:
        """Cancel a pending or running prompt where the server knows jobs; False where it was neither any more."""
        answer = await self._send("POST", f"/api/jobs/{quote(prompt_id, safe='')}/cancel", content=b"{}")
        return self._read(answer, lambda body: msgspec.json.decode(body, type=_Cancelled)).cancelled

    async def free(self, *, unloads_models: bool = True, drops_cache: bool = True) -> None:
        """Ask the server to give memory back. It does so after what runs: `server()` tells when it has."""
        body = {"unload_models": unloads_models, "free_memory": drops_cache}
        self._require(await self._send("POST", "/free", content=msgspec.json.encode(body)))

    async def node_class(self, name: str) -> msgspec.Raw | None:
        """Return the description of a node class as JSON, or None where the server has no such class."""
        answer = self._require(await self._send("GET", f"/object_info/{quote(name, safe='')}"))
        found = self._read(answer, lambda content: msgspec.json.decode(content, type=dict[str, msgspec.Raw]))
        return found.get(name)

    async def model_file(self, folder: str, name: str) -> ModelFile | None:
        """Return what is known of a model's file; None where there is none, or the server is too old to say."""
        answer = await self._send("GET", f"/experiment/models/{quote(folder, safe='')}")
        if answer.status_code == 404:
            return None
        listed = self._read(answer, lambda content: msgspec.json.decode(content, type=list[ModelFile]))
        return next((one for one in listed if one.name == name), None)

    async def upload(self, content: bytes, name: str) -> str:
        """Upload a picture and return the name that a LoadImage knows it by: the server's choice, not ours.

        Raises:
            TooLarge: the server does not take so much.
        """
        answer = await self._send("POST", "/upload/image", files={"image": (name, content, "image/png")})
        if answer.status_code == 413:
            raise TooLarge
        stored = self._read(answer, lambda body: msgspec.json.decode(body, type=_Uploaded))
        return f"{stored.subfolder}/{stored.name}" if stored.subfolder else stored.name

    async def download(self, file: OutputFile, to: Path) -> None:
        """Fetch a file to a temporary name and rename it once it is whole.

        Raises:
            NotThere: the server has no such file, whatever its history says.
        """
        asked = {"filename": file.filename, "subfolder": file.subfolder, "type": file.type}
        partial = to.with_name(f"{to.name}.part")
        with self._reaching():
            async with self._http.stream("GET", f"{self.url}/view", params=asked) as answer:
                if answer.status_code in (400, 403, 404):
                    raise NotThere(file.filename)
                self._require(answer)
                sink = await asyncio.to_thread(partial.open, "wb")
                try:
                    async for chunk in answer.aiter_bytes(CHUNK_BYTES):
                        await asyncio.to_thread(sink.write, chunk)
                finally:
                    sink.close()
        partial.rename(to)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json"} if content is not None else None
        with self._reaching():
            return await self._http.request(method, f"{self.url}{path}", content=content, files=files, headers=headers)

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn every way in which a connection can fail into the one thing it means."""
        try:
            yield
        except httpx.HTTPError as error:
            raise Unreached(self.url, str(error) or type(error).__name__) from error

    def _require(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code != 200 and answer.status_code != 206:
            why = f"it answered {answer.status_code} to {answer.request.url.path}"
            raise Unreached(self.url, why, is_answer=True)
        return answer

    def _read(self, answer: httpx.Response, read: Callable[[bytes], T], also: tuple[int, ...] = ()) -> T:
        if answer.status_code not in also:
            self._require(answer)
        try:
            return read(answer.content)
        except (msgspec.DecodeError, UnicodeDecodeError, IndexError) as error:
            why = f"what answers there is not ComfyUI, or none we know: {answer.request.url.path} gave {error}"
            raise Unreached(self.url, why, is_answer=True) from error


class _Cancelled(msgspec.Struct):
    cancelled: bool


class _Uploaded(msgspec.Struct):
    name: str
    subfolder: str = ""


@contextlib.asynccontextmanager
async def opened(transport: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Open a connection pool for one piece of work. Proxies of the environment are for the internet, not for a GPU."""
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, transport=transport) as http:
        yield http
