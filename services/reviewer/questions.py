"""What a model is asked about a take.

The plan's closed questions, those about a cut, one whose answer is known, and those of the content policy.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from bus.ids import Digest
from bus.plan import CriterionKind, Figure, Plan, Segment
from bus.policy import MINORS, UPLOADED_PERSON


class Sort(enum.StrEnum):
    """What a question is for."""

    CRITERION = "criterion"
    CUT = "cut"
    """It is asked of both sides of a cut."""
    CONTROL = "control"
    """Its answer is known to be no: whoever says yes sees what is not there."""
    POLICY = "policy"
    """A yes is what the content policy refuses."""


class Asked(Struct, frozen=True, kw_only=True):
    """One question."""

    criterion: str
    text: str
    sort: Sort
    must_hold: bool
    wish: str = ""
    """What would help where the answer is no and no better advice comes with it."""


_MOTION: Final = re.compile(
    r"\b(moves?|moving|movements?|motion|smoothly|flicker(?:s|ing)?|freezes|pans|panning|zooms?|zooming|tilts|jitters?|"
    r"stutters?)\b",
    re.IGNORECASE,
)
"""What single pictures can't show. It is measured instead."""

_CONTROLS: Final = (
    ("hippopotamus", "Is there a hippopotamus in the pictures?"),
    ("chessboard", "Is there a chessboard in the pictures?"),
    ("pineapple", "Is there a pineapple in the pictures?"),
    ("trombone", "Is there a trombone in the pictures?"),
    ("forklift", "Is there a yellow forklift in the pictures?"),
    ("hot-air balloon", "Is there a striped hot-air balloon in the pictures?"),
)

MINORS_QUESTION: Final = Asked(
    criterion=MINORS,
    text="Is anybody who looks younger than 18 shown naked, half naked in a sexual way, or in a sexual situation?",
    sort=Sort.POLICY,
    must_hold=True,
)
PERSON_QUESTION: Final = Asked(
    criterion=UPLOADED_PERSON,
    text="Is a person shown naked, undressing, or in a sexual situation?",
    sort=Sort.POLICY,
    must_hold=True,
)


def is_about_motion(question: str) -> bool:
    """Say whether a question asks for what happens between the pictures."""
    return _MOTION.search(question) is not None


def seen_criteria(segment: Segment) -> tuple[Asked, ...]:
    """Return the plan's closed questions about the segment that somebody who looks can answer."""
    return tuple(
        Asked(
            criterion=one.id,
            text=one.question,
            sort=Sort.CRITERION,
            must_hold=one.must_hold,
            wish=f"clearly visible: {segment.beat.rstrip('.')}",
        )
        for one in segment.criteria
        if one.kind is CriterionKind.SEEN and not is_about_motion(one.question)
    )


def motion_criteria(segment: Segment) -> tuple[str, ...]:
    """Return the ids of questions that the plan has for somebody who looks, and that no picture answers."""
    return tuple(one.id for one in segment.criteria if one.kind is CriterionKind.SEEN and is_about_motion(one.question))


def cut_questions(plan: Plan, before: Segment, segment: Segment) -> tuple[Asked, ...]:
    """Return what is asked of both sides of a cut: whether each shows those who are in both as they are described."""
    shared = [one for one in (*plan.people, *plan.places) if _is_in(one, before) and _is_in(one, segment)]
    return tuple(
        Asked(
            criterion=f"match-{_slug(one.name)}",
            text=f"Does what is seen fit this description as far as it is visible: {one.description.rstrip('.')}?",
            sort=Sort.CUT,
            must_hold=True,
            wish=one.description,
        )
        for one in shared
    )


def policy_questions(*, has_picture: bool) -> tuple[Asked, ...]:
    """Return what the content policy has to be told: more where somebody's picture was uploaded."""
    return (MINORS_QUESTION, PERSON_QUESTION) if has_picture else (MINORS_QUESTION,)


def with_control(questions: Sequence[Asked], words: str, which: Digest) -> tuple[Asked, ...]:
    """Return the questions with one among them whose answer is known to be no.

    Args:
        words: all that was asked of the take: what the control asks for is nowhere in them.
        which: decides which control it is and where it stands, so that each take has the same one again.
    """
    number = int(which[:8], 16)
    said = words.casefold()
    free = [one for one in _CONTROLS if one[0] not in said] or [_CONTROLS[-1]]
    _, text = free[number % len(free)]
    control = Asked(criterion="control", text=text, sort=Sort.CONTROL, must_hold=False)
    place = 1 + number % max(1, len(questions))
    return (*questions[:place], control, *questions[place:])


def numbered(questions: Sequence[Asked]) -> str:
    """Return the questions as a model reads them."""
    return "\n".join(f"{number}. {one.text}" for number, one in enumerate(questions, 1))


def _is_in(figure: Figure, segment: Segment) -> bool:
    return figure.description.strip().rstrip(".").casefold() in segment.prompt.casefold()


def _slug(name: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", name.casefold())) or "figure"
