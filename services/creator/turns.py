"""Which of the creator's tasks need a turn on a GPU that the models use as well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from bus.gpu import Side, Wish
from bus.production import Production
from bus.work import Task
from services.creator.decide import Render


def wish_by(shared: Collection[str]) -> Callable[[Task, Production], Awaitable[Wish | None]]:
    """Return what says which turn a task needs: a render on one of these servers, and nothing else.

    Args:
        shared: the servers whose GPU the models use as well.
    """

    async def wish_of(task: Task, production: Production) -> Wish | None:
        if not isinstance(task, Render) or task.job.postings[-1].server not in shared:
            return None
        return Wish(side=Side.RENDER, production=production.id, about=task.about, is_urgent=task.job.is_sample)

    return wish_of
