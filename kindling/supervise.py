"""Keeping programs running: one that ends is started again, later and later, until it is told to stop for good."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kindling.children import Child

FIRST_DELAY_S = 0.2
DELAY_MAX_S = 10.0
STEADY_AFTER_S = 30.0
"""A program that lived this long is in order: the next delay is the first one again."""

Say = Callable[[str], None]
"""Tells a person one line about what happened."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program to keep running: its name, how it is started, and where it writes to."""

    name: str
    start: Callable[[], Awaitable[Child]]
    log_file: Path


class Keeper:
    """Keeps one program running."""

    def __init__(self, program: Program, say: Say) -> None:
        self.program = program
        self.child: Child | None = None
        self.last_exit_code: int | None = None
        self.failures_in_a_row = 0
        self._say = say
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, first: Child | None = None) -> None:
        """Begin; `first` is a child that runs already."""
        self.child = first
        self._task = asyncio.create_task(self._keep(), name=f"keep {self.program.name}")

    async def failed(self) -> None:
        """Wait for what can only be a mistake in here, and raise it."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self, within_s: float, hurry: asyncio.Event) -> bool:
        """Ask the program to leave and wait; end it if it stays, or at once when there is a hurry.

        Returns:
            Whether it left by itself.
        """
        self._stopping.set()
        if self._task is not None:
            await asyncio.wait([self._task])
        child = self.child
        if child is None or child.exit_code is not None:
            return True
        child.ask_to_leave()
        leaving = asyncio.create_task(child.ended())
        hurrying = asyncio.create_task(hurry.wait())
        await asyncio.wait({leaving, hurrying}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        hurrying.cancel()
        left = leaving.done()
        if not left:
            child.end()
        await leaving
        return left

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            started = loop.time()
            trouble = await self._run_once()
            if trouble is None:
                return
            if loop.time() - started >= STEADY_AFTER_S:
                self.failures_in_a_row = 0
            delay_s = delay_after(self.failures_in_a_row)
            self.failures_in_a_row += 1
            self._say(f"{trouble} It is started again in {delay_s:g} s. Its log: {self.program.log_file}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay_s):
                    await self._stopping.wait()

    async def _run_once(self) -> str | None:
        """Run the program until it ends; return how, or None if it is time to stop."""
        if self.child is None or self.child.exit_code is not None:
            try:
                self.child = await self.program.start()
            except Exception as error:  # noqa: BLE001 - whatever keeps it from starting is said, and tried again
                return f"{self.program.name} did not start: {error}"
        ending = asyncio.create_task(self.child.ended())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ending.done() or self._stopping.is_set():
            ending.cancel()
            return None
        self.last_exit_code = ending.result()
        return f"{self.program.name} {describe_exit(self.last_exit_code)}."


def delay_after(failures_in_a_row: int) -> float:
    """Return how long to wait before the next start, in seconds: twice as long each time, up to a bound."""
    return min(DELAY_MAX_S, FIRST_DELAY_S * 2.0 ** min(failures_in_a_row, 32))


def describe_exit(code: int) -> str:
    """Say how a process ended: `ended with exit code 3`, `was killed by SIGKILL`."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


async def stop_all(keepers: Sequence[Keeper], within_s: float, hurry: asyncio.Event, say: Say) -> None:
    """Stop all programs at the same time, and say which ones had to be ended."""
    left = await asyncio.gather(*(keeper.stop(within_s, hurry) for keeper in keepers))
    for keeper, by_itself in zip(keepers, left, strict=True):
        if not by_itself:
            why = "you were in a hurry" if hurry.is_set() else f"it did not leave within {within_s:g} s"
            say(f"{keeper.program.name} was ended: {why}. What it was doing is done again at the next start.")


def last_lines(log_file: Path, start: int = 0, count: int = 5) -> str:
    """Return the last lines of a log that were written after a position in bytes."""
    try:
        with log_file.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(max(start, size - 8192) if size > start else size)
            text = opened.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.strip().splitlines()[-count:])
