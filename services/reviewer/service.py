"""Wires the reviewer service."""

from __future__ import annotations

from bus.events import Recorded
from bus.subjects import every
from bus.wire.artifacts import FolderArtifacts
from bus.wire.host import Post, Service, run
from bus.wire.jetstream import JetStreamLog
from bus.wire.log import WorkKind
from bus.wire.server import Access
from bus.wire.sharing import gpu_for
from bus.wire.worker import Station
from services._kit.entry import begin
from services._kit.gpu import tenants_of
from services._kit.minds import Mind
from services._kit.settings import Settings
from services.reviewer import comparing
from services.reviewer.compare import Comparer
from services.reviewer.decide import WAKES, decide
from services.reviewer.perform import Reviewer
from services.reviewer.standing import Limits, Reputation

NAME = "reviewer"


def build(settings: Settings) -> Service:
    """Return the service as these settings want it."""
    ack_wait_s = settings.work.ack_wait_s.short
    kind = WorkKind(name=NAME, filters=tuple(every(one) for one in WAKES), ack_wait_s=ack_wait_s)
    review = settings.review
    reputation = Reputation(Limits(disagreement_max=review.disagreement_max, rejections_min=review.rejections_min))
    gpu = gpu_for(NAME, tenants_of(settings), settings.gpu)
    reviewer = Reviewer(settings, Mind(settings.llm), gpu, reputation)
    station = Station(
        service=NAME, decide=decide, perform=reviewer, ack_wait_s=ack_wait_s, sweep_s=settings.work.sweep_s
    )

    async def learn(journal: JetStreamLog) -> None:
        """Read what people made of verdicts, from the beginning of the log on and for as long as the service runs."""
        last = await journal.last_sequence()
        if last == 0:
            reputation.catch_up()
        async for one in journal.follow():
            if isinstance(one, Recorded):
                reputation.take(one)
            if one.sequence >= last:
                reputation.catch_up()

    comparisons = WorkKind(
        name="reviewer_comparisons", filters=tuple(every(one) for one in comparing.WAKES), ack_wait_s=ack_wait_s
    )
    comparer = Station(
        service=NAME,
        decide=comparing.decide,
        perform=Comparer(),
        ack_wait_s=ack_wait_s,
        sweep_s=settings.work.sweep_s,
    )
    return Service(
        name=NAME,
        posts=(Post(kind, station), Post(comparisons, comparer)),
        artifacts=FolderArtifacts(settings.productions_folder / "objects"),
        drain_s=settings.work.drain_s,
        beside=(learn, gpu.beside),
    )


def main() -> int:
    """Run the service alone."""
    settings, access = begin(NAME)
    return run(build(settings), Access(access.url, access.user, access.password, access.monitor_url))
