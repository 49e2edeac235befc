"""The film's manifest: what it is made of and how it came to be, derived from the log and from nothing else.

It is stored as an artifact, and it can be derived again at any time: the log up to the event that the cut names as its
last gives the same bytes. So it must not hold what the log does not: no time of writing, no path, no version of ours.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from bus.events import CutTake, Origin, ProductionDone, Ruling
from bus.ids import Digest, ProductionId
from bus.plan import Artifact, Finding, Made, Order, Plan, Verdict
from bus.production import MessageKind, Production, Take
from services.stitcher.sources import pictures_given, source_of_film, source_of_take

FORMAT = 2
"""1 had neither what a person decided nor what each maker made, and could not be derived from the log alone."""


class Decision(Struct, frozen=True, kw_only=True):
    """Something that the person said or decided on the way to the film."""

    ordinal: int
    """The event it is."""
    what: str
    """As `asked`, `said`, `approved sample 1-1`, `refused take 3-1`."""
    words: str = ""
    pictures: tuple[Digest, ...] = ()


class Maker(Struct, frozen=True, kw_only=True):
    """A program, a set of rules or a model, and all that it made of this film."""

    by: str
    version: str
    model: str | None
    model_digest: str | None
    made: tuple[str, ...]
    """As `brief 1`, `plan 2`, `take 3-1`, `verdict on take 3-1`, `film`."""


class ManifestTake(Struct, frozen=True, kw_only=True):
    """One take that the film shows."""

    segment: int
    take: int
    beat: str
    clip: Digest
    order: Order
    """Everything that determined its pixels: prompt, pictures, seed, look, size."""
    order_digest: Digest
    digital_source_type: str
    in_frame: int
    out_frame: int
    is_copied: bool
    """Whether its packets are in the film as they were rendered; otherwise they were encoded once more."""
    verdict: Verdict | None
    judged_by: Made | None
    is_flagged: bool
    ruling: str | None
    """What a person said of it last, if anybody did."""
    made: Made


class ManifestLook(Struct, frozen=True, kw_only=True):
    """What was found when the takes of the film were seen side by side, before they were joined."""

    findings: tuple[Finding, ...]
    made: Made


class Manifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands beside the film."""

    format: int
    production: ProductionId
    origin: Origin | None
    title: str
    logline: str
    words: tuple[str, ...]
    """The person's messages, in order, but for those that the content policy refused."""
    pictures: tuple[Artifact, ...]
    """The pictures that came with them."""
    cut: int
    film: Artifact
    duration_s: float
    digital_source_type: str
    makers: tuple[Maker, ...]
    decisions: tuple[Decision, ...]
    takes: tuple[ManifestTake, ...]
    plan_number: int
    plan: Plan
    encoder: str
    log_count: int
    """How many events the production had when the film was cut."""
    log_head: Digest
    """The digest of the last of them: it stands for all."""
    last_look: ManifestLook | None = None
    """Left out where nobody had one."""


class Cut(Struct, frozen=True, kw_only=True):
    """What the event of a film says, but for the manifest."""

    number: int
    plan: int
    film: Artifact
    takes: tuple[CutTake, ...]
    duration_s: float
    copied: tuple[int, ...]
    count: int
    head: Digest
    made: Made


def cut_of(done: ProductionDone) -> Cut:
    """Return what the event says, but for the manifest."""
    return Cut(**{name: getattr(done, name) for name in Cut.__struct_fields__})


def is_flagged(take: Take) -> bool:
    """Say whether the take is shown without anybody's approval."""
    return take.is_kept and not take.rulings


def manifest_bytes(production: Production, cut: Cut) -> bytes:
    """Return the manifest as it is stored.

    Args:
        production: its state after the event that the cut names as its last.
    """
    return msgspec.json.format(msgspec.json.encode(manifest_of(production, cut)), indent=2)


def manifest_of(production: Production, cut: Cut) -> Manifest:
    """Return the manifest of a cut.

    Args:
        production: its state after the event that the cut names as its last.
    """
    plan, given = production.plans[cut.plan - 1], pictures_given(production)
    takes = tuple(production.takes[one.segment, one.take] for one in cut.takes)
    return Manifest(
        format=FORMAT,
        production=production.id,
        origin=production.request.origin if production.request else None,
        title=plan.title,
        logline=plan.logline,
        words=tuple(one.words for one in production.conversation if not one.is_refused),
        pictures=tuple(image for one in production.conversation if not one.is_refused for image in one.images),
        cut=cut.number,
        film=cut.film,
        duration_s=cut.duration_s,
        digital_source_type=source_of_film(takes, given),
        makers=_makers(production, plan, takes, cut),
        decisions=_decisions(production),
        takes=tuple(_take(plan, take, given, is_copied=take.segment in cut.copied) for take in takes),
        plan_number=cut.plan,
        plan=plan,
        encoder=cut.made.version,
        log_count=cut.count,
        log_head=cut.head,
        last_look=_last_look(production, cut),
    )


def _last_look(production: Production, cut: Cut) -> ManifestLook | None:
    shown = [(one.segment, one.take) for one in cut.takes]
    looks = (
        one
        for one in reversed(production.looks)
        if one.plan == cut.plan and [(seen.segment, seen.take) for seen in one.takes] == shown
    )
    return next((ManifestLook(findings=one.findings, made=one.made) for one in looks), None)


def _take(plan: Plan, take: Take, given: frozenset[Digest], *, is_copied: bool) -> ManifestTake:
    segment = plan.segment(take.segment)
    assert segment is not None, "the film shows segments of the plan"
    assert take.rendered is not None, "the film shows rendered takes"
    return ManifestTake(
        segment=take.segment,
        take=take.take,
        beat=segment.beat,
        clip=take.rendered.clip.digest,
        order=take.order,
        order_digest=take.rendered.order_digest,
        digital_source_type=source_of_take(take, given),
        in_frame=segment.in_frame,
        out_frame=segment.out_frame,
        is_copied=is_copied,
        verdict=take.verdict,
        judged_by=take.judged_by,
        is_flagged=is_flagged(take),
        ruling=f"{take.rulings[-1].ruling}: {take.rulings[-1].why}" if take.rulings else None,
        made=take.rendered.made,
    )


# -- who made what -------------------------------------------------------------------------------------------


def _makers(production: Production, plan: Plan, takes: tuple[Take, ...], cut: Cut) -> tuple[Maker, ...]:
    """Return every maker that had a part in the film, in the order in which they came to it."""
    parts: dict[tuple[str, str, str | None, str | None], list[str]] = {}

    def add(made: Made | None, what: str) -> None:
        if made is not None:
            parts.setdefault((made.by, made.version, made.model, made.model_digest), []).append(what)

    for brief in production.briefs[: plan.brief]:
        add(brief.made, f"brief {brief.number}")
    for sample in production.samples:
        if sample.rendered is not None and sample.brief <= plan.brief:
            add(sample.rendered.made, f"sample {sample.brief}-{sample.take}")
    for number in range(1, cut.plan + 1):
        add(production.plans_made.get(number), f"plan {number}")
    for take in takes:
        name = f"take {take.segment}-{take.take}"
        add(take.rendered.made if take.rendered else None, name)
        add(take.judged_by, f"verdict on {name}")
    look = _last_look(production, cut)
    add(look.made if look else None, "last look")
    add(cut.made, "film")
    return tuple(
        Maker(by=by, version=version, model=model, model_digest=digest, made=tuple(made))
        for (by, version, model, digest), made in parts.items()
    )


# -- what the person decided ---------------------------------------------------------------------------------

_SAID = {
    MessageKind.REQUEST: "asked",
    MessageKind.DIRECTION: "said",
    MessageKind.REDIRECTION: "redirected the sample",
    MessageKind.ANSWER: "answered",
}
_RULED = {Ruling.ACCEPT: "accepted", Ruling.REFUSE: "refused"}


def _decisions(production: Production) -> tuple[Decision, ...]:
    """Return all that the person said and decided, in its order; not what the content policy refused."""
    found = [
        Decision(
            ordinal=one.ordinal,
            what=_SAID[one.kind],
            words=one.words,
            pictures=tuple(image.digest for image in one.images),
        )
        for one in production.conversation
        if not one.is_refused
    ]
    # The words of a redirected sample are a message already.
    found += [
        Decision(ordinal=one.word_ordinal, what=f"approved sample {one.brief}-{one.take}")
        for one in production.samples
        if one.word == "approved"
    ]
    found += [
        Decision(ordinal=one.ordinal, what=f"{_RULED[one.ruling]} take {take.segment}-{take.take}", words=one.why)
        for take in production.takes.values()
        for one in take.rulings
    ]
    return tuple(sorted(found, key=lambda one: one.ordinal))
