"""Whole productions under faults: whatever is lost, repeated, late or killed, each ends, each fact written once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

import pytest

from bus import events as e
from bus.board import (
    Asking,
    AwaitingApproval,
    Cancelled,
    Done,
    Stalled,
    film_takes,
    status_of,
)
from bus.ids import ProductionId
from bus.production import Production, fold
from services.creator import decide as creator
from services.intent import decide as intent
from services.planner import decide as planner
from services.reviewer import decide as reviewer
from services.stitcher import decide as stitcher
from tests.simulation.virtual_time import run
from tests.simulation.world import World

SEEDS = int(os.environ.get("KINDLING_SIMULATION_SEEDS", "40"))
DECIDES = (
    intent.decide,
    planner.decide,
    creator.decide_samples,
    creator.decide_segments,
    reviewer.decide,
    stitcher.decide,
)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_production_ends_whatever_goes_wrong(seed: int) -> None:
    """Under duplicates, stale reads, lost wake-ups, errors and kills each production ends, without an anomaly."""
    run(_play(seed))


async def _play(seed: int) -> None:
    world = World(seed)
    draw = world.chaos.draw
    productions = [ProductionId(f"film-{number}") for number in range(draw.randint(1, 3))]
    for process in world.processes:
        process.start()
    for production in productions:
        options = e.Options(
            sample=draw.random() < 0.8,
            review=draw.random() < 0.8,
            when_takes_are_used_up=draw.choice(list(e.WhenTakesAreUsedUp)),
        )
        request = e.ProductionRequested(words=draw.choice(("A keeper rows", "How about a keeper?")), options=options)
        await world.act(production, lambda state, request=request: () if state.request else (request,))  # type: ignore[misc]
    for _ in range(draw.randint(10, 60)):
        await asyncio.sleep(draw.random() * 15)
        if draw.random() < 0.5:
            process = draw.choice(world.processes)
            await process.kill()
            await asyncio.sleep(draw.random() * 5)
            process.start()
        await world.act(draw.choice(productions), lambda state: _whim(world, state))
    world.chaos.is_on = False
    await _until_ended(world, productions)
    for process in world.processes:
        await process.kill()
    for production in productions:
        await _check(world, production)


async def _until_ended(world: World, productions: Sequence[ProductionId]) -> None:
    """Let a person who wants the films help wherever it is asked, for a bounded time."""
    states: list[Production] = []
    for _ in range(600):
        await asyncio.sleep(10)
        states = [await world.state(one) for one in productions]
        if all(isinstance(status_of(one), Done | Cancelled) for one in states):
            return
        for production in productions:
            await world.act(production, _help)
    stuck = {one.id: status_of(one) for one in states if not isinstance(status_of(one), Done | Cancelled)}
    pytest.fail(f"never ended: {stuck}")


def _whim(world: World, state: Production) -> Sequence[e.Fact]:
    """Return what a person may do at any moment, sensible or not."""
    draw = world.chaos.draw
    if state.end is not None:
        return ()
    waits = [one for one in state.samples if one.rendered and one.word is None]
    takes = [one for one in state.takes.values() if one.rendered]
    what = draw.choice(("approve", "approve", "approve", "redirect", "say", "overrule", "resume", "answer", "cancel"))
    if what == "approve" and waits:
        return (e.SampleApproved(brief=waits[-1].brief, take=waits[-1].take),)
    if what == "redirect" and waits and draw.random() < 0.5:
        return (e.SampleRedirected(brief=waits[-1].brief, take=waits[-1].take, words="darker"),)
    if what == "say" and draw.random() < 0.3:
        number = sum(one.kind == "direction" for one in state.conversation) + 1
        return (e.ProductionDirected(number=number, words=draw.choice(("longer", "shorter?"))),)
    if what == "overrule" and takes:
        take = draw.choice(takes)
        ruling = draw.choice(list(e.Ruling))
        number = len(take.rulings) + 1
        return (e.SegmentOverruled(segment=take.segment, take=take.take, number=number, ruling=ruling, why="I say so"),)
    if what == "cancel" and draw.random() < 0.03 and not isinstance(status_of(state), Done):
        return (e.ProductionCancelled(),)
    return _help(state) if what in ("resume", "answer") else ()


def _help(state: Production) -> Sequence[e.Fact]:
    """Return what a person does who wants the film: approve, answer, resume."""
    match status_of(state):
        case AwaitingApproval(sample=sample):
            return (e.SampleApproved(brief=sample.brief, take=sample.take),)
        case Asking(question=question):
            return (e.IntentAnswered(number=question.number, words=""),)
        case Stalled(stalls=stalls):
            return tuple(e.ProductionResumed(number=one.number) for one in stalls)
        case _:
            return ()


async def _check(world: World, production: ProductionId) -> None:
    state = await world.state(production)
    log = await world.log.read(production)
    assert state.anomalies == ()
    assert fold(production, log) == state, "the fold is not a function of the log"
    assert [one.event.ordinal for one in log if isinstance(one, e.Recorded)] == list(range(1, len(log) + 1))
    for decide in DECIDES:
        assert decide(state, None) == (), "something is still wanted after the end"
    if isinstance(status_of(state), Done):
        cut = state.cuts[-1]
        takes = film_takes(state)
        assert takes is not None
        assert [(one.segment, one.take) for one in cut.takes] == [(one.segment, one.take) for one in takes]
        assert cut.head == log[cut.count - 1].digest, "the head that the cut names is not that of the event it names"


def test_a_seed_gives_the_same_run_every_time() -> None:
    """The world is a function of its seed: a failure can be played again."""

    async def once() -> list[tuple[str, bytes]]:
        await _play_into(worlds)
        return [(one.subject, one.content) for one in worlds[-1].log.stored]

    worlds: list[World] = []
    first = run(once())
    assert run(once()) == first
    assert len(first) > 10


async def _play_into(worlds: list[World]) -> None:
    world = World(7)
    worlds.append(world)
    for process in world.processes:
        process.start()
    production = ProductionId("film")
    await world.act(production, lambda state: () if state.request else (e.ProductionRequested(words="A keeper"),))
    await _until_ended(world, [production])
    for process in world.processes:
        await process.kill()


def test_without_faults_each_order_is_rendered_once() -> None:
    """Where nothing goes wrong, replicas share the work: no order is rendered twice."""

    async def play() -> World:
        worlds: list[World] = []
        world = World(3, replicas=3)
        world.chaos.is_on = False
        worlds.append(world)
        for process in world.processes:
            process.start()
        productions = [ProductionId(f"film-{number}") for number in range(3)]
        for one in productions:
            await world.act(one, lambda state: () if state.request else (e.ProductionRequested(words="A keeper"),))
        await _until_ended(world, productions)
        for process in world.processes:
            await process.kill()
        return world

    world = run(play())
    assert world.studio.renders
    assert len(world.studio.renders) == len(set(world.studio.renders))
