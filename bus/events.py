"""Every event type: what may be written on the log, once, and stays readable for ever.

A type's name, version and fields are the storage format. A new field needs a default; anything else needs a new version
and an upcast in `bus/codec.py`. `docs/events.md` explains each to people, `tests/golden/events/` pins its wire form.
"""

from __future__ import annotations

import enum
from typing import ClassVar

import msgspec
from msgspec import Struct

from bus.ids import Digest, EventId, ProductionId
from bus.likeness import Comparison
from bus.plan import Artifact, Brief, Finding, LoraWish, Made, Order, Plan, Size, Verdict


class Fact(Struct, frozen=True, gc=False, kw_only=True):
    """What an event says. `which` is the last token of its subject: it tells the fact from others of its type.

    Events and all they hold are trees, which need no garbage collector (`gc=False`): a replay is a third faster.
    """

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    LIMIT_BYTES: ClassVar[int] = 64 * 1024

    def which(self) -> str:
        """Return the last token of the subject."""
        raise AssertionError(f"{type(self).__name__} names no token")


class Once(Fact, frozen=True, gc=False, kw_only=True):
    """A fact that a production has once."""

    def which(self) -> str:
        """Return the token of what happens once."""
        return "1"


class Numbered(Fact, frozen=True, gc=False, kw_only=True):
    """A fact that a production can have again, told apart by a running number from 1."""

    number: int

    def which(self) -> str:
        """Return the running number."""
        return str(self.number)


class OfSample(Fact, frozen=True, gc=False, kw_only=True):
    """A fact about one take of the sample for one brief."""

    brief: int
    take: int

    def which(self) -> str:
        """Return `brief-take`."""
        return f"{self.brief}-{self.take}"


class OfTake(Fact, frozen=True, gc=False, kw_only=True):
    """A fact about one take of one segment."""

    segment: int
    take: int

    def which(self) -> str:
        """Return `segment-take`."""
        return f"{self.segment}-{self.take}"


# -- the production ----------------------------------------------------------------------------------------


class WhenTakesAreUsedUp(enum.StrEnum):
    """What happens to a segment none of whose takes was approved."""

    KEEP_BEST = "keep"
    STALL = "stall"


class Options(Struct, frozen=True, gc=False, kw_only=True):
    """How a production is to be made, as far as the person said."""

    takes_max: int = 3
    when_takes_are_used_up: WhenTakesAreUsedUp = WhenTakesAreUsedUp.KEEP_BEST
    sample: bool = True
    review: bool = True
    caption: bool = True
    accept_smaller: bool = True
    """Whether a smaller setting may be ordered after the renderer ran out of memory."""
    renderer: str | None = None
    seed: int | None = None
    duration_max_s: float | None = None
    llm: str | None = None
    """`auto`, `ollama` or `off`; None: what the operator's settings say."""
    loras: tuple[LoraWish, ...] = ()
    """LoRAs for every segment that they fit."""


class Origin(Struct, frozen=True, gc=False, kw_only=True):
    """The point of another production that this one branches from."""

    production: ProductionId
    ordinal: int
    digest: Digest


class Purpose(enum.StrEnum):
    """What was asked for."""

    FILM = "film"
    """A film from words: understood, sampled, planned, reviewed."""
    CLIP = "clip"
    """One clip, exactly as it was asked for: the plan comes with the request, and nobody changes a word of it."""
    STITCH = "stitch"
    """Clips that are there, joined one after the other: nothing is rendered."""


class ProductionRequested(Once, frozen=True, gc=False, kw_only=True):
    """A person asked for a film."""

    TYPE: ClassVar[str] = "production.requested"
    words: str
    images: tuple[Artifact, ...] = ()
    options: Options = Options()
    origin: Origin | None = None
    idempotency_key: str | None = None
    purpose: Purpose = Purpose.FILM


class ProductionDirected(Numbered, frozen=True, gc=False, kw_only=True):
    """A person said something more."""

    TYPE: ClassVar[str] = "production.directed"
    words: str
    images: tuple[Artifact, ...] = ()


class ProductionRefused(Numbered, frozen=True, gc=False, kw_only=True):
    """The content policy said no."""

    TYPE: ClassVar[str] = "production.refused"
    heard: int
    """How many messages of the conversation had been heard."""
    rule: str
    why: str
    help: str


class Problem(Struct, frozen=True, gc=False, kw_only=True):
    """A problem that needs a person: what it is about, what happened, and what would help."""

    kind: str
    about: str
    """`intent`, `plan`, `sample`, `segment 3`, `review 3-1`, `film`."""
    what: str
    why: str
    help: str


class ProductionStalled(Numbered, frozen=True, gc=False, kw_only=True):
    """Work stopped at a problem that needs a person."""

    TYPE: ClassVar[str] = "production.stalled"
    problem: Problem


class ProductionResumed(Numbered, frozen=True, gc=False, kw_only=True):
    """A person said: try again. The number is that of the stall."""

    TYPE: ClassVar[str] = "production.resumed"
    why: str = ""


class CutTake(Struct, frozen=True, gc=False, kw_only=True):
    """Which take of a segment a film shows."""

    segment: int
    take: int
    digest: Digest
    is_flagged: bool = False
    """Whether it was kept without approval."""


class ProductionReviewed(Numbered, frozen=True, gc=False, kw_only=True):
    """The last look: the takes that the film is about to show, seen side by side. What is found rejects nothing."""

    TYPE: ClassVar[str] = "production.reviewed"
    plan: int
    takes: tuple[CutTake, ...]
    findings: tuple[Finding, ...]
    made: Made


class ProductionDone(Numbered, frozen=True, gc=False, kw_only=True):
    """The film is joined, opened and counted. The number is that of the cut."""

    TYPE: ClassVar[str] = "production.done"
    plan: int
    film: Artifact
    manifest: Artifact
    takes: tuple[CutTake, ...]
    duration_s: float
    count: int
    """How many events the production had when the film was cut."""
    head: Digest
    """The digest of the last of them."""
    made: Made
    copied: tuple[int, ...] = ()
    """Segments whose packets were copied as they are; the others were encoded once more in joining."""
    signed: Artifact | None = None
    """The same film with signed content credentials, where a certificate is configured: other bytes each time."""

    @property
    def published(self) -> Artifact:
        """Return the film as people get it: signed, where it was signed."""
        return self.signed or self.film


class ProductionCancelled(Once, frozen=True, gc=False, kw_only=True):
    """A person called it off."""

    TYPE: ClassVar[str] = "production.cancelled"
    why: str = ""


class ProductionFailed(Once, frozen=True, gc=False, kw_only=True):
    """The production can't be made, whatever a person does."""

    TYPE: ClassVar[str] = "production.failed"
    problem: Problem


class ProductionDeleted(Once, frozen=True, gc=False, kw_only=True):
    """A person removed it: its artifacts go, its log stays."""

    TYPE: ClassVar[str] = "production.deleted"
    why: str = ""


# -- what began with the log of another production -----------------------------------------------------------


class ProductionAdopted(Fact, frozen=True, gc=False, kw_only=True):
    """An event of the production that this one branches from, word for word: what it says holds here as well."""

    TYPE: ClassVar[str] = "production.adopted"
    LIMIT_BYTES: ClassVar[int] = Plan.LIMIT_BYTES + 64 * 1024
    """Room for a plan in its envelope, and for the envelopes of some sixty forks of forks around it."""
    ordinal: int
    """Its ordinal there, which is this one's as well."""
    event: msgspec.Raw
    """The stored bytes: `bus.codec.original` reads them."""

    def which(self) -> str:
        """Return the ordinal."""
        return str(self.ordinal)


class ProductionForked(Once, frozen=True, gc=False, kw_only=True):
    """What was adopted stands, and from here on this production goes its own way."""

    TYPE: ClassVar[str] = "production.forked"


class Again(enum.StrEnum):
    """What a film is made again from."""

    ORDERS = "orders"
    """The orders of the takes that it shows: no agent is asked."""
    WORDS = "words"
    """The person's words: every agent is asked again."""


class ProductionRewound(Once, frozen=True, gc=False, kw_only=True):
    """What was adopted is set aside, to be made again and held against it."""

    TYPE: ClassVar[str] = "production.rewound"
    to: Again
    cut: int
    """Which cut of the film it is held against."""


class ProductionCompared(Numbered, frozen=True, gc=False, kw_only=True):
    """The film that was made again, held against the recorded one. The number is that of the new cut."""

    TYPE: ClassVar[str] = "production.compared"
    comparison: Comparison
    made: Made


# -- intent ------------------------------------------------------------------------------------------------


class IntentQuestioned(Numbered, frozen=True, gc=False, kw_only=True):
    """A question, where a guess would cost a render. `assumed` is what holds if a person would rather not answer."""

    TYPE: ClassVar[str] = "intent.questioned"
    heard: int
    field: str
    text: str
    why: str
    assumed: str
    made: Made


class IntentAnswered(Numbered, frozen=True, gc=False, kw_only=True):
    """The person's answer to the question of this number; no words mean: take what was assumed."""

    TYPE: ClassVar[str] = "intent.answered"
    words: str
    images: tuple[Artifact, ...] = ()


class Change(Struct, frozen=True, gc=False, kw_only=True):
    """A field of the brief that changed, as a person reads it."""

    field: str
    was: str
    now: str


class IntentParsed(Numbered, frozen=True, gc=False, kw_only=True):
    """Brief n, and what changed against the brief before it."""

    TYPE: ClassVar[str] = "intent.parsed"
    heard: int
    brief: Brief
    changes: tuple[Change, ...] = ()
    reply: str = ""
    """What the person is told in their own language, where a model wrote something."""
    remarks: tuple[str, ...] = ()
    """Where the brief is not what a model read, such as a figure of the person's that holds; and what was not done."""
    made: Made
    looked: Made | None = None
    """How the pictures were looked at, if a model did."""


# -- the sample --------------------------------------------------------------------------------------------


class SampleOrdered(OfSample, frozen=True, gc=False, kw_only=True):
    """Render this as the sample for the brief."""

    TYPE: ClassVar[str] = "sample.ordered"
    order: Order
    made: Made | None = None
    """How the order came to be; None where it is from before this was said, or is a smaller one of another."""
    remarks: tuple[str, ...] = ()
    """What a person should know about it: what was not there, and what is taken instead."""
    film_size: Size | None = None
    """What the film will be rendered at, going by what is known: it is what the sample says least about."""


class Posting(Struct, frozen=True, gc=False, kw_only=True):
    """Where an order was posted, and as what."""

    renderer: str
    server: str
    key: str
    """The id the renderer knows the job by."""


class SampleStarted(OfSample, frozen=True, gc=False, kw_only=True):
    """The sample is about to be posted; `posting_number` counts postings of a job that a server lost."""

    TYPE: ClassVar[str] = "sample.started"
    posting_number: int
    posting: Posting

    def which(self) -> str:
        """Return `brief-take-posting`."""
        return f"{self.brief}-{self.take}-{self.posting_number}"


class Cost(Struct, frozen=True, gc=False, kw_only=True):
    """What a clip took."""

    render_s: float
    total_s: float
    share: float = 1.0
    """The work as a share of what the same picture takes in the film: a sample is rendered in fewer steps."""


class SampleRendered(OfSample, frozen=True, gc=False, kw_only=True):
    """The sample is there."""

    TYPE: ClassVar[str] = "sample.rendered"
    clip: Artifact
    poster: Artifact
    order_digest: Digest
    cost: Cost
    made: Made


class Failure(Struct, frozen=True, gc=False, kw_only=True):
    """What went wrong with a render: of which kind, and what might help."""

    kind: str
    what: str
    why: str
    help: str
    is_retryable: bool
    smaller: Order | None = None
    """A setting that would probably fit, after the renderer ran out of memory."""


CALLED_OFF = "called_off"
"""The kind of the failure of a render that was stopped because nobody wanted it any more."""


class SampleFailed(OfSample, frozen=True, gc=False, kw_only=True):
    """The sample could not be rendered."""

    TYPE: ClassVar[str] = "sample.failed"
    failure: Failure


class SampleApproved(OfSample, frozen=True, gc=False, kw_only=True):
    """The person said: that is the vibe."""

    TYPE: ClassVar[str] = "sample.approved"


class SampleRedirected(OfSample, frozen=True, gc=False, kw_only=True):
    """The person said what to change."""

    TYPE: ClassVar[str] = "sample.redirected"
    words: str
    images: tuple[Artifact, ...] = ()


# -- the plan ----------------------------------------------------------------------------------------------


class PlanWritten(Numbered, frozen=True, gc=False, kw_only=True):
    """The first full plan. Its number is 1."""

    TYPE: ClassVar[str] = "plan.written"
    LIMIT_BYTES: ClassVar[int] = Plan.LIMIT_BYTES
    plan: Plan
    remarks: tuple[str, ...] = ()
    """How the plan differs from the person's words, where it does."""
    made: Made


class PlanRevised(Numbered, frozen=True, gc=False, kw_only=True):
    """The plan's revision n; what still fits it stays."""

    TYPE: ClassVar[str] = "plan.revised"
    LIMIT_BYTES: ClassVar[int] = Plan.LIMIT_BYTES
    plan: Plan
    changes: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    made: Made


# -- segments ----------------------------------------------------------------------------------------------


class SegmentOrdered(OfTake, frozen=True, gc=False, kw_only=True):
    """Render this as take t of the segment. `basis` is what the plan asks of the segment, whichever take."""

    TYPE: ClassVar[str] = "segment.ordered"
    order: Order
    basis: Digest
    why: str = ""


class SegmentBorrowed(OfTake, frozen=True, gc=False, kw_only=True):
    """A take that is a clip of another production: it is joined as it is, and rendered by nobody here."""

    TYPE: ClassVar[str] = "segment.borrowed"
    production: ProductionId
    """Whose clip it is."""
    name: str
    """Which of its clips: `take 3-2`, `sample 1-1`, `cut 1`."""
    order: Order
    """What it was rendered from; of a whole film the order of one of its takes, one by a trained model if there is."""
    basis: Digest
    clip: Artifact
    hand_over: Artifact
    poster: Artifact
    made: Made


class SegmentStarted(OfTake, frozen=True, gc=False, kw_only=True):
    """The order is about to be posted; afterwards only that server is asked."""

    TYPE: ClassVar[str] = "segment.started"
    posting_number: int
    posting: Posting

    def which(self) -> str:
        """Return `segment-take-posting`."""
        return f"{self.segment}-{self.take}-{self.posting_number}"


class SegmentRendered(OfTake, frozen=True, gc=False, kw_only=True):
    """The take is there."""

    TYPE: ClassVar[str] = "segment.rendered"
    clip: Artifact
    hand_over: Artifact
    poster: Artifact
    order_digest: Digest
    cost: Cost
    made: Made


class SegmentFailed(OfTake, frozen=True, gc=False, kw_only=True):
    """The take could not be rendered."""

    TYPE: ClassVar[str] = "segment.failed"
    failure: Failure


class SegmentApproved(OfTake, frozen=True, gc=False, kw_only=True):
    """The reviewer let the take pass."""

    TYPE: ClassVar[str] = "segment.approved"
    verdict: Verdict
    made: Made


class SegmentRejected(OfTake, frozen=True, gc=False, kw_only=True):
    """The reviewer turned the take down."""

    TYPE: ClassVar[str] = "segment.rejected"
    verdict: Verdict
    made: Made


class SegmentKept(OfTake, frozen=True, gc=False, kw_only=True):
    """Takes are used up: this one is the best, and it is kept, flagged."""

    TYPE: ClassVar[str] = "segment.kept"
    score: float
    why: str


class Ruling(enum.StrEnum):
    """A person's word on a take."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class SegmentOverruled(OfTake, frozen=True, gc=False, kw_only=True):
    """A person accepts or refuses a take, whatever the reviewer said. The last ruling counts."""

    TYPE: ClassVar[str] = "segment.overruled"
    number: int
    ruling: Ruling
    why: str

    def which(self) -> str:
        """Return `segment-take-number`."""
        return f"{self.segment}-{self.take}-{self.number}"


class SegmentCompared(OfTake, frozen=True, gc=False, kw_only=True):
    """A take that was made again, held against the recorded one."""

    TYPE: ClassVar[str] = "segment.compared"
    comparison: Comparison
    made: Made


# -- any service -------------------------------------------------------------------------------------------


class WorkFailed(Numbered, frozen=True, gc=False, kw_only=True):
    """An event that a service could not handle."""

    TYPE: ClassVar[str] = "work.failed"
    service: str
    subject: str
    ordinal: int | None
    problem: Problem


class Unknown(Struct, frozen=True, gc=False, kw_only=True):
    """An event of a type or version that is newer than this reader: shown, skipped, never acted upon."""

    type: str
    version: int
    data: bytes


FACTS: tuple[type[Fact], ...] = (
    ProductionRequested,
    ProductionDirected,
    ProductionRefused,
    ProductionStalled,
    ProductionResumed,
    ProductionReviewed,
    ProductionDone,
    ProductionCancelled,
    ProductionFailed,
    ProductionDeleted,
    ProductionAdopted,
    ProductionForked,
    ProductionRewound,
    ProductionCompared,
    IntentQuestioned,
    IntentAnswered,
    IntentParsed,
    SampleOrdered,
    SampleStarted,
    SampleRendered,
    SampleFailed,
    SampleApproved,
    SampleRedirected,
    PlanWritten,
    PlanRevised,
    SegmentOrdered,
    SegmentBorrowed,
    SegmentStarted,
    SegmentRendered,
    SegmentFailed,
    SegmentApproved,
    SegmentRejected,
    SegmentKept,
    SegmentOverruled,
    SegmentCompared,
    WorkFailed,
)
"""Every fact, in the order of the production's life."""

BY_TYPE: dict[str, type[Fact]] = {one.TYPE: one for one in FACTS}

WRITTEN_BY: dict[str, frozenset[str]] = {
    one.TYPE: frozenset(services.split())
    for one, services in (
        (ProductionRequested, "gateway"),
        (ProductionDirected, "gateway"),
        (ProductionRefused, "gateway intent planner creator reviewer"),
        (ProductionStalled, "gateway intent planner creator reviewer stitcher"),
        (ProductionResumed, "gateway"),
        (ProductionReviewed, "reviewer"),
        (ProductionDone, "stitcher"),
        (ProductionCancelled, "gateway"),
        (ProductionFailed, "gateway intent planner creator reviewer stitcher"),
        (ProductionDeleted, "gateway"),
        (ProductionAdopted, "gateway"),
        (ProductionForked, "gateway"),
        (ProductionRewound, "gateway"),
        (ProductionCompared, "reviewer"),
        (IntentQuestioned, "intent"),
        (IntentAnswered, "gateway"),
        (IntentParsed, "intent gateway"),
        (SampleOrdered, "planner"),
        (SampleStarted, "creator"),
        (SampleRendered, "creator"),
        (SampleFailed, "creator"),
        (SampleApproved, "gateway"),
        (SampleRedirected, "gateway"),
        (PlanWritten, "planner gateway"),
        (PlanRevised, "planner gateway"),
        (SegmentOrdered, "planner"),
        (SegmentBorrowed, "gateway"),
        (SegmentStarted, "creator"),
        (SegmentRendered, "creator"),
        (SegmentFailed, "creator"),
        (SegmentApproved, "reviewer"),
        (SegmentRejected, "reviewer"),
        (SegmentKept, "planner"),
        (SegmentOverruled, "gateway"),
        (SegmentCompared, "reviewer"),
        (WorkFailed, "gateway intent planner creator reviewer stitcher"),
    )
}
"""Which services may write a type. The bus enforces it: each has a user of its own."""


class Writer(Struct, frozen=True, gc=False, kw_only=True):
    """Who wrote an event: the service, its version, and its host."""

    service: str
    version: str
    host: str


class Event(Struct, frozen=True, gc=False, kw_only=True):
    """A fact with its envelope."""

    id: EventId
    production: ProductionId
    ordinal: int
    """The production's own count: 1, 2, 3 … It survives export and import, and it is what `--at` means."""
    time: str
    """RFC 3339, UTC, milliseconds."""
    by: Writer
    cause: EventId | None
    previous: Digest | None
    """The digest of the production's event before this one; None for the first."""
    trace: str | None
    """A W3C `traceparent`, handed on from the cause."""
    fact: Fact | Unknown


class Stored(Struct, frozen=True, gc=False, kw_only=True):
    """A message as it lies on the log, byte for byte."""

    sequence: int
    subject: str
    content: bytes


class Recorded(Struct, frozen=True, gc=False, kw_only=True):
    """An event as it lies on the log, with the digest the next one refers to."""

    sequence: int
    subject: str
    digest: Digest
    event: Event


class Unreadable(Struct, frozen=True, gc=False, kw_only=True):
    """A message on the log that is no event of ours: shown as an anomaly, never acted upon."""

    sequence: int
    subject: str
    digest: Digest
    why: str
