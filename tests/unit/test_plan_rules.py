"""Plans by rule: every brief that can be carried out becomes one that holds, reads well, and follows the person."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.ids import digest_of
from bus.plan import (
    Artifact,
    Brief,
    BriefImage,
    Continue,
    CriterionKind,
    Cut,
    FromImage,
    FromSegment,
    ImageRole,
    Mode,
    Movement,
    Plan,
    SegmentNote,
    ShotSize,
    Size,
)
from bus.plan_rules import plan_problems
from services.planner.lights import LIGHT_WORDS
from services.planner.rules import PlanSettings, Unplannable, plan_remarks, write_plan, write_sample
from tests.laws import examples

SUBJECTS = (
    "a lighthouse keeper at dusk",
    "An old woman walks home through the snow at night with a lantern",
    "wolves running through a snowy forest",
    "mansion",
    "an orange vase",
    "A cat is sitting on the windowsill, then it suddenly jumps down and starts exploring the room.",
    "Maria climbs the stairs of the old lighthouse at dawn",
    "two astronauts exploring an abandoned station in space",
)
FIRST, LAST = digest_of(b"first"), digest_of(b"last")


def brief(subject: str = SUBJECTS[0], **changes: object) -> Brief:
    """Return a brief about the subject, twenty seconds long."""
    plain = Brief(
        title="A film",
        logline=subject,
        subject=subject,
        language="en",
        mode=None,
        mode_reason="",
        duration_s=20.0,
        aspect=None,
        style=None,
    )
    return msgspec.structs.replace(plain, **changes)


def picture(role: ImageRole, name: bytes | None = None) -> BriefImage:
    """Return an uploaded picture of this role."""
    digest = digest_of(name) if name else {ImageRole.FIRST_FRAME: FIRST, ImageRole.LAST_FRAME: LAST}.get(role, FIRST)
    return BriefImage(artifact=Artifact(digest=digest, media_type="image/png", size_bytes=1), role=role)


PICTURES = {
    Mode.T2V: (),
    Mode.I2V: (picture(ImageRole.FIRST_FRAME),),
    Mode.FLF2V: (picture(ImageRole.FIRST_FRAME), picture(ImageRole.LAST_FRAME)),
}


def chains(plan: Plan) -> list[int]:
    """Return the length of each run of segments that continue one another."""
    lengths: list[int] = []
    for segment in plan.segments:
        if isinstance(segment.transition, Continue):
            lengths[-1] += 1
        else:
            lengths.append(1)
    return lengths


@settings(max_examples=examples(150))
@given(
    subject=st.sampled_from(SUBJECTS),
    duration_s=st.floats(0.1, 600.0),
    shot_count=st.one_of(st.none(), st.integers(1, 40)),
    aspect=st.sampled_from([None, "16:9", "9:16", "1:1", "2.39:1", "4:5", "21:9"]),
    mode=st.sampled_from(list(Mode)),
    chain_max=st.integers(1, 4),
    seed=st.integers(0, 2**63 - 1),
)
def test_every_brief_becomes_a_plan_that_holds(
    subject: str,
    duration_s: float,
    shot_count: int | None,
    aspect: str | None,
    mode: Mode,
    chain_max: int,
    seed: int,
) -> None:
    """Any length, number of shots, aspect and mode: exact frames, 4n+1, short chains, ids from 1, own seeds."""
    wanted = brief(
        subject, duration_s=duration_s, shot_count=shot_count, aspect=aspect, mode=mode, images=PICTURES[mode]
    )
    plan = write_plan(wanted, PlanSettings(chain_max=chain_max), None, seed)
    assert plan_problems(plan) == ()
    assert plan.frame_count == max(1, round(duration_s * 16))
    assert sum(one.shown_count for one in plan.segments) == plan.frame_count
    assert [one.id for one in plan.segments] == list(range(1, len(plan.segments) + 1))
    assert plan.segments[0].transition == Cut()
    assert max(chains(plan)) <= chain_max
    assert len({one.seed for one in plan.segments}) == len(plan.segments)
    for before, after in itertools.pairwise(plan.segments):
        assert (before.shot, before.movement) != (after.shot, after.movement)
        if isinstance(after.transition, Continue):
            assert before.out_frame == before.frame_count
    if shot_count is not None and shot_count <= plan.frame_count // 5:
        assert len(plan.segments) >= shot_count
    assert len(msgspec.json.encode(plan)) <= Plan.LIMIT_BYTES


@settings(max_examples=examples(40))
@given(subject=st.sampled_from(SUBJECTS), duration_s=st.floats(6.0, 600.0))
def test_a_film_never_tells_the_same_twice(subject: str, duration_s: float) -> None:
    """However long the film, no beat's sentence comes twice, and each reads as a sentence."""
    beats = [one.beat for one in write_plan(brief(subject, duration_s=duration_s)).segments]
    assert len(set(beats)) == len(beats)
    for beat in beats:
        assert beat[0].isupper()
        assert beat.endswith((".", "”"))
        assert not {"{", "}", "[", "]", "|", "  ", " ,", ",,"}.intersection(beat)


@settings(max_examples=examples(40))
@given(
    subject=st.sampled_from(SUBJECTS), duration_s=st.floats(1.0, 90.0), style=st.sampled_from([None, "anime", "noir"])
)
def test_prompts_are_of_the_length_that_models_read(subject: str, duration_s: float, style: str | None) -> None:
    """A prompt has 30 to 100 words, names its framing, and ends with the look, verbatim."""
    plan = write_plan(brief(subject, duration_s=duration_s, style=style))
    for segment in plan.segments:
        assert 30 <= len(segment.prompt.split()) <= 100
        assert segment.prompt.endswith(plan.look.words)
        assert segment.prompt.lower().startswith(segment.shot)


def test_the_same_brief_and_seed_give_the_same_plan() -> None:
    """Rules roll no dice."""
    assert write_plan(brief(), PlanSettings(), None, 7) == write_plan(brief(), PlanSettings(), None, 7)


def test_a_film_opens_wide_and_draws_back_at_its_end() -> None:
    """The first segment shows where we are; the last one settles."""
    plan = write_plan(brief())
    assert plan.segments[0].shot is ShotSize.WIDE
    assert plan.segments[-1].movement is Movement.PULL_OUT
    assert len({one.shot for one in plan.segments}) >= 4


def test_who_appears_is_described_with_the_same_words_each_time() -> None:
    """Every prompt that shows the person carries the one description, so that the model dresses them once."""
    plan = write_plan(brief(SUBJECTS[0], duration_s=60.0))
    (keeper,) = plan.people
    assert keeper.description == "a lighthouse keeper in a dark oilskin coat"
    for segment in plan.segments:
        told = segment.prompt.lower()
        assert ("keeper" in told) == (keeper.description in told)
    assert all(plan.places[0].description in one.prompt for one in plan.segments)


def test_what_happens_later_is_shown_later() -> None:
    """`then …` becomes a beat of its own, after the first one."""
    beats = [one.beat for one in write_plan(brief(SUBJECTS[5])).segments]
    assert "windowsill" in beats[0]
    assert [index for index, beat in enumerate(beats) if "jumps down" in beat] == [2]


def test_a_persons_shots_are_followed() -> None:
    """Five shots are five segments in their words, with their framing, their times, and their continuation."""
    shots = (
        "Shot 1: wide shot of the empty street (0-3s)",
        "Shot 2: the detective lights a cigarette (3-8s)",
        "Shot 3: continuing, he looks up",
        "Close-up of his eyes",
        "He walks away, pan left",
    )
    plan = write_plan(brief("a detective in a neon city", shots=shots))
    assert len(plan.segments) == 5
    street, cigarette, looks_up, eyes, away = plan.segments
    assert street.beat == "Wide shot of the empty street."
    assert street.shown_count == 48
    assert cigarette.shown_count == pytest.approx(80, abs=2)
    assert looks_up.transition == Continue()
    assert looks_up.start == FromSegment(2)
    assert looks_up.shot is cigarette.shot
    assert eyes.shot is ShotSize.CLOSE_UP
    assert away.movement is Movement.PAN_LEFT
    assert "a detective in a long grey coat" in eyes.prompt


def test_a_shot_longer_than_a_clip_goes_on_without_a_cut() -> None:
    """One shot of twenty seconds is a chain of clips no longer than chains may be; the person is told."""
    wanted = brief(shot_count=1)
    plan = write_plan(wanted)
    assert chains(plan) == [4]
    assert plan_remarks(wanted, PlanSettings(), plan) == ("A clip lasts 5.1 s at most, so 1 shot takes 4 segments.",)


def test_shots_that_do_not_fit_are_said() -> None:
    """A quarter of a second holds no two shots between two pictures; the plan is one, and the person is told."""
    wanted = brief(duration_s=0.25, shot_count=2, images=PICTURES[Mode.FLF2V])
    plan = write_plan(wanted)
    assert (plan.segments[0].start, plan.segments[-1].end_image) == (FromImage(FIRST), LAST)
    assert plan_remarks(wanted, PlanSettings(), plan) == ("2 shots do not fit into 0.25 s; the plan has 1.",)


def test_one_picture_is_returned_to() -> None:
    """A film from one picture starts from it, and at least every second segment starts from it again."""
    plan = write_plan(brief("my dog running on the beach", images=PICTURES[Mode.I2V]))
    assert plan.segments[0].start == FromImage(FIRST)
    assert max(chains(plan)) == 2
    assert all(isinstance(one.start, FromImage | FromSegment) for one in plan.segments)
    assert {one.mode for one in plan.segments} == {Mode.I2V}


def test_several_pictures_are_a_segment_each_in_order() -> None:
    """Three first pictures are three segments, each from its own."""
    images = tuple(picture(ImageRole.FIRST_FRAME, name) for name in (b"1", b"2", b"3"))
    plan = write_plan(brief(images=images, mode=Mode.I2V, duration_s=12.0))
    assert [one.start for one in plan.segments] == [FromImage(one.artifact.digest) for one in images]


@pytest.mark.parametrize(("duration_s", "count"), [(5.0, 1), (20.0, 5), (60.0, 14)])
def test_a_film_between_two_pictures_starts_on_one_and_ends_on_the_other(duration_s: float, count: int) -> None:
    """The first segment starts from the first picture, and only the last one ends on the last."""
    plan = write_plan(brief("a flower blooms", images=PICTURES[Mode.FLF2V], duration_s=duration_s))
    assert len(plan.segments) == count
    assert plan.segments[0].start == FromImage(FIRST)
    assert [one.end_image for one in plan.segments] == [None] * (count - 1) + [LAST]
    assert plan.segments[-1].mode is Mode.FLF2V


def test_a_missing_picture_is_said_and_not_worked_around() -> None:
    """A film from a picture that nobody gave is no film from words."""
    with pytest.raises(Unplannable, match="add one, or ask for a film from words"):
        write_plan(brief(mode=Mode.I2V))
    with pytest.raises(Unplannable, match="ask for a shorter film"):
        write_plan(brief(duration_s=601.0))
    with pytest.raises(Unplannable, match="no aspect"):
        write_plan(brief(aspect="roundish"))


@pytest.mark.parametrize(
    ("words", "light"),
    [
        ("a lighthouse keeper at dusk", "dusk"),
        ("a street in neon light at night", "neon"),
        ("ein Leuchtturm in der Abenddämmerung", "dusk"),
        ("una mujer bajo la lluvia", "rain"),
        ("um farol ao anoitecer", "dusk"),
        ("un phare à l'aube", "dawn"),
        ("雪中的小女孩", "snow"),
        ("रात में एक आदमी", "night"),
        ("مردی در غروب", "dusk"),
        ("رجل في الليل", "night"),
        ("a girl with dark hair eating ice cream", "day"),
        ("a chef in a kitchen", "interior"),
        ("a whale under water", "underwater"),
    ],
)
def test_the_light_is_read_in_many_languages(words: str, light: str) -> None:
    """The look's light is one of the words that a renderer knows, whatever the language."""
    look = write_plan(brief(words)).look
    assert look.light == light
    assert look.light in LIGHT_WORDS


@given(
    subject=st.text(max_size=300),
    style=st.one_of(st.none(), st.text(max_size=40)),
    language=st.sampled_from(["en", "fa"]),
)
@settings(max_examples=examples(120))
def test_no_words_break_the_rules(subject: str, style: str | None, language: str) -> None:
    """Whatever somebody types becomes a plan with a palette of five colours from dark to light."""
    plan = write_plan(brief(subject, style=style, language=language))
    assert len(plan.look.palette) == 5
    lumas = [
        0.2126 * int(one[1:3], 16) + 0.7152 * int(one[3:5], 16) + 0.0722 * int(one[5:7], 16)
        for one in plan.look.palette
    ]
    assert all(a <= b + 2 for a, b in itertools.pairwise(lumas))


def test_criteria_are_measured_and_seen() -> None:
    """Each segment has the reviewer's measures and two to four closed questions; a seam only where it continues."""
    plan = write_plan(brief(SUBJECTS[0], duration_s=30.0, avoid=("no text",)))
    measured = {
        "decodes", "frame_count", "size", "fps", "black", "frozen", "flat", "blurred", "flicker", "flash", "cut_inside",
        "jump", "colour_drift",
    }  # fmt: skip
    for segment in plan.segments:
        ids = [one.id for one in segment.criteria]
        assert len(set(ids)) == len(ids)
        found = {one.id for one in segment.criteria if one.kind is CriterionKind.MEASURED}
        assert found == measured | ({"seam"} if isinstance(segment.transition, Continue) else set())
        seen = [one for one in segment.criteria if one.kind is CriterionKind.SEEN]
        assert 2 <= len(seen) <= 4
        assert all(one.question.endswith("?") for one in seen)
        assert "text, letters" in segment.negative
    assert not plan.caption


def test_a_sample_is_small_short_and_bare() -> None:
    """The sample judges the look: 33 frames, the smallest size, no caption, and the picture where there is one."""
    order = write_sample(brief(images=PICTURES[Mode.I2V]), PlanSettings(), 5, 1)
    assert (order.frame_count, order.draft, order.caption, order.start) == (33, True, None, FIRST)
    assert Size(order.width, order.height) == Size(416, 240)
    assert order.look == write_plan(brief(images=PICTURES[Mode.I2V])).look
    assert write_sample(brief(), PlanSettings(), 5, 2).seed != write_sample(brief(), PlanSettings(), 5, 1).seed


def test_notes_reach_their_segment_and_unused_ones_are_told() -> None:
    """A note changes its segment's framing and words; one on a segment that is not there is said to be unused."""
    notes = (SegmentNote(segment=2, words="closer, and slower"), SegmentNote(segment=9, words="brighter"))
    plain, noted = write_plan(brief()), write_plan(brief(notes=notes))
    assert noted.segments[1].shot is ShotSize.CLOSE_UP
    assert "very slowly" in noted.segments[1].prompt or "slow and calm" in noted.segments[1].prompt
    assert noted.segments[1].prompt.endswith(noted.look.words)
    assert noted.segments[0] == plain.segments[0]
    assert plan_remarks(brief(notes=notes), PlanSettings(), noted) == (
        "There is no segment 9, so “brighter” was not used.",
    )
