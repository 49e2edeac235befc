"""How alike two clips are that should be the same, in words. Pure."""

from __future__ import annotations

from bus.likeness import Comparison, Likeness


def likeness_in_words(comparison: Comparison) -> str:
    """Return how alike the clips are, with what was measured."""
    measured = ""
    if comparison.ssim is not None and comparison.delta_e is not None:
        measured = f", SSIM {comparison.ssim:.4f}, ΔE {comparison.delta_e:.2f}"
    match comparison.likeness:
        case Likeness.SAME_BYTES:
            return f"byte for byte the same{f', but not as it is stored: {comparison.why}' if comparison.why else ''}"
        case Likeness.SAME_FRAMES:
            return "every frame is the same, the files are not"
        case Likeness.EQUIVALENT:
            return f"equivalent{measured}"
        case Likeness.DIFFERENT:
            return f"different{measured}{f': {comparison.why}' if comparison.why else ''}"
        case Likeness.UNKNOWN:
            return f"can't be told: {comparison.why}"
