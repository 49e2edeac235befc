"""What `kindling regenerate` does: it has the film made again, watches, and says how it stands to the recorded one."""

from __future__ import annotations

import asyncio
import time

import msgspec
import typer

from bus.ids import ProductionId
from bus.likeness import MATCHING, Likeness
from bus.production import Production
from kindling.client import Answer, Gateway
from kindling.command_make import Begun, display_here
from kindling.comparison import comparison_page
from kindling.ends import end_of
from kindling.exits import Exit, Trouble, code_of
from kindling.forking import branched
from kindling.home import find_home, load_settings
from kindling.making import Making
from kindling.manner import Left, Manner
from kindling.places import Places
from kindling.reach import gateway_of, running_or_started
from kindling.terminal import aside, is_asking_possible, print_json, print_result, results, run, tell_trouble
from kindling.watch import Watch
from services.gateway.branch_view import BranchKind, OutlookView
from services.gateway.comparison_view import ComparisonView
from services.gateway.requests import AgainBody


def regenerate(text: str, body: AgainBody, *, go_on: bool, as_json: bool) -> None:
    """Make a film again, print how it stands to the recorded one, and end with the exit code that says it.

    Raises:
        KindlingError: it can't be made again, or not watched.
        typer.Exit: it is not the recorded film.
    """
    begun = Begun()
    try:
        found = run(_regenerate(text, body, begun, go_on=go_on))
    except (KeyboardInterrupt, Left) as error:
        aside("")
        aside("Stopped watching; it goes on. To see how it ends:", "yellow")
        aside(f"  kindling regenerate --continue {begun.production or text}", "bold")
        raise typer.Exit(Exit.INTERRUPTED) from error
    if isinstance(found, OutlookView):
        if as_json:
            print_json(msgspec.json.encode(found))
        else:
            print_result(found.says)
        return
    _tell(*found, as_json=as_json)


def _tell(production: Production, comparison: ComparisonView, *, as_json: bool) -> None:
    """Print how the film stands to the recorded one.

    Raises:
        typer.Exit: it is another one, or there is none.
    """
    if as_json:
        print_json(msgspec.json.encode(comparison))
    else:
        console = results()
        console.print(comparison_page(comparison, console.width))
    trouble = end_of(production)
    if trouble is not None:
        tell_trouble(trouble)
    code = code_of_comparison(comparison) if trouble is None else code_of(trouble)
    if code is not Exit.DONE:
        raise typer.Exit(code)


def code_of_comparison(comparison: ComparisonView) -> Exit:
    """Return the exit code: a match, a difference, or a record that is missing or altered."""
    if comparison.matches:
        compared = [one.comparison for one in (*comparison.segments, comparison.film) if one.comparison is not None]
        return Exit.DAMAGED if any(one.why for one in compared) else Exit.DONE
    likenesses = {one.likeness for one in (*comparison.segments, comparison.film)}
    is_missing = likenesses - MATCHING == {Likeness.UNKNOWN}
    return Exit.DAMAGED if is_missing else Exit.DIFFERENT


async def _regenerate(
    text: str, body: AgainBody, begun: Begun, *, go_on: bool
) -> OutlookView | tuple[Production, ComparisonView]:
    settings = load_settings(find_home())
    running = await asyncio.to_thread(running_or_started)
    begun.places = Places(settings.productions_folder, running.gateway_url)
    async with gateway_of(running) as gateway:
        production = await gateway.find(text)
        if go_on:
            answer = await _begun_before(gateway, production)
        else:
            outlook = await gateway.outlook(production, body)
            if body.dry_run:
                return outlook
            aside(f"{outlook.says[0].upper()}{outlook.says[1:]}.", "bold")
            answer = await branched(gateway, production, body)
            aside(f"{answer.id} makes the film of {production} again", "")
        begun.production = answer.id
        watch = Watch(answer.id, time.monotonic)
        manner = Manner(is_asking=is_asking_possible())
        done = await Making(gateway, watch, display_here(), begun.places, manner).run(answer.revision)
        return done, await gateway.comparison(answer.id)


async def _begun_before(gateway: Gateway, production: ProductionId) -> Answer:
    """Return what is to be gone on with: the newest film that was made again of this one, or this one if it is one.

    Raises:
        Trouble: there is none.
    """
    listed = await gateway.productions()
    again = [one for one in listed if one.origin is not None and one.origin.kind is not BranchKind.FORK]
    for one in again:  # newest first
        assert one.origin is not None
        if production in (one.id, one.origin.production):
            return Answer(one.id, one.revision)
    raise Trouble(
        Exit.UNKNOWN,
        f"The film of {production} was not made again yet.",
        help=f"Begin with: kindling regenerate {production}",
    )
