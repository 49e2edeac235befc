"""Places no camera crew gets to: space, other planets' skies, the bottom of the sea, and the empty studio."""

from __future__ import annotations

import math

import cv2
import numpy as np

from services.creator.renderers.stage.layers import Easel, Sheet, sheet
from services.creator.renderers.stage.noise import cloud, curve, smooth


def starfield(easel: Easel) -> list[Sheet]:
    """Return deep space: a nebula in the palette's colours, and two depths of stars."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    shape = (canvas.height, canvas.width)
    coarse = cloud(rng, *shape, canvas.length(0.75), 6)
    fine = cloud(rng, *shape, canvas.length(0.30), 6)
    angle = float(rng.uniform(-0.5, 0.5))
    along = (canvas.rows() - canvas.row(0.45)) * math.cos(angle) + (canvas.columns() - canvas.column(0.5)) * math.sin(
        angle
    )
    band = np.exp(-((along / canvas.length(0.42)) ** 2))
    density = np.clip(coarse * 0.7 + fine * 0.6 - 0.28, 0.0, 1.0) * (0.18 + 0.95 * band)
    dust = smooth(0.50, 0.72, cloud(rng, *shape, canvas.length(0.22), 5)) * band
    tones = 0.02 + 0.66 * density**1.35 * (1.0 - 0.65 * dust)
    colours = ramp.paint(tones.astype(np.float32))
    tint = np.array(ramp.accent, dtype=np.float32)
    colours += (tint - colours) * (np.clip(fine * band - 0.35, 0.0, 0.5) * 0.8)[:, :, None]
    backdrop = sheet(colours, np.ones(shape, dtype=np.float32), 0.0)
    sheets = [Sheet(bitmap=backdrop.bitmap, top=0, depth=0.0, is_opaque=True)]
    for depth, count, radius in ((0.02, 1100, 0.75), (0.10, 140, 1.15)):
        light = np.zeros((*shape, 3), dtype=np.float32)
        for _ in range(count):
            x, y = int(rng.integers(4, shape[1] - 5)), int(rng.integers(4, shape[0] - 5))
            strength = (0.25 + 0.75 * float(rng.beta(1.0, 2.4))) * 255.0
            colour = np.array(ramp.at(float(rng.uniform(0.8, 1.0))), dtype=np.float32) / 255.0
            rows, columns = np.mgrid[-4:5, -4:5]
            spot = np.exp(-(rows**2 + columns**2) / (2 * (radius * (0.7 + strength / 300)) ** 2))
            light[y - 4 : y + 5, x - 4 : x + 5] += spot[:, :, None].astype(np.float32) * colour * strength
        bitmap = np.zeros((*shape, 4), dtype=np.uint8)
        bitmap[..., :3] = np.clip(light, 0, 255)
        sheets.append(Sheet(bitmap=bitmap, top=0, depth=depth))
    return sheets


def planet(
    easel: Easel, *, x: float, y: float, radius: float, depth: float, tone: float, has_rings: bool, sun_side: float
) -> Sheet:
    """Return a banded planet, lit from one side, with a thin glowing edge of air; radius in frame heights."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    centre_x, centre_y, size = canvas.column(x), canvas.row(y), canvas.length(radius)
    across = ((canvas.columns() - centre_x) / size).astype(np.float32)
    down = ((canvas.rows() - centre_y) / size).astype(np.float32)
    distance = np.hypot(across, down)
    disc = np.clip((1.0 - distance) * size + 0.5, 0.0, 1.0)
    bulge = np.sqrt(np.clip(1.0 - distance**2, 0.0, 1.0))
    lit = np.clip((across * sun_side * 0.75 - down * 0.35 + bulge * 0.55) * 1.15 + 0.08, 0.0, 1.0)
    swirl = cloud(rng, canvas.height, canvas.width, size * 0.55, 5) - 0.5
    latitude = down * 7.0 + across * 0.8 + swirl * 2.2
    bands = 0.5 * np.sin(latitude) + 0.3 * np.sin(latitude * 2.3 + 1.0) + swirl * 0.9
    tones = 0.03 + lit * (tone + 0.15 * bands) + 0.35 * np.exp(-(((1.0 - distance) / 0.05) ** 2)) * lit
    alpha = disc.astype(np.float32)
    air = np.exp(-np.clip(distance - 1.0, 0.0, 9.0) / 0.045) * (1.0 - disc) * np.clip(lit + 0.1, 0, 1) * 0.5
    air_lit = np.clip((across * sun_side - down * 0.4) / np.maximum(distance, 0.1) * 0.7 + 0.4, 0.0, 1.0)
    tones = np.where(disc > 0, tones, 0.9)
    alpha = np.maximum(alpha, air * air_lit)
    if has_rings:
        flat = np.hypot(
            across * math.cos(0.25) + down * math.sin(0.25), (down * math.cos(0.25) - across * math.sin(0.25)) / 0.22
        )
        ring = smooth(1.30, 1.36, flat) * (1.0 - smooth(2.05, 2.12, flat))
        ring = ring * (0.45 + 0.35 * np.sin(flat * 34.0) + 0.2 * np.sin(flat * 91.0))
        behind = (down * math.cos(0.25) - across * math.sin(0.25) < 0) & (distance < 1.0)
        ring = np.where(behind, 0.0, np.clip(ring, 0.0, 1.0)) * 0.85
        tones = tones + (tone + 0.30 - tones) * ring
        alpha = np.maximum(alpha, ring)
    return sheet(ramp.paint(tones.astype(np.float32)), alpha.astype(np.float32), depth)


def deep_water(easel: Easel, x: float) -> Sheet:
    """Return the open water: bright where the surface is, dark below."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    down = np.clip((canvas.rows() - canvas.row(-0.2)) / canvas.length(1.35), 0.0, 1.0)
    near = np.exp(-(((canvas.columns() - canvas.column(x)) / canvas.length(1.1)) ** 2))
    tones = 0.90 - 0.74 * down**0.62 + 0.18 * near * (1.0 - down) ** 2
    tones = tones + (cloud(rng, canvas.height, canvas.width, canvas.length(0.5), 4) - 0.5) * 0.07
    one = sheet(ramp.paint(tones.astype(np.float32)), np.ones(tones.shape, dtype=np.float32), 0.0)
    return Sheet(bitmap=one.bitmap, top=0, depth=0.0, is_opaque=True)


def reef(
    easel: Easel, *, base: float, rise: float, count: int, tone: float, haze_tone: float, depth: float, is_vivid: bool
) -> Sheet:
    """Return a reef: rock, with branching, fan and boulder corals upon it."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    crest = canvas.row(base) - canvas.length(rise) * (0.5 + 0.5 * curve(rng, canvas.width, 3.0, 4))
    below = canvas.rows() - crest[None, :]
    alpha = np.clip(below + 0.5, 0.0, 1.0).astype(np.float32)
    lumps = cloud(rng, canvas.height, canvas.width, canvas.length(0.06), 4)
    tones = tone + (lumps - 0.5) * 0.16 + 0.08 * np.exp(-np.abs(below) / canvas.length(0.015))
    tones = tones + (haze_tone - tones) * 0.25
    colours = ramp.paint(tones.astype(np.float32))
    rim = np.array(ramp.accent, dtype=np.float32)
    cover = np.zeros((canvas.height, canvas.width, 4), dtype=np.uint8)
    for index in range(count):
        x = float(rng.uniform(0.0, canvas.width - 1))
        foot = float(crest[int(x)]) + canvas.length(0.03)
        size = canvas.length(rise) * float(rng.uniform(0.45, 1.0))
        share = float(rng.uniform(0.35, 0.95)) if is_vivid else 0.12
        own = np.array(ramp.at(tone + float(rng.uniform(0.05, 0.32))), dtype=np.float64)
        mixed = own * (1 - share) + rim * share * (0.9 if index % 2 else 0.65)
        colour = (*(int(part) for part in np.clip(mixed, 0, 255)), 255)
        _coral(cover, rng, x, foot, size, colour, index % 3)
    amount = cover[..., 3:].astype(np.float32) / 255.0
    shade = 0.72 + 0.55 * lumps[:, :, None]
    colours += (cover[..., :3].astype(np.float32) * shade - colours) * amount
    return sheet(np.clip(colours, 0, 255), np.maximum(alpha, amount[..., 0]), depth)


def _coral(
    cover: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    rng: np.random.Generator,
    x: float,
    foot: float,
    size: float,
    colour: tuple[int, ...],
    kind: int,
) -> None:
    if kind == 2:
        for _ in range(5):
            centre = (int(x + float(rng.normal(0, size * 0.22))), int(foot - float(rng.uniform(0.0, 0.25)) * size))
            cv2.circle(cover, centre, max(2, int(size * float(rng.uniform(0.12, 0.26)))), colour, -1, cv2.LINE_AA)
        return
    spread, depth = (0.42, 6) if kind == 0 else (0.62, 7)
    stems = [(x, foot, -math.pi / 2 + float(rng.normal(0, 0.15)), size * 0.34, size * 0.075)]
    for _ in range(depth):
        grown: list[tuple[float, float, float, float, float]] = []
        for at_x, at_y, angle, long, thick in stems:
            end_x, end_y = at_x + math.cos(angle) * long, at_y + math.sin(angle) * long
            start, stop = (int(at_x * 16), int(at_y * 16)), (int(end_x * 16), int(end_y * 16))
            cv2.line(cover, start, stop, colour, max(1, round(thick)), cv2.LINE_AA, 4)
            for turn in (-spread, spread):
                bend = angle + turn * float(rng.uniform(0.5, 1.2))
                grown.append((end_x, end_y, bend, long * 0.74, thick * 0.72))
        stems = grown[:64]


def backdrop(easel: Easel, *, x: float, low: float, high: float) -> Sheet:
    """Return a studio's painted backdrop: mottled, brighter behind the subject."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    distance = np.hypot((canvas.columns() - canvas.column(x)) * 0.85, canvas.rows() - canvas.row(0.38)) / canvas.length(
        0.62
    )
    mottle = cloud(rng, canvas.height, canvas.width, canvas.length(0.45), 5) - 0.5
    brush = cloud(rng, canvas.height, canvas.width, canvas.length(0.05), 3) - 0.5
    tones = low + (high - low) * np.exp(-(distance**1.7)) + mottle * 0.16 + brush * 0.05
    one = sheet(ramp.paint(tones.astype(np.float32)), np.ones(tones.shape, dtype=np.float32), 0.0)
    return Sheet(bitmap=one.bitmap, top=0, depth=0.05, is_opaque=True)
