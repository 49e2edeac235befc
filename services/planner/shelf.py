"""What people find in `productions/plans/`: each plan as a page to read and as the document itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bus.events import Fact, PlanRevised, PlanWritten, ProductionDeleted
from bus.ports import Neighbours
from bus.production import Production
from services._kit.shelf import clear, write
from services.planner.markdown import plan_as_markdown

WAKES: tuple[type[Fact], ...] = (PlanWritten, PlanRevised, ProductionDeleted)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Keeps the folder of plans in step with the log."""

    root: Path

    async def __call__(self, production: Production, neighbours: Neighbours) -> None:
        """Write every revision of the plan; remove them once the production is deleted."""
        await asyncio.to_thread(self._arrange, production)

    def _arrange(self, production: Production) -> None:
        folder = self.root / "plans" / production.id
        if isinstance(production.end, ProductionDeleted):
            clear(folder, "plan-*")
            return
        for number, plan in enumerate(production.plans, 1):
            write(plan_as_markdown(plan), folder / f"plan-{number}.md")
            document = msgspec.json.format(msgspec.json.encode(plan), indent=2).decode()
            write(document, folder / f"plan-{number}.json")
