"""What the inputs of an unknown graph mean: found by titles, links and names where there is one answer, else asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from services._kit.graphs import Graph, Link, Node, Place, link_of
from services._kit.workflows import Role

_TITLE = re.compile(r"\(Input:\s*([\w -]+?)\s*\)", re.IGNORECASE)
_OTHER_NAMES: Final = {
    "positive": Role.PROMPT,
    "text": Role.PROMPT,
    "negative_prompt": Role.NEGATIVE,
    "noise_seed": Role.SEED,
    "length": Role.FRAMES,
    "num_frames": Role.FRAMES,
    "frame_count": Role.FRAMES,
    "frame_rate": Role.FPS,
    "guidance": Role.CFG,
    "image": Role.START_IMAGE,
    "first_frame": Role.START_IMAGE,
    "last_frame": Role.END_IMAGE,
    "checkpoint": Role.MODEL,
}
_INPUTS: Final[dict[Role, tuple[str, ...]]] = {
    Role.PROMPT: ("text", "prompt", "positive_prompt", "string", "value"),
    Role.NEGATIVE: ("text", "prompt", "negative_prompt", "string", "value"),
    Role.SEED: ("seed", "noise_seed", "value"),
    Role.WIDTH: ("width", "value"),
    Role.HEIGHT: ("height", "value"),
    Role.FRAMES: ("length", "num_frames", "frames", "video_frames", "frame_count", "value"),
    Role.FPS: ("fps", "frame_rate", "value"),
    Role.STEPS: ("steps", "value"),
    Role.CFG: ("cfg", "guidance", "value"),
    Role.SHIFT: ("shift", "value"),
    Role.START_IMAGE: ("image", "value"),
    Role.END_IMAGE: ("image", "value"),
    Role.MODEL: ("unet_name", "ckpt_name", "model_name", "model"),
    Role.TEXT_ENCODER: ("clip_name", "model_name"),
    Role.VAE: ("vae_name", "model_name"),
    Role.CLIP_VISION: ("clip_name", "model_name"),
    Role.DISTILLATION_LORA: ("lora_name",),
    Role.VIDEO_PREFIX: ("filename_prefix",),
    Role.LAST_FRAME_PREFIX: ("filename_prefix",),
    Role.LAST_FRAME_INDEX: ("batch_index",),
}
"""What nodes call the input that a role is bound to, most telling name first."""
NEEDED: Final = (Role.PROMPT, Role.SEED, Role.WIDTH, Role.HEIGHT, Role.FRAMES, Role.VIDEO_PREFIX)
"""Without these an order can't be carried out."""
_VIDEO_SAVERS: Final = ("SaveVideo", "SaveWEBM", "SaveAnimatedWEBP", "SaveAnimatedPNG", "VHS_VideoCombine")
_LOADERS: Final = {
    "UNETLoader": (Role.MODEL, "unet_name"),
    "UnetLoaderGGUF": (Role.MODEL, "unet_name"),
    "CheckpointLoaderSimple": (Role.MODEL, "ckpt_name"),
    "CLIPLoader": (Role.TEXT_ENCODER, "clip_name"),
    "CLIPLoaderGGUF": (Role.TEXT_ENCODER, "clip_name"),
    "VAELoader": (Role.VAE, "vae_name"),
    "CLIPVisionLoader": (Role.CLIP_VISION, "clip_name"),
}
_HOPS_MAX: Final = 40


class Question(Struct, frozen=True, kw_only=True):
    """A role that could not be told, and the inputs that it may be."""

    role: Role
    why: str
    choices: tuple[Place, ...]


class Found(Struct, frozen=True, kw_only=True):
    """What the inputs of a graph mean, and what could not be told."""

    roles: dict[Role, tuple[Place, ...]]
    questions: tuple[Question, ...]
    """Roles with several answers, and needed ones with none."""

    @property
    def missing(self) -> tuple[Role, ...]:
        """Return the roles without which an order can't be carried out, and that are not bound."""
        return tuple(role for role in NEEDED if role not in self.roles)


def find_roles(graph: Graph) -> Found:
    """Return what the graph's inputs mean: titles like `(Input:prompt)` win, links and names decide the rest."""
    titled, unclear = _titled(graph)
    candidates: dict[Role, list[Place]] = {}
    for role, place in _by_links(graph):
        if role not in titled and place not in candidates.setdefault(role, []):
            candidates[role].append(place)
    roles, questions = dict(titled), list(unclear)
    for role, places in candidates.items():
        if len(places) == 1 or role in (Role.FPS, Role.VIDEO_PREFIX):
            # Every saver gets the rate and the prefix; one of them being forgotten would answer from the cache.
            roles[role] = tuple(places)
        elif places:
            questions.append(Question(role=role, why="Several inputs could be it.", choices=tuple(places)))
    asked = {one.role for one in questions}
    for role in NEEDED:
        if role not in roles and role not in asked:
            choices = tuple(
                Place(key, name)
                for key, node in graph.nodes.items()
                for name in _INPUTS[role]
                if name in node.inputs and link_of(node.inputs[name]) is None
            )
            questions.append(Question(role=role, why="No input leads to it by its links.", choices=choices))
    return Found(roles=roles, questions=tuple(questions))


def role_named(text: str) -> Role | None:
    """Return the role that a person means by a word, or None."""
    word = text.strip().lower().replace(" ", "_").replace("-", "_")
    if word in _OTHER_NAMES:
        return _OTHER_NAMES[word]
    return next((role for role in Role if role.value == word), None)


def model_chain(graph: Graph) -> tuple[Link, tuple[Place, ...]] | None:
    """Return where LoRAs go in: after the model's loader and the LoRAs already there, before all that uses them.

    None where the graph loads several models, or none: nobody can tell then which of them a LoRA is for.
    """
    loaders = graph.of_class("UNETLoader", "UnetLoaderGGUF", "CheckpointLoaderSimple")
    if len(loaders) != 1:
        return None
    link = Link(loaders[0], 0)
    for _ in range(_HOPS_MAX):
        places = graph.consumers(link)
        following = [one for one in places if graph.nodes[one.node].class_type == "LoraLoaderModelOnly"]
        if len(following) == 1 and len(places) == 1:
            link = Link(following[0].node, 0)
            continue
        return (link, places) if places and not following else None
    return None


def frames_source(graph: Graph) -> Link | None:
    """Return the output that the saved clip's frames come from, or None where savers disagree."""
    sources: list[Link] = []
    for key in graph.of_class(*_VIDEO_SAVERS):
        node = graph.nodes[key]
        link = link_of(node.inputs.get("images"))
        video = link_of(node.inputs.get("video"))
        if link is None and video is not None and video.node in graph.nodes:
            link = link_of(graph.nodes[video.node].inputs.get("images"))
        if link is not None and link not in sources:
            sources.append(link)
    return sources[0] if len(sources) == 1 else None


def _titled(graph: Graph) -> tuple[dict[Role, tuple[Place, ...]], list[Question]]:
    """Return the roles that titles give, and those whose node has no input of a fitting name."""
    roles: dict[Role, tuple[Place, ...]] = {}
    questions = []
    for key, node in graph.nodes.items():
        for word in _TITLE.findall(node.title):
            role = role_named(word)
            if role is None:
                continue
            plain = [name for name in node.inputs if link_of(node.inputs[name]) is None]
            fitting = [name for name in _INPUTS[role] if name in plain] or (plain if len(plain) == 1 else [])
            if fitting:
                roles[role] = (*roles.get(role, ()), Place(key, fitting[0]))
            else:
                choices = tuple(Place(key, name) for name in plain)
                questions.append(Question(role=role, why=f"Node {key} is titled so.", choices=choices))
    return roles, questions


def _by_links(graph: Graph) -> Iterator[tuple[Role, Place]]:
    savers = [key for key in graph.nodes if graph.nodes[key].class_type in _VIDEO_SAVERS]
    reached = frozenset(one for key in savers for one in graph.upstream(key))
    for key in savers:
        node = graph.nodes[key]
        yield from _plain(graph, key, Role.VIDEO_PREFIX, "filename_prefix")
        for name in ("fps", "frame_rate"):
            yield from _plain(graph, key, Role.FPS, name)
        video = link_of(node.inputs.get("video"))
        if video is not None:
            yield from _plain(graph, video.node, Role.FPS, "fps")
    for key in graph.nodes:
        if key in reached:
            yield from _of_node(graph, key)


def _of_node(graph: Graph, key: str) -> Iterator[tuple[Role, Place]]:
    node = graph.nodes[key]
    if "positive" in node.inputs and _is_sampling(graph, key):
        for side, role in (("positive", Role.PROMPT), ("negative", Role.NEGATIVE)):
            link = link_of(node.inputs.get(side))
            if link is not None:
                yield from ((role, place) for place in dict.fromkeys(_texts(graph, link, side, 0)))
    if node.inputs.get("add_noise") not in ("disable", False):
        # The second of two samplers goes on with the first one's noise, and has no seed of its own.
        for name in ("seed", "noise_seed"):
            yield from _plain(graph, key, Role.SEED, name)
    if not {"start_at_step", "end_at_step"} & node.inputs.keys():
        # Where two samplers share the steps, other steps would tear them apart.
        yield from _plain(graph, key, Role.STEPS, "steps")
    yield from _plain(graph, key, Role.CFG, "cfg")
    yield from _plain(graph, key, Role.SHIFT, "shift")
    if _is_canvas(node):
        yield from _plain(graph, key, Role.WIDTH, "width")
        yield from _plain(graph, key, Role.HEIGHT, "height")
    for name in ("length", "num_frames", "video_frames"):
        if node.class_type != "ImageFromBatch":
            yield from _plain(graph, key, Role.FRAMES, name)
    for name, role in (("start_image", Role.START_IMAGE), ("end_image", Role.END_IMAGE)):
        link = link_of(node.inputs.get(name))
        if link is not None:
            pictures = [one for one in graph.upstream(link.node) if graph.nodes[one].class_type == "LoadImage"]
            yield from ((role, Place(one, "image")) for one in sorted(pictures))
    if node.class_type in _LOADERS:
        role, name = _LOADERS[node.class_type]
        yield from _plain(graph, key, role, name)


def _is_sampling(graph: Graph, key: str) -> bool:
    """Say whether a node with `positive` denoises, or guides what does; the others only add to the conditioning."""
    node = graph.nodes[key]
    return "steps" in node.inputs or "cfg" in node.inputs or "noise_seed" in node.inputs


def _is_canvas(node: Node) -> bool:
    """Say whether width and height of a node are those of the clip, and not of a picture that is resized."""
    is_long = bool({"length", "num_frames", "video_frames"} & node.inputs.keys())
    return is_long or node.class_type.startswith("Empty")


def _plain(graph: Graph, key: str, role: Role, name: str) -> Iterator[tuple[Role, Place]]:
    """Yield the input where it is typed in; where a constant gives it, the constant's own."""
    for _ in range(_HOPS_MAX):
        node = graph.nodes.get(key)
        if node is None or name not in node.inputs:
            return
        link = link_of(node.inputs[name])
        if link is None:
            yield role, Place(key, name)
            return
        source = graph.nodes.get(link.node)
        typed = [one for one, value in source.inputs.items() if link_of(value) is None] if source else []
        constants = [one for one in typed if one in _INPUTS[role]] or typed
        if source is None or len(constants) != 1:
            return
        key, name = link.node, constants[0]


def _texts(graph: Graph, link: Link, side: str, hops: int) -> Iterator[Place]:
    """Yield the inputs whose text ends up in this conditioning."""
    node = graph.nodes.get(link.node)
    if node is None or hops > _HOPS_MAX:
        return
    for name in ("text", "prompt", f"{side}_prompt"):
        if name in node.inputs:
            yield from (place for _, place in _plain(graph, link.node, Role.PROMPT, name))
            return
    if "positive" in node.inputs and "negative" in node.inputs:
        # A node that takes both gives both: positive first, negative second.
        side = "negative" if link.slot == 1 else "positive"
        following = [link_of(node.inputs[side])]
    else:
        following = [one for name, one in node.links if name.startswith(("conditioning", "cond", "text_embeds"))]
    for one in following:
        if one is not None:
            yield from _texts(graph, one, side, hops + 1)
