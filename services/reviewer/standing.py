"""How often people disagreed with what a criterion rejected; one that is wrong too often may not reject any more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Struct

from bus.events import Fact, Recorded, Ruling, SegmentApproved, SegmentOverruled, SegmentRejected
from bus.ids import ProductionId
from bus.plan import POLICY_CRITERION, Finding, Outcome, Verdict

EXACT: Final = frozenset({"decodes", "frame_count", "size", "fps", POLICY_CRITERION})
"""What is no matter of judgement: nobody takes the right to reject from it."""
_NUMBER: Final = re.compile(r"(?<=[a-z])-\d+$")


class Limits(Struct, frozen=True, kw_only=True):
    """From when on a criterion is wrong too often."""

    disagreement_max: float = 0.3
    """The share of its rejections that people overruled, from which on it may not reject."""
    rejections_min: int = 10
    """Fewer rejections than this prove nothing."""


class Standing(Struct, frozen=True, kw_only=True):
    """How a criterion stands with people."""

    criterion: str
    rejected_count: int
    """Takes that it turned down."""
    disagreed_count: int
    """Those of them that a person accepted all the same."""
    disagreement: float
    """The share of them."""
    may_reject: bool


class Stats(Struct, frozen=True, kw_only=True):
    """What the log says about the reviews of all productions."""

    criteria: tuple[Standing, ...]
    """Those that ever rejected, the most disputed first."""
    approved_count: int
    refused_count: int
    """Approved takes that a person refused: what the review missed, or a matter of taste."""
    disagreement_max: float
    rejections_min: int


def kind_of(criterion: str) -> str:
    """Return what a criterion is counted as: `seen-3` and `match-mara` are questions of one kind each."""
    if criterion.startswith("match-"):
        return "match"
    return _NUMBER.sub("", criterion)


@dataclass(slots=True)
class _Case:
    rejected_by: frozenset[str]
    is_approved: bool
    ruling: Ruling | None = None


@dataclass(slots=True)
class Tally:
    """Counts what people made of verdicts, fact by fact."""

    limits: Limits = field(default_factory=Limits)
    _cases: dict[tuple[ProductionId, int, int], _Case] = field(default_factory=dict)

    def take(self, production: ProductionId, fact: Fact) -> None:
        """Take in one fact; the last ruling on a take counts."""
        match fact:
            case SegmentApproved(segment=segment, take=take):
                self._cases[production, segment, take] = _Case(frozenset(), is_approved=True)
            case SegmentRejected(segment=segment, take=take, verdict=verdict):
                self._cases[production, segment, take] = _Case(_rejecting(verdict), is_approved=False)
            case SegmentOverruled(segment=segment, take=take, ruling=ruling):
                if (case := self._cases.get((production, segment, take))) is not None:
                    case.ruling = ruling
            case _:
                pass

    def stats(self) -> Stats:
        """Return what was counted."""
        rejected: dict[str, int] = {}
        disagreed: dict[str, int] = {}
        for case in self._cases.values():
            for criterion in case.rejected_by:
                rejected[criterion] = rejected.get(criterion, 0) + 1
                if case.ruling is Ruling.ACCEPT:
                    disagreed[criterion] = disagreed.get(criterion, 0) + 1
        standings = [self._standing(one, count, disagreed.get(one, 0)) for one, count in rejected.items()]
        standings.sort(key=lambda one: (-one.disagreement, -one.rejected_count, one.criterion))
        approved = [case for case in self._cases.values() if case.is_approved]
        return Stats(
            criteria=tuple(standings),
            approved_count=len(approved),
            refused_count=sum(case.ruling is Ruling.REFUSE for case in approved),
            disagreement_max=self.limits.disagreement_max,
            rejections_min=self.limits.rejections_min,
        )

    def _standing(self, criterion: str, rejected: int, disagreed: int) -> Standing:
        is_disputed = rejected >= self.limits.rejections_min and disagreed >= self.limits.disagreement_max * rejected
        return Standing(
            criterion=criterion,
            rejected_count=rejected,
            disagreed_count=disagreed,
            disagreement=round(disagreed / rejected, 3),
            may_reject=criterion in EXACT or not is_disputed,
        )

    @property
    def silenced(self) -> dict[str, Standing]:
        """Return by kind the criteria that may not reject any more."""
        return {one.criterion: one for one in self.stats().criteria if not one.may_reject}


def _rejecting(verdict: Verdict) -> frozenset[str]:
    return frozenset(
        kind_of(one.criterion) for one in verdict.findings if one.outcome is Outcome.FAIL and one.must_hold
    )


class Reputation:
    """The tally as far as the log is known, for a reviewer that follows it."""

    def __init__(self, limits: Limits) -> None:
        self.tally = Tally(limits)
        self._is_known = asyncio.Event()

    def take(self, recorded: Recorded) -> None:
        """Take in one event."""
        if isinstance(recorded.event.fact, Fact):
            self.tally.take(recorded.event.production, recorded.event.fact)

    def catch_up(self) -> None:
        """Say that all was taken in that there was when the reviewer started."""
        self._is_known.set()

    async def silenced(self) -> dict[str, Standing]:
        """Return the criteria that may not reject any more, once the log is known."""
        await self._is_known.wait()
        return self.tally.silenced


def heeding(findings: Iterable[Finding], silenced: dict[str, Standing]) -> list[Finding]:
    """Return the findings in which what may not reject any more only notes, and says so."""
    return [_noted(one, standing) if (standing := silenced.get(kind_of(one.criterion))) else one for one in findings]


def _noted(finding: Finding, standing: Standing) -> Finding:
    if not finding.must_hold:
        return finding
    share = f"{standing.disagreed_count} of {standing.rejected_count}"
    said = f"only noted: people overruled {share} rejections by this criterion"
    evidence = f"{finding.evidence} ({said})" if finding.outcome is Outcome.FAIL else finding.evidence
    return msgspec.structs.replace(finding, must_hold=False, evidence=evidence)
