"""Wires the planner: its queue, and the shelf where people find the plans."""

from __future__ import annotations

import functools

from bus.subjects import every
from bus.wire.artifacts import FolderArtifacts
from bus.wire.host import Post, Service, run
from bus.wire.log import WorkKind
from bus.wire.projector import Projection
from bus.wire.server import Access
from bus.wire.sharing import InTurn, gpu_for
from bus.wire.worker import Station
from services._kit.entry import begin
from services._kit.gpu import tenants_of
from services._kit.minds import Mind
from services._kit.settings import Settings
from services.planner import shelf
from services.planner.decide import ORDERS_OPEN_MAX, WAKES, decide
from services.planner.perform import Planner
from services.planner.rendering import load_renderers
from services.planner.turns import wish_by

NAME = "planner"


def build(settings: Settings) -> Service:
    """Return the service as these settings want it."""
    ack_wait_s = settings.work.ack_wait_s.short
    kind = WorkKind(name=NAME, filters=tuple(every(one) for one in WAKES), ack_wait_s=ack_wait_s)
    gpu = gpu_for(NAME, tenants_of(settings), settings.gpu)
    mind = Mind(settings.llm)
    planner = InTurn(Planner(load_renderers(settings), mind), gpu, wish_by(mind))
    # Every server has work, and the next piece of it waits already.
    planning = functools.partial(decide, open_max=max(ORDERS_OPEN_MAX, len(settings.comfyui.urls) + 1))
    station = Station(
        service=NAME, decide=planning, perform=planner, ack_wait_s=ack_wait_s, sweep_s=settings.work.sweep_s
    )
    naming = WorkKind(name="planner_shelf", filters=tuple(every(one) for one in shelf.WAKES), ack_wait_s=ack_wait_s)
    posts = (Post(kind, station), Post(naming, Projection(NAME, shelf.Shelf(settings.productions_folder))))
    artifacts = FolderArtifacts(settings.productions_folder / "objects")
    return Service(name=NAME, posts=posts, artifacts=artifacts, drain_s=settings.work.drain_s, beside=(gpu.beside,))


def main() -> int:
    """Run the service alone."""
    settings, access = begin(NAME)
    return run(build(settings), Access(access.url, access.user, access.password, access.monitor_url))
