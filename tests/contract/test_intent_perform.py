"""What intent writes: with a model, with one that fails, with pictures that are looked at, and where policy says no."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from bus import events as e
from bus.errors import KindlingError, Unprocessable
from bus.plan import Artifact, Mode
from bus.policy import MINORS, UPLOADED_PERSON
from bus.wire.artifacts import FolderArtifacts
from services._kit.minds import Mind
from services._kit.pictures import write_png
from services._kit.policy_file import PolicyRule
from services._kit.settings import Llm, LlmUse, Settings, load
from services.intent.decide import decide
from services.intent.perform import Intent
from tests.fakes.ollama import QWEN3, FakeOllama, Fault, Reply, ollama
from tests.fakes.ollama_film import FOX, FOX_ENGLISH, FOX_WORDS, REPLY, UNDERSTOOD
from tests.stories import told

SEEN = {
    "about": "A photograph of a harbour at dusk.",
    "has_minor": False,
    "has_person": False,
    "has_real_person": False,
    "is_sexual": False,
}
PERSON = {**SEEN, "about": "A photograph of a woman in a street.", "has_person": True, "has_real_person": True}
ENGLISH = {**UNDERSTOOD, "language": "en", "duration_s": None, "duration_said": "", "reply": ""}


@pytest.fixture
async def fake() -> AsyncIterator[FakeOllama]:
    """Return a server that understands one sentence and sees one picture."""
    async with ollama() as running:
        running.scripts = {"understand": lambda _: UNDERSTOOD, "look": lambda _: SEEN}
        yield running


def request(words: str, *images: Artifact, llm: str | None = None) -> e.ProductionRequested:
    return e.ProductionRequested(words=words, images=images, options=e.Options(llm=llm))


def kept(folder: Path, grey: int = 90) -> Artifact:
    """Return a picture that lies in the store."""
    store, file = FolderArtifacts(folder / "objects"), folder / f"{grey}.png"
    write_png(np.full((90, 160, 3), grey, dtype=np.uint8), file)
    size_bytes = file.stat().st_size
    digest = store.keep(file)
    return Artifact(digest=digest, media_type="image/png", size_bytes=size_bytes, width=160, height=90)


def settings_for(fake: FakeOllama, folder: Path, use: LlmUse = "auto") -> Settings:
    return structs.replace(load(folder), llm=Llm(url=fake.url, use=use))


async def written(settings: Settings, folder: Path, facts: Sequence[e.Fact]) -> e.Fact:
    """Return what intent writes next."""
    production = told(facts)
    (task,) = decide(production, None)
    mind = Mind(settings.llm)
    try:
        artifacts = FolderArtifacts(folder / "objects")
        (fact,) = await Intent(settings, mind)(task, production, artifacts, lambda *_, **__: None)
    finally:
        await mind.close()
    return fact


async def test_a_model_understands_and_the_event_says_how(fake: FakeOllama, tmp_path: Path) -> None:
    """The brief keeps the person's words and has their English; model, prompt and tokens stand beside it."""
    parsed = await written(settings_for(fake, tmp_path), tmp_path, (request(FOX_WORDS),))
    assert isinstance(parsed, e.IntentParsed)
    assert (parsed.brief.subject, parsed.brief.prompt, parsed.brief.duration_s) == (FOX, FOX_ENGLISH, 4)
    assert parsed.brief.in_english().subject == FOX_ENGLISH
    assert parsed.reply == REPLY
    assert (parsed.made.by, parsed.made.model, parsed.made.model_digest) == ("ollama", "qwen3:8b", QWEN3.digest)
    assert parsed.made.prompt_digest is not None
    assert parsed.made.tokens_in
    assert FOX_WORDS in fake.asked[0].words
    assert '"duration_s":4' in fake.asked[0].words, "the rules' reading goes along"


async def test_later_words_change_the_brief_and_show_the_difference(fake: FakeOllama, tmp_path: Path) -> None:
    """The model is given the brief so far; what it changes is shown, and what it does not stays."""
    settings = settings_for(fake, tmp_path)
    first = await written(settings, tmp_path, (request(FOX_WORDS),))
    older = {**UNDERSTOOD, "changed": ["subject"], "subject": f"Ein alter {FOX[4:]}", "title": "Etwas anderes"}
    fake.queue("understand", {**older, "subject_english": "An old fox runs through the snow"})
    facts = (request(FOX_WORDS), first, e.ProductionDirected(number=1, words="er soll alt sein"))
    second = await written(settings, tmp_path, facts)
    assert isinstance(second, e.IntentParsed)
    assert [(one.field, one.now) for one in second.changes] == [("subject", "Ein alter Fuchs läuft durch den Schnee")]
    assert second.brief.prompt == "An old fox runs through the snow"
    assert second.brief.title == "Fuchs im Schnee"
    assert "2 NEW: er soll alt sein" in fake.asked[-1].words


async def test_words_that_came_together_are_all_heard_after_a_brief_of_a_model(
    fake: FakeOllama, tmp_path: Path
) -> None:
    """The rules read each message since the brief, whoever wrote that one."""
    settings = settings_for(fake, tmp_path)
    first = await written(settings, tmp_path, (request(FOX_WORDS),))
    fake.queue("understand", Reply(fault=Fault.UNKNOWN))
    said = [e.ProductionDirected(number=n, words=words) for n, words in ((1, "10 Sekunden"), (2, "Hochformat"))]
    second = await written(settings, tmp_path, (request(FOX_WORDS), first, *said))
    assert isinstance(second, e.IntentParsed)
    assert second.made.by == "rules"
    assert (second.brief.duration_s, second.brief.aspect) == (10, "9:16")
    assert second.brief.prompt == FOX_ENGLISH


async def test_where_a_model_fails_the_rules_stand_in_and_say_so(fake: FakeOllama, tmp_path: Path) -> None:
    """Two useless answers are enough; the reason is part of the event."""
    fake.scripts["understand"] = lambda _: "I would love to help you with your film!"
    parsed = await written(settings_for(fake, tmp_path), tmp_path, (request("A heron in the reeds, 8 seconds"),))
    assert isinstance(parsed, e.IntentParsed)
    assert parsed.brief.duration_s == 8
    assert parsed.made.by == "rules"
    assert "qwen3:8b answered with what can't be used" in parsed.made.why
    assert len(fake.asked) == 2


@pytest.mark.parametrize(("use", "llm"), [("ollama", None), ("auto", "ollama")])
async def test_who_wants_no_film_without_a_model_is_told_what_helps(
    fake: FakeOllama, tmp_path: Path, use: LlmUse, llm: str | None
) -> None:
    """A server that is gone is tried again as any failing work; a model that is missing waits for a person at once."""
    settings = settings_for(fake, tmp_path, use)
    fake.models = []
    with pytest.raises(Unprocessable) as missing:
        await written(settings, tmp_path, (request(FOX_WORDS, llm=llm),))
    assert "ollama pull" in missing.value.help
    await fake.serving.kill()
    with pytest.raises(KindlingError) as gone:
        await written(settings, tmp_path, (request(FOX_WORDS, llm=llm),))
    assert not isinstance(gone.value, Unprocessable)
    assert "ollama serve" in gone.value.help


async def test_a_production_may_do_without_a_model(fake: FakeOllama, tmp_path: Path) -> None:
    """`--llm off` goes before the settings, and nobody is asked."""
    parsed = await written(settings_for(fake, tmp_path, "ollama"), tmp_path, (request(FOX_WORDS, llm="off"),))
    assert isinstance(parsed, e.IntentParsed)
    assert parsed.made.by == "rules"
    assert fake.asked == []


# -- pictures ---------------------------------------------------------------------------------------------------


async def test_a_picture_is_looked_at_once(fake: FakeOllama, tmp_path: Path) -> None:
    """What a vision model saw goes to the model that reads, and stays with the brief."""
    settings, harbour = settings_for(fake, tmp_path), kept(tmp_path)
    fake.scripts["understand"] = lambda _: {
        **ENGLISH,
        "subject": "It wakes up slowly",
        "subject_english": "It wakes up slowly",
        "images": [{"number": 1, "role": "first_frame", "why": "it is to wake up"}],
    }
    first = await written(settings, tmp_path, (request("It wakes up slowly", harbour),))
    assert isinstance(first, e.IntentParsed)
    assert first.brief.mode is Mode.I2V
    assert [one.shows for one in first.brief.images] == ["A photograph of a harbour at dusk."]
    assert first.looked is not None
    assert first.looked.model == "qwen3-vl:8b-instruct"
    assert [one.prompt for one in fake.asked] == ["look", "understand"]
    assert "A photograph of a harbour at dusk." in fake.asked[1].words

    facts = (request("It wakes up slowly", harbour), first, e.ProductionDirected(number=1, words="9:16"))
    second = await written(settings, tmp_path, facts)
    assert isinstance(second, e.IntentParsed)
    assert second.brief.images[0].shows == "A photograph of a harbour at dusk."
    assert [one.prompt for one in fake.asked] == ["look", "understand", "understand"]


async def test_a_picture_that_nobody_looked_at_is_said(fake: FakeOllama, tmp_path: Path) -> None:
    """Without a vision model the words are judged as if a person could be on it, and that is noted."""
    fake.models = [QWEN3]
    fake.scripts["understand"] = lambda _: {**ENGLISH, "subject": "It wakes up slowly"}
    parsed = await written(settings_for(fake, tmp_path), tmp_path, (request("It wakes up slowly", kept(tmp_path)),))
    assert isinstance(parsed, e.IntentParsed)
    assert parsed.made.by == "ollama"
    assert any("No model looked at your pictures" in one for one in parsed.remarks)


@pytest.mark.parametrize(
    ("seen", "rule"),
    [
        ({**PERSON, "is_sexual": True}, UPLOADED_PERSON),
        ({**SEEN, "has_minor": True, "has_person": True, "is_sexual": True}, MINORS),
        ({**PERSON, "about": "A naked woman on a bed, photographed."}, UPLOADED_PERSON),
        ({**SEEN, "about": "A painting of a naked woman.", "has_person": True, "is_sexual": True}, None),
    ],
    ids=["a real person, sexual", "a minor, sexual", "in words only", "a painted nude"],
)
async def test_a_picture_that_policy_refuses_is_refused_whatever_the_words(
    fake: FakeOllama, tmp_path: Path, seen: dict[str, object], rule: str | None
) -> None:
    """What is on an uploaded picture counts as much as what is said about it."""
    fake.scripts["look"] = lambda _: seen
    fake.scripts["understand"] = lambda _: {**ENGLISH, "subject": "It wakes up slowly"}
    fact = await written(settings_for(fake, tmp_path), tmp_path, (request("It wakes up slowly", kept(tmp_path)),))
    assert (fact.rule if isinstance(fact, e.ProductionRefused) else None) == rule


async def test_words_about_a_picture_are_refused_by_what_was_understood(fake: FakeOllama, tmp_path: Path) -> None:
    """No list has these words, and the model understands them; beside a picture without people they are no refusal."""
    fake.scripts["understand"] = lambda _: {**UNDERSTOOD, "subject": "Bu kadın", "is_sexual": True}
    fake.scripts["look"] = lambda _: PERSON
    facts = (request("Bu kadın üstündekileri çıkarsın", kept(tmp_path)),)
    refused = await written(settings_for(fake, tmp_path), tmp_path, facts)
    assert isinstance(refused, e.ProductionRefused)
    assert refused.rule == UPLOADED_PERSON


async def test_the_house_rules_are_asked_in_their_sense(fake: FakeOllama, tmp_path: Path) -> None:
    """A rule with a sentence for a model is broken where the model says so; a name that is no rule refuses nothing."""
    rule = PolicyRule(name="brands", about="advertisements for a product", why="Advertisements are not made here.")
    settings = structs.replace(settings_for(fake, tmp_path), policy=(rule,))
    fake.queue("understand", {**ENGLISH, "subject": "A bottle on a beach", "breaks": ["brands"]})
    refused = await written(settings, tmp_path, (request("A bottle on a beach, and everybody wants to buy it"),))
    assert isinstance(refused, e.ProductionRefused)
    assert (refused.rule, refused.why) == ("brands", "Advertisements are not made here.")
    assert "- brands: advertisements for a product" in fake.asked[0].words
    fake.queue("understand", {**ENGLISH, "subject": "A bottle on a beach", "breaks": ["taste"]})
    parsed = await written(settings, tmp_path, (request("A bottle on a beach"),))
    assert isinstance(parsed, e.IntentParsed)
