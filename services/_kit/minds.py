"""Whether a model thinks or rules do, and why: never silently.

With `auto` rules stand in wherever a model fails, and the reason goes into the event; with `ollama` it is a failure.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from services._kit.llm import Answer, Check, LanguageModel, ModelFailed, Picture, Question
from services._kit.settings import Llm, LlmUse

T = TypeVar("T", bound=Struct)


class StandIn(Struct, frozen=True, kw_only=True):
    """Rules have to do it."""

    why: str
    """Why no model did."""


OFF = StandIn(why="Models are switched off (llm).")


class Mind:
    """A model where one answers, and the reason where none does."""

    def __init__(self, settings: Llm, model: LanguageModel | None = None) -> None:
        self.settings = settings
        self.model = model or LanguageModel(settings)

    def as_said(self, use: str | None) -> Mind:
        """Return the same mind with another use of it, as a production's own options may say."""
        if use is None:
            return self
        return Mind(structs.replace(self.settings, use=msgspec.convert(use, LlmUse)), self.model)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.model.close()

    async def answer(
        self,
        question: Question,
        answer_type: type[T],
        images: tuple[Picture, ...] = (),
        *,
        check: Check[T] | None = None,
        tries_max: int = 2,
    ) -> Answer[T] | StandIn:
        """Return what a model answers, or why rules have to.

        Args:
            check: raises ValueError where an answer of the right type is wrong.

        Raises:
            ModelFailed: no model answers, and the person wants no film without one.
        """
        if self.settings.use == "off":
            return OFF
        try:
            return await self.model.answer(question, answer_type, images, check=check, tries_max=tries_max)
        except ModelFailed as failure:
            if self.settings.use == "ollama":
                raise
            return StandIn(why=f"{failure.what} {failure.why}".strip())

    async def missing(self, models: str) -> StandIn | None:
        """Return why no model of a list could answer, found out without asking it anything; None where one could.

        Args:
            models: a list of the settings: `text`, `vision` or `final`.

        Raises:
            ModelFailed: none could, and the person wants no film without one.
        """
        if self.settings.use == "off":
            return OFF
        try:
            await self.model.model(models, pictures=int(models != "text"))
        except ModelFailed as failure:
            if self.settings.use == "ollama":
                raise
            return StandIn(why=f"{failure.what} {failure.why}".strip())
        return None

    async def would_answer(self, models: str) -> bool:
        """Say whether a model of a list could answer; why not is for whoever asks it to hear."""
        try:
            return await self.missing(models) is None
        except ModelFailed:
            return False
