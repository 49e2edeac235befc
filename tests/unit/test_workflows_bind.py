from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services._kit.bindings import SEED_MAX, LoraFile, bind, resolve_file, trial_values
from services._kit.comfyui.facts import listed_files
from services._kit.graphs import Graph, Link, Place, WorkflowWrong, api_format, link_of, parse_graph
from services._kit.workflow_files import load_workflows
from services._kit.workflows import Role, Workflow
from tests.golden import posted
from tests.workflow_server import FILES, facts

ALL = load_workflows().all
each = pytest.mark.parametrize("workflow", ALL, ids=lambda one: one.name)


def differences(before: Graph, after: Graph) -> set[Place]:
    """Return the inputs that differ; a node that came or went counts with all its inputs."""
    places = {
        Place(key, name) for graph in (before, after) for key, node in graph.nodes.items() for name in node.inputs
    }
    return {one for one in places if not (before.has(one) and after.has(one) and before.value(one) == after.value(one))}


def places(workflow: Workflow, *roles: Role) -> set[Place]:
    """Return the inputs that these roles are bound to."""
    return {place for role in roles for place in workflow.roles.get(role, ())}


@each
def test_what_is_posted_is_what_the_golden_file_says(workflow: Workflow) -> None:
    """The graph for a fixed order is the stored one, to the byte; a change of it is seen and meant."""
    golden = (posted.FOLDER / f"{workflow.name}.json").read_bytes()
    assert posted.posted(workflow) == golden, "if this is meant: python -m tests.golden.posted"


def test_every_golden_file_has_its_workflow() -> None:
    """No golden file outlives its workflow."""
    assert {one.stem for one in posted.FOLDER.iterdir()} == {one.name for one in ALL}


@each
def test_each_value_changes_exactly_the_inputs_it_is_bound_to(workflow: Workflow) -> None:
    """Another seed, prompt, length, step count or prefix changes its own inputs and not one more."""
    usual = trial_values(workflow, workflow.buckets[0])
    base = bind(workflow, usual).graph
    changes: list[tuple[dict[str, object], tuple[Role, ...]]] = [
        ({"seed": 77}, (Role.SEED,)),
        ({"prompt": "another"}, (Role.PROMPT,)),
        ({"negative": "another"}, (Role.NEGATIVE,)),
        ({"frames": workflow.frames.least}, (Role.FRAMES, Role.LAST_FRAME_INDEX)),
        ({"steps": 3}, (Role.STEPS,)),
        ({"cfg": 2.5}, (Role.CFG,)),
        ({"shift": 7.25}, (Role.SHIFT,)),
        ({"prefix": "other/one"}, (Role.VIDEO_PREFIX, Role.LAST_FRAME_PREFIX)),
        ({"fps": 12}, (Role.FPS,)),
    ]
    if Role.START_IMAGE in workflow.roles:
        changes.append(({"start_image": "other.png"}, (Role.START_IMAGE,)))
    if Role.END_IMAGE in workflow.roles:
        changes.append(({"end_image": "other.png"}, (Role.END_IMAGE,)))
    for change, roles in changes:
        changed = bind(workflow, msgspec.structs.replace(usual, **change)).graph
        assert differences(base, changed) == places(workflow, *roles), change


@each
def test_the_size_changes_the_size_and_what_its_bucket_says(workflow: Workflow) -> None:
    """Within a bucket only width and height change; between buckets also the model's file and the shift may."""
    usual = trial_values(workflow, workflow.buckets[0])
    base = bind(workflow, usual).graph
    for bucket in workflow.buckets:
        for size in bucket.sizes:
            other = msgspec.structs.replace(usual, width=size.width, height=size.height)
            allowed = {Role.WIDTH, Role.HEIGHT}
            if bucket != workflow.buckets[0]:
                allowed |= {Role.MODEL, Role.SHIFT}
            assert differences(base, bind(workflow, other).graph) <= places(workflow, *allowed), size


@given(
    seed=st.integers(0, SEED_MAX),
    prompt=st.text(max_size=200),
    strengths=st.lists(st.floats(-2, 2, allow_nan=False), max_size=4),
)
def test_any_seed_prompt_and_number_of_loras_arrives_as_it_is(seed: int, prompt: str, strengths: list[float]) -> None:
    """What is posted, read back from JSON, holds seed and prompt to the last bit, and each LoRA once in order."""
    workflow = ALL[-1]
    loras = tuple(LoraFile(file=f"{number}.safetensors", strength=one) for number, one in enumerate(strengths))
    values = msgspec.structs.replace(trial_values(workflow), seed=seed, prompt=prompt, loras=loras)
    sent = json.loads(msgspec.json.encode(api_format(bind(workflow, values).graph)))
    (seed_at,), (prompt_at,) = workflow.roles[Role.SEED], workflow.roles[Role.PROMPT]
    assert sent[seed_at.node]["inputs"][seed_at.input] == seed
    assert sent[prompt_at.node]["inputs"][prompt_at.input] == prompt
    assert workflow.loras is not None
    link = Link(*sent[workflow.loras.ends[0].node]["inputs"]["model"])
    found = []
    while link != workflow.loras.start:
        inputs = sent[link.node]["inputs"]
        found.append(LoraFile(file=inputs["lora_name"], strength=inputs["strength_model"]))
        link = Link(*inputs["model"])
    assert tuple(reversed(found)) == loras


def test_binding_leaves_the_workflow_as_it_was() -> None:
    """A workflow is bound many times; no order leaves a trace in it."""
    workflow = ALL[0]
    before = msgspec.json.encode(workflow.graph)
    bind(workflow, posted.order_of(workflow))
    assert msgspec.json.encode(workflow.graph) == before


def test_loras_follow_the_distillation_and_lead_to_the_shift() -> None:
    """In the fast variant the model passes the distillation LoRA first, then each LoRA, then the shift."""
    workflow = load_workflows().get("wan2.1-t2v-fast")
    values = msgspec.structs.replace(
        trial_values(workflow), loras=(LoraFile(file="painted.safetensors", strength=0.5),)
    )
    graph = bind(workflow, values).graph
    (added,) = set(graph.nodes) - set(workflow.graph.nodes)
    assert link_of(graph.nodes["6"].inputs["model"]) == Link(added, 0)
    assert link_of(graph.nodes[added].inputs["model"]) == Link("20", 0)
    assert link_of(graph.nodes["20"].inputs["model"]) == Link("1", 0)


def test_loras_of_cogvideo_hang_on_the_loader_itself() -> None:
    """The pack's LoRA nodes form a chain that the model's loader takes at its end; the first has none before it."""
    workflow = load_workflows().get("cogvideox-t2v")
    two = (LoraFile(file="a.safetensors", strength=1), LoraFile(file="b.safetensors", strength=0.5))
    graph = bind(workflow, msgspec.structs.replace(trial_values(workflow), loras=two)).graph
    last = link_of(graph.nodes["1"].inputs["lora"])
    assert last is not None
    first = link_of(graph.nodes[last.node].inputs["prev_lora"])
    assert first is not None
    assert graph.nodes[first.node].inputs == {"lora": "a.safetensors", "strength": 1.0}


@pytest.mark.parametrize(
    ("name", "width", "height", "shift", "model"),
    [
        ("wan2.1-i2v", 832, 480, 3.0, "wan2.1_i2v_480p_14B_fp16.safetensors"),
        ("wan2.1-i2v", 480, 832, 3.0, "wan2.1_i2v_480p_14B_fp16.safetensors"),
        ("wan2.1-i2v", 1280, 720, 5.0, "wan2.1_i2v_720p_14B_fp16.safetensors"),
        ("wan2.1-i2v-fast", 832, 480, 5.0, "wan2.1_i2v_480p_14B_fp16.safetensors"),
        ("wan2.1-t2v", 832, 480, 5.0, "wan2.1_t2v_14B_fp16.safetensors"),
        ("wan2.1-t2v", 1280, 720, 5.0, "wan2.1_t2v_14B_fp16.safetensors"),
        ("wan2.1-flf2v", 1280, 720, 16.0, "wan2.1_flf2v_720p_14B_fp16.safetensors"),
        ("wan2.1-i2v", 640, 368, 3.0, "wan2.1_i2v_480p_14B_fp16.safetensors"),
    ],
)
def test_the_size_decides_checkpoint_and_shift(name: str, width: int, height: int, shift: float, model: str) -> None:
    """480p and 720p checkpoints are told apart; shift is 3 for image to video at 480p, 16 for two pictures, else 5."""
    workflow = load_workflows().get(name)
    values = msgspec.structs.replace(trial_values(workflow), width=width, height=height)
    binding = bind(workflow, values)
    assert binding.shift == shift
    assert binding.graph.value(workflow.roles[Role.SHIFT][0]) == shift
    assert binding.graph.value(workflow.roles[Role.MODEL][0]) == model


@pytest.mark.parametrize(
    ("name", "steps", "cfg"),
    [
        ("wan2.1-t2v", 50, 5.0),
        ("wan2.1-i2v", 40, 5.0),
        ("wan2.1-t2v-fast", 4, 1.0),
        ("wan2.1-i2v-fast", 4, 1.0),
        ("wan2.1-1.3b-t2v", 50, 6.0),
        ("cogvideox-t2v", 50, 6.0),
    ],
)
def test_usual_steps_and_guidance_are_the_authors(name: str, steps: int, cfg: float) -> None:
    """Where the order names none, a workflow's own steps and CFG are posted; distillation without CFG 1 is no use."""
    workflow = load_workflows().get(name)
    binding = bind(workflow, trial_values(workflow))
    assert (binding.steps, binding.cfg) == (steps, cfg)


def test_a_draft_takes_the_steps_of_a_sample() -> None:
    """Where there is no fast variant, a sample is the same model with fewer steps; steps that are ordered win."""
    workflow = load_workflows().get("cogvideox-t2v")
    draft = msgspec.structs.replace(trial_values(workflow), is_draft=True)
    assert bind(workflow, draft).steps == workflow.sample.steps == 20
    assert bind(workflow, msgspec.structs.replace(draft, steps=7)).steps == 7


@pytest.mark.parametrize("change", [{"seed": -1}, {"seed": SEED_MAX + 1}, {"seed": True}, {"seed": 1.0}])
def test_a_seed_that_comfyui_would_refuse_or_round_is_refused(change: dict[str, object]) -> None:
    """Seeds are whole numbers from 0 to 2^64-1."""
    with pytest.raises(WorkflowWrong, match="seed"):
        bind(ALL[0], msgspec.structs.replace(trial_values(ALL[0]), **change))


@pytest.mark.parametrize(
    "change",
    [
        {"frames": "81"},
        {"width": 832.0},
        {"prompt": None},
        {"cfg": float("nan")},
        {"prefix": "../up"},
        {"prefix": " "},
        {"loras": (LoraFile(file="", strength=1),)},
        {"loras": (LoraFile(file="a", strength=float("inf")),)},
    ],
)
def test_values_of_the_wrong_type_are_refused(change: dict[str, object]) -> None:
    """ComfyUI would convert a text to a number, or write outside its folder; here it is said."""
    with pytest.raises(WorkflowWrong):
        bind(ALL[0], msgspec.structs.replace(trial_values(ALL[0]), **change))


def test_a_picture_for_a_workflow_without_a_place_for_it_is_refused() -> None:
    """Text to video would ignore the picture without a word."""
    workflow = load_workflows().get("wan2.1-t2v")
    with pytest.raises(WorkflowWrong, match="no place for a start image"):
        bind(workflow, msgspec.structs.replace(trial_values(workflow), start_image="a.png"))


def test_the_file_that_the_server_has_is_used_under_the_name_it_lists() -> None:
    """Of several precisions the first that is there is taken, also from a subfolder of a server on Windows."""
    workflow = load_workflows().get("wan2.1-t2v")
    has = {**FILES, "diffusion_models": ["Wan\\wan2.1_t2v_14B_fp8_scaled.safetensors"]}
    binding = bind(workflow, trial_values(workflow), listed_files(workflow, facts(has)))
    assert binding.graph.value(Place("1", "unet_name")) == "Wan\\wan2.1_t2v_14B_fp8_scaled.safetensors"


def test_of_two_names_the_preferred_one_wins_over_the_order_of_the_list() -> None:
    """The server's list is sorted; preference is the workflow's."""
    assert resolve_file(("b", "a"), ("a", "b")) == "b"
    assert resolve_file(("b", "a"), ("a", "x/b")) == "x/b"
    assert resolve_file(("c",), ("a", "b")) is None


def test_numbers_keep_the_form_the_graph_has_them_in() -> None:
    """A rate that the graph holds as a float stays one: `16.0`, and not `16`."""
    workflow = load_workflows().get("wan2.1-t2v")
    value = bind(workflow, trial_values(workflow)).graph.value(workflow.roles[Role.FPS][0])
    assert value == 16
    assert isinstance(value, float)


@each
def test_a_shipped_graph_saves_the_clip_and_its_last_frame(workflow: Workflow) -> None:
    """Every shipped graph saves a video, and beside it its last frame as PNG, from the same frames."""
    graph = parse_graph((posted.FOLDER / f"{workflow.name}.json").read_bytes())
    (video,), (last,) = workflow.roles[Role.VIDEO_PREFIX], workflow.roles[Role.LAST_FRAME_PREFIX]
    assert graph.nodes[last.node].class_type == "SaveImage"
    pick = link_of(graph.nodes[last.node].inputs["images"])
    assert pick is not None
    assert graph.nodes[pick.node].inputs["batch_index"] == workflow.frames.least - 1
    frames = link_of(graph.nodes[pick.node].inputs["image"])
    assert frames is not None
    assert frames.node in graph.upstream(video.node)
    assert graph.value(video) != graph.value(last)
