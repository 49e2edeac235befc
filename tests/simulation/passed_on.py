"""A message that is handed on over a connection which something may befall."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bus.wire.memory import MemoryDelivery


@dataclass
class PassedOn:
    """A message whose settling may not arrive."""

    inner: MemoryDelivery
    step: Callable[[str], Awaitable[None]]
    """Is told what comes next, as `before ack`; it may take time, or raise instead."""

    @property
    def subject(self) -> str:
        """Return the subject."""
        return self.inner.subject

    @property
    def sequence(self) -> int:
        """Return the sequence."""
        return self.inner.sequence

    @property
    def content(self) -> bytes:
        """Return the bytes."""
        return self.inner.content

    @property
    def delivered_count(self) -> int:
        """Return how often it came."""
        return self.inner.delivered_count

    async def ack(self) -> None:
        """Ack, after a step."""
        await self.step("before ack")
        await self.inner.ack()

    async def nak(self, delay_s: float) -> None:
        """Nak, after a step."""
        await self.step("before nak")
        await self.inner.nak(delay_s)

    async def term(self) -> None:
        """Term, after a step."""
        await self.step("before term")
        await self.inner.term()

    async def in_progress(self) -> None:
        """Beat, after a step."""
        await self.step("before in_progress")
        await self.inner.in_progress()
