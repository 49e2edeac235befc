"""The port to a language model: a question goes in, an answer of a strict type comes out, or a failure with a name.

An answer is never made up: what can't be decoded is asked for once more with the error, and then it is a failure.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from services._kit.llm_failures import FailureKind, ModelFailed
from services._kit.llm_models import Installed, in_order, to_pull
from services._kit.llm_ollama import Abilities, Loaded, Ollama, Options, Request, Said
from services._kit.llm_prompts import Prompt, as_plain_words, read_prompt
from services._kit.llm_schema import AnswerSchema, schema_of
from services._kit.settings import Llm

__all__ = ["Answer", "FailureKind", "Model", "ModelFailed", "Picture", "Prompt", "Question", "Source", "read_prompt"]

T = TypeVar("T", bound=Struct)

CONTEXT_MIN = 8192
"""Tokens. Contexts are powers of two from here on: a model is loaded anew each time its context changes."""
CONTEXT_WITH_PICTURES = 16_384
"""The same where pictures go along: enough for eight of them, so that questions of two and of eight need no reload."""
ANSWER_TOKENS_MAX = 8192
PICTURE_TOKENS_MIN = 768
"""What Ollama counts for a picture at least."""
TEMPERATURE_AGAIN = 0.3
"""A model that fell into a loop at temperature 0 falls into it again; a little chance leads it out."""


class Picture(Struct, frozen=True, kw_only=True):
    """A picture that goes along, as PNG or JPEG."""

    content: bytes
    width: int
    height: int
    label: str = ""
    """What the model is told it is: `frame 3 of 8, at 1.88 s`."""


class Question(Struct, frozen=True, kw_only=True):
    """What a model is asked."""

    prompt: Prompt
    words: str
    """What the question is about, such as the conversation. Taken as words, whatever is in them."""
    models: str | None = None
    """Which list of the settings is asked: `text`, `vision` or `final`; where nothing is said, by its pictures."""
    answer_tokens_max: int = 2048


class Model(Struct, frozen=True, kw_only=True):
    """The model that is asked."""

    installed: Installed
    abilities: Abilities


class Source(Struct, frozen=True, kw_only=True):
    """How an answer came to be. Its fields are those of an event's `made`."""

    by: str
    version: str
    model: str
    model_digest: str
    prompt_digest: str
    options: str
    tokens_in: int
    tokens_out: int
    took_s: float
    why: str = ""
    """What the tries before this answer were lacking."""


class Answer(Struct, Generic[T], frozen=True, kw_only=True):
    """An answer, and how it came to be."""

    value: T
    source: Source


Check = Callable[[T], None]
"""Raises ValueError where an answer of the right type is wrong; what it says is told to the model."""


class LanguageModel:
    """Models of one server, as the settings list them."""

    def __init__(self, settings: Llm) -> None:
        self.settings = settings
        self.server = Ollama(settings)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.server.close()

    async def answer(
        self,
        question: Question,
        answer_type: type[T],
        images: tuple[Picture, ...] = (),
        *,
        check: Check[T] | None = None,
        tries_max: int = 2,
    ) -> Answer[T]:
        """Return the model's answer, asked for again with the error where it was none.

        Args:
            check: what the type can't say; an answer that it refuses is asked for again too.

        Raises:
            ModelFailed: there is no answer.
            UnfitAnswerType: no grammar can hold a model to the type.
        """
        schema = schema_of(answer_type)
        models = question.models or ("vision" if images else "text")
        model = await self.model(models, pictures=len(images))
        version = await self.server.version()
        started, tries, tokens_in, tokens_out = time.monotonic(), list[ModelFailed](), 0, 0
        gone = set[str]()
        while True:
            request = _request(question, schema, model, images, tries, self.settings.seed)
            try:
                said = await self.server.ask(request)
                tokens_in, tokens_out = tokens_in + said.tokens_in, tokens_out + said.tokens_out
                value = _decoded(said, answer_type, check, model)
            except ModelFailed as failure:
                if failure.kind is FailureKind.MISSING_MODEL and model.installed.name not in gone:
                    # It was removed since it was listed, or lies there in pieces: the next of the list is asked.
                    gone.add(model.installed.name)
                    model = await self.model(models, pictures=len(images), without=gone)
                    continue
                tries.append(failure)
                if len(tries) >= tries_max or not _is_worth_another_try(failure):
                    raise _told(tries) from failure
                continue
            source = Source(
                by="ollama",
                version=version,
                model=model.installed.name,
                model_digest=model.installed.digest,
                prompt_digest=question.prompt.digest,
                options=msgspec.json.encode(request.options).decode(),
                tokens_in=tokens_in,
                tokens_out=tokens_out,
                took_s=round(time.monotonic() - started, 3),
                why=" ".join(f"Asked again: {one.what} {one.why}".strip() for one in tries),
            )
            return Answer(value=value, source=source)

    async def model(self, models: str, *, pictures: int = 0, without: Collection[str] = ()) -> Model:
        """Return the first model of a list of the settings that is installed and can do what is asked of it.

        Raises:
            ModelFailed: the server does not answer, or has none of them; with the line that installs one.
        """
        wanted = self.wanted(models)
        blind = list[str]()
        for installed in in_order(wanted, await self.server.installed()):
            if installed.name in without:
                continue
            abilities = await self.server.abilities(installed)
            if pictures <= abilities.pictures_max:
                return Model(installed=installed, abilities=abilities)
            blind.append(installed.name)
        raise ModelFailed(
            FailureKind.MISSING_MODEL,
            f"Ollama at {self.server.url} has no model for {'pictures' if models != 'text' else 'words'}.",
            why=f"None of these is installed: {', '.join(wanted)}."
            + (
                f" These are, and can't see {'several at once' if pictures > 1 else 'any'}: {', '.join(blind)}."
                if blind
                else ""
            ),
            help=f"Install one: `{to_pull(wanted)}`; or name one that is there in llm.{models}.",
        )

    def wanted(self, models: str) -> tuple[str, ...]:
        """Return a list of the settings."""
        match models:
            case "text":
                return self.settings.text
            case "vision":
                return self.settings.vision
            case "final":
                return (*self.settings.final, *self.settings.vision)
            case _:
                raise AssertionError(f"no list of models: {models}")

    async def loaded(self) -> tuple[Loaded, ...]:
        """Return what lies in memory (`/api/ps`).

        Raises:
            ModelFailed: the server does not answer.
        """
        return await self.server.loaded()

    async def unload(self) -> tuple[Loaded, ...]:
        """Ask for everything to leave memory, and return what is still there: to be asked again until nothing is.

        Raises:
            ModelFailed: the server does not answer.
        """
        for one in await self.server.loaded():
            await self.server.unload(one.name)
        return await self.server.loaded()


# -- one try ------------------------------------------------------------------------------------------------------


def _request(
    question: Question,
    schema: AnswerSchema,
    model: Model,
    images: tuple[Picture, ...],
    tries: list[ModelFailed],
    seed: int,
) -> Request:
    """Return the question as it is sent, with room for all of it.

    Raises:
        ModelFailed: it does not fit what the model can hold.
    """
    system = (
        f"{question.prompt.text}\n\nAnswer with one JSON object and nothing else, no words around it and no Markdown. "
        f"It has to fit this JSON Schema:\n\n{schema.shown}\n"
    )
    labels = [
        f"Picture {number}{f' ({one.label})' if one.label else ''}: [img]" for number, one in enumerate(images, 1)
    ]
    words = "\n".join((*labels, as_plain_words(question.words), *_reproach(tries)))
    num_predict = question.answer_tokens_max
    if any(one.kind in {FailureKind.TRUNCATED, FailureKind.EMPTY} for one in tries):
        num_predict *= 2
    num_predict = min(num_predict, ANSWER_TOKENS_MAX)
    needed = tokens_at_most(system + words) + sum(picture_tokens(one) for one in images) + num_predict + 64
    num_ctx = max(CONTEXT_WITH_PICTURES if images else CONTEXT_MIN, 2 ** math.ceil(math.log2(needed)))
    most = model.abilities.context_length
    if most is not None and num_ctx > most:
        num_ctx = most
        if needed > most:
            raise ModelFailed(
                FailureKind.TOO_LONG,
                f"The question is too long for {model.installed.name}.",
                why=f"It may take {needed} tokens, and the model holds {most}.",
                help="Say it shorter, or name a model with a longer context first in the settings (llm.text).",
            )
    return Request(
        model=model.installed.name,
        system=system,
        words=words,
        images=tuple(one.content for one in images),
        format=schema.grammar,
        options=Options(
            num_ctx=num_ctx,
            num_predict=num_predict,
            seed=seed + len(tries),
            temperature=TEMPERATURE_AGAIN if tries else 0.0,
        ),
        is_told_not_to_think=model.abilities.can_think,
    )


def _reproach(tries: list[ModelFailed]) -> tuple[str, ...]:
    """Return what a model is told that is asked again. It stands in the question, so that no server drops it."""
    spoken = [one for one in tries if one.kind in _SPOKEN]
    if not spoken:
        return ()
    last = spoken[-1]
    return (
        "",
        "You have been asked this before, and your answer could not be used: "
        f"{as_plain_words(last.what)} {as_plain_words(last.why)}",
        "Answer again, correctly, shorter where it was too long, as one JSON object that fits the schema.",
    )


_SPOKEN = (FailureKind.EMPTY, FailureKind.TRUNCATED, FailureKind.INVALID)
"""Failures that are the model's own: telling it may help."""


def _is_worth_another_try(failure: ModelFailed) -> bool:
    return failure.kind in _SPOKEN or failure.may_pass


def _told(tries: list[ModelFailed]) -> ModelFailed:
    """Return the last failure, with how often was asked."""
    last = tries[-1]
    if len(tries) == 1:
        return last
    return ModelFailed(last.kind, last.what, why=f"{last.why} It was asked {len(tries)} times.".strip(), help=last.help)


def _decoded(said: Said, answer_type: type[T], check: Check[T] | None, model: Model) -> T:
    name = model.installed.name
    # Some models that can't stop thinking put the answer among their thoughts and leave its own place empty.
    text = said.content.strip() or said.thinking.strip()
    if not said.is_whole:
        length = f"{said.tokens_out} tokens" if said.tokens_out else f"{len(text)} characters"
        raise ModelFailed(
            FailureKind.TRUNCATED,
            f"{name} did not finish its answer.",
            why=f"It was broken off after {length}.",
            help=_ANOTHER_MODEL,
        )
    if not text:
        raise ModelFailed(FailureKind.EMPTY, f"{name} answered nothing.", help=_ANOTHER_MODEL)
    try:
        value = msgspec.json.decode(text, type=answer_type)
        if check is not None:
            check(value)
    except ValueError as error:
        if not said.content.strip():
            raise ModelFailed(
                FailureKind.EMPTY,
                f"{name} answered nothing.",
                why=f"It thought for {len(text)} characters, and no answer is among them.",
                help="Use an instruct variant, which does not think, such as qwen3-vl:8b-instruct.",
            ) from error
        raise ModelFailed(
            FailureKind.INVALID,
            f"{name} answered with what can't be used.",
            why=f"{str(error)[:500]}.",
            help=_ANOTHER_MODEL,
        ) from error
    return value


_ANOTHER_MODEL = "Try another model: name it first in llm.text or llm.vision."


# -- how much room a question takes -----------------------------------------------------------------------------


def tokens_at_most(text: str) -> int:
    """Return how many tokens a text can have: a token is a byte at least, and plain English has 2.5 or more in one."""
    plain = sum(character.isascii() for character in text)
    return math.ceil(plain / 2.5) + len(text.encode()) - plain


def picture_tokens(picture: Picture) -> int:
    """Return how many tokens a picture can have: one for 28×28 pixels, in models that cut it finest."""
    return max(PICTURE_TOKENS_MIN, math.ceil(picture.width / 28) * math.ceil(picture.height / 28) + 16)
