"""One life of the fake ComfyUI's process: its queue, its worker, its history and its sockets. A restart begins anew."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.fakes import comfyui_pictures as pictures
from tests.fakes.comfyui_controls import Controls, Execution, Interrupted, Item, NodeFailed, Socket
from tests.fakes.comfyui_nodes import CLASSES, Json
from tests.fakes.comfyui_pictures import Latent


class Life:
    """The state of one process."""

    def __init__(self, number: int, folder: Path, controls: Controls, executions: list[Execution]) -> None:
        self.number, self.folder, self.controls, self.executions = number, folder, controls, executions
        self.counter = 0
        self.pending: list[Item] = []
        self.taken: list[str] = []
        """The id of every prompt that was taken, each time it was."""
        self.running: Item | None = None
        self.history: dict[str, Json] = {}
        self.cache: dict[str, tuple[tuple[object, ...], Json | None]] = {}
        self.sockets: dict[str, Socket] = {}
        self.last_node: str | None = None
        self.must_stop = False
        self.frees_memory = False
        self.has_models = False
        """Whether models lie in the card's memory; they stay there until somebody has it freed."""
        self.unloads_models = False
        self._news = asyncio.Event()

    # -- the queue ---------------------------------------------------------------------------------------------

    def put(self, item: Item) -> None:
        """Queue a prompt; two of the same number and id can't be compared, and break the heap for good."""
        self.taken.append(item[1])
        try:
            heapq.heappush(self.pending, item)
        finally:
            self._news.set()
        self.tell_status()

    def remaining(self) -> int:
        """Return how many prompts wait or run."""
        return len(self.pending) + (self.running is not None)

    def delete(self, prompt_id: str) -> bool:
        """Take out the first pending prompt of this id."""
        for index, item in enumerate(self.pending):
            if item[1] == prompt_id:
                del self.pending[index]
                heapq.heapify(self.pending)
                self.tell_status()
                return True
        return False

    def interrupt(self, prompt_id: str | None) -> bool:
        """Ask the running prompt to stop; None means whichever runs."""
        if self.running is None or prompt_id not in (None, self.running[1]):
            return False
        self.must_stop = True
        return True

    async def work(self) -> None:
        """Run prompts one after the other, until killed or dead of a TypeError."""
        while True:
            while not self.pending:
                self._news.clear()
                await self._news.wait()
            try:
                self.running = heapq.heappop(self.pending)
            except TypeError:
                return
            self.must_stop = False
            self.controls.on_run()
            self.has_models = True
            await self._run(self.running)
            self.heed()

    def heed(self) -> None:
        """Do what was asked of `/free`. Freed memory takes the models with it, whatever was said of those."""
        if self.frees_memory:
            self.cache.clear()
        if self.frees_memory or self.unloads_models:
            self.has_models = False
        self.frees_memory = self.unloads_models = False

    # -- sockets -----------------------------------------------------------------------------------------------

    def tell(self, kind: str, facts: Json, sid: str | None) -> None:
        """Send an event to one client, or to all where there is none to send it to."""
        self._send(json.dumps({"type": kind, "data": facts}), sid)

    def tell_status(self, sid: str | None = None) -> None:
        """Tell everybody, or one new client, how long the queue is."""
        status: Json = {"status": {"exec_info": {"queue_remaining": self.remaining()}}}
        if sid is not None:
            status["sid"] = sid
        self.tell("status", status, sid)

    def _send(self, message: str | bytes, sid: str | None) -> None:
        if self.controls.is_mute:
            return
        for one in [self.sockets[sid]] if sid in self.sockets else list(self.sockets.values()) if sid is None else []:
            one.outbox.put_nowait(message)

    def _preview(self, prompt_id: str, node: str, image: bytes, sid: str | None) -> None:
        one = self.sockets.get(sid) if sid else None
        if one is None or not one.wants_facts:
            self._send((1).to_bytes(4, "big") + (1).to_bytes(4, "big") + image, sid)
            return
        facts = json.dumps({"node_id": node, "prompt_id": prompt_id, "image_type": "image/jpeg"}).encode()
        self._send((4).to_bytes(4, "big") + len(facts).to_bytes(4, "big") + facts + image, sid)

    # -- running -----------------------------------------------------------------------------------------------

    async def _run(self, item: Item) -> None:
        _, prompt_id, graph, extra, outputs = item
        client = extra.get("client_id")
        sid = client if isinstance(client, str) else None
        execution = Execution(prompt_id, self.number)
        run = _Run(self, prompt_id, graph, sid, execution)
        messages: list[tuple[str, Json]] = []

        def say(kind: str, **facts: object) -> None:
            told: Json = {**facts, "prompt_id": prompt_id, "timestamp": time.time_ns() // 1_000_000}
            messages.append((kind, told))
            # Without a client id nobody hears of it, but of an interruption everybody does.
            if sid is not None or kind == "execution_interrupted":
                self.tell(kind, told, sid)

        self.tell_status()
        say("execution_start")
        order = list(_order(graph, outputs))
        cached = [key for key in order if run.signature(key) in self.cache]
        say("execution_cached", nodes=cached)
        if len(cached) < len(order):
            self.executions.append(execution)
        try:
            for key in order:
                await run.node(key)
            say("execution_success")
        except Interrupted:
            say("execution_interrupted", node_id=run.current, node_type=run.class_of(run.current), executed=[])
        except NodeFailed as error:
            say(
                "execution_error",
                node_id=run.current,
                node_type=run.class_of(run.current),
                exception_type=error.kind,
                exception_message=str(error),
                traceback=["…"],
                executed=run.executed,
            )
        execution.has_ended = True
        is_success = messages[-1][0] == "execution_success"
        self.history.pop(prompt_id, None)
        self.history[prompt_id] = {
            "prompt": list(item),
            "outputs": run.outputs,
            "status": {
                "status_str": "success" if is_success else "error",
                "completed": is_success,
                "messages": messages,
            },
            "meta": {key: {"node_id": key} for key in run.outputs},
        }
        self.running, self.last_node = None, None
        self.tell_status()
        if sid is not None:
            self.tell("executing", {"node": None, "prompt_id": prompt_id}, sid)


def _order(graph: Json, outputs: list[str]) -> Iterator[str]:
    """Yield what the outputs hang on, each node after what it needs."""
    done: set[str] = set()

    def visit(key: str) -> Iterator[str]:
        if key in done:
            return
        done.add(key)
        node = graph[key]
        assert isinstance(node, dict)
        for value in node["inputs"].values():
            if isinstance(value, list):
                yield from visit(str(value[0]))
        yield key

    # The real one does not follow the order of the graph either.
    for output in reversed(outputs):
        yield from visit(output)


class _Run:
    """One run of one graph."""

    def __init__(self, life: Life, prompt_id: str, graph: Json, sid: str | None, execution: Execution) -> None:
        self._life, self._prompt_id, self._graph, self._sid, self._execution = life, prompt_id, graph, sid, execution
        self._values: dict[str, tuple[object, ...]] = {}
        self._states: Json = {}
        self.current = ""
        self.executed: list[str] = []
        self.outputs: Json = {}

    def class_of(self, key: str) -> str:
        node = self._graph[key]
        assert isinstance(node, dict)
        return str(node["class_type"])

    def _inputs(self, key: str) -> Json:
        node = self._graph[key]
        assert isinstance(node, dict)
        inputs: Json = node["inputs"]
        return inputs

    def signature(self, key: str) -> str:
        """Return what a node's result depends on: node ids take no part in it, the bytes of pictures do."""
        parts: Json = {}
        for name, value in self._inputs(key).items():
            parts[name] = [self.signature(str(value[0])), value[1]] if isinstance(value, list) else value
        if self.class_of(key) == "LoadImage":
            parts["bytes"] = (self._life.folder / "input" / str(parts["image"])).read_bytes().hex()
        return json.dumps([self.class_of(key), parts], sort_keys=True)

    async def node(self, key: str) -> None:
        """Run one node, or take its result from the cache."""
        life, kind = self._life, self.class_of(key)
        signature = self.signature(key)
        if signature in life.cache:
            self._values[key], said = life.cache[signature]
        else:
            self.current = life.last_node = key
            if life.must_stop:
                raise Interrupted
            self._execution.ran.append(kind)
            self._state(key, "running", 0, 1)
            if self._sid is not None:
                told: Json = {"node": key, "display_node": key, "prompt_id": self._prompt_id}
                life.tell("executing", told, self._sid)
            if kind in life.controls.hang:
                await asyncio.Event().wait()
            if kind in life.controls.fail:
                raise NodeFailed(*life.controls.fail[kind])
            await asyncio.sleep(life.controls.node_s)
            self._values[key], said = await self._result(key, kind)
            life.cache[signature] = (self._values[key], said)
            self._state(key, "finished", 1, 1)
            self.executed.append(key)
        if said is not None:
            self.outputs[key] = said
            if self._sid is not None:
                facts: Json = {"node": key, "display_node": key, "output": said, "prompt_id": self._prompt_id}
                life.tell("executed", facts, self._sid)

    def _state(self, key: str, state: str, value: float, most: float) -> None:
        if self._life.controls.at_least < (0, 3, 45):
            return
        self._states[key] = {"value": value, "max": most, "state": state, "node_id": key, "prompt_id": self._prompt_id}
        facts: Json = {"prompt_id": self._prompt_id, "nodes": dict(self._states)}
        self._life.tell("progress_state", facts, self._sid)

    async def _result(self, key: str, kind: str) -> tuple[tuple[object, ...], Json | None]:
        values: Json = {
            name: self._values[str(value[0])][value[1]] if isinstance(value, list) else value
            for name, value in self._inputs(key).items()
        }
        folder = self._life.folder
        match kind:
            case "EmptyHunyuanLatentVideo":
                return (_latent(values),), None
            case "WanImageToVideo" | "WanFirstLastFrameToVideo":
                start = values.get("start_image")
                latent = _latent(values, start if isinstance(start, str) else None)
                return (values["positive"], values["negative"], latent), None
            case "LoadImage":
                return (values["image"], None), None
            case "KSampler":
                given = values["latent_image"]
                assert isinstance(given, Latent)
                if given.width * given.height * given.length > self._life.controls.fits:
                    raise NodeFailed("torch.OutOfMemoryError", "Allocation on device")
                await self._sample(key, int(str(values["steps"])))
                return (replace(given, seed=int(str(values["seed"]))),), None
            case "VAEDecode":
                sampled = values["samples"]
                assert isinstance(sampled, Latent)
                made = pictures.frames(sampled, folder / "input", self._life.controls.drift)
                return ([*made, *made[: self._life.controls.extra_frames]],), None
            case "ImageFromBatch":
                batch, index = values["image"], int(str(values["batch_index"]))
                assert isinstance(batch, list)
                return (batch[index : index + int(str(values["length"]))],), None
            case "CreateVideo":
                return ((values["images"], values["fps"]),), None
            case _ if CLASSES[kind].is_output:
                await self._life.controls.save_gate.wait()
                return (), self._saved(kind, values)
            case _:
                return (kind,) * len(CLASSES[kind].outputs), None

    async def _sample(self, key: str, steps: int) -> None:
        life = self._life
        for step in range(1, steps + 1):
            while not life.controls.gate.is_set() and not life.must_stop:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.002):
                        await life.controls.gate.wait()
            await asyncio.sleep(life.controls.step_s)
            if life.must_stop:
                raise Interrupted
            image = pictures.jpeg(pictures.frames(Latent(64, 64, 1, step), life.folder)[0])
            if life.controls.has_previews:
                life._preview(self._prompt_id, key, image, self._sid)
            self._state(key, "running", step, steps)
            facts: Json = {"value": step, "max": steps, "prompt_id": self._prompt_id, "node": key}
            life.tell("progress", facts, self._sid)

    def _saved(self, kind: str, values: Json) -> Json:
        """Write files as a saver does, and return what it says about them."""
        if kind == "PreviewImage":
            return {"images": self._written("temp", f"ComfyUI_temp_{uuid.uuid4().hex[:5]}", ".png", values)}
        if kind == "SaveVideo" and (values["format"] not in ("auto", "mp4") or values["codec"] not in ("auto", "h264")):
            raise NodeFailed("ValueError", "Only H264 codec is supported for now\n")
        ending = {"SaveImage": ".png", "SaveAnimatedWEBP": ".webp"}.get(kind, ".mp4")
        files = self._written("output", str(values["filename_prefix"]), ending, values)
        if kind == "VHS_VideoCombine":
            return {"gifs": [{**one, "format": "video/h264-mp4", "frame_rate": 16.0} for one in files]}
        return {"images": files} if kind == "SaveImage" else {"images": files, "animated": [True]}

    def _written(self, kind: str, prefix: str, ending: str, values: Json) -> list[Json]:
        root = self._life.folder / kind
        subfolder, _, name = prefix.rpartition("/")
        folder = root / subfolder
        if not folder.resolve().is_relative_to(root.resolve()):
            raise NodeFailed("Exception", "**** ERROR: Saving image outside the output folder is not allowed.")
        folder.mkdir(parents=True, exist_ok=True)
        taken = [int(one.stem.rstrip("_").rpartition("_")[2]) for one in folder.glob(f"{name}_*_.*")]
        number = max(taken, default=0) + 1
        video = values.get("video")
        made, fps = video if isinstance(video, tuple) else (values["images"], values.get("fps", 16.0))
        names = []
        if ending == ".png":
            for index, frame in enumerate(made):
                names.append(f"{name}_{number + index:05}_{ending}")
                (folder / names[-1]).write_bytes(pictures.png(frame, self._graph))
        else:
            names.append(f"{name}_{number:05}_{ending}")
            write = pictures.write_webp if ending == ".webp" else pictures.write_mp4
            write(made, float(str(fps)), folder / names[-1], self._graph)
        return [{"filename": one, "subfolder": subfolder, "type": kind} for one in names]


def _latent(values: Json, start: str | None = None) -> Latent:
    width, height, length = (int(str(values[name])) for name in ("width", "height", "length"))
    return Latent(width, height, length, start=start)
