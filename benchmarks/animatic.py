"""How fast the animatic draws, beside the plainest thing that could be done with a frame of the same size.

Run `python -m benchmarks.animatic`. One core: OpenCV is told to use one thread.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import cv2
import msgspec
import numpy as np

from benchmarks.figure import Figure, show
from bus.ids import digest_of
from bus.plan import Look, Mode, Movement, Order, ShotSize
from services._kit.media import ClipWriter, frames_of
from services._kit.pictures import write_png
from services.creator.renderers.animatic import MovingPicture, moving_picture

FRAME_COUNT: Final = 81
ROUNDS: Final = 3
PLAIN: Final = "resize and mix one frame"
_DUSK: Final = ("#1b1642", "#4b2a73", "#a8476f", "#ee8a52", "#ffd3a6")
_NEON: Final = ("#0a0612", "#3a0f5c", "#c2187e", "#18c4d8", "#d9fbff")
_DAY: Final = ("#1b2f3a", "#3f6b7a", "#7fae9f", "#d8c99a", "#fbf4e2")


def order_of(prompt: str, light: str, palette: tuple[str, ...], style: str = "cinematic") -> Order:
    """Return an order of five seconds at 832×480."""
    return Order(
        renderer="animatic",
        mode=Mode.T2V,
        prompt=prompt,
        negative="",
        seed=1,
        width=832,
        height=480,
        frame_count=FRAME_COUNT,
        fps=16,
        look=Look(style=style, light=light, palette=palette, words=""),
        shot=ShotSize.WIDE,
        movement=Movement.PUSH_IN,
        caption=None,
    )


ORDERS: Final = {
    "sea at dusk, painterly": order_of("A lighthouse keeper rows out at dusk", "dusk", _DUSK, "painterly"),
    "street in the rain": order_of("neon street in the rain, cyberpunk", "neon", _NEON),
    "desert, three horses": order_of("horses running through a desert at noon", "day", _DAY),
    "room, snow outside": order_of("a cat asleep on a windowsill, snow outside", "snow", _DAY),
    "forest in the mist": order_of("a fox walks through a misty forest", "dawn", _DAY),
}


def median_ms(work: Callable[[], object], count: int) -> float:
    """Return the time of one call in milliseconds: the median of a few rounds of `count` calls."""
    work()
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(count):
            work()
        rounds.append((time.perf_counter() - started) / count * 1e3)
    return statistics.median(rounds)


def frame_ms(picture: MovingPicture) -> float:
    """Return how long one frame takes to draw, in milliseconds."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for index in range(FRAME_COUNT):
            picture.frame(index)
        rounds.append((time.perf_counter() - started) / FRAME_COUNT * 1e3)
    return statistics.median(rounds)


def plain_ms() -> float:
    """Return how long it takes to enlarge one frame and mix it with another: the least an animation could do."""
    one = np.random.default_rng(0).integers(0, 255, (480, 832, 3), dtype=np.uint8)
    small = one[::2, ::2].copy()
    return median_ms(lambda: cv2.addWeighted(cv2.resize(small, (832, 480)), 0.5, one, 0.5, 0.0), 200)


def figures() -> list[Figure]:
    """Return the animatic's figures, each beside its baseline, measured in this run."""
    cv2.setNumThreads(1)
    baseline = plain_ms()
    found: list[Figure] = []
    for name, order in ORDERS.items():
        found += _drawing(name, order, baseline)
    picture = moving_picture(ORDERS["sea at dusk, painterly"], {})
    with tempfile.TemporaryDirectory() as folder:
        found += _from_picture(Path(folder), picture, baseline)
        found += _coding(Path(folder), picture, found[0].value)
    return found


def _drawing(name: str, order: Order, baseline: float) -> list[Figure]:
    started = time.perf_counter()
    picture = moving_picture(order, {})
    built = (time.perf_counter() - started) * 1e3
    drawn = frame_ms(picture)
    frames = f"its {FRAME_COUNT} frames"
    return [
        Figure(name=f"a frame: {name}", value=drawn, unit="ms", baseline_name=PLAIN, baseline=baseline, aim="10 ms"),
        Figure(name=f"the set: {name}", value=built, unit="ms", baseline_name=frames, baseline=drawn * FRAME_COUNT),
    ]


def _from_picture(folder: Path, picture: MovingPicture, baseline: float) -> list[Figure]:
    path = folder / "start.png"
    write_png(picture.clean(0), path)
    digest = digest_of(path.read_bytes())
    order = msgspec.structs.replace(ORDERS["desert, three horses"], mode=Mode.I2V, start=digest)
    value = frame_ms(moving_picture(order, {digest: path}))
    return [Figure(name="a frame: from a picture", value=value, unit="ms", baseline_name=PLAIN, baseline=baseline)]


def _coding(folder: Path, picture: MovingPicture, drawn: float) -> list[Figure]:
    frames = [picture.frame(index) for index in range(FRAME_COUNT)]
    path = folder / "take.mp4"

    def encode() -> None:
        with ClipWriter(path, 832, 480, 16) as clip:
            for frame in frames:
                clip.write(frame)

    encoded = median_ms(encode, 1) / FRAME_COUNT
    decoded = median_ms(lambda: sum(1 for _ in frames_of(path)), 1) / FRAME_COUNT
    return [
        Figure(name="encoding a frame", value=encoded, unit="ms", baseline_name="drawing it", baseline=drawn),
        Figure(name="decoding a frame", value=decoded, unit="ms", baseline_name="drawing it", baseline=drawn),
    ]


if __name__ == "__main__":
    show("animatic, 832×480, one core", figures())
