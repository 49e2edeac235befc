"""What a take is judged by: the criteria, their thresholds, where those come from, and what would help."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from bus.plan import Finding, Outcome

OURS: Final = "measured on planted defects, docs/review.md"
RUN_MIN = 3
"""Fewer frames in a row that show nothing are a flash."""


class Rule(Struct, frozen=True, kw_only=True):
    """One criterion: its threshold and where that comes from, and what to tell a renderer that failed it."""

    criterion: str
    question: str
    must_hold: bool
    threshold: float | None = None
    is_lower_limit: bool = False
    unit: str = ""
    source: str = ""
    advice: str = ""
    """Words for the next take's prompt: what is wanted, never what is not, which models tend to render."""
    is_about_motion: bool = False
    """Drafts are not judged by it: few steps make poor motion."""
    weighs: bool = False
    """Whether its margin counts for the score."""


RULES: Final = {
    rule.criterion: rule
    for rule in (
        Rule(criterion="decodes", question="Can every frame be decoded?", must_hold=True),
        Rule(criterion="frame_count", question="Has it the ordered number of frames?", must_hold=True),
        Rule(criterion="size", question="Has it the ordered size?", must_hold=True),
        Rule(criterion="fps", question="Has it the ordered frames a second?", must_hold=True),
        Rule(
            criterion="black",
            question="Is it free of black frames?",
            must_hold=True,
            threshold=RUN_MIN,
            unit="frames in a row",
            source="luma ≤ 10 % as FFmpeg blackdetect; spread < 3, " + OURS,
            advice="a clearly lit, visible scene",
        ),
        Rule(
            criterion="flat",
            question="Does every frame show something?",
            must_hold=True,
            threshold=RUN_MIN,
            unit="frames in a row",
            source="spread < 3, " + OURS,
            advice="a detailed scene with clear shapes and contrast",
        ),
        Rule(
            criterion="frozen",
            question="Does something move for most of the time?",
            must_hold=True,
            threshold=0.5,
            unit="share of the take",
            source="block change < 1 level, " + OURS,
            advice="with visible, continuous motion",
            is_about_motion=True,
        ),
        Rule(
            criterion="still",
            question="Does it never stand still for half a second?",
            must_hold=False,
            threshold=0.5,
            unit="s",
            source="block change < 1 level, " + OURS,
            advice="with visible, continuous motion",
            is_about_motion=True,
            weighs=True,
        ),
        Rule(
            criterion="blurred",
            question="Is it in focus?",
            must_hold=True,
            threshold=10,
            is_lower_limit=True,
            unit="grey levels²",
            source="variance of the Laplacian (Pech-Pacheco et al., 2000) at a contrast of 30; " + OURS,
            advice="in sharp focus, with crisp detail",
            weighs=True,
        ),
        Rule(
            criterion="flicker",
            question="Is the brightness steady?",
            must_hold=True,
            threshold=3,
            unit="levels",
            source="mean second difference of the luma, " + OURS,
            advice="steady, even light",
            is_about_motion=True,
            weighs=True,
        ),
        Rule(
            criterion="flash",
            question="Is it free of flashes?",
            must_hold=True,
            threshold=40,
            unit="levels",
            source="second difference of the luma at a peak, " + OURS,
            advice="constant exposure throughout",
            weighs=True,
        ),
        Rule(
            criterion="cut",
            question="Is it one shot?",
            must_hold=True,
            threshold=27,
            unit="levels",
            source="content change of PySceneDetect, with Bhattacharyya distance > 0.5",
            advice="one single continuous shot",
        ),
        Rule(
            criterion="jump",
            question="Does everything stay where it is from one frame to the next?",
            must_hold=True,
            threshold=27,
            unit="levels",
            source="content change of PySceneDetect, with structural similarity < 0.65",
            advice="smooth, unbroken movement",
            is_about_motion=True,
        ),
        Rule(
            criterion="overexposed",
            question="Do the bright parts keep their detail?",
            must_hold=False,
            threshold=0.25,
            unit="share of pixels",
            source="share of grey levels ≥ 250, " + OURS,
            advice="balanced exposure with soft highlights",
            weighs=True,
        ),
        Rule(
            criterion="underexposed",
            question="Is there light enough to see?",
            must_hold=False,
            threshold=20,
            is_lower_limit=True,
            unit="grey levels",
            source="mean luma, " + OURS,
            advice="enough light to see the subject",
            weighs=True,
        ),
        Rule(
            criterion="noise",
            question="Is the picture free of boiling noise?",
            must_hold=False,
            threshold=6,
            unit="grey levels",
            source="what remains beside optical flow, " + OURS,
            advice="a clean, calm picture",
            weighs=True,
        ),
        Rule(
            criterion="seam",
            question="Does it go on as the take before it ended?",
            must_hold=True,
            threshold=8,
            unit="ΔE76",
            source="mean over blocks; 2 is just seen (Mahy et al., 1994); " + OURS,
            advice="the same place, colours and light as in the first image",
            weighs=True,
        ),
        Rule(
            criterion="colour_drift",
            question="Do the colours stay the same?",
            must_hold=False,
            threshold=8,
            unit="ΔE76",
            source="mean colour of the last three frames against the opening, " + OURS,
            advice="colours and light that stay the same throughout",
            weighs=True,
        ),
    )
}


def threshold_of(criterion: str) -> float:
    """Return the threshold of a criterion that has one."""
    threshold = RULES[criterion].threshold
    assert threshold is not None, f"{criterion} is compared with an order, not with a threshold"
    return threshold


def found(
    criterion: str,
    value: float | None,
    evidence: str,
    *,
    holds: bool | None = None,
    is_draft: bool = False,
) -> Finding:
    """Return the finding: by comparing the value with the threshold, or as `holds` says where more is asked."""
    rule = RULES[criterion]
    if holds is None:
        assert value is not None, "what holds without a value is told"
        threshold = threshold_of(criterion)
        holds = value >= threshold if rule.is_lower_limit else value <= threshold
    return Finding(
        criterion=criterion,
        outcome=Outcome.PASS if holds else Outcome.FAIL,
        must_hold=rule.must_hold and not (is_draft and rule.is_about_motion),
        value=None if value is None else round(value, 3),
        threshold=rule.threshold,
        unit=rule.unit,
        source=rule.source,
        evidence=evidence,
    )


def unobserved(criterion: str, why: str) -> Finding:
    """Return the finding of what could not be measured; it never rejects."""
    rule = RULES[criterion]
    return Finding(
        criterion=criterion,
        outcome=Outcome.UNOBSERVED,
        must_hold=rule.must_hold,
        threshold=rule.threshold,
        unit=rule.unit,
        source=rule.source,
        evidence=why,
    )
