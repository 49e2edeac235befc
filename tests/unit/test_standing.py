"""How criteria stand with people, by the log alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bus import events as e
from bus.ids import ProductionId
from bus.plan import Finding, Outcome, Verdict
from services.reviewer.standing import Limits, Tally, heeding, kind_of
from tests.stories import MADE

FILM = ProductionId("film")


def rejected(take: int, *criteria: str) -> e.SegmentRejected:
    findings = tuple(Finding(criterion=one, outcome=Outcome.FAIL, must_hold=True, evidence="Seen.") for one in criteria)
    return e.SegmentRejected(segment=1, take=take, verdict=Verdict(findings=findings, score=0.1), made=MADE)


def ruled(take: int, ruling: e.Ruling, number: int = 1) -> e.SegmentOverruled:
    return e.SegmentOverruled(segment=1, take=take, number=number, ruling=ruling, why="I say so")


def tally(*facts: e.Fact) -> Tally:
    one = Tally()
    for fact in facts:
        one.take(FILM, fact)
    return one


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 20), st.floats(0.05, 1.0))
def test_a_criterion_loses_its_right_by_the_stated_rule(overruled: list[bool], least: int, share: float) -> None:
    """From so many rejections on, if people overruled at least that share of them; never otherwise."""
    counted = Tally(Limits(disagreement_max=share, rejections_min=least))
    for take, is_overruled in enumerate(overruled, 1):
        counted.take(FILM, rejected(take, "seen-1"))
        if is_overruled:
            counted.take(FILM, ruled(take, e.Ruling.ACCEPT))
    is_wrong = len(overruled) >= least and sum(overruled) >= share * len(overruled)
    assert (set(counted.silenced) == {"seen"}) is (is_wrong and bool(overruled))


def test_the_last_ruling_counts_and_others_are_no_disagreement() -> None:
    """A person who changes their mind is heard; one who refuses a rejected take agrees with it."""
    facts = [rejected(1, "seam"), ruled(1, e.Ruling.ACCEPT), ruled(1, e.Ruling.REFUSE, 2), rejected(2, "seam")]
    (standing,) = tally(*facts, ruled(2, e.Ruling.ACCEPT)).stats().criteria
    assert (standing.criterion, standing.rejected_count, standing.disagreed_count) == ("seam", 2, 1)


def test_approved_takes_that_people_refuse_are_counted() -> None:
    """They belong to no criterion: none of them said no."""
    approved = e.SegmentApproved(segment=1, take=1, verdict=Verdict(findings=(), score=1.0), made=MADE)
    stats = tally(approved, ruled(1, e.Ruling.REFUSE)).stats()
    assert (stats.criteria, stats.approved_count, stats.refused_count) == ((), 1, 1)


def test_what_is_exact_keeps_its_right() -> None:
    """A file that can't be decoded is no matter of taste, however often somebody wants it."""
    facts = [fact for take in range(1, 13) for fact in (rejected(take, "decodes"), ruled(take, e.Ruling.ACCEPT))]
    assert tally(*facts).silenced == {}


def test_a_criterion_without_its_right_only_notes() -> None:
    """Its finding stays, says why it does not reject, and the take is good but for others."""
    facts = [fact for take in range(1, 11) for fact in (rejected(take, "seen-2"), ruled(take, e.Ruling.ACCEPT))]
    silenced = tally(*facts).silenced
    findings = heeding(rejected(99, "seen-4", "seam").verdict.findings, silenced)
    assert [one.must_hold for one in findings] == [False, True]
    assert findings[0].evidence == "Seen. (only noted: people overruled 10 of 10 rejections by this criterion)"


def test_questions_of_a_kind_are_counted_together() -> None:
    """What a planner asks is numbered in each plan, and its name in each production is another."""
    assert [kind_of(one) for one in ("seen-1", "seen-12", "match-mara-2", "no_text", "colour_drift")] == [
        "seen",
        "seen",
        "match",
        "no_text",
        "colour_drift",
    ]
