"""A person's own graph becomes a workflow: its roles, what its model is known to do, and a saver for its last frame."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from services._kit.bindings import base_name
from services._kit.graphs import Graph, Node, Place, WorkflowWrong, linked
from services._kit.roles import NEEDED, find_roles, frames_source, model_chain
from services._kit.workflows import (
    Bucket,
    Dimensions,
    FrameRule,
    LoraSlot,
    Mode,
    Need,
    Role,
    Sample,
    Sampling,
    Workflow,
)

FRAMES_MAX: Final = 81
_FOLDERS: Final = {
    Role.MODEL: "diffusion_models",
    Role.TEXT_ENCODER: "text_encoders",
    Role.VAE: "vae",
    Role.CLIP_VISION: "clip_vision",
}


class _Model(Struct, frozen=True, kw_only=True):
    """What is known about a kind of model, told by the name of its file."""

    pattern: str
    title: str
    lora_family: str
    frames: FrameRule
    size_step: int
    fps: int


_KNOWN: Final = (
    _Model(
        pattern=r"wan.?2[._]?1.*1[._]3b",
        title="WAN 2.1 1.3B",
        lora_family="wan2.1-1.3b",
        frames=FrameRule(step=4, least=5, most=FRAMES_MAX),
        size_step=16,
        fps=16,
    ),
    _Model(
        pattern=r"wan.?2[._]?2.*5b",
        title="WAN 2.2 5B",
        lora_family="wan2.2-5b",
        frames=FrameRule(step=4, least=5, most=121),
        size_step=32,
        fps=24,
    ),
    _Model(
        pattern=r"wan.?2[._]?2",
        title="WAN 2.2 14B",
        lora_family="wan2.2-14b",
        frames=FrameRule(step=4, least=5, most=FRAMES_MAX),
        size_step=16,
        fps=16,
    ),
    _Model(
        pattern=r"wan.?2[._]?1",
        title="WAN 2.1 14B",
        lora_family="wan2.1-14b",
        frames=FrameRule(step=4, least=5, most=FRAMES_MAX),
        size_step=16,
        fps=16,
    ),
    _Model(
        pattern=r"hunyuan",
        title="HunyuanVideo",
        lora_family="hunyuan",
        frames=FrameRule(step=4, least=5, most=129),
        size_step=16,
        fps=24,
    ),
    _Model(
        pattern=r"ltx",
        title="LTX-Video",
        lora_family="ltxv",
        frames=FrameRule(step=8, least=9, most=257),
        size_step=32,
        fps=24,
    ),
    _Model(
        pattern=r"cogvideo",
        title="CogVideoX",
        lora_family="cogvideox-5b",
        frames=FrameRule(step=8, least=9, most=49),
        size_step=16,
        fps=8,
    ),
)


class Adopted(Struct, frozen=True, kw_only=True):
    """A workflow made from a person's graph, and what they should know about it."""

    workflow: Workflow
    remarks: tuple[str, ...]


def adopt(name: str, graph: Graph, answers: Mapping[Role, tuple[Place, ...]] | None = None) -> Adopted:
    """Return the graph as a workflow of this name.

    Args:
        answers: what a person said about roles that could not be told; it wins over what was found.

    Raises:
        WorkflowWrong: a role without which no order can be carried out is bound to nothing.
    """
    found = find_roles(graph)
    roles = {**found.roles, **(answers or {})}
    missing = [role for role in NEEDED if not roles.get(role)]
    if missing:
        raise WorkflowWrong(
            f"This workflow does not show where {', '.join(missing)} belong{'s' if len(missing) == 1 else ''}.",
            why="Without that an order can't be carried out.",
            help="Give the node a title like (Input:prompt) in ComfyUI and export it again, "
            "or say it here: --role prompt=6.text.",
        )
    graph, roles, remarks = _with_last_frame(graph, roles)
    known = _known(graph)
    fps = _fps(graph, roles, known)
    frames = known.frames if known else FrameRule(step=4, least=5, most=FRAMES_MAX)
    chain = model_chain(graph)
    if chain is None:
        remarks.append(
            "LoRAs can't be put in: the graph loads several models, or its model by a node that is not known."
        )
    if known is None:
        remarks.append(
            f"Its model is not known. Lengths of 4n+1 up to {FRAMES_MAX} frames and sides that are multiples of 16 are "
            "assumed; correct the TOML if they are others."
        )
    for role in (Role.NEGATIVE, Role.STEPS, Role.CFG):
        if role not in roles:
            remarks.append(f"Nothing is bound to {role}: the graph's own stays as it is.")
    workflow = Workflow(
        name=name,
        title=f"{name} ({known.title})" if known else name,
        family=name,
        modes=_modes(roles),
        fps=fps,
        frames=frames,
        size_step=known.size_step if known else 16,
        buckets=_buckets(graph, roles),
        roles={role: roles[role] for role in Role if role in roles},
        defaults=Sampling(
            steps=_whole(graph, roles.get(Role.STEPS)),
            cfg=_number(graph, roles.get(Role.CFG)),
            shift=_number(graph, roles.get(Role.SHIFT)),
        ),
        sample=Sample(frames=frames.at_least(min(33, frames.most))),
        needs=tuple(_needs(graph, roles)),
        loras=LoraSlot(family=known.lora_family if known else name, start=chain[0], ends=chain[1]) if chain else None,
        graph=graph,
        is_own=True,
    )
    return Adopted(workflow=workflow, remarks=tuple(remarks))


def _with_last_frame(
    graph: Graph, roles: dict[Role, tuple[Place, ...]]
) -> tuple[Graph, dict[Role, tuple[Place, ...]], list[str]]:
    """Return the graph with its last frame saved as PNG, so that a segment can be continued without loss."""
    if Role.LAST_FRAME_PREFIX in roles:
        return graph, roles, []
    source = frames_source(graph)
    if source is None:
        remark = "The last frame is taken from the clip, not without loss: it is unclear which node gives its frames."
        return graph, roles, [remark]
    pick = graph.new_id()
    save = graph.new_id(frozenset((pick,)))
    nodes = {
        **graph.nodes,
        pick: Node(
            class_type="ImageFromBatch",
            inputs={"image": linked(source), "batch_index": 0, "length": 1},
            title="Last frame of the clip",
        ),
        save: Node(
            class_type="SaveImage",
            inputs={"images": [pick, 0], "filename_prefix": "kindling/last"},
            title="Save the last frame",
        ),
    }
    bound = {
        **roles,
        Role.LAST_FRAME_INDEX: (Place(pick, "batch_index"),),
        Role.LAST_FRAME_PREFIX: (Place(save, "filename_prefix"),),
    }
    remark = (
        f"Two nodes were added to the copy, {pick} and {save}: they save the last frame, which the next segment needs."
    )
    return Graph(nodes), bound, [remark]


def _known(graph: Graph) -> _Model | None:
    names = " ".join(
        base_name(value).lower()
        for node in graph.nodes.values()
        for key, value in node.inputs.items()
        if isinstance(value, str) and key in ("unet_name", "ckpt_name", "model", "model_name")
    )
    return next((one for one in _KNOWN if re.search(one.pattern, names)), None)


def _modes(roles: Mapping[Role, tuple[Place, ...]]) -> tuple[Mode, ...]:
    if Role.END_IMAGE in roles and Role.START_IMAGE in roles:
        return ("flf2v",)
    return ("i2v",) if Role.START_IMAGE in roles else ("t2v",)


def _fps(graph: Graph, roles: Mapping[Role, tuple[Place, ...]], known: _Model | None) -> int:
    said = _number(graph, roles.get(Role.FPS))
    if said is not None and said >= 1:
        return round(said)
    return known.fps if known else 16


def _buckets(graph: Graph, roles: Mapping[Role, tuple[Place, ...]]) -> tuple[Bucket, ...]:
    """Return the size that the graph stands at, and the same on its side."""
    width, height = _whole(graph, roles.get(Role.WIDTH)), _whole(graph, roles.get(Role.HEIGHT))
    if not width or not height:
        return ()
    sizes = dict.fromkeys((Dimensions(width, height), Dimensions(height, width)))
    return (Bucket(name="own", sizes=tuple(sizes)),)


def _needs(graph: Graph, roles: Mapping[Role, tuple[Place, ...]]) -> list[Need]:
    needs = []
    for role, folder in _FOLDERS.items():
        places = roles.get(role, ())
        if len(places) == 1:
            name = graph.value(places[0])
            where = "checkpoints" if places[0].input == "ckpt_name" else folder
            if isinstance(name, str):
                needs.append(Need(role=role, folder=where, names=(name,)))
    return needs


def _number(graph: Graph, places: tuple[Place, ...] | None) -> float | None:
    value = graph.value(places[0]) if places else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(graph: Graph, places: tuple[Place, ...] | None) -> int | None:
    number = _number(graph, places)
    return int(number) if number is not None and number.is_integer() else None
