"""Who may come in: by which host and origin, with which token or pass, and how often for what takes GPU time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from bus.errors import KindlingError
from services._kit.home import Home
from services._kit.settings import Settings, SettingsWrong
from services._kit.tokens import (
    LOCAL,
    Scope,
    Token,
    TokenWrong,
    hash_of,
    is_secret_of,
    known_local_token,
    split,
    tokens_of,
)
from services.gateway.denied import Bar, Denied

OWN_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")
PASS_S: Final = 3600
"""A pass lasts until the end of the next hour: between one and two of them."""
LOOK_AGAIN_S: Final = 1.0
"""How long a token that was removed may still be let in."""
_NOBODY: Final = Token(id="0", name="nobody", scope=Scope.READ, hash="0" * 64, created="")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call."""

    id: str
    """The token's, or empty where none is needed."""
    scope: Scope
    only: str = ""
    """The one production that a pass is for; empty for all."""


ANYBODY: Final = Caller(id="", scope=Scope.DIRECT)
"""Whoever comes from this machine, where no tokens are needed."""


@dataclass(slots=True)
class Rates:
    """How often each token asks for what costs GPU time: so many a minute, saved up for a minute at most."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, caller: Caller) -> None:
        """Count one more.

        Raises:
            Denied: there were too many; it says when to come again.
        """
        now = self.clock()
        left, then = self._left.get(caller.id, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + (now - then) * self.per_minute / 60)
        if left < 1:
            wait_s = math.ceil((1 - left) * 60 / self.per_minute)
            raise Denied(
                Bar.RATE,
                f"That was asked for more than {self.per_minute} times a minute.",
                why="Each such call may take minutes of a GPU.",
                help=f"Try again in {wait_s} s; gateway.asks_per_minute in kindling.toml sets the limit.",
                headers={"retry-after": str(wait_s)},
            )
        self._left[caller.id] = (left - 1, now)


@dataclass(slots=True)
class Access:
    """The rules of one door. Without a home no token is known."""

    needs_token: bool = False
    home: Home | None = None
    hosts: tuple[str, ...] | None = OWN_NAMES
    """The names that a call may come under; None for any, where a token is needed anyway."""
    origins: tuple[str, ...] = ()
    _tokens: dict[str, Token] = field(default_factory=dict)
    _looked_at_s: float = -math.inf
    _seen: tuple[int, int, int] = (0, 0, 0)
    _now: Callable[[], float] = time.time

    def check_host(self, host: str) -> None:
        """Check the name that the gateway is called by: a page elsewhere can make its own name lead here.

        Raises:
            Denied: it is none of this gateway's.
        """
        if self.hosts is not None and host_name(host) not in self.hosts:
            raise Denied(
                Bar.HOST,
                f"This gateway is not called {host[:80]!r}.",
                why="Without tokens it answers to this machine's own names only, so that no page elsewhere reaches it.",
                help="Call it localhost; or name the host in gateway.hosts in kindling.toml, which takes tokens.",
            )

    def check_origin(self, origin: str, host: str) -> bool:
        """Say whether the call comes from a page of another origin that is on the list.

        Raises:
            Denied: it comes from a page that is not.
        """
        if not origin:
            return False
        own = urlsplit(origin).netloc.lower()
        if own and own == host.lower():
            return False
        if origin.lower() in self.origins:
            return True
        raise Denied(
            Bar.ORIGIN,
            f"Pages of {origin[:100]} may not use this gateway.",
            why="Only origins that are listed may.",
            help=f'Add it to gateway.origins in kindling.toml: origins = ["{origin[:100]}"].',
        )

    def caller(self, authorization: str, pass_: str | None) -> Caller:
        """Return who calls: by the token in the header, or by the pass in the address.

        Raises:
            Denied: neither is there where one is needed, or it is not known.
        """
        if authorization:
            scheme, _, text = authorization.partition(" ")
            found = split(text.strip()) if scheme.lower() == "bearer" else None
            token = self._token(found[0]) if found else _NOBODY
            is_right = is_secret_of(token, found[1] if found else "")
            if not is_right or token is _NOBODY:
                raise _unknown("The token is not known.")
            return Caller(id=token.id, scope=token.scope)
        if pass_ is not None:
            return self._by_pass(pass_)
        if self.needs_token:
            raise _unknown("This gateway takes a token.")
        return ANYBODY

    # -- passes

    def pass_for(self, caller: Caller, only: str) -> tuple[str, int]:
        """Return a pass to look at things by their address alone, and until when it lasts, in Unix seconds.

        It is the same one for the rest of the hour, so that what a browser keeps is found again.
        """
        until = (int(self._now()) // PASS_S + 2) * PASS_S
        if caller.id == "":
            return "", until
        said = f"{caller.id}.{until}.{only}"
        return f"{said}.{_seal(self._token(caller.id), said)}", until

    def _by_pass(self, text: str) -> Caller:
        said, _, seal = text.rpartition(".")
        id_, _, rest = said.partition(".")
        until, _, only = rest.partition(".")
        token = self._token(id_)
        is_right = hmac.compare_digest(_seal(token, said).encode(), seal.encode())
        if not is_right or token is _NOBODY or not until.isdecimal() or len(until) > 12:
            raise _unknown("The pass is not known.")
        if int(until) <= self._now():
            raise _unknown("The pass is over.")
        return Caller(id=token.id, scope=Scope.READ, only=only)

    # -- tokens

    def _token(self, id_: str) -> Token:
        """Return the token of this id, or one that nobody has."""
        self._look()
        return self._tokens.get(id_, _NOBODY)

    def _look(self) -> None:
        """Read the tokens anew where they have changed: one that is removed is let in no more."""
        now = time.monotonic()
        if self.home is None or now - self._looked_at_s < LOOK_AGAIN_S:
            return
        self._looked_at_s = now
        seen = _state_of(self.home)
        if seen == self._seen:
            return
        try:
            known = {one.id: one for one in _read(self.home)}
        except SettingsWrong as error:
            raise KindlingError(error.what, why=error.why, help=error.help) from error
        text = known_local_token(self.home)
        parts = split(text) if text else None
        if parts is not None:
            known[LOCAL] = Token(id=LOCAL, name=LOCAL, scope=Scope.DIRECT, hash=hash_of(parts[1]), created="")
        self._tokens, self._seen = known, seen


def access_of(settings: Settings) -> Access:
    """Return the rules that the settings make: loopback alone takes no tokens.

    Raises:
        SettingsWrong: the gateway would be open to others without a token, or an origin is none.
    """
    gateway, home = settings.gateway, settings.home
    needs_token = gateway.tokens_needed or bool(gateway.hosts) or not is_loopback(gateway.host)
    if needs_token and not _read(home):
        where = "on loopback" if is_loopback(gateway.host) else f"at {gateway.host}"
        raise SettingsWrong(
            f"The gateway won't start {where} without a token.",
            why=_why_needed(settings),
            help="Make one with `kindling token new NAME`; or set gateway.host to 127.0.0.1.",
        )
    own = (*OWN_NAMES, host_name(gateway.host)) if is_loopback(gateway.host) else OWN_NAMES
    return Access(
        needs_token=needs_token,
        home=home,
        hosts=None if needs_token else own,
        origins=tuple(origin_of(one) for one in gateway.origins),
    )


def _read(home: Home) -> tuple[Token, ...]:
    try:
        return tokens_of(home)
    except TokenWrong as error:
        raise SettingsWrong(error.what, why=error.why, help=error.help) from error


def _why_needed(settings: Settings) -> str:
    if settings.gateway.tokens_needed:
        return "gateway.tokens_needed is set in kindling.toml, and there is none."
    if settings.gateway.hosts:
        return "gateway.hosts names this machine for others, who could do whatever you can."
    return "Other machines could reach it, and do whatever you can."


def is_loopback(host: str) -> bool:
    """Say whether an address can be reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(host: str) -> str:
    """Return the name in a Host header, without its port; an IPv6 address keeps its brackets."""
    text = host.strip().lower().rstrip(".")
    if text.startswith("["):
        return text.partition("]")[0] + "]"
    if text.count(":") > 1:
        return f"[{text}]"
    return text.partition(":")[0].rstrip(".")


def origin_of(text: str) -> str:
    """Return an origin as browsers send it.

    Raises:
        SettingsWrong: it is none.
    """
    parts = urlsplit(text.strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or "*" in text:
        raise SettingsWrong(
            f"gateway.origins names {text!r}, which is no origin.",
            why="An origin is a scheme and a host, and a port where it is not the usual one.",
            help='Write it as the browser does: "https://studio.example" or "http://localhost:5000".',
        )
    return f"{parts.scheme}://{parts.netloc}".lower()


def _seal(token: Token, said: str) -> str:
    key = hashlib.sha256(f"kindling pass\n{token.hash}".encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, said.encode(), "sha256")).decode().rstrip("=")


def _state_of(home: Home) -> tuple[int, int, int]:
    """Return what changes when the files of tokens do."""
    found = []
    for file in (home.tokens_file, home.local_token_file):
        try:
            state = os.stat(file)
            found.append((state.st_mtime_ns, state.st_ino))
        except OSError:
            found.append((0, 0))
    return (found[0][0], found[0][1], hash(tuple(found)))


def _unknown(what: str) -> Denied:
    return Denied(
        Bar.TOKEN,
        what,
        help="`kindling token new` makes one; send it as Authorization: Bearer kdl_…",
        headers={"www-authenticate": 'Bearer realm="kindling"'},
    )
