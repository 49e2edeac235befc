"""The command `kindling`: what it can be told. Each command imports what it needs only when it is run."""

from __future__ import annotations

import sys

import typer

from kindling import (
    commands_act,
    commands_branch,
    commands_keep,
    commands_make,
    commands_read,
    commands_review,
    commands_token,
    commands_workflows,
)

app = typer.Typer(
    name="kindling",
    help="Turns a sentence into a film, on your own machine.",
    epilog='Begin with:  kindling make "A lighthouse keeper rows out at dusk, 20 seconds, painterly"',
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
commands_make.add_to(app)
commands_read.add_to(app)
commands_act.add_to(app)
commands_branch.add_to(app)
commands_keep.add_to(app)
commands_workflows.add_to(app)
commands_review.add_to(app)
commands_token.add_to(app)


def main() -> None:
    """Run the command; its exit codes are those of `kindling.exits.Exit`."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a character shows a question mark; it is no reason to fail.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    app()


if __name__ == "__main__":
    main()
