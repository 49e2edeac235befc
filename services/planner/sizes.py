"""From an aspect in words to the size that is rendered and the part of it that is shown."""

from __future__ import annotations

import math
import re
from typing import Final

from msgspec import Struct

from bus.plan import Size

ASPECT_UNSAID: Final = "16:9"
_NAMED: Final = {
    "square": "1:1",
    "vertical": "9:16",
    "portrait": "9:16",
    "horizontal": "16:9",
    "landscape": "16:9",
    "widescreen": "16:9",
    "scope": "2.39:1",
    "cinemascope": "2.39:1",
}
_SAME_AS_SIXTEEN_TO_NINE: Final = 0.03
"""832×480 is 2.5 % narrower than 16:9; it is what WAN's authors call 16:9 at 480p, and it is shown uncropped."""
_EXACT: Final = 0.01
_NEIGHBOURS: Final = 1.5
"""Sizes whose areas are within this factor of the smallest (or largest) one count as equally small (or large)."""


class Picture(Struct, frozen=True):
    """What is rendered, and the middle of it that is shown."""

    size: Size
    crop: Size


def aspect_ratio(aspect: str | None) -> float:
    """Return width over height of an aspect such as `16:9`, `2.39:1`, `1.85` or `square`.

    Raises:
        ValueError: the words are no aspect between 1:4 and 4:1.
    """
    text = (aspect or ASPECT_UNSAID).strip().lower().replace(",", ".")
    text = _NAMED.get(text, text)
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(?:\s*[:x×/]\s*(\d+(?:\.\d+)?))?", text)
    width, height = (float(found.group(1)), float(found.group(2) or 1)) if found else (0.0, 1.0)
    if height <= 0 or not 0.25 <= width / height <= 4.0:
        raise ValueError(f"{aspect!r} is no aspect that can be shown: give one like 16:9, 9:16, 1:1 or 2.39:1")
    return width / height


def picture_for(aspect: str | None, sizes: tuple[Size, ...], *, prefer_small: bool) -> Picture:
    """Return the size to render and the crop that is shown.

    A size that has the aspect is shown whole. Otherwise that size is taken of which most is shown, and cropped to even
    sides, which H.264 needs.

    Raises:
        ValueError: the aspect can't be read, or no size is offered.
    """
    wanted = aspect_ratio(aspect)
    if not sizes:
        raise ValueError("the renderer offers no size: name at least one in its settings")
    areas = [size.width * size.height for size in sizes]
    edge = min(areas) * _NEIGHBOURS if prefer_small else max(areas) / _NEIGHBOURS
    near = [size for size, area in zip(sizes, areas, strict=True) if (area <= edge if prefer_small else area >= edge)]
    best = max(near, key=lambda size: (round(_kept(size, wanted), 3), (-1 if prefer_small else 1) * _area(size)))
    return Picture(best, best if _has(best, wanted) else _cropped(best, wanted))


def smallest_for(aspect: str | None, sizes: tuple[Size, ...]) -> Size:
    """Return the smallest size nearest to the aspect; it is what a sample is rendered in.

    Raises:
        ValueError: the aspect can't be read, or no size is offered.
    """
    return picture_for(aspect, sizes, prefer_small=True).size


def _area(size: Size) -> int:
    return size.width * size.height


def _kept(size: Size, wanted: float) -> float:
    ratio = size.width / size.height
    return min(ratio, wanted) / max(ratio, wanted)


def _has(size: Size, wanted: float) -> bool:
    tolerance = _EXACT
    for sixteen_nine in (16 / 9, 9 / 16):
        if math.isclose(wanted, sixteen_nine, rel_tol=_EXACT):
            tolerance = _SAME_AS_SIXTEEN_TO_NINE
    return math.isclose(size.width / size.height, wanted, rel_tol=tolerance)


def _cropped(size: Size, wanted: float) -> Size:
    if size.width / size.height > wanted:
        return Size(_even(size.height * wanted, size.width), size.height)
    return Size(size.width, _even(size.width / wanted, size.height))


def _even(side: float, side_max: int) -> int:
    """Return the nearest even number; at least 16, the smallest side of a picture, and at most the rendered one."""
    return min(max(16, round(side / 2) * 2), side_max)
