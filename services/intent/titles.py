"""The film's title, given or made of what is to be seen, and its one sentence."""

from __future__ import annotations

import re

from services.intent.languages import Text, words_of

TITLE_WORDS_MAX = 6
TITLE_LENGTH_MAX = 60
LOGLINE_LENGTH_MAX = 240

_QUOTED_TITLE = re.compile(
    r"(?:titled|called|entitled|title|named|mit dem titel|namens|intitulée?|qui s'appelle|titulad[oa]|"
    r"llamad[oa]|intitulad[oa]|chamad[oa]|intitolato|chiamato|标题|题为|名为|片名|शीर्षक|نام|بعنوان|под "
    r"названием|タイトル)"
    r"(?: is)?[\s:：]*[\"“«「『《'‘„]([^\"”»」』》’“\n]{1,60})[\"”»」』》'’“]",
    re.IGNORECASE,
)
_TITLE_SMALL = words_of("a an the and or but of in on at to for with from by as into over under near")
_NO_TITLE_END = _TITLE_SMALL | words_of(
    "is are was his her its their that this who which while along through across up down out off der "
    "die das ein eine einen und im am mit von zu den dem le la les un "
    "une des et du de au aux dans avec sur qui el los las y en con del al por o os as um uma e no na "
    "do da em com il lo i gli di che nel nella su के का की में और और पर से को را در با و از که به في "
    "من على مع و в на и с по"
)
_ARTICLES_FIRST = words_of(
    "a an the first firstly zuerst d'abord primero primeiro ein eine einen der die das un une le la "
    "les l' el los las una o a os as um uma il lo i gli एक یک"
)
HAN_TITLE_MAX = 12


def title_of(text: Text, subject: str, language: str) -> str:
    """Return a title: the one the person gave, or at most six telling words of what is to be seen."""
    given = _QUOTED_TITLE.search(text.said)
    if given is not None:
        return given.group(1).strip()
    bare = re.sub(r"\([^()]{0,80}\)", "", subject).strip() or subject
    first = re.split(r"[,;:.!?،؛。，、！？।(\n—]", bare, maxsplit=1)[0].strip() or bare
    if language in {"zh", "ja"}:
        return first[:HAN_TITLE_MAX] or "无题"
    words = [one.strip("\"'“”«»") for one in first.split()]
    while len(words) > 1 and words[0].lower() in _ARTICLES_FIRST:
        words = words[1:]
    words = words[:TITLE_WORDS_MAX]
    while len(words) > 1 and (words[-1].lower() in _NO_TITLE_END or words[-1].isdigit()):
        words.pop()
    if language == "en":
        words = [_cased(one, index) for index, one in enumerate(words)]
    title = " ".join(words)[:TITLE_LENGTH_MAX].strip()
    return title[:1].upper() + title[1:] if title else "Untitled"


def _cased(word: str, index: int) -> str:
    if word.lower() in _TITLE_SMALL and index:
        return word.lower()
    return (
        word
        if any(letter.isupper() for letter in word[1:])
        else "-".join(part[:1].upper() + part[1:] for part in word.split("-"))
    )


def logline_of(subject: str) -> str:
    """Return the subject's first sentence, with its full stop."""
    first = re.match(r".+?(?:[!?。！？।](?=\s|$|[^\s])|\.(?=\s|$)|$)", subject, re.DOTALL)
    line = (first.group() if first else subject).strip()
    if len(line) > LOGLINE_LENGTH_MAX:
        line = line[: LOGLINE_LENGTH_MAX - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return (
        line
        if not line or line[-1] in ".!?。！？।…"
        else line + ("。" if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]$", line) else ".")
    )


_TITLED = re.compile(
    r"[\s,.;]*(?:and |und |et |y )?(?:please )?(?:(?:call|title|name) (?:it|the film|this)|"
    r"the title (?:is|should be)|nenn (?:es|ihn)|"
    r"appelle[- ]le|llámalo|titel:?|title:?)\s*[\"“«„'‘](?P<title>[^\"”»“'’\n]{1,60})[\"”»“'’]",
    re.IGNORECASE,
)


def title_in(words: str) -> tuple[str, str] | None:
    """Return the title that the words give the film in quotation marks, and the words without it; None without one."""
    found = _TITLED.search(words)
    return None if found is None else (found.group("title").strip(), words[: found.start()] + words[found.end() :])
