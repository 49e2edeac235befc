"""A picture in the terminal: two pixels to a character, drawn with half blocks in 24-bit colour."""

from __future__ import annotations

import cv2
import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Text

WIDTH_MAX = 48
"""Characters; more tells no more about a look."""
UPPER_HALF = "▀"


def draw(picture: bytes, width: int) -> Text | None:
    """Return the picture (JPEG or PNG) as lines of text at most this many characters wide, or None if it is none."""
    pixels = cv2.imdecode(np.frombuffer(picture, dtype=np.uint8), cv2.IMREAD_COLOR) if picture else None
    if pixels is None:
        return None
    columns = max(2, min(width, WIDTH_MAX))
    height, full_width = pixels.shape[:2]
    # A character is about twice as high as wide, so a half block is about square.
    rows = max(2, round(columns * height / full_width / 2) * 2)
    small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)[:, :, ::-1]
    text = Text(no_wrap=True)
    for row in range(0, rows, 2):
        for upper, lower in zip(small[row], small[row + 1], strict=True):
            style = Style(color=Color.from_rgb(*upper.tolist()), bgcolor=Color.from_rgb(*lower.tolist()))
            text.append(UPPER_HALF, style)
        if row + 2 < rows:
            text.append("\n")
    return text
