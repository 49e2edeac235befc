from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from websockets.asyncio.client import connect

from bus.ids import digest_of
from bus.work import LEAVING
from services._kit.media import frames_of
from services._kit.pictures import write_png
from services.creator.renderers.comfyui.renderer import ComfyUiRenderer
from services.creator.renderers.renderer import FailureKind, RenderFailed
from tests.fakes import comfyui_pictures
from tests.fakes.comfyui import FakeComfyUi, comfyui
from tests.fakes.comfyui_rendered import IMPATIENT, QUICK, Rendered, until
from tests.fakes.comfyui_workflow import TinyWorkflow, order


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeComfyUi]:
    async with comfyui(tmp_path / "comfyui") as running:
        yield running


# -- progress ------------------------------------------------------------------------------------------------------


async def test_previews_are_handed_on(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Where the server makes previews, each comes as a JPEG."""
    fake.controls.has_previews = True
    render = Rendered(fake, tmp_path)
    await render.task
    assert len(render.previews) == 3
    assert all(one.startswith(b"\xff\xd8\xff") for one in render.previews)


@pytest.mark.parametrize("trouble", ["mute", "refused", "cut", "trap"])
async def test_a_socket_in_trouble_costs_nothing_but_progress(fake: FakeComfyUi, tmp_path: Path, trouble: str) -> None:
    """Silent, never up, broken in the middle, or taken over and forgotten: the clip comes all the same."""
    fake.controls.is_mute, fake.controls.refuses_sockets = trouble == "mute", trouble == "refused"
    if trouble in ("cut", "trap"):
        fake.controls.gate.clear()
    render = Rendered(fake, tmp_path)
    if trouble in ("cut", "trap"):
        await render.begun(fake)
        if trouble == "cut":
            fake.cut_sockets()
        else:
            # When one of two connections of a client ends, the server forgets the other one.
            (client_id,) = fake.life.sockets
            address = f"{fake.url.replace('http', 'ws')}/ws?clientId={client_id}"
            async with connect(address, proxy=None) as other:
                await other.recv()
            await until(lambda: not fake.life.sockets)
        fake.controls.gate.set()
    assert (await render.task).frame_count == 5
    assert len(fake.executions_of(render.key)) == 1


async def test_a_render_that_makes_no_step_is_still_told_of(fake: FakeComfyUi, tmp_path: Path) -> None:
    """While a model loads for minutes, or the socket is mute, whoever watches hears that it is there."""
    fake.controls.is_mute = True
    fake.controls.gate.clear()
    render = Rendered(fake, tmp_path)
    await render.begun(fake)
    heard = len(render.told)
    await until(lambda: len(render.told) > heard + 2)
    assert {done for done, _ in render.told} == {0}
    fake.controls.gate.set()
    await render.task


# -- a lost answer -------------------------------------------------------------------------------------------------


async def test_a_lost_answer_is_settled_by_looking(fake: FakeComfyUi, tmp_path: Path) -> None:
    """The graph was taken and the answer lost: it is found in the queue, and not posted again."""
    fake.lose_answer = True
    render = Rendered(fake, tmp_path)
    await render.task
    assert fake.posts == 1
    assert len(fake.executions_of(render.key)) == 1


async def test_a_lost_request_that_lands_late_is_not_rendered_twice(fake: FakeComfyUi, tmp_path: Path) -> None:
    """It was posted again by then; the double is taken out of the queue while it waits."""
    landing = fake.lose_request = asyncio.Event()
    fake.controls.gate.clear()
    render = Rendered(fake, tmp_path)
    await render.begun(fake)
    assert fake.posts == 2
    landing.set()
    await until(lambda: bool(fake.life.pending))
    await until(lambda: not fake.life.pending)
    fake.controls.gate.set()
    await render.task
    assert len(fake.executions_of(render.key)) == 1


# -- coming back ---------------------------------------------------------------------------------------------------


async def test_a_creator_that_comes_back_finds_its_render_and_its_progress(fake: FakeComfyUi, tmp_path: Path) -> None:
    """It left while ComfyUI went on; the next one posts nothing, hears the rest, and brings the clip home."""
    fake.controls.gate.clear()
    first = Rendered(fake, tmp_path)
    await first.begun(fake)
    await first.cancelled(LEAVING)
    assert fake.life.running is not None
    again = Rendered(fake, tmp_path, key=first.key, was_posted=True)
    await again.begun(fake)
    await until(lambda: bool(fake.life.sockets))
    fake.controls.gate.set()
    await again.task
    assert fake.posts == 1
    assert again.told
    third = Rendered(fake, tmp_path, key=first.key, was_posted=True)
    assert (await third.task).frame_count == 5
    assert len(fake.executions_of(first.key)) == 1


async def test_what_a_restarted_server_has_forgotten_is_lost(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Whoever comes back posts nothing under the old posting, and says that it is lost; so does who waited for it."""
    fake.controls.gate.clear()
    waiting = Rendered(fake, tmp_path)
    await waiting.begun(fake)
    await fake.restart()
    assert (await waiting.failed()).kind is FailureKind.LOST
    back = Rendered(fake, tmp_path, key=waiting.key, was_posted=True)
    assert (await back.failed()).kind is FailureKind.LOST
    assert fake.posts == 1


async def test_an_unreachable_server_is_waited_for(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Down in the middle of a render is no failure within the bound; past it, it is said what is unknown."""
    fake.controls.gate.clear()
    render = Rendered(fake, tmp_path, patience=IMPATIENT)
    await render.begun(fake)
    await fake.kill()
    failure = await render.failed()
    assert failure.kind is FailureKind.UNREACHABLE
    assert failure.kind.is_retryable
    assert "unknown" in failure.help
    assert fake.url in failure.why


# -- stopping ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["0.3.64", "0.38.0"])
@pytest.mark.parametrize("state", ["running", "pending"])
@pytest.mark.parametrize("whose", ["own", "another's"])
async def test_stopping_stops_exactly_ours(
    fake: FakeComfyUi, tmp_path: Path, version: str, state: str, whose: str
) -> None:
    """Pending or running, whoever posted it, by the older and the newer way: it ends, and its neighbour does not."""
    fake.controls.version = version
    fake.controls.gate.clear()
    seeds = (1, 2) if state == "pending" else (2, 1)
    renders = {}
    for seed in seeds:
        renders[seed] = Rendered(fake, tmp_path, order(seed=seed), patience=QUICK)
        await until(lambda: fake.life.remaining() == len(renders) and fake.life.running is not None)
    neighbour, render = renders[1], renders[2]
    if whose == "own":
        await render.cancelled()
    else:
        await render.cancelled(LEAVING)
        await ComfyUiRenderer(TinyWorkflow(), [fake.url], QUICK).stop(render.key, fake.url)
    assert fake.life.running is None or fake.life.running[1] != render.key
    assert all(item[1] != render.key for item in fake.life.pending)
    fake.controls.gate.set()
    assert (await neighbour.task).frame_count == 5


async def test_an_interrupt_that_comes_too_late_is_waited_out(fake: FakeComfyUi, tmp_path: Path) -> None:
    """In its last node a prompt can't be stopped: who stops it leaves when it has ended, and not before."""
    fake.controls.save_gate.clear()
    render = Rendered(fake, tmp_path, workflow=TinyWorkflow(saves_last_frame=False))
    await render.begun(fake)
    await until(lambda: fake.life.last_node == "50")
    render.task.cancel()
    await until(lambda: fake.life.must_stop)
    assert not render.task.done()
    fake.controls.save_gate.set()
    with pytest.raises(asyncio.CancelledError):
        await render.task
    assert fake.life.history[render.key]["status"] is not None


async def test_a_server_that_can_only_stop_everything_is_not_told_to(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Older servers interrupt whatever runs by then, and give ids of their own: ours is known by our note."""
    fake.controls.version = "0.3.40"
    fake.controls.gate.clear()
    first = Rendered(fake, tmp_path)
    await until(lambda: fake.life.last_node == "3")
    fake.controls.step_s = 0.02
    fake.controls.gate.set()
    assert (await first.task).made.version == "0.3.40"
    assert first.told
    back = Rendered(fake, tmp_path, key=first.key, was_posted=True)
    assert (await back.task).frame_count == 5
    assert len(fake.executions) == 1
    fake.controls.gate.clear()
    render = Rendered(fake, tmp_path, order(seed=9))
    await until(lambda: fake.life.running is not None)
    await render.cancelled()
    assert fake.life.running is not None
    assert not fake.life.must_stop


async def test_an_order_that_was_stopped_and_is_wanted_again_is_rendered(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Its older ending is no outcome of the new posting; without a new posting it is reported instead."""
    fake.controls.gate.clear()
    first = Rendered(fake, tmp_path)
    await first.begun(fake)
    await first.cancelled()
    fake.controls.gate.set()
    back = Rendered(fake, tmp_path, key=first.key, was_posted=True)
    assert (await back.failed()).kind is FailureKind.LOST
    assert (await Rendered(fake, tmp_path, key=first.key).task).frame_count == 5


# -- the same again ------------------------------------------------------------------------------------------------


def clip_of(fake: FakeComfyUi, key: str) -> Path:
    """Return the newest clip of an order on the server."""
    return max((fake.folder / "output" / "kindling").glob(f"{key}*.mp4"))


@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "late"])
async def test_what_a_server_has_lost_is_rendered_to_the_very_bytes(
    fake: FakeComfyUi, tmp_path: Path, is_late: bool
) -> None:
    """The history names a file that is gone, and the cache would name it again: both count as nothing."""
    first = Rendered(fake, tmp_path)
    was = (await first.task).video.read_bytes()
    clip_of(fake, first.key).unlink()
    fake.controls.frees_late = is_late
    again = await Rendered(fake, tmp_path, key=first.key, is_afresh=True).task
    assert again.video.read_bytes() == was
    first_run, *_, last_run = fake.executions_of(first.key)
    assert last_run.ran == first_run.ran, "every node is run again"
    assert all(not one["unload_models"] for one in fake.frees)


async def test_one_that_was_stopped_while_it_was_rendered_afresh_is_found_again(
    fake: FakeComfyUi, tmp_path: Path
) -> None:
    """Whoever comes back for it posts nothing: it runs there already."""
    first = Rendered(fake, tmp_path)
    await first.task
    fake.controls.gate.clear()
    left = Rendered(fake, tmp_path, key=first.key, is_afresh=True)
    await left.begun(fake)
    await left.cancelled(LEAVING)
    back = Rendered(fake, tmp_path, key=first.key, is_afresh=True)
    await back.begun(fake)
    posts = fake.posts
    fake.controls.gate.set()
    assert (await back.task).frame_count == 5
    assert fake.posts == posts


async def test_a_server_that_never_forgets_is_named(fake: FakeComfyUi, tmp_path: Path) -> None:
    """It answers with what it has made before, however often it is told: that is no render."""
    first = Rendered(fake, tmp_path)
    await first.task
    fake.life.heed = lambda: None  # type: ignore[method-assign]
    failure = await Rendered(fake, tmp_path, key=first.key, is_afresh=True).failed()
    assert failure.kind is FailureKind.BAD_OUTPUT
    assert "made before" in failure.why
    assert "Restart it" in failure.help


async def test_the_same_order_of_another_film_is_sampled_anew(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Its words and its models may lie in the server's cache; its pictures are made for it."""
    await Rendered(fake, tmp_path).task
    other = Rendered(fake, tmp_path)
    await other.task
    (run,) = fake.executions_of(other.key)
    assert {"KSampler", "VAEDecode", "SaveVideo"} <= set(run.ran)
    assert "UNETLoader" not in run.ran


# -- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("saver", "ending"), [("VHS_VideoCombine", ".mp4"), ("SaveAnimatedWEBP", ".mp4")])
async def test_files_of_any_saver_are_brought_home(fake: FakeComfyUi, tmp_path: Path, saver: str, ending: str) -> None:
    """Under `gifs` as under `images`; animated WebP, which nothing else here reads, is written anew."""
    made = await Rendered(fake, tmp_path, workflow=TinyWorkflow(saver=saver)).task
    assert made.video.suffix == ending
    assert sum(1 for _ in frames_of(made.video)) == 5


async def test_the_hand_over_is_the_last_frame_without_loss(fake: FakeComfyUi, tmp_path: Path) -> None:
    """The saved PNG where the workflow has one, else the last decoded frame."""
    made = await Rendered(fake, tmp_path, order(seed=5)).task
    with Image.open(made.hand_over) as picture:
        found = np.asarray(picture.convert("RGB"))[:, :, ::-1]
    latent = comfyui_pictures.Latent(64, 64, 5, seed=5)
    assert np.array_equal(found, comfyui_pictures.frames(latent, tmp_path)[-1])
    plain = await Rendered(fake, tmp_path, order(seed=5), workflow=TinyWorkflow(saves_last_frame=False)).task
    last = list(frames_of(plain.video))[-1]
    with Image.open(plain.hand_over) as picture:
        assert np.array_equal(np.asarray(picture.convert("RGB"))[:, :, ::-1], last)


async def test_a_start_image_goes_up_under_its_digest(fake: FakeComfyUi, tmp_path: Path) -> None:
    """The name is plain ASCII and tells the content; the name that the server gives is the one that is used."""
    start = tmp_path / "start.png"
    write_png(np.full((64, 64, 3), 90, dtype=np.uint8), start)
    digest = digest_of(start.read_bytes())
    # Somebody else's file has our name: the server gives another one.
    (fake.folder / "input" / f"{digest[:32]}.png").write_bytes(b"not a picture")
    await Rendered(fake, tmp_path, order(start=digest), inputs={digest: start}).task
    uploaded = fake.folder / "input" / f"{digest[:32]} (1).png"
    assert uploaded.read_bytes() == start.read_bytes()


async def test_colours_are_matched_where_the_order_says_so(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Clip, hand-over and poster get one transform, and what was done is on the record."""
    plain = await Rendered(fake, tmp_path, order(seed=5)).task
    assert plain.made.options is not None
    assert "colour" not in plain.made.options
    opening = next(iter(frames_of(plain.video)))
    reference = tmp_path / "opening.png"
    write_png(np.clip(opening.astype(int) + np.array((6, -4, 5)), 0, 255).astype(np.uint8), reference)
    digest = digest_of(reference.read_bytes())
    matched = await Rendered(fake, tmp_path, order(seed=5, colour_reference=digest), inputs={digest: reference}).task
    assert matched.made.options is not None
    assert '"outcome":"matched"' in matched.made.options
    first = next(iter(frames_of(matched.video))).astype(int)
    assert np.abs((first - opening).reshape(-1, 3).mean(axis=0) - (6, -4, 5)).max() < 2


# -- several servers -----------------------------------------------------------------------------------------------


async def test_work_goes_to_whichever_is_free_and_can(fake: FakeComfyUi, tmp_path: Path) -> None:
    """A busy server, one without the model and one that is down are passed over; two orders don't go to the same."""
    async with comfyui(tmp_path / "second") as second, comfyui(tmp_path / "third") as third:
        third.controls.models["diffusion_models"] = []
        servers = [third.url, "http://127.0.0.1:9", fake.url, second.url]
        renderer = ComfyUiRenderer(TinyWorkflow(), servers, QUICK)
        assert await renderer.choose(order()) == fake.url
        assert await renderer.choose(order()) == second.url
        fake.controls.gate.clear()
        busy = Rendered(fake, tmp_path)
        await busy.begun(fake)
        assert await ComfyUiRenderer(TinyWorkflow(), servers, QUICK).choose(order()) == second.url
        fake.controls.gate.set()
        await busy.task


async def test_where_no_server_answers_it_is_said(tmp_path: Path) -> None:
    """After a bounded wait: which server, and what to look at."""
    renderer = ComfyUiRenderer(TinyWorkflow(), ["http://127.0.0.1:9"], IMPATIENT)
    with pytest.raises(RenderFailed, match="has not answered") as failed:
        await renderer.choose(order())
    assert failed.value.kind is FailureKind.UNREACHABLE
    assert "http://127.0.0.1:9" in failed.value.why
