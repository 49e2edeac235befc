"""Commands about tokens: who may use the gateway from elsewhere, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kindling.arguments import AsJson
from kindling.exits import Exit, Trouble
from kindling.terminal import aside, ends_properly, print_json, print_result, results
from services._kit.tokens import Scope

if TYPE_CHECKING:
    from services._kit.tokens import TokenWrong

group = typer.Typer(help="Tokens for whoever uses the gateway from elsewhere.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for name, command, example in (
        ("new", new, "kindling token new phone --scope read"),
        ("ls", ls, "kindling token ls"),
        ("rm", rm, "kindling token rm phone"),
    ):
        group.command(name, epilog=f"Example:  {example}")(ends_properly(command))
    app.add_typer(group, name="token", rich_help_panel="Keep")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What uses it: phone, studio, my-ui.")],
    scope: Annotated[
        Scope, typer.Option("--scope", help="read: look at everything; direct: do whatever you can do.")
    ] = Scope.DIRECT,
) -> None:
    """Make a token. It is shown this once; only its hash is kept."""
    from kindling.home import find_home
    from services._kit.tokens import TokenWrong, make_token

    try:
        made, text = make_token(find_home(), name, scope)
    except TokenWrong as error:
        raise _trouble(error) from error
    may = "look, and do whatever you can do" if made.scope is Scope.DIRECT else "look at everything, and change nothing"
    aside(f"{made.name} may {may}. Keep the token now: it is not shown again.")
    print_result(text)
    aside("It is sent as a header:  Authorization: Bearer kdl_…")


def ls(as_json: AsJson = False) -> None:
    """List the tokens: what they are called and what they allow. None can be shown again."""
    import msgspec

    from kindling.home import find_home
    from services._kit.tokens import TokenWrong, tokens_of

    try:
        known = tokens_of(find_home())
    except TokenWrong as error:
        raise _trouble(error) from error
    if as_json:
        shown = [{"id": one.id, "name": one.name, "scope": one.scope, "created": one.created} for one in known]
        print_json(msgspec.json.encode(shown))
    elif known:
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for column in ("name", "id", "scope", "made"):
            table.add_column(column, style="cyan" if column == "name" else None)
        for one in known:
            table.add_row(one.name, one.id, one.scope.value, one.created.replace("T", " ").removesuffix("Z"))
        results().print(table)
    else:
        aside("No tokens yet. Make one: kindling token new phone")


def rm(which: Annotated[str, typer.Argument(metavar="TOKEN", help="Its name, or its id.")]) -> None:
    """Remove a token: a gateway that runs lets it in no more."""
    from kindling.home import find_home
    from services._kit.tokens import TokenWrong, remove_token

    try:
        removed = remove_token(find_home(), which)
    except TokenWrong as error:
        raise _trouble(error) from error
    aside(f"{removed.name} ({removed.id}) is removed.")


def _trouble(error: TokenWrong) -> Trouble:
    from services._kit.tokens import TokenUnknown

    code = Exit.UNKNOWN if isinstance(error, TokenUnknown) else Exit.REFUSED
    return Trouble(code, error.what, why=error.why, help=error.help)
