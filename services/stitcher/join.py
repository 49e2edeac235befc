"""Joins clips into one film after the edit list, and opens and counts the result."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from fractions import Fraction
from math import floor
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.codec.context
import av.error
import cv2
import numpy as np
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from msgspec import Struct

from bus.errors import KindlingError
from bus.ids import Digest
from bus.ports import Progress
from services._kit.media import ClipFacts, ClipWriter, Frame, Unreadable, encoder_name, frames_of, probe
from services._kit.pictures import fit
from services.stitcher.cut import (
    Coding,
    Copied,
    EditList,
    Encoded,
    Part,
    Shown,
    copy_or_encode,
    film_frames,
)
from services.stitcher.label import Label, append_label, tags

Stop = Callable[[], bool]
"""Asked between frames: true means leave off."""


class FilmWrong(KindlingError):
    """The film, or a clip for it, is not what the edit list says: what, what was wanted, what was found."""

    def __init__(self, what: str, wanted: str, found: str) -> None:
        super().__init__(
            f"{what}: wanted {wanted}, found {found}.",
            help="Nothing was published. Have the segment rendered again, or join again.",
        )
        self.wanted, self.found = wanted, found


class JoinStopped(Exception):
    """Joining was asked to leave off; the target is not there."""


class JoinFacts(Struct, frozen=True, kw_only=True):
    """How the film came to be, for its manifest."""

    frame_count: int
    width: int
    height: int
    fps: int
    duration_s: float
    size_bytes: int
    copied: tuple[int, ...]
    """Segments whose packets were copied."""
    encoded: tuple[str, ...]
    """For each segment that was encoded again, why."""
    encoder: str


def join(
    edit: EditList,
    paths: Mapping[Digest, Path],
    target: Path,
    progress: Progress,
    stop: Stop,
    *,
    label: Label | None = None,
) -> JoinFacts:
    """Write the film and return how: what can be copied is copied, the rest is encoded once.

    The same clips, edit list and label give the same bytes. Blocks: about 15 ms for each
    frame of 832×480 that is encoded, and 3 ms for each frame of the film, all of which are decoded to check it.

    Args:
        paths: by digest, where each clip lies.
        target: where the film is to be; a folder that may hold temporary files beside it.
        label: what the file says of itself.

    Raises:
        FilmWrong: a clip has fewer frames than the edit list shows of it, or the film came out otherwise.
        Unreadable: a clip is damaged.
        JoinStopped: `stop` said so.
    """
    facts = {one.digest: probe(paths[one.digest]) for one in edit.shown}
    for one in edit.shown:
        there = floor(facts[one.digest].frame_count / one.rate)
        if there < one.out_frame:
            raise _too_short(one, there)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="join-") as folder:
        canonical = _coding(_canonical_facts(edit, Path(folder)))
        codings = {digest: _coding(one) for digest, one in facts.items()}
        counts = {digest: one.frame_count for digest, one in facts.items()}
        parts = copy_or_encode(edit, codings, counts, canonical)
        done = 0
        try:
            delay = max((_reordering(paths[digest]) for digest, one in facts.items() if one.has_b_frames), default=0)
            with _PacketWriter(target, edit.fps, delay, tags(label) if label else {}) as film:
                for number, part in enumerate(parts):
                    path = _clip_of(part, edit, paths, Path(folder) / f"{number}.mp4", progress, done, stop)
                    film.copy(path, part.frame_count)
                    done += part.frame_count
                    progress(done, edit.frame_count)
            if label is not None:
                append_label(target, label)
            check_film(target, edit)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return JoinFacts(
        frame_count=edit.frame_count,
        width=edit.crop.width,
        height=edit.crop.height,
        fps=edit.fps,
        duration_s=float(edit.duration_s),
        size_bytes=target.stat().st_size,
        copied=tuple(edit.shown[part.clip_index].segment for part in parts if isinstance(part, Copied)),
        encoded=tuple(why for part in parts if isinstance(part, Encoded) for why in part.why),
        encoder=encoder_name(),
    )


def check_film(path: Path, edit: EditList) -> None:
    """Open the film, decode every frame of it, and return if all is as the edit list says.

    Raises:
        FilmWrong: the number of frames, a frame's time or size, or the length is another one.
        Unreadable: the file can't be decoded to its end.
    """
    wanted_size = f"{edit.crop.width}×{edit.crop.height}"
    count = 0
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = av.codec.context.ThreadType.AUTO
            stream.codec_context.options = {"err_detect": "explode"}
            for frame in container.decode(stream):
                if frame.pts is None or frame.time_base is None:
                    raise FilmWrong(f"Frame {count} of the film", "a time", "none")
                if (at := frame.pts * frame.time_base) != Fraction(count, edit.fps):
                    raise FilmWrong(
                        f"The time of frame {count} of the film", f"{Fraction(count, edit.fps)} s", f"{at} s"
                    )
                if (size := f"{frame.width}×{frame.height}") != wanted_size:
                    raise FilmWrong(f"The size of frame {count} of the film", wanted_size, size)
                count += 1
            if count != edit.frame_count:
                raise FilmWrong("The film's frames", str(edit.frame_count), str(count))
            duration = (stream.duration or 0) * (stream.time_base or Fraction(0))
            if duration != edit.duration_s:
                raise FilmWrong("The film's length", f"{edit.duration_s} s", f"{duration} s")
    except (av.error.FFmpegError, IndexError) as error:
        raise Unreadable(path, f"decoding broke off at frame {count}: {error}") from error


# -- packets -------------------------------------------------------------------------------------------------


class _PacketWriter:
    """Writes packets of several clips into one file, restamped so that frame n is shown at exactly n/fps.

    Args:
        delay: how many frames earlier than shown the film is decoded; one value for all clips keeps the order.
        said: the file's tags, by name.
    """

    def __init__(self, target: Path, fps: int, delay: int, said: Mapping[str, str]) -> None:
        self._fps = fps
        self._delay = delay
        self._count = 0
        self._container: OutputContainer = av.open(
            str(target), "w", format="mp4", options={"fflags": "+bitexact", "movflags": "+faststart"}
        )
        self._container.metadata.update(said)
        self._stream: VideoStream | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def copy(self, path: Path, frame_count: int) -> None:
        """Append the clip's first packets, as many as there are frames to show."""
        with av.open(str(path)) as container:
            source = container.streams.video[0]
            if self._stream is None:
                self._stream = self._container.add_stream_from_template(source)
                self._stream.time_base = Fraction(1, self._fps)
            packets = _packets(container, frame_count)
            shown_order = sorted(packet.pts or 0 for packet in packets)
            positions = {pts: position for position, pts in enumerate(shown_order)}
            for index, packet in enumerate(packets):
                position = positions[packet.pts or 0]
                packet.time_base = Fraction(1, self._fps)
                packet.pts, packet.dts = self._count + position, self._count + index - self._delay
                packet.duration = 1
                packet.stream = self._stream
                self._container.mux(packet)
            self._count += len(packets)


def _packets(container: InputContainer, count: int) -> list[Packet[VideoStream]]:
    """Return the first packets of the picture, in the order they are decoded."""
    packets: list[Packet[VideoStream]] = []
    for packet in container.demux(container.streams.video[0]):
        if packet.pts is not None and packet.size:
            packets.append(packet)
        if len(packets) == count:
            break
    return packets


def _reordering(path: Path) -> int:
    """Return how many frames earlier than shown a clip with B-frames has to be decoded."""
    with av.open(str(path)) as container:
        times = [packet.pts or 0 for packet in _packets(container, -1)]
    positions = {time: position for position, time in enumerate(sorted(times))}
    return max(index - positions[time] for index, time in enumerate(times))


def _clip_of(
    part: Part,
    edit: EditList,
    paths: Mapping[Digest, Path],
    temporary: Path,
    progress: Progress,
    done: int,
    stop: Stop,
) -> Path:
    """Return the clip whose packets make this part of the film."""
    if stop():
        raise JoinStopped
    match part:
        case Copied():
            return paths[edit.shown[part.clip_index].digest]
        case Encoded():
            with (
                ClipWriter(temporary, edit.crop.width, edit.crop.height, edit.fps) as clip,
                closing(_pictures(edit, paths, part)) as pictures,
            ):
                for count, picture in enumerate(pictures, start=1):
                    if stop():
                        raise JoinStopped
                    clip.write(picture)
                    progress(done + count, edit.frame_count)
            return temporary


# -- pixels --------------------------------------------------------------------------------------------------


def _pictures(edit: EditList, paths: Mapping[Digest, Path], part: Encoded) -> Generator[Frame, None, None]:
    """Yield the film's frames of this part: decoded, fitted, laid over one another, cropped."""
    opened: dict[int, _Reader] = {}
    try:
        for layers in film_frames(edit, part.first, part.end):
            wanted = {layer.clip_index for layer in layers}
            for finished in opened.keys() - wanted:
                opened.pop(finished).close()
            picture: Frame | None = None
            for layer in layers:
                if layer.clip_index not in opened:
                    one = edit.shown[layer.clip_index]
                    opened[layer.clip_index] = _Reader(one, paths[one.digest])
                upper = fitted(opened[layer.clip_index].frame(layer.frame_index), edit)
                picture = upper if picture is None else laid_over(picture, upper, layer.opacity)
            assert picture is not None, "every film frame has a layer"
            yield picture
    finally:
        for reader in opened.values():
            reader.close()


class _Reader:
    """Gives a clip's frames in rising order from one decode, counted at the film's rate."""

    def __init__(self, shown: Shown, path: Path) -> None:
        self._shown = shown
        self._frames = frames_of(path)
        self._last: tuple[int, Frame] | None = None
        self._next = 0

    def frame(self, index: int) -> Frame:
        """Return the frame of this index, which is no lower than the one before."""
        rate = self._shown.rate
        wanted = index if rate == 1 else floor((index + Fraction(1, 2)) * rate)
        if self._last is not None and self._last[0] == wanted:
            return self._last[1]
        for frame in self._frames:
            self._next += 1
            if self._next > wanted:
                self._last = (wanted, frame)
                return frame
        raise _too_short(self._shown, self._next)

    def close(self) -> None:
        """Close the file."""
        if hasattr(self._frames, "close"):
            self._frames.close()


def fitted(frame: Frame, edit: EditList) -> Frame:
    """Return the shown rectangle of the frame; one of another size first fills the wanted one, cut evenly."""
    whole = fit(frame, edit.size.width, edit.size.height)
    crop = edit.crop
    return np.ascontiguousarray(whole[crop.y : crop.y + crop.height, crop.x : crop.x + crop.width])


def laid_over(lower: Frame, upper: Frame, opacity: float) -> Frame:
    """Return the upper frame laid over the lower one: a mean weighted by the opacity, in stored values."""
    return cv2.addWeighted(upper, opacity, lower, 1.0 - opacity, 0.0).astype(np.uint8)


# -- facts ---------------------------------------------------------------------------------------------------


def _canonical_facts(edit: EditList, folder: Path) -> ClipFacts:
    """Return the facts of what the encoder writes for this film, from a clip of one frame."""
    path = folder / "canonical.mp4"
    with ClipWriter(path, edit.crop.width, edit.crop.height, edit.fps) as clip:
        clip.write(np.zeros((edit.crop.height, edit.crop.width, 3), np.uint8))
    return probe(path)


def _coding(facts: ClipFacts) -> Coding:
    return Coding(
        codec=facts.codec,
        profile=facts.profile,
        pix_fmt=facts.pix_fmt,
        width=facts.width,
        height=facts.height,
        sample_aspect=facts.sample_aspect,
        fps=facts.fps,
        time_base=facts.time_base,
        extradata_digest=facts.extradata_digest,
        colour_range=facts.colour_range,
        has_b_frames=facts.has_b_frames,
    )


def _too_short(shown: Shown, frame_count: int) -> FilmWrong:
    return FilmWrong(f"The clip of {shown}", f"{shown.out_frame} frames", f"{frame_count}")
