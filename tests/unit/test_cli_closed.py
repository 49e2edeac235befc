"""Kindling leaves also when the terminal it ran in is closed, and when one of its tasks is slow to."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator

import pytest

from kindling import tail
from kindling.exits import Exit, Trouble
from kindling.up import while_heard


@pytest.mark.parametrize("gone", [errno.EIO, errno.EPIPE])
def test_saying_something_to_a_closed_terminal_stops_nothing(gone: int) -> None:
    """Its window is gone: a line that nobody can read must not keep the services from being stopped."""

    def say(line: str) -> None:
        raise OSError(gone, line)

    while_heard(say)("Leaving")


def test_a_full_disk_under_a_log_is_no_closed_terminal() -> None:
    """Other troubles with a line are told."""

    def say(line: str) -> None:
        raise OSError(errno.ENOSPC, line)

    with pytest.raises(OSError, match="Leaving"):
        while_heard(say)("Leaving")


async def test_an_unknown_id_ends_it_also_when_a_cancellation_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes on beside the log may forget that it was told to leave: it is told again, and nothing hangs."""

    async def deaf(_: object) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async def unknown(*_: object, **__: object) -> None:
        await asyncio.sleep(0)
        raise Trouble(Exit.UNKNOWN, "There is no production nope.")

    @contextlib.asynccontextmanager
    async def no_log() -> AsyncIterator[None]:
        yield

    for name, one in (("open_log", no_log), ("say_turns", deaf), ("tail_log", unknown)):
        monkeypatch.setattr(tail, name, one)
    async with asyncio.timeout(20):
        with pytest.raises(Trouble, match="no production nope"):
            await tail.tail("nope", 0, follow=True, as_json=False)
