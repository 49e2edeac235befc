"""A production into one file, and out of it: the same bytes; and what can't be exported."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from bus import events as e
from bus.errors import Conflict
from bus.ids import ProductionId, digest_of
from bus.production import fold
from bus.wire.artifacts import file_digest
from kindling.exits import Exit, Trouble
from kindling.export import Exporter, free_name
from tests import stories
from tests.forks import messages_of
from tests.unit.archive_house import House, bytes_of, house, told_in


@pytest.fixture
def here(tmp_path: Path) -> House:
    """Return where productions come from."""
    return house(tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path) -> House:
    """Return where they are brought to."""
    return house(tmp_path / "there")


# -- there and back ------------------------------------------------------------------------------------------


async def test_a_production_is_the_same_elsewhere(here: House, there: House, tmp_path: Path) -> None:
    """Subjects, bytes, digests, states and clips are the same, on a log where something else was before it."""
    told = told_in(here)
    other = stories.Story(production=ProductionId("another-film-2345")).tell(e.ProductionRequested(words="x"))
    for subject, content in other.messages:
        there.log.inject(subject, content)
    exported = here.export(told, tmp_path / "film.zip")
    imported = await there.bring_in(tmp_path / "film.zip")
    assert await bytes_of(there, told.production) == told.messages
    assert fold(told.production, await there.log.read(told.production)) == told.state
    assert (imported.new_message_count, imported.new_artifact_count, imported.missing_count) == (len(told.log), 5, 0)
    assert (imported.status, imported.is_settled, exported.is_settled) == ("done", True, True)
    assert exported.head == told.log[-1].digest
    named = there.folder / "completed" / f"{told.production}.mp4"
    assert named.read_bytes() == b"the film"
    assert (there.folder / "plans" / told.production / "plan-1.json").is_file()


async def test_what_was_brought_in_gives_the_same_file_again(here: House, there: House, tmp_path: Path) -> None:
    """Exported twice, and exported from where it was brought to, it is the same file byte for byte."""
    told = told_in(here)
    here.export(told, tmp_path / "1.zip")
    here.export(told, tmp_path / "2.zip")
    await there.bring_in(tmp_path / "1.zip")
    messages = await there.log.messages(told.production)
    Exporter(there.store).export(told.production, messages, tmp_path / "3.zip", with_objects=True, may_replace=False)
    assert len({file_digest(tmp_path / f"{number}.zip") for number in (1, 2, 3)}) == 1


async def test_brought_in_twice_is_brought_in_once(here: House, there: House, tmp_path: Path) -> None:
    """The second time nothing is written, and that is no error."""
    told = told_in(here)
    here.export(told, tmp_path / "film.zip")
    await there.bring_in(tmp_path / "film.zip")
    again = await there.bring_in(tmp_path / "film.zip")
    assert (again.new_message_count, again.new_artifact_count) == (0, 0)
    assert len(there.log.stored) == len(told.log)


async def test_digests_go_first_and_clips_may_follow(here: House, there: House, tmp_path: Path) -> None:
    """Without clips the log is whole and what is missing is counted; a file with them brings them later, named."""
    told = told_in(here)
    assert not here.export(told, tmp_path / "log.zip", clips=False).has_objects
    assert (await there.bring_in(tmp_path / "log.zip")).missing_count == 5
    here.export(told, tmp_path / "all.zip")
    later = await there.bring_in(tmp_path / "all.zip")
    assert (later.new_message_count, later.new_artifact_count, later.missing_count) == (0, 5, 0)
    assert (there.folder / "completed" / f"{told.production}.mp4").is_file()


async def test_a_running_production_is_exported_as_far_as_it_is(here: House, there: House, tmp_path: Path) -> None:
    """The file holds a whole beginning, says so, and what comes later can be brought in after it."""
    told = told_in(here, is_done=False)
    exported = here.export(told, tmp_path / "begun.zip")
    assert (exported.status, exported.is_settled, exported.message_count) == ("making", False, 5)
    with zipfile.ZipFile(tmp_path / "begun.zip") as begun_file:
        assert "up to its event 5. It was not finished" in begun_file.read("README.txt").decode()
    begun = await there.bring_in(tmp_path / "begun.zip")
    assert (begun.is_settled, begun.is_waiting) == (False, False)
    done = told_in(here)
    assert done.messages[:5] == told.messages
    here.export(done, tmp_path / "done.zip")
    rest = await there.bring_in(tmp_path / "done.zip")
    assert (rest.new_message_count, rest.status) == (2, "done")
    assert fold(told.production, await there.log.read(told.production)) == done.state
    older = await there.bring_in(tmp_path / "begun.zip")
    assert older.new_message_count == 0


async def test_a_deleted_production_has_a_log_and_no_clips(here: House, there: House, tmp_path: Path) -> None:
    """They are gone on purpose, and nothing is missing."""
    told = told_in(here).tell(e.ProductionDeleted())
    here.export(told, tmp_path / "gone.zip")
    imported = await there.bring_in(tmp_path / "gone.zip")
    assert (imported.artifact_count, imported.missing_count, imported.status) == (0, 0, "deleted")


async def test_somebody_who_was_faster_is_no_harm(
    here: House, there: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two imports of one file at the same moment: one writes, the other finds it written."""
    told = told_in(here)
    here.export(told, tmp_path / "film.zip")
    append = there.log.append

    async def too_late(*arguments: object) -> int:
        monkeypatch.setattr(there.log, "append", append)
        for subject, content in told.messages:
            there.log.inject(subject, content)
        raise Conflict("somebody was faster")

    monkeypatch.setattr(there.log, "append", too_late)
    assert (await there.bring_in(tmp_path / "film.zip")).new_message_count == 0
    assert await bytes_of(there, told.production) == told.messages


# -- what can't be exported ----------------------------------------------------------------------------------


def test_a_clip_that_is_missing_or_altered_is_named(here: House, tmp_path: Path) -> None:
    """With the digest that is wanted and the one that is found; nothing is written."""
    told = told_in(here)
    take = told.state.takes[1, 1].rendered
    assert take is not None
    path = here.store.path(take.clip.digest)
    path.chmod(0o644)
    path.write_bytes(b"b clip" * 50)
    with pytest.raises(Trouble) as caught:
        here.export(told, tmp_path / "film.zip")
    assert caught.value.code is Exit.DAMAGED
    assert take.clip.digest in caught.value.why
    assert digest_of(b"b clip" * 50) in caught.value.why
    path.unlink()
    with pytest.raises(Trouble, match=f"{take.clip.digest} is not in"):
        here.export(told, tmp_path / "film.zip")
    assert list(tmp_path.glob("*.zip")) == []
    assert here.export(told, tmp_path / "film.zip", clips=False).artifact_count == 5


def test_a_broken_log_is_not_exported(here: House, tmp_path: Path) -> None:
    """The place is named."""
    told = told_in(here)
    messages = [one for one in messages_of(told) if ".parsed." not in one.subject]
    with pytest.raises(Trouble, match="broken at message 2"):
        Exporter(here.store).export(
            told.production, messages, tmp_path / "film.zip", with_objects=True, may_replace=False
        )


def test_a_file_that_is_there_is_not_written_over_unasked(here: House, tmp_path: Path) -> None:
    """Unless it is asked for."""
    told, file = told_in(here), tmp_path / "film.zip"
    file.write_bytes(b"something of mine")
    with pytest.raises(Trouble) as caught:
        here.export(told, file)
    assert (caught.value.code, file.read_bytes()) == (Exit.REFUSED, b"something of mine")
    here.export(told, file, force=True)
    assert zipfile.is_zipfile(file)


def test_a_folder_that_is_not_there_is_said(here: House, tmp_path: Path) -> None:
    """And a folder that is there gets a file named after the production."""
    with pytest.raises(Trouble, match="can't be written"):
        here.export(told_in(here), tmp_path / "nowhere" / "film.zip")
    assert free_name(tmp_path, stories.PRODUCTION) == tmp_path / f"{stories.PRODUCTION}.kindling.zip"
