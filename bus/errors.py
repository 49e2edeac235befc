"""How the bus says no.

KindlingError
├── Refused         a request that can't be granted; the person is told what to do instead
├── Unprocessable   an event that this service can never handle: it becomes `work.failed`
├── NotReady        an event that a newer service has to handle: it waits
├── Conflict        somebody else wrote first: fold again and decide again
├── LogUnavailable  the log can't be reached or can't be trusted
└── MissingArtifact bytes that the log names and the store has not
"""

from __future__ import annotations

import enum

from bus.ids import Digest


class KindlingError(Exception):
    """What happened, why, and what to do next, as a person reads it."""

    def __init__(self, what: str, *, why: str = "", help: str = "") -> None:
        self.what, self.why, self.help = what, why, help
        super().__init__(" ".join(part for part in (what, why, help) if part))


class Reason(enum.StrEnum):
    """The kind of a refusal; the gateway maps each to one HTTP status."""

    INVALID = "invalid"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    NOT_NOW = "not_now"
    POLICY = "policy"


class Refused(KindlingError):
    """A request that can't be granted."""

    def __init__(self, reason: Reason, what: str, *, why: str = "", help: str = "") -> None:
        super().__init__(what, why=why, help=help)
        self.reason = reason


class Unprocessable(KindlingError):
    """An event that can never be handled, however often it comes."""


class NotReady(KindlingError):
    """An event of a type or version that this service does not know yet."""


class Conflict(KindlingError):
    """The production moved on since the decision was made, or the fact is already written by somebody else."""


class LogUnavailable(KindlingError):
    """The log can't be reached, refuses us, or is not set up as it must be."""


class MissingArtifact(KindlingError):
    """The store has no bytes of this digest."""

    def __init__(self, digest: Digest) -> None:
        self.digest = digest
        super().__init__(
            f"The artifact {digest[:12]}… is missing from the store.",
            why="Its file was removed or never arrived on this machine.",
            help="Run `kindling verify` to see what is missing.",
        )
