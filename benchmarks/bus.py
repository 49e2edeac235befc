"""What the log costs beside nats-py alone doing the same on the same server: append, replay, fold, and a whole round.

Run `python -m benchmarks.bus`. Each pair is measured in turns and the medians are taken, so that a machine whose speed
drifts slows both.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from benchmarks.figure import Figure, show
from bus import codec
from bus import events as e
from bus.ids import EventId, ProductionId
from bus.plan import Made, Plan
from bus.ports import Artifacts, Progress
from bus.production import Production, evolve
from bus.subjects import every, log_of
from bus.wire.artifacts import FolderArtifacts
from bus.wire.chronicle import Chronicle
from bus.wire.jetstream import JetStreamLog, connect, make_stream
from bus.wire.log import WorkKind
from bus.wire.stream import STREAM
from bus.wire.worker import Station, Worker
from bus.work import Decide, Task, Write
from kindling import embedded
from kindling.embedded import Server
from kindling.server_conf import ADMIN
from services._kit.home import Home
from services.creator import decide as creator
from services.planner import decide as planner
from services.reviewer import decide as reviewer
from tests import stories
from tests.histories import looked_at

ROUNDS = 7
APPENDS = 150
REPLAYED = 6_000
SEGMENTS = 12
WRITER = e.Writer(service="bench", version="1", host="here")
MADE = Made(by="rules", version="1")


def new_id() -> EventId:
    """Return an id that no other event has."""
    return EventId(str(uuid.uuid4()))


def _chronicle(journal: JetStreamLog) -> Chronicle:
    return Chronicle(journal, WRITER, now=lambda: "2026-01-01T00:00:00.000Z", new_id=new_id)


def _name(prefix: str) -> ProductionId:
    return ProductionId(f"{prefix}-{uuid.uuid4().hex[:10]}")


@contextlib.asynccontextmanager
async def _server() -> AsyncIterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        server = await embedded.start(Home(Path(folder)))
        try:
            await make_stream(server.access(ADMIN))
            yield server
        finally:
            await embedded.stop(server)


@contextlib.asynccontextmanager
async def on_a_server() -> AsyncIterator[JetStreamLog]:
    """Yield the log of a server that was started for this and goes with its folder."""
    async with _server() as server:
        journal = await connect(server.access(ADMIN), "bench")
        try:
            yield journal
        finally:
            await journal.close()


async def _in_turns(
    ours: Callable[[], Awaitable[float]], plain: Callable[[], Awaitable[float]], rounds: int = ROUNDS
) -> tuple[float, float]:
    """Return the medians of both, measured one after the other again and again."""
    pairs = [(await ours(), await plain()) for _ in range(rounds)]
    return statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs)


async def append_figure(journal: JetStreamLog) -> Figure:
    """Measure appends a second: the chronicle with its fold and its chain, and nats-py with the same headers."""

    async def ours() -> float:
        chronicle, production = _chronicle(journal), _name("ours")
        folded = await chronicle.state(production)
        folded = await chronicle.append(folded, chronicle.draft((e.ProductionRequested(words="x"),)), None)
        started = time.perf_counter()
        for number in range(1, APPENDS + 1):
            fact = e.ProductionDirected(number=number, words="a little darker, please")
            folded = await chronicle.append(folded, chronicle.draft((fact,)), None)
        return APPENDS / (time.perf_counter() - started)

    async def plain() -> float:
        context, production = journal.client.jetstream(), _name("plain")
        content = journal_content()
        sequence = 0
        started = time.perf_counter()
        for number in range(1, APPENDS + 1):
            headers = {
                "Nats-Expected-Last-Subject-Sequence": str(sequence),
                "Nats-Expected-Last-Subject-Sequence-Subject": log_of(production),
            }
            answer = await context.publish(f"production.directed.{production}.{number}", content, headers=headers)
            sequence = answer.seq
        return APPENDS / (time.perf_counter() - started)

    value, baseline = await _in_turns(ours, plain)
    return Figure(
        name="append", value=value, unit="/s", baseline_name="nats-py, same headers", baseline=baseline, aim="≥ 0.90"
    )


def journal_content() -> bytes:
    """Return the bytes of an event of the usual size."""
    story = stories.Story().tell(
        e.ProductionRequested(words="x"), e.ProductionDirected(number=1, words="a little darker, please")
    )
    return story.messages[-1][1]


async def _fill(journal: JetStreamLog) -> int:
    """Write productions of a hundred events until there is enough to replay; return how many events there are."""
    written = 0
    while written < REPLAYED:
        chronicle, production = _chronicle(journal), _name("film")
        facts: list[e.Fact] = [*stories.BEGINNING, e.PlanWritten(number=1, plan=long_plan(16), made=MADE)]
        plan = long_plan(16)
        for segment in plan.segments:
            for take in (1, 2):
                facts += [
                    stories.ordered(plan, segment.id, take),
                    stories.rendered(segment.id, take),
                    stories.rejected(segment.id, take) if take == 1 else stories.approved(segment.id, take),
                ]
        folded = await chronicle.state(production)
        folded = await chronicle.append(folded, chronicle.draft(facts), None)
        assert not folded.production.anomalies
        written += len(facts)
    return written


def long_plan(count: int) -> Plan:
    """Return a plan of so many segments that start from words."""
    return stories.plan(*(stories.segment(number) for number in range(1, count + 1)))


async def replay_figures(journal: JetStreamLog) -> list[Figure]:
    """Measure events a second: reading and folding the whole log, the bare reader, and the fold alone."""
    await _fill(journal)
    last = await journal.last_sequence()

    async def ours() -> float:
        states: dict[ProductionId, Production] = {}
        count, started = 0, time.perf_counter()
        async for one in journal.follow():
            count += 1
            if isinstance(one, e.Recorded):
                name = one.event.production
                states[name] = evolve(states.get(name) or Production(id=name), one)
            if one.sequence == last:
                break
        return count / (time.perf_counter() - started)

    async def plain() -> float:
        count, done = 0, asyncio.Event()

        async def take(message: Msg) -> None:
            nonlocal count
            count += 1
            if count == last:
                done.set()

        started = time.perf_counter()
        subscription = await journal.client.jetstream().subscribe(
            ">",
            stream=STREAM,
            ordered_consumer=True,
            cb=take,
            config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE),
        )
        await done.wait()
        took = time.perf_counter() - started
        await subscription.unsubscribe()
        return count / took

    value, baseline = await _in_turns(ours, plain, 5)
    replay = Figure(
        name="replay with fold",
        value=value,
        unit="/s",
        baseline_name="nats-py ordered callback",
        baseline=baseline,
        aim="≥ 60,000/s or ≥ 0.60",
    )
    return [replay, await _fold_figure(journal, baseline)]


async def _fold_figure(journal: JetStreamLog, baseline: float) -> Figure:
    contents: list[tuple[int, str, bytes]] = []
    for production in (await journal.productions())[:20]:
        for one in await journal.read(production):
            if isinstance(one, e.Recorded):
                contents.append((one.sequence, one.subject, codec.encode(one.event)))
    started = time.perf_counter()
    states: dict[ProductionId, Production] = {}
    for sequence, subject, content in contents:
        one = codec.record(sequence, subject, content)
        assert isinstance(one, e.Recorded)
        name = one.event.production
        states[name] = evolve(states.get(name) or Production(id=name), one)
    value = len(contents) / (time.perf_counter() - started)
    return Figure(
        name="decode and fold alone",
        value=value,
        unit="/s",
        baseline_name="nats-py ordered callback",
        baseline=baseline,
    )


class _Free:
    """Work that costs nothing: what is left is the bus."""

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[e.Fact]:
        match task:
            case Write(facts=facts):
                return facts
            case creator.Post(job=job):
                return (job.started(e.Posting(renderer="free", server="here", key=job.subject)),)
            case creator.Render(job=job):
                return (stories.rendered(job.of, job.take),)
            case reviewer.Review(take=take):
                return (stories.approved(take.segment, take.take),)
            case reviewer.LastLook():
                return (looked_at(task),)
            case _:
                raise AssertionError(f"no such work: {task}")


async def round_figure(server: Server) -> Figure:
    """Measure a segment's round (ordered → started → rendered → approved) through three workers, beside its appends."""
    free, stop = _Free(), asyncio.Event()
    journals = [await connect(server.access(name), name) for name in ("planner", "creator", "reviewer")]
    kinds: list[tuple[str, tuple[type[e.Fact], ...], Decide]] = [
        ("planner", planner.WAKES, planner.decide),
        ("creator_segments", creator.SEGMENT_WAKES, creator.decide_segments),
        ("reviewer", reviewer.WAKES, reviewer.decide),
    ]
    running = []
    with tempfile.TemporaryDirectory() as folder:
        for journal, (name, wakes, decide) in zip(journals, kinds, strict=True):
            kind = WorkKind(name=name, filters=tuple(every(one) for one in wakes), ack_wait_s=30.0)
            station = Station(service=name.split("_")[0], decide=decide, perform=free, ack_wait_s=30.0)
            worker = Worker(station, await journal.wakeups(kind), _chronicle(journal), FolderArtifacts(Path(folder)))
            running.append(asyncio.ensure_future(worker.run(stop)))
        admin = await connect(server.access(ADMIN), "bench")
        try:
            took = statistics.median([await _round(admin) for _ in range(3)])
            appends = await _bare_appends(admin)
        finally:
            stop.set()
            await asyncio.gather(*running)
            for journal in (*journals, admin):
                await journal.close()
    return Figure(
        name="a segment's round",
        value=took * 1000,
        unit="ms",
        baseline_name="its four appends by nats-py",
        baseline=appends * 4 * 1000,
        aim="< 50 ms",
    )


async def _round(admin: JetStreamLog) -> float:
    """Return the seconds from a segment's order to its approval, the median over a chain of segments, one at a time."""
    parts = [stories.segment(1)] + [stories.segment(number, continues=number - 1) for number in range(2, SEGMENTS + 1)]
    production, chronicle = _name("round"), _chronicle(admin)
    folded = await chronicle.state(production)
    facts = [*stories.BEGINNING, e.PlanWritten(number=1, plan=stories.plan(*parts), made=MADE)]
    await chronicle.append(folded, chronicle.draft(facts), None)
    ordered: dict[int, float] = {}
    took: list[float] = []
    async for one in admin.follow(production):
        match one:
            case e.Recorded(event=e.Event(fact=e.SegmentOrdered(segment=segment))):
                ordered[segment] = time.perf_counter()
            case e.Recorded(event=e.Event(fact=e.SegmentApproved(segment=segment))):
                took.append(time.perf_counter() - ordered[segment])
                if segment == SEGMENTS:
                    break
            case _:
                pass
    return statistics.median(took)


async def _bare_appends(admin: JetStreamLog) -> float:
    context, production, content = admin.client.jetstream(), _name("bare"), journal_content()
    started = time.perf_counter()
    for number in range(100):
        await context.publish(f"production.directed.{production}.{number + 1}", content)
    return (time.perf_counter() - started) / 100


async def figures() -> list[Figure]:
    """Measure everything on a server of its own."""
    async with _server() as server:
        journal = await connect(server.access(ADMIN), "bench")
        try:
            found = [await append_figure(journal), *await replay_figures(journal)]
        finally:
            await journal.close()
        return [*found, await round_figure(server)]


if __name__ == "__main__":
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    show("The log, beside nats-py alone on the same server (sync_interval: always)", asyncio.run(figures()))
