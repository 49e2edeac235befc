from __future__ import annotations

import io

from rich.cells import cell_len
from rich.console import Console

from kindling.figures import figures_view
from services.gateway.experience import ClipKind, Counted, Experience, Judged, Measured


def kind(frame_count: int, *, draft: bool = False, renderer: str = "animatic", model: str | None = None) -> ClipKind:
    """Return a kind of clip."""
    return ClipKind(
        renderer=renderer,
        model=model,
        machine="workshop",
        width=832,
        height=480,
        frame_count=frame_count,
        steps=None,
        draft=draft,
    )


FOUND = Experience(
    clips=(
        Measured(kind=kind(65), count=1200, recent_s=(3.25, 6.5)),
        Measured(kind=kind(81), count=3, recent_s=(4.05,)),
        Measured(kind=kind(33, draft=True), count=2, recent_s=(0.66,)),
        Measured(kind=kind(81, renderer="wan2.1-t2v", model="wan2.1_t2v_14B_fp8"), count=1, recent_s=(243.0,)),
    ),
    takes=(
        Judged(renderer="animatic", rendered=9, approved=6, rejected=3, kept=1, review_s=4.5, takes_per_approval=1.5),
        Judged(renderer="wan2.1-t2v", failed=2),
    ),
    rejections=(Counted(name="hard_cut", count=2), Counted(name="sharp", count=1)),
    failures=(Counted(name="out_of_memory", count=2),),
    film_count=2,
    film_s=40.0,
    film_render_s=52.0,
    join_s=4.0,
    render_s_per_film_s=1.3,
)


def drawn(found: Experience, width: int) -> str:
    """Return the page as a terminal of this width has it."""
    written = io.StringIO()
    Console(file=written, width=width, markup=False, highlight=False).print(figures_view(found, width))
    return written.getvalue()


def test_clips_that_differ_in_their_length_only_share_a_row() -> None:
    """How many there were of any length, and what a frame took: the median over the clips remembered."""
    rows = [" ".join(line.split()) for line in drawn(FOUND, 100).splitlines()[1:4]]
    assert rows == [
        "1,203 50 ms 4.0 s 65–81 832×480 animatic · workshop",
        "2 20 ms 0.7 s 33 832×480 animatic · samples · workshop",
        "1 3.0 s 4 min 3 s 81 832×480 wan2.1-t2v · wan2.1_t2v_14B_fp8 · workshop",
    ]


def test_takes_rejections_failures_and_films_are_told_in_sentences() -> None:
    """What never happened is left out, and nothing is said of a renderer but its own."""
    page = " ".join(drawn(FOUND, 100).split())
    assert (
        "animatic: 9 takes · 6 approved · 3 rejected · 1 kept as the best · 1.50 takes for an approval"
        " · a review takes 0.5 s" in page
    )
    assert "wan2.1-t2v: 0 takes · 2 failed" in page
    assert "hard cut 2 · sharp 1" in page
    assert "out of memory 2" in page
    assert "2 films, 40 s together · a finished second costs 1.3 s of rendering" in page
    assert "0.1 s of joining" in page


def test_no_line_of_the_figures_is_wider_than_the_screen() -> None:
    """Whatever the width, the terminal has nothing to wrap; with nothing finished there is no word of films."""
    for width in (60, 80, 140):
        assert max(cell_len(line) for line in drawn(FOUND, width).splitlines()) <= width
    assert "films" not in drawn(Experience(clips=FOUND.clips), 80)
