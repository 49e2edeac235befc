"""Whose turn it is on a GPU that two programs share: the lease as it lies in its entry, and how it changes hands.

The two sides take turns by phases. In a phase any number of guests of its side are inside; the other side waits until
the last of them has left and nobody comes after them for a moment, so that what is queued is done in one phase. A phase
begins by having the other side's memory freed, and only then is it clear to work. No clock is read here: how long
somebody was silent or has waited is observed by whoever watches, each on a clock of their own.
"""

from __future__ import annotations

import enum
from collections.abc import Collection

import msgspec
from msgspec import Struct

from bus.about import work_in_words


class Side(enum.StrEnum):
    """What the GPU is wanted for."""

    RENDER = "render"
    THINK = "think"

    @property
    def other(self) -> Side:
        """Return the side that waits meanwhile."""
        return Side.THINK if self is Side.RENDER else Side.RENDER


class Wish(Struct, frozen=True, gc=False, kw_only=True):
    """A piece of work that wants the GPU."""

    side: Side
    production: str
    about: str
    is_urgent: bool = False
    """Whether a person waits for it right now."""


class Guest(Struct, frozen=True, gc=False, kw_only=True):
    """A wish in the lease: inside, or waiting."""

    id: str
    service: str
    host: str
    wish: Wish
    is_inside: bool = False
    is_pressing: bool = False
    """Whether it has waited for long enough that nobody of the other side is let in before it."""
    beat: int = 0
    """Counts up while its process lives; one that stands still is put out."""


class Lease(Struct, frozen=True, gc=False, kw_only=True):
    """The entry: whose phase it is, who is inside, and who waits, in the order they came."""

    number: int = 0
    """The fencing number: it grows with every phase, and what is said in the name of an older one is not heard."""
    side: Side | None = None
    is_clear: bool = False
    """Whether the other side's memory is known to be free, so that work may begin."""
    entry_count: int = 0
    """How many guests came in during this phase: one who watches sees from it that it was not idle in between."""
    guests: tuple[Guest, ...] = ()

    @property
    def inside(self) -> tuple[Guest, ...]:
        """Return the guests that are inside."""
        return tuple(one for one in self.guests if one.is_inside)

    @property
    def waiting(self) -> tuple[Guest, ...]:
        """Return the guests that wait."""
        return tuple(one for one in self.guests if not one.is_inside)

    @property
    def clearer(self) -> Guest | None:
        """Return the guest that has to free the other side's memory: the first inside, while it is not clear."""
        return next(iter(self.inside), None) if not self.is_clear else None

    def guest(self, guest_id: str) -> Guest | None:
        """Return the guest of this id, or None where the lease has none."""
        return next((one for one in self.guests if one.id == guest_id), None)

    def is_open_to(self, side: Side) -> bool:
        """Say whether a newcomer of this side would be let in: it is its phase, and nobody presses."""
        return self.side is side and not any(one.is_pressing and one.wish.side is not side for one in self.waiting)


_replace = msgspec.structs.replace


def came(lease: Lease, guest: Guest) -> Lease:
    """Return the lease with one more guest: inside where it is open to its side, waiting otherwise."""
    if lease.guest(guest.id) is not None:
        return lease
    return let_in(_replace(lease, guests=(*lease.guests, _replace(guest, is_inside=False))))


def let_in(lease: Lease) -> Lease:
    """Return the lease with everybody inside who waits at an open door."""
    if lease.side is None or not lease.is_open_to(lease.side):
        return lease
    return _enter(lease, lease.side)


def left(lease: Lease, ids: Collection[str]) -> Lease:
    """Return the lease without these guests: they are done, or they are dead."""
    return let_in(_replace(lease, guests=tuple(one for one in lease.guests if one.id not in ids)))


def renewed(lease: Lease, ids: Collection[str], pressing: Collection[str] = ()) -> Lease:
    """Return the lease with another beat of these guests, and with those marked that have waited for long."""

    def beat(one: Guest) -> Guest:
        is_pressing = not one.is_inside and (one.is_pressing or one.id in pressing)
        return _replace(one, beat=one.beat + (one.id in ids), is_pressing=is_pressing)

    return _replace(lease, guests=tuple(beat(one) for one in lease.guests))


def is_due(lease: Lease, side: Side) -> bool:
    """Say whether the next phase may be this side's: somebody of it waits, and nobody of the other is inside."""
    return lease.side is not side and not lease.inside and any(one.wish.side is side for one in lease.waiting)


def opened(lease: Lease, side: Side, number: int) -> Lease:
    """Return the lease as the phase of this side begins: everybody of it comes in, and nothing is clear yet.

    Raises:
        ValueError: it is not due, or the number is not a new one.
    """
    if not is_due(lease, side) or number <= lease.number:
        raise ValueError(f"phase {number} of {side} is not due")
    return _enter(_replace(lease, number=number, side=side, is_clear=False, entry_count=0), side)


def cleared(lease: Lease, number: int) -> Lease:
    """Return the lease with the memory known to be free; not where that is said of an older phase."""
    return _replace(lease, is_clear=True) if lease.number == number else lease


def may_work(lease: Lease, guest_id: str) -> bool:
    """Say whether the guest may use the GPU now."""
    guest = lease.guest(guest_id)
    return guest is not None and guest.is_inside and lease.is_clear


def _enter(lease: Lease, side: Side) -> Lease:
    entering = [one for one in lease.waiting if one.wish.side is side]
    if not entering:
        return lease

    def enter(one: Guest) -> Guest:
        return _replace(one, is_inside=True, is_pressing=False) if one in entering else one

    guests = tuple(enter(one) for one in lease.guests)
    return _replace(lease, guests=guests, entry_count=lease.entry_count + len(entering))


# -- in words ------------------------------------------------------------------------------------------------------

_PROGRAM = {Side.RENDER: "ComfyUI", Side.THINK: "Ollama"}


def why_waiting(lease: Lease, guest: Guest) -> str:
    """Return why this guest does not work yet, in one line; empty where it does."""
    if may_work(lease, guest.id):
        return ""
    if guest.is_inside or lease.side is None:
        return f"{_PROGRAM[guest.wish.side.other]} is to free the GPU's memory"
    if not lease.inside:
        return "the GPU is about to change hands"
    if lease.side is guest.wish.side:
        return "others have waited longer for the GPU"
    names = listed(tuple(_named(one, guest.wish.production) for one in lease.inside))
    return f"the GPU is rendering {names}" if lease.side is Side.RENDER else f"the models have the GPU: {names}"


def state_of(lease: Lease) -> str:
    """Return who has the GPU and who waits for it, in one line for everybody."""
    if lease.side is None:
        return "nobody has the GPU"
    inside = tuple(f"{_named(one)} ({one.service})" for one in lease.inside)
    doing = f"{_PROGRAM[lease.side]} has the GPU"
    if inside and not lease.is_clear:
        doing = f"{_PROGRAM[lease.side.other]} frees the GPU's memory for {_PROGRAM[lease.side]}"
    line = f"{doing}: {listed(inside)}" if inside else f"{doing}, and is idle"
    waiting = tuple(f"{_named(one)} ({one.service})" for one in lease.waiting)
    return f"{line}; waiting: {listed(waiting)}" if waiting else line


def _named(one: Guest, production: str = "") -> str:
    about = work_in_words(one.wish.about)
    return about if one.wish.production == production else f"{about} of {one.wish.production}"


def listed(names: tuple[str, ...], most: int = 3) -> str:
    """Return the names in a row, the first few of them where there are many."""
    shown = ", ".join(dict.fromkeys(names[:most]))
    more = len(names) - most
    return f"{shown} and {more} more" if more > 0 else shown
