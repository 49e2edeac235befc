"""One suite for the fake Ollama and, where KINDLING_OLLAMA_URL names one, for a real server with models of its own."""

import os
from collections.abc import AsyncIterator
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from services._kit.llm import FailureKind, LanguageModel, ModelFailed, Prompt, Question
from services._kit.settings import Llm
from tests.fakes.ollama import ollama

REAL_URL = os.environ.get("KINDLING_OLLAMA_URL", "")


class Animal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An animal of the sentence."""

    legs: Annotated[int, Meta(ge=0, le=100)]
    name: Annotated[str, Meta(max_length=40)]


class Found(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is in the sentence."""

    animals: Annotated[tuple[Animal, ...], Meta(max_length=4)]
    place: Literal["lake", "forest", "nowhere"] | None


QUESTION = Question(
    prompt=Prompt(
        name="animals", text="# animals\n\nSay which animals the sentence names, and where.", digest="0" * 64
    ),
    words="A red fox crosses a frozen lake at dawn.",
    answer_tokens_max=512,
)


@pytest.fixture(params=["fake", *(["real"] if REAL_URL else [])])
async def model(request: pytest.FixtureRequest) -> AsyncIterator[LanguageModel]:
    """Return a language model behind the port."""
    if request.param == "real":
        real = LanguageModel(Llm(url=REAL_URL))
        yield real
        await real.close()
        return
    async with ollama() as fake:
        fake.scripts["animals"] = lambda _: {"animals": [{"legs": 4, "name": "fox"}], "place": "lake"}
        faked = LanguageModel(Llm(url=fake.url))
        yield faked
        await faked.close()


async def test_a_model_answers_in_the_type_that_was_asked_for(model: LanguageModel) -> None:
    """Nested structs, lists, literals and nulls come back as such, with the model's digest and its tokens."""
    answer = await model.answer(QUESTION, Found)
    assert any("fox" in one.name.lower() for one in answer.value.animals)
    assert answer.source.model_digest
    assert answer.source.tokens_in > 0
    assert answer.source.tokens_out > 0
    assert answer.source.version


async def test_the_same_question_gets_the_same_answer(model: LanguageModel) -> None:
    """Temperature 0 and a seed make answers repeatable."""
    first, second = [await model.answer(QUESTION, Found) for _ in range(2)]
    assert first.value == second.value


async def test_the_chosen_model_is_one_that_is_installed(model: LanguageModel) -> None:
    """What is asked is on the server's list, and the server knows what it can do."""
    chosen = await model.model("text")
    assert chosen.installed in await model.server.installed()
    assert chosen.abilities.context_length


async def test_what_answers_is_loaded_until_it_is_put_out(model: LanguageModel) -> None:
    """After an answer the model lies in memory; unloading empties it, which the server confirms."""
    answer = await model.answer(QUESTION, Found)
    assert answer.source.model in {one.name for one in await model.loaded()}
    left = await model.unload()
    while left:
        left = await model.loaded()
    assert await model.loaded() == ()


async def test_a_model_that_is_not_installed_is_named(model: LanguageModel) -> None:
    """The failure says which line installs one."""
    missing = LanguageModel(Llm(url=model.server.url, text=("kindling-has-no-such-model:1b",)))
    with pytest.raises(ModelFailed) as caught:
        await missing.answer(QUESTION, Found)
    await missing.close()
    assert caught.value.kind is FailureKind.MISSING_MODEL
    assert "ollama pull kindling-has-no-such-model:1b" in caught.value.help


async def test_an_answer_that_has_no_room_is_no_answer(model: LanguageModel) -> None:
    """What the limit on tokens breaks off is never taken for an answer."""
    cramped = Question(prompt=QUESTION.prompt, words=QUESTION.words, answer_tokens_max=2)
    with pytest.raises(ModelFailed) as caught:
        await model.answer(cramped, Found)
    assert caught.value.kind in {FailureKind.TRUNCATED, FailureKind.EMPTY}
