"""A model that looks, stood in for: it answers closed questions from the truth, with stated rates of error.

What it answers is drawn from the question and a seed, so that a run can be played again. It sees no picture at all: it
shows what the cascade does with a witness of such a quality, and nothing about any real model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from services.reviewer.answers import (
    Checked,
    Confirmed,
    Described,
    FilmChecked,
    FilmJudged,
    Judged,
    Reply,
    SeenFrame,
)
from tests.fakes.ollama_script import Asked, Script

QUESTION = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
IS_THERE = ("Is there a ", "Is anybody ", "Is a person ")
"""How questions begin whose true answer is no unless the truth says otherwise: controls, and the content policy's."""


@dataclass
class Witness:
    """Answers from the truth."""

    truth: dict[str, Reply] = field(default_factory=dict)
    """By a part of the question; what is not named is yes, and for what should not be there no."""
    misses: float = 0.0
    """How often a true no is answered with yes."""
    false_alarms: float = 0.0
    """How often a true yes is answered with no."""
    sees_ghosts: float = 0.0
    """How often it says yes to what is not there at all."""
    unsure: float = 0.0
    seed: int = 1
    frames: tuple[int, ...] = (2, 3, 5)
    """The pictures that an answer rests on."""
    wish: str = "one small red boat in the middle of the lake"
    script: dict[str, Callable[[str], Reply]] = field(default_factory=dict)
    """By a part of the question, what is answered instead."""

    def scripts(self) -> dict[str, Script]:
        """Return what a fake Ollama answers with, by prompt."""
        return {"describe": self._describe, "check": self._check, "confirm": self._confirm, "film": self._film}

    def answer(self, question: str, round_: str) -> Reply:
        """Return the answer to a question, drawn anew in each round."""
        for part, said in self.script.items():
            if part in question:
                return said(round_)
        is_ghost = question.startswith(IS_THERE)
        true = next((said for part, said in self.truth.items() if part in question), None)
        true = true or (Reply.NO if is_ghost else Reply.YES)
        draw = random.Random(f"{self.seed} {round_} {question}")
        if draw.random() < self.unsure:
            return Reply.UNOBSERVED
        wrong = (
            self.sees_ghosts
            if is_ghost and true is Reply.NO
            else self.misses
            if true is Reply.NO
            else self.false_alarms
        )
        if true is not Reply.UNOBSERVED and draw.random() < wrong:
            return Reply.YES if true is Reply.NO else Reply.NO
        return true

    def _describe(self, asked: Asked) -> Described:
        frames = tuple(SeenFrame(number=number, seen="A lake.") for number in range(1, len(asked.images) + 1))
        return Described(frames=frames, whole="A lake.")

    def _check(self, asked: Asked) -> Checked:
        questions = QUESTION.findall(asked.words.rpartition("The questions:")[2])
        return Checked(answers=tuple(self._judged(int(number), text) for number, text in questions))

    def _judged(self, number: int, question: str) -> Judged:
        verdict = self.answer(question, "first")
        return Judged(
            criterion=number,
            evidence=f"In pictures 2 and 3: {verdict}.",
            frames=self.frames,
            verdict=verdict,
            wish=self.wish if verdict is Reply.NO and not question.startswith(IS_THERE) else "",
        )

    def _confirm(self, asked: Asked) -> Confirmed:
        question = asked.words.rpartition("The question: ")[2].strip()
        verdict = self.answer(question, "second")
        return Confirmed(evidence=f"Looked at again: {verdict}.", frames=(1,), verdict=verdict)

    def _film(self, asked: Asked) -> FilmChecked:
        questions = QUESTION.findall(asked.words.rpartition("The questions:")[2])
        again = "second" if "Look again" in asked.words else "first"
        return FilmChecked(
            answers=tuple(
                FilmJudged(
                    criterion=int(number),
                    evidence="On the sheets.",
                    segments=(1,) if self.answer(text, again) is Reply.NO else (),
                    verdict=self.answer(text, again),
                )
                for number, text in questions
            )
        )
