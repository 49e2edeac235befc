"""The log as it is written: one line for each event, readable, resumable, and unbothered by a server that restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bus.events import Recorded, Unknown, Unreadable
from bus.ids import ProductionId
from bus.wire.jetstream import JetStreamLog
from bus.wire.log import Log
from bus.wire.waiting import end
from kindling.exits import Exit, Trouble
from kindling.gpu_watch import say_turns
from kindling.reading import Known, all_productions, history_of, open_log
from kindling.screen import words
from kindling.terminal import aside, print_result, results
from kindling.wording import Tone, said
from services.gateway.events_view import event_view, strange_view

NARROWEST = 70
"""On a narrower screen what an event says goes under it instead of beside it."""
TYPE_WIDTH = 20
LOOK_EVERY_S = 0.5
"""How often it is looked whether the connection is still there."""

Show = Callable[[Recorded | Unreadable], None]


async def tail(text: str | None, since: int, *, follow: bool, as_json: bool) -> None:
    """Print a production's events, or everybody's, and go on with what is added.

    Args:
        since: of one production the ordinal, of all the sequence, after which to begin.

    Raises:
        Trouble: there is no such production.
        LogUnavailable: the log can't be reached at the start; later losses are waited out.
    """
    show = printer(as_json=as_json, is_of_all=text is None)
    async with open_log() as journal:
        beside = [asyncio.create_task(_say_losses(journal))]
        if follow:
            beside.append(asyncio.create_task(say_turns(journal)))
        try:
            await tail_log(journal, lambda: all_productions(journal), text, since, show, follow=follow)
        finally:
            await end(*beside)


def printer(*, as_json: bool, is_of_all: bool) -> Show:
    """Return what prints an event to stdout: for programs, or for people."""
    return _print_json if as_json else _Lines(results(), is_of_all=is_of_all).show


async def tail_log(journal: Log, known: Known, text: str | None, since: int, show: Show, *, follow: bool) -> None:
    """Show a production's events, or everybody's, after a point; and go on with what is added.

    Raises:
        Trouble: there is no such production, or it has no such event.
    """
    if text is not None:
        await _tail_one(journal, known, text, since, show, follow=follow)
    elif follow:
        await _follow(journal, None, since, show)
    else:
        await _tail_all(journal, since, show)


async def _tail_one(journal: Log, known: Known, text: str, since: int, show: Show, *, follow: bool) -> None:
    production, history = await history_of(journal, text, known)
    last = max((one.event.ordinal for one in history if isinstance(one, Recorded)), default=0)
    if since > last:
        raise Trouble(
            Exit.UNKNOWN,
            f"{production} has no event {since} yet.",
            why=f"Its last one is {last}.",
            help="Leave --since out to see all of it.",
        )
    is_due = since == 0
    for one in history:
        is_due = is_due or (isinstance(one, Recorded) and one.event.ordinal > since)
        if is_due:
            show(one)
    if follow:
        await _follow(journal, production, history[-1].sequence, show)


async def _tail_all(journal: Log, since: int, show: Show) -> None:
    last = await journal.last_sequence()
    if last <= since:
        return
    async for one in journal.follow(None, since):
        show(one)
        if one.sequence >= last:
            return


async def _follow(journal: Log, production: ProductionId | None, after: int, show: Show) -> None:
    async for one in journal.follow(production, after):
        show(one)


async def _say_losses(journal: JetStreamLog) -> None:
    """Say once that the server is away, and once that it is back."""
    is_there = True
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        if journal.client.is_connected != is_there:
            is_there = not is_there
            back = "the log server is back; going on where it stopped"
            aside(back if is_there else "the log server is away; waiting for it, nothing will be missing")


def _print_json(one: Recorded | Unreadable) -> None:
    shown = event_view(one) if isinstance(one, Recorded) else strange_view(one)
    print_result(msgspec.json.encode(shown).decode())


class _Lines:
    """Prints events for people: with a heading where the production or the day changes."""

    def __init__(self, console: Console, *, is_of_all: bool) -> None:
        self._console = console
        self._is_of_all = is_of_all
        self._production: ProductionId | None = None
        self._day = ""

    def show(self, one: Recorded | Unreadable) -> None:
        """Print one event."""
        if isinstance(one, Recorded):
            when = datetime.fromisoformat(one.event.time).astimezone()
            day = f"{when:%A, %d %B %Y}"
            if day != self._day:
                self._day = day
                self._console.print(Text(day, style="dim"))
            if self._is_of_all and one.event.production != self._production:
                self._production = one.event.production
                self._console.print(Text(self._production, style="bold"))
        if self._console.is_terminal:
            self._console.print(event_line(one, self._console.width))
        else:
            # For other programs: one event is one line, however long.
            self._console.print(event_line(one, None), soft_wrap=True)


def event_line(one: Recorded | Unreadable, width: int | None) -> RenderableType:
    """Return an event as a line: time, ordinal, type, and what it says.

    Args:
        width: where a long sentence wraps: under itself, or under its event on a narrow screen. None: it does not.
    """
    if isinstance(one, Unreadable):
        return Text.assemble(("anomaly  ", "bold red"), words(f"{one.subject} (sequence {one.sequence}): {one.why}"))
    event = one.event
    spoken = said(event.fact)
    name = event.fact.type if isinstance(event.fact, Unknown) else event.fact.TYPE
    time = Text(f"{datetime.fromisoformat(event.time).astimezone():%H:%M:%S}", style="dim")
    ordinal = Text(f"{event.ordinal:4}", style="dim")
    typed = Text(f"{name:{TYPE_WIDTH}}", style="dim" if spoken.tone is Tone.QUIET else "bold")
    sentence = words(spoken.text.replace("\n", " "), spoken.tone.value)
    if width is None:
        return Text.assemble(time, " ", ordinal, " ", typed, " ", sentence)
    if width < NARROWEST:
        return Group(Text.assemble(time, " ", ordinal, " ", typed), Padding(sentence, (0, 0, 0, 2)))
    grid = Table.grid(padding=(0, 1, 0, 0))
    for _ in range(3):
        grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_row(time, ordinal, typed, sentence)
    return grid
