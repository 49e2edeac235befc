"""Arguments that several commands share, and how a shell completes an id."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer


class LlmOption(enum.StrEnum):
    """Whether language models think."""

    AUTO = "auto"
    OLLAMA = "ollama"
    OFF = "off"


COMPLETE_WITHIN_S = 0.4
"""A shell waits for this at each press of the tab key."""


def complete_id(incomplete: str) -> list[tuple[str, str]]:
    """Return the ids that begin so, newest first, each with its title; none where Kindling does not run."""
    import json
    import urllib.request

    from services._kit.home import find_home
    from services._kit.tokens import known_local_token

    try:
        home = find_home()
        address = json.loads(home.run_file.read_text(encoding="utf-8"))["gateway_url"]
        token = known_local_token(home)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"{address}/v1/productions?limit=100", headers=headers)  # noqa: S310 - as below
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
LlmChoice: TypeAlias = Annotated[
    LlmOption | None,
    typer.Option(
        "--llm",
        help="Whether models think: ollama (not without), off (rules alone), auto (ollama where it answers). "
        "As in kindling.toml if it is not said.",
    ),
]
ComfyUiServers: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--comfyui",
        metavar="URL",
        help="Render on this ComfyUI server, as http://127.0.0.1:8188. May be said several times.",
    ),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]


def misuse(what: str, hint: str) -> typer.BadParameter:
    """Return an error in how the command was called; it ends with exit code 2, as the parser's own do."""
    return typer.BadParameter(f"{what} {hint}".strip())
