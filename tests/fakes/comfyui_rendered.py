"""A render by one creator on the fake ComfyUI, running beside a test."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from bus.ids import Digest
from bus.plan import Order
from services.creator.renderers.comfyui.patience import Patience
from services.creator.renderers.comfyui.renderer import ComfyUiRenderer
from services.creator.renderers.renderer import RenderFailed, Rendering
from tests.fakes.comfyui import FakeComfyUi
from tests.fakes.comfyui_workflow import TinyWorkflow, order

QUICK = Patience(poll_s=0.01, settle_s=0.05, unreachable_s=20.0, stuck_s=20.0, cancel_s=5.0, choose_s=20.0)
"""Looks often, and gives up only where something is really wrong: a busy machine must not look like a fault."""
IMPATIENT = structs.replace(QUICK, unreachable_s=0.4, stuck_s=0.2, silent_s=0.3, choose_s=0.1)
"""Gives up soon, for tests of just that."""


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that the test did not cause itself."""
    async with asyncio.timeout(30):
        while True:
            if holds():
                return
            await asyncio.sleep(0.002)


class Rendered:
    """One render by one creator, running beside the test."""

    def __init__(
        self,
        fake: FakeComfyUi,
        folder: Path,
        wanted: Order | None = None,
        key: str | None = None,
        *,
        workflow: TinyWorkflow | None = None,
        patience: Patience = QUICK,
        was_posted: bool = False,
        is_afresh: bool = False,
        inputs: dict[Digest, Path] | None = None,
    ) -> None:
        self.key = key or str(uuid.uuid4())
        self.told: list[tuple[int, int]] = []
        self.previews: list[bytes] = []
        self.news = asyncio.Event()
        folder = folder / uuid.uuid4().hex
        folder.mkdir()
        renderer = ComfyUiRenderer(workflow or TinyWorkflow(), [fake.url], patience)
        doing = renderer.render(
            wanted or order(),
            self.key,
            folder,
            inputs or {},
            self._tell,
            server=fake.url,
            was_posted=was_posted,
            is_afresh=is_afresh,
        )
        self.task: asyncio.Task[Rendering] = asyncio.ensure_future(doing)

    def _tell(self, done: int, total: int, *, preview: bytes | None = None) -> None:
        self.told.append((done, total))
        if preview is not None:
            self.previews.append(preview)
        self.news.set()

    async def begun(self, fake: FakeComfyUi) -> None:
        """Wait until ComfyUI works on it."""
        await until(lambda: fake.life.running is not None and fake.life.running[1] == self.key)

    async def failed(self) -> RenderFailed:
        """Return why it failed."""
        async with asyncio.timeout(30):
            with pytest.raises(RenderFailed) as failed:
                await self.task
        return failed.value

    async def cancelled(self, *message: str) -> None:
        """Cancel it and wait until it has left."""
        self.task.cancel(*message)
        async with asyncio.timeout(30):
            with pytest.raises(asyncio.CancelledError):
                await self.task
