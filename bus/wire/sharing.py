"""A service's way to the GPU: by turns where it is shared, at once where it is not; and work done in its turn."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bus.events import Fact
from bus.gpu import Wish
from bus.ports import Artifacts, Gpu, Progress, Tenant, Turn
from bus.production import Production
from bus.wire.jetstream import JetStreamLog
from bus.wire.turns import AtOnce, Patience, Turns
from bus.work import Perform, Task


class Sharing(Protocol):
    """What the settings say about it."""

    @property
    def lease_s(self) -> float:
        """Return after how long a silence a turn is lost."""
        ...

    @property
    def linger_s(self) -> float:
        """Return how long the GPU is kept when nothing more is queued."""
        ...

    @property
    def patience_s(self) -> float:
        """Return how long others may be let in before who waits."""
        ...

    @property
    def patience_urgent_s(self) -> float:
        """Return the same where a person waits."""
        ...


def gpu_for(service: str, tenants: Mapping[str, Tenant], sharing: Sharing) -> Turns | UnsharedGpu:
    """Return a service's way to the GPU, by who shares it: `render` and `think`, or nobody."""
    if not tenants:
        return UnsharedGpu()
    patience = Patience(sharing.lease_s, sharing.linger_s, sharing.patience_s, sharing.patience_urgent_s)
    return Turns(service, tenants, patience)


class UnsharedGpu:
    """The GPU where nobody else wants it: it is everybody's turn."""

    @contextlib.asynccontextmanager
    async def turn(self, wish: Wish) -> AsyncIterator[Turn]:
        """Let in at once."""
        yield AtOnce()

    async def beside(self, journal: JetStreamLog) -> None:
        """Do nothing for as long as the service runs."""
        await asyncio.Event().wait()


WishOf = Callable[[Task, Production], Awaitable[Wish | None]]


@dataclass(frozen=True, slots=True)
class InTurn:
    """Work that uses the GPU for as long as it takes, done when it is its turn."""

    perform: Perform
    gpu: Gpu
    wish_of: WishOf
    """Which turn a task needs; None where it needs none."""

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Do the task once the GPU may be used."""
        wish = None if isinstance(self.gpu, UnsharedGpu) else await self.wish_of(task, production)
        if wish is None:
            return await self.perform(task, production, artifacts, progress)
        async with self.gpu.turn(wish) as turn:
            await turn.granted()
            return await self.perform(task, production, artifacts, progress)
