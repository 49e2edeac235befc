"""Soft randomness: curves and clouds made from a seeded generator."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike

from services.creator.renderers.stage.arrays import Field, field


def curve(rng: np.random.Generator, length: int, cells: float, octaves: int = 4, rough: float = 0.5) -> Field:
    """Return a smooth random curve of this length, about -1 to 1, with `cells` bumps in its lowest octave."""
    total = np.zeros(length, dtype=np.float64)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        count = max(2, round(cells * 2**octave)) + 3
        knots = rng.uniform(-1.0, 1.0, count)
        place = np.linspace(1.0, count - 2.001, length)
        index = place.astype(np.intp)
        share = place - index
        share = share * share * (3 - 2 * share)
        total += weight * (knots[index] * (1 - share) + knots[index + 1] * share)
        sum_of_weights += weight
        weight *= rough
    return (total / sum_of_weights * 1.6).astype(np.float32)


def ridge(rng: np.random.Generator, length: int, cells: float, octaves: int = 7) -> Field:
    """Return a jagged random curve, 0 to 1, with sharp peaks between broad valleys, as mountains have."""
    total = np.zeros(length, dtype=np.float64)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        count = max(2, round(cells * 2**octave)) + 2
        line = np.interp(np.linspace(0.5, count - 1.5, length), np.arange(count), rng.random(count))
        if octave < 2:
            line = (1.0 - np.abs(2.0 * line - 1.0)) ** 1.3
        total += weight * line
        sum_of_weights += weight
        weight *= 0.5
    return (total / sum_of_weights).astype(np.float32)


def cloud(rng: np.random.Generator, height: int, width: int, cell: float, octaves: int = 4) -> Field:
    """Return a smooth random field, 0 to 1, whose largest features are about `cell` pixels wide."""
    total = np.zeros((height, width), dtype=np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        size = max(1.5, cell / 2**octave)
        rows, columns = int(height / size) + 3, int(width / size) + 3
        coarse = rng.random((rows, columns), dtype=np.float32)
        fine = cv2.resize(coarse, (int(columns * size) + 1, int(rows * size) + 1), interpolation=cv2.INTER_CUBIC)
        total += weight * fine[:height, :width]
        sum_of_weights += weight
        weight *= 0.5
    return field(np.clip((total / sum_of_weights - 0.5) * 1.7 + 0.5, 0.0, 1.0))


def smooth(low: float, high: float, values: ArrayLike) -> Field:
    """Return 0 below `low`, 1 above `high`, and an eased passage between."""
    share = np.clip((field(values) - low) / (high - low), 0.0, 1.0)
    return field(share * share * (3 - 2 * share))
