from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from services._kit.graphs import Place, WorkflowWrong, parse_graph
from services._kit.workflow_files import (
    SHIPPED,
    load_workflows,
    misfits,
    parse_place,
    read_workflow,
    toml_of,
    write_workflow,
)
from services._kit.workflows import FrameRule, Mode, Role, Workflow

WORKFLOWS = load_workflows()
each = pytest.mark.parametrize("workflow", WORKFLOWS.all, ids=lambda one: one.name)
DOCUMENT = Path(__file__).parents[2] / "docs" / "workflows.md"


def test_what_is_shipped_can_be_read() -> None:
    """No shipped workflow is broken, and every graph belongs to one."""
    assert dict(WORKFLOWS.broken) == {}
    assert {one.stem for one in SHIPPED.glob("*.json")} <= {one.name for one in WORKFLOWS.all}


@each
def test_a_shipped_workflow_keeps_its_own_rules(workflow: Workflow) -> None:
    """Sizes are multiples of its step, a sample is a length and a size that it can render, files have a source."""
    assert list(misfits(workflow)) == []
    assert workflow.sample_sizes
    assert set(workflow.sample_sizes) <= set(workflow.sizes)
    assert all(need.source for need in workflow.needs)
    assert {Role.PROMPT, Role.NEGATIVE, Role.SEED, Role.STEPS, Role.CFG} <= set(workflow.roles)
    for need in workflow.needs:
        # A graph that two workflows share can stand at the files of one only.
        if need.bucket in (None, workflow.buckets[0].name) and (SHIPPED / f"{workflow.name}.json").is_file():
            assert workflow.graph.value(workflow.roles[need.role][0]) == need.names[0]


@each
def test_a_wan_sample_is_short_and_small(workflow: Workflow) -> None:
    """A sample has 25 to 49 frames in the smallest bucket: it shows the look in a minute."""
    assert 25 <= workflow.sample.frames <= 49
    areas = [max(size.area for size in bucket.sizes) for bucket in workflow.buckets]
    assert max(size.area for size in workflow.sample_sizes) == min(areas)


@each
def test_a_workflow_that_is_written_is_read_again(workflow: Workflow, tmp_path: Path) -> None:
    """TOML and graph hold everything: what is read back is what was written, in any order of keys."""
    toml, _ = write_workflow(workflow, tmp_path)
    assert read_workflow(toml) == workflow


@pytest.mark.parametrize(
    ("renderer", "mode", "is_draft", "name"),
    [
        ("wan2.1", "t2v", False, "wan2.1-t2v"),
        ("wan2.1", "i2v", False, "wan2.1-i2v"),
        ("wan2.1", "flf2v", False, "wan2.1-flf2v"),
        ("wan2.1", "t2v", True, "wan2.1-t2v-fast"),
        ("wan2.1", "i2v", True, "wan2.1-i2v-fast"),
        ("wan2.1", "flf2v", True, "wan2.1-flf2v"),
        ("wan2.1-t2v", "i2v", False, "wan2.1-i2v"),
        ("wan2.1-fast", "t2v", False, "wan2.1-t2v-fast"),
        ("wan2.1-fast", "flf2v", False, "wan2.1-flf2v"),
        ("wan2.1-t2v-fast", "i2v", False, "wan2.1-i2v-fast"),
        ("wan2.1-1.3b", "t2v", True, "wan2.1-1.3b-t2v"),
        ("cogvideox", "t2v", True, "cogvideox-t2v"),
    ],
)
def test_a_plans_renderer_leads_to_the_workflow_of_its_mode(
    renderer: str, mode: Mode, is_draft: bool, name: str
) -> None:
    """A family, or any member of it, has a workflow for each mode; drafts take the fast one where there is one."""
    found = WORKFLOWS.resolve(renderer, mode, is_draft=is_draft)
    assert found.name == name


def test_a_mode_that_a_family_cannot_do_is_refused() -> None:
    """CogVideoX is shipped for text to video; a segment from a picture says so instead of dropping the picture."""
    with pytest.raises(WorkflowWrong, match="no workflow for i2v"):
        WORKFLOWS.resolve("cogvideox", "i2v")
    with pytest.raises(WorkflowWrong, match=r"wan2\.1"):
        WORKFLOWS.resolve("wan2,1", "t2v")


def test_capabilities_are_what_all_modes_have_in_common() -> None:
    """A plan for WAN has one size for text and pictures; two pictures need 720p, and that is said for each size."""
    able = WORKFLOWS.capabilities("wan2.1")
    assert able.modes == ("t2v", "i2v", "flf2v")
    assert able.fps == 16
    assert able.frames == FrameRule(step=4, least=5, most=81)
    small, large = able.sizes[0], able.sizes[5]
    assert (str(small), str(large)) == ("832×480", "1280×720")
    assert able.modes_at(small) == ("t2v", "i2v")
    assert able.modes_at(large) == ("t2v", "i2v", "flf2v")
    assert (able.sample_frames, able.sample_steps, able.sample_sizes[0]) == (33, 4, small)
    assert able.lora_family == "wan2.1-14b"
    cog = WORKFLOWS.capabilities("cogvideox")
    assert (cog.fps, cog.frames, len(cog.sizes)) == (8, FrameRule(step=8, least=9, most=49), 1)


@pytest.mark.parametrize(("wanted", "given"), [(1, 5), (5, 5), (6, 9), (80, 81), (81, 81), (82, 81)])
def test_the_next_length_is_one_that_the_model_can_render(wanted: int, given: int) -> None:
    """The shortest allowed length that holds the frames, or the longest there is."""
    rule = FrameRule()
    assert rule.at_least(wanted) == given
    assert rule.allows(given)


def test_an_own_workflow_replaces_a_shipped_one_and_a_broken_one_spoils_only_itself(tmp_path: Path) -> None:
    """A person's `wan2.1-t2v` is taken; a file that is no TOML is named when it is asked for, and not before."""
    own = msgspec.structs.replace(WORKFLOWS.get("wan2.1-t2v"), title="mine")
    write_workflow(own, tmp_path / "workflows")
    (tmp_path / "workflows" / "half.toml").write_text("title = ")
    found = load_workflows(tmp_path)
    assert found.resolve("wan2.1", "t2v").title == "mine"
    assert found.get("wan2.1-t2v").is_own
    with pytest.raises(WorkflowWrong, match="not TOML"):
        found.get("half")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('prompt = "4.text"', 'prompt = "44.text"', "44.text, which the graph has not"),
        ('prompt = "4.text"', 'prompt = "text"', "names no input"),
        ('prompt = "4.text"', 'prompts = "4.text"', "Invalid enum value"),
        ('model = "1.unet_name"', 'model = "6.model"', "another node gives"),
        ("fps = 16", 'fps = "16"', "Expected `int`"),
        ("fps = 16", "fsp = 16", "unknown field"),
        ('"832x480"', '"832 by 480"', "is no size"),
        ('"832x480"', '"840x480"', "no multiple of 16"),
        ("frames = 33", "frames = 34", "rule of 4n+1"),
        ('start = "1.0"', 'start = "1.model"', "number of its output"),
        ('start = "1.0"', 'start = "1.²"', "number of its output"),
        ('ends = ["6.model"]', 'ends = ["66.model"]', "66.model, which the graph has not"),
    ],
)
def test_a_mistake_in_the_toml_is_said(before: str, after: str, said: str, tmp_path: Path) -> None:
    """Each key is read strictly, and what does not fit the graph is named."""
    for suffix in ("toml", "json"):
        (tmp_path / f"mine.{suffix}").write_bytes((SHIPPED / f"wan2.1-t2v.{suffix}").read_bytes())
    file = tmp_path / "mine.toml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    with pytest.raises(WorkflowWrong) as refused:
        read_workflow(file)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no json", "not JSON"),
        (b"[]", "no nodes"),
        (b"{}", "empty"),
        (b'{"nodes": [], "links": []}', "format of ComfyUI's canvas"),
        (b'{"1": {"inputs": {}}}', "no class_type"),
        (b'{"1": {"class_type": "A", "inputs": []}}', "not named"),
        (b" " * 4_000_001, "MB"),
    ],
)
def test_what_is_no_graph_is_refused(content: bytes, said: str) -> None:
    """A file of the canvas, of another program, or too large, is told apart from a graph."""
    with pytest.raises(WorkflowWrong) as refused:
        parse_graph(content)
    assert said in str(refused.value)


def test_what_was_posted_is_a_graph_too() -> None:
    """A request's body holds the graph under `prompt`; people keep those as files."""
    assert parse_graph(b'{"prompt": {"1": {"class_type": "A"}}, "client_id": "x"}').nodes["1"].class_type == "A"


def test_an_inputs_name_may_hold_dots() -> None:
    """New nodes have inputs within inputs: `format.codec`."""
    assert parse_place("12:3.format.codec") == Place("12:3", "format.codec")


def test_the_document_names_every_workflow_and_key() -> None:
    """docs/workflows.md tells what is shipped, every role, and every key of the TOML."""
    text = DOCUMENT.read_text(encoding="utf-8")
    told = [*(one.name for one in WORKFLOWS.all), *(role.value for role in Role)]
    keys = [
        line.split(" = ")[0]
        for line in toml_of(WORKFLOWS.get("cogvideox-t2v")).splitlines()
        if line[0:1] not in ("", "[") and " = " in line
    ]
    assert [one for one in (*told, *keys) if f"`{one}`" not in text] == []
