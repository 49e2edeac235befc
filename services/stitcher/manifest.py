"""The film's manifest: what it is made of and how it came to be, derived from the log and from nothing else."""

from __future__ import annotations

from msgspec import Struct

from bus.ids import Digest, ProductionId
from bus.plan import Artifact, Made, Plan, Verdict
from bus.production import Production, Take
from services.stitcher.decide import Stitch
from services.stitcher.join import JoinFacts

DIGITAL_SOURCE_TYPES = {"animatic": "algorithmicMedia"}
"""IPTC digital source types by renderer; anything else is trainedAlgorithmicMedia."""
_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"


class ManifestTake(Struct, frozen=True, kw_only=True):
    """One take that the film shows."""

    segment: int
    take: int
    beat: str
    clip: Digest
    order_digest: Digest
    seed: int
    in_frame: int
    out_frame: int
    verdict: Verdict | None
    is_flagged: bool
    ruling: str | None
    """What a person said of it, if anybody did."""
    made: Made


class Manifest(Struct, frozen=True, kw_only=True):
    """What stands beside the film."""

    production: ProductionId
    title: str
    logline: str
    words: tuple[str, ...]
    """The person's messages, in order."""
    cut: int
    film: Artifact
    duration_s: float
    digital_source_type: str
    plan_number: int
    plan: Plan
    takes: tuple[ManifestTake, ...]
    copied_segments: tuple[int, ...]
    encoded_segments: tuple[str, ...]
    encoder: str
    log_count: int
    """How many events the production had when the film was cut."""
    log_head: Digest
    """The digest of the last of them: it stands for all."""


def is_flagged(take: Take) -> bool:
    """Say whether the take is shown without anybody's approval."""
    return take.is_kept and not take.rulings


def manifest_of(task: Stitch, production: Production, film: Artifact, facts: JoinFacts) -> Manifest:
    """Return the manifest of this cut."""
    assert production.head is not None, "a production that is stitched has a log"
    plan = task.plan
    source_type = DIGITAL_SOURCE_TYPES.get(plan.renderer, "trainedAlgorithmicMedia")
    return Manifest(
        production=production.id,
        title=plan.title,
        logline=plan.logline,
        words=tuple(one.words for one in production.conversation if not one.is_refused),
        cut=task.number,
        film=film,
        duration_s=facts.duration_s,
        digital_source_type=_VOCABULARY + source_type,
        plan_number=task.plan_number,
        plan=plan,
        takes=tuple(_take(plan, take) for take in task.takes),
        copied_segments=facts.copied,
        encoded_segments=facts.encoded,
        encoder=facts.encoder,
        log_count=production.ordinal,
        log_head=production.head,
    )


def _take(plan: Plan, take: Take) -> ManifestTake:
    segment = plan.segment(take.segment)
    assert segment is not None, "the film shows segments of the plan"
    assert take.rendered is not None, "the film shows rendered takes"
    return ManifestTake(
        segment=take.segment,
        take=take.take,
        beat=segment.beat,
        clip=take.rendered.clip.digest,
        order_digest=take.rendered.order_digest,
        seed=take.order.seed,
        in_frame=segment.in_frame,
        out_frame=segment.out_frame,
        verdict=take.verdict,
        is_flagged=is_flagged(take),
        ruling=f"{take.rulings[-1].ruling}: {take.rulings[-1].why}" if take.rulings else None,
        made=take.rendered.made,
    )
