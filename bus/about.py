"""What a piece of work is about, in words: what a step, a problem and a wish for the GPU name it by. Pure."""

from __future__ import annotations

_WORK = {
    "intent": "the reading of the words",
    "sample": "the sample",
    "plan": "the plan",
    "last look": "the last look",
    "film": "the film",
}


def work_in_words(about: str) -> str:
    """Return what a piece of work is about, for people: of `review 2-1` it is `the review of take 2-1`."""
    kind, _, name = about.partition(" ")
    return f"the review of take {name}" if kind == "review" and name else _WORK.get(about, about)
