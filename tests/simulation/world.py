"""A whole Kindling in one event loop on virtual time, with faults from one seed.

Workers, fold and every `decide` are real; the log is in memory, behind a connection that delays, shows stale reads,
delivers twice, loses wake-ups and dies; the expensive work is stood in for by draws from the seed.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from bus import events as e
from bus.errors import Conflict, LogUnavailable
from bus.ids import EventId, ProductionId, digest_of, order_key
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.subjects import every
from bus.wire.chronicle import Chronicle
from bus.wire.log import Sealed, WorkKind
from bus.wire.memory import MemoryDelivery, MemoryLog, MemoryWakeups
from bus.wire.waiting import end
from bus.wire.worker import Station, Worker
from bus.work import Decide, Task, Write
from services.creator import decide as creator
from services.intent import decide as intent
from services.planner import decide as planner
from services.reviewer import decide as reviewer
from services.stitcher import decide as stitcher
from tests import histories, stories
from tests.simulation.passed_on import PassedOn


@dataclass
class Chaos:
    """How much goes wrong, as probabilities of each step; switched off at the end so that the world can settle."""

    draw: random.Random
    is_on: bool = True
    stale_read: float = 0.05
    duplicate: float = 0.1
    lost_wakeup: float = 0.03
    lost_answer: float = 0.05
    error: float = 0.06

    def happens(self, probability: float) -> bool:
        """Draw whether it happens now."""
        return self.is_on and self.draw.random() < probability


class Dead(Exception):
    """The process behind this connection was killed."""


@dataclass
class Connection:
    """One process's way to the log; dead once the process is killed, like its sockets."""

    inner: MemoryLog
    chaos: Chaos
    is_dead: bool = False

    async def step(self, _what: str = "") -> None:
        """Take a moment, in which anybody else may be faster, or this process may die."""
        await asyncio.sleep(self.chaos.draw.random() * 0.02)
        if self.is_dead:
            raise Dead

    async def append(self, production: ProductionId, events: Sequence[Sealed], expected: int) -> int:
        """Append; the answer may be lost, which the real client settles by reading."""
        await self.step()
        if self.chaos.happens(self.chaos.error):
            raise LogUnavailable("The log gives no answer.")
        last = await self.inner.append(production, events, expected)
        await self.step()
        if self.chaos.happens(self.chaos.lost_answer):
            await asyncio.sleep(5)
            await self.step()
        return last

    async def read(self, production: ProductionId, after: int = 0) -> list[e.Recorded | e.Unreadable]:
        """Read; a stale replica shows less than there is."""
        await self.step()
        found = await self.inner.read(production, after)
        if found and self.chaos.happens(self.chaos.stale_read):
            return found[:-1]
        return found

    async def messages(self, production: ProductionId) -> list[e.Stored]:
        """Read byte for byte."""
        await self.step()
        return await self.inner.messages(production)

    def follow(
        self, production: ProductionId | None = None, after: int = 0
    ) -> AsyncIterator[e.Recorded | e.Unreadable]:
        """Follow the log."""
        return self.inner.follow(production, after)

    async def last_sequence(self) -> int:
        """Return the last sequence."""
        return await self.inner.last_sequence()

    async def productions(self, *, with_ended: bool = False) -> list[ProductionId]:
        """Return what there is."""
        await self.step()
        return await self.inner.productions(with_ended=with_ended)

    async def wakeups(self, kind: WorkKind) -> ShakyWakeups:
        """Return the durable queue through this connection."""
        return ShakyWakeups(self, await self.inner.wakeups(kind))

    async def tell(self, subject: str, content: bytes) -> None:
        """Progress may be lost, and here it is."""

    async def hints(self, production: ProductionId) -> AsyncIterator[None]:
        """Yield hints."""
        async for _ in self.inner.hints(production):
            yield


@dataclass
class ShakyWakeups:
    """A queue that loses and repeats."""

    connection: Connection
    inner: MemoryWakeups
    seen: list[MemoryDelivery] = field(default_factory=list)

    async def fetch(self, timeout_s: float) -> PassedOn | None:
        """Return the next message, one that was handled before, or none because it was lost."""
        await self.connection.step()
        chaos = self.connection.chaos
        if self.seen and chaos.happens(chaos.duplicate):
            return PassedOn(chaos.draw.choice(self.seen), self.connection.step)
        delivery = await self.inner.fetch(timeout_s)
        await self.connection.step()
        if delivery is None:
            return None
        if chaos.happens(chaos.lost_wakeup):
            await delivery.ack()
            return None
        self.seen.append(delivery)
        return PassedOn(delivery, self.connection.step)

    async def is_idle(self) -> bool:
        """Say whether nobody is at work."""
        return await self.inner.is_idle()


# -- the work, stood in for --------------------------------------------------------------------------------


@dataclass
class Studio:
    """Does what the services' `perform` does, by drawing instead of working; counts what it did."""

    chaos: Chaos
    renders: list[tuple[ProductionId, str]] = field(default_factory=list)
    rejections: float = 0.35
    failures: float = 0.15

    async def perform(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[e.Fact]:
        """Return what the task would have given, after as long as it might have taken."""
        await asyncio.sleep(self.chaos.draw.random() * 20)
        if self.chaos.happens(self.chaos.error):
            raise RuntimeError("a bug that comes and goes")
        return self.outcome(task, production)

    def outcome(self, task: Task, production: Production) -> Sequence[e.Fact]:
        """Return what comes of the task, drawn where it is not certain."""
        draw = self.chaos.draw
        match task:
            case Write(facts=facts):
                return facts
            case intent.Understand():
                return (self._understood(task),)
            case planner.WriteSample(number=number, take=take):
                return (e.SampleOrdered(brief=number, take=take, order=stories.sample_order(draw.randrange(1000))),)
            case planner.WritePlan():
                return (self._planned(task),)
            case creator.Post(job=job):
                return (job.started(e.Posting(renderer="toy", server="http://here", key=order_key(job.subject))),)
            case creator.Stop(job=one):
                return (stories.called_off(one.of, one.take, is_sample=one.is_sample),)
            case creator.Render(job=job):
                return (self._rendered(production, job),)
            case reviewer.Review(take=take):
                good = draw.random() >= self.rejections
                verdict = stories.verdict(good=good, score=draw.random())
                kind = e.SegmentApproved if good else e.SegmentRejected
                return (kind(segment=take.segment, take=take.take, verdict=verdict, made=stories.MADE),)
            case reviewer.LastLook():
                return (histories.looked_at(task),)
            case stitcher.Stitch():
                return (self._stitched(task, production),)
            case _:
                raise AssertionError(f"nobody stands in for {task}")

    def _understood(self, task: intent.Understand) -> e.Fact:
        words = task.conversation[-1].words
        if "?" in words and not task.is_assumed:
            return e.IntentQuestioned(
                number=task.question_number,
                heard=task.heard,
                field="duration_s",
                text="How long?",
                why="It costs.",
                assumed="10",
                made=stories.MADE,
            )
        return stories.parsed(task.brief_number, task.heard, subject=words or "as assumed")

    def _planned(self, task: planner.WritePlan) -> e.Fact:
        first = 1 if task.before is None or self.chaos.draw.random() < 0.5 else task.highest_segment + 1
        count = self.chaos.draw.randint(1, 5)
        parts = [stories.segment(first, seed=self.chaos.draw.choice((7, 7, 99)))]
        for index in range(1, count):
            continues = parts[-1].id if self.chaos.draw.random() < 0.4 else None
            parts.append(stories.segment(first + index, continues=continues))
        plan = stories.plan(*parts, brief_number=task.brief_number)
        if task.number == 1:
            return e.PlanWritten(number=1, plan=plan, made=stories.MADE)
        return e.PlanRevised(number=task.number, plan=plan, changes=("something",), made=stories.MADE)

    def _rendered(self, production: Production, job: creator.Job) -> e.Fact:
        self.renders.append((production.id, job.subject))
        if self.chaos.draw.random() < self.failures:
            failure = stories.FAILURE
            if self.chaos.draw.random() < 0.3:
                smaller = structs.replace(job.order, frame_count=17)
                failure = structs.replace(failure, kind="out_of_memory", is_retryable=False, smaller=smaller)
            if job.is_sample:
                return e.SampleFailed(brief=job.of, take=job.take, failure=failure)
            return e.SegmentFailed(segment=job.of, take=job.take, failure=failure)
        return stories.sample_rendered(job.of, job.take) if job.is_sample else stories.rendered(job.of, job.take)

    def _stitched(self, task: stitcher.Stitch, production: Production) -> e.Fact:
        takes = tuple(
            e.CutTake(segment=one.segment, take=one.take, digest=digest_of(f"{one.segment}-{one.take}".encode()))
            for one in task.takes
        )
        assert production.head is not None
        return e.ProductionDone(
            number=task.number,
            plan=task.plan_number,
            film=stories.artifact("film"),
            manifest=stories.artifact("manifest", "application/json"),
            takes=takes,
            duration_s=task.plan.duration_s,
            count=production.ordinal,
            head=production.head,
            made=stories.MADE,
        )


def _kinds() -> dict[str, tuple[tuple[str, ...], Decide]]:
    """Return what wakes each kind of work, and what decides it."""
    woken: dict[str, tuple[tuple[type[e.Fact], ...], Decide]] = {
        "intent": (intent.WAKES, intent.decide),
        "planner": (planner.WAKES, planner.decide),
        "creator_samples": (creator.SAMPLE_WAKES, creator.decide_samples),
        "creator_segments": (creator.SEGMENT_WAKES, creator.decide_segments),
        "creator_stops": (creator.STOP_WAKES, creator.decide_stops),
        "reviewer": (reviewer.WAKES, reviewer.decide),
        "stitcher": (stitcher.WAKES, stitcher.decide),
    }
    return {name: (tuple(every(one) for one in facts), decide) for name, (facts, decide) in woken.items()}


@dataclass
class Process:
    """One replica of a service, which can be killed and started again."""

    world: World
    name: str
    filters: tuple[str, ...]
    decide: Decide
    connection: Connection | None = None
    running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start it with nothing but what the log holds."""
        self.connection = Connection(self.world.log, self.world.chaos)
        self.running = asyncio.ensure_future(self._run(self.connection))

    async def _run(self, connection: Connection) -> None:
        kind = WorkKind(name=self.name, filters=self.filters, ack_wait_s=6.0)
        station = Station(
            service=self.name, decide=self.decide, perform=self.world.studio.perform, ack_wait_s=6.0, sweep_s=30.0
        )
        worker = Worker(station, await connection.wakeups(kind), self.world.chronicle(connection), None)  # type: ignore[arg-type]
        while True:
            try:
                await worker.run(asyncio.Event())
            except Conflict:
                continue

    async def kill(self) -> None:
        """Kill it as SIGKILL would: nothing it still wants to say arrives."""
        assert self.connection is not None
        assert self.running is not None
        self.connection.is_dead = True
        await end(self.running)


class World:
    """The log, the services with their replicas, and the chaos between them."""

    def __init__(self, seed: int, replicas: int = 2) -> None:
        self.chaos = Chaos(random.Random(seed))
        self.log = MemoryLog()
        self.studio = Studio(self.chaos)
        self.processes = [
            Process(self, name, filters, decide)
            for name, (filters, decide) in _kinds().items()
            for _ in range(replicas)
        ]

    def chronicle(self, connection: Connection) -> Chronicle:
        """Return a writer on this connection, with ids from the seed."""
        return Chronicle(
            connection,
            stories.WRITER,
            now=lambda: f"t{asyncio.get_running_loop().time():.3f}",
            new_id=lambda: EventId(str(uuid.UUID(int=self.chaos.draw.getrandbits(128)))),
        )

    async def state(self, production: ProductionId) -> Production:
        """Return the state by the truth of the log."""
        return (
            await self.chronicle(Connection(self.log, Chaos(random.Random(0), is_on=False))).state(production)
        ).production

    async def act(self, production: ProductionId, decide: Callable[[Production], Sequence[e.Fact]]) -> None:
        """Let a person act, decided anew when somebody was faster."""
        chronicle = self.chronicle(Connection(self.log, Chaos(random.Random(0), is_on=False)))
        while True:
            folded = await chronicle.state(production)
            facts = decide(folded.production)
            if not facts:
                return
            try:
                await chronicle.append(folded, chronicle.draft(facts), None)
            except Conflict:
                continue
            return
