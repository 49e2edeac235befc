"""How alike two clips are: by their bytes, by their frames, or by what a viewer would see."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import cv2
import msgspec
import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from bus.likeness import DELTA_E_MAX, SSIM_MIN, Comparison, Difference, Likeness
from bus.plan import Made
from bus.ports import Progress
from services._kit.media import Frame, frames_of
from services._kit.threads import Stop
from services.reviewer.measures import similarity

_NAMES = {
    "by": "renderer",
    "version": "version of the renderer",
    "model": "model",
    "model_digest": "digest of the model",
    "prompt_digest": "digest of the prompt",
    "options.workflow": "workflow",
    "options.graph": "digest of the workflow",
    "options.device": "device",
    "options.model_size_bytes": "size of the model's file",
    "options.model_date": "date of the model's file",
}
_RESULTS = ("options.colour",)
"""What is measured of a clip and written beside how it was made: it follows from the clip, and is no cause."""


class Alike(Struct, frozen=True, kw_only=True):
    """What comparing frame by frame found."""

    likeness: Likeness
    frame_count: int
    ssim: float | None = None
    ssim_worst: float | None = None
    delta_e: float | None = None
    delta_e_worst: float | None = None
    why: str = ""


def alike(recorded: Path, made: Path, progress: Progress, stop: Stop, total: int = 0) -> Alike | None:
    """Return how alike two clips of different bytes are; None if it was told to stop.

    Frames that are the same pixel by pixel cost no more than decoding them; others are measured.

    Raises:
        Unreadable: one of the two is no clip, or breaks off.
    """
    ssims: list[float] = []
    deltas: list[float] = []
    is_same = True
    for index, (one, other) in enumerate(_pairs(recorded, made)):
        if stop():
            return None
        if one is None or other is None:
            counts = (index + sum(1 for _ in _rest(recorded, index)), index + sum(1 for _ in _rest(made, index)))
            why = f"The recorded clip has {counts[0]} frames, and this one has {counts[1]}."
            return Alike(likeness=Likeness.DIFFERENT, frame_count=index, why=why)
        if one.shape != other.shape:
            sizes = " and not ".join(f"{shape[1]}×{shape[0]}" for shape in (other.shape, one.shape))
            return Alike(likeness=Likeness.DIFFERENT, frame_count=index, why=f"Its frames are {sizes}.")
        if np.array_equal(one, other):
            ssims.append(1.0)
            deltas.append(0.0)
        else:
            is_same = False
            ssims.append(similarity(one, other))
            deltas.append(delta_e(one, other))
        progress(index + 1, total)
    if is_same:
        return Alike(likeness=Likeness.SAME_FRAMES, frame_count=len(ssims))
    ssim, delta = statistics.fmean(ssims), statistics.fmean(deltas)
    is_equivalent = ssim >= SSIM_MIN and delta <= DELTA_E_MAX
    return Alike(
        likeness=Likeness.EQUIVALENT if is_equivalent else Likeness.DIFFERENT,
        frame_count=len(ssims),
        ssim=round(ssim, 5),
        ssim_worst=round(min(ssims), 5),
        delta_e=round(delta, 3),
        delta_e_worst=round(max(deltas), 3),
    )


def _pairs(recorded: Path, made: Path) -> Iterator[tuple[Frame | None, Frame | None]]:
    yield from zip_longest(frames_of(recorded), frames_of(made))


def _rest(clip: Path, begin: int) -> Iterator[Frame]:
    return (frame for index, frame in enumerate(frames_of(clip)) if index >= begin)


def delta_e(one: Frame, other: Frame) -> float:
    """Return the mean difference of colour over all pixels: ΔE of CIE 1976, 0 to about 100."""
    # From linear light: OpenCV's own way from sRGB goes by a table that is off by up to 0.4.
    first, second = (cv2.cvtColor(cv2.LUT(picture, _LINEAR), cv2.COLOR_LBGR2LAB) for picture in (one, other))
    return float(np.linalg.norm(first - second, axis=2).mean())


def _linear() -> NDArray[np.float32]:
    """Return for each level of sRGB how much light it is, 0 to 1. Source: IEC 61966-2-1."""
    levels = np.arange(256) / 255
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _linear()


def differences(was: Made, now: Made) -> tuple[Difference, ...]:
    """Return what was not as it had been when a clip was made: renderer, version, model, device, workflow."""
    before, after = _flat(was), _flat(now)
    return tuple(
        Difference(what=_NAMES.get(name, name), was=before.get(name, "none"), now=after.get(name, "none"))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )


def _flat(made: Made) -> dict[str, str]:
    """Return what determines a clip, by name; the options one by one."""
    named = {
        name: value
        for name, value in structs.asdict(made).items()
        if name in ("by", "version", "model", "model_digest", "prompt_digest") and value is not None
    }
    return {name: str(value) for name, value in named.items()} | dict(_options("options", made.options))


def _options(name: str, text: str | None) -> Iterator[tuple[str, str]]:
    if text is None:
        return
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        yield name, text
        return
    for key, value in _leaves(name, found):
        if not key.startswith(_RESULTS):
            yield key, value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _leaves(name: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}", inner)
    else:
        yield name, value


def compared(wanted: Comparison, found: Alike) -> Comparison:
    """Return the comparison with what comparing frames found."""
    return structs.replace(
        wanted,
        likeness=found.likeness,
        frame_count=found.frame_count,
        ssim=found.ssim,
        ssim_worst=found.ssim_worst,
        delta_e=found.delta_e,
        delta_e_worst=found.delta_e_worst,
        why=found.why,
    )
