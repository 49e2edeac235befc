"""Looks at a picture with a vision model: what it shows, and what the content policy wants to know about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
from msgspec import Meta, Struct

from services._kit.llm import Answer, Picture, Question, read_prompt
from services._kit.media import Frame
from services._kit.minds import Mind, StandIn
from services._kit.pictures import jpeg_of

LOOK = read_prompt(Path(__file__).parent / "prompts" / "look.md")
SIDE_MAX = 1024
"""Larger pictures are made smaller: a model sees no more in them, and they fill its context."""


class Sight(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model sees."""

    about: Annotated[str, Meta(min_length=1, max_length=500)]
    has_minor: bool
    has_person: bool
    has_real_person: bool
    is_sexual: bool


async def look_at(mind: Mind, frame: Frame, label: str = "") -> Answer[Sight] | StandIn:
    """Return what a vision model sees on a picture or on one frame of a take, or why none has looked.

    Raises:
        ModelFailed: no model sees, and the person wants no film without one.
    """
    words = "Say what is on the picture."
    question = Question(prompt=LOOK, words=words, models="vision", answer_tokens_max=512)
    return await mind.answer(question, Sight, (picture_of(frame, label),))


def picture_of(frame: Frame, label: str = "") -> Picture:
    """Return a frame as it is shown to a model: no larger than it can see."""
    height, width = frame.shape[:2]
    scale = min(1.0, SIDE_MAX / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        frame = np.ascontiguousarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    height, width = frame.shape[:2]
    return Picture(content=jpeg_of(frame), width=width, height=height, label=label)
