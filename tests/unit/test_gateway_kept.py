"""The list of productions that is kept in a file: taken where the log bears it out, and made anew everywhere else."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest
import structlog
from hypothesis import given, settings

from bus import events as e
from bus.ids import ProductionId, digest_of
from bus.wire.books import LogBooks
from bus.wire.memory import MemoryLog
from bus.wire.waiting import end
from services.gateway import index as indexing
from services.gateway import kept as keeping
from services.gateway.experience import Lessons
from services.gateway.index import Index
from services.gateway.kept import DIGEST_LENGTH, Kept, Line, Shelf, this_program
from services.gateway.view import summary
from tests.laws import examples
from tests.stories import BEGINNING, PRODUCTION, Story
from tests.unit.gateway_histories import histories

OTHER = ProductionId("a-fox-on-the-ice-3k8d")
WRITER = e.Writer(service="gateway", version="1", host="here")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return a shelf that nothing lies on yet."""
    return Shelf(tmp_path / "hidden" / "productions.list")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[structlog.typing.EventDict]:
    """Return the lines of the gateway's own log about its list, as they are written."""
    capture = structlog.testing.LogCapture()
    wrapper = structlog.make_filtering_bound_logger(logging.INFO)
    logger = structlog.wrap_logger(None, processors=[capture], wrapper_class=wrapper)
    monkeypatch.setattr(indexing, "log", logger)
    monkeypatch.setattr(keeping, "log", logger)
    return capture.entries


@contextlib.asynccontextmanager
async def opened(log: MemoryLog, shelf: Shelf | None) -> AsyncIterator[Index]:
    """Run an index on the log, and stop it as the gateway does."""
    index = Index(LogBooks(log, WRITER), log.last_sequence, shelf)
    running = asyncio.create_task(index.run())
    try:
        await index.ready.wait()
        yield index
    finally:
        await end(running)


async def told(log: MemoryLog, production: ProductionId, *facts: e.Fact) -> None:
    """Append facts as a service would."""
    await LogBooks(log, WRITER).act(production, lambda _: facts)


async def seen(log: MemoryLog, shelf: Shelf | None) -> tuple[object, ...]:
    """Return all that an index says of the log."""
    async with opened(log, shelf) as index:
        return index.newest(100, None, None), index.experience, index.by_key("k"), index.branches(PRODUCTION)


async def begun(shelf: Shelf) -> MemoryLog:
    """Return a log of two productions whose list is kept."""
    log = MemoryLog()
    await told(log, PRODUCTION, *BEGINNING)
    await told(log, OTHER, e.ProductionRequested(words="A fox", idempotency_key="k"))
    async with opened(log, shelf):
        pass
    assert shelf.file.exists()
    return log


def began_with_it(events: list[structlog.typing.EventDict]) -> bool:
    """Say whether a kept list was taken."""
    return any(one["event"] == "began with the kept list" for one in events)


@given(histories())
@settings(max_examples=examples(25))
def test_a_line_comes_back_from_a_file_as_it_was(history: Story) -> None:
    """Whatever became of a production, its line is written and read without a change."""
    if history.state.request is None:
        return
    line = Line(first=1, shown=summary(history.state))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(line), type=Line) == line


async def test_the_next_start_reads_only_what_is_new_and_lists_the_same(
    shelf: Shelf, said: list[structlog.typing.EventDict]
) -> None:
    """An index that began with the kept list says what one says that read the whole log, and goes on like it."""
    log = await begun(shelf)
    await told(log, OTHER, *BEGINNING[1:3])
    await told(log, ProductionId("later-1"), e.ProductionRequested(words="Later"))
    said.clear()
    assert await seen(log, shelf) == await seen(log, None)
    assert began_with_it(said)
    kept = shelf.read()
    assert kept is not None
    assert (kept.sequence, len(kept.lines)) == (len(log.stored), 3)


async def test_what_was_written_before_its_request_is_not_lost(
    shelf: Shelf, said: list[structlog.typing.EventDict]
) -> None:
    """A production that had events and no request when the list was kept is folded whole when the request comes."""
    log = await begun(shelf)
    strange = ProductionId("strange-1")
    await told(log, strange, BEGINNING[1])
    async with opened(log, shelf):
        pass
    await told(log, strange, BEGINNING[0])
    said.clear()
    assert await seen(log, shelf) == await seen(log, None)
    assert began_with_it(said)


def _cut(content: bytes) -> bytes:
    return content[:-7]


def _changed(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def _sealed(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + body


def _of_another_form(content: bytes) -> bytes:
    return _sealed(msgspec.msgpack.encode({"lines": 3}))


def _of_another_program(content: bytes) -> bytes:
    kept = msgspec.msgpack.decode(content[DIGEST_LENGTH:], type=Kept)
    return _sealed(msgspec.msgpack.encode(msgspec.structs.replace(kept, made_by="0" * 64)))


def _of_another_title(content: bytes) -> bytes:
    kept = msgspec.msgpack.decode(content[DIGEST_LENGTH:], type=Kept)
    *others, last = kept.lines
    last = msgspec.structs.replace(last, shown=msgspec.structs.replace(last.shown, title="Not on the log"))
    return _sealed(msgspec.msgpack.encode(msgspec.structs.replace(kept, lines=(*others, last))))


@pytest.mark.parametrize(
    "spoil", [_cut, _changed, lambda _: b"", _of_another_form, _of_another_program, _of_another_title]
)
async def test_a_file_that_cannot_be_trusted_is_not_used_and_replaced(
    shelf: Shelf, spoil: Callable[[bytes], bytes], said: list[structlog.typing.EventDict]
) -> None:
    """Torn, changed, empty, older or untrue: it is said, the whole log is read, and a good list is kept again."""
    log = await begun(shelf)
    shelf.file.write_bytes(spoil(shelf.file.read_bytes()))
    said.clear()
    assert await seen(log, shelf) == await seen(log, None)
    assert not began_with_it(said)
    assert [one["log_level"] for one in said if "kept list" in one["event"]] == ["warning"]
    said.clear()
    await seen(log, shelf)
    assert began_with_it(said)


@pytest.mark.parametrize("count", [1, 40])
async def test_the_list_of_another_log_is_not_used(
    shelf: Shelf, count: int, said: list[structlog.typing.EventDict]
) -> None:
    """A shorter log has no such message, and a longer one has another."""
    await begun(shelf)
    log = MemoryLog()
    for number in range(count):
        await told(log, ProductionId(f"film-{number}"), e.ProductionRequested(words="Another"))
    said.clear()
    assert await seen(log, shelf) == await seen(log, None)
    assert "the kept list is not of this log, which is read whole" in [one["event"] for one in said]


async def test_the_list_is_kept_while_the_log_grows(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that is killed leaves a list that is not much older than the log."""
    monkeypatch.setattr(indexing, "KEEP_AFTER", 3)
    log = MemoryLog()
    async with opened(log, shelf) as index:
        await told(log, PRODUCTION, *BEGINNING[:4])
        await index.reach(4)
        kept = shelf.read()
        assert kept is not None
        assert kept.sequence >= 3


async def test_a_list_that_cannot_be_kept_stops_nothing(tmp_path: Path, said: list[structlog.typing.EventDict]) -> None:
    """Where there is no place to write, the index works, and why the list is not kept is said."""
    (tmp_path / "hidden").write_text("a file where a folder should be", encoding="utf-8")
    log = MemoryLog()
    await told(log, PRODUCTION, *BEGINNING)
    said.clear()
    assert await seen(log, Shelf(tmp_path / "hidden" / "productions.list")) == await seen(log, None)
    assert [one["log_level"] for one in said if one["event"] == "the list can't be kept"] == ["warning"]


def test_only_its_owner_may_read_the_list(shelf: Shelf) -> None:
    """It holds what people said."""
    kept = Kept(made_by=this_program(), sequence=1, digest=digest_of(b"message"), lines=(), lessons=Lessons())
    shelf.write(kept)
    assert shelf.file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in shelf.file.parent.iterdir()] == [shelf.file.name]
    assert shelf.read() == kept
