"""Folders that can't be had, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kindling.exits import Trouble
from kindling.home import check_writable
from kindling.running import hold
from services._kit.home import Home
from services._kit.settings import SettingsWrong, load


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    """What was written to see whether it can be is taken away."""
    check_writable(tmp_path / "a" / "b", "Set another one.")
    assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize("below", ["", "films"])
def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path, below: str) -> None:
    """No right to write helps there: it says what stands where, and that it has to go."""
    file = tmp_path / "productions"
    file.write_text("not a folder")
    with pytest.raises(Trouble) as caught:
        check_writable(file / below, "Give yourself the right to write there.")
    told = f"{caught.value.what} {caught.value.why}"
    assert str(file) in told
    assert "A file stands" in told
    assert "right" not in caught.value.help
    assert "Move it away" in caught.value.help


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    """It says what to set, and nothing about text."""
    file = tmp_path / "home"
    file.write_text("not a folder")
    with pytest.raises(SettingsWrong) as caught:
        load(Home(file))
    assert f"{file} is no folder" in caught.value.what
    assert "KINDLING_HOME" in caught.value.help


def test_a_home_that_can_not_be_written_is_said_and_no_crash(tmp_path: Path) -> None:
    """The first that is written there says who needs it: it names the folder and the way out."""
    (tmp_path / ".kindling").write_text("not a folder")
    with pytest.raises(Trouble) as caught:
        hold(Home(tmp_path))
    assert str(tmp_path / ".kindling") in caught.value.what
    assert "KINDLING_HOME" in caught.value.help
