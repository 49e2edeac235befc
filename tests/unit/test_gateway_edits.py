"""A person edits the plan: what is taken and what is refused, as rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from msgspec import structs

from bus import events as e
from bus.board import board
from bus.errors import Reason, Refused
from bus.plan import FromImage, FromText, Lora, Mode, Plan, Segment, Size
from bus.plan_rules import film_frame_count
from bus.production import Production
from services.gateway.denied import Bar, Denied
from services.gateway.edits import Edit, edit_plan
from tests import stories
from tests.gateway_facts import CANCELLED, PLAN, PLANNED, finished, refused
from tests.stories import BEGINNING, Story, told
from tests.unit.gateway_histories import edited, histories

PLANNED_STATE = told(PLANNED)


def with_segment(number: int, plan: Plan = PLAN, **changes: object) -> Plan:
    """Return the plan with changes to one segment, its frames counted anew."""
    segments = tuple(structs.replace(one, **changes) if one.id == number else one for one in plan.segments)
    return structs.replace(plan, segments=segments, frame_count=film_frame_count(segments))


def revised(state: Production, plan: Plan, revision: int = 1) -> e.PlanRevised:
    """Return the revision that an edit becomes."""
    first, *_ = edit_plan(state, Edit(plan=plan, revision=revision))
    assert isinstance(first, e.PlanRevised)
    return first


@given(history=histories())
def test_an_edit_that_is_granted_is_in_force_and_asked_again_is_nothing_new(history: Story) -> None:
    """Whatever the production, a granted edit becomes the plan in force; the same one sent again writes nothing."""
    edit = edited(history.state)
    try:
        facts = edit_plan(history.state, edit)
    except Refused:
        return
    after = history.tell(*facts).state
    assert after.plan == edit.plan
    assert not after.anomalies[len(history.state.anomalies) :]
    assert edit_plan(after, edit) == ()


def test_only_what_was_changed_is_made_anew() -> None:
    """After an edit of one segment the takes of the others still fit, but for those that continue it."""
    state = finished().state
    after = finished().tell(*edit_plan(state, Edit(plan=with_segment(2, prompt="A storm"), revision=1))).state
    assert [slot.accepted is not None for slot in board(after)] == [True, False, False]
    change = revised(state, with_segment(2, prompt="A storm")).changes
    assert change == ("Segment 2 is rendered anew: its words changed.",)


def test_an_edit_resumes_what_waits_about_the_segments_it_changes() -> None:
    """Problems of an edited segment and of the film are tried again; those of other segments wait on."""
    problems = [
        e.ProductionStalled(number=number, problem=structs.replace(stories.PROBLEM, about=about))
        for number, about in enumerate(("segment 1", "segment 2", "review 3-1", "film"), start=1)
    ]
    facts = edit_plan(told((*PLANNED, *problems)), Edit(plan=with_segment(2, prompt="A storm"), revision=1))
    assert [one.number for one in facts if isinstance(one, e.ProductionResumed)] == [2, 4]


def test_an_edit_of_an_older_revision_is_told_what_changed_since() -> None:
    """Who edits what is no longer in force hears which revision is, and how it differs; nothing is written."""
    first = with_segment(1, prompt="A storm")
    state = told((*PLANNED, e.PlanRevised(number=2, plan=first, changes=("…",), made=stories.MADE)))
    with pytest.raises(Denied) as caught:
        edit_plan(state, Edit(plan=with_segment(2, prompt="A calm"), revision=1))
    assert caught.value.bar is Bar.CHANGED
    assert caught.value.what == f"The plan of {state.id} is at revision 2, and you edited revision 1."
    assert "Segment 1 is rendered anew" in caught.value.why
    assert caught.value.headers == {"etag": '"2"'}


def _added(number: int) -> Plan:
    segments = (*PLAN.segments, stories.segment(number))
    return structs.replace(PLAN, segments=segments, frame_count=film_frame_count(segments))


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (structs.replace(PLAN, brief=2), "Brief is 1 and can't be edited"),
        (structs.replace(PLAN, fps=24), "Fps is 16 and can't be edited"),
        (structs.replace(PLAN, frame_count=1), "The shown frames add up to"),
        (with_segment(1, frame_count=34, out_frame=34), "34 frames, not 4n+1"),
        (with_segment(1, start=FromImage(stories.artifact("stranger").digest), mode=Mode.I2V), "none of this produc"),
        (with_segment(1, end_image=stories.artifact("stranger").digest), "none of this production's"),
        (with_segment(1, seed=2**63), "The seed of segment 1 is not below 2^63"),
        (structs.replace(PLAN, size=Size(4096, 4096)), "Size 4096×4096 is more than 2.1 megapixels"),
        (structs.replace(PLAN, renderer="../etc"), "is no name of a renderer"),
        (with_segment(1, prompt="a\x00b"), "which is no text"),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused_with_the_rule(plan: Plan, says: str) -> None:
    """Each rule of plans holds for plans by hand, too, and what can't be edited is named."""
    caught = refused(lambda: edit_plan(PLANNED_STATE, Edit(plan=plan, revision=1)))
    assert (caught.reason, says in f"{caught.what} {caught.why}") == (Reason.INVALID, True), str(caught)


def test_segments_are_numbered_on_and_may_come_back() -> None:
    """A new segment takes a number never used; one that a revision left out may be put back as itself."""
    without = structs.replace(PLAN, segments=PLAN.segments[:1], frame_count=PLAN.segments[0].shown_count)
    state = told((*PLANNED, e.PlanRevised(number=2, plan=without, changes=("…",), made=stories.MADE)))
    assert revised(state, PLAN, 2).plan == PLAN
    assert revised(PLANNED_STATE, _added(4)).plan.segments[-1].id == 4
    with_gap = structs.replace(_added(7), segments=(*PLAN.segments, stories.segment(7)))
    state = told((*PLANNED, e.PlanRevised(number=2, plan=with_gap, changes=("…",), made=stories.MADE)))
    caught = refused(lambda: edit_plan(state, Edit(plan=_added(5), revision=2)))
    assert "new segments are numbered from 8 on" in caught.why


def test_the_content_policy_reads_what_is_written_by_hand() -> None:
    """A prompt, a look or a LoRA that the policy refuses can't come in through the plan."""
    nude = "A nude schoolgirl"
    for plan in (with_segment(2, prompt=nude), structs.replace(PLAN, logline=nude), with_segment(1, beat=nude)):
        caught = refused(lambda plan=plan: edit_plan(PLANNED_STATE, Edit(plan=plan, revision=1)))  # type: ignore[misc]
        assert caught.reason is Reason.POLICY
    plan = with_segment(1, prompt="A schoolgirl", loras=(Lora(name="x", strength=1.0),))
    assert edit_plan(PLANNED_STATE, Edit(plan=plan, revision=1))
    purposes = {"x": "explicit nude scenes"}
    caught = refused(lambda: edit_plan(PLANNED_STATE, Edit(plan=plan, revision=1, purposes=purposes)))
    assert caught.reason is Reason.POLICY


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (BEGINNING, "has no plan yet"),
        ((*PLANNED, CANCELLED), "was cancelled"),
        ((*PLANNED, e.ProductionDirected(number=1, words="darker")), "is being revised"),
        ((*PLANNED, e.ProductionDirected(number=1, words="darker"), stories.parsed(2, 2)), "is being revised"),
    ],
)
def test_a_plan_that_is_not_there_or_on_its_way_is_not_edited(facts: tuple[e.Fact, ...], says: str) -> None:
    """Before there is a plan, after the end, and while words wait to be heard, an edit is refused with the reason."""
    caught = refused(lambda: edit_plan(told(facts), Edit(plan=PLAN, revision=1)))
    assert (caught.reason, says in caught.what) == (Reason.NOT_NOW, True), caught.what


def test_starts_by_hand_may_change() -> None:
    """A segment that continued another one may start from text, with a cut."""
    plan = with_segment(3, start=FromText(), mode=Mode.T2V, transition=stories.segment(1).transition)
    assert isinstance(revised(PLANNED_STATE, plan).plan.segments[2], Segment)
