"""Following a long log on a real server: no faster than its reader, and across what gets lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bus.ids import EventId
from bus.wire import following
from bus.wire.client import Take
from bus.wire.jetstream import JetStreamLog, connect
from bus.wire.log import Sealed
from bus.wire.server import Access
from bus.wire.stream import STREAM
from kindling.server_conf import ADMIN, READER
from tests import stories
from tests.contract._server import nats_server, with_newer_subjects

LARGE_BYTES = 512 * 1024
AHEAD_BYTES_MAX = 32 * 1024 * 1024 + 2 * LARGE_BYTES
"""What nats-server lets be under way to a consumer with flow control; the message with which it goes past that, too."""
LOOKS = 40


@asynccontextmanager
async def connected(access: Access) -> AsyncIterator[JetStreamLog]:
    """Yield the log as one user sees it."""
    journal = await connect(access, "test")
    try:
        yield journal
    finally:
        await journal.close()


async def write(admin: JetStreamLog, count: int) -> None:
    """Write so many messages, each as large as a plan may be. They are no events, which costs nobody time to decode."""
    sealed = [
        Sealed(f"production.directed.{stories.PRODUCTION}.{number}", b"x" * LARGE_BYTES, EventId(str(number)))
        for number in range(1, count + 1)
    ]
    last = 0
    for start in range(0, count, 40):
        last = await admin.append(stories.PRODUCTION, sealed[start : start + 40], last)


async def sent(admin: JetStreamLog, consumer: str) -> int:
    """Return the sequence up to which the server has sent, once it sends no more, however often one looks."""
    last, same = 0, 0
    while same < LOOKS:
        info = await admin.client.jetstream().consumer_info(STREAM, consumer)
        assert info.delivered is not None
        same = same + 1 if info.delivered.stream_seq == last else 0
        last = info.delivered.stream_seq
    return last


@pytest.mark.parametrize("subjects", ["of today", "with domain and account"])
async def test_a_slow_reader_of_a_long_log_is_sent_no_more_than_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subjects: str
) -> None:
    """A log that is longer than what nats-server keeps for a connection before it cuts it off is read in one go.

    The reader stops again and again until nothing more comes: what is then under way to it, or waits here, is bounded.
    """
    count = 200
    if subjects != "of today":
        with_newer_subjects(monkeypatch)
    async with nats_server(tmp_path) as server, connected(server.access(ADMIN)) as admin:
        await write(admin, count)
        async with connected(server.access(READER)) as journal, asyncio.timeout(60):
            read: list[int] = []
            ahead: list[int] = []
            async for one in journal.follow():
                read.append(one.sequence)
                if len(read) == count:
                    break
                if len(read) % 20 == 0:
                    (consumer,) = journal.client.followers
                    ahead.append(await sent(admin, consumer) - one.sequence)
            assert read == list(range(1, count + 1))
            assert (journal.connection_lost_count, journal.client.stats["reconnects"]) == (0, 0)
            assert AHEAD_BYTES_MAX / 2 < max(ahead) * LARGE_BYTES < AHEAD_BYTES_MAX


async def test_an_answer_that_got_lost_is_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server, which waits for it, says so in its heartbeat, and the same consumer goes on."""
    monkeypatch.setattr(following, "HEARTBEAT_S", 0.2)
    monkeypatch.setattr(following, "QUIET_S", 30.0)
    answers: list[str] = []
    async with nats_server(tmp_path) as server, connected(server.access(READER)) as journal:
        publish = journal.client.publish

        async def lose_the_first(subject: str, payload: bytes = b"", reply: str = "") -> None:
            answers.append(subject)
            if len(answers) > 1:
                await publish(subject, payload, reply)

        async with connected(server.access(ADMIN)) as admin:
            await write(admin, 20)
        consumers: set[str] = set()
        async with asyncio.timeout(20):
            async for one in journal.follow():
                consumers.update(journal.client.followers)
                if one.sequence == 1:
                    monkeypatch.setattr(journal.client, "publish", lose_the_first)
                if one.sequence == 20:
                    break
        assert len(consumers) == 1
        assert answers[0].startswith(f"$JS.FC.{STREAM}.")
        assert answers[1] == answers[0]


async def test_a_message_that_got_lost_is_read_again(tmp_path: Path) -> None:
    """A number that the consumer skips is noticed, and the log is read on after the last message that was seen."""
    async with nats_server(tmp_path) as server, connected(server.access(READER)) as journal:
        async with connected(server.access(ADMIN)) as admin:
            await write(admin, 20)
        lost: list[int] = []
        read: list[int] = []
        consumers: set[str] = set()

        def lose_one(consumer: str) -> Take:
            take = journal.client.followers[consumer]

            def bring(sequence: int, delivered: int, subject: str, content: bytes) -> None:
                if lost:
                    take(sequence, delivered, subject, content)
                else:
                    lost.append(sequence)

            return bring

        async with asyncio.timeout(20):
            async for one in journal.follow():
                read.append(one.sequence)
                consumers.update(journal.client.followers)
                if one.sequence == 1:
                    (consumer,) = journal.client.followers
                    journal.client.followers[consumer] = lose_one(consumer)
                if one.sequence == 20:
                    break
        assert read == list(range(1, 21))
        assert lost
        assert len(consumers) == 2


async def test_a_server_that_goes_away_in_the_middle_is_read_on_from_there(tmp_path: Path) -> None:
    """Its consumers go with it, and what it had asked: each message comes once and in order all the same."""
    read: list[int] = []
    async with nats_server(tmp_path) as server:
        async with connected(server.access(ADMIN)) as admin:
            await write(admin, 40)
        journal = await connect(server.access(READER), "test")
        messages = journal.follow()
        read += [(await anext(messages)).sequence for _ in range(10)]
    try:
        async with nats_server(tmp_path), asyncio.timeout(60):
            read += [(await anext(messages)).sequence for _ in range(30)]
        assert read == list(range(1, 41))
        assert journal.connection_lost_count >= 1
    finally:
        await journal.close()
