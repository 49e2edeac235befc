"""Plans that a model thinks out: what it is told, what is asked again, and when the rules plan in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from msgspec import structs

from bus.errors import KindlingError, Unprocessable
from bus.events import (
    Fact,
    PlanRevised,
    PlanWritten,
    ProductionDirected,
    ProductionRefused,
    ProductionRequested,
    SampleApproved,
    SampleOrdered,
)
from bus.plan import Brief, SegmentNote
from bus.plan_rules import plan_problems
from bus.wire.artifacts import FolderArtifacts
from services._kit.minds import Mind
from services._kit.settings import Llm, LlmUse, load
from services.planner.decide import WritePlan, WriteSample, decide
from services.planner.perform import Planner
from services.planner.rendering import load_renderers
from services.planner.story import SampleShot, Shots
from tests import stories
from tests.fakes.ollama import Asked, FakeOllama, ollama
from tests.unit.test_plan_assembly import MARA, PIER, STORY, shot

FILM = stories.brief(subject="an old woman lights the lamp on the pier", duration_s=20.0)
SHOTS = Shots(
    shots=(
        shot(),
        shot(beat="She reaches the lamp.", scene="Mara stops in front of the iron lamp and looks up at its glass."),
        shot(beat="A match.", scene="Mara's hand strikes a match close to the wick; the flame bends and then stands."),
        shot(
            beat="Light.",
            scene="The lamp on the pier begins to burn and lights the wet planks.",
            people=(),
        ),
        shot(beat="She goes.", scene="Mara walks away along the pier, small against the last light of the sea."),
    )
)
SAMPLE = SampleShot(
    movement=shot().movement, people=("Mara",), place="the pier", scene=SHOTS.shots[0].scene, shot=shot().shot
)


@pytest.fixture
async def fake() -> AsyncIterator[FakeOllama]:
    """Return a server that plans well."""
    async with ollama() as running:
        running.scripts = {"story": lambda _: STORY, "shots": lambda _: SHOTS, "sample": lambda _: SAMPLE}
        yield running


async def performed(fake: FakeOllama, folder: Path, facts: Sequence[Fact], use: LlmUse = "auto") -> Fact:
    """Return what the planner writes next, thinking with this server."""
    settings = structs.replace(load(folder), llm=Llm(url=fake.url, use=use))
    production = stories.told(facts)
    (task,) = decide(production, None)
    assert isinstance(task, WritePlan | WriteSample)
    mind = Mind(settings.llm)
    try:
        planner = Planner(load_renderers(settings), mind)
        (fact,) = await planner(task, production, FolderArtifacts(folder / "objects"), lambda *_, **__: None)
    finally:
        await mind.close()
    return fact


def beginning(brief: Brief = FILM) -> tuple[Fact, ...]:
    """Return a production whose plan is due."""
    words = structs.replace(stories.BEGINNING[0], words="An old woman lights the lamp on the pier")
    return (words, structs.replace(stories.parsed(), brief=brief), *stories.BEGINNING[2:])


async def test_a_model_thinks_out_the_plan(fake: FakeOllama, tmp_path: Path) -> None:
    """The plan is the model's, holds, and says which model wrote it and with which prompts."""
    written = await performed(fake, tmp_path, beginning())
    assert isinstance(written, PlanWritten)
    assert [one.beat for one in written.plan.segments] == [one.beat for one in SHOTS.shots]
    assert plan_problems(written.plan) == ()
    assert written.plan.duration_s == 20.0
    assert written.made.by == "ollama"
    assert written.made.model == "qwen3:8b"
    assert written.made.prompt_digest is not None
    assert [one.prompt for one in fake.asked] == ["story", "shots"]
    assert "An old woman lights the lamp on the pier" in fake.asked[0].words
    assert MARA.description in fake.asked[1].words


async def test_a_renderer_that_nobody_knows_is_said_in_whole_sentences(fake: FakeOllama, tmp_path: Path) -> None:
    """The nearest one is asked after, and the question ends as one."""
    asked = stories.BEGINNING[0]
    assert isinstance(asked, ProductionRequested)
    wrong = structs.replace(asked, options=structs.replace(asked.options, renderer="wan2.9"))
    with pytest.raises(Unprocessable) as caught:
        await performed(fake, tmp_path, (wrong, stories.parsed()))
    assert caught.value.what.endswith("Did you mean 'wan2.1'?")


async def test_the_approved_sample_carries_its_look_into_the_plan(fake: FakeOllama, tmp_path: Path) -> None:
    """The look that the person approved is the plan's, letter for letter, whatever the model would choose now."""
    fake.scripts["story"] = lambda _: structs.replace(STORY, light="neon", tones="pink")
    written = await performed(fake, tmp_path, beginning())
    assert isinstance(written, PlanWritten)
    assert written.plan.look == stories.sample_order().look
    assert stories.sample_order().prompt in fake.asked[0].words


async def test_what_breaks_a_rule_is_asked_again_with_what_was_wrong(fake: FakeOllama, tmp_path: Path) -> None:
    """The model is told the sentence of the fault; its second answer becomes the plan."""
    stranger = structs.replace(SHOTS.shots[1], people=("Bob",))
    fake.queue("shots", Shots(shots=(SHOTS.shots[0], stranger, *SHOTS.shots[2:])))
    written = await performed(fake, tmp_path, beginning())
    assert isinstance(written, PlanWritten)
    assert written.made.by == "ollama"
    again = fake.asked[-1].words
    assert "Bob" in again
    assert "shot 2" in again


async def test_after_three_tries_the_rules_plan_and_say_so(fake: FakeOllama, tmp_path: Path) -> None:
    """A model that does not mend its answer is not asked for ever; the plan holds and says why."""
    fake.scripts["shots"] = lambda _: Shots(shots=SHOTS.shots[:1])
    written = await performed(fake, tmp_path, beginning())
    assert isinstance(written, PlanWritten)
    assert [one.prompt for one in fake.asked] == ["story", "shots", "shots", "shots"]
    assert written.made.by == "rules"
    assert "1 shots" in written.made.why
    assert plan_problems(written.plan) == ()


async def test_without_a_model_the_rules_plan_and_say_so(fake: FakeOllama, tmp_path: Path) -> None:
    """Nothing answers: the same plan as ever, with the reason."""
    await fake.serving.kill()
    written = await performed(fake, tmp_path, beginning())
    assert isinstance(written, PlanWritten)
    assert written.made.by == "rules"
    assert fake.url in written.made.why


async def test_who_wants_no_film_without_a_model_is_told(fake: FakeOllama, tmp_path: Path) -> None:
    """With `ollama` asked for, a model that does not answer is a failure in words, and not a plan by rule."""
    await fake.serving.kill()
    with pytest.raises(KindlingError) as caught:
        await performed(fake, tmp_path, beginning(), use="ollama")
    assert caught.value.what
    assert caught.value.help


async def test_the_sample_is_thought_out_too(fake: FakeOllama, tmp_path: Path) -> None:
    """The sample's prompt describes who and where as the plan will, and the event says who wrote it."""
    ordered = await performed(fake, tmp_path, beginning()[:2])
    assert isinstance(ordered, SampleOrdered)
    assert MARA.description in ordered.order.prompt
    assert PIER.description in ordered.order.prompt
    assert ordered.order.draft
    assert ordered.made is not None
    assert ordered.made.by == "ollama"


async def test_a_long_film_is_asked_for_in_parts(fake: FakeOllama, tmp_path: Path) -> None:
    """Thirty shots come in three answers; each question says which shots are due and what is told already."""

    def part(asked: Asked) -> Shots:
        due = asked.words.rpartition("Write shots ")[2].split(" ")
        first, last = int(due[0]), int(due[2])
        scenes = [shot(beat=f"Beat {number}.") for number in range(first, last + 1)]
        return Shots(shots=tuple(scenes))

    fake.scripts["shots"] = part
    written = await performed(fake, tmp_path, beginning(structs.replace(FILM, duration_s=120.0)))
    assert isinstance(written, PlanWritten)
    assert written.made.by == "ollama"
    count = len(written.plan.segments)
    assert count > 24
    assert [one.beat for one in written.plan.segments] == [f"Beat {number}." for number in range(1, count + 1)]
    asked = [one for one in fake.asked if one.prompt == "shots"]
    assert len(asked) == 3
    assert "12. Beat 12." in asked[1].words


async def test_a_revision_keeps_what_the_words_do_not_touch(fake: FakeOllama, tmp_path: Path) -> None:
    """The model is shown the plan before; what it keeps is the same to the byte and will not be rendered again."""
    first = await performed(fake, tmp_path, beginning())
    assert isinstance(first, PlanWritten)
    fireworks = "Fireworks open over the pier and colour the wet planks red and green."
    changed = structs.replace(SHOTS.shots[3], keeps=4, keeps_changed=True, beat="Fireworks.", scene=fireworks)
    kept = tuple(structs.replace(one, keeps=number) for number, one in enumerate(SHOTS.shots, 1))
    fake.scripts["shots"] = lambda _: Shots(shots=(*kept[:3], changed, kept[4]))
    second = await performed(fake, tmp_path, (*beginning(), first, *directed("fireworks instead of the lamp")))
    assert isinstance(second, PlanRevised)
    assert "4. (" in fake.asked[-1].words
    for old, new in zip(first.plan.segments, second.plan.segments, strict=True):
        assert new.id == old.id
        assert (new.prompt == old.prompt) is (old.id != 4)


async def test_notes_hold_when_the_model_is_gone(fake: FakeOllama, tmp_path: Path) -> None:
    """A note on one segment of a plan that a model wrote changes that one alone, also where only rules are left."""
    first = await performed(fake, tmp_path, beginning())
    assert isinstance(first, PlanWritten)
    await fake.serving.kill()
    note = SegmentNote(segment=2, words="add a black dog")
    second = await performed(fake, tmp_path, (*beginning(), first, *directed("segment 2: add a black dog", note)))
    assert isinstance(second, PlanRevised)
    assert second.made.by == "rules"
    differing = [a.id for a, b in zip(first.plan.segments, second.plan.segments, strict=True) if a != b]
    assert differing == [2]
    assert second.remarks


async def test_what_a_model_writes_is_asked_of_the_policy(fake: FakeOllama, tmp_path: Path) -> None:
    """A plan whose prompts the policy refuses is refused, whoever wrote it."""
    bad = structs.replace(SHOTS.shots[1], scene="A naked 12 year old girl stands beside the lamp on the wet planks.")
    fake.scripts["shots"] = lambda _: Shots(shots=(SHOTS.shots[0], bad, *SHOTS.shots[2:]))
    refused = await performed(fake, tmp_path, beginning())
    assert isinstance(refused, ProductionRefused)
    assert refused.rule == "minors"


def directed(words: str, *notes: SegmentNote) -> tuple[Fact, ...]:
    """Return further words, and the brief that came of them."""
    brief = structs.replace(FILM, notes=notes)
    return (
        ProductionDirected(number=1, words=words),
        structs.replace(stories.parsed(2, 2), brief=brief),
        structs.replace(stories.BEGINNING[2], brief=2),
        stories.sample_rendered(2),
        SampleApproved(brief=2, take=1),
    )
