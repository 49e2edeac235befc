"""Which frames stand for a take and for a film: key frames, and the tiles of contact sheets. Pure."""

from __future__ import annotations

from msgspec import Struct

from bus.events import ProductionDone
from bus.ids import ProductionId
from bus.plan import Crossfade, Plan
from bus.production import Production, Take
from services.gateway.links import take_link

KEY_FRAMES = 8
TILES_MAX = 48
"""On the sheet of a film; a longer one shows fewer of its segments."""

Tiles = tuple[tuple[int, str], ...]
"""Frames by their index, each with its label."""


class FrameView(Struct, frozen=True, kw_only=True):
    """A frame of a take."""

    index: int
    """From 0."""
    at_s: float
    link: str


class FramesView(Struct, frozen=True, kw_only=True):
    """The key frames of a take: spread evenly, first and last among them."""

    production: ProductionId
    take: str
    frame_count: int
    frames: tuple[FrameView, ...]
    sheet: str


def frames_view(production: Production, take: Take) -> FramesView:
    """Return the key frames of a take that is rendered."""
    address = take_link(production.id, take.segment, take.take, "frames")
    return FramesView(
        production=production.id,
        take=f"{take.segment}-{take.take}",
        frame_count=_frame_count(take),
        frames=tuple(
            FrameView(index=index, at_s=round(index / take.order.fps, 3), link=f"{address}/{index}")
            for index in spread(_frame_count(take), KEY_FRAMES)
        ),
        sheet=take_link(production.id, take.segment, take.take, "sheet"),
    )


def take_tiles(take: Take) -> Tiles:
    """Return the key frames of a take that is rendered, each with its number and time."""
    indices = spread(_frame_count(take), KEY_FRAMES)
    return tuple((index, f"{index}   {index / take.order.fps:.2f} s") for index in indices)


def _frame_count(take: Take) -> int:
    assert take.rendered is not None
    return take.rendered.clip.frame_count or take.order.frame_count


def film_tiles(production: Production, cut: ProductionDone) -> Tiles:
    """Return the frame in the middle of each segment of a cut, and its label; of a long film evenly fewer of them."""
    plan = production.plans[cut.plan - 1]
    marks = middles(plan)
    last = max(0, (cut.film.frame_count or plan.frame_count) - 1)
    chosen = [marks[index] for index in spread(len(marks), TILES_MAX)]
    return tuple((min(frame, last), f"{segment}   {_clock(frame / plan.fps)}") for segment, frame in chosen)


def middles(plan: Plan) -> tuple[tuple[int, int], ...]:
    """Return each segment of a plan with the film frame that lies in its middle."""
    found, begins = [], 0
    for segment in plan.segments:
        mixed = segment.transition.frame_count if isinstance(segment.transition, Crossfade) else 0
        begins -= mixed
        found.append((segment.id, begins + segment.shown_count // 2))
        begins += segment.shown_count
    return tuple(found)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"


def spread(frame_count: int, count: int) -> tuple[int, ...]:
    """Return `count` of the numbers from 0 to below `frame_count`, evenly, first and last among them."""
    if frame_count <= count:
        return tuple(range(frame_count))
    return tuple(round((frame_count - 1) * number / (count - 1)) for number in range(count))
