"""Answers the person: reads the conversation by rule, and says what was understood, asked or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bus import events as e
from bus.plan import Brief, Made
from bus.policy import Refusal, refusal
from bus.ports import Artifacts, Progress
from bus.production import Message, Production
from bus.work import Task
from services._kit.settings import Settings
from services.intent.decide import Understand
from services.intent.rules import Impossible, Limits, Question, Words, changes, read_brief

RULES = Made(by="rules", version="1")


@dataclass(frozen=True, slots=True)
class Intent:
    """Does intent's one task."""

    settings: Settings

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[e.Fact]:
        """Return a brief, a question, or a refusal."""
        assert isinstance(task, Understand)
        refused = _policy(task)
        if refused is not None:
            return (_refused(task, production, refused),)
        words = tuple(Words(text=one.words, images=one.images) for one in task.conversation if _says_something(one))
        understood = read_brief(words, production.brief, self._limits(production))
        match understood:
            case Brief():
                return (_parsed(task, production, understood),)
            case Question(otherwise=Brief() as otherwise) if task.is_assumed:
                return (_parsed(task, production, otherwise),)
            case Question():
                return (_asked(task, understood),)
            case Impossible():
                return (_impossible(task, understood),)

    def _limits(self, production: Production) -> Limits:
        film = self.settings.film
        return Limits(duration_max_s=production.options.duration_max_s or film.duration_max_s)


def _says_something(message: Message) -> bool:
    return bool(message.words.strip() or message.images)


def _policy(task: Understand) -> Refusal | None:
    said = "\n".join(one.words for one in task.conversation)
    has_picture = any(one.images for one in task.conversation)
    return refusal(said, has_uploaded_picture=has_picture)


def _refused(task: Understand, production: Production, refused: Refusal) -> e.Fact:
    return e.ProductionRefused(
        number=len(production.refusals) + 1,
        heard=task.heard,
        rule=refused.rule,
        why=refused.why,
        help=refused.help,
    )


def _parsed(task: Understand, production: Production, brief: Brief) -> e.Fact:
    before = production.brief
    if before == brief and not task.is_assumed:
        return _unclear(task)
    changed = () if before is None else changes(before, brief)
    return e.IntentParsed(
        number=task.brief_number,
        heard=task.heard,
        brief=brief,
        changes=tuple(e.Change(field=one.field, was=one.was, now=one.now) for one in changed),
        made=RULES,
    )


def _unclear(task: Understand) -> e.Fact:
    """Return a question where words changed nothing: a new sample of the same brief would be a waste."""
    return e.IntentQuestioned(
        number=task.question_number,
        heard=task.heard,
        field="change",
        text="What should be different? I found nothing in these words to change the film by.",
        why="Rules read the words: they know lengths, shapes, styles, light, what to avoid, and what is to be seen.",
        assumed="the brief stays as it is",
        made=RULES,
    )


def _asked(task: Understand, question: Question) -> e.Fact:
    otherwise = question.otherwise
    return e.IntentQuestioned(
        number=task.question_number,
        heard=task.heard,
        field=question.field,
        text=question.text,
        why=question.why,
        assumed="" if otherwise is None else _in_short(otherwise),
        made=RULES,
    )


def _in_short(brief: Brief) -> str:
    """Say in one line what would be made without an answer."""
    seconds = brief.duration_s or brief.assumed_value("duration_s")
    return f"{seconds:g} seconds, {brief.aspect or brief.assumed_value('aspect')}, {brief.mode}: {brief.subject}"


def _impossible(task: Understand, found: Impossible) -> e.Fact:
    """Return a question that says what can't be: the person may ask for something else."""
    return e.IntentQuestioned(
        number=task.question_number,
        heard=task.heard,
        field="words",
        text=f"{found.what} What should it be instead?",
        why=" ".join(part for part in (found.why, found.help) if part),
        assumed="",
        made=RULES,
    )
