"""What a film will still take: from what its clips and those of earlier films took, and from nothing else. Pure."""

from __future__ import annotations

import math

from msgspec import Struct
from msgspec.structs import replace

from bus.board import board
from bus.plan import FRAMES_PER_SEGMENT_MAX, order_for
from bus.production import Production
from services.gateway.eta import takes_for, until_approved
from services.gateway.experience import ClipKind, Experience, kind_of, own_clips

NO_EXPERIENCE = Experience()


class Estimate(Struct, frozen=True, kw_only=True):
    """How long a film takes one renderer: in seconds, renders, likely retakes and reviews together."""

    left_s: float
    """For the segments that have no take yet that is accepted or in review."""
    total_s: float
    """For the whole film."""
    per_megapixel_frame_s: float
    """Seconds for a million pixels of one frame, on average over the film."""
    takes_per_segment: float
    """How many takes a segment needs, going by the takes so far: 1 where each was approved at once."""
    measured_on: str
    """What the figures were measured on: `3 takes`, `40 takes so far`, `the sample`."""
    is_rough: bool
    """Whether nothing of the film's size and steps was rendered yet: a sample is small, and may have fewer steps."""


def estimate_of(production: Production, experience: Experience = NO_EXPERIENCE) -> Estimate | None:
    """Return what the film will take, or None while nothing is known."""
    kinds = film_kinds(production)
    own = own_clips(production)
    total = until_approved([kind for kind, _ in kinds], experience, own)
    if not kinds or total is None:
        return None
    left = until_approved([kind for kind, is_left in kinds if is_left], experience, own)
    takes = takes_for(kinds[0][0].renderer, experience)
    return Estimate(
        left_s=round(left.seconds, 1) if left else 0.0,
        total_s=round(total.seconds, 1),
        per_megapixel_frame_s=round(total.seconds / sum(kind.work for kind, _ in kinds), 6),
        takes_per_segment=round(takes, 2),
        measured_on=total.measured_on,
        is_rough=total.is_rough,
    )


def film_kinds(production: Production) -> list[tuple[ClipKind, bool]]:
    """Return each clip of the film, and whether it is still to be made.

    Before there is a plan they are those of a film as long and large as it seems; none while that can't be told.
    """
    plan = production.plan
    if plan is not None:
        return [
            (kind_of(order_for(plan, slot.segment, 1, slot.start)), slot.accepted is None and slot.unreviewed is None)
            for slot in board(production)
        ]
    brief, sample = production.brief, production.sample_of(len(production.briefs))
    if brief is None or sample is None or sample.film_size is None:
        return []
    duration_s = brief.duration_s if brief.duration_s is not None else brief.assumed_value("duration_s")
    if not isinstance(duration_s, int | float):
        return []
    frame_count = max(1, round(duration_s * sample.order.fps))
    clip_count = math.ceil(frame_count / FRAMES_PER_SEGMENT_MAX)
    kind = replace(
        kind_of(sample.order),
        width=sample.film_size.width,
        height=sample.film_size.height,
        frame_count=math.ceil(frame_count / clip_count),
        steps=None,
        draft=False,
    )
    return [(kind, True)] * clip_count
