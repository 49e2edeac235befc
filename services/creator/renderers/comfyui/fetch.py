"""The clip of a finished render: which file it is, brought home, decoded to its end and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
from msgspec import Struct
from PIL import Image, ImageSequence, UnidentifiedImageError

from bus.ids import Digest
from bus.plan import Order
from services._kit.comfyui.answers import Entry, OutputFile
from services._kit.media import ClipWriter, Frame, Unreadable, frames_of
from services._kit.pictures import NotAPicture, PictureLimits, open_picture, write_jpeg, write_png
from services._kit.threads import Stop
from services.creator.colour import Affine, Matching, apply, match
from services.creator.renderers.comfyui.job import BoundGraph, prefix_of
from services.creator.renderers.renderer import FailureKind, RenderFailed

CLIPS: Final = (".mp4", ".webm", ".mkv", ".webp")
PICTURES: Final = (".png",)
_LARGEST: Final = PictureLimits(size_bytes_max=200_000_000)
_AGAIN: Final = "Have it rendered again."


class Brought(Struct, frozen=True, kw_only=True):
    """The files of a take, ready to be kept."""

    video: Path
    hand_over: Path
    poster: Path
    colour: Matching | None
    """What was done to the colours, where the order names a reference."""


def clip_of(entry: Entry, bound: BoundGraph, key: str) -> OutputFile:
    """Return the file of the clip.

    Raises:
        RenderFailed: the render wrote none, or one of another job.
    """
    found = _file(entry.outputs, bound.video_node, CLIPS)
    if found is None:
        raise RenderFailed(
            FailureKind.BAD_OUTPUT,
            f"ComfyUI ended the render well, and its node {bound.video_node} wrote no video.",
            "Let the workflow's saver write mp4, webm or webp.",
        )
    if not PurePosixPath(found.subfolder, found.filename).as_posix().startswith(prefix_of(key)):
        raise RenderFailed(
            FailureKind.BAD_OUTPUT,
            f"ComfyUI answered with {found.filename}, which is no file of this render.",
            "Let the workflow's saver take its name from filename_prefix.",
        )
    return found


def last_frame_of(entry: Entry, bound: BoundGraph) -> OutputFile | None:
    """Return the file of the last frame, where the workflow saves one."""
    return _file(entry.outputs, bound.last_frame_node, PICTURES) if bound.last_frame_node else None


def _file(outputs: Mapping[str, tuple[OutputFile, ...]], node: str, endings: tuple[str, ...]) -> OutputFile | None:
    files = [one for one in outputs.get(node, ()) if one.filename.lower().endswith(endings)]
    # A preview of the same name lies under `temp`, which a restart empties.
    return next((one for one in files if one.type == "output"), files[-1] if files else None)


def local_name(file: OutputFile) -> str:
    """Return what the clip is called here: its ending is all that is taken from the server."""
    return f"fetched{PurePosixPath(file.filename.lower()).suffix}"


def brought(
    clip: Path, last_frame: Path | None, inputs: Mapping[Digest, Path], order: Order, folder: Path, stop: Stop
) -> Brought:
    """Return the take: decoded to its end, counted, matched in colour where that is wanted and possible.

    The server's own file is kept as it is, unless colours were matched or nothing else here reads its format.

    Args:
        clip: what the server made.
        last_frame: its last frame without loss, where the workflow saves it.
        inputs: the pictures that the order names.

    Raises:
        RenderFailed: it is not what was ordered.
    """
    hand_over, poster = folder / "hand-over.png", folder / "poster.jpg"
    first, middle, last = _looked_through(clip, order, stop)
    matching = None
    if order.colour_reference is not None:
        opening = _picture(inputs[order.colour_reference], "The reference for the colours")
        start = _picture(inputs[order.start], "The picture it starts from") if order.start is not None else None
        matching = match(first, opening, start)
    affine = matching.affine if matching is not None else None
    if last_frame is not None:
        last = _sized(_picture(last_frame, "The last frame that ComfyUI saved"), order)
    if affine is not None:
        middle, last = apply(affine, middle), apply(affine, last)
    if affine is not None or clip.suffix == ".webp":
        clip = _written(clip, affine, order, folder / "take.mp4", stop)
    write_png(last, hand_over)
    write_jpeg(middle, poster, 88)
    return Brought(video=clip, hand_over=hand_over, poster=poster, colour=matching)


def _looked_through(clip: Path, order: Order, stop: Stop) -> tuple[Frame, Frame, Frame]:
    count = 0
    kept: dict[int, Frame] = {}
    last: Frame | None = None
    for last in decoded(clip):
        if stop():
            raise RenderFailed(FailureKind.LOST, "The render was stopped while its clip was looked through.")
        if count in (0, (order.frame_count - 1) // 2):
            kept[count] = last
        _sized(last, order)
        count += 1
    if last is None or count != order.frame_count:
        raise RenderFailed(
            FailureKind.BAD_OUTPUT, f"ComfyUI made {count} frames, and {order.frame_count} were ordered.", _AGAIN
        )
    return kept[0], kept[(order.frame_count - 1) // 2], last


def decoded(clip: Path) -> Iterator[Frame]:
    """Yield each frame of the clip; animated WebP, which FFmpeg does not read, goes through Pillow.

    Raises:
        RenderFailed: it can't be read to its end.
    """
    try:
        if clip.suffix == ".webp":
            with Image.open(clip, formats=("WEBP",)) as pictures:
                for picture in ImageSequence.Iterator(pictures):
                    rgb = np.asarray(picture.convert("RGB"), dtype=np.uint8)
                    yield np.ascontiguousarray(rgb[:, :, ::-1])
        else:
            yield from frames_of(clip)
    except (Unreadable, UnidentifiedImageError, OSError, EOFError, SyntaxError) as error:
        raise RenderFailed(FailureKind.BAD_OUTPUT, f"ComfyUI's clip can't be read: {error}", _AGAIN) from error


def _written(clip: Path, affine: Affine | None, order: Order, to: Path, stop: Stop) -> Path:
    with ClipWriter(to, order.width, order.height, order.fps) as writer:
        for frame in decoded(clip):
            if stop():
                raise RenderFailed(FailureKind.LOST, "The render was stopped while its clip was written.")
            writer.write(apply(affine, frame) if affine is not None else frame)
    return to


def _sized(frame: Frame, order: Order) -> Frame:
    height, width = frame.shape[:2]
    if (width, height) != (order.width, order.height):
        raise RenderFailed(
            FailureKind.BAD_OUTPUT,
            f"ComfyUI made {width}×{height}, and {order.width}×{order.height} was ordered.",
            "See that the workflow's size is bound, and that its model takes this size.",
        )
    return frame


def _picture(path: Path, what: str) -> Frame:
    try:
        return open_picture(path.read_bytes(), _LARGEST)
    except (NotAPicture, OSError) as error:
        raise RenderFailed(FailureKind.BAD_OUTPUT, f"{what} can't be read: {error}", _AGAIN) from error
