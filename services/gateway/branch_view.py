"""What a client is shown of a branch: where it comes from, and what a fork will be before it is one. Pure."""

from __future__ import annotations

import enum

from msgspec import Struct

from bus.events import Again, Fact, PlanRevised
from bus.ids import Digest, ProductionId
from bus.production import Production
from services.gateway.forks import Branch, Outlook
from services.gateway.links import production_link


class BranchKind(enum.StrEnum):
    """What a branch is for."""

    FORK = "fork"
    AGAIN = "again"
    """The film is made again from its recorded orders, and held against it."""
    FROM_SCRATCH = "from_scratch"
    """The film is made again from the person's words, and held against it."""


class OriginView(Struct, frozen=True, kw_only=True):
    """The point of another production that this one branches from."""

    production: ProductionId
    ordinal: int
    digest: Digest
    """Of that event, and with it of all before it."""
    kind: BranchKind
    link: str
    """The other production, as it stood there."""


class OutlookView(Struct, frozen=True, kw_only=True):
    """What a branch will be: asked before there is one, and nothing is written."""

    origin: OriginView
    says: str
    """As a sentence: `4 of 9 segments, about 12 minutes`."""
    segments: tuple[int, ...]
    """The segments that are rendered; all others are shared."""
    segment_count: int
    seconds: float | None
    """Of one renderer's work; null where nothing was measured yet."""
    is_bound: bool
    """Whether it may be less: words are yet to be understood."""
    changes: tuple[str, ...]
    """How the plan changes, as far as that is known now."""


def origin_view(production: Production) -> OriginView | None:
    """Return where the production comes from; None where it began with a person's words alone."""
    origin = production.request.origin if production.request else None
    if origin is None:
        return None
    kind = BranchKind.FORK
    if production.rewound is not None and production.is_again:
        kind = BranchKind.AGAIN if production.rewound.to is Again.ORDERS else BranchKind.FROM_SCRATCH
    return OriginView(
        production=origin.production,
        ordinal=origin.ordinal,
        digest=origin.digest,
        kind=kind,
        link=f"{production_link(origin.production)}?at={origin.ordinal}",
    )


def outlook_view(of: Branch, kind: BranchKind, found: Outlook, facts: tuple[Fact, ...] = ()) -> OutlookView:
    """Return what the branch will be."""
    changes = [change for fact in facts if isinstance(fact, PlanRevised) for change in fact.changes]
    return OutlookView(
        origin=OriginView(
            production=of.origin.production,
            ordinal=of.origin.ordinal,
            digest=of.origin.digest,
            kind=kind,
            link=f"{production_link(of.origin.production)}?at={of.origin.ordinal}",
        ),
        says=outlook_in_words(found),
        segments=found.segments,
        segment_count=found.segment_count,
        seconds=found.seconds,
        is_bound=found.is_bound,
        changes=tuple(changes),
    )


def outlook_in_words(found: Outlook) -> str:
    """Return what is rendered in a sentence's half: `4 of 9 segments, about 12 minutes`."""
    count = len(found.segments)
    if not count:
        return "nothing is rendered: all of it is shared"
    plural = "" if found.segment_count == 1 else "s"
    bound = "at most " if found.is_bound else ""
    time = "nothing was measured yet that says how long" if found.seconds is None else about(found.seconds)
    return f"{bound}{count} of {found.segment_count} segment{plural}, {time}"


def about(seconds: float) -> str:
    """Return a length of time as people say it: `about 40 seconds`, `about 12 minutes`, `about 2 hours`."""
    if seconds < 1:
        return "about a second"
    for unit, size, until in (("second", 1, 90), ("minute", 60, 90 * 60), ("hour", 3600, float("inf"))):
        if seconds < until:
            count = max(1, round(seconds / size))
            return f"about {count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("the last unit has no end")
