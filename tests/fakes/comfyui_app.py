"""The fake ComfyUI's HTTP and WebSocket interface, as a Starlette application."""

from __future__ import annotations

import asyncio
import hashlib
import json
import mimetypes
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fakes.comfyui_controls import Controls, Item, Socket
from tests.fakes.comfyui_life import Life
from tests.fakes.comfyui_nodes import CLASSES, Json, Validation, described

BROKEN = "500 Internal Server Error\n\nServer got itself in trouble"
UPLOAD_BYTES_MAX = 104_857_600


class Host(Protocol):
    """What the application belongs to."""

    controls: Controls
    life: Life
    folder: Path
    frees: list[Json]
    """What was asked of /free."""

    async def before_post(self, request: Request) -> None:
        """Do what is to be done to the connection before a posted prompt is handled."""
        ...

    async def after_post(self, request: Request) -> None:
        """Do the same before it is answered."""
        ...


def make_app(host: Host) -> ASGIApp:
    """Return the application. All paths are also there below `/api`."""
    rooms = (_Prompts(host), _Files(host), _Things(host))
    routes: list[BaseRoute] = []
    for prefix in ("", "/api"):
        for room in rooms:
            for path, method, handle in room.routes():
                routes.append(Route(prefix + path, _guarded(handle), methods=[method]))
        routes.append(WebSocketRoute(f"{prefix}/ws", _Sockets(host).serve))
    return _same_origin(Starlette(routes=[*_Jobs(host).routes(), *routes]))


Handle = Callable[[Request], Awaitable[Response]]
Routes = list[tuple[str, str, Handle]]


def _guarded(handle: Handle) -> Handle:
    async def guarded(request: Request) -> Response:
        try:
            return await handle(request)
        except (ValueError, TypeError, KeyError, AttributeError):
            return PlainTextResponse(BROKEN, status_code=500)

    return guarded


def _same_origin(app: ASGIApp) -> ASGIApp:
    """Refuse what a foreign page sends through a person's browser."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode() for name, value in scope.get("headers", ())}
        origin = headers.get(b"origin")
        if scope["type"] == "http" and origin not in (None, "null", f"http://{headers[b'host']}"):
            await Response(status_code=403)(scope, receive, send)
            return
        await app(scope, receive, send)

    return checked


class _Prompts:
    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def _life(self) -> Life:
        return self._host.life

    def routes(self) -> Routes:
        return [
            ("/prompt", "POST", self._post),
            ("/prompt", "GET", self._remaining),
            ("/queue", "GET", self._queue),
            ("/queue", "POST", self._change_queue),
            ("/history", "GET", self._history),
            ("/history", "POST", self._change_history),
            ("/history/{prompt_id:path}", "GET", self._one),
            ("/interrupt", "POST", self._interrupt),
            ("/free", "POST", self._free),
        ]

    async def _post(self, request: Request) -> Response:
        life, controls = self._life, self._host.controls
        body = await request.json()
        await self._host.before_post(request)
        answer = self._submitted(life, controls, body)
        await self._host.after_post(request)
        return answer

    def _submitted(self, life: Life, controls: Controls, body: Json) -> Response:
        number = float(str(body["number"])) if "number" in body else float(life.counter)
        if body.get("front"):
            number = -number
        life.counter += 1
        if "prompt" not in body:
            error = {"type": "no_prompt", "message": "No prompt provided", "details": "No prompt provided"}
            return JSONResponse({"error": {**error, "extra_info": {}}, "node_errors": {}}, 400)
        if not isinstance(body["prompt"], dict):
            raise TypeError
        prompt_id = str(body.get("prompt_id", uuid.uuid4()))
        if controls.at_least < (0, 3, 45):
            prompt_id = str(uuid.uuid4())
        if controls.is_new and not _is_canonical(prompt_id):
            error = {"type": "invalid_prompt_id", "message": "prompt_id is no UUID", "details": prompt_id}
            return JSONResponse({"error": {**error, "extra_info": {}}, "node_errors": {}}, 400)
        inputs = self._host.folder / "input"
        verdict = Validation(body["prompt"], controls.models, inputs, is_new=controls.is_new).verdict()
        if verdict.error is not None:
            return JSONResponse({"error": verdict.error, "node_errors": verdict.node_errors}, 400)
        extra: Json = dict(body.get("extra_data") or {})  # type: ignore[call-overload]
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        item: Item = (number, prompt_id, body["prompt"], extra, list(verdict.outputs))
        life.put(item)
        return JSONResponse({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})

    async def _remaining(self, request: Request) -> Response:
        return JSONResponse({"exec_info": {"queue_remaining": self._life.remaining()}})

    async def _queue(self, request: Request) -> Response:
        running = [self._life.running] if self._life.running is not None else []
        return JSONResponse({"queue_running": running, "queue_pending": self._life.pending})

    async def _change_queue(self, request: Request) -> Response:
        body = await request.json()
        if body.get("clear"):
            self._life.pending.clear()
        for prompt_id in body.get("delete", ()):
            self._life.delete(prompt_id)
        return Response()

    async def _history(self, request: Request) -> Response:
        most = request.query_params.get("max_items")
        entries = list(self._life.history.items())
        return JSONResponse(dict(entries[-int(most) :] if most is not None else entries))

    async def _one(self, request: Request) -> Response:
        prompt_id = request.path_params["prompt_id"]
        entry = self._life.history.get(prompt_id)
        return JSONResponse({} if entry is None else {prompt_id: entry})

    async def _change_history(self, request: Request) -> Response:
        body = await request.json()
        if body.get("clear"):
            self._life.history.clear()
        for prompt_id in body.get("delete", ()):
            self._life.history.pop(prompt_id, None)
        return Response()

    async def _interrupt(self, request: Request) -> Response:
        try:
            prompt_id = (await request.json()).get("prompt_id")
        except json.JSONDecodeError:
            prompt_id = None
        if self._host.controls.at_least < (0, 3, 57):
            prompt_id = None
        self._life.interrupt(prompt_id)
        return Response()

    async def _free(self, request: Request) -> Response:
        asked, life = await request.json(), self._life
        self._host.frees.append(asked)
        # Both are flags, which the worker heeds after what runs.
        life.frees_memory = life.frees_memory or bool(asked.get("free_memory"))
        life.unloads_models = life.unloads_models or bool(asked.get("unload_models"))
        if life.running is None and not self._host.controls.frees_late:
            life.heed()
        return Response()


def _is_canonical(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


class _Jobs:
    """`/api/jobs`, which newer servers have."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/jobs", self._all, methods=["GET"]),
            Route("/api/jobs/{job_id}", self._one, methods=["GET"]),
            Route("/api/jobs/{job_id}/cancel", self._cancel, methods=["POST"]),
        ]

    async def _all(self, request: Request) -> Response:
        if not self._host.controls.is_new:
            return Response(status_code=404)
        life, limit = self._host.life, int(request.query_params.get("limit", 100))
        ids = [item[1] for item in life.pending] + list(life.history)
        return JSONResponse({"jobs": [{"id": one} for one in ids[:limit]], "pagination": {"total": len(ids)}})

    async def _one(self, request: Request) -> Response:
        life, job_id = self._host.life, request.path_params["job_id"]
        if not self._host.controls.is_new:
            return Response(status_code=404)
        if life.running is not None and life.running[1] == job_id:
            return JSONResponse({"id": job_id, "status": "in_progress"})
        if any(item[1] == job_id for item in life.pending):
            return JSONResponse({"id": job_id, "status": "pending"})
        entry = life.history.get(job_id)
        if entry is None:
            return JSONResponse({"error": "Job not found"}, 404)
        status = entry["status"]
        assert isinstance(status, dict)
        is_cancelled = any(kind == "execution_interrupted" for kind, _ in status["messages"])
        word = "completed" if status["completed"] else "cancelled" if is_cancelled else "failed"
        return JSONResponse({"id": job_id, "status": word})

    async def _cancel(self, request: Request) -> Response:
        life, job_id = self._host.life, request.path_params["job_id"]
        if not self._host.controls.is_new:
            return Response(status_code=404)
        return JSONResponse({"cancelled": life.delete(job_id) or life.interrupt(job_id)})


class _Files:
    def __init__(self, host: Host) -> None:
        self._host = host

    def routes(self) -> Routes:
        return [("/view", "GET", self._view), ("/upload/image", "POST", self._upload)]

    async def _view(self, request: Request) -> Response:
        asked = request.query_params
        name, subfolder, kind = asked.get("filename", ""), asked.get("subfolder", ""), asked.get("type", "output")
        if "filename" not in asked:
            return Response(status_code=404)
        if not name or kind not in ("output", "input", "temp") or name.startswith("/") or ".." in name:
            return Response(status_code=400)
        root = self._host.folder / kind
        path = root / subfolder / Path(name).name
        if not path.resolve().is_relative_to(root.resolve()):
            return Response(status_code=403)
        if not path.is_file():
            return Response(status_code=404)
        media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if "preview" in asked and not media.startswith("image/"):
            return PlainTextResponse(BROKEN, status_code=500)
        return FileResponse(path, media_type=media, headers={"Content-Disposition": f'filename="{name}"'})

    async def _upload(self, request: Request) -> Response:
        if int(request.headers.get("content-length", "0")) > UPLOAD_BYTES_MAX:
            return PlainTextResponse(f"Maximum request body size {UPLOAD_BYTES_MAX} exceeded.", status_code=413)
        async with request.form() as form:
            image = form.get("image")
            if not isinstance(image, UploadFile) or not image.filename:
                return Response(status_code=400)
            kind, subfolder = str(form.get("type", "input")), str(form.get("subfolder", ""))
            content, name = await image.read(), quote(image.filename, safe=" ()")
            overwrites = form.get("overwrite") in ("true", "1")
        if kind not in ("input", "temp", "output"):
            return PlainTextResponse(BROKEN, status_code=500)
        root = self._host.folder / kind
        folder = root / subfolder
        if not folder.resolve().is_relative_to(root.resolve()):
            return Response(status_code=400)
        folder.mkdir(parents=True, exist_ok=True)
        path, number = folder / name, 0
        while not overwrites and path.exists() and _digest(path.read_bytes()) != _digest(content):
            number += 1
            path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        path.write_bytes(content)
        return JSONResponse({"name": path.name, "subfolder": subfolder, "type": kind})


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class _Things:
    def __init__(self, host: Host) -> None:
        self._host = host

    def routes(self) -> Routes:
        return [
            ("/object_info", "GET", self._classes),
            ("/object_info/{name}", "GET", self._class),
            ("/models", "GET", self._folders),
            ("/models/{folder}", "GET", self._models),
            ("/experiment/models/{folder}", "GET", self._model_files),
            ("/system_stats", "GET", self._stats),
        ]

    async def _classes(self, request: Request) -> Response:
        models = self._host.controls.models
        return JSONResponse({key: one for name in CLASSES for key, one in described(name, models).items()})

    async def _class(self, request: Request) -> Response:
        return JSONResponse(described(request.path_params["name"], self._host.controls.models))

    async def _folders(self, request: Request) -> Response:
        return JSONResponse(list(self._host.controls.models))

    async def _models(self, request: Request) -> Response:
        found = self._host.controls.models.get(request.path_params["folder"])
        return Response(status_code=404) if found is None else JSONResponse(found)

    async def _model_files(self, request: Request) -> Response:
        controls = self._host.controls
        found = controls.models.get(request.path_params["folder"])
        if found is None:
            return Response(status_code=404)
        about = {"pathIndex": 0, "size": controls.model_bytes, "modified": controls.model_modified, "created": 0.0}
        return JSONResponse([{"name": one, **about} for one in found])

    async def _stats(self, request: Request) -> Response:
        memory, models = self._host.controls.memory_bytes, 9_663_676_416
        system = {"os": "posix", "comfyui_version": self._host.controls.version, "ram_total": memory}
        if not self._host.controls.has_card:
            cpu = {"name": "cpu", "type": "cpu", "vram_total": memory, "torch_vram_total": memory}
            return JSONResponse({"system": system, "devices": [cpu]})
        held = models if self._host.life.has_models else 0
        card = {
            "name": f"cuda:0 {self._host.controls.device} : cudaMallocAsync",
            "type": "cuda",
            "vram_total": memory,
            "vram_free": memory - held,
            "torch_vram_total": held,
            "torch_vram_free": 0,
        }
        return JSONResponse({"system": system, "devices": [card]})


class _Sockets:
    def __init__(self, host: Host) -> None:
        self._host = host

    async def serve(self, ws: WebSocket) -> None:
        """Serve one socket. When it ends, whoever holds its client id by then is forgotten: the reconnect trap."""
        if self._host.controls.refuses_sockets:
            await ws.close(1013)
            return
        await ws.accept()
        life = self._host.life
        socket = Socket(ws.query_params.get("clientId") or uuid.uuid4().hex)
        life.sockets[socket.sid] = socket
        life.tell_status(socket.sid)
        if life.running is not None and life.running[3].get("client_id") == socket.sid and life.last_node is not None:
            life.tell("executing", {"node": life.last_node}, socket.sid)
        sending = asyncio.ensure_future(self._send(ws, socket))
        try:
            is_first = True
            while True:
                heard = json.loads(await ws.receive_text())
                if is_first and heard.get("type") == "feature_flags":
                    socket.wants_facts = bool(heard["data"].get("supports_preview_metadata"))
                    flags: Json = {"supports_preview_metadata": True, "max_upload_size": UPLOAD_BYTES_MAX}
                    life.tell("feature_flags", flags, socket.sid)
                is_first = False
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            sending.cancel()
            life.sockets.pop(socket.sid, None)

    async def _send(self, ws: WebSocket, socket: Socket) -> None:
        while True:
            message = await socket.outbox.get()
            if isinstance(message, str):
                await ws.send_text(message)
            else:
                await ws.send_bytes(message)
