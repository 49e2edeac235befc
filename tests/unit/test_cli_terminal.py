"""What is said beside the result: in lines of the terminal's width, with paths whole."""

from __future__ import annotations

import pytest

from kindling.exits import Exit, Trouble
from kindling.terminal import aside, flowing, tell_trouble

PATH = "/srv/films/" + "of-a-person-with-deep-folders/" * 4 + "kindling.toml"


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


def test_a_path_that_is_longer_than_the_line_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """It stands on a line of its own, to be copied; the words around it keep to the width."""
    aside(f"Kindling is not running yet, and is started here now for this film. Its logs: {PATH}")
    first, second = capsys.readouterr().err.splitlines()
    assert (len(first) <= 80, second.strip()) == (True, PATH)


def test_an_error_says_all_of_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    """What, why and what to do, each beginning a line; nothing is cut off."""
    tell_trouble(Trouble(Exit.MISUSED, f"{PATH} can't be used.", why="Line 3 is no TOML. " * 6, help=f"Correct {PATH}"))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith(f"✗ {PATH}")
    assert sum(PATH in line for line in lines) == 2
    assert all(line.startswith("  ") for line in lines[1:])
    assert max(len(line) for line in lines if PATH not in line) <= 80
    assert "…" not in "".join(lines)


def test_lines_and_what_stands_before_them_stay() -> None:
    """A command that is shown to be copied keeps its indent, and a blank line is one."""
    assert flowing("  kindling up", 80) == "  kindling up"
    assert flowing("one\n\ntwo", 80) == "one\n\ntwo"
