"""Writes what the planner decided: sample orders and plans, by a model or by rule, and orders as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from bus.errors import KindlingError, Unprocessable
from bus.events import Fact, PlanRevised, PlanWritten, ProductionRefused, SampleOrdered
from bus.plan import SEED_STEP_PER_TAKE, SEEDS, Lora, Made, Order, Plan
from bus.plan_changes import plan_changes
from bus.plan_rules import check_plan
from bus.policy import OperatorRule, refusal
from bus.ports import Artifacts, Progress
from bus.production import Production, Word
from bus.work import Task, Write
from services._kit.llm import ModelFailed
from services._kit.minds import Mind, StandIn
from services.planner.assembly import Frame
from services.planner.decide import WritePlan, WriteSample
from services.planner.drafts import mode_of
from services.planner.lora_words import with_loras
from services.planner.questions import Settled
from services.planner.rendering import Renderers
from services.planner.revise import with_notes
from services.planner.rules import (
    PlanSettings,
    Unplannable,
    film_size,
    plan_remarks,
    wanted_frames,
    write_plan,
    write_sample,
)
from services.planner.think import Choice, Film, think_plan, think_sample

RULES_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Planner:
    """Does the planner's tasks: all is planned by rule first, and where a model answers, its plan takes that place."""

    renderers: Renderers
    mind: Mind

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Return the facts that the task is about."""
        try:
            match task:
                case Write(facts=facts):
                    return facts
                case WriteSample():
                    return (await self._sample(task, production),)
                case WritePlan():
                    return (await self._plan(task, production),)
                case _:
                    raise AssertionError(f"no task of the planner: {task}")
        except ModelFailed as failure:
            # Asked again with growing pauses, as any work that fails; then it waits for a person, with these words.
            raise KindlingError(failure.what, why=failure.why, help=failure.help) from failure

    async def _sample(self, task: WriteSample, production: Production) -> Fact:
        seed = production.base_seed
        if task.smaller is not None:
            moved = (task.smaller.seed + SEED_STEP_PER_TAKE) % SEEDS
            order = structs.replace(task.smaller, seed=moved)
            before = production.sample_of(task.number)
            size = before.film_size if before else None
            return SampleOrdered(brief=task.number, take=task.take, order=order, film_size=size)
        try:
            rules = await self.renderers.for_film(production, task.brief)
            size = film_size(task.brief, rules)
            order = await asyncio.to_thread(write_sample, task.brief.in_english(), rules, seed, task.take)
        except Unplannable as error:
            raise _unplannable("sample", production, error) from error
        thought = await think_sample(self._mind(production), self._film(task, production, rules, order))
        if isinstance(thought, StandIn):
            made = by_rule(thought)
        else:
            order, made = thought
        refused = self._refused((order.prompt,), order.loras, production)
        return refused or SampleOrdered(
            brief=task.number,
            take=task.take,
            order=order,
            made=made,
            remarks=(*rules.remarks, *rules.sample_remarks),
            film_size=size,
        )

    async def _plan(self, task: WritePlan, production: Production) -> Fact:
        try:
            rules = await self.renderers.for_film(production, task.brief)
            plan = await asyncio.to_thread(self._plan_by_rule, task, production, rules)
        except ValueError as error:
            raise _unplannable("plan", production, error) from error
        thought = await think_plan(self._mind(production), self._film(task, production, rules, plan))
        made = by_rule(thought) if isinstance(thought, StandIn) else thought[1]
        remarks = plan_remarks(task.brief, rules, plan)
        if not isinstance(thought, StandIn):
            plan, remarks = thought[0], plan_remarks(task.brief, rules, thought[0])
        elif task.before is not None and (was_by_hand(production) or not shares_segments(plan, task.before)):
            plan, remark = after_another_hand(task, production, plan)
            remarks = (*remarks, remark) if remark else remarks
        plan, about_loras = with_loras(plan, task.before, task.brief, rules)
        remarks = (*remarks, *about_loras)
        loras = tuple(lora for one in plan.segments for lora in one.loras)
        refused = self._refused(tuple(one.prompt for one in plan.segments), loras, production)
        if refused is not None:
            return refused
        if task.before is None:
            return PlanWritten(number=task.number, plan=plan, remarks=remarks, made=made)
        changes = tuple(str(one) for one in plan_changes(task.before, plan))
        return PlanRevised(number=task.number, plan=plan, changes=changes, remarks=remarks, made=made)

    def _plan_by_rule(self, task: WritePlan, production: Production, rules: PlanSettings) -> Plan:
        return check_plan(
            write_plan(
                task.brief.in_english(),
                rules,
                task.before,
                film_seed(production),
                brief_number=task.brief_number,
                highest_id=task.highest_segment,
                sample=task.sample,
            )
        )

    def _film(
        self, task: WriteSample | WritePlan, production: Production, rules: PlanSettings, shape: Plan | Order
    ) -> Film:
        brief = task.brief
        before = task.before if isinstance(task, WritePlan) else None
        return Film(
            frame=Frame(
                brief=brief,
                settings=rules,
                mode=mode_of(brief),
                total=wanted_frames(brief, rules),
                before=before,
                seed=film_seed(production),
                highest_id=task.highest_segment if isinstance(task, WritePlan) else 0,
            ),
            words=tuple(one.words for one in production.conversation if not one.is_refused),
            settled=_settled(production),
            shape=shape,
            loras=tuple(
                Choice(name=one.lora.name, purpose=one.purpose, strength=one.lora.strength)
                for one in rules.lora_choices
            ),
        )

    def _mind(self, production: Production) -> Mind:
        return self.mind.as_said(production.options.llm)

    def _refused(
        self, prompts: Sequence[str], loras: Sequence[Lora], production: Production
    ) -> ProductionRefused | None:
        purposes = self.renderers.loras.purposes(tuple(dict.fromkeys(one.name for one in loras)))
        return refused_words(prompts, production, self.renderers.settings.policy, purposes)


def by_rule(why: StandIn) -> Made:
    """Return how a document came to be that rules wrote, with the reason why no model did."""
    return Made(by="rules", version=RULES_VERSION, why=why.why)


def shares_segments(plan: Plan, before: Plan) -> bool:
    """Say whether anything of the plan before is in the plan: the rules know their own segments again, no others."""
    return bool({one.id for one in plan.segments} & {one.id for one in before.segments})


def was_by_hand(production: Production) -> bool:
    """Say whether anything is left in the plan that a person edited by hand: the rules don't know that again."""
    left = {one.id for one in production.plans[-1].segments} if production.plans else set()
    return any(
        made.by == "person" and left & _edited(production, number) for number, made in production.plans_made.items()
    )


def _edited(production: Production, number: int) -> set[int]:
    """Return the segments that a plan has otherwise than the one before; all, where they differ as a whole."""
    plan = production.plans[number - 1]
    before = production.plans[number - 2] if number > 1 else None
    others = {one.id for one in plan.segments if before is None or one not in before.segments}
    is_as_before = before is not None and (
        structs.replace(plan, segments=before.segments) == before
        and [one.id for one in plan.segments] == [one.id for one in before.segments]
    )
    return others if is_as_before else {one.id for one in plan.segments}


def after_another_hand(task: WritePlan, production: Production, by_rule: Plan) -> tuple[Plan, str]:
    """Return what the rules make of a plan that they don't know again, and what a person should know about it.

    Where rules wrote it too, other words made another plan of it: that is no loss, and nothing is to be said.
    """
    before = task.before
    assert before is not None, "there is a plan before"
    who = _who_wrote(production)
    brief = production.briefs[before.brief - 1].brief
    if structs.replace(task.brief, notes=brief.notes) != brief:
        if not who:
            return by_rule, ""
        left = "where they did not know it again" if shares_segments(by_rule, before) else "and wrote all of it anew"
        return by_rule, f"{who}; the rules could not go on with it {left}."
    new = tuple(note for note in task.brief.notes if note not in brief.notes)
    noted = structs.replace(with_notes(before, new), brief=task.brief_number)
    who = who or "Other rules wrote the plan before"
    return noted, f"{who}: it stays as it is, and your notes stand in the prompts as you said them."


def _who_wrote(production: Production) -> str:
    """Return a clause on whose hand the plan before is from; empty where rules wrote it."""
    if was_by_hand(production):
        return "You had edited the plan by hand"
    made = production.plans_made.get(len(production.plans))
    return "" if made is not None and made.by == "rules" else "A model thought out the plan before"


def _settled(production: Production) -> Settled:
    """Return what the last sample settles."""
    sample = next((one for one in reversed(production.samples) if one.rendered is not None), None)
    if sample is None:
        return Settled()
    is_approved = sample.word is Word.APPROVED and sample.brief == len(production.briefs)
    return Settled(look=sample.order.look, sample_prompt=sample.order.prompt, is_approved=is_approved)


def film_seed(production: Production) -> int:
    """Return what the film's seeds are counted from: its first segment has that of the sample that was approved."""
    approved = next((one for one in reversed(production.samples) if one.word is Word.APPROVED), None)
    return production.base_seed if approved is None else (approved.order.seed - 1) % SEEDS


def refused_words(
    prompts: Sequence[str],
    production: Production,
    rules: Sequence[OperatorRule],
    lora_purposes: tuple[str, ...] = (),
) -> ProductionRefused | None:
    """Return what the content policy says of prompts, and of the LoRAs they are rendered with, if it says no."""
    has_picture = any(message.images for message in production.conversation)
    for prompt in prompts:
        refused = refusal(prompt, has_uploaded_picture=has_picture, operator_rules=rules, lora_purposes=lora_purposes)
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
    end = "" if sentence.endswith(("?", "!", ".")) else "."
    return Unprocessable(
        f"The {what} can't be written: {sentence}{end}",
        help=f'Say what should be different (`kindling say {production.id} "…"`), '
        f"then `kindling resume {production.id}`.",
    )
