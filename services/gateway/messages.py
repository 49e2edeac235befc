"""Messages of a stream of server-sent events, as bytes."""

from __future__ import annotations

import msgspec

from bus.events import Recorded, Unreadable
from services.gateway.events_view import event_view, strange_view
from services.gateway.steps import ProgressView

STILL_HERE = b": still here\n\n"


def log_message(one: Recorded | Unreadable) -> bytes:
    """Return what is sent for a message of the log; a fact has its ordinal as the id."""
    if isinstance(one, Unreadable):
        return _message("strange", msgspec.json.encode(strange_view(one)))
    return _message("fact", msgspec.json.encode(event_view(one)), one.event.ordinal)


def step_message(step: ProgressView) -> bytes:
    """Return what is sent for a step; it has no id, for nobody resumes at one."""
    return _message("progress", msgspec.json.encode(step))


def dropped_message(why: str) -> bytes:
    """Return what is sent last to a reader that is let go."""
    return _message("dropped", msgspec.json.encode({"why": why}))


def retry_message(after_ms: int) -> bytes:
    """Return what tells a browser how long to wait before it comes back."""
    return f"retry: {after_ms}\n\n".encode()


def _message(event: str, document: bytes, ordinal: int | None = None) -> bytes:
    id_ = b"" if ordinal is None else b"id: %d\n" % ordinal
    # A raw fact may hold line breaks of its writer; in a stream they would end the field.
    return b"%sevent: %s\ndata: %s\n\n" % (id_, event.encode(), b" ".join(document.splitlines()))
