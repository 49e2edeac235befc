"""Which of the installed models is asked: the first of an ordered list that is there. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Installed(Struct, frozen=True, kw_only=True):
    """A model that a server has."""

    name: str
    """With its tag: `qwen3:8b`."""
    digest: str
    size_bytes: int


def in_order(wanted: Sequence[str], installed: Sequence[Installed]) -> tuple[Installed, ...]:
    """Return what is installed of a list, the preferred one first.

    A name with a tag (`llava:13b`) is that model. One without (`qwen3-vl`) is any of that name: instruct variants
    first, since variants that think answer late and where nobody looks, and then the largest.
    """
    found: dict[str, Installed] = {}
    for name in wanted:
        if ":" in name:
            fitting = [one for one in installed if one.name == name]
        else:
            fitting = [one for one in installed if one.name.partition(":")[0] == name]
        for one in sorted(fitting, key=lambda one: ("instruct" not in one.name, -one.size_bytes, one.name)):
            found.setdefault(one.name, one)
    return tuple(found.values())


def to_pull(wanted: Sequence[str]) -> str:
    """Return the line that installs the first model of the list that is named with its tag."""
    return f"ollama pull {next((name for name in wanted if ':' in name), wanted[0])}"
