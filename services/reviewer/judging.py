"""From what a model answered to what it means: findings, with the evidence that a rejection takes, and advice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from bus.plan import POLICY_CRITERION, Finding, Outcome
from services.reviewer.answers import Confirmed, Judged, Reply
from services.reviewer.questions import Asked, Sort

FRAMES_NEEDED: Final = 2
"""A no that is seen in so many pictures needs no second question."""
WISH_LENGTH_MAX: Final = 160
_NEGATIVE: Final = re.compile(r"\s*(?:no|not|without|avoid|don't|do not|never|remove|less|fewer)\b", re.IGNORECASE)


MaySay = Callable[[str], bool]


class Looked(Struct, frozen=True, kw_only=True):
    """What a model answered about one take."""

    model: str
    questions: tuple[Asked, ...]
    answers: tuple[Judged, ...]
    """One for each question, in the same order."""
    at_s: tuple[float, ...]
    """When each picture is, in seconds from the start of the take."""
    other_side: Mapping[str, Judged] = {}
    """By criterion, what was answered about the other side of the cut."""

    @property
    def is_void(self) -> bool:
        """Say whether the model saw what is not there: then nothing that it says counts."""
        return any(
            asked.sort is Sort.CONTROL and said.verdict is Reply.YES
            for asked, said in zip(self.questions, self.answers, strict=True)
        )

    @property
    def doubtful(self) -> tuple[int, ...]:
        """Return the indices of answers that are asked again: they would reject, and rest on one picture alone.

        What the content policy would refuse is asked again however often it was seen: it stops a person's film.
        """
        return tuple(
            index
            for index, (asked, said) in enumerate(zip(self.questions, self.answers, strict=True))
            if would_reject(asked, said, self.other_side.get(asked.criterion))
            and (asked.sort is Sort.POLICY or len(shown_in(said, self)) < FRAMES_NEEDED)
        )


def shown_in(said: Judged, looked: Looked) -> tuple[int, ...]:
    """Return the numbers of the pictures that an answer rests on; those that there are."""
    return tuple(sorted({number for number in said.frames if number <= len(looked.at_s)}))


def would_reject(asked: Asked, said: Judged, other_side: Judged | None) -> bool:
    """Say whether the answer, if it stands, turns the take down."""
    if not said.evidence.strip():
        return False
    match asked.sort:
        case Sort.POLICY:
            return said.verdict is Reply.YES
        case Sort.CRITERION:
            return asked.must_hold and said.verdict is Reply.NO
        case Sort.CUT:
            return said.verdict is Reply.NO and other_side is not None and other_side.verdict is Reply.YES
        case Sort.CONTROL:
            return False


def findings_of(looked: Looked, confirmed: Mapping[int, Confirmed | None]) -> list[Finding]:
    """Return what the answers mean.

    A no that would reject counts where it is seen in more than one picture, or was confirmed by a second question.
    Where the model saw what is not there, nothing it says counts.

    Args:
        confirmed: what a second question gave, by the index of a doubtful answer; None where there was no answer.
    """
    if looked.is_void:
        return void_findings(looked)
    return [
        _finding(looked, index, asked, said, confirmed.get(index))
        for index, (asked, said) in enumerate(zip(looked.questions, looked.answers, strict=True))
        if asked.sort is not Sort.POLICY or said.verdict is Reply.YES
    ]


def void_findings(looked: Looked) -> list[Finding]:
    """Return the findings of a review that is thrown away: one that says so, and nothing observed."""
    control = next(index for index, one in enumerate(looked.questions) if one.sort is Sort.CONTROL)
    why = "the model's review was thrown away: it saw what is not there"
    answer = looked.answers[control]
    said = f"{looked.questions[control].text} yes: {answer.evidence}"
    return [
        Finding(
            criterion="control",
            outcome=Outcome.FAIL,
            must_hold=False,
            source=f"seen by {looked.model}",
            evidence=f"{said} The review was thrown away",
        ),
        *(unseen(one, why) for one in looked.questions if one.sort in (Sort.CRITERION, Sort.CUT)),
    ]


def unseen(asked: Asked, why: str) -> Finding:
    """Return the finding of what nobody could see; it never rejects."""
    return Finding(criterion=asked.criterion, outcome=Outcome.UNOBSERVED, must_hold=asked.must_hold, evidence=why)


def _finding(looked: Looked, index: int, asked: Asked, said: Judged, again: Confirmed | None) -> Finding:
    other_side = looked.other_side.get(asked.criterion)
    outcome, must_hold, evidence = _outcome(asked, said), asked.must_hold, said.evidence.strip()
    if not evidence and outcome is not Outcome.UNOBSERVED:
        outcome, evidence = Outcome.UNOBSERVED, f"{said.verdict} was said without evidence"
    elif would_reject(asked, said, other_side):
        if index in looked.doubtful:
            if again is not None and again.verdict is said.verdict and again.evidence.strip():
                evidence = f"{evidence} Asked again: {again.evidence.strip()}"
            else:
                outcome = Outcome.UNOBSERVED
                evidence = f"{evidence} Asked again: {again.verdict if again else 'no answer'}; so it is left open"
    elif asked.sort is Sort.CUT and outcome is Outcome.FAIL:
        # It does not fit the description, and neither does what it is cut to: no seam is seen.
        must_hold = False
    if asked.sort is Sort.CUT and other_side is not None:
        evidence = f"{evidence} The other side of the cut: {other_side.verdict}, {other_side.evidence.strip()}"
    return Finding(
        criterion=POLICY_CRITERION if asked.sort is Sort.POLICY else asked.criterion,
        outcome=outcome,
        must_hold=must_hold,
        source=asked.criterion if asked.sort is Sort.POLICY else f"seen by {looked.model}",
        evidence=f"{_when(shown_in(said, looked), looked)}{evidence}",
    )


def _outcome(asked: Asked, said: Judged) -> Outcome:
    is_bad = Reply.YES if asked.sort in (Sort.POLICY, Sort.CONTROL) else Reply.NO
    if said.verdict is Reply.UNOBSERVED:
        return Outcome.UNOBSERVED
    return Outcome.FAIL if said.verdict is is_bad else Outcome.PASS


def _when(numbers: Sequence[int], looked: Looked) -> str:
    """Return `at 0.00 s and 1.25 s: `, where the evidence is to be looked for."""
    times = [f"{looked.at_s[number - 1]:.2f} s" for number in numbers[:4]]
    if not times:
        return ""
    return f"at {', '.join(times[:-1])} and {times[-1]}: " if len(times) > 1 else f"at {times[0]}: "


# -- advice ------------------------------------------------------------------------------------------------------


def advice_of(looked: Looked, findings: Sequence[Finding], may_say: MaySay) -> str:
    """Return words for the next take's prompt: what is wanted where something failed, what matters most first.

    Args:
        may_say: whether the content policy lets words reach a renderer.
    """
    failed = {one.criterion: one.must_hold for one in findings if one.outcome is Outcome.FAIL}
    pairs = [
        (not failed[asked.criterion], _wish(asked, said, may_say))
        for asked, said in zip(looked.questions, looked.answers, strict=True)
        if asked.criterion in failed and asked.sort in (Sort.CRITERION, Sort.CUT)
    ]
    pairs.sort(key=lambda pair: pair[0])
    return ", ".join(dict.fromkeys(wish for _, wish in pairs if wish))


def _wish(asked: Asked, said: Judged, may_say: MaySay) -> str:
    """Return what the next picture is to show: the model's words where they can be used, else what the plan says.

    Models that render tend to show what is named, wanted or not; and the content policy reads these words like any.
    """
    wish = " ".join(said.wish.split()).strip(" .,;")
    is_usable = bool(wish) and len(wish) <= WISH_LENGTH_MAX and not _NEGATIVE.match(wish) and may_say(wish)
    return wish if is_usable else asked.wish.strip(" .,;")


# -- the score ---------------------------------------------------------------------------------------------------


def score_with(measured: float, findings: Sequence[Finding]) -> float:
    """Return how good the take is with what was seen, 0 to 1: the measured score, less for what was not as asked.

    Among takes that were measured alike the one that shows more of what was asked is the better one. A take with a
    failed criterion that matters scores below 0.5, like one that failed a measure.
    """
    judged = [one for one in findings if one.outcome is not Outcome.UNOBSERVED and one.criterion != "control"]
    if not judged:
        return measured
    weights = [(2 if one.must_hold else 1, one.outcome is Outcome.PASS) for one in judged]
    share = sum(weight for weight, is_good in weights if is_good) / sum(weight for weight, _ in weights)
    if any(one.must_hold and one.outcome is Outcome.FAIL for one in judged):
        return round(min(measured, 1.0) * share * 0.49, 4)
    return round(measured * (0.75 + 0.25 * share), 4) if measured >= 0.5 else measured
