"""What ComfyUI servers can render: asked of each, workflow by workflow and size by size, before anything is planned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

import httpx
from msgspec import Struct

from services._kit.bindings import bind, trial_values
from services._kit.comfyui.answers import Server
from services._kit.comfyui.check import check
from services._kit.comfyui.client import ComfyUi, opened
from services._kit.comfyui.errors import Unreached
from services._kit.comfyui.facts import ServerFacts, facts_of, listed_files
from services._kit.comfyui.problem import Problem
from services._kit.graphs import WorkflowWrong
from services._kit.workflows import Bucket, Dimensions, Workflow, Workflows


class Ability(Struct, frozen=True, kw_only=True):
    """One workflow in one of its buckets on one server: possible, or kept from it by problems."""

    workflow: str
    bucket: str
    """Empty where the workflow names no sizes."""
    sizes: tuple[Dimensions, ...]
    problems: tuple[Problem, ...] = ()
    """What keeps the server from it; missing files first."""

    @property
    def is_possible(self) -> bool:
        """Say whether the server can render it."""
        return not self.problems


class Surveyed(Struct, frozen=True, kw_only=True):
    """One server: what it is and what it can render, or why it could not be asked."""

    url: str
    server: Server | None = None
    """None where nothing answers that is a ComfyUI."""
    why: str = ""
    is_other: bool = False
    """Whether something answers there, and it is no ComfyUI."""
    abilities: tuple[Ability, ...] = ()
    loras: tuple[str, ...] = ()
    """The LoRA files it has, as it lists them."""

    def ability(self, workflow: str, bucket: str) -> Ability | None:
        """Return what is known of a workflow in a bucket."""
        return next((one for one in self.abilities if (one.workflow, one.bucket) == (workflow, bucket)), None)

    @property
    def possible(self) -> tuple[Ability, ...]:
        """Return what it can render."""
        return tuple(one for one in self.abilities if one.is_possible)


async def survey(
    urls: Sequence[str], workflows: Workflows, transport: httpx.AsyncBaseTransport | None = None
) -> tuple[Surveyed, ...]:
    """Ask every server at once; one that gives no answer is among them, with the reason."""
    async with opened(transport) as http:
        return tuple(await asyncio.gather(*(_ask(ComfyUi(url, http), workflows.all) for url in dict.fromkeys(urls))))


async def _ask(client: ComfyUi, workflows: tuple[Workflow, ...]) -> Surveyed:
    names = sorted({node.class_type for one in workflows for node in one.graph.nodes.values()} | _lora_nodes(workflows))
    try:
        server = await client.server()
        described = await asyncio.gather(*(client.node_class(name) for name in names))
        facts = facts_of(
            {name: one for name, one in zip(names, described, strict=True) if one is not None}, server.version
        )
    except Unreached as error:
        return Surveyed(url=client.url, why=error.why, is_other=error.is_answer)
    except WorkflowWrong as error:
        return Surveyed(url=client.url, why=f"{error.what} {error.why}".strip())
    return surveyed(client.url, server, facts, workflows)


def surveyed(url: str, server: Server, facts: ServerFacts, workflows: tuple[Workflow, ...]) -> Surveyed:
    """Return what a server can render, by what it says about its nodes and files. Pure."""
    return Surveyed(
        url=url,
        server=server,
        abilities=tuple(_ability(one, bucket, facts) for one in workflows for bucket in one.buckets or (None,)),
        loras=tuple(dict.fromkeys(_lora_files(workflows, facts))),
    )


def _ability(workflow: Workflow, bucket: Bucket | None, facts: ServerFacts) -> Ability:
    values = trial_values(workflow, bucket)
    try:
        binding = bind(workflow, values, listed_files(workflow, facts))
        found = check(binding.graph, facts, workflow, values)
    except WorkflowWrong as error:
        found = (Problem(what=error.what, why=error.why, help=error.help),)
    return Ability(
        workflow=workflow.name,
        bucket=bucket.name if bucket else "",
        sizes=bucket.sizes if bucket else (),
        problems=tuple(one for one in found if one.is_fatal),
    )


def _lora_nodes(workflows: Iterable[Workflow]) -> set[str]:
    return {one.loras.node for one in workflows if one.loras is not None}


def _lora_files(workflows: Iterable[Workflow], facts: ServerFacts) -> Iterable[str]:
    for one in workflows:
        if one.loras is not None:
            yield from facts.choices(one.loras.node, one.loras.file_input)
