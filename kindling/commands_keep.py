"""Commands that keep productions: rebuild what follows from the log, take them elsewhere, bring them in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kindling.arguments import AsJson, Id, MaybeId
from kindling.terminal import aside, ends_properly, print_json, print_result, results, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kindling.export import Exported
    from kindling.importing import Imported
    from kindling.rebuild import Rebuilt


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for name, command, example in (
        ("export", export, "kindling export lighthouse"),
        ("import", import_, "kindling import lighthouse-at-dusk-7q2k.kindling.zip"),
        ("rebuild", rebuild, "kindling rebuild"),
    ):
        app.command(name, epilog=f"Example:  {example}", rich_help_panel="Keep")(ends_properly(command))


def export(
    production: Id,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="The file to write, or a folder for it; `ID.kindling.zip` without."),
    ] = None,
    clips: Annotated[
        bool, typer.Option("--clips/--no-clips", help="With clips and pictures, or with their digests only.")
    ] = True,
    force: Annotated[bool, typer.Option("--force", "-f", help="Write over a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a production into one file: its log, its plan, its clips. Another Kindling can import it."""
    import msgspec

    from kindling.wording import count_of, spell_bytes

    done = run(_export(production, file, with_objects=clips, may_replace=force))
    if not done.is_settled:
        aside(
            f"{done.production} is {done.status.replace('_', ' ')}: the file holds it up to its event "
            f"{done.message_count}, which is a whole beginning; what comes after is not in it.",
            "yellow",
        )
    objects = f"{count_of(done.artifact_count, 'artifact')}{'' if done.has_objects else ' by digest only'}"
    aside(f"{count_of(done.message_count, 'event')}, {objects}, {spell_bytes(done.size_bytes)}")
    if as_json:
        print_json(msgspec.json.encode(done))
    else:
        print_result(done.file)


async def _export(text: str, file: Path | None, *, with_objects: bool, may_replace: bool) -> Exported:
    import asyncio

    from bus.wire.artifacts import FolderArtifacts
    from kindling.counting import counting
    from kindling.export import Exporter, default_file, free_name
    from kindling.home import find_home, load_settings
    from kindling.reading import named, open_log

    folder = load_settings(find_home()).productions_folder
    async with open_log() as journal:
        production = await named(journal, text)
        messages = await journal.messages(production)
    target = (free_name(file, production) if file is not None else default_file(production)).absolute()
    with counting() as tell:
        exporter = Exporter(FolderArtifacts(folder / "objects"), tell)
        return await asyncio.to_thread(
            exporter.export, production, messages, target, with_objects=with_objects, may_replace=may_replace
        )


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `kindling export` has written.")],
    as_json: AsJson = False,
) -> None:
    """Bring a production in from a file. Its log keeps every byte, and is checked before anything is written."""
    import msgspec

    from kindling.wording import count_of, spell_bytes

    done = run(_import(file))
    if done.new_message_count or done.new_artifact_count:
        clips = f", {count_of(done.new_artifact_count, 'artifact')}, {spell_bytes(done.size_bytes)}"
        if not done.new_artifact_count:
            is_whole = done.artifact_count and not done.missing_count
            clips = "; its clips and pictures are here already" if is_whole else ""
        aside(f"brought in: {count_of(done.new_message_count, 'event')}{clips}")
    else:
        aside(f"{done.production} is here already, with all that the file holds: nothing to do")
    if done.missing_count:
        aside(
            f"{count_of(done.missing_count, 'artifact')} of it are not here; what can be made again comes back with: "
            f"kindling verify {done.production} --repair",
            "yellow",
        )
    if done.new_message_count and done.status == "deleted":
        aside("It was removed where it comes from: its log is all that is left, and `kindling ls` leaves it out.")
    elif done.status == "outdated":
        aside("A newer Kindling wrote on it: it can be looked at, and goes on once this one is updated.", "yellow")
    elif done.new_message_count and done.is_waiting:
        aside(f"It waits for you here, as it did there: kindling show {done.production}", "yellow")
    elif done.new_message_count and not done.is_settled:
        aside(
            f"It was not finished ({done.status}): this Kindling goes on with it. "
            f"To call it off: kindling cancel {done.production}",
            "yellow",
        )
    if as_json:
        print_json(msgspec.json.encode(done))
    else:
        print_result(done.production)


async def _import(file: Path) -> Imported:
    from bus.wire.artifacts import FolderArtifacts
    from bus.wire.jetstream import connect
    from kindling.counting import counting
    from kindling.home import access, find_home, load_settings
    from kindling.importing import Importer
    from kindling.server_conf import ADMIN

    settings = load_settings(find_home())
    journal = await connect(access(settings, ADMIN), "kindling import")
    try:
        with counting() as tell:
            store = FolderArtifacts(settings.productions_folder / "objects")
            return await Importer(journal, store, tell).bring_in(file)
    finally:
        await journal.close()


def rebuild(production: MaybeId = None, as_json: AsJson = False) -> None:
    """Make everything again that follows from the log: films, manifests, and the folders for people."""
    import msgspec

    from kindling.exits import Exit
    from kindling.page import rebuilt_view

    done = run(_rebuild(production))
    if as_json:
        print_json(msgspec.json.encode(done))
    elif done:
        results().print(rebuilt_view(done))
    else:
        aside("There is nothing on the log yet.")
    if any(one.findings for one in done):
        raise typer.Exit(Exit.DAMAGED)


async def _rebuild(text: str | None) -> Sequence[Rebuilt]:
    import asyncio

    from bus.wire.artifacts import FolderArtifacts
    from kindling.counting import counting
    from kindling.home import find_home, load_settings
    from kindling.reading import histories, open_log
    from kindling.rebuild import Rebuilder

    folder = load_settings(find_home()).productions_folder
    done = []
    with counting() as tell:
        rebuilder = Rebuilder(folder, FolderArtifacts(folder / "objects"), tell)
        async with open_log() as journal:
            async for production, history, number, count in histories(journal, text):
                tell(production, number, count)
                done.append(await asyncio.to_thread(rebuilder.rebuild, production, history))
    return done
