"""Whether words are the person's own: a model's reading is held against what was really said. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.intent.languages import fold

_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
"""Scripts that put no blanks between words: their letters are compared in pairs."""
STEM_LENGTH = 4
"""So many first letters tell a word in most of its forms: `older` and `old` differ, `rows` and `rowing` do not."""


def is_quoted(quote: str, messages: Iterable[str]) -> bool:
    """Say whether the quote stands in one of the messages, whatever its case and its blanks."""
    wanted = _bare(quote)
    return len(wanted) >= 2 and any(wanted in _bare(one) for one in messages)


def _bare(text: str) -> str:
    return "".join(_WORD.findall(fold(text)))


def share_said(text: str, sources: Iterable[str]) -> float:
    """Return which share of the words of a text was said in the sources, 0 to 1; 1 for a text without words."""
    known = set[str]().union(*(_pieces(one) for one in sources))
    pieces = _pieces(text)
    return sum(one in known for one in pieces) / len(pieces) if pieces else 1.0


def _pieces(text: str) -> list[str]:
    pieces = list[str]()
    for word in _WORD.findall(fold(text)):
        if _JOINED.search(word):
            pieces += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        else:
            pieces.append(word[:STEM_LENGTH])
    return pieces
