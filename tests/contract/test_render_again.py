"""An order that was rendered before, on ComfyUI again: from the server that has its file, or afresh on one that can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from bus import events as e
from bus.ids import Digest, order_key
from bus.wire.artifacts import FolderArtifacts
from services.creator import again
from services.creator.again import Again, render_again
from services.creator.decide import Job, Post, Render
from services.creator.perform import Creator
from services.creator.renderers.comfyui.renderer import ComfyUiRenderer
from tests.contract.small_film import silent
from tests.fakes.comfyui import FakeComfyUi, comfyui
from tests.fakes.comfyui_rendered import QUICK, until
from tests.fakes.comfyui_workflow import TinyWorkflow, order
from tests.stories import BEGINNING, told

SUBJECT = "segment.ordered.lighthouse-at-dusk-7q2k.1-1"
STATE = told(BEGINNING)


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeComfyUi]:
    async with comfyui(tmp_path / "comfyui") as running:
        yield running


class Studio:
    """A creator on some servers, its store, and one order."""

    def __init__(self, folder: Path, *urls: str) -> None:
        self.creator = Creator({"tiny": ComfyUiRenderer(TinyWorkflow(), urls, QUICK)})
        self.store = FolderArtifacts(folder / "objects")
        self.job = Job(is_sample=False, of=1, take=1, order=order(), postings=(), subject=SUBJECT)

    async def rendered(self) -> Digest:
        """Render the order for the first time; return the digest of its clip."""
        (started,) = await self.creator(Post(job=self.job), STATE, self.store, silent)
        assert isinstance(started, e.SegmentStarted)
        self.job = structs.replace(self.job, postings=(started.posting,))
        (fact,) = await self.creator(Render(job=self.job), STATE, self.store, silent)
        assert isinstance(fact, e.SegmentRendered)
        return fact.clip.digest

    async def again(self, wanted: Digest, *urls: str) -> Again:
        """Render it again, with a creator that knows nothing of the first time."""
        creator = Creator({"tiny": ComfyUiRenderer(TinyWorkflow(), urls, QUICK)})
        return await render_again(self.job, wanted, STATE, creator, self.store, silent)


def clip_of(fake: FakeComfyUi) -> Path:
    """Return the newest clip of the order on a server."""
    return max((fake.folder / "output" / "kindling").glob(f"{order_key(SUBJECT)}*.mp4"))


async def test_a_server_that_still_has_the_file_gives_it(fake: FakeComfyUi, tmp_path: Path) -> None:
    """Nothing is rendered for that."""
    studio = Studio(tmp_path, fake.url)
    wanted = await studio.rendered()
    found = await studio.again(wanted, fake.url)
    assert isinstance(found, e.SegmentRendered)
    assert found.clip.digest == wanted
    assert (fake.posts, fake.frees) == (1, [])


@pytest.mark.parametrize("loss", ["gone", "altered", "restarted"])
async def test_what_it_has_no_more_or_otherwise_is_rendered_afresh(
    fake: FakeComfyUi, tmp_path: Path, loss: str
) -> None:
    """A file that is missing or another one, and a server that remembers nothing: the very bytes come of a render."""
    studio = Studio(tmp_path, fake.url)
    wanted = await studio.rendered()
    if loss == "altered":
        clip_of(fake).write_bytes(clip_of(fake).read_bytes() + (8).to_bytes(4, "big") + b"free")
    else:
        clip_of(fake).unlink()
    if loss == "restarted":
        await fake.restart()
    found = await studio.again(wanted, fake.url)
    assert isinstance(found, e.SegmentRendered)
    assert found.clip.digest == wanted
    assert fake.posts == 2


async def test_a_server_that_is_gone_for_good_is_not_waited_for(
    fake: FakeComfyUi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for a while, and then another one renders."""
    monkeypatch.setattr(again, "LOOK_S", 0.2)
    async with comfyui(tmp_path / "second") as second:
        studio = Studio(tmp_path, fake.url)
        wanted = await studio.rendered()
        await fake.kill()
        found = await studio.again(wanted, second.url)
        assert isinstance(found, e.SegmentRendered)
        assert found.clip.digest == wanted
        assert second.posts == 1


async def test_a_server_that_dies_while_it_renders_is_given_it_again(fake: FakeComfyUi, tmp_path: Path) -> None:
    """As any order that a server has lost."""
    studio = Studio(tmp_path, fake.url)
    wanted = await studio.rendered()
    clip_of(fake).unlink()
    fake.controls.gate.clear()
    running = asyncio.ensure_future(studio.again(wanted, fake.url))
    await until(lambda: fake.life.running is not None)
    await fake.restart()
    fake.controls.gate.set()
    found = await running
    assert isinstance(found, e.SegmentRendered)
    assert found.clip.digest == wanted
    assert fake.posts == 3


async def test_a_render_that_fails_says_why(fake: FakeComfyUi, tmp_path: Path) -> None:
    """As it would say of any order."""
    studio = Studio(tmp_path, fake.url)
    wanted = await studio.rendered()
    clip_of(fake).unlink()
    fake.controls.fail["KSampler"] = ("torch.OutOfMemoryError", "Allocation on device")
    failed = await studio.again(wanted, fake.url)
    assert isinstance(failed, e.Failure)
    assert failed.kind == "out_of_memory"
