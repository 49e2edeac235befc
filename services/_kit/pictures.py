"""Pictures: opened from bytes nobody vouches for, written without loss, fitted to a size."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from msgspec import Struct
from PIL import Image, ImageOps, UnidentifiedImageError

from services._kit.media import Frame

# Pillow has a limit of its own that knows no width and height to tell; ours is asked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None

_FORMATS = ("PNG", "JPEG", "WEBP")
_BACKGROUND = (255, 255, 255)
"""What shows through a transparent picture: white, as a page would."""


class PictureLimits(Struct, frozen=True, kw_only=True):
    """How large a picture may be that somebody sends."""

    size_bytes_max: int = 25_000_000
    pixels_max: int = 40_000_000
    side_min: int = 16


class NotAPicture(Exception):
    """The bytes are no picture we take; the message is a sentence for the person who sent them."""


def open_picture(content: bytes, limits: PictureLimits | None = None) -> Frame:
    """Return the picture in BGR, upright and opaque; only its pixels are kept.

    Size and format are read from the header before anything is decoded, so that a small file that unfolds
    into gigabytes costs nothing. The orientation a camera noted is applied; all else it noted is dropped.

    Raises:
        NotAPicture: no PNG, JPEG or WebP; broken; or larger than the limits.
    """
    limits = limits or PictureLimits()
    if len(content) > limits.size_bytes_max:
        raise NotAPicture(
            f"This file of {len(content) / 1e6:.0f} MB is too large; {limits.size_bytes_max / 1e6:.0f} MB "
            "is the limit: please send a smaller one."
        )
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            _refuse_size(picture.width, picture.height, limits)
            return _upright_bgr(picture)
    except UnidentifiedImageError as error:
        raise NotAPicture("This is not a picture I can open: please send a PNG, JPEG or WebP file.") from error
    # Pillow's decoders raise each of these on damaged files.
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, TypeError, IndexError) as error:
        raise NotAPicture(
            "This picture is broken and can't be opened to its end: please save it anew and send it again."
        ) from error


def read_picture(path: Path) -> Frame | None:
    """Return a picture of our own store in BGR, or None where the file is none.

    What a stranger sent goes through `open_picture`.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    return None if picture is None else np.ascontiguousarray(picture, dtype=np.uint8)


def write_png(frame: Frame, path: Path) -> None:
    """Write the frame without loss; the same frame gives the same bytes."""
    is_encoded, content = cv2.imencode(".png", frame, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    assert is_encoded
    path.write_bytes(content.tobytes())


def write_jpeg(frame: Frame, path: Path, quality: int = 90) -> None:
    """Write the frame as JPEG of this quality, 1 to 100."""
    path.write_bytes(jpeg_of(frame, quality))


def jpeg_of(frame: Frame, quality: int = 90) -> bytes:
    """Return the frame as the bytes of a JPEG of this quality, 1 to 100."""
    is_encoded, content = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert is_encoded
    return content.tobytes()


def fit(frame: Frame, width: int, height: int) -> Frame:
    """Return the frame scaled to fill width×height; what stands out on two sides is cut off evenly."""
    have_height, have_width = frame.shape[:2]
    if (have_width, have_height) == (width, height):
        return np.ascontiguousarray(frame)
    scale = max(width / have_width, height / have_height)
    used_width = min(have_width, max(1, round(width / scale)))
    used_height = min(have_height, max(1, round(height / scale)))
    left, top = (have_width - used_width) // 2, (have_height - used_height) // 2
    used = frame[top : top + used_height, left : left + used_width]
    # Area averaging shrinks without aliasing; it can't enlarge.
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(used, (width, height), interpolation=method), dtype=np.uint8)


def _refuse_size(width: int, height: int, limits: PictureLimits) -> None:
    if width * height > limits.pixels_max:
        raise NotAPicture(
            f"This picture of {width}×{height} pixels is too large; {_megapixels(limits.pixels_max)} "
            "megapixels is the limit: please send a smaller one."
        )
    if min(width, height) < limits.side_min:
        raise NotAPicture(
            f"This picture of {width}×{height} pixels is too small: please send one of at least "
            f"{limits.side_min} pixels on each side."
        )


def _upright_bgr(picture: Image.Image) -> Frame:
    # A first image of several (animated WebP, APNG) is the one that is meant.
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I") or upright.mode == "F":
        # 16 bits a channel: Pillow would cut values at 255 instead of scaling them.
        deep = np.asarray(upright, dtype=np.float64)
        upright = Image.fromarray(np.clip(deep / 257.0, 0, 255).astype(np.uint8), "L")
    if upright.has_transparency_data:
        opaque = Image.new("RGBA", upright.size, (*_BACKGROUND, 255))
        upright = Image.alpha_composite(opaque, upright.convert("RGBA"))
    rgb = np.asarray(upright.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _megapixels(pixels: int) -> str:
    return f"{pixels / 1e6:g}"
