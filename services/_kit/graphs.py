"""Graphs in ComfyUI's API format: read strictly, walked along their links, changed by making new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

GRAPH_BYTES_MAX = 4_000_000
NODES_MAX = 2_000


class WorkflowWrong(Exception):
    """A workflow, a graph or a LoRA can't be used: what is wrong, why, and what to do."""

    def __init__(self, what: str, *, why: str = "", help: str = "") -> None:
        self.what, self.why, self.help = what, why, help
        super().__init__(" ".join(part for part in (what, why, help) if part))


class Link(Struct, frozen=True):
    """Where an input comes from: a node, and which of its outputs, counted from 0."""

    node: str
    slot: int


class Place(Struct, frozen=True, order=True):
    """One input of one node; written `37.unet_name`."""

    node: str
    input: str

    def __str__(self) -> str:
        return f"{self.node}.{self.input}"


class Node(Struct, frozen=True, kw_only=True):
    """A node: its class, and the value or the link of each input.

    A value is what JSON can hold; ComfyUI writes a link as a list of a node's id and a number.
    """

    class_type: str
    inputs: Mapping[str, object]
    title: str = ""

    @property
    def links(self) -> Iterator[tuple[str, Link]]:
        """Yield the inputs that come from other nodes."""
        for name, value in self.inputs.items():
            link = link_of(value)
            if link is not None:
                yield name, link


class Graph(Struct, frozen=True):
    """A graph by node id, in the order it was written in."""

    nodes: Mapping[str, Node]

    def value(self, place: Place) -> object:
        """Return what stands at an input.

        Raises:
            KeyError: there is no such node or input.
        """
        return self.nodes[place.node].inputs[place.input]

    def has(self, place: Place) -> bool:
        """Say whether the graph has this input."""
        return place.node in self.nodes and place.input in self.nodes[place.node].inputs

    def consumers(self, link: Link) -> tuple[Place, ...]:
        """Return the inputs that an output goes to."""
        return tuple(
            Place(key, name) for key, node in self.nodes.items() for name, source in node.links if source == link
        )

    def upstream(self, start: str) -> frozenset[str]:
        """Return the node and all that it depends on; ids that the graph has not are left out."""
        found: set[str] = set()
        waiting = [start]
        while waiting:
            key = waiting.pop()
            if key in found or key not in self.nodes:
                continue
            found.add(key)
            waiting.extend(link.node for _, link in self.nodes[key].links)
        return frozenset(found)

    def of_class(self, *classes: str) -> tuple[str, ...]:
        """Return the ids of the nodes of these classes."""
        return tuple(key for key, node in self.nodes.items() if node.class_type in classes)

    def new_id(self, taken: frozenset[str] = frozenset()) -> str:
        """Return an id that no node has: the next whole number."""
        used = [int(key) for key in (*self.nodes, *taken) if key.isascii() and key.isdigit()]
        return str(max(used, default=0) + 1)


def link_of(value: object) -> Link | None:
    """Return the value as a link, or None where it is a plain value."""
    match value:
        case [str() as node, bool()]:
            return None
        case [str() as node, int() as slot]:
            return Link(node, slot)
        case _:
            return None


def parse_graph(text: bytes) -> Graph:
    """Return the graph of a file in API format.

    Raises:
        WorkflowWrong: it is no graph, or one in the format of ComfyUI's own canvas, which holds no input names.
    """
    if len(text) > GRAPH_BYTES_MAX:
        raise WorkflowWrong(
            f"This workflow has {len(text) / 1e6:.1f} MB.",
            why=f"A graph has a few kilobytes; more than {GRAPH_BYTES_MAX / 1e6:.0f} MB is not read.",
            help="Export it again without pictures in it.",
        )
    try:
        tree: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WorkflowWrong("This is not a workflow.", why=f"It is not JSON: {error}.", help=_HOW_TO_EXPORT) from error
    if not isinstance(tree, dict):
        raise WorkflowWrong("This is not a workflow.", why="It holds no nodes by their ids.", help=_HOW_TO_EXPORT)
    if isinstance(tree.get("nodes"), list) or "last_node_id" in tree:
        raise WorkflowWrong(
            "This workflow is in the format of ComfyUI's canvas.",
            why="It holds positions and widgets without their names, so only the browser knows which value is what.",
            help=_HOW_TO_EXPORT,
        )
    inner = tree.get("prompt")
    if isinstance(inner, dict) and "class_type" not in tree:
        # What is posted to a server holds the graph under this name; both are met as files.
        tree = inner
    if not tree:
        raise WorkflowWrong("This workflow is empty.", why="It has no node.", help=_HOW_TO_EXPORT)
    if len(tree) > NODES_MAX:
        raise WorkflowWrong(f"This workflow has {len(tree)} nodes.", why=f"{NODES_MAX} are the most that are read.")
    return Graph({str(key): _node(str(key), value) for key, value in tree.items()})


def encode_graph(graph: Graph) -> bytes:
    """Return the graph as JSON in API format, indented, with a line break at the end."""
    return msgspec.json.format(msgspec.json.encode(api_format(graph)), indent=2) + b"\n"


def api_format(graph: Graph) -> dict[str, dict[str, object]]:
    """Return the graph as what is posted under `prompt`."""
    posted: dict[str, dict[str, object]] = {}
    for key, node in graph.nodes.items():
        posted[key] = {"class_type": node.class_type, "inputs": dict(node.inputs)}
        if node.title:
            posted[key]["_meta"] = {"title": node.title}
    return posted


def with_values(graph: Graph, values: Mapping[Place, object]) -> Graph:
    """Return the graph with other values at these inputs, and all else as it was."""
    nodes = dict(graph.nodes)
    for place, value in values.items():
        node = nodes[place.node]
        changed = msgspec.structs.replace(node, inputs={**node.inputs, place.input: value})
        nodes[place.node] = changed
    return Graph(nodes)


def linked(link: Link) -> list[object]:
    """Return the link as ComfyUI writes it."""
    return [link.node, link.slot]


_HOW_TO_EXPORT = (
    "In ComfyUI open the workflow and choose Workflow → Export (API); in older versions switch on "
    "“Enable dev mode options” in the settings, then press “Save (API Format)”. Give that file."
)


def _node(key: str, value: object) -> Node:
    if not isinstance(value, dict) or not isinstance(value.get("class_type"), str):
        raise WorkflowWrong(
            f"Node {key!r} of this workflow has no class_type.",
            why="In API format each node names its class and its inputs.",
            help=_HOW_TO_EXPORT,
        )
    inputs = value.get("inputs", {})
    if not isinstance(inputs, dict):
        raise WorkflowWrong(f"The inputs of node {key!r} are not named.", help=_HOW_TO_EXPORT)
    meta = value.get("_meta")
    title = meta.get("title", "") if isinstance(meta, dict) else ""
    return Node(
        class_type=value["class_type"],
        inputs={str(name): one for name, one in inputs.items()},
        title=title if isinstance(title, str) else "",
    )
