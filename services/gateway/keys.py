"""Idempotency keys in use: one request under a key at a time, and which production a key has just become."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bus.ids import ProductionId

REMEMBERED_MAX = 4096
"""Keys that are remembered until the index has seen their production, which takes milliseconds."""


@dataclass(slots=True)
class Keys:
    """The keys of one gateway. What is on the log is known to the index; this is for the moment before."""

    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)
    _waiting: dict[str, int] = field(default_factory=dict)
    _begun: OrderedDict[str, ProductionId] = field(default_factory=OrderedDict)

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait until nobody else begins a production under this key."""
        lock = self._turns.setdefault(key, asyncio.Lock())
        self._waiting[key] = self._waiting.get(key, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key], self._turns[key]

    def begun(self, key: str) -> ProductionId | None:
        """Return what was begun under a key a moment ago."""
        return self._begun.get(key)

    def remember(self, key: str, production: ProductionId) -> None:
        """Say what was begun under a key."""
        self._begun[key] = production
        while len(self._begun) > REMEMBERED_MAX:
            self._begun.popitem(last=False)
