"""Commands that look: ls, show, tail, replay, diff, why, verify, doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kindling.arguments import AsJson, Id, MaybeId, misuse
from kindling.terminal import aside, ends_properly, print_json, results, run

if TYPE_CHECKING:
    from bus.ids import ProductionId
    from kindling.reading import History
    from kindling.repair import Repaired
    from kindling.verify import Report
    from services.gateway.experience import Experience
    from services.gateway.view import Summary


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command, example in (
        (ls, "kindling ls"),
        (show, "kindling show lighthouse"),
        (tail, "kindling tail lighthouse --since 12"),
        (replay, "kindling replay lighthouse --at 7"),
        (diff, "kindling diff lighthouse 7 12"),
        (why, "kindling why lighthouse segment 3"),
        (verify, "kindling verify"),
        (stats, "kindling stats"),
        (doctor, "kindling doctor"),
    ):
        app.command(epilog=f"Example:  {example}", rich_help_panel="Look")(ends_properly(command))


LISTED = 50
"""Productions that are listed where nothing else is said: what a person looks for is mostly new."""


def ls(
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many at most.")] = LISTED,
    is_all: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the newest productions, newest first."""
    from datetime import UTC, datetime

    import msgspec

    from kindling.page import productions_table

    found, more = run(_list(None if is_all else limit))
    if as_json:
        print_json(msgspec.json.encode(found))
    elif found:
        console = results()
        console.print(productions_table(found, datetime.now(UTC), console.width))
    else:
        aside('No productions yet. Make one: kindling make "A lighthouse keeper rows out at dusk"')
    if more:
        aside(f"{more:,} older {'one is' if more == 1 else 'ones are'} not listed. All of them: kindling ls --all")


async def _list(limit: int | None) -> tuple[list[Summary], int]:
    from kindling.reach import gateway_of, running

    async with gateway_of(running()) as gateway:
        return await gateway.newest(limit)


def show(production: Id, as_json: AsJson = False) -> None:
    """Show a production: what was said, the brief, the plan, and where each segment stands."""
    _show(production, None, as_json=as_json)


def replay(
    production: Id,
    at: Annotated[
        int | None, typer.Option("--at", metavar="N", help="As of event N; of the last one without.", min=1)
    ] = None,
    at_time: Annotated[
        str | None,
        typer.Option("--at-time", metavar="T", help='As of a moment: "2026-03-01 14:32", 14:32, "10 minutes ago".'),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild a production from its log alone, and show it as of any event or moment."""
    if at is not None and at_time is not None:
        raise misuse("--at and --at-time both say when.", "Give one of them.")
    _show(production, at, at_time=at_time, as_json=as_json, is_replay=True)


def diff(
    production: Id,
    before: Annotated[int, typer.Argument(metavar="N1", help="The event to begin with.", min=1)],
    after: Annotated[
        int | None, typer.Argument(metavar="[N2]", help="The event to end with; the last one without.", min=1)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed between two events of a production."""
    import msgspec

    from kindling.moments_view import difference_view
    from kindling.reading import event_at, state_at
    from services.gateway.difference import difference

    name, history = run(_history(production))
    states = [state_at(name, history, at) for at in (before, after)]
    changes = difference(*states)
    if as_json:
        print_json(msgspec.json.encode(changes))
        return
    results().print(difference_view(changes, *(event_at(history, one.ordinal) for one in states)))


def why(
    production: Id,
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHAT]", help="`segment 3`, `take 3-2`, `sample`, `brief`, `plan` or `film`."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say why something is as it is: the chain of events from your sentence to the pixels."""
    import msgspec

    from bus.events import Recorded
    from kindling.moments_view import why_view
    from kindling.targets import parse_target
    from services.gateway.causes import why as causes_of

    target = parse_target(" ".join(what or ()))
    name, history = run(_history(production))
    found = causes_of(name, history, target)
    if as_json:
        print_json(msgspec.json.encode(found))
        return
    facts = {one.event.ordinal: one.event.fact for one in history if isinstance(one, Recorded)}
    console = results()
    console.print(why_view(found, facts, console.width))


def _show(text: str, at: int | None, *, at_time: str | None = None, as_json: bool, is_replay: bool = False) -> None:
    from datetime import datetime

    import msgspec

    from bus.events import ProductionDeleted, Recorded
    from kindling.home import find_home, load_settings
    from kindling.moments import ordinal_at, parse_moment
    from kindling.page import production_page
    from kindling.places import Places
    from kindling.reading import event_at, state_at
    from kindling.screen import address_line
    from kindling.wording import said
    from services.gateway.view import view

    moment = parse_moment(at_time, datetime.now().astimezone()) if at_time is not None else None
    production, history = run(_history(text))
    if moment is not None:
        at = ordinal_at(production, history, moment)
    state = state_at(production, history, at)
    if as_json:
        print_json(msgspec.json.encode(view(state)))
        return
    as_of = ""
    if is_replay:
        last = event_at(history, state.ordinal).event
        count = sum(isinstance(one, Recorded) for one in history)
        when = datetime.fromisoformat(last.time).astimezone()
        as_of = f"as of event {state.ordinal} of {count}, {when:%d %B %Y, %H:%M:%S}: {said(last.fact).text}"
    console = results()
    console.print(production_page(state, console.width, as_of=as_of))
    places = Places(load_settings(find_home()).productions_folder)
    film = places.film(state.id, state.cuts[-1]) if state.cuts else ""
    if film:
        console.print(address_line(film), soft_wrap=True)
    elif state.cuts and at is None and not isinstance(state.end, ProductionDeleted):
        aside(f"There is no file of the film here. If there should be: kindling verify {state.id} --repair", "yellow")


async def _history(text: str) -> tuple[ProductionId, History]:
    from kindling.reading import all_productions, history_of, open_log

    async with open_log() as journal:
        return await history_of(journal, text, lambda: all_productions(journal))


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


def verify(
    production: MaybeId = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Bring back what is missing or altered, where its very bytes can be had.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check the chain of each production, and every artifact against its digest; mend what can be mended."""
    import msgspec

    from kindling.exits import Exit
    from kindling.page import reports_view

    if repair:
        _repair(production, as_json=as_json)
        return
    reports = run(_verify(production))
    if as_json:
        print_json(msgspec.json.encode(reports))
    elif reports:
        results().print(reports_view(reports))
    else:
        aside("There is nothing on the log yet.")
    if not all(one.is_sound for one in reports):
        aside("Clips and pictures that can be had again come back with: kindling verify --repair")
        raise typer.Exit(Exit.DAMAGED)


async def _verify(text: str | None) -> list[Report]:
    import asyncio

    from bus.wire.artifacts import FolderArtifacts
    from kindling.counting import counting
    from kindling.home import find_home, load_settings
    from kindling.reading import histories, open_log
    from kindling.verify import check

    store = FolderArtifacts(load_settings(find_home()).productions_folder / "objects")
    reports = []
    with counting() as tell:
        async with open_log() as journal:
            async for production, history, number, count in histories(journal, text):
                tell(production, number, count)
                reports.append(await asyncio.to_thread(check, production, history, store))
    return reports


def _repair(production: str | None, *, as_json: bool) -> None:
    import msgspec

    from kindling.exits import Exit
    from kindling.page import repaired_view, reports_view

    done = run(_mend(production))
    if as_json:
        print_json(msgspec.json.encode(done))
    elif done:
        results().print(repaired_view(done))
        results().print(reports_view([one.report for one in done]))
    else:
        aside("There is nothing on the log yet.")
    if any(one.has_names_left for each in done for one in each.mended):
        aside("Folders of other films still lead to what was altered. Name them anew: kindling rebuild", "yellow")
    if not all(one.report.is_sound for one in done):
        raise typer.Exit(Exit.DAMAGED)


async def _mend(text: str | None) -> list[Repaired]:
    from bus.wire.artifacts import FolderArtifacts
    from kindling.atelier import creator_at_work
    from kindling.counting import counting
    from kindling.home import find_home, load_settings
    from kindling.reading import histories, open_log
    from kindling.repair import Repairer

    settings = load_settings(find_home())
    folder = settings.productions_folder
    done = []
    with counting() as tell:
        async with open_log() as journal, creator_at_work(settings, journal) as perform:
            repairer = Repairer(folder, FolderArtifacts(folder / "objects"), perform, tell)
            async for production, history, _, _ in histories(journal, text):
                done.append(await repairer.repair(production, history))
    return done


def stats(as_json: AsJson = False) -> None:
    """Say what films have taken so far: time by kind of clip, takes, rejections, cost of a finished second."""
    import msgspec

    from kindling.figures import figures_view

    found = run(_stats())
    if as_json:
        print_json(msgspec.json.encode(found))
    elif found.clips:
        console = results()
        console.print(figures_view(found, console.width))
    else:
        aside("Nothing was rendered yet, so there is nothing to go by.")


async def _stats() -> Experience:
    from kindling.client import Gateway
    from kindling.reach import running

    async with Gateway(running().gateway_url) as gateway:
        return await gateway.stats()


def doctor(as_json: AsJson = False) -> None:
    """Say what is there, what is missing, and what to do about it."""
    from kindling.doctor import doctor as examine

    examine(as_json=as_json)
