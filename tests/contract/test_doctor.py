import socket
from pathlib import Path

import pytest

from kindling.children import spawn
from kindling.doctor import Check, State, examine, report
from kindling.embedded import find_server, free_port
from services._kit.home import Home
from tests.contract._server import nats_server
from tests.fakes.ollama import QWEN3, ollama


async def found(home: Home) -> dict[str, Check]:
    return {check.name: check for check in await examine(home)}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home whose gateway has a port of its own."""
    one = Home(tmp_path / "home")
    one.root.mkdir()
    one.settings_file.write_text(f"[gateway]\nport = {free_port()}\n")
    return one


async def test_a_machine_that_runs_these_tests_is_fit(home: Home) -> None:
    """Everything that is needed is there, and looking makes nothing."""
    checks = await examine(home)
    assert report(home, checks).is_fit, checks
    assert {"Python", "settings", "nats-server", "log", "gateway", "disk", "video"} <= {one.name for one in checks}
    assert [file.name for file in home.root.iterdir()] == ["kindling.toml"]


async def test_what_is_optional_never_makes_a_machine_unfit(home: Home) -> None:
    """Ollama and ComfyUI are looked for, and nothing depends on whether they are there."""
    checks = await found(home)
    assert {checks["Ollama"].state, checks["ComfyUI"].state} == {State.OK}


async def test_the_models_that_would_think_are_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor says which model is asked for what, and which line installs one that is missing."""
    monkeypatch.delenv("KINDLING_LLM")
    async with ollama() as fake:
        home.settings_file.write_text(f'{home.settings_file.read_text()}[llm]\nurl = "{fake.url}"\n')
        check = (await found(home))["Ollama"]
        assert check.state is State.OK
        assert "qwen3:8b for words, qwen3-vl:8b-instruct for pictures" in check.what
        fake.models = [QWEN3]
        check = (await found(home))["Ollama"]
        assert check.state is State.WARN
        assert "ollama pull qwen3-vl:8b-instruct" in check.help


@pytest.mark.parametrize(("use", "state"), [("auto", State.OK), ("ollama", State.BAD), ("off", State.OK)])
async def test_a_missing_ollama_is_bad_only_where_it_is_wanted(home: Home, use: str, state: State) -> None:
    """With `auto` rules stand in, and that is said; with `ollama` no film is made without it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KINDLING_LLM")
        text = f'{home.settings_file.read_text()}[llm]\nuse = "{use}"\nurl = "http://127.0.0.1:9"\n'
        home.settings_file.write_text(text)
        check = (await found(home))["Ollama"]
    assert check.state is state
    assert ("rules" in check.what) == (use != "ollama")


async def test_the_log_is_looked_at_while_its_server_runs(home: Home) -> None:
    """Version, syncing and the stream's configuration are asked of the server itself."""
    async with nats_server(home.root) as server:
        check = (await found(home))["log"]
        assert (check.state, server.address.url in check.what) == (State.OK, True)


async def test_a_server_without_the_stream_is_bad(home: Home) -> None:
    """A server is no log yet; the check says what makes it one."""
    async with nats_server(home.root, has_stream=False):
        check = (await found(home))["log"]
    assert check.state is State.BAD
    assert "KINDLING" in check.what
    assert "kindling up" in check.help


async def test_a_server_that_does_not_sync_is_bad(home: Home, tmp_path: Path) -> None:
    """A server that acknowledges what a power cut takes back is named, with the setting that is missing."""
    port, monitor_port = free_port(), free_port()
    conf = tmp_path / "unsafe.conf"
    conf.write_text(
        f'listen: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitor_port}"\njetstream {{ store_dir: "{tmp_path}/store" }}\n'
    )
    home.settings_file.write_text(
        f'[nats]\nurl = "nats://127.0.0.1:{port}"\nmonitor_url = "http://127.0.0.1:{monitor_port}"\n'
        'user = "anybody"\npassword_file = "password"\n'
    )
    (home.root / "password").write_text("made-up")
    server = await spawn("nats", (str(find_server().path), "-c", str(conf)), tmp_path, tmp_path / "nats.log")
    try:
        while "No NATS server answers" in (check := (await found(home))["log"]).what:
            assert server.exit_code is None
        assert check.state is State.BAD
        assert "sync_interval" in check.what + check.help
    finally:
        await server.stop(5)


async def test_a_port_that_is_taken_is_bad(home: Home) -> None:
    """The check names the port and the setting."""
    port = int(home.settings_file.read_text().split()[-1])
    with socket.create_server(("127.0.0.1", port)):
        check = (await found(home))["gateway"]
    assert check.state is State.BAD
    assert str(port) in check.what
    assert "gateway.port" in check.help


async def test_a_folder_that_cannot_be_written_is_bad(home: Home) -> None:
    """A productions folder that is no folder is named."""
    (home.root / "productions").write_text("a file")
    check = (await found(home))["disk"]
    assert check.state is State.BAD
    assert str(home.root / "productions") in check.what


async def test_settings_that_cannot_be_used_are_bad(home: Home) -> None:
    """A misspelled setting is found before anything is started."""
    home.settings_file.write_text("[gateway]\nprot = 1\n")
    check = (await found(home))["settings"]
    assert check.state is State.BAD
    assert "gateway.port" in check.help
    assert not report(home, (check,)).is_fit
