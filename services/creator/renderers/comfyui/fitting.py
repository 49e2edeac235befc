"""Workflow files as the renderer uses them: an order becomes a graph, and a server is asked whether it fits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bus.ids import Digest
from bus.plan import Order
from services._kit.bindings import LoraFile, OrderValues, bind
from services._kit.comfyui.check import check
from services._kit.comfyui.facts import ServerFacts, facts_of, listed_files
from services._kit.graphs import WorkflowWrong
from services._kit.loras import Loras
from services._kit.workflow_files import toml_of
from services._kit.workflows import Mode, Role, Workflow, Workflows
from services.creator.renderers.comfyui.job import (
    PREFIX_INPUT,
    BoundGraph,
    ImageSlot,
    Obstacle,
    Offer,
)
from services.creator.renderers.comfyui.smaller import smaller_order
from services.creator.renderers.renderer import FailureKind, RenderFailed


class FittingGraph(BoundGraph, frozen=True, kw_only=True):
    """A bound graph that remembers what it was bound from: files are named anew once a server's are known."""

    order: Order
    workflow: Workflow
    values: OrderValues
    steps: int | None = None
    cfg: float | None = None


@dataclass(frozen=True, slots=True)
class WorkflowFamily:
    """What an order names as its renderer: the workflow for its mode is chosen when it is bound."""

    name: str
    workflows: Workflows
    loras: Loras

    @property
    def version(self) -> str:
        """Return a digest of every workflow that the name may lead to, and of the catalogue of LoRAs."""
        content = hashlib.sha256(msgspec.json.encode(self.loras))
        names = {one.workflow for one in self.workflows.capabilities(self.name).by_mode}
        names |= {one.sample_workflow for one in self.workflows.capabilities(self.name).by_mode}
        for name in sorted(names):
            workflow = self.workflows.get(name)
            content.update(toml_of(workflow).encode())
            content.update(msgspec.json.encode(workflow.graph))
        return content.hexdigest()[:12]

    def bind(self, order: Order) -> FittingGraph:
        """Return the graph of an order, with the files that its workflow prefers.

        Raises:
            RenderFailed: the workflow can't do what is ordered (`validation`).
        """
        try:
            workflow = self.workflows.resolve(self.name, _mode(order), is_draft=order.draft)
            loras = tuple(self.loras.choose(one.name, one.strength, workflow, _mode(order)) for one in order.loras)
            return _bound(workflow, _values(order, loras, self._prompt(order)), order, {})
        except WorkflowWrong as error:
            raise _refused(error) from error

    def fitted(self, bound: BoundGraph, offer: Offer) -> BoundGraph:
        """Return the graph with the files that this server has: of several that will do, under the names it lists.

        Raises:
            RenderFailed: the workflow can't do what is ordered (`validation`).
        """
        if not isinstance(bound, FittingGraph):
            return bound
        order = bound.order
        try:
            facts = facts_of(offer.node_classes)
            slot = bound.workflow.loras
            listed = facts.choices(slot.node, slot.file_input) if slot is not None else ()
            loras = tuple(
                self.loras.choose(one.name, one.strength, bound.workflow, _mode(order), listed) for one in order.loras
            )
            values = _values(order, loras, self._prompt(order))
            return _bound(bound.workflow, values, order, listed_files(bound.workflow, facts))
        except WorkflowWrong as error:
            raise _refused(error) from error

    def _prompt(self, order: Order) -> str:
        """Return the prompt with the words that its LoRAs need to take effect."""
        return self.loras.with_triggers(order.prompt, tuple(one.name for one in order.loras))

    def obstacles(self, bound: BoundGraph, offer: Offer) -> tuple[Obstacle, ...]:
        """Return what keeps this server from rendering the graph: missing models first."""
        try:
            facts = facts_of(offer.node_classes)
        except WorkflowWrong as error:
            return (Obstacle(kind=FailureKind.VALIDATION, why=f"{error.what} {error.why}".strip(), help=error.help),)
        return self._obstacles(bound, facts)

    def _obstacles(self, bound: BoundGraph, facts: ServerFacts) -> tuple[Obstacle, ...]:
        if isinstance(bound, FittingGraph):
            found = check(bound.graph, facts, bound.workflow, bound.values, self.loras)
        else:
            found = check(bound.graph, facts)
        return tuple(
            Obstacle(kind=one.kind, why=f"{one.what} {one.why}".strip(), help=one.help) for one in found if one.is_fatal
        )

    def share(self, bound: BoundGraph) -> float:
        """Return the graph's sampling as a share of what the film's own workflow takes for the same picture."""
        if not isinstance(bound, FittingGraph):
            return 1.0
        full = self.workflows.resolve(self.name, _mode(bound.order))
        whole = _passes(full.defaults.steps, full.defaults.cfg)
        mine = _passes(bound.steps, bound.cfg)
        return round(min(1.0, mine / whole), 4) if mine and whole else 1.0

    def smaller(self, order: Order) -> Order | None:
        """Return the next smaller order that needs clearly less memory, or None where there is none."""
        workflow = self.workflows.resolve(self.name, _mode(order), is_draft=order.draft)
        if len(workflow.sizes) == 1:
            # Its model knows one size only; a sample may still be shorter.
            shorter = smaller_order(order, workflow.sizes, workflow.size_step)
            return shorter if shorter is not None and shorter.width == order.width else None
        return smaller_order(order, workflow.sizes, workflow.size_step)


def families(workflows: Workflows, loras: Loras) -> Mapping[str, WorkflowFamily]:
    """Return what an order may name as its renderer: each family, and each single workflow."""
    return {name: WorkflowFamily(name, workflows, loras) for name in workflows.names()}


def _bound(
    workflow: Workflow, values: OrderValues, order: Order, listed: Mapping[Role, tuple[str, ...]]
) -> FittingGraph:
    binding = bind(workflow, values, listed)
    pictures: list[tuple[Role, Digest | None]] = [(Role.START_IMAGE, order.start), (Role.END_IMAGE, order.end)]
    last = workflow.roles.get(Role.LAST_FRAME_PREFIX, ())
    model = next((use for use in binding.files if use.role is Role.MODEL), None)
    nodes = binding.graph.nodes.items()
    return FittingGraph(
        graph=binding.graph,
        saver_nodes=tuple(key for key, node in nodes if isinstance(node.inputs.get(PREFIX_INPUT), str)),
        video_node=_video_node(workflow),
        seed_nodes=tuple(place.node for place in workflow.roles.get(Role.SEED, ())),
        last_frame_node=last[0].node if last else None,
        image_slots=tuple(
            ImageSlot(place=place, image=digest)
            for role, digest in pictures
            if digest is not None
            for place in workflow.roles.get(role, ())
        ),
        model=model.name if model is not None else None,
        model_folder=model.folder if model is not None else "",
        order=order,
        workflow=workflow,
        values=values,
        steps=binding.steps,
        cfg=binding.cfg,
    )


def _passes(steps: int | None, cfg: float | None) -> int:
    """Return how often the model is run: guidance other than 1 runs it twice in each step."""
    return (steps or 0) * (1 if cfg == 1 else 2)


def _video_node(workflow: Workflow) -> str:
    places = workflow.roles.get(Role.VIDEO_PREFIX, ())
    if not places:
        raise WorkflowWrong(
            f"The workflow {workflow.name} does not say which node saves the clip.",
            help="Bind video_prefix to the file name prefix of its saver.",
        )
    return places[0].node


def _values(order: Order, loras: tuple[LoraFile, ...], prompt: str) -> OrderValues:
    # Names of pictures and files are set when the graph is posted; until then the digests stand for them.
    return OrderValues(
        mode=_mode(order),
        prompt=prompt,
        negative=order.negative,
        seed=order.seed,
        width=order.width,
        height=order.height,
        frames=order.frame_count,
        fps=order.fps,
        prefix="kindling/order",
        steps=order.steps,
        start_image=f"{order.start}.png" if order.start is not None else None,
        end_image=f"{order.end}.png" if order.end is not None else None,
        loras=loras,
        is_draft=order.draft,
    )


def _mode(order: Order) -> Mode:
    return order.mode.value


def _refused(error: WorkflowWrong) -> RenderFailed:
    return RenderFailed(FailureKind.VALIDATION, f"{error.what} {error.why}".strip(), error.help)
