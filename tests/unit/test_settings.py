import string
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services._kit.home import Home, find_home
from services._kit.settings import Secret, ServerAddress, Settings, SettingsWrong, credentials, load

KNOWN = (
    *("nats.url", "nats.user", "nats.password_file", "nats.monitor_url", "nats.port", "nats.monitor_port"),
    *("gateway.host", "gateway.port"),
    *("film.duration_max_s", "film.takes_max", "film.when_takes_are_used_up", "film.caption"),
    *("provenance.certificate", "provenance.key"),
    *("work.ack_wait_s.render", "work.ack_wait_s.short", "work.sweep_s", "work.drain_s"),
    *("llm.use", "llm.url", "llm.text", "llm.vision", "llm.final", "llm.connect_s", "llm.first_token_s"),
    *("llm.between_tokens_s", "llm.whole_s", "llm.keep_alive", "llm.seed"),
    *("comfyui.urls", "comfyui.prefer_large"),
    *("renderer", "productions"),
)


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "kindling.toml").write_text(text, encoding="utf-8")
    return load(folder)


def refusal_of(folder: Path, text: str) -> SettingsWrong:
    with pytest.raises(SettingsWrong) as caught:
        settings_of(folder, text)
    return caught.value


def test_a_home_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    """Nobody has to write settings: an embedded server, the gateway on this machine only, films beside the home."""
    settings = load(tmp_path)
    assert settings.nats.url is None
    assert (settings.gateway.host, settings.gateway.port) == ("127.0.0.1", 8420)
    assert (settings.film.duration_max_s, settings.film.takes_max, settings.film.when_takes_are_used_up) == (
        600,
        3,
        "keep",
    )
    assert (settings.work.ack_wait_s.render, settings.work.ack_wait_s.short) == (30, 15)
    assert settings.renderer == "auto"
    assert settings.comfyui.urls == ()
    assert settings.productions_folder == tmp_path / "productions"


def test_what_is_said_holds_and_the_rest_keeps_its_default(tmp_path: Path) -> None:
    """A file says only what differs."""
    settings = settings_of(
        tmp_path,
        'renderer = "comfyui"\nproductions = "films"\n[gateway]\nport = 9000\n[work.ack_wait_s]\nrender = 2\n',
    )
    assert settings.renderer == "comfyui"
    assert settings.productions_folder == tmp_path / "films"
    assert (settings.gateway.port, settings.gateway.host) == (9000, "127.0.0.1")
    assert (settings.work.ack_wait_s.render, settings.work.ack_wait_s.short) == (2, 15)


def test_an_absolute_productions_folder_stays_where_it_is(tmp_path: Path) -> None:
    """Films may lie on another disk than the home."""
    elsewhere = tmp_path / "elsewhere"
    home = tmp_path / "home"
    home.mkdir()
    assert settings_of(home, f"productions = '{elsewhere}'").productions_folder == elsewhere


@pytest.mark.parametrize(
    ("text", "wrong", "meant"),
    [
        ("[work]\nswep_s = 3", "work.swep_s", "work.sweep_s"),
        ("[gatway]\nport = 1", "gatway", ""),
        ("rendrer = 'x'", "rendrer", "renderer"),
        ("[work.ack_wait_s]\nrenders = 3", "work.ack_wait_s.renders", "work.ack_wait_s.render"),
        ("takes_max = 3", "takes_max", "film.takes_max"),
        ("home = 'x'", "home", ""),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(tmp_path: Path, text: str, wrong: str, meant: str) -> None:
    """A misspelled setting is an error that names the key, the file, and what was probably meant."""
    error = refusal_of(tmp_path, text)
    assert f"sets {wrong}," in error.what
    assert str(tmp_path / "kindling.toml") in error.what
    assert meant in error.help


@given(
    section=st.sampled_from(["", "nats", "gateway", "film", "work"]), key=st.text(string.ascii_lowercase, min_size=1)
)
def test_no_key_but_ours_is_taken(tmp_path_factory: pytest.TempPathFactory, section: str, key: str) -> None:
    """Whatever stands in the file is either a setting or an error, never ignored."""
    full = f"{section}.{key}" if section else key
    if any(known == full or known.startswith(f"{full}.") for known in KNOWN):
        return
    text = f"[{section}]\n{key} = 1" if section else f"{key} = 1"
    assert f"sets {full}," in refusal_of(tmp_path_factory.mktemp("home"), text).what


@pytest.mark.parametrize(
    ("text", "key", "why"),
    [
        ("[gateway]\nport = 99999", "gateway.port", "65535"),
        ("[gateway]\nport = 'x'", "gateway.port", "int"),
        ("[film]\ntakes_max = 0", "film.takes_max", ">= 1"),
        ("[film]\nwhen_takes_are_used_up = 'explode'", "film.when_takes_are_used_up", "explode"),
        ("[work]\nsweep_s = 0", "work.sweep_s", "> 0"),
        ("gateway = 3", "gateway", "object"),
    ],
)
def test_a_value_that_cannot_be_is_named(tmp_path: Path, text: str, key: str, why: str) -> None:
    """An error says which setting is wrong and what it may be, without the words of a decoder."""
    error = refusal_of(tmp_path, text)
    assert f"sets {key} to" in error.what
    assert why in error.why
    assert "`" not in error.why
    assert "$" not in error.what


@pytest.mark.parametrize("content", [b"port = = 3", b"\xff\xfe", b"[gateway\n"])
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    """Nothing is guessed from a broken file."""
    (tmp_path / "kindling.toml").write_bytes(content)
    with pytest.raises(SettingsWrong, match=r"kindling\.toml"):
        load(tmp_path)


def test_the_home_is_found_from_below(tmp_path: Path) -> None:
    """A command works from any folder inside the home, as git does."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / ".kindling").mkdir()
    assert find_home({}, below) == Home(tmp_path)
    (tmp_path / "a" / "kindling.toml").touch()
    assert find_home({}, below) == Home(tmp_path / "a")


def test_the_variable_wins_over_what_lies_around(tmp_path: Path) -> None:
    """`KINDLING_HOME` names the home, and an empty one counts as not set."""
    (tmp_path / "kindling.toml").touch()
    other = tmp_path / "other"
    assert find_home({"KINDLING_HOME": str(other)}, tmp_path) == Home(other)
    assert find_home({"KINDLING_HOME": ""}, tmp_path) == Home(tmp_path)


def write_secret(home: Home, user: str, password: str) -> None:
    file = home.credentials_file(user)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.encode(Secret(user=user, password=password)))


def test_a_service_finds_the_embedded_server_that_runs(tmp_path: Path) -> None:
    """The address comes from the run file, the password from the service's own file."""
    home = Home(tmp_path)
    write_secret(home, "planner", "made-up")
    with pytest.raises(SettingsWrong, match="kindling up"):
        credentials(load(home), "planner")
    home.run.mkdir(parents=True)
    address = ServerAddress(url="nats://127.0.0.1:4000", monitor_url="http://127.0.0.1:4001", pid=1)
    home.server_file.write_bytes(msgspec.json.encode(address))
    found = credentials(load(home), "planner")
    assert (found.url, found.monitor_url, found.user, found.password) == (
        "nats://127.0.0.1:4000",
        "http://127.0.0.1:4001",
        "planner",
        "made-up",
    )
    with pytest.raises(SettingsWrong, match="creator"):
        credentials(load(home), "creator")


def test_a_server_of_ones_own_may_have_one_user_or_one_for_each_service(tmp_path: Path) -> None:
    """With `nats.user` everybody is that user; without it each service has its own password in the home."""
    write_secret(Home(tmp_path), "planner", "made-up")
    each = settings_of(tmp_path, '[nats]\nurl = "tls://log:4222"')
    assert (credentials(each, "planner").user, credentials(each, "planner").password) == ("planner", "made-up")
    (tmp_path / "secret.txt").write_text("one for all\n", encoding="utf-8")
    one = settings_of(tmp_path, '[nats]\nurl = "tls://log:4222"\nuser = "kindling"\npassword_file = "secret.txt"')
    assert (credentials(one, "planner").user, credentials(one, "planner").password) == ("kindling", "one for all")
    lacking = settings_of(tmp_path, '[nats]\nurl = "tls://log:4222"\nuser = "kindling"')
    with pytest.raises(SettingsWrong, match="password_file"):
        credentials(lacking, "planner")


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    """What is logged by accident gives nothing away."""
    write_secret(Home(tmp_path), "planner", "made-up")
    found = credentials(settings_of(tmp_path, '[nats]\nurl = "nats://log:4222"'), "planner")
    assert "made-up" not in f"{found!r} {found} {Secret(user='planner', password='made-up')!r}"


def test_the_environment_says_for_one_start_whether_a_model_thinks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`kindling up --llm off` holds for the services it starts, and changes no file."""
    monkeypatch.delenv("KINDLING_LLM")
    assert load(tmp_path).llm.use == "auto"
    monkeypatch.setenv("KINDLING_LLM", "off")
    assert settings_of(tmp_path, '[llm]\nuse = "ollama"\ntext = ["llama3.1:8b"]\n').llm.use == "off"
    assert load(tmp_path).llm.text == ("llama3.1:8b",)
    monkeypatch.setenv("KINDLING_LLM", "perhaps")
    with pytest.raises(SettingsWrong) as caught:
        load(tmp_path)
    assert "auto, ollama or off" in caught.value.why


@pytest.mark.parametrize("text", ["url = 'localhost:11434'", "url = 'file:///tmp'", "text = []", "use = 'yes'"])
def test_a_model_that_cannot_be_asked_is_refused(tmp_path: Path, text: str) -> None:
    """An address is one of http, and a list names a model."""
    assert "llm." in refusal_of(tmp_path, f"[llm]\n{text}").what


def test_comfyui_servers_are_addresses_each_named_once(tmp_path: Path) -> None:
    """A bare host and port is one by HTTP; what is named twice is one server."""
    text = '[comfyui]\nurls = ["127.0.0.1:8188", "http://127.0.0.1:8188/", "https://gpu.example/comfy"]'
    assert settings_of(tmp_path, text).comfyui.urls == ("http://127.0.0.1:8188", "https://gpu.example/comfy")


@pytest.mark.parametrize("url", ["ftp://gpu:8188", "http://", "http://gpu:99999", "http://gpu/?a=b", "a b"])
def test_what_is_no_address_of_a_server_is_said(tmp_path: Path, url: str) -> None:
    """With one that would be."""
    refused = refusal_of(tmp_path, f'[comfyui]\nurls = ["{url}"]')
    assert url in refused.what
    assert "http://127.0.0.1:8188" in refused.help


def test_servers_named_for_this_run_take_the_place_of_those_in_the_file(tmp_path: Path) -> None:
    """Whoever names a server on the command line wants films from it, even where the file says animatic."""
    (tmp_path / "kindling.toml").write_text('renderer = "animatic"\n[comfyui]\nurls = ["http://one:8188"]')
    assert load(tmp_path, {}).renderer == "animatic"
    settings = load(tmp_path, {"KINDLING_COMFYUI": "two:8188 http://three:8188"})
    assert settings.comfyui.urls == ("http://two:8188", "http://three:8188")
    assert settings.renderer == "comfyui"
