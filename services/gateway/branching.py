"""How a branch comes to be: its point on the log is read, what it shares is checked, and it is written at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable

from bus.errors import MissingArtifact, Reason, Refused
from bus.ids import ProductionId
from bus.plan import Artifact, Plan
from bus.ports import Artifacts
from bus.production import Production
from services.gateway import forks
from services.gateway.beginning import begin
from services.gateway.decide import Facts
from services.gateway.door import Door
from services.gateway.forks import Branch, Terms

SHOWN_MAX = 3
"""Files that are named one by one where several are not as they should be."""


async def branch_of(door: Door, production: ProductionId, at: int | None) -> Branch:
    """Return the point at an event of a production.

    Raises:
        Refused: there is no such production or event, or nothing can branch from it.
    """
    log = await door.books.messages(production)
    return await asyncio.to_thread(forks.branch, production, log, at)


async def cut_of(door: Door, production: ProductionId, at: int | None) -> Branch:
    """Return the point at which the last cut of the film was made.

    Raises:
        Refused: there is no such production or event, no film yet, or nothing can branch from it.
    """
    log = await door.books.messages(production)
    last = await asyncio.to_thread(forks.branch, production, log, at)
    forks.require_film(last.state)
    return await asyncio.to_thread(forks.branch, production, log, last.state.cut_ordinal)


async def terms_of(door: Door, plan: Plan | None) -> Terms:
    """Return what the operator's settings have to say about a plan."""
    names = tuple(dict.fromkeys(lora.name for segment in plan.segments for lora in segment.loras)) if plan else ()
    purposes = await asyncio.to_thread(door.catalogue.purposes, names) if names else ()
    return Terms(
        rules=door.rules,
        duration_max_s=door.defaults.duration_max_s,
        purposes=dict(zip(names, purposes, strict=True)),
    )


async def begin_branch(
    door: Door, of: Branch, key: str | None, facts_of: Callable[[ProductionId], Facts]
) -> tuple[Production, bool]:
    """Return the production that begins with these facts, and whether it is a new one: the same key is the same one.

    Raises:
        Refused: the facts can't be granted, or the key was used for something else.
        LogUnavailable: the log can't be reached, or no free name was found.
    """
    assert of.state.request is not None

    def decided(state: Production) -> Facts:
        return () if forks.repeated(state, of, key) else facts_of(state.id)

    return await begin(door, of.state.request.words, key, decided)


async def check_shared(door: Door, production: ProductionId, artifacts: Iterable[tuple[str, Artifact]]) -> None:
    """Check that the bytes that are shared are there, and are what they were.

    Raises:
        Refused: some are missing or altered; each is named, with the digest that is wanted and the one that is found.
    """
    wrong = await asyncio.to_thread(_wrong, door.artifacts, tuple(artifacts))
    if wrong:
        more = f"; and {len(wrong) - SHOWN_MAX} more" if len(wrong) > SHOWN_MAX else ""
        raise Refused(
            Reason.NOT_NOW,
            f"{len(wrong)} of the files that would be shared with {production} "
            f"{'is' if len(wrong) == 1 else 'are'} not as the log says.",
            why=f"{'; '.join(wrong[:SHOWN_MAX])}{more}.",
            help=f"`kindling verify {production} --repair` renders clips again from their orders.",
        )


def _wrong(store: Artifacts, artifacts: tuple[tuple[str, Artifact], ...]) -> list[str]:
    wrong: dict[str, str] = {}
    for name, artifact in artifacts:
        if artifact.digest in wrong:
            continue
        found = found_digest(store, artifact)
        if found != artifact.digest:
            wrong[artifact.digest] = f"{name}: wanted {artifact.digest[:12]}…, found {found_in_words(found)}"
    return list(wrong.values())


def found_digest(store: Artifacts, artifact: Artifact) -> str | None:
    """Return the digest of the bytes that lie where the artifact should; None where nothing does."""
    try:
        with store.path(artifact.digest).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (MissingArtifact, FileNotFoundError):
        return None


def found_in_words(found: str | None) -> str:
    """Return what was found in the place of an artifact."""
    return "nothing" if found is None else f"{found[:12]}…"
