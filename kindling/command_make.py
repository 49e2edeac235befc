"""What `kindling make` does around the watching: it asks for the film or finds it, and says how it ended."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import typer
from msgspec import Struct

from bus.board import Done, status_of
from bus.ids import ProductionId
from bus.production import Production
from kindling import screen
from kindling.client import Answer, Gateway, read_picture
from kindling.display import Display, LiveDisplay, PlainDisplay
from kindling.exits import Exit, Trouble, code_of
from kindling.home import find_home, load_settings
from kindling.making import Left, Making, Manner, end_of
from kindling.places import Places
from kindling.reach import running_or_started
from kindling.terminal import aside, asides, is_asking_possible, print_json, print_result, run, tell_trouble
from kindling.watch import Watch
from services.gateway.requests import OptionsBody
from services.gateway.status_view import status_view
from services.gateway.words import message_of

TRIES_TO_CREATE = 5
PAUSE_S = 0.5


class Made(Struct, frozen=True, kw_only=True):
    """What `kindling make --json` prints."""

    id: ProductionId
    status: str
    """`done`, or what it is instead: `stalled`, `refused`, `cancelled`, `failed` …"""
    title: str
    film: str | None
    """The file, or its address where this machine does not have it; null where there is no film."""
    duration_s: float | None = None
    frame_count: int | None = None
    size_bytes: int | None = None
    digest: str | None = None
    segments: int = 0
    takes: int = 0
    """How many were rendered."""
    flagged: tuple[int, ...] = ()
    """Segments that were kept though none of their takes was approved."""
    problem: str | None = None
    """Why there is no film."""


@dataclass
class _Begun:
    """What is known of the production when it is left early."""

    production: ProductionId | None = None
    places: Places = field(default_factory=lambda: Places(Path()))


def make(
    words: str | None, images: Sequence[Path], options: OptionsBody, *, yes: bool, go_on: bool, as_json: bool
) -> None:
    """Make a film, or go on making one, and print where it is.

    Raises:
        KindlingError: it could not be asked for, found, or watched.
    """
    if not go_on:
        # What can be told without a server is told without starting one.
        message_of(words or "", len(images))
        for image in images:
            read_picture(image)
    begun = _Begun()
    try:
        production = run(_make(words, images, options, begun, yes=yes, go_on=go_on))
    except (KeyboardInterrupt, Left) as error:
        _tell_left(begun.production)
        raise typer.Exit(Exit.INTERRUPTED) from error
    _tell_end(production, begun.places, as_json=as_json)


async def _make(
    words: str | None, images: Sequence[Path], options: OptionsBody, begun: _Begun, *, yes: bool, go_on: bool
) -> Production:
    settings = load_settings(find_home())
    running = await asyncio.to_thread(running_or_started)
    begun.places = Places(settings.productions_folder, running.gateway_url)
    async with Gateway(running.gateway_url) as gateway:
        if go_on:
            answer = await _found(gateway, words)
        else:
            answer = await _created(gateway, words or "", options, images)
        begun.production = answer.id
        manner = Manner(is_asking=is_asking_possible(), yes=yes)
        watch = Watch(answer.id, time.monotonic)
        return await Making(gateway, watch, _display(), begun.places, manner).run(answer.revision)


async def _created(gateway: Gateway, words: str, options: OptionsBody, images: Sequence[Path]) -> Answer:
    """Ask for the film. An answer that was lost is asked for again under the same key."""
    key = str(uuid.uuid4())
    for _ in range(TRIES_TO_CREATE - 1):
        try:
            return await gateway.create(words, options, images, key)
        except Trouble as trouble:
            if trouble.code is not Exit.UNREACHABLE:
                raise
            await asyncio.sleep(PAUSE_S)
    return await gateway.create(words, options, images, key)


async def _found(gateway: Gateway, text: str | None) -> Answer:
    """Return the production to go on with: the one that is named, or the latest that is not over."""
    if text is not None:
        return await gateway.look(await gateway.find(text))
    for one in await gateway.productions():
        if not one.status.is_settled:
            aside(f"going on with {one.id}: {one.status.says}")
            return Answer(one.id, one.revision)
    raise Trouble(
        Exit.UNKNOWN,
        "There is nothing to go on with.",
        why="Every production here is over.",
        help="See them: kindling ls",
    )


def _display() -> Display:
    console = asides()
    return (
        LiveDisplay(console, time.monotonic)
        if console.is_terminal and not console.is_dumb_terminal
        else PlainDisplay(console)
    )


def _tell_left(production: ProductionId | None) -> None:
    if production is None:
        aside("stopped; nothing was asked for yet", "yellow")
    else:
        aside("")
        aside("Stopped watching; the production stays in the log. To go on:", "yellow")
        aside(f"  kindling make --continue {production}", "bold")


def _tell_end(production: Production, places: Places, *, as_json: bool) -> None:
    """Say how it ended: the film's path is the result, all else is said beside it.

    Raises:
        typer.Exit: it has no film; with the exit code that says why.
    """
    trouble = end_of(production)
    film = places.film(production.id, production.cuts[-1]) if production.cuts else ""
    if trouble is None:
        asides().print(screen.film_note(production, production.cuts[-1]))
    else:
        tell_trouble(trouble)
    if as_json:
        print_json(msgspec.json.encode(made_of(production, film, trouble.what if trouble else None)))
    elif trouble is None:
        print_result(film)
    if trouble is not None:
        raise typer.Exit(code_of(trouble))


def made_of(production: Production, film: str, problem: str | None) -> Made:
    """Return how it ended as a document. Pure."""
    status = status_of(production)
    plan, brief = production.plan, production.brief
    title = plan.title if plan else brief.title if brief else ""
    rendered = sum(take.rendered is not None for take in production.takes.values())
    segments = len(plan.segments) if plan else 0
    name = status_view(status).name
    if not isinstance(status, Done):
        return Made(
            id=production.id, status=name, title=title, film=None, segments=segments, takes=rendered, problem=problem
        )
    cut = status.cut
    return Made(
        id=production.id,
        status=name,
        title=title,
        film=film or None,
        duration_s=cut.duration_s,
        frame_count=cut.film.frame_count,
        size_bytes=cut.film.size_bytes,
        digest=cut.film.digest,
        segments=segments,
        takes=rendered,
        flagged=tuple(one.segment for one in cut.takes if one.is_flagged),
    )
