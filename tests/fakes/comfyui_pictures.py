"""What the fake ComfyUI renders: small moving pictures that depend on seed, size, length and start image alone."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from services._kit.media import ClipWriter, Frame


@dataclass(frozen=True)
class Latent:
    """What a sampler makes."""

    width: int
    height: int
    length: int
    seed: int = 0
    start: str | None = None


def frames(latent: Latent, inputs: Path, drift: int = 0) -> list[Frame]:
    """Return the decoded frames: sizes are cut to multiples of 16 and lengths to 4n+1, as the real models do.

    Args:
        drift: by how many levels the picture is off, as on another card.
    """
    width, height = latent.width // 16 * 16, latent.height // 16 * 16
    count = (latent.length - 1) // 4 * 4 + 1
    chance = np.random.default_rng(latent.seed)
    if latent.start is not None:
        with Image.open(inputs / latent.start) as picture:
            rgb = np.asarray(picture.convert("RGB").resize((width, height)), dtype=np.uint8)
        base = np.ascontiguousarray(rgb[:, :, ::-1])
    else:
        across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
        planes = [chance.uniform(40, 200) + 50 * across * down for _ in range(3)]
        base = np.clip(np.stack(planes, axis=2), 0, 255).astype(np.uint8)
    base = np.clip(base.astype(int) + drift, 0, 255).astype(np.uint8)
    return [_moved(base, index) for index in range(count)]


def _moved(base: NDArray[np.uint8], index: int) -> Frame:
    picture = np.roll(base, index, axis=1)
    picture[4:12, 4 + index % 8 : 12 + index % 8] = 250 - index
    return picture


def write_mp4(made: list[Frame], fps: float, path: Path, graph: Mapping[str, object]) -> None:
    """Write a clip that is really decoded later. As in every file of ComfyUI, the graph is in it."""
    height, width = made[0].shape[:2]
    with ClipWriter(path, width, height, round(fps)) as clip:
        for frame in made:
            clip.write(frame)
    text = json.dumps(graph).encode()
    with path.open("ab") as file:
        # A box that every reader of MP4 passes over.
        file.write((8 + len(text)).to_bytes(4, "big") + b"free" + text)


def write_webp(made: list[Frame], fps: float, path: Path, graph: Mapping[str, object]) -> None:
    """Write an animation without loss; the graph is in it."""
    first, *rest = [Image.fromarray(frame[:, :, ::-1]) for frame in made]
    about = Image.Exif()
    about[0x0110] = f"prompt:{json.dumps(graph)}"
    first.save(path, "WEBP", save_all=True, append_images=rest, duration=round(1000 / fps), lossless=True, exif=about)


def png(frame: Frame, graph: Mapping[str, object]) -> bytes:
    """Return the frame as PNG; the graph is in it."""
    sink = io.BytesIO()
    about = PngInfo()
    about.add_text("prompt", json.dumps(graph))
    Image.fromarray(frame[:, :, ::-1]).save(sink, "PNG", pnginfo=about)
    return sink.getvalue()


def jpeg(frame: Frame) -> bytes:
    """Return the frame as JPEG."""
    sink = io.BytesIO()
    Image.fromarray(frame[:, :, ::-1]).save(sink, "JPEG")
    return sink.getvalue()
