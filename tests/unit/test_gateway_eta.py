from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bus import events as e
from services.gateway.estimate import estimate_of
from services.gateway.eta import GROWTH, one_take, review_s, takes_for, time_for, until_approved
from services.gateway.experience import ClipKind, Experience, Judged, Learner, Measured, kind_of
from tests import stories

SIZES = ((416, 240), (832, 480), (480, 832), (1280, 720))
SECONDS = st.floats(0.001, 1e5)


def kind(width: int = 832, height: int = 480, frame_count: int = 65, **changes: object) -> ClipKind:
    """Return a kind of clip of the animatic's."""
    one = ClipKind(
        renderer="animatic",
        model=None,
        machine="here",
        width=width,
        height=height,
        frame_count=frame_count,
        steps=None,
        draft=False,
    )
    return replace(one, **changes)


def took(of: ClipKind, *seconds: float) -> Measured:
    """Return that clips of this kind took so long."""
    return Measured(kind=of, count=len(seconds), recent_s=seconds)


def seen(*clips: Measured, **known: object) -> Experience:
    """Return experience with these clips."""
    return replace(Experience(clips=clips), **known)


KINDS = st.builds(
    lambda size, count: kind(size[0], size[1], 4 * count + 1), size=st.sampled_from(SIZES), count=st.integers(1, 20)
)


def asked(of: ClipKind) -> ClipKind:
    """Return the kind as an order says it: what will render it, and where, is not known yet."""
    return replace(of, machine="")


# -- laws ----------------------------------------------------------------------------------------------------


@given(st.lists(KINDS, min_size=2, max_size=8, unique=True), KINDS, st.floats(0, 100), st.floats(0.001, 10))
def test_what_goes_along_a_line_is_foretold_exactly(
    known: Sequence[ClipKind], wanted: ClipKind, base_s: float, rate: float
) -> None:
    """Where each clip takes a base and a rate for each pixel, any other clip is foretold to take just that."""
    experience = seen(*(took(one, base_s + rate * one.work) for one in known))
    expected = one_take(asked(wanted), experience)
    assert expected is not None
    if len({one.work for one in known}) > 1 or wanted in known:
        assert expected.seconds == pytest.approx(base_s + rate * wanted.work, rel=1e-6)


@given(st.lists(st.tuples(KINDS, SECONDS), min_size=1, max_size=8), KINDS, st.floats(0.01, 100))
def test_a_machine_of_another_speed_scales_what_is_foretold(
    clips: Sequence[tuple[ClipKind, float]], wanted: ClipKind, factor: float
) -> None:
    """Where everything takes so many times longer, everything is foretold to take so many times longer."""
    before = one_take(asked(wanted), seen(*(took(one, second) for one, second in clips)))
    after = one_take(asked(wanted), seen(*(took(one, second * factor) for one, second in clips)))
    assert before is not None
    assert after is not None
    assert after.seconds == pytest.approx(before.seconds * factor, rel=1e-6)
    assert after.is_rough == before.is_rough


@given(st.lists(st.tuples(KINDS, SECONDS), min_size=1, max_size=8), KINDS, KINDS)
def test_no_clip_takes_less_than_nothing_and_a_larger_one_no_less_than_a_smaller(
    clips: Sequence[tuple[ClipKind, float]], one: ClipKind, other: ClipKind
) -> None:
    """Whatever was measured, and however odd: of clips of kinds not seen yet, the larger takes as long at least."""
    experience = seen(*(took(replace(of, frame_count=of.frame_count + 2), second) for of, second in clips))
    small, large = sorted((one, other), key=lambda of: of.work)
    least, most = one_take(asked(small), experience), one_take(asked(large), experience)
    assert least is not None
    assert most is not None
    assert 0 <= least.seconds <= most.seconds * (1 + 1e-9)


@given(st.lists(SECONDS, min_size=1, max_size=9), st.lists(st.tuples(KINDS, SECONDS), max_size=4))
def test_a_clip_like_those_that_were_rendered_takes_what_they_took(
    like: Sequence[float], others: Sequence[tuple[ClipKind, float]]
) -> None:
    """Between the fastest and the slowest of its kind, whatever clips of other sizes took."""
    of_others = [took(one, second) for one, second in others if one != kind()]
    expected = one_take(asked(kind()), seen(took(kind(), *like), *of_others))
    assert expected is not None
    assert min(like) <= expected.seconds <= max(like)
    assert not expected.is_rough


@given(KINDS, SECONDS, SECONDS)
def test_other_renderers_teach_nothing(of: ClipKind, second: float, other: float) -> None:
    """What another renderer took changes no figure, and alone gives none."""
    foreign = took(replace(of, renderer="wan21_t2v"), other)
    assert one_take(asked(of), seen(foreign)) is None
    assert one_take(asked(of), seen(took(of, second), foreign)) == one_take(asked(of), seen(took(of, second)))


# -- what counts more ----------------------------------------------------------------------------------------


def test_takes_of_the_film_itself_count_more_from_the_second_on() -> None:
    """The first take may have loaded the model; two say how fast it goes today."""
    experience = seen(took(kind(), 10.0, 10.0, 10.0, 10.0))
    first, both = took(kind(), 60.0), took(kind(), 30.0, 32.0)
    one, two = one_take(kind(), experience, (first,)), one_take(kind(), experience, (both,))
    assert one is not None
    assert two is not None
    assert (one.seconds, one.measured_on) == (10.0, "5 takes so far")
    assert (two.seconds, two.measured_on) == (31.0, "2 takes")


def test_the_machine_that_renders_counts_where_it_is_known() -> None:
    """Two machines of different speed: whoever knows which one renders is told its time, and no mixture."""
    experience = seen(took(kind(machine="fast"), 1.0), took(kind(machine="slow"), 9.0))
    for machine, second in (("fast", 1.0), ("slow", 9.0), ("", 5.0), ("unheard of", 5.0)):
        expected = one_take(kind(machine=machine), experience)
        assert expected is not None
        assert expected.seconds == second


def test_samples_of_fewer_steps_are_held_against_their_work_and_called_rough() -> None:
    """A draft that is a tenth of the work says what the whole costs, as far as anything does."""
    draft = took(replace(kind(416, 240, 33, draft=True, share=0.1), renderer="wan2.1"), 2.0)
    expected = one_take(replace(kind(416, 240, 33), renderer="wan2.1"), seen(draft))
    assert expected is not None
    assert expected.seconds == pytest.approx(20.0)
    assert (expected.is_rough, expected.measured_on) == (True, "samples so far")


def test_an_animatic_grows_less_than_its_picture() -> None:
    """From its sample alone a take is foretold to a third; once two sizes were measured, they say it."""
    sample = took(kind(416, 240, 33), 0.7)
    expected = one_take(kind(832, 480, 80), seen(sample))
    assert expected is not None
    assert expected.seconds == pytest.approx(2.6, rel=1 / 3)
    both = one_take(kind(832, 480, 80), seen(sample, took(kind(832, 480, 33), 2.0)))
    assert both is not None
    assert both.seconds == pytest.approx(0.7 + (2.0 - 0.7) * (4 * 80 / 33 - 1) / 3)


def test_a_size_far_from_all_that_was_measured_is_rough() -> None:
    """A line through small clips is no knowledge about large ones."""
    small = seen(took(kind(416, 240, 33), 1.0), took(kind(416, 240, 65), 2.0))
    near, far = one_take(kind(416, 240, 81), small), one_take(kind(1280, 720, 81), small)
    assert near is not None
    assert far is not None
    assert (near.is_rough, far.is_rough) == (False, True)


# -- until it is approved ------------------------------------------------------------------------------------

JUDGED = Judged(renderer="animatic", rendered=18, approved=8, rejected=10, kept=1, review_s=36.0)


def test_retakes_and_reviews_are_part_of_what_a_film_takes() -> None:
    """Each segment is rendered and reviewed as often as segments had to be, going by the log."""
    experience = seen(took(kind(), 4.0), takes=(JUDGED,))
    assert takes_for("animatic", experience) == pytest.approx(20 / 11)
    assert review_s("animatic", experience) == pytest.approx(2.0)
    expected = until_approved([kind()] * 3, experience)
    assert expected is not None
    assert expected.seconds == pytest.approx(3 * 20 / 11 * 6.0)


def test_orders_are_foretold_as_their_clips_were() -> None:
    """What a film's segments took is what the same orders will take, one after the other."""
    plan = stories.plan()
    orders = [stories.ordered(plan, segment.id).order for segment in plan.segments]
    expected = time_for(orders, seen(*(took(kind_of(order), 2.5) for order in orders[:1])))
    assert expected is not None
    assert expected.seconds == pytest.approx(7.5)
    assert time_for(orders, Experience()) is None
    assert time_for([], seen()) is None


def test_what_earlier_films_took_is_in_the_estimate_of_a_new_one() -> None:
    """With a film made before, the sample of the next one is estimated by takes of that size, and is not rough."""
    earlier = stories.Story().tell(
        *stories.BEGINNING,
        e.PlanWritten(number=1, plan=stories.plan(), made=stories.MADE),
        stories.ordered(stories.plan(), 1),
        stories.rendered(1),
    )
    learner = Learner()
    learner.learn(earlier.state, stories.rendered(1))
    assert learner.experience == Experience(), "a fact that is not on the log teaches nothing"
    fact = earlier.state.takes[(1, 1)].rendered
    assert fact is not None
    learner.learn(earlier.state, fact)
    estimate = estimate_of(stories.told(stories.BEGINNING[:4]), learner.experience)
    assert estimate is not None
    # Two segments of 80 frames each: no clip of that length was rendered, and 33 frames took 2.5 s.
    assert estimate.total_s == pytest.approx(2 * 2.5 * (80 / 33) ** GROWTH["animatic"], abs=0.05)
    assert (estimate.measured_on, estimate.is_rough) == ("1 take so far", True)


def test_a_take_in_review_need_not_be_made() -> None:
    """What is rendered and waits for its verdict is not counted as left, and is again once it is rejected."""
    plan = stories.plan()
    made = [*stories.BEGINNING, e.PlanWritten(number=1, plan=plan, made=stories.MADE), stories.ordered(plan, 1)]

    def left_s(*more: e.Fact) -> float:
        estimate = estimate_of(stories.told([*made, *more]), seen(took(kind_of(stories.ordered(plan, 1).order), 3.0)))
        assert estimate is not None
        return estimate.left_s

    assert left_s(stories.rendered(1)) == left_s(stories.rendered(1), stories.approved(1)) < left_s()
    assert left_s(stories.rendered(1), stories.rejected(1)) > left_s(stories.rendered(1))
