"""How long clips will take, going by what clips took: the one place where seconds are foretold. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from msgspec import Struct

from bus.plan import Order
from services.gateway.experience import ClipKind, Experience, Measured, kind_of

FAR = 1.5
"""How many times larger or smaller than anything measured a clip may be before its time is called rough."""
OWN_MIN = 2
"""Takes of the film itself from which on nothing else is asked. The first one often pays for loading the model."""
GROWTH = {"animatic": 0.6}
"""By renderer, the power of its work that a clip's time grows with, where one size only was measured; 1 for others.

An animatic's scene is painted once and then moved: 33 frames of 416×240 took 0.7 s of a processor, 80 of them 1.0 s,
33 frames of 832×480 2.0 s, and 80 of those 2.6 s, which is not ten times as much.
"""
DOUBT = 2
"""Approvals at the first attempt that are supposed before any were seen: a single rejection doubles no estimate."""


class Expected(Struct, frozen=True, kw_only=True):
    """What something will probably take, and how that is known."""

    seconds: float
    measured_on: str
    """What the figure rests on, for people: `3 takes`, `40 takes so far`, `the sample`."""
    is_rough: bool
    """Whether it rests on clips of other steps, or on much smaller or larger ones only."""


def time_for(orders: Sequence[Order], experience: Experience) -> Expected | None:
    """Return what it takes until each order has an approved take, one after the other: renders, retakes, reviews.

    None while nothing like them was ever rendered.
    """
    return until_approved([kind_of(order) for order in orders], experience)


def until_approved(kinds: Sequence[ClipKind], experience: Experience, own: Sequence[Measured] = ()) -> Expected | None:
    """Return what it takes until each clip has an approved take, one after the other: renders, retakes, reviews.

    Args:
        own: what clips of this very film took; enough of them say more than those of all films.
    """
    expected = [one_take(kind, experience, own) for kind in kinds]
    known = [one for one in expected if one is not None]
    if not known or len(known) < len(expected):
        return None
    total_s = sum(
        takes_for(kind.renderer, experience) * (one.seconds + review_s(kind.renderer, experience))
        for kind, one in zip(kinds, known, strict=True)
    )
    roughest = max(known, key=lambda one: one.is_rough)
    return Expected(seconds=total_s, measured_on=roughest.measured_on, is_rough=roughest.is_rough)


def one_take(kind: ClipKind, experience: Experience, own: Sequence[Measured] = ()) -> Expected | None:
    """Return what rendering one such clip takes, from the best that is known."""
    own_takes = [one for one in own if not one.kind.draft]
    count = sum(one.count for one in own_takes)
    if count >= OWN_MIN and (found := _among(kind, own_takes, f"{count} takes")):
        return found
    every = (*experience.clips, *own)
    takes = [one for one in every if not one.kind.draft]
    seen = sum(one.count for one in takes if one.kind.renderer == kind.renderer)
    found = _among(kind, takes, f"{seen} take{'' if seen == 1 else 's'} so far")
    return found or _among(kind, every, "the sample" if any(one.kind.draft for one in own) else "samples so far")


def takes_for(renderer: str, experience: Experience) -> float:
    """Return how many takes a segment needs until it is settled, on average."""
    known = experience.of(renderer)
    if known is None:
        return 1.0
    return max(1.0, (known.approved + known.rejected + DOUBT) / (known.approved + known.kept + DOUBT))


def review_s(renderer: str, experience: Experience) -> float:
    """Return what reviewing a take takes, on average."""
    known = experience.of(renderer)
    reviewed = known.approved + known.rejected if known else 0
    return known.review_s / reviewed if known and reviewed else 0.0


def _among(kind: ClipKind, clips: Sequence[Measured], measured_on: str) -> Expected | None:
    """Return what a clip takes, going by these: by those of its kind, else by their sizes, else by other steps."""
    rendered = [one for one in clips if one.kind.renderer == kind.renderer and one.recent_s]
    here = [one for one in rendered if kind.machine and one.kind.machine == kind.machine] or rendered
    same = [one for one in here if (one.kind.steps, one.kind.draft) == (kind.steps, kind.draft)]
    like = [one for one in same if _size(one.kind) == _size(kind)]
    if like:
        seconds = statistics.median(second for one in like for second in one.recent_s)
        return Expected(seconds=seconds, measured_on=measured_on, is_rough=False)
    known = same or here
    if not known:
        return None
    works = [one.kind.work for one in known]
    is_near = min(works) / FAR <= kind.work <= max(works) * FAR
    return Expected(seconds=_along(kind, known), measured_on=measured_on, is_rough=not (same and is_near))


def _size(kind: ClipKind) -> tuple[int, int, int]:
    return kind.width, kind.height, kind.frame_count


def _along(kind: ClipKind, clips: Sequence[Measured]) -> float:
    """Return the seconds at the clip's amount of work, on the line of least squares through what was measured.

    The line neither falls nor begins below nought: a larger clip takes no less, and none takes less than nothing.
    """
    points = [(one.kind.work, statistics.median(one.recent_s), len(one.recent_s)) for one in clips]
    weight = sum(count for _, _, count in points)
    work = sum(x * count for x, _, count in points) / weight
    took_s = sum(y * count for _, y, count in points) / weight
    spread = sum(count * (x - work) ** 2 for x, _, count in points)
    are_sizes_one = spread <= 1e-9 * weight * work**2
    if are_sizes_one:
        return float(took_s * (kind.work / work) ** GROWTH.get(kind.renderer, 1.0))
    slope = sum(n * (x - work) * (y - took_s) for x, y, n in points) / spread
    if slope < 0:
        return took_s
    if took_s - slope * work < 0:
        slope, work, took_s = sum(n * x * y for x, y, n in points) / sum(n * x * x for x, _, n in points), 0.0, 0.0
    return took_s + slope * (kind.work - work)
