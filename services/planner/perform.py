"""Writes what the planner decided: sample orders and plans by rule, and orders as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from bus.errors import Unprocessable
from bus.events import Fact, PlanRevised, PlanWritten, ProductionRefused, SampleOrdered
from bus.ids import digest_of
from bus.plan import SEED_STEP_PER_TAKE, SEEDS, Made, Plan
from bus.plan_rules import check_plan
from bus.policy import refusal
from bus.ports import Artifacts, Progress
from bus.production import Production
from bus.work import Task, Write
from services._kit.settings import Settings
from services.planner.decide import WritePlan, WriteSample
from services.planner.revise import plan_changes
from services.planner.rules import PlanSettings, Unplannable, plan_remarks, write_plan, write_sample

RULES = Made(by="rules", version="1")


@dataclass(frozen=True, slots=True)
class Planner:
    """Does the planner's tasks."""

    settings: Settings

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Return the facts that the task is about."""
        match task:
            case Write(facts=facts):
                return facts
            case WriteSample():
                return (await asyncio.to_thread(self._sample, task, production),)
            case WritePlan():
                return (await asyncio.to_thread(self._plan, task, production),)
            case _:
                raise AssertionError(f"no task of the planner: {task}")

    def _sample(self, task: WriteSample, production: Production) -> Fact:
        seed = base_seed(production)
        if task.smaller is not None:
            moved = (task.smaller.seed + SEED_STEP_PER_TAKE) % SEEDS
            order = structs.replace(task.smaller, seed=moved)
        else:
            try:
                order = write_sample(task.brief, self._rules(production), seed, task.take)
            except Unplannable as error:
                raise _unplannable("sample", production, error) from error
        return SampleOrdered(brief=task.number, take=task.take, order=order)

    def _plan(self, task: WritePlan, production: Production) -> Fact:
        rules = self._rules(production)
        try:
            plan = check_plan(
                write_plan(
                    task.brief,
                    rules,
                    task.before,
                    base_seed(production),
                    brief_number=task.brief_number,
                    highest_id=task.highest_segment,
                    sample=task.sample,
                )
            )
        except ValueError as error:
            raise _unplannable("plan", production, error) from error
        refused = _refused(plan, production)
        if refused is not None:
            return refused
        remarks = plan_remarks(task.brief, rules, plan)
        if task.before is None:
            return PlanWritten(number=task.number, plan=plan, remarks=remarks, made=RULES)
        changes = tuple(str(one) for one in plan_changes(task.before, plan))
        return PlanRevised(number=task.number, plan=plan, changes=changes, remarks=remarks, made=RULES)

    def _rules(self, production: Production) -> PlanSettings:
        options, film = production.options, self.settings.film
        return PlanSettings(
            renderer=options.renderer or self.settings.renderer,
            caption=options.caption and film.caption,
            duration_max_s=options.duration_max_s or film.duration_max_s,
        )


def base_seed(production: Production) -> int:
    """Return what the production's seeds are counted from: the person's number, or one that follows from its id."""
    if production.options.seed is not None:
        return production.options.seed
    return int(digest_of(production.id.encode())[:8], 16)


def _refused(plan: Plan, production: Production) -> ProductionRefused | None:
    """Return what the content policy says of the plan's words, if it says no."""
    has_picture = any(message.images for message in production.conversation)
    for segment in plan.segments:
        refused = refusal(segment.prompt, has_uploaded_picture=has_picture)
        if refused is not None:
            return ProductionRefused(
                number=len(production.refusals) + 1,
                heard=len(production.conversation),
                rule=refused.rule,
                why=refused.why,
                help=refused.help,
            )
    return None


def _unplannable(what: str, production: Production, error: ValueError) -> Unprocessable:
    sentence = str(error)
    return Unprocessable(
        f"The {what} can't be written: {sentence}.",
        help=f'Say what should be different (`kindling say {production.id} "…"`), '
        f"then `kindling resume {production.id}`.",
    )
