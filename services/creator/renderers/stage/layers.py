"""Layers: the sheets a set is made of, and how they are laid over one another, the far ones first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

import cv2
import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from services._kit.media import Frame
from services.creator.renderers.stage.arrays import pixels
from services.creator.renderers.stage.camera import Lens, Matrix, View, apply
from services.creator.renderers.stage.palette import Bitmap, Colour, Ramp

MARGIN_X: Final = 0.30
MARGIN_Y: Final = 0.26
"""How far a sheet reaches past the frame on each side, in frame widths and heights: room for the camera."""

CELL: Final = 32
"""Empty parts of a sheet are left out by squares of so many pixels, both of the bitmap and of the frame."""
FULL: Final = 0.8
"""From this share of its cells on a sheet is drawn as a whole: leaving out the rest would cost more."""

_RUN: Final = re.compile(rb"[^\x00](?:\x00{0,4}[^\x00])*")
"""Cells in a row that are drawn together, up to four empty ones between them included."""

_GRID: Final = np.linspace(-1.0, 1.0, 97, dtype=np.float32)
_FALL: Final = np.repeat((np.clip(1.0 - (_GRID[None, :] ** 2 + _GRID[:, None] ** 2), 0.0, 1.0) ** 2.2)[..., None], 4, 2)
"""How a soft light falls off from its middle, the same in each of four channels."""

Texture = Callable[[float], Bitmap]
"""A sheet that changes: its bitmap at a time in seconds."""


class Sheet(Struct, frozen=True, kw_only=True):
    """A painted plane of the set."""

    bitmap: Bitmap
    top: int
    """The bitmap's first row, in rows of the whole canvas at this sheet's scale; `left` is its first column."""
    left: int = 0
    depth: float
    """0 is infinitely far, 1 the subject's plane."""
    scale: float = 1.0
    """Frame pixels for each pixel of the bitmap."""
    drift: float = 0.0
    """How far it wanders by itself, in frame widths a second: clouds do."""
    is_ground: bool = False
    is_opaque: bool = False
    texture: Texture | None = None
    """Draws the bitmap anew for each frame: water does."""
    solid_from: int | None = None
    """The bitmap's row from which on nothing shows through, or None."""
    ends: tuple[bool, bool, bool] = (False, False, False)
    """Whether nothing lies left of it, right of it, below it; where it does not end its edge goes on for ever."""
    cells: NDArray[np.uint8] | None = None
    """Where there is anything on it, by cells of `CELL` pixels and with one more around; None where it is full."""


class Canvas:
    """The size of a sheet that covers the frame wherever the camera goes, and what the frame is on it."""

    def __init__(self, width: int, height: int, scale: float = 1.0) -> None:
        self.scale = scale
        self.margin_x, self.margin_y = round(MARGIN_X * width), round(MARGIN_Y * height)
        self.frame_width, self.frame_height = width, height
        self.width = round((width + 2 * self.margin_x) / scale)
        self.height = round((height + 2 * self.margin_y) / scale)

    def row(self, share: float) -> float:
        """Return the canvas row of a height in the frame: 0 is its top, 1 its bottom."""
        return (self.margin_y + share * self.frame_height) / self.scale

    def column(self, share: float) -> float:
        """Return the canvas column of a place across the frame."""
        return (self.margin_x + share * self.frame_width) / self.scale

    def length(self, share: float) -> float:
        """Return canvas pixels for a share of the frame's height."""
        return share * self.frame_height / self.scale

    def rows(self) -> NDArray[np.float32]:
        """Return each row's number as a column vector."""
        return np.arange(self.height, dtype=np.float32)[:, None]

    def columns(self) -> NDArray[np.float32]:
        """Return each column's number as a row vector."""
        return np.arange(self.width, dtype=np.float32)[None, :]


class Easel(Struct, frozen=True):
    """What a sheet is painted with: the canvas, the colours, and the generator that every choice is drawn from."""

    canvas: Canvas
    ramp: Ramp
    rng: np.random.Generator


def sheet(colours: NDArray[np.float32], alpha: NDArray[np.float32], depth: float, *, is_ground: bool = False) -> Sheet:
    """Return a sheet from colours (0 to 255) and alpha (0 to 1) of a whole canvas, cut to the rows it covers."""
    covered = np.flatnonzero(alpha.max(axis=1) > 0.002)
    top, bottom = (int(covered[0]), int(covered[-1]) + 1) if covered.size else (0, 1)
    used = alpha[top:bottom, :, None]
    bitmap = np.empty((bottom - top, alpha.shape[1], 4), dtype=np.uint8)
    bitmap[..., :3] = np.clip(np.rint(colours[top:bottom] * used), 0, 255)
    bitmap[..., 3] = np.clip(np.rint(used[..., 0] * 255), 0, 255)
    return Sheet(bitmap=bitmap, top=top, depth=depth, is_ground=is_ground)


def merged(below: Sheet, above: Sheet) -> Sheet:
    """Return one sheet that shows the second over the first, at the first one's depth: one less to draw."""
    first = min(below.top, above.top)
    last = max(below.top + below.bitmap.shape[0], above.top + above.bitmap.shape[0])
    total = np.zeros((last - first, below.bitmap.shape[1], 4), dtype=np.float32)
    total[below.top - first : below.top - first + below.bitmap.shape[0]] = below.bitmap
    over = above.bitmap.astype(np.float32)
    part = total[above.top - first : above.top - first + over.shape[0]]
    part *= 1.0 - over[:, :, 3:] / 255.0
    part += over
    return structs.replace(below, bitmap=np.clip(np.rint(total), 0, 255).astype(np.uint8), top=first)


def trimmed(one: Sheet) -> Sheet:
    """Return the sheet without its empty edges and with `solid_from` and `ends` known: less to draw for each frame."""
    if one.texture is not None or one.is_opaque:
        return one
    # Bloom on the sheet may leave colour where alpha is nothing: both count.
    cover = one.bitmap.max(axis=2)
    rows, columns = np.flatnonzero(cover.max(axis=1) > 1), np.flatnonzero(cover.max(axis=0) > 1)
    if not rows.size:
        return one
    high, wide = cover.shape
    border = 2
    top, bottom = max(0, int(rows[0]) - border), min(high, int(rows[-1]) + 1 + border)
    left, right = max(0, int(columns[0]) - border), min(wide, int(columns[-1]) + 1 + border)
    ends = (left > 0, right < wide, bottom < high)
    bitmap = one.bitmap[top:bottom, left:right].copy()
    for is_end, edge in ((ends[0], np.s_[:, 0]), (ends[1], np.s_[:, -1]), (ends[2], np.s_[-1])):
        if is_end:
            bitmap[edge] = 0
    return structs.replace(
        one,
        bitmap=bitmap,
        top=one.top + top,
        left=left,
        solid_from=_solid_from(bitmap, ends),
        ends=ends,
        cells=_cells(bitmap),
    )


def _cells(bitmap: Bitmap) -> NDArray[np.uint8] | None:
    """Return in which cells of the bitmap, or right beside them, there is anything; None where that is nearly all."""
    high, wide = -(-bitmap.shape[0] // CELL), -(-bitmap.shape[1] // CELL)
    cover = np.zeros((high * CELL, wide * CELL), dtype=np.uint8)
    cover[: bitmap.shape[0], : bitmap.shape[1]] = bitmap.max(axis=2)
    used = (cover.reshape(high, CELL, wide, CELL).max(axis=(1, 3)) > 0).astype(np.uint8)
    near = cv2.dilate(used, np.ones((3, 3), dtype=np.uint8)).astype(np.uint8, copy=False)
    return near if near.mean() < FULL else None


def _solid_from(bitmap: Bitmap, ends: tuple[bool, bool, bool]) -> int | None:
    if any(ends):
        return None
    open_rows = np.flatnonzero(bitmap[:, :, 3].min(axis=1) < 255)
    first = int(open_rows[-1]) + 1 if open_rows.size else 0
    return first if first < bitmap.shape[0] else None


def blurred(one: Sheet, sigma: float) -> Sheet:
    """Return the sheet out of focus by this many pixels."""
    if sigma < 0.6 or one.texture is not None:
        return one
    room = 0 if one.is_opaque else round(3 * sigma)
    padded = cv2.copyMakeBorder(one.bitmap, room, 0, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    soft = cv2.GaussianBlur(padded, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    if not one.is_opaque:
        soft[:, :, 3] = np.maximum(soft[:, :, 3], soft[:, :, :3].max(axis=2))
    return structs.replace(one, bitmap=np.ascontiguousarray(soft, dtype=np.uint8), top=one.top - room)


def flattened(sheets: list[Sheet], canvas: Canvas) -> Frame:
    """Return what the sheets show together at rest, over the whole canvas, in BGR."""
    total = np.zeros((canvas.height, canvas.width, 3), dtype=np.float32)
    for one in sheets:
        if one.texture is not None or one.scale != canvas.scale:
            continue
        first, last = max(0, one.top), min(canvas.height, one.top + one.bitmap.shape[0])
        over = one.bitmap[first - one.top : last - one.top].astype(np.float32)
        total[first:last] = total[first:last] * (1.0 - over[:, :, 3:] / 255.0) + over[:, :, :3]
    return np.clip(total, 0, 255).astype(np.uint8)


def rectangles(cells: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """Return rectangles (left, top, right, bottom) that cover every cell that is not 0, and no cell twice.

    Neighbours are taken together, and a small gap with them: fewer and larger rectangles are quicker to draw.
    """
    found: list[tuple[int, int, int, int]] = []
    begun: dict[tuple[int, int], int] = {}
    for row, line in enumerate([*cells, cells[:0]]):
        runs = {run.span() for run in _RUN.finditer(line.tobytes())}
        for run in begun.keys() - runs:
            found.append((run[0], begun.pop(run), run[1], row))
        for run in runs:
            begun.setdefault(run, row)
    return found


def _warped(bitmap: Bitmap, matrix: Matrix, into: Bitmap) -> None:
    """Draw the bitmap through the affine; past its edges it goes on as they are."""
    size = (into.shape[1], into.shape[0])
    cv2.warpAffine(bitmap, matrix, size, dst=into, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


class Compositor:
    """Lays sheets into one frame of its own, which is drawn over again and again."""

    def __init__(self, width: int, height: int, horizon: float, foot: float) -> None:
        self.width, self.height = width, height
        self.lens = Lens(width, height, horizon)
        self.foot = foot
        self.frame: Bitmap = np.zeros((height, width, 4), dtype=np.uint8)
        self._warped: Bitmap = np.zeros((height, width, 4), dtype=np.uint8)
        self._cover: Bitmap = np.zeros((height, width, 4), dtype=np.uint8)

    def matrix(self, one: Sheet, view: View, time_s: float) -> Matrix:
        """Return the affine from the sheet's bitmap to the frame."""
        margin_x = round(MARGIN_X * self.width) - one.left * one.scale
        margin_y = round(MARGIN_Y * self.height) - one.top * one.scale
        if one.is_ground:
            matrix = self.lens.ground(view, self.foot, margin_x, margin_y, one.scale)
        else:
            matrix = self.lens.plane(view, one.depth, margin_x, margin_y, one.scale)
        matrix[0, 2] += one.drift * time_s * self.width
        return matrix

    def covers_from(self, one: Sheet, view: View, time_s: float) -> int:
        """Return the frame's row from which on the sheet hides everything behind it, or the frame's height."""
        return self._solid_row(one, self.matrix(one, view, time_s))

    def _solid_row(self, one: Sheet, matrix: Matrix) -> int:
        if one.solid_from is None:
            return self.height
        ends = (apply(matrix, x, one.solid_from)[1] for x in (0.0, float(one.bitmap.shape[1])))
        return min(self.height, max(0, int(max(ends)) + 2))

    def lay(self, one: Sheet, view: View, time_s: float, hidden_from: int) -> None:
        """Lay the sheet over what is there, in the frame's rows above `hidden_from`."""
        bitmap = one.bitmap if one.texture is None else one.texture(time_s)
        matrix = self.matrix(one, view, time_s)
        x0, y0, x1, y1 = self._reach(matrix, bitmap.shape[1], bitmap.shape[0], one)
        for left, top, right, bottom in self._used(one, matrix):
            part = max(x0, left), max(y0, top), min(x1, right), min(y1, hidden_from, bottom)
            if part[0] < part[2] and part[1] < part[3]:
                self._lay(one, bitmap, matrix, part)

    def _used(self, one: Sheet, matrix: Matrix) -> Iterable[tuple[int, int, int, int]]:
        """Return the parts of the frame where there is anything of the sheet: left, top, right, bottom, none twice."""
        if one.cells is None:
            return ((0, 0, self.width, self.height),)
        # From the middle of a cell of the bitmap to that of a cell of the frame; a cell more around it makes up for
        # what does not fit exactly.
        to_cells = matrix.copy()
        to_cells[:, 2] += (matrix[:, 0] + matrix[:, 1] - 1.0) * (CELL / 2)
        to_cells[:, 2] /= CELL
        size = (-(-self.width // CELL), -(-self.height // CELL))
        cells = cv2.warpAffine(one.cells, to_cells, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        return [(x0 * CELL, y0 * CELL, x1 * CELL, y1 * CELL) for x0, y0, x1, y1 in rectangles(pixels(cells))]

    def _lay(self, one: Sheet, bitmap: Bitmap, matrix: Matrix, reach: tuple[int, int, int, int]) -> None:
        x0, y0, x1, y1 = reach
        shifted = matrix.copy()
        shifted[0, 2] -= x0
        shifted[1, 2] -= y0
        below = self.frame[y0:y1, x0:x1]
        if one.is_opaque:
            # It covers whole rows, and these lie one after the other in memory.
            _warped(bitmap, shifted, below)
            return
        warped = self._warped.reshape(-1)[: below.size].reshape(below.shape)
        _warped(bitmap, shifted, warped)
        solid = min(y1, max(y0, self._solid_row(one, matrix))) - y0
        below[solid:] = warped[solid:]
        self._mix(below[:solid], warped[:solid])

    def _mix(self, below: Bitmap, above: Bitmap) -> None:
        """Lay one over the other, each with its colours multiplied by its alpha already."""
        if not below.size:
            return
        cover = self._cover.reshape(-1)[: above.size].reshape(above.shape)
        cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(above, 3)), cv2.COLOR_GRAY2BGRA, dst=cover)
        cv2.multiply(below, cover, dst=below, scale=1.0 / 255.0)
        cv2.add(below, above, dst=below)

    def _reach(self, matrix: Matrix, wide: int, high: int, one: Sheet) -> tuple[int, int, int, int]:
        """Return the frame's columns and rows that the sheet can reach: left, top, right, bottom."""
        if one.is_opaque:
            return 0, 0, self.width, self.height
        corners = [apply(matrix, x, y) for x in (0.0, float(wide)) for y in (0.0, float(high))]
        across, down = [x for x, _ in corners], [y for _, y in corners]
        no_left, no_right, no_below = one.ends
        return (
            max(0, int(min(across)) - 1) if no_left else 0,
            max(0, int(np.floor(min(down[0], down[2])))),
            min(self.width, int(max(across)) + 2) if no_right else self.width,
            min(self.height, int(max(down)) + 2) if no_below else self.height,
        )

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Add a soft light to the frame, centred at these frame pixels."""
        reach = int(radius)
        if reach < 2 or strength <= 0.0:
            return
        x0, x1 = max(0, int(x) - reach), min(self.width, int(x) + reach + 1)
        y0, y1 = max(0, int(y) - reach), min(self.height, int(y) + reach + 1)
        if x0 >= x1 or y0 >= y1:
            return
        blue, green, red = (one * strength for one in colour)
        light = cv2.multiply(_FALL, np.array([blue, green, red, 0.0]), dtype=cv2.CV_8U)
        scale = 2.0 * radius / (_FALL.shape[0] - 1)
        matrix = np.array([[scale, 0.0, x - radius - x0], [0.0, scale, y - radius - y0]])
        spread = cv2.warpAffine(
            light, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
        )
        part = self.frame[y0:y1, x0:x1]
        cv2.add(part, spread, dst=part)

    def bgr(self) -> Frame:
        """Return a copy of the frame without its alpha."""
        return cv2.cvtColor(self.frame, cv2.COLOR_BGRA2BGR).astype(np.uint8, copy=False)
