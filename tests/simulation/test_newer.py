"""An event of a newer Kindling on a production in the making: older services wait, and go on once they are updated."""

from __future__ import annotations

import asyncio
import uuid

import msgspec
import pytest

from bus import codec, production
from bus import events as e
from bus.board import Done, Outdated, status_of
from bus.ids import EventId, ProductionId
from bus.production import Production, fold
from bus.wire.log import Sealed
from tests.simulation.test_productions import _until_ended
from tests.simulation.virtual_time import run
from tests.simulation.world import World

FILM = ProductionId("film")
LONG_S = 28 * 60
"""Longer than a message would come again before it counted as one that kills its worker."""


class SegmentGraded(e.OfTake, frozen=True, gc=False, kw_only=True):
    """What a newer Kindling writes."""

    TYPE = "segment.graded"
    grade: str


def _graded(state: Production, fact: SegmentGraded, ordinal: int) -> Production:
    return state


async def _write_newer(world: World) -> int:
    """Append the event as a newer service would, decided upon the newest state; return how long the log is then."""
    stored = world.log.stored
    state = await world.state(FILM)
    content = msgspec.json.encode(
        codec.Wire(
            id=EventId(str(uuid.UUID(int=1))),
            production=FILM,
            ordinal=state.ordinal + 1,
            type=SegmentGraded.TYPE,
            version=1,
            time="2026-01-01T00:00:00.000Z",
            by=e.Writer(service="grader", version="9", host="there"),
            previous=state.head,
            data=msgspec.Raw(b'{"segment":1,"take":1,"grade":"dusk"}'),
        )
    )
    sealed = Sealed(subject=f"{SegmentGraded.TYPE}.{FILM}.1-1", content=content, id=EventId(str(uuid.UUID(int=1))))
    await world.log.append(FILM, [sealed], stored[-1].sequence)
    return len(stored)


async def _restarted(world: World) -> None:
    for process in world.processes:
        await process.kill()
    for process in world.processes:
        process.start()


@pytest.mark.parametrize("seed", range(2))
def test_older_services_wait_and_go_on_once_they_are_updated(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes, nobody writes upon it and no problem is made of it; then the film gets finished."""

    async def play() -> None:
        world = World(40 + seed)
        world.chaos.is_on = False
        for process in world.processes:
            process.start()
        options = e.Options(sample=False)
        await world.act(
            FILM, lambda state: () if state.request else (e.ProductionRequested(words="A keeper", options=options),)
        )
        while not (await world.state(FILM)).takes:
            await world.log.grown()
        await asyncio.sleep(world.chaos.draw.random() * 60)
        length = await _write_newer(world)
        await asyncio.sleep(LONG_S)
        await _restarted(world)
        await asyncio.sleep(LONG_S / 4)
        assert len(world.log.stored) == length, "somebody wrote upon an event that they did not know"
        assert isinstance(status_of(await world.state(FILM)), Outdated)

        # The update: every process is started again, and knows the type.
        decoder: object = msgspec.json.Decoder(SegmentGraded)
        monkeypatch.setitem(e.BY_TYPE, SegmentGraded.TYPE, SegmentGraded)
        monkeypatch.setattr(codec, "_facts", {**codec._facts, SegmentGraded.TYPE: decoder})
        known: dict[type[e.Fact], production.Evolve] = {**production._EVOLVE, SegmentGraded: _graded}
        monkeypatch.setattr(production, "_EVOLVE", known)
        await _restarted(world)
        await _until_ended(world, [FILM])
        for process in world.processes:
            await process.kill()
        state = fold(FILM, await world.log.read(FILM))
        assert isinstance(status_of(state), Done)
        assert (state.anomalies, state.unknown) == ((), ())
        assert [one.problem.what for one in state.stalls if "taken up" in one.problem.what] == []

    run(play())
