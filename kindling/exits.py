"""How the command ends: its exit codes, and trouble as a person reads it."""

from __future__ import annotations

import enum

from bus.errors import KindlingError, LogUnavailable, Reason, Refused


class Exit(enum.IntEnum):
    """What the exit code says. They are documented in docs/cli.md and stay as they are."""

    DONE = 0
    BROKEN = 1
    """Kindling itself failed."""
    MISUSED = 2
    """The command line makes no sense."""
    REFUSED = 3
    """The request can't be granted: policy, a limit, or it does not fit where the production stands."""
    UNKNOWN = 4
    """There is no such production, take, question or problem."""
    UNREACHABLE = 5
    """Kindling is not running, can't be reached, or can't be started."""
    STUCK = 6
    """The production stalled, failed, or was cancelled."""
    DAMAGED = 7
    """Something is not as the log says: found by `verify`, `rebuild`, `export`, `import` or `regenerate`."""
    DIFFERENT = 8
    """A film that was made again is not the recorded one."""
    INTERRUPTED = 130
    """Ctrl-C."""


class Trouble(KindlingError):
    """A foreseeable end that is no success: what, why, what to do next, and the exit code."""

    def __init__(self, code: Exit, what: str, *, why: str = "", help: str = "") -> None:
        super().__init__(what, why=why, help=help)
        self.code = code


_OF_REASON = {
    Reason.INVALID: Exit.REFUSED,
    Reason.TOO_LARGE: Exit.REFUSED,
    Reason.UNKNOWN: Exit.UNKNOWN,
    Reason.NOT_NOW: Exit.REFUSED,
    Reason.POLICY: Exit.REFUSED,
}


def code_of(error: KindlingError) -> Exit:
    """Return the exit code that an error ends the command with."""
    match error:
        case Trouble(code=code):
            return code
        case Refused(reason=reason):
            return _OF_REASON[reason]
        case LogUnavailable():
            return Exit.UNREACHABLE
        case _:
            return Exit.BROKEN
