"""Wires the stitcher: the queue of films to join, and the shelf where people find them."""

from __future__ import annotations

from bus.subjects import every
from bus.wire.artifacts import FolderArtifacts
from bus.wire.host import Post, Service, run
from bus.wire.log import WorkKind
from bus.wire.projector import Projection
from bus.wire.server import Access
from bus.wire.worker import Station
from services._kit.entry import begin
from services._kit.settings import Settings
from services.stitcher import shelf
from services.stitcher.decide import WAKES, decide
from services.stitcher.perform import Stitcher

NAME = "stitcher"


def build(settings: Settings) -> Service:
    """Return the service as these settings want it."""
    ack_wait_s = settings.work.ack_wait_s.short
    artifacts = FolderArtifacts(settings.productions_folder / "objects")
    station = Station(
        service=NAME, decide=decide, perform=Stitcher(settings), ack_wait_s=ack_wait_s, sweep_s=settings.work.sweep_s
    )
    kind = WorkKind(name=NAME, filters=tuple(every(one) for one in WAKES), ack_wait_s=ack_wait_s)
    naming = WorkKind(name="stitcher_shelf", filters=tuple(every(one) for one in shelf.WAKES), ack_wait_s=ack_wait_s)
    projection = Projection(NAME, shelf.Shelf(settings.productions_folder, artifacts))
    posts = (Post(kind, station), Post(naming, projection))
    return Service(name=NAME, posts=posts, artifacts=artifacts, drain_s=settings.work.drain_s)


def main() -> int:
    """Run the service alone."""
    settings, access = begin(NAME)
    return run(build(settings), Access(access.url, access.user, access.password, access.monitor_url))
