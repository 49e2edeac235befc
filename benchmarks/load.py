"""Many readers at the gateway: 200 streams on 20 running productions, from append to reader, and the gateway's memory.

Run `python -m benchmarks.load --minutes 10`. A real nats-server, a real gateway and a process of readers share the
machine with the writer. Each lane runs one production after the other, with the facts of a film of 30 segments and
progress with previews between them; ten readers follow it. The baseline is a bare nats-py consumer on the same server
in the same run: what a fact needs to get to anybody. Times are from the moment before the append to the reader.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.figure import Figure, show
from benchmarks.load_readers import Heard
from bus import events as e
from bus.ids import ProductionId
from bus.plan import Plan
from bus.subjects import progress_of
from bus.wire.books import new_event_id
from bus.wire.chronicle import Chronicle
from bus.wire.jetstream import JetStreamLog, connect, make_stream
from bus.work import Step
from kindling import embedded
from kindling.server_conf import ADMIN
from services._kit.home import Home
from tests import stories

LANES = 20
READERS_PER_LANE = 10
SEGMENTS = 30
PAUSE_S = 0.4
"""Between two facts of a lane: 20 lanes write 50 facts a second, which is more than 20 renderers do."""
STEPS_PER_PAUSE = 2
PREVIEW = bytes(range(256)) * 24
WRITER = e.Writer(service="bench", version="1", host="here")
MEGABYTE = 1024 * 1024


def now_exactly() -> str:
    """Return the time to the microsecond: it says when a fact was about to be appended."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def plan_of_many() -> Plan:
    """Return a plan of as many segments as a film of two and a half minutes has."""
    return stories.plan(*(stories.segment(number, frames=81) for number in range(1, SEGMENTS + 1)))


def life(plan: Plan) -> Iterator[tuple[e.Fact, str]]:
    """Yield the facts of one production in order, each with what is worked on before it."""
    yield e.ProductionRequested(words="A lighthouse keeper rows out", options=e.Options(sample=False)), ""
    yield stories.parsed(), "intent"
    yield e.PlanWritten(number=1, plan=plan, made=stories.MADE), "plan"
    for segment in plan.segments:
        posting = e.Posting(renderer="animatic 1", server="here", key="5f0c7a52-6c1e-5d0a-9a57-1f2d3c4b5a69")
        yield stories.ordered(plan, segment.id), ""
        yield e.SegmentStarted(segment=segment.id, take=1, posting_number=1, posting=posting), ""
        yield stories.rendered(segment.id), f"segment {segment.id}"
        yield stories.approved(segment.id), f"review {segment.id}-1"
    takes = tuple(
        e.CutTake(segment=one.id, take=1, digest=stories.artifact(f"clip {one.id}-1").digest) for one in plan.segments
    )
    head = stories.artifact("head").digest
    film, manifest = stories.artifact("film"), stories.artifact("manifest", "application/json")
    yield (
        e.ProductionDone(
            number=1,
            plan=1,
            film=film,
            manifest=manifest,
            takes=takes,
            duration_s=1,
            count=1,
            head=head,
            made=stories.MADE,
        ),
        "film",
    )


FACTS = 4 + 4 * SEGMENTS
"""Of one production."""


async def lane(number: int, journal: JetStreamLog, plan: Plan, until_s: float) -> int:
    """Run productions one after the other; return how many facts were written."""
    chronicle = Chronicle(journal, WRITER, now=now_exactly, new_id=new_event_id)
    # Spread over the length of a film: else all of them would end, and all readers come anew, in one moment.
    await asyncio.sleep(PAUSE_S * FACTS * number / LANES)
    written, film = 0, 0
    while time.monotonic() < until_s:
        production = ProductionId(f"film-{number}-{film}")
        film += 1
        folded = await chronicle.state(production)
        for fact, about in life(plan):
            for step in range(STEPS_PER_PAUSE):
                if about:
                    told = Step(
                        service="creator",
                        about=about,
                        done=step + 1,
                        total=STEPS_PER_PAUSE + 1,
                        preview=PREVIEW if step else None,
                    )
                    await journal.tell(progress_of(production), msgspec.json.encode(told))
                await asyncio.sleep(PAUSE_S / STEPS_PER_PAUSE)
            folded = await chronicle.append(folded, chronicle.draft((fact,)), None)
            written += 1
    return written


# -- the processes -------------------------------------------------------------------------------------------


@asynccontextmanager
async def process(*arguments: str, home: Home, out: int | None = None) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program until it is done with."""
    environment = {**os.environ, "KINDLING_HOME": str(home.root)}
    started = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment, stdout=out)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
            await started.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def until_ready(url: str) -> None:
    """Wait until the gateway has seen the log."""

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/v1/health", timeout=2) as answer:  # noqa: S310 - our own gateway
                return bool(answer.status == 200)
        except OSError:
            return False

    async with asyncio.timeout(60):
        while not await asyncio.to_thread(is_ready):  # noqa: ASYNC110 - another process has no event to wait for
            await asyncio.sleep(0.1)


def resident_bytes(pid: int) -> int:
    """Return how much memory a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def processor_s(pid: int) -> float:
    """Return how much processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one run has shown."""

    heard: Heard
    written: int
    memory: tuple[int, ...]
    """Of the gateway, every two seconds."""
    processor_s: float
    took_s: float


async def run(minutes: float) -> Run:
    """Write, read and look at the gateway's memory for so long."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        port = free_port()
        home.settings_file.write_text(f"[gateway]\nport = {port}\n", encoding="utf-8")
        server = await embedded.start(home)
        try:
            await make_stream(server.access(ADMIN))
            url = f"http://127.0.0.1:{port}"
            async with process("-m", "services.gateway", home=home) as gateway:
                await until_ready(url)
                return await _measured(minutes, url, gateway.pid, home, await connect(server.access(ADMIN), "bench"))
        finally:
            await embedded.stop(server)


async def _measured(minutes: float, url: str, gateway: int, home: Home, journal: JetStreamLog) -> Run:
    known = journal.access
    access = msgspec.json.encode({"url": known.url, "user": known.user, "password": known.password})
    arguments = ("-m", "benchmarks.load_readers", url, str(LANES), str(READERS_PER_LANE), str(FACTS), access.decode())
    memory: list[int] = []
    async with process(*arguments, home=home, out=asyncio.subprocess.PIPE) as readers:
        assert readers.stdout is not None
        await readers.stdout.readline()
        began, used = time.monotonic(), processor_s(gateway)
        plan = plan_of_many()
        writing = asyncio.gather(*(lane(number, journal, plan, began + minutes * 60) for number in range(LANES)))
        while not writing.done():
            memory.append(resident_bytes(gateway))
            await asyncio.wait({writing}, timeout=2)
        took_s, used = time.monotonic() - began, processor_s(gateway) - used
        # The last facts are on their way.
        await asyncio.sleep(2)
        readers.terminate()
        said = await readers.stdout.read()
        await journal.close()
    return Run(
        heard=msgspec.json.decode(said, type=Heard),
        written=sum(writing.result()),
        memory=tuple(memory),
        processor_s=used,
        took_s=took_s,
    )


def report(found: Run) -> None:
    """Print what was found."""
    readers, plain = found.heard.readers, found.heard.plain
    third = max(1, len(found.memory) // 3)
    settled, late = statistics.median(found.memory[third : 2 * third]), statistics.median(found.memory[-third:])
    show(
        f"{LANES * READERS_PER_LANE} readers on {LANES} running productions, {found.took_s / 60:.1f} minutes",
        [
            Figure(
                name="append to reader, p50",
                value=readers.p50_ms,
                unit="ms",
                baseline_name="bare nats-py",
                baseline=plain.p50_ms,
            ),
            Figure(
                name="append to reader, p99",
                value=readers.p99_ms,
                unit="ms",
                baseline_name="bare nats-py",
                baseline=plain.p99_ms,
                aim="< 100 ms",
            ),
            Figure(
                name="append to reader, max",
                value=readers.max_ms,
                unit="ms",
                baseline_name="bare nats-py",
                baseline=plain.max_ms,
            ),
            Figure(
                name="gateway's memory, last third",
                value=late / MEGABYTE,
                unit="MB",
                baseline_name="second third",
                baseline=settled / MEGABYTE,
                aim="flat: ratio 1.00",
            ),
        ],
    )
    say = sys.stdout.write
    say(f"{found.written:,} facts written, {found.written / found.took_s:.0f} a second; ")
    say(f"{readers.count:,} handed to readers, {found.heard.steps:,} steps of progress beside them\n")
    say(f"streams that were not whole and in order, each fact once: {found.heard.broken}\n")
    say(f"the gateway used {found.processor_s / found.took_s:.0%} of one core\n")


def main() -> int:
    """Measure and print; an exit code of 1 says that a stream was not whole."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    arguments.add_argument("--minutes", type=float, default=1.0, help="how long; 10 for the memory")
    found = asyncio.run(run(arguments.parse_args().minutes))
    report(found)
    return 1 if found.heard.broken else 0


if __name__ == "__main__":
    sys.exit(main())
