"""A production told fact by fact, sealed and chained as on the log: what the command line's tests look at."""

from __future__ import annotations

import uuid

from bus import codec
from bus import events as e
from bus.board import board
from bus.ids import EventId, ProductionId, digest_of
from bus.plan import (
    FPS,
    Artifact,
    Assumption,
    Brief,
    Continue,
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
from bus.production import Production, fold
from bus.subjects import subject_of

ID = ProductionId("lighthouse-keeper-rows-7q2k")
MADE = Made(by="rules", version="1")
FILM_SIZE = Size(832, 480)
LOOK = Look(style="painterly", light="dusk", palette=("#101820", "#c06030", "#f0d0a0"), words="painterly, dusk light")


def artifact(name: str, media_type: str = "video/mp4", size_bytes: int = 412_000, **more: int) -> Artifact:
    """Return an artifact whose digest is that of its name."""
    return Artifact(digest=digest_of(name.encode()), media_type=media_type, size_bytes=size_bytes, **more)


class Story:
    """Facts of one production, each sealed as the log has it. `state()` is the fold of it all."""

    def __init__(self, production: ProductionId = ID) -> None:
        self.id = production
        self.log: list[e.Recorded | e.Unreadable] = []

    def tell(self, *facts: e.Fact) -> Story:
        """Append facts, chained to what is there."""
        for fact in facts:
            ordinal = len(self.log) + 1
            event = e.Event(
                id=EventId(str(uuid.UUID(int=ordinal))),
                production=self.id,
                ordinal=ordinal,
                time=f"2026-03-01T18:{ordinal // 60:02}:{ordinal % 60:02}.000Z",
                by=e.Writer(service="gateway", version="0.1.0", host="here"),
                cause=None,
                previous=self.log[-1].digest if self.log else None,
                trace=None,
                fact=fact,
            )
            self.log.append(codec.record(ordinal, subject_of(self.id, fact), codec.encode(event)))
        return self

    def state(self) -> Production:
        """Return the fold of what was told."""
        return fold(self.id, self.log)

    # -- the usual chapters

    def requested(self, words: str = "A lighthouse keeper rows out at dusk, 20 seconds, painterly") -> Story:
        """A person asks."""
        return self.tell(e.ProductionRequested(words=words))

    def understood(self) -> Story:
        """The first brief."""
        return self.tell(e.IntentParsed(number=1, heard=1, brief=brief(), made=MADE))

    def sampled(self, number: int = 1) -> Story:
        """The sample of a brief, ordered, started and rendered."""
        return self.tell(
            e.SampleOrdered(brief=number, take=1, order=sample_order(), film_size=FILM_SIZE),
            e.SampleStarted(brief=number, take=1, posting_number=1, posting=posting(f"sample {number}")),
            sample_rendered(number),
        )

    def planned(self, segments: int = 4) -> Story:
        """The sample is approved and the plan is there."""
        return self.tell(e.SampleApproved(brief=1, take=1), e.PlanWritten(number=1, plan=plan(segments), made=MADE))

    def ordered(self, segment: int, take: int = 1, why: str = "") -> Story:
        """A take is ordered for what the plan asks now."""
        return self.tell(take_ordered(self.state(), segment, take, why))

    def started(self, segment: int, take: int = 1) -> Story:
        """The take goes to the renderer."""
        where = posting(f"{segment}-{take}")
        return self.tell(e.SegmentStarted(segment=segment, take=take, posting_number=1, posting=where))

    def rendered(self, segment: int, take: int = 1) -> Story:
        """The take is there."""
        return self.tell(take_rendered(self.state(), segment, take))

    def approved(self, segment: int, take: int = 1) -> Story:
        """The reviewer lets it pass."""
        return self.tell(e.SegmentApproved(segment=segment, take=take, verdict=verdict(), made=MADE))

    def rejected(self, segment: int, take: int = 1) -> Story:
        """The reviewer turns it down."""
        return self.tell(e.SegmentRejected(segment=segment, take=take, verdict=verdict(12.4), made=MADE))

    def took(self, *segments: int) -> Story:
        """Each of the segments gets an approved first take."""
        for segment in segments:
            self.ordered(segment).started(segment).rendered(segment).approved(segment)
        return self

    def stalled(self, about: str = "segment 3") -> Story:
        """A problem waits for a person."""
        return self.tell(stall(self.state(), about))

    def done(self, *, flagged: tuple[int, ...] = ()) -> Story:
        """The film is joined."""
        return self.tell(film_done(self.state(), flagged))


# -- single facts that follow from a state -----------------------------------------------------------------


def sample_rendered(number: int) -> e.SampleRendered:
    """Return that the sample of a brief is there."""
    return e.SampleRendered(
        brief=number,
        take=1,
        clip=artifact(f"sample {number}", width=832, height=480, frame_count=33),
        poster=artifact(f"poster {number}", "image/jpeg", 20_000),
        order_digest=order_digest(sample_order()),
        cost=e.Cost(render_s=0.9, total_s=1.2),
        made=MADE,
    )


def take_ordered(state: Production, segment: int, take: int = 1, why: str = "") -> e.SegmentOrdered:
    """Return the order of a take for what the plan asks now."""
    slot = next(one for one in board(state) if one.segment.id == segment)
    assert state.plan is not None
    assert slot.basis is not None
    order = order_for(state.plan, slot.segment, take, slot.start)
    return e.SegmentOrdered(segment=segment, take=take, order=order, basis=slot.basis, why=why)


def take_rendered(state: Production, segment: int, take: int = 1) -> e.SegmentRendered:
    """Return that a take is there."""
    order = state.takes[segment, take].order
    return e.SegmentRendered(
        segment=segment,
        take=take,
        clip=artifact(f"clip {segment}-{take}", frame_count=order.frame_count),
        hand_over=artifact(f"last {segment}-{take}", "image/png"),
        poster=artifact(f"poster {segment}-{take}", "image/jpeg"),
        order_digest=order_digest(order),
        cost=e.Cost(render_s=2.0, total_s=2.5),
        made=MADE,
    )


def stall(state: Production, about: str) -> e.ProductionStalled:
    """Return a problem that waits for a person."""
    problem = e.Problem(
        kind="render_failed",
        about=about,
        what=f"The renderer failed three times at {about}",
        why="It ran out of memory at 832×480, and no smaller setting is allowed.",
        help="Allow a smaller size, or free memory on the machine and resume.",
    )
    return e.ProductionStalled(number=len(state.stalls) + 1, problem=problem)


def film_done(state: Production, flagged: tuple[int, ...] = ()) -> e.ProductionDone:
    """Return that the film is joined from the accepted takes."""
    assert state.head is not None
    assert state.plan is not None
    takes = tuple(
        e.CutTake(
            segment=slot.segment.id,
            take=take.take,
            digest=take.rendered.clip.digest,
            is_flagged=slot.segment.id in flagged,
        )
        for slot in board(state)
        if (take := slot.accepted) is not None and take.rendered is not None
    )
    return e.ProductionDone(
        number=len(state.cuts) + 1,
        plan=len(state.plans),
        film=artifact("film", size_bytes=3_214_000, width=832, height=480, frame_count=320),
        manifest=artifact("manifest", "application/json", 4_000),
        takes=takes,
        duration_s=state.plan.duration_s,
        count=state.ordinal,
        head=state.head,
        made=MADE,
    )


def posting(name: str) -> e.Posting:
    """Return where an order goes."""
    return e.Posting(renderer="animatic", server="here", key=str(uuid.uuid5(uuid.NAMESPACE_URL, name)))


def brief(**more: object) -> Brief:
    """Return the brief of the lighthouse."""
    fields: dict[str, object] = {
        "title": "The Lighthouse Keeper",
        "logline": "A lighthouse keeper rows out at dusk.",
        "subject": "a lighthouse keeper rows out at dusk",
        "language": "en",
        "mode": None,
        "mode_reason": "",
        "duration_s": 20.0,
        "aspect": None,
        "style": "painterly",
        "avoid": ("text",),
        "assumed": (
            Assumption(field="aspect", value="16:9", why="You said no shape, and films are wide."),
            Assumption(field="mode", value="t2v", why="No picture came with it, so it is made from the words alone."),
        ),
    }
    return Brief(**{**fields, **more})  # type: ignore[arg-type]


def sample_order() -> Order:
    """Return the order of a sample."""
    return Order(
        renderer="animatic", mode=Mode.T2V, prompt="a lighthouse keeper rows out", negative="text", seed=7,
        width=832, height=480, frame_count=33, fps=FPS, look=LOOK, shot=ShotSize.WIDE, movement=Movement.PUSH_IN,
        caption=None, draft=True,
    )  # fmt: skip


BEATS = (
    ("The lighthouse above a copper sea, its lamp not yet lit.", ShotSize.EXTREME_WIDE, Movement.CRANE_UP),
    ("The keeper pushes the boat into the surf and takes the oars.", ShotSize.MEDIUM, Movement.STATIC),
    ("He rows out, the tower growing small behind him.", ShotSize.WIDE, Movement.TRACK_RIGHT),
    ("His face in the last light; he looks back once.", ShotSize.CLOSE_UP, Movement.PUSH_IN),
)


def plan(segments: int = 4) -> Plan:
    """Return a plan with that many segments of 5 s; the third continues the second."""
    made = []
    for number in range(1, segments + 1):
        beat, shot, movement = BEATS[(number - 1) % len(BEATS)]
        goes_on = number == 3
        made.append(
            Segment(
                id=number,
                beat=beat,
                prompt=beat,
                negative="text",
                shot=shot,
                movement=movement,
                mode=Mode.I2V if goes_on else Mode.T2V,
                start=FromSegment(2) if goes_on else FromText(),
                transition=Continue() if goes_on else Cut(),
                frame_count=81,
                in_frame=1 if goes_on else 0,
                out_frame=81 if goes_on else 80,
                seed=number,
            )
        )
    return Plan(
        title="The Lighthouse Keeper", logline="A lighthouse keeper rows out at dusk.", language="en", brief=1,
        renderer="animatic", fps=FPS, size=Size(832, 480), crop=Size(832, 468), frame_count=80 * segments, look=LOOK,
        segments=tuple(made), sample="1-1",
    )  # fmt: skip


def verdict(sharpness: float = 84.0) -> Verdict:
    """Return a verdict: good, or with a take that is too soft."""
    limit = 40.0
    found = Finding(
        criterion="sharpness",
        outcome=Outcome.PASS if sharpness >= limit else Outcome.FAIL,
        must_hold=True,
        value=sharpness,
        threshold=limit,
    )
    advice = "" if sharpness >= limit else "Sharper, with clear edges."
    return Verdict(findings=(found,), score=min(1.0, sharpness / 100), advice=advice)
