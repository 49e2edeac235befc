"""Workflows on disk: a graph as JSON, and beside it a TOML that says what its inputs mean."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from services._kit.graphs import Graph, Link, Place, WorkflowWrong, encode_graph, parse_graph
from services._kit.workflows import (
    FULL,
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
    Workflows,
)

SHIPPED: Final = Path(__file__).resolve().parents[1] / "creator" / "renderers" / "workflows"
OWN_FOLDER: Final = "workflows"
LORAS_FILE: Final = "loras.toml"
"""The catalogue of LoRAs lies in the same folder and is no workflow."""
_NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII)


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class _Sizes(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    sizes: tuple[str, ...]
    shift: float | None = None


class _Need(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    role: Role
    folder: str
    names: tuple[str, ...]
    bucket: str | None = None
    source: str = ""


class _Loras(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    family: str
    node: str = "LoraLoaderModelOnly"
    file_input: str = "lora_name"
    strength_input: str = "strength_model"
    chain_input: str = "model"
    folder: str = "loras"
    start: str | None = None
    ends: tuple[str, ...]


class _Sample(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    frames: int
    steps: int | None = None
    sizes: tuple[str, ...] = ()


class _File(_Strict, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str
    about: str = ""
    family: str | None = None
    variant: str = FULL
    graph: str | None = None
    modes: tuple[Mode, ...]
    fps: int
    frame_step: int = 4
    frames_min: int = 5
    frames_max: int = 81
    size_step: int = 16
    pack: str = ""
    memory_gb: float = 0.0
    notes: tuple[str, ...] = ()
    roles: dict[Role, str | tuple[str, ...]]
    defaults: Sampling = Sampling()
    sample: _Sample
    buckets: tuple[_Sizes, ...] = ()
    files: tuple[_Need, ...] = ()
    loras: _Loras | None = None


def load_workflows(home: Path | None = None, shipped: Path = SHIPPED) -> Workflows:
    """Return the shipped workflows and those of the home; an own one replaces a shipped one of the same name.

    A file that can't be used is kept as `broken`, so that it spoils nothing but itself.
    """
    found: dict[str, Workflow] = {}
    broken: dict[str, WorkflowWrong] = {}
    for folder, is_own in ((shipped, False), (home / OWN_FOLDER if home else None, True)):
        if folder is None or not folder.is_dir():
            continue
        for file in sorted(folder.glob("*.toml")):
            if file.name == LORAS_FILE:
                continue
            try:
                found[file.stem] = read_workflow(file, is_own=is_own)
                broken.pop(file.stem, None)
            except WorkflowWrong as error:
                found.pop(file.stem, None)
                broken[file.stem] = error
    own_first = sorted(found.values(), key=lambda one: (not one.is_own, one.name))
    return Workflows(all=tuple(own_first), broken=broken)


def read_workflow(file: Path, *, is_own: bool = False) -> Workflow:
    """Return the workflow of a TOML file and the graph beside it.

    Raises:
        WorkflowWrong: one of the two can't be read, or they do not fit each other.
    """
    name = check_name(file.stem)
    said = _read_toml(file)
    graph_file = file.parent / (said.graph or f"{name}.json")
    if graph_file.parent != file.parent:
        raise WorkflowWrong(f"{file.name} names a graph in another folder.", help="Put it beside the TOML file.")
    try:
        graph = parse_graph(graph_file.read_bytes())
    except OSError as error:
        raise WorkflowWrong(
            f"The graph of the workflow {name} can't be read.",
            why=f"{graph_file}: {error.strerror}.",
            help="Put the graph in API format there, or take the workflow in again: `kindling workflows add FILE`.",
        ) from error
    try:
        workflow = _workflow(name, said, graph, is_own=is_own)
    except ValueError as error:
        raise WorkflowWrong(
            f"The workflow {file.name} can't be used.", why=f"{error}.", help=f"Correct {file}."
        ) from error
    problems = tuple(misfits(workflow))
    if problems:
        raise WorkflowWrong(
            f"The workflow {name} does not fit its graph.", why=" ".join(problems), help=f"Correct {file}."
        )
    return workflow


def check_name(name: str) -> str:
    """Return the name if it may be a workflow's: it is a file's name, and an order's.

    Raises:
        WorkflowWrong: it may not.
    """
    if len(name) > 48 or _NAME.fullmatch(name) is None:
        raise WorkflowWrong(
            f"{name!r} can't be the name of a workflow.",
            why="Names are lower-case letters and digits, joined by single hyphens or dots, 48 at most.",
            help="Choose another: --name my-workflow.",
        )
    return name


def misfits(workflow: Workflow) -> Iterable[str]:
    """Yield what the TOML names and the graph has not, as sentences."""
    graph = workflow.graph
    for role, places in workflow.roles.items():
        for place in places:
            if not graph.has(place):
                yield f"The role {role} is bound to {place}, which the graph has not."
            elif isinstance(graph.value(place), list):
                yield f"The role {role} is bound to {place}, which another node gives; bind that node's input."
    names = {one.name for one in workflow.buckets}
    for need in workflow.needs:
        if need.role not in workflow.roles:
            yield f"A file is named for the role {need.role}, which is bound to nothing."
        if need.bucket is not None and need.bucket not in names:
            yield f"The file {need.names[0]} is for the sizes {need.bucket!r}, which are not listed."
    slot = workflow.loras
    if slot is not None:
        if slot.start is not None and slot.start.node not in graph.nodes:
            yield f"LoRAs are to follow node {slot.start.node}, which the graph has not."
        for place in slot.ends:
            if place.node not in graph.nodes:
                yield f"LoRAs are to lead to {place}, which the graph has not."
    step = workflow.size_step
    yield from (f"{one} is no multiple of {step}." for one in workflow.sizes if one.width % step or one.height % step)
    if not workflow.frames.allows(workflow.sample.frames):
        yield f"A sample of {workflow.sample.frames} frames breaks the workflow's rule of {workflow.frames.step}n+1."


def write_workflow(workflow: Workflow, folder: Path) -> tuple[Path, Path]:
    """Write graph and TOML into the folder, which is made if need be; return both files, the TOML first.

    Raises:
        WorkflowWrong: they can't be written.
    """
    toml, graph = folder / f"{workflow.name}.toml", folder / f"{workflow.name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        graph.write_bytes(encode_graph(workflow.graph))
        toml.write_text(toml_of(workflow), encoding="utf-8")
    except OSError as error:
        raise WorkflowWrong(
            f"The workflow {workflow.name} can't be written to {folder}.",
            why=f"{error.strerror}.",
            help="Give yourself the right to write there, and make room.",
        ) from error
    return toml, graph


def toml_of(workflow: Workflow) -> str:
    """Return the TOML of a workflow, as it is read again."""
    lines = [f"title = {_text(workflow.title)}"]
    if workflow.about:
        lines.append(f"about = {_text(workflow.about)}")
    lines += [
        f"family = {_text(workflow.family)}",
        f"variant = {_text(workflow.variant)}",
        f"modes = {_texts(workflow.modes)}",
        f"fps = {workflow.fps}",
        f"frame_step = {workflow.frames.step}  # lengths are this times n, plus 1",
        f"frames_min = {workflow.frames.least}",
        f"frames_max = {workflow.frames.most}",
        f"size_step = {workflow.size_step}",
    ]
    if workflow.pack:
        lines.append(f"pack = {_text(workflow.pack)}")
    if workflow.memory_gb:
        lines.append(f"memory_gb = {workflow.memory_gb}")
    if workflow.notes:
        lines.append(f"notes = {_texts(workflow.notes)}")
    lines += ["", "[roles]  # what each means to us = which input of which node"]
    for role, places in workflow.roles.items():
        said = [str(place) for place in places]
        lines.append(f"{role} = {_text(said[0]) if len(said) == 1 else _texts(said)}")
    lines += _table("defaults", msgspec.structs.asdict(workflow.defaults))
    sample = workflow.sample
    lines += _table("sample", {"frames": sample.frames, "steps": sample.steps})
    if sample.sizes:
        lines.append(f"sizes = {_texts(_said(one) for one in sample.sizes)}")
    for bucket in workflow.buckets:
        lines += ["", "[[buckets]]", f"name = {_text(bucket.name)}"]
        lines.append(f"sizes = {_texts(_said(one) for one in bucket.sizes)}")
        if bucket.shift is not None:
            lines.append(f"shift = {bucket.shift}")
    for need in workflow.needs:
        lines += ["", "[[files]]", f"role = {_text(need.role)}", f"folder = {_text(need.folder)}"]
        lines.append(f"names = {_texts(need.names)}")
        lines += [
            f"{key} = {_text(value)}" for key, value in (("bucket", need.bucket), ("source", need.source)) if value
        ]
    if workflow.loras is not None:
        slot = workflow.loras
        lines += ["", "[loras]", f"family = {_text(slot.family)}", f"node = {_text(slot.node)}"]
        for key in ("file_input", "strength_input", "chain_input", "folder"):
            lines.append(f"{key} = {_text(str(getattr(slot, key)))}")
        if slot.start is not None:
            lines.append(f"start = {_text(f'{slot.start.node}.{slot.start.slot}')}")
        lines.append(f"ends = {_texts(str(one) for one in slot.ends)}")
    return "\n".join(lines) + "\n"


def read_toml(file: Path) -> dict[str, object]:
    """Return what a TOML file holds.

    Raises:
        WorkflowWrong: it can't be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WorkflowWrong(
            f"{file} can't be read.", why=f"{error}.", help="It must be a text file in UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise WorkflowWrong(f"{file} is not TOML.", why=f"{error}.", help="Correct it at that place.") from error


def _read_toml(file: Path) -> _File:
    try:
        return msgspec.convert(read_toml(file), _File)
    except msgspec.ValidationError as error:
        raise WorkflowWrong(
            f"The workflow {file.name} says something that can't be.",
            why=f"{error}.",
            help=f"Correct {file}; docs/workflows.md lists every key.",
        ) from error


def _workflow(name: str, said: _File, graph: Graph, *, is_own: bool) -> Workflow:
    for key, value in (("fps", said.fps), ("frame_step", said.frame_step), ("size_step", said.size_step)):
        if value < 1:
            raise ValueError(f"{key} is {value}; it is 1 at least")
    loras = None
    if said.loras is not None:
        start = parse_place(said.loras.start) if said.loras.start is not None else None
        if start is not None and not start.input.isdecimal():
            raise ValueError(f"loras.start is {said.loras.start!r}; give a node and the number of its output: 37.0")
        loras = LoraSlot(
            family=said.loras.family,
            node=said.loras.node,
            file_input=said.loras.file_input,
            strength_input=said.loras.strength_input,
            chain_input=said.loras.chain_input,
            folder=said.loras.folder,
            start=Link(start.node, int(start.input)) if start is not None else None,
            ends=tuple(parse_place(one) for one in said.loras.ends),
        )
    return Workflow(
        name=name,
        title=said.title,
        about=said.about,
        family=said.family or name,
        variant=said.variant,
        modes=said.modes,
        fps=said.fps,
        frames=FrameRule(step=said.frame_step, least=said.frames_min, most=said.frames_max),
        size_step=said.size_step,
        buckets=tuple(Bucket(name=one.name, sizes=_sizes(one.sizes), shift=one.shift) for one in said.buckets),
        roles={role: _places(one) for role, one in said.roles.items()},
        defaults=said.defaults,
        sample=Sample(frames=said.sample.frames, steps=said.sample.steps, sizes=_sizes(said.sample.sizes)),
        needs=tuple(
            Need(role=one.role, folder=one.folder, names=one.names, bucket=one.bucket, source=one.source)
            for one in said.files
        ),
        loras=loras,
        pack=said.pack,
        memory_gb=said.memory_gb,
        notes=said.notes,
        graph=graph,
        is_own=is_own,
    )


def parse_place(text: str) -> Place:
    """Return `37.unet_name` as a place; an input's name may hold further dots.

    Raises:
        ValueError: it names no node and input.
    """
    node, dot, name = text.partition(".")
    if not (node and dot and name):
        raise ValueError(f"{text!r} names no input; write node and input with a dot between them: 37.unet_name")
    return Place(node, name)


def parse_size(text: str) -> Dimensions:
    """Return `832x480` as a size.

    Raises:
        ValueError: it is none.
    """
    found = re.fullmatch(r"(\d{2,5})\s*[x×]\s*(\d{2,5})", text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no size; write it as 832x480")
    return Dimensions(int(found.group(1)), int(found.group(2)))


def _places(said: str | tuple[str, ...]) -> tuple[Place, ...]:
    return tuple(parse_place(one) for one in ((said,) if isinstance(said, str) else said))


def _sizes(said: tuple[str, ...]) -> tuple[Dimensions, ...]:
    return tuple(parse_size(one) for one in said)


def _said(size: Dimensions) -> str:
    return f"{size.width}x{size.height}"


def _table(name: str, values: Mapping[str, object]) -> list[str]:
    said = {key: value for key, value in values.items() if value is not None}
    return ["", f"[{name}]", *(f"{key} = {value}" for key, value in said.items())] if said else []


def _text(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are among TOML's."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def _texts(texts: Iterable[str]) -> str:
    said = [_text(one) for one in texts]
    line = f"[{', '.join(said)}]"
    if len(line) <= 100 or len(said) < 2:
        return line
    return "[\n" + "".join(f"    {one},\n" for one in said) + "]"
