"""Where things are found under `/v1`: so that no client has to build an address. Pure."""

from __future__ import annotations

from msgspec import Struct

ROOT = "/v1"
PRODUCTIONS = f"{ROOT}/productions"
STATS = f"{ROOT}/stats"
OLDER = frozenset({"/generate_wan_video", "/generate_wan_t2v", "/video_status", "/stitch_videos"})
"""The calls of older UIs, which lie outside."""


def production_link(production: str) -> str:
    """Return where the production is found."""
    return f"{PRODUCTIONS}/{production}"


class ProductionLinks(Struct, frozen=True, kw_only=True):
    """A production, what belongs to it, and where a person's acts are posted."""

    self: str
    at: str
    """As of one of its events: an address with the ordinal put in (`{ordinal}`)."""
    events: str
    """Server-sent events."""
    history: str
    """The same events in pages."""
    status: str
    """Answered as soon as there is something newer than this."""
    plan: str | None
    """To be read, and to be edited with a PUT. Null while there is none."""
    film: str | None
    conversation: str
    approve: str
    redirect: str
    messages: str
    answer: str
    resume: str
    cancel: str
    remove: str
    """To be sent a DELETE."""
    forks: str
    """What branches from it; to fork it, post there."""
    regenerations: str
    """To make its film again, post there."""
    comparison: str | None
    """How the film stands to the recorded one; null where it is none that is made again."""


def links_of(
    production: str, *, revision: int, has_plan: bool, cut: int | None, is_again: bool = False
) -> ProductionLinks:
    """Return a production's links, as of the event of this ordinal."""
    at = production_link(production)
    return ProductionLinks(
        self=at,
        at=f"{at}?at={{ordinal}}",
        events=f"{at}/events",
        history=history_link(production),
        status=status_link(production, revision),
        plan=plan_link(production) if has_plan else None,
        film=film_link(production, cut) if cut else None,
        conversation=f"{at}/messages",
        approve=f"{at}/approve",
        redirect=f"{at}/redirect",
        messages=f"{at}/messages",
        answer=f"{at}/answer",
        resume=f"{at}/resume",
        cancel=f"{at}/cancel",
        remove=at,
        forks=f"{at}/forks",
        regenerations=f"{at}/regenerations",
        comparison=f"{at}/comparison" if is_again else None,
    )


def state_link(production: str, ordinal: int) -> str:
    """Return where the production is found as of this event."""
    return f"{production_link(production)}?at={ordinal}"


def history_link(production: str) -> str:
    """Return where the events are found in pages."""
    return f"{production_link(production)}/events?format=json"


def status_link(production: str, revision: int) -> str:
    """Return the call that is answered as soon as there is something newer."""
    return f"{production_link(production)}/status?wait=30&after={revision}"


def film_link(production: str, cut: int, part: str = "") -> str:
    """Return where this cut of the film, or a part (`manifest`, `poster`, `sheet`), is found. It never changes."""
    return f"{production_link(production)}/film{f'/{part}' if part else ''}?cut={cut}"


def plan_link(production: str) -> str:
    """Return where the plan in force is found."""
    return f"{production_link(production)}/plan"


def take_link(production: str, segment: int, take: int, part: str) -> str:
    """Return where a part of a take is found: `clip`, `poster`, `frames`, `hand-over`, `overrule`, and so on."""
    return f"{production_link(production)}/takes/{segment}-{take}/{part}"


def sample_link(production: str, brief: int, take: int, part: str) -> str:
    """Return where a part of a sample (`clip`, `poster`, `thumbnail`) is found."""
    return f"{production_link(production)}/samples/{brief}-{take}/{part}"


def image_link(production: str, number: int, part: str = "") -> str:
    """Return where the picture is found that came as the n-th of the conversation, or its `thumbnail`."""
    return f"{production_link(production)}/images/{number}{f'/{part}' if part else ''}"


def redo_link(production: str, segment: int) -> str:
    """Return where a segment is asked for anew."""
    return f"{production_link(production)}/segments/{segment}/redo"
