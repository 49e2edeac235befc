"""How a person is asked while a film is made, and what it is when they go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person is asked: at all, or with the answer given beforehand."""

    is_asking: bool
    yes: bool = False


class Left(Exception):
    """The person has gone: the input ended. The production stays."""
