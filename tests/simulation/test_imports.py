"""A production brought in from elsewhere: a finished one is left as it is, an unfinished one goes on to its end."""

from __future__ import annotations

import asyncio

import pytest

from bus import events as e
from bus.board import Done, status_of
from bus.ids import EventId, ProductionId
from bus.production import fold
from bus.wire.log import Sealed
from tests.simulation.test_productions import _until_ended
from tests.simulation.virtual_time import run
from tests.simulation.world import World

FILM = ProductionId("film")
OTHER = ProductionId("another-film")


async def _made() -> list[tuple[str, bytes]]:
    """Return the log of a finished film, as another Kindling wrote it."""
    world = World(11)
    for process in world.processes:
        process.start()
    await world.act(FILM, lambda state: () if state.request else (e.ProductionRequested(words="A keeper"),))
    await _until_ended(world, [FILM])
    for process in world.processes:
        await process.kill()
    return [(one.subject, one.content) for one in world.log.stored]


async def _brought_in(world: World, messages: list[tuple[str, bytes]]) -> None:
    """Put the messages on the log in one piece, behind something that was there before."""
    await world.act(OTHER, lambda state: () if state.request else (e.ProductionRequested(words="A cat"),))
    await world.act(OTHER, lambda state: () if state.end else (e.ProductionCancelled(),))
    sealed = [Sealed(subject=subject, content=content, id=EventId("")) for subject, content in messages]
    await world.log.append(FILM, sealed, 0)


def test_a_finished_production_is_left_as_it_is() -> None:
    """Its events wake every service, and nobody writes, renders or joins anything, however long they look at it."""

    async def play() -> None:
        messages = await _made()
        world = World(12)
        for process in world.processes:
            process.start()
        await _brought_in(world, messages)
        await asyncio.sleep(1000)
        assert [(one.subject, one.content) for one in await world.log.messages(FILM)] == messages
        assert [one for one in world.studio.renders if one[0] == FILM] == []
        for process in world.processes:
            await process.kill()

    run(play())


@pytest.mark.parametrize("seed", range(6))
def test_an_unfinished_production_goes_on_from_where_it_was(seed: int) -> None:
    """Brought in at any point it ends with a film; what was there keeps its bytes, and each fact is written once."""

    async def play() -> None:
        messages = await _made()
        world = World(100 + seed)
        count = world.chaos.draw.randint(1, len(messages) - 1)
        for process in world.processes:
            process.start()
        await _brought_in(world, messages[:count])
        world.chaos.is_on = False
        await _until_ended(world, [FILM])
        for process in world.processes:
            await process.kill()
        after = [(one.subject, one.content) for one in await world.log.messages(FILM)]
        assert after[:count] == messages[:count]
        state = fold(FILM, await world.log.read(FILM))
        assert isinstance(status_of(state), Done)
        assert state.anomalies == ()
        assert state.ordinal == len(after)

    run(play())
