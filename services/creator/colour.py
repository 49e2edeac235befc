"""Colours of a continued take, matched to the opening of its chain: one affine for the whole take, never per frame."""

from __future__ import annotations

import enum
from typing import Final

import cv2
import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from services._kit.media import Frame

DIFFERENCE_MAX: Final = 8.0
"""Beyond it (ΔE*ab of the mean colours) the take is no drifted copy of the scene but another one, judged as is."""
DIFFERENCE_MIN: Final = 1.0
"""Below it nobody sees a difference, and writing the take anew would cost more than it gives."""
STRETCH_MAX: Final = 1.5
"""How much a direction of the colour space may be stretched or shrunk; more would show as noise or as mud."""
SAMPLE_WIDTH: Final = 160
_FLOOR: Final = 4.0
"""Variance in grey levels squared that every direction has at least: a flat picture has none to divide by."""

Affine = NDArray[np.float32]
"""Shape (3, 4): what a BGR colour, with 1 appended, is multiplied by."""


class Outcome(enum.StrEnum):
    """What became of a match."""

    MATCHED = "matched"
    ALIKE = "alike"
    """The colours were the same already."""
    TOO_FAR = "too_far"
    """The difference is too large for a repair; the review decides."""
    NO_GAIN = "no_gain"
    """No transform that is gentle enough brings them nearer."""


class Against(enum.StrEnum):
    """What a take's colours were compared with."""

    OPENING = "opening"
    START = "start"


class Matching(Struct, frozen=True, kw_only=True, eq=False):
    """What was found and what is to be done; ΔE*ab of mean colours, before and after."""

    outcome: Outcome
    before: float
    after: float
    affine: Affine | None = None
    against: Against = Against.OPENING


def match(first: Frame, opening: Frame, start: Frame | None = None) -> Matching:
    """Return how the take that starts with `first` gets the colours of its chain's opening.

    The take repeats the picture it starts from, so a match must not make it differ more from that: where the scene has
    moved on since the opening, its colours are rightly others, and the take is matched to what it starts from.

    Args:
        first: the take's first frame, BGR.
        opening: the last frame of the take that opens the chain, BGR, of any size.
        start: the picture it starts from, BGR, of any size.
    """
    found = _match(first, opening)
    if start is None or found.outcome is Outcome.ALIKE or _keeps_the_seam(found, first, start):
        return found
    nearer = _match(first, start)
    if nearer.outcome is Outcome.MATCHED:
        return structs.replace(nearer, against=Against.START)
    return found if found.affine is None else Matching(outcome=Outcome.NO_GAIN, before=found.before, after=found.before)


def _keeps_the_seam(found: Matching, first: Frame, start: Frame) -> bool:
    """Say whether the take, once matched, differs no more from what it starts from than before, or invisibly."""
    if found.affine is None:
        return False
    seam = difference(apply(found.affine, first), start)
    return seam <= max(difference(first, start), DIFFERENCE_MIN)


def _match(first: Frame, reference: Frame) -> Matching:
    """Return how `first` gets the colours of `reference`.

    The transform is the linear Monge–Kantorovich map between the two colour distributions (Pitié and Kokaram, 2007):
    of all maps that give the mean and the covariance of the reference it moves colours least.

    """
    source, target = _pixels(first), _pixels(reference)
    before = difference(first, reference)
    if before < DIFFERENCE_MIN:
        return Matching(outcome=Outcome.ALIKE, before=before, after=before)
    if before > DIFFERENCE_MAX:
        return Matching(outcome=Outcome.TOO_FAR, before=before, after=before)
    affine = _affine(source, target)
    after = difference(apply(affine, first), reference)
    if after >= before:
        return Matching(outcome=Outcome.NO_GAIN, before=before, after=before)
    return Matching(outcome=Outcome.MATCHED, before=before, after=after, affine=affine)


def apply(affine: Affine, frame: Frame) -> Frame:
    """Return the frame with its colours transformed, rounded and held within 0 and 255."""
    return np.ascontiguousarray(cv2.transform(frame, affine), dtype=np.uint8)


def difference(one: Frame, other: Frame) -> float:
    """Return ΔE*ab (CIE 1976) between the mean colours of two pictures."""
    means = [_lab(_small(picture)).reshape(-1, 3).mean(axis=0) for picture in (one, other)]
    return float(np.linalg.norm(means[0] - means[1]))


def _affine(source: NDArray[np.float64], target: NDArray[np.float64]) -> Affine:
    here, there = _covariance(source), _covariance(target)
    root = _power(here, 0.5)
    inverse = _power(here, -0.5)
    linear = inverse @ _power(root @ there @ root, 0.5) @ inverse
    values, vectors = np.linalg.eigh((linear + linear.T) / 2)
    linear = vectors @ np.diag(np.clip(values, 1 / STRETCH_MAX, STRETCH_MAX)) @ vectors.T
    shift = target.mean(axis=0) - linear @ source.mean(axis=0)
    return np.column_stack((linear, shift)).astype(np.float32)


def _covariance(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.cov(pixels, rowvar=False) + _FLOOR * np.eye(3), dtype=np.float64)


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Return a power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray(vectors @ np.diag(np.maximum(values, 1e-9) ** exponent) @ vectors.T, dtype=np.float64)


def _pixels(frame: Frame) -> NDArray[np.float64]:
    return _small(frame).reshape(-1, 3).astype(np.float64)


def _small(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    if width <= SAMPLE_WIDTH:
        return frame
    size = (SAMPLE_WIDTH, max(1, round(height * SAMPLE_WIDTH / width)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _lab(frame: Frame) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(frame.astype(np.float32) / 255, cv2.COLOR_BGR2LAB), dtype=np.float32)
