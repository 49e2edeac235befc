from __future__ import annotations

from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bus import events as e
from bus.ids import digest_of
from bus.plan import Made
from bus.production import Production, Sample, Take, evolve
from services.gateway.experience import (
    RECENT_MAX,
    Experience,
    Learner,
    Lessons,
    kind_of,
    own_clips,
)
from tests import stories
from tests.histories import Told, histories
from tests.stories import Story


def taught(told: Told, learner: Learner, start: int = 0, end: int | None = None) -> Learner:
    """Go through a part of a history."""
    for recorded, state in list(zip(told.story.log, told.states, strict=True))[start:end]:
        if isinstance(recorded, e.Recorded):
            learner.learn(state, recorded.event.fact)
    return learner


@given(histories(), st.data())
def test_learning_may_be_left_off_and_taken_up_anywhere(told: Told, data: st.DataObject) -> None:
    """What was learned up to an event, written down and read again, and the rest: the same as all in one go."""
    cut = data.draw(st.integers(0, len(told.story.log)))
    first = taught(told, Learner(), 0, cut)
    kept = msgspec.json.decode(msgspec.json.encode(first.lessons), type=Lessons)
    resumed = taught(told, Learner(kept), cut)
    whole = taught(told, Learner())
    assert resumed.lessons == whole.lessons
    assert resumed.experience == whole.experience


@given(histories())
def test_what_is_learned_is_what_the_state_says(told: Told) -> None:
    """Counted event by event it is what the last state holds: clips, takes, rejections, failures, the film."""
    state = told.states[-1]
    experience = taught(told, Learner()).experience
    takes = list(state.takes.values())
    clips: list[Take | Sample] = [*takes, *state.samples]
    assert sum(one.count for one in experience.clips) == sum(one.rendered is not None for one in clips)
    assert sum(one.rendered for one in experience.takes) == sum(one.rendered is not None for one in takes)
    assert sum(one.approved for one in experience.takes) == sum(one.is_approved is True for one in takes)
    assert sum(one.rejected for one in experience.takes) == sum(one.is_approved is False for one in takes)
    assert sum(one.kept for one in experience.takes) == sum(one.is_kept for one in takes)
    failed = Counter(one.failure.kind for one in clips if one.failure is not None)
    assert {one.name: one.count for one in experience.failures} == failed
    missed = Counter(
        finding.criterion
        for one in takes
        if one.is_approved is False and one.verdict is not None
        for finding in one.verdict.findings
        if finding.must_hold and finding.outcome == "fail"
    )
    assert {one.name: one.count for one in experience.rejections} == missed
    assert experience.film_s == (round(state.cuts[-1].duration_s, 3) if state.cuts else 0)
    assert {one.kind: one.count for one in own_clips(state)} == {one.kind: one.count for one in experience.clips}


def rendered(number: int, seconds: float) -> tuple[e.Fact, ...]:
    """Return that take 1 of a segment was rendered in so long."""
    fact = msgspec.structs.replace(stories.rendered(number), cost=e.Cost(render_s=seconds, total_s=seconds))
    return stories.ordered(PLAN, number), fact


PLAN = stories.plan(*(stories.segment(number) for number in range(1, RECENT_MAX + 9)))
PLANNED: tuple[e.Fact, ...] = (*stories.BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=stories.MADE))


def learned(*facts: e.Fact) -> Experience:
    """Return what a production of these facts teaches."""
    learner, state = Learner(), Production(id=stories.PRODUCTION)
    for recorded in Story().tell(*facts).log:
        assert isinstance(recorded, e.Recorded)
        state = evolve(state, recorded)
        learner.learn(state, recorded.event.fact)
    return learner.experience


def test_only_the_last_clips_of_a_kind_are_remembered_one_by_one() -> None:
    """What a machine took long ago goes; how many there were stays."""
    count = RECENT_MAX + 8
    facts = [fact for number in range(1, count + 1) for fact in rendered(number, float(number))]
    clip = learned(*PLANNED, *facts).clips[-1]
    assert clip.count == count
    assert clip.recent_s == tuple(float(number) for number in range(9, count + 1))
    assert clip.median_s == (9 + count) / 2


def test_a_fact_that_the_fold_does_not_believe_teaches_nothing() -> None:
    """A take that failed before it was rendered was not rendered, whatever the log says afterwards."""
    order, fact = rendered(1, 2.0)
    failed = e.SegmentFailed(segment=1, take=1, failure=stories.FAILURE)
    experience = learned(*PLANNED, order, failed, fact, stories.approved(1))
    assert [(one.rendered, one.failed, one.approved) for one in experience.takes] == [(0, 1, 0)]
    assert [(one.name, one.count) for one in experience.failures] == [("unreachable", 1)]


def test_a_film_that_is_cut_again_counts_once() -> None:
    """The cost of a finished second is all that was rendered for the film, over its length as it was cut last."""
    one = e.ProductionDone(
        number=1,
        plan=1,
        film=stories.artifact("film"),
        manifest=stories.artifact("manifest"),
        takes=(),
        duration_s=20.0,
        count=9,
        head=digest_of(b"head"),
        made=Made(by="stitcher", version="1", took_s=0.5),
    )
    again = msgspec.structs.replace(one, number=2, duration_s=one.duration_s * 2)
    experience = learned(*PLANNED, *rendered(1, 3.0), one, *rendered(2, 4.0), again)
    assert experience.film_count == 1
    assert (experience.film_s, experience.join_s) == (again.duration_s, 0.5)
    assert experience.film_render_s == 7.0 + stories.COST.total_s
    assert experience.render_s_per_film_s == experience.film_render_s / again.duration_s


def test_a_clip_is_named_by_the_gpu_that_made_it_or_by_its_server() -> None:
    """Where the renderer says on which device it ran, that is the machine; else the server it was posted to."""
    posting = e.Posting(renderer="wan21", server="http://studio:8188", key="k")
    made = Made(by="comfyui", version="0.3", model="wan2.1", options='{"device":"NVIDIA L40S","seed":7}')
    order = stories.sample_order()
    assert kind_of(order, made, posting).machine == "NVIDIA L40S"
    for options in (None, "{}", "no json", '{"device":7}', "[]"):
        assert kind_of(order, msgspec.structs.replace(made, options=options), posting).machine == posting.server
    assert kind_of(order).machine == ""
