"""What a person sees of a production in the making: brief, sample, plan, problems, the film. Pure: state to Rich."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bus.about import work_in_words
from bus.brief_words import MODE, ROLE, field_name, field_value, picture_changes
from bus.events import IntentParsed, Problem, ProductionDone
from bus.plan import (
    Assumption,
    Brief,
    Continue,
    Crossfade,
    Cut,
    FromImage,
    FromSegment,
    FromText,
    Plan,
    Segment,
)
from bus.production import Production, Question, Sample, Stall
from kindling.wording import (
    count_of,
    made_in_words,
    quote,
    sentence,
    spell_bytes,
    spell_length,
    spell_seconds,
)
from services.gateway.estimate import Estimate

WIDTH_MAX = 100
"""Wider lines are hard to read."""
PLAN_ROWS_MAX = 24
"""Segments of a plan that are listed; `kindling show` lists all."""


def words(text: str, style: str = "") -> Text:
    """Return text that came from outside, without the control characters that would steer the terminal."""
    return Text(
        "".join(one if one == "\n" or unicodedata.category(one) not in _CONTROL else " " for one in text), style
    )


_CONTROL = frozenset({"Cc", "Cs"})


def labelled(rows: list[tuple[str, RenderableType]], *, label_width: int = 10) -> Table:
    """Return rows of a quiet label and what it names, the second column wrapping under itself."""
    grid = Table.grid(padding=(0, 2, 0, 0), expand=False)
    grid.add_column(style="dim", no_wrap=True, min_width=label_width)
    grid.add_column(ratio=1)
    before = ""
    for label, value in rows:
        grid.add_row("" if label == before else label, value)
        before = label
    return grid


def _box(title: str, inside: RenderableType, style: str = "dim", width: int | None = None) -> RenderableType:
    return Panel(
        inside,
        title=Text(title, style="bold"),
        title_align="left",
        border_style=style,
        padding=(0, 1),
        width=width,
    )


# -- the brief -----------------------------------------------------------------------------------------------


def brief_panel(parsed: IntentParsed, *, is_new: bool, width: int) -> RenderableType:
    """Return the brief: what was understood, and what was assumed and why.

    Args:
        is_new: nothing was shown before; otherwise what changed comes first, and only that.
    """
    width = min(width, WIDTH_MAX)
    if not is_new:
        inside = Group(*_told(parsed), _changes(parsed), labelled(_how(parsed)))
        return _box(f"Brief {parsed.number}, changed", inside, "cyan", width)
    brief = parsed.brief
    rows: list[tuple[str, RenderableType]] = []
    understood = understood_in_words(brief)
    if understood:
        rows.append(("understood", words(understood)))
    if brief.mode is not None:
        why = f" · {brief.mode_reason}" if brief.mode_reason else ""
        rows.append(("made", Text.assemble(MODE[brief.mode], words(why, "dim"))))
    for index, shot in enumerate(brief.shots, 1):
        rows.append(("shots", words(f"{index}. {shot}")))
    if brief.avoid:
        rows.append(("without", words(", ".join(brief.avoid))))
    for image in brief.images:
        rows.append(
            ("picture", words(f"{_size_of(image.artifact.width, image.artifact.height)}, as {ROLE[image.role]}"))
        )
    for note in brief.notes:
        rows.append(("noted", words(f"segment {note.segment}: {note.words}")))
    for one in brief.assumed:
        rows.append(("assumed", _assumed(one)))
    if brief.prompt:
        rows.append(("in English", words(brief.prompt)))
    rows += _how(parsed)
    head = [*_told(parsed), words(brief.title, "bold")]
    if brief.logline and brief.logline.rstrip(".") != brief.title.rstrip("."):
        head.append(words(brief.logline))
    return _box("The brief", Group(*head, Text(), labelled(rows)), "cyan", width)


def _told(parsed: IntentParsed) -> list[RenderableType]:
    """Return what the person is told in their language, if a model wrote something."""
    return [words(parsed.reply), Text()] if parsed.reply else []


def _how(parsed: IntentParsed) -> list[tuple[str, RenderableType]]:
    """Return what a person should know about the reading, and who or what read it."""
    rows: list[tuple[str, RenderableType]] = [("noted", words(one)) for one in parsed.remarks]
    if parsed.made.model or parsed.made.why:
        rows.append(("read", words(made_in_words(parsed.made), "dim")))
    if parsed.looked is not None and parsed.looked.model:
        rows.append(("looked at", words(made_in_words(parsed.looked), "dim")))
    return rows


def understood_in_words(brief: Brief) -> str:
    """Return what the person said about the film, in a few words; nothing that was assumed."""
    parts = (
        None if brief.duration_s is None else spell_length(brief.duration_s),
        brief.aspect,
        brief.style,
        None if brief.shot_count is None or brief.shots else count_of(brief.shot_count, "shot"),
    )
    return " · ".join(part for part in parts if part)


def _assumed(one: Assumption) -> Text:
    value = field_value(one.field, str(one.value))
    if one.field == "duration_s" and isinstance(one.value, (int, float)):
        value = spell_length(one.value)
    return Text.assemble(words(f"{field_name(one.field)} {value}"), words(f" · {one.why}", "dim"))


def _changes(parsed: IntentParsed) -> RenderableType:
    if not parsed.changes:
        return Text("Nothing in it changed; the sample is made anew.", style="dim")
    rows: list[tuple[str, RenderableType]] = []
    for one in parsed.changes:
        if one.field == "images":
            rows.append((field_name(one.field), words(", ".join(picture_changes(one.was, one.now)), "bold")))
            continue
        change = Text.assemble(
            words(field_value(one.field, one.was), "strike dim"),
            " → " if one.was else "",
            words(field_value(one.field, one.now) or "left open", "bold"),
        )
        rows.append((field_name(one.field), change))
    return labelled(rows)


def _size_of(width: int | None, height: int | None) -> str:
    return f"{width}×{height}" if width and height else "size unknown"


def question_panel(question: Question, width: int) -> RenderableType:
    """Return what Kindling asks, why, and what holds without an answer."""
    asked = question.asked
    said = (("why", asked.why), ("otherwise", asked.assumed))
    rows: list[tuple[str, RenderableType]] = [(name, words(sentence(text))) for name, text in said if text]
    return _box("A question", Group(words(asked.text, "bold"), labelled(rows)), "yellow", min(width, WIDTH_MAX))


# -- sample and plan -----------------------------------------------------------------------------------------


def sample_line(sample: Sample) -> Text:
    """Return what the sample is; where it can be looked at stands on a line of its own below."""
    order, rendered = sample.order, sample.rendered
    assert rendered is not None, "only a sample that is there is shown"
    length = spell_seconds(order.frame_count / order.fps)
    made = f"{length}, {order.width}×{order.height}, made in {spell_seconds(rendered.cost.total_s)} by {order.renderer}"
    return Text.assemble((f"Sample {sample.brief}-{sample.take}", "bold"), (f"  {made}", "dim"))


def address_line(where: str) -> Text:
    """Return a file or an address as one that a terminal can open, to be printed without breaking it."""
    style = f"underline link {where}" if where.startswith("http") else "underline"
    return Text(where, style=style, no_wrap=True, overflow="ignore")


def estimate_in_words(estimate: Estimate) -> str:
    """Return what the film will take, and how sure that is."""
    sure = "roughly" if estimate.is_rough else "about"
    takes = f", with {estimate.takes_per_segment:.1f} takes a segment" if estimate.takes_per_segment >= 1.05 else ""
    return (
        f"The film will take {sure} {spell_seconds(estimate.total_s)} to make{takes}, going by {estimate.measured_on}."
    )


def plan_table(plan: Plan, number: int, width: int, rows_max: int = PLAN_ROWS_MAX) -> RenderableType:
    """Return the plan in short: what happens when, how it is shot, and how one segment follows the other."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", pad_edge=False)
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("length", justify="right", no_wrap=True)
    table.add_column("shot", no_wrap=True)
    table.add_column("camera", no_wrap=True)
    table.add_column("what happens", ratio=1, overflow="fold")
    shown = plan.segments if len(plan.segments) <= rows_max else plan.segments[: rows_max - 1]
    for segment in shown:
        beat = words(segment.beat)
        joined = _joined(segment)
        if joined:
            beat.append(f" · {joined}", style="dim")
        table.add_row(
            str(segment.id),
            f"{segment.shown_count / plan.fps:.1f} s",
            segment.shot.value.removesuffix(" shot"),
            segment.movement.value,
            beat,
        )
    rest = len(plan.segments) - len(shown)
    under = [Text(f"… and {count_of(rest, 'more segment')}: kindling show", style="dim")] if rest else []
    shape = (
        f"{spell_length(plan.duration_s)} · {count_of(len(plan.segments), 'segment')} · {plan.crop} at {plan.fps} fps"
    )
    look = f"{plan.look.style}, {plan.look.light}"
    head = Group(words(plan.title, "bold"), Text.assemble(Text(f"{shape} · ", style="dim"), words(look, "dim")))
    title = "The plan" if number == 1 else f"The plan, revision {number}"
    return _box(title, Group(head, Text(), table, *under), "cyan", min(width, WIDTH_MAX))


def _joined(segment: Segment) -> str:
    match segment.transition:
        case Crossfade():
            return "crossfades in"
        case Continue():
            return "goes on from the one before"
        case Cut():
            pass
    match segment.start:
        case FromImage():
            return "from your picture"
        case FromSegment(segment=parent):
            return f"starts from {parent}"
        case FromText():
            return ""


# -- how it ends -----------------------------------------------------------------------------------------------


def problem_panel(stall: Stall, production: Production, width: int) -> RenderableType:
    """Return a problem that needs a person: what, why, what would help, and how to go on."""
    problem = stall.problem
    # A reason that stands in the first sentence already is not said twice.
    why = "" if problem.why in problem.what else problem.why
    rows = [(label, words(sentence(text))) for label, text in (("why", why), ("help", problem.help)) if text]
    again = f"kindling resume {production.id}" + (f" {stall.number}" if len(production.open_stalls) > 1 else "")
    rows.append(("go on", Text(again, style="bold", overflow="fold")))
    inside = Group(words(sentence(problem.what), "bold"), labelled([*rows], label_width=6))
    return _box(f"Problem {stall.number}: {work_in_words(problem.about)}", inside, "red", min(width, WIDTH_MAX))


def end_panel(problem: Problem, width: int) -> RenderableType:
    """Return why it can't be made."""
    # A reason that stands in the first sentence already is not said twice.
    why = "" if problem.why in problem.what else problem.why
    rows = [(label, words(sentence(text))) for label, text in (("why", why), ("help", problem.help)) if text]
    inside = Group(words(sentence(problem.what), "bold"), labelled([*rows], label_width=6))
    return _box("It can't be made", inside, "red", min(width, WIDTH_MAX))


def film_note(production: Production, cut: ProductionDone) -> RenderableType:
    """Return what the film is made of; where it is stands on a line of its own below."""
    flagged = [one.segment for one in cut.takes if one.is_flagged]
    film = cut.film
    made = sum(1 for take in production.takes.values() if take.rendered is not None)
    shape = f"{spell_length(cut.duration_s)}, {_size_of(film.width, film.height)}, {spell_bytes(film.size_bytes)}"
    counts = f"{count_of(len(cut.takes), 'segment')} from {count_of(made, 'take')}"
    rows: list[tuple[str, RenderableType]] = [("The film", Text(f"{shape}; {counts}", style="bold green"))]
    for segment in flagged:
        why = production.takes[segment, _take_of(cut, segment)].verdict
        advice = f": {why.advice}" if why and why.advice else ""
        rows.append(("flagged", words(f"segment {segment} was kept though no take was approved{advice}", "yellow")))
    if flagged:
        rows.append(("", Text(f"kindling redo {production.id} {flagged[0]}  makes it anew", style="dim")))
    return labelled(rows, label_width=8)


def _take_of(cut: ProductionDone, segment: int) -> int:
    return next(one.take for one in cut.takes if one.segment == segment)


def request_note(production: Production) -> RenderableType:
    """Return what the production is, as the first line of watching one that was there already."""
    said = production.request.words if production.request else ""
    return Text.assemble(words(production.id, "bold"), words(f"  {quote(said)}", "dim"))


def short_path(path: Path) -> str:
    """Return the path as a person writes it: from `~` where it lies in the home folder."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
