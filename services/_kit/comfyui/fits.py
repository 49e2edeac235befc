"""What fits what, where ComfyUI succeeds and the picture is wrong: model and graph, size and length, LoRA and model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services._kit.bindings import OrderValues, base_name
from services._kit.comfyui.problem import Problem
from services._kit.failures import FailureKind
from services._kit.graphs import Graph, link_of
from services._kit.loras import Loras
from services._kit.workflows import Dimensions, Workflow

LARGER_BY: Final = 1.1
"""A size may have this many times the pixels of the model's largest before it is refused."""
_KIND = re.compile(r"(?<![a-z0-9])(flf2v|i2v|t2v)(?![a-z0-9])", re.IGNORECASE)
_MODEL_INPUTS: Final = ("unet_name", "ckpt_name")


def fit_problems(graph: Graph, workflow: Workflow | None) -> Iterator[Problem]:
    """Yield what a model is loaded for and the graph does not do, and pictures that are missing."""
    kind = graph_kind(graph)
    for key, node in graph.nodes.items():
        if node.class_type == "WanImageToVideo" and link_of(node.inputs.get("start_image")) is None:
            yield Problem(
                what=f"Node {key} ({node.title or node.class_type}) has no first frame.",
                why="ComfyUI renders image to video without a picture, and shows noise that looks like a film.",
                help="Connect a LoadImage node to start_image, or use a text-to-video workflow.",
                node=key,
            )
        if node.class_type == "WanFirstLastFrameToVideo":
            missing = [one for one in ("start_image", "end_image") if link_of(node.inputs.get(one)) is None]
            if missing:
                yield Problem(
                    what=f"Node {key} ({node.title or node.class_type}) has no {' and no '.join(missing)}.",
                    why="It renders the way from one picture to another.",
                    help="Connect a LoadImage node to each.",
                    node=key,
                )
        for name in _MODEL_INPUTS:
            file = node.inputs.get(name)
            if isinstance(file, str) and kind is not None:
                yield from _model_fits(key, file, kind)


def graph_kind(graph: Graph) -> str | None:
    """Return which mode a WAN graph renders by its nodes; None for graphs of other models."""
    if graph.of_class("WanFirstLastFrameToVideo"):
        return "flf2v"
    if graph.of_class("WanImageToVideo"):
        return "i2v"
    wan = any(node.inputs.get("type") == "wan" for node in graph.nodes.values())
    return "t2v" if wan and graph.of_class("EmptyHunyuanLatentVideo") else None


def _model_fits(key: str, file: str, kind: str) -> Iterator[Problem]:
    named = {one.lower() for one in _KIND.findall(base_name(file).replace("_", " ").replace("-", " "))}
    if not named or kind in named:
        return
    given = "/".join(sorted(named))
    yield Problem(
        what=f"{base_name(file)} is a model for {given}, and this graph renders {kind}.",
        why="ComfyUI says nothing about it; what comes out is not what the model can do.",
        help=f"Load a model for {kind}, or use a workflow for {given}.",
        node=key,
        # The model for image to video has the same inputs as that for two pictures: it renders, less well.
        is_fatal=not (kind == "flf2v" and named == {"i2v"}),
    )


def order_problems(workflow: Workflow, values: OrderValues) -> Iterator[Problem]:
    """Yield what the order asks for and the workflow's model can't do."""
    if values.mode not in workflow.modes:
        yield Problem(
            what=f"{workflow.name} can't render {values.mode}.",
            why=f"It does {', '.join(workflow.modes)}.",
            help="Take the workflow of its family for that mode.",
        )
    elif values.mode != "t2v" and values.start_image is None:
        yield Problem(
            what=f"{values.mode} was ordered without a first frame.",
            why="The clip would start from nothing.",
            help="Give a picture, or order t2v.",
        )
    elif values.mode == "flf2v" and values.end_image is None:
        yield Problem(
            what="flf2v was ordered without a last frame.",
            why="The clip would lead to nothing.",
            help="Give a picture.",
        )
    rule = workflow.frames
    if not rule.allows(values.frames):
        yield Problem(
            what=f"{workflow.title} can't render {values.frames} frames.",
            why=f"Lengths are {rule.step}n+1, from {rule.least} to {rule.most}; ComfyUI would render fewer in silence.",
            help=f"The next length that holds them is {rule.at_least(values.frames)}.",
        )
    if values.fps != workflow.fps:
        yield Problem(
            what=f"{workflow.title} moves at {workflow.fps} frames a second, and {values.fps} were ordered.",
            why="The clip would play too fast or too slow.",
            help=f"Plan the film with {workflow.fps} frames a second.",
        )
    yield from _size_problems(workflow, Dimensions(values.width, values.height))


def _size_problems(workflow: Workflow, size: Dimensions) -> Iterator[Problem]:
    step = workflow.size_step
    if size.width % step or size.height % step or min(size.width, size.height) < step:
        yield Problem(
            what=f"{workflow.title} can't render {size}.",
            why=f"Its sides are multiples of {step}; ComfyUI would cut off the rest in silence.",
            help=f"The nearest is {_rounded(size, step)}.",
        )
    elif workflow.sizes and size not in workflow.sizes:
        largest = max(workflow.sizes, key=lambda one: one.area)
        too_large = size.area > largest.area * LARGER_BY
        yield Problem(
            what=f"{size} is no size that {workflow.title} was made for.",
            why=f"It has more pixels than {largest}, the largest." if too_large else "It may look worse than others.",
            help=f"Those are {', '.join(str(one) for one in workflow.sizes)}.",
            is_fatal=too_large,
        )


def _rounded(size: Dimensions, step: int) -> Dimensions:
    width, height = (max(step, round(side / step) * step) for side in (size.width, size.height))
    return Dimensions(width, height)


def lora_problems(workflow: Workflow, values: OrderValues, known: Loras) -> Iterator[Problem]:
    """Yield LoRAs that nobody knows, or that were made for another model: ComfyUI would load nothing of them."""
    for lora in values.loras:
        reason = known.misfit(lora.file, workflow, values.mode)
        if reason is not None:
            yield Problem(what=reason.what, why=reason.why, help=reason.help, kind=FailureKind.VALIDATION)
