"""From a workflow and the values of an order to the graph that is posted: the bound inputs change, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from services._kit.graphs import Graph, Link, Node, Place, WorkflowWrong, linked, with_values
from services._kit.workflows import Bucket, Dimensions, LoraSlot, Mode, Need, Role, Workflow

SEED_MAX = 2**64 - 1
"""The largest seed ComfyUI takes; it is beyond what a JavaScript number holds, so it stays a Python int."""


class LoraFile(Struct, frozen=True, kw_only=True):
    """A LoRA as it is loaded: the file's name as the server lists it, and how strongly it is applied."""

    file: str
    strength: float


class OrderValues(Struct, frozen=True, kw_only=True):
    """What an order says, in the words of a workflow."""

    mode: Mode
    prompt: str
    negative: str
    seed: int
    width: int
    height: int
    frames: int
    fps: int
    prefix: str
    """Unique for the order: a cache hit then can't answer with another one's file."""
    steps: int | None = None
    cfg: float | None = None
    shift: float | None = None
    start_image: str | None = None
    """The name the upload was given by the server."""
    end_image: str | None = None
    loras: tuple[LoraFile, ...] = ()
    is_draft: bool = False
    """A sample: the workflow's steps for samples are taken where the order names none."""
    files: Mapping[Role, str] = {}
    """Files that are to be used whatever the workflow says."""


class FileUse(Struct, frozen=True, kw_only=True):
    """A file that the graph names."""

    role: Role
    folder: str
    name: str
    need: Need | None = None


class Binding(Struct, frozen=True, kw_only=True):
    """A graph that is ready to be posted, and what was decided on the way."""

    workflow: str
    graph: Graph
    bucket: str | None
    files: tuple[FileUse, ...]
    loras: tuple[LoraFile, ...]
    steps: int | None
    cfg: float | None
    shift: float | None
    """None: the graph's own value stands, or its model has no such thing."""


def bind(workflow: Workflow, values: OrderValues, listed: Mapping[Role, tuple[str, ...]] | None = None) -> Binding:
    """Return the graph for these values.

    Args:
        listed: what the server offers for each role that is a file. Of a need's names the first that is there is taken,
            in whatever subfolder; where none is, the first, and a check will say that it is missing.

    Raises:
        WorkflowWrong: a value can't be: of the wrong type, no number, a seed that is too large, or one that the
            workflow has no place for.
    """
    _check(workflow, values)
    bucket = workflow.bucket_for(Dimensions(values.width, values.height))
    steps, cfg, shift = _sampling(workflow, values, bucket)
    uses = tuple(_uses(workflow, values, bucket, listed or {}))
    wanted: dict[Role, object] = {
        Role.PROMPT: values.prompt,
        Role.NEGATIVE: values.negative,
        Role.SEED: values.seed,
        Role.WIDTH: values.width,
        Role.HEIGHT: values.height,
        Role.FRAMES: values.frames,
        Role.FPS: values.fps,
        Role.STEPS: steps,
        Role.CFG: cfg,
        Role.SHIFT: shift,
        Role.START_IMAGE: values.start_image,
        Role.END_IMAGE: values.end_image,
        Role.VIDEO_PREFIX: values.prefix,
        Role.LAST_FRAME_PREFIX: f"{values.prefix}-last",
        Role.LAST_FRAME_INDEX: values.frames - 1,
        **{use.role: use.name for use in uses},
    }
    changes: dict[Place, object] = {}
    for role, places in workflow.roles.items():
        value = wanted.get(role)
        if value is not None:
            changes.update({place: _as_it_is(workflow.graph.value(place), value) for place in places})
    graph = with_values(workflow.graph, changes)
    if values.loras and workflow.loras is not None:
        graph = insert_loras(graph, workflow.loras, values.loras)
    return Binding(
        workflow=workflow.name,
        graph=graph,
        bucket=bucket.name if bucket else None,
        files=uses,
        loras=values.loras,
        steps=steps,
        cfg=cfg,
        shift=shift,
    )


def insert_loras(graph: Graph, slot: LoraSlot, loras: tuple[LoraFile, ...]) -> Graph:
    """Return the graph with a chain of LoRA loaders between the slot's start and its ends, in the order given."""
    nodes = dict(graph.nodes)
    link: Link | None = slot.start
    for number, lora in enumerate(loras, start=1):
        key = Graph(nodes).new_id()
        inputs: dict[str, object] = {slot.file_input: lora.file, slot.strength_input: float(lora.strength)}
        if link is not None:
            inputs = {slot.chain_input: linked(link), **inputs}
        nodes[key] = Node(class_type=slot.node, inputs=inputs, title=f"LoRA {number}")
        link = Link(key, 0)
    if link is None:
        return graph
    for place in slot.ends:
        node = nodes[place.node]
        nodes[place.node] = msgspec.structs.replace(node, inputs={**node.inputs, place.input: linked(link)})
    return Graph(nodes)


def resolve_file(names: tuple[str, ...], listed: tuple[str, ...]) -> str | None:
    """Return the first of the names that the server lists, as it lists it: with its folder; else None."""
    for name in names:
        if name in listed:
            return name
        inside = sorted(one for one in listed if base_name(one) == base_name(name))
        if inside:
            return inside[0]
    return None


def base_name(file: str) -> str:
    """Return a file's name without its folders, on whichever system the server runs."""
    return file.replace("\\", "/").rsplit("/", 1)[-1]


def _check(workflow: Workflow, values: OrderValues) -> None:
    for name in ("prompt", "negative", "prefix"):
        _typed(name, getattr(values, name), str)
    for name in ("seed", "width", "height", "frames", "fps"):
        _typed(name, getattr(values, name), int)
    for name in ("cfg", "shift"):
        number = getattr(values, name)
        if number is not None and (isinstance(number, bool) or not math.isfinite(number)):
            raise WorkflowWrong(f"{name} is {number!r}, and that is no number.", help="Give one like 5.0.")
    if values.steps is not None:
        _typed("steps", values.steps, int)
    if not 0 <= values.seed <= SEED_MAX:
        raise WorkflowWrong(
            f"The seed {values.seed} can't be used.",
            why="ComfyUI takes seeds from 0 to 2^64-1.",
            help="Choose one in that range.",
        )
    if not values.prefix.strip() or ".." in values.prefix or values.prefix.startswith(("/", "\\")):
        raise WorkflowWrong(
            f"The prefix {values.prefix!r} can't name a file.",
            why="It has to stay within the server's output folder.",
            help="Give one like kindling/3-1.",
        )
    for lora in values.loras:
        if not lora.file or isinstance(lora.strength, bool) or not math.isfinite(lora.strength):
            raise WorkflowWrong(
                f"The LoRA {lora.file!r} can't be applied with strength {lora.strength!r}.",
                help="Give a file and a number, 1.0 for its usual strength.",
            )
    if values.loras and workflow.loras is None:
        raise WorkflowWrong(
            f"The workflow {workflow.name} has no place for LoRAs.",
            why=f"{values.loras[0].file} was asked for.",
            help=f"Leave it out, or add a [loras] section to {workflow.name}.toml.",
        )
    for role, given in ((Role.START_IMAGE, values.start_image), (Role.END_IMAGE, values.end_image)):
        if given is not None and role not in workflow.roles:
            raise WorkflowWrong(
                f"The workflow {workflow.name} has no place for a {role.replace('_', ' ')}.",
                why=f"It does {', '.join(workflow.modes)}.",
                help="Render this in a mode that takes the picture.",
            )
    for role in values.files:
        if role not in workflow.roles:
            raise WorkflowWrong(f"The workflow {workflow.name} has no place for a file as {role}.")


def _typed(name: str, value: object, kind: type) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise WorkflowWrong(
            f"{name} is {value!r}, and not {'a whole number' if kind is int else 'text'}.",
            why="A workflow's inputs are of strict types; ComfyUI would convert or misread it.",
        )


def _sampling(
    workflow: Workflow, values: OrderValues, bucket: Bucket | None
) -> tuple[int | None, float | None, float | None]:
    """Return steps, cfg and shift: what the order says, else the sample's or the bucket's, else the defaults."""
    steps, cfg, shift = values.steps, values.cfg, values.shift
    if steps is None:
        steps = (workflow.sample.steps if values.is_draft else None) or workflow.defaults.steps
    if cfg is None:
        cfg = workflow.defaults.cfg
    if shift is None:
        shift = bucket.shift if bucket is not None and bucket.shift is not None else workflow.defaults.shift
    return (
        steps if Role.STEPS in workflow.roles else None,
        cfg if Role.CFG in workflow.roles else None,
        shift if Role.SHIFT in workflow.roles else None,
    )


def _uses(
    workflow: Workflow, values: OrderValues, bucket: Bucket | None, listed: Mapping[Role, tuple[str, ...]]
) -> list[FileUse]:
    uses = []
    for need in workflow.needs_for(bucket):
        said = values.files.get(need.role)
        names = (said,) if said is not None else need.names
        name = resolve_file(names, listed.get(need.role, ())) or names[0]
        uses.append(FileUse(role=need.role, folder=need.folder, name=name, need=need))
    named = {use.role for use in uses}
    uses += [FileUse(role=role, folder="", name=name) for role, name in values.files.items() if role not in named]
    return uses


def _as_it_is(before: object, value: object) -> object:
    """Return the number in the form the graph has it in: `fps` is a float in one saver and an int in another."""
    if isinstance(value, int) and not isinstance(value, bool) and isinstance(before, float):
        return float(value)
    if isinstance(value, float) and isinstance(before, int) and not isinstance(before, bool) and value.is_integer():
        return int(value)
    return value


def trial_values(workflow: Workflow, bucket: Bucket | None = None) -> OrderValues:
    """Return values that a check can be made with before there is an order: a sample in the bucket's first size."""
    size = bucket.sizes[0] if bucket else (workflow.sizes or (Dimensions(832, 480),))[0]
    return OrderValues(
        mode=workflow.modes[0],
        prompt="a trial",
        negative="",
        seed=0,
        width=size.width,
        height=size.height,
        frames=workflow.sample.frames,
        fps=workflow.fps,
        prefix="kindling/trial",
        start_image="first.png" if Role.START_IMAGE in workflow.roles else None,
        end_image="last.png" if Role.END_IMAGE in workflow.roles else None,
    )
