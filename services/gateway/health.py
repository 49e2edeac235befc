"""Where a client begins: what is served here and where, and whether it can be served."""

from __future__ import annotations

from msgspec import Struct


class Health(Struct, frozen=True, kw_only=True):
    """Whether the gateway can serve."""

    name: str
    version: str
    is_ready: bool
    """Whether it has seen the whole log; until then lists are not served."""
    sequence: int
    """The last message on the log that it has seen."""
    reader_count: int
    """How many streams of events are open."""


class HomeLinks(Struct, frozen=True, kw_only=True):
    """Where everything else is found."""

    productions: str
    """To be read as a list, and to be posted to for a film."""
    clips: str
    """To be posted to for one clip, exactly as it is described."""
    stitch: str
    """To be posted to with clips that are there, to have them joined."""
    renderers: str
    stats: str
    """What films have taken so far."""
    health: str
    passes: str
    """To be posted to for a pass: what lets an address be looked at that can carry no token."""
    description: str
    """The calls, with schemas and examples (OpenAPI)."""


class Entrance(Struct, frozen=True, kw_only=True):
    """What is served here, and where a client goes from here."""

    name: str
    version: str
    links: HomeLinks
    needs_token: bool
    """Whether calls take a token."""


class PassView(Struct, frozen=True, kw_only=True):
    """A pass: what lets an address be looked at that can carry no token, such as that of a video."""

    query: str
    """What the address is given as (or added to) its query: `pass=…`. Empty where no token is needed."""
    until: str
    """RFC 3339, UTC. The same pass is given for the rest of an hour."""
    production: str | None
    """The one production that it is for; null for all."""
