"""Land: mountains, hills, dunes, forests and the light haze between them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from services.creator.renderers.stage.arrays import Field, field
from services.creator.renderers.stage.layers import Easel, Sheet, sheet
from services.creator.renderers.stage.noise import cloud, curve, ridge, smooth

Shade = Callable[[Field, Field], Field]
"""Changes tones by depth below the crest (pixels) and the tones so far."""


def terrain(
    easel: Easel, crest: Field, tone: float, haze_tone: float, haze: float, depth: float, texture: Field
) -> Sheet:
    """Return a ground that fills everything below a crest line.

    Args:
        crest: the canvas row of its upper edge for each column.
        tone: its own colour; it fades towards `haze_tone` at its foot, by the share `haze`.
        texture: what is added to the tones, shape of the canvas.
    """
    canvas, ramp = easel.canvas, easel.ramp
    below = canvas.rows() - crest[None, :]
    alpha = np.clip(below + 0.5, 0.0, 1.0)
    reach = smooth(0.0, 1.0, np.clip(below / canvas.length(0.34), 0.0, 1.0))
    tones = tone + texture
    tones = tones + (haze_tone - tones) * haze * reach
    return sheet(ramp.paint(tones.astype(np.float32)), alpha.astype(np.float32), depth)


def mountain_range(
    easel: Easel,
    *,
    base: float,
    rise: float,
    cells: float,
    tone: float,
    haze_tone: float,
    depth: float,
    snow: float = 0.0,
    sun_side: float = 1.0,
) -> Sheet:
    """Return a jagged range whose crest rises up to `rise` frame heights above the height `base`."""
    canvas, rng = easel.canvas, easel.rng
    profile = ridge(rng, canvas.width, cells)
    swell = 0.55 + 0.45 * (0.5 + 0.5 * curve(rng, canvas.width, cells * 0.4, 2))
    crest = canvas.row(base) - canvas.length(rise) * np.clip(profile * 1.35 - 0.2, 0.0, 1.2) * swell
    below = canvas.rows() - crest[None, :]
    # Facets: ridges run down from the crest, so the noise is sheared with the depth below it.
    facets = cloud(rng, canvas.height, canvas.width, canvas.length(0.10), 5)
    relief = cv2.Sobel(facets, cv2.CV_32F, 1, 0, ksize=5) * sun_side
    slope = np.gradient(cv2.GaussianBlur(crest.reshape(1, -1), (0, 0), canvas.length(0.012)).ravel()) * -sun_side
    lit = np.tanh((0.022 * relief + 0.05 * slope[None, :] * np.exp(-below / canvas.length(0.12))) / 0.10) * 0.10
    texture = lit.astype(np.float32)
    if snow > 0.0:
        line = canvas.length(0.10) * (0.4 + 1.2 * facets)
        cap = smooth(-6.0, 6.0, line - below) * (crest < canvas.row(base) - canvas.length(rise * 0.45))[None, :]
        texture = texture + cap * snow * (0.75 + 2.0 * lit)
    return terrain(easel, crest.astype(np.float32), tone, haze_tone, 0.75, depth, texture)


def hills(
    easel: Easel,
    *,
    base: float,
    rise: float,
    cells: float,
    tone: float,
    haze_tone: float,
    depth: float,
    grain: float = 0.05,
    haze: float = 0.35,
) -> Sheet:
    """Return softly rolling ground."""
    canvas, rng = easel.canvas, easel.rng
    crest = canvas.row(base) - canvas.length(rise) * (0.5 + 0.5 * curve(rng, canvas.width, cells, 3, 0.35))
    fine = cloud(rng, canvas.height, canvas.width, canvas.length(0.05), 4) - 0.5
    broad = cloud(rng, canvas.height, canvas.width, canvas.length(0.35), 2) - 0.5
    rim = np.exp(-np.abs(canvas.rows() - crest[None, :]) / canvas.length(0.008)) * 0.10
    texture = fine * grain * 1.6 + broad * grain * 1.8 + rim
    return terrain(easel, crest.astype(np.float32), tone, haze_tone, haze, depth, texture.astype(np.float32))


def dunes(
    easel: Easel,
    *,
    base: float,
    rise: float,
    cells: float,
    tone: float,
    haze_tone: float,
    depth: float,
    sun_side: float,
) -> Sheet:
    """Return dunes with a lit and a shaded flank, parted by a sharp winding edge, and with wind ripples."""
    canvas, rng = easel.canvas, easel.rng
    wave = curve(rng, canvas.width, cells, 2, 0.3)
    crest = canvas.row(base) - canvas.length(rise) * np.abs(wave) ** 0.8
    below = canvas.rows() - crest[None, :]
    bend = curve(rng, canvas.height, 3.0, 2)[:, None] * canvas.length(0.05)
    side = np.gradient(cv2.GaussianBlur(crest.astype(np.float32).reshape(1, -1), (0, 0), 9.0).ravel())
    shift = (canvas.columns() + bend + below * 0.9 * sun_side).astype(np.float32)
    flank = np.interp(shift.ravel(), np.arange(canvas.width), side).reshape(shift.shape)
    lit = np.tanh(flank * -2.2 * sun_side)
    ripples = np.sin(below * (0.55 / max(0.5, canvas.length(0.004))) + shift * 0.05 + bend * 0.6)
    ripples = ripples * np.clip(below / canvas.length(0.3), 0.0, 1.0) * 0.016
    fine = (cloud(rng, canvas.height, canvas.width, canvas.length(0.02), 3) - 0.5) * 0.05
    texture = (0.11 * lit * np.exp(-below / canvas.length(0.45)) + ripples + fine).astype(np.float32)
    return terrain(easel, crest.astype(np.float32), tone, haze_tone, 0.15, depth, texture)


def conifers(
    easel: Easel,
    *,
    base: float,
    size: float,
    spacing: float,
    tone: float,
    haze_tone: float,
    depth: float,
    haze: float = 0.5,
) -> Sheet:
    """Return a line of fir trees that stand on undulating ground; `size` and `spacing` in frame heights."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    mask = np.zeros((canvas.height, canvas.width), dtype=np.uint8)
    ground = canvas.row(base) - canvas.length(0.25 * size) * curve(rng, canvas.width, 3.0, 3)
    x = -canvas.length(spacing)
    while x < canvas.width + canvas.length(spacing):
        tall = canvas.length(size) * float(rng.uniform(0.55, 1.1))
        foot = float(ground[int(np.clip(x, 0, canvas.width - 1))]) + tall * 0.08
        _fir(mask, rng, x, foot, tall)
        x += canvas.length(spacing) * float(rng.uniform(0.45, 1.5))
    earth = np.clip(canvas.rows() - ground[None, :] + 0.5, 0.0, 1.0)
    alpha = np.maximum(mask.astype(np.float32) / 255.0, earth).astype(np.float32)
    below = np.clip((canvas.rows() - ground[None, :] + canvas.length(size)) / canvas.length(size * 1.6), 0.0, 1.0)
    fine = (cloud(rng, canvas.height, canvas.width, canvas.length(0.02), 3) - 0.5) * 0.07
    tones = tone + fine + (haze_tone - tone) * haze * below**1.5
    return sheet(ramp.paint(tones.astype(np.float32)), alpha, depth)


def trunks(
    easel: Easel,
    *,
    base: float,
    count: int,
    thickness: float,
    tone: float,
    haze_tone: float,
    depth: float,
    keep_clear: float | None = None,
) -> Sheet:
    """Return tall trunks that leave the frame at the top, on the forest's floor.

    Args:
        keep_clear: a place across the frame where no trunk stands, because the subject does.
    """
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    mask = np.zeros((canvas.height, canvas.width), dtype=np.uint8)
    ground = canvas.row(base) - canvas.length(0.03) * curve(rng, canvas.width, 4.0, 3)
    places = (np.arange(count) + rng.uniform(0.1, 0.9, count)) / count * canvas.width
    for x in places:
        if keep_clear is not None and abs(x - canvas.column(keep_clear)) < canvas.length(0.30):
            continue
        wide = canvas.length(thickness) * float(rng.uniform(0.5, 1.25))
        lean = float(rng.normal(0.0, 0.03)) * canvas.height
        foot = float(ground[int(np.clip(x, 0, canvas.width - 1))]) + wide
        outline = [
            (x - wide * 0.9, foot),
            (x - wide * 0.45, foot - wide * 2),
            (x + lean - wide * 0.3, -5.0),
            (x + lean + wide * 0.3, -5.0),
            (x + wide * 0.45, foot - wide * 2),
            (x + wide * 0.9, foot),
        ]
        _fill(mask, outline)
        for _ in range(int(rng.integers(1, 4))):
            start = float(rng.uniform(0.1, 0.6)) * foot
            side = float(rng.choice([-1.0, 1.0]))
            along = 1.0 - start / foot
            at = x + lean * along
            long = wide * float(rng.uniform(2.5, 6.0))
            end = (at + side * long, start - long * 0.45)
            _fill(mask, [(at, start - wide * 0.2), (at, start + wide * 0.22), end])
    earth = np.clip(canvas.rows() - ground[None, :] + 0.5, 0.0, 1.0)
    alpha = np.maximum(mask.astype(np.float32) / 255.0, earth).astype(np.float32)
    bark = cloud(rng, canvas.height, max(8, canvas.width), canvas.length(0.03), 3) - 0.5
    low = np.clip((canvas.rows() - canvas.row(0.1)) / canvas.length(base), 0.0, 1.0)
    tones = tone + bark * 0.09 + (haze_tone - tone) * 0.45 * low**2 * (1 - 0.5 * earth)
    return sheet(ramp.paint(tones.astype(np.float32)), alpha, depth)


def canopy(easel: Easel, *, reach: float, tone: float, depth: float) -> Sheet:
    """Return foliage that hangs into the frame from above, down to the height `reach` at most."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    heaps = cloud(rng, canvas.height, canvas.width, canvas.length(0.10), 5)
    edge = canvas.row(reach) + canvas.length(0.10) * curve(rng, canvas.width, 4.0, 4)
    hang = (edge[None, :] - canvas.rows()) / canvas.length(0.22)
    alpha = smooth(0.46, 0.54, np.clip(heaps + hang * 0.55 - 0.25, 0.0, 1.0).astype(np.float32))
    tones = tone + (heaps - 0.5) * 0.16
    return sheet(ramp.paint(tones.astype(np.float32)), alpha, depth)


def grass(
    easel: Easel, *, base: float, length: float, count: int, tone: float, depth: float, spread: float = 0.35
) -> Sheet:
    """Return blades of grass in the foreground; `base` is where they grow, in frame heights."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    mask = np.zeros((canvas.height, canvas.width), dtype=np.uint8)
    for _ in range(count):
        x = float(rng.uniform(0, canvas.width))
        tall = canvas.length(length) * float(rng.uniform(0.35, 1.0))
        lean = tall * float(rng.normal(0.0, spread))
        wide = max(0.8, tall * 0.018)
        foot = canvas.row(base) + canvas.length(0.05) * float(rng.uniform(-0.5, 1.0))
        bend = (x + lean * 0.35, foot - tall * 0.6)
        tip = (x + lean, foot - tall)
        _fill(
            mask,
            [(x - wide, foot), (bend[0] - wide * 0.7, bend[1]), tip, (bend[0] + wide * 0.7, bend[1]), (x + wide, foot)],
        )
    earth = smooth(0.0, canvas.length(0.06), (canvas.rows() - canvas.row(base)).astype(np.float32))
    alpha = np.maximum(mask.astype(np.float32) / 255.0, np.broadcast_to(earth, mask.shape))
    fine = (cloud(rng, canvas.height, canvas.width, canvas.length(0.03), 3) - 0.5) * 0.08
    return sheet(ramp.paint((tone + fine).astype(np.float32)), alpha.astype(np.float32), depth)


def haze(
    easel: Easel, *, at: float, tall: float, tone: float, strength: float, depth: float, drift: float = 0.006
) -> Sheet:
    """Return a bank of mist around a height of the frame."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    coarse = cloud(rng, canvas.height, max(8, canvas.width // 3), canvas.length(0.16), 4)
    wisps = field(cv2.resize(coarse, (canvas.width, canvas.height), interpolation=cv2.INTER_CUBIC))
    band = np.exp(-(((canvas.rows() - canvas.row(at)) / canvas.length(tall)) ** 2))
    alpha = (np.clip(0.35 + 0.9 * wisps, 0.0, 1.2) * band * strength).astype(np.float32)
    colours = ramp.paint(np.full(alpha.shape, tone, dtype=np.float32))
    one = sheet(colours, np.clip(alpha, 0.0, 0.95), depth)
    return Sheet(bitmap=one.bitmap, top=one.top, depth=depth, drift=drift)


def cloud_bank(easel: Easel, *, base: float, rise: float, tone: float, depth: float) -> Sheet:
    """Return a bank of billowing cloud seen from above, solid below its tops."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    swell = curve(rng, canvas.width, 4.0, 3)
    heaps = np.zeros(canvas.width, dtype=np.float64)
    for wide, tall in ((0.16, 1.0), (0.07, 0.5), (0.03, 0.22)):
        phase = np.cumsum(1.0 + 0.5 * curve(rng, canvas.width, 9.0, 2)) / canvas.length(wide)
        heaps += tall * np.sqrt(np.abs(np.sin(phase)))
    crest = canvas.row(base) - canvas.length(rise) * (0.45 * swell + 0.32 * heaps)
    below = canvas.rows() - crest[None, :]
    billow = cloud(rng, canvas.height, canvas.width, canvas.length(0.16), 5)
    alpha = smooth(
        -canvas.length(0.004), canvas.length(0.012), (below + (billow - 0.5) * canvas.length(0.05)).astype(np.float32)
    )
    shade = smooth(0.0, canvas.length(0.30), below.astype(np.float32))
    tones = tone + 0.10 - 0.26 * shade + (billow - 0.5) * 0.22 * (1.0 - 0.4 * shade)
    one = sheet(ramp.paint(tones.astype(np.float32)), alpha, depth)
    return Sheet(bitmap=one.bitmap, top=one.top, depth=depth, drift=0.004 + 0.006 * depth)


def _fir(mask: NDArray[np.uint8], rng: np.random.Generator, x: float, foot: float, tall: float) -> None:
    tiers = 7
    wide = tall * float(rng.uniform(0.17, 0.24))
    outline_left: list[tuple[float, float]] = []
    outline_right: list[tuple[float, float]] = []
    for tier in range(tiers):
        share = tier / tiers
        y = foot - tall * (0.08 + 0.92 * share)
        reach = wide * (1.0 - share) ** 0.85 * float(rng.uniform(0.85, 1.1))
        inner = reach * 0.55
        outline_left += [(x - reach, y), (x - inner, y - tall * 0.07)]
        outline_right += [(x + reach * float(rng.uniform(0.9, 1.1)), y), (x + inner, y - tall * 0.07)]
    trunk = wide * 0.09
    _fill(mask, [(x - trunk, foot), *outline_left, (x, foot - tall), *reversed(outline_right), (x + trunk, foot)])


def _fill(mask: NDArray[np.uint8], outline: list[tuple[float, float]]) -> None:
    points = np.rint(np.array(outline) * 16).astype(np.int32)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, 4)
