"""Forks and films made again, under faults: each ends, renders what it must and nothing else, and says it once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

import msgspec
import pytest

from bus import adoption
from bus import events as e
from bus.board import Done, status_of
from bus.ids import ProductionId
from bus.likeness import Comparison, Likeness
from bus.plan import Artifact
from bus.production import Production
from bus.subjects import every
from bus.work import Task
from services.gateway import forks, script
from services.reviewer import comparing
from tests import stories
from tests.simulation.test_productions import _until_ended as until_ended
from tests.simulation.virtual_time import run
from tests.simulation.world import Process, World

SEEDS = int(os.environ.get("KINDLING_SIMULATION_SEEDS", "6"))
FILM, FORK, AGAIN, SCRATCH = (ProductionId(name) for name in ("film", "fork", "again", "scratch"))


class Comparer:
    """Does what the studio does, and compares by digest."""

    def __init__(self, world: World) -> None:
        self.outcome = world.studio.outcome

    def __call__(self, task: Task, production: Production) -> Sequence[e.Fact]:
        """Return what comes of the task."""
        match task:
            case comparing.CompareTake(take=take):
                assert take.rendered is not None
                return (
                    e.SegmentCompared(
                        segment=take.segment, take=take.take, comparison=_same(take.rendered.clip), made=stories.MADE
                    ),
                )
            case comparing.CompareFilm(cut=cut):
                return (e.ProductionCompared(number=cut.number, comparison=_same(cut.film), made=stories.MADE),)
            case _:
                return self.outcome(task, production)


def _same(clip: Artifact) -> Comparison:
    return Comparison(likeness=Likeness.SAME_BYTES, wanted=clip.digest, found=clip.digest)


def _world(seed: int) -> World:
    world = World(seed)
    world.studio.outcome = Comparer(world)  # type: ignore[method-assign]
    for name, wakes, decide in (
        ("reviewer_comparisons", comparing.WAKES, comparing.decide),
        ("gateway_script", script.WAKES, script.decide),
    ):
        filters = tuple(every(one) for one in wakes)
        world.processes += [Process(world, name, filters, decide) for _ in range(2)]
    return world


@pytest.mark.parametrize("seed", range(SEEDS))
def test_branches_end_whatever_goes_wrong(seed: int) -> None:
    """A fork renders what its change touches, a film made again renders the recorded orders, and each ends once."""
    run(_play(seed))


async def _play(seed: int) -> None:
    world = _world(seed)
    draw = world.chaos.draw
    for process in world.processes:
        process.start()
    options = e.Options(sample=draw.random() < 0.5, review=draw.random() < 0.7)
    asked = e.ProductionRequested(words="A keeper rows", options=options)
    await world.act(FILM, lambda state: () if state.request else (asked,))
    world.chaos.is_on = False
    await until_ended(world, [FILM])
    before = await world.log.read(FILM)
    await _branch(world, FORK, AGAIN, SCRATCH)
    world.chaos.is_on = True
    for _ in range(draw.randint(5, 25)):
        await asyncio.sleep(draw.random() * 15)
        process = draw.choice(world.processes)
        await process.kill()
        await asyncio.sleep(draw.random() * 5)
        process.start()
    world.chaos.is_on = False
    await until_ended(world, [FORK, AGAIN, SCRATCH])
    await _until_compared(world)
    for process in world.processes:
        await process.kill()
    assert await world.log.read(FILM) == before, "the other one was touched"
    await _check(world)


async def _branch(world: World, *branches: ProductionId) -> None:
    """Begin a fork with another seed for one segment, and the film made again from its orders and from scratch."""
    of = forks.branch(FILM, await world.log.messages(FILM), None)
    plan = of.state.plan
    assert plan is not None
    number = world.chaos.draw.randrange(len(plan.segments))
    changed = msgspec.structs.replace(plan.segments[number], seed=1234)
    segments = (*plan.segments[:number], changed, *plan.segments[number + 1 :])
    change = forks.Replanned(plan=msgspec.structs.replace(plan, segments=segments))
    cut = forks.branch(FILM, await world.log.messages(FILM), of.state.cut_ordinal)
    begun = {
        FORK: forks.fork(of, FORK, change, forks.Terms()),
        AGAIN: forks.again(cut, e.Again.ORDERS),
        SCRATCH: forks.again(cut, e.Again.WORDS),
    }
    for one in branches:
        facts = begun[one]
        await world.act(one, lambda state, facts=facts: () if state.request else facts)  # type: ignore[misc]


async def _until_compared(world: World) -> None:
    for _ in range(100):
        states = [await world.state(one) for one in (AGAIN, SCRATCH)]
        if all(one.compared and one.compared[-1].number == len(one.cuts) for one in states):
            return
        await asyncio.sleep(10)
    pytest.fail("never compared")


async def _check(world: World) -> None:
    film, fork, again, scratch = [await world.state(one) for one in (FILM, FORK, AGAIN, SCRATCH)]
    for state in (fork, again, scratch):
        log = await world.log.read(state.id)
        assert state.anomalies == ()
        assert adoption.broken_adoptions(log) == ()
        assert isinstance(status_of(state), Done)
        assert len({one.subject for one in log}) == len(log)
        for decide in (comparing.decide, script.decide):
            assert decide(state, None) == ()
    due = {of for of, take in fork.shown.items() if of not in film.shown or film.shown[of].take != take.take}
    assert due
    rendered = {int(subject.rpartition(".")[2].split("-")[0]) for of, subject in world.studio.renders if of == FORK}
    assert rendered == due, "a fork renders what is different, and nothing else"
    wanted = {take.segment: take.order for take in film.shown.values()}
    assert {take.segment: take.order for take in again.shown.values()} == wanted
    assert {one.order.seed for one in again.takes.values()} == {one.seed for one in wanted.values()}
    assert all(take.compared is not None for take in again.shown.values())
    assert script.is_over(scratch)
