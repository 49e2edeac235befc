"""An order to draw, and what the tests of the animatic do with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import msgspec
import numpy as np

from bus.ids import Digest, digest_of
from bus.plan import Look, Mode, Movement, Order, ShotSize
from services._kit.media import Frame
from services._kit.pictures import write_png
from services.creator.renderers.animatic import Animatic, moving_picture
from services.creator.renderers.renderer import Rendering

DUSK = ("#1b1642", "#4b2a73", "#a8476f", "#ee8a52", "#ffd3a6")
NIGHT = ("#060a18", "#13213f", "#2b4570", "#6f8fb5", "#f0dfa8")
DAY = ("#1b2f3a", "#3f6b7a", "#7fae9f", "#d8c99a", "#fbf4e2")
SNOW = ("#1d2a3a", "#46607a", "#86a3bb", "#c4d6e3", "#f7fbff")
GREY = ("#101010", "#404040", "#808080", "#f0f0f0")


def look(light: str = "dusk", style: str = "cinematic", palette: tuple[str, ...] = DUSK) -> Look:
    """Return a film's look."""
    return Look(style=style, light=light, palette=palette, words="")


ROWING = Order(
    renderer="animatic",
    mode=Mode.T2V,
    prompt="A lighthouse keeper rows out at dusk",
    negative="",
    seed=7,
    width=208,
    height=128,
    frame_count=17,
    fps=16,
    look=look(),
    shot=ShotSize.WIDE,
    movement=Movement.PUSH_IN,
    caption="3  The keeper rows out",
)


def changed(order: Order, **fields: object) -> Order:
    """Return the order with some fields changed."""
    return msgspec.structs.replace(order, **fields)


def silent(done: int, total: int, *, preview: bytes | None = None) -> None:
    """Take progress and say nothing."""


def drawn(order: Order, pictures: dict[Digest, Path] | None = None) -> list[Frame]:
    """Return all frames of the order, without caption."""
    picture = moving_picture(order, pictures or {})
    return [picture.frame(index) for index in range(order.frame_count)]


async def rendered(order: Order, folder: Path, pictures: dict[Digest, Path] | None = None) -> Rendering:
    """Return the order rendered into this folder."""
    folder.mkdir(exist_ok=True)
    return await Animatic().render(order, "key", folder, pictures or {}, silent)


def sha(path: Path) -> str:
    """Return the SHA-256 of the file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def photo(folder: Path, width: int = 400, height: int = 300, seed: int = 3) -> tuple[Digest, Path, Frame]:
    """Return a made-up photo: its digest, its file and its pixels."""
    coarse = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), dtype=np.uint8)
    frame = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    path = folder / f"photo-{seed}.png"
    write_png(frame, path)
    return digest_of(path.read_bytes()), path, frame
