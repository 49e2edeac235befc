"""Commands that look: ls, show, tail, replay, verify, doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kindling.arguments import AsJson, Id, MaybeId
from kindling.terminal import aside, ends_properly, print_json, results, run

if TYPE_CHECKING:
    from bus.production import Production
    from kindling.reading import History
    from kindling.verify import Report
    from services.gateway.view import Summary


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command, example in (
        (ls, "kindling ls"),
        (show, "kindling show lighthouse"),
        (tail, "kindling tail lighthouse --since 12"),
        (replay, "kindling replay lighthouse --at 7"),
        (verify, "kindling verify"),
        (doctor, "kindling doctor"),
    ):
        app.command(epilog=f"Example:  {example}", rich_help_panel="Look")(ends_properly(command))


def ls(as_json: AsJson = False) -> None:
    """List the productions, newest first."""
    from datetime import UTC, datetime

    import msgspec

    from kindling.page import productions_table

    found = run(_list())
    if as_json:
        print_json(msgspec.json.encode(found))
    elif found:
        console = results()
        console.print(productions_table(found, datetime.now(UTC), console.width))
    else:
        aside('No productions yet. Make one: kindling make "A lighthouse keeper rows out at dusk"')


async def _list() -> list[Summary]:
    from kindling.client import Gateway
    from kindling.reach import running

    async with Gateway(running().gateway_url) as gateway:
        return await gateway.productions()


def show(production: Id, as_json: AsJson = False) -> None:
    """Show a production: what was said, the brief, the plan, and where each segment stands."""
    _show(production, None, as_json=as_json)


def replay(
    production: Id,
    at: Annotated[
        int | None, typer.Option("--at", metavar="N", help="As of event N; of the last one without.", min=1)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild a production from its log alone, and show it as of any event."""
    _show(production, at, as_json=as_json, is_replay=True)


def _show(text: str, at: int | None, *, as_json: bool, is_replay: bool = False) -> None:
    from datetime import datetime

    import msgspec

    from bus.events import Recorded
    from kindling.home import find_home, load_settings
    from kindling.page import production_page
    from kindling.places import Places
    from kindling.screen import address_line
    from kindling.wording import said
    from services.gateway.view import view

    state, history = run(_read(text, at))
    if as_json:
        print_json(msgspec.json.encode(view(state)))
        return
    as_of = ""
    if is_replay:
        last = next(one.event for one in history if isinstance(one, Recorded) and one.event.ordinal == state.ordinal)
        count = sum(isinstance(one, Recorded) for one in history)
        when = datetime.fromisoformat(last.time).astimezone()
        as_of = f"as of event {state.ordinal} of {count}, {when:%d %B %Y, %H:%M:%S}: {said(last.fact).text}"
    console = results()
    console.print(production_page(state, console.width, as_of=as_of))
    places = Places(load_settings(find_home()).productions_folder)
    film = places.film(state.id, state.cuts[-1]) if state.cuts else ""
    if film:
        console.print(address_line(film), soft_wrap=True)


async def _read(text: str, at: int | None) -> tuple[Production, History]:
    from kindling.reading import all_productions, history_of, open_log, state_at

    async with open_log() as journal:
        production, history = await history_of(journal, text, lambda: all_productions(journal))
    return state_at(production, history, at), history


def tail(
    production: MaybeId = None,
    since: Annotated[
        int,
        typer.Option(
            "--since", metavar="N", min=0, help="Begin after event N of the production, or sequence N of all."
        ),
    ] = 0,
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", "-f/-F", help="Go on with what is added, or end when all is read.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Follow the log live, a line for each event; a restart of the server is waited out."""
    from kindling import tail as tailing

    run(tailing.tail(production, since, follow=follow, as_json=as_json))


def verify(production: MaybeId = None, as_json: AsJson = False) -> None:
    """Check the chain of each production, and every artifact against its digest."""
    import msgspec

    from kindling.exits import Exit
    from kindling.page import reports_view

    reports = run(_verify(production))
    if as_json:
        print_json(msgspec.json.encode(reports))
    elif reports:
        results().print(reports_view(reports))
    else:
        aside("There is nothing on the log yet.")
    if not all(one.is_sound for one in reports):
        raise typer.Exit(Exit.DAMAGED)


async def _verify(text: str | None) -> list[Report]:
    import asyncio

    from bus.wire.artifacts import FolderArtifacts
    from kindling.home import find_home, load_settings
    from kindling.reading import all_productions, history_of, open_log
    from kindling.verify import check

    store = FolderArtifacts(load_settings(find_home()).productions_folder / "objects")
    reports = []
    async with open_log() as journal:
        if text is not None:
            production, history = await history_of(journal, text, lambda: all_productions(journal))
            return [await asyncio.to_thread(check, production, history, store)]
        for production in await all_productions(journal):
            history = await journal.read(production)
            reports.append(await asyncio.to_thread(check, production, history, store))
    return reports


def doctor(as_json: AsJson = False) -> None:
    """Say what is there, what is missing, and what to do about it."""
    from kindling.doctor import doctor as examine

    examine(as_json=as_json)
