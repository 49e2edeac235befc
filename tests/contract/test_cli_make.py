"""`kindling make` from the request to the film: what is asked, what is shown, and how it ends."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from bus import events as e
from bus.ids import ProductionId
from bus.production import Production, Word
from kindling.client import Gateway
from kindling.display import NoAnswer, fact_line
from kindling.ends import end_of
from kindling.exits import Exit, Trouble, code_of
from kindling.lines import Pace
from kindling.making import Making
from kindling.manner import Left, Manner
from kindling.places import Places
from kindling.screen import address_line
from kindling.watch import Watch
from services.gateway.experience import Experience
from services.gateway.requests import OptionsBody
from tests.contract.cli_stage import Stage, open_stage

WITHIN_S = 20.0
Reply = str | NoAnswer | Callable[[], Awaitable[None]]


@dataclass
class Screen:
    """A display that keeps what is shown, and answers questions from a list.

    A reply that is a function is somebody else's act: it is done, and the question then waits to be withdrawn.
    """

    replies: list[Reply] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    updates: int = 0
    width: int = 80
    has_true_colour: bool = False

    def __post_init__(self) -> None:
        self.console = Console(file=io.StringIO(), record=True, width=self.width, markup=False, highlight=False)

    def show(self, what: RenderableType) -> None:
        self.console.print(what)

    def show_address(self, where: str) -> None:
        self.console.print(address_line(where), soft_wrap=True)

    def fact(self, recorded: e.Recorded) -> None:
        self.console.print(fact_line(recorded))

    def update(self, production: Production, paces: Mapping[str, Pace], experience: Experience) -> None:
        if not self.updates:
            self.console.print(f"watching {production.id}")
        self.updates += 1

    async def ask(self, prompt: str, settled: Callable[[], Awaitable[None]]) -> str | NoAnswer:
        self.asked.append(prompt)
        reply = self.replies.pop(0)
        if isinstance(reply, (str, NoAnswer)):
            return reply
        await reply()
        await settled()
        return NoAnswer.WITHDRAWN

    def close(self) -> None:
        pass

    @property
    def text(self) -> str:
        return self.console.export_text(clear=False)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Return a gateway with a crew at work behind it."""
    async with open_stage(tmp_path / "objects") as one:
        yield one


async def make(
    stage: Stage,
    folder: Path,
    words: str,
    screen: Screen,
    *,
    yes: bool = False,
    is_asking: bool = True,
    options: OptionsBody | None = None,
) -> Production:
    """Make a film of the words, with the screen to ask and to show."""
    async with Gateway(stage.url) as gateway:
        answer = await gateway.create(words, options or OptionsBody(), (), words)
        return await watch(stage, folder, answer.id, answer.revision, screen, Manner(is_asking, yes))


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(WITHIN_S):
        while not is_so():  # noqa: ASYNC110 - a screen tells nobody that it was drawn upon
            await asyncio.sleep(0.01)


async def watch(
    stage: Stage, folder: Path, production: ProductionId, since: int, screen: Screen, manner: Manner
) -> Production:
    """Watch a production to its end."""
    async with Gateway(stage.url) as gateway:
        making = Making(gateway, Watch(production, time.monotonic), screen, Places(folder, stage.url), manner)
        return await asyncio.wait_for(making.run(since), WITHIN_S)


async def test_a_sentence_becomes_a_film_once_its_sample_is_approved(stage: Stage, tmp_path: Path) -> None:
    """Enter approves; brief, sample, estimate and plan were shown before, and the film is done at the end."""
    screen = Screen(replies=[""])
    production = await make(stage, tmp_path, "a lighthouse", screen)
    assert end_of(production) is None
    assert screen.asked == ["is this the vibe? [Y/n/what to change]"]
    for part in (
        "The Lighthouse Keeper",
        "assumed",
        "Sample 1-1",
        "roughly 8.2 s to make, going by the sample",
        "The plan",
        "track right",
    ):
        assert part in screen.text
    assert screen.text.count("The brief") == 1


async def test_other_words_change_the_sample_and_only_the_difference_is_shown(stage: Stage, tmp_path: Path) -> None:
    """What is neither yes nor no redirects; the new brief is shown as what changed, and is asked about anew."""
    screen = Screen(replies=["darker, at night", "y"])
    production = await make(stage, tmp_path, "a lighthouse", screen)
    assert end_of(production) is None
    assert [one.word for one in production.samples] == [Word.REDIRECTED, Word.APPROVED]
    assert production.conversation[-1].words == "darker, at night"
    changed = screen.text.split("Brief 2, changed")[1].split("Sample 2-1")[0]
    assert "dusk → night" in changed
    assert "assumed" not in changed


async def test_no_asks_what_to_change_and_calls_off_without_an_answer(stage: Stage, tmp_path: Path) -> None:
    """A bare no is not taken for words; Enter then cancels, and that is how it ends."""
    screen = Screen(replies=["n", ""])
    production = await make(stage, tmp_path, "a lighthouse", screen)
    assert len(screen.asked) == 2
    ended = end_of(production)
    assert ended is not None
    assert code_of(ended) is Exit.STUCK
    assert isinstance(production.end, e.ProductionCancelled)


async def test_yes_approves_and_takes_the_assumption_and_says_both(stage: Stage, tmp_path: Path) -> None:
    """With --yes nothing is asked, and what was decided in the person's place is said."""
    screen = Screen()
    production = await make(stage, tmp_path, "a lighthouse, question", screen, yes=True, is_asking=False)
    assert end_of(production) is None
    assert screen.asked == []
    assert "taking what is assumed (--yes): it is made from the words alone" in screen.text
    assert "approved without asking (--yes)" in screen.text


async def test_yes_leaves_a_question_without_an_assumption_to_the_person(stage: Stage, tmp_path: Path) -> None:
    """There is nothing to take: it ends with the question and how to answer it, and asks the gateway nothing."""
    screen = Screen()
    production = await make(stage, tmp_path, "a lighthouse, hard question", screen, yes=True, is_asking=False)
    ended = end_of(production)
    assert ended is not None
    assert code_of(ended) is Exit.STUCK
    assert "Which picture?" in str(ended)
    assert f"kindling answer {production.id}" in ended.help
    assert [one.words for one in production.conversation] == ["a lighthouse, hard question"]
    assert "otherwise" not in screen.text


async def test_enter_is_no_answer_to_a_question_without_an_assumption(stage: Stage, tmp_path: Path) -> None:
    """It is asked again, and words are what answers it."""
    screen = Screen(replies=["", "the red one", ""])
    production = await make(stage, tmp_path, "a lighthouse, hard question", screen)
    assert end_of(production) is None
    assert screen.asked[:2] == ["your answer", "your answer"]
    assert [one.words for one in production.conversation] == ["a lighthouse, hard question", "the red one"]


async def test_a_question_is_asked_in_place(stage: Stage, tmp_path: Path) -> None:
    """The answer goes to the question that was shown, with its reason."""
    screen = Screen(replies=["the red one", ""])
    production = await make(stage, tmp_path, "a lighthouse, question", screen)
    assert end_of(production) is None
    assert "None came with the words." in screen.text
    assert [one.words for one in production.conversation] == ["a lighthouse, question", "the red one"]


async def test_without_a_terminal_somebody_else_approves(stage: Stage, tmp_path: Path) -> None:
    """It is said how, and the watching goes on when it has happened."""
    screen = Screen()
    making = asyncio.create_task(make(stage, tmp_path, "a lighthouse", screen, is_asking=False))
    async with Gateway(stage.url) as gateway:
        await until(lambda: "kindling approve" in screen.text)
        (listed,) = await gateway.productions()
        assert f"kindling approve {listed.id}" in screen.text
        await gateway.approve(listed.id)
    assert end_of(await making) is None


async def test_a_question_is_withdrawn_when_somebody_else_decides(stage: Stage, tmp_path: Path) -> None:
    """Two people at the same sample: the second one's prompt goes away, and the film is made once."""

    async def approve() -> None:
        async with Gateway(stage.url) as gateway:
            await gateway.approve((await gateway.productions())[0].id)

    screen = Screen(replies=[approve])
    production = await make(stage, tmp_path, "a lighthouse", screen)
    assert end_of(production) is None
    assert "somebody else decided" in screen.text


async def test_what_is_refused_is_said_and_asked_again(stage: Stage, tmp_path: Path) -> None:
    """Words that can't be taken are no end: the sample still waits for a word."""
    screen = Screen(replies=["x" * 9000, ""])
    production = await make(stage, tmp_path, "a lighthouse", screen)
    assert end_of(production) is None
    assert len(screen.asked) == 2
    assert "✗" in screen.text


async def test_a_problem_stops_it_and_says_how_to_go_on(stage: Stage, tmp_path: Path) -> None:
    """Where a person says no to another try, what, why and help are on the screen, and the exit code says stuck."""
    screen = Screen(replies=["", ""])
    production = await make(stage, tmp_path, "a lighthouse, stuck", screen)
    ended = end_of(production)
    assert isinstance(ended, Trouble)
    assert ended.code is Exit.STUCK
    assert f"kindling make --continue {production.id}" in ended.help
    for part in ("Problem 1: segment 2", "out of memory", "free memory", f"kindling resume {production.id}"):
        assert part in screen.text


async def test_trying_again_after_a_problem_goes_on_to_the_film(stage: Stage, tmp_path: Path) -> None:
    """A yes resumes every open problem."""
    screen = Screen(replies=["", "y"])
    production = await make(stage, tmp_path, "a lighthouse, stuck", screen)
    assert end_of(production) is None
    assert screen.asked[-1] == "try again? [y/N/what to change]"


async def test_a_rejected_take_is_said_with_its_reason(stage: Stage, tmp_path: Path) -> None:
    """What is done once more is no secret."""
    screen = Screen(replies=[""])
    production = await make(stage, tmp_path, "a lighthouse, soft", screen)
    assert end_of(production) is None
    assert "take 2-1 rejected: sharpness 12.4, the limit is 40" in screen.text


async def test_going_on_shows_the_state_and_tells_no_history(stage: Stage, tmp_path: Path) -> None:
    """A production that was left is taken up where it is: its brief once, its plan once, none of its old facts."""
    first = await make(stage, tmp_path, "a lighthouse, soft", Screen(replies=[""]))
    screen = Screen()
    again = await watch(stage, tmp_path, first.id, first.ordinal, screen, Manner(is_asking=True))
    assert end_of(again) is None
    assert screen.text.count("The brief") == 1
    assert screen.text.count("The plan") == 1
    assert "rejected" not in screen.text


async def test_the_end_of_the_input_leaves_the_production_on_the_log(stage: Stage, tmp_path: Path) -> None:
    """A closed terminal is no no: nothing is decided."""
    with pytest.raises(Left):
        await make(stage, tmp_path, "a lighthouse", Screen(replies=[NoAnswer.CLOSED]))
    async with Gateway(stage.url) as gateway:
        (listed,) = await gateway.productions()
    assert listed.status.name == "awaiting_approval"


async def test_without_a_sample_nothing_is_asked(stage: Stage, tmp_path: Path) -> None:
    """`--no-sample` goes straight to the plan."""
    screen = Screen()
    production = await make(stage, tmp_path, "a lighthouse", screen, options=OptionsBody(sample=False))
    assert end_of(production) is None
    assert (screen.asked, production.samples) == ([], ())


async def test_a_gateway_that_goes_away_is_said_once_and_waited_for(tmp_path: Path) -> None:
    """The stream is taken up where it stopped: each fact once, at another gateway over the same log."""
    screen = Screen(replies=[""])
    async with open_stage(tmp_path / "objects") as stage:
        stage.crew.is_at_work.clear()
        port = int(stage.url.rpartition(":")[2])
        making = asyncio.create_task(make(stage, tmp_path, "a lighthouse", screen))
        await until(lambda: "watching" in screen.text)
    await until(lambda: "does not answer" in screen.text)
    async with open_stage(tmp_path / "objects", port=port, log=stage.log):
        production = await making
    assert end_of(production) is None
    assert screen.text.count("does not answer") == 1
    assert "answers again" in screen.text
    assert production.anomalies == ()
