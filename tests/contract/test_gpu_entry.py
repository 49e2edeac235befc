"""The entry of the GPU's lease, in memory and on a real server: the same promises, and the rights that it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import nats.errors
import pytest

from bus.errors import Conflict, LogUnavailable
from bus.gpu import Guest, Lease, Side, Wish
from bus.wire.entries import BUCKET_STREAM, SUBJECT, BucketEntries, Entries, Entry, MemoryEntries
from bus.wire.jetstream import JetStreamLog, connect
from bus.wire.turns import Patience, Turns
from bus.wire.waiting import end
from kindling.gpu_watch import say_turns
from kindling.server_conf import ADMIN, READER, SEES_GPU, SERVICES, USES_GPU
from tests.contract._server import nats_server


@pytest.fixture(params=["memory", "server"])
async def entries(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Entries]:
    """Yield an entry that nobody has written to."""
    if request.param == "memory":
        yield MemoryEntries()
        return
    async with nats_server(tmp_path) as server:
        log = await connect(server.access("creator"), "test")
        yield BucketEntries(log.client)
        await log.close()


async def test_an_entry_is_written_upon_what_was_read(entries: Entries) -> None:
    """Of two that read the same, one writes and the other is told; the revision only grows."""
    assert await entries.read() == Entry(None, 0, 0)
    await entries.write(b"one", 0)
    first = await entries.read()
    assert (first.content, first.revision, first.last) == (b"one", 1, 1)
    await entries.write(b"two", first.revision)
    for stale in (0, first.revision):
        with pytest.raises(Conflict):
            await entries.write(b"late", stale)
    assert (await entries.read()).content == b"two"
    assert (await entries.read()).revision == 2


async def test_a_write_is_hinted_at(entries: Entries) -> None:
    """Whoever listens hears that something was written, and need not ask again and again."""
    heard = asyncio.Event()

    async def listen() -> None:
        async for _ in entries.hints():
            heard.set()

    listening = asyncio.ensure_future(listen())
    async with asyncio.timeout(20):
        while not heard.is_set():
            # The first write may come before the listener is there.
            await entries.write(b"news", (await entries.read()).revision)
            await asyncio.sleep(0.05)
    await end(listening)


async def test_rights_name_who_takes_turns_and_who_may_look(tmp_path: Path) -> None:
    """Services that use the GPU write the entry, those that show it read it, and the stitcher does neither."""
    async with nats_server(tmp_path) as server, AsyncExitStack() as open_logs:
        for user in (*SERVICES, READER):
            log = await connect(server.access(user), "test")
            open_logs.push_async_callback(log.close)
            entries = BucketEntries(log.client)
            if user not in SEES_GPU:
                with pytest.raises(nats.errors.Error):
                    await log.client.request(f"$JS.API.DIRECT.GET.{BUCKET_STREAM}.{SUBJECT}", b"", timeout=0.5)
                continue
            entry = await entries.read()
            if user in USES_GPU:
                await entries.write(user.encode(), entry.revision)
                assert (await entries.read()).content == user.encode()
            else:
                with pytest.raises(nats.errors.Error):
                    await log.client.request(SUBJECT, b"mine", timeout=0.5)
        assert (
            await BucketEntries((await _open(server.access(ADMIN), open_logs)).client).read()
        ).content == b"reviewer"


async def _open(access: object, stack: AsyncExitStack) -> JetStreamLog:
    log = await connect(access, "test")  # type: ignore[arg-type]
    stack.push_async_callback(log.close)
    return log


async def test_a_missing_bucket_is_said(tmp_path: Path) -> None:
    """A server that was not given the bucket is told from one that is away."""
    async with nats_server(tmp_path) as server:
        admin = await connect(server.access(ADMIN), "test")
        assert await admin.client.jetstream().delete_stream(BUCKET_STREAM)
        with pytest.raises(LogUnavailable, match="has no bucket kindling_gpu"):
            await BucketEntries(admin.client).read()
        await admin.close()


class _Tenant:
    """A program whose memory is free at once."""

    def __init__(self) -> None:
        self.freed_count = 0

    async def is_there(self) -> bool:
        return True

    async def free(self, say: Callable[[str], None]) -> None:
        self.freed_count += 1


async def test_two_services_pass_the_gpu_to_each_other(tmp_path: Path) -> None:
    """Over a real server, each as its own user: one holds it, the other waits, and gets it when the first has left."""
    patience = Patience(lease_s=5.0, linger_s=0.05)
    tenants = {side: _Tenant() for side in Side}
    async with nats_server(tmp_path) as server, AsyncExitStack() as stack:
        sides = (("creator", Side.RENDER), ("reviewer", Side.THINK))
        turns = {side: Turns(service, tenants, patience) for service, side in sides}
        attending = []
        for service, side in sides:
            log = await _open(server.access(service), stack)
            attending.append(asyncio.ensure_future(turns[side].beside(log)))
        order: list[str] = []

        async def use(side: Side) -> None:
            async with turns[side].turn(Wish(side=side, production="film", about=side)) as turn:
                await turn.granted()
                order.append(f"{side} in")
                await asyncio.sleep(0.1)
                order.append(f"{side} out")

        async with asyncio.timeout(30):
            await asyncio.gather(use(Side.RENDER), use(Side.THINK))
        # Whoever was first, the other came in only after it was out.
        assert [one.split()[1] for one in order] == ["in", "out", "in", "out"]
        assert sum(one.freed_count for one in tenants.values()) == 2
        reader = await _open(server.access(READER), stack)
        content = (await BucketEntries(reader.client).read()).content
        assert content is not None
        assert msgspec.json.decode(content, type=Lease).side is not None
        await end(*attending)


async def test_whoever_watches_the_log_sees_whose_turn_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has the GPU and who waits is said beside the log, and said again when it changes."""
    async with nats_server(tmp_path) as server, AsyncExitStack() as stack:
        watching = asyncio.ensure_future(say_turns(await _open(server.access(READER), stack)))
        entries = BucketEntries((await _open(server.access("creator"), stack)).client)
        wish = Wish(side=Side.RENDER, production="fox", about="segment 1")
        inside = Guest(id="a", service="creator", host="here", wish=wish, is_inside=True)
        waiting = Guest(
            id="b", service="reviewer", host="here", wish=Wish(side=Side.THINK, production="fox", about="review 2-1")
        )
        said = ""
        for guests, wanted in (
            ((inside,), "GPU: ComfyUI has the GPU: segment 1 of fox (creator)"),
            ((inside, waiting), "; waiting: the review of take 2-1 of fox (reviewer)"),
        ):
            lease = Lease(number=1, side=Side.RENDER, is_clear=True, guests=guests)
            await entries.write(msgspec.json.encode(lease), (await entries.read()).revision)
            async with asyncio.timeout(20):
                while wanted not in " ".join(said.split()):
                    await asyncio.sleep(0.05)
                    said += capsys.readouterr().err
        await end(watching)
