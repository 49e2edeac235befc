"""A log whose store is full: how the server says so, or fails to, and what a person can do about it."""

from __future__ import annotations

import asyncio
import urllib.request

import msgspec
from msgspec import Struct

from bus.errors import LogUnavailable

FULL = frozenset({10002, 10023, 10028, 10047, 10077})
"""The server's own limit, the account's, the stream's, and a disk that takes no more."""
FULL_AFTER_S = 15.0
"""A server whose disk is full answers everything but what is to be stored: after so long that counts."""

_MAKE_ROOM = (
    "Make room on the disk of the NATS store, or raise its limit (jetstream.max_file_store); then start Kindling anew: "
    "the server looks how much room there is when it starts. Work goes on by itself, and nothing is lost."
)


def takes_no_more(code: int, description: str) -> LogUnavailable:
    """Return that the server refuses what is to be stored, as a person reads it."""
    if code in FULL:
        return LogUnavailable(
            "The log is full: it takes no more events.",
            why=f"The NATS server says: {description} ({code}).",
            help=_MAKE_ROOM,
        )
    return LogUnavailable(
        "The log takes no more events.",
        why=f"The server says: {description} ({code}).",
        help="See `kindling doctor`, and the log of the NATS server; work goes on by itself once it takes them again.",
    )


def takes_nothing(url: str) -> LogUnavailable:
    """Return that the server answers questions and stores nothing: that is what a full disk under it looks like."""
    return LogUnavailable(
        "The log takes no more events.",
        why=f"The NATS server at {url} can be read, and stores nothing: its disk is probably full.",
        help=_MAKE_ROOM,
    )


class _Config(Struct, frozen=True):
    max_storage: int = 0
    store_dir: str = ""


class Store(Struct, frozen=True):
    """How much the server keeps on disk, and how much it may."""

    storage: int = 0
    config: _Config = _Config()

    @property
    def share(self) -> float:
        """Return how full it is, from 0 to 1; 0 where the server names no limit."""
        return self.storage / self.config.max_storage if self.config.max_storage > 0 else 0.0


async def store_of(monitor_url: str) -> Store:
    """Return what the server's monitoring page says of its store.

    Raises:
        OSError: it does not answer.
    """
    return await asyncio.to_thread(_store, monitor_url)


def _store(monitor_url: str) -> Store:
    with urllib.request.urlopen(f"{monitor_url}/jsz", timeout=3) as answer:  # noqa: S310 - an operator's setting
        try:
            return msgspec.json.decode(answer.read(), type=Store)
        except msgspec.MsgspecError as error:
            raise OSError(f"{monitor_url}/jsz says something else than expected: {error}") from error
