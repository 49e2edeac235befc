"""The log on JetStream: a stream that refuses a second message on a subject, and appends that expect a state."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec
import nats
import nats.errors
import structlog
from msgspec import Struct
from nats.aio.msg import Msg

from bus import codec
from bus.errors import Conflict, LogUnavailable, Reason, Refused, Unprocessable
from bus.events import Recorded, Stored, Unreadable
from bus.ids import ProductionId, parse_production_id
from bus.subjects import log_of, parse_subject, progress_of
from bus.wire.client import LogClient
from bus.wire.consumers import JetStreamWakeups, bind_wakeups
from bus.wire.entries import make_bucket
from bus.wire.following import follow
from bus.wire.full import FULL_AFTER_S, takes_no_more, takes_nothing
from bus.wire.log import Sealed, WorkKind
from bus.wire.server import NO_ANSWER, Access, check_server
from bus.wire.stream import STREAM, check_stream, until_made

ANSWER_WITHIN_S = 5.0
SETTLE_WITHIN_S = 60.0
"""How long a lost answer is asked after before the log counts as unavailable."""
READ_BATCH = 512
_EXPECTED = "Nats-Expected-Last-Subject-Sequence"
_WRONG_LAST_SEQUENCE = 10071
_SUBJECT_OR_STORE_FULL = 10077
_MESSAGE_TOO_LARGE = 10054
_BATCH_TOO_LARGE = 10199

log = structlog.get_logger()


class _Trouble(Struct, frozen=True):
    code: int = 0
    err_code: int = 0
    description: str = ""


class _Answer(Struct, frozen=True):
    """What the server answers to a publish."""

    seq: int = 0
    error: _Trouble | None = None


_answers = msgspec.json.Decoder(_Answer)


class JetStreamLog:
    """The log on a real server. Made by `connect`."""

    def __init__(self, client: LogClient, access: Access) -> None:
        self.client = client
        self.access = access
        self.connection_lost_count = 0
        self.on_reconnect: list[Callable[[], None]] = []
        self.closed = asyncio.Event()

    async def append(self, production: ProductionId, events: Sequence[Sealed], expected: int) -> int:
        """Append all or none; see `bus.wire.log.Log.append`."""
        send = self._send_one if len(events) == 1 else self._send_batch
        loop = asyncio.get_running_loop()
        began, deadline, uncertain = loop.time(), loop.time() + SETTLE_WITHIN_S, False
        while True:
            try:
                answer = await send(production, events, expected)
            except NO_ANSWER as error:
                uncertain = True
                if loop.time() - began > FULL_AFTER_S and await self._can_be_read(events[-1].subject):
                    raise takes_nothing(self.access.url) from error
                await self._pause_before_settling(deadline, error)
                continue
            if answer.error is None:
                return answer.seq
            settled = await self._settle(events, answer.error, uncertain=uncertain)
            if settled is not None:
                return settled

    async def _send_one(self, production: ProductionId, events: Sequence[Sealed], expected: int) -> _Answer:
        (event,) = events
        headers = {_EXPECTED: str(expected), f"{_EXPECTED}-Subject": log_of(production)}
        answer = await self.client.request(event.subject, event.content, ANSWER_WITHIN_S, headers=headers)
        return _answers.decode(answer.data)

    async def _send_batch(self, production: ProductionId, events: Sequence[Sealed], expected: int) -> _Answer:
        batch = uuid.uuid4().hex
        for number, event in enumerate(events[:-1], 1):
            headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
            if number == 1:
                headers |= {_EXPECTED: str(expected), f"{_EXPECTED}-Subject": log_of(production)}
            await self.client.publish(event.subject, event.content, headers=headers)
        last = events[-1]
        headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(len(events)), "Nats-Batch-Commit": "1"}
        answer = await self.client.request(last.subject, last.content, ANSWER_WITHIN_S, headers=headers)
        return _answers.decode(answer.data)

    async def _settle(self, events: Sequence[Sealed], trouble: _Trouble, *, uncertain: bool) -> int | None:
        """Return the sequence if our own append is what was in the way; raise what the trouble means otherwise."""
        last = events[-1]
        if trouble.err_code in (_WRONG_LAST_SEQUENCE, _SUBJECT_OR_STORE_FULL):
            if uncertain:
                written = await self._written(last.subject)
                if isinstance(written, Recorded) and written.event.id == last.id:
                    return written.sequence
            if trouble.err_code == _WRONG_LAST_SEQUENCE:
                raise Conflict(f"{last.subject} was decided upon a state that is no longer the latest.")
            for event in events:
                if await self._written(event.subject) is not None:
                    raise Conflict(f"{event.subject} is already written.")
        if trouble.err_code == _MESSAGE_TOO_LARGE:
            raise Unprocessable(f"The server refuses {last.subject}: {trouble.description}.")
        if trouble.err_code == _BATCH_TOO_LARGE:
            raise Refused(
                Reason.TOO_LARGE,
                f"{len(events):,} events are more than the log takes at once.",
                why=f"The server says: {trouble.description}.",
                help="Raise jetstream.limits.batch.max_msgs of the nats-server: deploy/nats.conf has it.",
            )
        raise takes_no_more(trouble.err_code, trouble.description)

    async def _pause_before_settling(self, deadline: float, error: BaseException) -> None:
        if asyncio.get_running_loop().time() > deadline or self.client.is_closed:
            raise LogUnavailable(
                "The log gives no answer.",
                why=f"{type(error).__name__} from {self.access.url}.",
                help="See whether nats-server runs (`kindling doctor`).",
            ) from error
        await asyncio.sleep(0.2)

    async def _can_be_read(self, subject: str) -> bool:
        """Say whether the server answers questions, though it gives no answer to what is to be stored."""
        try:
            await self._written(subject)
        except NO_ANSWER:
            return False
        return True

    async def _written(self, subject: str) -> Recorded | Unreadable | None:
        found = [one async for one in self._direct({"last_by_subj": subject})]
        return _recorded(found[0]) if found else None

    async def read(self, production: ProductionId, after: int = 0) -> list[Recorded | Unreadable]:
        """Return what the log holds of a production after a sequence, in order."""
        return [_recorded(one) for one in await self._read(production, after)]

    async def messages(self, production: ProductionId) -> list[Stored]:
        """Return all that the log holds of a production, byte for byte."""
        return await self._read(production, 0)

    async def _read(self, production: ProductionId, after: int) -> list[Stored]:
        deadline = asyncio.get_running_loop().time() + SETTLE_WITHIN_S
        filter_ = log_of(production)
        while True:
            request: dict[str, str | int] = {"seq": after + 1, "next_by_subj": filter_, "batch": READ_BATCH}
            try:
                found = [one async for one in self._direct(request)]
                while len(found) and len(found) % READ_BATCH == 0:
                    request["seq"] = found[-1].sequence + 1
                    more = [one async for one in self._direct(request)]
                    if not more:
                        break
                    found += more
                return found
            except NO_ANSWER as error:
                await self._pause_before_settling(deadline, error)

    async def _direct(self, request: dict[str, str | int]) -> AsyncIterator[Stored]:
        """Yield the answers to one direct get: many messages, and a status message that ends them."""
        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox)
        try:
            await self.client.publish(f"$JS.API.DIRECT.GET.{STREAM}", json.dumps(request).encode(), reply=inbox)
            while True:
                message = await subscription.next_msg(ANSWER_WITHIN_S)
                headers = message.headers or {}
                status = headers.get("Status")
                if status in ("204", "404"):
                    return
                if status == "503":
                    raise nats.errors.NoRespondersError
                if status is not None:
                    raise LogUnavailable(f"The log can't be read: {status} {headers.get('Description', '')}.")
                sequence, subject = int(headers["Nats-Sequence"]), headers["Nats-Subject"]
                yield Stored(sequence=sequence, subject=subject, content=message.data)
                if "last_by_subj" in request:
                    return
        finally:
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()

    def follow(self, production: ProductionId | None = None, after: int = 0) -> AsyncIterator[Recorded | Unreadable]:
        """Yield what the log holds after a sequence, then what is added, for ever, across restarts of the server."""
        filter_ = log_of(production) if production else None

        async def is_behind(position: int) -> bool:
            request: dict[str, str | int] = {"seq": position + 1, "next_by_subj": filter_ or ">", "batch": 1}
            return bool([one async for one in self._direct(request)])

        return follow(self.client, STREAM, filter_, after, is_behind)

    async def last_sequence(self) -> int:
        """Return the sequence of the last message on the log, 0 where it is empty."""
        state = (await self.client.jetstream().stream_info(STREAM)).state
        return state.last_seq

    async def productions(self, *, with_ended: bool = False) -> list[ProductionId]:
        """Return the productions on the log; those that were cancelled, failed or deleted only if asked for."""
        info = await self.client.jetstream().stream_info(STREAM, subjects_filter="production.*.*.*")
        found: set[ProductionId] = set()
        ended: set[ProductionId] = set()
        for subject in info.state.subjects or {}:
            with contextlib.suppress(Unprocessable):
                parsed = parse_subject(subject)
                if parsed.type == "production.requested":
                    found.add(parsed.production)
                elif parsed.type in ("production.cancelled", "production.failed", "production.deleted"):
                    ended.add(parsed.production)
        return sorted(found if with_ended else found - ended)

    async def wakeups(self, kind: WorkKind) -> JetStreamWakeups:
        """Return the durable queue for a kind of work, made if it is not there.

        Raises:
            LogUnavailable: it is there and set up otherwise.
        """
        return await bind_wakeups(self.client, STREAM, kind)

    async def tell(self, subject: str, content: bytes) -> None:
        """Send what is no fact: it may be lost."""
        with contextlib.suppress(nats.errors.Error):
            await self.client.publish(subject, content)

    async def hints(self, production: ProductionId) -> AsyncIterator[None]:
        """Yield whenever something may have been added to a production. A hint may be false or missing."""
        async for _ in self._listen(log_of(production)):
            yield

    async def steps(self) -> AsyncIterator[tuple[ProductionId, bytes]]:
        """Yield the progress messages of all productions while they are listened to."""
        async for message in self._listen(progress_of("*")):
            with contextlib.suppress(ValueError):
                yield parse_production_id(message.subject.partition(".")[2]), message.data

    async def _listen(self, subject: str) -> AsyncIterator[Msg]:
        subscription = await self.client.subscribe(subject, pending_msgs_limit=4096)
        try:
            async for message in subscription.messages:
                yield message
        finally:
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def close(self) -> None:
        """Send what is buffered and leave."""
        if not self.client.is_closed:
            with contextlib.suppress(nats.errors.Error, TimeoutError):
                if self.client.is_connected:
                    await self.client.flush(2)
            await self.client.close()


def _recorded(one: Stored) -> Recorded | Unreadable:
    return codec.record(one.sequence, one.subject, one.content)


async def connect(access: Access, name: str) -> JetStreamLog:
    """Return the log of this server, once it is known that it is what it must be.

    Raises:
        LogUnavailable: nobody answers, the server is too old, or it is not set up to keep what it acknowledges.
    """
    journal = await _open(access, name)
    try:
        await check_server(journal.client, access)
        await check_stream(journal.client)
    except BaseException:
        await journal.close()
        raise
    return journal


async def _open(access: Access, name: str) -> JetStreamLog:
    client = LogClient()
    journal = JetStreamLog(client, access)

    is_connected = False

    async def on_error(error: Exception) -> None:
        if not is_connected:
            # nats-py would try for ever at the first connection, too; raising here is the way out of its loop.
            raise error
        log.warning("bus error", error=str(error) or type(error).__name__)

    async def on_disconnect() -> None:
        if client.is_closed:
            return
        journal.connection_lost_count += 1
        log.warning("bus disconnected", url=access.url)

    async def on_reconnect() -> None:
        log.info("bus reconnected", url=access.url)
        for callback in journal.on_reconnect:
            callback()

    async def on_close() -> None:
        journal.closed.set()

    user = access.user or "anybody"
    try:
        await client.connect(
            access.url,
            name=name,
            user=access.user,
            password=access.password,
            inbox_prefix=f"_INBOX_{user}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=3,
            error_cb=on_error,
            disconnected_cb=on_disconnect,
            reconnected_cb=on_reconnect,
            closed_cb=on_close,
        )
    except (OSError, nats.errors.Error, TimeoutError) as error:
        # A server that refuses us also resets the connection: closing our end may then fail, and says nothing new.
        with contextlib.suppress(OSError, nats.errors.Error):
            await client.close()
        if not (_is_refusal(error) or _is_refusal(client.last_error)):
            raise LogUnavailable(
                f"No NATS server answers at {access.url}.",
                why=f"{type(error).__name__}: {error}".rstrip(": "),
                help="Start Kindling with `kindling up`, or set nats.url in kindling.toml to your own server.",
            ) from error
        raise LogUnavailable(
            f"The NATS server at {access.url} does not know us.",
            why=f"It refuses the user {user!r}.",
            help="Check the credentials in .kindling/credentials, or the user and password file in kindling.toml.",
        ) from error
    # The first connection fails at once; every later loss is ridden out.
    is_connected = True
    return journal


async def make_stream(access: Access) -> None:
    """Make the stream and the bucket beside it where they are not there; refuse a stream that is set up otherwise.

    It takes the admin's user.

    Raises:
        LogUnavailable: the server can't be reached, is not fit, or holds another stream of that name.
    """
    journal = await _open(access, "kindling up")
    try:
        await check_server(journal.client, access)
        await until_made(journal.client)
        await check_stream(journal.client)
        await make_bucket(journal.client)
    finally:
        await journal.close()


def _is_refusal(error: BaseException | None) -> bool:
    """Say whether the server does not know us. nats-py has no class of its own for it at the first connection."""
    return isinstance(error, nats.errors.AuthorizationError) or "authorization violation" in str(error).lower()
