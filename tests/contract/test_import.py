"""From one real log to another one: byte for byte, and in one piece."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from bus import events as e
from bus.ids import EventId, ProductionId
from bus.production import fold
from bus.wire.artifacts import FolderArtifacts
from bus.wire.jetstream import JetStreamLog, connect
from bus.wire.log import Sealed
from kindling.embedded import Server
from kindling.exits import Trouble
from kindling.export import Exporter
from kindling.importing import Importer
from kindling.server_conf import ADMIN
from tests import stories
from tests.contract._server import nats_server
from tests.histories import tell_unknown
from tests.stories import Story

P = stories.PRODUCTION


@dataclass
class Site:
    """A Kindling's log and store."""

    server: Server
    folder: Path

    @asynccontextmanager
    async def log(self, user: str = ADMIN) -> AsyncIterator[JetStreamLog]:
        """Yield the log as a user."""
        journal = await connect(self.server.access(user), "test")
        try:
            yield journal
        finally:
            await journal.close()

    @property
    def store(self) -> FolderArtifacts:
        """Return the store."""
        return FolderArtifacts(self.folder / "objects")

    async def export(self, file: Path) -> None:
        """Export the production as the user that may only read."""
        async with self.log("reader") as journal:
            messages = await journal.messages(P)
        Exporter(self.store).export(P, messages, file, with_objects=True, may_replace=False)


@pytest.fixture
async def sites(tmp_path: Path) -> AsyncIterator[tuple[Site, Site]]:
    """Yield where productions come from, and where they are brought to."""
    async with AsyncExitStack() as stack:
        found = []
        for name in ("here", "there"):
            server = await stack.enter_async_context(nats_server(tmp_path / name))
            found.append(Site(server, tmp_path / name / "productions"))
        yield found[0], found[1]


def long_story() -> Story:
    """Return a log of more than a server takes at once by itself, with a newer event and a foreign message."""
    told = Story().tell(e.ProductionRequested(words="A keeper rows out"), stories.parsed())
    told.tell(*(e.ProductionDirected(number=number, words=f"word {number}") for number in range(1, 1200)))
    tell_unknown(told)
    told.overhear(f"segment.rendered.{P}.9-9", b"\xff no event of ours \n")
    return told.seal(e.ProductionCancelled(), previous=told.log[-1].digest, ordinal=1203)


async def append(journal: JetStreamLog, told: Story) -> None:
    """Put a story on a log."""
    sealed = [Sealed(subject=subject, content=content, id=EventId("")) for subject, content in told.messages]
    await journal.append(told.production, sealed, 0)


async def put(site: Site, told: Story) -> None:
    """Put a story on the log of a site."""
    async with site.log() as journal:
        await append(journal, told)


async def test_a_log_is_the_same_on_another_server(sites: tuple[Site, Site], tmp_path: Path) -> None:
    """Every byte, subject and digest, on other sequences; the states are the same but for those."""
    here, there = sites
    told = long_story()
    await put(here, told)
    await here.export(tmp_path / "film.zip")
    async with there.log() as journal:
        other = e.ProductionRequested(words="x")
        await append(journal, Story(production=ProductionId("another-film-2345")).tell(other))
        imported = await Importer(journal, there.store).bring_in(tmp_path / "film.zip")
        assert imported.new_message_count == len(told.messages) == 1204
        assert [(one.subject, one.content) for one in await journal.messages(P)] == told.messages
        log = await journal.read(P)
        assert [one.sequence for one in log] == list(range(2, 1206))
        assert [one.digest for one in log] == [one.digest for one in told.log]
        found, wanted = fold(P, log), told.state
        assert [one.what for one in found.anomalies] == [one.what for one in wanted.anomalies]
        assert msgspec.structs.replace(found, anomalies=()) == msgspec.structs.replace(wanted, anomalies=())
        assert (await Importer(journal, there.store).bring_in(tmp_path / "film.zip")).new_message_count == 0
        assert await journal.last_sequence() == 1205


async def test_another_production_of_that_id_is_left_alone(sites: tuple[Site, Site], tmp_path: Path) -> None:
    """The log there is as it was."""
    here, there = sites
    await put(here, Story().tell(e.ProductionRequested(words="A film"), e.ProductionCancelled()))
    await here.export(tmp_path / "film.zip")
    await put(there, Story().tell(e.ProductionRequested(words="Another film")))
    async with there.log() as journal:
        with pytest.raises(Trouble, match="parts from it at message 1 of 2"):
            await Importer(journal, there.store).bring_in(tmp_path / "film.zip")
        assert await journal.last_sequence() == 1
