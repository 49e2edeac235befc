"""Wires the creator: its renderers, and its two queues."""

from __future__ import annotations

import platform

from bus.subjects import every
from bus.wire.artifacts import FolderArtifacts
from bus.wire.host import Post, Service, run
from bus.wire.log import WorkKind
from bus.wire.server import Access
from bus.wire.worker import Station
from services._kit.entry import begin
from services._kit.settings import Settings
from services.creator.decide import SAMPLE_WAKES, SEGMENT_WAKES, decide_samples, decide_segments
from services.creator.perform import Creator
from services.creator.renderers.animatic import Animatic

NAME = "creator"


def build(settings: Settings) -> Service:
    """Return the service as these settings want it."""
    animatic = Animatic(platform.node() or "localhost")
    creator = Creator({animatic.name: animatic})
    ack_wait_s = settings.work.ack_wait_s.render
    posts = []
    for queue, wakes, decide in (
        ("creator_samples", SAMPLE_WAKES, decide_samples),
        ("creator_segments", SEGMENT_WAKES, decide_segments),
    ):
        kind = WorkKind(name=queue, filters=tuple(every(one) for one in wakes), ack_wait_s=ack_wait_s)
        station = Station(
            service=NAME, decide=decide, perform=creator, ack_wait_s=ack_wait_s, sweep_s=settings.work.sweep_s
        )
        posts.append(Post(kind, station))
    artifacts = FolderArtifacts(settings.productions_folder / "objects")
    return Service(name=NAME, posts=posts, artifacts=artifacts, drain_s=settings.work.drain_s)


def main() -> int:
    """Run the service alone."""
    settings, access = begin(NAME)
    return run(build(settings), Access(access.url, access.user, access.password, access.monitor_url))
