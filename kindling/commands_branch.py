"""Commands that branch from a production: fork it at any event, or make its film again and compare the two."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kindling.arguments import AsJson, Id, misuse
from kindling.terminal import ends_properly

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be rendered, and how long it would take.")]
At = Annotated[
    int | None, typer.Option("--at", metavar="N", min=1, help="After event N of it; after the last one without.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command, example in (
        (fork, 'kindling fork lighthouse --segment 3 --prompt "A wolf crosses the ice"'),
        (regenerate, "kindling regenerate lighthouse"),
    ):
        app.command(epilog=f"Example:  {example}", rich_help_panel="Branch")(ends_properly(command))


def fork(
    production: Id,
    at: At = None,
    say: Annotated[
        str | None, typer.Option("--say", metavar="WORDS", help="What should be different, in words.")
    ] = None,
    segment: Annotated[
        int | None, typer.Option("--segment", metavar="N", min=1, help="Which segment the prompt is for.")
    ] = None,
    prompt: Annotated[
        str | None, typer.Option("--prompt", metavar="WORDS", help="What is to be seen in it instead.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", metavar="FILE", help="A whole plan, as JSON.", exists=True, dir_okay=False, readable=True
        ),
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Branch from a production at any event: a film of its own that renders only what is different."""
    from kindling import forking
    from services.gateway.requests import ForkBody

    for name, said in (("--say", say), ("--prompt", prompt)):
        if said is not None and not said.strip():
            raise misuse(
                f"{name} has no words.", "Say what should be different; without it the fork is as the film is."
            )
    if sum((say is not None, segment is not None or prompt is not None, plan is not None)) > 1:
        raise misuse("A fork has one change.", "Give --say, or --segment with --prompt, or --plan.")
    if (segment is None) != (prompt is None):
        raise misuse("--segment and --prompt belong together.", 'As in: --segment 3 --prompt "A wolf crosses the ice".')
    whole = forking.read_plan(plan) if plan else None
    body = ForkBody(at=at, words=say or "", segment=segment, prompt=prompt or "", plan=whole)
    forking.fork(production, body, yes=yes, dry_run=dry_run, as_json=as_json)


def regenerate(
    production: Id,
    at: Annotated[
        int | None, typer.Option("--at", metavar="N", min=1, help="The film as of event N; the newest one without.")
    ] = None,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="Ask the agents again, too: the same words in the same order.")
    ] = False,
    go_on: Annotated[
        bool, typer.Option("--continue", help="Go on with the newest one that was begun, and compare that.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make a film again from its recorded events, and say whether it came out the same."""
    from kindling import regenerating
    from services.gateway.requests import AgainBody

    if go_on and (at is not None or from_scratch or dry_run):
        raise misuse("--continue goes on with what was begun.", "Leave the other options out.")
    body = AgainBody(at=at, from_scratch=from_scratch, dry_run=dry_run)
    regenerating.regenerate(production, body, go_on=go_on, as_json=as_json)
