"""What the doctor says about a ComfyUI that lacks something, a sentence each; and what `make` says before it begins."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kindling import rendering
from kindling.doctor import Check, State, examine
from kindling.embedded import free_port
from kindling.exits import Exit, Trouble
from kindling.home import load_settings
from kindling.running import RunInfo
from services._kit.home import Home
from services._kit.settings import COMFYUI_VARIABLE
from tests.fakes.comfyui import FakeComfyUi, comfyui
from tests.fakes.ollama import ollama


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeComfyUi]:
    async with comfyui(tmp_path / "comfyui") as running:
        running.controls.has_card = True
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Home:
    one = Home(tmp_path / "home")
    one.root.mkdir()
    return one


async def looked(home: Home, *urls: str, renderer: str = "auto") -> list[Check]:
    """Return what the doctor says about ComfyUI, with these servers in the settings."""
    named = ", ".join(f'"{url}"' for url in urls)
    text = f'renderer = "{renderer}"\n[gateway]\nport = {free_port()}\n[comfyui]\nurls = [{named}]\n'
    home.settings_file.write_text(text)
    return [one for one in await examine(home) if one.name in ("ComfyUI", "workflows")]


async def test_a_server_that_has_everything_is_fine(fake: FakeComfyUi, home: Home) -> None:
    """Version, device, memory, and what it renders in which sizes."""
    (check,) = await looked(home, fake.url)
    assert check.state is State.OK
    assert "0.3.64, A Card, 25 GB" in check.what
    assert "wan2.1 (t2v in 480p and 720p, i2v in 480p and 720p, flf2v in 720p)" in check.what


async def test_a_missing_model_is_a_sentence(fake: FakeComfyUi, home: Home) -> None:
    """Which file, and the folder it belongs in; what can be rendered all the same is said too."""
    files = fake.controls.models["diffusion_models"]
    files[:] = [one for one in files if "i2v" not in one]
    fine, lack = await looked(home, fake.url)
    assert (fine.state, lack.state) == (State.OK, State.WARN)
    assert "wan2.1_i2v_480p_14B_fp16.safetensors" in lack.what
    assert "models/diffusion_models" in lack.help


async def test_a_server_with_no_model_at_all_can_render_nothing(fake: FakeComfyUi, home: Home) -> None:
    """Then Kindling is not fit to render there, and the first file to get is named."""
    fake.controls.models["diffusion_models"] = []
    checks = await looked(home, fake.url)
    assert {one.state for one in checks} == {State.BAD}
    assert "wan2.1_t2v_14B_fp16.safetensors" in " ".join(one.what for one in checks)


async def test_a_missing_node_pack_is_a_sentence(fake: FakeComfyUi, home: Home) -> None:
    """Where its workflow is wanted; which pack, and how to get it."""
    found = await looked(home, fake.url, renderer="cogvideox")
    lacks = [one for one in found if one.state is not State.OK]
    (pack,) = (one for one in lacks if "kijai/ComfyUI-CogVideoXWrapper" in one.what)
    assert "custom_nodes" in pack.help
    assert len(await looked(home, fake.url)) == 1


async def test_too_little_memory_is_a_sentence(fake: FakeComfyUi, home: Home) -> None:
    """How much there is, how much the model takes, and what helps."""
    fake.controls.memory_bytes = 8_000_000_000
    _, lack = await looked(home, fake.url)
    assert lack.state is State.WARN
    assert "has 8.0 GB" in lack.what
    assert "takes 14 GB" in lack.what
    assert "--lowvram" in lack.help


async def test_a_server_without_a_gpu_is_a_sentence(fake: FakeComfyUi, home: Home) -> None:
    """It would render, in hours."""
    fake.controls.has_card = False
    _, lack = await looked(home, fake.url)
    assert "processor alone" in lack.what


async def test_another_program_on_that_port_is_a_sentence(home: Home) -> None:
    """Told apart from a port on which nothing answers."""
    async with ollama() as other:
        (check,) = await looked(home, other.url)
        assert check.state is State.BAD
        assert f"What answers at {other.url} is no ComfyUI" in check.what
    (check,) = await looked(home, "http://127.0.0.1:9")
    assert check.state is State.BAD
    assert "No ComfyUI answers at http://127.0.0.1:9" in check.what


async def test_a_workflow_of_ones_own_that_is_broken_is_a_sentence(fake: FakeComfyUi, home: Home) -> None:
    """It spoils nothing but itself."""
    folder = home.root / "workflows"
    folder.mkdir()
    (folder / "mine.toml").write_text("title = 3")
    checks = await looked(home, fake.url)
    assert [one.state for one in checks] == [State.OK, State.BAD]
    assert "mine" in checks[1].what


# -- before a film is asked for ------------------------------------------------------------------------------------


async def test_servers_that_are_named_have_to_be_there(fake: FakeComfyUi, home: Home) -> None:
    """Before anything is started: one that is silent is an error, and one that can render nothing, too."""
    settings = load_settings(home)
    rendering.check_asked_for(*await rendering.survey_of(settings, [fake.url]))
    with pytest.raises(Trouble, match="No ComfyUI answers") as silent:
        rendering.check_asked_for(*await rendering.survey_of(settings, [fake.url, "http://127.0.0.1:9"]))
    assert silent.value.code is Exit.UNREACHABLE
    fake.controls.models["diffusion_models"] = []
    with pytest.raises(Trouble, match=r"wan2\.1_t2v_14B") as unable:
        rendering.check_asked_for(*await rendering.survey_of(settings, [fake.url]))
    assert "models/diffusion_models" in unable.value.help


async def test_a_renderer_that_there_is_not_is_said_before_a_film_is_asked_for(home: Home) -> None:
    """A slip of the pen is no missing server: the names there are, and the nearest of them."""
    workflows, _ = await rendering.survey_of(load_settings(home), [])
    for name in ("animatic", "comfyui", "wan2.1", "wan2.1-t2v"):
        rendering.check_named(name, workflows)
    with pytest.raises(Trouble, match=r"no workflow called 'wan2\.1-tv2'") as wrong:
        rendering.check_named("wan2.1-tv2", workflows)
    assert wrong.value.code is Exit.MISUSED
    assert "Did you mean 'wan2.1-t2v'?" in wrong.value.help


async def test_what_will_render_is_said(fake: FakeComfyUi, home: Home) -> None:
    """The workflow, the server and its device; the animatic with the reason; a silent server as a warning."""
    settings = load_settings(home)
    workflows, surveyed = await rendering.survey_of(settings, [fake.url, "http://127.0.0.1:9"])
    info = run_info(fake.url)
    lines = rendering.announcement("comfyui", info, workflows, surveyed)
    assert lines[0][0].startswith(f"rendering with wan2.1 on ComfyUI at {fake.url} (0.3.64, A Card, 25 GB)")
    assert [is_warning for _, is_warning in lines] == [False, True]
    ((animatic, _),) = rendering.announcement("animatic", run_info(), workflows, ())
    assert "no ComfyUI is set" in animatic
    ((chosen, _),) = rendering.announcement("animatic", info, workflows, ())
    assert chosen == "drawing an animatic"


def run_info(*servers: str) -> RunInfo:
    return RunInfo(
        pid=7,
        birth="then",
        gateway_url="http://127.0.0.1:8420",
        nats_url="nats://127.0.0.1:4222",
        monitor_url=None,
        started="now",
        comfyui=servers,
    )


def test_what_runs_already_holds_and_that_is_said() -> None:
    """A Kindling that was started without this server does not get it by being asked."""
    rendering.check_holds(run_info("http://a:1", "http://b:2"), ["http://b:2"])
    with pytest.raises(Trouble, match="does not know http://b:2") as other:
        rendering.check_holds(run_info("http://a:1"), ["http://b:2"])
    assert "renders on http://a:1" in other.value.why
    assert "kindling down" in other.value.help
    with pytest.raises(Trouble) as none:
        rendering.check_holds(run_info(), ["http://b:2"])
    assert "draws animatics" in none.value.why


def test_servers_on_the_command_line_are_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """They hold for this run, and for the Kindling that it starts."""
    # Set, so that what the command sets is gone with this test.
    monkeypatch.setenv(COMFYUI_VARIABLE, "")
    rendering.use_servers(["127.0.0.1:8188", "http://gpu:8188/"])
    assert os.environ[COMFYUI_VARIABLE] == "http://127.0.0.1:8188 http://gpu:8188"
    with pytest.raises(Trouble, match="no address"):
        rendering.use_servers(["ftp://gpu"])
