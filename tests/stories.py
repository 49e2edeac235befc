"""Small productions for tests: documents that hold, facts, and a log that chains them as a writer would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bus import codec
from bus import events as e
from bus.ids import Digest, EventId, ProductionId, digest_of
from bus.plan import (
    POLICY_CRITERION,
    Artifact,
    Assumption,
    Brief,
    Continue,
    Criterion,
    CriterionKind,
    Cut,
    Finding,
    FromSegment,
    FromText,
    Look,
    Made,
    Mode,
    Movement,
    Order,
    Outcome,
    Plan,
    Segment,
    ShotSize,
    Size,
    Verdict,
    order_digest,
    order_for,
)
from bus.plan_rules import check_plan, film_frame_count
from bus.production import Production, fold
from bus.subjects import subject_of

PRODUCTION = ProductionId("lighthouse-at-dusk-7q2k")
MADE = Made(by="rules", version="1")
LOOK = Look(style="painterly", light="dusk", palette=("#1b1b3a", "#d95d39", "#f0e2a3"), words="painterly, dusk")
WRITER = e.Writer(service="test", version="1", host="here")


def brief(**changes: object) -> Brief:
    """Return a brief for a 10-second film."""
    fields: dict[str, object] = {
        "title": "Lighthouse at Dusk",
        "logline": "A keeper rows out.",
        "subject": "a lighthouse keeper rows out",
        "language": "en",
        "mode": Mode.T2V,
        "mode_reason": "No picture came with the words.",
        "duration_s": None,
        "aspect": None,
        "style": "painterly",
        "assumed": (Assumption(field="duration_s", value=10, why="Nothing was said."),),
    }
    return Brief(**(fields | changes))  # type: ignore[arg-type]


def segment(number: int, *, continues: int | None = None, seed: int = 7, frames: int = 33) -> Segment:
    """Return a segment of two seconds; one that continues another starts from its hand-over."""
    return Segment(
        id=number,
        beat=f"Beat {number}",
        prompt=f"A keeper rows, part {number}",
        negative="text",
        shot=ShotSize.WIDE,
        movement=Movement.PUSH_IN,
        mode=Mode.T2V if continues is None else Mode.I2V,
        start=FromText() if continues is None else FromSegment(continues),
        transition=Cut() if continues is None else Continue(),
        frame_count=frames,
        in_frame=0 if continues is None else 1,
        out_frame=frames,
        seed=seed + number,
        criteria=(Criterion(id="decodes", question="Does it decode?", kind=CriterionKind.MEASURED),),
    )


def plan(*segments: Segment, brief_number: int = 1) -> Plan:
    """Return a plan that holds; by default of three segments, the third continuing the second."""
    parts = segments or (segment(1), segment(2), segment(3, continues=2))
    return check_plan(
        Plan(
            title="Lighthouse at Dusk",
            logline="A keeper rows out.",
            language="en",
            brief=brief_number,
            renderer="animatic",
            fps=16,
            size=Size(832, 480),
            crop=Size(832, 480),
            frame_count=film_frame_count(parts),
            look=LOOK,
            segments=parts,
        )
    )


def sample_order(seed: int = 1) -> Order:
    """Return what a sample is ordered as."""
    return Order(
        renderer="animatic",
        mode=Mode.T2V,
        prompt="A keeper rows",
        negative="text",
        seed=seed,
        width=416,
        height=240,
        frame_count=33,
        fps=16,
        look=LOOK,
        shot=ShotSize.WIDE,
        movement=Movement.PUSH_IN,
        caption=None,
        draft=True,
    )


def artifact(name: str, media_type: str = "video/mp4") -> Artifact:
    """Return an artifact whose digest is that of its name."""
    return Artifact(digest=digest_of(name.encode()), media_type=media_type, size_bytes=len(name))


def verdict(*, good: bool, score: float = 0.5, advice: str = "") -> Verdict:
    """Return a verdict of one finding."""
    finding = Finding(criterion="black", outcome=Outcome.PASS if good else Outcome.FAIL, must_hold=True)
    return Verdict(findings=(finding,), score=score, advice=advice)


COST = e.Cost(render_s=2.0, total_s=2.5)
FAILURE = e.Failure(kind="unreachable", what="No answer.", why="It is off.", help="Start it.", is_retryable=True)
PROBLEM = e.Problem(kind="error", about="film", what="It broke.", why="A bug.", help="Resume.")


def parsed(number: int = 1, heard: int = 1, **changes: object) -> e.IntentParsed:
    """Return brief n."""
    return e.IntentParsed(number=number, heard=heard, brief=brief(**changes), made=MADE)


def questioned(number: int = 1, heard: int = 1) -> e.IntentQuestioned:
    """Return question n."""
    return e.IntentQuestioned(
        number=number,
        heard=heard,
        field="duration_s",
        text="How long?",
        why="It costs.",
        assumed="10",
        made=MADE,
    )


def refusal(number: int, heard: int) -> e.ProductionRefused:
    """Return the content policy's no to what was said up to this message."""
    return e.ProductionRefused(number=number, heard=heard, rule="minors", why="No.", help="")


def sample_rendered(number: int = 1, take: int = 1) -> e.SampleRendered:
    """Return a sample that is there."""
    return e.SampleRendered(
        brief=number,
        take=take,
        clip=artifact(f"sample {number}-{take}"),
        poster=artifact(f"poster {number}-{take}", "image/jpeg"),
        order_digest=order_digest(sample_order()),
        cost=COST,
        made=MADE,
    )


def called_off(of: int, take: int, *, is_sample: bool) -> e.SampleFailed | e.SegmentFailed:
    """Return that a render was stopped because nobody wanted it any more."""
    failure = e.Failure(kind=e.CALLED_OFF, what="It was stopped.", why="", help="", is_retryable=True)
    if is_sample:
        return e.SampleFailed(brief=of, take=take, failure=failure)
    return e.SegmentFailed(segment=of, take=take, failure=failure)


def ordered(of: Plan, number: int, take: int = 1, start: Digest | None = None) -> e.SegmentOrdered:
    """Return the order of a take."""
    part = of.segment(number)
    assert part is not None
    basis = order_digest(order_for(of, part, 1, start))
    return e.SegmentOrdered(segment=number, take=take, order=order_for(of, part, take, start), basis=basis)


def rendered(number: int, take: int = 1) -> e.SegmentRendered:
    """Return a take that is there."""
    name = f"{number}-{take}"
    return e.SegmentRendered(
        segment=number,
        take=take,
        clip=artifact(f"clip {name}"),
        hand_over=artifact(f"hand-over {name}", "image/png"),
        poster=artifact(f"poster {name}", "image/jpeg"),
        order_digest=digest_of(name.encode()),
        cost=COST,
        made=MADE,
    )


def approved(number: int, take: int = 1) -> e.SegmentApproved:
    """Return the reviewer's yes."""
    return e.SegmentApproved(segment=number, take=take, verdict=verdict(good=True), made=MADE)


def rejected(number: int, take: int = 1, score: float = 0.4) -> e.SegmentRejected:
    """Return the reviewer's no."""
    return e.SegmentRejected(segment=number, take=take, verdict=verdict(good=False, score=score), made=MADE)


def flagged(number: int, take: int = 1) -> e.SegmentRejected:
    """Return the reviewer's no to what the content policy refuses."""
    finding = Finding(criterion=POLICY_CRITERION, outcome=Outcome.FAIL, must_hold=True, source="minors")
    return e.SegmentRejected(segment=number, take=take, verdict=Verdict(findings=(finding,), score=0.9), made=MADE)


BEGINNING: tuple[e.Fact, ...] = (
    e.ProductionRequested(words="A lighthouse keeper rows out at dusk"),
    parsed(),
    e.SampleOrdered(brief=1, take=1, order=sample_order(), film_size=Size(832, 480)),
    sample_rendered(),
    e.SampleApproved(brief=1, take=1),
)
"""From the request to the approved sample."""


@dataclass(repr=False)
class Story:
    """A production's log as its writers would have written it."""

    production: ProductionId = PRODUCTION
    log: list[e.Recorded | e.Unreadable] = field(default_factory=list)
    messages: list[tuple[str, bytes]] = field(default_factory=list)

    def __repr__(self) -> str:
        return "\n".join(f"{one.sequence:3} {one.subject}" for one in self.log)

    def tell(self, *facts: e.Fact) -> Story:
        """Append the facts, each chained to the one before."""
        for fact in facts:
            self.seal(fact, previous=self.log[-1].digest if self.log else None, ordinal=len(self.log) + 1)
        return self

    def seal(self, fact: e.Fact, *, previous: Digest | None, ordinal: int) -> Story:
        """Append a fact whose envelope says what it is told to say, as a broken writer might."""
        event = e.Event(
            id=EventId(f"00000000-0000-4000-8000-{ordinal:012d}"),
            production=self.production,
            ordinal=ordinal,
            time=f"2026-01-01T00:00:{ordinal % 60:02d}.000Z",
            by=WRITER,
            cause=None,
            previous=previous,
            trace=None,
            fact=fact,
        )
        return self.overhear(subject_of(self.production, fact), codec.encode(event))

    def overhear(self, subject: str, content: bytes) -> Story:
        """Append whatever somebody published on the subject."""
        self.messages.append((subject, content))
        self.log.append(codec.record(len(self.log) + 1, subject, content))
        return self

    @property
    def state(self) -> Production:
        """Return the fold of it all."""
        return fold(self.production, self.log)


def story(*facts: e.Fact) -> Story:
    """Return the story of these facts."""
    return Story().tell(*facts)


def told(facts: Sequence[e.Fact]) -> Production:
    """Return the state after these facts."""
    return story(*facts).state
