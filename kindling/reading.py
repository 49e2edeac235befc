"""The log, read as the user `reader`: no gateway, and nothing is written."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import nats.errors
from nats.js.errors import APIError

from bus.errors import LogUnavailable, Unprocessable
from bus.events import Recorded, Unreadable
from bus.ids import ProductionId
from bus.production import Production, fold
from bus.subjects import parse_subject
from bus.wire.jetstream import JetStreamLog, connect
from bus.wire.log import Log
from bus.wire.stream import STREAM
from kindling.exits import Exit, Trouble
from kindling.home import access, find_home, load_settings
from kindling.names import as_id, choose
from kindling.server_conf import READER
from kindling.wording import count_of

History = Sequence[Recorded | Unreadable]


@contextlib.asynccontextmanager
async def open_log() -> AsyncIterator[JetStreamLog]:
    """Give the log of this home.

    Raises:
        LogUnavailable: it can't be reached, or is not fit.
    """
    journal = await connect(access(load_settings(find_home()), READER), "kindling reader")
    try:
        yield journal
    finally:
        await journal.close()


async def all_productions(journal: JetStreamLog) -> list[ProductionId]:
    """Return every production that was ever asked for, whatever became of it."""
    try:
        info = await journal.client.jetstream().stream_info(STREAM, subjects_filter="production.requested.*.*")
    except (nats.errors.Error, APIError, TimeoutError) as error:
        raise LogUnavailable(
            "The log does not say which productions it holds.",
            why=f"{type(error).__name__} from {journal.access.url}.",
            help="Try again; `kindling doctor` says what is wrong with the server.",
        ) from error
    found = []
    for subject in info.state.subjects or {}:
        with contextlib.suppress(Unprocessable):
            found.append(parse_subject(subject).production)
    return sorted(found)


Known = Callable[[], Awaitable[list[ProductionId]]]
"""Returns every production that there is; asked only where an id is not whole."""


async def history_of(journal: Log, text: str, known: Known) -> tuple[ProductionId, History]:
    """Return the production that an id, or the beginning of one, names, and all that the log holds of it.

    Raises:
        Trouble: there is none, or there are several.
    """
    wanted = as_id(text)
    if history := await journal.read(wanted):
        return wanted, history
    production = choose(text, await known())
    return production, await journal.read(production)


async def named(journal: JetStreamLog, text: str) -> ProductionId:
    """Return the production that an id, or the beginning of one, names.

    Raises:
        Trouble: there is none, or there are several.
    """
    return choose(text, await all_productions(journal))


async def histories(journal: JetStreamLog, text: str | None) -> AsyncIterator[tuple[ProductionId, History, int, int]]:
    """Yield a production and all that the log holds of it, or every one of them; with its number and the count.

    Raises:
        Trouble: the one that is named is not there.
    """
    if text is not None:
        production, history = await history_of(journal, text, lambda: all_productions(journal))
        yield production, history, 1, 1
        return
    found = await all_productions(journal)
    for number, production in enumerate(found, 1):
        yield production, await journal.read(production), number, len(found)


def state_at(production: ProductionId, history: History, at: int | None) -> Production:
    """Return the state as of an event, or as of now. Pure.

    Raises:
        Trouble: there is no such event.
    """
    if at is None:
        return fold(production, history)
    last = max((one.event.ordinal for one in history if isinstance(one, Recorded)), default=0)
    if not 1 <= at <= last:
        raise Trouble(
            Exit.UNKNOWN,
            f"{production} has no event {at}.",
            why=f"Its log has {count_of(last, 'event')}, counted from 1.",
            help=f"See them: kindling tail {production} --no-follow",
        )
    return fold(production, until(history, at))


def event_at(history: History, ordinal: int) -> Recorded:
    """Return the event of this ordinal, which is there. Pure."""
    return next(one for one in history if isinstance(one, Recorded) and one.event.ordinal == ordinal)


def until(history: History, ordinal: int) -> list[Recorded | Unreadable]:
    """Return what was on the log when the event of this ordinal was the last one. Pure."""
    kept: list[Recorded | Unreadable] = []
    for one in history:
        if isinstance(one, Recorded) and one.event.ordinal > ordinal:
            break
        kept.append(one)
    return kept
