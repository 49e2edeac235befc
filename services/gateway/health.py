"""Whether the gateway can serve."""

from __future__ import annotations

from msgspec import Struct


class Health(Struct, frozen=True, kw_only=True):
    """Whether the gateway can serve."""

    name: str
    version: str
    is_ready: bool
    """Whether it has seen the whole log; until then lists are not served."""
    sequence: int
    """The last message on the log that it has seen."""
    reader_count: int
    """How many streams of events are open."""
