from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from msgspec.structs import replace
from numpy.typing import NDArray

from bus.plan import Movement
from services.creator.renderers.stage.camera import view_at
from services.creator.renderers.stage.layers import Canvas, Compositor, Sheet, rectangles, trimmed

WIDTH, HEIGHT = 416, 240


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 16), st.integers(1, 27)), elements=st.integers(0, 1)))
def test_rectangles_cover_all_that_is_there_and_nothing_twice(cells: NDArray[np.uint8]) -> None:
    """Every cell that holds something lies in one rectangle, and no cell in two."""
    covered = np.zeros(cells.shape, dtype=int)
    for left, top, right, bottom in rectangles(cells):
        covered[top:bottom, left:right] += 1
    assert covered.max() <= 1
    assert (covered[cells > 0] == 1).all()


def spotted(spots: list[tuple[float, float, float]], depth: float) -> Sheet:
    """Return a sheet over the whole canvas that is empty but for discs: across, down and radius in canvas shares."""
    canvas = Canvas(WIDTH, HEIGHT)
    bitmap = np.zeros((canvas.height, canvas.width, 4), dtype=np.uint8)
    for across, down, radius in spots:
        away = np.hypot(canvas.columns() - across * canvas.width, canvas.rows() - down * canvas.height)
        bitmap[away < radius * canvas.height] = (40, 90, 120, 180)
    return trimmed(Sheet(bitmap=bitmap, top=0, depth=depth))


SHARES = st.floats(0.0, 1.0)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(SHARES, SHARES, st.floats(0.005, 0.2)), min_size=1, max_size=5),
    st.floats(0.0, 1.6),
    st.sampled_from(Movement),
    SHARES,
    st.floats(0.0, 5.0),
)
def test_leaving_out_what_is_empty_leaves_out_nothing(
    spots: list[tuple[float, float, float]], depth: float, movement: Movement, share: float, time_s: float
) -> None:
    """Wherever the camera is: a sheet drawn in parts is the sheet drawn as a whole, but for a level of rounding."""
    one, view = spotted(spots, depth), view_at(movement, share, time_s, 1.0)
    shown = []
    for sheet in (one, replace(one, cells=None)):
        stage = Compositor(WIDTH, HEIGHT, 0.6, 0.86)
        stage.frame[:] = 200
        stage.lay(sheet, view, time_s, HEIGHT)
        shown.append(stage.bgr().astype(int))
    assert np.abs(shown[0] - shown[1]).max() <= 1


def test_a_sheet_with_room_between_is_drawn_in_parts() -> None:
    """Two spots far apart make it worth it; a sheet that is full is drawn as it is."""
    assert spotted([(0.3, 0.4, 0.05), (0.7, 0.6, 0.05)], 1.0).cells is not None
    assert spotted([(0.5, 0.5, 1.5)], 1.0).cells is None
