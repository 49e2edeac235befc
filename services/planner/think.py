"""Thinks a film out with a language model: its story first, then its shots, and code makes the plan of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

from msgspec import Struct, structs

from bus.ids import digest_of
from bus.plan import Look, Made, Order, Plan
from bus.plan_rules import plan_problems
from services._kit.llm import Answer, Question, Source, read_prompt
from services._kit.llm import Check as Checked
from services._kit.minds import StandIn
from services.planner import questions
from services.planner.assembly import Broken, Frame, check_story, plan_of, shot_problems
from services.planner.lights import light_of
from services.planner.looks import look_in, style_of
from services.planner.matching import folded
from services.planner.questions import Settled
from services.planner.story import SHOTS_MAX, SampleShot, Shot, Shots, Story
from services.planner.wording import by_name, prompt_of

T = TypeVar("T", bound=Struct)

TRIES_MAX: Final = 3
"""How often a model may answer one question before the rules plan."""
_FOLDER: Final = Path(__file__).parent / "asking"
STORY, SAMPLE, SHOTS = (read_prompt(_FOLDER / f"{name}.md") for name in ("story", "sample", "shots"))
STORY_TOKENS_MAX: Final = 2048
SHOTS_TOKENS_MAX: Final = 6144
"""Twelve shots of about 350 tokens each, and room."""


class Asks(Protocol):
    """A model where one answers, and the reason where none does."""

    async def answer(
        self, question: Question, answer_type: type[T], *, check: Checked[T] | None = None, tries_max: int = 2
    ) -> Answer[T] | StandIn:
        """Return the model's answer; one that `check` refuses is asked for again with what it said.

        Raises:
            ModelFailed: no model answers, and the person wants no film without one.
        """
        ...


class Choice(Struct, frozen=True, kw_only=True):
    """A LoRA that may be chosen: what it is for, and how strongly it is usually applied."""

    name: str
    purpose: str
    strength: float


class Film(Struct, frozen=True, kw_only=True):
    """One film as it is to be thought out."""

    frame: Frame
    words: tuple[str, ...]
    """The person's messages in their order."""
    settled: Settled
    shape: Plan | Order
    """What the rules make of the same brief: what of it is no matter of taste holds."""
    loras: tuple[Choice, ...] = ()


async def think_sample(model: Asks, film: Film) -> tuple[Order, Made] | StandIn:
    """Return the sample's order and how it came to be, or why the rules have to write it.

    Raises:
        ModelFailed: no model has an answer that can be used, and the person wants no film without one.
    """
    assert isinstance(film.shape, Order), "a sample is shaped like the sample by rule"
    story = await _story(model, film)
    if isinstance(story, StandIn):
        return story

    def check(shot: SampleShot) -> None:
        known = by_name((*story.value.people, *story.value.places))
        strange = [one for one in (*shot.people, *filter(None, [shot.place])) if folded(one) not in known]
        if strange:
            raise Broken([f"it shows {one!r}, which the story does not name" for one in strange])

    words = questions.about_sample(film.frame, film.words, story.value)
    question = Question(prompt=SAMPLE, words=words, answer_tokens_max=STORY_TOKENS_MAX)
    shot = await model.answer(question, SampleShot, check=check, tries_max=TRIES_MAX)
    if isinstance(shot, StandIn):
        return shot
    look = _look(film, story.value)
    order = structs.replace(
        film.shape,
        prompt=prompt_of(shot.value, story.value, look),
        look=look,
        shot=shot.value.shot,
        movement=shot.value.movement,
    )
    return order, made_of((story.source, shot.source))


async def think_plan(model: Asks, film: Film) -> tuple[Plan, Made] | StandIn:
    """Return the plan and how it came to be, or why the rules have to write it.

    Raises:
        ModelFailed: no model has an answer that can be used, and the person wants no film without one.
    """
    shape = film.shape
    assert isinstance(shape, Plan), "a plan is shaped like the plan by rule"
    frame = film.frame
    told = await _story(model, film)
    if isinstance(told, StandIn):
        return told
    story = told
    look = _look(film, story.value)
    strengths = {one.name: one.strength for one in film.loras}
    count = questions.shot_counts(frame, len(shape.segments))
    sources, written = [story.source], tuple[Shot, ...]()

    def plan_with(shots: Sequence[Shot]) -> Plan:
        return plan_of(story.value, shots, frame, look=look, loras=strengths, shape=shape)

    def check_end(answer: Shots) -> None:
        shots = (*written, *answer.shots)
        if len(shots) not in count:
            raise Broken([f"the film has {len(shots)} shots; it is to have {_said(count)}"])
        broken = plan_problems(plan_with(shots))
        if broken:
            raise Broken(broken)

    def check_part(answer: Shots) -> None:
        if len(answer.shots) != SHOTS_MAX:
            raise Broken([f"{SHOTS_MAX} shots were asked for, and there are {len(answer.shots)}"])
        problems = shot_problems(answer.shots, story.value, frame, len(written) + 1)
        if problems:
            raise Broken(problems)

    while True:
        is_last = len(written) + SHOTS_MAX >= count.stop - 1
        words = questions.about_shots(frame, film.words, story.value, count, written)
        question = Question(prompt=SHOTS, words=words, answer_tokens_max=SHOTS_TOKENS_MAX)
        check = check_end if is_last else check_part
        answer = await model.answer(question, Shots, check=check, tries_max=TRIES_MAX)
        if isinstance(answer, StandIn):
            return answer
        sources.append(answer.source)
        written = (*written, *answer.value.shots)
        if is_last:
            return plan_with(written), made_of(sources)


def _said(count: range) -> str:
    return str(count.start) if len(count) == 1 else f"{count.start} to {count.stop - 1}"


async def _story(model: Asks, film: Film) -> Answer[Story] | StandIn:
    catalogue = {one.name: one.purpose for one in film.loras}

    def check(story: Story) -> None:
        check_story(story, catalogue)

    words = questions.about_story(film.frame, film.words, catalogue, film.settled)
    question = Question(prompt=STORY, words=words, answer_tokens_max=STORY_TOKENS_MAX)
    return await model.answer(question, Story, check=check, tries_max=TRIES_MAX)


def _look(film: Film, story: Story) -> Look:
    """Return the film's look: the approved one; that of the plan before where nothing of it changed; else a new one."""
    if film.settled.look is not None and film.settled.is_approved:
        return film.settled.look
    new = look_in(film.frame.brief, light_of(story.light), story.tones)
    before = film.frame.before
    if before is not None and (before.look.light, before.look.style) == (new.light, style_of(film.frame.brief)):
        return before.look
    return new


def made_of(sources: Sequence[Source]) -> Made:
    """Return how a document came to be that took several answers: what they cost together, and of which prompts."""
    last = sources[-1]
    digests = tuple(dict.fromkeys(one.prompt_digest for one in sources))
    return Made(
        by=last.by,
        version=last.version,
        model=last.model,
        model_digest=last.model_digest,
        prompt_digest=digest_of("\n".join(digests).encode()),
        options=last.options,
        tokens_in=sum(one.tokens_in for one in sources),
        tokens_out=sum(one.tokens_out for one in sources),
        took_s=round(sum(one.took_s for one in sources), 3),
        why=" ".join(dict.fromkeys(one.why for one in sources if one.why)),
    )
