"""What a test can change about the fake ComfyUI, and the small things that its parts hand to each other."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.comfyui_nodes import MODELS, Json

Item = tuple[float, str, Json, Json, list[str]]
"""Number, prompt id, graph, extra data, output nodes: compared in this order by the heap, as in the real one."""


@dataclass
class Controls:
    """What a test may change about the server while it runs."""

    step_s: float = 0.002
    node_s: float = 0.0
    fail: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By node class: the type and the words of the exception that it raises."""
    hang: set[str] = field(default_factory=set)
    """Node classes that never end and can't be interrupted."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is cleared, samplers wait at their next step; they can be interrupted there."""
    save_gate: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is cleared, nodes that write files wait; nothing interrupts them."""
    is_mute: bool = False
    """Sockets are open and nothing is sent."""
    refuses_sockets: bool = False
    has_previews: bool = False
    on_run: Callable[[], None] = lambda: None
    """Called as each prompt begins to run: models go into the card's memory then."""
    has_card: bool = False
    """Whether it works on a card with memory of its own, and says how much of it it holds."""
    version: str = "0.3.64"
    models: dict[str, list[str]] = field(default_factory=lambda: {name: list(files) for name, files in MODELS.items()})
    model_bytes: int = 9_663_676_416
    """How large each model's file is."""
    model_modified: float = 1_740_000_000.0
    """When it was last written, in seconds since 1970."""
    extra_frames: int = 0
    """Frames that are made beyond what was asked for."""

    fits: float = math.inf
    """Width times height times frames that fit into its memory."""
    memory_bytes: int = 25_276_510_208
    """What its device has."""
    device: str = "A Card"
    """What its card is called."""
    drift: int = 0
    """By how many levels this card's pictures differ from another's."""
    frees_late: bool = False
    """Whether the next prompt comes before the worker heeds `/free`: it may, even where nothing runs."""

    def __post_init__(self) -> None:
        self.gate.set()
        self.save_gate.set()

    @property
    def at_least(self) -> tuple[int, ...]:
        """Return the version as numbers."""
        return tuple(int(part) for part in self.version.split("."))

    @property
    def is_new(self) -> bool:
        """Say whether it has `/api/jobs` and the newer kinds of errors."""
        return self.at_least >= (0, 38, 0)


@dataclass
class Execution:
    """One time that a prompt was run; with nothing but cached nodes it is no execution."""

    prompt_id: str
    life: int
    ran: list[str] = field(default_factory=list)
    """The classes of the nodes that were run; the others' results lay in the cache."""
    has_ended: bool = False


@dataclass(eq=False)
class Socket:
    """One WebSocket, and what is still to be sent on it."""

    sid: str
    outbox: asyncio.Queue[str | bytes] = field(default_factory=asyncio.Queue)
    wants_facts: bool = False


class Interrupted(Exception):
    """The running prompt was told to stop."""


class NodeFailed(Exception):
    """A node raised an error."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind
