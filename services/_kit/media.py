"""Clips: written in the one encoding of this house, decoded in one pass, described before they are joined."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import av.codec.context
import av.error
import av.video.reformatter
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from msgspec import Struct
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""BGR, shape (height, width, 3), C-contiguous."""

CRF = 16
KEY_FRAME_INTERVAL = 16
ENCODER: Final = "libx264"
ENCODER_OPTIONS = {
    "crf": str(CRF),
    "preset": "veryfast",
    # cpu-independent: without it the bytes differ from run to run inside one long-lived process, and between
    # CPU models. No B-frames: frames are stored in the order they are shown, so any prefix of a clip can be
    # copied without encoding it again. scenecut=0 puts key frames at fixed places only.
    "x264-params": f"cpu-independent=1:bframes=0:keyint={KEY_FRAME_INTERVAL}:scenecut=0",
}
# swscale and not cv2: cv2 knows the BT.601 matrix only, while players take video for BT.709. Bit-exact and
# accurate rounding, so that no instruction set changes a level.
_TO_YUV = (
    av.video.reformatter.Interpolation.BICUBIC
    | av.video.reformatter.Interpolation.ACCURATE_RND
    | av.video.reformatter.Interpolation.BITEXACT
)
# On the way back accurate rounding alone takes two levels of green away (255 becomes 253, PyAV 18.1); with
# full chroma interpolation a grey comes back as the very same grey.
_TO_BGR = (
    av.video.reformatter.Interpolation.BILINEAR
    | av.video.reformatter.Interpolation.FULL_CHR_H_INT
    | av.video.reformatter.Interpolation.ACCURATE_RND
    | av.video.reformatter.Interpolation.BITEXACT
)
_BT709 = av.video.reformatter.Colorspace.ITU709
_LIMITED = av.video.reformatter.ColorRange.MPEG
_FULL = av.video.reformatter.ColorRange.JPEG
_RANGE_NAMES = {int(_LIMITED): "limited", int(_FULL): "full"}


class Unreadable(Exception):
    """A file can't be read as a clip: which one, why, and what to do."""

    def __init__(self, path: Path, why: str, what_to_do: str = "make the clip again") -> None:
        super().__init__(f"{path.name} can't be read as a clip: {why}; {what_to_do}")
        self.path = path
        self.why = why
        self.what_to_do = what_to_do


class ClipFacts(Struct, frozen=True, kw_only=True):
    """What decides whether two clips can be joined by copying, and how long a clip is.

    Clips can be joined by copying where all fields but `frame_count` and `duration_s` are equal.
    """

    codec: str
    profile: str
    pix_fmt: str
    width: int
    height: int
    sample_aspect: Fraction
    fps: Fraction
    time_base: Fraction
    extradata_digest: str
    """SHA-256 of the codec's headers (SPS and PPS for H.264), in hexadecimal."""
    colour_range: str
    """`limited`, `full` or `unknown`."""
    has_b_frames: bool
    frame_count: int
    """Frames in the file: packets counted, not what a header claims."""
    duration_s: Fraction
    """From the first frame shown to the end of the last one."""


class ClipWriter:
    """Writes frames as an H.264 clip: the same frames give the same bytes, in any process and on any CPU.

    The bytes belong to the encoder's version, which the file names; another version may give others. A clip
    that was left by an exception is removed.

        with ClipWriter(path, 832, 480, 16) as clip:
            clip.write(frame)

    Raises:
        ValueError: a side is odd or a frame has another shape or type; on leaving, that no frame was written.
    """

    def __init__(self, path: Path, width: int, height: int, fps: int | Fraction) -> None:
        if width < 16 or height < 16 or width % 2 or height % 2:
            raise ValueError(f"{width}×{height} is no size for a clip: sides are even and 16 pixels at least")
        self.path = path
        self.frame_count = 0
        self._shape = (height, width, 3)
        self._time_base = 1 / Fraction(fps)
        self._container = av.open(
            str(path), "w", format="mp4", options={"fflags": "+bitexact", "movflags": "+faststart"}
        )
        stream = self._container.add_stream(ENCODER, rate=Fraction(fps), options=dict(ENCODER_OPTIONS))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = self._time_base
        codec = stream.codec_context
        codec.time_base = self._time_base
        codec.sample_aspect_ratio = Fraction(1)
        # One thread: x264 writes the number of its threads into the file, and slices would change pixels.
        codec.thread_count, codec.thread_type = 1, av.codec.context.ThreadType.FRAME
        codec.color_range, codec.colorspace = int(_LIMITED), int(_BT709)
        codec.color_primaries = int(av.video.reformatter.ColorPrimaries.BT709)
        codec.color_trc = int(av.video.reformatter.ColorTrc.BT709)
        self._stream: VideoStream = stream

    def __enter__(self) -> Self:
        return self

    def write(self, frame: Frame) -> None:
        """Append the frame; it is shown at exactly n/fps."""
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(f"a frame of {self.path.name} is {frame.shape} {frame.dtype}, not {self._shape} uint8")
        source = VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="bgr24")
        picture = source.reformat(
            format="yuv420p",
            src_colorspace=_BT709,
            dst_colorspace=_BT709,
            src_color_range=_FULL,
            dst_color_range=_LIMITED,
            interpolation=_TO_YUV,
            threads=1,
        )
        picture.pts = self.frame_count
        picture.time_base = self._time_base
        self.frame_count += 1
        for packet in self._stream.encode(picture):
            self._container.mux(packet)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self.frame_count == 0:
                raise ValueError(f"no frame was written to {self.path.name}")
            if kind is None:
                for packet in self._stream.encode(None):
                    self._container.mux(packet)
            self._container.close()
        except BaseException:
            self.path.unlink(missing_ok=True)
            raise
        if kind is not None:
            self.path.unlink(missing_ok=True)


def frames_of(path: Path) -> Iterator[Frame]:
    """Yield each frame of the clip in order, from one sequential decode.

    A file without a colour matrix is read as BT.709, the one this house writes.

    Raises:
        Unreadable: the file is no clip, or breaks off or is damaged on the way.
    """
    with _opened(path) as container:
        stream = _video_stream(path, container)
        stream.thread_type = av.codec.context.ThreadType.AUTO
        stream.codec_context.options = {"err_detect": "explode"}
        count = 0
        try:
            for frame in container.decode(stream):
                count += 1
                yield as_bgr(frame)
        except av.error.FFmpegError as error:
            raise Unreadable(path, f"decoding broke off: {_reason(error)}") from error
        _refuse_less_than_promised(path, stream, count)


def probe(path: Path) -> ClipFacts:
    """Return what the file holds, from its headers and its packets; nothing is decoded.

    Raises:
        Unreadable: the file is no clip, or holds no video or no frame.
    """
    with _opened(path) as container:
        stream = _video_stream(path, container)
        codec = stream.codec_context
        starts: list[int] = []
        last = 0
        try:
            for packet in container.demux(stream):
                if packet.size and packet.pts is not None:
                    starts.append(packet.pts)
                    last = max(last, packet.pts + (packet.duration or 0))
        except av.error.FFmpegError as error:
            raise Unreadable(path, f"its packets can't be read: {_reason(error)}") from error
        if not starts or stream.time_base is None:
            raise Unreadable(path, "it holds no frame")
        _refuse_less_than_promised(path, stream, len(starts))
        return ClipFacts(
            codec=codec.name,
            profile=str(codec.profile),
            pix_fmt=str(codec.pix_fmt),
            width=codec.width,
            height=codec.height,
            sample_aspect=stream.sample_aspect_ratio or Fraction(1),
            fps=Fraction(stream.average_rate or stream.base_rate or 0),
            time_base=stream.time_base,
            extradata_digest=hashlib.sha256(codec.extradata or b"").hexdigest(),
            colour_range=_RANGE_NAMES.get(codec.color_range, "unknown"),
            has_b_frames=bool(codec.has_b_frames),
            frame_count=len(starts),
            duration_s=(last - min(starts)) * stream.time_base,
        )


def encoder_name() -> str:
    """Return the encoder and the libraries around it, for a manifest: other versions may give other bytes."""
    libraries = ("libavcodec", "libavformat", "libswscale")
    versions = (f"{name} {'.'.join(map(str, av.library_versions[name]))}" for name in libraries)
    return f"{ENCODER} through PyAV {av.__version__} ({', '.join(versions)})"


def _opened(path: Path) -> InputContainer:
    try:
        return av.open(str(path), "r")
    except FileNotFoundError as error:
        raise Unreadable(path, "there is no such file", "make the clip again, or bring its file back") from error
    except (av.error.FFmpegError, OSError) as error:
        raise Unreadable(path, _reason(error)) from error


def _video_stream(path: Path, container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise Unreadable(path, "it holds no video")
    return container.streams.video[0]


def _refuse_less_than_promised(path: Path, stream: VideoStream, count: int) -> None:
    """A file cut short still opens, because its index lies in front: compare what came with what it names."""
    if count < stream.frames:
        raise Unreadable(path, f"it breaks off after {count} of {stream.frames} frames")


def as_bgr(frame: VideoFrame) -> Frame:
    """Return the decoded frame as BGR, by the matrix and the range that the file names."""
    unspecified = frame.colorspace == 2
    converted = frame.reformat(
        format="bgr24",
        src_colorspace=_BT709 if unspecified else None,
        dst_colorspace=_BT709,
        dst_color_range=_FULL,
        interpolation=_TO_BGR,
        threads=1,
    )
    return np.ascontiguousarray(converted.to_ndarray(), dtype=np.uint8)


def _reason(error: av.error.FFmpegError | OSError) -> str:
    return error.strerror or str(error)
