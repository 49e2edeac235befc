"""Commands of a person who decides: approve, redirect, say, answer, overrule, redo, resume, cancel, rm."""

from __future__ import annotations

import enum
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Annotated

import typer

from kindling.arguments import Id, Images, misuse
from kindling.exits import Exit
from kindling.terminal import aside, ends_properly, is_asking_possible, run

if TYPE_CHECKING:
    from bus.ids import ProductionId
    from kindling.client import Answer, Gateway


class Verdict(enum.StrEnum):
    """A person's word on a take."""

    ACCEPT = "accept"
    REFUSE = "refuse"


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command, example in (
        (approve, "kindling approve lighthouse"),
        (redirect, 'kindling redirect lighthouse "darker, at night"'),
        (say, 'kindling say lighthouse "segment 3: closer, and slower"'),
        (answer, 'kindling answer lighthouse "20 seconds"'),
        (overrule, 'kindling overrule lighthouse 3-2 accept --why "the blur is meant"'),
        (redo, 'kindling redo lighthouse 3 --say "with a calmer sea"'),
        (resume, "kindling resume lighthouse"),
        (cancel, 'kindling cancel lighthouse --why "another idea"'),
        (rm, "kindling rm lighthouse"),
    ):
        app.command(epilog=f"Example:  {example}", rich_help_panel="Decide")(ends_properly(command))


Act = Callable[["Gateway", "ProductionId"], Awaitable["Answer | None"]]


async def _act(text: str, act: Act) -> ProductionId:
    from kindling.reach import gateway_of, running

    async with gateway_of(running()) as gateway:
        production = await gateway.find(text)
        await act(gateway, production)
        return production


def _do(text: str, act: Act, done: str) -> None:
    """Find the production, act on it, and say beside the result that it is done."""
    work: Coroutine[None, None, ProductionId] = _act(text, act)
    production = run(work)
    aside(f"{production}: {done}", "")


def approve(production: Id) -> None:
    """Say that the sample is the vibe: the film is made then."""
    _do(production, lambda gateway, id_: gateway.approve(id_), "approved; the plan follows. See: kindling tail")


def redirect(
    production: Id,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="What is to change.")],
    image: Images = None,
) -> None:
    """Say what to change about the sample: a new one is made."""
    _do(production, lambda gateway, id_: gateway.redirect(id_, words, image or ()), "said; a new sample follows")


def say(
    production: Id,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="Anything about the film.")],
    image: Images = None,
) -> None:
    """Say anything at any time; what still fits of the film stays."""
    _do(production, lambda gateway, id_: gateway.say(id_, words, image or ()), "said")


def answer(
    production: Id,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="The answer; “” takes what is assumed.")],
    image: Images = None,
) -> None:
    """Answer the question that Kindling asked."""
    _do(production, lambda gateway, id_: gateway.answer(id_, words, image or ()), "answered")


def overrule(
    production: Id,
    take: Annotated[str, typer.Argument(metavar="SEGMENT-TAKE", help="As 3-2: take 2 of segment 3.")],
    verdict: Annotated[Verdict, typer.Argument(help="Whether the film may show it.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it goes on the log.")],
) -> None:
    """Accept or refuse a take, whatever the reviewer said."""
    from bus.events import Ruling

    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})", take)
    if found is None:
        raise misuse(f"{take!r} is no take.", "Takes are named segment-take, as 3-2.")
    segment, number = int(found[1]), int(found[2])
    ruling = Ruling(verdict.value)
    done = f"take {take} {'accepted' if verdict is Verdict.ACCEPT else 'refused'}"
    _do(production, lambda gateway, id_: gateway.overrule(id_, segment, number, ruling, why), done)


def redo(
    production: Id,
    segment: Annotated[int, typer.Argument(metavar="SEGMENT", min=1, help="Its number, as in the plan.")],
    say: Annotated[str, typer.Option("--say", help="What should be different; without it another seed is taken.")] = "",
) -> None:
    """Have one segment made anew."""
    _do(production, lambda gateway, id_: gateway.redo(id_, segment, say), f"segment {segment} is made anew")


def resume(
    production: Id,
    problem: Annotated[
        int | None, typer.Argument(metavar="[N]", min=1, help="Which problem; all of them without.")
    ] = None,
) -> None:
    """Try again what waits for a person."""
    _do(production, lambda gateway, id_: gateway.resume(id_, problem), "going on")


def cancel(
    production: Id,
    why: Annotated[str, typer.Option("--why", help="The reason; it goes on the log.")] = "",
) -> None:
    """Call a production off; what was made so far stays."""
    _do(production, lambda gateway, id_: gateway.cancel(id_, why), "called off")


def rm(
    production: Id,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Remove a production's films, clips and pictures. Its log stays."""

    async def remove(gateway: Gateway, id_: ProductionId) -> None:
        from kindling.display import confirm

        question = f"Remove all that was made for {id_}? Its log stays."
        if not yes and is_asking_possible() and not await confirm(question, default=False):
            aside("Nothing was removed.")
            raise typer.Exit(Exit.INTERRUPTED)
        await gateway.remove(id_)

    _do(production, remove, "removed; its log stays")
