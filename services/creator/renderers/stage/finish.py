"""The style: what is done to each painted sheet once, and to each finished frame."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from services._kit.media import Frame
from services.creator.renderers.stage.arrays import field, pixels
from services.creator.renderers.stage.layers import Sheet
from services.creator.renderers.stage.lexicon import Style
from services.creator.renderers.stage.noise import cloud, smooth
from services.creator.renderers.stage.palette import Bitmap


class Recipe(Struct, frozen=True, kw_only=True):
    """How a style finishes a frame; shares from 0 to 1, grain in grey levels (standard deviation)."""

    bloom: float = 0.40
    vignette: float = 0.34
    grain: float = 1.3
    paper: float = 0.0
    """How rough the ground is that it is painted on."""
    white_edge: float = 0.0
    """How far the picture runs out into white paper at the edges of the frame."""
    contrast: float = 0.0
    warmth: float = 0.0
    is_engraved: bool = False
    """Drawn in black lines whose width is the darkness."""


RECIPES: Final = {
    Style.CINEMATIC: Recipe(),
    Style.PAINTERLY: Recipe(bloom=0.24, vignette=0.28, grain=0.0, paper=0.10),
    Style.WATERCOLOUR: Recipe(bloom=0.0, vignette=0.0, grain=0.0, paper=0.05, white_edge=0.9),
    Style.MONOCHROME: Recipe(bloom=0.34, vignette=0.40, grain=4.0, contrast=0.25),
    Style.NOIR: Recipe(bloom=0.45, vignette=0.58, grain=4.5, contrast=0.55),
    Style.ANIME: Recipe(bloom=0.34, vignette=0.10, grain=0.0, contrast=0.12),
    Style.VINTAGE: Recipe(bloom=0.34, vignette=0.50, grain=4.0, contrast=-0.12, warmth=0.55),
    Style.INK: Recipe(bloom=0.0, vignette=0.06, grain=0.0, paper=0.05, is_engraved=True),
}
_LUMA_MIN, _BRIGHT_SHARE_MAX = 40.0, 0.05
"""Darker than this on average a frame reads as black; more burnt-out pixels than this as overexposed."""


def styled(one: Sheet, style: Style, rng: np.random.Generator, height: int) -> Sheet:
    """Return the sheet as the style paints it; sheets that are drawn anew for each frame stay as they are."""
    if one.texture is not None:
        return one
    match style:
        case Style.PAINTERLY:
            bitmap = _brushed(one.bitmap, rng, height)
        case Style.WATERCOLOUR:
            bitmap = _washed(one.bitmap, rng, height)
        case Style.ANIME:
            bitmap = _flattened(one.bitmap)
        case _:
            return one
    return structs.replace(one, bitmap=bitmap)


class Finish:
    """Turns what the stage shows into frames: bloom, tones, paper, vignette, grain."""

    def __init__(self, style: Style, width: int, height: int, rng: np.random.Generator) -> None:
        self.recipe = RECIPES[style]
        self.width, self.height = width, height
        self._table: NDArray[np.uint8] | None = _table(self.recipe, 1.0, 1.0)
        self._mask = _mask(self.recipe, width, height, rng)
        self._edge = _edge(self.recipe, width, height, rng)
        self._grain = _grain(self.recipe, width, height, rng)
        self._lines = _Lines(width, height) if self.recipe.is_engraved else None

    def expose(self, samples: list[Frame]) -> None:
        """Set the exposure so that no frame like the samples is too dark to see or burnt out."""
        dark = min(float(cv2.cvtColor(self.ungrained(one), cv2.COLOR_BGR2GRAY).mean()) for one in samples)
        gamma = 1.0
        while dark < _LUMA_MIN and gamma < 2.4:
            gamma *= 1.08
            self._table = _table(self.recipe, gamma, 1.0)
            dark = min(float(cv2.cvtColor(self.ungrained(one), cv2.COLOR_BGR2GRAY).mean()) for one in samples)
        ceiling = 1.0
        while ceiling > 0.9 and max(_bright_share(self.ungrained(one)) for one in samples) > _BRIGHT_SHARE_MAX:
            ceiling -= 0.02
            self._table = _table(self.recipe, gamma, ceiling)

    def apply(self, shown: Frame, index: int) -> Frame:
        """Return frame number `index`, finished."""
        frame = self.ungrained(shown)
        return self.grained(frame, index)

    def grained(self, frame: Frame, index: int) -> Frame:
        """Return the frame with this frame's grain."""
        if self._grain is None:
            return frame
        # The offsets walk through the sheet of grain in steps that share no divisor with its size.
        x, y = (index * 37) % 61, (index * 23) % 59
        lighter, darker = (grain[y : y + self.height, x : x + self.width] for grain in self._grain)
        return pixels(cv2.subtract(cv2.add(frame, lighter), darker))

    def ungrained(self, shown: Frame) -> Frame:
        """Return the frame, finished but for the grain."""
        frame = shown
        if self.recipe.bloom > 0.0:
            # Halved first: that is quick, and quarters what the slow averaging has to go through.
            half = cv2.resize(frame, (self.width // 2, self.height // 2), interpolation=cv2.INTER_AREA)
            small = cv2.resize(half, (self.width // 8, self.height // 8), interpolation=cv2.INTER_AREA)
            bright = cv2.addWeighted(small, 1.0, small, 0.0, -96.0)
            soft = cv2.GaussianBlur(bright, (0, 0), self.height / 170.0)
            glow = cv2.convertScaleAbs(soft, alpha=self.recipe.bloom)
            frame = pixels(cv2.add(frame, cv2.resize(glow, (self.width, self.height), interpolation=cv2.INTER_LINEAR)))
        if self._table is not None:
            frame = pixels(cv2.LUT(frame, self._table))
        if self._lines is not None:
            frame = self._lines.drawn(frame)
        frame = pixels(cv2.multiply(frame, self._mask, scale=1.0 / 255.0))
        if self._edge is not None:
            keep, paper = self._edge
            frame = pixels(cv2.add(cv2.multiply(frame, keep, scale=1.0 / 255.0), paper))
        return frame


def _bright_share(frame: Frame) -> float:
    return float((frame.max(axis=2) >= 249).mean())


def _table(recipe: Recipe, gamma: float, ceiling: float) -> NDArray[np.uint8] | None:
    if recipe.contrast == 0.0 and recipe.warmth == 0.0 and gamma == 1.0 and ceiling == 1.0:
        return None
    scale = np.linspace(0.0, 1.0, 256) ** (1.0 / gamma)
    curved = scale * scale * (3 - 2 * scale)
    tones = scale + (curved - scale) * recipe.contrast
    planes = np.stack([tones, tones, tones], axis=1)
    if recipe.warmth:
        planes[:, 0] = planes[:, 0] * (1 - 0.26 * recipe.warmth) + 0.07 * recipe.warmth
        planes[:, 1] = planes[:, 1] * (1 - 0.06 * recipe.warmth) + 0.05 * recipe.warmth
        planes[:, 2] = planes[:, 2] * (1 - 0.02 * recipe.warmth) + 0.07 * recipe.warmth
    table = np.clip(np.rint(planes * 255.0 * ceiling), 0, 255).astype(np.uint8)
    # One curve for all three channels is looked up in half the time.
    return table.reshape(256, 1, 3) if recipe.warmth else np.ascontiguousarray(table[:, 0])


def _mask(recipe: Recipe, width: int, height: int, rng: np.random.Generator) -> Frame:
    rows = (np.arange(height, dtype=np.float32)[:, None] / height - 0.5) * 2
    columns = (np.arange(width, dtype=np.float32)[None, :] / width - 0.5) * 2
    fall = smooth(0.35, 1.55, np.hypot(rows * 0.9, columns * 0.9)) * recipe.vignette
    mask = 1.0 - fall
    if recipe.paper:
        fine = cloud(rng, height, width, max(2.0, height / 160), 2) - 0.5
        broad = cloud(rng, height, width, height / 12, 3) - 0.5
        mask = mask * (1.0 - recipe.paper * 0.35 + recipe.paper * (fine * 1.6 + broad * 0.7))
    grey = np.clip(np.rint(mask * 255), 0, 255).astype(np.uint8)
    return pixels(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


def _edge(recipe: Recipe, width: int, height: int, rng: np.random.Generator) -> tuple[Frame, Frame] | None:
    """Return what is kept of the frame, and the paper that shows where it is not."""
    if not recipe.white_edge:
        return None
    rows = np.minimum(np.arange(height), np.arange(height)[::-1]).astype(np.float32)[:, None] / height
    columns = np.minimum(np.arange(width), np.arange(width)[::-1]).astype(np.float32)[None, :] / height
    ragged = np.minimum(rows, columns) + (cloud(rng, height, width, height / 9, 5) - 0.5) * 0.09
    paper = (1.0 - smooth(0.0, 0.055, ragged)) * recipe.white_edge
    tooth = 243 + (cloud(rng, height, width, 3.0, 2) - 0.5) * 9
    keep = np.rint((1.0 - paper) * 255).astype(np.uint8)
    tint = np.stack([tooth * 0.955, tooth * 0.985, tooth], axis=2)
    return pixels(cv2.cvtColor(keep, cv2.COLOR_GRAY2BGR)), np.rint(tint * paper[:, :, None]).astype(np.uint8)


def _grain(recipe: Recipe, width: int, height: int, rng: np.random.Generator) -> tuple[Frame, Frame] | None:
    """Return a sheet of what grain adds, and one of what it takes away, somewhat larger than the frame."""
    if not recipe.grain:
        return None
    noise = rng.standard_normal((height + 64, width + 64), dtype=np.float32)
    noise = field(cv2.GaussianBlur(noise, (0, 0), max(0.55, height / 900.0)))
    noise *= recipe.grain / max(1e-6, float(noise.std()))
    levels = np.rint(noise)
    lighter, darker = (np.clip(part, 0, 127).astype(np.uint8) for part in (levels, -levels))
    return pixels(cv2.cvtColor(lighter, cv2.COLOR_GRAY2BGR)), pixels(cv2.cvtColor(darker, cv2.COLOR_GRAY2BGR))


def _brushed(bitmap: Bitmap, rng: np.random.Generator, height: int) -> Bitmap:
    """Return the sheet painted over in strokes, first broad ones, then fine ones, that follow its forms."""
    high, wide = bitmap.shape[:2]
    alpha = bitmap[:, :, 3]
    colour = bitmap[:, :, :3].copy()
    solid = alpha > 200
    if not solid.any():
        return bitmap
    for thickness, share, jitter in ((height / 34, 1.0, 9.0), (height / 78, 0.8, 7.0)):
        soft = cv2.GaussianBlur(bitmap[:, :, :3], (0, 0), thickness * 0.30)
        grey = cv2.GaussianBlur(cv2.cvtColor(soft, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), thickness * 0.9)
        across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
        swirl = (cloud(rng, high, wide, height / 2.5, 2) - 0.5) * 1.6
        count = int(high * wide / (thickness * thickness * 2.6) * share)
        xs, ys = rng.integers(0, wide, count), rng.integers(0, high, count)
        noise = rng.normal(0.0, jitter, (count, 3)) * 0.25 + rng.normal(0.0, jitter, (count, 1)) * 0.7
        lengths = thickness * rng.uniform(1.3, 3.2, count)
        for index in range(count):
            x, y = int(xs[index]), int(ys[index])
            if not solid[y, x]:
                continue
            gx, gy = float(across[y, x]), float(down[y, x])
            angle = np.arctan2(gy, gx) + np.pi / 2 if gx * gx + gy * gy > 4.0 else float(swirl[y, x])
            dx, dy = np.cos(angle) * lengths[index] / 2, np.sin(angle) * lengths[index] / 2
            paint = np.clip(soft[y, x] + noise[index], 0, 255)
            cv2.line(
                colour,
                (round((x - dx) * 16), round((y - dy) * 16)),
                (round((x + dx) * 16), round((y + dy) * 16)),
                (float(paint[0]), float(paint[1]), float(paint[2])),
                max(1, round(thickness * 0.55)),
                cv2.LINE_AA,
                4,
            )
    cover = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    result = bitmap.copy()
    result[:, :, :3] = np.minimum(cv2.multiply(colour, cover, scale=1.0 / 255.0), cover)
    return result


def _washed(bitmap: Bitmap, rng: np.random.Generator, height: int) -> Bitmap:
    """Return the sheet in washes: lighter, granulated, with pigment gathered at its edges."""
    alpha = bitmap[:, :, 3].astype(np.float32) / 255.0
    colour = bitmap[:, :, :3].astype(np.float32) / np.maximum(alpha, 0.004)[:, :, None]
    colour = cv2.bilateralFilter(np.clip(colour, 0, 255).astype(np.uint8), 7, 26, 7).astype(np.float32)
    high, wide = bitmap.shape[:2]
    bloom = cloud(rng, high, wide, height / 5, 5)
    grains = cloud(rng, high, wide, max(2.0, height / 200), 2) - 0.5
    lift = 0.14 + 0.24 * bloom
    colour = colour + (250.0 - colour) * lift[:, :, None]
    padded = cv2.copyMakeBorder(alpha, 0, 40, 0, 0, cv2.BORDER_REPLICATE)
    inside = cv2.GaussianBlur(padded, (0, 0), height / 110)[: alpha.shape[0]]
    rim = np.clip(1.0 - inside, 0.0, 1.0) * alpha
    blooms_edge = np.exp(-(((bloom - 0.52) / 0.012) ** 2)) * 0.10
    colour *= (1.0 - 0.55 * rim - blooms_edge + 0.07 * grains)[:, :, None]
    thin = alpha * 0.96
    result = np.empty_like(bitmap)
    result[:, :, :3] = np.clip(colour * thin[:, :, None], 0, 255)
    result[:, :, 3] = np.clip(thin * 255, 0, 255)
    if float(alpha.min()) > 0.99:
        result[:, :, :3] = np.clip(colour, 0, 255)
        result[:, :, 3] = 255
    return result


class _Lines:
    """An engraver's two screens of lines: the darker a place, the wider its lines, and the darkest are crossed."""

    def __init__(self, width: int, height: int) -> None:
        rows = np.arange(height, dtype=np.float32)[:, None]
        columns = np.arange(width, dtype=np.float32)[None, :]
        pitch = max(3.6, height / 84.0)
        wave = 2.2 * np.sin(columns / height * 9.0) + 1.6 * np.sin(rows / height * 7.0)
        first = 0.5 + 0.5 * np.cos((rows * 0.96 + columns * 0.28 + wave) / pitch * 2 * np.pi)
        second = 0.5 + 0.5 * np.cos((rows * 0.62 - columns * 0.78 + wave) / pitch * 2 * np.pi)
        self._first = np.rint(first * 215.0 + 22.0).astype(np.uint8)
        self._second = np.rint(second * 235.0 + 20.0).astype(np.uint8)
        # Middle tones belong to the paper: an engraver leaves out what is not needed.
        self._curve = np.rint(np.linspace(0.0, 1.0, 256) ** 1.5 * 255.0).astype(np.uint8)
        share = np.linspace(0.0, 1.0, 256)[:, None]
        paper, black = np.array([212.0, 232.0, 240.0]), np.array([40.0, 32.0, 28.0])
        self._table = np.rint(paper + (black - paper) * share).astype(np.uint8).reshape(256, 1, 3)

    def drawn(self, frame: Frame) -> Frame:
        """Return the frame as lines on cream paper."""
        dark = cv2.LUT(cv2.bitwise_not(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)), self._curve)
        # Where the light changes quickly there is a contour.
        contour = cv2.morphologyEx(dark, cv2.MORPH_GRADIENT, np.ones((3, 3), dtype=np.uint8))
        ink = cv2.addWeighted(dark, 3.6, self._first, -3.6, 128.0)
        crossed = cv2.addWeighted(dark, 3.6, self._second, -3.6, -250.0)
        solid = cv2.addWeighted(dark, 5.0, dark, 0.0, -1010.0)
        ink = cv2.max(cv2.max(ink, crossed), cv2.max(solid, cv2.addWeighted(contour, 4.0, contour, 0.0, -110.0)))
        return pixels(cv2.applyColorMap(ink, self._table))


def _flattened(bitmap: Bitmap) -> Bitmap:
    """Return the sheet in clean, flatter and more saturated colours, as cel painters mix them."""
    colour = cv2.bilateralFilter(np.ascontiguousarray(bitmap[:, :, :3]), 7, 30, 7)
    grey = cv2.cvtColor(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    vivid = cv2.addWeighted(colour, 1.32, grey, -0.32, 3.0)
    result = bitmap.copy()
    result[:, :, :3] = np.minimum(vivid, bitmap[:, :, 3:])
    return result
