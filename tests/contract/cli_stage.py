"""The real gateway on a port, over the memory log, with a crew that writes at once what the services would write."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bus import events as e
from bus.board import Slot, board, film_takes, is_cut
from bus.ids import ProductionId
from bus.production import Production, Word
from bus.subjects import progress_of
from bus.wire.artifacts import FolderArtifacts
from bus.wire.books import LogBooks
from bus.wire.memory import MemoryLog
from bus.wire.waiting import end
from bus.work import Step
from services.gateway.door import Door
from services.gateway.index import Index
from services.gateway.service import listen, open_door
from tests.unit import cli_story as story


@dataclass
class Crew:
    """Says what is written next. Words of the person steer it: `question`, `hard`, `soft`, `stuck`."""

    segments: int = 3
    is_at_work: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.is_at_work.set()

    def next(self, state: Production) -> Sequence[e.Fact]:
        """Return the next facts, none where somebody else has the word."""
        if not state.is_active or state.open_stalls or state.open_question:
            return ()
        said = " ".join(one.words for one in state.conversation)
        if state.has_unheard_words:
            return (self._understood(state, said),)
        if state.plan is None:
            return self._sample(state)
        return self._takes(state, said)

    def _understood(self, state: Production, said: str) -> e.Fact:
        heard = len(state.conversation)
        if "question" in said and not state.questions:
            asked = "Which picture?"
            return e.IntentQuestioned(
                number=1, heard=heard, field="images", text=asked, why="None came with the words.",
                assumed="" if "hard" in said else "it is made from the words alone", made=story.MADE,
            )  # fmt: skip
        number = len(state.briefs) + 1
        changes = (e.Change(field="light", was="dusk", now="night"),) if number > 1 else ()
        brief = story.brief(style="painterly" if number == 1 else "painterly, at night")
        return e.IntentParsed(number=number, heard=heard, brief=brief, changes=changes, made=story.MADE)

    def _sample(self, state: Production) -> Sequence[e.Fact]:
        number = len(state.briefs)
        sample = state.sample_of(number)
        if not state.options.sample or (sample and sample.word is Word.APPROVED):
            plan = msgspec.structs.replace(story.plan(self.segments), brief=number)
            return (e.PlanWritten(number=1, plan=plan, made=story.MADE),)
        if sample is None:
            return (e.SampleOrdered(brief=number, take=1, order=story.sample_order(), film_size=story.FILM_SIZE),)
        if sample.rendered is None:
            where = story.posting(f"sample {number}")
            started = e.SampleStarted(brief=number, take=1, posting_number=1, posting=where)
            return (started, story.sample_rendered(number))
        return ()

    def _takes(self, state: Production, said: str) -> Sequence[e.Fact]:
        takes = film_takes(state)
        if takes is not None:
            return () if is_cut(state, takes) else (story.film_done(state),)
        slot = next(one for one in board(state) if one.accepted is None)
        if slot.unreviewed is not None:
            return (self._verdict(slot, slot.unreviewed.take, said),)
        if slot.open is not None:
            take = slot.open.take
            where = story.posting(f"{slot.segment.id}-{take}")
            started = e.SegmentStarted(segment=slot.segment.id, take=take, posting_number=1, posting=where)
            return (started, story.take_rendered(state, slot.segment.id, take))
        if "stuck" in said and slot.segment.id == 2 and not state.stalls:
            return (story.stall(state, "segment 2"),)
        return (story.take_ordered(state, slot.segment.id, slot.last_take + 1),)

    def _verdict(self, slot: Slot, take: int, said: str) -> e.Fact:
        if "soft" in said and slot.segment.id == 2 and take == 1:
            return e.SegmentRejected(segment=2, take=1, verdict=story.verdict(12.4), made=story.MADE)
        return e.SegmentApproved(segment=slot.segment.id, take=take, verdict=story.verdict(), made=story.MADE)


@dataclass
class Stage:
    """A gateway at an address, and what is behind it."""

    url: str
    log: MemoryLog
    books: LogBooks
    crew: Crew

    async def progress(self, production: ProductionId, about: str, done: int, total: int) -> None:
        """Tell how far a piece of work is."""
        step = Step(service="creator", about=about, done=done, total=total)
        await self.log.tell(progress_of(production), msgspec.json.encode(step))


@contextlib.asynccontextmanager
async def open_stage(folder: Path, *, port: int = 0, log: MemoryLog | None = None) -> AsyncIterator[Stage]:
    """Open the gateway and let the crew work until the end."""
    log = log or MemoryLog()
    books = LogBooks(log, e.Writer(service="gateway", version="1", host="here"))
    listener = listen("127.0.0.1", port)
    door = Door(books=books, artifacts=FolderArtifacts(folder), index=Index(books, log.last_sequence), version="1")
    crew = Crew()
    tasks = [asyncio.create_task(open_door(door, listener)), asyncio.create_task(_work(books, crew))]
    try:
        await door.index.ready.wait()
        yield Stage(f"http://127.0.0.1:{listener.getsockname()[1]}", log, books, crew)
    finally:
        await end(*tasks)


async def _work(books: LogBooks, crew: Crew) -> None:
    async for one in books.follow(None):
        await crew.is_at_work.wait()
        if isinstance(one, e.Recorded):
            await books.act(one.event.production, crew.next)
