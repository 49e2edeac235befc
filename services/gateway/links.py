"""Where things are found under `/v1`: so that no client has to build an address. Pure."""

from __future__ import annotations

from msgspec import Struct

ROOT = "/v1"
PRODUCTIONS = f"{ROOT}/productions"


def production_link(production: str) -> str:
    """Return where the production is found."""
    return f"{PRODUCTIONS}/{production}"


class ProductionLinks(Struct, frozen=True, kw_only=True):
    """A production, what belongs to it, and where a person's acts are posted."""

    self: str
    events: str
    """Server-sent events; as JSON pages with `?format=json`."""
    plan: str | None
    """Null while there is none."""
    film: str | None
    approve: str
    redirect: str
    messages: str
    answer: str
    resume: str
    cancel: str
    remove: str
    """To be sent a DELETE."""


def links_of(production: str, *, has_plan: bool, cut: int | None) -> ProductionLinks:
    """Return a production's links."""
    at = production_link(production)
    return ProductionLinks(
        self=at,
        events=f"{at}/events",
        plan=plan_link(production) if has_plan else None,
        film=film_link(production, cut) if cut else None,
        approve=f"{at}/approve",
        redirect=f"{at}/redirect",
        messages=f"{at}/messages",
        answer=f"{at}/answer",
        resume=f"{at}/resume",
        cancel=f"{at}/cancel",
        remove=at,
    )


def film_link(production: str, cut: int) -> str:
    """Return where this cut of the film is found; its bytes never change."""
    return f"{production_link(production)}/film?cut={cut}"


def manifest_link(production: str, cut: int) -> str:
    """Return where it is written how this cut of the film was made."""
    return f"{production_link(production)}/film/manifest?cut={cut}"


def plan_link(production: str) -> str:
    """Return where the plan in force is found."""
    return f"{production_link(production)}/plan"


def take_link(production: str, segment: int, take: int, part: str) -> str:
    """Return where a part of a take (`clip`, `poster`, `hand-over`, `overrule`) is found."""
    return f"{production_link(production)}/takes/{segment}-{take}/{part}"


def sample_link(production: str, brief: int, take: int, part: str) -> str:
    """Return where a part of a sample (`clip`, `poster`) is found."""
    return f"{production_link(production)}/samples/{brief}-{take}/{part}"


def image_link(production: str, number: int) -> str:
    """Return where the picture is found that came as the n-th of the conversation."""
    return f"{production_link(production)}/images/{number}"


def redo_link(production: str, segment: int) -> str:
    """Return where a segment is asked for anew."""
    return f"{production_link(production)}/segments/{segment}/redo"
