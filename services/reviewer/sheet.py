"""Pictures for somebody who looks: key frames of a take from one decode, and a contact sheet of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from msgspec import Struct

from services._kit.media import Frame, frames_of, probe
from services._kit.pictures import fit

MARGIN = 6
BAR = 28
"""Height of the bar above each picture that says which one it is: beside the picture and not in it."""


class KeyFrame(Struct, frozen=True, kw_only=True):
    """A frame of a take, and where it stands."""

    index: int
    at_s: float
    picture: Frame


def kept_key_frames(path: Path, count: int, *, first: int = 0, end: int | None = None) -> tuple[KeyFrame, ...]:
    """Return this many frames evenly spread over the take, first and last among them, from one decode.

    A take with fewer frames gives all it has.

    Args:
        first: the first frame that may be kept.
        end: the frame after the last one that may be; None for the take's end.

    Raises:
        ValueError: the count is below 1, or there is no frame between first and end.
        Unreadable: the file is no clip or breaks off.
    """
    if count < 1:
        raise ValueError(f"{count} key frames can't be kept: one is the least")
    facts = probe(path)
    end = facts.frame_count if end is None else min(end, facts.frame_count)
    if first >= end:
        raise ValueError(f"there is no frame from {first} to {end}")
    wanted = {first + index for index in key_frame_indices(end - first, count)}
    return tuple(
        KeyFrame(index=index, at_s=float(index / facts.fps), picture=frame)
        for index, frame in enumerate(frames_of(path))
        if index in wanted
    )


def key_frame_indices(frame_count: int, count: int) -> frozenset[int]:
    """Return the indices of `count` frames spread evenly; one alone is the middle one."""
    if count == 1:
        return frozenset({frame_count // 2})
    last = frame_count - 1
    return frozenset(round(last * number / (count - 1)) for number in range(count))


def contact_sheet(
    frames: Sequence[KeyFrame], columns: int, *, tile_width: int = 416, labels: Sequence[str] = ()
) -> Frame:
    """Return the key frames row by row on a dark ground, each under its number and time.

    Args:
        tile_width: width of one picture on the sheet, in pixels.
        labels: what stands above each instead.

    Raises:
        ValueError: there is no frame, or less than one column, or not a label for each frame.
    """
    if labels and len(labels) != len(frames):
        raise ValueError(f"{len(frames)} frames can't bear {len(labels)} labels")
    if not frames or columns < 1:
        raise ValueError("a contact sheet needs a frame and a column")
    height, width = frames[0].picture.shape[:2]
    tile_height = round(height * tile_width / width)
    columns = min(columns, len(frames))
    rows = math.ceil(len(frames) / columns)
    cell_width, cell_height = tile_width + MARGIN, tile_height + BAR + MARGIN
    sheet = np.full((rows * cell_height + MARGIN, columns * cell_width + MARGIN, 3), 24, np.uint8)
    for place, one in enumerate(frames):
        top, left = MARGIN + place // columns * cell_height, MARGIN + place % columns * cell_width
        label = labels[place] if labels else f"frame {one.index}   {one.at_s:.2f} s"
        cv2.putText(sheet, label, (left + 4, top + 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (235, 235, 235), 1, cv2.LINE_AA)
        tile = fit(one.picture, tile_width, tile_height)
        sheet[top + BAR : top + BAR + tile_height, left : left + tile_width] = tile
    return sheet
