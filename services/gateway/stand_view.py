"""Where a production stands, in short: what a client that polls wants to know. Pure."""

from __future__ import annotations

from msgspec import Struct

from bus.board import Deleted, status_of
from bus.ids import ProductionId
from bus.production import Production
from services.gateway.estimate import Estimate, estimate_of
from services.gateway.links import film_link, production_link, status_link
from services.gateway.status_view import StatusView, status_view
from services.gateway.steps import ProgressView
from services.gateway.view import possible_acts, title_of


class StandView(Struct, frozen=True, kw_only=True):
    """Where a production stands, and how far the work on it is."""

    id: ProductionId
    title: str
    status: StatusView
    revision: int
    can: tuple[str, ...]
    progress: tuple[ProgressView, ...]
    """The newest step of each piece of work, as far as this gateway heard of it."""
    estimate: Estimate | None
    production: str
    """Where all of it is found."""
    film: str | None
    next: str
    """The call to make next: it is answered as soon as there is something newer."""


def stand_view(production: Production, progress: tuple[ProgressView, ...]) -> StandView:
    """Return where a production that was requested stands."""
    status = status_of(production)
    shown = status_view(status)
    has_film = bool(production.cuts) and not isinstance(status, Deleted)
    return StandView(
        id=production.id,
        title=title_of(production),
        status=shown,
        revision=production.ordinal,
        can=possible_acts(production),
        progress=() if shown.is_settled else progress,
        estimate=None if shown.is_settled else estimate_of(production),
        production=production_link(production.id),
        film=film_link(production.id, production.cuts[-1].number) if has_film else None,
        next=status_link(production.id, production.ordinal),
    )
