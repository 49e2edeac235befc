"""A line for each segment that is made: where it stands, how far it is, and when it will be there. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bus.board import Done, Slot, board, status_of
from bus.plan import Order, Plan, order_for
from bus.production import Production, Take
from bus.work import Step
from kindling.findings import failing
from kindling.screen import WIDTH_MAX, words
from kindling.wording import count_of, spell_seconds
from services.gateway.estimate import NO_EXPERIENCE
from services.gateway.eta import one_take, review_s, takes_for
from services.gateway.experience import Experience, Measured, kind_of, own_clips

BAR_WIDTH = 14
BESIDE_NOTE = 53
"""Columns that all but the note take."""


class Where(enum.StrEnum):
    """Where a segment stands."""

    WAITING = "waiting"
    QUEUED = "queued"
    IN_LINE = "in line"
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
    Where.IN_LINE: "yellow",
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
    preview: bytes | None = None
    """The last picture of it, as JPEG."""


@dataclass(frozen=True, slots=True)
class Line:
    """One segment, as its line shows it."""

    segment: int
    where: Where
    take: int
    done: int
    total: int
    """Frames of the segment, or steps of a renderer that does not go from frame to frame."""
    left_s: float | None
    """What rendering it still takes, if that can be told."""
    note: str
    beyond_s: float = 0.0
    """What its reviews, and the takes that it will probably need besides, add to that."""
    is_steps: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known about how long clips take: from all films, and from this one."""

    experience: Experience
    own: tuple[Measured, ...]

    def take_s(self, order: Order, machine: str = "") -> float | None:
        """Return what rendering an order takes."""
        expected = one_take(replace(kind_of(order), machine=machine), self.experience, self.own)
        return expected.seconds if expected else None


def lines_of(
    production: Production, paces: Mapping[str, Pace], experience: Experience = NO_EXPERIENCE
) -> tuple[Line, ...]:
    """Return a line for each segment of the plan in force.

    Args:
        paces: by what the work is about, as `segment 3`.
        experience: what films have taken so far.
    """
    plan = production.plan
    if plan is None:
        return ()
    known = _Known(experience, own_clips(production))
    return tuple(_line(production, plan, slot, paces, known) for slot in board(production))


def _line(production: Production, plan: Plan, slot: Slot, paces: Mapping[str, Pace], known: _Known) -> Line:
    segment, last = slot.segment, slot.takes[-1] if slot.takes else None
    where, take, done, note = Where.WAITING, slot.last_take, 0, _note(last)
    pace = paces.get(f"segment {segment.id}")
    take_s = known.take_s(order_for(plan, segment, 1, slot.start))
    left_s, judged_s = take_s, review_s(plan.renderer, known.experience)
    beyond_s = judged_s + (takes_for(plan.renderer, known.experience) - 1) * ((take_s or 0.0) + judged_s)
    total, is_steps = segment.frame_count, False
    if slot.accepted is not None:
        is_kept = slot.accepted.is_kept and not slot.accepted.rulings
        where, take, done = Where.KEPT if is_kept else Where.APPROVED, slot.accepted.take, segment.frame_count
        left_s, beyond_s = 0.0, 0.0
        note = _accepted_note(slot.accepted)
    elif production.is_stalled(f"segment {segment.id}"):
        where, left_s, beyond_s = Where.STUCK, None, 0.0
        note = next(one.problem.what for one in production.open_stalls if one.problem.about == f"segment {segment.id}")
    elif slot.unreviewed is not None:
        where, take, done, left_s = Where.REVIEWING, slot.unreviewed.take, segment.frame_count, 0.0
        note = _note_before(slot, take)
        pace = paces.get(f"review {segment.id}-{take}")
        if pace is not None and pace.step.note:
            where, note = Where.IN_LINE, pace.step.note
    elif slot.open is not None:
        where, take = Where.QUEUED, slot.open.take
        note = _note_before(slot, take)
        if pace is not None and pace.step.note and pace.silent_s < SILENT_AFTER_S:
            where, note = Where.IN_LINE, pace.step.note
        elif pace is not None and slot.open.postings:
            where, done = Where.RENDERING, pace.step.done
            is_steps = pace.step.total not in (0, segment.frame_count)
            total = pace.step.total if is_steps else total
            take_s = known.take_s(slot.open.order, slot.open.postings[-1].server)
            left_s = _left(pace, take_s, 1 - _frames(pace.step, segment.frame_count) / segment.frame_count)
            if pace.silent_s >= SILENT_AFTER_S:
                where, note = Where.SILENT, f"for {spell_seconds(pace.silent_s)}; a lost worker is replaced"
    elif slot.is_waiting:
        parent = getattr(segment.start, "segment", None)
        note = f"starts from {parent}" if parent else note
    elif note:
        where = Where.AGAIN
    return Line(segment.id, where, take, done, total, left_s, note, beyond_s, is_steps)


def _frames(step: Step, frame_count: int) -> int:
    """Return how many frames a step stands for: a renderer may count steps of its own."""
    return min(frame_count, step.done * frame_count // step.total) if step.total > 0 else 0


def _left(pace: Pace, take_s: float | None, share_left: float) -> float | None:
    if pace.rate:
        return max(0, pace.step.total - pace.step.done) / pace.rate
    return None if take_s is None else take_s * share_left


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
    return sum((one.left_s or 0.0) + one.beyond_s for one in open_lines) / at_once


# -- on the screen -------------------------------------------------------------------------------------------


def lines_view(
    production: Production,
    paces: Mapping[str, Pace],
    experience: Experience = NO_EXPERIENCE,
    *,
    width: int,
    rows_max: int,
) -> RenderableType:
    """Return the lines of all segments, or those around the work where there are too many, and the total under them."""
    width = min(width, WIDTH_MAX)
    lines = lines_of(production, paces, experience)
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
        look = paces.get("last look")
        parts.append(f"the last look: {look.step.note}" if look and look.step.note else "joining the film")
        if film is not None and film.step.total:
            parts.append(f"{100 * film.step.done // film.step.total} %")
    else:
        left = left_s(lines)
        rendering = [one for one in lines if one.where is Where.RENDERING]
        done, total = sum(one.done for one in rendering), sum(one.total for one in rendering)
        if rendering:
            parts.append(f"{'step' if any(one.is_steps for one in rendering) else 'frame'} {done} of {total}")
        if left is None:
            parts.append("no estimate yet")
        elif left > 0:
            parts.append(f"about {spell_seconds(left)} left")
    stuck = sum(one.where is Where.STUCK for one in lines)
    if stuck:
        parts.append(f"{count_of(stuck, 'problem')} for you")
    return Text(" · ".join(parts), style="bold")
