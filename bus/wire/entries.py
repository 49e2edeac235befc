"""The one entry of a NATS key-value bucket in which the lease of the GPU lies, and the same in memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import nats.errors
from nats.aio.client import Client
from nats.js.api import DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError

from bus.errors import Conflict, LogUnavailable
from bus.wire.server import NO_ANSWER

BUCKET = "kindling_gpu"
BUCKET_STREAM = f"KV_{BUCKET}"
KEY = "lease"
SUBJECT = f"$KV.{BUCKET}.{KEY}"
EXPIRES_AFTER_S = 60.0
"""An entry that nobody has written to for so long is gone from the bucket."""
ANSWER_WITHIN_S = 3.0
_EXPECTED = "Nats-Expected-Last-Subject-Sequence"
_WRONG_LAST_SEQUENCE = 10071
_NAME_IN_USE = 10058


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies there: the bytes if there are any, their revision, and the last revision that was ever given."""

    content: bytes | None
    revision: int
    last: int


class Entries(Protocol):
    """One entry that several write to, each only upon what they have read."""

    async def read(self) -> Entry:
        """Return what lies there.

        Raises:
            LogUnavailable: it can't be told now.
        """
        ...

    async def write(self, content: bytes, revision: int) -> None:
        """Write, if the revision is still the one there; 0 where nothing was.

        Raises:
            Conflict: somebody else was faster.
            LogUnavailable: it is not known whether it was written.
        """
        ...

    def hints(self) -> AsyncIterator[None]:
        """Yield whenever something may have been written. A hint may be false or missing."""
        ...


class BucketEntries:
    """The entry on a real server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def read(self) -> Entry:
        """Return what lies there."""
        context = self._client.jetstream(timeout=ANSWER_WITHIN_S)
        try:
            found = await context.get_msg(BUCKET_STREAM, subject=SUBJECT, direct=True)
        except (NotFoundError, nats.errors.NoRespondersError):
            # Nobody answers for a bucket that is not there.
            return await self._absent()
        except (APIError, *NO_ANSWER) as error:
            raise _unavailable(error) from error
        revision = found.seq or 0
        return Entry(found.data or b"", revision, revision)

    async def _absent(self) -> Entry:
        try:
            info = await self._client.jetstream(timeout=ANSWER_WITHIN_S).stream_info(BUCKET_STREAM)
        except NotFoundError as error:
            raise LogUnavailable(
                f"The NATS server has no bucket {BUCKET}, in which the GPU's lease is kept.",
                why="It was not made yet.",
                help="Run `kindling up` once with the password of `admin`, or set gpu.shared = false.",
            ) from error
        except (APIError, *NO_ANSWER) as error:
            raise _unavailable(error) from error
        return Entry(None, 0, info.state.last_seq)

    async def write(self, content: bytes, revision: int) -> None:
        """Write, if the revision is still the one there."""
        context = self._client.jetstream(timeout=ANSWER_WITHIN_S)
        try:
            await context.publish(SUBJECT, content, headers={_EXPECTED: str(revision)})
        except APIError as error:
            if error.err_code == _WRONG_LAST_SEQUENCE:
                raise Conflict("The GPU's lease was written by somebody else.") from error
            raise _unavailable(error) from error
        except NO_ANSWER as error:
            raise _unavailable(error) from error

    async def hints(self) -> AsyncIterator[None]:
        """Yield whenever something may have been written."""
        subscription = await self._client.subscribe(SUBJECT)
        try:
            async for _ in subscription.messages:
                yield
        finally:
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()


def _unavailable(error: BaseException) -> LogUnavailable:
    return LogUnavailable(
        "The GPU's lease can't be reached.",
        why=f"{type(error).__name__}: {error}".rstrip(": "),
        help="See whether nats-server runs (`kindling doctor`).",
    )


def bucket_config() -> StreamConfig:
    """Return the bucket as it must be: one version of each key, gone after a minute without a sign of life."""
    return StreamConfig(
        name=BUCKET_STREAM,
        description="Whose turn it is on the GPU.",
        subjects=[f"$KV.{BUCKET}.>"],
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_msgs_per_subject=1,
        max_age=EXPIRES_AFTER_S,
        allow_direct=True,
        allow_rollup_hdrs=True,
        deny_delete=True,
        duplicate_window=1.0,
    )


async def make_bucket(client: Client) -> None:
    """Make the bucket if it is not there. It takes the admin's user.

    Raises:
        LogUnavailable: it can't be made.
    """
    try:
        await client.jetstream().add_stream(bucket_config())
    except APIError as error:
        if error.err_code != _NAME_IN_USE:
            raise LogUnavailable(
                f"The bucket {BUCKET} can't be made.",
                why=f"The server says: {error.description} ({error.err_code}).",
                help="Give Kindling a server or an account of its own, or remove what is in the way.",
            ) from error
    except NO_ANSWER as error:
        raise _unavailable(error) from error


class MemoryEntries:
    """The entry in memory, for tests and simulations: shared by everybody who holds this object."""

    def __init__(self) -> None:
        self._content: bytes | None = None
        self._revision = 0
        self._last = 0
        self._written = asyncio.Event()

    async def read(self) -> Entry:
        """Return what lies there."""
        return Entry(self._content, self._revision, self._last)

    async def write(self, content: bytes, revision: int) -> None:
        """Write, if the revision is still the one there."""
        if revision != self._revision:
            raise Conflict("The GPU's lease was written by somebody else.")
        self._last += 1
        self._content, self._revision = content, self._last
        self._written.set()
        self._written = asyncio.Event()

    def expire(self) -> None:
        """Lose the entry, as the bucket does when nobody has written to it for long."""
        self._content, self._revision = None, 0

    async def hints(self) -> AsyncIterator[None]:
        """Yield whenever something was written."""
        while True:
            await self._written.wait()
            yield
