"""What a worker does where the log holds something that nobody of ours would write."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bus import events as e
from bus.board import Stalled, status_of
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.subjects import every
from bus.wire.books import new_event_id, utc_now
from bus.wire.chronicle import Chronicle
from bus.wire.log import WorkKind
from bus.wire.memory import MemoryLog
from bus.wire.worker import Station, Worker
from bus.work import Task
from services.intent.decide import Understand, decide
from tests import stories
from tests.simulation.virtual_time import run

P = stories.PRODUCTION


def test_a_result_whose_place_is_taken_is_a_problem_and_no_endless_try() -> None:
    """A foreign message sits where the brief belongs: it is tried a few times, then a person sees why."""

    async def perform(task: Task, production: Production, artifacts: Artifacts, progress: Progress) -> Sequence[e.Fact]:
        assert isinstance(task, Understand)
        return (stories.parsed(task.brief_number, task.heard),)

    async def play() -> None:
        log = MemoryLog()
        writer = Chronicle(log, stories.WRITER, now=utc_now, new_id=new_event_id)
        await writer.append(await writer.state(P), writer.draft((e.ProductionRequested(words="x"),)), None)
        log.inject(f"intent.parsed.{P}.1", b"squatter")
        kind = WorkKind(name="intent", filters=(every(e.ProductionRequested),), ack_wait_s=5.0)
        station = Station(service="intent", decide=decide, perform=perform, ack_wait_s=5.0)
        worker = Worker(station, await log.wakeups(kind), writer, None)  # type: ignore[arg-type]
        stop = asyncio.Event()
        running = asyncio.ensure_future(worker.run(stop))
        await asyncio.sleep(120)
        stop.set()
        await running
        state = (await writer.state(P)).production
        assert isinstance(status_of(state), Stalled)
        (stall,) = state.stalls
        assert "something else stands where it belongs" in stall.problem.why
        assert len(state.work_failures) == 1
        assert len(log.stored) == 4, "the request, the squatter, and what is said of it"

    run(play())
