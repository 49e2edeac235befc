"""The renderer that has a ComfyUI server make the clip, with one workflow."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import structlog
from msgspec import Struct

from bus.ids import Digest, digest_of
from bus.plan import Made, Order
from bus.ports import Progress
from bus.work import LEAVING
from services._kit.comfyui.answers import ModelFile, Server
from services._kit.comfyui.client import ComfyUi, opened
from services._kit.comfyui.errors import Unreached
from services._kit.graphs import api_format
from services.creator.renderers.comfyui.fetch import Brought
from services.creator.renderers.comfyui.follow import Render
from services.creator.renderers.comfyui.job import BoundGraph, Obstacle, Workflow
from services.creator.renderers.comfyui.outcome import unreachable
from services.creator.renderers.comfyui.patience import Patience
from services.creator.renderers.comfyui.work import Work, fit, unable
from services.creator.renderers.renderer import FailureKind, Renderer, RenderFailed, Rendering

log = structlog.get_logger()


class _Offered(Struct, frozen=True, kw_only=True):
    """One server's answer to the question whether it takes an order."""

    url: str
    load: int = 0
    obstacles: tuple[Obstacle, ...] = ()
    unreached: Unreached | None = None


class Promises:
    """Orders that were promised to a server and do not show in its queue yet, so that two don't go to the same."""

    def __init__(self) -> None:
        self._made: list[tuple[float, str]] = []

    def count(self, url: str, now: float) -> int:
        """Return how many promises to this server still hold."""
        self._made = [one for one in self._made if one[0] > now]
        return sum(name == url for _, name in self._made)

    def make(self, url: str, until: float) -> None:
        """Note that an order goes to this server."""
        self._made.append((until, url))


class ComfyUiRenderer(Renderer):
    """Renders orders of one workflow on whichever server is free and can.

    Args:
        servers: where ComfyUI is, as URLs; orders posted to a server that is not among them any more are still
            looked for there.
        transport: what requests go through, for a test that cuts the line; None is the network.
    """

    def __init__(
        self,
        workflow: Workflow,
        servers: Sequence[str],
        patience: Patience | None = None,
        promises: Promises | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.name = workflow.name
        self.version = workflow.version
        self._workflow = workflow
        self._servers = tuple(dict.fromkeys(url.rstrip("/") for url in servers))
        self._patience = patience or Patience()
        self._promises = promises or Promises()
        self._transport = transport

    # -- where -------------------------------------------------------------------------------------------------

    async def choose(self, order: Order) -> str:
        """Return the server with the least to do of those that have all that the order needs.

        Raises:
            RenderFailed: no server has it, or none answers.
        """
        if not self._servers:
            raise RenderFailed(
                FailureKind.UNREACHABLE,
                f"{self.name} is rendered by ComfyUI, and no server is named.",
                'Start Kindling with --comfyui http://127.0.0.1:8188, or set `urls = ["…"]` under [comfyui] in '
                "kindling.toml.",
            )
        bound = self._workflow.bind(order)
        loop = asyncio.get_running_loop()
        since = loop.time()
        async with opened(self._transport) as http:
            while True:
                offers = await asyncio.gather(*(self._offer(ComfyUi(url, http), bound) for url in self._servers))
                able = [one for one in offers if not one.obstacles and one.unreached is None]
                if able:
                    now = loop.time()
                    best = min(able, key=lambda one: one.load + self._promises.count(one.url, now))
                    self._promises.make(best.url, now + self._patience.promise_s)
                    return best.url
                silent = next((one.unreached for one in offers if one.unreached is not None), None)
                if silent is None:
                    raise unable([(one.url, one.obstacles[0]) for one in offers])
                if loop.time() - since >= self._patience.choose_s:
                    raise unreachable(silent, self._patience.choose_s)
                await asyncio.sleep(self._patience.poll_s)

    async def _offer(self, client: ComfyUi, bound: BoundGraph) -> _Offered:
        try:
            queue = await client.queue()
            _, obstacles = await fit(client, self._workflow, bound)
        except Unreached as error:
            return _Offered(url=client.url, unreached=error)
        return _Offered(url=client.url, load=len(queue.running) + len(queue.pending), obstacles=obstacles)

    # -- rendering ---------------------------------------------------------------------------------------------

    async def render(
        self,
        order: Order,
        key: str,
        folder: Path,
        inputs: Mapping[Digest, Path],
        progress: Progress,
        *,
        server: str,
        was_posted: bool,
        is_afresh: bool = False,
    ) -> Rendering:
        """Return the clip. See `Renderer.render`."""
        bound = self._workflow.bind(order)
        async with opened(self._transport) as http:
            client = ComfyUi(server, http)
            work = Work(self._workflow, client, bound, order, key, inputs, progress, self._patience)
            try:
                said, entry = await work.ended(was_posted=was_posted, is_afresh=is_afresh)
                take = await work.take(entry, folder)
                model = await work.model_file()
            except asyncio.CancelledError as error:
                if error.args != (LEAVING,):
                    await _to_its_end(work.stop())
                raise
        return Rendering(
            video=take.video,
            hand_over=take.hand_over,
            poster=take.poster,
            frame_count=order.frame_count,
            width=order.width,
            height=order.height,
            made=self._made(order, work.bound, said, model, take),
            share=self._workflow.share(work.bound),
        )

    async def stop(self, key: str, server: str) -> str:
        """Stop an order's render on a server. See `Renderer.stop`."""
        async with opened(self._transport) as http:
            client = ComfyUi(server, http)
            try:
                said = await self._asked(client)
            except Unreached as error:
                return f"ComfyUI at {server} does not answer: {error.why}"
            return await Render(client, key, said, self._patience).stop()

    async def _asked(self, client: ComfyUi) -> Server:
        """Return what the server says about itself, within the time that a stop may take.

        Raises:
            Unreached: it said nothing.
        """
        now = asyncio.get_running_loop().time
        until = now() + self._patience.cancel_s
        while True:
            try:
                return await client.server()
            except Unreached:
                if now() >= until:
                    raise
                await asyncio.sleep(self._patience.poll_s)

    def _made(self, order: Order, bound: BoundGraph, said: Server, model: ModelFile | None, take: Brought) -> Made:
        colour = take.colour
        options = _Options(
            workflow=self._workflow.name,
            graph=digest_of(msgspec.json.encode(api_format(bound.graph), order="deterministic")),
            seed=order.seed,
            device=said.device,
            model_size_bytes=model.size if model is not None else None,
            model_date=f"{datetime.fromtimestamp(model.modified, UTC):%Y-%m-%d %H:%M:%S}" if model is not None else "",
            colour=_Colour(
                outcome=colour.outcome,
                against=colour.against,
                before=round(colour.before, 2),
                after=round(colour.after, 2),
                affine=[round(float(one), 5) for one in colour.affine.ravel()] if colour.affine is not None else None,
            )
            if colour is not None
            else None,
        )
        return Made(
            by="comfyui",
            version=said.version,
            model=bound.model,
            options=msgspec.json.encode(options).decode(),
        )


class _Colour(Struct, omit_defaults=True):
    outcome: str
    against: str
    before: float
    after: float
    affine: list[float] | None = None
    """Row by row, 3×4, for BGR."""


class _Options(Struct, omit_defaults=True):
    workflow: str
    graph: str
    seed: int
    device: str = ""
    model_size_bytes: int | None = None
    model_date: str = ""
    """When the model's file was last written, in UTC: a server tells no digest of it."""
    colour: _Colour | None = None


async def _to_its_end(stopping: Coroutine[None, None, object]) -> None:
    """Wait for what must not be left half done, though the task that waits is cancelled; a second time ends it."""
    running = asyncio.ensure_future(stopping)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        raise
