"""What people built: skylines, streets between houses, and a room with a window."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from services.creator.renderers.stage.arrays import Field, field, pixels
from services.creator.renderers.stage.layers import Canvas, Easel, Sheet, merged, sheet
from services.creator.renderers.stage.noise import cloud, smooth
from services.creator.renderers.stage.palette import Colour, Ramp, mix

Colours = NDArray[np.float32]


def skyline(
    easel: Easel, *, base: float, rise: float, width: float, tone: float, haze_tone: float, depth: float, lit: float
) -> Sheet:
    """Return a row of towers up to `rise` frame heights tall; a share `lit` of their windows is alight."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    shape = (canvas.height, canvas.width)
    alpha = np.zeros(shape, dtype=np.float32)
    tones = np.full(shape, tone, dtype=np.float32)
    glow = np.zeros(shape, dtype=np.float32)
    foot, x = int(canvas.row(base)), -canvas.length(width)
    while x < canvas.width:
        wide = canvas.length(width) * float(rng.uniform(0.55, 1.5))
        centre = math.exp(-(((x + wide / 2) / canvas.width - 0.5) ** 2) / 0.12)
        tall = canvas.length(rise) * float(rng.uniform(0.30, 0.75 + 0.45 * centre))
        _tower(alpha, tones, glow, rng, (x, foot - tall, wide, tall), tone, lit, canvas)
        x += wide * float(rng.uniform(0.75, 1.15))
    alpha[foot:] = 1.0
    mist = np.clip((canvas.rows() - canvas.row(base - rise)) / canvas.length(rise), 0.0, 1.0) ** 2
    tones += (haze_tone - tones) * mist * 0.55
    colours = ramp.paint(tones)
    warm = np.array(mix(ramp.at(0.96), ramp.accent, 0.25), dtype=np.float32)
    colours += (warm - colours) * glow[:, :, None]
    return sheet(colours, alpha, depth)


def _tower(
    alpha: Field,
    tones: Field,
    glow: Field,
    rng: np.random.Generator,
    box: tuple[float, float, float, float],
    tone: float,
    lit: float,
    canvas: Canvas,
) -> None:
    left, top, wide, tall = box
    x0, x1 = max(0, round(left)), min(canvas.width, round(left + wide))
    y0, y1 = max(0, round(top)), min(canvas.height, round(top + tall))
    if x1 - x0 < 3 or y1 <= y0:
        return
    own = tone + float(rng.uniform(-0.035, 0.045))
    alpha[y0:], tones_part = alpha[y0:], tones[y0:, x0:x1]
    alpha[y0:, x0:x1] = 1.0
    tones_part[:] = own
    edge = x0 + (x1 - x0) * 2 // 3
    tones[y0:, edge:x1] = own - 0.02
    glow[y0:, x0:x1] = 0.0
    kind = int(rng.integers(0, 4))
    middle = (x0 + x1) // 2
    if kind == 0:
        step = max(2, (x1 - x0) // 4)
        y2 = max(0, y0 - max(3, int(tall * 0.08)))
        alpha[y2:y0, x0 + step : x1 - step] = 1.0
        tones[y2:y0, x0 + step : x1 - step] = own
    elif kind == 1:
        mast = max(1, round(canvas.length(0.003)))
        y2 = max(0, y0 - int(tall * 0.16))
        alpha[y2:y0, middle : middle + mast] = 1.0
        tones[y2:y0, middle : middle + mast] = own
    pitch = max(5, round(canvas.length(0.017)))
    pane_wide, pane_tall = max(2, round(pitch * 0.46)), max(2, round(pitch * 0.52))
    for y in range(y0 + pitch // 2, y1 - pane_tall, pitch):
        is_floor_lit = rng.random() < 0.12
        for x in range(x0 + pitch // 3, x1 - pane_wide, pitch):
            draw = rng.random()
            if draw < lit or (is_floor_lit and draw < 0.7 * min(1.0, lit * 3)):
                glow[y : y + pane_tall, x : x + pane_wide] = float(rng.uniform(0.35, 0.95))
            else:
                tones[y : y + pane_tall, x : x + pane_wide] = own - 0.025


def street_side(
    easel: Easel,
    *,
    side: int,
    inner: float,
    outer: float,
    horizon: float,
    foot: float,
    tone: float,
    depth: float,
    lit: float,
    neon: bool,
) -> Sheet:
    """Return a house front that recedes towards the vanishing point.

    Args:
        side: -1 left, 1 right.
        inner: distance of its far edge from the middle, in frame widths; `outer` of its near edge.
        foot: height of its near foot in the frame; roof and floors converge on the horizon.
    """
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    shape = (canvas.height, canvas.width)
    across = (canvas.columns() - canvas.column(0.5)) * side / canvas.frame_width * canvas.scale
    reach = np.broadcast_to(across, shape)
    inside = smooth(inner - 0.001, inner + 0.001, reach.astype(np.float32))
    inside = inside * (1.0 - smooth(outer - 0.001, outer + 0.001, reach.astype(np.float32)))
    # Along the wall lines of equal height are lines through the vanishing point.
    level = (canvas.rows() - canvas.row(horizon)) / canvas.length(1.0) / np.maximum(across, 0.02)
    low = (foot - horizon) / outer
    roof = -low * float(rng.uniform(2.4, 4.2))
    upper = smooth(roof - 0.01, roof + 0.01, level.astype(np.float32))
    lower = 1.0 - smooth(low - 0.004, low + 0.004, level.astype(np.float32))
    alpha = (inside * upper * lower).astype(np.float32)
    storey = (level - roof) / (low - roof) * float(rng.integers(5, 8))
    along = 1.0 / np.maximum(across, 0.02) * float(rng.uniform(0.55, 0.8)) * outer * 9.0
    cell_y, cell_x = np.floor(storey), np.floor(along)
    in_y, in_x = storey - cell_y, np.broadcast_to(along - cell_x, shape)
    pane = _box(in_y, 0.28, 0.80) * _box(in_x, 0.22, 0.78)
    key = np.sin(cell_x * 12.9898 + cell_y * 78.233 + float(rng.uniform(0, 9))) * 43758.5453
    chance = np.abs(key - np.floor(key))
    is_lit = (chance < lit).astype(np.float32) * pane
    tones = tone + (cloud(rng, *shape, canvas.length(0.2), 4) - 0.5) * 0.07 - 0.05 * pane
    tones = tones + 0.10 * np.exp(-((reach - inner) / 0.06)) + 0.04 * (1 - _box(in_y, 0.03, 1.0))
    colours = ramp.paint(tones.astype(np.float32))
    warm = np.array(mix(ramp.at(0.95), ramp.accent, 0.3), dtype=np.float32)
    colours += (warm - colours) * (is_lit * (0.35 + 0.6 * chance))[:, :, None]
    if neon:
        _hang_signs(colours, alpha, canvas, rng, ramp, side, inner, outer, horizon)
    return sheet(colours, alpha, depth)


def _hang_signs(
    colours: Colours,
    alpha: Field,
    canvas: Canvas,
    rng: np.random.Generator,
    ramp: Ramp,
    side: int,
    inner: float,
    outer: float,
    horizon: float,
) -> None:
    """Hang glowing signs out over the street, with strokes that look like writing from afar."""
    hues = (
        ramp.accent,
        ramp.at(0.9),
        mix(ramp.accent, ramp.at(0.75), 0.5),
        ramp.accent if ramp.is_grey else mix(ramp.accent, (255, 120, 255), 0.45),
    )
    for _ in range(int(rng.integers(2, 4))):
        place = float(rng.uniform(inner * 1.05, max(inner * 1.1, outer * 0.72)))
        tall = place * float(rng.uniform(0.45, 0.8))
        wide = place * float(rng.uniform(0.13, 0.22))
        middle = horizon - place * float(rng.uniform(0.35, 1.1))
        x0 = canvas.column(0.5 + side * place) - (0 if side > 0 else 1) * 0
        left = x0 - canvas.length(wide) if side > 0 else x0
        y0 = canvas.row(middle - tall / 2)
        box = (round(left), round(y0), round(left + canvas.length(wide)), round(y0 + canvas.length(tall)))
        hue = np.array(hues[int(rng.integers(0, len(hues)))], dtype=np.float32)
        _sign(colours, alpha, rng, box, hue)


def _sign(colours: Colours, alpha: Field, rng: np.random.Generator, box: tuple[int, int, int, int], hue: Field) -> None:
    x0, y0, x1, y1 = box
    high, wide = y1 - y0, x1 - x0
    if high < 8 or wide < 4 or x0 < 1 or y0 < 1 or x1 >= alpha.shape[1] or y1 >= alpha.shape[0]:
        return
    mark = np.zeros((high, wide), dtype=np.uint8)
    cv2.rectangle(mark, (0, 0), (wide - 1, high - 1), 255, max(1, wide // 14))
    pitch = max(5, int(wide * 0.95))
    for y in range(max(2, wide // 6), high - pitch, pitch):
        for _ in range(4):
            points = [(int(rng.uniform(0.2, 0.8) * wide), y + int(rng.uniform(0.05, 0.85) * pitch)) for _ in range(2)]
            cv2.line(mark, points[0], points[1], 255, max(1, wide // 11), cv2.LINE_AA)
    tube = mark.astype(np.float32)[:, :, None] / 255.0
    area, cover = colours[y0:y1, x0:x1], alpha[y0:y1, x0:x1]
    area[:] = hue * 0.22
    cover[:] = 1.0
    area += (np.minimum(255.0, hue * 0.55 + 120.0) - area) * tube


def road(easel: Easel, above: NDArray[np.uint8], *, horizon: float, wet: float) -> Sheet:
    """Return the street's ground; wet, it mirrors what stands above it.

    Args:
        above: the canvas, already painted, BGR.
        wet: how strongly it mirrors, 0 to 1.
    """
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    top = int(canvas.row(horizon))
    rows = canvas.height - top
    mirrored = above[max(0, top - rows) : top][::-1]
    mirrored = pixels(cv2.copyMakeBorder(mirrored, 0, rows - mirrored.shape[0], 0, 0, cv2.BORDER_REPLICATE))
    soft = cv2.GaussianBlur(mirrored, (0, 0), sigmaX=canvas.length(0.006), sigmaY=canvas.length(0.035)).astype(
        np.float32
    )
    near = (np.arange(rows, dtype=np.float32)[:, None] + 1.0) / canvas.length(1.0 - horizon)
    across = (canvas.columns() - canvas.column(0.5)) / canvas.length(1.0)
    puddles = cv2.resize(cloud(rng, rows // 2 + 1, canvas.width // 4 + 1, canvas.length(0.10), 4), (canvas.width, rows))
    fine = cloud(rng, rows, canvas.width, canvas.length(0.012), 2) - 0.5
    tones = 0.10 + 0.05 * fine + 0.06 * np.exp(-near * 3.0)
    # Lines of the paving run to the vanishing point.
    paving = np.abs(np.sin(across / np.maximum(near, 0.02) * 4.0))
    tones = tones - 0.03 * np.exp(-((paving / 0.10) ** 2)) * np.clip(near * 2, 0, 1)
    colours = ramp.paint(tones.astype(np.float32))
    share = (wet * (0.45 + 0.55 * smooth(0.40, 0.62, field(puddles))) * np.exp(-0.25 * near))[:, :, None]
    colours = colours * (1.0 - 0.4 * share) + soft * share * 0.95
    bitmap = np.empty((rows, canvas.width, 4), dtype=np.uint8)
    bitmap[..., :3] = np.clip(colours, 0, 255)
    bitmap[..., 3] = 255
    return Sheet(bitmap=bitmap, top=top, depth=1.0, is_ground=True)


def rooftop(easel: Easel, *, base: float, tone: float, depth: float, light: float) -> Sheet:
    """Return a flat roof with a parapet, vents and water tanks, seen from upon it."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    shape = (canvas.height, canvas.width)
    rows, columns = canvas.rows(), canvas.columns()
    edge = canvas.row(base) - canvas.length(0.035)
    alpha = np.clip(rows - edge + 0.5, 0.0, 1.0) * np.ones(shape, dtype=np.float32)
    lip = _soft_box(rows, edge, edge + canvas.length(0.014)) * light
    seams = 0.02 * _box(np.abs(np.sin(columns / canvas.length(0.16))), -1.0, 0.02)
    tones = tone + lip - seams + (cloud(rng, *shape, canvas.length(0.03), 4) - 0.5) * 0.06
    tones = tones - 0.05 * smooth(0.0, canvas.length(0.2), (rows - edge).astype(np.float32))
    for _ in range(7):
        x, wide = float(rng.uniform(0, canvas.width)), canvas.length(float(rng.uniform(0.03, 0.11)))
        tall = canvas.length(float(rng.uniform(0.03, 0.12)))
        box = _soft_box(columns, x, x + wide) * _soft_box(rows, edge - tall, edge + 2)
        alpha = np.maximum(alpha, box)
        side = (
            tone
            - 0.02
            + 0.07 * _soft_box(columns, x, x + wide * 0.3)
            + light * _soft_box(rows, edge - tall, edge - tall + 2.5)
        )
        tones = tones + (side - tones) * box
    return sheet(ramp.paint(tones.astype(np.float32)), alpha.astype(np.float32), depth)


def room(
    easel: Easel,
    *,
    window: tuple[float, float, float, float],
    sill: float,
    tone: float,
    light_tone: float,
    lamp_x: float,
) -> list[Sheet]:
    """Return a wall with a window in it, its frame and curtains, and the sill in front.

    Args:
        window: left, top, right and bottom of the opening in frame shares.
        sill: height of the sill's front edge in the frame.
    """
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    shape = (canvas.height, canvas.width)
    left, top, right, bottom = (
        canvas.column(window[0]),
        canvas.row(window[1]),
        canvas.column(window[2]),
        canvas.row(window[3]),
    )
    rows, columns = canvas.rows(), canvas.columns()
    opening = _soft_box(columns, left, right) * _soft_box(rows, top, bottom)
    frame = canvas.length(0.022)
    outer = _soft_box(columns, left - frame, right + frame) * _soft_box(rows, top - frame, bottom + frame)
    bars = np.zeros(shape, dtype=np.float32)
    bar = canvas.length(0.007)
    for share in (1 / 3, 2 / 3) if right - left > 1.1 * (bottom - top) else (0.5,):
        x = left + (right - left) * share
        bars = np.maximum(bars, _soft_box(columns, x - bar, x + bar) * opening)
    y = top + (bottom - top) * 0.42
    bars = np.maximum(bars, _soft_box(rows, y - bar, y + bar) * opening)
    alpha = np.clip(1.0 - opening + bars, 0.0, 1.0).astype(np.float32)
    lamp = np.exp(-np.hypot(columns - canvas.column(lamp_x), rows - canvas.row(0.42)) / canvas.length(0.40))
    plaster = (cloud(rng, *shape, canvas.length(0.05), 4) - 0.5) * 0.035
    stripes = 0.012 * np.sign(np.sin(columns / canvas.length(0.034) * math.pi))
    tones = tone + plaster + stripes + 0.42 * lamp
    wood = np.clip(outer - opening + bars, 0.0, 1.0)
    grain = (cloud(rng, *shape, canvas.length(0.02), 3) - 0.5) * 0.05
    bevel = 0.10 * np.clip((rows - top) / (bottom - top), 0, 1)
    tones = tones + (light_tone * 0.62 + grain - bevel - tones) * wood
    wall = sheet(ramp.paint(tones.astype(np.float32)), alpha, 0.62)
    board = _soft_box(rows, canvas.row(sill), canvas.height + 9.0)
    edge = np.exp(-np.abs(rows - canvas.row(sill)) / canvas.length(0.012)) * 0.22
    spill = np.exp(-(((columns - (left + right) / 2) / (0.5 * (right - left))) ** 2)) * 0.12
    planks = (cloud(rng, canvas.height, canvas.width // 12 + 2, canvas.length(0.02), 3) - 0.5) * 0.06
    planks = field(cv2.resize(planks, (canvas.width, canvas.height), interpolation=cv2.INTER_LINEAR))
    below = np.clip((rows - canvas.row(sill + 0.09)) / canvas.length(0.02), 0.0, 1.0)
    sill_tones = tone * 0.75 + 0.08 + edge + spill * (1 - below) + planks - 0.12 * below + 0.15 * lamp
    shelf = sheet(ramp.paint(sill_tones.astype(np.float32)), np.broadcast_to(board, shape).astype(np.float32), 1.0)
    return [merged(wall, _curtains(easel, left, right, top, light_tone, tone)), shelf]


def _curtains(easel: Easel, left: float, right: float, top: float, light_tone: float, tone: float) -> Sheet:
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    rows, columns = canvas.rows(), canvas.columns()
    shape = (canvas.height, canvas.width)
    alpha, tones = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    for edge, side in ((left, -1.0), (right, 1.0)):
        fall = np.clip((rows - top) / canvas.length(0.9), 0.0, 1.0)
        inner = edge - side * canvas.length(0.10) * (1.0 - 0.75 * np.sin(fall * 2.2)) + side * canvas.length(0.02)
        outer = edge + side * canvas.length(0.17)
        near, far = (outer, inner) if side < 0 else (inner, outer)
        cover = _soft_box(columns, near, far) * smooth(0.0, 2.0, rows - (top - canvas.length(0.06)))
        folds = np.sin((columns - edge) / canvas.length(0.016) + 2.0 * fall + float(rng.uniform(0, 6)))
        alpha = np.maximum(alpha, cover.astype(np.float32))
        tones = tones + cover * (0.45 * tone + 0.36 * light_tone + 0.075 * folds)
    thin = alpha * 0.93
    return sheet(ramp.paint(tones.astype(np.float32)), thin.astype(np.float32), 0.68)


def bokeh(easel: Easel, count: int, depth: float, accent: Colour) -> Sheet:
    """Return lights far out of focus."""
    canvas, rng, ramp = easel.canvas, easel.rng, easel.ramp
    image = np.zeros((canvas.height, canvas.width, 4), dtype=np.uint8)
    for _ in range(count):
        x, y = int(rng.uniform(0, canvas.width)), int(canvas.row(float(rng.uniform(0.05, 0.75))))
        radius = int(canvas.length(float(rng.uniform(0.02, 0.06))))
        colour = mix(ramp.at(float(rng.uniform(0.6, 1.0))), accent, float(rng.uniform(0, 0.6)))
        strength = float(rng.uniform(0.10, 0.32))
        disc = np.zeros_like(image)
        for gain, thickness in ((1.0, -1), (1.3, 2)):
            light = (*(part * strength * gain for part in colour), 90.0 * strength)
            cv2.circle(disc, (x, y), radius, light, thickness, cv2.LINE_AA)
        part = (slice(max(0, y - radius - 3), y + radius + 4), slice(max(0, x - radius - 3), x + radius + 4))
        image[part] = cv2.add(image[part], disc[part])
    return Sheet(bitmap=cv2.GaussianBlur(image, (0, 0), 1.5).astype(np.uint8), top=0, depth=depth, drift=0.003)


def _box(values: ArrayLike, low: float, high: float) -> Field:
    places = field(values)
    return field((places > low) & (places < high))


def _soft_box(values: Field, low: float, high: float) -> Field:
    return field(np.clip(values - low + 0.5, 0, 1) * np.clip(high - values + 0.5, 0, 1))
