"""Single clips: what is settled, what is refused, and the facts that they begin with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bus import events as e
from bus.board import board
from bus.errors import Reason
from bus.ids import ProductionId
from bus.plan import Artifact, FromImage, LoraWish, Mode, Size, order_for
from bus.plan_rules import plan_problems
from bus.production import Production, supposed
from services.creator.decide import decide_segments
from services.gateway.choices import Choices, FramesRule, LoraView, RendererView, SizeView, _animatic
from services.gateway.clips import begin_clip, wish_of
from services.gateway.requests import ClipBody, SizeBody
from services.intent.decide import decide as decide_intent
from services.planner.decide import decide as decide_planner
from services.reviewer.decide import decide as decide_reviewer
from services.stitcher.decide import decide as decide_stitcher
from tests import stories
from tests.gateway_facts import FOX, refused

HERE = ProductionId("fox-7q2k")
PICTURE = Artifact(digest=stories.artifact("p").digest, media_type="image/png", size_bytes=9, width=480, height=832)
COG = RendererView(
    name="cogvideox",
    title="CogVideoX",
    about="",
    kind="comfyui",
    is_ready=True,
    says="",
    help="",
    modes=("t2v", "i2v"),
    fps=8,
    frames=FramesRule(step=8, least=9, most=49),
    sizes=(SizeView(width=720, height=480, name="720×480"),),
    models=(),
    loras=(
        LoraView(
            name="gouache",
            use="style",
            purpose="Painted in gouache.",
            modes=("t2v",),
            strength=0.8,
            triggers=(),
            is_there=True,
        ),
    ),
    is_own=False,
)
CHOICES = Choices(default="animatic", renderers=(_animatic(), COG), servers=(), broken=())


def begun(asked: ClipBody, images: tuple[Artifact, ...] = ()) -> tuple[Production, tuple[e.Fact, ...]]:
    """Return the production that a clip begins, and its facts."""
    wish = wish_of(asked, images, CHOICES, (), None)
    empty = Production(id=HERE)
    facts = begin_clip(empty, wish, {}, ())
    return supposed(empty, facts), facts


@given(
    renderer=st.sampled_from(("animatic", "cogvideox")),
    duration_s=st.none() | st.floats(0.1, 5.0),
    image_count=st.integers(0, 1),
    seed=st.none() | st.integers(0, 2**63 - 1),
)
def test_a_clip_is_one_segment_that_waits_for_nobody(
    renderer: str, duration_s: float | None, image_count: int, seed: int | None
) -> None:
    """Whatever is asked for, the plan holds, and the only thing to do is to order its one take."""
    asked = ClipBody(prompt=FOX, renderer=renderer, duration_s=duration_s, seed=seed)
    state, facts = begun(asked, (PICTURE,) * image_count)
    assert [one.TYPE for one in facts] == ["production.requested", "intent.parsed", "plan.written"]
    plan = state.plan
    assert plan is not None
    assert plan_problems(plan) == ()
    rule = next(one for one in CHOICES.renderers if one.name == renderer).frames
    (segment,) = plan.segments
    assert (segment.frame_count - 1) % rule.step == 0
    assert rule.least <= segment.frame_count <= rule.most
    assert duration_s is None or abs(plan.duration_s - duration_s) <= 0.5 / plan.fps + 1e-9
    assert decide_intent(state, None) == ()
    (task,) = decide_planner(state, None)
    (ordered,) = task.facts  # type: ignore[union-attr]
    after = supposed(state, (ordered,))
    assert [one.about for one in decide_segments(after, None)] == ["segment 1"]
    rendered = supposed(after, (stories.rendered(1),))
    assert decide_reviewer(rendered, None) == ()
    assert len(decide_stitcher(rendered, None)) == 1


def test_every_word_and_figure_of_a_clip_reaches_the_order() -> None:
    """Prompt, negative, size, seed, steps and LoRAs are what was said, and nothing is added."""
    asked = ClipBody(
        prompt=FOX,
        negative="text",
        renderer="cogvideox",
        frames=17,
        seed=5,
        steps=12,
        loras=(LoraWish(name="gouache", strength=0.5),),
    )
    state, _ = begun(asked)
    assert state.plan is not None
    order = order_for(state.plan, state.plan.segments[0], 1, None)
    assert (order.prompt, order.negative, order.renderer, order.caption) == (FOX, "text", "cogvideox", None)
    assert (order.width, order.height, order.frame_count, order.fps) == (720, 480, 17, 8)
    assert (order.seed, order.steps) == (5, 12)
    assert [(one.name, one.strength) for one in order.loras] == [("gouache", 0.5)]


def test_pictures_say_how_a_clip_begins_and_ends() -> None:
    """One picture is the first frame and gives the size its shape; two are the first and the last."""
    state, _ = begun(ClipBody(prompt=FOX), (PICTURE,))
    assert state.plan is not None
    (segment,) = state.plan.segments
    assert (segment.mode, segment.start, state.plan.size) == (Mode.I2V, FromImage(PICTURE.digest), Size(480, 832))
    state, _ = begun(ClipBody(prompt=FOX), (PICTURE, PICTURE))
    assert state.plan is not None
    (segment,) = state.plan.segments
    assert (segment.mode, segment.end_image) == (Mode.FLF2V, PICTURE.digest)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (ClipBody(prompt=FOX, renderer="cogvideo"), "There is no renderer 'cogvideo'."),
        (ClipBody(prompt=FOX, mode=Mode.I2V), "i2v takes 1 pictures, and 0 came."),
        (ClipBody(prompt=FOX, frames=34), "animatic can't render 34 frames."),
        (ClipBody(prompt=FOX, renderer="cogvideox", frames=81), "cogvideox can't render 81 frames."),
        (ClipBody(prompt=FOX, frames=33, duration_s=2), "A length is said twice."),
        (ClipBody(prompt=FOX, duration_s=60), "animatic can't render 60 s in one clip."),
        (ClipBody(prompt=FOX, size=SizeBody(width=100, height=100)), "animatic can't render 100×100."),
        (ClipBody(prompt=FOX, size=SizeBody(width=4096, height=4096)), "animatic can't render 4096×4096."),
        (ClipBody(prompt=FOX, renderer="cogvideox", size=SizeBody(width=832, height=480)), "can't render 832×480."),
        (ClipBody(prompt=FOX, steps=0), "steps can't be 0."),
        (ClipBody(prompt=FOX, seed=-1), "seed can't be -1."),
        (ClipBody(prompt=FOX, loras=(LoraWish(name="x"),)), "animatic has no LoRA 'x' for t2v."),
        (
            ClipBody(prompt=FOX, renderer="cogvideox", loras=(LoraWish(name="gouache", strength=9),)),
            "The LoRA gouache can't be applied with strength 9.",
        ),
    ],
)
def test_what_no_renderer_can_make_is_refused_with_what_it_can(asked: ClipBody, says: str) -> None:
    """Each value that can't be is named, and the answer says what there is instead."""
    caught = refused(lambda: wish_of(asked, (), CHOICES, (), None))
    assert (caught.reason, says in caught.what) == (Reason.INVALID, True), caught.what
    assert caught.why
    assert caught.help


def test_a_renderer_that_is_not_ready_says_why() -> None:
    """A clip for a server that is away is not taken: the reason is the server's own."""
    away = structs.replace(COG, is_ready=False, says="It is off.", help="Start it.")
    choices = structs.replace(CHOICES, renderers=(away,), default="cogvideox")
    caught = refused(lambda: wish_of(ClipBody(prompt=FOX), (), choices, (), None))
    assert (caught.reason, caught.why, caught.help) == (Reason.NOT_NOW, "It is off.", "Start it.")
    auto = structs.replace(CHOICES, default="auto")
    assert wish_of(ClipBody(prompt=FOX), (), auto, (), None).renderer == "cogvideox"
    none = structs.replace(auto, renderers=(_animatic(), away))
    assert wish_of(ClipBody(prompt=FOX), (), none, (), None).renderer == "animatic"


def test_the_content_policy_reads_clips_and_their_loras() -> None:
    """Neither a prompt nor a LoRA that is made for it comes past the policy."""
    nude = ClipBody(prompt="A nude schoolgirl")
    assert refused(lambda: wish_of(nude, (), CHOICES, (), None)).reason is Reason.POLICY
    wish = wish_of(
        ClipBody(prompt="A schoolgirl", renderer="cogvideox", loras=(LoraWish(name="gouache"),)), (), CHOICES, (), None
    )
    purposes = {"gouache": "explicit nude scenes"}
    caught = refused(lambda: begin_clip(Production(id=HERE), wish, purposes, ()))
    assert caught.reason is Reason.POLICY


def test_the_takes_of_a_clip_fit_its_plan() -> None:
    """What is rendered for a clip is accepted as it comes: nobody reviews it, and nobody is asked."""
    state, _ = begun(ClipBody(prompt=FOX))
    (slot,) = board(state)
    assert (slot.is_waiting, slot.takes, state.options.review, state.options.sample) == (False, (), False, False)
