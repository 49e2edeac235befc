"""What ComfyUI does when it is asked for the same again: holds of the fake and of a real server, as test_comfyui.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.comfyui_reached import WAIT_S, Reached, new_id, reached, seed
from tests.fakes.comfyui_workflow import order


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Reached]:
    async with reached(tmp_path) as one:
        yield one


async def test_the_same_graph_again_answers_with_the_old_file(server: Reached) -> None:
    """Nothing is rendered and no file is written; with a prefix of its own the job gets a file of its own."""
    wanted, first, again, own = order(seed=seed()), new_id(), new_id(), new_id()
    graph = server.graph(wanted, key=first)
    names = []
    for key, sent in ((first, graph), (again, graph), (own, server.graph(wanted, key=own))):
        await server.post(sent, prompt_id=key, client_id="us")
        entry = (await server.ended(key)).json()[key]
        names.append(entry["outputs"]["50"]["images"][0]["filename"])
    assert names[0] == names[1]
    assert [name[:36] for name in names] == [first, first, own]


async def test_what_no_node_knows_is_ignored_and_keeps_results_apart(server: Reached) -> None:
    """The sampler of a job of its own name is run, though all that it is given was sampled before; loaders are not."""
    wanted, first, other = order(seed=seed()), new_id(), new_id()
    cached = []
    for key in (first, other):
        sent = server.graph(wanted, key=key)
        assert sent.nodes["3"].inputs["kindling"] == key
        answer = await server.post(sent, prompt_id=key, client_id="us")
        assert answer.json()["node_errors"] == {}
        await server.ended(key)
        entry = await server.client.ended(key, is_own_id=True)
        assert entry is not None
        assert entry.is_success
        cached.append(entry.cached)
    assert not {"3", "50"} & cached[0]
    assert not {"3", "50"} & cached[1]
    assert "37" in cached[1]


async def test_a_server_that_was_told_to_forget_runs_the_same_graph_again(server: Reached) -> None:
    """Until it has: what comes before that is answered from the cache, and says so."""
    wanted, key = order(seed=seed()), new_id()
    graph = server.graph(wanted, key=key)
    stamps: list[str] = []
    answered: list[bool] = []
    for number in range(4):
        if number > 1:
            await server.client.free(unloads_models=False)
        await server.post(graph, prompt_id=key, client_id="us")
        async with asyncio.timeout(WAIT_S):
            while (entry := await server.client.ended(key, is_own_id=True)) is None or entry.stamp in stamps:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        stamps.append(entry.stamp)
        answered.append("50" in entry.cached)
    assert answered[:2] == [False, True]
    assert False in answered[2:]
