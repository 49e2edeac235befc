"""A reviewer with a fake Ollama and real clips: one production with takes to judge."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from benchmarks.planted import DEFECTS, Frames, Take, pan
from bus import events as e
from bus.plan import Criterion, CriterionKind, Figure, Plan, Segment, Size, order_for
from bus.production import Production
from bus.wire.artifacts import FolderArtifacts
from bus.wire.sharing import UnsharedGpu
from services._kit.home import Home
from services._kit.minds import Mind
from services._kit.settings import Llm, Settings
from services.reviewer.decide import LastLook, Review, decide
from services.reviewer.perform import Reviewer
from services.reviewer.standing import Limits, Reputation
from tests import stories
from tests.fakes.ollama import FakeOllama

FRAMES = 33
BOAT = Criterion(id="boat", question="Is there one red boat on the lake?", kind=CriterionKind.SEEN)
LIGHT = Criterion(id="light", question="Is it dusk?", kind=CriterionKind.SEEN, must_hold=False)
ROWS = Criterion(id="rows", question="Is the boat moving to the left?", kind=CriterionKind.SEEN)
MARA = Figure(name="Mara", description="a woman of about sixty with short grey hair and a yellow oilskin")
CLEAN = next(one for one in DEFECTS if one.criterion is None)
BLACK = next(one for one in DEFECTS if one.criterion == "black")


def seen_segment(number: int, *criteria: Criterion, prompt: str = "") -> Segment:
    """Return a segment that is checked for these criteria."""
    one = stories.segment(number, frames=FRAMES)
    shown = prompt or f"A red boat on a lake, part {number}."
    return structs.replace(one, criteria=criteria or (BOAT, LIGHT), prompt=shown, beat="A red boat on a lake.")


def seen_plan(*segments: Segment, people: tuple[Figure, ...] = ()) -> Plan:
    """Return a plan in a size that is quick to draw."""
    plan = stories.plan(*(segments or (seen_segment(1),)))
    return structs.replace(plan, size=Size(208, 128), crop=Size(208, 128), people=people)


class Studio:
    """A reviewer, its artifacts, and the production that it works on."""

    def __init__(
        self, folder: Path, fake: FakeOllama | None, plan: Plan | None = None, use: str = "auto", words: str = ""
    ) -> None:
        self.artifacts = FolderArtifacts(folder / "objects")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.plan = plan or seen_plan()
        url = fake.url if fake is not None else "http://127.0.0.1:9"
        self.settings = Settings(home=Home(folder), llm=Llm(url=url, use=use))  # type: ignore[arg-type]
        self.reputation = Reputation(Limits())
        self.reputation.catch_up()
        self.mind = Mind(self.settings.llm)
        self.reviewer = Reviewer(self.settings, self.mind, UnsharedGpu(), self.reputation)
        request = e.ProductionRequested(words=words or "A red boat on a lake")
        self.facts: list[e.Fact] = [
            request,
            *stories.BEGINNING[1:],
            e.PlanWritten(number=1, plan=self.plan, made=stories.MADE),
        ]
        self.frames: Frames = pan(208, 128, FRAMES)

    def render(self, segment: int, take: int = 1, shown: Take | None = None) -> None:
        """Have a take rendered: a clean one, unless it is told otherwise."""
        clip = (shown or CLEAN.plant(self.frames)).write(self.folder / f"{segment}-{take}.mp4")
        size_bytes = clip.stat().st_size
        part = self.plan.segment(segment)
        assert part is not None
        rendered = stories.rendered(segment, take)
        kept = structs.replace(rendered.clip, digest=self.artifacts.keep(clip), size_bytes=size_bytes)
        last = next((one for one in reversed(self.facts) if isinstance(one, e.SegmentRejected)), None)
        order = order_for(self.plan, part, take, None, last.verdict.advice if last else "")
        ordered = structs.replace(stories.ordered(self.plan, segment, take), order=order)
        self.facts += [ordered, structs.replace(rendered, clip=kept)]

    @property
    def state(self) -> Production:
        """Return the state of the production."""
        return stories.told(self.facts)

    async def review(self) -> Sequence[e.Fact]:
        """Do the first thing that the reviewer has to do, and return what it writes."""
        state = self.state
        task = decide(state, None)[0]
        assert isinstance(task, Review | LastLook)
        facts = await self.reviewer(task, state, self.artifacts, silent)
        self.facts += facts
        return facts

    async def judged(self) -> e.SegmentApproved | e.SegmentRejected:
        """Return the verdict on the take that waits for one."""
        fact = (await self.review())[0]
        assert isinstance(fact, e.SegmentApproved | e.SegmentRejected)
        return fact

    async def close(self) -> None:
        """Let go of the model."""
        await self.mind.close()


def outcome(fact: e.SegmentApproved | e.SegmentRejected, criterion: str) -> str:
    """Return what became of a criterion, or nothing where it is not there."""
    return next((str(one.outcome) for one in fact.verdict.findings if one.criterion == criterion), "")


def evidence(fact: e.SegmentApproved | e.SegmentRejected, criterion: str) -> str:
    """Return the evidence on a criterion."""
    return next(one.evidence for one in fact.verdict.findings if one.criterion == criterion)


def silent(done: int, total: int, *, preview: bytes | None = None) -> None:
    """Progress is not looked at here."""
