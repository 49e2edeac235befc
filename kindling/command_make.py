"""What `kindling make` does around the watching: it asks for the film or finds it, and says how it ended."""

from __future__ import annotations

import asyncio
import os
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
from kindling import rendering, screen
from kindling.client import Answer, Gateway, read_picture
from kindling.display import Display, LiveDisplay, PlainDisplay
from kindling.ends import end_of
from kindling.exits import Exit, Trouble, code_of
from kindling.home import Settings, find_home, load_settings
from kindling.making import Making
from kindling.manner import Left, Manner
from kindling.places import Places
from kindling.reach import gateway_of, running_or_started
from kindling.running import RunInfo
from kindling.terminal import aside, asides, is_asking_possible, print_json, print_result, run, tell_trouble
from kindling.watch import Watch
from services._kit.settings import ANIMATIC, COMFYUI_VARIABLE
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
class Begun:
    """What is known of the production when it is left early."""

    production: ProductionId | None = None
    places: Places = field(default_factory=lambda: Places(Path()))


def make(
    words: str | None,
    images: Sequence[Path],
    options: OptionsBody,
    *,
    yes: bool,
    go_on: bool,
    as_json: bool,
    is_comfyui_asked_for: bool = False,
) -> None:
    """Make a film, or go on making one, and print where it is.

    Args:
        is_comfyui_asked_for: the servers of the settings were named for this very film: they have to be there.

    Raises:
        KindlingError: it could not be asked for, found, or watched.
    """
    if not go_on:
        # What can be told without a server is told without starting one.
        message_of(words or "", len(images))
        for image in images:
            read_picture(image)
    if is_comfyui_asked_for:
        run(_check_servers())
    begun = Begun()
    try:
        production = run(_make(words, images, options, begun, yes=yes, go_on=go_on))
    except (KeyboardInterrupt, Left) as error:
        tell_left(begun.production)
        raise typer.Exit(Exit.INTERRUPTED) from error
    tell_end(production, begun.places, as_json=as_json)


async def _make(
    words: str | None, images: Sequence[Path], options: OptionsBody, begun: Begun, *, yes: bool, go_on: bool
) -> Production:
    settings = load_settings(find_home())
    running = await asyncio.to_thread(running_or_started)
    begun.places = Places(settings.productions_folder, running.gateway_url)
    if os.environ.get(COMFYUI_VARIABLE):
        rendering.check_holds(running, settings.comfyui.urls)
    if not go_on:
        await _announce(settings, running, options)
    async with gateway_of(running) as gateway:
        if go_on:
            answer = await _found(gateway, words)
        else:
            answer = await _created(gateway, words or "", options, images)
        begun.production = answer.id
        manner = Manner(is_asking=is_asking_possible(), yes=yes)
        watch = Watch(answer.id, time.monotonic)
        return await Making(gateway, watch, display_here(), begun.places, manner).run(answer.revision)


async def _check_servers() -> None:
    """Look whether the servers that were named can render, before anything is started or asked for."""
    settings = load_settings(find_home())
    rendering.check_asked_for(*await rendering.survey_of(settings, settings.comfyui.urls))


async def _announce(settings: Settings, running: RunInfo, options: OptionsBody) -> None:
    """Say what will render the film: that of the Kindling which runs, whatever this command's settings are.

    Raises:
        Trouble: there is no such renderer.
    """
    renderer = rendering.renderer_of(running, options.renderer if isinstance(options.renderer, str) else None)
    urls = () if renderer == ANIMATIC else running.comfyui
    workflows, surveyed = await rendering.survey_of(settings, urls)
    rendering.check_named(renderer, workflows)
    for line, is_warning in rendering.announcement(renderer, running, workflows, surveyed):
        aside(line, "yellow" if is_warning else "dim")


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


def display_here() -> Display:
    """Return the screen for where this runs: live on a terminal, a line for each event otherwise."""
    console = asides()
    return (
        LiveDisplay(console, time.monotonic)
        if console.is_terminal and not console.is_dumb_terminal
        else PlainDisplay(console)
    )


def tell_left(production: ProductionId | None) -> None:
    """Say that nobody watches any more, and how to go on."""
    aside("")
    if production is None:
        aside("Stopped; nothing was asked for yet.", "yellow")
    else:
        aside("Stopped watching; the production stays in the log. To go on:", "yellow")
        # Servers that were only named on the command line are named again: the settings don't know them.
        servers = "".join(f" --comfyui {url}" for url in os.environ.get(COMFYUI_VARIABLE, "").split())
        aside(f"  kindling make --continue{servers} {production}", "bold")


def tell_end(production: Production, places: Places, *, as_json: bool) -> None:
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
        size_bytes=cut.published.size_bytes,
        digest=cut.published.digest,
        segments=segments,
        takes=rendered,
        flagged=tuple(one.segment for one in cut.takes if one.is_flagged),
    )
