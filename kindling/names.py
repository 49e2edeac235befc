"""Which production a person means: a whole id, or the beginning of one. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bus.ids import ProductionId, parse_production_id
from kindling.exits import Exit, Trouble
from kindling.findings import shorten
from kindling.wording import count_of, listed

NEAR_MAX = 3


def as_id(text: str) -> ProductionId:
    """Return the text as an id or the beginning of one.

    Raises:
        Trouble: no id looks like this.
    """
    try:
        return parse_production_id(text.strip().rstrip("-").lower())
    except ValueError as error:
        raise Trouble(
            Exit.UNKNOWN,
            f"{shorten(text, 60)!r} is no production.",
            why="An id looks like lighthouse-at-dusk-7q2k: small letters, digits and single hyphens.",
            help="See the ids there are: kindling ls",
        ) from error


def choose(text: str, known: Sequence[ProductionId]) -> ProductionId:
    """Return the production that the text names: exactly, or as the only one that begins so.

    Raises:
        Trouble: there is none, or there are several.
    """
    wanted = as_id(text)
    if wanted in known:
        return wanted
    begins = [one for one in known if one.startswith(text.strip().lower())]
    if len(begins) == 1:
        return begins[0]
    if begins:
        shown = begins[:5]
        rest = f" and {count_of(len(begins) - len(shown), 'more')[:-1]}" if len(begins) > len(shown) else ""
        raise Trouble(
            Exit.UNKNOWN,
            f"{count_of(len(begins), 'production')} begin with {wanted!r}.",
            why=f"They are {listed(shown) if not rest else ', '.join(shown) + rest}.",
            help="Write more of the id.",
        )
    near = nearest(wanted, known)
    raise Trouble(
        Exit.UNKNOWN,
        f"There is no production {wanted}.",
        why="" if known else "There is none at all yet.",
        help=f"Did you mean {' or '.join(near)}?" if near else "See the ids there are: kindling ls",
    )


def nearest(text: str, known: Sequence[ProductionId]) -> list[ProductionId]:
    """Return the ids that were probably meant: alike as a whole, with the same beginning, or with the same ending."""
    found = difflib.get_close_matches(text, known, n=NEAR_MAX, cutoff=0.6)
    parts = set(text.split("-"))
    found += [one for one in known if one not in found and len(parts & set(one.split("-"))) >= max(1, len(parts) // 2)]
    return [ProductionId(one) for one in found[:NEAR_MAX]]
