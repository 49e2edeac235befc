"""A line for each segment that is made: where it stands, how far it is, and when it will be there. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bus.board import Done, Slot, board, status_of
from bus.production import Production, Take
from bus.work import Step
from kindling.screen import WIDTH_MAX, words
from kindling.wording import count_of, failing, spell_seconds
from services.gateway.estimate import estimate_of

BAR_WIDTH = 14
BESIDE_NOTE = 53
"""Columns that all but the note take."""


class Where(enum.StrEnum):
    """Where a segment stands."""

    WAITING = "waiting"
    QUEUED = "queued"
    RENDERING = "rendering"
    SILENT = "silent"
    REVIEWING = "in review"
    AGAIN = "once more"
    STUCK = "needs you"
    KEPT = "kept ⚑"
    APPROVED = "approved ✓"


_STYLE = {
    Where.WAITING: "dim",
    Where.QUEUED: "dim",
    Where.RENDERING: "cyan",
    Where.SILENT: "yellow",
    Where.REVIEWING: "cyan",
    Where.AGAIN: "yellow",
    Where.STUCK: "red",
    Where.KEPT: "yellow",
    Where.APPROVED: "green",
}
SILENT_AFTER_S = 30.0
"""A slow renderer may take this long over a step; after more silence a person should know."""
SETTLED = frozenset({Where.KEPT, Where.APPROVED})


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a piece of work is: the last step heard, and how many of them it does in a second, if known."""

    step: Step
    rate: float | None = None
    silent_s: float = 0.0
    """How long nothing was heard of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One segment, as its line shows it."""

    segment: int
    where: Where
    take: int
    done: int
    total: int
    left_s: float | None
    """What it still takes, if that can be told."""
    note: str


def lines_of(production: Production, paces: Mapping[str, Pace]) -> tuple[Line, ...]:
    """Return a line for each segment of the plan in force.

    Args:
        paces: by what the work is about, as `segment 3`.
    """
    plan = production.plan
    if plan is None:
        return ()
    estimate = estimate_of(production)
    megapixels = plan.size.width * plan.size.height / 1e6
    frame_s = estimate.per_megapixel_frame_s * megapixels if estimate else None
    return tuple(_line(production, slot, paces, frame_s) for slot in board(production))


def _line(production: Production, slot: Slot, paces: Mapping[str, Pace], frame_s: float | None) -> Line:
    segment, last = slot.segment, slot.takes[-1] if slot.takes else None
    where, take, done, note = Where.WAITING, slot.last_take, 0, _note(last)
    pace = paces.get(f"segment {segment.id}")
    left_s = None if frame_s is None else frame_s * segment.frame_count
    if slot.accepted is not None:
        is_kept = slot.accepted.is_kept and not slot.accepted.rulings
        where, take, done, left_s = (
            Where.KEPT if is_kept else Where.APPROVED,
            slot.accepted.take,
            segment.frame_count,
            0.0,
        )
        note = _accepted_note(slot.accepted)
    elif production.is_stalled(f"segment {segment.id}"):
        where, left_s = Where.STUCK, None
        note = next(one.problem.what for one in production.open_stalls if one.problem.about == f"segment {segment.id}")
    elif slot.unreviewed is not None:
        where, take, done, left_s = Where.REVIEWING, slot.unreviewed.take, segment.frame_count, 0.0
        note = _note_before(slot, take)
    elif slot.open is not None:
        where, take = Where.QUEUED, slot.open.take
        note = _note_before(slot, take)
        if pace is not None and slot.open.postings:
            where, done = Where.RENDERING, _frames(pace.step, segment.frame_count)
            left_s = _left(pace, segment.frame_count - done, frame_s)
            if pace.silent_s >= SILENT_AFTER_S:
                where, note = Where.SILENT, f"for {spell_seconds(pace.silent_s)}; a lost worker is replaced"
    elif slot.is_waiting:
        parent = getattr(segment.start, "segment", None)
        note = f"starts from {parent}" if parent else note
    elif note:
        where = Where.AGAIN
    return Line(segment.id, where, take, done, segment.frame_count, left_s, note)


def _frames(step: Step, frame_count: int) -> int:
    """Return how many frames a step stands for: a renderer may count steps of its own."""
    return min(frame_count, step.done * frame_count // step.total) if step.total > 0 else 0


def _left(pace: Pace, frames_left: int, frame_s: float | None) -> float | None:
    if pace.rate:
        return max(0, pace.step.total - pace.step.done) / pace.rate
    return None if frame_s is None else frame_s * frames_left


def _note(take: Take | None) -> str:
    """Return why a take is not the one, if it is not."""
    if take is None:
        return ""
    if take.failure is not None:
        return f"take {take.take} failed: {take.failure.what}"
    if take.rulings and take.rulings[-1].ruling == "refuse":
        return f"take {take.take} refused: {take.rulings[-1].why}"
    if take.is_approved is False and take.verdict is not None:
        return f"take {take.take}: {failing(take.verdict)}"
    return ""


def _note_before(slot: Slot, take: int) -> str:
    """Return why there is another take, if this is not the first."""
    return next((note for one in reversed(slot.takes) if one.take < take and (note := _note(one))), "")


def _accepted_note(take: Take) -> str:
    if take.rulings:
        return "accepted by hand"
    return _note(take).removeprefix(f"take {take.take}: ") if take.is_kept else ""


def left_s(lines: tuple[Line, ...]) -> float | None:
    """Return what all segments together still take, in seconds, or None while that can't be told.

    Where several render at the same time it goes that much faster.
    """
    open_lines = [one for one in lines if one.where not in SETTLED]
    if any(one.left_s is None and one.where is not Where.STUCK for one in open_lines):
        return None
    at_once = max(1, sum(one.where is Where.RENDERING for one in open_lines))
    return sum(one.left_s or 0.0 for one in open_lines) / at_once


# -- on the screen -------------------------------------------------------------------------------------------


def lines_view(production: Production, paces: Mapping[str, Pace], *, width: int, rows_max: int) -> RenderableType:
    """Return the lines of all segments, or those around the work where there are too many, and the total under them."""
    width = min(width, WIDTH_MAX)
    lines = lines_of(production, paces)
    first, shown = _window(lines, rows_max)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True, style="dim")
    table.add_column(width=BAR_WIDTH, no_wrap=True)
    table.add_column(width=max(len(one.value) for one in Where), no_wrap=True)
    table.add_column(width=7, no_wrap=True, style="dim")
    table.add_column(width=9, no_wrap=True, justify="right", style="dim")
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=max(8, width - BESIDE_NOTE), style="dim")
    for line in shown:
        table.add_row(*_cells(line))
    above, below = first, len(lines) - first - len(shown)
    parts: list[RenderableType] = []
    if above:
        parts.append(Text(f"  … {count_of(above, 'segment')} before", style="dim"))
    parts.append(table)
    if below:
        parts.append(Text(f"  … {count_of(below, 'segment')} after", style="dim"))
    return Group(*parts, total_line(production, lines, paces))


def _window(lines: tuple[Line, ...], rows_max: int) -> tuple[int, tuple[Line, ...]]:
    """Return where the shown lines begin, and the lines: one settled line stays above the first open one."""
    if len(lines) <= rows_max:
        return 0, lines
    rows = max(1, rows_max - 2)
    opening = next((index for index, one in enumerate(lines) if one.where not in SETTLED), len(lines))
    first = max(0, min(opening - 1, len(lines) - rows))
    return first, lines[first : first + rows]


def _cells(line: Line) -> tuple[RenderableType, ...]:
    state = Text(line.where.value, style=_STYLE[line.where])
    take = f"take {line.take}" if line.take > 1 else ""
    if line.where in SETTLED:
        bar: RenderableType = ProgressBar(1, 1, width=BAR_WIDTH, finished_style=_STYLE[line.where])
    else:
        bar = ProgressBar(max(line.total, 1), line.done, width=BAR_WIDTH, complete_style="cyan", finished_style="cyan")
    figure = ""
    if line.where is Where.RENDERING:
        figure = f"{line.done}/{line.total}"
        if line.done >= line.total:
            figure = "finishing"
        elif line.left_s is not None and line.done:
            figure = spell_seconds(line.left_s)
    return str(line.segment), bar, state, take, figure, words(line.note.replace("\n", " "))


def total_line(production: Production, lines: tuple[Line, ...], paces: Mapping[str, Pace]) -> Text:
    """Return how many segments are there and how long it will still take."""
    there = sum(one.where in SETTLED for one in lines)
    parts = [f"{there} of {count_of(len(lines), 'segment')}"]
    film = paces.get("film")
    if isinstance(status_of(production), Done):
        parts.append("the film is done")
    elif there == len(lines) and lines:
        parts.append("joining the film")
        if film is not None and film.step.total:
            parts.append(f"{100 * film.step.done // film.step.total} %")
    else:
        left = left_s(lines)
        rendering = [one for one in lines if one.where is Where.RENDERING]
        frames = sum(one.done for one in rendering), sum(one.total for one in rendering)
        if rendering:
            parts.append(f"frame {frames[0]} of {frames[1]}")
        if left is None:
            parts.append("no estimate yet")
        elif left > 0:
            parts.append(f"about {spell_seconds(left)} left")
    stuck = sum(one.where is Where.STUCK for one in lines)
    if stuck:
        parts.append(f"{count_of(stuck, 'problem')} for you")
    return Text(" · ".join(parts), style="bold")
