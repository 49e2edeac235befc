"""Kills the creator, and ComfyUI, at every step of a render: each order ends with one clip and no wasted rendering."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bus.events import Fact, Posting, SegmentFailed, SegmentRendered, SegmentStarted
from bus.ids import ProductionId, order_key
from bus.production import Production
from bus.wire.artifacts import FolderArtifacts
from bus.work import LEAVING
from services.creator.decide import Job, Post, Render
from services.creator.perform import Creator
from services.creator.renderers.comfyui.patience import Patience
from services.creator.renderers.comfyui.renderer import ComfyUiRenderer
from tests.fakes.comfyui import FakeComfyUi, comfyui
from tests.fakes.comfyui_workflow import TinyWorkflow, order

PATIENCE = Patience(poll_s=0.01, settle_s=0.03, unreachable_s=5, stuck_s=1, cancel_s=1, choose_s=2)
PRODUCTION = ProductionId("fox-7q2k")
OCCURRENCES = 2
"""Polling repeats the same step any number of times; each kind of step is a place to die the first and second time."""

Blow = Callable[[], Awaitable[None]]


@dataclass
class Fate:
    """What befalls at which step. A step is a request about to go out, an answer that came, or a piece of progress."""

    blows: dict[str, Blow] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    async def reach(self, what: str) -> None:
        """Count the step, and let befall what is due."""
        self.counts[what] += 1
        step = f"{what} #{self.counts[what]}"
        self.steps.append(step)
        blow = self.blows.pop(step, None)
        if blow is not None:
            await blow()


class Line(httpx.AsyncBaseTransport):
    """A creator's line to the network. A dead creator says nothing more, and hears nothing."""

    def __init__(self, fate: Fate) -> None:
        self.is_dead = False
        self._fate = fate
        self._network = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        where = request.url.path.split("/")[1]
        await self._reach(f"before {request.method} {where}")
        answer = await self._network.handle_async_request(request)
        await self._reach(f"after {request.method} {where}")
        return answer

    async def aclose(self) -> None:
        await self._network.aclose()

    async def _reach(self, what: str) -> None:
        await self._fate.reach(what)
        if self.is_dead:
            await asyncio.Event().wait()


class House:
    """One order's log, artifacts and server, and the creators that come and go."""

    def __init__(self, fake: FakeComfyUi, folder: Path, fate: Fate, take: int) -> None:
        self.fake, self.fate = fake, fate
        self.take = take
        self.subject = f"segment.ordered.{PRODUCTION}.1-{take}"
        self.postings: list[Posting] = []
        self.outcome: Fact | None = None
        self.lines: list[Line] = []
        self._artifacts = FolderArtifacts(folder / f"objects-{take}")
        self._working: asyncio.Task[None] | None = None
        self._blows: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Have creators work until the order has its outcome; one that is killed is followed by another."""
        async with asyncio.timeout(30):
            while self.outcome is None:
                line = Line(self.fate)
                self.lines.append(line)
                creator = Creator({"tiny": ComfyUiRenderer(TinyWorkflow(), [self.fake.url], PATIENCE, transport=line)})
                self._working = asyncio.create_task(self._work(creator))
                await asyncio.wait({self._working})
                if not self._working.cancelled():
                    self._working.result()

    async def _work(self, creator: Creator) -> None:
        while self.outcome is None:
            job = Job(
                is_sample=False,
                of=1,
                take=self.take,
                order=order(seed=self.take),
                postings=tuple(self.postings),
                subject=self.subject,
            )
            task = Render(job=job) if self.postings else Post(job=job)
            (fact,) = await creator(task, Production(id=PRODUCTION), self._artifacts, self._progress)
            if isinstance(fact, SegmentStarted):
                assert fact.posting_number == len(self.postings) + 1
                self.postings.append(fact.posting)
            else:
                self.outcome = fact

    def _progress(self, done: int, total: int, *, preview: bytes | None = None) -> None:
        self._blows.append(asyncio.ensure_future(self.fate.reach(f"progress {done}")))

    async def kill_creator(self) -> None:
        """Kill the creator that works: nothing of it is heard from here on, and nothing is cleared up."""
        self.lines[-1].is_dead = True
        assert self._working is not None
        self._working.cancel(LEAVING)

    async def kill_server(self) -> None:
        """Kill ComfyUI and start it anew: its files are there, its queue and history are not."""
        await self.fake.restart()


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeComfyUi]:
    async with comfyui(tmp_path / "comfyui") as running:
        yield running


async def steps_of_a_render(fake: FakeComfyUi, folder: Path) -> list[str]:
    """Return the steps of an undisturbed render, at which something may befall it."""
    fate = Fate()
    await House(fake, folder, fate, 1000).run()
    once = [one for one in fate.steps if int(one.rpartition("#")[2]) <= OCCURRENCES]
    return [one for one in dict.fromkeys(once) if "object_info #2" not in one]


def check(fake: FakeComfyUi, house: House, step: str) -> None:
    """Check that the order has its clip, and that nothing was rendered that the server had not lost before."""
    assert isinstance(house.outcome, SegmentRendered), f"{step}: {house.outcome}"
    key = order_key(house.subject)
    executions = fake.executions_of(key)
    per_life = Counter(one.life for one in executions)
    assert max(per_life.values()) == 1, f"{step}: rendered twice by one server"
    assert len(executions) <= 1 + fake.kills, step
    assert all(one.key == key for one in house.postings), step


async def test_a_creator_killed_at_any_step_finds_its_render_again(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Whatever it was doing, the next creator brings the clip home, and ComfyUI rendered once."""
    steps = await steps_of_a_render(fake, tmp_path)
    assert {"before POST prompt #1", "after POST prompt #1", "before GET view #1", "progress 5 #1"} <= set(steps)

    async def befall(take: int, step: str) -> None:
        fate = Fate()
        house = House(fake, tmp_path, fate, take)
        fate.blows[step] = house.kill_creator
        await house.run()
        check(fake, house, step)
        assert len(fake.executions_of(order_key(house.subject))) == 1, step
        assert fake.life.taken.count(order_key(house.subject)) == 1, f"{step}: posted twice"

    await side_by_side(befall, steps)
    assert fake.kills == 0


async def test_a_server_killed_at_any_step_renders_anew_only_what_it_lost(fake: FakeComfyUi, tmp_path: Path) -> None:
    """An order that was lost is posted again, and the log says so; one that was not yet posted, or is done, is not."""

    async def befall(take: int, step: str) -> None:
        async with comfyui(tmp_path / f"comfyui-{take}") as own:
            fate = Fate()
            house = House(own, tmp_path, fate, take)
            fate.blows[step] = house.kill_server
            await house.run()
            check(own, house, step)
            if len(own.executions_of(order_key(house.subject))) == 2:
                assert len(house.postings) == 2, f"{step}: rendered again without a word on the log"

    await side_by_side(befall, await steps_of_a_render(fake, tmp_path))


async def side_by_side(befall: Callable[[int, str], Awaitable[None]], steps: list[str]) -> None:
    """Let it befall an order of its own at each step, a few orders at a time."""
    free = asyncio.Semaphore(8)

    async def one(take: int, step: str) -> None:
        async with free:
            await befall(take, step)

    await asyncio.gather(*(one(take, step) for take, step in enumerate(steps, start=1)))


@pytest.mark.parametrize("seed", range(6))
async def test_blow_upon_blow_still_ends_with_one_clip(fake: FakeComfyUi, tmp_path: Path, seed: int) -> None:
    """Two kills of creators and one of the server, at steps drawn from a seed."""
    chance = random.Random(seed)
    steps = await steps_of_a_render(fake, tmp_path)
    fate = Fate()
    house = House(fake, tmp_path, fate, seed + 1)
    first, second, third = chance.sample(steps, 3)
    fate.blows = {first: house.kill_creator, second: house.kill_server, third: house.kill_creator}
    await house.run()
    check(fake, house, f"seed {seed}: {first}, {second}, {third}")


async def test_what_can_never_be_posted_fails_and_says_why(fake: FakeComfyUi, tmp_path: Path) -> None:
    """A server that loses an order each time is left alone after three postings."""
    fate = Fate()
    house = House(fake, tmp_path, fate, 1)
    fate.blows = {f"after POST prompt #{number}": house.kill_server for number in range(1, 9)}
    await house.run()
    assert isinstance(house.outcome, SegmentFailed)
    assert house.outcome.failure.kind == "lost"
    assert house.outcome.failure.is_retryable
    assert len(house.postings) == 3
