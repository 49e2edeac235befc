"""Tokens for the gateway: made once, shown once, and kept as hashes in the home."""

from __future__ import annotations

import contextlib
import enum
import hashlib
import hmac
import os
import re
import secrets
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec import Struct

from services._kit.home import Home

NAME_LENGTH_MAX: Final = 40
ID_LENGTH: Final = 8
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_TOKEN: Final = re.compile(r"kdl_([0-9a-z]{1,16})_([A-Za-z0-9_-]{20,80})", re.ASCII)
_NAME: Final = re.compile(r"[\w .@-]+")
LOCAL: Final = "local"
"""The id of the token that the command on this machine uses; it is in no list and can't be removed."""


class Scope(enum.StrEnum):
    """What a token allows."""

    READ = "read"
    """Look at everything."""
    DIRECT = "direct"
    """Look, and do whatever a person can do."""


class Token(Struct, frozen=True, kw_only=True):
    """A token as it is kept: without what would let anybody use it."""

    id: str
    name: str
    scope: Scope
    hash: str
    """SHA-256 of the secret part, hexadecimal. The secret is random and long, so no slower hash is needed."""
    created: str
    """RFC 3339, UTC."""

    def __repr__(self) -> str:
        """Show everything but the hash: representations end up in logs."""
        return f"Token(id={self.id!r}, name={self.name!r}, scope={self.scope!r})"


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tokens: tuple[Token, ...] = ()


class TokenWrong(Exception):
    """A token can't be made or read: what is wrong, why, and what to do."""

    def __init__(self, what: str, *, why: str = "", help: str = "") -> None:
        self.what, self.why, self.help = what, why, help
        super().__init__(" ".join(part for part in (what, why, help) if part))


class TokenUnknown(TokenWrong):
    """There is no such token."""


def tokens_of(home: Home) -> tuple[Token, ...]:
    """Return the tokens there are, oldest first.

    Raises:
        TokenWrong: their file can't be read.
    """
    try:
        return msgspec.json.decode(home.tokens_file.read_bytes(), type=_File).tokens
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        raise TokenWrong(
            "The tokens can't be read.",
            why=f"{home.tokens_file}: {error}.",
            help="Make it readable for you; or remove the file and make new tokens with `kindling token new`.",
        ) from error


def make_token(home: Home, name: str, scope: Scope) -> tuple[Token, str]:
    """Make a token; return it, and the text that is shown this once and kept nowhere.

    Raises:
        TokenWrong: the name is taken or can't be one, or the file can't be written.
    """
    said = " ".join(name.split())
    if not 1 <= len(said) <= NAME_LENGTH_MAX or _NAME.fullmatch(said) is None:
        raise TokenWrong(
            f"{name[:60]!r} can't be the name of a token.",
            why=f"A name has 1 to {NAME_LENGTH_MAX} letters, digits, spaces, dots and hyphens.",
            help="Name it after what uses it: `kindling token new phone`.",
        )
    known = tokens_of(home)
    if any(one.name == said for one in known):
        raise TokenWrong(
            f"There is a token called {said!r} already.",
            why="Names tell tokens apart when one is to be removed.",
            help=f"Choose another name, or remove that one: `kindling token rm {said!r}`.",
        )
    secret, id_ = secrets.token_urlsafe(32), "".join(secrets.choice(_ALPHABET) for _ in range(ID_LENGTH))
    created = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    made = Token(id=id_, name=said, scope=scope, hash=hash_of(secret), created=created)
    _write(home, (*known, made))
    return made, f"kdl_{id_}_{secret}"


def remove_token(home: Home, which: str) -> Token:
    """Remove the token of this id or name; a gateway that runs lets it in no more.

    Raises:
        TokenUnknown: there is none such.
    """
    known = tokens_of(home)
    found = next((one for one in known if which in (one.id, one.name)), None)
    if found is None:
        names = ", ".join(one.name for one in known)
        raise TokenUnknown(
            f"There is no token {which[:60]!r}.",
            why=f"There are: {names}." if names else "There are none.",
            help="`kindling token ls` lists them.",
        )
    _write(home, tuple(one for one in known if one is not found))
    return found


def split(text: str) -> tuple[str, str] | None:
    """Return the id and the secret of a token as it was shown, or None where it is none."""
    found = _TOKEN.fullmatch(text)
    return (found[1], found[2]) if found else None


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret_of(token: Token, secret: str) -> bool:
    """Say whether the secret is the token's; how long it takes says nothing about it."""
    return hmac.compare_digest(token.hash, hash_of(secret))


def local_token(home: Home) -> str:
    """Return the token of the command on this machine, made where there is none yet.

    It lies in the folder that only its owner may look into: whoever can read it could as well write to the log.
    """
    file = home.local_token_file
    with contextlib.suppress(FileNotFoundError):
        return file.read_text(encoding="ascii").strip()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    temporary.touch(mode=0o600)
    temporary.write_text(f"kdl_{LOCAL}_{secrets.token_urlsafe(32)}", encoding="ascii")
    try:
        # A link is made whole or not at all, and never over another: two that start at once agree on one token.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, file)
    finally:
        temporary.unlink()
    return file.read_text(encoding="ascii").strip()


def known_local_token(home: Home) -> str | None:
    """Return the token of the command on this machine, or None where no gateway has needed one yet."""
    try:
        return home.local_token_file.read_text(encoding="ascii").strip()
    except OSError:
        return None


def _write(home: Home, tokens: tuple[Token, ...]) -> None:
    content = msgspec.json.format(msgspec.json.encode(_File(tokens=tokens)), indent=2) + b"\n"
    file = home.tokens_file
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.touch(mode=0o600)
        temporary.write_bytes(content)
        temporary.replace(file)
    except OSError as error:
        raise TokenWrong(
            "The tokens can't be written.",
            why=f"{file}: {error.strerror or error}.",
            help="Give yourself the right to write there, and make room.",
        ) from error
