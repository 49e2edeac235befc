"""How a production begins: under a free name, and under an idempotency key once, however often it is asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from bus.errors import LogUnavailable
from bus.ids import name_production
from bus.production import Production
from services.gateway.answering import require_ready
from services.gateway.decide import Facts, Taken
from services.gateway.door import Door
from services.gateway.naming import TRIES, ending


async def begin(
    door: Door, words: str, key: str | None, decide: Callable[[Production], Facts]
) -> tuple[Production, bool]:
    """Return the production, and whether it is a new one.

    Args:
        words: what its name is made from.
        decide: its first facts; none where the production is there and is what is asked for.

    Raises:
        Refused: it can't be granted, or the key was used for something else.
        LogUnavailable: the log can't be reached, or no free name was found.
    """
    async with contextlib.AsyncExitStack() as turn:
        if key is not None:
            await require_ready(door)
            # Two that come at once with one key and other words would have two names, and be two productions.
            await turn.enter_async_context(door.keys.turn(key))
            earlier = door.keys.begun(key) or door.index.by_key(key)
            if earlier is not None:
                state = await door.books.state(earlier)
                decide(state)
                return state, False
        state, is_new = await _begin(door, words, key, decide)
        if key is not None:
            door.keys.remember(key, state.id)
        return state, is_new


async def _begin(
    door: Door, words: str, key: str | None, decide: Callable[[Production], Facts]
) -> tuple[Production, bool]:
    for attempt in range(TRIES):
        production = name_production(words, ending(key, attempt))
        granted: list[bool] = []

        def decided(state: Production, granted: list[bool] = granted) -> Facts:
            facts = decide(state)
            granted.append(bool(facts))
            return facts

        try:
            state = await door.books.act(production, decided)
        except Taken:
            continue
        return state, granted[-1]
    raise LogUnavailable("No free name was found for the production.", help="Try again.")
