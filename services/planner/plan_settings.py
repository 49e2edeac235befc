"""What plans are written for: the renderer, and what it can do."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from bus.plan import DURATION_MAX_S, FPS, FRAMES_PER_SEGMENT_MAX, Size


class PlanSettings(Struct, frozen=True, kw_only=True):
    """What plans are written for: the renderer, and what it can do."""

    renderer: str = "animatic"
    fps: int = FPS
    sizes: tuple[Size, ...] = (
        Size(832, 480),
        Size(480, 832),
        Size(624, 624),
        Size(768, 576),
        Size(576, 768),
        Size(1280, 720),
        Size(720, 1280),
    )
    """What the model renders well; each side is a multiple of 16."""
    sample_sizes: tuple[Size, ...] = (Size(416, 240), Size(240, 416), Size(304, 304), Size(384, 288), Size(288, 384))
    prefer_small: bool = True
    """Render at the small sizes; else at the large ones."""
    frames_max: int = FRAMES_PER_SEGMENT_MAX
    """Frames a segment renders at most: 4n+1, at least 5."""
    chain_max: int = 4
    """Segments in a row that may continue one another, the first included; 1: none ever continues."""
    duration_s: float = 20.0
    """The length where nobody says one."""
    duration_max_s: float = DURATION_MAX_S
    caption: bool = True
    """Write the segment's number and beat into an animatic's picture."""

    def __post_init__(self) -> None:
        if self.frames_max % 4 != 1 or not 5 <= self.frames_max <= FRAMES_PER_SEGMENT_MAX:
            raise ValueError(f"frames_max is {self.frames_max}: give 4n+1, from 5 to {FRAMES_PER_SEGMENT_MAX}")
        if self.chain_max < 1:
            raise ValueError(f"chain_max is {self.chain_max}: give 1 for a film of cuts only, or more")


SETTINGS: Final = PlanSettings()
