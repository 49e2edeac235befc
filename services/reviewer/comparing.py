"""What the reviewer does for a film that is made again: it holds takes and film against the recorded ones. Pure."""

from __future__ import annotations

from msgspec import Struct

from bus.board import board
from bus.events import Again, Fact, ProductionDone, ProductionResumed, ProductionStalled
from bus.production import Production, Take

WAKES: tuple[type[Fact], ...] = (ProductionDone, ProductionStalled, ProductionResumed)
"""The events after which there may be something to do: few, for few films are made again."""


class CompareTake(Struct, frozen=True, kw_only=True):
    """Hold a take against the recorded one of its segment."""

    take: Take
    recorded: Take

    @property
    def about(self) -> str:
        """Name what it is about."""
        return f"comparison {self.take.segment}-{self.take.take}"


class CompareFilm(Struct, frozen=True, kw_only=True):
    """Hold the film against the recorded one."""

    cut: ProductionDone
    recorded: ProductionDone
    about: str = "comparison of the film"


Task = CompareTake | CompareFilm


def decide(production: Production, fact: Fact | None) -> tuple[Task, ...]:
    """Return what is to be compared: each take that is there, and the film once they are done."""
    if not production.is_active or production.source is None or not production.is_again:
        return ()
    tasks: tuple[Task, ...] = _takes(production, production.source) or _film(production, production.source)
    return tuple(one for one in tasks if not production.is_stalled(one.about))


def _takes(production: Production, source: Production) -> tuple[CompareTake, ...]:
    recorded = source.shown
    return tuple(
        CompareTake(take=take, recorded=before)
        for segment, take in _made(production).items()
        if take.compared is None and (before := recorded.get(segment)) is not None and before.rendered is not None
    )


def _made(production: Production) -> dict[int, Take]:
    """Return by segment the takes that are final: the film's, or each accepted one where none is reviewed."""
    if production.cuts:
        return {segment: take for segment, take in production.shown.items() if take.rendered is not None}
    if production.rewound is None or production.rewound.to is not Again.ORDERS:
        return {}
    return {slot.segment.id: slot.accepted for slot in board(production) if slot.accepted is not None}


def _film(production: Production, source: Production) -> tuple[CompareFilm, ...]:
    if not production.cuts or not source.cuts:
        return ()
    cut = production.cuts[-1]
    if any(one.number == cut.number for one in production.compared):
        return ()
    return (CompareFilm(cut=cut, recorded=source.cuts[-1]),)
