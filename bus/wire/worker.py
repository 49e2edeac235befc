"""The worker: a message wakes it, it folds, decides, performs, appends and acks, and it may be killed at any of these.

The message only wakes: what is done follows from the state. While it works it follows its production and decides again
at each fact, so that unwanted work stops where it runs, and it decides once more before it appends.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from bus import codec
from bus.errors import Conflict, KindlingError, LogUnavailable, NotReady, Unprocessable
from bus.events import Event, Fact, Problem, ProductionStalled, Unreadable, WorkFailed
from bus.ids import ProductionId
from bus.ports import Artifacts
from bus.production import Production
from bus.subjects import parse_subject
from bus.wire.chronicle import Chronicle, Folded
from bus.wire.log import Delivery, Wakeups
from bus.wire.progress import Teller
from bus.wire.troubles import place_taken, problem_of, refuse_unknown
from bus.wire.waiting import beat_s, beating, end, next_hint, unless
from bus.work import LEAVING, Decide, Perform, Task

log = structlog.get_logger()

NOT_READY_S = 30.0
"""How long a message waits that only a newer service can handle."""
NOT_READY_DELIVERIES_MAX = 20
"""Deliveries after which such a message is left to the sweep, which asks the state and needs no message: an update may
take days, and a message that came too often would count as one that kills its worker."""
REFUSALS_MAX = 5
"""Refused appends in a row upon one and the same state: whoever was faster would have moved it on."""
WRITES_MAX = 50
ERRORS_MAX = 5
"""Errors in a row on one message before the production stalls for a person."""
DELIVERIES_MAX = 50
"""Deliveries of one message before it counts as one that kills its worker."""
FIRST_DELAY_S = 0.5
DELAY_MAX_S = 60.0


@dataclass(frozen=True, slots=True)
class Acked:
    """The message is done with."""


@dataclass(frozen=True, slots=True)
class Later:
    """The message is to come again."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class Termed:
    """The message can never be handled."""


Settled = Acked | Later | Termed


@dataclass(frozen=True, slots=True)
class Station:
    """What a worker needs to know about its work."""

    service: str
    decide: Decide
    perform: Perform
    ack_wait_s: float
    sweep_s: float = 30.0


class Worker:
    """One worker of a kind of work. Any number of them may run, in any number of processes."""

    def __init__(
        self,
        station: Station,
        wakeups: Wakeups,
        chronicle: Chronicle,
        artifacts: Artifacts,
    ) -> None:
        self.station = station
        self._wakeups = wakeups
        self._chronicle = chronicle
        self._artifacts = artifacts
        self._errors: dict[int, int] = {}
        self._quiet: dict[ProductionId, int] = {}
        self._unchanged: dict[ProductionId, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; the message at hand is finished first, or given back when cancelled."""
        loop = asyncio.get_running_loop()
        swept = loop.time()
        while not stop.is_set():
            try:
                delivery = await unless(stop, self._wakeups.fetch(min(5.0, self.station.sweep_s)))
                if delivery is not None:
                    await self.handle(delivery)
                elif loop.time() - swept >= self.station.sweep_s:
                    swept = loop.time()
                    await self.sweep()
            except LogUnavailable as error:
                log.warning("log unavailable", service=self.station.service, why=str(error))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await stop.wait()

    async def handle(self, delivery: Delivery) -> None:
        """Do what the message wakes, saying all the while that it is being worked on, and settle it."""
        started = asyncio.get_running_loop().time()
        try:
            async with beating(delivery, self.station.ack_wait_s):
                settled = await self._settle(delivery)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await asyncio.shield(delivery.nak(0.0))
            raise
        took_s = asyncio.get_running_loop().time() - started
        log.debug("handled", subject=delivery.subject, outcome=type(settled).__name__.lower(), took_s=round(took_s, 3))
        match settled:
            case Acked():
                await delivery.ack()
            case Later(delay_s=delay_s):
                await delivery.nak(delay_s)
            case Termed():
                await delivery.term()
        if not isinstance(settled, Later):
            self._errors.pop(delivery.sequence, None)

    async def _settle(self, delivery: Delivery) -> Settled:
        recorded = codec.record(delivery.sequence, delivery.subject, delivery.content)
        if isinstance(recorded, Unreadable):
            return await self._foreign(recorded)
        event = recorded.event
        try:
            fact = codec.require_known(event)
            await self.work(event.production, event, fact, recorded.sequence, delivery.delivered_count)
        except NotReady as error:
            log.warning("not ready", production=event.production, why=str(error))
            return Later(NOT_READY_S) if delivery.delivered_count < NOT_READY_DELIVERIES_MAX else Acked()
        except Conflict as error:
            log.info("behind", production=event.production, why=str(error))
            return Later(FIRST_DELAY_S)
        except LogUnavailable as error:
            log.warning("log unavailable", production=event.production, why=str(error))
            return Later(FIRST_DELAY_S)
        except _TaskFailed as failed:
            return await self._failed(failed, event, delivery)
        return Acked()

    async def work(
        self, production: ProductionId, event: Event | None, fact: Fact | None, at_least: int, delivered_count: int = 1
    ) -> None:
        """Do everything the production wants of this service now, one task after the other."""
        while True:
            folded = await self._chronicle.state(production, at_least)
            refuse_unknown(folded.production)
            tasks = self.station.decide(folded.production, fact)
            if not tasks:
                return
            task = tasks[0]
            if delivered_count > DELIVERIES_MAX:
                raise _TaskFailed(task, RuntimeError(f"It was taken up {DELIVERIES_MAX} times and never finished."))
            facts = await self._perform(task, folded, fact)
            if facts is not None:
                await self._append(task, facts, production, event, fact)

    async def _perform(self, task: Task, folded: Folded, fact: Fact | None) -> Sequence[Fact] | None:
        """Return the facts, or None where the task is no longer wanted."""
        production = folded.production
        teller = Teller(self._chronicle.log, self.station.service, production.id, task.about)
        doing = asyncio.ensure_future(self.station.perform(task, production, self._artifacts, teller))
        watching = asyncio.ensure_future(self._until_unwanted(task, production.id, fact))
        is_unwanted = False
        try:
            await asyncio.wait({doing, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                watching.result()
                is_unwanted = True
                log.info("no longer wanted", production=production.id, about=task.about)
                return None
            return doing.result()
        except (NotReady, LogUnavailable, Conflict):
            raise
        except Exception as error:
            raise _TaskFailed(task, error) from error
        finally:
            teller.close()
            # What is still wanted is left by us alone: whoever takes the message next comes back for it.
            doing.cancel(None if is_unwanted else LEAVING)
            await end(watching)
            await asyncio.gather(doing, return_exceptions=True)

    async def _until_unwanted(self, task: Task, production: ProductionId, fact: Fact | None) -> None:
        pause_s = beat_s(self.station.ack_wait_s)
        hints = self._chronicle.log.hints(production)
        hint = asyncio.ensure_future(next_hint(hints))
        try:
            while True:
                await asyncio.wait({hint}, timeout=pause_s)
                if hint.done() and hint.result():
                    hint = asyncio.ensure_future(next_hint(hints))
                elif hint.done():
                    # Hints have ended with their connection: from here on the clock alone wakes.
                    await asyncio.sleep(pause_s)
                try:
                    state = (await self._chronicle.state(production)).production
                except (LogUnavailable, Conflict):
                    continue
                if task not in self.station.decide(state, fact):
                    return
        finally:
            await end(hint)

    async def _append(
        self, task: Task, facts: Sequence[Fact], production: ProductionId, event: Event | None, fact: Fact | None
    ) -> None:
        """Append the facts if the task is still wanted, chained anew as often as somebody is faster."""
        drafts = self._chronicle.draft(facts)
        refused_at, refused_count = 0, 0
        while True:
            folded = await self._chronicle.state(production)
            refuse_unknown(folded.production)
            if task not in self.station.decide(folded.production, fact):
                log.info("late result refused", production=production, about=task.about)
                return
            try:
                await self._chronicle.append(folded, drafts, event)
            except Conflict as error:
                refused_count = refused_count + 1 if folded.sequence == refused_at else 1
                refused_at = folded.sequence
                if refused_count >= REFUSALS_MAX:
                    raise _TaskFailed(task, place_taken(error, production)) from error
                if refused_count > 1:
                    await asyncio.sleep(FIRST_DELAY_S)
                continue
            except (LogUnavailable, NotReady):
                raise
            except KindlingError as error:
                raise _TaskFailed(task, error) from error
            for one in facts:
                log.info(one.TYPE, production=production, which=one.which())
            return

    async def _failed(self, failed: _TaskFailed, event: Event, delivery: Delivery) -> Settled:
        """Turn an error into what becomes of the message: again later, or a fact that a person sees."""
        error, about = failed.error, failed.task.about
        count = self._errors[delivery.sequence] = self._errors.get(delivery.sequence, 0) + 1
        is_hopeless = isinstance(error, Unprocessable)
        is_bounded = count >= ERRORS_MAX or delivery.delivered_count > DELIVERIES_MAX
        log.error("work failed", production=event.production, about=about, attempt=count, exc_info=error)
        if not (is_hopeless or is_bounded):
            return Later(min(FIRST_DELAY_S * 2**count, DELAY_MAX_S))
        problem = problem_of(error, about)

        def facts(state: Production) -> Sequence[Fact]:
            if state.end is not None or state.is_stalled(about):
                return ()
            stall = ProductionStalled(number=len(state.stalls) + 1, problem=problem)
            failure = WorkFailed(
                number=len(state.work_failures) + 1,
                service=self.station.service,
                subject=delivery.subject,
                ordinal=event.ordinal,
                problem=problem,
            )
            return (failure, stall) if is_hopeless else (stall,)

        try:
            await self._write(event.production, facts, event)
        except LogUnavailable:
            return Later(FIRST_DELAY_S)
        except NotReady:
            return Later(NOT_READY_S)
        return Termed() if is_hopeless else Acked()

    async def _foreign(self, found: Unreadable) -> Settled:
        """Answer a message that is no event of ours: said on the log of the production that it sits on, if any."""
        log.error("no event of ours", subject=found.subject, why=found.why)
        try:
            production = parse_subject(found.subject).production
        except Unprocessable:
            return Termed()
        problem = Problem(
            kind="foreign",
            about="log",
            what=f"There is a message on {found.subject} that is no event of ours.",
            why=found.why,
            help="It is skipped. See which program writes there.",
        )

        def facts(state: Production) -> Sequence[Fact]:
            if state.request is None or any(one.subject == found.subject for one in state.work_failures):
                return ()
            number = len(state.work_failures) + 1
            return (
                WorkFailed(
                    number=number, service=self.station.service, subject=found.subject, ordinal=None, problem=problem
                ),
            )

        try:
            await self._write(production, facts, None)
        except LogUnavailable:
            return Later(FIRST_DELAY_S)
        except NotReady:
            return Later(NOT_READY_S)
        return Termed()

    async def _write(
        self, production: ProductionId, facts: Callable[[Production], Sequence[Fact]], cause: Event | None
    ) -> None:
        for _ in range(WRITES_MAX):
            folded = await self._chronicle.state(production)
            wanted = facts(folded.production)
            if not wanted:
                return
            refuse_unknown(folded.production)
            try:
                await self._chronicle.append(folded, self._chronicle.draft(wanted), cause)
            except Conflict:
                continue
            return
        raise LogUnavailable(f"{production} can't be written to: it was refused {WRITES_MAX} times in a row.")

    async def sweep(self) -> None:
        """Take up what has lost its wake-up: wanted, unchanged since the last sweep, and nobody at work."""
        if not await self._wakeups.is_idle():
            self._unchanged.clear()
            return
        for production in await self._chronicle.log.productions():
            quiet = self._quiet.get(production, 0)
            if quiet and not await self._chronicle.log.read(production, quiet):
                continue
            folded = await self._chronicle.state(production)
            state = folded.production
            if state.unknown or not self.station.decide(state, None):
                self._quiet[production] = folded.sequence
                self._unchanged.pop(production, None)
            elif self._unchanged.get(production) != folded.sequence:
                self._unchanged[production] = folded.sequence
            else:
                await self._take_up(production, folded)

    async def _take_up(self, production: ProductionId, folded: Folded) -> None:
        log.warning("lost wake-up found", production=production, service=self.station.service)
        self._unchanged.pop(production, None)
        try:
            await self.work(production, None, None, folded.sequence)
        except (NotReady, Conflict) as error:
            log.info("not now", production=production, why=str(error))
        except _TaskFailed as failed:
            problem = problem_of(failed.error, failed.task.about)

            def facts(state: Production) -> Sequence[Fact]:
                if state.end is not None or state.is_stalled(problem.about):
                    return ()
                return (ProductionStalled(number=len(state.stalls) + 1, problem=problem),)

            await self._write(production, facts, None)


class _TaskFailed(Exception):
    """A task raised an error."""

    def __init__(self, task: Task, error: Exception) -> None:
        super().__init__(str(error))
        self.task = task
        self.error = error
