"""Pictures of people we don't know: what is taken, what is refused, and in which words."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from services._kit.pictures import NotAPicture, PictureLimits, fit, open_picture, write_jpeg, write_png
from tests.laws import examples


def encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    """Return the picture as a file of this format."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def two_halves(width: int = 64, height: int = 48) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), (255, 0, 0))
    picture.paste((0, 0, 255), (width // 2, 0, width, height))
    return picture


def png_that_claims(width: int, height: int) -> bytes:
    """Return a tiny PNG whose header promises this size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00" * 100))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_the_three_formats_open_as_bgr(form: str) -> None:
    """Red on the left comes out as red on the left, with blue in the first channel."""
    frame = open_picture(encoded(two_halves(), form))
    assert frame.shape == (48, 64, 3)
    assert frame[24, 5, 2] > 230
    assert frame[24, 5, 0] < 40
    assert frame[24, 60, 0] > 230


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    """Orientation 6 of EXIF asks for a quarter turn to the right: the left half comes to lie above."""
    exif = Image.Exif()
    exif[0x0112] = 6
    frame = open_picture(encoded(two_halves(), "JPEG", exif=exif, quality=95))
    assert frame.shape == (64, 48, 3)
    assert frame[4, 24, 2] > 230
    assert frame[60, 24, 0] > 230


def test_what_is_transparent_becomes_white() -> None:
    """No black holes where a logo was cut out."""
    clear = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    assert (open_picture(encoded(clear, "PNG")) == 255).all()
    palette = Image.new("P", (32, 32), 0)
    assert (open_picture(encoded(palette, "PNG", transparency=0)) == 255).all()


def test_sixteen_bits_a_channel_are_scaled_and_not_cut() -> None:
    """Half of 65535 is a middle grey."""
    deep = Image.fromarray(np.full((32, 32), 32768, dtype=np.uint16))
    assert np.abs(open_picture(encoded(deep, "PNG")).astype(int) - 127).max() <= 1


def test_a_picture_too_large_is_refused_before_it_is_decoded() -> None:
    """A hundred bytes that promise 30000×30000 pixels cost nothing, and the person learns the limit."""
    with pytest.raises(NotAPicture, match=r"30000×30000 pixels is too large; 40 megapixels is the limit"):
        open_picture(png_that_claims(30_000, 30_000))
    with pytest.raises(NotAPicture, match="40 megapixels is the limit"):
        open_picture(png_that_claims(10_000, 10_000))


def test_a_file_too_large_and_a_picture_too_small_are_refused() -> None:
    """The message says how much there is and how much may be."""
    with pytest.raises(NotAPicture, match=r"26 MB is too large; 25 MB is the limit"):
        open_picture(b"\x89PNG\r\n\x1a\n" + bytes(26_000_000))
    with pytest.raises(NotAPicture, match="too small"):
        open_picture(encoded(two_halves(8, 8), "PNG"))
    with pytest.raises(NotAPicture, match="1 megapixels is the limit"):
        open_picture(encoded(two_halves(1100, 1000), "PNG"), PictureLimits(pixels_max=1_000_000))


@pytest.mark.parametrize("content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    """Words, drawings and documents get the list of what is taken."""
    with pytest.raises(NotAPicture, match="PNG, JPEG or WebP"):
        open_picture(content)


def test_other_formats_are_refused_even_if_they_could_be_opened() -> None:
    """A GIF or a TIFF has its own decoder with its own holes: it is not even tried."""
    for form in ("GIF", "TIFF", "BMP"):
        with pytest.raises(NotAPicture, match="PNG, JPEG or WebP"):
            open_picture(encoded(two_halves(), form))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_half_a_picture_is_called_broken(form: str) -> None:
    """A download that broke off is refused, not shown half grey."""
    noise = np.random.default_rng(3).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(noise), form)
    with pytest.raises(NotAPicture, match="broken"):
        open_picture(content[: len(content) // 2])


@settings(max_examples=examples(150))
@given(st.data())
def test_damage_is_answered_by_a_picture_or_a_sentence(data: st.DataObject) -> None:
    """Whatever bytes are hit, nothing else than NotAPicture comes out."""
    form = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP"]))
    content = bytearray(encoded(two_halves(), form))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    # Anything but NotAPicture passes through here and fails the test.
    with contextlib.suppress(NotAPicture):
        frame = open_picture(bytes(content))
        assert frame.dtype == np.uint8
        assert frame.ndim == 3


def test_a_png_holds_each_pixel_and_is_always_the_same_file(tmp_path: Path) -> None:
    """Lossless, and deterministic."""
    frame = np.random.default_rng(5).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    write_png(frame, tmp_path / "one.png")
    write_png(frame, tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert (open_picture((tmp_path / "one.png").read_bytes()) == frame).all()


def test_a_jpeg_of_lower_quality_is_smaller(tmp_path: Path) -> None:
    """Quality is heeded."""
    frame = np.random.default_rng(5).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    write_jpeg(frame, tmp_path / "good.jpg", 95)
    write_jpeg(frame, tmp_path / "poor.jpg", 30)
    assert (tmp_path / "poor.jpg").stat().st_size < (tmp_path / "good.jpg").stat().st_size


@settings(max_examples=examples(60))
@given(st.integers(16, 90), st.integers(16, 90), st.integers(16, 120), st.integers(16, 120), st.integers(0, 255))
def test_fitting_gives_the_size_asked_for(
    have_width: int, have_height: int, width: int, height: int, grey: int
) -> None:
    """Any size from any size; an even colour stays what it is."""
    fitted = fit(np.full((have_height, have_width, 3), grey, dtype=np.uint8), width, height)
    assert fitted.shape == (height, width, 3)
    assert (fitted == grey).all()


def test_fitting_keeps_the_middle_and_the_proportions() -> None:
    """A circle in the middle of a wide picture is a circle in the middle of a square one."""
    wide = np.zeros((200, 400, 3), dtype=np.uint8)
    cv2.circle(wide, (200, 100), 60, (255, 255, 255), -1)
    square = fit(wide, 100, 100)
    rows, columns = np.nonzero(square[:, :, 0] > 127)
    assert abs((rows.max() - rows.min()) - (columns.max() - columns.min())) <= 1
    assert abs(rows.mean() - 49.5) < 1
    assert abs(columns.mean() - 49.5) < 1
