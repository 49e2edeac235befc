"""What people find in `productions/plans/`: each plan as a page to read and as the document itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bus.events import Fact, PlanRevised, PlanWritten, ProductionDeleted, ProductionForked, ProductionRewound
from bus.ports import Neighbours
from bus.production import Production
from services._kit.shelf import clear, write
from services.planner.markdown import plan_as_markdown

WAKES: tuple[type[Fact], ...] = (
    PlanWritten,
    PlanRevised,
    ProductionDeleted,
    ProductionForked,
    ProductionRewound,
)


def folder_of(production: Production) -> str:
    """Return the folder of a production's plans, under the productions folder."""
    return f"plans/{production.id}"


def texts_of(production: Production) -> dict[str, str]:
    """Return every revision of the plan, as a page and as the document, by its name; none once it is deleted."""
    if isinstance(production.end, ProductionDeleted):
        return {}
    texts = {}
    for number, plan in enumerate(production.plans, 1):
        stem = f"{folder_of(production)}/plan-{number}"
        texts[f"{stem}.md"] = plan_as_markdown(plan)
        texts[f"{stem}.json"] = msgspec.json.format(msgspec.json.encode(plan), indent=2).decode()
    return texts


@dataclass(frozen=True, slots=True)
class Shelf:
    """Keeps the folder of plans in step with the log."""

    root: Path

    async def __call__(self, production: Production, neighbours: Neighbours) -> None:
        """Write every revision of the plan; remove them once the production is deleted."""
        await asyncio.to_thread(self.arrange, production)

    def arrange(self, production: Production) -> None:
        """Make this production's files as the log wants them, whatever is there."""
        texts = texts_of(production)
        for name, text in texts.items():
            write(text, self.root / name)
        clear(self.root / folder_of(production), "plan-*", frozenset(name.rpartition("/")[2] for name in texts))
