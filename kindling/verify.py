"""Whether what the log says still holds: the chain of each production, and every artifact against its digest."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from bus import codec
from bus import events as e
from bus.adoption import broken_adoptions
from bus.errors import MissingArtifact
from bus.ids import Digest, ProductionId
from bus.plan import Artifact
from bus.production import fold
from bus.wire.artifacts import FolderArtifacts, file_digest


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is not as it should be: where, and what."""

    where: str
    what: str


class Chain(Struct, frozen=True, kw_only=True):
    """What the log of one production shows about itself."""

    production: ProductionId
    event_count: int
    cut_count: int
    is_deleted: bool
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


class Kept(enum.StrEnum):
    """What became of an artifact."""

    SOUND = "sound"
    MISSING = "missing"
    ALTERED = "altered"
    UNREADABLE = "unreadable"


class Report(Struct, frozen=True, kw_only=True):
    """All that was checked about one production."""

    production: ProductionId
    is_sound: bool
    event_count: int
    artifact_count: int
    size_bytes: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def check_chain(production: ProductionId, log: Sequence[e.Recorded | e.Unreadable]) -> Chain:
    """Return what the log shows: broken links, wrong ordinals, facts that can't stand, cuts that don't fit. Pure."""
    state = fold(production, log)
    findings = [Finding(where=f"sequence {one.sequence}", what=f"{one.subject}: {one.what}") for one in state.anomalies]
    findings += [Finding(where="what it branches from", what=what) for what in broken_adoptions(log)]
    by_ordinal = {one.event.ordinal: one for one in log if isinstance(one, e.Recorded)}
    # What a cut says that was adopted is said of the other log, and that is held against its digests as a whole.
    for cut in (one.event.fact for one in by_ordinal.values() if isinstance(one.event.fact, e.ProductionDone)):
        last = by_ordinal.get(cut.count)
        name = f"production.done {cut.number}"
        if last is None:
            what = f"It counts {cut.count} events, and event {cut.count} is not there."
            findings.append(Finding(where=name, what=what))
        elif last.digest != cut.head:
            what = f"It ends in {cut.head[:12]}…, and event {cut.count} is {last.digest[:12]}…: the log was altered."
            findings.append(Finding(where=name, what=what))
    notes = [f"{one} is of a newer Kindling: its digest counts, what it says was not checked." for one in state.unknown]
    if not state.cuts:
        notes.append("No film yet, so nothing says how many events there should be: a lost tail would not show.")
    return Chain(
        production=production,
        event_count=len(log),
        cut_count=len(state.cuts),
        is_deleted=isinstance(state.end, e.ProductionDeleted),
        findings=tuple(findings),
        notes=tuple(notes),
    )


def artifacts_of(log: Sequence[e.Recorded | e.Unreadable]) -> dict[Digest, tuple[str, Artifact]]:
    """Return every artifact that the log names, each with the event that named it first. Pure."""
    found: dict[Digest, tuple[str, Artifact]] = {}
    for one in log:
        if isinstance(one, e.Recorded):
            for role, artifact in _named(one.event.fact):
                found.setdefault(artifact.digest, (f"{role} of event {one.event.ordinal}", artifact))
    return found


def _named(fact: e.Fact | e.Unknown) -> Iterator[tuple[str, Artifact]]:
    match fact:
        case (
            e.ProductionRequested(images=images)
            | e.ProductionDirected(images=images)
            | e.IntentAnswered(images=images)
            | e.SampleRedirected(images=images)
        ):
            yield from (("picture", image) for image in images)
        case e.SampleRendered():
            yield from (("sample", fact.clip), ("sample's poster", fact.poster))
        case e.SegmentRendered() | e.SegmentBorrowed():
            name = f"take {fact.segment}-{fact.take}"
            yield from ((name, fact.clip), (f"{name}'s hand-over", fact.hand_over), (f"{name}'s poster", fact.poster))
        case e.ProductionDone():
            yield from (("film", fact.film), ("manifest", fact.manifest))
            if fact.signed is not None:
                yield "signed film", fact.signed
        case e.ProductionAdopted():
            yield from _named(codec.original(fact).fact)
        case _:
            # A type that has no words here yet: its artifacts are as much part of the production as any.
            yield from _held(fact, getattr(fact, "TYPE", ""))


def _held(value: object, name: str) -> Iterator[tuple[str, Artifact]]:
    """Yield every artifact in a value, whatever it is a part of."""
    if isinstance(value, Artifact):
        yield name, value
    elif isinstance(value, Struct):
        for field in value.__struct_fields__:
            yield from _held(getattr(value, field), field.replace("_", " "))
    elif isinstance(value, tuple):
        for one in value:
            yield from _held(one, name)


def check_artifact(store: FolderArtifacts, artifact: Artifact) -> tuple[Kept, str]:
    """Return what became of the artifact, and a sentence about it where that is not well: wanted and found."""
    wanted = artifact.digest
    try:
        path: Path = store.path(wanted)
        size_bytes = path.stat().st_size
        found = file_digest(path)
    except MissingArtifact:
        return Kept.MISSING, f"wanted {wanted}, found nothing in {store.root}."
    except OSError as error:
        return Kept.UNREADABLE, f"wanted {wanted}, and its file can't be read: {error.strerror or error}."
    if found != wanted:
        sizes = "" if size_bytes == artifact.size_bytes else f" of {size_bytes:,} bytes, not {artifact.size_bytes:,},"
        return Kept.ALTERED, f"wanted {wanted}, found {found}{sizes} in {path}."
    return Kept.SOUND, ""


def check(production: ProductionId, log: Sequence[e.Recorded | e.Unreadable], store: FolderArtifacts) -> Report:
    """Return what was found about one production: its chain, and its artifacts unless it was deleted."""
    chain = check_chain(production, log)
    named = artifacts_of(log)
    findings, notes, size_bytes = list(chain.findings), list(chain.notes), 0
    if chain.is_deleted:
        named = {}
        notes.append("It was deleted: its artifacts are gone on purpose.")
    for role, artifact in named.values():
        kept, what = check_artifact(store, artifact)
        size_bytes += artifact.size_bytes
        if kept is not Kept.SOUND:
            findings.append(Finding(where=role, what=f"{kept}: {what}"))
    return Report(
        production=production,
        is_sound=not findings,
        event_count=chain.event_count,
        artifact_count=len(named),
        size_bytes=size_bytes,
        findings=tuple(findings),
        notes=tuple(notes),
    )
