"""How a film that was made again stands to the recorded one: clips, film, and what was decided otherwise. Pure."""

from __future__ import annotations

from msgspec import Struct

from bus import board
from bus.board import status_of
from bus.events import Again
from bus.ids import ProductionId
from bus.likeness import DELTA_E_MAX, MATCHING, SOURCE, SSIM_MIN, Comparison, Likeness, worst
from bus.production import Production, Take
from services.gateway.branch_view import OriginView, origin_view
from services.gateway.decisions import Decision, decided_otherwise
from services.gateway.links import film_link, take_link
from services.gateway.script import is_over


class ClipComparison(Struct, frozen=True, kw_only=True):
    """A clip that was made again, beside the recorded one."""

    segment: int | None
    """Null for the film."""
    was: str | None
    """The recorded take, as `3-2`; null where the film had no such segment."""
    now: str | None
    """The one that was made again; null while there is none."""
    was_link: str | None
    now_link: str | None
    likeness: Likeness | None
    """Null while nothing is there to compare."""
    comparison: Comparison | None


class Thresholds(Struct, frozen=True, kw_only=True):
    """Within which clips count as equivalent, and where the figures are from."""

    ssim_min: float = SSIM_MIN
    delta_e_max: float = DELTA_E_MAX
    source: str = SOURCE


class ComparisonView(Struct, frozen=True, kw_only=True):
    """A film that was made again, held against the recorded one."""

    id: ProductionId
    origin: OriginView
    is_complete: bool
    """Whether all is there and was compared."""
    matches: bool | None
    """Whether every segment and the film are the same, or equivalent; null while that can't be said."""
    likeness: Likeness | None
    """The worst of all."""
    film: ClipComparison
    segments: tuple[ClipComparison, ...]
    """In the recorded film's order; after them the segments that it did not have."""
    decisions: tuple[Decision, ...]
    """What was decided otherwise, where the agents were asked again; empty where they were not."""
    thresholds: Thresholds = Thresholds()


def comparison_view(production: Production) -> ComparisonView | None:
    """Return how the film stands to the recorded one; None where it is none that was made again."""
    source, origin = production.source, origin_view(production)
    if source is None or production.rewound is None or origin is None or not production.is_again:
        return None
    segments = tuple(_clips(production, source, origin.production))
    film = _film(production, source, origin.production)
    likenesses = [one.likeness for one in (*segments, film)]
    is_done = isinstance(status_of(production), board.Done)
    found = tuple(one for one in likenesses if one is not None)
    is_compared = film.likeness is not None and all(_is_settled(one) for one in segments)
    is_complete = is_over(production) and is_compared
    likeness = worst(found) if is_complete else None
    is_from_words = production.rewound.to is Again.WORDS
    return ComparisonView(
        id=production.id,
        origin=origin,
        is_complete=is_complete,
        matches=likeness in MATCHING and all(one.was and one.now for one in segments) if likeness else None,
        likeness=likeness,
        film=film,
        segments=segments,
        decisions=decided_otherwise(source, production) if is_from_words and is_done else (),
    )


def _is_settled(one: ClipComparison) -> bool:
    """Say whether nothing more is to come: it was compared, or there is nothing that it could be compared with."""
    return one.likeness is not None or one.was is None or one.now is None


def _clips(production: Production, source: Production, origin: ProductionId) -> list[ClipComparison]:
    was, now = source.shown, production.shown or _accepted(production)
    clips = []
    for segment in (*was, *(one for one in now if one not in was)):
        old, new = was.get(segment), now.get(segment)
        comparison = new.compared if new else None
        clips.append(
            ClipComparison(
                segment=segment,
                was=_name(old),
                now=_name(new),
                was_link=take_link(origin, segment, old.take, "clip") if old else None,
                now_link=take_link(production.id, segment, new.take, "clip") if new else None,
                likeness=comparison.likeness if comparison else None,
                comparison=comparison,
            )
        )
    return clips


def _accepted(production: Production) -> dict[int, Take]:
    return {slot.segment.id: slot.accepted for slot in board.board(production) if slot.accepted is not None}


def _name(take: Take | None) -> str | None:
    return f"{take.segment}-{take.take}" if take else None


def _film(production: Production, source: Production, origin: ProductionId) -> ClipComparison:
    old = source.cuts[-1]
    new = production.cuts[-1] if production.cuts else None
    compared = next((one for one in reversed(production.compared) if new and one.number == new.number), None)
    return ClipComparison(
        segment=None,
        was=f"cut {old.number}",
        now=f"cut {new.number}" if new else None,
        was_link=film_link(origin, old.number),
        now_link=film_link(production.id, new.number) if new else None,
        likeness=compared.comparison.likeness if compared else None,
        comparison=compared.comparison if compared else None,
    )
