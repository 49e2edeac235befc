"""The film's figures (length, shape, number of shots): what the person said wins over what a model read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from services.intent.answers import spoken
from services.intent.languages import Text
from services.intent.lengths import read_lengths
from services.intent.reading import Reading
from services.intent.theirs import is_quoted

T = TypeVar("T")

CLOSE_S: Final = 0.5
"""A model reads whole seconds: `7.5 seconds` is what it calls 8."""


@dataclass(frozen=True, kw_only=True)
class Figure(Generic[T]):
    """A figure, how it is shown to a person, and when two of it are the same."""

    name: str
    shown: Callable[[T], str]
    is_same: Callable[[T, T], bool]


@dataclass(frozen=True, kw_only=True)
class Read(Generic[T]):
    """What a model read, and the words it says that it read it from."""

    value: T | None
    quote: str


@dataclass(frozen=True, kw_only=True)
class Chosen(Generic[T]):
    """The figure that holds; None where the person said none."""

    value: T | None
    remark: str = ""
    """What a person should know, where the model read something else."""


LENGTH: Final = Figure[float](name="length", shown=spoken, is_same=lambda one, other: abs(one - other) <= CLOSE_S)
SHAPE: Final = Figure[str](name="shape", shown=str, is_same=lambda one, other: one == other)
SHOTS: Final = Figure[int](name="number of shots", shown=str, is_same=lambda one, other: one == other)


def choose(figure: Figure[T], read: Read[T], by_rule: T | None, before: T | None, messages: Sequence[str]) -> Chosen[T]:
    """Return the figure: what the rules found in the words; else the model's, with the words that say it.

    Args:
        before: what the brief before says; the rules carry it on where the new words say nothing.
        messages: the words that a figure may be read from.
    """
    is_same = figure.is_same
    is_new = by_rule is not None and by_rule != before
    if by_rule is not None and (is_new or read.value is None or is_same(read.value, by_rule)):
        if read.value is None or is_same(read.value, by_rule):
            return Chosen(value=by_rule)
        read_as, said = figure.shown(read.value), figure.shown(by_rule)
        return Chosen(value=by_rule, remark=f"The model read {read_as} as the {figure.name}; your words say {said}.")
    held = by_rule if by_rule is not None else before
    if read.value is None or (before is not None and is_same(read.value, before)):
        return Chosen(value=held)
    if is_quoted(read.quote, messages):
        return Chosen(value=read.value)
    took = f"The model took {figure.shown(read.value)} for the {figure.name}, which your words do not say"
    return Chosen(value=held, remark=f"{took}; it is left out.")


def chosen_length(reading: Reading, messages: Sequence[str]) -> Chosen[float] | None:
    """Return the length where a model chose one of several that the person named, by the words that say it."""
    read, quote = reading.duration_s, reading.duration_said
    if read is None or not is_quoted(quote, messages):
        return None
    lengths = read_lengths(Text.of(quote), (), None, is_change=True).said
    if not any(abs(one.seconds - read) <= CLOSE_S for one in lengths):
        return None
    remark = f"Several lengths were named; the model took {spoken(read)} from “{quote}”."
    return Chosen(value=float(read), remark=remark)


_ASPECT = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)\s?[:x/]\s?(\d{1,4}(?:\.\d{1,3})?)")
_ASPECT_MAX = 4.0


def aspect_of(text: str | None) -> str | None:
    """Return a shape as we write it, or None where it is none that a film can have."""
    found = _ASPECT.fullmatch((text or "").strip())
    if found is None:
        return None
    width, height = float(found.group(1)), float(found.group(2))
    if not width or not height or not 1 / _ASPECT_MAX <= width / height <= _ASPECT_MAX:
        return None
    return f"{width:g}:{height:g}"
