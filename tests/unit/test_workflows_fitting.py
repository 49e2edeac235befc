from __future__ import annotations

import json

import msgspec
import pytest

from bus.ids import digest_of
from bus.plan import Look, Lora, Mode, Movement, Order, ShotSize
from services._kit.graphs import api_format
from services._kit.loras import Lora as Described
from services._kit.loras import Loras, Use, load_loras
from services._kit.workflow_files import load_workflows
from services._kit.workflows import Role
from services.creator.renderers.comfyui.fitting import families
from services.creator.renderers.comfyui.job import Offer, classes_of
from services.creator.renderers.renderer import FailureKind, RenderFailed
from tests.workflow_server import FILES, described

FAMILIES = families(load_workflows(), load_loras())
WAN = FAMILIES["wan2.1"]
ORDER = Order(
    renderer="wan2.1",
    mode=Mode.I2V,
    prompt="A boat",
    negative="text",
    seed=7,
    width=832,
    height=480,
    frame_count=81,
    fps=16,
    look=Look(style="", light="", palette=(), words=""),
    shot=ShotSize.WIDE,
    movement=Movement.STATIC,
    caption=None,
    start=digest_of(b"first"),
)


def offer(files: dict[str, list[str]]) -> Offer:
    """Return what a server with these files says."""
    answer = described({**FILES, **files})
    return Offer({name: msgspec.Raw(json.dumps(one).encode()) for name, one in answer.items()})


def changed(**change: object) -> Order:
    """Return the order with something else in it."""
    return msgspec.structs.replace(ORDER, **change)


def test_an_order_becomes_a_graph_that_says_where_things_stand() -> None:
    """Savers, the clip's and the last frame's, and each place of a picture with the picture that belongs there."""
    bound = WAN.bind(changed(mode=Mode.FLF2V, width=1280, height=720, end=digest_of(b"last")))
    savers = {key for key in bound.saver_nodes if bound.graph.nodes[key].class_type.startswith("Save")}
    assert savers == {bound.video_node, bound.last_frame_node} == set(bound.saver_nodes)
    assert {slot.image for slot in bound.image_slots} == {digest_of(b"first"), digest_of(b"last")}
    assert {bound.graph.nodes[slot.place.node].class_type for slot in bound.image_slots} == {"LoadImage"}
    assert bound.model == "wan2.1_flf2v_720p_14B_fp16.safetensors"
    assert "WanFirstLastFrameToVideo" in classes_of(bound.graph)


def test_a_draft_is_bound_to_the_fast_variant() -> None:
    """A sample is the same model with the distillation LoRA, 4 steps and CFG 1."""
    bound = WAN.bind(changed(draft=True, frame_count=33))
    sampler = bound.graph.nodes["8"].inputs
    assert (sampler["steps"], sampler["cfg"]) == (4, 1.0)
    assert WAN.bind(ORDER).graph.nodes["8"].inputs["steps"] == 40


def test_a_server_with_another_precision_fits_once_its_files_are_known() -> None:
    """Bound blindly the preferred file is missing; fitted, the one that is there is named."""
    has = offer({"diffusion_models": ["sub/wan2.1_i2v_480p_14B_fp8_scaled.safetensors"]})
    bound = WAN.bind(ORDER)
    assert [one.kind for one in WAN.obstacles(bound, has)] == [FailureKind.MISSING_MODEL]
    fitted = WAN.fitted(bound, has)
    assert fitted.model == "sub/wan2.1_i2v_480p_14B_fp8_scaled.safetensors"
    assert WAN.obstacles(fitted, has) == ()
    assert fitted.image_slots == bound.image_slots


def test_notes_are_no_obstacles() -> None:
    """The smaller size that is ordered after `out of memory` is rendered."""
    smaller = WAN.smaller(ORDER)
    assert smaller is not None
    assert WAN.obstacles(WAN.bind(smaller), offer({})) == ()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("cogvideox", {}, "no workflow for i2v"),
        ("wan2.1", {"loras": (Lora(name="unheard", strength=1),)}, "not in the catalogue"),
        ("wan2.1", {"mode": Mode.T2V}, "no place for a start image"),
        (
            "wan2.1-1.3b",
            {"mode": Mode.T2V, "start": None, "loras": (Lora(name="lightx2v-t2v", strength=1),)},
            "made for",
        ),
    ],
)
def test_what_a_workflow_cannot_do_fails_before_anything_is_posted(
    name: str, change: dict[str, object], said: str
) -> None:
    """No workflow for the mode, a LoRA that is unknown or of another model, a picture without a place."""
    with pytest.raises(RenderFailed, match=said) as failed:
        FAMILIES[name].bind(changed(**change))
    assert failed.value.kind is FailureKind.VALIDATION
    assert not failed.value.kind.is_retryable


def test_the_version_changes_with_any_workflow_that_the_name_may_lead_to() -> None:
    """The same order gives the same graph as long as the version is the same."""
    workflows = load_workflows()
    fast = workflows.get("wan2.1-i2v-fast")
    other = msgspec.structs.replace(fast, defaults=msgspec.structs.replace(fast.defaults, steps=6))
    all_ = tuple(other if one.name == fast.name else one for one in workflows.all)
    renewed = families(msgspec.structs.replace(workflows, all=all_), load_loras())
    assert renewed["wan2.1"].version != WAN.version
    assert renewed["cogvideox"].version == FAMILIES["cogvideox"].version
    assert families(load_workflows(), load_loras())["wan2.1"].version == WAN.version


def test_every_family_and_workflow_can_be_named_by_an_order() -> None:
    """An order's renderer is a family, a variant of one, or a single workflow."""
    names = {one.name for one in load_workflows().all}
    assert set(FAMILIES) == names | {"wan2.1", "wan2.1-fast", "wan2.1-1.3b", "cogvideox"}
    assert Role.MODEL in load_workflows().resolve("wan2.1-fast", "t2v").roles


def test_a_sample_tells_what_share_of_the_work_it_is() -> None:
    """4 steps without guidance are 4 runs of the model, 40 with it 80."""
    assert WAN.share(WAN.bind(changed(draft=True))) == 4 / 80
    assert WAN.share(WAN.bind(ORDER)) == 1.0
    assert WAN.share(WAN.bind(changed(steps=20))) == 0.5


def test_trigger_words_reach_the_model_whoever_wrote_the_prompt() -> None:
    """Without its trigger a LoRA has no effect."""
    gouache = Described(
        name="gouache", file="g.safetensors", family="wan2.1-14b", use=Use.STYLE, purpose="Paint.", triggers=("gch",)
    )
    family = families(load_workflows(), Loras(all=(gouache,)))["wan2.1"]
    bound = family.bind(changed(loras=(Lora(name="gouache", strength=1.0),)))
    assert "gch, A boat" in json.dumps(api_format(bound.graph))


@pytest.mark.parametrize(
    ("change", "size"),
    [
        ({"width": 1280, "height": 720}, (832, 480)),
        ({"width": 720, "height": 1280}, (480, 832)),
        ({}, (624, 352)),
        ({"width": 960, "height": 960}, (624, 624)),
    ],
)
def test_the_models_own_smaller_size_is_proposed_first(change: dict[str, object], size: tuple[int, int]) -> None:
    """Of the same shape; below its smallest the sides shrink by a quarter."""
    smaller = WAN.smaller(changed(**change))
    assert smaller is not None
    assert (smaller.width, smaller.height, smaller.frame_count) == (*size, 81)


def test_a_model_of_one_size_has_no_smaller_one() -> None:
    """CogVideoX knows one size; a person is asked, and told what else would help."""
    order = changed(renderer="cogvideox", mode=Mode.T2V, start=None, width=720, height=480, frame_count=49, fps=8)
    assert FAMILIES["cogvideox"].smaller(order) is None
    assert FAMILIES["cogvideox"].smaller(msgspec.structs.replace(order, draft=True)) is not None
