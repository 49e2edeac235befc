"""Plans from a model's answers: whatever it answers becomes a plan that holds, or sentences that say what is wrong."""

from __future__ import annotations

import itertools
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.plan import Brief, Continue, FromImage, FromSegment, Mode, Movement, Plan, SegmentNote, ShotSize
from bus.plan_rules import plan_problems
from services.planner.assembly import Broken, Frame, check_story, plan_of, shot_problems
from services.planner.drafts import mode_of
from services.planner.lights import LIGHT_WORDS, light_of
from services.planner.looks import look_in
from services.planner.plan_settings import PlanSettings
from services.planner.rules import wanted_frames, write_plan
from services.planner.story import Closed, LightWord, Named, Shot, Story, Style
from tests.laws import examples
from tests.unit.test_plan_rules import FIRST, PICTURES, brief, chains

MARA = Named(name="Mara", description="an old woman with a grey braid, in a long yellow oilskin coat")
PIER = Named(name="the pier", description="a long pier of grey planks between black piles, with one iron lamp")
STORY = Story(
    a_arc="Mara walks out on the pier. She lights the lamp. The sea answers.",
    light="dusk",
    loras=(),
    people=(MARA,),
    places=(PIER,),
    tones="slate blue and amber",
)
QUESTION = Closed(must_hold=True, question="Is there an old woman in a yellow coat?")


def shot(**changes: object) -> Shot:
    """Return a shot of Mara on the pier."""
    plain = Shot(
        beat="Mara walks out on the pier.",
        duration_ms=4000,
        join_reason="A new place.",
        joined="cut",
        keeps=0,
        keeps_changed=False,
        movement=Movement.PUSH_IN,
        people=("Mara",),
        picture=0,
        place="the pier",
        questions=(QUESTION,),
        scene="Mara walks slowly along the wet planks towards the lamp, her coat moving in the wind.",
        shot=ShotSize.WIDE,
    )
    return msgspec.structs.replace(plain, **changes)


def frame(of: Brief, before: Plan | None = None, **limits: object) -> Frame:
    """Return what holds for a plan of this brief."""
    chosen = msgspec.structs.replace(PlanSettings(), **limits)
    return Frame(
        brief=of,
        settings=chosen,
        mode=mode_of(of),
        total=wanted_frames(of, chosen),
        before=before,
        seed=7,
        highest_id=0,
    )


def planned(frame: Frame, shots: tuple[Shot, ...], story: Story = STORY) -> Plan:
    """Return the plan of these answers."""
    look = look_in(frame.brief, light_of(story.light), story.tones)
    return plan_of(story, shots, frame, look=look, loras={}, shape=write_plan(frame.brief, frame.settings))


TWENTY = (shot(), shot(shot=ShotSize.MEDIUM), shot(shot=ShotSize.CLOSE_UP), shot(), shot(shot=ShotSize.FULL))


def shots_of(people: list[tuple[str, ...]], scenes: list[str], pictures: int, segments: int) -> st.SearchStrategy[Shot]:
    """Return shots that choose among these."""
    return st.builds(
        shot,
        duration_ms=st.integers(500, 10_000),
        joined=st.sampled_from(["cut", "cut", "continue"]),
        keeps=st.integers(0, segments),
        keeps_changed=st.booleans(),
        movement=st.sampled_from(Movement),
        people=st.sampled_from(people),
        picture=st.integers(0, pictures),
        place=st.sampled_from(["", "the pier", "The Pier"]),
        questions=st.sampled_from([(QUESTION,), (QUESTION,) * 4]),
        scene=st.sampled_from(scenes),
        shot=st.sampled_from(ShotSize),
    )


@settings(max_examples=examples(100))
@given(data=st.data(), duration_s=st.floats(0.5, 40.0), mode=st.sampled_from(Mode))
def test_whatever_is_answered_becomes_a_plan_that_holds_or_is_sent_back(
    data: st.DataObject, duration_s: float, mode: Mode
) -> None:
    """Any shots give a plan that breaks no rule and has the film's length to the frame, or sentences to send back."""
    wanted = brief(mode=mode, images=PICTURES[mode], duration_s=duration_s)
    before = write_plan(wanted) if data.draw(st.booleans()) else None
    around = frame(wanted, before, chain_max=data.draw(st.integers(1, 4)))
    people: list[tuple[str, ...]] = [(), ("Mara",), ("mara",), ("nobody",)]
    any_shot = shots_of(people, [shot().scene, "short", "word " * 100], 2, 4)
    try:
        plan = planned(around, tuple(data.draw(st.lists(any_shot, min_size=1, max_size=8))))
    except Broken as broken:
        problems = broken.problems
    else:
        holds(plan, around)
        return
    assert all(problem.strip() for problem in problems)


@settings(max_examples=examples(100))
@given(data=st.data(), duration_s=st.floats(0.5, 40.0), mode=st.sampled_from(Mode))
def test_what_has_no_fault_becomes_a_plan(data: st.DataObject, duration_s: float, mode: Mode) -> None:
    """Shots without a fault of their own, as many as the length takes and mostly cut, are never sent back."""
    wanted = brief(mode=mode, images=PICTURES[mode], duration_s=duration_s)
    around = frame(wanted)
    count = data.draw(st.integers(around.fewest, around.most))
    good = shots_of([(), ("Mara",)], [shot().scene], len(around.firsts), 0)
    answers = data.draw(st.lists(good, min_size=count, max_size=count))
    plan = planned(around, tuple(msgspec.structs.replace(one, joined="cut") for one in answers))
    holds(plan, around)
    assert len(plan.segments) == count


def holds(plan: Plan, around: Frame) -> None:
    """Say that the plan breaks no rule and is what the frame asks for."""
    assert plan_problems(plan) == ()
    assert plan.frame_count == around.total
    assert max(chains(plan)) <= around.settings.chain_max
    assert plan.segments[-1].end_image == around.last


def test_who_and_where_is_described_word_for_word_in_every_prompt() -> None:
    """Each prompt holds the one description of its people and its place, and ends with the look."""
    plan = planned(frame(brief()), TWENTY)
    assert len(plan.segments) == 5
    for segment in plan.segments:
        assert f"Mara: {MARA.description}." in segment.prompt
        assert PIER.description in segment.prompt
        assert segment.prompt.endswith(plan.look.words)
    assert [one.name for one in plan.people] == ["Mara"]


def test_framing_that_would_repeat_is_varied() -> None:
    """Five shots with one framing become five segments of which no two neighbours have it in common."""
    plan = planned(frame(brief()), (shot(),) * 5)
    framed = [(one.shot, one.movement) for one in plan.segments]
    assert all(one != other for one, other in itertools.pairwise(framed))


def test_the_look_of_every_light_names_it() -> None:
    """The model's vocabulary of lights is the renderer's, and each makes a look with a palette."""
    assert set(get_args(LightWord)) == set(LIGHT_WORDS)
    for word in LIGHT_WORDS:
        look = look_in(brief(), light_of(word), "ochre and bone")
        assert look.light == word
        assert len(look.palette) >= 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"people": ("Bob",)}, "'Bob'"),
        ({"place": "the moon"}, "'the moon'"),
        ({"scene": "Mara walks."}, "2 words"),
        ({"questions": ()}, "no question"),
        ({"questions": (Closed(must_hold=True, question="What is she wearing?"),)}, "yes or no"),
        ({"picture": 3}, "picture 3"),
        ({"keeps": 9}, "segment 9"),
    ],
)
def test_what_is_wrong_with_a_shot_is_said_with_its_number(wrong: dict[str, object], said: str) -> None:
    """Each fault of a shot is a sentence that names the shot and the fault."""
    found = shot_problems((shot(), shot(**wrong)), STORY, frame(brief()))
    assert len(found) == 1
    assert "shot 2" in found[0]
    assert said in found[0]


def test_a_lora_that_is_not_in_the_catalogue_is_sent_back() -> None:
    """Only the catalogue is chosen from; a name that it lacks is named."""
    wished = msgspec.structs.replace(STORY, loras=(Style(a_reason="It glows.", name="glow"),))
    with pytest.raises(Broken, match="glow"):
        check_story(wished, {"grain": "film grain"})
    assert check_story(wished, {"glow": "a soft glow"}) is wished


def test_a_chain_that_is_too_long_is_sent_back() -> None:
    """Colours drift in chains: the fifth segment of one is named."""
    chained = (shot(), *(shot(joined="continue"),) * 4)
    with pytest.raises(Broken, match="shot 5"):
        planned(frame(brief()), chained)


def test_what_is_kept_stays_and_what_is_changed_keeps_its_id() -> None:
    """A revision keeps segments byte for byte, makes the changed one anew under its id, and numbers new ones on."""
    first = planned(frame(brief()), TWENTY)
    wanted = brief(duration_s=24.0)
    again = (*(shot(keeps=one.id) for one in first.segments), shot(beat="The lamp burns.", shot=ShotSize.EXTREME_WIDE))
    changed = msgspec.structs.replace(again[1], keeps_changed=True, scene=f"{again[1].scene} A gull lands beside her.")
    plan = planned(frame(wanted, first), (again[0], changed, *again[2:]))
    assert [one.id for one in plan.segments] == [1, 2, 3, 4, 5, 6]
    for old, new in zip(first.segments, plan.segments, strict=False):
        if old.id == 2:
            assert "gull" in new.prompt
            assert new.seed == old.seed
        else:
            assert (new.prompt, new.seed, new.frame_count) == (old.prompt, old.seed, old.frame_count)


def test_a_note_on_a_kept_segment_is_heeded() -> None:
    """The person's words on a segment hold even where the model keeps it as it was."""
    first = planned(frame(brief()), TWENTY)
    noted = brief(notes=(SegmentNote(segment=3, words="add a black dog"),))
    plan = planned(frame(noted, first), tuple(shot(keeps=one.id) for one in first.segments))
    assert "Add a black dog." in plan.segments[2].prompt
    assert [one.prompt for one in plan.segments[:2]] == [one.prompt for one in first.segments[:2]]


def test_a_film_from_a_picture_starts_from_it_and_may_continue() -> None:
    """The first segment starts from the person's picture whatever the model says, the next from its hand-over."""
    wanted = brief(mode=Mode.I2V, images=PICTURES[Mode.I2V], duration_s=8.0)
    plan = planned(frame(wanted), (shot(), shot(joined="continue", shot=ShotSize.CLOSE_UP)))
    assert plan.segments[0].start == FromImage(FIRST)
    assert plan.segments[1].start == FromSegment(1)
    assert plan.segments[1].transition == Continue()
