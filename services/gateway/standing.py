"""Whether a production may be acted on: it is there, has not ended, and is not fixed as it was asked for. Pure."""

from __future__ import annotations

from typing import assert_never

from bus.errors import Reason, Refused
from bus.events import Again, ProductionCancelled, ProductionDeleted, ProductionFailed, Purpose
from bus.production import Production


def require_there(production: Production) -> None:
    """Check that there is such a production.

    Raises:
        Refused: there is none.
    """
    if production.request is None:
        raise Refused(
            Reason.UNKNOWN,
            f"There is no production {production.id}.",
            why="The log holds nothing under this name.",
            help="See the list of productions (`kindling ls`) for the names there are.",
        )


def require_open(production: Production, act: str) -> None:
    """Check that the production is there and has not ended."""
    require_there(production)
    if act in _CHANGES:
        _require_changeable(production, act)
    match production.end:
        case None:
            return
        case ProductionCancelled():
            raise _over(production, act, "was cancelled", "Nothing is made for it any more.")
        case ProductionDeleted():
            raise _over(production, act, "was deleted", "Only its log is left.")
        case ProductionFailed(problem=problem):
            raise _over(production, act, "has failed", problem.what)
        case _:
            assert_never(production.end)


_CHANGES = frozenset({"directed", "changed", "redone", "overruled"})
_FIXED: dict[Purpose, tuple[str, frozenset[str]]] = {
    Purpose.CLIP: ("a clip, made exactly as it was asked for", frozenset({"directed", "changed"})),
    Purpose.STITCH: ("joined of clips that are there", _CHANGES),
}
"""What can't be changed about a production that is no film from words."""


def _require_changeable(production: Production, act: str) -> None:
    """Check that it is none that is as it was asked for, nor a film that is made again as it was."""
    what, acts = _FIXED.get(production.request.purpose if production.request else Purpose.FILM, ("", frozenset()))
    if act in acts:
        raise Refused(
            Reason.NOT_NOW,
            f"{production.id} is {what}: it can't be {act}.",
            why="It is what was asked for, and stays so.",
            help="Ask for another one: POST /v1/clips, or POST /v1/stitch.",
        )
    if production.rewound is None or production.rewound.to is not Again.ORDERS:
        return
    assert production.request is not None
    assert production.request.origin is not None
    source = production.request.origin.production
    raise Refused(
        Reason.NOT_NOW,
        f"{production.id} makes the film of {source} again, order by order: it can't be {act}.",
        why="It is to be what that film is.",
        help=f"To change something, fork that one: kindling fork {source}",
    )


def _over(production: Production, act: str, state: str, why: str) -> Refused:
    return Refused(
        Reason.NOT_NOW,
        f"{production.id} {state}: it can't be {act}.",
        why=why,
        help="Ask for a new film with the same words.",
    )
