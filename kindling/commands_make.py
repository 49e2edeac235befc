"""Commands that make films: make, and the dry runs brief and plan; and up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kindling.arguments import AsJson, ComfyUiServers, Images, LlmChoice, complete_id, misuse
from kindling.terminal import aside, ends_properly, print_json, print_result, results

if TYPE_CHECKING:
    from kindling.running import RunInfo
    from services.gateway.requests import LoraBody

Words = Annotated[str, typer.Argument(metavar="WORDS", help="What the film is to be, in a sentence.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command, example, panel in (
        (make, 'kindling make "A lighthouse keeper rows out at dusk, 20 seconds, painterly"', "Make"),
        (brief, 'kindling brief "A lighthouse keeper rows out at dusk, 20 seconds, painterly"', "Make"),
        (plan, 'kindling plan "A lighthouse keeper rows out at dusk, 20 seconds" --json', "Make"),
        (up, "kindling up", "Run"),
        (down, "kindling down", "Run"),
    ):
        app.command(epilog=f"Example:  {example}", rich_help_panel=panel)(ends_properly(command))


def make(
    words: Annotated[
        str | None,
        typer.Argument(
            metavar="WORDS",
            help="What the film is to be, in a sentence; with --continue an id.",
            autocompletion=complete_id,
        ),
    ] = None,
    image: Images = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Approve the sample, and take what is assumed where a question is open.")
    ] = False,
    go_on: Annotated[
        bool,
        typer.Option("--continue", help="Go on with the production of this id, or with the latest unfinished one."),
    ] = False,
    sample: Annotated[bool, typer.Option("--sample/--no-sample", help="Show a sample for approval first.")] = True,
    review: Annotated[bool, typer.Option("--review/--no-review", help="Have each take reviewed.")] = True,
    caption: Annotated[bool | None, typer.Option("--caption/--no-caption", help="Caption the animatic.")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="The same seed, the same film.")
    ] = None,
    takes: Annotated[
        int | None, typer.Option("--takes", metavar="N", min=1, help="Takes of a segment before they are used up.")
    ] = None,
    keep_going: Annotated[
        bool | None,
        typer.Option(
            "--keep-going/--stall", help="When takes are used up: keep the best, flagged, or wait for a person."
        ),
    ] = None,
    llm: LlmChoice = None,
    comfyui: ComfyUiServers = None,
    renderer: Annotated[
        str | None,
        typer.Option("--renderer", metavar="NAME", help="animatic, or a workflow: see `kindling workflows list`."),
    ] = None,
    lora: Annotated[
        list[str] | None,
        typer.Option("--lora", metavar="NAME[:STRENGTH]", help="A LoRA of the catalogue, for all of the film."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a film: shows the brief and a sample, asks whether it is the vibe, and makes it. Prints where it is."""
    from msgspec import UNSET

    from bus.events import WhenTakesAreUsedUp
    from kindling import command_make
    from kindling.rendering import use_servers
    from services.gateway.requests import OptionsBody

    if go_on and image:
        raise misuse("--image begins a new film.", "Leave --continue out, or send the picture with `kindling say`.")
    if not go_on and words is None:
        raise misuse("There are no words to make a film from.", 'As in: kindling make "A lighthouse at dusk".')
    used_up = WhenTakesAreUsedUp.KEEP_BEST if keep_going else WhenTakesAreUsedUp.STALL
    options = OptionsBody(
        sample=UNSET if sample else False,
        review=UNSET if review else False,
        caption=UNSET if caption is None else caption,
        seed=UNSET if seed is None else seed,
        takes_max=UNSET if takes is None else takes,
        when_takes_are_used_up=UNSET if keep_going is None else used_up,
        llm=UNSET if llm is None else llm.value,
        renderer=UNSET if renderer is None else renderer,
        loras=tuple(_lora(one) for one in lora) if lora else UNSET,
    )
    use_servers(comfyui or [])
    command_make.make(
        words, image or [], options, yes=yes, go_on=go_on, as_json=as_json, is_comfyui_asked_for=bool(comfyui)
    )


def _lora(text: str) -> LoraBody:
    """Read `gouache` or `gouache:0.8`."""
    from services.gateway.requests import LoraBody

    name, _, strength = text.partition(":")
    try:
        return LoraBody(name=name.strip(), strength=float(strength) if strength else None)
    except ValueError as error:
        raise misuse(f"--lora {text} makes no sense.", "As in: --lora gouache, or --lora gouache:0.8.") from error


def brief(words: Words, image: Images = None, llm: LlmChoice = None, as_json: AsJson = False) -> None:
    """Show what would be understood. Nothing is rendered, and no server is needed."""
    from kindling import dry
    from kindling.home import find_home, load_settings

    understood = dry.understand(words, image or (), load_settings(find_home()), llm)
    if as_json:
        print_json(dry.brief_document(understood))
        return
    console = results()
    console.print(dry.brief_page(understood, console.width))


def plan(
    words: Words,
    image: Images = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="What the seeds are counted from.")] = 0,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the whole plan as Markdown.")] = False,
    llm: LlmChoice = None,
    as_json: AsJson = False,
) -> None:
    """Show what would be planned. Nothing is rendered, and no server is needed."""
    import msgspec

    from bus.plan import Brief
    from kindling import dry
    from kindling.home import find_home, load_settings

    settings = load_settings(find_home())
    found = dry.understand(words, image or (), settings, llm).found
    if not isinstance(found, Brief):
        raise dry.unanswered(found)
    planned = dry.plan_for(found, settings, seed)
    if as_json:
        print_json(msgspec.json.encode(planned))
    elif markdown:
        print_result(dry.plan_markdown(planned))
    else:
        console = results()
        console.print(dry.plan_page(planned, console.width))


def up(llm: LlmChoice = None, comfyui: ComfyUiServers = None) -> None:
    """Run the log server, the services and the gateway until Ctrl-C."""
    import asyncio
    import os

    from kindling.home import find_home
    from kindling.rendering import use_servers
    from kindling.screen import short_path
    from kindling.up import up as run_up
    from services._kit.settings import LLM_VARIABLE

    home = find_home()
    if llm is not None:
        # The services are started with this environment; no file is changed.
        os.environ[LLM_VARIABLE] = llm.value
    use_servers(comfyui or [])

    def ready(info: RunInfo) -> None:
        aside(f"Kindling is running: {info.gateway_url}", "bold green")
        if info.comfyui:
            aside(f"renders on       {', '.join(info.comfyui)}")
        aside(f"films and clips  {short_path(home.root / 'productions')}")
        aside(f"logs             {short_path(home.logs)}")
        aside('in another terminal:  kindling make "A lighthouse keeper rows out at dusk"')
        aside("Ctrl-C stops it; nothing that was asked for is lost.")

    aside(f"starting in {short_path(home.root)}")
    asyncio.run(run_up(home, on_ready=ready, say=lambda line: aside(line, "yellow")))
    aside("Kindling has stopped.")


def down() -> None:
    """Stop the Kindling that runs here; what it was doing goes on at the next start."""
    from kindling.home import find_home
    from kindling.running import down as ask_to_leave

    stopped = ask_to_leave(find_home())
    aside("Kindling is not running here." if stopped is None else f"Kindling (process {stopped.pid}) has stopped.")
