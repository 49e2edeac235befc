"""The animatic: what a film crew shoots before the film, drawn on any machine, the same bytes for the same order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

import cv2

from bus.ids import Digest
from bus.plan import Made, Order
from bus.ports import Progress
from services._kit.media import ClipWriter, Frame, encoder_name
from services._kit.pictures import NotAPicture, PictureLimits, jpeg_of, open_picture, write_jpeg, write_png
from services._kit.threads import Stop, in_thread
from services.creator.renderers.renderer import FailureKind, Renderer, RenderFailed, Rendering
from services.creator.renderers.stage.caption import Caption
from services.creator.renderers.stage.palette import BadPalette
from services.creator.renderers.stage.scene import Scene
from services.creator.renderers.stage.still import Still

VERSION: Final = "3"
"""Raised when the same order gives other pixels than before."""
PREVIEW_EVERY: Final = 8
PREVIEW_WIDTH: Final = 320
_LARGEST: Final = PictureLimits(size_bytes_max=200_000_000)
"""Inputs come from our own store: uploads were checked at the door, and a hand-over may be a large PNG."""


class MovingPicture(Protocol):
    """What an order looks like at each moment."""

    def frame(self, index: int) -> Frame:
        """Return frame number `index` without its caption."""
        ...

    def clean(self, index: int) -> Frame:
        """Return frame number `index` without caption and grain: what another clip can go on from."""
        ...


def moving_picture(order: Order, inputs: Mapping[Digest, Path]) -> MovingPicture:
    """Return the order's moving picture: drawn from its words, or made from the pictures it names.

    Raises:
        RenderFailed: the order can't be drawn, or a picture is missing or broken.
    """
    _refuse(order)
    try:
        if order.start is None:
            return Scene(order)
        last = _picture(order.end, inputs) if order.end is not None else None
        return Still(order, _picture(order.start, inputs), last)
    except BadPalette as error:
        raise RenderFailed(
            FailureKind.VALIDATION, f"The look can't be drawn: {error}.", "Write the palette as #rrggbb, dark to light."
        ) from error
    except MemoryError as error:
        raise _out_of_memory(order) from error


class Animatic(Renderer):
    """Draws an order as an animatic.

    It needs no model and no GPU. Each frame is a function of the order alone, so the same order gives the same bytes
    in any process, however often; nothing random, no clock and no thread takes part in it. Between CPUs with and
    without AVX2 one pixel in a thousand differs by one level, because OpenCV rounds differently when it warps.
    """

    name = "animatic"
    version = VERSION

    def __init__(self, host: str = "localhost") -> None:
        self._host = host

    async def choose(self, order: Order) -> str:
        """Return this machine's name: an animatic is drawn where its creator runs."""
        return self._host

    async def render(
        self,
        order: Order,
        key: str,
        folder: Path,
        inputs: Mapping[Digest, Path],
        progress: Progress,
        *,
        server: str = "",
        was_posted: bool = False,
        is_afresh: bool = False,
    ) -> Rendering:
        """Return the clip; drawing runs in a thread that leaves off at the next frame if it is no longer wanted."""
        return await in_thread(lambda stop: _render(order, folder, inputs, progress, stop))

    async def stop(self, key: str, server: str) -> str:
        """Do nothing: an animatic ends with the process that draws it."""
        return ""


def _render(order: Order, folder: Path, inputs: Mapping[Digest, Path], progress: Progress, stop: Stop) -> Rendering:
    picture = moving_picture(order, inputs)
    caption = _caption(order)
    video, hand_over, poster = folder / "take.mp4", folder / "hand-over.png", folder / "poster.jpg"
    last = order.frame_count - 1
    try:
        with ClipWriter(video, order.width, order.height, order.fps) as clip:
            for index in range(order.frame_count):
                if stop():
                    raise RenderFailed(FailureKind.LOST, f"The render was stopped at frame {index}.")
                frame = picture.frame(index)
                if index == last // 2:
                    write_jpeg(frame, poster, 88)
                clip.write(caption.lay(frame) if caption else frame)
                progress(index + 1, order.frame_count, preview=_preview(frame) if index % PREVIEW_EVERY == 0 else None)
        write_png(picture.clean(last), hand_over)
    except MemoryError as error:
        raise _out_of_memory(order) from error
    return Rendering(
        video=video,
        hand_over=hand_over,
        poster=poster,
        frame_count=order.frame_count,
        width=order.width,
        height=order.height,
        made=Made(by=Animatic.name, version=f"{VERSION} ({encoder_name()})"),
    )


def _caption(order: Order) -> Caption | None:
    if not order.caption:
        return None
    width, height = (order.shown.width, order.shown.height) if order.shown else (order.width, order.height)
    return Caption(order.caption, width, height, ((order.width - width) // 2, (order.height - height) // 2))


def _refuse(order: Order) -> None:
    if order.width % 2 or order.height % 2 or min(order.width, order.height) < 64:
        raise RenderFailed(
            FailureKind.VALIDATION,
            f"A clip of {order.width}×{order.height} can't be drawn: sides are even, and 64 pixels at least.",
            "Change the size in the plan.",
        )
    if order.frame_count < 1 or order.fps < 1:
        raise RenderFailed(
            FailureKind.VALIDATION,
            f"{order.frame_count} frames at {order.fps} frames a second make no clip.",
            "Change the segment's length in the plan.",
        )


def _picture(digest: Digest, inputs: Mapping[Digest, Path]) -> Frame:
    path = inputs.get(digest)
    if path is None:
        raise RenderFailed(
            FailureKind.VALIDATION,
            f"The picture {digest[:12]} that it starts from was not handed over.",
            "Order it again.",
        )
    try:
        return open_picture(path.read_bytes(), _LARGEST)
    except NotAPicture as error:
        raise RenderFailed(FailureKind.VALIDATION, str(error), "Give another picture.") from error
    except OSError as error:
        raise RenderFailed(
            FailureKind.BAD_OUTPUT, f"The picture {digest[:12]} can't be read: {error.strerror}.", "Check the disk."
        ) from error


def _preview(frame: Frame) -> bytes:
    height = max(2, round(frame.shape[0] * PREVIEW_WIDTH / frame.shape[1]))
    small = cv2.resize(frame, (PREVIEW_WIDTH, height), interpolation=cv2.INTER_AREA)
    return jpeg_of(small.astype("uint8", copy=False), 70)


def _out_of_memory(order: Order) -> RenderFailed:
    return RenderFailed(
        FailureKind.OUT_OF_MEMORY,
        f"This machine's memory is too small to draw {order.width}×{order.height}.",
        "Make the film smaller, or close other programs.",
    )
