"""A take as a model sees it: what is asked, of which pictures, and what the answers make of the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from bus.board import board
from bus.plan import Continue, Finding, Outcome, Segment
from bus.ports import Artifacts
from bus.production import Production, Take
from services._kit.minds import StandIn
from services._kit.threads import Stop, in_thread
from services.reviewer.decide import Review
from services.reviewer.judging import advice_of, findings_of, unseen
from services.reviewer.questions import (
    Asked,
    cut_questions,
    motion_criteria,
    policy_questions,
    seen_criteria,
    with_control,
)
from services.reviewer.seeing import CutSide, Eyes, look, look_again
from services.reviewer.sheet import KeyFrame, kept_key_frames
from services.reviewer.standing import Standing, kind_of

CUT_FRAMES: Final = 2
"""How many pictures from before a cut are shown."""


class Before(Struct, frozen=True, kw_only=True):
    """What stands before a cut: the segment, and the take of it that the film shows."""

    segment: Segment
    take: Take


class Seen(Struct, frozen=True, kw_only=True):
    """What was seen, or why nobody looked."""

    findings: tuple[Finding, ...]
    advice: str = ""
    why: str = ""
    """Why nobody looked, where nobody did."""


def before_cut(production: Production, segment: Segment) -> Before | None:
    """Return what stands before the cut that the segment begins with; None where it begins otherwise."""
    if isinstance(segment.transition, Continue):
        return None
    slots = board(production)
    index = next((index for index, one in enumerate(slots) if one.segment.id == segment.id), 0)
    if index == 0 or slots[index - 1].accepted is None:
        return None
    accepted = slots[index - 1].accepted
    assert accepted is not None
    return Before(segment=slots[index - 1].segment, take=accepted)


def questions_of(
    task: Review, production: Production, before: Before | None, silenced: Mapping[str, Standing]
) -> tuple[Asked, ...]:
    """Return what is asked about a take. A criterion that may not reject any more is asked all the same, and notes."""
    plan = production.plan
    assert plan is not None, "a take is made for a plan"
    segment = task.segment
    questions = (*seen_criteria(segment), *(cut_questions(plan, before.segment, segment) if before else ()))
    heeded = [_noting(one) if kind_of(one.criterion) in silenced else one for one in questions]
    asked = (*heeded, *policy_questions(has_picture=has_picture(production)))
    words = " ".join((segment.prompt, segment.beat, *(one.text for one in questions), *_words(production)))
    assert task.take.rendered is not None, "only rendered takes are judged"
    return with_control(asked, words, task.take.rendered.clip.digest)


def _noting(asked: Asked) -> Asked:
    return structs.replace(asked, must_hold=False)


def _words(production: Production) -> tuple[str, ...]:
    return tuple(one.words for one in production.conversation if not one.is_refused)


def has_picture(production: Production) -> bool:
    """Say whether somebody's picture came with the words."""
    return any(one.images for one in production.conversation)


def unlooked(segment: Segment, why: str) -> Seen:
    """Return the findings of a take that nobody looked at."""
    return Seen(
        findings=tuple(unseen(one, why) for one in seen_criteria(segment)) + _unasked(segment),
        why=why,
    )


def _unasked(segment: Segment) -> tuple[Finding, ...]:
    why = "what moves is measured, and never asked of single pictures"
    return tuple(
        Finding(criterion=one, outcome=Outcome.UNOBSERVED, must_hold=False, evidence=why)
        for one in motion_criteria(segment)
    )


async def see(
    eyes: Eyes,
    task: Review,
    production: Production,
    artifacts: Artifacts,
    *,
    frame_count: int,
    silenced: Mapping[str, Standing],
    may_say: Callable[[str], bool],
) -> Seen:
    """Return what a model sees in a take that was measured and found good.

    Raises:
        MissingArtifact: a clip is not there.
        ModelFailed: no model answers, and the person wants no film without one.
    """
    segment, rendered = task.segment, task.take.rendered
    assert rendered is not None, "only rendered takes are judged"
    before = before_cut(production, segment)
    questions = questions_of(task, production, before, silenced)
    frames = await _frames(artifacts.path(rendered.clip.digest), frame_count, segment.in_frame, segment.out_frame)
    looked = await look(eyes, frames, questions, await _cut_side(before, artifacts) if before else None)
    if isinstance(looked, StandIn):
        return unlooked(segment, looked.why)
    confirmed = {} if looked.is_void else await look_again(eyes, frames, looked)
    findings = findings_of(looked, confirmed)
    advice = "" if looked.is_void else advice_of(looked, findings, may_say)
    why = "The model's review was thrown away: it saw what is not there." if looked.is_void else ""
    return Seen(findings=(*findings, *_unasked(segment)), advice=advice, why=why)


async def _cut_side(before: Before, artifacts: Artifacts) -> CutSide:
    """Return the last pictures before the cut."""
    assert before.take.rendered is not None, "only rendered takes are accepted"
    end = before.segment.out_frame
    first = max(before.segment.in_frame, end - before.segment.shown_count // 4 - 1)
    return CutSide(frames=await _frames(artifacts.path(before.take.rendered.clip.digest), CUT_FRAMES, first, end))


async def _frames(clip: Path, count: int, first: int, end: int) -> tuple[KeyFrame, ...]:
    def work(stop: Stop) -> tuple[KeyFrame, ...]:
        return kept_key_frames(clip, count, first=first, end=end)

    return await in_thread(work)
