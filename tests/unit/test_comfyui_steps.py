from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from services.creator.renderers.comfyui.steps import Steps
from tests.fakes.comfyui_workflow import TinyWorkflow, order

KEY = "a3bb189e-8bf9-5888-9912-ace4e6543002"
GRAPH = TinyWorkflow(saves_last_frame=False).bind(order()).graph
JPEG = b"\xff\xd8\xff\xe0 a picture"


def told(kind: str, **facts: object) -> str:
    return json.dumps({"type": kind, "data": {"prompt_id": KEY, **facts}})


def test_a_run_is_counted_node_by_node_and_step_by_step() -> None:
    """Cached nodes count as done, the sampler by its steps, and the end says that it is time to look."""
    steps = Steps(GRAPH, KEY)
    assert (steps.done, steps.total) == (0, len(GRAPH.nodes) + 3)
    steps.hear(told("execution_start"))
    steps.hear(told("execution_cached", nodes=["37", "38", "39", "6", "7", "40"]))
    assert steps.done == 6
    steps.hear(told("executing", node="3"))
    steps.hear(told("progress", node="3", value=2, max=3))
    assert steps.done == 8
    for node in ("8", "49", "50"):
        steps.hear(told("executing", node=node))
    steps.hear(told("progress", node="3", value=3, max=3))
    steps.hear(told("executed", node="50", output={}))
    assert steps.done == steps.total
    assert not steps.is_over
    steps.hear(told("execution_success"))
    assert not steps.is_over
    steps.hear(told("executing", node=None))
    assert steps.is_over


def test_a_newer_server_tells_all_nodes_at_once() -> None:
    """`progress_state` lists each node that has begun, and replaces what was known."""
    steps = Steps(GRAPH, KEY)
    nodes = {
        "37": {"state": "finished", "value": 1.0, "max": 1.0},
        "3": {"state": "running", "value": 1, "max": 3},
    }
    assert steps.hear(told("progress_state", nodes=nodes))
    assert steps.done == 2


def test_what_is_about_another_prompt_is_not_heard() -> None:
    """A prompt without a client id is told to everybody: it moves nothing here."""
    steps = Steps(GRAPH, KEY)
    assert not steps.hear(told("progress", node="3", value=2, max=3, prompt_id="other"))
    assert not steps.hear('{"type":"status","data":{"status":{"exec_info":{"queue_remaining":1}}}}')
    assert not steps.hear("no json")
    assert not steps.hear('{"type":"executing","data":{"node":"3"}}')
    assert steps.done == 0


def test_previews_are_taken_in_both_layouts() -> None:
    """The newer one names its prompt; the older one counts only while this prompt runs."""
    steps = Steps(GRAPH, KEY)
    old = (1).to_bytes(4, "big") + (1).to_bytes(4, "big") + JPEG
    assert steps.see(old) is None
    facts = json.dumps({"prompt_id": KEY, "image_type": "image/jpeg"}).encode()
    new = (4).to_bytes(4, "big") + len(facts).to_bytes(4, "big") + facts + JPEG
    assert steps.see(new) == JPEG
    assert steps.see(new.replace(KEY.encode(), b"b" * 36)) is None
    steps.hear(told("executing", node="3"))
    assert steps.see(old) == JPEG
    png = (1).to_bytes(4, "big") + (2).to_bytes(4, "big") + b"\x89PNG"
    assert steps.see(png) is None


MESSAGES = st.one_of(
    st.builds(
        lambda kind, node, value: told(kind, node=node, value=value, max=3),
        st.sampled_from(["executing", "progress", "executed"]),
        st.sampled_from([*GRAPH.nodes, "unknown"]),
        st.integers(0, 3),
    ),
    st.text(max_size=20),
    st.just(told("progress_state", nodes={"3": {"state": "running", "value": 1, "max": 3}})),
)


@given(st.lists(st.one_of(MESSAGES, st.binary(max_size=30)), max_size=40))
def test_progress_never_goes_back_nor_past_its_end(messages: list[str | bytes]) -> None:
    """Whatever comes, in whatever order, and however broken."""
    steps, before = Steps(GRAPH, KEY), 0
    for message in messages:
        if isinstance(message, str):
            steps.hear(message)
        else:
            steps.see(message)
        assert before <= steps.done <= steps.total
        before = steps.done
