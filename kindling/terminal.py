"""The two ways out of the command: results to stdout, everything else to stderr; and trouble, said so that it helps."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import textwrap
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import typer

from bus.errors import KindlingError
from kindling.exits import Exit, code_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

MARK = "✗ "
PIPED_WIDTH = 160
"""The width of tables that go into a pipe or a file."""


def results() -> Console:
    """Return where results go: stdout."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False, width=width)


def asides() -> Console:
    """Return where everything else goes: stderr."""
    from rich.console import Console

    return Console(file=sys.stderr, markup=False, highlight=False, emoji=False)


def aside(text: str, style: str = "dim") -> None:
    """Say one line beside the result."""
    from rich.text import Text

    console = asides()
    console.print(Text(flowing(text, console.width), style=style), soft_wrap=True)


def flowing(text: str, width: int) -> str:
    """Return the text in lines of this width, broken between words: a path that is longer stays whole, to be copied."""
    lines = text.split("\n")
    return "\n".join(textwrap.fill(one, width, break_long_words=False, break_on_hyphens=False) for one in lines)


def print_result(text: str) -> None:
    """Print a line of the result as it is: no wrapping, no colour."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def print_json(document: bytes) -> None:
    """Print a JSON document as the result, indented on a terminal and in one line otherwise."""
    import msgspec

    print_result((msgspec.json.format(document) if sys.stdout.isatty() else document).decode())


def trouble_view(error: KindlingError) -> RenderableType:
    """Return what went wrong, why, and what to do next."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from kindling.screen import words

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    parts: list[RenderableType] = [words(error.what, "bold")]
    parts += [words(part, "dim") for part in (error.why, error.help) if part]
    grid.add_row(Text("✗", style="bold red"), Group(*parts))
    return grid


def tell_trouble(error: KindlingError) -> None:
    """Say on stderr what went wrong, why, and what to do next."""
    from rich.text import Text

    from kindling.screen import words

    console = asides()
    said = Text()
    for part in (error.what, error.why, error.help):
        if part:
            lines = flowing(words(part).plain, max(20, console.width - len(MARK))).replace("\n", f"\n{' ' * len(MARK)}")
            said.append(f"\n{' ' * len(MARK)}{lines}" if said else lines, "dim" if said else "bold")
    console.print(Text.assemble((MARK, "bold red"), said), soft_wrap=True)


def is_asking_possible() -> bool:
    """Say whether there is somebody to ask: a terminal to read from and one to write to."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ends_properly(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Turn every foreseeable error of a command into words and an exit code; no traceback."""

    @functools.wraps(command)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KindlingError as error:
            tell_trouble(error)
            raise typer.Exit(code_of(error)) from error
        except KeyboardInterrupt as error:
            raise typer.Exit(Exit.INTERRUPTED) from error
        except BrokenPipeError as error:
            # Whoever read us has gone: `kindling tail | head`. Nothing more may be written, not even at the exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(Exit.DONE) from error

    return guarded


def run(work: Coroutine[None, None, Result]) -> Result:
    """Run a command's work; Ctrl-C cancels it and is raised again once it has cleaned up."""
    quiet_logs()
    return asyncio.run(work)


def quiet_logs() -> None:
    """Keep what libraries log off the screen: what a person should know is said by the command itself."""
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger().addHandler(logging.NullHandler())
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    logging.getLogger("nats").setLevel(logging.CRITICAL)
