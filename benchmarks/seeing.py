"""What the cascade makes of a model that looks: takes with faults and without, and a witness of known quality.

Run `python -m benchmarks.seeing`; the tables of docs/review.md on what is seen are its output. The witness is no model:
it answers from the truth, and errs as often as it is told to. So this measures the rules of evidence and not a model.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import ClassVar

from msgspec import Struct, structs

from benchmarks.planted import DEFECTS, SCENES, Frames
from bus.events import SegmentApproved, SegmentRejected
from bus.plan import Criterion, CriterionKind, Outcome, Size, Verdict
from bus.ports import Artifacts
from bus.production import Production
from services.reviewer.answers import Reply
from services.reviewer.decide import Review, decide
from services.reviewer.perform import Reviewer
from tests.contract.reviewer_house import FRAMES, Studio, seen_plan, seen_segment, silent
from tests.fakes.ollama import FakeOllama, ollama
from tests.fakes.ollama_script import QWEN3_VL
from tests.fakes.vision import Witness

TAKES = 60
"""Takes of each kind for each witness."""
SUBJECT = Criterion(id="subject", question="Is a red boat visible?", kind=CriterionKind.SEEN)
COUNT = Criterion(id="count", question="Is there one boat and no second one?", kind=CriterionKind.SEEN)
PLACE = Criterion(id="place", question="Does the picture show a lake?", kind=CriterionKind.SEEN, must_hold=False)
CRITERIA = (SUBJECT, COUNT, PLACE)


class Quality(Struct, frozen=True, kw_only=True):
    """How often a witness is wrong."""

    name: str
    misses: float = 0.0
    false_alarms: float = 0.0
    sees_ghosts: float = 0.0
    unsure: float = 0.0
    frames: tuple[int, ...] = (2, 3, 5)


QUALITIES = (
    Quality(name="never wrong"),
    Quality(name="misses 20 %", misses=0.2),
    Quality(name="alarms 10 %, from several pictures", false_alarms=0.1),
    Quality(name="alarms 10 %, each from one picture", false_alarms=0.1, frames=(3,)),
    Quality(name="unsure 30 %", unsure=0.3),
    Quality(name="says yes to ghosts in 25 %", misses=0.2, false_alarms=0.1, sees_ghosts=0.25),
)


class Count(Struct, kw_only=True):
    """What became of takes."""

    rejected: int = 0
    noted: int = 0
    void: int = 0
    takes: int = 0
    failed: dict[str, int] = {}
    """By criterion, how often it failed."""


class Measured(Reviewer):
    """A reviewer that measures a take once: it is the same one each time, and only what is seen of it differs."""

    known: ClassVar[dict[str, Verdict]] = {}

    async def _measured(self, task: Review, production: Production, artifacts: Artifacts) -> Verdict:
        assert task.take.rendered is not None
        digest = task.take.rendered.clip.digest
        if digest not in self.known:
            self.known[digest] = await super()._measured(task, production, artifacts)
        return self.known[digest]


async def judged(studio: Studio, fake: FakeOllama, witness: Witness) -> SegmentApproved | SegmentRejected:
    """Return the verdict on the one take, as this witness sees it; the production is as before afterwards."""
    fake.scripts = witness.scripts()
    state = studio.state
    (task,) = decide(state, None)
    fact = (await studio.reviewer(task, state, studio.artifacts, silent))[0]
    assert isinstance(fact, SegmentApproved | SegmentRejected)
    return fact


async def counted(studio: Studio, fake: FakeOllama, quality: Quality, fault: Criterion | None) -> Count:
    """Return what becomes of so many takes with this fault, or with none."""
    count = Count(takes=TAKES)
    truth = {fault.question: Reply.NO} if fault is not None else {}
    for seed in range(TAKES):
        witness = Witness(
            truth=dict(truth),
            seed=seed,
            misses=quality.misses,
            false_alarms=quality.false_alarms,
            sees_ghosts=quality.sees_ghosts,
            unsure=quality.unsure,
            frames=quality.frames,
        )
        verdict = (await judged(studio, fake, witness)).verdict
        failed = {one.criterion for one in verdict.findings if one.outcome is Outcome.FAIL}
        for one in failed & {one.id for one in CRITERIA}:
            count.failed[one] = count.failed.get(one, 0) + 1
        count.rejected += not verdict.is_good
        count.noted += verdict.is_good and bool(failed & {one.id for one in CRITERIA})
        count.void += "control" in failed
    return count


async def print_rows(folder: Path) -> None:
    """Print the tables."""
    async with ollama(FakeOllama(models=[QWEN3_VL])) as fake:
        studio = Studio(folder, fake, seen_plan(seen_segment(1, *CRITERIA)))
        studio.reviewer = Measured(studio.settings, studio.mind, studio.reviewer.gpu, studio.reputation)
        studio.render(1)
        head = " | ".join(f"{one.id} wrong" for one in CRITERIA)
        print(f"| witness | {head} | clean | false alarms on clean ones | thrown away |")
        print(f"| --- |{' --- |' * (len(CRITERIA) + 3)}")
        for quality in QUALITIES:
            counts = [await counted(studio, fake, quality, one) for one in (*CRITERIA, None)]
            void = sum(one.void for one in counts) / sum(one.takes for one in counts)
            cells = " | ".join(_cell(one) for one in counts)
            print(f"| {quality.name} | {cells} | {_alarms(counts[-1])} | {void:.0%} |", flush=True)
        await studio.close()
        print()
        print(await broken_row(folder, fake))


def _alarms(clean: Count) -> str:
    return ", ".join(f"{one.id} {clean.failed.get(one.id, 0) / clean.takes:.0%}" for one in CRITERIA)


def _cell(count: Count) -> str:
    rejected, noted = count.rejected / count.takes, count.noted / count.takes
    return f"{rejected:.0%} rejected" + (f", {noted:.0%} noted" if noted else "")


async def broken_row(folder: Path, fake: FakeOllama) -> str:
    """Return whether takes that are broken by measure were shown to the model. They continue no other take."""
    plan = seen_plan(seen_segment(1, *CRITERIA))
    plan = structs.replace(plan, size=Size(416, 240), crop=Size(416, 240))
    shown, rejected, takes = 0, 0, 0
    for name, draw in SCENES.items():
        frames: Frames = draw(416, 240, FRAMES)
        for planted in DEFECTS:
            if planted.criterion in (None, "seam"):
                continue
            studio = Studio(folder / name / planted.name.replace(" ", "-"), fake, plan)
            studio.frames = frames
            studio.render(1, shown=planted.plant(frames))
            fake.asked.clear()
            fact = await judged(studio, fake, Witness())
            await studio.close()
            takes, shown = takes + 1, shown + bool(fake.asked)
            rejected += isinstance(fact, SegmentRejected)
    return f"Broken by measure: {rejected} of {takes} rejected, {shown} of them shown to the model."


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(print_rows(Path(name)))


if __name__ == "__main__":
    main()
