"""How a production ended that has no film: an error with its exit code. Pure."""

from __future__ import annotations

from bus import board
from bus.board import Done, status_of
from bus.errors import KindlingError
from bus.production import Production
from kindling.exits import Exit, Trouble
from services.gateway.status_view import status_view


def end_of(production: Production) -> KindlingError | None:
    """Return what kept the production from its film, as an error with its exit code; None where it is done. Pure."""
    match status_of(production):
        case Done():
            return None
        case board.Refused(refusal=refusal):
            return Trouble(Exit.REFUSED, "The content policy refuses this.", why=refusal.why, help=refusal.help)
        case board.Cancelled(why=why):
            return Trouble(Exit.STUCK, f"{production.id} was called off.", why=why)
        case board.Deleted(why=why):
            return Trouble(Exit.UNKNOWN, f"{production.id} was removed; only its log is left.", why=why)
        case board.Failed(end=end):
            problem = end.problem
            return Trouble(Exit.STUCK, problem.what, why=problem.why, help=problem.help)
        case board.Outdated() as status:
            shown = status_view(status)
            return Trouble(Exit.STUCK, f"{production.id} waits for a newer Kindling.", why=shown.says, help=shown.help)
        case board.Asking(question=question):
            return Trouble(
                Exit.STUCK,
                f"{production.id} waits for your answer: {question.asked.text}",
                why="Nothing can be assumed in its place.",
                help=f'Say it: kindling answer {production.id} "…" && kindling make --continue {production.id}',
            )
        case _:
            many = len(production.open_stalls) > 1
            return Trouble(
                Exit.STUCK,
                f"{production.id} waits for you: {'problems are' if many else 'a problem is'} open.",
                help=f"When it is mended: kindling resume {production.id} && kindling make --continue {production.id}",
            )
