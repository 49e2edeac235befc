"""The operator's own rules: `policy.toml` in the home, on top of what the content policy refuses whatever is set."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

_Phrase = Annotated[str, Meta(min_length=2, max_length=100)]


class PolicyRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What else is refused here."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
    """What a refusal is known by: `brands`."""
    words: Annotated[tuple[_Phrase, ...], Meta(max_length=1000)] = ()
    """Words and phrases that are refused wherever they stand as whole words."""
    about: Annotated[str, Meta(max_length=300)] = ""
    """What is refused, in a sentence for a model that reads the words, where one does."""
    why: Annotated[str, Meta(min_length=1, max_length=300)]
    """What the person is told."""

    def __post_init__(self) -> None:
        if not self.words and not self.about:
            raise ValueError(f"the rule {self.name} refuses nothing: it needs `words`, or `about` for a model")


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rules: Annotated[tuple[PolicyRule, ...], Meta(max_length=50)] = ()


def read_policy(file: Path) -> tuple[PolicyRule, ...]:
    """Return the operator's rules; none where there is no file.

    Raises:
        ValueError: it can't be read, or says what can't be. Running without a rule that somebody wrote is no choice.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ValueError(str(error)) from error
    rules = msgspec.convert(tomllib.loads(text), _File).rules
    names = [one.name for one in rules]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two rules are called {twice}")
    return rules
