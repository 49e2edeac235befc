"""What a log of a million events costs a gateway: to rebuild its list, to show the list, and to show one production.

Run `python -m benchmarks.million`, or with a smaller number of productions as its argument. Ten thousand productions of
a hundred events each are written first, ten to an atomic batch. All of it is in a temporary folder that goes at the
end; how large it grew is said.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import httpx
import msgspec
from msgspec import Struct
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from benchmarks.bus import MADE, WRITER, long_plan, new_id
from benchmarks.figure import Figure, show
from benchmarks.load import free_port, process
from bus import codec
from bus import events as e
from bus.ids import Digest, EventId, ProductionId
from bus.production import Production, fold
from bus.subjects import log_of, subject_of
from bus.wire.books import LogBooks
from bus.wire.jetstream import JetStreamLog, connect, make_stream
from bus.wire.log import Sealed
from bus.wire.stream import STREAM
from bus.wire.waiting import end
from kindling import embedded
from kindling.children import this_process
from kindling.running import RunInfo, write_run_file
from kindling.server_conf import ADMIN
from services._kit.home import Home
from services.gateway.index import Index
from services.gateway.view import summary, view
from tests import stories

PRODUCTIONS: Final = 10_000
SEGMENTS: Final = 15
RETAKEN: Final = 8
"""Segments whose first take was rejected."""
UNFINISHED_EVERY: Final = 10
"""One production in so many is still at work."""
PER_BATCH: Final = 10
"""Productions that are written at once: the server syncs its store once for each batch."""
CHECKED: Final = 200
"""Productions whose line of the list is held against a fold of their own log."""
SHOWN: Final = 50
COMMANDS: Final = 5
PATTERN: Final = ProductionId(f"film-{0:08}")
POSTING: Final = e.Posting(renderer="animatic 1", server="here", key="5f0c7a52-6c1e-5d0a-9a57-1f2d3c4b5a69")
READY_WITHIN_S: Final = 900.0


def facts_of_a_hundred(*, is_done: bool) -> Sequence[e.Fact]:
    """Return a production of a hundred events, half of whose segments needed two takes: a film, or nearly one."""
    plan = long_plan(SEGMENTS if is_done else SEGMENTS + 1)
    facts: list[e.Fact] = [*stories.BEGINNING]
    facts.insert(3, e.SampleStarted(brief=1, take=1, posting_number=1, posting=POSTING))
    facts.append(e.PlanWritten(number=1, plan=plan, made=MADE))
    shown: list[e.CutTake] = []
    for segment in plan.segments[:SEGMENTS]:
        count = 2 if segment.id <= RETAKEN else 1
        for take in range(1, count + 1):
            facts += [
                stories.ordered(plan, segment.id, take),
                e.SegmentStarted(segment=segment.id, take=take, posting_number=1, posting=POSTING),
                stories.rendered(segment.id, take),
                stories.approved(segment.id, take) if take == count else stories.rejected(segment.id, take),
            ]
        clip = stories.rendered(segment.id, count).clip
        shown.append(e.CutTake(segment=segment.id, take=count, digest=clip.digest))
    if is_done:
        film, manifest = stories.artifact("film"), stories.artifact("manifest", "application/json")
        facts.append(
            e.ProductionDone(
                number=1,
                plan=1,
                film=film,
                manifest=manifest,
                takes=tuple(shown),
                duration_s=plan.duration_s,
                count=1,
                head=film.digest,
                made=MADE,
            )
        )
    else:
        facts.append(stories.ordered(plan, SEGMENTS + 1))
    return facts


def chains(count: int) -> Iterator[list[Sealed]]:
    """Yield so many productions as they stand on the log, each with its own ids and its own chain of digests.

    They are written out once and then copied with other names: the bytes are what a chronicle would have written.
    """
    patterns = [_written(facts_of_a_hundred(is_done=one)) for one in (False, True)]
    for number in range(count):
        name, chain, last = name_of(number), [], ""
        for subject, content, id_, before in patterns[number % UNFINISHED_EVERY != 0]:
            new = str(uuid.uuid4())
            copied = content.replace(PATTERN.encode(), name.encode()).replace(id_.encode(), new.encode())
            if before is not None:
                copied = copied.replace(before.encode(), last.encode())
            chain.append(Sealed(subject=subject.replace(PATTERN, name), content=copied, id=EventId(new)))
            last = codec.stored_digest(chain[-1].subject, copied)
        yield chain


def _written(facts: Sequence[e.Fact]) -> list[tuple[str, bytes, EventId, Digest | None]]:
    """Return each fact as it stands on the log of the pattern: subject, content, its own id, the digest before it."""
    written: list[tuple[str, bytes, EventId, Digest | None]] = []
    previous: Digest | None = None
    for ordinal, fact in enumerate(facts, 1):
        event = e.Event(
            id=new_id(),
            production=PATTERN,
            ordinal=ordinal,
            time="2026-01-01T00:00:00.000Z",
            by=WRITER,
            cause=None,
            previous=previous,
            trace=None,
            fact=fact,
        )
        subject, content = subject_of(PATTERN, fact), codec.encode(event)
        written.append((subject, content, event.id, previous))
        previous = codec.stored_digest(subject, content)
    return written


def name_of(number: int) -> ProductionId:
    """Return the name of a production; all are of the same length."""
    return ProductionId(f"film-{number:08}")


async def fill(journal: JetStreamLog, count: int) -> None:
    """Write so many productions."""
    batch: list[Sealed] = []
    for number, chain in enumerate(chains(count), 1):
        batch += chain
        if number % PER_BATCH == 0 or number == count:
            # What is expected is said of the first of them: nobody else writes here.
            written = await journal.append(ProductionId(batch[0].subject.split(".")[2]), batch, 0)
            batch = []
            _say(f"\r{written:,} events written")
    _say("\r\x1b[K")


def _say(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(text)


async def bare_s(journal: JetStreamLog, filter_: str, count: int) -> float:
    """Return how long nats-py's ordered consumer takes over so many messages, if nothing is done with them."""
    seen, done = 0, asyncio.Event()

    async def take(message: Msg) -> None:
        nonlocal seen
        seen += 1
        if seen == count:
            done.set()

    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE)
    started = time.perf_counter()
    subscription = await journal.client.jetstream().subscribe(
        filter_,
        stream=STREAM,
        ordered_consumer=True,
        cb=take,
        config=config,
        pending_msgs_limit=-1,
        pending_bytes_limit=-1,
    )
    await asyncio.wait_for(done.wait(), READY_WITHIN_S)
    took_s = time.perf_counter() - started
    await subscription.unsubscribe()
    return took_s


async def rebuilt(books: LogBooks, journal: JetStreamLog) -> tuple[Index, float]:
    """Return the gateway's index, made from the log alone, and how long that took."""
    index = Index(books, journal.last_sequence)
    started = time.perf_counter()
    following = asyncio.create_task(index.run())
    await asyncio.wait_for(index.ready.wait(), READY_WITHIN_S)
    took_s = time.perf_counter() - started
    await end(following)
    return index, took_s


async def shown_s(books: LogBooks, production: ProductionId) -> float:
    """Return how long it takes to fold a production from the log and to make what a client is shown of it."""
    started = time.perf_counter()
    msgspec.json.encode(view(await books.state(production)))
    return time.perf_counter() - started


async def check(index: Index, books: LogBooks, names: Sequence[ProductionId]) -> None:
    """Hold lines of the list against what the log of each production says.

    Raises:
        AssertionError: one of them says something else.
    """
    lines: dict[ProductionId, object] = {}
    before: int | None = None
    while True:
        page, before, _ = index.newest(100, before, None)
        lines |= {one.id: one for one in page}
        if before is None:
            break
    for name in names:
        own: Production = fold(name, await books.history(name))
        assert not own.anomalies, f"{name} is no production that a service would have written"
        assert lines[name] == summary(own), f"{name} is listed otherwise than its log says"


class Served(Struct, frozen=True, kw_only=True):
    """What a person waits for at a gateway that was just started."""

    ready_s: float
    """From its start as a process until it answers."""
    ls_s: float
    """The median of some `kindling ls`, each a process of its own."""
    show_s: float
    """The median of some `GET /v1/productions/ID`."""


async def served(home: Home, url: str, names: Sequence[ProductionId]) -> Served:
    """Start a gateway in this home, use it, and stop it."""
    began = time.perf_counter()
    async with process("-m", "services.gateway", home=home, out=asyncio.subprocess.DEVNULL), httpx.AsyncClient() as web:
        async with asyncio.timeout(READY_WITHIN_S):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await web.get(f"{url}/v1/health")).is_success:
                        break
                # Another process has no event to wait for.
                await asyncio.sleep(0.02)
        ready_s = time.perf_counter() - began
        write_run_file(
            home,
            RunInfo(
                pid=this_process().pid,
                birth=this_process().birth,
                gateway_url=url,
                nats_url="",
                monitor_url=None,
                started="2026-01-01T00:00:00Z",
            ),
        )
        listed = [await command_s(home, "ls") for _ in range(COMMANDS)]
        shown = []
        for name in names:
            asked = time.perf_counter()
            (await web.get(f"{url}/v1/productions/{name}")).raise_for_status()
            shown.append(time.perf_counter() - asked)
        home.run_file.unlink()
    return Served(ready_s=ready_s, ls_s=statistics.median(listed), show_s=statistics.median(shown))


async def command_s(home: Home, *arguments: str) -> float:
    """Return how long a command takes, from its start to its end.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    async with process("-m", "kindling.cli", *arguments, home=home, out=asyncio.subprocess.DEVNULL) as running:
        if await running.wait():
            raise RuntimeError(f"kindling {' '.join(arguments)} ended with {running.returncode}")
    return time.perf_counter() - began


async def figures(folder: Path, count: int = PRODUCTIONS) -> list[Figure]:
    """Measure everything on a server of its own, in a folder of its own."""
    home, port = Home(folder), free_port()
    home.settings_file.write_text(f"[gateway]\nport = {port}\n", encoding="utf-8")
    server = await embedded.start(home)
    try:
        await make_stream(server.access(ADMIN))
        journal = await connect(server.access(ADMIN), "bench")
        try:
            found, names = await figures_of_the_index(journal, count)
        finally:
            await journal.close()
        return [*found, *await figures_of_the_gateway(home, f"http://127.0.0.1:{port}", names)]
    finally:
        await embedded.stop(server)


async def figures_of_the_index(journal: JetStreamLog, count: int) -> tuple[list[Figure], list[ProductionId]]:
    """Write the log and measure in this process; return the figures and some names drawn from it."""
    await fill(journal, count)
    last = await journal.last_sequence()
    bare = await bare_s(journal, ">", last)
    books = LogBooks(journal, WRITER)
    index, took_s = await rebuilt(books, journal)
    draw = random.Random(1)
    names = [name_of(draw.randrange(count)) for _ in range(max(CHECKED, SHOWN))]
    await check(index, books, names[:CHECKED])
    fresh = [await shown_s(LogBooks(journal, WRITER), name) for name in names[:SHOWN]]
    plain = [await bare_s(journal, log_of(name), 100) for name in names[:SHOWN]]
    found = [
        Figure(
            name=f"rebuild the list from {last:,} events",
            value=last / took_s,
            unit="/s",
            baseline_name="nats-py ordered callback",
            baseline=last / bare,
            aim="≥ 60,000/s",
        ),
        Figure(
            name="fold one of them to be shown",
            value=statistics.median(fresh) * 1000,
            unit="ms",
            baseline_name="nats-py reads its 100 messages",
            baseline=statistics.median(plain) * 1000,
            aim="< 100 ms",
        ),
    ]
    return found, names[:SHOWN]


async def figures_of_the_gateway(home: Home, url: str, names: Sequence[ProductionId]) -> list[Figure]:
    """Start a gateway that has to read the whole log, and then another one after it."""
    first, second = await served(home, url, names), await served(home, url, names)
    nothing_s = statistics.median([await command_s(home, "--help") for _ in range(COMMANDS)])
    return [
        Figure(
            name="start a gateway",
            value=second.ready_s,
            unit="s",
            baseline_name="the first time",
            baseline=first.ready_s,
        ),
        Figure(
            name="kindling ls, a process",
            value=second.ls_s * 1000,
            unit="ms",
            baseline_name="kindling --help",
            baseline=nothing_s * 1000,
            aim="< 1,000 ms",
        ),
        Figure(
            name="GET one of them",
            value=second.show_s * 1000,
            unit="ms",
            baseline_name="at the first gateway",
            baseline=first.show_s * 1000,
            aim="< 100 ms",
        ),
    ]


def size_of(folder: Path) -> int:
    """Return the bytes of all files under the folder."""
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


async def report(count: int = PRODUCTIONS) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        show(f"A log of {count:,} productions, one in {UNFINISHED_EVERY} still at work", await figures(folder, count))
        sys.stdout.write(f"{size_of(folder) / 1e9:.2f} GB of disk, given back now\n")


if __name__ == "__main__":
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(report(int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTIONS))
