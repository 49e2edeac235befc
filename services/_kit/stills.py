"""Single frames of a clip, found without decoding the whole of it, small pictures, and contact sheets of several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import av
import av.error
import cv2
import numpy as np
from msgspec import Struct

from services._kit.media import Frame, Unreadable, as_bgr
from services._kit.pictures import fit

MARGIN = 6
BAR = 24
"""Height of the bar above each picture of a sheet that says what it is: beside the picture and not in it."""
_GROUND = 24
_INK = (225, 225, 225)


class Tile(Struct, frozen=True, kw_only=True):
    """One picture of a contact sheet."""

    index: int
    """Which frame of the clip."""
    label: str
    """ASCII, as the font has no more."""


def stills(path: Path, indices: Sequence[int]) -> tuple[Frame, ...]:
    """Return the frames of these indices, from 0, in the order they are asked for.

    Each is decoded from the key frame before it on, so that one frame of a long film costs no more than one of a
    short clip.

    Raises:
        IndexError: the clip has no such frame.
        Unreadable: the file is no clip, or is damaged there.
    """
    try:
        with av.open(str(path), "r") as container:
            if not container.streams.video:
                raise Unreadable(path, "it holds no video")
            stream = container.streams.video[0]
            times = sorted(one.pts for one in container.demux(stream) if one.size and one.pts is not None)
            found = []
            for index in indices:
                if not 0 <= index < len(times):
                    raise IndexError(f"{path.name} has {len(times)} frames, and not one of index {index}")
                container.seek(times[index], stream=stream, backward=True)
                frame = next((one for one in container.decode(stream) if (one.pts or 0) >= times[index]), None)
                if frame is None:
                    raise Unreadable(path, f"frame {index} can't be decoded")
                found.append(as_bgr(frame))
            return tuple(found)
    except FileNotFoundError as error:
        raise Unreadable(path, "there is no such file", "make the clip again, or bring its file back") from error
    except av.error.FFmpegError as error:
        raise Unreadable(path, error.strerror or str(error)) from error


def narrowed(frame: Frame, width: int) -> Frame:
    """Return the frame at this width, or as it is where it is no wider."""
    have_height, have_width = frame.shape[:2]
    if have_width <= width:
        return frame
    height = max(1, round(have_height * width / have_width))
    return fit(frame, width, height)


def sheet(path: Path, tiles: Sequence[Tile], columns: int, tile_width: int) -> Frame:
    """Return the frames row by row on a dark ground, each under its label.

    Raises:
        ValueError: there is no tile or no column.
        IndexError: the clip has no such frame.
        Unreadable: the file is no clip, or is damaged there.
    """
    if not tiles or columns < 1:
        raise ValueError("a contact sheet needs a frame and a column")
    frames = stills(path, [one.index for one in tiles])
    height, width = frames[0].shape[:2]
    tile_height = max(1, round(height * tile_width / width))
    columns = min(columns, len(tiles))
    cell_width, cell_height = tile_width + MARGIN, tile_height + BAR + MARGIN
    rows = math.ceil(len(tiles) / columns)
    whole = np.full((rows * cell_height + MARGIN, columns * cell_width + MARGIN, 3), _GROUND, np.uint8)
    for place, (tile, frame) in enumerate(zip(tiles, frames, strict=True)):
        top, left = MARGIN + place // columns * cell_height, MARGIN + place % columns * cell_width
        origin = (left + 2, top + BAR - 8)
        cv2.putText(whole, tile.label, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
        small = fit(frame, tile_width, tile_height)
        whole[top + BAR : top + BAR + tile_height, left : left + tile_width] = small
    return whole
