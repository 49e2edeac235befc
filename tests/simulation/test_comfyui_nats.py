"""Kills NATS, the creator and ComfyUI at every step of a render, with the real worker between them.

The log is the memory log behind a connection that can be cut: what is under way then has an unknown end, and nothing is
heard until NATS is up again. Creators are killed without a word; ComfyUI forgets its queue and its history.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bus import events as e
from bus.errors import LogUnavailable
from bus.ids import EventId, ProductionId, order_key
from bus.production import Production, fold
from bus.subjects import every
from bus.wire.artifacts import FolderArtifacts
from bus.wire.chronicle import Chronicle
from bus.wire.log import Sealed, WorkKind
from bus.wire.memory import MemoryLog, MemoryWakeups
from bus.wire.waiting import end
from bus.wire.worker import Station, Worker
from bus.work import LEAVING
from services.creator.decide import SEGMENT_WAKES, STOP_WAKES, decide_segments, decide_stops
from services.creator.perform import Creator
from services.creator.renderers.comfyui.patience import Patience
from services.creator.renderers.comfyui.renderer import ComfyUiRenderer
from tests import stories
from tests.fakes.comfyui import FakeComfyUi, comfyui
from tests.fakes.comfyui_workflow import TinyWorkflow, order
from tests.simulation.passed_on import PassedOn
from tests.simulation.test_comfyui_kills import OCCURRENCES, Fate, Line

PATIENCE = Patience(poll_s=0.01, settle_s=0.03, unreachable_s=20, stuck_s=20, cancel_s=5, choose_s=20)
ACK_WAIT_S = 1.0
DOWN_S = 0.1
PRODUCTION = ProductionId("fox-7q2k")
SEGMENTS = WorkKind(name="segments", filters=tuple(every(one) for one in SEGMENT_WAKES), ack_wait_s=ACK_WAIT_S)
STOPS = WorkKind(name="stops", filters=tuple(every(one) for one in STOP_WAKES), ack_wait_s=ACK_WAIT_S)


class Dead(Exception):
    """The process behind this connection was killed."""


@dataclass
class Nats:
    """The log's server, which can be down."""

    log: MemoryLog = field(default_factory=MemoryLog)
    is_up: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.is_up.set()

    async def kill(self) -> None:
        """End at once, and come up again a moment later with all that was acknowledged."""
        self.is_up.clear()
        asyncio.get_running_loop().call_later(DOWN_S, self.is_up.set)


@dataclass
class Connection:
    """A creator's way to NATS. Each call is a step before it reaches the server, and one before its answer is heard."""

    nats: Nats
    fate: Fate
    is_dead: bool = False

    async def step(self, what: str) -> None:
        await self.fate.reach(what)
        if self.is_dead:
            raise Dead
        if not self.nats.is_up.is_set():
            await asyncio.sleep(DOWN_S / 4)
            raise LogUnavailable("NATS gives no answer.")

    async def append(self, production: ProductionId, events: Sequence[Sealed], expected: int) -> int:
        await self.step("before append")
        last = await self.nats.log.append(production, events, expected)
        await self.step("after append")
        return last

    async def read(self, production: ProductionId, after: int = 0) -> list[e.Recorded | e.Unreadable]:
        await self.step("before read")
        return await self.nats.log.read(production, after)

    async def messages(self, production: ProductionId) -> list[e.Stored]:
        return await self.nats.log.messages(production)

    def follow(
        self, production: ProductionId | None = None, after: int = 0
    ) -> AsyncIterator[e.Recorded | e.Unreadable]:
        return self.nats.log.follow(production, after)

    async def last_sequence(self) -> int:
        return await self.nats.log.last_sequence()

    async def productions(self, *, with_ended: bool = False) -> list[ProductionId]:
        await self.step("productions")
        return await self.nats.log.productions(with_ended=with_ended)

    async def wakeups(self, kind: WorkKind) -> Wakeups:
        return Wakeups(self, await self.nats.log.wakeups(kind))

    async def tell(self, subject: str, content: bytes) -> None:
        """Progress is lost; each time it is told, something may befall."""
        await self.fate.reach("progress")

    async def hints(self, production: ProductionId) -> AsyncIterator[None]:
        async for _ in self.nats.log.hints(production):
            yield


@dataclass
class Wakeups:
    connection: Connection
    inner: MemoryWakeups

    async def fetch(self, timeout_s: float) -> PassedOn | None:
        await self.connection.step("before fetch")
        delivery = await self.inner.fetch(min(timeout_s, 0.2))
        if delivery is None:
            return None
        await self.connection.step("after fetch")
        return PassedOn(delivery, self.connection.step)

    async def is_idle(self) -> bool:
        return await self.inner.is_idle()


class House:
    """One order on the log, its server, and the creators that come and go."""

    def __init__(self, fake: FakeComfyUi, folder: Path, fate: Fate, take: int) -> None:
        self.fake, self.fate = fake, fate
        self.nats = Nats()
        self.production = ProductionId(f"fox-{take}")
        self.plan = stories.plan(stories.segment(1))
        self._ordered = e.SegmentOrdered(
            segment=1, take=1, order=order(seed=take), basis=stories.ordered(self.plan, 1).basis
        )
        self.key = order_key(f"segment.ordered.{self.production}.1-1")
        self._artifacts = FolderArtifacts(folder / f"objects-{take}")
        self._lines: list[Line] = []
        self._connections: list[Connection] = []
        self._working: asyncio.Task[None] | None = None
        self._is_over = False

    # -- what is on the log

    async def begin(self) -> None:
        """Write everything up to the order."""
        facts = (*stories.BEGINNING, e.PlanWritten(number=1, plan=self.plan, made=stories.MADE), self._ordered)
        await self.tell(*facts)

    async def tell(self, *facts: e.Fact) -> None:
        """Write what others would."""
        calm = Connection(Nats(log=self.nats.log), Fate())
        chronicle = self._chronicle(calm)
        await chronicle.append(await chronicle.state(self.production), chronicle.draft(facts), None)

    async def state(self) -> Production:
        return fold(self.production, await self.nats.log.read(self.production))

    def _chronicle(self, connection: Connection) -> Chronicle:
        return Chronicle(connection, stories.WRITER, now=lambda: "then", new_id=lambda: EventId(str(uuid.uuid4())))

    # -- who works

    async def run(self, is_over: Callable[[Production], bool]) -> Production:
        """Have creators work until it is over; one that is killed is followed by another."""
        async with asyncio.timeout(60):
            while not is_over(state := await self.state()):
                self._working = asyncio.ensure_future(self._work())
                while not self._working.done() and not is_over(state := await self.state()):
                    await asyncio.wait({self._working}, timeout=0.02)
                if self._working.done() and not self._working.cancelled():
                    error = self._working.exception()
                    assert error is None or isinstance(error, Dead), error
            await self._end()
        return state

    async def _work(self) -> None:
        line, connection = Line(self.fate), Connection(self.nats, self.fate)
        self._lines.append(line)
        self._connections.append(connection)
        creator = Creator({"tiny": ComfyUiRenderer(TinyWorkflow(), [self.fake.url], PATIENCE, transport=line)})
        workers = []
        for kind, decide in ((SEGMENTS, decide_segments), (STOPS, decide_stops)):
            station = Station(service="creator", decide=decide, perform=creator, ack_wait_s=ACK_WAIT_S, sweep_s=1.0)
            wakeups = await connection.wakeups(kind)
            workers.append(Worker(station, wakeups, self._chronicle(connection), self._artifacts))
        await asyncio.gather(*(worker.run(asyncio.Event()) for worker in workers))

    async def _end(self) -> None:
        if self._working is not None:
            await end(self._working)

    # -- what befalls them

    async def kill_creator(self) -> None:
        """Kill the creator: nothing of it is heard from here on, and nothing is cleared up."""
        self._lines[-1].is_dead = self._connections[-1].is_dead = True
        assert self._working is not None
        self._working.cancel(LEAVING)

    async def kill_server(self) -> None:
        """Kill ComfyUI and start it anew."""
        await self.fake.restart()


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeComfyUi]:
    async with comfyui(tmp_path / "comfyui") as running:
        yield running


def has_ended(state: Production) -> bool:
    take = state.takes.get((1, 1))
    return take is not None and (take.rendered is not None or take.failure is not None)


async def steps_of_a_render(fake: FakeComfyUi, folder: Path) -> list[str]:
    """Return the steps of an undisturbed render on the log's side, at which something may befall it."""
    fate = Fate()
    house = House(fake, folder, fate, 1000)
    await house.begin()
    await house.run(has_ended)
    once = [one for one in fate.steps if int(one.rpartition("#")[2]) <= OCCURRENCES]
    return list(dict.fromkeys(once))


def check(fake: FakeComfyUi, house: House, state: Production, step: str) -> None:
    """Check that the order has its one clip, and that nothing was rendered that the server had not lost before."""
    take = state.takes[1, 1]
    assert take.rendered is not None, f"{step}: {take.failure}"
    assert state.anomalies == (), step
    per_life = Counter(one.life for one in fake.executions_of(house.key))
    assert max(per_life.values()) == 1, f"{step}: rendered twice by one server"
    assert len(fake.executions_of(house.key)) <= 1 + fake.kills, step
    assert all(one.key == house.key for one in take.postings), step


async def side_by_side(befall: Callable[[int, str], Awaitable[None]], steps: list[str]) -> None:
    """Let it befall an order of its own at each step, a few orders at a time."""
    free = asyncio.Semaphore(12)

    async def one(take: int, step: str) -> None:
        async with free:
            await befall(take, step)

    await asyncio.gather(*(one(take, step) for take, step in enumerate(steps, start=1)))


async def test_nats_killed_at_any_step_costs_no_second_render(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Whatever was under way: the render goes on, its result is written once, and ComfyUI rendered once."""
    steps = await steps_of_a_render(fake, tmp_path)
    assert {"before append #1", "after append #2", "before POST prompt #1", "progress #1"} <= set(steps)

    async def befall(take: int, step: str) -> None:
        fate = Fate()
        house = House(fake, tmp_path, fate, take)
        fate.blows[step] = house.nats.kill
        await house.begin()
        check(fake, house, await house.run(has_ended), step)
        assert len(fake.executions_of(house.key)) == 1, step
        assert fake.life.taken.count(house.key) == 1, f"{step}: posted twice"

    await side_by_side(befall, steps)
    assert fake.kills == 0


async def test_a_creator_killed_between_log_and_server_is_followed_by_another(
    fake: FakeComfyUi, tmp_path: Path
) -> None:
    """At every step on the log's side: between an append and its answer, between a result and its ack."""
    steps = [one for one in await steps_of_a_render(fake, tmp_path) if "append" in one or "ack" in one or "read" in one]

    async def befall(take: int, step: str) -> None:
        fate = Fate()
        house = House(fake, tmp_path, fate, take)
        fate.blows[step] = house.kill_creator
        await house.begin()
        check(fake, house, await house.run(has_ended), step)
        assert len(fake.executions_of(house.key)) == 1, step

    await side_by_side(befall, steps)


@pytest.mark.parametrize("seed", range(3))
async def test_everything_may_be_killed_in_one_render(tmp_path: Path, seed: int) -> None:
    """NATS, the creator and ComfyUI, each at a step drawn from a seed: the order ends with one clip."""
    async with comfyui(tmp_path / "comfyui") as own:
        chance = random.Random(seed)
        steps = await steps_of_a_render(own, tmp_path)
        fate = Fate()
        house = House(own, tmp_path, fate, seed + 1)
        drawn = chance.sample(steps, 4)
        blows = (house.nats.kill, house.kill_creator, house.kill_server, house.nats.kill)
        fate.blows = dict(zip(drawn, blows, strict=True))
        await house.begin()
        check(own, house, await house.run(has_ended), f"seed {seed}: {drawn}")


def queued(fake: FakeComfyUi) -> list[str]:
    """Return what runs on the server, and then what waits."""
    running = [fake.life.running] if fake.life.running is not None else []
    return [item[1] for item in (*running, *fake.life.pending)]


@pytest.mark.parametrize("state", ["pending", "running"])
async def test_a_render_whose_creator_died_is_stopped_when_it_is_called_off(
    fake: FakeComfyUi, tmp_path: Path, state: str
) -> None:
    """Exactly ours is stopped, whoever posted it; what others run goes on, and the log says how the order ended."""
    fake.controls.gate.clear()
    other, house = House(fake, tmp_path, Fate(), 77), House(fake, tmp_path, Fate(), 1)
    first, second = (other, house) if state == "pending" else (house, other)
    for one in (first, second):
        await one.begin()
        await one.run(lambda _, one=one: one.key in fake.life.taken)  # type: ignore[misc]
        await one.kill_creator()
    assert queued(fake)[0] == first.key
    await house.tell(e.ProductionCancelled(why="enough"))
    ended = await house.run(has_ended)
    failure = ended.takes[1, 1].failure
    assert failure is not None
    assert (failure.kind, failure.what) == (e.CALLED_OFF, "The render was stopped.")
    assert queued(fake) == [other.key]
    fake.controls.gate.set()
    check(fake, other, await other.run(has_ended), "the other one")


async def test_a_creator_that_leaves_lets_its_render_go_on(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Told to stop, it gives its work back and stops nothing on the server; the next one comes back to the render."""
    fake.controls.gate.clear()
    house = House(fake, tmp_path, Fate(), 1)
    await house.begin()
    await house.run(lambda _: fake.life.running is not None)
    assert queued(fake) == [house.key]
    fake.controls.gate.set()
    check(fake, house, await house.run(has_ended), "left")
    assert fake.life.taken.count(house.key) == 1
