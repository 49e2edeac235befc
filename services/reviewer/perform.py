"""Judges a take: what OpenCV can measure, then what a model sees in it; and looks at the film before it is joined."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
from msgspec import structs

from bus.errors import KindlingError, MissingArtifact, Unprocessable
from bus.events import CutTake, Fact, ProductionRefused, ProductionReviewed, SegmentApproved, SegmentRejected
from bus.gpu import Side, Wish
from bus.plan import Finding, FromSegment, Made, Outcome, Segment, Verdict
from bus.policy import MINORS, refusal
from bus.ports import Artifacts, Gpu, Progress, Turn
from bus.production import Production, Take
from bus.work import Task
from services._kit.llm import FailureKind, ModelFailed
from services._kit.media import Unreadable
from services._kit.minds import Mind, StandIn
from services._kit.pictures import NotAPicture
from services._kit.settings import Settings
from services._kit.threads import Stop, in_thread
from services.reviewer.checks import Expected, References, advice_of, review_take, score_of
from services.reviewer.decide import LastLook, Review
from services.reviewer.judging import score_with
from services.reviewer.last_look import Tile, film_questions, look_at_film, sheets_of, shown_tiles
from services.reviewer.looking import Seen, has_picture, see, unlooked
from services.reviewer.seeing import Eyes
from services.reviewer.sheet import kept_key_frames
from services.reviewer.standing import Reputation, Standing, heeding

_NOBODY: Final = (FailureKind.UNREACHABLE, FailureKind.MISSING_MODEL)
"""Failures that mean that there is no model. After any other one answer is lacking, and things are unobserved."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Does the reviewer's tasks."""

    settings: Settings
    mind: Mind
    gpu: Gpu
    reputation: Reputation

    async def __call__(
        self, task: Task, production: Production, artifacts: Artifacts, progress: Progress
    ) -> Sequence[Fact]:
        """Return the verdict on the take, or what the last look at the film found."""
        try:
            match task:
                case Review():
                    return await self._review(task, production, artifacts)
                case LastLook():
                    return await self._last_look(task, production, artifacts)
                case _:
                    raise AssertionError(f"no task of the reviewer: {task}")
        except ModelFailed as failure:
            # Asked again with growing pauses, as any work that fails; then it waits for a person, with these words.
            raise KindlingError(failure.what, why=failure.why, help=failure.help) from failure
        except MissingArtifact as error:
            raise Unprocessable(
                f"The {task.about} can't be done: {error.what}",
                why=error.why,
                help=f"`kindling verify {production.id}` names what is missing; have it made again.",
            ) from error

    # -- a take ----------------------------------------------------------------------------------------------------

    async def _review(self, task: Review, production: Production, artifacts: Artifacts) -> Sequence[Fact]:
        started = time.monotonic()
        silenced = await self.reputation.silenced()
        async with self._in_line(production, task.about) as turn:
            verdict = _heeding(await self._measured(task, production, artifacts), silenced)
            made = Made(by="opencv", version=cv2.__version__)
            if verdict.is_good:
                # What is broken by measure is never shown to a model.
                verdict, made = await self._seen(task, production, artifacts, turn, verdict, silenced)
        made = structs.replace(made, took_s=round(time.monotonic() - started, 3))
        kind = SegmentApproved if verdict.is_good else SegmentRejected
        judged = kind(segment=task.take.segment, take=task.take.take, verdict=verdict, made=made)
        if not verdict.refused_by:
            return (judged,)
        return (judged, _refused(production, verdict.refused_by, f"Take {task.take.segment}-{task.take.take}"))

    async def _measured(self, task: Review, production: Production, artifacts: Artifacts) -> Verdict:
        rendered, order, segment = task.take.rendered, task.take.order, task.segment
        assert rendered is not None, "only rendered takes are judged"
        expected = Expected(
            frame_count=order.frame_count,
            width=order.width,
            height=order.height,
            fps=order.fps,
            movement=order.movement,
            is_draft=order.draft,
        )
        try:
            video = artifacts.path(rendered.clip.digest)
            reference = References(
                hand_over=artifacts.path(task.hand_over) if task.hand_over else None,
                in_frame=segment.in_frame,
                opening=artifacts.path(task.opening) if task.opening else None,
            )
        except MissingArtifact as error:
            raise Unprocessable(
                f"Take {task.take.segment}-{task.take.take} can't be judged: {error.what}",
                why=error.why,
                help=f"Have it made again: `kindling redo {production.id} {task.take.segment}`.",
            ) from error
        try:
            return await in_thread(lambda stop: review_take(video, expected, reference=reference, stop=stop))
        except (NotAPicture, OSError) as error:
            raise Unprocessable(
                f"Take {task.take.segment}-{task.take.take} can't be compared with the take before it.",
                why=f"The hand-over can't be read: {error}.",
                help=f"`kindling verify {production.id}` names what is damaged; "
                f"`kindling redo {production.id} {_parent(task)}` makes it again.",
            ) from error

    async def _seen(
        self,
        task: Review,
        production: Production,
        artifacts: Artifacts,
        turn: Turn,
        measured: Verdict,
        silenced: dict[str, Standing],
    ) -> tuple[Verdict, Made]:
        """Return the verdict with what a model saw, and how it came to be."""
        started, eyes = time.monotonic(), Eyes(self._mind(production))
        opencv = f"Measured by OpenCV {cv2.__version__}."
        if (missing := await eyes.mind.missing("vision")) is not None:
            seen = unlooked(task.segment, missing.why)
        else:
            await turn.granted()
            try:
                seen = await see(
                    eyes,
                    task,
                    production,
                    artifacts,
                    frame_count=self.settings.review.frames,
                    silenced=silenced,
                    may_say=lambda words: self._may_say(words, production),
                )
            except ModelFailed as failure:
                if failure.kind in _NOBODY:
                    raise
                seen = unlooked(task.segment, f"{failure.what} {failure.why}".strip())
        verdict = _with(measured, seen)
        if not eyes.sources:
            return verdict, Made(by="opencv", version=cv2.__version__, why=f"Nobody looked: {seen.why}")
        return verdict, eyes.made(round(time.monotonic() - started, 3), f"{opencv} {seen.why}".strip())

    # -- the film --------------------------------------------------------------------------------------------------

    async def _last_look(self, task: LastLook, production: Production, artifacts: Artifacts) -> Sequence[Fact]:
        started, eyes = time.monotonic(), Eyes(self._mind(production))
        async with self._in_line(production, task.about) as turn:
            missing = await eyes.mind.missing("final")
            found = missing or await self._seen_whole(task, production, artifacts, turn, eyes)
        if isinstance(found, StandIn):
            found = [Finding(criterion="film", outcome=Outcome.UNOBSERVED, must_hold=False, evidence=found.why)]
        took_s = round(time.monotonic() - started, 3)
        why = f"Nobody looked: {found[0].evidence}" if not eyes.sources else ""
        made = (
            eyes.made(took_s, "")
            if eyes.sources
            else Made(by="opencv", version=cv2.__version__, took_s=took_s, why=why)
        )
        look = ProductionReviewed(
            number=task.number,
            plan=task.plan_number,
            takes=tuple(_shown(one) for one in task.takes),
            findings=tuple(found),
            made=made,
        )
        rule = Verdict(findings=look.findings, score=0.0).refused_by
        return (look, _refused(production, rule, "The film")) if rule else (look,)

    async def _seen_whole(
        self, task: LastLook, production: Production, artifacts: Artifacts, turn: Turn, eyes: Eyes
    ) -> list[Finding] | StandIn:
        indices = shown_tiles(len(task.takes))
        pairs = [(task.plan.segments[index], task.takes[index]) for index in indices]

        def work(stop: Stop) -> list[Tile]:
            return [_tile(segment, take, artifacts) for segment, take in pairs if not stop()]

        tiles = await in_thread(work)
        sheets = await in_thread(lambda stop: sheets_of(tiles))
        shows_picture = has_picture(production)
        assert task.takes[0].rendered is not None
        questions = film_questions(task.plan, has_picture=shows_picture, which=task.takes[0].rendered.clip.digest)
        await turn.granted()
        try:
            return await look_at_film(eyes, sheets, questions, [one.id for one in task.plan.segments])
        except ModelFailed as failure:
            if failure.kind in _NOBODY:
                raise
            return StandIn(why=f"{failure.what} {failure.why}".strip())

    # -- what both need --------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _in_line(self, production: Production, about: str) -> AsyncIterator[Turn]:
        """Stand in line for the GPU from here on, where a model may be asked."""
        if self._mind(production).settings.use == "off":
            yield _NoTurn()
            return
        async with self.gpu.turn(Wish(side=Side.THINK, production=production.id, about=about)) as turn:
            yield turn

    def _mind(self, production: Production) -> Mind:
        return self.mind.as_said(production.options.llm)

    def _may_say(self, words: str, production: Production) -> bool:
        found = refusal(words, has_uploaded_picture=has_picture(production), operator_rules=self.settings.policy)
        return found is None


class _NoTurn:
    async def granted(self) -> None:
        """Wait for nothing: no model is asked."""


def _heeding(verdict: Verdict, silenced: dict[str, Standing]) -> Verdict:
    """Return the verdict in which criteria that people overrule too often only note."""
    findings = heeding(verdict.findings, silenced)
    if findings == list(verdict.findings):
        return verdict
    return Verdict(findings=tuple(findings), score=score_of(findings), advice=advice_of(findings))


def _with(measured: Verdict, seen: Seen) -> Verdict:
    advice = ", ".join(one for one in (seen.advice, measured.advice) if one)
    return Verdict(
        findings=(*measured.findings, *seen.findings),
        score=score_with(measured.score, seen.findings),
        advice=advice,
    )


def _refused(production: Production, rule: str, what: str) -> ProductionRefused:
    shown = "a minor in a sexual way" if rule == MINORS else "a person naked or in a sexual situation"
    return ProductionRefused(
        number=len(production.refusals) + 1,
        heard=len(production.conversation),
        rule=rule,
        why=f"{what} shows {shown}, by what a model saw in it, twice. It is not used, and not made again.",
        help="Describe a scene without sexual content; say who is in it, how old they are and what they wear.",
    )


def _tile(segment: Segment, take: Take, artifacts: Artifacts) -> Tile:
    assert take.rendered is not None, "only rendered takes are accepted"
    path = artifacts.path(take.rendered.clip.digest)
    try:
        (frame,) = kept_key_frames(path, 1, first=segment.in_frame, end=segment.out_frame)
    except Unreadable as error:
        raise Unprocessable(
            f"The take of segment {segment.id} can't be looked at: {error.why}.",
            help="`kindling verify` says which clip is damaged; have it made again.",
        ) from error
    return Tile(segment=segment.id, frame=frame)


def _shown(take: Take) -> CutTake:
    assert take.rendered is not None, "only rendered takes are accepted"
    is_flagged = take.is_kept and not take.rulings
    return CutTake(segment=take.segment, take=take.take, digest=take.rendered.clip.digest, is_flagged=is_flagged)


def _parent(task: Review) -> int:
    """Return the segment that hands over to this one."""
    start = task.segment.start
    return start.segment if isinstance(start, FromSegment) else task.segment.id
