"""The caption: the segment's number and what happens, small and low, as on a storyboard."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

import cv2
import numpy as np

from services._kit.media import Frame

_FONT: Final = "sans"
"""The variable font in OpenCV's wheel; what it lacks comes from the wheel's CJK font."""
_NUMBERED: Final = re.compile(r"(\d{1,4})\s{2,}(.+)", re.DOTALL)
_LINES_MAX: Final = 2


class Caption:
    """A strip with the caption, laid over each frame.

    Latin, Greek, Cyrillic, Chinese, Japanese and Korean text is drawn. A text in a script that the bundled fonts
    or OpenCV's left-to-right layout can't set (Arabic, Hebrew, Devanagari, Thai …) is left out, and the segment's
    number stands alone: a row of question marks would say less. Long texts are cut with an ellipsis.
    """

    def __init__(self, text: str, width: int, height: int, margins: tuple[int, int] = (0, 0)) -> None:
        """Set the text for a picture of this size.

        Args:
            margins: pixels to the left of and above the picture that the frame has and the film does not show.
        """
        size = max(11, round(min(height * 0.036, width * 0.042)))
        number, words = _parts(text)
        self._strip, self._cover = _drawn(number, words, size, width)
        high = self._strip.shape[0] if self._strip is not None else 0
        edge = round(size * 0.9)
        self._left, self._top = margins[0] + edge, margins[1] + height - high - edge

    def lay(self, frame: Frame) -> Frame:
        """Return a copy of the frame with the caption on it."""
        if self._strip is None or self._cover is None or self._top < 0:
            return frame
        high, wide = self._strip.shape[:2]
        result = frame.copy()
        part = result[self._top : self._top + high, self._left : self._left + wide]
        kept = cv2.multiply(part, self._cover, scale=1.0 / 255.0)
        part[:] = cv2.add(kept, self._strip)
        return result


def _parts(text: str) -> tuple[str, str]:
    """Return the segment's number and the words; either may be empty."""
    clean = " ".join(text.split()) if _NUMBERED.match(text) is None else text
    found = _NUMBERED.match(clean)
    number, words = (found[1], " ".join(found[2].split())) if found else ("", clean)
    if re.fullmatch(r"\d{1,4}", words) and not number:
        number, words = words, ""
    return number, _drawable(words)


def _drawable(words: str) -> str:
    """Return the words as far as they can be drawn, or nothing where a letter of theirs can't."""
    kept: list[str] = []
    for letter in unicodedata.normalize("NFC", words):
        if unicodedata.bidirectional(letter) in ("R", "AL", "AN"):
            return ""
        if _has_glyph(letter):
            kept.append(letter)
        elif unicodedata.category(letter)[0] in "LMN":
            return ""
    return " ".join("".join(kept).split())


@functools.lru_cache(maxsize=4096)
def _has_glyph(letter: str) -> bool:
    """Say whether the fonts have it: OpenCV draws a question mark for what they lack."""
    if letter in "? ":
        return True
    return bool((_stamp(letter) != _stamp("?")).any())


@functools.lru_cache(maxsize=2048)
def _stamp(letter: str) -> Frame:
    image = np.zeros((40, 60, 3), dtype=np.uint8)
    cv2.putText(image, letter, (8, 30), (255, 255, 255), cv2.FontFace(_FONT), 24, 400)
    return image


def _text_width(text: str, size: int, weight: int) -> int:
    box = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace(_FONT), size, weight)
    return int(box[0]) + int(box[2])


def _wrapped(words: str, size: int, room: int) -> list[str]:
    """Return the words in at most two lines that fit; what is left over is cut with an ellipsis."""
    lines: list[str] = []
    rest = words
    while rest and len(lines) < _LINES_MAX:
        if _text_width(rest, size, 400) <= room:
            lines.append(rest)
            return lines
        is_last = len(lines) == _LINES_MAX - 1
        ending = "…" if is_last else ""
        low, high = 0, len(rest)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if _text_width(rest[:middle] + ending, size, 400) <= room else (low, middle - 1)
        cut = rest.rfind(" ", 0, low + 1)
        at = cut if cut > low // 2 else max(1, low)
        lines.append(rest[:at].rstrip(" ,;:–—-") + ending)
        rest = rest[at:].strip()
    return lines


def _drawn(number: str, words: str, size: int, width: int) -> tuple[Frame | None, Frame | None]:
    """Return the strip premultiplied by its cover, and what it leaves of the frame (255 all, 0 nothing)."""
    if not number and not words:
        return None, None
    pad, leading = round(size * 0.62), round(size * 1.32)
    chip = _text_width(number, size, 700) + pad * 2 if number else 0
    lines = _wrapped(words, size, width - round(size * 1.8) - chip - pad * 3)
    wide = chip + (max(_text_width(line, size, 400) for line in lines) + pad * 2 + pad // 2 if lines else 0)
    high = pad + leading * max(1, len(lines)) + pad // 3
    scale = 4
    plate = np.zeros((high * scale, wide * scale), dtype=np.uint8)
    _rounded(plate, 0, wide * scale, round(size * 0.34) * scale)
    shape = cv2.resize(plate, (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    dark = np.zeros((high, wide), dtype=np.float32) + 0.62
    dark[:, :chip] = 0.86
    cover = shape * dark
    ink = np.zeros((high, wide, 3), dtype=np.uint8)
    font, baseline = cv2.FontFace(_FONT), pad + round(size * 0.80)
    if number:
        middle = baseline + (leading * (max(1, len(lines)) - 1)) // 2
        cv2.putText(ink, number, (pad, middle), (255, 255, 255), font, size, 700)
    for index, line in enumerate(lines):
        cv2.putText(ink, line, (chip + pad, baseline + index * leading), (244, 244, 244), font, size, 400)
    letters = ink.astype(np.float32) / 255.0
    strip = (cover[:, :, None] * np.array([16.0, 13.0, 12.0], dtype=np.float32)) * (1 - letters) + letters * 240.0
    kept = (1.0 - cover[:, :, None]) * (1.0 - letters) * 255.0
    return np.rint(strip).astype(np.uint8), np.rint(kept).astype(np.uint8)


def _rounded(plate: Frame, left: int, right: int, radius: int) -> None:
    high = plate.shape[0]
    cv2.rectangle(plate, (left + radius, 0), (right - radius - 1, high), 255, -1)
    cv2.rectangle(plate, (left, radius), (right - 1, high - radius - 1), 255, -1)
    for x in (left + radius, right - radius - 1):
        for y in (radius, high - radius - 1):
            cv2.circle(plate, (x, y), radius, 255, -1)
