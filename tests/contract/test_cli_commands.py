"""The commands as they are called: arguments, exit codes, what goes to stdout and what does not."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import msgspec
import pytest
from typer.testing import CliRunner, Result

from bus.events import ProductionRequested
from bus.ids import ProductionId
from bus.plan import Plan
from kindling.children import this_process
from kindling.cli import app
from kindling.exits import Exit
from kindling.running import RunInfo, write_run_file
from services._kit.home import Home
from tests.contract.cli_stage import Stage, open_stage

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [one.name or one.callback.__name__ for one in app.registered_commands if one.callback is not None]


@dataclass
class Shell:
    """Calls commands in a home."""

    home: Home

    def call(self, *arguments: str) -> Result:
        """Call the command and return how it ended. It has no terminal."""
        environment = {"KINDLING_HOME": str(self.home.root), "COLUMNS": "80", "NO_COLOR": "1"}
        return CliRunner().invoke(app, list(arguments), env=environment)

    async def run(self, *arguments: str) -> Result:
        """Call it while the gateway goes on in this event loop."""
        return await asyncio.to_thread(self.call, *arguments)


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    """Return a home in which nothing runs."""
    return Shell(Home(tmp_path))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Return a gateway with a crew, which the home of the same folder says is running."""
    home = Home(tmp_path)
    home.run.mkdir(parents=True)
    async with open_stage(tmp_path / "productions" / "objects") as one:
        me = this_process()
        running = RunInfo(
            pid=me.pid,
            birth=me.birth,
            gateway_url=one.url,
            nats_url="",
            monitor_url=None,
            started="2026-03-01T18:00:00Z",
        )
        write_run_file(home, running)
        yield one


@pytest.fixture
def shell(stage: Stage, tmp_path: Path) -> Shell:
    """Return the home that the gateway belongs to."""
    return Shell(Home(tmp_path))


def film_of(shell: Shell, production: str) -> Path:
    """Return where the film would be, and put a file of its size there."""
    file = shell.home.root / "productions" / "completed" / f"{production}.mp4"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as film:
        film.truncate(3_214_000)
    return file


# -- help ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example_that_the_command_takes(empty: Shell, command: str) -> None:
    """Each help ends with an example of its own."""
    result = empty.call(command, "--help")
    assert result.exit_code == 0
    assert f"Example:  kindling {command}" in " ".join(result.stdout.split("\n")).replace("  ", "  ")


def test_help_names_every_command(empty: Shell) -> None:
    """Nothing is hidden, and nothing is named that is not there."""
    text = empty.call("--help").stdout
    assert len(set(COMMANDS)) == len(COMMANDS)
    assert [one for one in COMMANDS if f"│ {one} " not in text] == []


def test_the_command_starts_without_what_only_some_commands_need() -> None:
    """Help does not load NATS, OpenCV, the gateway or Rich's live view."""
    program = "import sys, kindling.cli; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"nats", "cv2", "av", "numpy", "fastapi", "uvicorn", "httpx", "rich.live", "structlog"}
    assert heavy & set(loaded.stdout.split()) == set()


# -- wrong use -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("mkae", "a film"),
        ("make",),
        ("make", "a film", "--takes", "0"),
        ("make", "a film", "--image", "nowhere.png"),
        ("make", "--continue", "--image", __file__),
        ("overrule", "light", "3", "accept", "--why", "x"),
        ("overrule", "light", "3-2", "maybe", "--why", "x"),
        ("overrule", "light", "3-2", "accept"),
        ("redo", "light", "three"),
        ("replay", "light", "--at", "0"),
        ("replay", "light", "--at", "3", "--at-time", "14:32"),
        ("replay", "light", "--at-time", "soon"),
        ("diff", "light", "0"),
        ("why", "light", "scene", "3"),
        ("fork", "light", "--say", " "),
        ("fork", "light", "--segment", "1", "--prompt", ""),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_ends_with_2(empty: Shell, arguments: tuple[str, ...]) -> None:
    """Before anything is started or asked for, and with nothing on stdout."""
    result = empty.call(*arguments)
    assert result.exit_code == Exit.MISUSED
    assert result.stdout == ""
    assert not empty.home.hidden.exists()


@pytest.mark.parametrize(
    "arguments",
    [("ls",), ("approve", "light"), ("show", "light"), ("tail",), ("replay", "light"), ("verify",), ("rm", "light")],
    ids=" ".join,
)
def test_without_a_running_kindling_it_is_said_how_to_start_one(empty: Shell, arguments: tuple[str, ...]) -> None:
    """No traceback, exit code 5, and nothing on stdout."""
    result = empty.call(*arguments)
    assert result.exit_code == Exit.UNREACHABLE
    assert result.stdout == ""
    assert "✗" in result.stderr
    assert "kindling up" in result.stderr


@pytest.mark.parametrize(
    "arguments", [("ls",), ("show", "light"), ("tail",), ("verify",), ("make", "A fox")], ids=" ".join
)
def test_settings_that_can_not_be_used_are_named_by_every_command(empty: Shell, arguments: tuple[str, ...]) -> None:
    """They are why nothing runs: the file and the line are said, and not that something has to be started."""
    (empty.home.root / "kindling.toml").write_text("[gateway]\nport = 8474\n[comfyui\n")
    result = empty.call(*arguments)
    assert result.exit_code == Exit.MISUSED
    assert result.stdout == ""
    told = " ".join(result.stderr.split())
    assert "kindling.toml" in told
    assert "line 3" in told
    assert "kindling up" not in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "The message is empty."),
        ("x" * 100_000, "100,000"),
        ("a film of 3 hours about ants", "3 hours"),
        ("a film of 0 seconds", "0 seconds"),
    ],
    ids=["empty", "long", "hours", "none"],
)
def test_what_can_not_be_filmed_is_refused_with_the_way_out(empty: Shell, words: str, says: str) -> None:
    """A dry run says what making it would say."""
    result = empty.call("brief", words)
    assert result.exit_code == Exit.REFUSED
    assert result.stdout == ""
    assert says in " ".join(result.stderr.split())


def test_what_can_be_refused_without_a_server_starts_none(empty: Shell) -> None:
    """An empty message needs no Kindling."""
    assert empty.call("make", "   ").exit_code == Exit.REFUSED
    assert not empty.home.hidden.exists()


# -- dry runs ------------------------------------------------------------------------------------------------


def test_the_brief_as_json_has_null_where_nothing_was_said(empty: Shell) -> None:
    """What was said stands in the fields, what was taken for the rest beside them."""
    result = empty.call("brief", "A lighthouse keeper rows out at dusk, 20 seconds, painterly", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    said = json.loads(result.stdout)
    assert (said["duration_s"], said["style"], said["aspect"], said["question"]) == (20.0, "painterly", None, None)
    assert said["mode"] == "t2v"
    assert {one["field"]: one["value"] for one in said["assumed"]}["aspect"] == "16:9"


def test_a_brief_that_takes_an_answer_has_the_question(empty: Shell) -> None:
    """Nothing that depends on the answer is guessed."""
    said = json.loads(empty.call("brief", "animate this photo", "--json").stdout)
    assert said["question"]["text"]
    assert said["mode"] is None
    assert empty.call("plan", "animate this photo").exit_code == Exit.REFUSED


def test_the_plan_as_json_is_the_document_of_the_published_schema(empty: Shell) -> None:
    """A tool can rely on `docs/plan.schema.json`, and the frames add up."""
    result = empty.call("plan", "A lighthouse keeper rows out at dusk, 20 seconds", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    schema = json.loads((ROOT / "docs" / "plan.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(result.stdout), schema)
    assert msgspec.json.decode(result.stdout, type=Plan).frame_count == 320


def test_dry_runs_leave_nothing_behind(empty: Shell) -> None:
    """No folder, no server, no production."""
    for command in ("brief", "plan"):
        assert empty.call(command, "A red fox in the snow, 5 seconds").exit_code == 0
    assert list(empty.home.root.iterdir()) == []


# -- with a gateway ------------------------------------------------------------------------------------------


async def test_make_prints_the_path_of_the_film_and_nothing_else(stage: Stage, shell: Shell) -> None:
    """All the rest is for the person, on stderr."""
    making = asyncio.create_task(shell.run("make", "a lighthouse", "--yes"))
    async with asyncio.timeout(20):
        while not stage.log.stored:  # noqa: ASYNC110 - the request comes from another thread
            await asyncio.sleep(0.01)
    film = film_of(shell, stage.log.stored[0].subject.split(".")[2])
    result = await making
    assert (result.exit_code, result.stdout) == (0, f"{film}\n")
    for part in ("The brief", "approved without asking (--yes)", "The plan", "The film  15 s"):
        assert part in result.stderr


async def test_make_as_json_says_what_was_made(stage: Stage, shell: Shell) -> None:
    """One document, also where there is no film file on this machine: its address is there then."""
    result = await shell.run("make", "a lighthouse", "--yes", "--json", "--no-sample")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["status"], said["segments"], said["takes"]) == (0, "done", 3, 3)
    assert said["film"].startswith(stage.url)
    assert said["problem"] is None


async def test_a_production_that_is_stuck_ends_with_6(shell: Shell) -> None:
    """And says how to go on, which then leads to the film."""
    stuck = await shell.run("make", "a lighthouse, stuck", "--yes", "--json")
    said = json.loads(stuck.stdout)
    assert (stuck.exit_code, said["status"], said["film"]) == (Exit.STUCK, "stalled", None)
    assert (await shell.run("resume", said["id"][:-3])).exit_code == 0
    again = await shell.run("make", "--continue", said["id"], "--yes", "--json")
    assert (again.exit_code, json.loads(again.stdout)["status"]) == (0, "done")
    over = await shell.run("make", "--continue")
    assert over.exit_code == Exit.UNKNOWN
    assert "There is nothing to go on with." in over.stderr


async def test_productions_are_listed_for_people_and_for_programs(shell: Shell) -> None:
    """An empty list is said beside the result; a listed id can be used, also its beginning."""
    nothing = await shell.run("ls")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert json.loads((await shell.run("ls", "--json")).stdout) == []
    await shell.run("make", "a lighthouse", "--yes")
    (listed,) = json.loads((await shell.run("ls", "--json")).stdout)
    assert listed["status"]["name"] == "done"
    assert listed["id"] in (await shell.run("ls")).stdout


async def test_a_long_list_is_cut_and_what_is_left_out_is_said(stage: Stage, shell: Shell) -> None:
    """The newest ones up to the limit, over pages as well; all of them where they are asked for."""
    stage.crew.is_at_work.clear()
    names = [ProductionId(f"film-{number:03}") for number in range(103)]
    for name in names:
        await stage.books.act(name, lambda _: (ProductionRequested(words="A film"),))
    usual = await shell.run("ls")
    assert usual.stdout.count("film-") == 50
    assert "53 older ones are not listed. All of them: kindling ls --all" in usual.stderr
    for arguments, count, said in (
        (("--limit", "102"), 102, "1 older one is not listed"),
        (("--limit", "103"), 103, ""),
        (("--all",), 103, ""),
    ):
        result = await shell.run("ls", "--json", *arguments)
        assert [one["id"] for one in json.loads(result.stdout)] == names[::-1][:count]
        assert said in result.stderr
        assert bool(result.stderr) == bool(said)


async def test_acts_of_a_person_go_to_the_gateway(stage: Stage, shell: Shell) -> None:
    """Words, decisions and the end; each says beside the result what it did, and refusals have their code."""
    await shell.run("make", "a lighthouse", "--yes", "--json")
    production = stage.log.stored[0].subject.split(".")[2]
    for arguments, code in (
        (("approve", production), Exit.REFUSED),
        (("overrule", production, "2-1", "refuse", "--why", "too dark"), Exit.DONE),
        (("redo", production, "3", "--say", "calmer"), Exit.DONE),
        (("overrule", production, "2-9", "refuse", "--why", "x"), Exit.UNKNOWN),
        (("say", production, ""), Exit.REFUSED),
        (("say", production, "slower"), Exit.DONE),
        (("answer", production, "x"), Exit.REFUSED),
        (("rm", production), Exit.DONE),
        (("say", production, "more"), Exit.REFUSED),
        (("show", "submarine"), Exit.UNREACHABLE),
        (("approve", "submarine"), Exit.UNKNOWN),
    ):
        result = await shell.run(*arguments)
        assert result.exit_code == code, (arguments, result.stderr)
        assert result.stdout == ""
    types = [one.subject.rsplit(".", 2)[0] for one in stage.log.stored]
    assert types.count("segment.overruled") >= 1
    assert "production.deleted" in types


async def test_an_id_is_completed_from_what_there_is(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the gateway that runs; where none does there is nothing, and no error."""
    from kindling.arguments import complete_id

    await shell.run("make", "a lighthouse", "--yes")
    monkeypatch.setenv("KINDLING_HOME", str(shell.home.root))
    assert [title for _, title in await asyncio.to_thread(complete_id, "light")] == ["The Lighthouse Keeper"]
    assert await asyncio.to_thread(complete_id, "sub") == []
    monkeypatch.setenv("KINDLING_HOME", str(shell.home.root / "elsewhere"))
    assert await asyncio.to_thread(complete_id, "light") == []


# -- the documentation ---------------------------------------------------------------------------------------


def test_every_command_and_every_exit_code_is_documented() -> None:
    """`docs/cli.md` has an example of each command, and a line for each code."""
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    examples = [line.split("#")[0] for line in text.splitlines() if line.startswith("    kindling ")]
    assert [one for one in COMMANDS if not any(line.startswith(f"    kindling {one}") for line in examples)] == []
    table = [line.split("|")[1].strip() for line in text.split("## Exit codes")[1].splitlines() if "|" in line]
    assert [one for one in table if one.isdecimal()] == [str(code.value) for code in Exit]


def test_what_is_documented_of_the_json_forms_is_there() -> None:
    """Each field of `make --json` and `brief --json` is named in the documentation."""
    from kindling.command_make import Made
    from kindling.dry import BriefDocument

    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for document in (Made, BriefDocument):
        assert [one for one in document.__struct_fields__ if f"`{one}`" not in text] == []


# -- tokens ---------------------------------------------------------------------------------------------------


def test_a_token_is_a_result_and_is_shown_once(empty: Shell) -> None:
    """Stdout holds the token and nothing else; afterwards only its name is to be had, until it is removed."""
    made = empty.call("token", "new", "phone", "--scope", "read")
    assert made.exit_code == 0
    assert made.stdout.strip() == made.stdout.split()[0]
    assert made.stdout.startswith("kdl_")
    assert "not shown again" in " ".join(made.stderr.split())
    listed = json.loads(empty.call("token", "ls", "--json").stdout)
    assert [(one["name"], one["scope"]) for one in listed] == [("phone", "read")]
    assert made.stdout.strip() not in empty.call("token", "ls").stdout
    assert empty.call("token", "new", "phone").exit_code == Exit.REFUSED
    assert empty.call("token", "rm", "tablet").exit_code == Exit.UNKNOWN
    assert empty.call("token", "rm", "phone").exit_code == 0
    assert "No tokens yet" in empty.call("token", "ls").stderr


def test_a_gateway_that_others_could_reach_is_not_started_without_a_token(empty: Shell) -> None:
    """`kindling up` says what is missing before it starts anything, and doctor says it, too."""
    empty.home.settings_file.write_text('[gateway]\nhost = "0.0.0.0"\nport = 8497\n')
    refused = empty.call("up")
    assert refused.exit_code == Exit.REFUSED
    assert "kindling token new" in refused.stderr
    assert not empty.home.nats.exists()
    checks = {one["name"]: one for one in json.loads(empty.call("doctor", "--json").stdout)["checks"]}
    assert checks["access"]["state"] == "bad"
    empty.call("token", "new", "phone")
    checks = {one["name"]: one for one in json.loads(empty.call("doctor", "--json").stdout)["checks"]}
    assert (checks["access"]["state"], checks["access"]["what"]) == ("ok", "by token; there is one")
