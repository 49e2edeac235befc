"""Events as they happen: over a real connection, resumed without a gap and without a repeat."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.types import Message

from bus import events as e
from bus.ids import ProductionId
from bus.subjects import progress_of
from bus.wire.memory import MemoryLog
from bus.wire.waiting import end
from bus.work import Step
from services.gateway.door import Limits
from services.gateway.service import CannotListen, listen, open_door
from services.gateway.sse import EventStream, facts_and_steps
from services.gateway.steps import ProgressView
from tests.contract.gateway_house import House, open_house
from tests.gateway_facts import directions
from tests.stories import BEGINNING

WITHIN_S = 10


@dataclass
class Heard:
    """One event of a stream; a comment has no name."""

    name: str = ""
    id: str = ""
    text: str = ""

    @property
    def ordinal(self) -> int:
        """Return the ordinal of a fact."""
        return int(json.loads(self.text)["ordinal"])


@dataclass
class Ear:
    """A client of the stream, as a browser's would be."""

    lines: AsyncIterator[str]
    comments: list[str] = field(default_factory=list)

    async def next(self) -> Heard:
        """Return the next event."""
        heard = Heard()
        async with asyncio.timeout(WITHIN_S):
            async for line in self.lines:
                if not line and heard.name:
                    return heard
                match line.partition(": "):
                    case ("event", _, text):
                        heard.name = text
                    case ("id", _, text):
                        heard.id = text
                    case ("data", _, text):
                        heard.text = text
                    case ("", _, text):
                        self.comments.append(text)
                    case _:
                        pass
        raise EOFError

    async def facts(self, count: int) -> list[int]:
        """Return the ordinals of the next facts."""
        found: list[int] = []
        while len(found) < count:
            heard = await self.next()
            if heard.name == "fact":
                assert heard.id == str(heard.ordinal)
                found.append(heard.ordinal)
        return found


@dataclass
class Open:
    """A gateway that listens on a port."""

    house: House
    url: str
    serving: asyncio.Task[None]

    async def close(self) -> None:
        """Tell it to stop, and wait until it has."""
        await end(self.serving)


@contextlib.asynccontextmanager
async def listening(folder: Path, log: MemoryLog | None = None, limits: Limits | None = None) -> AsyncIterator[Open]:
    """Open a gateway on a free port."""
    async with open_house(folder, log, limits) as house:
        listener = listen("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        one = Open(house, url, asyncio.create_task(open_door(house.door, listener)))
        try:
            yield one
        finally:
            await one.close()


@contextlib.asynccontextmanager
async def ear(url: str, production: str, **headers: str) -> AsyncIterator[Ear]:
    """Listen to a production."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        httpx.AsyncClient(timeout=WITHIN_S) as client,
        client.stream("GET", f"{url}/v1/productions/{production}/events", headers=named) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Ear(answer.aiter_lines())


async def test_what_was_and_what_is_new_comes_once_and_in_order(tmp_path: Path) -> None:
    """A reader gets the whole history, then each new fact, with its ordinal as the id."""
    async with listening(tmp_path) as gateway:
        production = await gateway.house.begin(*BEGINNING[:2])
        async with ear(gateway.url, production) as one:
            assert await one.facts(2) == [1, 2]
            await gateway.house.tell(production, BEGINNING[2])
            await gateway.house.tell(production, BEGINNING[3])
            assert await one.facts(2) == [3, 4]


async def test_a_reader_that_comes_back_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """With Last-Event-ID nothing comes again and nothing is left out, also at another gateway on the same log."""
    async with listening(tmp_path / "one") as first:
        production = await first.house.begin(*BEGINNING[:3])
        async with ear(first.url, production, Last_Event_ID="1") as one:
            assert await one.facts(2) == [2, 3]
        await first.close()
        await first.house.tell(production, BEGINNING[3])
        async with (
            listening(tmp_path / "two", first.house.log) as second,
            ear(second.url, production, Last_Event_ID="3") as again,
        ):
            await second.house.tell(production, BEGINNING[4])
            assert await again.facts(2) == [4, 5]


async def test_facts_written_while_a_reader_arrives_are_not_lost(tmp_path: Path) -> None:
    """However arrival and writing interleave, each reader gets every fact once and in order."""
    count = 60
    async with listening(tmp_path) as gateway:
        production = await gateway.house.begin(*BEGINNING[:1])

        async def write() -> None:
            for fact in directions(count - 1):
                await gateway.house.tell(production, fact)
                await asyncio.sleep(0)

        async def read(delay: int) -> list[int]:
            await gateway.house.door.index.reach(delay)
            async with ear(gateway.url, production) as one:
                return await one.facts(count)

        _, *heard = await asyncio.gather(write(), *(read(delay) for delay in range(1, 11)))
        assert heard == [list(range(1, count + 1))] * 10


async def test_a_fact_that_comes_while_the_log_is_read_waits_for_those_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the index has passed before a reader listens, and what comes while it reads that, is whole and in order."""
    async with open_house(tmp_path) as house:
        production = await house.begin(*BEGINNING[:1])
        await house.caught_up()
        read = house.books.history

        async def slow(of: ProductionId, after: int = 0) -> Sequence[e.Recorded | e.Unreadable]:
            found = await read(of, after)
            if after:
                await house.tell(of, BEGINNING[2])
                await house.caught_up()
            return found

        monkeypatch.setattr(house.books, "history", slow)
        stream = facts_and_steps(house.door, production, 0)
        heard = [await anext(stream), await anext(stream)]
        await house.tell(production, BEGINNING[1])
        await house.caught_up()
        heard += [await anext(stream), await anext(stream)]
        await stream.aclose()
        assert [one.partition(b"\n")[0] for one in heard[1:]] == [b"id: 1", b"id: 2", b"id: 3"]


async def test_progress_comes_without_an_id(tmp_path: Path) -> None:
    """Steps are shown as they happen and never move the place that a reader resumes from."""
    async with listening(tmp_path) as gateway:
        production = await gateway.house.begin(*BEGINNING[:1])
        async with ear(gateway.url, production) as one:
            assert await one.facts(1) == [1]
            telling = asyncio.create_task(_tell_until_cancelled(gateway.house.log, production))
            heard = await one.next()
            telling.cancel()
            assert (heard.name, heard.id, json.loads(heard.text)["done"]) == ("progress", "", 7)


async def _tell_until_cancelled(log: MemoryLog, production: ProductionId) -> None:
    while True:
        await log.tell(progress_of(production), b'{"service": "creator",\n "about": "sample", "done": 7, "total": 30}')
        await asyncio.sleep(0.01)


async def test_whoever_comes_later_hears_how_far_the_work_is(tmp_path: Path) -> None:
    """The newest step of open work, with its picture, is told to each new reader, and no more once it is settled."""
    async with listening(tmp_path) as gateway:
        production = await gateway.house.begin(*BEGINNING[:3])
        await gateway.house.caught_up()
        steps = gateway.house.door.index.steps
        for done, preview in ((3, b"picture"), (7, None)):
            step = Step(service="creator", about="sample", done=done, total=30, preview=preview)
            steps.take(production, msgspec.json.encode(step))
        async with ear(gateway.url, production) as one:
            assert await one.facts(3) == [1, 2, 3]
            heard = await one.next()
            shown = msgspec.json.decode(heard.text, type=ProgressView)
            assert (heard.name, shown.done, shown.preview) == ("progress", 7, b"picture")
            await gateway.house.tell(production, BEGINNING[3])
            assert (await one.next()).ordinal == 4
        async with ear(gateway.url, production) as one:
            assert await one.facts(4) == [1, 2, 3, 4]
            await gateway.house.tell(production, BEGINNING[4])
            assert (await one.next()).name == "fact"


async def test_a_quiet_stream_says_that_it_is_still_there(tmp_path: Path) -> None:
    """Without news a comment comes in time, so that a lost connection is noticed on both sides."""
    async with listening(tmp_path, limits=Limits(heartbeat_s=0.05)) as gateway:
        production = await gateway.house.begin(*BEGINNING[:1])
        async with ear(gateway.url, production) as one:
            await one.facts(1)
            waiting = asyncio.create_task(one.next())
            await asyncio.wait({waiting}, timeout=0.3)
            await gateway.house.tell(production, BEGINNING[1])
            assert (await waiting).ordinal == 2
            assert "still here" in one.comments


async def test_streams_end_when_the_gateway_stops(tmp_path: Path) -> None:
    """Stopping releases readers at once: no connection is waited for until it times out."""
    async with listening(tmp_path) as gateway:
        production = await gateway.house.begin(*BEGINNING[:1])
        async with ear(gateway.url, production) as one:
            await one.facts(1)
            began = asyncio.get_running_loop().time()
            closing = asyncio.create_task(gateway.close())
            with pytest.raises(EOFError):
                await one.next()
            await closing
            assert asyncio.get_running_loop().time() - began < 3


async def test_a_message_that_is_no_event_of_ours_is_shown_as_strange(tmp_path: Path) -> None:
    """Garbage on the log is named in the stream, in pages and in the view, and changes nothing."""
    async with listening(tmp_path) as gateway:
        production = await gateway.house.begin(*BEGINNING[:1])
        gateway.house.log.inject(f"production.directed.{production}.9", b"garbage")
        await gateway.house.tell(production, BEGINNING[1])
        async with ear(gateway.url, production) as one:
            assert [(await one.next()).name for _ in range(3)] == ["fact", "strange", "fact"]
        page = (await gateway.house.client.get(f"/v1/productions/{production}/events?format=json")).json()
        assert [one["sequence"] for one in page["strange"]] == [2]
        shown = (await gateway.house.client.get(f"/v1/productions/{production}")).json()
        assert shown["anomalies"][0]["sequence"] == 2


async def test_a_reader_that_takes_nothing_is_let_go(tmp_path: Path) -> None:
    """Who does not take what is sent is not waited for, and leaves nothing behind in the index."""
    async with open_house(tmp_path, limits=Limits(slow_reader_s=0.05, heartbeat_s=0.01)) as house:
        production = await house.begin(*BEGINNING[:1])
        counts: list[int] = []

        async def send(message: Message) -> None:
            counts.append(house.door.index.reader_count)
            if b"still here" in message.get("body", b""):
                await asyncio.Event().wait()

        await EventStream(house.door, production, 0).stream_response(send)
        assert counts[-1] == 1
        assert house.door.index.reader_count == 0


async def test_a_reader_that_falls_behind_is_told_and_comes_back(tmp_path: Path) -> None:
    """When too much waits for one reader it is told that it was dropped; what it missed it gets by coming back."""
    async with open_house(tmp_path) as house:
        production = await house.begin(*BEGINNING[:1])
        stream = facts_and_steps(house.door, production, 0)
        heard = [await anext(stream), await anext(stream)]
        waiting = asyncio.ensure_future(anext(stream))
        first, *others = directions(3000)
        await house.tell(production, first)
        heard.append(await waiting)
        await house.tell(production, *others)
        await house.caught_up()
        heard += [message async for message in stream]
        assert heard[-1].startswith(b"event: dropped\n")
        got = [one for one in heard if b"event: fact" in one]
        again = facts_and_steps(house.door, production, len(got))
        await anext(again)
        assert (await anext(again)).startswith(b"id: %d\n" % (len(got) + 1))
        await again.aclose()


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "9" * 30])
async def test_an_id_that_is_no_ordinal_is_refused(tmp_path: Path, value: str) -> None:
    """A Last-Event-ID that we never sent is an error, not a stream from the beginning."""
    async with open_house(tmp_path) as house:
        production = await house.begin(*BEGINNING)
        answer = await house.client.get(f"/v1/productions/{production}/events", headers={"Last-Event-ID": value})
        assert (answer.status_code, "is no ordinal" in answer.json()["detail"]) == (422, True)


async def test_pages_of_events_are_whole(tmp_path: Path) -> None:
    """Following the pages gives every event once, in order."""
    async with open_house(tmp_path) as house:
        production = await house.begin(*BEGINNING)
        link: str | None = f"/v1/productions/{production}/events?format=json&limit=2"
        ordinals: list[int] = []
        while link is not None:
            page = (await house.client.get(link)).json()
            ordinals += [one["ordinal"] for one in page["events"]]
            link = page["next"]
        assert ordinals == [1, 2, 3, 4, 5]


def test_a_port_that_is_taken_is_said() -> None:
    """A second gateway on the same port hears what is taken and what to do."""
    first = listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    try:
        with pytest.raises(CannotListen) as caught:
            listen("127.0.0.1", port)
        assert caught.value.what == f"The gateway can't listen on 127.0.0.1:{port}."
        assert "gateway.port" in caught.value.help
    finally:
        first.close()
