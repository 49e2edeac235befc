"""The technical review of a take: is it what was ordered, does it run on, does it fit the take before it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from bus.plan import Finding, Movement, Outcome, Verdict
from services._kit.media import ClipFacts, Frame, Unreadable, frames_of, probe
from services._kit.pictures import fit, open_picture
from services.reviewer.criteria import RULES, found, threshold_of, unobserved
from services.reviewer.findings import PICTURE_CRITERIA, Rhythm, findings_of
from services.reviewer.measures import (
    Measures,
    SizeChanges,
    Stop,
    colour_difference,
    mean_colour,
    measure,
    seam_difference,
)

SEAM_SEEN: Final = 2.0
"""A colour difference from which a seam may be seen; up to the threshold it is noted and let pass."""
DRIFT_FRAMES: Final = 3


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What was ordered."""

    frame_count: int
    width: int
    height: int
    fps: int
    movement: Movement
    is_draft: bool = False
    """A sample: judged by its look and not by its motion."""


@dataclass(frozen=True, kw_only=True)
class References:
    """Pictures that the take is compared with."""

    hand_over: Path | None = None
    """The last frame of the take that it continues."""
    in_frame: int = 0
    """The first frame that the film shows of it."""
    opening: Path | None = None
    """The first frame of the chain of continued takes that it belongs to."""


def review_take(video: Path, expected: Expected, *, reference: References, stop: Stop) -> Verdict:
    """Return what measurement finds about the take, from one sequential decode.

    Blocks: about 10 ms for a frame of 832×480. Looked at: whether it is what was ordered, whether each frame
    shows something, whether it runs on without breaks, and whether it fits the take before it. What can't be
    measured is unobserved, and rejects nothing.

    Args:
        stop: asked between frames; true means leave off.

    Raises:
        ReviewStopped: `stop` said so.
        NotAPicture: a reference is no picture.
        OSError: a reference can't be read.
    """
    findings = _findings(video, expected, reference, stop)
    return Verdict(findings=tuple(findings), score=score_of(findings), advice=advice_of(findings))


def score_of(findings: list[Finding]) -> float:
    """Return how good the take is, 0 to 1, for choosing among takes.

    Each measured value that weighs has a margin: 1 where nothing is amiss, 0.5 at the threshold, 0 at twice the
    threshold or worse. A take without a failed must-hold criterion scores 0.5 to 1: 0.5 + half of the mean margin.
    One with failures scores below 0.5: half of the mean margin, times the share of must-hold criteria that held.
    """
    judged = [one for one in findings if one.must_hold and one.outcome is not Outcome.UNOBSERVED]
    held = [one for one in judged if one.outcome is Outcome.PASS]
    margins = [_margin(one) for one in findings if RULES[one.criterion].weighs and one.value is not None]
    mean = sum(margins) / len(margins) if margins else 0.0
    if len(held) == len(judged):
        return round(0.5 + mean / 2, 4)
    return round(mean / 2 * len(held) / len(judged), 4)


def advice_of(findings: list[Finding]) -> str:
    """Return words for the next take's prompt: what failed, said as what is wanted; must-hold criteria first."""
    failed = [one for one in findings if one.outcome is Outcome.FAIL]
    failed.sort(key=lambda one: not one.must_hold)
    words = (RULES[one.criterion].advice for one in failed)
    return ", ".join(dict.fromkeys(word for word in words if word))


def _margin(finding: Finding) -> float:
    rule = RULES[finding.criterion]
    assert finding.value is not None
    part = finding.value / (2 * threshold_of(finding.criterion))
    return min(1.0, max(0.0, part if rule.is_lower_limit else 1.0 - part))


# -- is it what was ordered ----------------------------------------------------------------------------------

_AFTER_DECODING: Final = ("frame_count", "size", "fps", *PICTURE_CRITERIA, "seam", "colour_drift")


def _findings(video: Path, expected: Expected, reference: References, stop: Stop) -> list[Finding]:
    try:
        facts = probe(video)
        measures = measure(frames_of(video), stop)
    except Unreadable as error:
        return [
            found("decodes", None, f"{error.why}", holds=False),
            *(unobserved(name, "the file can't be decoded to its end") for name in _AFTER_DECODING),
        ]
    except SizeChanges as error:
        return [
            found("decodes", None, "every frame could be decoded", holds=True),
            found("size", None, str(error), holds=False),
            *(unobserved(name, "its frames differ in size") for name in _AFTER_DECODING if name != "size"),
        ]
    rhythm = Rhythm(fps=expected.fps, is_static=expected.movement is Movement.STATIC, is_draft=expected.is_draft)
    return [
        *_as_ordered(facts, measures, expected),
        *findings_of(measures, rhythm),
        _seam(measures, expected, reference),
        _drift(measures, reference),
    ]


def _as_ordered(facts: ClipFacts, measures: Measures, expected: Expected) -> list[Finding]:
    count, rate = len(measures.pictures), facts.fps
    size, wanted = (measures.width, measures.height), (expected.width, expected.height)
    return [
        found("decodes", None, f"all {count} frames could be decoded", holds=True),
        found(
            "frame_count",
            float(count),
            f"{count} frames, {expected.frame_count} were ordered",
            holds=count == expected.frame_count,
        ),
        found("size", None, f"{size[0]}×{size[1]}, {wanted[0]}×{wanted[1]} was ordered", holds=size == wanted),
        found(
            "fps",
            float(rate),
            f"{float(rate):g} frames a second, {expected.fps} were ordered",
            holds=rate == Fraction(expected.fps),
        ),
    ]


# -- does it fit the takes before it -------------------------------------------------------------------------


def _seam(measures: Measures, expected: Expected, reference: References) -> Finding:
    if reference.hand_over is None:
        return unobserved("seam", "it continues no other take")
    if reference.in_frame >= len(measures.small):
        return unobserved("seam", f"it has no frame {reference.in_frame}")
    if (measures.width, measures.height) != (expected.width, expected.height):
        return unobserved("seam", "it has not the ordered size, so nothing lies where it should")
    first = measures.pictures[reference.in_frame]
    if first.is_black or first.is_flat:
        return unobserved("seam", f"frame {reference.in_frame} shows nothing")
    shown = measures.small[reference.in_frame]
    value = seam_difference(_picture(reference.hand_over, shown), shown)
    if value > threshold_of("seam"):
        evidence = f"frame {reference.in_frame} is another picture than the one handed over, by ΔE {value:.1f}"
    elif value > SEAM_SEEN:
        evidence = f"frame {reference.in_frame} differs by ΔE {value:.1f}: the seam may be seen"
    else:
        evidence = f"frame {reference.in_frame} goes on as handed over, ΔE {value:.1f}"
    return found("seam", value, evidence)


def _drift(measures: Measures, reference: References) -> Finding:
    colours = [one.colour for one in measures.pictures]
    if reference.opening is None and len(colours) < 2 * DRIFT_FRAMES:
        return unobserved("colour_drift", f"{len(colours)} frames are too few to drift")
    if reference.opening is None:
        opening, name = _mean(colours[:DRIFT_FRAMES]), "its own first frames"
    else:
        opening, name = mean_colour(_picture(reference.opening, measures.small[0])), "the chain's opening"
    value = colour_difference(opening, _mean(colours[-DRIFT_FRAMES:]))
    return found("colour_drift", value, f"its last frames are ΔE {value:.1f} away from {name}")


def _mean(colours: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    first, second, third = (sum(axis) / len(colours) for axis in zip(*colours, strict=True))
    return first, second, third


def _picture(path: Path, like: Frame) -> Frame:
    """Return the reference at the size of this frame."""
    height, width = like.shape[:2]
    return fit(open_picture(path.read_bytes()), width, height)
