"""Where the watching of a production is shown: a live view in a terminal, plain lines elsewhere; and how it asks."""

from __future__ import annotations

import asyncio
import enum
import os
import sys
import termios
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from bus import events as e
from bus.board import Making, Planning, Sampling, Stalled, Stitching, Understanding, status_of
from bus.production import Production
from bus.wire.waiting import end
from kindling.lines import Pace, lines_view
from kindling.screen import address_line, words
from kindling.terminal import asides
from kindling.wording import Tone, said
from services.gateway.experience import Experience

REFRESH_S = 0.15
LONG_AFTER_S = 30.0
"""After this long a person wonders."""
ROWS_BESIDE = 6
"""Rows of the terminal that stay free around the live view."""


PREVIEW_WIDTH = 32
"""Characters; it shows what comes to be, not how it will look."""
PREVIEW_ROWS_MAX = 18
PREVIEW_HEIGHT_MIN = 30
"""Rows of a terminal that has room for a picture under the lines."""


class NoAnswer(enum.Enum):
    """Why a question got no answer."""

    WITHDRAWN = "withdrawn"
    """Something happened meanwhile that settles it."""
    CLOSED = "closed"
    """There is nobody any more: the input has ended."""


class Display(Protocol):
    """Shows a production while it is watched."""

    @property
    def width(self) -> int:
        """Return how many characters a line has."""
        ...

    @property
    def has_true_colour(self) -> bool:
        """Say whether pictures can be drawn."""
        ...

    def show(self, what: RenderableType) -> None:
        """Show something that stays."""
        ...

    def show_address(self, where: str) -> None:
        """Show a file or an address on a line that is not broken."""
        ...

    def fact(self, recorded: e.Recorded) -> None:
        """Show a fact that just came, if it is one to be noticed."""
        ...

    def update(self, production: Production, paces: Mapping[str, Pace], experience: Experience) -> None:
        """Show how far it is."""
        ...

    async def ask(self, prompt: str, settled: Callable[[], Awaitable[None]]) -> str | NoAnswer:
        """Ask a person, until they answer or something settles it."""
        ...

    def close(self) -> None:
        """Leave the screen as a person expects it."""
        ...


NOTICED = (
    e.SampleFailed,
    e.PlanRevised,
    e.SegmentFailed,
    e.SegmentRejected,
    e.SegmentKept,
    e.SegmentOverruled,
    e.ProductionReviewed,
    e.ProductionResumed,
    e.WorkFailed,
)
"""What is said above the live view: what went otherwise than planned."""

SHOWN_OTHERWISE = (
    e.IntentParsed,
    e.IntentQuestioned,
    e.SampleRendered,
    e.PlanWritten,
    e.ProductionStalled,
    e.ProductionDone,
)
"""What has a panel of its own, and needs no line."""


def fact_line(recorded: e.Recorded) -> Text:
    """Return a fact as a line under the panels."""
    spoken = said(recorded.event.fact)
    mark = {Tone.BAD: "✗", Tone.WARNING: "↻", Tone.GOOD: "✓"}.get(spoken.tone, "·")
    return Text.assemble((f"{mark} ", spoken.tone.value or "dim"), words(spoken.text, spoken.tone.value))


class PlainDisplay:
    """Lines on stderr, each said once: for pipes, logs and terminals that can't move."""

    has_true_colour = False

    def __init__(self, console: Console) -> None:
        self._console = console

    @property
    def width(self) -> int:
        """Return how many characters a line has."""
        return self._console.width

    def show(self, what: RenderableType) -> None:
        """Print it."""
        self._console.print(what)

    def show_address(self, where: str) -> None:
        """Print it as it is, so that it can be copied whole."""
        self._console.print(address_line(where), soft_wrap=True)

    def fact(self, recorded: e.Recorded) -> None:
        """Print every fact that has no panel and is more than an order on its way."""
        fact = recorded.event.fact
        if not isinstance(fact, SHOWN_OTHERWISE) and said(fact).tone is not Tone.QUIET:
            self._console.print(fact_line(recorded), soft_wrap=True)

    def update(self, production: Production, paces: Mapping[str, Pace], experience: Experience) -> None:
        """Show nothing: the facts say it."""

    async def ask(self, prompt: str, settled: Callable[[], Awaitable[None]]) -> str | NoAnswer:
        """Say that there is nobody to ask."""
        return NoAnswer.CLOSED

    def close(self) -> None:
        """Do nothing: every line is finished."""


class LiveDisplay:
    """A view at the bottom of the terminal that changes in place; what stays scrolls up above it."""

    def __init__(self, console: Console, now: Callable[[], float]) -> None:
        self._console = console
        self._now = now
        self._live: Live | None = None
        self._spinner = Spinner("dots", style="cyan")
        self._since = now()
        self._waiting_for = ""
        self._drawn: tuple[bytes, Text | None] | None = None

    @property
    def width(self) -> int:
        """Return how many characters a line has."""
        return self._console.width

    @property
    def has_true_colour(self) -> bool:
        """Say whether the terminal draws 24-bit colours."""
        return self._console.color_system == "truecolor"

    def show(self, what: RenderableType) -> None:
        """Print it above the live view."""
        self._console.print(what)

    def show_address(self, where: str) -> None:
        """Print it as it is, so that it can be copied whole."""
        self._console.print(address_line(where), soft_wrap=True)

    def fact(self, recorded: e.Recorded) -> None:
        """Print what went otherwise than planned."""
        fact = recorded.event.fact
        if isinstance(fact, NOTICED) and said(fact).tone is not Tone.QUIET:
            self.show(fact_line(recorded))

    def update(self, production: Production, paces: Mapping[str, Pace], experience: Experience) -> None:
        """Draw how far it is."""
        view = self._view(production, paces, experience)
        if view is None:
            self.close()
            return
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True, redirect_stdout=False)
            self._live.start()
        self._live.update(view, refresh=True)

    def _view(self, production: Production, paces: Mapping[str, Pace], experience: Experience) -> RenderableType | None:
        match status_of(production):
            case Making() | Stitching():
                is_lines = True
            case Stalled():
                is_lines = production.plan is not None
            case Understanding() | Sampling() | Planning():
                is_lines = False
            case _:
                return None
        picture = self._picture(paces)
        if not is_lines:
            waiting = self._waiting(waiting_line(production, paces))
            return waiting if picture is None else Group(waiting, picture)
        rows_max = max(4, self._console.height - ROWS_BESIDE - (0 if picture is None else PREVIEW_ROWS_MAX))
        lines = lines_view(production, paces, experience, width=self._console.width, rows_max=rows_max)
        return lines if picture is None else Group(lines, picture)

    def _picture(self, paces: Mapping[str, Pace]) -> RenderableType | None:
        """Return the latest picture of what is being rendered, where the terminal draws colours and has room."""
        previews = [pace.preview for pace in paces.values() if pace.preview is not None]
        if not previews or not self.has_true_colour or self._console.height < PREVIEW_HEIGHT_MIN:
            return None
        if self._drawn is None or self._drawn[0] is not previews[-1]:
            from kindling.preview import draw

            self._drawn = (previews[-1], draw(previews[-1], PREVIEW_WIDTH))
        return self._drawn[1]

    def _waiting(self, doing: str) -> RenderableType:
        if doing.partition("·")[0] != self._waiting_for:
            self._waiting_for, self._since = doing.partition("·")[0], self._now()
        waited = self._now() - self._since
        line = f"{doing}  {waited:.0f} s" if waited >= 1 else doing
        if waited >= LONG_AFTER_S:
            line += " · `kindling doctor` says whether all is well"
        self._spinner.update(text=Text(line, style="dim"))
        return self._spinner

    async def ask(self, prompt: str, settled: Callable[[], Awaitable[None]]) -> str | NoAnswer:
        """Ask under what was shown. What was typed before the question was there is no answer to it."""
        self.close()
        self._console.print(Text(f"{prompt} ", style="bold"), end="")
        reading = asyncio.create_task(read_line(sys.stdin.fileno()))
        settling = asyncio.ensure_future(settled())
        try:
            await asyncio.wait({reading, settling}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                line = reading.result()
                if line is None:
                    self._console.print()
                return NoAnswer.CLOSED if line is None else line.strip()
            self._console.print()
            settling.result()
            return NoAnswer.WITHDRAWN
        finally:
            await end(reading, settling)

    def close(self) -> None:
        """Take the live view away."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def waiting_line(production: Production, paces: Mapping[str, Pace]) -> str:
    """Return what is being done before there are segments, or why it is not."""
    waits = next((pace.step.note for pace in paces.values() if pace.step.note), "")
    if waits:
        return waits
    match status_of(production):
        case Sampling():
            pace = paces.get("sample")
            steps = f" · {pace.step.done} of {pace.step.total}" if pace is not None else ""
            return f"making the sample{steps}"
        case Planning():
            return "writing the plan"
        case _:
            return "reading what you said"


async def confirm(question: str, *, default: bool) -> bool:
    """Ask for a yes or a no, until there is one; the end of the input is a no. Ctrl-C ends it as it ends other work."""
    console = asides()
    while True:
        console.print(Text(f"{question} [{'Y/n' if default else 'y/N'}] ", style="bold"), end="")
        line = await read_line(sys.stdin.fileno())
        if line is None:
            console.print()
            return False
        answer = line.strip().casefold()
        if answer in ("", "y", "yes", "n", "no"):
            return answer.startswith("y") if answer else default


async def read_line(descriptor: int) -> str | None:
    """Return the next line that a person types, or None at the end of the input.

    The terminal gathers the line itself, so that this can be given up at any moment without losing a key.
    """
    loop = asyncio.get_running_loop()
    got: asyncio.Future[bytes] = loop.create_future()

    def take() -> None:
        if not got.done():
            try:
                got.set_result(os.read(descriptor, 65_536))
            except OSError:
                got.set_result(b"")

    # What was typed while something else was on the screen was not meant for this question.
    termios.tcflush(descriptor, termios.TCIFLUSH)
    loop.add_reader(descriptor, take)
    try:
        line = await got
    finally:
        loop.remove_reader(descriptor)
    return line.decode(errors="replace") if line else None
