"""How long the ComfyUI renderer waits for what. Every wait has an end."""

from __future__ import annotations

from msgspec import Struct


class Patience(Struct, frozen=True, kw_only=True):
    """Waits in seconds."""

    poll_s: float = 1.0
    """Between two looks at queue and history."""
    settle_s: float = 3.0
    """How long a request whose answer was lost may still take to land."""
    unreachable_s: float = 600.0
    """How long a server may give no answer: a restart with large models takes minutes."""
    stuck_s: float = 60.0
    """How long something may wait while nothing runs."""
    silent_s: float = 3600.0
    """How long a render may run without a sign of progress. Long, as the socket may be down and a step take minutes."""
    cancel_s: float = 60.0
    """How long a stopped render is waited for: decoding can't be interrupted."""
    choose_s: float = 60.0
    """How long to wait for some server to answer before an order is posted."""
    promise_s: float = 10.0
    """How long an order that was promised to a server counts as being there before it shows in its queue."""
