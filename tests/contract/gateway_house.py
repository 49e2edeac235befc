"""A gateway over the memory log, with a film's worth of facts and bytes for its tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI

from bus import events as e
from bus.ids import ProductionId
from bus.plan import Artifact
from bus.production import Production
from bus.wire.artifacts import FolderArtifacts
from bus.wire.books import LogBooks
from bus.wire.memory import MemoryLog
from bus.wire.waiting import end
from services.gateway.access import Access, Rates
from services.gateway.app import make_app
from services.gateway.door import Door, Limits
from services.gateway.index import Index
from tests import stories

WORDS = "A lighthouse keeper rows out at dusk"
PROBLEM = "application/problem+json"


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and what is said first, having checked that it is a whole problem document."""
    assert answer.headers["content-type"] == PROBLEM, answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["type"]
    assert said["title"]
    assert said["help"]
    return answer.status_code, said["detail"]


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds that nobody announces."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.005)


@dataclass
class House:
    """A gateway that is open, and the log and the store behind it."""

    log: MemoryLog
    books: LogBooks
    store: FolderArtifacts
    door: Door
    app: FastAPI
    client: httpx.AsyncClient

    async def tell(self, production: ProductionId, *facts: e.Fact) -> Production:
        """Append facts as the services would."""
        return await self.books.act(production, lambda _: facts)

    async def begin(self, *facts: e.Fact) -> ProductionId:
        """Begin the story's production with these facts."""
        await self.tell(stories.PRODUCTION, *facts)
        return stories.PRODUCTION

    async def create(self, words: str = WORDS) -> str:
        """Ask for a film, and return its id."""
        answer = await self.client.post("/v1/productions", json={"words": words})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def keep(self, content: bytes, media_type: str) -> Artifact:
        """Keep bytes as an artifact."""
        with self.store.workspace() as folder:
            (folder / "file").write_bytes(content)
            digest = self.store.keep(folder / "file")
        return Artifact(digest=digest, media_type=media_type, size_bytes=len(content))

    async def caught_up(self) -> None:
        """Wait until the index has seen all that is on the log."""
        await self.door.index.reach(len(self.log.stored))


@contextlib.asynccontextmanager
async def open_house(
    folder: Path,
    log: MemoryLog | None = None,
    limits: Limits | None = None,
    *,
    access: Access | None = None,
    rates: Rates | None = None,
    has_older_routes: bool = False,
) -> AsyncIterator[House]:
    """Open a gateway; on a log that is given, as after a restart."""
    log = log or MemoryLog()
    books = LogBooks(log, e.Writer(service="gateway", version="1", host="here"))
    store = FolderArtifacts(folder)
    door = Door(
        books=books,
        artifacts=store,
        index=Index(books, log.last_sequence),
        version="1",
        access=access or Access(),
        # Tests ask more often than people do.
        rates=rates or Rates(per_minute=100_000),
        limits=limits or Limits(),
        has_older_routes=has_older_routes,
    )
    app = make_app(door)
    indexing = asyncio.create_task(door.index.run())
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")
    try:
        async with client:
            await door.index.ready.wait()
            yield House(log, books, store, door, app, client)
    finally:
        door.close()
        await end(indexing)
