"""How a model's shot is told to the renderer and to the reviewer: the prompt, and what a take is checked for."""

from __future__ import annotations

from collections.abc import Sequence

from bus.plan import Brief, Criterion, CriterionKind, Look
from services.planner import framing, prompts
from services.planner.matching import capitalised, folded
from services.planner.story import Named, SampleShot, Shot, Story


def prompt_of(shot: Shot | SampleShot, story: Story, look: Look) -> str:
    """Return the prompt in the order that WAN was taught: framing, subject and action, place, camera, and the look.

    Who and where is described in the story's own words, letter for letter, in each prompt that shows them.
    """
    people, places = by_name(story.people), by_name(story.places)
    parts = [f"{capitalised(shot.shot)}.", _sentence(shot.scene)]
    parts += [f"{one.name}: {_sentence(one.description)}" for name in shot.people if (one := people.get(folded(name)))]
    place = places.get(folded(shot.place))
    if place is not None:
        parts.append(f"The place, {place.name}: {_sentence(place.description)}")
    return " ".join((*parts, f"{framing.CAMERA[shot.movement]}.", look.words))


def by_name(named: Sequence[Named]) -> dict[str, Named]:
    """Return who or what is named, by the name as it is compared."""
    return {folded(one.name): one for one in named}


def _sentence(words: str) -> str:
    tidy = " ".join(words.split())
    return tidy if tidy.endswith((".", "!", "?")) else f"{tidy}."


def criteria_of(shot: Shot, look: Look, brief: Brief, *, is_continued: bool) -> tuple[Criterion, ...]:
    """Return what a take is checked for: what is measured, and the model's closed questions."""
    seen = [
        Criterion(
            id=f"seen-{number}",
            question=" ".join(one.question.split()),
            kind=CriterionKind.SEEN,
            must_hold=one.must_hold,
        )
        for number, one in enumerate(shot.questions, 1)
    ]
    if prompts.avoids_text(brief):
        seen = [*seen[:3], prompts.NO_TEXT]
    return (*prompts.measured_criteria(look, shot.movement, is_continued=is_continued), *seen)
