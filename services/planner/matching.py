"""Finds words of a table in a person's sentence, in whatever script it is written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ARABIC_PREFIXES = ("وال", "بال", "ال")


def listed(words: str) -> tuple[str, ...]:
    """Return the words of a list that is written as one text: parted by bars where it has any, else by spaces."""
    return tuple(one.strip() for one in words.split("|" if "|" in words else None))


def folded(text: str) -> str:
    """Return the text in lower case with its Latin accents off; marks of other scripts carry meaning and stay."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in parts if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", bare).replace("’", "'")


def names_in(text: str, names: tuple[str, ...]) -> bool:
    """Say whether the text holds one of the names as a whole word, also as an English plural.

    Chinese and Japanese put no spaces between words, so their names are looked for anywhere. Of the light it is a
    guess, and a wrong one shows in the sample; what a person is refused for is not decided here.
    """
    return first_of(text, names) is not None


def first_of(text: str, names: tuple[str, ...]) -> int | None:
    """Return where the first of the names stands in the folded text, or None."""
    plain = folded(text)
    found = [match.start() for name in names if (match := _pattern(name).search(plain)) is not None]
    return min(found, default=None)


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    plain = folded(name)
    if _UNSPACED.search(plain):
        return re.compile(re.escape(plain))
    if re.search(r"[\u0600-\u06ff]", plain):
        prefixes = "|".join(_ARABIC_PREFIXES)
        return re.compile(rf"(?<!\w)(?:{prefixes})?{re.escape(plain)}(?!\w)")
    # \w leaves out the vowel signs of Hindi, so a boundary is told by the letters of the script itself.
    if re.search(r"[\u0900-\u097f]", plain):
        return re.compile(rf"(?<![\u0900-\u0963]){re.escape(plain)}(?![\u0900-\u0963])")
    return re.compile(rf"(?<!\w){re.escape(plain)}(?:e?s)?(?!\w)")


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a text as they were written."""
    return tuple(_WORD.findall(text))


def capitalised(sentence: str) -> str:
    """Return the sentence with its first letter as a capital and the rest untouched."""
    return sentence[:1].upper() + sentence[1:]
