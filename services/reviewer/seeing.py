"""Looking at a take through a model: blind first, then closed questions, then what is in doubt once more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeVar

import cv2
from msgspec import Struct

from bus.ids import digest_of
from bus.plan import Made
from services._kit.llm import Answer, Picture, Question, Source, read_prompt
from services._kit.llm import Check as CheckAnswer
from services._kit.media import Frame
from services._kit.minds import StandIn
from services._kit.pictures import fit
from services.reviewer.answers import Checked, Confirmed, Described, Judged, check_numbers
from services.reviewer.judging import Looked, shown_in
from services.reviewer.questions import Asked, Sort, numbered
from services.reviewer.sheet import KeyFrame

T = TypeVar("T", bound=Struct)

_FOLDER: Final = Path(__file__).parent / "asking"
DESCRIBE, CHECK, CONFIRM = (read_prompt(_FOLDER / f"{name}.md") for name in ("describe", "check", "confirm"))
PICTURE_SIDE_MAX: Final = 832
"""The longer side of a picture as it is shown: a model has so many tokens for each, and sees no more detail."""
JPEG_QUALITY: Final = 90
AGAIN_MAX: Final = 4
"""How many pictures go along when a question is asked again."""


class Asks(Protocol):
    """A model where one answers, and the reason where none does."""

    async def answer(
        self,
        question: Question,
        answer_type: type[T],
        images: tuple[Picture, ...] = (),
        *,
        check: CheckAnswer[T] | None = None,
    ) -> Answer[T] | StandIn:
        """Return the model's answer; one that `check` refuses is asked for again with what it said.

        Raises:
            ModelFailed: no model answers, and the person wants no film without one.
        """
        ...

    async def missing(self, models: str) -> StandIn | None:
        """Return why no model of a list could answer, found out without asking it anything."""
        ...


@dataclass(slots=True)
class Eyes:
    """A model that looks, and what it has said so far."""

    mind: Asks
    sources: list[Source] = field(default_factory=list)

    async def ask(
        self,
        question: Question,
        answer_type: type[T],
        images: tuple[Picture, ...],
        check: CheckAnswer[T] | None = None,
    ) -> T | StandIn:
        """Return an answer, or why there is none."""
        answer = await self.mind.answer(question, answer_type, images, check=check)
        if isinstance(answer, StandIn):
            return answer
        self.sources.append(answer.source)
        return answer.value

    def made(self, took_s: float, why: str) -> Made:
        """Return how all that was seen came to be: what the answers cost together, and of which prompts."""
        last = self.sources[-1]
        digests = tuple(dict.fromkeys(one.prompt_digest for one in self.sources))
        notes = (why, *(one.why for one in self.sources))
        return Made(
            by=last.by,
            version=last.version,
            model=last.model,
            model_digest=last.model_digest,
            prompt_digest=digest_of("\n".join(digests).encode()),
            options=last.options,
            tokens_in=sum(one.tokens_in for one in self.sources),
            tokens_out=sum(one.tokens_out for one in self.sources),
            took_s=took_s,
            why=" ".join(dict.fromkeys(one for one in notes if one)),
        )


class CutSide(Struct, frozen=True, kw_only=True):
    """The last pictures of the take before the cut."""

    frames: tuple[KeyFrame, ...]


async def look(
    eyes: Eyes, frames: Sequence[KeyFrame], questions: tuple[Asked, ...], other_side: CutSide | None
) -> Looked | StandIn:
    """Return what a model answers about a take, or why it does not.

    It describes the pictures without having seen any question, and answers the questions with that at hand. What is
    asked about a cut is asked of the pictures on its other side as well, in the same words.
    """
    pictures = await asyncio.to_thread(pictures_of, frames)
    described = await eyes.ask(Question(prompt=DESCRIBE, words=_about(frames)), Described, pictures)
    if isinstance(described, StandIn):
        return described
    notes = "\n".join(f"Picture {one.number}: {one.seen}" for one in described.frames)
    said = f"You have said of them:\n{notes}\n{described.whole}"
    words = f"{_about(frames)}\n\n{said}\n\nThe questions:\n{numbered(questions)}"
    answers = await _answers(eyes, words, pictures, questions)
    if isinstance(answers, StandIn):
        return answers
    return Looked(
        model=eyes.sources[-1].model,
        questions=questions,
        answers=answers,
        at_s=tuple(one.at_s for one in frames),
        other_side=await _other_side(eyes, questions, other_side) if other_side is not None else {},
    )


async def _answers(
    eyes: Eyes, words: str, pictures: tuple[Picture, ...], questions: tuple[Asked, ...]
) -> tuple[Judged, ...] | StandIn:
    def check(answer: Checked) -> None:
        check_numbers(tuple(one.criterion for one in answer.answers), len(questions))

    checked = await eyes.ask(Question(prompt=CHECK, words=words), Checked, pictures, check)
    if isinstance(checked, StandIn):
        return checked
    return tuple(sorted(checked.answers, key=lambda one: one.criterion))


async def _other_side(eyes: Eyes, questions: tuple[Asked, ...], side: CutSide) -> dict[str, Judged]:
    """Return by criterion what is answered about the other side of the cut; nothing where nobody could say."""
    asked = tuple(one for one in questions if one.sort is Sort.CUT)
    if not asked:
        return {}
    pictures = await asyncio.to_thread(pictures_of, side.frames)
    words = f"{_about(side.frames)}\n\nThe questions:\n{numbered(asked)}"
    answers = await _answers(eyes, words, pictures, asked)
    if isinstance(answers, StandIn):
        return {}
    return {one.criterion: said for one, said in zip(asked, answers, strict=True)}


async def look_again(eyes: Eyes, frames: Sequence[KeyFrame], looked: Looked) -> dict[int, Confirmed | None]:
    """Return by index what a second question gave for each answer that is in doubt; None where there was no answer.

    It is asked alone, of the pictures that the first answer rests on and those beside them.
    """
    confirmed: dict[int, Confirmed | None] = {}
    for index in looked.doubtful:
        near = _near(frames, shown_in(looked.answers[index], looked))
        words = f"{_about(near)}\n\nThe question: {looked.questions[index].text}"
        pictures = await asyncio.to_thread(pictures_of, near)
        said = await eyes.ask(Question(prompt=CONFIRM, words=words), Confirmed, pictures)
        confirmed[index] = None if isinstance(said, StandIn) else said
    return confirmed


def _near(frames: Sequence[KeyFrame], numbers: Sequence[int]) -> tuple[KeyFrame, ...]:
    """Return the pictures of these numbers with their neighbours, or some from all over where there are none."""
    if not numbers:
        return tuple(frames[:: max(1, len(frames) // AGAIN_MAX)][:AGAIN_MAX])
    wanted = dict.fromkeys(number - 1 for number in numbers)
    wanted |= dict.fromkeys(beside for number in numbers for beside in (number - 2, number))
    kept = [index for index in wanted if 0 <= index < len(frames)][:AGAIN_MAX]
    return tuple(frames[index] for index in sorted(kept))


def _about(frames: Sequence[KeyFrame]) -> str:
    if len(frames) == 1:
        return f"The picture is from {frames[0].at_s:.2f} s of one shot."
    first, last = frames[0].at_s, frames[-1].at_s
    return f"The {len(frames)} pictures are from one shot, in their order, from {first:.2f} s to {last:.2f} s."


def pictures_of(frames: Sequence[KeyFrame]) -> tuple[Picture, ...]:
    """Return the frames as they are sent, each labelled with its number and time."""
    return tuple(
        picture_of(one.picture, f"frame {number} of {len(frames)}, at {one.at_s:.2f} s")
        for number, one in enumerate(frames, 1)
    )


def picture_of(frame: Frame, label: str, side_max: int = PICTURE_SIDE_MAX) -> Picture:
    """Return a picture as it is sent: JPEG, no side longer than this."""
    height, width = frame.shape[:2]
    scale = min(1.0, side_max / max(width, height))
    shown = frame if scale == 1.0 else fit(frame, round(width * scale), round(height * scale))
    is_encoded, content = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert is_encoded
    return Picture(content=content.tobytes(), width=shown.shape[1], height=shown.shape[0], label=label)
