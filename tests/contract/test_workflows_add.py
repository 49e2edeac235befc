from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from kindling.cli import app
from services._kit.adopting import adopt
from services._kit.bindings import bind, trial_values
from services._kit.comfyui.check import check
from services._kit.graphs import Graph, Node, Place, WorkflowWrong, encode_graph, with_values
from services._kit.roles import find_roles
from services._kit.workflow_files import load_workflows
from services._kit.workflows import Role, Workflow
from tests.workflow_server import facts

WORKFLOWS = load_workflows()
each = pytest.mark.parametrize("workflow", WORKFLOWS.all, ids=lambda one: one.name)
ADDED_BY_US = {Role.LAST_FRAME_PREFIX, Role.LAST_FRAME_INDEX}


def bare(workflow: Workflow) -> Graph:
    """Return the shipped graph as a person would have it: without our saver of the last frame."""
    return Graph({key: node for key, node in workflow.graph.nodes.items() if key not in ("12", "13")})


def titled(graph: Graph, key: str, title: str) -> Graph:
    """Return the graph with another title at a node."""
    return Graph({**graph.nodes, key: msgspec.structs.replace(graph.nodes[key], title=title)})


@each
def test_the_roles_of_a_shipped_graph_are_found_by_its_links(workflow: Workflow) -> None:
    """Nothing but classes and links is needed to tell what our own graphs' inputs mean."""
    found = find_roles(workflow.graph)
    known = {role: one for role, one in workflow.roles.items() if role in found.roles}
    assert found.roles == known
    by_hand = {*ADDED_BY_US, Role.DISTILLATION_LORA} | ({Role.MODEL} if workflow.pack else set())
    assert workflow.roles.keys() - found.roles.keys() <= by_hand
    assert found.questions == ()


@pytest.mark.parametrize("name", ["wan2.1-t2v", "wan2.1-i2v", "wan2.1-flf2v"])
def test_an_adopted_graph_can_do_what_a_shipped_one_can(name: str) -> None:
    """Mode, lengths, rate, files and the place for LoRAs are found; a saver for the last frame is added."""
    shipped = WORKFLOWS.get(name)
    one = adopt("mine", bare(shipped)).workflow
    assert (one.modes, one.fps, one.frames, one.size_step) == (shipped.modes, 16, shipped.frames, 16)
    assert one.loras is not None
    assert shipped.loras is not None
    assert (one.loras.family, one.loras.start, one.loras.ends) == (
        "wan2.1-14b",
        shipped.loras.start,
        shipped.loras.ends,
    )
    assert {need.role for need in one.needs} == {need.role for need in shipped.needs}
    assert set(one.roles) >= ADDED_BY_US
    assert one.defaults.steps == shipped.defaults.steps
    values = trial_values(one, one.buckets[0])
    assert check(bind(one, values).graph, facts(), one, values) == ()


def test_a_title_wins_over_links() -> None:
    """A node titled `(Input:prompt)` is the prompt, whatever the links say."""
    graph = bare(WORKFLOWS.get("wan2.1-t2v"))
    text = Node(class_type="PrimitiveString", inputs={"value": "hello"}, title="Words (Input:prompt)")
    graph = Graph({**graph.nodes, "90": text})
    assert find_roles(graph).roles[Role.PROMPT] == (Place("90", "value"),)
    assert find_roles(titled(graph, "8", "Sampler (Input:nonsense)")).roles[Role.SEED] == (Place("8", "seed"),)


def test_a_constant_is_followed_to_where_it_is_typed_in() -> None:
    """A prompt or a width that another node gives is bound at that node."""
    graph = bare(WORKFLOWS.get("wan2.1-t2v"))
    nodes = {
        **graph.nodes,
        "90": Node(class_type="PrimitiveStringMultiline", inputs={"value": "hello"}),
        "91": Node(class_type="PrimitiveInt", inputs={"value": 832}),
    }
    graph = with_values(Graph(nodes), {Place("4", "text"): ["90", 0], Place("7", "width"): ["91", 0]})
    roles = find_roles(graph).roles
    assert roles[Role.PROMPT] == (Place("90", "value"),)
    assert roles[Role.WIDTH] == (Place("91", "value"),)


def test_two_samplers_are_a_question_and_not_a_guess() -> None:
    """Which of two seeds is meant nobody can tell; a sampler that goes on with another's noise has none."""
    graph = bare(WORKFLOWS.get("wan2.1-t2v"))
    second = msgspec.structs.replace(
        graph.nodes["8"], inputs={**graph.nodes["8"].inputs, "latent_image": ["8", 0], "seed": 5}
    )
    two = with_values(Graph({**graph.nodes, "80": second}), {Place("9", "samples"): ["80", 0]})
    asked = {one.role: one.choices for one in find_roles(two).questions}
    assert set(asked[Role.SEED]) == {Place("8", "seed"), Place("80", "seed")}
    with pytest.raises(WorkflowWrong, match="seed"):
        adopt("mine", two)
    chosen = adopt("mine", two, {Role.SEED: (Place("8", "seed"), Place("80", "seed"))}).workflow
    bound = bind(chosen, trial_values(chosen)).graph
    assert bound.value(Place("80", "seed")) == bound.value(Place("8", "seed")) == 0
    follows = with_values(two, {Place("80", "add_noise"): "disable"})
    assert find_roles(follows).roles[Role.SEED] == (Place("8", "seed"),)


def test_two_models_have_no_single_place_for_loras() -> None:
    """A LoRA put into one of two models would change half of the film; it is said instead."""
    graph = bare(WORKFLOWS.get("wan2.1-t2v"))
    two = Graph({**graph.nodes, "90": Node(class_type="UNETLoader", inputs={"unet_name": "b.safetensors"})})
    adopted = adopt("mine", two)
    assert adopted.workflow.loras is None
    assert any("several models" in one for one in adopted.remarks)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home of its own."""
    monkeypatch.setenv("KINDLING_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def test_add_writes_a_workflow_that_is_listed_and_shown(home: Path) -> None:
    """`kindling workflows add FILE` takes in an own graph; the copy lies in the home with its TOML."""
    file = home / "My Graph.json"
    file.write_bytes(encode_graph(bare(WORKFLOWS.get("wan2.1-i2v"))))
    added = CliRunner().invoke(app, ["workflows", "add", str(file)])
    assert added.exit_code == 0, added.output
    assert (home / "workflows" / "my-graph.toml").is_file()
    assert "my-graph" in CliRunner().invoke(app, ["workflows", "list"]).output
    shown = CliRunner().invoke(app, ["workflows", "show", "my-graph"]).output
    assert "14.image" in shown
    assert load_workflows(home).resolve("my-graph", "i2v").is_own
    again = CliRunner().invoke(app, ["workflows", "add", str(file)])
    assert again.exit_code == 2
    assert "already a workflow" in again.output


def test_add_tells_what_it_could_not_find_and_takes_it_from_the_command(home: Path) -> None:
    """Without a terminal nothing is asked: what is open is told, and `--role` answers it."""
    graph = json.loads(encode_graph(bare(WORKFLOWS.get("wan2.1-t2v"))))
    graph["8"]["class_type"] = "SomebodysSampler"
    graph["8"]["inputs"]["dice"] = graph["8"]["inputs"].pop("seed")
    file = home / "odd.json"
    file.write_text(json.dumps(graph))
    refused = CliRunner().invoke(app, ["workflows", "add", str(file)])
    assert refused.exit_code == 2
    assert "where seed belongs" in refused.output
    assert not (home / "workflows").exists()
    taken = CliRunner().invoke(app, ["workflows", "add", str(file), "--role", "seed=8.dice"])
    assert taken.exit_code == 0, taken.output
    wrong = CliRunner().invoke(app, ["workflows", "add", str(file), "--name", "b", "--role", "seed=8.nothing"])
    assert wrong.exit_code == 2
    assert "8.nothing, which the graph has not" in wrong.output


def test_add_refuses_the_canvas_format_and_says_how_to_export(home: Path) -> None:
    """The file that ComfyUI saves by default can't be read by anybody but its own page."""
    file = home / "canvas.json"
    file.write_text('{"last_node_id": 3, "nodes": [], "links": []}')
    refused = CliRunner().invoke(app, ["workflows", "add", str(file)])
    assert refused.exit_code == 2
    assert "Export (API)" in refused.output
    assert CliRunner().invoke(app, ["workflows", "add", str(home / "gone.json")]).exit_code == 2


def test_check_says_when_nothing_answers(home: Path) -> None:
    """A server that is not there is one sentence and exit code 5; an unknown name is code 4."""
    silent = CliRunner().invoke(app, ["workflows", "check", "wan2.1", "--comfyui", "http://127.0.0.1:9"])
    assert silent.exit_code == 5
    assert "No ComfyUI answers" in silent.output
    assert CliRunner().invoke(app, ["workflows", "check", "wan"]).exit_code == 4
