"""How thoroughly laws are tried: in full by `make test`, with a fifth of the examples by `make check`."""

from hypothesis import settings

FULL = 100
"""The examples of a law that doesn't say how many, in the profile `kindling`; hypothesis' own number."""


def examples(count: int) -> int:
    """Return how many examples a law is tried with that wants so many, in the profile that is loaded; at least 1."""
    return max(1, count * settings().max_examples // FULL)
