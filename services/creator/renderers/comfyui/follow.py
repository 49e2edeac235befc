"""A render on one server: found or posted, followed to its end, or stopped. Queue and history are the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from services._kit.comfyui.answers import Entry, Queued, Server
from services._kit.comfyui.client import ComfyUi
from services._kit.comfyui.errors import Unreached
from services.creator.renderers.comfyui.outcome import lost, silent, stopped, stuck, unreachable
from services.creator.renderers.comfyui.patience import Patience

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waiting:
    """It is in the queue."""

    prompt: Queued
    is_idle: bool
    """Whether nothing runs, though this waits."""


@dataclass(frozen=True, slots=True)
class Running:
    """It is being rendered."""

    prompt: Queued


@dataclass(frozen=True, slots=True)
class Ended:
    """It has ended, well or not."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Nowhere:
    """The server knows nothing of it."""


Whereabouts = Waiting | Running | Ended | Nowhere


class Render:
    """One order's render on one server."""

    def __init__(self, client: ComfyUi, key: str, server: Server, patience: Patience) -> None:
        self.key = key
        self._client = client
        self._server = server
        self._patience = patience
        self._ignored: str | None = None
        self._has_jobs: bool | None = None
        """Whether the server knows jobs; None until it was asked."""
        self._seen_at = asyncio.get_running_loop().time()
        self.still: Callable[[], None] = lambda: None
        """Called at each look that finds it there: a model may load for minutes without a step."""
        self.wake = asyncio.Event()
        """Set by whoever hears that there is something to see."""

    def show_progress(self) -> None:
        """Note that it gets on."""
        self._seen_at = self._now()

    def ignore(self, entry: Entry) -> None:
        """Take an older ending of the same order for none: it was stopped, and is wanted again."""
        self._ignored = entry.stamp

    async def look(self) -> Whereabouts:
        """Return where it is, and take out doubles that wait.

        The queue is asked first: what has left it by then is in the history, so that nothing slips through between.

        Raises:
            Unreached: nobody knows.
        """
        queue = await self._client.queue()
        running = [one for one in queue.running if one.is_of(self.key)]
        pending = [one for one in queue.pending if one.is_of(self.key)]
        if len(running) + len(pending) > 1:
            # A request that was given up for lost has landed after all. One call takes out one of them.
            log.info("a double is taken out of the queue", server=self._client.url, key=self.key)
            await self._client.delete_pending(pending[-1].prompt_id)
        if running:
            return Running(running[0])
        if pending:
            return Waiting(pending[0], is_idle=not queue.running)
        entry = await self._client.ended(self.key, is_own_id=self._server.takes_ids)
        if entry is None or entry.stamp == self._ignored:
            return Nowhere()
        return Ended(entry)

    async def look_patiently(self) -> Whereabouts:
        """Return where it is, however long the server takes to answer.

        Raises:
            RenderFailed: it took too long (`unreachable`).
        """
        since = self._now()
        while True:
            try:
                return await self.look()
            except Unreached as error:
                if self._now() - since > self._patience.unreachable_s:
                    raise unreachable(error, self._now() - since) from error
                await asyncio.sleep(self._patience.poll_s)

    async def settled(self) -> Whereabouts:
        """Return where it is once a request that may be under way has had its time to land."""
        until = self._now() + self._patience.settle_s
        while True:
            where = await self.look_patiently()
            if not isinstance(where, Nowhere) or self._now() >= until:
                return where
            await asyncio.sleep(min(self._patience.poll_s, self._patience.settle_s / 3))

    async def end(self) -> Entry:
        """Return how it ended, however long it takes.

        Raises:
            RenderFailed: it is lost, was stopped, does not get on, or the server is gone for too long.
        """
        idle_since: float | None = None
        missed_count = 0
        self.show_progress()
        was_running = False
        while True:
            where = await self.look_patiently()
            match where:
                case Ended(entry):
                    if entry.is_interrupted:
                        raise stopped(self._client.url)
                    return entry
                case Nowhere():
                    missed_count += 1
                    if missed_count > 1:
                        raise lost(self._client.url)
                case Waiting(is_idle=True):
                    idle_since = idle_since if idle_since is not None else self._now()
                    if self._now() - idle_since > self._patience.stuck_s:
                        await self.stop()
                        raise stuck(self._client.url, self._patience.stuck_s)
                case Waiting():
                    self.show_progress()
                case Running():
                    if not was_running:
                        self.show_progress()
                    await self._refuse_silence()
            if not isinstance(where, Nowhere):
                missed_count = 0
                self.still()
            if not isinstance(where, Waiting) or not where.is_idle:
                idle_since = None
            was_running = isinstance(where, Running)
            await self._rest()

    async def stop(self) -> str:
        """Stop it and nothing else, and wait until it has ended, was taken out, or can't be waited for any longer.

        Returns:
            Why it may go on; empty where it does not.
        """
        until = self._now() + self._patience.cancel_s
        absent_since: float | None = None
        while self._now() < until:
            try:
                where = await self.look()
                match where:
                    case Ended():
                        return ""
                    case Nowhere():
                        absent_since = absent_since if absent_since is not None else self._now()
                        if self._now() - absent_since >= self._patience.settle_s:
                            return ""
                    case Waiting(prompt) | Running(prompt):
                        absent_since = None
                        await self._cancel(prompt, is_running=isinstance(where, Running))
            except Unreached:
                absent_since = None
            await asyncio.sleep(min(self._patience.poll_s, self._patience.settle_s / 3))
        log.warning("the render could not be stopped in time", server=self._client.url, key=self.key)
        return f"ComfyUI at {self._client.url} has not ended it within {self._patience.cancel_s:.0f} s."

    async def _cancel(self, prompt: Queued, *, is_running: bool) -> None:
        if self._has_jobs is None:
            self._has_jobs = await self._client.has_jobs()
        if self._has_jobs:
            await self._client.cancel_job(prompt.prompt_id)
        elif not is_running:
            await self._client.delete_pending(prompt.prompt_id)
        elif self._server.interrupts_one:
            await self._client.interrupt(prompt.prompt_id)
        # Older servers would stop whatever runs by then, perhaps somebody else's: there it is waited for.

    async def _refuse_silence(self) -> None:
        if self._now() - self._seen_at > self._patience.silent_s:
            await self.stop()
            raise silent(self._client.url, self._patience.silent_s)

    async def _rest(self) -> None:
        """Wait for the next look. Not by a timeout: one that expires just as we are cancelled hides the reason why."""
        waking = asyncio.ensure_future(self.wake.wait())
        try:
            await asyncio.wait({waking}, timeout=self._patience.poll_s)
        finally:
            waking.cancel()
        self.wake.clear()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
