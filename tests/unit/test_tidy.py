"""The written style, as far as a machine can tell: what may stand in a file, and how large one may grow."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"

SIZE_MAX_BYTES = 1_000_000
LINES_MAX = 400

# Python files that are longer and rightly so, each with the reason why it is one room.
LONG_FILES: dict[str, str] = {
    "bus/events.py": "every event type: the contract is read, and compared, in one place",
    "bus/plan.py": "the documents that cross the bus, each built from the ones before it",
    "bus/production.py": "the state and its case for each event: apart, one is sooner forgotten",
}

# Written in pieces, so that this file does not find itself.
REGISTRY = re.compile("|".join(("python" + "hosted", r"pypi\." + "org", "npm" + r"js\.", r"crates\." + "io")))
MACHINE_PATH = re.compile(
    r"(?<![\w./:-])/(?:" + "|".join(("home", "Users", "root", "work", "workspace")) + r")/[\w.]"
    r"|\b[A-Z]:\\+" + "Users"
)


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Return every file that is committed or about to be."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("there is no git here to say which files are the project's")
    return [path for name in sorted(listing.stdout.decode().split("\0")) if (path := ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """Return `file:line: text` for every match; files that are not text have none."""
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for line_number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{line_number}: {line.strip()[:120]}")
    return found


def dependencies(path: Path) -> dict[str, bool]:
    """Return the dependencies of a `.in` file, and whether the line before each one is a comment."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {
        line: before.startswith("#")
        for before, line in zip(["", *lines], lines, strict=False)
        if line and not line.startswith("#")
    }


def test_no_file_names_a_registry(files: list[Path]) -> None:
    """Where packages come from is each machine's own setting."""
    assert lines_with(REGISTRY, files) == []


def test_no_file_names_a_folder_of_one_machine(files: list[Path]) -> None:
    """Nothing depends on where somebody keeps their files."""
    assert lines_with(MACHINE_PATH, files) == []


def test_no_file_is_large(files: list[Path]) -> None:
    """A clone stays quick: films, models and recordings live elsewhere."""
    large = {str(path.relative_to(ROOT)): path.stat().st_size for path in files}
    assert {name: size_bytes for name, size_bytes in large.items() if size_bytes > SIZE_MAX_BYTES} == {}


def test_long_python_files_are_known(files: list[Path]) -> None:
    """A file past the limit is there for a reason, and the list of reasons is up to date."""
    long = {
        str(path.relative_to(ROOT))
        for path in files
        if path.suffix == ".py" and len(path.read_text(encoding="utf-8").splitlines()) > LINES_MAX
    }
    assert long - LONG_FILES.keys() == set(), f"over {LINES_MAX} lines: ask whether two rooms live in one"
    assert LONG_FILES.keys() - long == set(), "no longer long: take it off the list"


def test_every_room_is_a_package(files: list[Path]) -> None:
    """A folder without `__init__.py` would be left out of the check of imports, without a word."""
    rooms = {path.parent for path in files if path.suffix == ".py"}
    checked = {room for room in rooms if room.relative_to(ROOT).parts[:1] in {("bus",), ("services",), ("kindling",)}}
    assert [str(room.relative_to(ROOT)) for room in sorted(checked) if not (room / "__init__.py").is_file()] == []


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_package_is_pinned_with_a_hash(name: str) -> None:
    """What is installed is what was tested, byte for byte, wherever it came from."""
    text = (REQUIREMENTS / name).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)[1:]
    assert entries
    bare = [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]
    assert bare == []


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.iterdir()), ids=lambda path: path.name)
def test_requirements_name_no_place(path: Path) -> None:
    """A URL, an index or a folder would tie an installation to one place."""
    place = re.compile(r"://|--(?:extra-)?index-url|--find-links|(?:^|\s)(?:-[if]\s|/\w)", re.MULTILINE)
    no_emit = path.read_text(encoding="utf-8").replace("--no-emit-index-url", "")
    assert place.findall(no_emit) == []


def test_dev_requirements_hold_the_same_versions() -> None:
    """What the tests run on is what a user installs."""

    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[^\s#]+==\S+", (REQUIREMENTS / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("runtime.txt") - pins("dev.txt") == set()


@pytest.mark.parametrize("name", ["runtime.in", "dev.in"])
def test_every_dependency_says_why(name: str) -> None:
    """Before a dependency stands a comment that says what it is for."""
    found = dependencies(REQUIREMENTS / name)
    assert found
    assert [dependency for dependency, has_reason in found.items() if not has_reason] == []


IMPURE = """\
import datetime
import os
import pathlib
import random
import secrets
import time
import uuid
from datetime import datetime as moment

datetime.date.today()
moment.now()
uuid.uuid1()
uuid.uuid4()
pathlib.Path("x")
open("x")
"""
PURE = """\
import datetime
import pathlib
import uuid

datetime.timedelta(1)
pathlib.PurePath("x")
uuid.uuid5(uuid.NAMESPACE_URL, "x")
"""


def banned_lines(source: str, file_name: str) -> set[int]:
    """Return the lines, from 1, at which ruff finds a banned name if the source were in that file."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--select=TID251,PTH123",
        "--output-format=concise",
    ]
    result = subprocess.run(
        [*command, f"--stdin-filename={file_name}", "-"],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode in {0, 1}, result.stderr
    return {
        int(number) for number in re.findall(r"^[^:\n]+:(\d+):\d+: (?:TID251|PTH123) ", result.stdout, re.MULTILINE)
    }


@pytest.mark.parametrize(
    "file_name",
    [
        "bus/x.py",
        "services/planner/decide.py",
        "services/gateway/decide.py",
        "services/gateway/view.py",
        "services/stitcher/cut.py",
    ],
)
def test_pure_files_have_no_clock_no_randomness_and_no_environment(file_name: str) -> None:
    """The linter finds each of them in a pure file, and leaves what is pure alone."""
    assert banned_lines(IMPURE, file_name) == {2, 4, 5, 6, *range(10, 16)}
    assert banned_lines(PURE, file_name) == set()


@pytest.mark.parametrize(
    "file_name",
    [
        "bus/wire/x.py",
        "services/_kit/x.py",
        "services/planner/perform.py",
        "services/gateway/app.py",
        "kindling/x.py",
        "tests/unit/x.py",
        "benchmarks/x.py",
    ],
)
def test_the_ban_is_lifted_where_work_is_done(file_name: str) -> None:
    """Outside the pure files a clock is a clock."""
    assert banned_lines(IMPURE, file_name) == set()
