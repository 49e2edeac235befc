"""What a fake Ollama has and says: models, answers and how they go wrong, scripted by the name of the prompt."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from tests.fakes.ollama_shapes import Chat


class Fault(enum.StrEnum):
    """How an answer goes wrong."""

    HANG = "hang"
    """Not one token comes."""
    STALL = "stall"
    """Nothing comes after the first."""
    ERROR_INSIDE = "error_inside"
    """A line with an error, in the middle, with status 200."""
    NOT_DONE = "not_done"
    """The stream ends properly, without its last part."""
    CUT = "cut"
    """The connection breaks in the middle."""
    GARBAGE = "garbage"
    """A page of HTML with status 200."""
    BUSY = "busy"
    """Status 503: the queue is full."""
    BROKEN = "broken"
    """Status 500: the runner died."""
    UNKNOWN = "unknown"
    """Status 404, although the model is listed."""


@dataclass(frozen=True)
class Reply:
    """What is answered: words as they are, or a document as JSON."""

    content: object = ""
    thinking: str = ""
    done_reason: str = "stop"
    delay_s: float = 0.0
    """Until the first token."""
    fault: Fault | None = None


@dataclass(frozen=True)
class Asked:
    """A question as it arrived."""

    prompt: str
    """The name in the heading of its system message."""
    words: str
    chat: Chat

    @property
    def images(self) -> list[str]:
        """Return the pictures that came along, base64."""
        return self.chat.messages[-1].images


Answer = Reply | Struct | Mapping[str, object] | str
"""A reply, or what it says: a document, or words as they are."""
Script = Callable[[Asked], Answer]


@dataclass(frozen=True)
class FakeModel:
    """A model that is installed."""

    name: str
    capabilities: tuple[str, ...] = ("completion", "tools")
    context_length: int = 40_960
    size_bytes: int = 5_200_000_000
    families: tuple[str, ...] = ()
    answers_among_thoughts: bool = False
    """Thinking variants of qwen3-vl: told not to think, they put the whole answer into `thinking`."""

    @property
    def digest(self) -> str:
        """Return a digest of its own."""
        return hashlib.sha256(self.name.encode()).hexdigest()


QWEN3 = FakeModel("qwen3:8b", ("completion", "tools", "thinking"))
QWEN3_VL = FakeModel("qwen3-vl:8b-instruct", ("completion", "tools", "vision"), 262_144, 6_100_000_000)
LLAMA_VISION = FakeModel("llama3.2-vision:11b", ("completion", "vision"), 131_072, 7_900_000_000, families=("mllama",))
QWEN3_VL_THINKING = FakeModel(
    "qwen3-vl:latest",
    ("completion", "tools", "vision", "thinking"),
    262_144,
    6_100_000_000,
    answers_among_thoughts=True,
)


def as_reply(answer: Answer) -> Reply:
    """Return the answer as a reply."""
    return answer if isinstance(answer, Reply) else Reply(answer)


def text_of(content: object) -> str:
    """Return the words of an answer."""
    return content if isinstance(content, str) else msgspec.json.encode(content).decode()
