"""Answers the person: has the conversation understood, and says what was understood, asked or refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bus import events as e
from bus.brief_words import MODE
from bus.errors import KindlingError, MissingArtifact, Unprocessable
from bus.plan import Artifact, Brief
from bus.policy import Refusal
from bus.ports import Artifacts, Progress
from bus.production import Message, Production
from bus.work import Task
from services._kit.llm import FailureKind, ModelFailed
from services._kit.minds import Mind
from services._kit.settings import Settings
from services.intent.decide import Understand
from services.intent.rules import Impossible, Limits, Question, Words, changes
from services.intent.think import Conversation, Understood, understand

if TYPE_CHECKING:
    from services._kit.media import Frame


@dataclass(frozen=True, slots=True)
class Intent:
    """Does intent's one task."""

    settings: Settings
    mind: Mind
    purposes: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda names: names
    """What the content policy is to read for LoRAs of these names."""

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[e.Fact]:
        """Return a brief, a question, or a refusal."""
        assert isinstance(task, Understand)

        async def opened(artifact: Artifact) -> Frame | None:
            try:
                path = artifacts.path(artifact.digest)
            except MissingArtifact:
                return None
            from services._kit.pictures import read_picture

            return await asyncio.to_thread(read_picture, path)

        mind = self.mind.as_said(production.options.llm)
        try:
            understood = await understand(mind, self._conversation(task, production), opened)
        except ModelFailed as failure:
            # Asked again with growing pauses, as any work that fails; then it waits for a person, with these words. A
            # model that is not installed waits at once.
            is_missing = failure.kind is FailureKind.MISSING_MODEL
            kind = Unprocessable if is_missing else KindlingError
            raise kind(failure.what, why=failure.why, help=failure.help) from failure
        match understood.found:
            case Refusal() as refused:
                return (_refused(task, production, refused),)
            case Brief() as brief:
                return (_parsed(task, production, understood, brief),)
            case Question(otherwise=Brief() as otherwise) if task.is_assumed:
                return (_parsed(task, production, understood, otherwise),)
            case Question() as question:
                return (_asked(task, understood, question),)
            case Impossible() as impossible:
                return (_impossible(task, understood, impossible),)

    def _conversation(self, task: Understand, production: Production) -> Conversation:
        film = self.settings.film
        heard = production.briefs[-1].heard if production.briefs else 0
        held = [one for one in production.conversation[:heard] if not one.is_refused]
        return Conversation(
            words=tuple(Words(text=one.words, images=one.images) for one in task.conversation if _says_something(one)),
            held=sum(_says_something(one) for one in held),
            before=production.brief,
            limits=Limits(duration_max_s=production.options.duration_max_s or film.duration_max_s),
            can_ask=not any(one.asked.field in _ASKED_ONCE for one in production.questions),
            rules=self.settings.policy,
            lora_purposes=self.purposes(tuple(one.name for one in production.options.loras)),
        )


_ASKED_ONCE = frozenset({"images", "duration_s", "subject"})
"""What a question is about that a person is asked once in a production; then what is assumed holds."""


def _says_something(message: Message) -> bool:
    return bool(message.words.strip() or message.images)


def _refused(task: Understand, production: Production, refused: Refusal) -> e.Fact:
    return e.ProductionRefused(
        number=len(production.refusals) + 1,
        heard=task.heard,
        rule=refused.rule,
        why=refused.why,
        help=refused.help,
    )


def _parsed(task: Understand, production: Production, understood: Understood, brief: Brief) -> e.Fact:
    before = production.brief
    changed = () if before is None else changes(before, brief)
    if before is not None and not changed and before.assumed == brief.assumed and not task.is_assumed:
        return _unclear(task, understood)
    return e.IntentParsed(
        number=task.brief_number,
        heard=task.heard,
        brief=brief,
        changes=tuple(e.Change(field=one.field, was=one.was, now=one.now) for one in changed),
        reply=understood.reply,
        remarks=understood.remarks,
        made=understood.made,
        looked=understood.looked,
    )


def _unclear(task: Understand, understood: Understood) -> e.Fact:
    """Return a question where words changed nothing: a new sample of the same brief would be a waste."""
    return e.IntentQuestioned(
        number=task.question_number,
        heard=task.heard,
        field="change",
        text=f"{understood.reply} {_WHAT_ELSE}".strip(),
        why=f"{understood.made.model} read the words." if understood.made.model else _WHAT_RULES_KNOW,
        assumed="the brief stays as it is",
        made=understood.made,
    )


_WHAT_ELSE = "What should be different? I found nothing in these words to change the film by."
_WHAT_RULES_KNOW = (
    "Rules read the words: they know lengths, shapes, styles, light, what to avoid, and what is to be seen."
)


def _asked(task: Understand, understood: Understood, question: Question) -> e.Fact:
    otherwise = question.otherwise
    return e.IntentQuestioned(
        number=task.question_number,
        heard=task.heard,
        field=question.field,
        text=question.text,
        why=question.why,
        assumed="" if otherwise is None else _in_short(otherwise),
        made=understood.made,
    )


def _in_short(brief: Brief) -> str:
    """Say in one line what would be made without an answer."""
    seconds = brief.duration_s or brief.assumed_value("duration_s")
    made = f", {MODE[brief.mode]}" if brief.mode else ""
    return f"{seconds:g} seconds, {brief.aspect or brief.assumed_value('aspect')}{made}: {brief.subject}"


def _impossible(task: Understand, understood: Understood, found: Impossible) -> e.Fact:
    """Return a question that says what can't be: the person may ask for something else."""
    return e.IntentQuestioned(
        number=task.question_number,
        heard=task.heard,
        field="words",
        text=f"{found.what} What should it be instead?",
        why=" ".join(part for part in (found.why, found.help) if part),
        assumed="",
        made=understood.made,
    )
