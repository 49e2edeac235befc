"""The stream as it must be: made once, checked at every start, refused if it drifted."""

from __future__ import annotations

import asyncio

from nats.aio.client import Client
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.client import JetStreamContext
from nats.js.errors import APIError, NotFoundError

from bus.errors import LogUnavailable
from bus.subjects import STREAM_SUBJECTS
from bus.wire.server import NO_ANSWER

STREAM = "KINDLING"
_NAME_IN_USE = 10058


def stream_config() -> StreamConfig:
    """Return the stream as it must be: written once, never deleted, never evicted, not compressed."""
    return StreamConfig(
        name=STREAM,
        description="Every fact of every production, once.",
        subjects=list(STREAM_SUBJECTS),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        discard_new_per_subject=True,
        max_msgs_per_subject=1,
        deny_delete=True,
        deny_purge=True,
        allow_direct=True,
        allow_atomic=True,
        duplicate_window=0.1,
    )


_FIXED = (
    "retention",
    "storage",
    "discard",
    "discard_new_per_subject",
    "max_msgs_per_subject",
    "deny_delete",
    "deny_purge",
    "allow_direct",
    "allow_atomic",
    "max_msgs",
    "max_bytes",
    "max_age",
    "compression",
    "sealed",
)


async def check_stream(client: Client) -> None:
    """Read the stream's configuration back and hold it against what it must be.

    Raises:
        LogUnavailable: it is not there, or it drifted; each difference is named.
    """
    try:
        found = (await client.jetstream().stream_info(STREAM)).config
    except NotFoundError as error:
        raise LogUnavailable(
            f"The NATS server has no stream {STREAM}.",
            why="Kindling was not set up on it yet.",
            help="Run `kindling up`, which makes it.",
        ) from error
    except (APIError, *NO_ANSWER) as error:
        raise LogUnavailable(
            "The NATS server does not answer for its streams.",
            why=f"{type(error).__name__}: JetStream may be off, starting, or out of disk.",
            help="See `kindling doctor`.",
        ) from error
    wanted = stream_config()
    drifted = [
        f"{field} is {getattr(found, field)!r}, not {getattr(wanted, field)!r}"
        for field in _FIXED
        if _differs(getattr(wanted, field), getattr(found, field))
    ]
    missing = set(wanted.subjects or ()) - set(found.subjects or ())
    if missing:
        drifted.append(f"subjects lack {', '.join(sorted(missing))}")
    if drifted:
        raise LogUnavailable(
            f"The stream {STREAM} is not set up as it must be: {'; '.join(drifted)}.",
            why="Somebody changed it, or another program uses the name.",
            help="Put it back (`nats stream edit`), or give Kindling a server of its own.",
        )


_UNSET = (None, -1, 0, 0.0, False, "none")


def _differs(wanted: object, found: object) -> bool:
    return not (wanted in _UNSET and found in _UNSET) and wanted != found


async def until_made(client: Client) -> None:
    """Make the stream if it is not there; a server that has just started may need a moment before JetStream answers."""
    context = client.jetstream()
    for attempt in range(50):
        try:
            await context.stream_info(STREAM)
            return
        except NotFoundError:
            await _add_stream(context)
        except (APIError, *NO_ANSWER):
            if attempt == 49:
                raise
            await asyncio.sleep(0.1)


async def _add_stream(context: JetStreamContext) -> None:
    try:
        await context.add_stream(stream_config())
    except APIError as error:
        if error.err_code != _NAME_IN_USE:
            raise LogUnavailable(
                f"The stream {STREAM} can't be made.",
                why=f"The server says: {error.description} ({error.err_code}).",
                help="Give Kindling a server or an account of its own, or remove what is in the way.",
            ) from error
