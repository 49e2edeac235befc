"""What stands in the way of work, as a person reads it: errors, events of a newer service, a place that is taken."""

from __future__ import annotations

import errno

from bus.errors import Conflict, KindlingError, NotReady, Unprocessable
from bus.events import Problem
from bus.ids import ProductionId
from bus.production import Production


def problem_of(error: Exception, about: str) -> Problem:
    """Return an error of a piece of work as a person reads it."""
    if isinstance(error, KindlingError):
        return Problem(kind="error", about=about, what=error.what, why=error.why, help=error.help)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Problem(
            kind="disk_full",
            about=about,
            what=f"The work on the {about} found no room.",
            why=f"The disk is full: {error.filename or error}.",
            help="Free some space (`kindling rm ID` removes a production's clips); `kindling resume` then goes on.",
        )
    return Problem(
        kind="error",
        about=about,
        what=f"The work on the {about} failed.",
        why=f"{type(error).__name__}: {error}"[:2000],
        help="The service's log in .kindling/logs has the details. `kindling resume` tries again.",
    )


def place_taken(error: Conflict, production: ProductionId) -> Unprocessable:
    """Return that something else stands where a result belongs."""
    return Unprocessable(
        f"The result for {production} can't be written.",
        why=f"{error} Nobody has moved on since: something else stands where it belongs.",
        help=f"`kindling verify {production}` shows what it is. If no program of yours wrote it, report it.",
    )


def refuse_unknown(production: Production) -> None:
    """Check that every event of the production is known here.

    Raises:
        NotReady: a newer service wrote some of them.
    """
    if production.unknown:
        raise NotReady(
            f"{production.id} holds events this service does not know: {', '.join(production.unknown)}.",
            why="A newer service wrote them.",
            help="Update this service; the work waits.",
        )
