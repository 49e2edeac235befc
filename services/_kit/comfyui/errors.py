"""What can go wrong between us and a ComfyUI server, before it is known what it means for a render."""

from __future__ import annotations


class Unreached(Exception):
    """The server gave no answer that counts: what it did with the question is unknown.

    Unreachable is not lost: the render may be going on.
    """

    def __init__(self, url: str, why: str, *, is_answer: bool = False) -> None:
        super().__init__(f"{url}: {why}")
        self.url = url
        self.why = why
        self.is_answer = is_answer
        """Whether something did answer, and not as ComfyUI would: another program, or one in trouble."""


class NotThere(Exception):
    """The server has no such file."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class TooLarge(Exception):
    """The server does not take an upload of this size."""
