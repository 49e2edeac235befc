"""One thing that keeps a server from rendering a graph as it is meant."""

from __future__ import annotations

from msgspec import Struct

from services._kit.failures import FailureKind


class Problem(Struct, frozen=True, kw_only=True):
    """What is wrong, why, and what to do; each a sentence for a person."""

    what: str
    why: str = ""
    help: str = ""
    kind: FailureKind = FailureKind.VALIDATION
    node: str | None = None
    is_fatal: bool = True
    """False: the render works, and may not be what was meant."""

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.help) if part)
