"""Conversations heard by rules alone, and with a model that answers by script, well and badly."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bus.plan import Brief
from services._kit.minds import Mind
from services._kit.settings import Llm
from tests.contract.conversations import Heard, Script, found_of, hear, reading_of, scripts, words_of
from tests.fakes.ollama import FakeOllama, ollama

SCRIPTS = scripts()
BY_RULE = Mind(Llm(use="off"))


async def heard_by_rule(script: Script) -> Heard:
    words, heard = words_of(script), None
    for count in range(1, len(words) + 1):
        heard = await hear(BY_RULE, words[:count], heard)
    assert heard is not None
    return heard


async def heard_with_model(script: Script, fake: FakeOllama, mind: Mind) -> Heard:
    words, heard, readings = words_of(script), None, iter(script.readings)
    before: Brief | None = None
    for count in range(1, len(words) + 1):
        partial = next(readings, None)
        if partial is not None:
            fake.queue("understand", reading_of(partial, before))
        heard = await hear(mind, words[:count], heard)
        before = heard.brief
    assert heard is not None
    return heard


@pytest.fixture(scope="module")
async def thinking() -> AsyncIterator[tuple[FakeOllama, Mind]]:
    """Return a server whose answers are queued, and a mind that asks it."""
    async with ollama() as fake:
        fake.scripts["look"] = lambda _: LOOKED
        mind = Mind(Llm(url=fake.url, use="ollama"))
        yield fake, mind
        await mind.close()


LOOKED = {
    "about": "A photograph of a woman in a street.",
    "has_minor": False,
    "has_person": True,
    "has_real_person": True,
    "is_sexual": False,
}


def test_there_are_enough_conversations() -> None:
    """They are many, of several languages, with pictures, redirects and contradictions."""
    assert len(SCRIPTS) >= 60
    assert len({one.language for one in SCRIPTS}) >= 12
    assert sum(len(one.messages) > 1 for one in SCRIPTS) >= 25
    assert sum(any(message.images for message in one.messages) for one in SCRIPTS) >= 8


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.name)
async def test_a_conversation_with_a_model_comes_to_what_is_right(
    script: Script, thinking: tuple[FakeOllama, Mind]
) -> None:
    """Whatever the model answers, the person's figures hold, nothing is made up, and what differs is noted."""
    fake, mind = thinking
    heard = await heard_with_model(script, fake, mind)
    assert {field: found_of(heard, field) for field in script.expect} == script.expect
    assert len(heard.last.remarks) == script.remarks, heard.last.remarks
    assert not any(fake._queues.values()), "each answer was asked for"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.name)
async def test_a_conversation_by_rule_comes_to_what_is_pinned(script: Script) -> None:
    """Rules alone find what they are known to find; what they miss is named, field by field."""
    heard = await heard_by_rule(script)
    missed = tuple(field for field, right in script.expect.items() if found_of(heard, field) != right)
    assert missed == script.rules_miss, {field: found_of(heard, field) for field in missed}
