"""What every call at the door needs: the log, the store, the index, and the limits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Annotated

from fastapi import Depends, Request

from bus.errors import Reason, Refused
from bus.events import Options
from bus.ids import ProductionId, parse_production_id
from bus.policy import OperatorRule
from bus.ports import Artifacts, Books
from services.gateway.access import Access, Caller, Rates
from services.gateway.choices import Catalogue
from services.gateway.index import Index
from services.gateway.keys import Keys
from services.gateway.stills import Stills


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one request may bring, and how patient the door is."""

    json_bytes_max: int = 64 * 1024
    image_bytes_max: int = 25_000_000
    images_max: int = 8
    heartbeat_s: float = 10.0
    """A stream of events is never silent for longer."""
    slow_reader_s: float = 30.0
    """A reader that takes nothing for so long is let go."""
    slow_body_s: float = 60.0
    """How long a document may take to come in."""
    slow_form_s: float = 600.0
    """How long a form with pictures may take."""
    readers_max: int = 1000
    """Streams and waiting polls at once."""

    @property
    def multipart_bytes_max(self) -> int:
        """Return how many bytes a form may have: its pictures, its words, and what the form itself needs."""
        return self.images_max * self.image_bytes_max + self.json_bytes_max


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What every call at the door needs."""

    books: Books
    artifacts: Artifacts
    index: Index
    version: str
    defaults: Options = field(default_factory=Options)
    """What holds where a request says nothing."""
    rules: tuple[OperatorRule, ...] = ()
    """What the operator refuses on top of what always is."""
    catalogue: Catalogue = field(default_factory=Catalogue)
    """What can be chosen: renderers and LoRAs."""
    folder: PurePath = PurePath("productions")  # noqa: RUF009 - it is frozen
    """Where people find the films: what older UIs name files in. Nothing is opened by it."""
    has_older_routes: bool = False
    """Whether the calls of older UIs are served."""
    access: Access = field(default_factory=Access)
    """Who may come in."""
    rates: Rates = field(default_factory=lambda: Rates(per_minute=60))
    """How often each may ask for what takes GPU time."""
    limits: Limits = Limits()
    keys: Keys = field(default_factory=Keys)
    """Idempotency keys in use."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the door closes: streams end then, for their readers to come back to the next one."""
    opening_pictures: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """One picture is opened at a time: each may need a few hundred megabytes."""
    stills: Stills = field(init=False)
    """Pictures that are made of what is stored."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "stills", Stills(self.artifacts))

    def close(self) -> None:
        """End every stream."""
        self.closing.set()
        self.index.release()


async def door_of(request: Request) -> Door:
    """Return the door of the application that serves this request."""
    door = request.app.state.door
    assert isinstance(door, Door)
    return door


async def production_of(production: str) -> ProductionId:
    """Return the production that the address names.

    Raises:
        Refused: no production can have this name.
    """
    try:
        return parse_production_id(production)
    except ValueError as error:
        raise Refused(
            Reason.UNKNOWN,
            f"There is no production {production[:60]!r}.",
            why=f"{str(error)[0].upper()}{str(error)[1:]}.",
            help="See GET /v1/productions for the names there are.",
        ) from error


async def count(request: Request) -> None:
    """Count a call that asks for what takes GPU time.

    Raises:
        Denied: there were too many of them.
    """
    door, caller = request.app.state.door, request.scope["state"]["caller"]
    assert isinstance(door, Door)
    assert isinstance(caller, Caller)
    door.rates.take(caller)


Costs = Depends(count)
TheDoor = Annotated[Door, Depends(door_of)]
TheProduction = Annotated[ProductionId, Depends(production_of)]
