from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services._kit.comfyui.answers import (
    NodeFailure,
    Server,
    read_answer,
    read_history,
    read_queue,
    read_server,
)
from services.creator.renderers.comfyui.outcome import node_failure, rejection
from services.creator.renderers.comfyui.smaller import SMALLEST_SIDE, smaller_order
from services.creator.renderers.renderer import FailureKind
from tests.fakes.comfyui_workflow import order

KEY = "a3bb189e-8bf9-5888-9912-ace4e6543002"


def refused(kind: str, message: str, details: str, value: object = None) -> bytes:
    """Return an answer of 400 as ComfyUI 0.3.64 gave it, for one node."""
    error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": ""}
    extra = {"input_name": "x", "received_value": value}
    complaint = {"type": kind, "message": message, "details": details, "extra_info": extra}
    node = {"errors": [complaint], "dependent_outputs": ["50"], "class_type": "UNETLoader"}
    return json.dumps({"error": {**error, "extra_info": {}}, "node_errors": {"37": node}}).encode()


def test_a_missing_model_file_is_named() -> None:
    """A choice that is not on the server's list is a missing file where it is called like one."""
    found = rejection(read_answer(refused("value_not_in_list", "Value not in list", "…", "wan.safetensors")))
    assert found.kind is FailureKind.MISSING_MODEL
    assert "wan.safetensors" in found.why
    assert "37" in found.why


def test_any_other_complaint_is_told_in_the_words_of_the_node() -> None:
    """Node, class, message and details are what a person needs to correct the graph."""
    found = rejection(read_answer(refused("required_input_missing", "Required input is missing", "seed")))
    assert found.kind is FailureKind.VALIDATION
    assert "node 37 (UNETLoader): Required input is missing: seed" in found.why


def test_a_complaint_within_a_success_is_a_refusal() -> None:
    """An answer of 200 with node errors has skipped an output: that is not what was asked for."""
    body = json.loads(refused("required_input_missing", "Required input is missing", "filename_prefix"))
    answer = read_answer(json.dumps({"prompt_id": KEY, "number": 25, "node_errors": body["node_errors"]}).encode())
    assert answer.prompt_id == KEY
    assert not answer.is_clean
    assert read_answer(json.dumps({"prompt_id": KEY, "number": 1, "node_errors": {}}).encode()).is_clean


def test_a_missing_node_pack_and_a_circle_are_explained() -> None:
    """Both come without a word about nodes; older and newer servers name the first differently."""
    for kind in ("invalid_prompt", "missing_node_type"):
        error = {"type": kind, "message": "Cannot execute because node X does not exist.", "details": "Node ID '#3'"}
        found = rejection(read_answer(json.dumps({"error": error, "node_errors": {}}).encode()))
        assert "Install the node pack" in found.help
    error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": ""}
    found = rejection(read_answer(json.dumps({"error": error, "node_errors": {}}).encode()))
    assert "depend on each other" in found.help


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("torch.OutOfMemoryError", "Allocation on device \nThis error means you ran out of memory on your GPU."),
        ("torch.cuda.OutOfMemoryError", "CUDA out of memory. Tried to allocate 20.00 MiB"),
        ("RuntimeError", "MPS backend out of memory (MPS allocated: 17 GB)"),
        ("RuntimeError", "[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: not enough memory"),
    ],
)
def test_want_of_memory_is_told_apart_and_a_smaller_order_is_offered(kind: str, words: str) -> None:
    """It comes as any exception does; the failure carries an order that needs clearly less."""
    tried = order(width=832, height=480, frame_count=81)
    failure = NodeFailure(node_id="3", node_type="KSampler", exception_type=kind, exception_message=words)
    found = node_failure(failure, tried, smaller_order(tried))
    assert found.kind is FailureKind.OUT_OF_MEMORY
    assert not found.kind.is_retryable
    assert found.smaller is not None
    assert found.smaller.frame_count == 81
    assert f"{found.smaller.width}×{found.smaller.height}" in found.help


def test_any_other_exception_is_told_as_the_node_said_it() -> None:
    """Which node, of which class, which exception, and its words."""
    failure = NodeFailure(
        node_id="37", node_type="UNETLoader", exception_type="SafetensorError", exception_message="header too large\n"
    )
    found = node_failure(failure, order(), None)
    assert found.kind is FailureKind.NODE_FAILED
    assert found.why == "ComfyUI failed in node 37 (UNETLoader): SafetensorError: header too large"


@given(st.integers(16, 120), st.integers(16, 80), st.booleans())
def test_smaller_and_smaller_comes_to_an_end(columns: int, rows: int, is_draft: bool) -> None:
    """Each smaller order has fewer pixels in all, sides of whole 16s, and none is below the smallest side."""
    now = order(width=columns * 16, height=rows * 16, frame_count=81, draft=is_draft)
    for _ in range(30):
        smaller = smaller_order(now)
        if smaller is None:
            return
        assert smaller.width * smaller.height * smaller.frame_count < now.width * now.height * now.frame_count
        assert smaller.width % 16 == smaller.height % 16 == 0
        assert smaller.frame_count % 4 == 1
        if smaller.frame_count == now.frame_count:
            assert min(smaller.width, smaller.height) >= SMALLEST_SIDE
        now = smaller
    raise AssertionError("it never ends")


def test_the_queue_is_read_in_the_order_in_which_it_runs() -> None:
    """Pending prompts come as a heap; foreign ones may have any id and note anything."""
    items = [[-1000.0, "a", {}, {}, []], [12, "c", {}, {"kindling": KEY}, []], [1.5, "b", {}, {"kindling": 7}, []]]
    odd = [15, {"an": "object"}, {}, None, []]
    found = read_queue(json.dumps({"queue_running": [odd], "queue_pending": items}).encode())
    assert [one.prompt_id for one in found.pending] == ["a", "b", "c"]
    assert [one.is_of(KEY) for one in found.pending] == [False, False, True]
    assert not found.running[0].is_of(KEY)


def test_an_ending_is_read_with_its_files_under_any_of_three_keys() -> None:
    """ComfyUI's savers say `images`, custom ones `gifs` or `videos`; what else a node says is skipped."""
    file = {"filename": "a.mp4", "subfolder": "kindling", "type": "output", "format": "video/h264-mp4"}
    outputs = {"1": {"images": [file], "animated": [True]}, "2": {"gifs": [file]}, "3": {"text": ["hello"]}}
    status = {"status_str": "success", "completed": True, "messages": [["execution_start", {"timestamp": 1}]]}
    entry = {"prompt": [0, KEY, {}, {"kindling": KEY}, ["1"]], "outputs": outputs, "status": status}
    (found,) = read_history(json.dumps({KEY: entry}).encode())
    assert {node: [one.filename for one in files] for node, files in found.outputs.items()} == {
        "1": ["a.mp4"],
        "2": ["a.mp4"],
        "3": [],
    }
    assert found.is_success
    assert read_history(b"{}") == ()


def test_a_server_tells_its_age() -> None:
    """Old ones give ids of their own and stop whatever runs; a build from git is taken for a new one."""
    stats = {"system": {"comfyui_version": "0.3.40"}, "devices": [{"name": "cuda:0", "vram_total": 8}]}
    found = read_server(json.dumps(stats).encode())
    assert (found.version, found.device, found.memory_bytes) == ("0.3.40", "cuda:0", 8)
    assert (found.takes_ids, found.interrupts_one) == (False, False)
    for version in ("0.3.64", "v0.38.1", "0.3.70-12-gabc", "abcdef0", "unknown"):
        assert Server(version=version).takes_ids, version
        assert Server(version=version).interrupts_one, version
