"""Commands about workflows: what there is, what one needs, whether a server can render it, and how to add one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kindling.exits import Exit, Trouble
from kindling.terminal import aside, ends_properly, is_asking_possible, print_result, results

if TYPE_CHECKING:
    from services._kit.comfyui.facts import ServerFacts
    from services._kit.graphs import Graph, Place, WorkflowWrong
    from services._kit.roles import Question
    from services._kit.workflows import Role, Workflow, Workflows

LOCAL = "http://127.0.0.1:8188"
ANSWER_WITHIN_S = 15.0

Name = Annotated[str, typer.Argument(metavar="NAME", help="The workflow, or a family of them.")]
Server = Annotated[str, typer.Option("--comfyui", metavar="URL", help="The ComfyUI server that is asked.")]

group = typer.Typer(help="The workflows that films are rendered with.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for name, command, example in (
        ("list", list_, "kindling workflows list"),
        ("show", show, "kindling workflows show wan2.1-i2v"),
        ("check", check, f"kindling workflows check wan2.1 --comfyui {LOCAL}"),
        ("add", add, "kindling workflows add my-workflow.json --name mine"),
    ):
        group.command(name, epilog=f"Example:  {example}")(ends_properly(command))
    app.add_typer(group, name="workflows", rich_help_panel="Look")


def list_() -> None:
    """List the workflows, shipped and your own."""
    from rich.table import Table

    workflows = _load()
    table = Table(box=None, pad_edge=False)
    for column in ("name", "modes", "frames", "sizes", "what it is"):
        table.add_column(column, style="cyan" if column == "name" else None, no_wrap=column in ("name", "modes"))
    for one in workflows.all:
        sizes = [str(bucket.sizes[0]) for bucket in one.buckets]
        told = f"{one.title}{' · yours' if one.is_own else ''}{f' · needs {one.pack}' if one.pack else ''}"
        table.add_row(one.name, ", ".join(one.modes), f"{one.frames.most} at {one.fps}", ", ".join(sizes), told)
    results().print(table)
    for name, error in workflows.broken.items():
        aside(f"{name} can't be used. {error}", "yellow")


def show(name: Name) -> None:
    """Show a workflow: what its inputs mean, what it can do, and which files it needs."""
    workflows = _load()
    for one in _members(workflows, name):
        _print_workflow(one)


def check(name: Name, comfyui: Server = LOCAL) -> None:
    """Ask a ComfyUI server whether it can render a workflow. Nothing is posted."""
    from services._kit.bindings import bind, trial_values
    from services._kit.comfyui.check import check as problems_of
    from services._kit.comfyui.facts import listed_files

    members = _members(_load(), name)
    facts = _facts(comfyui)
    unfit = []
    for one in members:
        is_fit = False
        for bucket in one.buckets or (None,):
            values = trial_values(one, bucket)
            binding = bind(one, values, listed_files(one, facts))
            found = problems_of(binding.graph, facts, one, values)
            title = f"{one.name}{f' {bucket.name}' if bucket and len(one.buckets) > 1 else ''}"
            fatal = [problem for problem in found if problem.is_fatal]
            # A server with the checkpoint for one size renders that size; the others are named, and no reason to fail.
            is_fit = is_fit or not fatal
            print_result(f"{'✗' if fatal else '✓'} {title}")
            for problem in found:
                print_result(f"    {'' if problem.is_fatal else 'note: '}{problem}")
            if not fatal:
                files = ", ".join(use.name for use in binding.files)
                print_result(f"    {files or 'no files to choose'}")
        if not is_fit:
            unfit.append(one.name)
    if unfit:
        raise Trouble(
            Exit.REFUSED,
            f"{comfyui} can't render {', '.join(unfit)} as it is.",
            why="What is missing stands above.",
            help="Put it right and ask again; nothing was posted.",
        )


def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A graph exported from ComfyUI in API format.")],
    name: Annotated[str | None, typer.Option("--name", help="What orders name it by; the file's name without.")] = None,
    role: Annotated[
        list[str] | None, typer.Option("--role", metavar="ROLE=NODE.INPUT", help="What an input means. Several times.")
    ] = None,
) -> None:
    """Take in your own workflow: its inputs are found where that is clear, and asked for where it is not."""
    from services._kit.adopting import adopt
    from services._kit.graphs import WorkflowWrong, parse_graph
    from services._kit.roles import find_roles
    from services._kit.workflow_files import OWN_FOLDER, check_name, misfits, write_workflow

    folder = _home() / OWN_FOLDER
    try:
        graph = parse_graph(file.read_bytes())
        chosen = check_name(name or _plain_name(file.stem))
        answers = _said(role or [])
        for question in find_roles(graph).questions:
            if question.role not in answers:
                answers |= _ask(graph, question)
        adopted = adopt(chosen, graph, answers)
        problems = tuple(misfits(adopted.workflow))
        if problems:
            raise WorkflowWrong(f"{file} can't be taken in.", why=" ".join(problems))
        if (folder / f"{chosen}.toml").exists():
            raise WorkflowWrong(
                f"There is already a workflow called {chosen}.",
                why=f"{folder / chosen}.toml is there.",
                help="Choose another name with --name, or remove that file first.",
            )
        toml, _ = write_workflow(adopted.workflow, folder)
    except OSError as error:
        raise Trouble(
            Exit.MISUSED, f"{file} can't be read.", why=f"{error.strerror}.", help="Check the path."
        ) from error
    except WorkflowWrong as error:
        raise _trouble(error) from error
    _print_workflow(adopted.workflow)
    for remark in adopted.remarks:
        aside(remark)
    print_result(f"Written to {toml}. Ask your server with: kindling workflows check {chosen}")


def _ask(graph: Graph, question: Question) -> dict[Role, tuple[Place, ...]]:
    """Ask which input a role is, or say that nobody knows; without a terminal it stays open."""
    from rich.prompt import Prompt

    from kindling.terminal import asides

    if not question.choices:
        return {}
    if not is_asking_possible():
        said = ", ".join(str(one) for one in question.choices)
        aside(f"{question.role}: {question.why} It may be {said}; say it with --role {question.role}=NODE.INPUT.")
        return {}
    console = asides()
    console.print(f"{question.role}: {question.why} Which one is it?")
    for number, place in enumerate(question.choices, start=1):
        node = graph.nodes[place.node]
        console.print(f"  {number}  {place}  ({node.title or node.class_type}: {str(graph.value(place))[:40]!r})")
    numbers = [str(one) for one in range(len(question.choices) + 1)]
    answer = Prompt.ask("Its number, 0 for none", console=console, choices=numbers, default="0", show_choices=False)
    return {question.role: (question.choices[int(answer) - 1],)} if answer != "0" else {}


def _said(texts: list[str]) -> dict[Role, tuple[Place, ...]]:
    from services._kit.graphs import WorkflowWrong
    from services._kit.roles import role_named
    from services._kit.workflow_files import parse_place
    from services._kit.workflows import Role

    answers: dict[Role, tuple[Place, ...]] = {}
    for text in texts:
        word, _, place = text.partition("=")
        role = role_named(word)
        if role is None:
            raise WorkflowWrong(f"{word!r} is no role.", why=f"There are {', '.join(Role)}.")
        try:
            answers[role] = (*answers.get(role, ()), parse_place(place))
        except ValueError as error:
            raise WorkflowWrong(f"--role {text} makes no sense.", why=f"{error}.") from error
    return answers


def _print_workflow(one: Workflow) -> None:
    from rich.table import Table

    console = results()
    console.print(f"{one.name}: {one.title}{' (yours)' if one.is_own else ''}", style="bold")
    if one.about:
        console.print(one.about)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_row("renders", f"{', '.join(one.modes)} at {one.fps} frames a second")
    grid.add_row("length", f"{one.frames.least} to {one.frames.most} frames, {one.frames.step}n+1")
    for bucket in one.buckets:
        shift = f", shift {bucket.shift:g}" if bucket.shift is not None else ""
        grid.add_row(f"sizes {bucket.name}", ", ".join(str(size) for size in bucket.sizes) + shift)
    values = {"steps": one.defaults.steps, "cfg": one.defaults.cfg, "shift": one.defaults.shift}
    grid.add_row("usual", ", ".join(f"{key} {value:g}" for key, value in values.items() if value is not None))
    steps = f", {one.sample.steps} steps" if one.sample.steps else ""
    grid.add_row("sample", f"{one.sample.frames} frames{steps}")
    grid.add_row("LoRAs", one.loras.family if one.loras else "none can be put in")
    for need in one.needs:
        bucket_name = f" for {need.bucket}" if need.bucket else ""
        source = f"  (Hugging Face: {need.source})" if need.source else ""
        grid.add_row(f"models/{need.folder}", f"{need.names[0]}{bucket_name}{source}")
        if need.names[1:]:
            grid.add_row("", f"or {', '.join(need.names[1:])}")
    if one.pack:
        grid.add_row("custom pack", one.pack)
    for role, places in one.roles.items():
        grid.add_row(role, ", ".join(f"{place}  ({one.graph.nodes[place.node].class_type})" for place in places))
    console.print(grid)
    for note in one.notes:
        console.print(note, style="yellow")
    console.print()


def _members(workflows: Workflows, name: str) -> tuple[Workflow, ...]:
    """Return the workflow of this name, or all that a family of this name leads to."""
    from services._kit.graphs import WorkflowWrong

    try:
        exact = next((one for one in workflows.all if one.name == name), None)
        if exact is not None:
            return (exact,)
        modes = workflows.capabilities(name).by_mode
    except WorkflowWrong as error:
        raise _trouble(error, Exit.UNKNOWN) from error
    names = dict.fromkeys(one for mode in modes for one in (mode.workflow, mode.sample_workflow))
    return tuple(workflows.get(one) for one in names)


def _facts(url: str) -> ServerFacts:
    """Ask a server for its nodes and its version.

    Raises:
        Trouble: nothing answers there, or something that is no ComfyUI.
    """
    import httpx
    import msgspec

    from services._kit.comfyui.answers import read_server
    from services._kit.comfyui.facts import parse_object_info
    from services._kit.graphs import WorkflowWrong

    address = url.rstrip("/")
    try:
        with httpx.Client(timeout=ANSWER_WITHIN_S, trust_env=False) as client:
            about = client.get(f"{address}/system_stats")
            nodes = client.get(f"{address}/object_info")
            about.raise_for_status()
            nodes.raise_for_status()
        found = read_server(about.content)
        return parse_object_info(nodes.content, found.version)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Trouble(
            Exit.UNREACHABLE,
            f"No ComfyUI answers at {url}.",
            why=f"{type(error).__name__}: {error}.",
            help="Start ComfyUI, or name another address with --comfyui.",
        ) from error
    except msgspec.DecodeError as error:
        raise Trouble(
            Exit.UNREACHABLE,
            f"What answers at {url} is no ComfyUI.",
            why=f"Its answer to /system_stats is another program's: {error}.",
            help="Name the address of your ComfyUI with --comfyui.",
        ) from error
    except WorkflowWrong as error:
        raise _trouble(error, Exit.UNREACHABLE) from error


def _load() -> Workflows:
    from services._kit.workflow_files import load_workflows

    return load_workflows(_home())


def _home() -> Path:
    from kindling.home import find_home

    return find_home().root


def _plain_name(stem: str) -> str:
    """Return a file's name as a workflow may be called."""
    import re

    return re.sub(r"[^a-z0-9.]+", "-", stem.lower()).strip("-.")[:48] or "workflow"


def _trouble(error: WorkflowWrong, code: Exit = Exit.MISUSED) -> Trouble:
    return Trouble(code, error.what, why=error.why, help=error.help)
