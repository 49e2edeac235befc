"""A production as it goes on. The state is the fold of the very facts that the gateway streams.

Folding here takes one line, uses what every service uses, and needs no second request after each fact; a view fetched
beside the stream could be older or newer than it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

from bus import events as e
from bus.board import board
from bus.ids import ProductionId
from bus.production import Production, evolve
from bus.work import Step
from kindling.client import Gateway
from kindling.heard import Seen
from kindling.lines import Pace
from services.gateway.estimate import NO_EXPERIENCE

RATE_AFTER_S = 0.3
"""Sooner than this a rate says little."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was heard of a piece of work: the first step of this run, and the last one."""

    first: Step
    first_s: float
    last: Step
    last_s: float
    preview: bytes | None = None
    """The last picture of it."""

    def pace(self, now_s: float) -> Pace:
        """Return how fast it goes, and how long it has been silent."""
        took_s, steps = self.last_s - self.first_s, self.last.done - self.first.done
        rate = steps / took_s if took_s >= RATE_AFTER_S and steps > 0 else None
        return Pace(self.last, rate, now_s - self.last_s, self.preview)


class Watch:
    """The state of a production, how far its work is, and a way to wait until something has changed."""

    def __init__(self, production: ProductionId, now: Callable[[], float]) -> None:
        self.production = Production(id=production)
        self.experience = NO_EXPERIENCE
        """What films have taken so far, as far as the gateway has said it."""
        self._heard: dict[str, _Heard] = {}
        self.news: list[e.Recorded] = []
        """Facts that nobody has taken yet."""
        self.is_lost = ""
        """Why the gateway can't be reached, while it can't."""
        self.changed_s = now()
        self._now = now
        self._change = asyncio.Event()

    async def run(self, gateway: Gateway) -> None:
        """Follow the production for ever."""
        async for seen in gateway.watch(self.production.id, 0, self._lost, self._back):
            self.take(seen)

    def take(self, seen: Seen) -> None:
        """Take in what the stream brought."""
        if isinstance(seen, Step):
            self._step(seen)
        else:
            self.production = evolve(self.production, seen)
            self.news.append(seen)
            self.changed_s = self._now()
            self._heard.pop(_ended_work(seen.event.fact), None)
            if isinstance(seen.event.fact, e.SegmentStarted):
                # From here on something should be heard of it.
                about = f"segment {seen.event.fact.segment}"
                self._step(Step(service=seen.event.by.service, about=about, done=0, total=0))
        self._change.set()

    async def change(self, within_s: float) -> bool:
        """Wait until something changes, at most so long; say whether it did."""
        try:
            async with asyncio.timeout(within_s):
                await self._change.wait()
        except TimeoutError:
            return False
        self._change.clear()
        return True

    async def until(self, ordinal: int) -> None:
        """Wait until the state is at least as new as this event."""
        while self.production.ordinal < ordinal:
            await self._change.wait()
            self._change.clear()

    def take_news(self) -> list[e.Recorded]:
        """Return the facts that came since this was last asked."""
        news, self.news = self.news, []
        return news

    @property
    def is_at_work(self) -> bool:
        """Say whether a take is being rendered or reviewed, whatever else waits for a person."""
        return any(
            (slot.open is not None or slot.unreviewed is not None)
            and not self.production.is_stalled(f"segment {slot.segment.id}")
            for slot in board(self.production)
        )

    def quiet_s(self) -> float:
        """Return how long no fact has come, in seconds."""
        return self._now() - self.changed_s

    @property
    def paces(self) -> dict[str, Pace]:
        """Return how far each piece of work is, by what it is about."""
        now = self._now()
        return {about: heard.pace(now) for about, heard in self._heard.items()}

    def _step(self, step: Step) -> None:
        now = self._now()
        before = self._heard.get(step.about)
        if before is None or step.done < before.last.done or before.last.total != step.total:
            self._heard[step.about] = _Heard(step, now, step, now, step.preview)
        else:
            preview = step.preview or before.preview
            self._heard[step.about] = _Heard(before.first, before.first_s, step, now, preview)

    def _lost(self, why: str) -> None:
        self.is_lost = why
        self._change.set()

    def _back(self) -> None:
        self.is_lost = ""
        self._change.set()


def _ended_work(fact: e.Fact | e.Unknown) -> str:
    """Return what a fact ends or begins anew, as steps name it; empty for none."""
    match fact:
        case e.IntentParsed() | e.IntentQuestioned():
            return "intent"
        case e.PlanWritten() | e.PlanRevised():
            return "plan"
        case e.SampleRendered() | e.SampleFailed() | e.SampleOrdered():
            return "sample"
        case e.SegmentOrdered() | e.SegmentRendered() | e.SegmentFailed():
            return f"segment {fact.segment}"
        case e.SegmentApproved() | e.SegmentRejected():
            return f"review {fact.segment}-{fact.take}"
        case e.ProductionReviewed():
            return "last look"
        case e.ProductionDone():
            return "film"
        case _:
            return ""


_YES = re.compile(r"(?:|y|yes|yep|yeah|ok|okay|sure|ja|sí|si|oui)[.!]*", re.IGNORECASE)
_NO = re.compile(r"(?:n|no|nope|nein|non)[.!]*", re.IGNORECASE)


def is_yes(answer: str) -> bool:
    """Say whether an answer means yes; Enter alone does."""
    return _YES.fullmatch(answer.strip()) is not None


def is_no(answer: str) -> bool:
    """Say whether an answer is a bare no, without words about what to change."""
    return _NO.fullmatch(answer.strip()) is not None
