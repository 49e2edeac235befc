"""Every production at hand: folded from the whole log, kept up to date, and handed on to whoever listens."""

from __future__ import annotations

import asyncio
import bisect
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog

from bus.errors import LogUnavailable, Unprocessable
from bus.events import (
    Fact,
    ProductionCancelled,
    ProductionCompared,
    ProductionDeleted,
    ProductionDone,
    ProductionFailed,
    ProductionForked,
    ProductionRefused,
    Purpose,
    Recorded,
    Unreadable,
)
from bus.ids import Digest, ProductionId
from bus.ports import Books
from bus.production import Production, evolve, fold
from bus.subjects import parse_subject
from services.gateway.experience import Experience, Learner
from services.gateway.kept import Kept, Line, Shelf, this_program
from services.gateway.messages import log_message, step_message
from services.gateway.readers import Reader
from services.gateway.steps import Steps
from services.gateway.view import Summary, summary

ASK_AGAIN_S = 1.0
KEEP_AFTER = 5000
"""Messages after which the list is kept again."""
CHECKED = 10
"""Lines of a kept list, the newest, that are held against the log before any is shown."""
_SETTLING = frozenset(
    {
        ProductionDone,
        ProductionCancelled,
        ProductionFailed,
        ProductionDeleted,
        ProductionRefused,
        ProductionForked,
        ProductionCompared,
    }
)

log = structlog.get_logger()


class Index:
    """All productions by id, newest first, as of the last message that was seen on the log."""

    def __init__(self, books: Books, last_sequence: Callable[[], Awaitable[int]], shelf: Shelf | None = None) -> None:
        self._books = books
        self._shelf = shelf
        self.steps = Steps(time.monotonic)
        self._last_sequence = last_sequence
        self._at_work: dict[ProductionId, Production] = {}
        self._put_away: dict[ProductionId, Summary | None] = {}
        """What is known by its line alone: settled, or taken from a kept list. None: it was never requested."""
        self._shown: dict[ProductionId, Summary] = {}
        self._firsts: list[tuple[int, ProductionId]] = []
        self._keys: dict[str, ProductionId] = {}
        self._branches: dict[ProductionId, list[ProductionId]] = {}
        self._learner = Learner()
        self._readers: dict[ProductionId, set[Reader]] = {}
        self._target: int | None = None
        self._awaited: list[tuple[int, asyncio.Event]] = []
        self.sequence = 0
        self._digest: Digest | None = None
        self._kept_at = 0
        self.ready = asyncio.Event()
        """Set once it has seen all that was on the log when it began."""

    async def run(self) -> None:
        """Follow the log, and listen to progress, until cancelled."""
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._follow())
                both.create_task(self._listen())
        except asyncio.CancelledError:
            if self._shelf is not None and self.ready.is_set() and self.sequence > self._kept_at:
                self._shelf.write(self._to_keep())
            raise

    async def _listen(self) -> None:
        """Hand on progress; what is lost while the channel is away was no fact."""
        while True:
            try:
                async for production, content in self._books.steps():
                    self._step(production, content)
            except (LogUnavailable, OSError) as error:
                log.warning("progress can't be listened to", why=str(error))
            await asyncio.sleep(ASK_AGAIN_S)

    def _step(self, production: ProductionId, content: bytes) -> None:
        away = self._put_away.get(production)
        if production not in self._at_work and (away is None or away.status.is_settled):
            return
        shown = self.steps.take(production, content)
        readers = self._readers.get(production)
        if shown is not None and readers:
            message = step_message(shown)
            for reader in tuple(readers):
                reader.offer_step(shown.about, message)

    async def _follow(self) -> None:
        while True:
            try:
                if self._target is None:
                    target = await self._last_sequence()
                    await self._take_from_shelf(target)
                    self._target = target
                    self._look_if_ready()
                async for one in self._books.follow(None, self.sequence):
                    await self._take(one)
            except (LogUnavailable, OSError) as error:
                log.warning("the log can't be followed", why=str(error))
            await asyncio.sleep(ASK_AGAIN_S)

    async def _take_from_shelf(self, last: int) -> None:
        """Begin with the kept list, if there is one and the log bears it out."""
        kept = self._shelf.read() if self._shelf is not None else None
        if kept is None:
            return
        if kept.sequence > last or not await self._is_of_this_log(kept):
            log.warning("the kept list is not of this log, which is read whole", sequence=kept.sequence)
            return
        for line in kept.lines:
            production = line.shown.id
            self._put_away[production] = line.shown
            self._list(line.first, production, line.key, line.branches_from)
        self._put_away |= dict.fromkeys(kept.not_requested)
        self._learner = Learner(kept.lessons)
        self.sequence = self._kept_at = kept.sequence
        self._digest = kept.digest
        log.info("began with the kept list", productions=len(kept.lines), sequence=kept.sequence)

    async def _is_of_this_log(self, kept: Kept) -> bool:
        """Say whether the log holds the message that the list is as of, and says the same of its newest lines."""
        messages = self._books.follow(None, kept.sequence - 1)
        one = await anext(messages)
        if isinstance(messages, AsyncGenerator):
            # What else it would bring is not wanted.
            await messages.aclose()
        if (one.sequence, one.digest) != (kept.sequence, kept.digest):
            return False
        for line in kept.lines[-CHECKED:]:
            history = await self._books.history(line.shown.id)
            state = fold(line.shown.id, [one for one in history if one.sequence <= kept.sequence])
            if state.request is None or summary(state) != line.shown:
                return False
        return True

    async def _make_lines(self) -> None:
        """Make the lines that changed, and let others have their turn: after a whole log they are many."""
        for number, production in enumerate(tuple(self._at_work)):
            if self._at_work[production].request is not None:
                self._summary(production)
            if number % 16 == 0:
                await asyncio.sleep(0)

    def _to_keep(self) -> Kept:
        assert self._digest is not None
        keys = {production: key for key, production in self._keys.items()}
        parents = {one: parent for parent, branches in self._branches.items() for one in branches}
        lines = tuple(
            Line(
                first=first,
                shown=self._summary(production),
                key=keys.get(production),
                branches_from=parents.get(production),
            )
            for first, production in self._firsts
        )
        strange = self._at_work.keys() | self._put_away.keys()
        self._kept_at = self.sequence
        return Kept(
            made_by=this_program(),
            sequence=self.sequence,
            digest=self._digest,
            lines=lines,
            not_requested=tuple(sorted(strange - {production for _, production in self._firsts})),
            lessons=self._learner.lessons,
        )

    async def reach(self, sequence: int) -> None:
        """Wait until the message of this sequence was seen."""
        if self.sequence < sequence:
            reached = asyncio.Event()
            self._awaited.append((sequence, reached))
            await reached.wait()

    def _look_if_ready(self) -> None:
        if self._target is not None and self.sequence >= self._target and not self.ready.is_set():
            self.ready.set()
            log.info("index ready", productions=len(self._firsts), sequence=self.sequence)

    async def _take(self, one: Recorded | Unreadable) -> None:
        production = one.event.production if isinstance(one, Recorded) else _named_by(one)
        if production is not None:
            if production in self._put_away:
                await self._take_out(production, one.sequence)
            self._fold(production, one)
            if production in self._readers or self.steps.has(production):
                self._hand_on(production, one)
        self.sequence, self._digest = one.sequence, one.digest
        self._look_if_ready()
        if self._awaited:
            for reached in [each for each in self._awaited if each[0] <= one.sequence]:
                self._awaited.remove(reached)
                reached[1].set()
        if self._shelf is not None and self.ready.is_set() and one.sequence - self._kept_at >= KEEP_AFTER:
            await self._make_lines()
            await asyncio.to_thread(self._shelf.write, self._to_keep())
        if one.sequence % 256 == 0:
            # Catching up is one long run through memory: let others have their turn.
            await asyncio.sleep(0)

    def _hand_on(self, production: ProductionId, one: Recorded | Unreadable) -> None:
        settled = None
        if isinstance(one, Recorded) and isinstance(one.event.fact, Fact):
            settled = self.steps.settle(production, one.event.fact)
        readers = self._readers.get(production)
        if readers:
            # Written out once, for all who listen.
            message = log_message(one)
            for reader in tuple(readers):
                if settled is not None:
                    reader.forget_steps(settled)
                reader.offer(one, message)

    async def _take_out(self, production: ProductionId, before: int) -> None:
        """Fold what was put away: something new is said about it."""
        history = await self._books.history(production)
        self._at_work[production] = fold(production, [each for each in history if each.sequence < before])
        del self._put_away[production]

    def _fold(self, production: ProductionId, one: Recorded | Unreadable) -> None:
        """Take in one message more. A whole log goes through here: what need not be done for each is not."""
        state = self._at_work.get(production)
        is_new = state is None or state.request is None
        state = self._at_work[production] = evolve(state or Production(id=production), one)
        if not isinstance(one, Recorded):
            return
        fact = one.event.fact
        self._learner.learn(state, fact)
        if state.request is None:
            return
        if is_new:
            origin = state.request.origin
            self._list(one.sequence, production, state.request.idempotency_key, origin.production if origin else None)
        if type(fact) in _SETTLING:
            shown = summary(state)
            if shown.status.is_settled:
                self._put_away[production] = shown
                del self._at_work[production]
                self.steps.forget(production)
                self._shown.pop(production, None)

    def _list(self, first: int, production: ProductionId, key: str | None, parent: ProductionId | None) -> None:
        bisect.insort(self._firsts, (first, production))
        if key is not None:
            self._keys.setdefault(key, production)
        if parent is not None:
            self._branches.setdefault(parent, []).append(production)

    def _summary(self, production: ProductionId) -> Summary:
        """Return the line of the list, made anew only where something was written since."""
        away = self._put_away.get(production)
        if away is not None:
            return away
        state, shown = self._at_work[production], self._shown.get(production)
        if shown is None or shown.revision != state.ordinal:
            shown = self._shown[production] = summary(state)
        return shown

    @property
    def experience(self) -> Experience:
        """Return what making films has taken so far."""
        return self._learner.experience

    def by_key(self, key: str) -> ProductionId | None:
        """Return the production that was asked for with this idempotency key."""
        return self._keys.get(key)

    def branches(self, production: ProductionId) -> tuple[Summary, ...]:
        """Return what branches from a production, oldest first, but what is deleted."""
        found = (self._summary(one) for one in self._branches.get(production, ()))
        return tuple(one for one in found if one.status.name != "deleted")

    def newest(
        self, limit: int, before: int | None, statuses: frozenset[str] | None, purpose: Purpose | None = None
    ) -> tuple[tuple[Summary, ...], int | None, int]:
        """Return some productions, newest first, where the next page begins, and how many there are from there on.

        Args:
            before: the sequence that a page ended with; None for the first page.
            statuses: names of the statuses wanted; None for all but the deleted.
            purpose: what was asked for; None for anything.
        """
        end = len(self._firsts) if before is None else bisect.bisect_left(self._firsts, (before, ProductionId("")))
        found: list[Summary] = []
        ended_with: int | None = None
        more = 0
        for sequence, production in reversed(self._firsts[:end]):
            if len(found) == limit and statuses is None and purpose is None and production in self._at_work:
                # It is counted only, and what is deleted is at work no more: no line is made for that.
                more += 1
                continue
            one = self._summary(production)
            is_wanted = one.status.name in statuses if statuses is not None else one.status.name != "deleted"
            is_wanted = is_wanted and purpose in (None, one.purpose)
            if is_wanted and len(found) == limit:
                more += 1
            elif is_wanted:
                found.append(one)
                ended_with = sequence
        return tuple(found), ended_with if more else None, more

    @property
    def reader_count(self) -> int:
        """Return how many listen."""
        return sum(len(readers) for readers in self._readers.values())

    @contextmanager
    def reader(
        self, production: ProductionId, after: int, after_ordinal: int = 0, *, is_catching_up: bool = False
    ) -> Iterator[Reader]:
        """Listen to what a production gets after a sequence, less the facts up to an ordinal.

        Args:
            is_catching_up: hold what comes until the reader was given what it has missed.
        """
        one = Reader(after, after_ordinal, is_catching_up=is_catching_up)
        self._readers.setdefault(production, set()).add(one)
        try:
            yield one
        finally:
            readers = self._readers[production]
            readers.discard(one)
            if not readers:
                del self._readers[production]

    def release(self) -> None:
        """Wake every reader: the door closes."""
        for readers in self._readers.values():
            for reader in readers:
                reader.release()


def _named_by(one: Unreadable) -> ProductionId | None:
    """Return the production on whose subject it lies."""
    try:
        return parse_subject(one.subject).production
    except Unprocessable:
        return None
