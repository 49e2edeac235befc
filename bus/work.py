"""What a service decides to do: facts to write at once, or a task that takes time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from msgspec import Struct

from bus.events import Fact
from bus.ports import Artifacts, Progress
from bus.production import Production

LEAVING: Final = "leaving"
"""What work is cancelled with when its service leaves, and another one will come back for it: what goes on elsewhere
may go on. Without it the work is unwanted, and nothing of it goes on."""


class Task(Protocol):
    """One piece of work. Tasks are compared by value: one that is decided again is the same one."""

    @property
    def about(self) -> str:
        """Name what it is about; while a problem about it waits for a person it is not decided."""
        ...


class Step(Struct, frozen=True, kw_only=True):
    """A progress message: how far a service is with one piece of work. No fact; it may be lost."""

    service: str
    about: str
    done: int
    total: int
    preview: bytes | None = None
    """A JPEG, base64 on the wire."""
    note: str = ""
    """Why it does not get on, such as that others have the GPU; empty once it does."""


class Write(Struct, frozen=True, kw_only=True):
    """Facts that follow from the state alone."""

    about: str
    facts: tuple[Fact, ...]


Decide = Callable[[Production, "Fact | None"], Sequence[Task]]
"""The work that a production wants of a service now. The fact only wakes it, and may narrow it down to its own part;
None asks for all. Pure: asked twice it gives the same, and nothing once it is done."""


class Perform(Protocol):
    """Does one expensive thing and returns what is to be written."""

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Do the task. It is cancelled where it is no longer wanted, and with `LEAVING` where it still is."""
        ...
