import asyncio
import os
import signal
import socket
import stat
from pathlib import Path

import pytest

from bus.errors import LogUnavailable
from bus.wire.jetstream import connect, make_stream
from kindling import embedded
from kindling.server_conf import ADMIN, READER, USERS
from services._kit.home import Home
from services._kit.settings import Nats, credentials, load
from tests.contract._server import nats_server


async def write_something(server: embedded.Server) -> None:
    log = await connect(server.access("gateway"), "test")
    await log.client.request("production.requested.p.1", b"{}", timeout=5)
    await log.close()


async def last_sequence(server: embedded.Server) -> int:
    log = await connect(server.access(READER), "test")
    try:
        return await log.last_sequence()
    finally:
        await log.close()


async def test_it_starts_from_nothing_and_keeps_what_it_acknowledges(tmp_path: Path) -> None:
    """The first start makes everything; `connect` asks the server itself whether it syncs each write."""
    async with nats_server(tmp_path) as server:
        await write_something(server)
        assert await last_sequence(server) == 1
        found = credentials(load(tmp_path), "planner")
        assert (found.url, found.password) == (server.address.url, server.access("planner").password)
    assert not server.child.identity.is_alive()


async def test_passwords_are_for_the_owner_only_and_differ(tmp_path: Path) -> None:
    """Whoever else uses the machine reads neither the passwords nor the log."""
    async with nats_server(tmp_path) as server:
        home = server.home
        private = [home.nats / "nats.conf", home.server_file, *(home.credentials_file(user) for user in USERS)]
        assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}
        assert stat.S_IMODE(home.hidden.stat().st_mode) == 0o700
        assert len({server.access(user).password for user in USERS}) == len(USERS)


async def test_it_listens_on_this_machine_only(tmp_path: Path) -> None:
    """Neither clients nor the monitoring page are reachable under another address."""
    async with nats_server(tmp_path) as server:
        ports = [int(url.rpartition(":")[2]) for url in (server.address.url, server.address.monitor_url)]
        listening = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if " 0A " in line}
        listening |= {line.split()[1] for line in Path("/proc/net/tcp6").read_text().splitlines() if " 0A " in line}
        assert {one for one in listening if int(one.rpartition(":")[2], 16) in ports} == {
            f"0100007F:{port:04X}" for port in ports
        }


async def test_the_next_start_finds_the_same_server(tmp_path: Path) -> None:
    """Ports, passwords and the log stay, so that a client rides out a restart."""
    async with nats_server(tmp_path) as server:
        await write_something(server)
        first = (server.address.url, server.address.monitor_url, server.access("planner").password)
    async with nats_server(tmp_path) as server:
        assert (server.address.url, server.address.monitor_url, server.access("planner").password) == first
        assert await last_sequence(server) == 1


async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path) -> None:
    """Kill -9 of the server loses no event."""
    async with nats_server(tmp_path) as server:
        await write_something(server)
        os.kill(server.address.pid, signal.SIGKILL)
        await server.child.ended()
        again = await embedded.start(server.home)
        assert await last_sequence(again) == 1
        await embedded.stop(again)


async def test_a_server_that_was_left_behind_is_stopped_first(tmp_path: Path) -> None:
    """Two servers never share a store: the one of a killed Kindling ends before the next one starts."""
    left = await embedded.start(Home(tmp_path))
    await make_stream(left.access(ADMIN))
    await write_something(left)
    next_one = await embedded.start(Home(tmp_path))
    assert await left.child.ended() is not None
    assert next_one.address.pid != left.address.pid
    assert await last_sequence(next_one) == 1
    await embedded.stop(next_one)


async def test_a_process_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    """A number is used again by the system; what tells processes apart is when they were born."""
    async with nats_server(tmp_path) as server:
        record = server.home.nats / "server.json"
    pid, birth = f'"pid":{server.address.pid}', server.child.identity.birth
    text = record.read_text()
    assert pid in text
    record.write_text(text.replace(pid, f'"pid":{os.getpid()}'))
    async with nats_server(tmp_path) as server:
        assert birth != server.child.identity.birth


async def test_a_port_of_the_settings_that_is_taken_is_named(tmp_path: Path) -> None:
    """The error says which port and which setting."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LogUnavailable) as caught:
            await embedded.start(Home(tmp_path), Nats(port=port))
    assert str(port) in caught.value.what
    assert "nats.port" in caught.value.help


async def test_a_chosen_port_that_is_taken_is_chosen_anew(tmp_path: Path) -> None:
    """Nobody asked for this port, so nobody is bothered with it; the log is the same."""
    async with nats_server(tmp_path) as server:
        await write_something(server)
        port = int(server.address.url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        async with nats_server(tmp_path) as server:
            assert not server.address.url.endswith(f":{port}")
            assert await last_sequence(server) == 1


async def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    """The error carries the server's own last words and names its log."""
    home = Home(tmp_path)
    home.nats.mkdir(parents=True)
    (home.nats / "store").write_text("a file where a folder should be")
    with pytest.raises(LogUnavailable) as caught:
        await asyncio.wait_for(embedded.start(home), 20)
    assert "storage directory is not a directory" in caught.value.why
    assert str(home.log_file("nats")) in caught.value.help


def program(folder: Path, version: str) -> None:
    """Put a program on a PATH that says it is that version of nats-server."""
    file = folder / "nats-server"
    file.write_text(f"#!/bin/sh\necho 'nats-server: v{version}'\n")
    file.chmod(0o755)


@pytest.mark.parametrize(("version", "is_taken"), [("2.9.25", False), ("2.12.0", True), ("3.0.1", True)])
def test_a_server_on_the_path_is_taken_if_it_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    """The person's own nats-server comes first; an old one gives way to the one that was installed."""
    program(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = embedded.find_server()
    assert (found.path.parent == tmp_path) is is_taken
    assert found.version[:2] >= embedded.VERSION_MIN


def test_a_program_that_is_no_server_has_no_version(tmp_path: Path) -> None:
    """Whatever else is called nats-server is not started."""
    assert embedded.version_of(tmp_path / "missing") is None
    other = tmp_path / "nats-server"
    other.write_text("#!/bin/sh\necho hello\n")
    other.chmod(0o755)
    assert embedded.version_of(other) is None
