"""How far a render is, folded from what ComfyUI's WebSocket tells. Pure; what is missed only makes it less exact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from services._kit.graphs import Graph
from services.creator.renderers.comfyui.job import step_count

JPEG: Final = b"\xff\xd8\xff"
_PREVIEW, _TEXT, _PREVIEW_WITH_FACTS = 1, 3, 4
_IMAGE_JPEG = 1


class Steps:
    """Counts nodes and sampling steps of one prompt. A node is one step; one that tells its own counts as many."""

    def __init__(self, graph: Graph, prompt_id: str) -> None:
        self.prompt_id = prompt_id
        """What the server calls it: the order's key, unless the server is too old to take it."""
        self._nodes = frozenset(graph.nodes)
        self._expected = step_count(graph)
        self._finished: set[str] = set()
        self._long: dict[str, tuple[int, int]] = {}
        self._current: str | None = None
        self._highest = 0
        self.is_running = False
        self.is_over = False
        """Whether the socket said that the prompt has ended: the moment to look."""

    @property
    def total(self) -> int:
        """Return the steps of all: what the nodes announce until they tell."""
        told = sum(most for _, most in self._long.values())
        return len(self._nodes) + max(told, self._expected)

    @property
    def done(self) -> int:
        """Return the steps done; never fewer than before."""
        steps = sum(value for value, _ in self._long.values())
        self._highest = min(self.total, max(self._highest, len(self._finished) + steps))
        return self._highest

    def hear(self, message: str) -> bool:
        """Take in one text message; say whether it was about this prompt."""
        try:
            told = msgspec.json.decode(message, type=_Message)
        except msgspec.DecodeError:
            return False
        facts = told.data
        if facts.prompt_id is None and told.type == "executing" and facts.node in self._nodes and self.is_running:
            # A late connection is told the running node without a prompt id.
            self._enter(facts.node)
            return True
        if facts.prompt_id != self.prompt_id:
            return False
        self._take(told)
        return True

    def see(self, frame: bytes) -> bytes | None:
        """Return the JPEG of a binary message that shows this prompt, or None."""
        kind = int.from_bytes(frame[:4], "big")
        if kind == _PREVIEW and self.is_running:
            # It names no prompt. While ours runs no other does.
            return _jpeg(frame[8:]) if int.from_bytes(frame[4:8], "big") == _IMAGE_JPEG else None
        if kind == _PREVIEW_WITH_FACTS:
            length = int.from_bytes(frame[4:8], "big")
            try:
                facts = msgspec.json.decode(frame[8 : 8 + length], type=_Facts)
            except msgspec.DecodeError:
                return None
            return _jpeg(frame[8 + length :]) if facts.prompt_id == self.prompt_id else None
        return None

    def _take(self, told: _Message) -> None:
        facts = told.data
        match told.type:
            case "execution_cached":
                self._finished.update(self._nodes & set(facts.nodes if isinstance(facts.nodes, list) else ()))
            case "executing" if facts.node is None:
                self.is_running, self.is_over = False, True
                return
            case "executing":
                self._enter(facts.node)
            case "executed":
                self._finish(facts.node)
            case "progress" if facts.node is not None:
                self._tell(facts.node, facts.value, facts.max)
            case "progress_state" if isinstance(facts.nodes, dict):
                for node, state in facts.nodes.items():
                    if state.state == "finished":
                        self._finish(node)
                    self._tell(node, state.value, state.max)
            case "execution_success" | "execution_error" | "execution_interrupted":
                # The history entry is stored a moment later; `executing` without a node tells when.
                self.is_running = False
                return
            case _:
                pass
        self.is_running = True

    def _enter(self, node: str | None) -> None:
        if self._current is not None and self._current != node:
            self._finish(self._current)
        self._current = node

    def _finish(self, node: str | None) -> None:
        if node in self._nodes and node is not None:
            self._finished.add(node)

    def _tell(self, node: str, value: float, most: float) -> None:
        if node in self._nodes and most > 1:
            self._long[node] = (int(value), int(most))


class _State(Struct, frozen=True):
    state: str = ""
    value: float = 0
    max: float = 0


class _Facts(Struct, frozen=True):
    prompt_id: str | None = None
    node: str | None = None
    nodes: list[str] | Mapping[str, _State] = []
    value: float = 0
    max: float = 0


class _Message(Struct, frozen=True):
    type: str
    data: _Facts = _Facts()


def _jpeg(image: bytes) -> bytes | None:
    return image if image.startswith(JPEG) else None
