"""Skies: gradient, sun or moon, stars, clouds."""

from __future__ import annotations

import math

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.creator.renderers.stage.arrays import field
from services.creator.renderers.stage.layers import Canvas, Easel, Sheet, sheet
from services.creator.renderers.stage.lexicon import Light, Style
from services.creator.renderers.stage.noise import cloud, smooth
from services.creator.renderers.stage.palette import Ramp


class Sky(Struct, frozen=True, kw_only=True):
    """How a light colours the sky: places on the ramp, and what hangs in it."""

    zenith: float
    horizon: float
    bend: float
    """Above 1 the light gathers at the horizon."""
    sun_height: float
    """Above the horizon, in frame heights."""
    sun_radius: float
    halo: float
    cloudiness: float
    stars: int
    is_moon: bool = False


SKIES = {
    Light.DAY: Sky(
        zenith=0.56, horizon=0.94, bend=1.1, sun_height=0.40, sun_radius=0.034, halo=0.55, cloudiness=0.52, stars=0
    ),
    Light.DAWN: Sky(
        zenith=0.42, horizon=0.98, bend=1.5, sun_height=0.10, sun_radius=0.055, halo=0.75, cloudiness=0.50, stars=40
    ),
    Light.DUSK: Sky(
        zenith=0.20, horizon=0.92, bend=1.6, sun_height=0.06, sun_radius=0.070, halo=0.80, cloudiness=0.55, stars=120
    ),
    Light.NIGHT: Sky(
        zenith=0.10,
        horizon=0.46,
        bend=1.5,
        sun_height=0.36,
        sun_radius=0.045,
        halo=0.45,
        cloudiness=0.34,
        stars=520,
        is_moon=True,
    ),
    Light.NEON: Sky(
        zenith=0.08,
        horizon=0.52,
        bend=2.0,
        sun_height=0.30,
        sun_radius=0.0,
        halo=0.35,
        cloudiness=0.40,
        stars=60,
        is_moon=True,
    ),
    Light.OVERCAST: Sky(
        zenith=0.50, horizon=0.82, bend=0.9, sun_height=0.30, sun_radius=0.0, halo=0.25, cloudiness=0.85, stars=0
    ),
}


class SunPlace(Struct, frozen=True):
    """Where the sun or moon stands in the frame at rest, in frame shares."""

    x: float
    y: float


def sky_sheets(easel: Easel, light: Light, style: Style, horizon: float, sun: SunPlace) -> list[Sheet]:
    """Return the sky itself and the clouds that drift over it."""
    canvas, rng, ramp, sky = easel.canvas, easel.rng, easel.ramp, SKIES[light]
    rows, columns = canvas.rows(), canvas.columns()
    height = np.clip((canvas.row(horizon) - rows) / canvas.length(horizon + 0.15), -0.4, 1.0)
    tones = sky.horizon + (sky.zenith - sky.horizon) * np.clip(height, 0.0, 1.0) ** (1.0 / sky.bend)
    tones = tones + cloud(rng, canvas.height, canvas.width, canvas.length(0.9), 3) * 0.05 - 0.025
    x, y = canvas.column(sun.x), canvas.row(sun.y)
    distance = np.hypot((columns - x) * 0.8, rows - y) / canvas.length(1.0)
    halo = sky.halo * (0.55 * np.exp(-((distance / 0.42) ** 1.2)) + 0.45 * np.exp(-((distance / 0.13) ** 1.3)))
    tones = tones + (1.02 - tones) * halo
    colours = ramp.paint(tones.astype(np.float32))
    if sky.stars:
        _strew_stars(colours, rng, canvas, ramp, sky.stars, horizon)
    if sky.sun_radius:
        _draw_sun(colours, canvas, ramp, sky, x, y, style)
    near = _clouds(canvas, rng, ramp, sky, light, style, horizon, x, 2.3, 0.0)
    # The far bank hardly moves: it is painted on the sky, which spares each frame a sheet.
    far = _clouds(canvas, rng, ramp, sky, light, style, horizon, x, 3.6, 0.10)
    colours += (far[0] - colours) * far[1][:, :, None]
    painted = sheet(colours, np.ones(colours.shape[:2], dtype=np.float32), 0.0)
    backdrop = Sheet(bitmap=painted.bitmap, top=0, depth=0.0, is_opaque=True)
    bank = sheet(*near, 0.05)
    return [backdrop, Sheet(bitmap=bank.bitmap, top=bank.top, depth=0.05, drift=0.0075)]


def _strew_stars(
    colours: NDArray[np.float32], rng: np.random.Generator, canvas: Canvas, ramp: Ramp, count: int, horizon: float
) -> None:
    white = np.array(ramp.at(1.0), dtype=np.float32)
    limit = canvas.row(horizon)
    for _ in range(count * 2):
        x, y = rng.uniform(2, canvas.width - 3), rng.uniform(2, limit)
        strength = float(rng.beta(1.2, 5.0)) * (1.0 - 0.85 * y / limit)
        radius = 0.5 + 1.0 * strength
        _add_dot(colours, x, y, radius, white * min(1.0, strength * 2.2))


def _add_dot(colours: NDArray[np.float32], x: float, y: float, radius: float, light: NDArray[np.float32]) -> None:
    reach = max(2, math.ceil(3 * radius))
    x0, y0 = int(x) - reach, int(y) - reach
    part = colours[max(0, y0) : y0 + 2 * reach + 1, max(0, x0) : x0 + 2 * reach + 1]
    if part.size == 0:
        return
    rows = np.arange(part.shape[0], dtype=np.float32)[:, None] + max(0, y0) - y
    columns = np.arange(part.shape[1], dtype=np.float32)[None, :] + max(0, x0) - x
    part += np.exp(-(rows**2 + columns**2) / (2 * radius**2))[:, :, None] * light


def _draw_sun(
    colours: NDArray[np.float32], canvas: Canvas, ramp: Ramp, sky: Sky, x: float, y: float, style: Style
) -> None:
    radius = canvas.length(sky.sun_radius)
    distance = np.hypot(canvas.columns() - x, canvas.rows() - y)
    edge = 0.04 if style in (Style.ANIME, Style.INK) else 0.10
    disc = 1.0 - smooth(radius * (1 - edge), radius * (1 + edge), distance.astype(np.float32))
    face = np.array(ramp.at(1.0), dtype=np.float32)
    if sky.is_moon:
        # A few grey seas make a disc a moon.
        seas = np.zeros_like(disc)
        for dx, dy, size in ((-0.3, -0.2, 0.34), (0.25, 0.1, 0.25), (-0.05, 0.4, 0.28), (0.3, -0.4, 0.17)):
            spot = np.hypot(canvas.columns() - x - dx * radius, canvas.rows() - y - dy * radius) / (size * radius)
            seas = np.maximum(seas, np.clip(1.25 - spot, 0.0, 1.0).astype(np.float32))
        face = field(face * (1.0 - 0.22 * seas[:, :, None]))
    else:
        face = np.minimum(250.0, face * 1.04)
    colours += (face - colours) * disc[:, :, None]


def _clouds(
    canvas: Canvas,
    rng: np.random.Generator,
    ramp: Ramp,
    sky: Sky,
    light: Light,
    style: Style,
    horizon: float,
    sun_x: float,
    stretch: float,
    thin: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the colours and the alpha of a bank of clouds, lit from where the sun stands.

    Args:
        stretch: how much wider than high they are; `thin` makes them fewer.
    """
    is_flat = style in (Style.ANIME, Style.INK)
    coarse = cloud(rng, canvas.height, max(8, int(canvas.width / stretch)), canvas.length(0.20), 5)
    bank = cv2.resize(coarse, (canvas.width, canvas.height), interpolation=cv2.INTER_CUBIC)
    height = np.clip((canvas.row(horizon) - canvas.rows()) / canvas.length(horizon), 0.0, 1.3)
    band = smooth(0.02, 0.22, height.astype(np.float32))
    threshold = 1.0 - sky.cloudiness * 0.62 + thin
    softness = 0.05 if is_flat else 0.24
    alpha = smooth(threshold - softness, threshold + softness, bank) * band
    # Light comes from below at dusk and dawn, from above by day: the slope of the bank tells the sides apart.
    upward = light in (Light.DUSK, Light.DAWN)
    slope = cv2.GaussianBlur(bank, (0, 0), 2.5) - np.roll(
        cv2.GaussianBlur(bank, (0, 0), 6.0), round(canvas.length(0.02)) * (-1 if upward else 1), axis=0
    )
    nearness = np.exp(-(((canvas.columns() - sun_x) / canvas.length(0.75)) ** 2))
    lit = smooth(-0.05, 0.12, slope)
    if light is Light.DAY:
        tones = 0.72 + 0.30 * lit
    else:
        tones = sky.zenith + 0.05 + lit * (0.26 + 0.30 * nearness * sky.halo)
    if is_flat:
        tones = np.round(tones * 7) / 7
    return ramp.paint(tones.astype(np.float32)), (alpha * 0.85).astype(np.float32)
