"""What a workflow gives the ComfyUI renderer: a graph for one order, and where in it things stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from bus.ids import Digest
from bus.plan import Order
from services._kit.graphs import Graph, Place, with_values
from services.creator.renderers.renderer import FailureKind

PREFIX_INPUT: Final = "filename_prefix"
"""Every saver, ComfyUI's own and those of custom packs, names its files by this input."""

KEY_INPUT: Final = "kindling"
"""An input that no node knows. ComfyUI hands it to none, and keeps what it has made by all inputs that were given."""


class ImageSlot(Struct, frozen=True, kw_only=True):
    """An input that takes the name of an uploaded picture, and which picture that is."""

    place: Place
    image: Digest


class BoundGraph(Struct, frozen=True, kw_only=True):
    """A graph with one order's values in it; file names of pictures and outputs are set when it is posted."""

    graph: Graph
    saver_nodes: tuple[str, ...]
    """Every node that writes files; each gets the job's own prefix, so that no cache answers with another's file."""
    video_node: str
    """The saver of the clip."""
    seed_nodes: tuple[str, ...] = ()
    """Every node that is given the seed; each gets the order's key as well, so that no cache answers for another's."""
    last_frame_node: str | None = None
    """The saver of the last frame as PNG; without one the last decoded frame is handed over."""
    image_slots: tuple[ImageSlot, ...] = ()
    model: str | None = None
    """The file of the diffusion model, for the record."""
    model_folder: str = ""
    """The server's folder that it lies in; empty where the workflow does not say."""


class Offer(Struct, frozen=True):
    """What a server has: its node classes as `/object_info` describes them; a class it lacks is not here."""

    node_classes: Mapping[str, msgspec.Raw]


class Obstacle(Struct, frozen=True, kw_only=True):
    """A reason why a server can't render a graph, found before anything is posted."""

    kind: FailureKind
    why: str
    help: str


class Workflow(Protocol):
    """A workflow file with its binding, as the renderer sees it."""

    @property
    def name(self) -> str:
        """What orders name it by."""
        ...

    @property
    def version(self) -> str:
        """What changes whenever the same order would give another graph."""
        ...

    def bind(self, order: Order) -> BoundGraph:
        """Return the graph of an order.

        Raises:
            RenderFailed: the workflow can't do what is ordered (`validation`).
        """
        ...

    def fitted(self, bound: BoundGraph, offer: Offer) -> BoundGraph:
        """Return the graph with the files that this server has: of several that will do, under the names it lists.

        Raises:
            RenderFailed: the workflow can't do what is ordered (`validation`).
        """
        ...

    def obstacles(self, bound: BoundGraph, offer: Offer) -> tuple[Obstacle, ...]:
        """Return what keeps this server from rendering the graph: missing models first."""
        ...

    def share(self, bound: BoundGraph) -> float:
        """Return the graph's sampling as a share of what the film's own workflow takes for the same picture."""
        ...

    def smaller(self, order: Order) -> Order | None:
        """Return the next smaller order that needs clearly less memory, or None where there is none."""
        ...


def prefix_of(key: str) -> str:
    """Return what the files of a job are called on the server: a folder of ours, and the order's key."""
    return f"kindling/{key}"


def prepared(bound: BoundGraph, key: str, names: Mapping[Digest, str]) -> Graph:
    """Return the graph as it is posted: files named after the job, pictures by the names the server gave them.

    Its sampling is named after the job as well: a film that is made again has the orders of the recorded one, and
    would else be given that one's pictures out of the server's cache, and be found to be the same.
    """
    values: dict[Place, object] = {Place(node, PREFIX_INPUT): prefix_of(key) for node in bound.saver_nodes}
    values |= {Place(node, KEY_INPUT): key for node in bound.seed_nodes}
    values |= {slot.place: names[slot.image] for slot in bound.image_slots}
    return with_values(bound.graph, values)


def classes_of(graph: Graph) -> tuple[str, ...]:
    """Return the node classes that a graph needs, each once."""
    return tuple(sorted({node.class_type for node in graph.nodes.values()}))


def step_count(graph: Graph) -> int:
    """Return how many sampling steps the graph announces, for a first guess at the way ahead."""
    steps = (node.inputs.get("steps") for node in graph.nodes.values())
    return sum(one for one in steps if isinstance(one, int) and not isinstance(one, bool))
