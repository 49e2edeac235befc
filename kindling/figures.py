"""What films have taken so far, as a page: time by kind of clip, takes, rejections, and the cost of a second. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kindling.screen import WIDTH_MAX, labelled, words
from kindling.wording import count_of, spell_seconds
from services.gateway.experience import ClipKind, Counted, Experience, Judged, Measured


def figures_view(found: Experience, width: int) -> RenderableType:
    """Return the page."""
    rows: list[tuple[str, RenderableType]] = [("takes", words(_takes(one))) for one in found.takes]
    if found.rejections:
        rows.append(("rejected", words(_counted(found.rejections))))
    if found.failures:
        rows.append(("failed", words(_counted(found.failures))))
    if found.film_count:
        rows.append(("films", words(_films(found))))
    return Group(clips_table(found.clips, min(width, WIDTH_MAX)), Text(), labelled(rows))


def clips_table(clips: Sequence[Measured], width: int) -> Table:
    """Return what clips took: a row for those that differ in nothing but their length."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", pad_edge=False)
    table.add_column("clips", justify="right", no_wrap=True)
    table.add_column("a frame", justify="right", no_wrap=True)
    table.add_column("a clip", justify="right", no_wrap=True)
    table.add_column("frames", justify="right", no_wrap=True, style="dim")
    table.add_column("size", no_wrap=True)
    table.add_column("rendered by", ratio=1, overflow="fold")
    for (_, size), group in groupby(sorted(clips, key=_order), key=lambda one: (_by(one.kind), _size(one.kind))):
        same = list(group)
        frames = [one.kind.frame_count for one in same]
        each_s = [second / one.kind.frame_count for one in same for second in one.recent_s]
        clip_s = [second for one in same for second in one.recent_s]
        table.add_row(
            f"{sum(one.count for one in same):,}",
            _per_frame(statistics.median(each_s)),
            spell_seconds(statistics.median(clip_s)),
            str(frames[0]) if len(frames) == 1 else f"{min(frames)}–{max(frames)}",
            size,
            words(_by(same[0].kind)),
        )
    table.width = width
    return table


def _order(one: Measured) -> tuple[str, bool, str, int, str, int]:
    kind = one.kind
    return kind.renderer, kind.draft, _by(kind), kind.width * kind.height, _size(kind), kind.frame_count


def _by(kind: ClipKind) -> str:
    """Return what a clip was rendered with and where, in words."""
    steps = f"{kind.steps} steps" if kind.steps else ""
    return " · ".join(
        one for one in (kind.renderer, "samples" if kind.draft else "", kind.model or "", steps, kind.machine) if one
    )


def _size(kind: ClipKind) -> str:
    return f"{kind.width}×{kind.height}"


def _per_frame(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else spell_seconds(seconds)


def _takes(one: Judged) -> str:
    """Return what became of a renderer's takes, in a sentence."""
    parts = [f"{one.renderer}: {count_of(one.rendered, 'take')}"]
    parts += [
        f"{count:,} {what}"
        for count, what in (
            (one.approved, "approved"),
            (one.rejected, "rejected"),
            (one.kept, "kept as the best"),
            (one.failed, "failed"),
            (one.accepted_by_hand, "accepted by hand"),
            (one.refused_by_hand, "refused by hand"),
        )
        if count
    ]
    if one.takes_per_approval is not None:
        parts.append(f"{one.takes_per_approval:.2f} takes for an approval")
    reviewed = one.approved + one.rejected
    if reviewed and one.review_s:
        parts.append(f"a review takes {spell_seconds(one.review_s / reviewed)}")
    return " · ".join(parts)


def _counted(found: Iterable[Counted]) -> str:
    return " · ".join(f"{one.name.replace('_', ' ').replace('-', ' ')} {one.count:,}" for one in found)


def _films(found: Experience) -> str:
    """Return what finished films have cost, in a sentence."""
    render_s, join_s = found.film_render_s / found.film_s, found.join_s / found.film_s
    return (
        f"{count_of(found.film_count, 'film')}, {spell_seconds(found.film_s)} together · a finished second costs "
        f"{spell_seconds(render_s)} of rendering, retakes and samples included, and {spell_seconds(join_s)} of joining"
    )
