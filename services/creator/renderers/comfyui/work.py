"""One order on its server: looked for, posted if it is nowhere, followed, and its files brought home."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from bus.ids import Digest
from bus.plan import Order
from bus.ports import Progress
from services._kit.comfyui.answers import Entry, ModelFile, OutputFile, Server
from services._kit.comfyui.client import ComfyUi
from services._kit.comfyui.errors import NotThere, TooLarge, Unreached
from services._kit.graphs import Graph
from services._kit.threads import in_thread
from services.creator.renderers.comfyui.fetch import Brought, brought, clip_of, last_frame_of, local_name
from services.creator.renderers.comfyui.follow import Ended, Nowhere, Render
from services.creator.renderers.comfyui.job import BoundGraph, Obstacle, Offer, Workflow, classes_of, prepared
from services.creator.renderers.comfyui.outcome import lost, node_failure, rejection, stopped, unreachable
from services.creator.renderers.comfyui.patience import Patience
from services.creator.renderers.comfyui.socket import listening
from services.creator.renderers.comfyui.steps import Steps
from services.creator.renderers.renderer import FailureKind, RenderFailed

T = TypeVar("T")

AFRESH_TRIES: Final = 3
"""How often a graph is posted to a server that was told to forget it. The second time it has."""


async def fit(client: ComfyUi, workflow: Workflow, bound: BoundGraph) -> tuple[BoundGraph, tuple[Obstacle, ...]]:
    """Return the graph with the files that a server has, and what keeps it from rendering that.

    Raises:
        Unreached: it does not say what it has.
    """
    names = classes_of(bound.graph)
    described = await asyncio.gather(*(client.node_class(name) for name in names))
    offer = Offer({name: one for name, one in zip(names, described, strict=True) if one is not None})
    try:
        fitted = workflow.fitted(bound, offer)
    except RenderFailed as error:
        return bound, (Obstacle(kind=error.kind, why=error.why, help=error.help),)
    return fitted, workflow.obstacles(fitted, offer)


def unable(found: Sequence[tuple[str, Obstacle]]) -> RenderFailed:
    """Return that no server can render a graph, each with its first obstacle."""
    why = "; ".join(f"{url}: {obstacle.why}" for url, obstacle in found)
    return RenderFailed(found[0][1].kind, f"No ComfyUI here can render this. {why}", found[0][1].help)


class Work:
    """One order on its server, from the first look to the files."""

    def __init__(
        self,
        workflow: Workflow,
        client: ComfyUi,
        bound: BoundGraph,
        order: Order,
        key: str,
        inputs: Mapping[Digest, Path],
        progress: Progress,
        patience: Patience,
    ) -> None:
        self._workflow, self._client, self._order = workflow, client, order
        self.bound = bound
        """The graph; with the server's own files once it has been asked."""
        self._is_fitted = False
        self._obstacles: tuple[Obstacle, ...] = ()
        self._key, self._inputs, self._progress, self._patience = key, inputs, progress, patience
        self._render: Render | None = None
        self._may_be_there = False
        self._is_over = False

    async def ended(self, *, was_posted: bool, is_afresh: bool = False) -> tuple[Server, Entry]:
        """Return how the render ended, found or posted.

        Args:
            is_afresh: whether an ending that is there already counts as none.

        Raises:
            RenderFailed: it did not end well.
        """
        self._may_be_there = was_posted
        said = await self._patiently(self._client.server)
        self._render = Render(self._client, self._key, said, self._patience)
        where = await self._render.look_patiently()
        if isinstance(where, Nowhere) and was_posted:
            # Whoever posted it may have gone while the request was under way.
            where = await self._render.settled()
        if isinstance(where, Ended) and is_afresh:
            self._render.ignore(where.entry)
            where = Nowhere()
        if isinstance(where, Ended) and where.entry.is_interrupted:
            if was_posted:
                raise stopped(self._client.url)
            self._render.ignore(where.entry)
            where = Nowhere()
        if isinstance(where, Nowhere) and was_posted:
            raise lost(self._client.url)
        self._may_be_there = self._may_be_there or not isinstance(where, Nowhere)
        if isinstance(where, Ended):
            entry = where.entry
        elif isinstance(where, Nowhere):
            entry = await (self._posted_afresh() if is_afresh else self._posted())
        else:
            entry = await self._followed(where.prompt.client_id or str(uuid.uuid4()))
        self._is_over = True
        if entry.is_success:
            await self._fit()
            return said, entry
        raise node_failure(entry.failure, self._order, self._workflow.smaller(self._order))

    async def stop(self) -> None:
        """Stop the render, if it may be there and has not ended."""
        if self._render is not None and self._may_be_there and not self._is_over:
            await self._render.stop()

    async def model_file(self) -> ModelFile | None:
        """Return what the server says of the model's file, for the record: a take does without."""
        if self.bound.model is None or not self.bound.model_folder:
            return None
        try:
            return await self._client.model_file(self.bound.model_folder, self.bound.model)
        except Unreached:
            return None

    async def take(self, entry: Entry, folder: Path) -> Brought:
        """Return the files of the take, fetched, decoded and counted.

        Raises:
            RenderFailed: there is no clip, or not the one that was ordered.
        """
        clip = clip_of(entry, self.bound, self._key)
        last = last_frame_of(entry, self.bound)
        fetched = folder / local_name(clip)
        last_fetched = folder / "last-frame.png" if last is not None else None
        wanted = [(clip, fetched)]
        if last is not None and last_fetched is not None:
            wanted.append((last, last_fetched))
        for file, to in wanted:
            try:
                await self._download(file, to)
            except NotThere as error:
                raise RenderFailed(
                    FailureKind.BAD_OUTPUT,
                    f"ComfyUI ended the render well, and has no file {error.name}.",
                    "Somebody may have moved it. Have it rendered again.",
                ) from error
        return await in_thread(lambda stop: brought(fetched, last_fetched, self._inputs, self._order, folder, stop))

    async def _posted(self) -> Entry:
        """Post the graph and return how it ended. Nothing is posted that is known not to run."""
        obstacles = await self._fit()
        if obstacles:
            raise unable([(self._client.url, obstacles[0])])
        names = {slot.image: await self._uploaded(slot.image) for slot in self.bound.image_slots}
        graph = prepared(self.bound, self._key, names)
        return await self._followed(str(uuid.uuid4()), graph)

    async def _posted_afresh(self) -> Entry:
        """Post the graph to a server that may have had it before, and return how it ended when it was really run.

        The same graph gives the same bytes, where the server renders at all: as long as it keeps what the nodes gave,
        it answers with the name of the old file. It forgets that once it has nothing to do; a graph that comes before
        that is answered from what is kept, and the next one is not.
        """
        assert self._render is not None
        for _ in range(AFRESH_TRIES):
            await self._patiently(lambda: self._client.free(unloads_models=False))
            entry = await self._posted()
            if not entry.is_success or self.bound.video_node not in entry.cached:
                return entry
            self._render.ignore(entry)
        raise RenderFailed(
            FailureKind.BAD_OUTPUT,
            f"ComfyUI at {self._client.url} answers with what it made before, and renders nothing.",
            "Restart it, and ask again.",
        )

    async def _fit(self) -> tuple[Obstacle, ...]:
        """Take the graph with the server's files for what is, or was, posted; return what keeps the server from it."""
        if not self._is_fitted:
            self.bound, self._obstacles = await self._patiently(lambda: fit(self._client, self._workflow, self.bound))
            self._is_fitted = True
        return self._obstacles

    async def _followed(self, client_id: str, graph: Graph | None = None) -> Entry:
        """Return how the render ended, told of its progress; post the graph first where there is one.

        Args:
            client_id: the one the prompt is, or was, posted with: ComfyUI tells its progress to nobody else.
        """
        assert self._render is not None
        render, progress = self._render, self._progress
        steps = Steps(self.bound.graph, self._key)
        told = (-1, -1)
        render.still = lambda: progress(steps.done, steps.total)

        def hear(message: str | bytes) -> None:
            nonlocal told
            if isinstance(message, str):
                if steps.hear(message):
                    render.show_progress()
                    # ComfyUI says the same in up to three messages.
                    if told != (told := (steps.done, steps.total)):
                        progress(*told)
                if steps.is_over:
                    render.wake.set()
                return
            picture = steps.see(message)
            if picture is not None:
                progress(steps.done, steps.total, preview=picture)

        async with listening(self._client.socket_url, client_id, hear):
            if graph is not None:
                await self._submit(graph, client_id, steps)
            return await render.end()

    async def _submit(self, graph: Graph, client_id: str, steps: Steps) -> None:
        """Post the graph. Where the answer is lost, looking tells whether it was posted.

        Raises:
            RenderFailed: the server does not take it, or does not answer for too long.
        """
        assert self._render is not None
        now = asyncio.get_running_loop().time
        since = now()
        self._may_be_there = True
        while True:
            try:
                answer = await self._client.submit(graph, self._key, client_id)
            except Unreached as error:
                if not isinstance(await self._render.settled(), Nowhere):
                    return
                if now() - since > self._patience.unreachable_s:
                    raise unreachable(error, now() - since) from error
                continue
            if answer.prompt_id is not None:
                steps.prompt_id = answer.prompt_id
            if answer.is_clean:
                return
            if answer.prompt_id is not None:
                # The sound part of the graph was queued, and is of no use without the rest.
                await self._render.stop()
            self._may_be_there = False
            raise rejection(answer)

    async def _uploaded(self, image: Digest) -> str:
        """Upload a picture under the name of its content and return what the server calls it."""
        content = await asyncio.to_thread(self._inputs[image].read_bytes)
        try:
            return await self._patiently(lambda: self._client.upload(content, f"{image[:32]}{_ending(content)}"))
        except TooLarge as error:
            raise RenderFailed(
                FailureKind.VALIDATION,
                f"ComfyUI does not take a picture of {len(content) / 1e6:.0f} MB.",
                "Start ComfyUI with a larger --max-upload-size, or give a smaller picture.",
            ) from error

    async def _download(self, file: OutputFile, to: Path) -> None:
        await self._patiently(lambda: self._client.download(file, to))

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Return the answer, however long the server takes to give one.

        Raises:
            RenderFailed: it took too long (`unreachable`).
        """
        now = asyncio.get_running_loop().time
        since = now()
        while True:
            try:
                return await ask()
            except Unreached as error:
                if now() - since > self._patience.unreachable_s:
                    raise unreachable(error, now() - since) from error
                await asyncio.sleep(self._patience.poll_s)


def _ending(content: bytes) -> str:
    if content.startswith(b"\x89PNG"):
        return ".png"
    return ".webp" if content[8:12] == b"WEBP" else ".jpg"
