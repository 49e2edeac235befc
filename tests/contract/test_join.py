import hashlib
import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import msgspec
import numpy as np
import pytest
from av.video.frame import VideoFrame

from bus.ids import Digest, digest_of
from bus.plan import Size
from services._kit.media import ClipWriter, Frame, Unreadable, frames_of
from services.stitcher.cut import Crop, EditList, Shown, middle_of
from services.stitcher.join import FilmWrong, JoinFacts, JoinStopped, check_film, join
from services.stitcher.label import Label
from services.stitcher.sources import ALGORITHMIC

WIDTH, HEIGHT, FPS = 208, 112, 16
LONG = 33
LABEL = Label(
    title="Leuchtturm – bei Dämmerung", description="A keeper <rows> out & back.", digital_source_type=ALGORITHMIC
)
HUES = {"a": 10, "b": 70, "c": 130}


def picture(name: str, index: int, width: int = WIDTH, height: int = HEIGHT) -> Frame:
    """Return a frame whose hue says which clip it is from, and whose left bar says which frame it is."""
    ramp = np.linspace(60, 200, width, dtype=np.uint8)
    hsv = np.zeros((height, width, 3), np.uint8)
    hsv[..., 0], hsv[..., 1], hsv[..., 2] = HUES[name], 120, np.roll(ramp, 3 * index)
    frame = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    frame[:, : width // 4] = 30 + 6 * index
    return np.ascontiguousarray(frame, dtype=np.uint8)


def frame_number(frame: Frame) -> int:
    """Return the index that the left bar of a decoded picture says."""
    return round((float(frame[:, : frame.shape[1] // 8].mean()) - 30) / 6)


def canonical_clip(path: Path, name: str, count: int = LONG, size: Size | None = None, fps: int = FPS) -> Path:
    """Write a clip of the house's encoding."""
    size = size or Size(WIDTH, HEIGHT)
    with ClipWriter(path, size.width, size.height, fps) as clip:
        for index in range(count):
            clip.write(picture(name, index, size.width, size.height))
    return path


def foreign_clip(
    path: Path, name: str, count: int = LONG, *, pix_fmt: str = "yuv420p", b_frames: int = 0, fps: int = FPS
) -> Path:
    """Write a clip as somebody else's encoder would."""
    with av.open(str(path), "w", format="mp4") as container:
        options = {"crf": "10", "preset": "fast", "x264-params": f"bframes={b_frames}:b-adapt=2:keyint=24"}
        stream = container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pix_fmt
        for index in range(count):
            container.mux(stream.encode(VideoFrame.from_ndarray(picture(name, index), format="bgr24")))
        container.mux(stream.encode(None))
    return path


Cutting = tuple[Path, int, int, int]
"""A clip, its first frame shown, the frame after the last one, and how many frames it is crossfaded over."""


def edit_of(cuttings: Sequence[Cutting], crop: Size | None = None) -> tuple[EditList, dict[Digest, Path]]:
    """Return the edit list over these clips, and where they lie."""
    size = Size(WIDTH, HEIGHT)
    shown, paths = [], {}
    for number, (path, first, end, mixed) in enumerate(cuttings, start=1):
        digest = digest_of(path.read_bytes())
        paths[digest] = path
        shown.append(Shown(segment=number, take=1, digest=digest, in_frame=first, out_frame=end, mixed_count=mixed))
    edit = EditList(
        shown=tuple(shown),
        size=size,
        crop=middle_of(size, crop or size),
        fps=FPS,
        frame_count=sum(one.shown_count - one.mixed_count for one in shown),
    )
    return edit, paths


class Steps:
    """Keeps what was said about how far the work is."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int, *, preview: bytes | None = None) -> None:
        self.seen.append((done, total))


def never() -> bool:
    """Never stop."""
    return False


def joined(cuttings: Sequence[Cutting], target: Path, crop: Size | None = None) -> tuple[JoinFacts, list[Frame]]:
    """Join the clips and return how, and the film's frames."""
    edit, paths = edit_of(cuttings, crop)
    facts = join(edit, paths, target, Steps(), never)
    return facts, list(frames_of(target))


def difference(one: Frame, other: Frame) -> float:
    """Return the mean difference of two pictures, in levels."""
    return float(cv2.absdiff(one, other).mean())


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return three clips of the house's encoding."""
    folder = tmp_path_factory.mktemp("clips")
    return {name: canonical_clip(folder / f"{name}.mp4", name) for name in HUES}


def test_plain_cuts_are_copied_and_no_pixel_changes(clips: dict[str, Path], tmp_path: Path) -> None:
    """The film's frames are those of its clips, bit for bit, and every clip was copied."""
    facts, film = joined([(clips[name], 0, LONG, 0) for name in "abc"], tmp_path / "film.mp4")
    assert facts.copied == (1, 2, 3)
    assert facts.encoded == ()
    assert facts.frame_count == len(film) == 3 * LONG
    wanted = itertools.chain.from_iterable(frames_of(clips[name]) for name in "abc")
    assert all(np.array_equal(one, other) for one, other in zip(film, wanted, strict=True))


def test_a_clip_cut_short_is_copied(clips: dict[str, Path], tmp_path: Path) -> None:
    """Leaving out the end of a clip needs no encoding: the house's clips have no B-frames."""
    facts, film = joined([(clips["a"], 0, 11, 0), (clips["b"], 0, LONG, 0)], tmp_path / "film.mp4")
    assert facts.copied == (1, 2)
    wanted = [*itertools.islice(frames_of(clips["a"]), 11), *frames_of(clips["b"])]
    assert all(np.array_equal(one, other) for one, other in zip(film, wanted, strict=True))


def test_a_continued_segment_does_not_repeat_its_first_frame(clips: dict[str, Path], tmp_path: Path) -> None:
    """The first frame is left out, the clip before it stays copied, and the film is one frame shorter."""
    facts, film = joined([(clips["a"], 0, LONG, 0), (clips["b"], 1, LONG, 0)], tmp_path / "film.mp4")
    assert facts.copied == (1,)
    assert facts.encoded == ("segment 2, take 1: its first 1 frames are not shown",)
    assert [frame_number(frame) for frame in film] == [*range(LONG), *range(1, LONG)]
    assert np.array_equal(film[LONG - 1], list(frames_of(clips["a"]))[-1])


def test_a_crossfade_mixes_in_even_steps(clips: dict[str, Path], tmp_path: Path) -> None:
    """Over 7 frames the later clip weighs 1/8 to 7/8, and the film is 7 frames shorter than its clips."""
    facts, film = joined([(clips["a"], 0, LONG, 0), (clips["b"], 0, LONG, 7)], tmp_path / "film.mp4")
    assert facts.frame_count == len(film) == 2 * LONG - 7
    leaving, coming = list(frames_of(clips["a"])), list(frames_of(clips["b"]))
    for step in range(7):
        weight = (step + 1) / 8
        mixed = cv2.addWeighted(coming[step], weight, leaving[LONG - 7 + step], 1 - weight, 0.0)
        assert difference(film[LONG - 7 + step], mixed.astype(np.uint8)) < 1.5
    assert difference(film[LONG], coming[7]) < 1.5


def test_two_crossfades_may_overlap_in_a_short_clip(clips: dict[str, Path], tmp_path: Path) -> None:
    """A plan allows it; the three clips lie on one another and the count holds."""
    cuttings = [(clips["a"], 0, 9, 0), (clips["b"], 0, 9, 7), (clips["c"], 0, 9, 7)]
    facts, film = joined(cuttings, tmp_path / "film.mp4")
    assert facts.frame_count == len(film) == 13


def test_a_film_is_cropped_to_the_middle(clips: dict[str, Path], tmp_path: Path) -> None:
    """2.39:1 shows the middle rows of each frame."""
    facts, film = joined([(clips["a"], 0, LONG, 0)], tmp_path / "film.mp4", Size(WIDTH, 88))
    assert (facts.width, facts.height) == (WIDTH, 88)
    top = middle_of(Size(WIDTH, HEIGHT), Size(WIDTH, 88)).y
    for one, whole in zip(film, frames_of(clips["a"]), strict=True):
        assert difference(one, np.ascontiguousarray(whole[top : top + 88])) < 1.5


def write_24_fps(path: Path) -> Path:
    return canonical_clip(path, "b", fps=24)


def write_larger(path: Path) -> Path:
    return canonical_clip(path, "b", size=Size(320, 320))


def write_full_colour(path: Path) -> Path:
    return foreign_clip(path, "b", pix_fmt="yuv444p")


def write_b_frames(path: Path) -> Path:
    return foreign_clip(path, "b", b_frames=3)


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (write_24_fps, "24 frames a second"),
        (write_larger, "320×320"),
        (write_full_colour, "yuv444p"),
        (write_b_frames, "b frames"),
    ],
)
def test_a_clip_that_differs_is_brought_to_ours(
    write: Callable[[Path], Path], why: str, clips: dict[str, Path], tmp_path: Path
) -> None:
    """Another rate is read frame by frame, another size fills ours; the clips around it stay copied."""
    other = write(tmp_path / "other.mp4")
    cuttings = [(clips["a"], 0, LONG, 0), (other, 0, LONG, 0), (clips["c"], 0, LONG, 0)]
    facts, film = joined(cuttings, tmp_path / "film.mp4")
    assert facts.copied == (1, 3)
    assert why in facts.encoded[0]
    assert len(film) == 3 * LONG
    # A square clip that fills a wide frame loses rows, not columns: the bar is where it was.
    assert [frame_number(frame) for frame in film] == [*range(LONG)] * 3


def test_a_foreign_film_with_b_frames_is_copied_whole(tmp_path: Path) -> None:
    """Clips of one foreign encoding are joined without loss, each frame shown at its time."""
    first, second = foreign_clip(tmp_path / "1.mp4", "a", b_frames=3), foreign_clip(tmp_path / "2.mp4", "b", b_frames=3)
    with av.open(str(first)) as container:
        stored = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]
    assert stored != sorted(stored), "the clip has no B-frames, and the test would prove nothing"
    facts, film = joined([(first, 0, LONG, 0), (second, 0, LONG, 0)], tmp_path / "film.mp4")
    assert facts.copied == (1, 2)
    wanted = itertools.chain(frames_of(first), frames_of(second))
    assert all(np.array_equal(one, other) for one, other in zip(film, wanted, strict=True))


def test_the_same_clips_give_the_same_bytes(clips: dict[str, Path], tmp_path: Path) -> None:
    """A film can be made again: copied, trimmed and crossfaded parts and its label are the same byte for byte."""
    cuttings = [(clips["a"], 0, LONG, 0), (clips["b"], 1, LONG, 0), (clips["c"], 0, LONG, 5)]
    edit, paths = edit_of(cuttings)
    digests = set()
    for number in range(3):
        target = tmp_path / f"{number}.mp4"
        join(edit, paths, target, Steps(), never, label=LABEL)
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_the_film_carries_its_title_and_starts_with_its_index(clips: dict[str, Path], tmp_path: Path) -> None:
    """A player shows the title, and a browser plays before the file is there in full."""
    edit, paths = edit_of([(clips["a"], 0, LONG, 0)])
    join(edit, paths, tmp_path / "film.mp4", Steps(), never, label=LABEL)
    content = (tmp_path / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert container.metadata["title"] == LABEL.title
        assert container.metadata["description"] == LABEL.description
        assert "creation_time" not in container.metadata


def test_a_clip_with_too_few_frames_is_named(clips: dict[str, Path], tmp_path: Path) -> None:
    """The error says which clip, what was wanted and what was found; no film is left."""
    short = canonical_clip(tmp_path / "short.mp4", "b", count=20)
    edit, paths = edit_of([(clips["a"], 0, LONG, 0), (short, 0, LONG, 0)])
    with pytest.raises(FilmWrong, match="segment 2, take 1: wanted 33 frames, found 20"):
        join(edit, paths, tmp_path / "film.mp4", Steps(), never)
    assert not (tmp_path / "film.mp4").exists()


def test_a_damaged_clip_leaves_no_film(clips: dict[str, Path], tmp_path: Path) -> None:
    """A clip cut off in the middle is refused, and nothing half-made stays behind."""
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clips["b"].read_bytes()[:-800])
    edit, paths = edit_of([(clips["a"], 0, LONG, 0), (broken, 1, LONG, 0)])
    with pytest.raises(Unreadable, match=r"broken\.mp4"):
        join(edit, paths, tmp_path / "film.mp4", Steps(), never)
    assert [path.name for path in tmp_path.iterdir()] == ["broken.mp4"]


def test_damage_that_only_decoding_shows_is_found(clips: dict[str, Path], tmp_path: Path) -> None:
    """A clip is copied unseen, so the film is decoded to its end before anybody is told of it."""
    content = bytearray(clips["b"].read_bytes())
    middle = len(content) * 3 // 4
    content[middle : middle + 60] = bytes(60)
    (tmp_path / "damaged.mp4").write_bytes(content)
    edit, paths = edit_of([(clips["a"], 0, LONG, 0), (tmp_path / "damaged.mp4", 0, LONG, 0)])
    with pytest.raises((Unreadable, FilmWrong)):
        join(edit, paths, tmp_path / "film.mp4", Steps(), never)
    assert not (tmp_path / "film.mp4").exists()


def test_joining_can_be_stopped(clips: dict[str, Path], tmp_path: Path) -> None:
    """It stops between two frames and leaves nothing behind."""
    edit, paths = edit_of([(clips["a"], 1, LONG, 0)])
    steps = Steps()
    with pytest.raises(JoinStopped):
        join(edit, paths, tmp_path / "film.mp4", steps, lambda: len(steps.seen) >= 5)
    assert steps.seen[-1] == (5, LONG - 1)
    assert list(tmp_path.iterdir()) == []


def test_progress_rises_to_the_end(clips: dict[str, Path], tmp_path: Path) -> None:
    """Whoever watches sees the frames of the film counted up to the last one."""
    edit, paths = edit_of([(clips["a"], 0, LONG, 0), (clips["b"], 1, LONG, 0)])
    steps = Steps()
    join(edit, paths, tmp_path / "film.mp4", steps, never)
    assert steps.seen == sorted(steps.seen)
    assert steps.seen[-1] == (edit.frame_count, edit.frame_count)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"frame_count": LONG + 1}, "The film's frames: wanted 34, found 33"),
        ({"fps": 24}, "time of frame 1 of the film: wanted 1/24 s, found 1/16 s"),
        (
            {"crop": Crop(x=0, y=0, width=WIDTH, height=88)},
            "size of frame 0 of the film: wanted 208×88, found 208×112",
        ),
    ],
)
def test_a_film_that_came_out_otherwise_is_refused(change: dict[str, object], why: str, clips: dict[str, Path]) -> None:
    """The film is opened and counted: a wrong count, time or size says what was wanted and what was found."""
    edit, _ = edit_of([(clips["a"], 0, LONG, 0)])
    check_film(clips["a"], edit)
    with pytest.raises(FilmWrong, match=why):
        check_film(clips["a"], msgspec.structs.replace(edit, **change))


def test_a_film_with_a_gap_is_refused(clips: dict[str, Path], tmp_path: Path) -> None:
    """A frame that comes late is found, although all frames are there."""
    target = tmp_path / "gap.mp4"
    with av.open(str(clips["a"])) as source, av.open(str(target), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        for index, packet in enumerate(source.demux(source.streams.video[0])):
            if packet.pts is None:
                continue
            packet.time_base = Fraction(1, FPS)
            packet.pts = packet.dts = index + (index >= 20)
            packet.duration = 1
            packet.stream = stream
            container.mux(packet)
    edit, _ = edit_of([(clips["a"], 0, LONG, 0)])
    with pytest.raises(FilmWrong, match="time of frame 20"):
        check_film(target, edit)
