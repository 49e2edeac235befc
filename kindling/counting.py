"""One line on stderr that says how far long work is, and is gone afterwards. Without a terminal nothing is drawn."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from kindling.terminal import asides

Tell = Callable[[str, int, int], None]
"""Told what is being worked on, how much of it is done, and of how much. It may be called from any thread."""


@contextlib.contextmanager
def counting() -> Iterator[Tell]:
    """Give what tells how far the work is."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = asides()
    if not console.is_terminal:
        yield lambda _what, _done, _total: None
        return
    columns = (TextColumn("[dim]{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        # Before anything was told there is nothing to show: work of a moment leaves no empty bar behind.
        line = progress.add_task("", total=None, visible=False)

        def tell(what: str, done: int, total: int) -> None:
            progress.update(line, description=what, completed=done, total=total, visible=True)

        yield tell
