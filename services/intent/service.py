"""Wires the intent service."""

from __future__ import annotations

from bus.subjects import every
from bus.wire.artifacts import FolderArtifacts
from bus.wire.host import Post, Service, run
from bus.wire.log import WorkKind
from bus.wire.server import Access
from bus.wire.sharing import InTurn, gpu_for
from bus.wire.worker import Station
from services._kit.entry import begin
from services._kit.gpu import tenants_of
from services._kit.loras import load_loras
from services._kit.minds import Mind
from services._kit.settings import Settings
from services.intent.decide import WAKES, decide
from services.intent.perform import Intent
from services.intent.turns import wish_by

NAME = "intent"


def build(settings: Settings) -> Service:
    """Return the service as these settings want it."""
    ack_wait_s = settings.work.ack_wait_s.short
    kind = WorkKind(name=NAME, filters=tuple(every(one) for one in WAKES), ack_wait_s=ack_wait_s)
    gpu = gpu_for(NAME, tenants_of(settings), settings.gpu)
    mind = Mind(settings.llm)
    intent = Intent(settings, mind, load_loras(settings.home.root).purposes)
    station = Station(
        service=NAME,
        decide=decide,
        perform=InTurn(intent, gpu, wish_by(mind)),
        ack_wait_s=ack_wait_s,
        sweep_s=settings.work.sweep_s,
    )
    artifacts = FolderArtifacts(settings.productions_folder / "objects")
    return Service(
        name=NAME,
        posts=(Post(kind, station),),
        artifacts=artifacts,
        drain_s=settings.work.drain_s,
        beside=(gpu.beside,),
    )


def main() -> int:
    """Run the service alone."""
    settings, access = begin(NAME)
    return run(build(settings), Access(access.url, access.user, access.password, access.monitor_url))
