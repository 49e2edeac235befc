"""Clips: their bytes, their times, their colours, and what is said of damaged ones."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from services._kit.media import ClipWriter, Frame, Unreadable, frames_of, probe

WIDTH, HEIGHT, FPS = 208, 128, 16


def moving_frames(count: int, seed: int = 1) -> list[Frame]:
    """Return frames of a soft pattern that slides to the left."""
    coarse = np.random.default_rng(seed).integers(0, 255, (8, 16, 3), dtype=np.uint8)
    wide = cv2.resize(coarse, (WIDTH + 2 * count, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return [np.ascontiguousarray(wide[:, 2 * n : 2 * n + WIDTH], dtype=np.uint8) for n in range(count)]


def write_clip(path: Path, frames: list[Frame], fps: int = FPS) -> Path:
    """Write the frames and return the path."""
    height, width = frames[0].shape[:2]
    with ClipWriter(path, width, height, fps) as clip:
        for frame in frames:
            clip.write(frame)
    return path


def digest(path: Path) -> str:
    """Return the SHA-256 of the file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_frames_give_the_same_bytes_in_a_process_that_has_encoded_much_else(tmp_path: Path) -> None:
    """Fourteen encodes, with other clips in between, are one file."""
    frames = moving_frames(20)
    seen = set()
    for turn in range(14):
        write_clip(tmp_path / "other.mp4", moving_frames(5, seed=turn))
        seen.add(digest(write_clip(tmp_path / "clip.mp4", frames)))
    assert len(seen) == 1


def test_the_same_frames_give_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    """A process that never encoded anything writes what this one writes."""
    here = digest(write_clip(tmp_path / "here.mp4", moving_frames(20)))
    program = (
        "import sys; from pathlib import Path; from tests.contract.test_media import moving_frames, write_clip; "
        "write_clip(Path(sys.argv[1]), moving_frames(20))"
    )
    there = tmp_path / "there.mp4"
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program, str(there)], check=True, cwd=root)
    assert digest(there) == here


@pytest.mark.parametrize("fps", [8, 16, 24, 30])
def test_a_clip_states_what_it_holds(tmp_path: Path, fps: int) -> None:
    """The facts are those that were asked for: count, size, rate, duration, and no B-frames."""
    facts = probe(write_clip(tmp_path / "clip.mp4", moving_frames(21), fps))
    assert (facts.codec, facts.pix_fmt, facts.colour_range) == ("h264", "yuv420p", "limited")
    assert (facts.width, facts.height, facts.sample_aspect) == (WIDTH, HEIGHT, Fraction(1))
    assert (facts.fps, facts.frame_count, facts.duration_s) == (Fraction(fps), 21, Fraction(21, fps))
    assert not facts.has_b_frames


def test_frame_n_is_shown_at_n_divided_by_fps(tmp_path: Path) -> None:
    """Times are exact, decoding order is showing order, and key frames lie every sixteen frames."""
    path = write_clip(tmp_path / "clip.mp4", moving_frames(40))
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    times = [packet.pts * packet.time_base for packet in packets if packet.pts is not None and packet.time_base]
    assert times == [Fraction(n, FPS) for n in range(40)]
    assert all(packet.pts == packet.dts for packet in packets)
    assert [n for n, packet in enumerate(packets) if packet.is_keyframe] == [0, 16, 32]


def test_frames_come_back_as_they_were_given(tmp_path: Path) -> None:
    """Decoded frames differ from the given ones by what the codec costs, and by no shift of colour."""
    frames = moving_frames(20)
    decoded = list(frames_of(write_clip(tmp_path / "clip.mp4", frames)))
    assert len(decoded) == 20
    difference = np.stack(decoded).astype(int) - np.stack(frames)
    assert np.abs(difference).mean() < 3.0
    assert np.abs(difference.mean(axis=(0, 1, 2))).max() < 0.6


@pytest.mark.parametrize("grey", [0, 16, 128, 235, 255])
def test_a_grey_comes_back_as_the_very_same_grey(tmp_path: Path, grey: int) -> None:
    """Writing and reading undo one another in range and matrix: black stays black, white stays white."""
    frame = np.full((64, 64, 3), grey, dtype=np.uint8)
    (decoded,) = frames_of(write_clip(tmp_path / "clip.mp4", [frame]))
    assert np.abs(decoded.astype(int) - grey).max() <= 1


def test_a_file_that_breaks_off_is_refused_with_the_count(tmp_path: Path) -> None:
    """Half a file opens, since its index lies in front; it is refused all the same, by probe and decode."""
    path = write_clip(tmp_path / "clip.mp4", moving_frames(40))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Unreadable, match="of 40 frames"):
        probe(path)
    with pytest.raises(Unreadable):
        list(frames_of(path))


def test_damage_inside_a_file_is_not_concealed(tmp_path: Path) -> None:
    """A decoder would paint over damaged blocks; here it is an error."""
    path = write_clip(tmp_path / "clip.mp4", moving_frames(40))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 300] = bytes(byte ^ 0x5A for byte in content[middle : middle + 300])
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        list(frames_of(path))


def test_what_is_no_clip_is_refused_with_its_name_and_a_way_out(tmp_path: Path) -> None:
    """The message says which file, why, and what to do."""
    path = tmp_path / "take.mp4"
    path.write_bytes(b"this is no clip" * 50)
    with pytest.raises(Unreadable, match=r"take\.mp4 can't be read as a clip: .+; make the clip again"):
        probe(path)
    with pytest.raises(Unreadable, match="no such file"):
        list(frames_of(tmp_path / "absent.mp4"))


def test_a_clip_left_by_an_exception_leaves_no_file(tmp_path: Path) -> None:
    """Half a clip never looks like a whole one."""
    path = tmp_path / "clip.mp4"

    def break_off() -> None:
        with ClipWriter(path, WIDTH, HEIGHT, FPS) as clip:
            clip.write(moving_frames(1)[0])
            raise RuntimeError("the lamp went out")

    with pytest.raises(RuntimeError, match="the lamp went out"):
        break_off()
    assert not path.exists()


def test_an_odd_side_a_wrong_frame_and_an_empty_clip_are_refused(tmp_path: Path) -> None:
    """What H.264 can't hold is refused before a byte is written, and a clip has a frame at least."""
    path = tmp_path / "clip.mp4"
    with pytest.raises(ValueError, match="sides are even"):
        ClipWriter(path, 833, 480, FPS)
    with pytest.raises(ValueError, match="uint8"), ClipWriter(path, WIDTH, HEIGHT, FPS) as clip:
        clip.write(np.zeros((WIDTH, HEIGHT, 3), dtype=np.uint8))
    with pytest.raises(ValueError, match="no frame"), ClipWriter(path, WIDTH, HEIGHT, FPS):
        pass
    assert not path.exists()
