"""Pictures made of what is stored: thumbnails, frames and contact sheets, each made once while it is wanted."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from bus.ids import Digest, digest_of
from bus.ports import Artifacts
from services.gateway.denied import Bar, Denied

CACHE_BYTES_MAX = 48_000_000
QUALITY = 85
THUMBNAIL_WIDTH = 320
SHEET_COLUMNS = 6
SHEET_TILE_WIDTH = 240


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG and its digest."""

    content: bytes
    digest: Digest


@dataclass(slots=True)
class Stills:
    """Makes pictures, one at a time, and keeps the last ones in memory. All of them can be made again."""

    artifacts: Artifacts
    _kept: OrderedDict[str, Picture] = field(default_factory=OrderedDict)
    _being_made: dict[str, asyncio.Task[Picture]] = field(default_factory=dict)
    _size_bytes: int = 0
    # One at a time: decoding takes a core, and a page asks for forty of them at once.
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def thumbnail(self, digest: Digest, width: int) -> Picture:
        """Return a stored picture at this width."""
        return await self._picture(f"{digest} thumbnail {width}", lambda: _thumbnail(self.artifacts, digest, width))

    async def frame(self, digest: Digest, index: int, width: int | None) -> Picture:
        """Return a frame of a stored clip.

        Raises:
            IndexError: the clip has no such frame.
        """
        return await self._picture(
            f"{digest} frame {index} {width}", lambda: _frame(self.artifacts, digest, index, width)
        )

    async def sheet(self, digest: Digest, tiles: tuple[tuple[int, str], ...]) -> Picture:
        """Return frames of a stored clip side by side, each with a label."""
        return await self._picture(f"{digest} sheet {tiles}", lambda: _sheet(self.artifacts, digest, tiles))

    async def _picture(self, key: str, make: Callable[[], bytes]) -> Picture:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        making = self._being_made.get(key)
        if making is None:
            making = self._being_made[key] = asyncio.create_task(self._make(key, make))
            making.add_done_callback(lambda made: self._made(key, made))
        # Whoever leaves takes nothing from the others who wait for the same picture.
        return await asyncio.shield(making)

    def _made(self, key: str, made: asyncio.Task[Picture]) -> None:
        self._being_made.pop(key, None)
        if not made.cancelled():
            # Asked for here, too: where everybody has left nobody else would, and asyncio would complain.
            made.exception()

    async def _make(self, key: str, make: Callable[[], bytes]) -> Picture:
        async with self._turn:
            content = await asyncio.to_thread(make)
        picture = Picture(content, digest_of(content))
        self._kept[key] = picture
        self._size_bytes += len(content)
        while self._size_bytes > CACHE_BYTES_MAX and len(self._kept) > 1:
            self._size_bytes -= len(self._kept.popitem(last=False)[1].content)
        return picture


def _thumbnail(artifacts: Artifacts, digest: Digest, width: int) -> bytes:
    # The libraries for pictures are half of the start and of the memory: they are loaded when the first is wanted.
    from services._kit.pictures import jpeg_of, read_picture
    from services._kit.stills import narrowed

    frame = read_picture(artifacts.path(digest))
    if frame is None:
        raise damaged(digest, "its picture can't be decoded")
    return jpeg_of(narrowed(frame, width), QUALITY)


def _frame(artifacts: Artifacts, digest: Digest, index: int, width: int | None) -> bytes:
    from services._kit.media import Unreadable
    from services._kit.pictures import jpeg_of
    from services._kit.stills import narrowed, stills

    try:
        (frame,) = stills(artifacts.path(digest), [index])
    except Unreadable as error:
        raise damaged(digest, error.why) from error
    return jpeg_of(frame if width is None else narrowed(frame, width), QUALITY)


def _sheet(artifacts: Artifacts, digest: Digest, tiles: tuple[tuple[int, str], ...]) -> bytes:
    from services._kit.media import Unreadable
    from services._kit.pictures import jpeg_of
    from services._kit.stills import Tile, sheet

    wanted = [Tile(index=index, label=label) for index, label in tiles]
    try:
        whole = sheet(artifacts.path(digest), wanted, SHEET_COLUMNS, SHEET_TILE_WIDTH)
    except (Unreadable, IndexError) as error:
        raise damaged(digest, str(error)) from error
    return jpeg_of(whole, QUALITY)


def damaged(digest: Digest, why: str) -> Denied:
    """Return that a stored file can't be read."""
    return Denied(
        Bar.DAMAGED,
        f"The stored file {digest[:12]}… can't be read.",
        why=f"{why[0].upper()}{why[1:]}.".replace("..", "."),
        help="`kindling verify` says what is damaged; have it made again.",
    )
