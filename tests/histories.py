"""Histories of productions for laws: what the real decides and a person make together, and what nobody should write.

A history is grown step by step: somebody is drawn who acts, a person or one of the decides, and what they want is
written at once. There are no faults here; `tests/simulation/` has them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple, assert_never

import msgspec
from hypothesis import strategies as st

from bus import events as e
from bus.board import AwaitingApproval, Done, status_of
from bus.ids import digest_of, order_key
from bus.plan import Order
from bus.production import Production, evolve
from bus.subjects import subject_of
from bus.work import Decide, Task, Write
from services.creator import decide as creator
from services.intent import decide as intent
from services.planner import decide as planner
from services.reviewer import decide as reviewer
from services.stitcher import decide as stitcher
from tests import stories
from tests.golden.examples import EXAMPLES
from tests.stories import Story

Draw = random.Random

DECIDES: dict[str, Decide] = {
    "intent": intent.decide,
    "planner": planner.decide,
    "samples": creator.decide_samples,
    "segments": creator.decide_segments,
    "stops": creator.decide_stops,
    "reviewer": reviewer.decide,
    "stitcher": stitcher.decide,
}
STEPS_MAX = 120


class Told(NamedTuple):
    """A log, and the state after each of its events."""

    story: Story
    states: tuple[Production, ...]

    def __repr__(self) -> str:
        return repr(self.story)


OUT_OF_MEMORY = e.Failure(
    kind="out_of_memory",
    what="Too large.",
    why="The card is full.",
    help="",
    is_retryable=False,
    smaller=msgspec.structs.replace(stories.sample_order(), frame_count=17),
)
BROKEN = e.Failure(kind="invalid", what="No such node.", why="", help="Install it.", is_retryable=False)


# -- what the services' work would have given ----------------------------------------------------------------


def performed(task: Task, production: Production, draw: Draw) -> Sequence[e.Fact]:
    """Return the facts that a task gives, good or bad by the draw."""
    match task:
        case Write(facts=facts):
            return facts
        case intent.Understand():
            return (_understood(task, production, draw),)
        case planner.WriteSample():
            return (
                e.SampleOrdered(
                    brief=task.number, take=task.take, order=task.smaller or stories.sample_order(draw.randrange(1000))
                ),
            )
        case planner.WritePlan():
            return (_planned(task, draw),)
        case creator.Post(job=job):
            return (job.started(e.Posting(renderer="toy", server="http://here", key=order_key(job.subject))),)
        case creator.Stop(job=job):
            return (stories.called_off(job.of, job.take, is_sample=job.is_sample),)
        case creator.Render(job=job):
            return (_rendered(job, draw),)
        case reviewer.Review(take=take):
            verdict = stories.verdict(good=draw.random() < 0.4, score=draw.random(), advice="closer")
            if verdict.is_good:
                return (e.SegmentApproved(segment=take.segment, take=take.take, verdict=verdict, made=stories.MADE),)
            return (e.SegmentRejected(segment=take.segment, take=take.take, verdict=verdict, made=stories.MADE),)
        case reviewer.LastLook():
            return (looked_at(task),)
        case stitcher.Stitch():
            return (stitched(task, production),)
        case _:
            raise AssertionError(f"nobody stands in for {task}")


def refused(production: Production) -> e.ProductionRefused:
    """Return the content policy's no to all that was said so far."""
    number, heard = len(production.refusals) + 1, len(production.conversation)
    return e.ProductionRefused(number=number, heard=heard, rule="minors", why="No.", help="Something else.")


def _understood(task: intent.Understand, production: Production, draw: Draw) -> e.Fact:
    if draw.random() < 0.08:
        return refused(production)
    if draw.random() < 0.2 and not task.is_assumed:
        return stories.questioned(task.question_number, task.heard)
    return stories.parsed(task.brief_number, task.heard, subject=task.conversation[-1].words or "as assumed")


def _planned(task: planner.WritePlan, draw: Draw) -> e.Fact:
    first = 1 if task.before is None or draw.random() < 0.6 else task.highest_segment + 1
    parts = [stories.segment(first, seed=draw.choice((7, 7, 99)))]
    for index in range(1, draw.randint(1, 5)):
        parts.append(stories.segment(first + index, continues=parts[-1].id if draw.random() < 0.4 else None))
    plan = stories.plan(*parts, brief_number=task.brief_number)
    if task.number == 1:
        return e.PlanWritten(number=1, plan=plan, made=stories.MADE)
    return e.PlanRevised(number=task.number, plan=plan, changes=("something",), made=stories.MADE)


def _rendered(job: creator.Job, draw: Draw) -> e.Fact:
    if draw.random() < 0.25:
        smaller = Order(**{name: getattr(job.order, name) for name in Order.__struct_fields__} | {"frame_count": 17})
        out_of_memory = msgspec.structs.replace(OUT_OF_MEMORY, smaller=smaller)
        failure = draw.choice((stories.FAILURE, stories.FAILURE, out_of_memory, BROKEN))
        if job.is_sample:
            return e.SampleFailed(brief=job.of, take=job.take, failure=failure)
        return e.SegmentFailed(segment=job.of, take=job.take, failure=failure)
    return stories.sample_rendered(job.of, job.take) if job.is_sample else stories.rendered(job.of, job.take)


def looked_at(task: reviewer.LastLook) -> e.ProductionReviewed:
    """Return what a last look at the film gives."""
    return e.ProductionReviewed(
        number=task.number,
        plan=task.plan_number,
        takes=tuple(
            e.CutTake(segment=one.segment, take=one.take, digest=stories.artifact("clip").digest) for one in task.takes
        ),
        findings=(),
        made=stories.MADE,
    )


def stitched(task: stitcher.Stitch, production: Production) -> e.ProductionDone:
    """Return the film that the task gives."""
    assert production.head is not None
    takes = tuple(
        e.CutTake(segment=one.segment, take=one.take, digest=digest_of(f"{one.segment}-{one.take}".encode()))
        for one in task.takes
    )
    return e.ProductionDone(
        number=task.number,
        plan=task.plan_number,
        film=stories.artifact("film"),
        manifest=stories.artifact("manifest", "application/json"),
        takes=takes,
        duration_s=task.plan.duration_s,
        count=production.ordinal,
        head=production.head,
        made=stories.MADE,
    )


# -- what a person does --------------------------------------------------------------------------------------


def acted(production: Production, draw: Draw) -> Sequence[e.Fact]:
    """Return what a person does at this moment, as far as the door would let them; nothing once it has ended."""
    if production.end is not None:
        return ()
    match draw.choice(("word", "word", "word", "answer", "answer", "resume", "resume", "say", "overrule", "cancel")):
        case "word":
            return _word(production, draw)
        case "answer":
            question = production.open_question
            return (e.IntentAnswered(number=question.number, words=draw.choice(("", "20 s"))),) if question else ()
        case "resume":
            return tuple(e.ProductionResumed(number=one.number) for one in production.open_stalls)
        case "say":
            number = 1 + sum(one.kind == "direction" for one in production.conversation)
            said = e.ProductionDirected(number=number, words="longer")
            return (said,) if draw.random() < 0.3 or production.is_refused else ()
        case "overrule":
            return _overruled(production, draw)
        case _:
            if isinstance(status_of(production), Done) or draw.random() > 0.05:
                return ()
            return (e.ProductionCancelled(why="enough"),)


def _word(production: Production, draw: Draw) -> Sequence[e.Fact]:
    status = status_of(production)
    if not isinstance(status, AwaitingApproval):
        return ()
    brief, take = status.sample.brief, status.sample.take
    if draw.random() < 0.8:
        return (e.SampleApproved(brief=brief, take=take),)
    return (e.SampleRedirected(brief=brief, take=take, words="darker"),)


def _overruled(production: Production, draw: Draw) -> Sequence[e.Fact]:
    takes = [one for one in production.takes.values() if one.rendered]
    if not takes:
        return ()
    take, ruling = draw.choice(takes), draw.choice(list(e.Ruling))
    number = len(take.rulings) + 1
    return (e.SegmentOverruled(segment=take.segment, take=take.take, number=number, ruling=ruling, why="I say so"),)


# -- whole histories -----------------------------------------------------------------------------------------


@st.composite
def options(draw: st.DrawFn) -> e.Options:
    """Draw how a production is to be made."""
    return e.Options(
        takes_max=draw(st.integers(1, 3)),
        when_takes_are_used_up=draw(st.sampled_from(e.WhenTakesAreUsedUp)),
        sample=draw(st.booleans()),
        review=draw(st.booleans()),
        accept_smaller=draw(st.booleans()),
    )


@st.composite
def histories(draw: st.DrawFn, steps_max: int = STEPS_MAX) -> Told:
    """Draw a production's log, as decides and a person write it, with the state after each of its events."""
    chosen, chance = draw(options()), Draw(draw(st.integers(0, 2**32)))
    story = stories.story(e.ProductionRequested(words="A keeper rows out", options=chosen))
    states = [story.state]
    for _ in range(steps_max - draw(st.integers(0, steps_max))):
        for fact in _step(states[-1], chance):
            story.tell(fact)
            states.append(evolve(states[-1], story.log[-1]))
    return Told(story, tuple(states))


def _step(production: Production, draw: Draw) -> Sequence[e.Fact]:
    tasks = [task for decide in DECIDES.values() for task in decide(production, None)]
    if tasks and draw.random() < 0.85:
        return performed(draw.choice(tasks), production, draw)
    return acted(production, draw)


# -- what nobody should write --------------------------------------------------------------------------------

_NUMBERS = frozenset({"number", "segment", "take", "brief", "posting_number", "heard"})
_words = st.sampled_from(("", "darker", "segment 2: closer"))


def facts() -> st.SearchStrategy[e.Fact]:
    """Draw any fact of any type, whether it makes sense or not."""
    return st.sampled_from(e.FACTS).flatmap(_of_type)


def _of_type(kind: type[e.Fact]) -> st.SearchStrategy[e.Fact]:
    """Draw a fact of the type: the golden example of it, with other numbers and words."""
    example = EXAMPLES[kind.TYPE]
    drawn: dict[str, st.SearchStrategy[int | str]] = {}
    for name in kind.__struct_fields__:
        if name == "words":
            drawn[name] = _words
        elif name in _NUMBERS and isinstance(getattr(example, name), int):
            drawn[name] = st.integers(0, 5) if name == "heard" else st.integers(1, 3)
    return st.fixed_dictionaries(drawn).map(lambda changed: msgspec.structs.replace(example, **changed))


@st.composite
def garbled(draw: st.DrawFn) -> Story:
    """Draw a log that no writer of ours would leave: facts shuffled, repeated and foreign, chains broken, garbage."""
    story, _ = draw(histories(steps_max=25))
    told = [one.event.fact for one in story.log if isinstance(one, e.Recorded)]
    known = [fact for fact in told if isinstance(fact, e.Fact)]
    mixed = draw(st.lists(st.one_of(st.sampled_from(known), facts()), max_size=25))
    order = draw(st.permutations(mixed))
    begin = draw(st.integers(0, len(known)))
    garbled_story = Story().tell(*known[:begin])
    for fact in order:
        match draw(st.sampled_from(("well", "well", "well", "broken", "unknown", "garbage"))):
            case "well":
                garbled_story.tell(fact)
            case "broken":
                ordinal = draw(st.integers(-1, 99))
                garbled_story.seal(fact, previous=draw(st.sampled_from((None, digest_of(b"x")))), ordinal=ordinal)
            case "unknown":
                tell_unknown(garbled_story)
            case "garbage":
                garbled_story.overhear(subject_of(garbled_story.production, fact), draw(st.binary(max_size=30)))
            case never:
                assert_never(never)  # type: ignore[arg-type]
    return garbled_story


def tell_unknown(story: Story, kind: str = "segment.graded", version: int = 1) -> Story:
    """Append an event of a type that only a newer program knows, chained as it should be."""
    ordinal = len(story.log) + 1
    envelope = {
        "id": f"unknown-{ordinal}",
        "production": story.production,
        "ordinal": ordinal,
        "type": kind,
        "version": version,
        "time": "2026-01-01T00:00:00.000Z",
        "by": {"service": "grader", "version": "9", "host": "there"},
        "previous": story.log[-1].digest if story.log else None,
        "data": {"grade": "dusk"},
    }
    return story.overhear(f"{kind}.{story.production}.{ordinal}", msgspec.json.encode(envelope))


# -- what holds for every decide -----------------------------------------------------------------------------


def check_decide(decide: Decide, story: Story, states: Sequence[Production]) -> None:
    """Check what holds for every decide, at every moment of a history."""
    written: set[str] = set()
    for state, recorded in zip(states, story.log, strict=True):
        written.add(recorded.subject)
        wanted = decide(state, None)
        assert decide(state, None) == wanted, "asked twice, it gives something else"
        assert isinstance(recorded, e.Recorded)
        fact = recorded.event.fact
        assert isinstance(fact, e.Fact)
        _check_woken(decide(state, fact), wanted)
        for task in wanted:
            _check_done(decide, state, task, written)
            problem = msgspec.structs.replace(stories.PROBLEM, about=task.about)
            stall = e.ProductionStalled(number=len(state.stalls) + 1, problem=problem)
            left = {one.about for one in decide(after(state, stall), None)}
            assert task.about not in left, f"work on the {task.about} goes on while its problem waits for a person"
        for end in (e.ProductionCancelled(), e.ProductionDeleted(), refused(state)):
            assert decide(after(state, end), None) == (), f"something is wanted after {end.TYPE}"
            assert decide(after(state, end), end) == ()


def _check_woken(woken: Sequence[Task], wanted: Sequence[Task]) -> None:
    assert all(task in wanted for task in woken), "a fact wakes what the state does not want"


def _check_done(decide: Decide, state: Production, task: Task, written: set[str]) -> None:
    facts = performed(task, state, Draw(1))
    subjects = [subject_of(state.id, fact) for fact in facts]
    assert not written & set(subjects), f"{subjects} would be written twice: the log would refuse it for ever"
    done = after(state, *facts)
    assert done.anomalies == state.anomalies
    assert task not in decide(done, None), "what is done is still wanted"


def after(state: Production, *facts: e.Fact) -> Production:
    """Return the state after the facts are appended to a production that stands like this."""
    for fact in facts:
        sealed = Story(production=state.id).seal(fact, previous=state.head, ordinal=state.ordinal + 1)
        state = evolve(state, sealed.log[0])
    return state
