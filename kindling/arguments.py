"""Arguments that several commands share, and how a shell completes an id."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

COMPLETE_WITHIN_S = 0.4
"""A shell waits for this at each press of the tab key."""


def complete_id(incomplete: str) -> list[tuple[str, str]]:
    """Return the ids that begin so, newest first, each with its title; none where Kindling does not run."""
    import json
    import urllib.request

    from services._kit.home import find_home

    try:
        address = json.loads(find_home().run_file.read_text(encoding="utf-8"))["gateway_url"]
        request = f"{address}/v1/productions?limit=100"
        with urllib.request.urlopen(request, timeout=COMPLETE_WITHIN_S) as answer:  # noqa: S310 - the home's own gateway
            listed = json.load(answer)["productions"]
    except (OSError, ValueError, KeyError):
        # A shell has no place for an error: there is nothing to complete then.
        return []
    return [(one["id"], one["title"]) for one in listed if one["id"].startswith(incomplete)]


Id: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="The production, or the beginning of its id.", autocompletion=complete_id)
]
MaybeId: TypeAlias = Annotated[
    str | None,
    typer.Argument(metavar="[ID]", help="The production, or the beginning of its id.", autocompletion=complete_id),
]
Images: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        "--image",
        metavar="FILE",
        help="A picture that comes with it: PNG, JPEG or WebP. May be said several times.",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]


def misuse(what: str, hint: str) -> typer.BadParameter:
    """Return an error in how the command was called; it ends with exit code 2, as the parser's own do."""
    return typer.BadParameter(f"{what} {hint}".strip())
