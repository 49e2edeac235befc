"""What HTTP itself has an answer for: a condition that does not hold, a right that is missing, a limit that is reached.

Pure: what is sent is made of it in `services/gateway/problems.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from bus.errors import KindlingError


class Bar(enum.StrEnum):
    """Why a call is turned away, whatever it asks for."""

    CHANGED = "changed"
    """What the call was based on is no longer the newest."""
    CONDITION_NEEDED = "condition_needed"
    """The call does not say what it is based on."""
    TOKEN = "token"  # noqa: S105 - why a call is turned away
    """No token, or one that is not known."""
    SCOPE = "scope"
    """The token does not allow this."""
    ORIGIN = "origin"
    """A page of an origin that is not on the list."""
    HOST = "host"
    """The address names a host that this gateway is not."""
    RATE = "rate"
    """Too often."""
    READERS = "readers"
    """Too many streams at once."""
    SLOW = "slow"
    """The request took too long to come in."""
    DAMAGED = "damaged"
    """What is stored can't be read."""


STATUS_OF: Mapping[Bar, int] = {
    Bar.CHANGED: 412,
    Bar.CONDITION_NEEDED: 428,
    Bar.TOKEN: 401,
    Bar.SCOPE: 403,
    Bar.ORIGIN: 403,
    Bar.HOST: 421,
    Bar.RATE: 429,
    Bar.READERS: 503,
    Bar.SLOW: 408,
    Bar.DAMAGED: 410,
}
TITLE_OF: Mapping[Bar, str] = {
    Bar.CHANGED: "It has changed since",
    Bar.CONDITION_NEEDED: "Say what this is based on",
    Bar.TOKEN: "A token is needed",
    Bar.SCOPE: "The token does not allow this",
    Bar.ORIGIN: "Not from this page",
    Bar.HOST: "Not this host",
    Bar.RATE: "Too often",
    Bar.READERS: "Too many streams",
    Bar.SLOW: "Too slow",
    Bar.DAMAGED: "The bytes are damaged",
}


class Denied(KindlingError):
    """A call that is turned away, with the headers that its answer carries."""

    def __init__(
        self, bar: Bar, what: str, *, why: str = "", help: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(what, why=why, help=help)
        self.bar = bar
        self.headers = dict(headers or {})
