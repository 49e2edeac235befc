"""What every renderer does: it makes a clip, its hand-over and its poster from an order, or says why it can't."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from bus.ids import Digest
from bus.plan import Made, Order
from bus.ports import Progress
from services._kit.failures import FailureKind

__all__ = ["FailureKind", "RenderFailed", "Renderer", "Rendering"]


class RenderFailed(Exception):
    """A render failed: of which kind, why, and what would help, as a person reads it.

    `smaller` is an order that would probably fit, after the renderer ran out of memory.
    """

    def __init__(self, kind: FailureKind, why: str, help: str = "", smaller: Order | None = None) -> None:
        super().__init__(f"{why} {help}".strip())
        self.kind = kind
        self.why = why
        self.help = help
        self.smaller = smaller


class Rendering(Struct, frozen=True, kw_only=True):
    """A finished render; its files lie in the folder that was given."""

    video: Path
    """H.264 in the encoding of this house, or whatever the render server wrote."""
    hand_over: Path
    """The last frame as PNG, without loss and without a caption: what the next segment continues from."""
    poster: Path
    """A telling frame as JPEG."""
    frame_count: int
    width: int
    height: int
    made: Made
    share: float = 1.0
    """The work as a share of what the same picture takes in the film: a sample is rendered in fewer steps."""


class Renderer(Protocol):
    """Makes clips from orders."""

    name: str
    """What an order names it by: `animatic`, or the name of a workflow."""
    version: str

    async def choose(self, order: Order) -> str:
        """Return the server that the order is to be posted to: the URL of one that is free and can, or this machine.

        Raises:
            RenderFailed: there is none.
        """
        ...

    async def render(
        self,
        order: Order,
        key: str,
        folder: Path,
        inputs: Mapping[Digest, Path],
        progress: Progress,
        *,
        server: str,
        was_posted: bool,
        is_afresh: bool = False,
    ) -> Rendering:
        """Return the clip of the order.

        Args:
            key: the order's own id, the same however often it is tried: a UUID.
            folder: where the files go; it is this render's own.
            inputs: the pictures that the order names by digest.
            progress: told of each step, with a preview now and then.
            server: what was chosen, and the only one that is asked.
            was_posted: whether somebody may have posted it under this posting before: then it is only looked for.
            is_afresh: whether an earlier ending of it, and what the server keeps of that one, count as nothing.

        Raises:
            RenderFailed: there is no clip. Of the kind `lost`: the server does not know it any more; it may be posted
                again.
            asyncio.CancelledError: the work is no longer wanted, and nothing of it goes on when this is raised; only
                where it was cancelled with `bus.work.LEAVING` is it left to go on, for whoever comes back for it.
        """
        ...

    async def stop(self, key: str, server: str) -> str:
        """Stop an order's render on a server, whoever posted it, and nothing else there; wait until it has ended.

        Returns:
            Why it is not known whether it has ended; empty where it has.
        """
        ...
