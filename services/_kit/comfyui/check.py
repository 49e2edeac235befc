"""Whether a server can render a graph, asked before any GPU time: nodes, inputs, links, files, sizes, fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from services._kit.bindings import OrderValues
from services._kit.comfyui.facts import ANYTHING, CHOICE, WIDGETS, InputSpec, NodeClass, ServerFacts
from services._kit.comfyui.fits import fit_problems, lora_problems, order_problems
from services._kit.comfyui.problem import Problem
from services._kit.failures import FailureKind
from services._kit.graphs import Graph, Link, Node, Place, link_of
from services._kit.loras import Loras
from services._kit.workflows import Need, Workflow

OLDEST: Final = (0, 3, 40)
FOLDERS: Final = {
    "unet_name": "diffusion_models",
    "ckpt_name": "checkpoints",
    "vae_name": "vae",
    "lora_name": "loras",
    "clip_name": "text_encoders",
    "clip_name1": "text_encoders",
    "clip_name2": "text_encoders",
    "control_net_name": "controlnet",
    "style_model_name": "style_models",
}
"""Where the files belong that inputs of these names choose from."""
CLIP_VISION_LOADER: Final = "CLIPVisionLoader"


class _Context(Struct, frozen=True):
    graph: Graph
    facts: ServerFacts
    workflow: Workflow | None
    reached: frozenset[str]


def check(
    graph: Graph,
    facts: ServerFacts,
    workflow: Workflow | None = None,
    values: OrderValues | None = None,
    loras: Loras | None = None,
) -> tuple[Problem, ...]:
    """Return everything that keeps the server from rendering the graph as it is meant: missing files first.

    Args:
        graph: the graph as it is posted; names of uploads may be any.
        facts: at least the graph's own classes.
        workflow: what it was bound from, for the model's rules and for where files come from.
        values: what it was bound with, for sizes and lengths.
        loras: the catalogue, for which LoRA fits which model.
    """
    outputs = [key for key, node in graph.nodes.items() if _is_output(node, facts)]
    reached = frozenset(one for key in outputs for one in graph.upstream(key))
    context = _Context(graph, facts, workflow, reached)
    found = [*_version_problems(facts)]
    for key, node in graph.nodes.items():
        known = facts.classes.get(node.class_type)
        found += [_no_class(key, node, workflow)] if known is None else _node_problems(context, key, node, known)
    # After the nodes: where a link is broken, all behind it leads nowhere, and the link is what a person should read.
    found += _whole(context, outputs)
    found += fit_problems(graph, workflow)
    if workflow is not None and values is not None:
        found += order_problems(workflow, values)
        if loras is not None:
            found += lora_problems(workflow, values, loras)
    order = {FailureKind.MISSING_MODEL: 0}
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda one: (not one.is_fatal, order.get(one.kind, 1))))


def _is_output(node: Node, facts: ServerFacts) -> bool:
    known = facts.classes.get(node.class_type)
    return known is not None and known.is_output


def _version_problems(facts: ServerFacts) -> Iterator[Problem]:
    parts = (facts.version or "").removeprefix("v").split(".")
    numbers = tuple(int(one) for one in parts if one.isdecimal())
    if numbers and numbers < OLDEST:
        yield Problem(
            what=f"This server runs ComfyUI {facts.version}.",
            why="Kindling is written for 0.3.40 and newer.",
            help="Update ComfyUI.",
        )


def _whole(context: _Context, outputs: list[str]) -> Iterator[Problem]:
    """Yield what is wrong with the graph as a whole."""
    graph, workflow = context.graph, context.workflow
    if not outputs and all(node.class_type in context.facts.classes for node in graph.nodes.values()):
        yield Problem(
            what="This graph saves nothing.",
            why="ComfyUI executes only what leads to a node that saves or shows something.",
            help="Add a SaveVideo node, and export the workflow again.",
        )
    loop = _cycle(graph)
    if loop:
        yield Problem(
            what="This graph runs in a circle.",
            why=f"The nodes {', '.join(loop)} wait for one another.",
            help="Remove one of the links between them.",
            node=loop[0],
        )
    if workflow is None or not outputs:
        return
    for role, places in workflow.roles.items():
        for place in places:
            known = context.facts.classes.get(graph.nodes[place.node].class_type) if place.node in graph.nodes else None
            if known is None:
                continue
            if place.input not in known.inputs:
                yield Problem(
                    what=f"The {role.replace('_', ' ')} would be ignored.",
                    why=f"It is bound to {place}, and {known.name} has no input {place.input} on this server.",
                    help=f"Bind it to one of {', '.join(known.inputs)}, or update ComfyUI and its packs.",
                    node=place.node,
                )
            elif place.node not in context.reached:
                yield Problem(
                    what=f"The {role.replace('_', ' ')} would have no effect.",
                    why=f"It is bound to {place}, which leads to no node that saves anything.",
                    help="Connect the node, or bind the role to one that is.",
                    node=place.node,
                )


def _cycle(graph: Graph) -> tuple[str, ...]:
    """Return the nodes of a circle in the order they wait for one another; empty where there is none."""
    done: set[str] = set()
    for start in graph.nodes:
        path: dict[str, Iterator[str]] = {start: iter([link.node for _, link in graph.nodes[start].links])}
        while path:
            key = next(reversed(path))
            following = next(path[key], None)
            if following is None:
                done.add(key)
                del path[key]
            elif following in path:
                keys = list(path)
                return tuple(keys[keys.index(following) :])
            elif following in graph.nodes and following not in done:
                path[following] = iter([link.node for _, link in graph.nodes[following].links])
    return ()


def _no_class(key: str, node: Node, workflow: Workflow | None) -> Problem:
    pack = workflow.pack if workflow is not None else ""
    return Problem(
        what=f"The server has no node {node.class_type}.",
        why=f"Node {key} of the workflow is one."
        + (f" It comes with the custom pack {pack}." if pack and not _is_core(node.class_type) else ""),
        help=(
            f"Install the pack {pack} in ComfyUI's custom_nodes (its Manager finds it by name) and restart it."
            if pack and not _is_core(node.class_type)
            else "Update ComfyUI, or install the custom pack that the node comes from, and restart it."
        ),
        node=key,
    )


_CORE: Final = ("CreateVideo", "SaveVideo", "ImageFromBatch", "SaveImage", "CLIPLoader", "EmptyLatentImage")


def _is_core(class_type: str) -> bool:
    return class_type in _CORE


def _node_problems(context: _Context, key: str, node: Node, known: NodeClass) -> Iterator[Problem]:
    """Yield what is wrong with a node's inputs; where the node leads nowhere it does no harm, and that is said."""
    for one in _input_problems(context, key, node, known):
        if key in context.reached:
            yield one
        else:
            yield Problem(
                kind=one.kind,
                what=one.what,
                why=f"{one.why} The node leads to nothing that is saved, so it is not executed.".strip(),
                help=one.help,
                node=key,
                is_fatal=False,
            )


def _input_problems(context: _Context, key: str, node: Node, known: NodeClass) -> Iterator[Problem]:
    for name, spec in known.inputs.items():
        if name not in node.inputs:
            if spec.is_required:
                yield Problem(
                    what=f"{_named(key, node)} lacks {name}.",
                    why=f"{known.name} requires it.",
                    help="Export the workflow again from this server's ComfyUI: its node may be newer than the file.",
                    node=key,
                )
            continue
        value = node.inputs[name]
        link = link_of(value)
        if link is not None:
            yield from _link_problems(context, Place(key, name), spec, link)
        elif spec.type not in WIDGETS and not spec.type.startswith("COMFY_") and spec.type != ANYTHING:
            yield Problem(
                what=f"{_named(key, node)} is not connected at {name}.",
                why=f"It takes {spec.type} from another node, and stands at {value!r}.",
                help="Connect it in ComfyUI, and export the workflow again.",
                node=key,
            )
        else:
            yield from _value_problems(context, Place(key, name), spec, value)
    for name in node.inputs:
        if name not in known.inputs and "." not in name:
            yield Problem(
                what=f"{_named(key, node)} has an input {name} that this server does not know.",
                why="ComfyUI ignores such inputs without a word.",
                help="Export the workflow again from this server's ComfyUI.",
                node=key,
                is_fatal=False,
            )


def _link_problems(context: _Context, place: Place, spec: InputSpec, link: Link) -> Iterator[Problem]:
    node = context.graph.nodes[place.node]
    source = context.graph.nodes.get(link.node)
    if source is None:
        yield Problem(
            what=f"{_named(place.node, node)} is linked to node {link.node} at {place.input}, which is not there.",
            why="The graph was cut, or edited by hand.",
            help="Connect it in ComfyUI, and export the workflow again.",
            node=place.node,
        )
        return
    known = context.facts.classes.get(source.class_type)
    if known is None:
        return
    if not 0 <= link.slot < len(known.outputs):
        yield Problem(
            what=f"{_named(place.node, node)} takes output {link.slot} of node {link.node} at {place.input}.",
            why=f"{known.name} has {len(known.outputs)} outputs, counted from 0.",
            help="Connect it in ComfyUI, and export the workflow again.",
            node=place.node,
        )
    elif not _fits(known.outputs[link.slot], spec.type):
        yield Problem(
            what=f"{_named(place.node, node)} gets {known.outputs[link.slot]} at {place.input}, and takes {spec.type}.",
            why=f"It comes from output {link.slot} of node {link.node}, {known.name}.",
            help="Connect it in ComfyUI to an output of the right kind, and export the workflow again.",
            node=place.node,
        )


def _fits(given: str, wanted: str) -> bool:
    if ANYTHING in (given, wanted) or given.startswith("COMFY_") or wanted.startswith("COMFY_"):
        return True
    return bool({one.strip() for one in given.split(",")} & {one.strip() for one in wanted.split(",")})


def _value_problems(context: _Context, place: Place, spec: InputSpec, value: object) -> Iterator[Problem]:
    node = context.graph.nodes[place.node]
    where = f"{_named(place.node, node)} stands at {value!r} for {place.input}"
    if spec.is_upload:
        if not isinstance(value, str) or not value:
            yield Problem(what=f"{where}.", why="It takes the name of an uploaded file.", node=place.node)
    elif spec.type == CHOICE and spec.choices is not None:
        if value not in spec.choices:
            yield _not_offered(context, place, spec, value)
    elif spec.type in ("INT", "FLOAT"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or (spec.type == "INT" and isinstance(value, float) and not value.is_integer()):
            kind = "a whole number" if spec.type == "INT" else "a number"
            yield Problem(what=f"{where}.", why=f"It takes {kind}.", help="Correct the value.", node=place.node)
        elif isinstance(value, int | float):
            if spec.least is not None and value < spec.least:
                yield Problem(what=f"{where}.", why=f"{spec.least:g} is the least.", help="Raise it.", node=place.node)
            if spec.most is not None and value > spec.most:
                yield Problem(what=f"{where}.", why=f"{spec.most} is the most.", help="Lower it.", node=place.node)
    elif spec.type == "STRING" and not isinstance(value, str):
        yield Problem(what=f"{where}.", why="It takes text.", help="Correct the value.", node=place.node)
    elif spec.type == "BOOLEAN" and not isinstance(value, bool):
        yield Problem(what=f"{where}.", why="It takes true or false.", help="Correct the value.", node=place.node)


def _not_offered(context: _Context, place: Place, spec: InputSpec, value: object) -> Problem:
    node = context.graph.nodes[place.node]
    offered = [str(one) for one in spec.choices or ()]
    need = _need(context.workflow, place, value)
    folder = need.folder if need is not None else FOLDERS.get(place.input)
    if place.input == "clip_name" and node.class_type == CLIP_VISION_LOADER:
        folder = "clip_vision"
    near = difflib.get_close_matches(str(value), offered, n=1, cutoff=0.5)
    if folder is None and not _is_file(value):
        return Problem(
            what=f"{_named(place.node, node)} has no choice {value!r} for {place.input}.",
            why=f"The server offers {_some(offered)}.",
            help=f"Did you mean {near[0]!r}?" if near else "Choose one of those, or update ComfyUI.",
            node=place.node,
        )
    folder = folder or place.input
    others = [one for one in need.names if one != value] if need is not None else []
    source = f" from {need.source} on Hugging Face" if need is not None and need.source else ""
    instead = f" {_some(others)} will do as well." if others else ""
    there = f"In {folder} the server has {_some(offered)}." if offered else f"In {folder} the server has nothing."
    return Problem(
        kind=FailureKind.MISSING_MODEL,
        what=f"The server has no file {value}.",
        why=f"{_named(place.node, node)} loads it. {there}",
        help=f"Get it{source}, and put it into ComfyUI's models/{folder}; no restart is needed.{instead}",
        node=place.node,
    )


def _need(workflow: Workflow | None, place: Place, value: object) -> Need | None:
    """Return what the workflow says about the file of this input; of several buckets, that of the file itself."""
    if workflow is None:
        return None
    roles = [role for role, places in workflow.roles.items() if place in places]
    needs = [need for need in workflow.needs if need.role in roles]
    return next((need for need in needs if value in need.names), needs[0] if needs else None)


def _is_file(value: object) -> bool:
    return isinstance(value, str) and value.lower().endswith((".safetensors", ".gguf", ".ckpt", ".pt", ".pth", ".bin"))


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown


def _named(key: str, node: Node) -> str:
    return f"Node {key} ({node.title or node.class_type})"
