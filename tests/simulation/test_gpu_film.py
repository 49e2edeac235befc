"""A whole film on one GPU: the services as they are, with renders and reviews that can't be in its memory together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bus import events as e
from bus.board import Done, status_of
from bus.gpu import Side, Wish
from bus.ids import ProductionId
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.wire.entries import MemoryEntries
from bus.wire.sharing import InTurn
from bus.wire.turns import Turns
from bus.wire.waiting import end
from bus.work import Task
from services.creator import decide as creator
from services.intent import decide as intent
from services.planner import decide as planner
from services.reviewer import decide as reviewer
from tests import stories
from tests.simulation.gpu_house import PATIENCE, Card
from tests.simulation.virtual_time import run
from tests.simulation.world import Studio, World

FILM = ProductionId("film")


def wish_of(task: Task, production: Production) -> Wish | None:
    """Return the turn that a task needs."""
    match task:
        case creator.Render(job=job):
            return Wish(side=Side.RENDER, production=production.id, about=job.about, is_urgent=job.is_sample)
        case intent.Understand() | planner.WriteSample() | planner.WritePlan():
            return Wish(side=Side.THINK, production=production.id, about=task.about, is_urgent=True)
        case reviewer.Review():
            return Wish(side=Side.THINK, production=production.id, about=task.about)
        case _:
            return None


async def _later(task: Task, production: Production) -> Wish | None:
    return wish_of(task, production)


class GpuStudio(Studio):
    """Renders and thinks on one card, each service through turns of its own."""

    def __init__(self, world: World, segment_count: int) -> None:
        super().__init__(world.chaos)
        self.rejections = self.failures = 0.0
        self.card, self.entries = Card(), MemoryEntries()
        self.segment_count = segment_count
        self.attending: list[asyncio.Task[None]] = []
        self._in_turn: dict[str, InTurn] = {}

    async def perform(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[e.Fact]:
        """Do the task in the turn of the service that does it."""
        service = type(task).__module__.split(".")[1]
        if service not in self._in_turn:
            turns = Turns(service, self.card.programs, PATIENCE)
            self.attending.append(asyncio.ensure_future(turns.attend(self.entries, self._nobody_listens)))
            self._in_turn[service] = InTurn(self._work, turns, _later)
        return await self._in_turn[service](task, production, artifacts, progress)

    async def _work(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[e.Fact]:
        wish = wish_of(task, production)
        if wish is not None:
            await self.card.programs[wish.side].work(10.0 if wish.side is Side.RENDER else 2.0)
        return self.outcome(task, production)

    def _planned(self, task: planner.WritePlan) -> e.Fact:
        parts = [stories.segment(number) for number in range(1, self.segment_count + 1)]
        plan = stories.plan(*parts, brief_number=task.brief_number)
        return e.PlanWritten(number=1, plan=plan, made=stories.MADE)

    async def _nobody_listens(self, subject: str, content: bytes) -> None:
        """Progress may be lost, and here it is."""


async def _film(segment_count: int, rejections: float = 0.0) -> tuple[int, int]:
    """Make a film of so many independent segments; return how often models were loaded, and how many takes it took."""
    world = World(11, replicas=1)
    world.chaos.is_on = False
    world.studio = studio = GpuStudio(world, segment_count)
    studio.rejections = rejections
    for process in world.processes:
        process.start()
    options = e.Options(sample=False, takes_max=3)
    request = e.ProductionRequested(words="A keeper rows", options=options)
    await world.act(FILM, lambda state: () if state.request else (request,))
    async with asyncio.timeout(100_000):
        while not isinstance(status_of(await world.state(FILM)), Done):  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(5)
    takes = len((await world.state(FILM)).takes)
    for process in world.processes:
        await process.kill()
    await end(*studio.attending)
    return studio.card.swap_count, takes


def test_the_number_of_swaps_does_not_grow_with_the_film() -> None:
    """All segments are rendered in one phase and reviewed in one: for 24 of them no more swaps than for 4."""
    counts = {count: run(_film(count)) for count in (4, 24)}
    # Understood and planned, rendered, reviewed: three times models are loaded, and once more where the last look is.
    assert counts[4][0] == counts[24][0] <= 4
    assert counts[24][1] == 24


@pytest.mark.parametrize("segment_count", [24])
def test_retakes_take_one_more_round_and_not_one_each(segment_count: int) -> None:
    """Takes that are rejected are rendered again together: swaps grow with the rounds of takes, which are bounded."""
    swaps, takes = run(_film(segment_count, rejections=0.4))
    assert takes > segment_count + 3
    assert swaps <= 2 + 2 * 3 + 1
