"""What a plan may ask of a renderer, given what the servers have: modes, sizes, lengths, and how a sample is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from services._kit.comfyui.problem import Problem
from services._kit.comfyui.survey import Surveyed
from services._kit.graphs import WorkflowWrong
from services._kit.workflows import FAST, FULL, Dimensions, FrameRule, Mode, Workflow, Workflows


class SampleOffer(Struct, frozen=True, kw_only=True):
    """How a sample of one mode is made."""

    workflow: str
    sizes: tuple[Dimensions, ...]
    """Those of the smallest bucket that can be rendered; empty where the workflow takes any."""
    frames: int
    steps: int | None
    is_fast: bool
    """Whether it takes the fast variant; else the film's own workflow, in fewer steps."""
    lacks: str = ""
    """What the fast variant lacks on the servers, where there is one and it can't be used."""


class ModeOffer(Struct, frozen=True, kw_only=True):
    """What one mode can do."""

    mode: Mode
    workflow: str
    sizes: tuple[Dimensions, ...]
    """Empty where the workflow takes any."""
    frames: FrameRule
    sample: SampleOffer


class Lacking(Struct, frozen=True, kw_only=True):
    """A mode that no server can render, and what would have to be there."""

    mode: Mode
    problem: Problem
    url: str

    def __str__(self) -> str:
        return f"{self.mode}: {self.url}: {self.problem}"


class Menu(Struct, frozen=True, kw_only=True):
    """What a renderer offers on the servers there are."""

    renderer: str
    fps: int
    lora_family: str | None
    modes: tuple[ModeOffer, ...]
    lacking: tuple[Lacking, ...] = ()

    def mode(self, mode: Mode) -> ModeOffer | None:
        """Return what a mode can do, or None where it can't be rendered."""
        return next((one for one in self.modes if one.mode == mode), None)

    def lacks(self, mode: Mode) -> Lacking | None:
        """Return why a mode can't be rendered, where a file or a node is all that is missing."""
        return next((one for one in self.lacking if one.mode == mode), None)

    def sizes_for(self, modes: Iterable[Mode]) -> tuple[Dimensions, ...] | None:
        """Return the sizes that all of these modes can be rendered in; empty for any, None for none."""
        common: tuple[Dimensions, ...] = ()
        for name in modes:
            offer = self.mode(name)
            if offer is None:
                return None
            if offer.sizes and common:
                common = tuple(size for size in common if size in offer.sizes)
                if not common:
                    return None
            else:
                common = common or offer.sizes
        return common


def menu_of(workflows: Workflows, renderer: str, surveyed: Sequence[Surveyed]) -> Menu:
    """Return what a renderer offers on these servers; all that it could where none of them answers.

    Raises:
        WorkflowWrong: there is no renderer of that name.
    """
    capabilities = workflows.capabilities(renderer)
    answering = tuple(one for one in surveyed if one.server is not None)
    modes, lacking = [], []
    for capability in capabilities.by_mode:
        workflow = workflows.get(capability.workflow)
        sizes = _sizes(workflow, answering)
        if sizes is None:
            lacking.append(_lacking(capability.mode, workflow, answering))
            continue
        modes.append(
            ModeOffer(
                mode=capability.mode,
                workflow=workflow.name,
                sizes=sizes,
                frames=workflow.frames,
                sample=_sample(workflow, workflows.get(capability.sample_workflow), answering),
            )
        )
    return Menu(
        renderer=renderer,
        fps=capabilities.fps,
        lora_family=capabilities.lora_family,
        modes=tuple(modes),
        lacking=tuple(lacking),
    )


def choose_renderer(workflows: Workflows, mode: Mode, surveyed: Sequence[Surveyed]) -> tuple[str, str]:
    """Return the first family that these servers can render the mode with, and why none before it; shipped ones first.

    Where no server can, or none answers, it is the first of all that have the mode.
    """
    names = [one.family for one in sorted(workflows.all, key=lambda one: one.is_own) if one.variant == FULL]
    named = [name for name in dict.fromkeys(_by_preference(names)) if mode in workflows.capabilities(name).modes]
    if not named:
        raise WorkflowWrong(f"There is no workflow for {mode}.", help="Add one with `kindling workflows add FILE`.")
    why = ""
    for name in named:
        menu = menu_of(workflows, name, surveyed)
        if menu.mode(mode) is not None:
            return name, why
        lacking = menu.lacks(mode)
        if not why and lacking is not None:
            why = f"{name} can't be rendered there. {lacking.problem.what}"
    return named[0], ""


def _by_preference(families: Iterable[str]) -> list[str]:
    """Return the families with the one that films are made for first, and the rest in their own order."""
    return sorted(families, key=lambda name: _PREFERRED.index(name) if name in _PREFERRED else len(_PREFERRED))


_PREFERRED = ("wan2.1", "wan2.1-1.3b", "cogvideox")


def _sizes(workflow: Workflow, answering: Sequence[Surveyed]) -> tuple[Dimensions, ...] | None:
    """Return the sizes that some server can render; None where none can render any."""
    if not answering:
        return workflow.sizes
    possible = [one for each in answering for one in each.possible if one.workflow == workflow.name]
    if not possible:
        return None
    there = {size for one in possible for size in one.sizes}
    return tuple(size for size in workflow.sizes if size in there)


def _sample(full: Workflow, fast: Workflow, answering: Sequence[Surveyed]) -> SampleOffer:
    for workflow in dict.fromkeys((fast.name, full.name)):
        one = fast if workflow == fast.name else full
        sizes = _sizes(one, answering)
        if sizes is None:
            continue
        small = one.but_sizes(sizes).sample_sizes
        lacks = "" if one is fast else str(_lacking(full.modes[0], fast, answering).problem)
        is_fast = one.variant == FAST
        steps = one.sample.steps or one.defaults.steps
        return SampleOffer(
            workflow=one.name, sizes=small, frames=one.sample.frames, steps=steps, is_fast=is_fast, lacks=lacks
        )
    raise AssertionError("a mode whose film can be rendered has a sample that can")


def _lacking(mode: Mode, workflow: Workflow, answering: Sequence[Surveyed]) -> Lacking:
    """Return the nearest thing to a server that can: the one with the fewest problems in some bucket."""
    candidates = [
        (ability.problems, each.url)
        for each in answering
        for ability in each.abilities
        if ability.workflow == workflow.name and ability.problems
    ]
    problems, url = min(candidates, key=lambda one: len(one[0]))
    return Lacking(mode=mode, problem=problems[0], url=url)
