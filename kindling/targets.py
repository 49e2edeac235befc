"""What `kindling why` is asked about, as a person writes it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from kindling.arguments import misuse
from kindling.findings import shorten
from services.gateway.causes import OfBrief, OfFilm, OfPlan, OfSample, OfSegment, Target

_WRITTEN = re.compile(r"(?:([a-z]+)\s*)?(?:(\d{1,6})(?:-(\d{1,6}))?)?", re.ASCII)

_NAMED: dict[str, Callable[[int | None, int | None], Target | None]] = {
    "segment": lambda of, take: OfSegment(of, take) if of is not None else None,
    "take": lambda of, take: OfSegment(of, take) if of is not None and take is not None else None,
    "sample": OfSample,
    "brief": lambda of, take: OfBrief(of) if take is None else None,
    "plan": lambda of, take: OfPlan(of) if take is None else None,
    "film": lambda of, take: OfFilm(of) if take is None else None,
}


def parse_target(text: str) -> Target:
    """Return what is meant: `segment 3`, `take 3-2`, `sample`, `sample 1-1`, `brief`, `plan 2`; the film if empty.

    Raises:
        BadParameter: nothing of that kind.
    """
    said = " ".join(text.lower().split())
    found = _WRITTEN.fullmatch(said)
    if found is not None:
        of, take = (int(one) if one else None for one in (found[2], found[3]))
        noun = found[1] or ("film" if of is None else "segment")
        target = _NAMED[noun](of, take) if noun in _NAMED else None
        if target is not None:
            return target
    raise misuse(
        f"{shorten(text, 40)!r} is nothing that has a why.",
        "Ask about `segment 3`, `take 3-2`, `sample`, `sample 1-1`, `brief`, `plan` or `film`.",
    )
