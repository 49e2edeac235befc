"""Workflows: a graph, what its inputs mean, and what its model can do; found by name, or by family and mode."""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct, structs

from services._kit.graphs import Graph, Link, Place, WorkflowWrong

Mode = Literal["t2v", "i2v", "flf2v"]
MODES: tuple[Mode, ...] = ("t2v", "i2v", "flf2v")
FULL = "full"
FAST = "fast"
"""The variant that samples are rendered with: the same model, with a distillation LoRA or fewer steps."""


class Role(enum.StrEnum):
    """What an input means to us, whatever its node calls it."""

    PROMPT = "prompt"
    NEGATIVE = "negative"
    SEED = "seed"
    WIDTH = "width"
    HEIGHT = "height"
    FRAMES = "frames"
    FPS = "fps"
    STEPS = "steps"
    CFG = "cfg"
    SHIFT = "shift"
    START_IMAGE = "start_image"
    END_IMAGE = "end_image"
    MODEL = "model"
    TEXT_ENCODER = "text_encoder"
    VAE = "vae"
    CLIP_VISION = "clip_vision"
    DISTILLATION_LORA = "distillation_lora"
    VIDEO_PREFIX = "video_prefix"
    LAST_FRAME_PREFIX = "last_frame_prefix"
    LAST_FRAME_INDEX = "last_frame_index"


FILE_ROLES = (Role.MODEL, Role.TEXT_ENCODER, Role.VAE, Role.CLIP_VISION, Role.DISTILLATION_LORA)
"""Roles whose values are names of files on the server."""


class Dimensions(Struct, frozen=True, order=True):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def area(self) -> int:
        """Return the number of pixels."""
        return self.width * self.height

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


class FrameRule(Struct, frozen=True, kw_only=True):
    """Which lengths a model can render: `step`·n + 1 frames."""

    step: int = 4
    least: int = 5
    most: int = 81

    def allows(self, frame_count: int) -> bool:
        """Say whether a clip may have so many frames."""
        return self.least <= frame_count <= self.most and (frame_count - 1) % self.step == 0

    def at_least(self, frame_count: int) -> int:
        """Return the shortest length that holds so many frames; the longest there is if none does."""
        longer = -(-(frame_count - 1) // self.step) * self.step + 1
        highest = (self.most - 1) // self.step * self.step + 1
        return min(max(longer, self.least), highest)


class Bucket(Struct, frozen=True, kw_only=True):
    """Sizes that belong together: they have a model file of their own, or a shift."""

    name: str
    sizes: tuple[Dimensions, ...]
    shift: float | None = None


class Need(Struct, frozen=True, kw_only=True):
    """A file that the workflow needs on the server; any of its names will do, the first is preferred."""

    role: Role
    folder: str
    """Below ComfyUI's `models/`."""
    names: tuple[str, ...]
    bucket: str | None = None
    """Needed for sizes of this bucket only."""
    source: str = ""
    """The repository on Hugging Face that has it."""


class LoraSlot(Struct, frozen=True, kw_only=True):
    """Where LoRAs are put in: a chain of loaders between `start` and `ends`."""

    family: str
    """LoRAs of this family fit the model: `wan2.1-14b`."""
    node: str = "LoraLoaderModelOnly"
    file_input: str = "lora_name"
    strength_input: str = "strength_model"
    chain_input: str = "model"
    """The loader's input that takes what the one before it gives."""
    folder: str = "loras"
    start: Link | None = None
    """What the first loader takes; None where it stands at the beginning."""
    ends: tuple[Place, ...]
    """The inputs that get what the last loader gives."""


class Sampling(Struct, frozen=True, kw_only=True):
    """Steps, guidance and shift where the order names none; None leaves the graph's own."""

    steps: int | None = None
    cfg: float | None = None
    shift: float | None = None


class Sample(Struct, frozen=True, kw_only=True):
    """How a sample is rendered: it shows the look, and not the motion."""

    frames: int
    steps: int | None = None
    sizes: tuple[Dimensions, ...] = ()


class Workflow(Struct, frozen=True, kw_only=True):
    """A graph, which of its inputs mean what, and what its model can do."""

    name: str
    title: str
    about: str = ""
    family: str
    """The workflows that make one film together: `wan2.1` has one for each mode."""
    variant: str = FULL
    modes: tuple[Mode, ...]
    fps: int
    frames: FrameRule = FrameRule()
    size_step: int = 16
    buckets: tuple[Bucket, ...]
    roles: Mapping[Role, tuple[Place, ...]]
    defaults: Sampling = Sampling()
    sample: Sample
    needs: tuple[Need, ...] = ()
    loras: LoraSlot | None = None
    pack: str = ""
    """The custom node pack it needs, as `owner/repository`; empty where ComfyUI alone is enough."""
    memory_gb: float = 0.0
    """What its model takes of a GPU's memory, in GB of 10^9 bytes; 0 where that is not known."""
    notes: tuple[str, ...] = ()
    graph: Graph
    is_own: bool = False
    """The person added it; it lies in `workflows/` of the home."""

    @property
    def sizes(self) -> tuple[Dimensions, ...]:
        """Return every size that the model renders well, smallest bucket first as it is written."""
        return tuple(dict.fromkeys(size for bucket in self.buckets for size in bucket.sizes))

    @property
    def sample_sizes(self) -> tuple[Dimensions, ...]:
        """Return the sizes that a sample may have: those named for it, or the smallest bucket."""
        if self.sample.sizes or not self.buckets:
            return self.sample.sizes
        return min(self.buckets, key=lambda one: max(size.area for size in one.sizes)).sizes

    def but_sizes(self, sizes: tuple[Dimensions, ...]) -> Workflow:
        """Return the workflow with these of its sizes alone, in the buckets they belong to."""
        if not self.buckets:
            return self
        kept = (structs.replace(one, sizes=tuple(size for size in one.sizes if size in sizes)) for one in self.buckets)
        return structs.replace(self, buckets=tuple(one for one in kept if one.sizes))

    def bucket_for(self, size: Dimensions) -> Bucket | None:
        """Return the bucket that has the size, or the one nearest in area; None where the workflow names no sizes."""
        exact = next((one for one in self.buckets if size in one.sizes), None)
        if exact is not None or not self.buckets:
            return exact

        def distance(bucket: Bucket) -> float:
            return min(max(one.area, size.area) / max(1, min(one.area, size.area)) for one in bucket.sizes)

        return min(self.buckets, key=distance)

    def needs_for(self, bucket: Bucket | None) -> tuple[Need, ...]:
        """Return the files that a render in this bucket needs."""
        return tuple(one for one in self.needs if one.bucket is None or (bucket and one.bucket == bucket.name))


class ModeCapability(Struct, frozen=True, kw_only=True):
    """What one mode of a family can do, and which workflows do it."""

    mode: Mode
    workflow: str
    sample_workflow: str
    sizes: tuple[Dimensions, ...]
    frames: FrameRule


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a planner may ask of a renderer: a workflow, or a family of them."""

    renderer: str
    fps: int
    by_mode: tuple[ModeCapability, ...]
    sizes: tuple[Dimensions, ...]
    """Sizes that text and image to video have in common; a plan has one size for all its segments."""
    frames: FrameRule
    """Lengths that every mode can render."""
    sample_sizes: tuple[Dimensions, ...]
    sample_frames: int
    sample_steps: int | None
    lora_family: str | None

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Return the modes there are a workflow for."""
        return tuple(one.mode for one in self.by_mode)

    def modes_at(self, size: Dimensions) -> tuple[Mode, ...]:
        """Return the modes that can be rendered in this size: first-last-frame may need a larger one."""
        return tuple(one.mode for one in self.by_mode if not one.sizes or size in one.sizes)


class Workflows(Struct, frozen=True, kw_only=True):
    """All workflows there are, and the files that are none."""

    all: tuple[Workflow, ...]
    broken: Mapping[str, WorkflowWrong] = {}

    def names(self) -> tuple[str, ...]:
        """Return what an order may name as its renderer: families first, then single workflows."""
        families = dict.fromkeys(_family_name(one) for one in self.all)
        return tuple(dict.fromkeys((*families, *(one.name for one in self.all))))

    def get(self, name: str) -> Workflow:
        """Return the workflow of this very name.

        Raises:
            WorkflowWrong: there is none, or its files can't be used.
        """
        found = next((one for one in self.all if one.name == name), None)
        if found is None:
            raise self.broken.get(name) or self._unknown(name)
        return found

    def resolve(self, renderer: str, mode: Mode, *, is_draft: bool = False) -> Workflow:
        """Return the workflow that renders this mode for a plan's renderer: a family or one of its members.

        A draft takes the family's fast variant where it has one. A member stands for its whole family: `wan2.1-t2v`
        leads to `wan2.1-i2v` for a segment that starts from a picture.

        Raises:
            WorkflowWrong: nothing of that name, or nothing in that family for that mode.
        """
        family, variant, named = self._family(renderer)
        wanted = (FAST, variant, FULL) if is_draft else (variant, FULL)
        for choice in wanted:
            if named is not None and named.variant == choice and mode in named.modes:
                return named
            members = (one for one in self.all if (one.family, one.variant) == (family, choice))
            found = next((one for one in members if mode in one.modes), None)
            if found is not None:
                return found
        here = [one for one in self.all if one.family == family]
        modes = ", ".join(dict.fromkeys(mode for one in here for mode in one.modes))
        raise WorkflowWrong(
            f"{renderer} has no workflow for {mode}.",
            why=f"It can do {modes}.",
            help="Plan the segment in another mode, or add a workflow for it with `kindling workflows add FILE`.",
        )

    def capabilities(self, renderer: str) -> Capabilities:
        """Return what a planner may ask of this renderer.

        Raises:
            WorkflowWrong: there is nothing of that name.
        """
        family, variant, _ = self._family(renderer)
        members = [one for one in self.all if one.family == family and one.variant in (variant, FULL)]
        by_mode = []
        for mode in MODES:
            if any(mode in one.modes for one in members):
                final, draft = self.resolve(renderer, mode), self.resolve(renderer, mode, is_draft=True)
                by_mode.append(
                    ModeCapability(
                        mode=mode,
                        workflow=final.name,
                        sample_workflow=draft.name,
                        sizes=final.sizes,
                        frames=final.frames,
                    )
                )
        chosen = [self.get(one.workflow) for one in by_mode]
        drafts = [self.get(one.sample_workflow) for one in by_mode]
        usual = [one.sizes for one in by_mode if one.mode != "flf2v"] or [one.sizes for one in by_mode]
        return Capabilities(
            renderer=renderer,
            fps=chosen[0].fps,
            by_mode=tuple(by_mode),
            sizes=_common(usual),
            frames=_strictest(one.frames for one in by_mode),
            sample_sizes=_common([one.sample_sizes for one in drafts if "flf2v" not in one.modes] or [()]),
            sample_frames=drafts[0].sample.frames,
            sample_steps=drafts[0].sample.steps or drafts[0].defaults.steps,
            lora_family=chosen[0].loras.family if chosen[0].loras else None,
        )

    def _family(self, renderer: str) -> tuple[str, str, Workflow | None]:
        """Return the family, the variant and, where one is named, the workflow that a plan's renderer means."""
        named = next((one for one in self.all if one.name == renderer), None)
        if named is not None:
            return named.family, named.variant, named
        for one in self.all:
            if renderer == _family_name(one):
                return one.family, one.variant, None
        raise self.broken.get(renderer) or self._unknown(renderer)

    def _unknown(self, name: str) -> WorkflowWrong:
        near = difflib.get_close_matches(name, self.names(), n=1)
        return WorkflowWrong(
            f"There is no workflow called {name!r}.",
            why=f"There are {', '.join(self.names())}.",
            help=f"Did you mean {near[0]!r}?" if near else "Add your own with `kindling workflows add FILE`.",
        )


def _family_name(workflow: Workflow) -> str:
    return workflow.family if workflow.variant == FULL else f"{workflow.family}-{workflow.variant}"


def _common(lists: list[tuple[Dimensions, ...]]) -> tuple[Dimensions, ...]:
    """Return what is in every list, in the order of the first; a workflow without sizes takes any."""
    named = [one for one in lists if one]
    return tuple(size for size in named[0] if all(size in other for other in named)) if named else ()


def _strictest(rules: Iterable[FrameRule]) -> FrameRule:
    """Return the rule whose lengths every one of these allows: steps are 4, 8 or 16, each a divisor of the next."""
    every = tuple(rules)
    return FrameRule(
        step=max(one.step for one in every),
        least=max(one.least for one in every),
        most=min(one.most for one in every),
    )
