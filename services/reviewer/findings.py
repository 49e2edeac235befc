"""The findings that follow from what was measured of a take's own pictures."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import Final

from msgspec import Struct

from bus.plan import Finding
from services.reviewer.breaks import Breaks, breaks_of
from services.reviewer.criteria import RUN_MIN, found, threshold_of, unobserved
from services.reviewer.measures import MOTION_LAG, MOTION_LUMA, Measures

CONTRAST_TYPICAL = 30.0
"""The luma's standard deviation of an ordinary picture: sharpness is compared at this contrast."""
USABLE_FRAMES_MIN = 5
LUMA_BRIGHT = 235.0
"""Mean luma above which a picture is overexposed whatever its brightest pixels."""


class Rhythm(Struct, frozen=True, kw_only=True):
    """What the frame numbers in sentences, and the judgement of motion, depend on."""

    fps: float
    is_static: bool = False
    is_draft: bool = False

    def at(self, index: int) -> str:
        """Return `frame 12 (0.75 s)`."""
        return f"frame {index} ({index / self.fps:.2f} s)"

    def span(self, first: int, last: int) -> str:
        """Return `frames 12 to 15 (0.75 s to 0.94 s)`."""
        if first == last:
            return self.at(first)
        return f"frames {first} to {last} ({first / self.fps:.2f} s to {last / self.fps:.2f} s)"


PICTURE_CRITERIA: Final = (
    "black",
    "flat",
    "frozen",
    "still",
    "blurred",
    "flicker",
    "flash",
    "cut",
    "jump",
    "overexposed",
    "underexposed",
    "noise",
)


def findings_of(measures: Measures, rhythm: Rhythm) -> list[Finding]:
    """Return the findings on the take's own pictures, one for each of `PICTURE_CRITERIA`."""
    pictures = measures.pictures
    black = _longest([one.is_black for one in pictures])
    flat = _longest([one.is_flat for one in pictures])
    findings = [
        _void("black", "black", black, rhythm),
        _void("flat", "one flat colour", flat, rhythm),
    ]
    usable = _usable([one.is_black or one.is_flat for one in pictures])
    if sum(usable) < USABLE_FRAMES_MIN:
        why = f"only {sum(usable)} frames show anything"
        return findings + [unobserved(name, why) for name in PICTURE_CRITERIA[2:]]
    breaks = breaks_of(measures, usable)
    return [
        *findings,
        *_stillness(measures, usable, rhythm),
        _sharpness(measures, usable),
        _flicker(measures, usable, breaks, rhythm),
        _flash(breaks, rhythm),
        _cut(breaks, rhythm),
        _jump(breaks, rhythm),
        *_exposure(measures, usable),
        _noise(measures, usable),
    ]


def _void(criterion: str, what: str, run: tuple[int, int], rhythm: Rhythm) -> Finding:
    first, length = run
    evidence = f"{rhythm.span(first, first + length - 1)}: {what}" if length else "no such frame"
    return found(criterion, float(length), evidence, holds=length < RUN_MIN)


def _stillness(measures: Measures, usable: Sequence[bool], rhythm: Rhythm) -> list[Finding]:
    steps = measures.steps
    is_still = [False] * len(steps)
    for index, step in enumerate(steps):
        if step.motion_lagged is not None and step.motion_lagged < MOTION_LUMA:
            first = index - MOTION_LAG + 1
            if all(usable[first : index + 2]) and all(one.motion < MOTION_LUMA for one in steps[first : index + 1]):
                is_still[first : index + 1] = [True] * MOTION_LAG
    first, length = _longest(is_still)
    share, longest_s = sum(is_still) / len(steps), length / rhythm.fps
    evidence = f"{share:.0%} of the take stands still"
    if length:
        evidence += f"; nothing moves in {rhythm.span(first, first + length)}"
    if rhythm.is_static:
        why = f"{evidence}, which a shot without camera movement may"
        return [unobserved("frozen", why), unobserved("still", why)]
    return [
        found("frozen", share, evidence, holds=share < threshold_of("frozen"), is_draft=rhythm.is_draft),
        found("still", longest_s, evidence, holds=longest_s < threshold_of("still"), is_draft=rhythm.is_draft),
    ]


def _sharpness(measures: Measures, usable: Sequence[bool]) -> Finding:
    """Judge the median frame, at the contrast of an ordinary picture: fog and night have less of both."""
    values = [
        one.sharpness * max(1.0, CONTRAST_TYPICAL / max(one.contrast, 1.0)) ** 2
        for one, is_usable in zip(measures.pictures, usable, strict=True)
        if is_usable
    ]
    value = median(values)
    return found("blurred", value, f"the middle one of {len(values)} frames has {value:.0f}")


def _flicker(measures: Measures, usable: Sequence[bool], breaks: Breaks, rhythm: Rhythm) -> Finding:
    luma = [one.luma for one in measures.pictures]
    broken = {index for index, *_ in (*breaks.cuts, *breaks.jumps)}
    differences = [
        abs(luma[index - 1] - 2 * luma[index] + luma[index + 1])
        for index in range(1, len(luma) - 1)
        if all(usable[index - 1 : index + 2])
        and not broken & {index - 1, index}
        and not breaks.flash_frames & {index - 1, index, index + 1}
    ]
    if len(differences) < USABLE_FRAMES_MIN:
        return unobserved("flicker", f"only {len(differences)} places are free of cuts and flashes")
    value = fmean(differences)
    return found("flicker", value, f"the brightness wavers by {value:.1f} levels a frame", is_draft=rhythm.is_draft)


def _flash(breaks: Breaks, rhythm: Rhythm) -> Finding:
    if not breaks.flashes:
        return found("flash", breaks.flash_highest, "no flash")
    first, last, height = max(breaks.flashes, key=lambda flash: abs(flash[2]))
    kind = "brighter" if height > 0 else "darker"
    evidence = f"{rhythm.span(first, last)}: {abs(height):.0f} levels {kind} than before and after"
    return found("flash", 2 * abs(height), evidence)


def _cut(breaks: Breaks, rhythm: Rhythm) -> Finding:
    if not breaks.cuts:
        return found("cut", breaks.content_highest, "no cut", holds=True)
    index, content, histogram, alike = max(breaks.cuts, key=lambda one: one[1])
    evidence = (
        f"another scene from {rhythm.at(index + 1)} on; colours differ by {histogram:.2f}, similarity {alike:.2f}"
    )
    return found("cut", content, evidence, holds=False)


def _jump(breaks: Breaks, rhythm: Rhythm) -> Finding:
    if not breaks.jumps:
        return found("jump", breaks.content_highest, "no jump", holds=True, is_draft=rhythm.is_draft)
    index, content, histogram, alike = max(breaks.jumps, key=lambda one: one[1])
    evidence = f"a jump to {rhythm.at(index + 1)}; colours differ by {histogram:.2f}, similarity {alike:.2f}"
    return found("jump", content, evidence, holds=False, is_draft=rhythm.is_draft)


def _exposure(measures: Measures, usable: Sequence[bool]) -> list[Finding]:
    pictures = [one for one, is_usable in zip(measures.pictures, usable, strict=True) if is_usable]
    bright, luma = fmean(one.bright_share for one in pictures), fmean(one.luma for one in pictures)
    return [
        found(
            "overexposed",
            bright,
            f"{bright:.0%} of the pixels are burnt out, at a mean luma of {luma:.0f}",
            holds=bright <= threshold_of("overexposed") and luma <= LUMA_BRIGHT,
        ),
        found("underexposed", luma, f"the mean luma is {luma:.0f}"),
    ]


def _noise(measures: Measures, usable: Sequence[bool]) -> Finding:
    values = [step.residual for index, step in enumerate(measures.steps) if usable[index] and usable[index + 1]]
    if not values:
        return unobserved("noise", "no two frames in a row show anything")
    value = median(values)
    return found("noise", value, f"{value:.1f} levels change that no motion explains")


def _usable(is_void: Sequence[bool]) -> list[bool]:
    """Return which frames show something; one or two that don't are a flash, and stay in."""
    usable = [True] * len(is_void)
    first = 0
    for index in range(len(is_void) + 1):
        if index < len(is_void) and is_void[index]:
            continue
        if index - first >= RUN_MIN:
            usable[first:index] = [False] * (index - first)
        first = index + 1
    return usable


def _longest(claims: Sequence[bool]) -> tuple[int, int]:
    """Return where the longest run of true begins, and its length."""
    best, first = (0, 0), 0
    for index in range(len(claims) + 1):
        if index < len(claims) and claims[index]:
            continue
        if index - first > best[1]:
            best = (first, index - first)
        first = index + 1
    return best
