"""The next smaller order after one that did not fit into memory: fewer frames, or a smaller picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import structs

from bus.plan import SIZE_STEP, Order
from services._kit.workflows import Dimensions

SMALLER_BY: Final = 0.75
SMALLEST_SIDE: Final = 256
CLEARLY_SMALLER: Final = 0.75
"""A listed size has at most this share of the pixels to be worth a try."""
ALIKE: Final = 0.12
"""How much the shape of a listed size may differ: 1088×816 and 704×528 are one shape, and 832×480 is another."""
SMALLEST_DRAFT: Final = 33
"""Frames of the shortest sample: two seconds show a look."""


def smaller_order(order: Order, sizes: Sequence[Dimensions] = (), step: int = SIZE_STEP) -> Order | None:
    """Return the order with fewer frames (samples only: a film's segment is as long as its plan says) or smaller sides.

    The model's next smaller size of the same shape is taken where it has one; else sides shrink by a quarter each,
    which halves the pixels.

    Args:
        sizes: what the model renders well; empty where that is not known.
        step: sides are multiples of it.
    """
    if order.draft and order.frame_count > SMALLEST_DRAFT:
        return structs.replace(order, frame_count=SMALLEST_DRAFT)
    listed = [one for one in sizes if _is_alike(one, order) and one.area <= _area(order) * CLEARLY_SMALLER]
    if listed:
        size = max(listed, key=lambda one: one.area)
        return structs.replace(order, width=size.width, height=size.height)
    width, height = (max(step, round(side * SMALLER_BY / step) * step) for side in (order.width, order.height))
    if min(width, height) < SMALLEST_SIDE or width * height >= _area(order):
        return None
    return structs.replace(order, width=width, height=height)


def _area(order: Order) -> int:
    return order.width * order.height


def _is_alike(size: Dimensions, order: Order) -> bool:
    one, other = size.width / size.height, order.width / order.height
    return max(one, other) / min(one, other) <= 1 + ALIKE
