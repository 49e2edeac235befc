"""Names that are safe as subject tokens and file names, digests, and the key of an order."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from typing import NewType

ProductionId = NewType("ProductionId", str)
"""Readable and short, `lighthouse-at-dusk-7q2k`: lower-case ASCII words joined by single hyphens."""

EventId = NewType("EventId", str)
"""A lower-case hyphenated UUID."""

Digest = NewType("Digest", str)
"""A SHA-256 as 64 lower-case hexadecimal digits."""

PRODUCTION_ID_LENGTH_MAX = 48
_PRODUCTION_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_TOKEN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAMESPACE = uuid.UUID("6b9b7f4e-3c0e-5d0a-9a57-1f2d3c4b5a69")

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""What the random ending of a production's id is written in: no digit that looks like a letter."""


def digest_of(content: bytes) -> Digest:
    """Return the SHA-256 of the bytes."""
    return Digest(hashlib.sha256(content).hexdigest())


def is_digest(text: str) -> bool:
    """Say whether the text is a digest in our form."""
    return _DIGEST.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """Say whether the text may stand as one token of a subject."""
    return len(text) <= 64 and _TOKEN.fullmatch(text) is not None


def parse_production_id(text: str) -> ProductionId:
    """Return the text as a production's id.

    Raises:
        ValueError: the text can't be the id of a production.
    """
    if len(text) > PRODUCTION_ID_LENGTH_MAX or _PRODUCTION_ID.fullmatch(text) is None:
        shown = text if len(text) <= 60 else text[:57] + "…"
        raise ValueError(f"{shown!r} is no production id: ids look like lighthouse-at-dusk-7q2k")
    return ProductionId(text)


def name_production(words: str, ending: str) -> ProductionId:
    """Return a readable id from the first telling words and a random ending in `ALPHABET`."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    telling = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _SMALL_WORDS]
    name = ""
    for word in telling[:4]:
        longer = f"{name}-{word}" if name else word
        if len(longer) > PRODUCTION_ID_LENGTH_MAX - len(ending) - 1 - 8:
            break
        name = longer
    return parse_production_id(f"{name or 'film'}-{ending}")


_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "film",
        "for",
        "from",
        "in",
        "into",
        "is",
        "it",
        "make",
        "me",
        "my",
        "movie",
        "of",
        "on",
        "or",
        "please",
        "short",
        "the",
        "to",
        "video",
        "with",
    ]
)


def order_key(subject: str) -> str:
    """Return the key of the order on this subject: a UUIDv5, the same for the same subject anywhere.

    It is what a renderer is given as its own id of the job (`prompt_id` of ComfyUI).
    """
    return str(uuid.uuid5(_NAMESPACE, subject))
