"""What the film will still take: from what its sample or its takes have cost, and from nothing else. Pure."""

from __future__ import annotations

import statistics

from msgspec import Struct

from bus.board import board
from bus.events import Cost
from bus.plan import FPS, Order
from bus.production import Production


class Estimate(Struct, frozen=True, kw_only=True):
    """How long rendering takes, in seconds of one renderer's work."""

    left_s: float
    """For the segments that have no accepted take yet, if each needs one more."""
    total_s: float
    """For the whole film, if each segment needed one take."""
    per_megapixel_frame_s: float
    """Seconds for a million pixels of one frame."""
    measured_on: str
    """What the figure was measured on: `sample 1-1`, `3 takes`."""
    is_rough: bool
    """Whether it rests on the sample alone, which is short and may have been rendered in fewer steps."""


def estimate_of(production: Production) -> Estimate | None:
    """Return what the film will take, or None while nothing is known."""
    measured = _measured(production)
    size = _megapixel_frames(production)
    if measured is None or size is None:
        return None
    per_unit_s, measured_on, is_rough = measured
    total, left = size
    return Estimate(
        left_s=round(left * per_unit_s, 1),
        total_s=round(total * per_unit_s, 1),
        per_megapixel_frame_s=round(per_unit_s, 6),
        measured_on=measured_on,
        is_rough=is_rough,
    )


def _measured(production: Production) -> tuple[float, str, bool] | None:
    """Return seconds per megapixel-frame, what they were measured on, and whether that was only the sample."""
    takes = [_rate(one.order, one.rendered.cost) for one in production.takes.values() if one.rendered is not None]
    if takes:
        # The median: a first take often pays for loading the model.
        return statistics.median(takes), f"{len(takes)} take{'s' if len(takes) > 1 else ''}", False
    for sample in reversed(production.samples):
        if sample.rendered is not None:
            rate = _rate(sample.order, sample.rendered.cost)
            return rate, f"sample {sample.brief}-{sample.take}", True
    return None


def _rate(order: Order, cost: Cost) -> float:
    return cost.total_s / (_megapixels(order.width, order.height) * max(order.frame_count, 1))


def _megapixels(width: int, height: int) -> float:
    return width * height / 1e6


def _megapixel_frames(production: Production) -> tuple[float, float] | None:
    """Return how much the whole film is, and how much of it is left."""
    plan = production.plan
    if plan is not None:
        one_frame = _megapixels(plan.size.width, plan.size.height)
        frames = {slot.segment.id: (slot.segment.frame_count, slot.accepted is None) for slot in board(production)}
        total = sum(count for count, _ in frames.values())
        return total * one_frame, sum(count for count, is_left in frames.values() if is_left) * one_frame
    brief, sample = production.brief, production.sample_of(len(production.briefs))
    if brief is None or sample is None:
        return None
    duration_s = brief.duration_s if brief.duration_s is not None else brief.assumed_value("duration_s")
    if not isinstance(duration_s, int | float):
        return None
    total_size = duration_s * FPS * _megapixels(sample.order.width, sample.order.height)
    return total_size, total_size
