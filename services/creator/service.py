"""Wires the creator: its renderers, and its three queues."""

from __future__ import annotations

import platform

from bus.subjects import every
from bus.wire.artifacts import FolderArtifacts
from bus.wire.host import Post, Service, run
from bus.wire.log import WorkKind
from bus.wire.server import Access
from bus.wire.sharing import InTurn, gpu_for
from bus.wire.worker import Station
from services._kit.entry import begin
from services._kit.gpu import shared_servers, tenants_of
from services._kit.loras import Loras, load_loras
from services._kit.settings import Settings
from services._kit.workflow_files import load_workflows
from services.creator.decide import (
    SAMPLE_WAKES,
    SEGMENT_WAKES,
    STOP_WAKES,
    decide_samples,
    decide_segments,
    decide_stops,
)
from services.creator.perform import Creator
from services.creator.renderers.animatic import Animatic
from services.creator.renderers.comfyui.fitting import families
from services.creator.renderers.comfyui.renderer import ComfyUiRenderer, Promises
from services.creator.renderers.renderer import Renderer
from services.creator.turns import wish_by

NAME = "creator"


def build(settings: Settings) -> Service:
    """Return the service as these settings want it."""
    loras = load_loras(settings.home.root)
    gpu = gpu_for(NAME, tenants_of(settings), settings.gpu)
    shared = shared_servers(settings.gpu, settings.llm, settings.comfyui.urls)
    creator = InTurn(
        Creator(renderers_of(settings, loras), loras.purposes, rules=settings.policy), gpu, wish_by(shared)
    )
    slots = max(1, len(settings.comfyui.urls))
    ack_wait_s = settings.work.ack_wait_s
    posts = []
    for queue, wakes, decide, wait_s, workers in (
        ("creator_samples", SAMPLE_WAKES, decide_samples, ack_wait_s.render, 1),
        ("creator_segments", SEGMENT_WAKES, decide_segments, ack_wait_s.render, slots),
        ("creator_stops", STOP_WAKES, decide_stops, ack_wait_s.short, 1),
    ):
        kind = WorkKind(name=queue, filters=tuple(every(one) for one in wakes), ack_wait_s=wait_s)
        station = Station(
            service=NAME, decide=decide, perform=creator, ack_wait_s=wait_s, sweep_s=settings.work.sweep_s
        )
        posts.append(Post(kind, station, workers))
    artifacts = FolderArtifacts(settings.productions_folder / "objects")
    return Service(name=NAME, posts=posts, artifacts=artifacts, drain_s=settings.work.drain_s, beside=(gpu.beside,))


def renderers_of(settings: Settings, loras: Loras) -> dict[str, Renderer]:
    """Return what orders may name: the animatic, and every workflow and family of them.

    Workflows are there without a server, too: what was posted to one that is not named any more is still found there.
    """
    animatic = Animatic(platform.node() or "localhost")
    promises = Promises()
    workflows = load_workflows(settings.home.root)
    return {animatic.name: animatic} | {
        name: ComfyUiRenderer(family, settings.comfyui.urls, promises=promises)
        for name, family in families(workflows, loras).items()
    }


def main() -> int:
    """Run the service alone."""
    settings, access = begin(NAME)
    return run(build(settings), Access(access.url, access.user, access.password, access.monitor_url))
