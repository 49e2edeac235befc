"""A ComfyUI for the contract tests: the fake, or a real server where KINDLING_COMFYUI_URL names one."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bus.plan import Order
from services._kit.comfyui.client import ComfyUi
from services._kit.graphs import Graph, api_format
from services.creator.renderers.comfyui.job import prepared
from tests.fakes.comfyui import comfyui
from tests.fakes.comfyui_workflow import TinyWorkflow, order

REAL = os.environ.get("KINDLING_COMFYUI_URL")
WAIT_S = 600.0 if REAL else 10.0


@dataclass
class Reached:
    """A server, and a workflow that it can run."""

    url: str
    workflow: TinyWorkflow
    http: httpx.AsyncClient

    @property
    def client(self) -> ComfyUi:
        return ComfyUi(self.url, self.http)

    def graph(self, wanted: Order | None = None, key: str | None = None) -> Graph:
        return prepared(self.workflow.bind(wanted or order(seed=seed())), key or new_id(), {})

    async def post(self, graph: Graph, **more: object) -> httpx.Response:
        return await self.http.post(f"{self.url}/prompt", json={"prompt": api_format(graph), **more})

    async def get(self, path: str, **asked: str) -> httpx.Response:
        return await self.http.get(f"{self.url}{path}", params=asked)

    async def ended(self, prompt_id: str) -> httpx.Response:
        """Return the history of a prompt once it has ended."""
        async with asyncio.timeout(WAIT_S):
            while True:
                answer = await self.get(f"/history/{prompt_id}")
                if answer.json():
                    return answer
                await asyncio.sleep(0.01)


def new_id() -> str:
    return str(uuid.uuid4())


def seed() -> int:
    """Return a seed that no earlier run on a long-lived server has used."""
    return uuid.uuid4().int % 2**63


@asynccontextmanager
async def reached(folder: Path) -> AsyncIterator[Reached]:
    """Give the server for as long as the block runs."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, trust_env=False))
        workflow = TinyWorkflow()
        if REAL is None:
            url = (await stack.enter_async_context(comfyui(folder / "comfyui"))).url
        else:
            url = REAL.rstrip("/")
            files = (await http.get(f"{url}/models/diffusion_models")).json()
            workflow = workflow.but(model=next(one for one in files if "t2v" in one and "wan" in one.lower()))
        yield Reached(url, workflow, http)
