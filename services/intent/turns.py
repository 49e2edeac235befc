"""Which turn on the GPU it takes to understand somebody: a model may be asked, and a person waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bus.gpu import Side, Wish
from bus.production import Production
from bus.work import Task
from services._kit.minds import Mind


def wish_by(mind: Mind) -> Callable[[Task, Production], Awaitable[Wish | None]]:
    """Return what says which turn a task needs: none where no model would answer, and rules do it.

    A person waits for each answer.
    """

    async def wish_of(task: Task, production: Production) -> Wish | None:
        if not await mind.as_said(production.options.llm).would_answer("text"):
            return None
        return Wish(side=Side.THINK, production=production.id, about=task.about, is_urgent=True)

    return wish_of
