"""What `kindling fork` does: it says what the fork will be, asks, begins it, and watches it to its end."""

from __future__ import annotations

import asyncio
import time
import uuid
from pathlib import Path

import msgspec
import typer

from bus.ids import ProductionId
from bus.plan import Plan
from bus.production import Production
from kindling.client import Answer, Branching, Gateway
from kindling.command_make import PAUSE_S, TRIES_TO_CREATE, Begun, display_here, tell_end, tell_left
from kindling.display import confirm
from kindling.exits import Exit, Trouble
from kindling.home import find_home, load_settings
from kindling.making import Making
from kindling.manner import Left, Manner
from kindling.places import Places
from kindling.reach import gateway_of, running_or_started
from kindling.terminal import aside, is_asking_possible, print_json, print_result, run
from kindling.watch import Watch
from services.gateway.branch_view import OutlookView
from services.gateway.requests import ForkBody


def read_plan(path: Path) -> Plan:
    """Return the plan in a file.

    Raises:
        Trouble: it can't be read, or holds no plan.
    """
    try:
        content = path.read_bytes()
        if len(content) > 2 * Plan.LIMIT_BYTES:
            raise Trouble(Exit.MISUSED, f"{path} is too large for a plan.", help="A plan has 512 KiB at most.")
        return msgspec.json.decode(content, type=Plan)
    except OSError as error:
        raise Trouble(Exit.MISUSED, f"{path} can't be read.", why=f"{error.strerror or error}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Trouble(
            Exit.MISUSED,
            f"{path} holds no plan.",
            why=f"{error}.",
            help="A plan is JSON as in productions/plans/ID/plan-1.json; docs/plan.md says what may stand in it.",
        ) from error


def fork(text: str, body: ForkBody, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Fork a production, and print where its film is.

    Raises:
        KindlingError: it can't be forked, or not watched.
    """
    begun = Begun()
    try:
        done = run(_fork(text, body, begun, yes=yes, dry_run=dry_run, as_json=as_json))
    except (KeyboardInterrupt, Left) as error:
        tell_left(begun.production)
        raise typer.Exit(Exit.INTERRUPTED) from error
    if done is not None:
        tell_end(done, begun.places, as_json=as_json)


async def _fork(
    text: str, body: ForkBody, begun: Begun, *, yes: bool, dry_run: bool, as_json: bool
) -> Production | None:
    """Return the fork once it is over, or waits for somebody who is not here; None if none was begun."""
    settings = load_settings(find_home())
    running = await asyncio.to_thread(running_or_started)
    begun.places = Places(settings.productions_folder, running.gateway_url)
    async with gateway_of(running) as gateway:
        production = await gateway.find(text)
        outlook = await gateway.outlook(production, body)
        # From here on it is this very point that is meant, whatever else happens to the other one meanwhile.
        body = msgspec.structs.replace(body, at=outlook.origin.ordinal)
        if dry_run:
            _print(outlook, as_json=as_json)
            return None
        _tell(outlook)
        is_asking = is_asking_possible() and not yes
        if outlook.segments and not yes:
            if not is_asking:
                raise Trouble(
                    Exit.MISUSED,
                    "Rendering takes time, and there is no terminal to ask on.",
                    help="Add --yes to go ahead, or --dry-run to see what it would be.",
                )
            if outlook.is_bound:
                # What it will be is known once the words are understood: it is asked then.
                body = msgspec.structs.replace(body, hold=True)
            elif not await confirm("Fork it?", default=True):
                aside("Nothing was begun.")
                raise typer.Exit(Exit.INTERRUPTED)
        answer = await branched(gateway, production, body)
        begun.production = answer.id
        aside(f"{answer.id} branches from {production} at event {outlook.origin.ordinal}", "")
        manner = Manner(is_asking=is_asking_possible(), yes=yes)
        watch = Watch(answer.id, time.monotonic)
        return await Making(gateway, watch, display_here(), begun.places, manner).run(answer.revision)


async def branched(gateway: Gateway, production: ProductionId, body: Branching) -> Answer:
    """Begin a branch. An answer that was lost is asked for again under the same key."""
    key = str(uuid.uuid4())
    for _ in range(TRIES_TO_CREATE - 1):
        try:
            return await gateway.branch(production, body, key)
        except Trouble as trouble:
            if trouble.code is not Exit.UNREACHABLE:
                raise
            await asyncio.sleep(PAUSE_S)
    return await gateway.branch(production, body, key)


def _tell(outlook: OutlookView) -> None:
    for change in outlook.changes:
        aside(change, "")
    says = f"{outlook.says[0].upper()}{outlook.says[1:]}."
    aside(f"{says} What it is exactly is known once the words are understood." if outlook.is_bound else says, "bold")


def _print(outlook: OutlookView, *, as_json: bool) -> None:
    if as_json:
        print_json(msgspec.json.encode(outlook))
        return
    for change in outlook.changes:
        aside(change, "")
    print_result(outlook.says)
