import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from kindling import running
from kindling.children import birth_of
from kindling.detached import start_detached
from kindling.embedded import free_port
from kindling.exits import Trouble
from kindling.running import RunInfo
from services._kit.home import Home

# Stands in for the gateway: it answers like one, and that is all.
GATEWAY = """
import http.server, sys, tomllib, os
port = tomllib.load(open(os.environ["KINDLING_HOME"] + "/kindling.toml", "rb"))["gateway"]["port"]
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/v1/health" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""
# Stands in for a service: it works until it is told to leave.
STEADY = "import time\nwhile True: time.sleep(100)"
STUBBORN = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\n{STEADY}"
BROKEN = "import sys\nprint('no camera in the house', file=sys.stderr)\nsys.exit(3)"

MAIN = """
import asyncio, sys
from kindling.up import Command, up
from kindling.detached import main
from bus.errors import KindlingError
from kindling.exits import code_of
from kindling.home import find_home
commands = [Command(name, (sys.executable, "-c", code)) for name, code in PROGRAMS.items()]
if DETACHED:
    sys.exit(main(commands))
try:
    asyncio.run(up(find_home(), commands=commands, on_ready=lambda info: print("ready", flush=True)))
except KindlingError as error:
    print(error, file=sys.stderr)
    sys.exit(code_of(error))
"""


def script(programs: dict[str, str], *, detached: bool = False) -> str:
    return f"PROGRAMS = {programs!r}\nDETACHED = {detached}\n{textwrap.dedent(MAIN)}"


def until(is_so: Callable[[], bool], what: str, within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


@dataclass
class Up:
    """A `kindling up` with stand-ins for the services, in a process of its own."""

    home: Home
    process: subprocess.Popen[str]
    stderr: Path

    @property
    def info(self) -> RunInfo:
        info = running.read_run_file(self.home)
        assert info is not None
        return info

    def child(self, name: str) -> int:
        """Return the process that has this name now."""
        if name == "nats":
            return int(json.loads(self.home.server_file.read_text())["pid"])
        noted = json.loads((self.home.run / "children.json").read_text())
        return next(int(one["pid"]) for one in noted if one["name"] == name)

    def leave(self, within_s: float = 20.0) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_s)

    def said(self) -> str:
        return self.stderr.read_text()


class Starter:
    """Starts `kindling up` in a folder, and leaves nothing of it running."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.home.root.mkdir()
        self.port = free_port()
        self.home.settings_file.write_text(f"[gateway]\nport = {self.port}\n[work]\ndrain_s = 0\n")
        self.started: list[Up] = []

    def launch(self, **programs: str) -> Up:
        """Start it, and do not wait."""
        stderr = self.home.root / f"stderr-{len(self.started)}"
        with stderr.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-c", script(programs)],
                env={**os.environ, "KINDLING_HOME": str(self.home.root)},
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )
        self.started.append(Up(self.home, process, stderr))
        return self.started[-1]

    def up(self, **programs: str) -> Up:
        """Start it and return once it is ready."""
        one = self.launch(**programs)
        assert one.process.stdout is not None
        assert one.process.stdout.readline() == "ready\n", one.said()
        return one


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    one = Starter(tmp_path)
    yield one
    for up in one.started:
        with suppress(ProcessLookupError):
            up.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            up.process.wait(15)
        up.process.kill()
        up.process.wait()
        assert up.process.stdout is not None
        up.process.stdout.close()


def test_it_says_where_it_is_and_leaves_nothing_behind(starter: Starter) -> None:
    """While it runs, its run file leads to it; after SIGTERM every process that it started is gone, and it says 0."""
    one = starter.up(gateway=GATEWAY, creator=STEADY)
    info = running.attach(starter.home)
    assert info is not None
    assert info.pid == one.process.pid
    assert info.gateway_url == f"http://127.0.0.1:{starter.port}"
    pids = [one.child(name) for name in ("gateway", "creator", "nats")]
    assert all(birth_of(pid) for pid in pids)
    assert one.leave() == 0
    assert [pid for pid in pids if birth_of(pid)] == []
    assert running.attach(starter.home) is None
    assert not starter.home.run_file.exists()


@pytest.mark.parametrize("name", ["gateway", "creator", "nats"])
def test_what_is_killed_is_started_again(starter: Starter, name: str) -> None:
    """Kill -9 of any process is said, with the way it ended and its log, and the process comes back."""
    one = starter.up(gateway=GATEWAY, creator=STEADY)
    before, address = one.child(name), one.info.nats_url
    os.kill(before, signal.SIGKILL)
    until(lambda: one.child(name) != before and birth_of(one.child(name)) is not None, f"{name} is back")
    until(lambda: running.attach(starter.home) is not None, "the gateway answers")
    assert f"{name} was killed by SIGKILL" in one.said()
    assert str(starter.home.log_file(name)) in one.said()
    assert json.loads(starter.home.server_file.read_text())["url"] == address
    assert one.leave() == 0


def test_what_it_started_leaves_when_it_is_killed(starter: Starter) -> None:
    """Kill -9 of `kindling up` leaves no process behind, and the next one starts as if nothing had been."""
    one = starter.up(gateway=GATEWAY, creator=STEADY)
    pids = [one.child(name) for name in ("gateway", "creator", "nats")]
    one.process.kill()
    until(lambda: not [pid for pid in pids if birth_of(pid)], "all of them are gone")
    assert running.attach(starter.home) is None
    again = starter.up(gateway=GATEWAY, creator=STEADY)
    assert again.leave() == 0


def test_what_stayed_after_a_kill_is_ended_by_the_next_start(starter: Starter) -> None:
    """Also a child that does not listen is gone before its successor starts."""
    one = starter.up(gateway=GATEWAY, creator=STUBBORN)
    stubborn = one.child("creator")
    until(lambda: "deaf" in starter.home.log_file("creator").read_text(), "it does not listen")
    one.process.kill()
    one.process.wait()
    assert birth_of(stubborn)
    again = starter.up(gateway=GATEWAY, creator=STEADY)
    assert not birth_of(stubborn)
    assert again.leave() == 0


def test_a_second_one_says_where_the_first_is(starter: Starter) -> None:
    """Two in one home would tear the log: the second leaves at once, with an exit code that is not success."""
    starter.up(gateway=GATEWAY)
    second = starter.launch(gateway=GATEWAY)
    assert second.process.wait(20) != 0
    assert f"already running in {starter.home.root}" in second.said()
    assert f"http://127.0.0.1:{starter.port}" in second.said()
    assert running.attach(starter.home) is not None


def test_a_port_that_is_taken_is_named_with_its_setting(starter: Starter) -> None:
    """The error says which port, and what to change."""
    with socket.create_server(("127.0.0.1", starter.port)):
        one = starter.launch(gateway=GATEWAY)
        assert one.process.wait(20) != 0
    assert str(starter.port) in one.said()
    assert "gateway.port" in one.said()


def test_a_folder_for_films_that_cannot_be_written_is_named(starter: Starter) -> None:
    """The error comes before anything is started, and names the folder."""
    (starter.home.root / "productions").write_text("a file where a folder should be")
    one = starter.launch(gateway=GATEWAY)
    assert one.process.wait(20) != 0
    assert str(starter.home.root / "productions") in one.said()


def test_a_catalogue_of_loras_that_cannot_be_read_is_named(starter: Starter) -> None:
    """Before anything is started: the services would end again and again."""
    (starter.home.root / "loras.toml").write_text("[[lora]]\nname = 3")
    one = starter.launch(gateway=GATEWAY)
    assert one.process.wait(20) != 0
    assert "loras.toml" in one.said()


def test_a_service_that_does_not_start_ends_it_with_its_last_words(starter: Starter) -> None:
    """A gateway that fails again and again is an error, which quotes its log, and nothing is left running."""
    one = starter.launch(gateway=BROKEN, creator=STEADY)
    assert one.process.wait(30) != 0
    assert "gateway does not start" in one.said()
    assert "no camera in the house" in one.said()
    assert not starter.home.server_file.exists()


def test_a_second_signal_ends_what_does_not_leave(starter: Starter) -> None:
    """Ctrl-C twice does not wait for a service that stays, and says which one was ended."""
    one = starter.up(gateway=GATEWAY, creator=STUBBORN)
    stubborn = one.child("creator")
    until(lambda: "deaf" in starter.home.log_file("creator").read_text(), "it does not listen")
    one.process.send_signal(signal.SIGINT)
    until(lambda: "Once more" in one.said(), "the first one is heard")
    assert birth_of(stubborn)
    one.process.send_signal(signal.SIGINT)
    assert one.process.wait(4) == 0
    assert not birth_of(stubborn)
    assert "creator was ended" in one.said()


def test_a_command_is_asked_to_leave_from_elsewhere(starter: Starter) -> None:
    """`down` ends the one that runs, waits for it, and says which one it was; where none runs it says so."""
    one = starter.up(gateway=GATEWAY)
    # It is our child here, and stays a zombie until it is waited for; a zombie counts as gone.
    stopped = running.down(starter.home)
    assert stopped is not None
    assert stopped.pid == one.process.pid
    assert one.process.wait(5) == 0
    assert running.down(starter.home) is None


def test_one_in_the_background_stays_while_it_is_needed(starter: Starter, tmp_path: Path) -> None:
    """It is there for every process that attached to it, and leaves after the last one has ended."""
    program = (sys.executable, "-c", script({"gateway": GATEWAY}, detached=True))
    first = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    second = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    info = start_detached(starter.home, program, needed_by=first.pid)
    running.hold(starter.home, second.pid)
    assert running.attach(starter.home) == info
    first.communicate(b"\n")
    with pytest.raises(AssertionError):
        until(lambda: not info.identity.is_alive(), "it leaves", within_s=1.5)
    second.communicate(b"\n")
    until(lambda: not info.identity.is_alive(), "it leaves")
    assert not starter.home.run_file.exists()


def test_one_in_the_background_that_does_not_start_says_why(starter: Starter) -> None:
    """The error is the same that `kindling up` shows, and comes to the command that needed it."""
    program = (sys.executable, "-c", script({"gateway": GATEWAY}, detached=True))
    with (
        socket.create_server(("127.0.0.1", starter.port)),
        pytest.raises(Trouble, match=r"gateway\.port"),
    ):
        start_detached(starter.home, program, needed_by=os.getpid())


def test_commands_that_start_one_at_the_same_moment_share_it(starter: Starter) -> None:
    """Where somebody was faster, his is used."""
    one = starter.launch(gateway=GATEWAY)
    program = (sys.executable, "-c", script({"gateway": GATEWAY}, detached=True))
    info = start_detached(starter.home, program, needed_by=os.getpid())
    assert running.attach(starter.home) == info
    assert info.pid == one.process.pid or one.process.wait(20) != 0
    running.down(starter.home)
