"""LoRAs of segments: for the film, by a note on a segment, by an edit of the plan; and none that is not known."""

from __future__ import annotations

import pytest
from msgspec import structs

from bus.plan import Lora, Mode, Plan, SegmentNote
from services.planner.lora_words import with_loras
from services.planner.plan_settings import SETTINGS, ChosenLora
from services.planner.rules import write_plan
from tests import stories
from tests.unit.test_plan_rules import brief

ALL = frozenset(Mode)
GOUACHE = ChosenLora(lora=Lora(name="gouache", strength=0.8), modes=ALL)
INK = ChosenLora(lora=Lora(name="ink-wash", strength=1.0), modes=frozenset((Mode.T2V,)))
KNOWN = structs.replace(SETTINGS, lora_choices=(GOUACHE, INK))
PLAN = stories.plan()
"""Segments 1 and 2 from words; 3 continues 2."""


def loras_of(plan: Plan) -> list[list[tuple[str, float]]]:
    return [[(one.name, one.strength) for one in segment.loras] for segment in plan.segments]


def noted(*notes: tuple[int, str]) -> tuple[Plan, tuple[str, ...]]:
    of = structs.replace(brief(), notes=tuple(SegmentNote(segment=number, words=words) for number, words in notes))
    return with_loras(PLAN, None, of, KNOWN)


def test_a_lora_for_the_film_is_in_every_segment_that_it_fits() -> None:
    """Where it was made for another kind of clip it is left out, and that is said."""
    plan, remarks = with_loras(PLAN, None, brief(), structs.replace(KNOWN, loras=(INK,)))
    assert loras_of(plan) == [[("ink-wash", 1.0)], [("ink-wash", 1.0)], []]
    assert remarks == ("Segment 3 is i2v: the LoRA ink-wash is made for t2v, and is left out.",)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("closer, with the lora gouache", [("gouache", 0.8)]),
        ("use lora Gouache at 0.5", [("gouache", 0.5)]),
        ("lora gouache:1.2", [("gouache", 1.2)]),
        ("lora ink-wash and lora gouache", [("ink-wash", 1.0), ("gouache", 0.8)]),
        ("no lora", []),
        ("closer", []),
    ],
)
def test_a_note_names_a_lora_for_its_segment(words: str, found: list[tuple[str, float]]) -> None:
    """By its name in the catalogue, with a strength if one is said; other segments stay as they are."""
    plan, remarks = noted((2, words))
    assert loras_of(plan) == [[], found, []]
    assert remarks == ()


def test_the_words_about_loras_are_no_part_of_the_prompt() -> None:
    """The rest of the note is."""
    of = structs.replace(brief(), notes=(SegmentNote(segment=1, words="closer, with the lora gouache at 0.5"),))
    written = write_plan(of, KNOWN)
    assert "lora" in written.segments[0].prompt
    plan, _ = with_loras(written, None, of, KNOWN)
    assert "lora" not in plan.segments[0].prompt
    assert "Closer" in plan.segments[0].prompt


def test_a_note_takes_a_lora_away() -> None:
    """All of them, or the one that is named."""
    settings = structs.replace(KNOWN, loras=(GOUACHE, INK))
    of = structs.replace(brief(), notes=(SegmentNote(segment=1, words="without lora gouache"),))
    assert loras_of(with_loras(PLAN, None, of, settings)[0])[:2] == [
        [("ink-wash", 1.0)],
        [("gouache", 0.8), ("ink-wash", 1.0)],
    ]
    of = structs.replace(brief(), notes=(SegmentNote(segment=1, words="drop the loras"),))
    assert loras_of(with_loras(PLAN, None, of, settings)[0])[0] == []


def test_a_lora_nobody_knows_is_named_and_not_used() -> None:
    """Whether a person asks for it or a planner chose it."""
    plan, remarks = noted((1, "with the lora oils"))
    assert loras_of(plan)[0] == []
    assert "no LoRA oils" in remarks[0]
    assert "gouache" in remarks[0]
    chosen = structs.replace(PLAN.segments[0], loras=(Lora(name="oils", strength=1.0),))
    plan, remarks = with_loras(structs.replace(PLAN, segments=(chosen,)), None, brief(), KNOWN)
    assert loras_of(plan) == [[]]
    assert "oils is not known" in remarks[0]


def test_what_a_person_edited_stays() -> None:
    """A segment that was in the plan before keeps its LoRAs; the film's own go to new ones."""
    edited = structs.replace(PLAN.segments[0], loras=(structs.replace(GOUACHE.lora, strength=0.3),))
    before = structs.replace(PLAN, segments=(edited, *PLAN.segments[1:2]))
    plan, _ = with_loras(PLAN, before, brief(), structs.replace(KNOWN, loras=(GOUACHE,)))
    assert loras_of(plan) == [[("gouache", 0.3)], [], [("gouache", 0.8)]]
