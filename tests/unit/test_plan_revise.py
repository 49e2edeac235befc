"""Revising: what still fits stays byte for byte, ids are never reused, and the difference is told in sentences."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus import events as e
from bus.plan import Made, Plan, Segment, SegmentNote, basis_of
from bus.plan_changes import plan_changes
from bus.production import Production
from services.planner.decide import WritePlan
from services.planner.markdown import plan_as_markdown, time_code
from services.planner.perform import after_another_hand, was_by_hand
from services.planner.revise import with_notes
from services.planner.rules import PlanSettings, write_plan
from tests import stories
from tests.laws import examples
from tests.unit.test_plan_rules import SUBJECTS, brief


def bases(plan: Plan) -> dict[int, tuple[str, object]]:
    """Return what an approved take of each segment is held against."""
    return {one.id: (basis_of(plan, one, None), one.start) for one in plan.segments}


@settings(max_examples=examples(60))
@given(
    subject=st.sampled_from(SUBJECTS),
    lengths=st.tuples(st.floats(9.0, 120.0), st.floats(9.0, 120.0)),
    seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
def test_only_the_length_changes_what_stays(subject: str, lengths: tuple[float, float], seeds: tuple[int, int]) -> None:
    """A longer or shorter film keeps its segments' orders; new ones have ids that were never used."""
    before = write_plan(brief(subject, duration_s=lengths[0]), PlanSettings(), None, seeds[0])
    highest = max(one.id for one in before.segments) + 3
    after = write_plan(brief(subject, duration_s=lengths[1]), PlanSettings(), before, seeds[1], highest_id=highest)
    old, new = bases(before), bases(after)
    kept = old.keys() & new.keys()
    assert kept
    assert len(kept) >= min(len(old), len(new)) - 1
    assert {one for one in kept if old[one] != new[one]} <= last_of_shorter(before, after)
    assert all(one > highest for one in new.keys() - old.keys())
    assert sum(one.shown_count for one in after.segments) == after.frame_count


def last_of_shorter(before: Plan, after: Plan) -> set[int]:
    """Return the segments that a film of two shots ends with: they draw back, and no longer do where more follows."""
    return {plan.segments[-1].id for plan in (before, after) if len(plan.segments) == 2}


def test_the_same_brief_revises_nothing() -> None:
    """A revision with nothing new is the plan as it was, also under another seed."""
    before = write_plan(brief(), PlanSettings(), None, 1)
    assert write_plan(brief(), PlanSettings(), before, 2) == before
    assert plan_changes(before, before) == ()


def test_a_note_changes_its_segment_and_no_other() -> None:
    """Only segment 3 is rendered anew, and it keeps its id, its seed and its length."""
    before = write_plan(brief(), PlanSettings(), None, 1)
    after = write_plan(brief(notes=(SegmentNote(segment=3, words="no movement, warmer"),)), PlanSettings(), before, 1)
    assert [one.id for one in after.segments if one not in before.segments] == [3]
    old, new = before.segments[2], after.segments[2]
    assert (new.seed, new.frame_count, new.beat) == (old.seed, old.frame_count, old.beat)
    assert plan_changes(before, after) == (
        "Segment 3 is rendered anew: static instead of tilt down, its words changed.",
    )


def test_another_style_renders_everything_anew() -> None:
    """The look is in every order, so no take of the old look stays; ids do."""
    before = write_plan(brief())
    after = write_plan(brief(style="film noir"), PlanSettings(), before)
    assert [one.id for one in after.segments] == [one.id for one in before.segments]
    assert not set(bases(before).values()) & set(bases(after).values())
    assert "Every segment that stays is rendered anew." in plan_changes(before, after)


def test_another_subject_is_another_film_with_ids_of_its_own() -> None:
    """Nothing fits, so every segment is new and none takes an old id."""
    before = write_plan(brief())
    after = write_plan(brief("an orange vase"), PlanSettings(), before)
    assert not {one.id for one in before.segments} & {one.id for one in after.segments}


def test_a_longer_film_says_where_it_grew() -> None:
    """New segments come before the close, which stays the last one."""
    before = write_plan(brief())
    after = write_plan(brief(duration_s=25.0), PlanSettings(), before)
    assert [one.id for one in after.segments] == [1, 2, 3, 4, 6, 5]
    changes = plan_changes(before, after)
    assert changes[0] == "The film lasts 25 s instead of 20 s."
    assert changes[1].startswith("Segment 6 is new, after segment 4: ")


def test_notes_apply_to_a_plan_that_somebody_else_wrote() -> None:
    """A plan whose prompts follow no pattern of ours still takes a note, and stays as it is elsewhere."""
    plan = write_plan(brief())
    foreign = msgspec.structs.replace(
        plan, segments=tuple(msgspec.structs.replace(one, prompt=f"In own words {one.id}.") for one in plan.segments)
    )
    noted = with_notes(foreign, (SegmentNote(segment=2, words="add a dog"),))
    assert noted.segments[1].prompt == "In own words 2. Add a dog."
    assert noted.segments[0] == foreign.segments[0]


@pytest.mark.parametrize(("frame", "code"), [(0, "0:00:00"), (69, "0:04:05"), (960, "1:00:00")])
def test_time_codes_count_minutes_seconds_and_frames(frame: int, code: str) -> None:
    """A frame's place in the film reads as an editor reads it."""
    assert time_code(frame, 16) == code


def test_the_page_shows_every_segment_and_no_markup_of_the_person() -> None:
    """The Markdown has a row for each segment, and words of the person make no headings, rows or links."""
    plan = write_plan(brief("a <b>clock</b> | tower", title="# Not *a* heading"))
    page = plan_as_markdown(plan)
    assert page.startswith("# \\# Not \\*a\\* heading\n")
    rows = [line for line in page.splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert len(rows) == len(plan.segments)
    assert "<b>" not in page
    for segment in plan.segments:
        assert_row(segment, rows)


def assert_row(segment: Segment, rows: list[str]) -> None:
    """Say that one row shows the segment's framing."""
    assert any(row.startswith(f"| {segment.id} |") and segment.shot in row and segment.movement in row for row in rows)


# -- after another hand ----------------------------------------------------------------------------------------


def edited_by_hand() -> tuple[Plan, Production]:
    """Return a plan by rules whose second segment a person wrote anew, and the production with it."""
    first = write_plan(brief(), PlanSettings(), None, 1)
    wolf = msgspec.structs.replace(first.segments[1], prompt="A grey wolf waits.", beat="A grey wolf waits.")
    plan = msgspec.structs.replace(first, segments=(first.segments[0], wolf, *first.segments[2:]))
    state = stories.told(
        (
            *stories.BEGINNING[:1],
            e.IntentParsed(number=1, heard=1, brief=brief(), made=stories.MADE),
            e.PlanWritten(number=1, plan=first, made=stories.MADE),
            e.PlanRevised(number=2, plan=plan, changes=(), made=Made(by="person", version="1")),
        )
    )
    return plan, state


def test_a_note_leaves_alone_what_a_person_wrote_by_hand() -> None:
    """Words about one segment change that one; a segment that was edited by hand is neither undone nor replaced."""
    plan, state = edited_by_hand()
    noted = brief(notes=(SegmentNote(segment=3, words="closer"),))
    task = WritePlan(number=3, brief_number=2, brief=noted, sample=None, highest_segment=9, before=plan)
    assert was_by_hand(state)
    after, remark = after_another_hand(task, state, plan)
    assert [one.id for one in after.segments if one not in plan.segments] == [3]
    assert after.segments[1].prompt == "A grey wolf waits."
    assert after.brief == 2
    assert remark.startswith("You had edited the plan by hand: it stays as it is, and your notes stand in the prompts")


def test_what_was_edited_by_hand_is_forgotten_once_it_is_gone() -> None:
    """A plan in which none of it is left is the rules' own again, whatever a person had edited before."""
    plan, state = edited_by_hand()
    kept = msgspec.structs.replace(plan, segments=(plan.segments[0], *plan.segments[2:]))
    other = write_plan(brief("A wolf crosses the ice"), PlanSettings(), None, 2, highest_id=20)
    for later, is_left in ((plan, True), (kept, False), (other, False)):
        plans = (*state.plans, later)
        made = {**state.plans_made, 3: stories.MADE}
        assert was_by_hand(msgspec.structs.replace(state, plans=plans, plans_made=made)) is is_left
    look = msgspec.structs.replace(plan, title="A keeper")
    plans = (state.plans[0], look, kept)
    made = {**state.plans_made, 3: stories.MADE}
    assert was_by_hand(msgspec.structs.replace(state, plans=plans, plans_made=made)), "all of it was under a hand"


def test_other_words_say_that_the_hand_made_part_may_be_lost() -> None:
    """Where more than notes changed the rules plan anew, and it is said that they did not know what was edited."""
    plan, state = edited_by_hand()
    task = WritePlan(number=3, brief_number=2, brief=brief(style="noir"), sample=None, highest_segment=9, before=plan)
    after, remark = after_another_hand(task, state, plan)
    assert after is plan
    assert remark.startswith("You had edited the plan by hand; the rules could not go on with it")


def test_nobody_is_said_to_have_written_what_the_rules_wrote() -> None:
    """Words that make another film of it leave nothing of a plan by rules, and that is no loss of anybody's work."""
    first = write_plan(brief(), PlanSettings(), None, 1)
    other = write_plan(brief("A wolf crosses the ice", style="noir"), PlanSettings(), None, 2, highest_id=20)
    state = stories.told(
        (
            *stories.BEGINNING[:1],
            e.IntentParsed(number=1, heard=1, brief=brief(), made=stories.MADE),
            e.PlanWritten(number=1, plan=first, made=stories.MADE),
        )
    )
    new = brief("A wolf crosses the ice", style="noir")
    task = WritePlan(number=2, brief_number=2, brief=new, sample=None, highest_segment=9, before=first)
    assert after_another_hand(task, state, other) == (other, "")
    by_model = msgspec.structs.replace(state, plans_made={1: Made(by="ollama", version="1", model="m")})
    assert after_another_hand(task, by_model, other)[1].startswith("A model thought out the plan before")


def test_a_change_of_look_is_one_sentence() -> None:
    """Its words have a full stop of their own; the sentence that quotes them has one, too, and not both."""
    before = write_plan(brief(), PlanSettings(), None, 1)
    after = write_plan(brief(style="noir"), PlanSettings(), before, 1)
    (look,) = [one for one in plan_changes(before, after) if one.startswith("The look")]
    assert look.endswith("”.")
    assert ".”" not in look
