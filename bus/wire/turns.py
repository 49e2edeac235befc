"""Taking turns on the GPU: one process's part in the lease that all of them keep in one entry.

Each write is made upon what was read, so that only one of several changes hands at a time. Who is silent is put out:
everybody watches the beats of the others on its own clock, and counts only time in which it could see them. A process
that can't reach the entry gives its own turn up before the others put it out.
"""

from __future__ import annotations

import asyncio
import contextlib
import platform
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
import structlog

from bus import gpu
from bus.errors import Conflict, LogUnavailable
from bus.gpu import Guest, Lease, Side, Wish
from bus.ports import Tenant, Turn
from bus.subjects import progress_of
from bus.wire.entries import BucketEntries, Entries, Entry
from bus.wire.jetstream import JetStreamLog
from bus.wire.waiting import end
from bus.work import LEAVING, Step

TELL_EVERY_S: Final = 2.0
POLL_S: Final = 1.0
CONFLICTS_MAX: Final = 50

log = structlog.get_logger()

Tell = Callable[[str, bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what may take."""

    lease_s: float = 30.0
    """A guest that gives no sign of life for so long is put out."""
    linger_s: float = 2.0
    """How long the GPU is kept when nothing more is queued: the next piece of work may be on its way."""
    ordinary_s: float = 1800.0
    """After so long a wait nobody of the other side is let in any more."""
    urgent_s: float = 20.0
    """The same where a person waits."""


@dataclass(slots=True, eq=False)
class _Place:
    """A wish of this process on its way through the lease."""

    wish: Wish
    id: str
    since: float
    user: asyncio.Task[object]
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    number: int = 0
    confirmed: float = 0.0
    """When it was last seen to be inside."""
    is_lost: bool = False
    told: str = ""
    told_at: float = 0.0

    async def granted(self) -> None:
        """Wait until the GPU may be used."""
        await self.arrived.wait()


class AtOnce:
    """A turn where nobody else wants the GPU."""

    async def granted(self) -> None:
        """Wait for nothing."""


class Turns:
    """`bus.ports.Gpu` over an entry that all services share. It works while `attend` runs."""

    def __init__(
        self,
        service: str,
        tenants: Mapping[Side, Tenant] | Mapping[str, Tenant],
        patience: Patience,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._service = service
        self._tenants: Mapping[str, Tenant] = {str(side): one for side, one in tenants.items()}
        self._patience = patience
        self._new_id = new_id
        self._places: dict[str, _Place] = {}
        self._leaving: set[str] = set()
        self._news = asyncio.Event()
        self._seen: dict[str, tuple[int, float]] = {}
        self._read_at = 0.0
        self._beaten_at = 0.0
        self._idle: tuple[tuple[int, int], float] | None = None
        self._clearing: tuple[int, asyncio.Task[None]] | None = None
        self._cleared = 0
        self._saying = ""
        self._lease = Lease()

    @contextlib.asynccontextmanager
    async def turn(self, wish: Wish) -> AsyncIterator[Turn]:
        """Stand in line from here on."""
        if wish.side is Side.THINK and not await self._tenants[Side.THINK].is_there():
            # No models run here, so there is nothing to share; whoever asks them will be told so.
            yield AtOnce()
            return
        user = asyncio.current_task()
        assert user is not None, "a turn is taken inside a task"
        place = _Place(wish, self._new_id(), asyncio.get_running_loop().time(), user)
        cancelling = user.cancelling()
        self._places[place.id] = place
        self._news.set()
        try:
            yield place
        except asyncio.CancelledError:
            if place.is_lost and user.uncancel() <= cancelling:
                raise LogUnavailable(
                    "The turn on the GPU was lost.",
                    why="This process could not say in time that it is alive.",
                    help="It is taken again; nothing is lost.",
                ) from None
            raise
        finally:
            del self._places[place.id]
            self._leaving.add(place.id)
            self._news.set()

    async def beside(self, journal: JetStreamLog) -> None:
        """Attend to the lease on this server; what runs beside a service's workers."""
        await self.attend(BucketEntries(journal.client), journal.tell)

    async def attend(self, entries: Entries, tell: Tell) -> None:
        """Keep this process's places in the lease until cancelled, and say why they wait."""
        hearing = asyncio.ensure_future(self._hear(entries))
        try:
            while True:
                if self._places or self._leaving:
                    await self._round(entries)
                    await self._tell(tell)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause_s()):
                        await self._news.wait()
                self._news.clear()
        finally:
            self._leaving |= set(self._places)
            await end(hearing)
            if self._clearing is not None:
                self._clearing[1].cancel()
            with contextlib.suppress(LogUnavailable, TimeoutError):
                async with asyncio.timeout(2.0):
                    await self._round(entries)

    async def _hear(self, entries: Entries) -> None:
        while True:
            async for _ in entries.hints():
                if self._places or self._leaving:
                    self._news.set()
            # Hints have ended with their connection: until there is a new one the clock alone wakes.
            await asyncio.sleep(POLL_S)

    def _pause_s(self) -> float | None:
        if not self._places and not self._leaving:
            return None
        pause_s = self._patience.lease_s / 4
        if self._leaving or any(not one.arrived.is_set() for one in self._places.values()):
            pause_s = min(pause_s, POLL_S, max(self._patience.linger_s, 0.05))
        return pause_s

    # -- one round: read, see what is due, write, and take in what holds now ---------------------------------------

    async def _round(self, entries: Entries) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(CONFLICTS_MAX):
            leaving = frozenset(self._leaving)
            try:
                entry = await entries.read()
                now = loop.time()
                if now - self._read_at > self._patience.lease_s / 2:
                    # Nobody's silence counts that we could not have heard.
                    self._seen.clear()
                self._read_at = now
                lease = _decoded(entry)
                after = self._after(lease, entry, leaving, now)
                if after != lease:
                    await entries.write(msgspec.json.encode(after), entry.revision)
            except Conflict:
                continue
            except LogUnavailable as error:
                log.warning("gpu lease unavailable", service=self._service, why=str(error))
                self._seen.clear()
                self._give_up_the_unconfirmed(loop.time())
                return
            self._leaving -= leaving
            if any(_beat(after, one) != _beat(lease, one) for one in self._places):
                # All of ours beat together.
                self._beaten_at = now
            self._take_in(after, now)
            return

    def _after(self, lease: Lease, entry: Entry, leaving: frozenset[str], now: float) -> Lease:
        """Return the lease as it should be by what this process knows."""
        patience = self._patience
        lease = gpu.left(lease, leaving | self._silent(lease, now))
        newcomers = [one for one in self._places.values() if not one.arrived.is_set() and not lease.guest(one.id)]
        for place in newcomers:
            lease = gpu.came(lease, self._guest(place))
        pressing = {
            one.id
            for one in self._places.values()
            if now - one.since >= (patience.urgent_s if one.wish.is_urgent else patience.ordinary_s)
        }
        is_beat_due = bool(newcomers) or now - self._beaten_at >= patience.lease_s / 3
        if is_beat_due or any(one.id in pressing and not one.is_pressing for one in lease.waiting):
            lease = gpu.renewed(lease, tuple(self._places) if is_beat_due else (), pressing)
        has_lingered = self._has_lingered(lease, now)
        for one in lease.waiting:
            side = one.wish.side
            if one.id in self._places and gpu.is_due(lease, side) and (has_lingered or _is_pressed(lease, side)):
                lease = gpu.opened(lease, side, max(entry.last, lease.number) + 1)
                log.info("gpu changes hands", to=str(side), number=lease.number, production=one.wish.production)
        return gpu.cleared(lease, self._cleared) if self._cleared else lease

    def _guest(self, place: _Place) -> Guest:
        return Guest(id=place.id, service=self._service, host=platform.node() or "localhost", wish=place.wish)

    def _silent(self, lease: Lease, now: float) -> frozenset[str]:
        """Return the guests of other processes that have shown no beat for the time of the lease."""
        others = {one.id: one.beat for one in lease.guests if one.id not in self._places}
        self._seen = {
            id_: seen if (seen := self._seen.get(id_)) and seen[0] == beat else (beat, now)
            for id_, beat in others.items()
        }
        return frozenset(id_ for id_, (_, since) in self._seen.items() if now - since >= self._patience.lease_s)

    def _has_lingered(self, lease: Lease, now: float) -> bool:
        """Say whether the side that has the GPU has been idle for long enough to be called done."""
        if lease.side is None or not lease.is_clear:
            return True
        if lease.inside:
            self._idle = None
            return False
        phase = (lease.number, lease.entry_count)
        if self._idle is None or self._idle[0] != phase:
            self._idle = (phase, now)
        return now - self._idle[1] >= self._patience.linger_s

    def _take_in(self, lease: Lease, now: float) -> None:
        for place in self._places.values():
            guest = lease.guest(place.id)
            if place.arrived.is_set():
                if guest is None or lease.number != place.number:
                    self._lose(place)
                else:
                    place.confirmed = now
            elif gpu.may_work(lease, place.id):
                place.number, place.confirmed = lease.number, now
                place.arrived.set()
        self._lease = lease
        self._clear_if_due(lease)

    def _give_up_the_unconfirmed(self, now: float) -> None:
        """Give turns up that could not be seen to hold for long: others may be about to put us out."""
        for place in self._places.values():
            if place.arrived.is_set() and now - place.confirmed >= self._patience.lease_s / 2:
                self._lose(place)

    def _lose(self, place: _Place) -> None:
        if not place.is_lost:
            log.warning("turn on the gpu lost", service=self._service, about=place.wish.about)
            place.is_lost = True
            place.user.cancel(LEAVING)

    # -- freeing the other side's memory ---------------------------------------------------------------------------

    def _clear_if_due(self, lease: Lease) -> None:
        clearer = lease.clearer
        is_ours = clearer is not None and clearer.id in self._places
        if self._clearing is not None and not (is_ours and self._clearing[0] == lease.number):
            self._clearing[1].cancel()
            self._clearing, self._saying = None, ""
        if clearer is not None and is_ours and self._clearing is None:
            freeing = self._free(lease.number, self._tenants[clearer.wish.side.other])
            self._clearing = (lease.number, asyncio.ensure_future(freeing))

    async def _free(self, number: int, tenant: Tenant) -> None:
        while True:
            try:
                await tenant.free(self._say)
                break
            except Exception:
                # Whatever it is: without a word from the other side the memory does not count as free.
                log.exception("gpu memory can't be freed", service=self._service)
                await asyncio.sleep(POLL_S)
        self._cleared = number
        self._news.set()

    def _say(self, text: str) -> None:
        self._saying = text
        self._news.set()

    # -- saying why somebody waits ---------------------------------------------------------------------------------

    async def _tell(self, tell: Tell) -> None:
        """Say to each production whose work waits why it does, again now and then, and once that it waits no more."""
        now = asyncio.get_running_loop().time()
        for place in list(self._places.values()):
            text = self._why_waiting(place)
            if text == place.told and (not text or now - place.told_at < TELL_EVERY_S):
                continue
            place.told, place.told_at = text, now
            step = Step(service=self._service, about=place.wish.about, done=0, total=0, note=text)
            await tell(progress_of(place.wish.production), msgspec.json.encode(step))

    def _why_waiting(self, place: _Place) -> str:
        guest = self._lease.guest(place.id)
        if place.arrived.is_set() or guest is None:
            return ""
        if guest.is_inside and self._saying:
            return self._saying
        return gpu.why_waiting(self._lease, guest)


def _beat(lease: Lease, guest_id: str) -> int:
    guest = lease.guest(guest_id)
    return -1 if guest is None else guest.beat


def _is_pressed(lease: Lease, side: Side) -> bool:
    return any(one.is_pressing and one.wish.side is side for one in lease.waiting)


def _decoded(entry: Entry) -> Lease:
    if entry.content is None:
        return Lease()
    try:
        return msgspec.json.decode(entry.content, type=Lease)
    except msgspec.DecodeError:
        # Nobody has a turn by it, and the next phase begins by freeing the memory, as every one does.
        log.error("the gpu's lease is no lease", size_bytes=len(entry.content))
        return Lease()
