"""A film that was made again beside the recorded one, as `kindling regenerate` prints it. Pure: documents to Rich."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bus.likeness import MATCHING, Comparison, Difference, Likeness
from kindling.alike import likeness_in_words
from kindling.findings import shorten
from kindling.screen import labelled, words
from kindling.wording import count_of
from services.gateway.branch_view import BranchKind
from services.gateway.comparison_view import ClipComparison, ComparisonView
from services.gateway.decisions import Decision

VALUE_LENGTH_MAX = 60


def comparison_page(shown: ComparisonView, width: int) -> RenderableType:
    """Return each segment and the film with how alike they are, what had changed, and the verdict."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", pad_edge=False)
    for head in ("", "segment", "recorded", "again"):
        table.add_column(head, no_wrap=True)
    table.add_column("how alike", ratio=1, overflow="fold")
    for clip in shown.segments:
        table.add_row(*_row(f"{clip.segment}", clip))
    table.add_row(*_row("film", shown.film))
    parts: list[RenderableType] = [table]
    if differences := _differences(shown):
        parts += [Text(), Text("What had changed:", style="bold"), labelled([_changed(one) for one in differences])]
    if shown.decisions:
        parts += [
            Text(),
            Text("Decided otherwise:", style="bold"),
            labelled([_decided(one) for one in shown.decisions]),
        ]
    return Group(*parts, Text(), _verdict(shown))


def _row(name: str, clip: ClipComparison) -> tuple[RenderableType, ...]:
    if clip.comparison is None:
        what = "not there this time" if clip.now is None else "not in the recorded film"
        if clip.was and clip.now:
            what = "not compared"
        return Text("✗", style="bold red"), name, clip.was or "", clip.now or "", Text(what, style="red")
    is_match = clip.comparison.likeness in MATCHING
    mark = Text("✓", style="green") if is_match else Text("✗", style="bold red")
    said = words(likeness_in_words(clip.comparison), "" if is_match else "red")
    return mark, name, clip.was or "", clip.now or "", said


def _differences(shown: ComparisonView) -> list[Difference]:
    """Return what had changed in how the clips were made, each change once."""
    comparisons: list[Comparison] = [
        clip.comparison for clip in (*shown.segments, shown.film) if clip.comparison is not None
    ]
    return list(dict.fromkeys(one for comparison in comparisons for one in comparison.differences))


def _changed(one: Difference) -> tuple[str, RenderableType]:
    return one.what, words(f"{shorten(one.was, VALUE_LENGTH_MAX)} → {shorten(one.now, VALUE_LENGTH_MAX)}")


def _decided(one: Decision) -> tuple[str, RenderableType]:
    if not one.was and not one.now:
        return one.about, words(one.what)
    named = f"{one.what}: " if one.what else ""
    was, now = (shorten(text, VALUE_LENGTH_MAX) for text in (one.was, one.now))
    return one.about, words(f"{named}{was} → {now}")


def _verdict(shown: ComparisonView) -> Text:
    source = shown.origin.production
    how = "from scratch" if shown.origin.kind is BranchKind.FROM_SCRATCH else "from its recorded orders"
    begin = f"The film of {source}, made again {how} as {shown.id},"
    if not shown.is_complete:
        return words(f"{begin} is not finished: nothing is known of the whole yet.", "bold yellow")
    if shown.matches:
        how_alike = {
            Likeness.SAME_BYTES: "is the same, byte for byte",
            Likeness.SAME_FRAMES: "has the same frames",
            Likeness.EQUIVALENT: "is equivalent",
        }[shown.likeness or Likeness.EQUIVALENT]
        return words(f"{begin} {how_alike}.", "bold green")
    bad = sum(one.likeness not in MATCHING for one in shown.segments)
    where = count_of(bad, "segment") if bad else "the joined film"
    if shown.likeness is Likeness.UNKNOWN:
        return words(f"{begin} can't be held against the record: {where} lacks it.", "bold red")
    return words(f"{begin} is not the same: {where} differ{'s' if bad == 1 or not bad else ''}.", "bold red")
