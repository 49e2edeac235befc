"""Commands about the review: how its criteria stand with people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from kindling.arguments import AsJson
from kindling.terminal import aside, ends_properly, print_json, results, run

if TYPE_CHECKING:
    from rich.console import RenderableType

    from services.reviewer.standing import Stats

group = typer.Typer(help="How takes are reviewed.", no_args_is_help=True)


@group.callback()
def review() -> None:
    """Keep the group a group: with one command it would be that command."""


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group.command("stats", epilog="Example:  kindling review stats")(ends_properly(stats))
    app.add_typer(group, name="review", rich_help_panel="Look")


def stats(as_json: AsJson = False) -> None:
    """Say of each criterion how often people disagreed with its rejections, and whether it may still reject."""
    import msgspec

    found = run(_stats())
    if as_json:
        print_json(msgspec.json.encode(found))
        return
    if found.criteria:
        results().print(stats_table(found))
    else:
        aside("No take was turned down yet.")
    refused = f"; people refused {found.refused_count} of them" if found.approved_count else ""
    aside(f"Takes that were approved: {found.approved_count}{refused}.")
    aside(
        f"A criterion of which people overruled {found.disagreement_max:.0%} of at least {found.rejections_min} "
        "rejections only notes (review.disagreement_max and review.rejections_min in kindling.toml)."
    )


def stats_table(found: Stats) -> RenderableType:
    """Return how each criterion stands, the most disputed first."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", pad_edge=False)
    table.add_column("criterion", no_wrap=True)
    for name in ("rejected", "people disagreed", "share"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("it may")
    for one in found.criteria:
        right = Text("reject", style="green") if one.may_reject else Text("only note", style="yellow")
        share = f"{one.disagreement:.0%}"
        table.add_row(one.criterion, str(one.rejected_count), str(one.disagreed_count), share, right)
    return table


async def _stats() -> Stats:
    from bus.events import Recorded
    from kindling.home import find_home, load_settings
    from kindling.reading import open_log
    from services.reviewer.standing import Limits, Reputation

    review = load_settings(find_home()).review
    reputation = Reputation(Limits(disagreement_max=review.disagreement_max, rejections_min=review.rejections_min))
    async with open_log() as journal:
        last = await journal.last_sequence()
        if last:
            async for one in journal.follow():
                if isinstance(one, Recorded):
                    reputation.take(one)
                if one.sequence >= last:
                    break
    return reputation.tally.stats()
