"""Arrays with their type said: cv2's own annotations leave open which numbers an array holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from services._kit.media import Frame

Field = NDArray[np.float32]
"""One number for each place."""


def pixels(values: ArrayLike) -> Frame:
    """Return the array as 8-bit pixels; nothing is copied where it holds them already."""
    return np.asarray(values, dtype=np.uint8)


def field(values: ArrayLike) -> Field:
    """Return the array as 32-bit floats; nothing is copied where it holds them already."""
    return np.asarray(values, dtype=np.float32)
