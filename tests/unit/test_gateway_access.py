"""Who may come in, as rules: hosts, origins, tokens, passes and rates."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services._kit.home import Home
from services._kit.settings import Gateway, Settings, SettingsWrong
from services._kit.tokens import (
    Scope,
    TokenUnknown,
    TokenWrong,
    local_token,
    make_token,
    remove_token,
    split,
    tokens_of,
)
from services.gateway import access as access_module
from services.gateway.access import Access, Caller, Rates, access_of, host_name, is_loopback
from services.gateway.denied import Bar, Denied

EVERYWHERE = "0.0.0.0"  # noqa: S104 - named, and listened on by nobody
STUDIO = "https://studio.example"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with nothing in it."""
    return Home(tmp_path / "home")


def settings_of(home: Home, **said: object) -> Settings:
    """Return settings whose gateway is as said."""
    return Settings(home=home, gateway=msgspec.convert(said, Gateway))


# -- tokens --------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_kept_as_a_hash(home: Home) -> None:
    """Nothing in the home lets anybody use a token; who reads the file learns names only."""
    made, text = make_token(home, " my  phone ", Scope.READ)
    parts = split(text)
    assert parts is not None
    assert (made.name, made.scope, parts[0]) == ("my phone", Scope.READ, made.id)
    assert tokens_of(home) == (made,)
    assert parts[1] not in home.tokens_file.read_text()
    assert home.tokens_file.stat().st_mode & 0o077 == 0
    assert made.hash not in repr(made)


def test_tokens_are_told_apart_by_name_and_removed_by_name_or_id(home: Home) -> None:
    """A name is given once; what is not there can't be removed, and what there is is named."""
    one, _ = make_token(home, "one", Scope.READ)
    make_token(home, "two", Scope.DIRECT)
    with pytest.raises(TokenWrong, match="already"):
        make_token(home, "one", Scope.READ)
    for name in ("", "x" * 41, "a\nb/c", "<b>"):
        with pytest.raises(TokenWrong):
            make_token(home, name, Scope.READ)
    assert remove_token(home, one.id) == one
    with pytest.raises(TokenUnknown, match="There are: two"):
        remove_token(home, "one")
    remove_token(home, "two")
    assert tokens_of(home) == ()


def test_a_file_of_tokens_that_cannot_be_read_is_said(home: Home) -> None:
    """A damaged file is no empty list: nobody is let in by mistake, and nobody is kept out without a word."""
    home.tokens_file.parent.mkdir(parents=True)
    home.tokens_file.write_text("{")
    with pytest.raises(TokenWrong, match=r"tokens\.json"):
        tokens_of(home)
    with pytest.raises(SettingsWrong):
        access_of(settings_of(home, host=EVERYWHERE))


def test_the_command_on_this_machine_has_a_token_of_its_own(home: Home) -> None:
    """It is made once, is readable by its owner only, and lets in to everything."""
    make_token(home, "one", Scope.READ)
    text = local_token(home)
    assert local_token(home) == text
    assert home.local_token_file.stat().st_mode & 0o077 == 0
    assert access_of(settings_of(home, host=EVERYWHERE)).caller(f"Bearer {text}", None).scope is Scope.DIRECT


# -- rules ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [{"host": EVERYWHERE}, {"host": "::"}, {"host": "192.168.1.5"}, {"hosts": ["a.example"]}, {"tokens_needed": True}],
)
def test_whoever_others_can_reach_does_not_start_without_a_token(home: Home, said: dict[str, object]) -> None:
    """Any address but loopback, any further name, and the wish itself take a token; the way out is named."""
    with pytest.raises(SettingsWrong) as caught:
        access_of(settings_of(home, **said))
    assert "kindling token new" in caught.value.help
    make_token(home, "one", Scope.READ)
    assert access_of(settings_of(home, **said)).needs_token


def test_on_loopback_nobody_is_asked(home: Home) -> None:
    """The default takes no token, and none is made for it."""
    rules = access_of(settings_of(home))
    assert not rules.needs_token
    assert rules.caller("", None).scope is Scope.DIRECT
    assert not home.hidden.exists()


@pytest.mark.parametrize("origin", ["studio.example", "https://", "https://a.example/path", "*", "https://*.example"])
def test_an_origin_that_is_none_is_a_wrong_setting(home: Home, origin: str) -> None:
    """Origins are written as browsers send them; there is no star."""
    with pytest.raises(SettingsWrong, match="is no origin"):
        access_of(settings_of(home, origins=[origin]))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST.:8420", "localhost"),
        ("127.0.0.1:8420", "127.0.0.1"),
        ("[::1]:8420", "[::1]"),
        ("::1", "[::1]"),
        ("evil.example:8420", "evil.example"),
        ("localhost.evil.example", "localhost.evil.example"),
        ("", ""),
    ],
)
def test_hosts_are_compared_by_their_whole_name(host: str, name: str) -> None:
    """Without the port, and without any doubt about where the name ends."""
    assert host_name(host) == name


def test_loopback_is_what_only_this_machine_reaches() -> None:
    """Names that lead to it are not taken for it, but for the one that must."""
    assert all(is_loopback(one) for one in ("127.0.0.1", "127.8.9.1", "::1", "localhost"))
    assert not any(is_loopback(one) for one in (EVERYWHERE, "::", "10.0.0.1", "localhost.example", "127.0.0.1.example"))


def test_a_name_that_is_not_ours_is_refused() -> None:
    """A page elsewhere whose name leads to this machine is told that this is another host."""
    with pytest.raises(Denied) as caught:
        Access().check_host("evil.example:8420")
    assert caught.value.bar is Bar.HOST
    Access().check_host("localhost:8420")
    Access(hosts=None).check_host("anything")


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://localhost:9", "https://studio.example.evil"]
)
def test_pages_of_other_origins_are_refused_unless_listed(origin: str) -> None:
    """Another port is another origin, and so is a longer name; a page without an origin is on no list."""
    rules = Access(origins=(STUDIO,))
    with pytest.raises(Denied) as caught:
        rules.check_origin(origin, "localhost:8420")
    assert caught.value.bar is Bar.ORIGIN
    assert rules.check_origin(STUDIO, "localhost:8420")
    assert not rules.check_origin("http://localhost:8420", "localhost:8420")
    assert not rules.check_origin("", "localhost:8420")


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_but_a_token_lets_anybody_in(authorization: str, pass_: str) -> None:
    """Whatever is sent in place of a token or a pass is refused, and breaks nothing."""
    rules = Access(needs_token=True)
    for header, query in ((authorization, None), ("", pass_), ("", None), (f"Bearer {authorization}", pass_)):
        with pytest.raises(Denied) as caught:
            rules.caller(header, query)
        assert caught.value.bar is Bar.TOKEN


def test_a_token_that_is_removed_is_let_in_no_more(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A running gateway follows what `kindling token` does, and so do the passes that were given for the token."""
    monkeypatch.setattr(access_module, "LOOK_AGAIN_S", 0.0)
    made, text = make_token(home, "one", Scope.DIRECT)
    rules = Access(needs_token=True, home=home)
    caller = rules.caller(f"Bearer {text}", None)
    assert caller == Caller(id=made.id, scope=Scope.DIRECT)
    pass_, _ = rules.pass_for(caller, "")
    assert rules.caller("", pass_) == Caller(id=made.id, scope=Scope.READ)
    later, _ = make_token(home, "two", Scope.READ)
    assert later in tokens_of(home)
    remove_token(home, "one")
    for header, query in ((f"Bearer {text}", None), ("", pass_)):
        with pytest.raises(Denied):
            rules.caller(header, query)
    with pytest.raises(Denied):
        rules.caller(f"Bearer {text[:-1]}x", None)


def test_a_pass_is_the_same_for_an_hour_and_ends(home: Home) -> None:
    """What a browser keeps is found again; after two hours at most a new pass is needed, and no pass can be altered."""
    now = 1_000_000.0
    made, text = make_token(home, "one", Scope.DIRECT)
    rules = Access(needs_token=True, home=home, _now=lambda: now)
    caller = rules.caller(f"Bearer {text}", None)
    pass_, until_s = rules.pass_for(caller, "a-film-7q2k")
    now += 60
    assert rules.pass_for(caller, "a-film-7q2k") == (pass_, until_s)
    assert rules.caller("", pass_) == Caller(id=made.id, scope=Scope.READ, only="a-film-7q2k")
    for wrong in (pass_.replace("a-film", "b-film"), pass_.replace(str(until_s), str(until_s + 3600)), f"{pass_}x"):
        with pytest.raises(Denied, match="not known"):
            rules.caller("", wrong)
    now = float(until_s)
    with pytest.raises(Denied, match="over"):
        rules.caller("", pass_)


@given(gaps=st.lists(st.floats(0, 30), max_size=80), per_minute=st.integers(1, 20))
def test_no_more_is_granted_than_the_rate_allows(gaps: list[float], per_minute: int) -> None:
    """In any stretch of time there are at most a minute's worth and what the time itself brings."""
    now = 0.0
    rates = Rates(per_minute, clock=lambda: now)
    granted: list[float] = []
    waits: list[int] = []
    for gap in gaps:
        now += gap
        try:
            rates.take(Caller(id="one", scope=Scope.DIRECT))
        except Denied as denied:
            waits.append(int(denied.headers["retry-after"]))
        else:
            granted.append(now)
    assert all(1 <= wait <= 60 for wait in waits)
    for index, start in enumerate(granted):
        for count, end in enumerate(granted[index:], start=1):
            assert count <= per_minute + (end - start) * per_minute / 60 + 1e-6
