"""One contract over the memory log and the real server: what every log promises."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bus import adoption, codec
from bus import events as e
from bus.errors import Conflict, LogUnavailable
from bus.ids import EventId, ProductionId
from bus.wire.chronicle import Chronicle
from bus.wire.jetstream import connect
from bus.wire.log import Delivery, Log, WorkKind
from bus.wire.memory import MemoryLog
from bus.wire.server import Access
from bus.wire.waiting import end
from tests import stories
from tests.contract._server import nats_server

P = stories.PRODUCTION


@dataclass
class Bench:
    """A log, and as many connections to it as a test wants."""

    open: Callable[[], AbstractAsyncContextManager[Log]]


@pytest.fixture(params=["memory", "jetstream"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    """Yield each kind of log in turn."""
    if request.param == "memory":
        memory = MemoryLog()

        @asynccontextmanager
        async def shared() -> AsyncIterator[Log]:
            yield memory

        yield Bench(shared)
        return
    async with nats_server(tmp_path) as server:

        @asynccontextmanager
        async def connected() -> AsyncIterator[Log]:
            journal = await connect(server.access("admin"), "test")
            try:
                yield journal
            finally:
                await journal.close()

        yield Bench(connected)


def chronicle(log: Log) -> Chronicle:
    """Return a writer with real ids."""
    return Chronicle(log, stories.WRITER, now=lambda: "2026-01-01T00:00:00.000Z", new_id=_new_id)


def _new_id() -> EventId:
    return EventId(str(uuid.uuid4()))


async def tell(log: Log, *facts: e.Fact, production: ProductionId = P) -> None:
    """Append each fact by itself."""
    writer = chronicle(log)
    for fact in facts:
        folded = await writer.state(production)
        await writer.append(folded, writer.draft((fact,)), None)


async def test_what_is_appended_is_read_back_in_order(bench: Bench) -> None:
    """A log gives back the facts of a production, in order, and of no other one."""
    async with bench.open() as log:
        await tell(log, *stories.BEGINNING)
        await tell(log, e.ProductionRequested(words="Another"), production=ProductionId("another-one"))
        found = await log.read(P)
        assert [one.event.fact for one in found if isinstance(one, e.Recorded)] == list(stories.BEGINNING)
        assert [one.sequence for one in found] == sorted({one.sequence for one in found})
        assert await log.read(P, found[2].sequence) == found[3:]
        assert await log.read(ProductionId("nobody")) == []


async def test_a_long_production_is_read_whole(bench: Bench) -> None:
    """Reading goes on past the size of one answer."""
    async with bench.open() as log:
        writer = chronicle(log)
        folded = await writer.state(P)
        facts = [e.ProductionRequested(words="x")] + [
            e.ProductionDirected(number=number, words="x") for number in range(1, 1100)
        ]
        for start in range(0, len(facts), 500):
            folded = await writer.append(folded, writer.draft(facts[start : start + 500]), None)
        assert len(await log.read(P)) == 1100


async def test_a_long_log_is_adopted_in_one_batch(bench: Bench) -> None:
    """A fork of a production with more events than the server's own limit on batches begins whole, and adopts each."""
    async with bench.open() as log:
        writer = chronicle(log)
        folded = await writer.state(P)
        said = [e.ProductionDirected(number=number, words="x") for number in range(1, 1500)]
        await writer.append(folded, writer.draft([e.ProductionRequested(words="x"), *said]), None)
        messages = await log.messages(P)
        assert [codec.record(one.sequence, one.subject, one.content) for one in messages] == await log.read(P)
        last = codec.stored_digest(messages[-1].subject, messages[-1].content)
        request = e.ProductionRequested(words="x", origin=e.Origin(production=P, ordinal=len(messages), digest=last))
        branch = ProductionId("another-one")
        await writer.append(
            await writer.state(branch), writer.draft((request, *adoption.adopt(messages), e.ProductionForked())), None
        )
        found = await log.read(branch)
        assert len(found) == len(messages) + 1
        assert adoption.broken_adoptions(found) == ()


async def test_a_fact_is_written_once(bench: Bench) -> None:
    """A second event on a subject is refused, alone and inside a batch, and nothing of that batch is written."""
    async with bench.open() as log:
        await tell(log, *stories.BEGINNING)
        writer = chronicle(log)
        folded = await writer.state(P)
        again = e.SampleApproved(brief=1, take=1)
        with pytest.raises(Conflict):
            await writer.append(folded, writer.draft((again,)), None)
        with pytest.raises(Conflict):
            batch = (e.ProductionDirected(number=1, words="x"), again)
            await writer.append(folded, writer.draft(batch), None)
        assert len(await log.read(P)) == len(stories.BEGINNING)


async def test_an_append_that_is_behind_is_a_conflict(bench: Bench) -> None:
    """A decision upon an older state is refused, whatever fact it writes."""
    async with bench.open() as log:
        await tell(log, *stories.BEGINNING[:2])
        writer = chronicle(log)
        old = await writer.state(P)
        await tell(log, stories.BEGINNING[2])
        with pytest.raises(Conflict):
            await writer.append(old, writer.draft((e.ProductionCancelled(),)), None)


async def test_of_many_racers_one_wins(bench: Bench) -> None:
    """Twenty writers decide upon the same state: one append is written, nineteen are conflicts."""
    async with bench.open() as log:
        await tell(log, stories.BEGINNING[0])
        writers = [chronicle(log) for _ in range(20)]
        states = [await one.state(P) for one in writers]

        async def race(number: int) -> bool:
            fact = e.ProductionDirected(number=number, words="first!")
            try:
                await writers[number].append(states[number], writers[number].draft((fact,)), None)
            except Conflict:
                return False
            return True

        assert sum(await asyncio.gather(*(race(number) for number in range(20)))) == 1
        assert len(await log.read(P)) == 2


async def test_a_batch_is_chained_and_written_together(bench: Bench) -> None:
    """Several facts of one decision lie one after the other, each referring to the one before."""
    async with bench.open() as log:
        writer = chronicle(log)
        folded = await writer.append(await writer.state(P), writer.draft(stories.BEGINNING), None)
        assert folded.production.anomalies == ()
        writer.forget()
        assert await writer.state(P) == folded


async def test_a_follower_sees_everything_once_and_goes_on(bench: Bench) -> None:
    """A follower gets what is there, then what is added, from the sequence it names."""
    async with bench.open() as log, bench.open() as other:
        await tell(log, *stories.BEGINNING[:3])
        seen: list[e.Recorded | e.Unreadable] = []
        enough = asyncio.Event()

        async def follow() -> None:
            async for one in other.follow(P, after=1):
                seen.append(one)
                if len(seen) == 4:
                    enough.set()

        following = asyncio.ensure_future(follow())
        await tell(log, *stories.BEGINNING[3:])
        await asyncio.wait_for(enough.wait(), 10)
        await end(following)
        assert seen == (await log.read(P))[1:]


async def test_everything_is_followed_where_no_production_is_named(bench: Bench) -> None:
    """Without a production a follower sees the whole log."""
    async with bench.open() as log:
        await tell(log, stories.BEGINNING[0])
        await tell(log, stories.BEGINNING[0], production=ProductionId("another-one"))
        seen: list[str] = []
        async for one in log.follow():
            seen.append(one.subject)
            if len(seen) == await log.last_sequence():
                break
        assert seen == [f"production.requested.{P}.1", "production.requested.another-one.1"]


KIND = WorkKind(name="intent", filters=("production.requested.*.*", "production.directed.*.*"), ack_wait_s=1.0)


async def _next(log: Log) -> Delivery:
    delivery = await (await log.wakeups(KIND)).fetch(10)
    assert delivery is not None
    return delivery


async def test_a_message_wakes_one_worker_until_it_is_acked(bench: Bench) -> None:
    """A queue gives each matching message once; when it is settled the queue is idle."""
    async with bench.open() as log:
        await tell(log, *stories.BEGINNING)
        wakeups = await log.wakeups(KIND)
        delivery = await wakeups.fetch(10)
        assert delivery is not None
        assert (delivery.subject, delivery.delivered_count) == (f"production.requested.{P}.1", 1)
        assert not await wakeups.is_idle()
        await delivery.ack()
        assert await wakeups.fetch(0.2) is None
        assert await wakeups.is_idle()


async def test_a_message_that_nobody_settles_comes_again(bench: Bench) -> None:
    """A dead worker's message comes back after the wait, with its count, to whoever asks."""
    async with bench.open() as log, bench.open() as other:
        await tell(log, *stories.BEGINNING)
        await _next(log)
        again = await _next(other)
        assert again.delivered_count == 2
        await again.ack()


async def test_a_message_that_is_being_worked_on_stays(bench: Bench) -> None:
    """A worker that says it is busy keeps its message past the wait."""
    async with bench.open() as log, bench.open() as other:
        await tell(log, *stories.BEGINNING)
        delivery = await _next(log)
        for _ in range(8):
            await asyncio.sleep(0.25)
            await delivery.in_progress()
        assert await (await other.wakeups(KIND)).fetch(0.3) is None
        await delivery.ack()


async def test_a_message_given_back_comes_after_its_delay(bench: Bench) -> None:
    """A nak brings the message again after the delay; a term never."""
    async with bench.open() as log:
        await tell(log, *stories.BEGINNING)
        await (await _next(log)).nak(0.3)
        again = await _next(log)
        assert again.delivered_count == 2
        await again.term()
        assert await (await log.wakeups(KIND)).fetch(1.5) is None


async def test_a_queue_is_set_up_anew_where_its_settings_have_changed(tmp_path: Path) -> None:
    """After a restart of the server, too, another patience and further wake-ups are taken over at once."""
    for wait_s, filters in ((30.0, KIND.filters), (5.0, KIND.filters), (6.0, (*KIND.filters, "plan.*.*.*"))):
        async with nats_server(tmp_path) as server:
            journal = await connect(server.access("admin"), "test")
            try:
                kind = WorkKind(name=KIND.name, filters=filters, ack_wait_s=wait_s)
                await journal.wakeups(kind)
                kept = (await journal.client.jetstream().consumer_info("KINDLING", kind.name)).config
                assert (kept.ack_wait, set(kept.filter_subjects or [kept.filter_subject])) == (wait_s, set(filters))
            finally:
                await journal.close()


async def test_productions_are_listed_until_they_end(bench: Bench) -> None:
    """What is cancelled is listed only where ended ones are asked for."""
    async with bench.open() as log:
        await tell(log, stories.BEGINNING[0])
        other = ProductionId("another-one")
        await tell(log, stories.BEGINNING[0], e.ProductionCancelled(), production=other)
        assert await log.productions() == [P]
        assert await log.productions(with_ended=True) == sorted([P, other])


async def test_what_is_followed_goes_the_short_way(tmp_path: Path) -> None:
    """The client library sees the answers of the server only, and none of the messages of the log."""
    async with nats_server(tmp_path) as server:
        journal = await connect(server.access("admin"), "test")
        try:
            directions = tuple(e.ProductionDirected(number=number, words="darker") for number in range(1, 60))
            writer = chronicle(journal)
            await writer.append(await writer.state(P), writer.draft((stories.BEGINNING[0], *directions)), None)
            received = journal.client.stats["in_msgs"]
            seen: list[int] = []
            async for one in journal.follow():
                seen.append(one.sequence)
                if one.sequence == 60:
                    break
            assert seen == list(range(1, 61))
            assert journal.client.stats["in_msgs"] - received < 10
        finally:
            await journal.close()


async def test_a_server_that_is_not_there_is_said_at_once() -> None:
    """Where nobody answers, connecting ends with what to do, and does not try for ever."""
    with pytest.raises(LogUnavailable, match="No NATS server answers"):
        await asyncio.wait_for(connect(Access("nats://127.0.0.1:1", monitor_url="http://127.0.0.1:1"), "test"), 10)


async def test_a_wrong_password_is_said_as_that(tmp_path: Path) -> None:
    """A server that does not know us is not one that does not answer."""
    async with nats_server(tmp_path) as server:
        access = server.access("planner")
        with pytest.raises(LogUnavailable, match="does not know us"):
            await asyncio.wait_for(connect(Access(access.url, "planner", "wrong", access.monitor_url), "test"), 10)
