"""The last look at a film: one picture of each segment side by side, and closed questions about the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from bus.ids import Digest
from bus.plan import POLICY_CRITERION, Finding, Outcome, Plan
from services._kit.llm import Picture, Question, read_prompt
from services._kit.minds import StandIn
from services.reviewer.answers import FilmChecked, FilmJudged, Reply, check_numbers
from services.reviewer.questions import Asked, Sort, numbered, policy_questions, with_control
from services.reviewer.seeing import Eyes, picture_of
from services.reviewer.sheet import KeyFrame, contact_sheet

FILM: Final = read_prompt(Path(__file__).parent / "asking" / "film.md")
TILES_MAX: Final = 12
"""Pictures on one sheet: more are too small to be seen."""
SHEETS_MAX: Final = 4
COLUMNS: Final = 4
SHEET_SIDE_MAX: Final = 1664


class Tile(Struct, frozen=True, kw_only=True):
    """What the film shows of one segment: a picture from the middle of what is shown."""

    segment: int
    frame: KeyFrame


def film_questions(plan: Plan, *, has_picture: bool, which: Digest) -> tuple[Asked, ...]:
    """Return what is asked about the film as a whole, with one question whose answer is known to be no."""
    questions = [
        _asked("film_look", f"Do all segments share one look: {plan.look.words.rstrip('.')}?"),
        _asked("film_light", "Are light and colours alike wherever segments show the same place?"),
        *(
            _asked("film_person", f"Does this figure look the same wherever it is seen: {one.description.rstrip('.')}?")
            for one in plan.people
        ),
        _asked("film_story", f"Do the segments in their order show this: {plan.logline.rstrip('.')}?"),
        *policy_questions(has_picture=has_picture),
    ]
    words = " ".join((plan.logline, plan.look.words, *(one.prompt for one in plan.segments)))
    return with_control(questions[:10], words, which)


def _asked(criterion: str, text: str) -> Asked:
    return Asked(criterion=criterion, text=text, sort=Sort.CRITERION, must_hold=False)


def shown_tiles(count: int) -> tuple[int, ...]:
    """Return the indices of the segments that are shown: all of them, or so many evenly spread."""
    most = TILES_MAX * SHEETS_MAX
    if count <= most:
        return tuple(range(count))
    return tuple(sorted({round(number * (count - 1) / (most - 1)) for number in range(most)}))


def sheets_of(tiles: Sequence[Tile]) -> tuple[Picture, ...]:
    """Return the contact sheets: as few as will do, with as many pictures on each."""
    count = math.ceil(len(tiles) / TILES_MAX)
    per_sheet = math.ceil(len(tiles) / count)
    sheets = []
    for first in range(0, len(tiles), per_sheet):
        part = tiles[first : first + per_sheet]
        labels = [f"segment {one.segment}" for one in part]
        sheet = contact_sheet([one.frame for one in part], min(COLUMNS, len(part)), labels=labels)
        sheets.append(picture_of(sheet, f"segments {part[0].segment} to {part[-1].segment}", SHEET_SIDE_MAX))
    return tuple(sheets)


async def look_at_film(
    eyes: Eyes, sheets: tuple[Picture, ...], questions: tuple[Asked, ...], segments: Sequence[int]
) -> list[Finding] | StandIn:
    """Return what is found about the film, or why nobody looked. What the content policy refuses is asked twice."""
    order = ", ".join(map(str, segments))
    words = f"The film has these segments, in this order: {order}.\n\nThe questions:\n{numbered(questions)}"

    def check(answer: FilmChecked) -> None:
        check_numbers(tuple(one.criterion for one in answer.answers), len(questions))

    question = Question(prompt=FILM, words=words, models="final")
    checked = await eyes.ask(question, FilmChecked, sheets, check)
    if isinstance(checked, StandIn):
        return checked
    answers = sorted(checked.answers, key=lambda one: one.criterion)
    pairs = list(zip(questions, answers, strict=True))
    if any(asked.sort is Sort.CONTROL and said.verdict is Reply.YES for asked, said in pairs):
        return _void(pairs)
    flagged = [asked for asked, said in pairs if asked.sort is Sort.POLICY and said.verdict is Reply.YES]
    again = await _asked_again(eyes, sheets, flagged) if flagged else frozenset()
    return [
        _finding(asked, said, is_confirmed=asked.criterion in again)
        for asked, said in pairs
        if asked.sort is not Sort.POLICY or said.verdict is Reply.YES
    ]


async def _asked_again(eyes: Eyes, sheets: tuple[Picture, ...], flagged: Sequence[Asked]) -> frozenset[str]:
    """Return the rules of the content policy that a second look refuses by as well."""

    def check(answer: FilmChecked) -> None:
        check_numbers(tuple(one.criterion for one in answer.answers), len(flagged))

    words = f"Look again, closely.\n\nThe questions:\n{numbered(flagged)}"
    checked = await eyes.ask(Question(prompt=FILM, words=words, models="final"), FilmChecked, sheets, check)
    if isinstance(checked, StandIn):
        return frozenset()
    return frozenset(flagged[one.criterion - 1].criterion for one in checked.answers if one.verdict is Reply.YES)


def _void(pairs: Sequence[tuple[Asked, FilmJudged]]) -> list[Finding]:
    asked, said = next(pair for pair in pairs if pair[0].sort is Sort.CONTROL)
    return [
        Finding(
            criterion="control",
            outcome=Outcome.FAIL,
            must_hold=False,
            evidence=f"{asked.text} yes: {said.evidence} The look was thrown away",
        )
    ]


def _finding(asked: Asked, said: FilmJudged, *, is_confirmed: bool) -> Finding:
    is_policy = asked.sort is Sort.POLICY
    outcome = {Reply.YES: Outcome.PASS, Reply.NO: Outcome.FAIL, Reply.UNOBSERVED: Outcome.UNOBSERVED}[said.verdict]
    if asked.sort is Sort.CONTROL:
        outcome = Outcome.UNOBSERVED if said.verdict is Reply.UNOBSERVED else Outcome.PASS
    if is_policy:
        outcome = Outcome.FAIL if is_confirmed else Outcome.UNOBSERVED
    elif not said.evidence.strip():
        outcome = Outcome.UNOBSERVED
    where = f"segments {', '.join(map(str, said.segments))}: " if said.segments else ""
    return Finding(
        criterion=POLICY_CRITERION if is_policy else asked.criterion,
        outcome=outcome,
        must_hold=is_policy,
        source=asked.criterion if is_policy else "",
        evidence=f"{where}{said.evidence.strip()}",
    )
