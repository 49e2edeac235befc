"""Pictures that a clip lacks before it can be a take: a poster, and its last frame, made of the clip itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec import structs

from bus.plan import Artifact
from bus.ports import Artifacts
from services.gateway.door import Door
from services.gateway.stills import damaged
from services.gateway.stitching import Piece


async def with_pictures(door: Door, piece: Piece) -> Piece:
    """Return the clip with poster and hand-over; those that it lacks are taken from it and kept.

    Raises:
        MissingArtifact: the store has not the clip.
        Denied: the clip is damaged.
    """
    await asyncio.to_thread(door.artifacts.path, piece.clip.digest)
    if piece.poster is not None and piece.hand_over is not None:
        return piece
    async with door.opening_pictures:
        return await asyncio.to_thread(_with_pictures, door.artifacts, piece)


def _with_pictures(artifacts: Artifacts, piece: Piece) -> Piece:
    # Here and not above: these libraries are half of the start and of the memory.
    from services._kit.media import Unreadable, probe
    from services._kit.pictures import write_jpeg, write_png
    from services._kit.stills import stills

    path = artifacts.path(piece.clip.digest)
    try:
        count = probe(path).frame_count
        middle, last = stills(path, [count // 2, count - 1])
    except Unreadable as error:
        raise damaged(piece.clip.digest, error.why) from error
    height, width = last.shape[:2]

    def keep(file: Path, media_type: str) -> Artifact:
        size_bytes = file.stat().st_size
        digest = artifacts.keep(file)
        return Artifact(digest=digest, media_type=media_type, size_bytes=size_bytes, width=width, height=height)

    with artifacts.workspace() as folder:
        write_jpeg(middle, folder / "poster.jpg")
        write_png(last, folder / "last.png")
        return structs.replace(
            piece,
            clip=structs.replace(piece.clip, width=width, height=height, frame_count=count),
            poster=piece.poster or keep(folder / "poster.jpg", "image/jpeg"),
            hand_over=piece.hand_over or keep(folder / "last.png", "image/png"),
        )
