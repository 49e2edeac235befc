"""The readers of `benchmarks.load`: a process of their own, so that what they cost is not taken for the gateway's.

Each follows one lane, one production after the other, and checks that every fact comes once and in order. Beside them a
bare nats-py consumer hears the same facts.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from array import array
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
import nats
from msgspec import Struct
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from bus.wire.stream import STREAM


class Times(Struct, frozen=True, kw_only=True):
    """How long facts took, in milliseconds."""

    count: int
    p50_ms: float
    p99_ms: float
    max_ms: float


class Heard(Struct, frozen=True, kw_only=True):
    """What readers heard, and how fast."""

    readers: Times
    plain: Times
    broken: int
    """Streams in which a fact was missing, twice, or out of order."""
    steps: int


class _Fact(Struct, frozen=True):
    ordinal: int
    time: str


class _Stored(Struct, frozen=True):
    time: str


_facts, _stored = msgspec.json.Decoder(_Fact), msgspec.json.Decoder(_Stored)


def since_ms(written: str) -> float:
    """Return how long ago a fact was about to be appended."""
    return (time.time() - datetime.fromisoformat(written).timestamp()) * 1000


def times_of(took: array[float]) -> Times:
    """Return what times show."""
    ordered = sorted(took) or [0.0]
    return Times(
        count=len(took),
        p50_ms=ordered[len(ordered) // 2],
        p99_ms=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
        max_ms=ordered[-1],
    )


class Readers:
    """All readers of one run."""

    def __init__(self, url: str, fact_count: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        self._fact_count = fact_count
        self.took: array[float] = array("d")
        self.broken = 0
        self.steps = 0

    async def follow(self, lane: int) -> None:
        """Follow a lane's productions, one after the other, for ever."""
        film = 0
        while True:
            await self._whole(f"film-{lane}-{film}")
            film += 1

    async def _whole(self, production: str) -> None:
        """Read one production to its last fact; one that is not there yet is asked for again."""
        due = 1
        while due <= self._fact_count:
            reader, writer = await asyncio.open_connection(self._host, self._port)
            try:
                writer.write(
                    f"GET /v1/productions/{production}/events HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
                    f"Last-Event-ID: {due - 1}\r\n\r\n".encode()
                )
                opened = time.time()
                if b" 200 " not in await reader.readline():
                    await asyncio.sleep(0.5)
                    continue
                while (await reader.readline()).strip():
                    pass
                while due <= self._fact_count:
                    size = int(await reader.readline(), 16)
                    message = (await reader.readexactly(size + 2))[:-2]
                    due = self._take(message, due, opened)
            finally:
                writer.close()

    def _take(self, message: bytes, due: int, opened: float) -> int:
        if b"event: fact\n" not in message:
            self.steps += message.startswith(b"event: progress")
            return due
        fact = _facts.decode(message.partition(b"\ndata: ")[2])
        took_ms = since_ms(fact.time)
        # What was written before this stream was opened is history, and took as long as it took to open it.
        if time.time() - took_ms / 1000 >= opened:
            self.took.append(took_ms)
        if fact.ordinal != due:
            self.broken += 1
        return fact.ordinal + 1


async def main(url: str, lanes: int, per_lane: int, fact_count: int, access: dict[str, str | None]) -> None:
    """Read until told to stop, then print what was heard."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    plain: array[float] = array("d")

    async def hear(message: Msg) -> None:
        plain.append(since_ms(_stored.decode(message.data).time))

    client = await nats.connect(access["url"] or "", user=access["user"], password=access["password"])
    inbox = client.new_inbox()
    await client.subscribe(inbox, cb=hear)
    wanted = ConsumerConfig(
        deliver_subject=inbox,
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.ALL,
        name="bench",
        mem_storage=True,
    )
    await client.jetstream().add_consumer(STREAM, wanted)
    readers = Readers(url, fact_count)
    following = [asyncio.create_task(readers.follow(lane)) for lane in range(lanes) for _ in range(per_lane)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    ended = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, *following}, return_when=asyncio.FIRST_COMPLETED)
    failed = [one for one in following if one.done()]
    for one in following:
        one.cancel()
    results = await asyncio.gather(*failed, return_exceptions=True)
    await client.close()
    if results:
        raise SystemExit(f"a reader ended: {results[0]!r}")
    heard = Heard(readers=times_of(readers.took), plain=times_of(plain), broken=readers.broken, steps=readers.steps)
    sys.stdout.buffer.write(msgspec.json.encode(heard))


if __name__ == "__main__":
    address, lane_count, reader_count, count, access_ = sys.argv[1:]
    asyncio.run(
        main(
            address,
            int(lane_count),
            int(reader_count),
            int(count),
            msgspec.json.decode(access_, type=dict[str, str | None]),
        )
    )
