"""Where films are rendered, said out loud: the ComfyUI servers of this run, what they can do, and what they lack."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from kindling.exits import Exit, Trouble
from kindling.running import RunInfo
from services._kit.comfyui.answers import Server
from services._kit.comfyui.menu import choose_renderer, menu_of
from services._kit.comfyui.problem import Problem
from services._kit.comfyui.survey import Surveyed
from services._kit.graphs import WorkflowWrong
from services._kit.settings import ANIMATIC, AUTO, COMFYUI, COMFYUI_VARIABLE, Settings
from services._kit.workflows import MODES, Workflow, Workflows

USUAL = "http://127.0.0.1:8188"
"""Where ComfyUI listens unless it is told otherwise."""
GB = 1e9
LITTLE_FREE_BYTES = 2e9


def use_servers(urls: Sequence[str]) -> None:
    """Have this command, and the Kindling that it may start, render on these servers. No file is changed.

    Raises:
        Trouble: one of them is no address.
    """
    from services._kit.addresses import server_url

    if not urls:
        return
    try:
        wanted = [server_url(one) for one in urls]
    except ValueError as error:
        raise Trouble(
            Exit.MISUSED,
            f"{error}.",
            why="--comfyui takes the address of a ComfyUI server.",
            help="As in: --comfyui http://127.0.0.1:8188",
        ) from error
    # The services are started with this environment.
    os.environ[COMFYUI_VARIABLE] = " ".join(dict.fromkeys(wanted))


def check_holds(found: RunInfo, wanted: Sequence[str]) -> None:
    """Check that the Kindling that runs renders on the servers that were just asked for.

    Raises:
        Trouble: it was started with others; what holds is said.
    """
    missing = [one for one in wanted if one not in found.comfyui]
    if not missing:
        return
    holds = f"renders on {', '.join(found.comfyui)}" if found.comfyui else "has no ComfyUI, and draws animatics"
    raise Trouble(
        Exit.REFUSED,
        f"The Kindling that runs here does not know {', '.join(missing)}.",
        why=f"It was started with other settings, which hold until it is stopped: it {holds} (process {found.pid}).",
        help="Stop it (`kindling down`; nothing is lost) and ask again, or leave --comfyui out and take what it has.",
    )


def renderer_of(found: RunInfo, option: str | None) -> str:
    """Return which kind of renderer a new film gets: `animatic`, `comfyui` for any family of workflows, or a name."""
    wanted = option or found.renderer
    if wanted == AUTO:
        return COMFYUI if found.comfyui else ANIMATIC
    return wanted


async def survey_of(settings: Settings, urls: Sequence[str]) -> tuple[Workflows, tuple[Surveyed, ...]]:
    """Return the workflows there are, and what each server can render."""
    import asyncio

    from services._kit.comfyui.survey import survey
    from services._kit.workflow_files import load_workflows

    workflows = await asyncio.to_thread(load_workflows, settings.home.root)
    return workflows, await survey(urls, workflows)


def check_named(renderer: str, workflows: Workflows) -> None:
    """Check that a film's renderer is one that there is.

    Raises:
        Trouble: no workflow has that name, or its file can't be used.
    """
    if renderer in {ANIMATIC, COMFYUI}:
        return
    try:
        workflows.capabilities(renderer)
    except WorkflowWrong as error:
        raise Trouble(Exit.MISUSED, error.what, why=error.why, help=error.help) from error


def check_asked_for(workflows: Workflows, surveyed: Sequence[Surveyed]) -> None:
    """Check that servers which were asked for by name answer, and can render something.

    Raises:
        Trouble: one does not, or none can.
    """
    silent = next((one for one in surveyed if one.server is None), None)
    if silent is not None:
        raise Trouble(
            Exit.UNREACHABLE,
            silence(silent),
            help=f"{silence_help(silent)} Without --comfyui the film is drawn as an animatic.",
        )
    if surveyed and not any(one.possible for one in surveyed):
        for name, broken in workflows.broken.items():
            raise Trouble(
                Exit.MISUSED, f"The workflow {name} can't be used. {broken.what}", why=broken.why, help=broken.help
            )
        members = _members(workflows, _family(workflows, surveyed))
        url, problem = _nearest([one for one in members if "t2v" in one.modes] or members, surveyed)
        raise Trouble(
            Exit.REFUSED,
            f"ComfyUI at {url} can't render a film yet. {problem.what}",
            why=problem.why,
            help=problem.help,
        )


def silence(one: Surveyed) -> str:
    """Return in a sentence that a server is not there, or is another program. Pure."""
    if one.is_other:
        return f"What answers at {one.url} is no ComfyUI: {one.why}."
    return f"No ComfyUI answers at {one.url}: {one.why}."


def silence_help(one: Surveyed) -> str:
    """Return what to do about it. Pure."""
    if one.is_other:
        return "Another program has that port. Name the address of your ComfyUI; it says it when it starts."
    return "Start ComfyUI there, or correct the address (comfyui.urls in kindling.toml, or --comfyui)."


def announcement(
    renderer: str, found: RunInfo, workflows: Workflows, surveyed: Sequence[Surveyed]
) -> list[tuple[str, bool]]:
    """Return lines that say where a film will be rendered and with what, each with whether it is a warning. Pure."""
    if renderer == ANIMATIC:
        why = "" if found.comfyui else "; no ComfyUI is set (--comfyui URL, or [comfyui] urls in kindling.toml)"
        return [(f"drawing an animatic{why}", False)]
    lines = [(f"the workflow {name} can't be used: {error}", True) for name, error in workflows.broken.items()]
    for one in surveyed:
        if one.server is None:
            lines.append((f"{silence(one)} The film waits for it.", True))
            continue
        family = renderer
        if renderer == COMFYUI:
            family = _family(workflows, [one])
        can = what_it_renders(workflows, one, family)
        told = f"rendering with {family} on {_named(one)}: {can}" if can else f"{_named(one)} can't render {family}"
        lines.append((told, not can))
        problem = None if can else _nearest(_members(workflows, family), [one])[1]
        if problem is not None:
            lines.append((f"  {problem}", True))
    if not surveyed:
        lines.append((f"{renderer} needs ComfyUI, and no server is set: --comfyui http://127.0.0.1:8188", True))
    return lines


def what_it_renders(workflows: Workflows, one: Surveyed, family: str) -> str:
    """Return a family's modes and sizes on a server in short: `t2v in 480p and 720p, i2v in 480p`. Pure."""
    parts = []
    for mode in MODES:
        names = [
            ability.bucket
            for ability in one.possible
            if ability.workflow in {w.name for w in _members(workflows, family) if mode in w.modes}
        ]
        if names:
            sizes = " and ".join(dict.fromkeys(name for name in names if name))
            parts.append(f"{mode} in {sizes}" if sizes else mode)
    return ", ".join(parts)


def server_in_words(server: Server) -> str:
    """Return a server's version, device and memory: `0.3.64, NVIDIA RTX 4090, 24 GB`. Pure."""
    device = server.device.split(" : ")[0].removeprefix("cuda:0 ").strip()
    memory = f"{server.memory_bytes / GB:.0f} GB" if server.memory_bytes else ""
    return ", ".join(part for part in (server.version, device, memory) if part)


def lacking(workflows: Workflows, one: Surveyed, renderer: str) -> list[Problem]:
    """Return what a server lacks to do all that a renderer could: a sentence each, the first file first. Pure."""
    family = _family(workflows, [one]) if renderer in (AUTO, COMFYUI, ANIMATIC) else renderer
    wanted = {w.name for w in (*_members(workflows, family), *(w for w in workflows.all if w.is_own))}
    able = {ability.workflow for ability in one.possible}
    # With one checkpoint of two a workflow renders: the other one is no lack. What has one remedy is said once.
    by_remedy: dict[str, Problem] = {}
    for ability in one.abilities:
        if ability.workflow in wanted - able:
            for problem in ability.problems:
                by_remedy.setdefault(problem.help, problem)
            able.add(ability.workflow)
    return list(by_remedy.values())


def memory_problem(workflows: Workflows, one: Surveyed, renderer: str) -> Problem | None:
    """Return what a person should know about a server's memory, if anything. Pure."""
    server = one.server
    if server is None or not server.memory_bytes:
        return None
    if server.device.split(" ")[0] == "cpu":
        return Problem(
            what="It runs on the processor alone.",
            why="A clip of five seconds takes hours there.",
            help="Start ComfyUI on a machine with a GPU, without --cpu.",
        )
    family = _family(workflows, [one]) if renderer in (AUTO, COMFYUI, ANIMATIC) else renderer
    needed = max((w.memory_gb for w in _members(workflows, family)), default=0.0)
    has = server.memory_bytes / GB
    if needed and has < needed:
        return Problem(
            what=f"Its GPU has {has:.1f} GB, and the model of {family} alone takes {needed:g} GB.",
            why="ComfyUI then moves parts of it to and fro, which is slow, or ends out of memory.",
            help="Start ComfyUI with --lowvram, or render with a smaller model: wan2.1-1.3b takes 8.2 GB.",
        )
    free = server.memory_free_bytes
    if free is not None and free < LITTLE_FREE_BYTES:
        return Problem(
            what=f"Of its GPU's {has:.1f} GB only {free / GB:.1f} are free.",
            why="Another program holds the rest, or ComfyUI keeps a model of its own loaded.",
            help="Close what else uses the GPU, if it is not ComfyUI itself.",
        )
    return None


def _named(one: Surveyed) -> str:
    assert one.server is not None
    return f"ComfyUI at {one.url} ({server_in_words(one.server)})"


def _family(workflows: Workflows, surveyed: Sequence[Surveyed]) -> str:
    """Return the family that a film from words is rendered with there; where none can be, one for pictures."""
    try:
        name, _ = choose_renderer(workflows, "t2v", surveyed)
        if menu_of(workflows, name, surveyed).mode("t2v") is None:
            name, _ = choose_renderer(workflows, "i2v", surveyed)
    except WorkflowWrong:
        return workflows.names()[0]
    return name


def _members(workflows: Workflows, name: str) -> tuple[Workflow, ...]:
    """Return the workflows that a renderer's name leads to."""
    try:
        modes = workflows.capabilities(name).by_mode
    except WorkflowWrong:
        return ()
    names = {one for mode in modes for one in (mode.workflow, mode.sample_workflow)}
    return tuple(one for one in workflows.all if one.name in names)


def _nearest(workflows: Iterable[Workflow], surveyed: Sequence[Surveyed]) -> tuple[str, Problem]:
    """Return the problem whose solution is nearest: that of the first workflow with the fewest of them."""
    names = [one.name for one in workflows]
    found = [
        (len(ability.problems), names.index(ability.workflow), one.url, ability.problems[0])
        for one in surveyed
        for ability in one.abilities
        if ability.problems and ability.workflow in names
    ]
    _, _, url, problem = min(found, key=lambda one: one[:2])
    return url, problem
