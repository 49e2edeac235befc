"""What a person may choose from: renderers with what they can do, LoRAs, and whether a render server answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from bus.errors import Reason, Refused
from bus.plan import FPS, FRAMES_PER_SEGMENT_MAX, LoraWish

if TYPE_CHECKING:
    import httpx

    from services._kit.comfyui.menu import Menu
    from services._kit.comfyui.survey import Surveyed
    from services._kit.loras import Loras
    from services._kit.workflows import Workflows

ANIMATIC = "animatic"
FRESH_S = 30.0
"""How long what was found is told again before the servers are asked anew: that takes some dozen questions."""

ANIMATIC_SIZES = ((832, 480), (480, 832), (624, 624), (1280, 720), (720, 1280))
"""It draws in any size; these are the ones that the models render, too."""


class SizeView(Struct, frozen=True, kw_only=True):
    """A size that can be chosen."""

    width: int
    height: int
    name: str
    """As `832×480`."""


class LoraView(Struct, frozen=True, kw_only=True):
    """A LoRA of the catalogue."""

    name: str
    use: str
    """`style`, `character`, `motion`, `camera` or `quality`."""
    purpose: str
    modes: tuple[str, ...]
    strength: float
    """How strongly it is applied as a rule."""
    triggers: tuple[str, ...]
    is_there: bool | None
    """Whether a server has its file; null where none could be asked."""


class ServerView(Struct, frozen=True, kw_only=True):
    """A render server, as it answered last."""

    url: str
    is_healthy: bool
    says: str
    version: str | None = None
    gpu: str | None = None
    memory_bytes: int | None = None
    memory_free_bytes: int | None = None


class FramesRule(Struct, frozen=True, kw_only=True):
    """Which lengths can be rendered: `step`·n + 1 frames."""

    step: int
    least: int
    most: int


class RendererView(Struct, frozen=True, kw_only=True):
    """Something that renders clips, and what it can be asked for."""

    name: str
    """What `options.renderer`, or a clip's `renderer`, is set to."""
    title: str
    about: str
    kind: str
    """`animatic` or `comfyui`."""
    is_ready: bool
    """Whether an order would be rendered now, as far as can be told."""
    says: str
    help: str
    modes: tuple[str, ...]
    fps: int
    frames: FramesRule
    sizes: tuple[SizeView, ...]
    models: tuple[str, ...]
    """The model files that it loads; of several names for one file the first."""
    loras: tuple[LoraView, ...]
    is_own: bool
    """Whether the person added it."""


class Choices(Struct, frozen=True, kw_only=True):
    """All that a person may choose from."""

    default: str
    """What renders where nothing is chosen."""
    renderers: tuple[RendererView, ...]
    servers: tuple[ServerView, ...]
    broken: tuple[str, ...]
    """Workflows whose files can't be used, and why."""


@dataclass(slots=True)
class Catalogue:
    """Looks up what there is: files of workflows and LoRAs in the home, and the render servers."""

    home: Path | None = None
    default: str = ANIMATIC
    urls: tuple[str, ...] = ()
    transport: httpx.AsyncBaseTransport | None = None
    """How servers are reached; over the network if left out."""
    _known: Choices | None = None
    _known_at_s: float = 0.0
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def choices(self) -> Choices:
        """Return what there is, found at most a few seconds ago."""
        async with self._looking:
            if self._known is None or time.monotonic() - self._known_at_s > FRESH_S:
                self._known = await self._look()
                self._known_at_s = time.monotonic()
            return self._known

    def purposes(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the content policy reads for these LoRAs; reads files."""
        from services._kit.loras import load_loras

        return load_loras(self.home).purposes(names) if names else ()

    def purposes_of(self, wishes: Sequence[LoraWish]) -> tuple[str, ...]:
        """Return what the content policy reads for the LoRAs that a person asks for; reads files.

        Raises:
            Refused: one of them is not in the catalogue.
        """
        from services._kit.graphs import WorkflowWrong
        from services._kit.loras import load_loras

        if not wishes:
            return ()
        try:
            loras = load_loras(self.home)
            return loras.purposes(tuple(loras.get(one.name).name for one in wishes))
        except WorkflowWrong as error:
            raise Refused(Reason.INVALID, error.what, why=error.why, help=error.help) from error

    async def _look(self) -> Choices:
        # Loaded when somebody chooses: few calls need them, and they take time at the start.
        from services._kit.comfyui.survey import survey
        from services._kit.loras import load_loras
        from services._kit.workflow_files import load_workflows

        workflows = await asyncio.to_thread(load_workflows, self.home)
        loras = await asyncio.to_thread(load_loras, self.home)
        surveyed = await survey(self.urls, workflows, self.transport)
        return Choices(
            default=self.default,
            renderers=(_animatic(), *(_renderer(workflows, loras, name, surveyed) for name in workflows.names())),
            servers=tuple(map(_server, surveyed)),
            broken=tuple(f"{name}: {error}" for name, error in workflows.broken.items()),
        )


def _animatic() -> RendererView:
    return RendererView(
        name=ANIMATIC,
        title="Animatic",
        about="What a crew draws before it shoots: framing, movement, light and timing. Needs no GPU.",
        kind=ANIMATIC,
        is_ready=True,
        says="It draws on this machine.",
        help="",
        modes=("t2v", "i2v", "flf2v"),
        fps=FPS,
        frames=FramesRule(step=4, least=5, most=FRAMES_PER_SEGMENT_MAX),
        sizes=_sizes(ANIMATIC_SIZES),
        models=(),
        loras=(),
        is_own=False,
    )


def _renderer(workflows: Workflows, loras: Loras, name: str, surveyed: Sequence[Surveyed]) -> RendererView:
    from services._kit.comfyui.menu import menu_of

    can, menu = workflows.capabilities(name), menu_of(workflows, name, surveyed)
    members = [workflows.get(one.workflow) for one in can.by_mode]
    named = next((one for one in workflows.all if one.name == name), members[0])
    is_ready, says, help_ = _readiness(menu, surveyed)
    sizes = menu.sizes_for([one.mode for one in menu.modes if one.mode != "flf2v"]) if menu.modes else None
    return RendererView(
        name=name,
        title=named.title if named.name == name else f"{name}: {', '.join(can.modes)}",
        about=named.about,
        kind="comfyui",
        is_ready=is_ready,
        says=says,
        help=help_,
        modes=tuple(one.mode for one in menu.modes) or can.modes,
        fps=can.fps,
        frames=FramesRule(step=can.frames.step, least=can.frames.least, most=can.frames.most),
        sizes=_sizes((one.width, one.height) for one in sizes or can.sizes),
        models=tuple(
            dict.fromkeys(need.names[0] for one in members for need in one.needs if need.role == "model" and need.names)
        ),
        loras=_loras(loras, can.lora_family, surveyed),
        is_own=named.is_own,
    )


def _readiness(menu: Menu, surveyed: Sequence[Surveyed]) -> tuple[bool, str, str]:
    if not surveyed:
        return (
            False,
            "No ComfyUI server is set.",
            "Start Kindling with --comfyui http://127.0.0.1:8188, or set comfyui.urls in kindling.toml.",
        )
    if not any(one.server for one in surveyed):
        return False, _server(surveyed[0]).says, "Start ComfyUI, or correct comfyui.urls in kindling.toml."
    if not menu.modes:
        problem = menu.lacking[0].problem
        return False, f"{menu.lacking[0].url}: {problem.what}", problem.help
    lacking = "; ".join(f"{one.mode}: {one.problem.what}" for one in menu.lacking)
    return True, f"It can render {', '.join(one.mode for one in menu.modes)}.", f"Not {lacking}" if lacking else ""


def _server(one: Surveyed) -> ServerView:
    if one.server is None:
        says = f"{one.url} does not answer as ComfyUI. {one.why}".strip()
        return ServerView(url=one.url, is_healthy=False, says=says)
    return ServerView(
        url=one.url,
        is_healthy=True,
        says=f"ComfyUI {one.server.version or '(of an unknown version)'} answers.",
        version=one.server.version or None,
        gpu=one.server.device or None,
        memory_bytes=one.server.memory_bytes,
        memory_free_bytes=one.server.memory_free_bytes,
    )


def _loras(loras: Loras, family: str | None, surveyed: Sequence[Surveyed]) -> tuple[LoraView, ...]:
    from services._kit.bindings import resolve_file

    if family is None:
        return ()
    lists = [one.loras for one in surveyed if one.server is not None]
    return tuple(
        LoraView(
            name=one.name,
            use=one.use.value,
            purpose=one.purpose,
            modes=one.modes,
            strength=one.strength,
            triggers=one.triggers,
            is_there=any(resolve_file((one.file,), files) is not None for files in lists) if lists else None,
        )
        for one in loras.fitting(family)
    )


def _sizes(sizes: Iterable[tuple[int, int]]) -> tuple[SizeView, ...]:
    return tuple(SizeView(width=width, height=height, name=f"{width}×{height}") for width, height in sizes)
