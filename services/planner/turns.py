"""Which of the planner's tasks need a turn on the GPU: those that a model would think out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bus.gpu import Side, Wish
from bus.production import Production
from bus.work import Task
from services._kit.minds import Mind
from services.planner.decide import WritePlan, WriteSample


def wish_by(mind: Mind) -> Callable[[Task, Production], Awaitable[Wish | None]]:
    """Return what says which turn a task needs: none where no model would answer, and rules do it.

    A person waits for a sample, and for the plan that follows it.
    """

    async def wish_of(task: Task, production: Production) -> Wish | None:
        if not isinstance(task, WriteSample | WritePlan):
            return None
        if not await mind.as_said(production.options.llm).would_answer("text"):
            return None
        return Wish(side=Side.THINK, production=production.id, about=task.about, is_urgent=True)

    return wish_of
