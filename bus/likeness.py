"""How alike two clips are that should be the same: the document, and what counts as equivalent."""

from __future__ import annotations

import enum

from msgspec import Struct

from bus.ids import Digest


class Likeness(enum.StrEnum):
    """How alike, the best first."""

    SAME_BYTES = "same_bytes"
    SAME_FRAMES = "same_frames"
    """Every pixel of every frame is the same; the files differ in what stands around them."""
    EQUIVALENT = "equivalent"
    """A viewer would not tell them apart: within the thresholds below."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """The recorded file is missing or altered, and what was made is not the same by its digest."""


SSIM_MIN = 0.95
"""Equivalent clips are alike in structure at least so much, in the mean over all frames."""
DELTA_E_MAX = 2.3
"""Equivalent clips differ in colour at most so much (ΔE of CIE 1976), in the mean over all pixels and frames."""
SOURCE = (
    "SSIM: where half of the viewers no longer see a difference (Flynn, Ward, Abich and Poole, 2013). "
    "ΔE: the just noticeable difference (Mahy, Van Eycken and Oosterlinck, 1994)."
)
"""Where the two thresholds are from."""

ORDER: tuple[Likeness, ...] = tuple(Likeness)
MATCHING = frozenset({Likeness.SAME_BYTES, Likeness.SAME_FRAMES, Likeness.EQUIVALENT})


class Difference(Struct, frozen=True, gc=False, kw_only=True):
    """Something that was not as it had been: the renderer, its version, the model or the device."""

    what: str
    was: str
    now: str


class Comparison(Struct, frozen=True, gc=False, kw_only=True):
    """A clip held against the one that was recorded, over all frames."""

    likeness: Likeness
    wanted: Digest
    """The recorded clip."""
    found: Digest
    """The one that was made again."""
    frame_count: int | None = None
    """How many frames were compared; None where digests were enough."""
    ssim: float | None = None
    """Structural similarity of the brightness, 0 to 1: the mean over frames."""
    ssim_worst: float | None = None
    """The same, of the frame that is least alike."""
    delta_e: float | None = None
    """Difference of colour, ΔE of CIE 1976: the mean over pixels and frames."""
    delta_e_worst: float | None = None
    """The same, of the frame that differs most."""
    differences: tuple[Difference, ...] = ()
    """What was not as it had been when the clip was made; empty where all of it was."""
    why: str = ""
    """Where there is more to say: frames that lack, a recorded file that is missing or altered."""


def worst(likenesses: tuple[Likeness, ...]) -> Likeness:
    """Return the worst of these, which is what a film of such clips is."""
    return max(likenesses, key=ORDER.index, default=Likeness.SAME_BYTES)
