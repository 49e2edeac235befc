"""Productions as a list, and one as a page: what `ls`, `show`, `replay` and `verify` print. Pure: state to Rich."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bus.board import Deleted, Done, Failed, status_of
from bus.ids import ProductionId
from bus.production import Message, MessageKind, Production
from kindling.lines import lines_view
from kindling.screen import (
    brief_panel,
    end_panel,
    film_note,
    labelled,
    plan_table,
    problem_panel,
    question_panel,
    words,
)
from kindling.verify import Report
from kindling.wording import count_of, quote, spell_bytes, spell_length
from services.gateway.branch_view import BranchKind, origin_view
from services.gateway.status_view import StatusView, status_view
from services.gateway.view import Summary, title_of

if TYPE_CHECKING:
    # It brings along what joins films, which a list has no use for.
    from kindling.rebuild import Rebuilt
    from kindling.repair import Repaired

NARROWEST_TITLE = 12
"""With less room than this titles are left out of a list."""

_WAITING = frozenset({"asking", "awaiting_approval", "stalled", "outdated"})
_BAD = frozenset({"refused", "failed"})
_OVER = frozenset({"cancelled", "deleted"})
_KIND = {
    MessageKind.REQUEST: "asked",
    MessageKind.DIRECTION: "said",
    MessageKind.REDIRECTION: "changed",
    MessageKind.ANSWER: "answered",
}


def _style_of(status: str) -> str:
    if status in _WAITING:
        return "yellow"
    if status in _BAD:
        return "red"
    return "green" if status == "done" else "dim" if status in _OVER else "cyan"


def short_status(status: StatusView) -> str:
    """Return the status in a word or two, for a list."""
    if status.name == "making":
        return f"making {status.accepted_count}/{status.segment_count}"
    return "your word?" if status.name == "awaiting_approval" else status.name


def productions_table(productions: Sequence[Summary], now: datetime, width: int) -> RenderableType:
    """Return the productions as a list, newest first, each branch under what it branches from.

    Ids are always whole; what does not fit beside them is left out.

    Args:
        now: with a zone; ages are told against it.
        width: of the screen, in characters.
    """
    heads = ("id", "status", "length", "changed", "title")
    rows = [
        (
            Text.assemble((stem, "dim"), words(one.id), (_kind_of(one), "dim")),
            Text(short_status(one.status), style=_style_of(one.status.name)),
            Text(spell_length(one.duration_s) if one.duration_s is not None else ""),
            Text(age_of(one.updated, now), style="dim"),
            words(one.title),
        )
        for one, stem in tree_of(productions)
    ]
    widths = [max(len(head), *(row[index].cell_len for row in rows)) for index, head in enumerate(heads)]
    kept = [index for index in range(4) if sum(widths[: index + 1]) + 2 * index <= width]
    title_width = width - sum(widths[index] + 2 for index in kept)
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", pad_edge=False)
    for index in kept:
        table.add_column(
            heads[index], no_wrap=True, min_width=widths[index], justify="right" if index in (2, 3) else "left"
        )
    if title_width >= NARROWEST_TITLE:
        table.add_column("title", no_wrap=True, overflow="ellipsis", max_width=title_width)
        kept.append(4)
    for row in rows:
        table.add_row(*(row[index] for index in kept))
    return table


def tree_of(productions: Sequence[Summary]) -> list[tuple[Summary, str]]:
    """Return the productions with each branch under what it branches from, and the line that is drawn before it.

    The first ones stay in their order; branches come oldest first. What branches from one that is not listed stands
    alone.
    """
    listed = {one.id for one in productions}
    branches: dict[ProductionId | None, list[Summary]] = {}
    for one in productions:
        parent = one.origin.production if one.origin is not None and one.origin.production in listed else None
        branches.setdefault(parent, []).append(one)
    rows: list[tuple[Summary, str]] = []
    waiting = [(one, "", "") for one in reversed(branches.get(None, []))]
    while waiting:
        one, stem, below = waiting.pop()
        rows.append((one, stem))
        # They are listed newest first, and are taken from the end.
        for index, branch in enumerate(branches.get(one.id, [])):
            is_last = index == 0
            waiting.append((branch, f"{below}{'└ ' if is_last else '├ '}", f"{below}{'  ' if is_last else '│ '}"))
    return rows


def _kind_of(one: Summary) -> str:
    """Return what a branch is for where it is no plain fork."""
    if one.origin is None or one.origin.kind is BranchKind.FORK:
        return ""
    return " (again)" if one.origin.kind is BranchKind.AGAIN else " (from scratch)"


def age_of(time: str, now: datetime) -> str:
    """Return how long ago a time of the log was, in one unit: `now`, `5 min`, `3 h`, `12 d`."""
    seconds = (now - datetime.fromisoformat(time)).total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "now"


def production_page(production: Production, width: int, *, as_of: str = "") -> RenderableType:
    """Return all that a person wants to know about a production.

    Args:
        as_of: what this is the state as of, where that is not now.
    """
    status = status_of(production)
    shown = status_view(status)
    head = Text.assemble(words(title_of(production), "bold"), words(f"  {production.id}", "dim"))
    state = Text.assemble(Text(short_status(shown), style=_style_of(shown.name)), words(f"  {shown.says}"))
    parts: list[RenderableType] = [head, *([Text(as_of, style="dim")] if as_of else []), state, *_origin(production)]
    parts.append(Text())
    parts.append(labelled([(_KIND[one.kind], _message(one)) for one in production.conversation]))
    if production.briefs:
        parts += [Text(), brief_panel(production.briefs[-1], is_new=True, width=width)]
    if production.open_question is not None:
        parts.append(question_panel(production.open_question, width))
    if samples := _samples(production):
        parts.append(labelled([("samples", samples)]))
    if production.plan is not None:
        rows_max = len(production.plan.segments)
        parts.append(plan_table(production.plan, len(production.plans), width, rows_max))
        parts.append(lines_view(production, {}, width=width, rows_max=rows_max))
    parts += [problem_panel(one, production, width) for one in production.open_stalls]
    if isinstance(status, Failed):
        parts.append(end_panel(status.end.problem, width))
    if production.cuts and not isinstance(status, Deleted):
        parts.append(film_note(production, production.cuts[-1]))
        if not isinstance(status, Done):
            parts.append(Text("A newer cut is to come.", style="dim"))
    parts += _below(production)
    return Group(*parts)


def _origin(production: Production) -> list[RenderableType]:
    origin = origin_view(production)
    if origin is None:
        return []
    point = f"{origin.production} at event {origin.ordinal}"
    said = {
        BranchKind.FORK: f"forked from {point}",
        BranchKind.AGAIN: f"the film of {point}, made again from its recorded orders",
        BranchKind.FROM_SCRATCH: f"the film of {point}, made again from scratch",
    }[origin.kind]
    return [words(said, "dim")]


def _message(message: Message) -> Text:
    text = words(quote(message.words) if message.words else "(as assumed)")
    if message.images:
        text.append(f"  with {count_of(len(message.images), 'picture')}", style="dim")
    if message.is_refused:
        text.append("  refused", style="red")
    return text


def _samples(production: Production) -> Text | None:
    said = []
    for one in production.samples:
        state = one.word or ("failed" if one.failure else "waits for your word" if one.rendered else "in the making")
        said.append(f"{one.brief}-{one.take} {state}")
    return Text(" · ".join(said)) if said else None


def _below(production: Production) -> list[RenderableType]:
    """Return what is seldom there: work that failed, events of a newer Kindling, anomalies; and how long the log is."""
    rows: list[tuple[str, RenderableType]] = [
        ("failed", words(f"{one.service} at {one.subject}: {one.problem.what}", "red"))
        for one in production.work_failures
    ]
    rows += [("newer", words(one, "dim")) for one in production.unknown]
    rows += [
        ("anomaly", words(f"{one.subject} (sequence {one.sequence}): {one.what}", "red"))
        for one in production.anomalies
    ]
    log = f"{count_of(production.ordinal, 'event')}, head {(production.head or '')[:12]}"
    return [Text(), labelled([*rows, ("log", Text(log, style="dim"))])]


def reports_view(reports: Sequence[Report]) -> RenderableType:
    """Return what `verify` found, a line for each production and the findings under it."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("production", no_wrap=True)
    table.add_column("events", justify="right", no_wrap=True)
    table.add_column("artifacts", justify="right", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    for one in reports:
        mark = Text("✓", style="green") if one.is_sound else Text("✗", style="bold red")
        table.add_row(
            mark, words(one.production), f"{one.event_count:,}", f"{one.artifact_count:,}", spell_bytes(one.size_bytes)
        )
    parts: list[RenderableType] = [table]
    for one in reports:
        if one.findings or (one.notes and len(reports) == 1):
            parts += [Text(), words(one.production, "bold")]
            parts += [_found(f.where, words(f.what, "red")) for f in one.findings]
            if one.notes:
                parts.append(labelled([("note", words(note, "dim")) for note in one.notes]))
    bad = sum(not one.is_sound for one in reports)
    events = sum(one.event_count for one in reports)
    verdict = (
        f"{count_of(bad, 'production')} of {len(reports)} not as the log says" if bad else "all is as the log says"
    )
    total = f"{count_of(len(reports), 'production')}, {count_of(events, 'event')}: {verdict}"
    return Group(*parts, Text(), Text(total, style="bold red" if bad else "bold green"))


def _found(where: str, what: Text) -> RenderableType:
    """Return what was found, under where: a digest has a line's room, and is not broken on 80 columns."""
    return Group(words(where, "dim"), Padding(what, (0, 0, 0, 2)))


def rebuilt_view(done: Sequence[Rebuilt]) -> RenderableType:
    """Return what `rebuild` brought back, a line for each production that had lost something, and the sum of it."""
    parts: list[RenderableType] = []
    for one in done:
        rows: list[tuple[str, RenderableType]] = [("made again", words(name)) for name in one.made]
        if one.new_count:
            rows.append(("named", words(count_of(one.new_count, "file"))))
        if rows or one.findings:
            found = [_found(f.where, words(f.what, "red")) for f in one.findings]
            parts += [words(one.production, "bold"), labelled(rows), *found, Text()]
    bad = sum(bool(one.findings) for one in done)
    files, new = sum(one.file_count for one in done), sum(one.new_count for one in done)
    brought = f"{new:,} of {count_of(files, 'file')} had been missing" if new else "nothing was missing"
    if bad:
        brought = f"{count_of(bad, 'production')} can't be had whole from the log"
    total = f"{count_of(len(done), 'production')}, {count_of(files, 'file')}: {brought}"
    return Group(*parts, Text(total, style="bold red" if bad else "bold green"))


def repaired_view(done: Sequence[Repaired]) -> RenderableType:
    """Return what `verify --repair` mended, and what it could not and what that means."""
    parts: list[RenderableType] = []
    for one in done:
        if not one.mended and not one.left:
            continue
        parts.append(words(one.production, "bold"))
        for mended in one.mended:
            aside = f"; what lay there is now {mended.put_aside}" if mended.put_aside else ""
            parts.append(_found(mended.what, words(f"{mended.how}: {mended.digest}{aside}", "green")))
        parts += [_found(f.where, words(f.what, "yellow")) for f in one.left]
        parts.append(Text())
    if not parts:
        return Text("Nothing had to be mended.", style="dim")
    return Group(*parts)
