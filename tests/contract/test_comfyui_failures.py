from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bus.plan import Order
from services._kit.comfyui.client import ComfyUi
from services._kit.graphs import Place, api_format
from services.creator.renderers.comfyui.job import prepared
from services.creator.renderers.renderer import FailureKind
from tests.fakes.comfyui import FakeComfyUi, comfyui
from tests.fakes.comfyui_rendered import IMPATIENT, Rendered, until
from tests.fakes.comfyui_workflow import TinyWorkflow, order


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeComfyUi]:
    async with comfyui(tmp_path / "comfyui") as running:
        yield running


# -- failures ------------------------------------------------------------------------------------------------------


async def test_want_of_memory_offers_a_smaller_order(fake: FakeComfyUi, tmp_path: Path) -> None:
    """The kind, the words and the order that would fit."""
    fake.controls.fail["KSampler"] = ("torch.OutOfMemoryError", "Allocation on device ")
    failure = await Rendered(fake, tmp_path, order(width=512, height=512, draft=True, frame_count=49)).failed()
    assert failure.kind is FailureKind.OUT_OF_MEMORY
    assert failure.smaller == order(width=512, height=512, draft=True, frame_count=33)


async def test_a_failed_node_is_named(fake: FakeComfyUi, tmp_path: Path) -> None:
    """A person reads which node failed and what it said."""
    fake.controls.fail["VAEDecode"] = ("RuntimeError", "boom")
    failure = await Rendered(fake, tmp_path).failed()
    assert failure.kind is FailureKind.NODE_FAILED
    assert "node 8 (VAEDecode): RuntimeError: boom" in failure.why


async def test_what_validation_refuses_is_told_in_its_words(fake: FakeComfyUi, tmp_path: Path) -> None:
    """And the half of a graph that was taken without the other half is taken out again."""
    wrong = TinyWorkflow(broken=(Place("3", "cfg"), 1000.0))
    failure = await Rendered(fake, tmp_path, workflow=wrong).failed()
    assert failure.kind is FailureKind.VALIDATION
    assert "bigger than max" in failure.why
    fake.controls.gate.clear()
    half = Rendered(fake, tmp_path, workflow=TinyWorkflow(broken=(Place("60", "length"), 0)))
    failure = await half.failed()
    assert failure.kind is FailureKind.VALIDATION
    assert fake.life.remaining() == 0
    assert fake.life.history.keys() <= {half.key}


async def test_a_model_the_server_lacks_is_found_by_it_too(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Where nothing was checked before, the server's refusal is read for it."""
    failure = await Rendered(fake, tmp_path, workflow=TinyWorkflow(model="x.safetensors", is_checked=False)).failed()
    assert failure.kind is FailureKind.MISSING_MODEL
    assert "x.safetensors" in failure.why


async def test_a_dead_worker_is_noticed(fake: FakeComfyUi, tmp_path: Path) -> None:
    """The server answers and nothing runs while ours waits: stuck, and ours does not stay behind in the queue."""
    fake.controls.gate.clear()
    await kill_worker(fake)
    render = Rendered(fake, tmp_path, patience=IMPATIENT)
    failure = await render.failed()
    assert failure.kind is FailureKind.STUCK
    assert "restart ComfyUI" in failure.help
    assert all(item[1] != render.key for item in fake.life.pending)


async def test_a_render_that_hangs_is_stopped(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Without a sign of progress for too long it is stopped and said to be stuck."""
    fake.controls.gate.clear()
    render = Rendered(fake, tmp_path, patience=IMPATIENT)
    failure = await render.failed()
    assert failure.kind is FailureKind.STUCK
    assert fake.life.running is None


@pytest.mark.parametrize(
    ("wanted", "says"),
    [(order(frame_count=6), "5 frames, and 6"), (order(width=70), "64×64, and 70×64")],
    ids=["length", "size"],
)
async def test_a_clip_that_is_not_what_was_ordered_is_refused(
    fake: FakeComfyUi, tmp_path: Path, wanted: Order, says: str
) -> None:
    """ComfyUI cuts lengths to 4n+1 and sizes to 16 without a word; decoding and counting shows it."""
    failure = await Rendered(fake, tmp_path, wanted, workflow=TinyWorkflow(saves_last_frame=False)).failed()
    assert failure.kind is FailureKind.BAD_OUTPUT
    assert says in failure.why


async def test_a_file_that_is_gone_is_no_clip(fake: FakeComfyUi, tmp_path: Path) -> None:
    """The history still says success when somebody has moved the file."""
    first = Rendered(fake, tmp_path)
    await first.task
    (clip,) = (fake.folder / "output" / "kindling").glob(f"{first.key}*.mp4")
    clip.unlink()
    failure = await Rendered(fake, tmp_path, key=first.key, was_posted=True).failed()
    assert failure.kind is FailureKind.BAD_OUTPUT


async def kill_worker(fake: FakeComfyUi) -> None:
    """Post one id with one number and different graphs while something runs: the worker dies when that ends."""
    async with httpx.AsyncClient(trust_env=False) as http:

        async def post(seed: int, **more: object) -> int:
            graph = api_format(prepared(TinyWorkflow().bind(order(seed=seed)), "twice", {}))
            return (await http.post(f"{fake.url}/prompt", json={"prompt": graph, **more})).status_code

        assert await post(70, prompt_id="blocker") == 200
        await until(lambda: fake.life.running is not None)
        assert [await post(seed, prompt_id="twice", number=1.0) for seed in (71, 72, 73)] == [200, 500, 500]
    fake.controls.gate.set()
    await until(lambda: fake.life.running is None)


async def test_a_newer_server_cancels_by_its_jobs(fake: FakeComfyUi) -> None:
    """It is asked once whether it knows them; what is pending or runs is cancelled, and what has ended is not."""
    async with httpx.AsyncClient(trust_env=False) as http:
        fake.controls.version = "0.38.0"
        fake.controls.gate.clear()
        client, keys = ComfyUi(fake.url, http), [str(uuid.uuid4()) for _ in range(2)]
        assert await client.has_jobs()
        for key in keys:
            await client.submit(prepared(TinyWorkflow().bind(order()), key, {}), key, "us")
        assert await client.cancel_job(keys[1])
        assert await client.cancel_job(keys[0])
        await until(lambda: fake.life.running is None)
        assert not await client.cancel_job(keys[0])
