"""What plans are written for: the renderer, and what it can do."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from bus.plan import DURATION_MAX_S, FPS, FRAMES_PER_SEGMENT_MAX, Lora, Mode, Size


class ChosenLora(Struct, frozen=True, kw_only=True):
    """A LoRA that fits the renderer's model."""

    lora: Lora
    modes: frozenset[Mode]
    """What kinds of clips it was made for."""
    purpose: str = ""


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
    """Frames a segment renders at most: one of the lengths that `frame_step` allows."""
    frame_step: int = 4
    """Lengths are `frame_step`·n + 1 frames."""
    frames_min: int = 5
    sample_frames: int = 33
    """Two seconds at 16 frames a second: enough to see a look, little enough to wait for."""
    sample_steps: int | None = None
    """None: as many as the renderer takes for a sample."""
    sample_is_draft: bool = True
    """The sample is rendered with the renderer's quick variant, where it has one."""
    sample_remarks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """What a person should know about the renderer that was chosen."""
    match_colours: bool = False
    """The renderer's colours drift, so that takes of a chain are matched to its opening."""
    loras: tuple[ChosenLora, ...] = ()
    """What the person wants for every segment that it fits."""
    lora_choices: tuple[ChosenLora, ...] = ()
    """All that may be chosen for this renderer."""
    chain_max: int = 4
    """Segments in a row that may continue one another, the first included; 1: none ever continues."""
    duration_s: float = 20.0
    """The length where nobody says one."""
    duration_max_s: float = DURATION_MAX_S
    caption: bool = True
    """Write the segment's number and beat into an animatic's picture."""

    def __post_init__(self) -> None:
        step, least = self.frame_step, self.frames_min
        if step % 4 or (least - 1) % step or least < 5:
            raise ValueError(f"lengths of {step}n+1 frames from {least} can't be planned: give steps of 4, from 5 up")
        if (self.frames_max - 1) % step or not least <= self.frames_max <= FRAMES_PER_SEGMENT_MAX:
            raise ValueError(
                f"frames_max is {self.frames_max}: give {step}n+1, from {least} to {FRAMES_PER_SEGMENT_MAX}"
            )
        if self.chain_max < 1:
            raise ValueError(f"chain_max is {self.chain_max}: give 1 for a film of cuts only, or more")


SETTINGS: Final = PlanSettings()
