"""Small scenes drawn with NumPy, and the defects of generated video planted in them, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services._kit.media import ClipWriter, Frame

FPS = 16

Frames = tuple[Frame, ...]


class Take(Struct, frozen=True, kw_only=True):
    """A take as a renderer might deliver it: its frames, and the rate it is written with."""

    frames: Frames
    fps: int = FPS
    cut_off_bytes: int = 0
    """How many bytes are missing at the end of the file."""

    def write(self, path: Path) -> Path:
        """Write the take and return where."""
        height, width = self.frames[0].shape[:2]
        with ClipWriter(path, width, height, self.fps) as clip:
            for frame in self.frames:
                clip.write(frame)
        if self.cut_off_bytes:
            path.write_bytes(path.read_bytes()[: -self.cut_off_bytes])
        return path


# -- scenes ------------------------------------------------------------------------------------------------


def _frame(canvas: NDArray[np.floating]) -> Frame:
    return np.ascontiguousarray(np.clip(np.rint(canvas), 0, 255).astype(np.uint8))


def _wall(width: int, height: int, seed: int) -> NDArray[np.float32]:
    """Return a painted wall: soft clouds of colour, with edged shapes of every size on it."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(70, 190, (6, 4 * width // height, 3)).astype(np.float32)
    wall = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(width // 6):
        middle = (int(random.integers(0, width)), int(random.integers(0, height)))
        colour = [float(value) for value in random.uniform(15, 240, 3)]
        radius = int(height * random.uniform(0.02, 0.16))
        if random.random() < 0.5:
            cv2.circle(wall, middle, radius, colour, -1, cv2.LINE_AA)
        else:
            corner = (middle[0] + radius, middle[1] + int(radius * random.uniform(0.3, 2)))
            cv2.rectangle(wall, middle, corner, colour, -1)
    return np.asarray(wall, dtype=np.float32)


def _window(wall: NDArray[np.float32], left: float, width: int) -> NDArray[np.float32]:
    """Return the part of the wall that a camera at this place sees, to a fraction of a pixel."""
    height = wall.shape[0]
    move = np.array([[1, 0, -left], [0, 1, 0]], dtype=np.float32)
    return np.asarray(cv2.warpAffine(wall, move, (width, height)), dtype=np.float32)


def pan(width: int, height: int, count: int, seed: int = 3) -> Frames:
    """A smooth pan without any grain over a painted wall, as an animatic makes it: one height in 4 s."""
    speed = height / 64
    wall = _wall(width + int(speed * (count + 1)), height, seed)
    return tuple(_frame(_window(wall, speed * index, width)) for index in range(count))


def fast_pan(width: int, height: int, count: int) -> Frames:
    """The same at four times the speed: much changes from frame to frame, and nothing is wrong."""
    speed = height / 16
    wall = _wall(width + int(speed * (count + 1)), height, 5)
    return tuple(_frame(_window(wall, speed * index, width)) for index in range(count))


def meadow(width: int, height: int, count: int, seed: int = 7) -> Frames:
    """A subject that walks before two layers that move at different speeds, with grain of ±3."""
    random = np.random.default_rng(seed)
    far = _wall(width * 2, height, seed) * 0.5 + np.array([120, 95, 60], np.float32)
    near = _wall(width * 3, height // 3, seed + 1) * 0.6
    frames = []
    for index in range(count):
        canvas = _window(far, 0.4 * index * height / 120, width)
        canvas[height - height // 3 :] = _window(near, 1.6 * index * height / 120, width)
        middle = (int(width * (0.25 + 0.4 * index / count)), int(height * (0.55 + 0.02 * np.sin(index))))
        cv2.ellipse(canvas, middle, (height // 9, height // 5), 0, 0, 360, (40, 60, 210), -1, cv2.LINE_AA)
        cv2.circle(canvas, (middle[0], middle[1] - height // 5), height // 14, (150, 190, 235), -1, cv2.LINE_AA)
        frames.append(_frame(canvas + random.normal(0, 1.7, canvas.shape).astype(np.float32)))
    return tuple(frames)


def night(width: int, height: int, count: int, seed: int = 11) -> Frames:
    """A dark street, mean luma about 25, where lights pass by; grain of ±2."""
    random = np.random.default_rng(seed)
    street = _wall(width * 2, height, seed) * 0.13 + 6
    frames = []
    for index in range(count):
        canvas = _window(street, 0.5 * index * height / 120, width)
        for light in range(4):
            across = (0.1 + 0.27 * light + (0.006 + 0.002 * light) * index) % 1.0
            middle = (int(width * across), int(height * (0.3 + 0.12 * light)))
            glow = np.zeros((height, width), np.float32)
            cv2.circle(glow, middle, height // 14, 1.0, -1, cv2.LINE_AA)
            glow = np.asarray(cv2.GaussianBlur(glow, (0, 0), height / 40), dtype=np.float32)
            canvas += glow[..., None] * np.array([60, 150, 215], np.float32)
        frames.append(_frame(canvas + random.normal(0, 1.0, canvas.shape).astype(np.float32)))
    return tuple(frames)


def portrait(width: int, height: int, count: int, seed: int = 13) -> Frames:
    """A calm face that breathes and blinks before a still room: little moves, and it should not count as frozen."""
    random = np.random.default_rng(seed)
    room = np.asarray(cv2.GaussianBlur(_wall(width, height, seed), (0, 0), height / 40), dtype=np.float32)
    frames = []
    for index in range(count):
        canvas = room.copy()
        breath = 0.025 * height * np.sin(index / 5)
        middle = (width // 2, int(height * 0.5 + breath))
        cv2.ellipse(canvas, middle, (height // 5, height // 3), 0, 0, 360, (130, 160, 205), -1, cv2.LINE_AA)
        for side in (-1, 1):
            eye = (middle[0] + side * height // 12, middle[1] - height // 12)
            opened = max(1, height // 40 if index % 23 < 20 else 1)
            cv2.ellipse(canvas, eye, (height // 30, opened), 0, 0, 360, (40, 35, 30), -1, cv2.LINE_AA)
        frames.append(_frame(canvas + random.normal(0, 0.8, canvas.shape).astype(np.float32)))
    return tuple(frames)


SCENES: dict[str, Callable[[int, int, int], Frames]] = {
    "pan": pan,
    "fast pan": fast_pan,
    "meadow": meadow,
    "night": night,
    "portrait": portrait,
}


# -- defects -----------------------------------------------------------------------------------------------


def _each(frames: Frames, change: Callable[[int, NDArray[np.float32]], NDArray[np.floating]]) -> Frames:
    return tuple(_frame(change(index, frame.astype(np.float32))) for index, frame in enumerate(frames))


def frozen_from(frames: Frames, share: float) -> Take:
    """This share of the take stands still at its end."""
    last = round((len(frames) - 1) * (1 - share))
    return Take(frames=tuple(frames[min(index, last)] for index in range(len(frames))))


def blurred_by(frames: Frames, sigma: float) -> Take:
    """Everything is out of focus by so many pixels."""
    return Take(frames=_each(frames, lambda _, frame: np.asarray(cv2.GaussianBlur(frame, (0, 0), sigma), np.float32)))


def wavering_by(frames: Frames, levels: float) -> Take:
    """The luma alternates by plus and minus so many levels."""
    return Take(frames=_each(frames, lambda index, frame: frame + (levels if index % 2 else -levels)))


def moved_by(frames: Frames, share: float) -> Take:
    """In the middle everything is suddenly elsewhere, by this share of the width."""
    middle, by = len(frames) // 2, round(share * frames[0].shape[1])
    moved = tuple(np.ascontiguousarray(np.roll(frame, by, axis=1)) for frame in frames[middle:])
    return Take(frames=frames[:middle] + moved)


def cast_by(frames: Frames, levels: float) -> Take:
    """Blue is lower and red higher by so many levels."""
    shift = np.array([-levels, 0, levels], np.float32)
    return Take(frames=_each(frames, lambda _, frame: frame + shift))


def clean(frames: Frames) -> Take:
    """Nothing is wrong."""
    return Take(frames=frames)


def black_frames(frames: Frames) -> Take:
    """Four frames in the middle are black."""
    middle = len(frames) // 2
    return Take(frames=tuple(_blank(frame, 0) if middle <= n < middle + 4 else frame for n, frame in enumerate(frames)))


def all_black(frames: Frames) -> Take:
    """The whole take is black."""
    return Take(frames=tuple(_blank(frame, 0) for frame in frames))


def frozen_half(frames: Frames) -> Take:
    """From a third on nothing moves any more."""
    return frozen_from(frames, 2 / 3)


def frozen_with_noise(frames: Frames) -> Take:
    """Nothing moves, but the picture swarms a little: ±1."""
    random = np.random.default_rng(1)
    return Take(frames=_each(frames, lambda _, frame: frames[0] + random.normal(0, 0.6, frame.shape)))


def uniform_colour(frames: Frames) -> Take:
    """A grey-blue surface and nothing else, what a decoder makes of NaN."""
    return Take(frames=tuple(np.full_like(frame, (130, 120, 110)) for frame in frames))


def heavy_blur(frames: Frames) -> Take:
    """Everything is out of focus: by a fortieth of the height, and at least 5 pixels."""
    return blurred_by(frames, max(5, frames[0].shape[0] / 40))


def flickering(frames: Frames) -> Take:
    """Every second frame is darker: luma ±8."""
    return wavering_by(frames, 8)


def faint_flicker(frames: Frames) -> Take:
    """Every second frame is a little darker: luma ±3."""
    return wavering_by(frames, 3)


def white_flash(frames: Frames) -> Take:
    """One frame is white."""
    middle = len(frames) // 2
    return Take(frames=tuple(_blank(frame, 255) if n == middle else frame for n, frame in enumerate(frames)))


def hard_cut(frames: Frames) -> Take:
    """The second half shows another place: mirrored, other colours, other shapes."""
    height, width = frames[0].shape[:2]
    other = _each(pan(width, height, len(frames), seed=29), lambda _, frame: frame[..., ::-1] * 0.5 + 110)
    middle = len(frames) // 2
    return Take(frames=frames[:middle] + other[middle:])


def jump(frames: Frames) -> Take:
    """In the middle the camera is suddenly somewhere else in the same scene: 2/5 of the width away."""
    return moved_by(frames, 0.4)


def noisy(frames: Frames) -> Take:
    """Coarse noise of ±24 over everything."""
    random = np.random.default_rng(2)
    return Take(frames=_each(frames, lambda _, frame: frame + random.normal(0, 24, frame.shape)))


def burnt_out(frames: Frames) -> Take:
    """The brighter two fifths of the picture are white."""

    def burn(_: int, frame: NDArray[np.float32]) -> NDArray[np.floating]:
        return frame * (255 / max(1.0, float(np.quantile(frame.min(axis=2), 0.6))))

    return Take(frames=_each(frames, burn))


def wrong_size(frames: Frames) -> Take:
    """The frames are smaller than ordered."""
    height, width = frames[0].shape[:2]
    return Take(frames=tuple(np.ascontiguousarray(frame[: height - 16, : width - 16]) for frame in frames))


def wrong_count(frames: Frames) -> Take:
    """Four frames are missing at the end."""
    return Take(frames=frames[:-4])


def wrong_rate(frames: Frames) -> Take:
    """The frames are there, with another time each."""
    return Take(frames=frames, fps=24)


def cut_off(frames: Frames) -> Take:
    """The file ends too early."""
    return Take(frames=frames, cut_off_bytes=400)


def colour_cast(frames: Frames) -> Take:
    """All colours are shifted towards red: about ΔE 15, the seam to the take before shows."""
    return Take(
        frames=_each(
            frames, lambda _, frame: frame * np.array([0.85, 0.9, 1.1], np.float32) + np.array([-4, -4, 22], np.float32)
        )
    )


def drifting(frames: Frames) -> Take:
    """The take grows redder and more saturated as it goes on, as chained takes do."""
    last = len(frames) - 1
    return Take(
        frames=_each(frames, lambda index, frame: frame + np.array([-28, -12, 34], np.float32) * (index / last))
    )


def _blank(frame: Frame, level: int) -> Frame:
    return np.full_like(frame, level)


class Planted(Struct, frozen=True, kw_only=True):
    """A defect, and the criterion that is to find it; `None` where the take is clean."""

    name: str
    plant: Callable[[Frames], Take]
    criterion: str | None
    has_clean_hand_over: bool = False
    """Whether the take before it was free of the defect: only then the seam shows it."""


DEFECTS: tuple[Planted, ...] = (
    Planted(name="clean", plant=clean, criterion=None),
    Planted(name="black frames", plant=black_frames, criterion="black"),
    Planted(name="all black", plant=all_black, criterion="black"),
    Planted(name="frozen after a third", plant=frozen_half, criterion="frozen"),
    Planted(name="frozen, swarming ±1", plant=frozen_with_noise, criterion="frozen"),
    Planted(name="one colour", plant=uniform_colour, criterion="flat"),
    Planted(name="heavy blur", plant=heavy_blur, criterion="blurred"),
    Planted(name="luma ±8", plant=flickering, criterion="flicker"),
    Planted(name="luma ±3", plant=faint_flicker, criterion="flicker"),
    Planted(name="white flash", plant=white_flash, criterion="flash"),
    Planted(name="hard cut", plant=hard_cut, criterion="cut"),
    Planted(name="jump", plant=jump, criterion="jump"),
    Planted(name="wrong size", plant=wrong_size, criterion="size"),
    Planted(name="wrong count", plant=wrong_count, criterion="frame_count"),
    Planted(name="wrong rate", plant=wrong_rate, criterion="fps"),
    Planted(name="cut off", plant=cut_off, criterion="decodes"),
    Planted(name="colour cast", plant=colour_cast, criterion="seam", has_clean_hand_over=True),
)
SOFT_DEFECTS: tuple[Planted, ...] = (
    Planted(name="noise ±24", plant=noisy, criterion="noise"),
    Planted(name="burnt out", plant=burnt_out, criterion="overexposed"),
    Planted(name="drifting colours", plant=drifting, criterion="colour_drift"),
)


class Graded(Struct, frozen=True, kw_only=True):
    """A defect that may be stronger or weaker: where does finding it begin?"""

    name: str
    plant: Callable[[Frames, float], Take]
    strengths: tuple[float, ...]
    criterion: str
    has_clean_hand_over: bool = False


GRADED: tuple[Graded, ...] = (
    Graded(name="share that stands still", plant=frozen_from, strengths=(0.3, 0.4, 0.5, 0.6), criterion="frozen"),
    Graded(name="blur, σ in pixels", plant=blurred_by, strengths=(1, 2, 3, 4, 6), criterion="blurred"),
    Graded(name="luma ± levels", plant=wavering_by, strengths=(0.5, 1, 2, 3), criterion="flicker"),
    Graded(name="jump, share of the width", plant=moved_by, strengths=(0.02, 0.05, 0.1, 0.2, 0.4), criterion="jump"),
    Graded(
        name="red against blue, ± levels",
        plant=cast_by,
        strengths=(5, 10, 15, 20, 30),
        criterion="seam",
        has_clean_hand_over=True,
    ),
)
