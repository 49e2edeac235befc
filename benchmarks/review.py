"""How many planted defects the review finds, what it finds where nothing is wrong, and how long it takes.

Run `python -m benchmarks.review`; the tables of docs/review.md are its output. With `--clips FOLDER` the same defects
are planted in the clips in there (*.mp4, a single good shot each) instead of in drawn scenes.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from benchmarks.planted import DEFECTS, FPS, GRADED, SCENES, SOFT_DEFECTS, Frames, Planted, Take
from bus.plan import Movement, Outcome, Verdict
from services._kit.media import Frame, frames_of
from services._kit.pictures import fit, write_png
from services.reviewer.checks import Expected, References, review_take

SIZES = ((416, 240), (832, 480))
COUNT = 49
COUNT_LARGE = 33
"""Drawing the large scenes takes longer than reviewing them."""
COUNT_TIMED = 81


def never() -> bool:
    """Never stop."""
    return False


def reviewed(planted: Planted, frames: Frames, folder: Path) -> Verdict:
    """Return the verdict on a scene with one defect, reviewed as a take that continues another one."""
    take = planted.plant(frames)
    return verdict_on(take, frames, frames[0] if planted.has_clean_hand_over else take.frames[0], folder)


def verdict_on(take: Take, frames: Frames, handed_over: Frame, folder: Path) -> Verdict:
    """Return the verdict on a take of a scene with so many frames, that goes on from this picture."""
    path = take.write(folder / "take.mp4")
    hand_over = folder / "hand-over.png"
    write_png(handed_over, hand_over)
    height, width = frames[0].shape[:2]
    expected = Expected(frame_count=len(frames), width=width, height=height, fps=FPS, movement=Movement.PAN_RIGHT)
    return review_take(path, expected, reference=References(hand_over=hand_over, in_frame=1), stop=never)


def failures(verdict: Verdict, *, must_hold: bool) -> set[str]:
    """Return the criteria that failed, of those that must hold or of the others."""
    return {one.criterion for one in verdict.findings if one.outcome is Outcome.FAIL and one.must_hold is must_hold}


def cell(planted: Planted, verdict: Verdict) -> tuple[bool, bool, str]:
    """Return whether the defect was found, whether something else was too, and what the table says."""
    hard, soft = failures(verdict, must_hold=True), failures(verdict, must_hold=False)
    failed = hard if planted in DEFECTS else hard | soft
    found = planted.criterion is None or planted.criterion in failed
    others = hard - {planted.criterion}
    text = "yes" if found else "**no**"
    if planted.criterion is None:
        text = "–"
    if others:
        text += ", also " + ", ".join(sorted(others))
    if planted.criterion is None and soft:
        text += " (noted: " + ", ".join(sorted(soft)) + ")"
    return found, bool(others), text


def planted_rows(title: str, scenes: Mapping[str, Frames], folder: Path) -> Iterator[str]:
    """Yield the table of these scenes: a row for each defect, a column for each scene."""
    yield f"**{title}**"
    yield ""
    yield "| planted | must fail | " + " | ".join(scenes) + " |"
    yield "| --- | --- |" + " --- |" * len(scenes)
    found_count = defect_count = other_count = 0
    for planted in DEFECTS + SOFT_DEFECTS:
        cells = [cell(planted, reviewed(planted, frames, folder)) for frames in scenes.values()]
        if planted.criterion is not None:
            found_count += sum(found for found, _, _ in cells)
            defect_count += len(cells)
        other_count += sum(is_other for _, is_other, _ in cells)
        wanted = f"`{planted.criterion}`" if planted.criterion else "nothing"
        yield f"| {planted.name} | {wanted} | " + " | ".join(text for *_, text in cells) + " |"
    takes = defect_count + len(scenes)
    yield ""
    yield (
        f"Found: {found_count} of {defect_count}. "
        f"Takes in which a must-hold criterion failed that should not: {other_count} of {takes}."
    )
    yield ""


def margin_rows(scenes: Mapping[str, Frames], folder: Path) -> Iterator[str]:
    """Yield how far clean takes stay from each threshold."""
    yield f"| criterion | threshold | {' | '.join(scenes)} |"
    yield "| --- | --- |" + " --- |" * len(scenes)
    verdicts = [reviewed(DEFECTS[0], frames, folder) for frames in scenes.values()]
    for rows in zip(*(verdict.findings for verdict in verdicts), strict=True):
        if rows[0].threshold is not None:
            values = " | ".join("–" if one.value is None else f"{one.value:.3g}" for one in rows)
            yield f"| `{rows[0].criterion}` | {rows[0].threshold:g} {rows[0].unit} | {values} |"
    scores = " | ".join(f"{verdict.score:.2f}" for verdict in verdicts)
    yield f"| score | | {scores} |"


def graded_rows(scenes: Mapping[str, Frames], folder: Path) -> Iterator[str]:
    """Yield from which strength on each graded defect is found."""
    yield f"| planted | tried | {' | '.join(scenes)} |"
    yield "| --- | --- |" + " --- |" * len(scenes)
    for graded in GRADED:
        cells = []
        for frames in scenes.values():
            first = next(
                (
                    strength
                    for strength in graded.strengths
                    if graded.criterion
                    in failures(
                        verdict_on(
                            take := graded.plant(frames, strength),
                            frames,
                            frames[0] if graded.has_clean_hand_over else take.frames[0],
                            folder,
                        ),
                        must_hold=True,
                    )
                ),
                None,
            )
            cells.append("–" if first is None else f"{first:g}")
        tried = ", ".join(f"{strength:g}" for strength in graded.strengths)
        yield f"| {graded.name} | {tried} | {' | '.join(cells)} |"


def time_rows(folder: Path) -> Iterator[str]:
    """Yield how long a review takes, decoding included, and how much of it is decoding."""
    yield "| size | frames | review | decoding alone |"
    yield "| --- | --- | --- | --- |"
    for width, height in SIZES:
        path = DEFECTS[0].plant(SCENES["pan"](width, height, COUNT_TIMED)).write(folder / "timed.mp4")
        expected = Expected(frame_count=COUNT_TIMED, width=width, height=height, fps=FPS, movement=Movement.PAN_RIGHT)
        review = partial(review_take, path, expected, reference=References(), stop=never)
        review_s = min(timed(review) for _ in range(3))
        decode_s = min(timed(partial(_decode, path)) for _ in range(3))
        per_frame = 1000 * review_s / COUNT_TIMED
        yield f"| {width}×{height} | {COUNT_TIMED} | {review_s:.2f} s, {per_frame:.1f} ms a frame | {decode_s:.2f} s |"


def _decode(path: Path) -> int:
    return sum(1 for _ in frames_of(path))


def clips_in(folder: Path) -> dict[str, Frames]:
    """Return the first frames of each clip, by the file's name, at 832 pixels across at most."""
    return {
        path.stem: tuple(_fitted(frame) for frame in itertools.islice(frames_of(path), COUNT))
        for path in sorted(folder.glob("*.mp4"))
    }


def _fitted(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    scale = min(1.0, 832 / width)
    return fit(frame, round(width * scale) // 2 * 2, round(height * scale) // 2 * 2)


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds the call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, help="a folder of good clips (*.mp4) to plant defects in")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for row in _all_rows(folder) if chosen.clips is None else _clip_rows(chosen.clips, folder):
            print(row)


def _all_rows(folder: Path) -> Iterator[str]:
    for width, height in SIZES:
        count = COUNT_LARGE if width > 416 else COUNT
        scenes = {name: draw(width, height, count) for name, draw in SCENES.items()}
        yield from planted_rows(f"{width}×{height}, {count} frames", scenes, folder)
    middle = {name: draw(416, 240, COUNT) for name, draw in SCENES.items()}
    yield from graded_rows(middle, folder)
    yield ""
    yield from margin_rows(middle, folder)
    yield ""
    yield from time_rows(folder)


def _clip_rows(clips: Path, folder: Path) -> Iterator[str]:
    scenes = clips_in(clips)
    yield from planted_rows(f"{len(scenes)} clips, {COUNT} frames at most", scenes, folder)
    yield from graded_rows(scenes, folder)
    yield ""
    yield from margin_rows(scenes, folder)


if __name__ == "__main__":
    main()
