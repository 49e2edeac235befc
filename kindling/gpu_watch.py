"""Whose turn it is on the GPU, as it changes: for whoever watches the log."""

from __future__ import annotations

import asyncio

import msgspec

from bus.errors import LogUnavailable
from bus.gpu import Lease, state_of
from bus.wire.entries import BucketEntries
from bus.wire.jetstream import JetStreamLog
from bus.wire.waiting import end
from kindling.terminal import aside

LOOK_EVERY_S = 5.0
"""A hint may be missed: it is looked again after so long."""


async def say_turns(journal: JetStreamLog) -> None:
    """Say beside the log who has the GPU and who waits for it, each time that it changes."""
    entries = BucketEntries(journal.client)
    said, changed = "", asyncio.Event()
    hearing = asyncio.create_task(_hear(entries, changed))
    try:
        while True:
            line = await _line(entries)
            if line and line != said:
                aside(f"GPU: {line}")
                said = line
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await changed.wait()
            except TimeoutError:
                continue
            changed.clear()
    finally:
        await end(hearing)


async def _hear(entries: BucketEntries, changed: asyncio.Event) -> None:
    async for _ in entries.hints():
        changed.set()


async def _line(entries: BucketEntries) -> str:
    """Return the lease in one line; empty where there is none, or none that can be read."""
    try:
        content = (await entries.read()).content
    except LogUnavailable:
        return ""
    if content is None:
        return ""
    try:
        lease = msgspec.json.decode(content, type=Lease)
    except msgspec.DecodeError:
        return ""
    return state_of(lease) if lease.side is not None and lease.guests else ""
