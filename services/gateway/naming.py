"""The endings of productions' names: drawn, or made from an idempotency key: the same key makes the same name."""

from __future__ import annotations

import secrets

from bus.ids import ALPHABET
from services.gateway.decide import ending_of

ENDING_LENGTH = 4
KEYED_ENDING_LENGTH = 8
"""Longer, for an ending made from a key can't be drawn again."""
TRIES = 8


def ending(key: str | None, attempt: int) -> str:
    """Return the ending to try: another one at each attempt."""
    if key is not None:
        return ending_of(f"{key}\n{attempt}" if attempt else key, KEYED_ENDING_LENGTH)
    return "".join(secrets.choice(ALPHABET) for _ in range(ENDING_LENGTH + attempt // 2))
