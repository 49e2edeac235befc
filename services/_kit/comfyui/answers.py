"""What a ComfyUI server answers, as far as it matters here; all else in it is skipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

ORDER_FIELD: Final = "kindling"
"""Where in `extra_data` we note the order's key: servers before 0.3.45 give every prompt an id of their own."""

TAKES_IDS: Final = (0, 3, 46)
"""The first version that is sure to keep a prompt id that the client chose."""
INTERRUPTS_ONE: Final = (0, 3, 58)
"""The first version that is sure to interrupt one named prompt; older ones stop whatever runs."""


class Server(Struct, frozen=True, kw_only=True):
    """What a server says about itself."""

    version: str
    device: str = ""
    memory_bytes: int | None = None
    """The memory of its first device."""
    memory_free_bytes: int | None = None
    """What of it is free now: models that ComfyUI keeps loaded take up the rest, and so do other programs."""
    held_bytes: int | None = None
    """What ComfyUI itself holds on its GPUs; None where memory is not told apart, as on a machine without one."""

    @property
    def takes_ids(self) -> bool:
        """Say whether the server keeps the prompt id that it is given."""
        return _at_least(self.version, TAKES_IDS)

    @property
    def interrupts_one(self) -> bool:
        """Say whether the server can interrupt one prompt and no other."""
        return _at_least(self.version, INTERRUPTS_ONE)


def _at_least(version: str, wanted: tuple[int, int, int]) -> bool:
    parts = version.lstrip("v").split("-")[0].split(".")
    try:
        return tuple(int(one) for one in parts[:3]) >= wanted
    except ValueError:
        # Builds from git name a commit or nothing: they are newer than any release this is about.
        return True


class Queued(Struct, frozen=True, kw_only=True):
    """A prompt in the queue."""

    number: float
    prompt_id: str
    order: str | None = None
    """The key of our order, where the prompt is ours."""
    client_id: str | None = None

    def is_of(self, key: str) -> bool:
        """Say whether it is the render of this order."""
        return key in (self.prompt_id, self.order)


class Queue(Struct, frozen=True, kw_only=True):
    """What runs and what waits, each in the order in which it runs."""

    running: tuple[Queued, ...]
    pending: tuple[Queued, ...]


class OutputFile(Struct, frozen=True, kw_only=True):
    """A file that a node wrote. All three parts are needed to fetch it."""

    filename: str
    subfolder: str = ""
    type: str = "output"


class ModelFile(Struct, frozen=True, kw_only=True):
    """A model's file on the server. Nothing there tells what is in it, and a file may be replaced under its name."""

    name: str
    size: int
    """In bytes."""
    modified: float
    """Seconds since 1970."""


class NodeFailure(Struct, frozen=True, kw_only=True):
    """A node raised an error."""

    node_id: str = ""
    node_type: str = ""
    exception_type: str = ""
    exception_message: str = ""


class Entry(Struct, frozen=True, kw_only=True):
    """A prompt that has ended, as the history holds it."""

    prompt_id: str
    order: str | None
    is_success: bool
    is_interrupted: bool
    failure: NodeFailure | None
    outputs: Mapping[str, tuple[OutputFile, ...]]
    """Files by the id of the node that wrote them."""
    cached: frozenset[str] = frozenset()
    """The nodes that were not run, as the server kept what they gave an earlier prompt: their files are that one's."""
    stamp: str
    """Tells this ending from another one of a prompt with the same id: its messages, which carry times."""


class NodeProblem(Struct, frozen=True, kw_only=True):
    """One complaint of the server's validation about one node."""

    node: str
    class_type: str
    type: str
    message: str
    details: str
    value: str | None = None
    """What was given, where the complaint is about a value."""


class Answer(Struct, frozen=True, kw_only=True):
    """What a server says to a submitted graph."""

    prompt_id: str | None
    """None where nothing was queued."""
    error_type: str = ""
    error_message: str = ""
    error_details: str = ""
    problems: tuple[NodeProblem, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Say whether all of the graph was taken. An answer of 200 may still skip a broken output."""
        return self.prompt_id is not None and not self.problems


# -- reading -----------------------------------------------------------------------------------------------


class _System(Struct, frozen=True):
    comfyui_version: str = ""


class _Device(Struct, frozen=True):
    name: str = ""
    type: str = ""
    vram_total: int | None = None
    vram_free: int | None = None
    torch_vram_total: int | None = None
    """What torch has reserved. Where the device is the machine's own memory this is all of it."""

    @property
    def held_bytes(self) -> int | None:
        """Return what is held of the memory of a card of its own."""
        return None if self.type in ("cpu", "mps", "") else self.torch_vram_total


class _Stats(Struct, frozen=True):
    system: _System
    devices: list[_Device] = []


class _Queue(Struct, frozen=True):
    queue_running: list[list[msgspec.Raw]]
    queue_pending: list[list[msgspec.Raw]]


class _Extra(Struct, frozen=True):
    client_id: str | None = None
    kindling: str | None = None


class _Status(Struct, frozen=True):
    status_str: str = ""
    completed: bool = False
    messages: list[tuple[str, msgspec.Raw]] = []


class _Cached(Struct, frozen=True):
    nodes: list[str] = []


class _Entry(Struct, frozen=True):
    prompt: list[msgspec.Raw]
    outputs: dict[str, dict[str, msgspec.Raw]] = {}
    status: _Status | None = None


class _ErrorHead(Struct, frozen=True):
    type: str = ""
    message: str = ""
    details: str = ""


class _ErrorInfo(Struct, frozen=True):
    received_value: object = None


class _NodeError(Struct, frozen=True):
    type: str = ""
    message: str = ""
    details: str = ""
    extra_info: _ErrorInfo = _ErrorInfo()


class _NodeErrors(Struct, frozen=True):
    errors: list[_NodeError] = []
    class_type: str = ""


class _Submitted(Struct, frozen=True):
    prompt_id: str | None = None
    error: _ErrorHead | str | None = None
    node_errors: dict[str, _NodeErrors] | list[msgspec.Raw] = {}


def read_server(content: bytes) -> Server:
    """Read `/system_stats`.

    Raises:
        msgspec.DecodeError: this is not ComfyUI's answer; so do all readers here.
    """
    stats = msgspec.json.decode(content, type=_Stats)
    device = stats.devices[0] if stats.devices else _Device()
    return Server(
        version=stats.system.comfyui_version or "unknown",
        device=device.name,
        memory_bytes=device.vram_total,
        memory_free_bytes=device.vram_free,
        held_bytes=sum(held)
        if (held := [one for card in stats.devices if (one := card.held_bytes) is not None])
        else None,
    )


def read_queue(content: bytes) -> Queue:
    """Read `/queue`. Pending prompts come in the order of a heap, and are put into that of their numbers."""
    found = msgspec.json.decode(content, type=_Queue)
    running = (_queued(one) for one in found.queue_running)
    pending = (_queued(one) for one in found.queue_pending)
    return Queue(running=tuple(running), pending=tuple(sorted(pending, key=lambda one: one.number)))


def read_history(content: bytes) -> tuple[Entry, ...]:
    """Read `/history` or `/history/{id}`: nothing for what is unknown, pending or running alike."""
    found = msgspec.json.decode(content, type=dict[str, _Entry])
    return tuple(_entry(prompt_id, one) for prompt_id, one in found.items())


def read_answer(content: bytes) -> Answer:
    """Read what `POST /prompt` answered with 200 or 400."""
    said = msgspec.json.decode(content, type=_Submitted)
    errors = said.node_errors if isinstance(said.node_errors, dict) else {}
    problems = tuple(
        NodeProblem(
            node=node,
            class_type=each.class_type,
            type=one.type,
            message=one.message,
            details=one.details,
            value=one.extra_info.received_value if isinstance(one.extra_info.received_value, str) else None,
        )
        for node, each in errors.items()
        for one in each.errors
    )
    head = _ErrorHead(message=said.error) if isinstance(said.error, str) else said.error or _ErrorHead()
    return Answer(
        prompt_id=said.prompt_id,
        error_type=head.type,
        error_message=head.message,
        error_details=head.details,
        problems=problems,
    )


def _queued(item: list[msgspec.Raw]) -> Queued:
    extra = _extra(item)
    return Queued(
        number=msgspec.json.decode(item[0], type=float),
        prompt_id=_text(item[1]),
        order=extra.kindling,
        client_id=extra.client_id,
    )


def _extra(item: list[msgspec.Raw]) -> _Extra:
    """Return what the one who posted it noted; a foreign prompt may note anything there."""
    try:
        return msgspec.json.decode(item[3], type=_Extra)
    except (msgspec.ValidationError, IndexError):
        return _Extra()


def _text(raw: msgspec.Raw) -> str:
    value: object = msgspec.json.decode(raw)
    return value if isinstance(value, str) else str(value)


def _entry(prompt_id: str, found: _Entry) -> Entry:
    status = found.status or _Status(status_str="success" if found.outputs else "error")
    messages = dict(status.messages)
    error = messages.get("execution_error")
    cached = messages.get("execution_cached")
    return Entry(
        prompt_id=prompt_id,
        order=_extra(found.prompt).kindling,
        is_success=status.status_str == "success",
        is_interrupted="execution_interrupted" in messages,
        failure=msgspec.json.decode(error, type=NodeFailure, strict=False) if error is not None else None,
        outputs={node: tuple(_files(said)) for node, said in found.outputs.items()},
        cached=frozenset(msgspec.json.decode(cached, type=_Cached).nodes if cached is not None else ()),
        stamp=msgspec.json.encode(status.messages).decode(),
    )


def _files(said: dict[str, msgspec.Raw]) -> list[OutputFile]:
    """Return a node's files. ComfyUI's savers name all of them `images`, custom ones also `gifs` or `videos`."""
    files: list[OutputFile] = []
    for kind in ("images", "gifs", "videos"):
        if kind in said:
            try:
                files += msgspec.json.decode(said[kind], type=list[OutputFile])
            except msgspec.ValidationError:
                continue
    return files
