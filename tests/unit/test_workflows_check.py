from __future__ import annotations

import msgspec
import pytest

from services._kit.bindings import LoraFile, OrderValues, bind, trial_values
from services._kit.comfyui.check import check
from services._kit.comfyui.facts import ServerFacts, parse_object_info
from services._kit.comfyui.problem import Problem
from services._kit.graphs import Graph, Node, Place, WorkflowWrong, with_values
from services._kit.loras import load_loras
from services._kit.workflow_files import load_workflows
from services._kit.workflows import Bucket, Workflow
from services.creator.renderers.renderer import FailureKind
from tests.workflow_server import FILES, cogvideo_facts, facts

WORKFLOWS = load_workflows()
T2V, I2V, FLF2V = (WORKFLOWS.get(f"wan2.1-{mode}") for mode in ("t2v", "i2v", "flf2v"))
WAN = [(one, bucket) for one in WORKFLOWS.all if not one.pack for bucket in one.buckets]


def found(
    workflow: Workflow, server: ServerFacts, bucket: Bucket | None = None, /, **change: object
) -> tuple[Problem, ...]:
    """Return what a check says about a trial of the workflow with some values changed."""
    values = msgspec.structs.replace(trial_values(workflow, bucket), **change)
    return check(bind(workflow, values).graph, server, workflow, values, load_loras())


def only(problems: tuple[Problem, ...]) -> Problem:
    """Return the one problem, and show all of them where there are more."""
    assert len(problems) == 1, "\n".join(str(one) for one in problems)
    return problems[0]


def broken(place: Place, value: object, server: ServerFacts | None = None) -> tuple[Problem, ...]:
    """Return what a check says about the text-to-video graph with one input spoilt."""
    graph = with_values(bind(T2V, trial_values(T2V)).graph, {place: value})
    return check(graph, server or facts(), T2V)


@pytest.mark.parametrize("is_new", [False, True], ids=["first form", "newer form"])
@pytest.mark.parametrize(("workflow", "bucket"), WAN, ids=lambda one: one.name)
def test_a_server_that_has_everything_has_no_problem(workflow: Workflow, bucket: Bucket, is_new: bool) -> None:
    """Each shipped workflow passes in each of its sizes, in both forms that choices are written in."""
    assert found(workflow, facts(is_new=is_new), bucket) == ()


def test_cogvideo_passes_on_a_server_with_its_pack_and_names_the_pack_elsewhere() -> None:
    """A missing pack is one sentence for each node, with the pack's name and what to do."""
    workflow = WORKFLOWS.get("cogvideox-t2v")
    assert found(workflow, cogvideo_facts()) == ()
    missing = [one for one in found(workflow, facts()) if "CogVideo" in one.what]
    assert len(missing) == 5
    assert all("kijai/ComfyUI-CogVideoXWrapper" in one.help and one.is_fatal for one in missing)


@pytest.mark.parametrize("folder", ["text_encoders", "vae", "clip_vision"])
def test_a_missing_file_is_named_with_the_folder_it_belongs_in(folder: str) -> None:
    """Which file, who needs it, where it belongs, and where to get it."""
    problem = only(found(I2V, facts({**FILES, folder: []})))
    assert problem.kind is FailureKind.MISSING_MODEL
    need = next(one for one in I2V.needs if one.folder == folder)
    assert need.names[0] in problem.what
    assert f"models/{folder}" in problem.help
    assert need.source in problem.help


def test_the_720p_checkpoint_is_missed_only_where_the_size_needs_it() -> None:
    """A server with the 480p checkpoint alone renders 480p, and for 720p it is told which other file it lacks."""
    server = facts({**FILES, "diffusion_models": ["wan2.1_i2v_480p_14B_fp16.safetensors"]})
    small, large = I2V.buckets
    assert found(I2V, server, small) == ()
    problem = only(found(I2V, server, large))
    assert "wan2.1_i2v_720p_14B_fp16.safetensors" in problem.what
    assert "wan2.1_i2v_720p_14B_fp8_scaled.safetensors" in problem.help


def test_missing_files_come_first() -> None:
    """Of several problems the one that a person has to download for is said first."""
    problems = found(T2V, facts({**FILES, "vae": []}), frames=82)
    assert [one.kind for one in problems] == [FailureKind.MISSING_MODEL, FailureKind.VALIDATION]


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (Place("8", "sampler_name"), "nosuch", "no choice 'nosuch'"),
        (Place("8", "steps"), 0, "1 is the least"),
        (Place("8", "cfg"), 1000.0, "100 is the most"),
        (Place("8", "seed"), 2**64, "18446744073709551615 is the most"),
        (Place("8", "steps"), "many", "whole number"),
        (Place("8", "steps"), "30", "whole number"),
        (Place("8", "steps"), True, "whole number"),
        (Place("8", "model"), ["2", 0], "gets CLIP at model, and takes MODEL"),
        (Place("8", "model"), ["2", 7], "has 1 outputs"),
        (Place("8", "model"), ["999", 0], "which is not there"),
        (Place("8", "model"), "a text", "not connected at model"),
        (Place("4", "clip"), ["4", 0], "in a circle"),
        (Place("4", "text"), 5, "takes text"),
        (Place("11", "format"), "avi", "no choice 'avi'"),
        (Place("11", "codec"), "h265", "no choice 'h265'"),
    ],
)
def test_a_spoilt_input_is_found(place: Place, value: object, said: str) -> None:
    """What ComfyUI would refuse, and what it would let pass to fail in the middle of a render, is said first."""
    problems = [one for one in broken(place, value) if one.is_fatal]
    assert any(said in str(one) and one.node == place.node for one in problems)
    assert problems[0].node == place.node


def test_a_new_servers_saver_is_checked_too() -> None:
    """The saver's format is a table of tables on new servers; its keys are the choices."""
    assert "no choice 'avi'" in str(broken(Place("11", "format"), "avi", facts(is_new=True))[0])


def test_a_missing_input_and_an_unknown_class_are_found() -> None:
    """A node that lacks what it requires, and a class that the server has not, are named with their node."""
    graph = bind(T2V, trial_values(T2V)).graph
    node = graph.nodes["8"]
    without = {name: value for name, value in node.inputs.items() if name != "scheduler"}
    lacking = Graph({**graph.nodes, "8": Node(class_type="KSampler", inputs=without)})
    assert "lacks scheduler" in only(check(lacking, facts(), T2V)).what
    assert "no node KSampler" in only(check(graph, facts(without=("KSampler",)), T2V)).what


def test_a_bad_node_that_leads_nowhere_is_said_and_stops_nothing() -> None:
    """ComfyUI never looks at it; the person should know, and the render goes on."""
    graph = bind(T2V, trial_values(T2V)).graph
    stray = Node(class_type="VAELoader", inputs={"vae_name": "gone.safetensors"})
    problem = only(check(Graph({**graph.nodes, "90": stray}), facts(), T2V))
    assert not problem.is_fatal
    assert "leads to nothing" in problem.why


def test_a_second_saver_that_is_bad_is_found() -> None:
    """ComfyUI answers 200 and leaves it out; here it is a problem."""
    graph = bind(T2V, trial_values(T2V)).graph
    bad = Node(class_type="SaveImage", inputs={"images": ["9", 0]})
    assert "lacks filename_prefix" in only(check(Graph({**graph.nodes, "90": bad}), facts(), T2V)).what


def test_a_graph_that_saves_nothing_is_found() -> None:
    """Nothing is executed that leads to no saver."""
    graph = bind(T2V, trial_values(T2V)).graph
    nodes = {key: node for key, node in graph.nodes.items() if key not in ("11", "13")}
    assert "saves nothing" in only(check(Graph(nodes), facts())).what


def test_a_role_that_would_have_no_effect_is_found() -> None:
    """A prompt bound to a node that feeds nothing, or to an input that the server ignores, is no prompt."""
    roles = {**T2V.roles}
    graph = Graph({**T2V.graph.nodes, "90": Node(class_type="CLIPTextEncode", inputs={"text": "", "clip": ["2", 0]})})
    loose = msgspec.structs.replace(T2V, graph=graph, roles={**roles, next(iter(roles)): (Place("90", "text"),)})
    assert "prompt would have no effect" in str(check(graph, facts(), loose)[0])
    renamed = with_values(T2V.graph, {Place("8", "old_steps"): 3})
    ignored = msgspec.structs.replace(
        T2V, graph=renamed, roles={**roles, next(iter(roles)): (Place("8", "old_steps"),)}
    )
    assert any("would be ignored" in one.what and one.is_fatal for one in check(renamed, facts(), ignored))


@pytest.mark.parametrize(
    ("workflow", "change", "said"),
    [
        (T2V, {"frames": 82}, "The next length that holds them is 81"),
        (T2V, {"frames": 6}, "The next length that holds them is 9"),
        (T2V, {"frames": 85}, "from 5 to 81"),
        (T2V, {"width": 840}, "The nearest is 832×480"),
        (T2V, {"width": 1920, "height": 1088}, "more pixels than"),
        (T2V, {"fps": 24}, "Plan the film with 16"),
        (T2V, {"mode": "i2v", "start_image": None}, "can't render i2v"),
        (I2V, {"start_image": None}, "without a first frame"),
        (FLF2V, {"end_image": None}, "without a last frame"),
        (WORKFLOWS.get("cogvideox-t2v"), {"frames": 45}, "8n+1"),
    ],
)
def test_what_the_model_cannot_do_is_said(workflow: Workflow, change: dict[str, object], said: str) -> None:
    """ComfyUI would round lengths and sizes in silence, and render a film from no picture."""
    server = cogvideo_facts() if workflow.pack else facts()
    problem = found(workflow, server, **change)[0]
    assert problem.is_fatal
    assert said in str(problem)


def test_an_unusual_size_is_allowed_and_said() -> None:
    """After `out of memory` a smaller size than any listed one is rendered, with a note."""
    problem = only(found(T2V, facts(), width=640, height=368))
    assert not problem.is_fatal


@pytest.mark.parametrize(
    ("workflow", "file"),
    [
        (T2V, "wan2.1_i2v_480p_14B_fp16.safetensors"),
        (I2V, "wan2.1_t2v_14B_fp16.safetensors"),
        (FLF2V, "wan2.1_t2v_14B_fp16.safetensors"),
    ],
)
def test_a_model_in_the_wrong_graph_is_found(workflow: Workflow, file: str) -> None:
    """ComfyUI renders text to video with a model for pictures, succeeds, and shows something else."""
    values = trial_values(workflow)
    graph = with_values(bind(workflow, values).graph, {Place("1", "unet_name"): file})
    problem = only(check(graph, facts(), workflow, values))
    assert problem.is_fatal
    assert file in problem.what


def test_image_to_video_without_a_picture_is_found() -> None:
    """The node's picture is optional to ComfyUI; to us it is what the node is for."""
    graph = bind(I2V, trial_values(I2V)).graph
    node = graph.nodes["7"]
    inputs = {name: value for name, value in node.inputs.items() if name != "start_image"}
    cut = Graph({**graph.nodes, "7": Node(class_type=node.class_type, inputs=inputs)})
    assert any("no first frame" in one.what and one.is_fatal for one in check(cut, facts(), I2V))


def test_a_lora_of_another_model_and_an_unknown_one_are_found() -> None:
    """ComfyUI loads nothing of either, and reports success."""
    small = WORKFLOWS.get("wan2.1-1.3b-t2v")
    lora = LoraFile(file="wan2.1_t2v_14b_lora_rank64_lightx2v_4step.safetensors", strength=1)
    assert "made for wan2.1-14b" in only(found(small, facts(), loras=(lora,))).what
    server = facts({**FILES, "loras": ["mystery.safetensors"]})
    unknown = found(T2V, server, loras=(LoraFile(file="mystery.safetensors", strength=1),))
    assert "not in the catalogue" in only(unknown).what


@pytest.mark.parametrize(
    ("version", "is_old"), [("0.3.39", True), ("0.3.40", False), ("v0.38.0", False), ("?", False), ("²", False)]
)
def test_a_server_that_is_too_old_is_said(version: str, is_old: bool) -> None:
    """Kindling is written for ComfyUI 0.3.40 and newer."""
    problems = found(T2V, facts(version=version))
    assert bool(problems) is is_old


def test_an_upload_needs_not_be_listed() -> None:
    """The list of pictures shows only a part of what was uploaded."""
    assert found(I2V, facts(), start_image="kindling/a1b2.png") == ()


def test_what_is_no_comfyui_is_said() -> None:
    """Another program on that port is told apart from a ComfyUI that lacks something."""
    with pytest.raises(WorkflowWrong, match="does not describe its nodes"):
        parse_object_info(b"<html>not found</html>")
    with pytest.raises(WorkflowWrong, match="KSampler"):
        parse_object_info(b'{"KSampler": {"input": 5}}')


def test_every_problem_says_what_why_and_what_to_do() -> None:
    """No problem ends without a way on."""
    values = OrderValues(
        mode="i2v", prompt="", negative="", seed=0, width=840, height=480, frames=82, fps=24, prefix="a"
    )
    problems = check(bind(I2V, values).graph, facts({**FILES, "vae": [], "diffusion_models": []}), I2V, values)
    assert len(problems) >= 6
    assert [one for one in problems if not (one.what and one.why and one.help)] == []
