"""What a ComfyUI server says about itself: its node classes with their inputs, in both forms that it writes them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from services._kit.graphs import WorkflowWrong
from services._kit.workflows import Role, Workflow

ANYTHING: Final = "*"
CHOICE: Final = "COMBO"
WIDGETS: Final = frozenset(("INT", "FLOAT", "STRING", "BOOLEAN", CHOICE))
"""Types that are typed in; all others come from another node."""


class InputSpec(Struct, frozen=True, kw_only=True):
    """What a node's input takes."""

    type: str
    is_required: bool
    choices: tuple[object, ...] | None = None
    """None where it is no choice, or one whose list the server does not tell."""
    least: float | None = None
    most: float | None = None
    step: float | None = None
    is_upload: bool = False
    """It names a file that is uploaded; the list shows only a part of those."""


class NodeClass(Struct, frozen=True, kw_only=True):
    """A node class of a server."""

    name: str
    inputs: Mapping[str, InputSpec]
    outputs: tuple[str, ...]
    is_output: bool
    """It writes or shows something; only what leads to such a node is executed."""


class ServerFacts(Struct, frozen=True, kw_only=True):
    """What a check needs to know about a server."""

    classes: Mapping[str, NodeClass]
    version: str | None = None

    def choices(self, class_type: str, name: str) -> tuple[str, ...]:
        """Return the texts that an input offers; none where it is unknown or no choice."""
        known = self.classes.get(class_type)
        spec = known.inputs.get(name) if known else None
        return tuple(one for one in (spec.choices if spec and spec.choices else ()) if isinstance(one, str))


class _Described(Struct, kw_only=True):
    """The part of a class's description that is read; the rest is of no use here."""

    input: dict[str, object] = {}
    output: tuple[object, ...] = ()
    output_node: bool = False


def parse_object_info(text: bytes, version: str | None = None) -> ServerFacts:
    """Return the facts of an answer to `/object_info` or `/object_info/<class>`.

    Raises:
        WorkflowWrong: the answer is of another program, or of a ComfyUI that nobody knows.
    """
    try:
        described = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WorkflowWrong(
            "This server does not describe its nodes.",
            why=f"The answer to /object_info is none of ComfyUI's: {error}.",
            help="Check the address: another program may listen there.",
        ) from error
    return facts_of(described, version)


def facts_of(described: Mapping[str, msgspec.Raw], version: str | None = None) -> ServerFacts:
    """Return the facts of class descriptions by name.

    Raises:
        WorkflowWrong: one of them can't be read.
    """
    classes = {}
    for name, raw in described.items():
        try:
            one = msgspec.json.decode(raw, type=_Described)
        except msgspec.DecodeError as error:
            raise WorkflowWrong(
                f"The server's description of the node {name} can't be read.",
                why=f"{error}.",
                help="Update ComfyUI and the node's pack, or report it with the server's version.",
            ) from error
        classes[name] = _class(name, one)
    return ServerFacts(classes=classes, version=version)


def listed_files(workflow: Workflow, facts: ServerFacts) -> Mapping[Role, tuple[str, ...]]:
    """Return the files that the server offers for each role of the workflow that is one."""
    found: dict[Role, tuple[str, ...]] = {}
    for need in workflow.needs:
        for place in workflow.roles.get(need.role, ()):
            found[need.role] = facts.choices(workflow.graph.nodes[place.node].class_type, place.input)
    return found


def _class(name: str, described: _Described) -> NodeClass:
    inputs: dict[str, InputSpec] = {}
    for section, is_required in (("required", True), ("optional", False)):
        entries = described.input.get(section)
        if isinstance(entries, dict):
            inputs.update({str(key): _input(value, is_required=is_required) for key, value in entries.items()})
    return NodeClass(
        name=name,
        inputs=inputs,
        outputs=tuple(one if isinstance(one, str) else CHOICE for one in described.output),
        is_output=described.output_node,
    )


def _input(written: object, *, is_required: bool) -> InputSpec:
    """Read `[type, options]`: a choice is `[[…], {…}]` in the one form, `["COMBO", {"options": […]}]` in the other."""
    parts = written if isinstance(written, list) else [written]
    kind = parts[0] if parts else ANYTHING
    options = parts[1] if len(parts) > 1 and isinstance(parts[1], dict) else {}
    choices: tuple[object, ...] | None = None
    if isinstance(kind, list):
        choices, kind = tuple(kind), CHOICE
    elif kind == CHOICE and isinstance(options.get("options"), list):
        choices = tuple(options["options"])
    elif kind == "COMFY_DYNAMICCOMBO_V3" and isinstance(options.get("options"), list):
        # Its options are tables, each with the inputs that belong to it; the value is the table's key.
        keys = [one.get("key") if isinstance(one, dict) else one for one in options["options"]]
        choices, kind = tuple(keys), CHOICE
    if options.get("multiselect") is True or options.get("multi_select") is True:
        choices = None
    return InputSpec(
        type=kind if isinstance(kind, str) else ANYTHING,
        is_required=is_required,
        choices=choices,
        least=_number(options.get("min")),
        most=_number(options.get("max")),
        step=_number(options.get("step")),
        is_upload=any(str(key).endswith("_upload") and value is True for key, value in options.items()),
    )


def _number(value: object) -> float | None:
    # Whole numbers stay whole: the largest seed is no float.
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
