"""What we rely on in ComfyUI: holds of the fake, and of a real server where KINDLING_COMFYUI_URL names one.

A real server needs a WAN 2.1 text-to-video model, its text encoder and its VAE. Renders are 64×64 with 5 frames.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from websockets.asyncio.client import ClientConnection, connect

from services._kit.graphs import Graph, Node
from services._kit.media import probe
from services.creator.renderers.comfyui.job import prepared
from services.creator.renderers.comfyui.patience import Patience
from services.creator.renderers.comfyui.renderer import ComfyUiRenderer
from services.creator.renderers.renderer import FailureKind, RenderFailed
from tests.contract.comfyui_reached import WAIT_S, Reached, new_id, reached, seed
from tests.fakes.comfyui_workflow import order, replace_input

QUICK = Patience(poll_s=0.02, settle_s=0.1)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Reached]:
    async with reached(tmp_path) as one:
        yield one


def changed(graph: Graph, place: str, value: object) -> Graph:
    """Return the graph with another value at `node.input`; None takes the input away."""
    node, _, name = place.partition(".")
    return Graph({**graph.nodes, node: replace_input(graph.nodes[node], name, value)})


async def test_a_posted_graph_is_in_the_queue_and_then_in_the_history(server: Reached) -> None:
    """The answer, the queue and the history use the id that we chose, and the history names the files."""
    key = new_id()
    answer = await server.post(server.graph(key=key), prompt_id=key, client_id="us")
    assert answer.status_code == 200
    assert answer.json()["prompt_id"] == key
    assert answer.json()["node_errors"] == {}
    entry = (await server.ended(key)).json()[key]
    assert entry["status"]["status_str"] == "success"
    assert entry["status"]["completed"] is True
    (file,) = entry["outputs"]["50"]["images"]
    assert file["filename"].startswith(key)
    assert file["filename"].endswith("_.mp4")
    assert (file["subfolder"], file["type"]) == ("kindling", "output")


@pytest.mark.parametrize(
    ("place", "value", "kind", "node"),
    [
        ("37.unet_name", "nope.safetensors", "value_not_in_list", "37"),
        ("3.sampler_name", "nope", "value_not_in_list", "3"),
        ("3.seed", None, "required_input_missing", "3"),
        ("3.cfg", 1000.0, "value_bigger_than_max", "3"),
        ("3.steps", 0, "value_smaller_than_min", "3"),
        ("3.steps", "many", "invalid_input_type", "3"),
        ("3.model", ["38", 0], "return_type_mismatch", "3"),
        ("8.samples", ["3", 5], "exception_during_inner_validation", "8"),
        ("8.samples", ["999", 0], "exception_during_inner_validation", "8"),
    ],
)
async def test_a_wrong_input_is_refused_with_the_words_of_its_node(
    server: Reached, place: str, value: object, kind: str, node: str
) -> None:
    """The answer is 400; its own details are empty, and the reason stands with a node."""
    answer = await server.post(changed(server.graph(), place, value))
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "prompt_outputs_failed_validation"
    assert answer.json()["error"]["details"] == ""
    errors = answer.json()["node_errors"]
    # An absent or wrong link is blamed on the node that links, or on one that depends on it.
    assert kind in {one["type"] for each in errors.values() for one in each["errors"]}
    if kind != "exception_during_inner_validation":
        assert errors[node]["errors"][0]["type"] == kind


async def test_a_graph_without_sense_is_refused_as_a_whole(server: Reached) -> None:
    """An unknown class, a missing class, no output, no prompt: 400 without node errors; no JSON: 500."""
    graph = server.graph()
    typo = Graph({**graph.nodes, "3": Node(class_type="KSamplerTypo", inputs=graph.nodes["3"].inputs)})
    answer = await server.post(typo)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] in ("invalid_prompt", "missing_node_type")
    assert "KSamplerTypo" in answer.json()["error"]["message"]
    assert answer.json()["node_errors"] == {}
    for body, kind in (({"prompt": {}}, "prompt_no_outputs"), ({"client_id": "x"}, "no_prompt")):
        answer = await server.http.post(f"{server.url}/prompt", json=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, kind)
    for content in (b"", b"{bad", b'{"prompt": [1]}'):
        assert (await server.http.post(f"{server.url}/prompt", content=content)).status_code == 500


async def test_a_half_broken_graph_is_taken_without_a_refusal(server: Reached) -> None:
    """One good output and one bad one: 200 with node errors, and the bad output is skipped."""
    broken = changed(server.graph(), "61.filename_prefix", None)
    answer = await server.post(broken)
    assert answer.status_code == 200
    assert answer.json()["node_errors"]["61"]["errors"][0]["type"] == "required_input_missing"
    entry = (await server.ended(answer.json()["prompt_id"])).json()
    assert set(entry[answer.json()["prompt_id"]]["outputs"]) == {"50"}


async def test_the_history_of_what_has_not_ended_is_empty_whatever_its_state(server: Reached) -> None:
    """Unknown, pending and running look alike; the queue tells them apart, and lists pending ones in a heap's order."""
    workflow = server.workflow.but(steps=400)
    ids = [new_id() for _ in range(5)]
    for key in ids:
        graph = prepared(workflow.bind(order(seed=seed())), key, {})
        await server.post(graph, prompt_id=key, client_id="us")
    for key in (*ids, new_id()):
        assert (await server.get(f"/history/{key}")).json() == {}
    queue = await server.client.queue()
    assert [one.prompt_id for one in (*queue.running, *queue.pending)] == ids
    await server.http.post(f"{server.url}/queue", json={"clear": True})
    await server.client.interrupt(ids[0])
    await server.ended(ids[0])


async def test_an_id_is_not_a_key_and_one_deletion_takes_out_one(server: Reached) -> None:
    """The same id posted again is another item of the queue."""
    slow, key = new_id(), new_id()
    long = prepared(server.workflow.but(steps=400).bind(order(seed=seed())), slow, {})
    await server.post(long, prompt_id=slow, client_id="us")
    graph = server.graph(key=key)
    for _ in range(3):
        await server.post(graph, prompt_id=key, client_id="us")
    assert [one.prompt_id for one in (await server.client.queue()).pending] == [key] * 3
    await server.client.delete_pending(key)
    assert [one.prompt_id for one in (await server.client.queue()).pending] == [key] * 2
    await server.client.delete_pending(new_id())
    await server.http.post(f"{server.url}/queue", json={"clear": True})
    await server.client.interrupt(slow)
    await server.ended(slow)
    assert (await server.get(f"/history/{key}")).json() == {}


async def test_an_interrupt_hits_the_prompt_it_names_if_that_runs(server: Reached) -> None:
    """A pending or unknown id: nothing happens. A running one ends as an error whose messages say interrupted."""
    first, second = new_id(), new_id()
    for key in (first, second):
        graph = prepared(server.workflow.but(steps=400).bind(order(seed=seed())), key, {})
        await server.post(graph, prompt_id=key, client_id="us")
    await server.client.interrupt(second)
    await server.client.interrupt(new_id())
    assert len((await server.client.queue()).running) + len((await server.client.queue()).pending) == 2
    await server.client.delete_pending(second)
    await server.client.interrupt(first)
    await server.ended(first)
    entry = await server.client.ended(first, is_own_id=True)
    assert entry is not None
    assert (entry.is_success, entry.is_interrupted, entry.failure) == (False, True, None)
    assert (await server.get(f"/history/{second}")).json() == {}


async def test_files_are_viewed_by_name_folder_and_type(server: Reached) -> None:
    """Ranges work; what is missing is 404, what leads out is refused."""
    key = new_id()
    await server.post(server.graph(key=key), prompt_id=key, client_id="us")
    entry = (await server.ended(key)).json()[key]
    # Savers with one prefix share one count, and which of them comes first is not said.
    asked = entry["outputs"]["50"]["images"][0]
    whole = await server.get("/view", **asked)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert int(whole.headers["content-length"]) == len(whole.content)
    part = await server.http.get(f"{server.url}/view", params=asked, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.content) == (206, whole.content[:100])
    beyond = await server.http.get(f"{server.url}/view", params=asked, headers={"Range": "bytes=9999999-"})
    assert beyond.status_code == 416
    for change, status in (
        ({"subfolder": ""}, 404),
        ({"filename": "nope.mp4"}, 404),
        ({"filename": ""}, 400),
        ({"type": "bogus"}, 400),
        ({"filename": "../../main.py"}, 400),
        ({"subfolder": "../.."}, 403),
        ({"preview": "webp;50"}, 500),
    ):
        assert (await server.get("/view", **{**asked, **change})).status_code == status, change
    assert (await server.get("/view", subfolder="kindling")).status_code == 404


async def test_an_upload_may_get_another_name_than_was_asked_for(server: Reached) -> None:
    """The same name and bytes: the same name. Other bytes: another name. Paths out of the folder are refused."""
    name, url = f"{new_id()}.png", f"{server.url}/upload/image"
    one, other = png(10), png(20)
    assert await server.client.upload(one, name) == name
    assert await server.client.upload(one, name) == name
    assert await server.client.upload(other, name) == name.replace(".png", " (1).png")
    told = await server.http.post(url, files={"image": (name, other)}, data={"overwrite": "true"})
    assert told.json() == {"name": name, "subfolder": "", "type": "input"}
    told = await server.http.post(url, files={"image": (name, one)}, data={"overwrite": "True"})
    assert told.json()["name"] != name
    assert (await server.http.post(url, files={"picture": (name, one)})).status_code == 400
    assert (await server.http.post(url, files={"image": (name, one)}, data={"type": "bogus"})).status_code == 500
    for folder in ("../../x", "/etc"):
        told = await server.http.post(url, files={"image": (name, one)}, data={"subfolder": folder})
        assert told.status_code == 400


def png(level: int) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (64, 64), (level, level, 2 * level)).save(sink, "PNG")
    return sink.getvalue()


async def test_choices_are_described_in_two_forms(server: Reached) -> None:
    """Older nodes list the choices first, newer ones name them `options`; an unknown class is an empty answer."""
    loader = msgspec.json.decode(await server.client.node_class("UNETLoader") or b"{}")
    assert server.workflow.model in loader["input"]["required"]["unet_name"][0]
    saver = msgspec.json.decode(await server.client.node_class("SaveVideo") or b"{}")
    assert "mp4" in json.dumps(saver["input"]["required"]["format"])
    assert await server.client.node_class("NoSuchNode") is None
    assert server.workflow.model in (await server.get("/models/diffusion_models")).json()
    assert (await server.get("/models/nosuch")).status_code == 404
    assert (await server.client.server()).version != "unknown"


async def test_a_foreign_page_is_refused(server: Reached) -> None:
    """An Origin that differs from the Host is 403; we send none."""
    answer = await server.http.get(f"{server.url}/queue", headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert (await server.get("/queue")).status_code == 200
    assert (await server.get("/api/queue")).status_code == 200


async def hear_until_end(socket: ClientConnection) -> list[tuple[str, dict[str, object]]]:
    """Return the text messages up to the one that says that nothing is executing any more."""
    heard: list[tuple[str, dict[str, object]]] = []
    async with asyncio.timeout(WAIT_S):
        while True:
            message = await socket.recv()
            if isinstance(message, str):
                told = json.loads(message)
                heard.append((told["type"], told["data"]))
                if told["type"] == "executing" and told["data"]["node"] is None:
                    return heard


async def test_only_the_client_that_posted_hears_of_its_prompt(server: Reached) -> None:
    """Its socket tells start, nodes, steps, files and the end, in this order; another one hears the queue's length."""
    key, us, other = new_id(), new_id(), new_id()
    url = server.client.socket_url
    async with (
        connect(f"{url}?clientId={us}", proxy=None) as ours,
        connect(f"{url}?clientId={other}", proxy=None) as by,
    ):
        first = json.loads(await ours.recv())
        assert (first["type"], first["data"]["sid"]) == ("status", us)
        await server.post(server.graph(key=key), prompt_id=key, client_id=us)
        heard = await hear_until_end(ours)
        kinds = [kind for kind, facts in heard if facts.get("prompt_id") == key]
        wanted = ["execution_start", "execution_cached", "executing", "progress", "executed", "execution_success"]
        assert [kind for kind in dict.fromkeys(kinds) if kind in wanted] == wanted
        assert (await server.get(f"/history/{key}")).json() != {}
        await by.close()
        overheard = [json.loads(message)["type"] async for message in by if isinstance(message, str)]
        assert set(overheard) <= {"status"}


async def test_the_flags_have_to_come_first(server: Reached) -> None:
    """The server answers the first message of a client if it tells what the client can do."""
    async with connect(f"{server.client.socket_url}?clientId={new_id()}", proxy=None) as socket:
        await socket.recv()
        await socket.send('{"type":"feature_flags","data":{"supports_preview_metadata":true}}')
        told = json.loads(await socket.recv())
        assert told["type"] == "feature_flags"
        assert told["data"]["supports_preview_metadata"] is True


async def test_an_order_becomes_a_clip_that_can_be_opened(server: Reached, tmp_path: Path) -> None:
    """The renderer brings home a clip of the ordered size and length, its last frame without loss, and a poster."""
    renderer = ComfyUiRenderer(server.workflow, [server.url], QUICK)
    wanted = order(seed=seed())
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, preview: bytes | None = None) -> None:
        told.append((done, total))

    chosen = await renderer.choose(wanted)
    made = await renderer.render(wanted, new_id(), tmp_path, {}, progress, server=chosen, was_posted=False)
    facts = probe(made.video)
    assert (facts.width, facts.height, facts.frame_count) == (64, 64, 5)
    with Image.open(made.hand_over) as picture:
        assert (picture.format, picture.size) == ("PNG", (64, 64))
    assert made.made.by == "comfyui"
    assert made.made.options is not None
    said = msgspec.json.decode(made.made.options)
    assert said["model_size_bytes"] > 0
    assert said["model_date"].startswith("20")
    assert told
    assert told == sorted(told)


async def test_a_missing_model_is_named_before_anything_is_posted(server: Reached) -> None:
    """No server can render it, and the file is named."""
    renderer = ComfyUiRenderer(server.workflow.but(model="wan9.safetensors"), [server.url], QUICK)
    with pytest.raises(RenderFailed, match=r"wan9\.safetensors") as failed:
        await renderer.choose(order())
    assert failed.value.kind is FailureKind.MISSING_MODEL
    queue = await server.client.queue()
    assert not (*queue.running, *queue.pending)


async def test_jobs_are_known_to_newer_servers(server: Reached) -> None:
    """Where they are, one call cancels a prompt in whatever state it is; older servers answer 404 to all of it."""
    key = new_id()
    graph = prepared(server.workflow.but(steps=400).bind(order(seed=seed())), key, {})
    await server.post(graph, prompt_id=key, client_id="us")
    if await server.client.has_jobs():
        assert await server.client.cancel_job(key)
        assert not await server.client.cancel_job(new_id())
    else:
        assert (await server.get(f"/api/jobs/{key}")).status_code == 404
        await server.http.post(f"{server.url}/queue", json={"delete": [key]})
        await server.client.interrupt(key)
    async with asyncio.timeout(WAIT_S):
        while (queue := await server.client.queue()).running or queue.pending:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
