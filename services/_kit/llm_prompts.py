"""Prompts are Markdown files: what a model is told is read, compared and versioned like code."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from msgspec import Struct

_HEADING = re.compile(r"# ([a-z][a-z-]*)\b")
_SPECIAL = re.compile(r"<(?=[|｜])|\[(?=img)", re.IGNORECASE)


class Prompt(Struct, frozen=True, kw_only=True):
    """What a model is told for one kind of question, and the digest of it."""

    name: str
    """The first word of its heading."""
    text: str
    digest: str
    """SHA-256 of the file."""


def read_prompt(file: Path) -> Prompt:
    """Return the prompt in a Markdown file. Its first line is `# name`, with more words where that helps a reader.

    Raises:
        ValueError: the file has no such heading.
    """
    content = file.read_bytes()
    text = content.decode("utf-8").strip()
    heading = _HEADING.match(text)
    if heading is None:
        raise ValueError(f"{file.name} does not begin with a heading that names it, such as `# understand`.")
    return Prompt(name=heading.group(1), text=text, digest=hashlib.sha256(content).hexdigest())


def as_plain_words(text: str) -> str:
    """Return the text so that a server takes all of it for words.

    What chat templates mark roles with (`<|im_end|>`) and where pictures go (`[img]`) would otherwise be obeyed.
    """
    return _SPECIAL.sub(lambda one: one.group() + " ", text)
