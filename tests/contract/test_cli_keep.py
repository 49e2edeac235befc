"""The commands that look into the log itself and keep productions, over a real server: what they print and end with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bus import events as e
from bus.ids import EventId
from bus.wire.jetstream import connect
from bus.wire.log import Sealed
from kindling.cli import app
from kindling.exits import Exit
from kindling.rebuild import arrange
from kindling.server_conf import ADMIN
from services._kit.home import Home
from tests.contract._server import nats_server
from tests.contract.small_film import SmallFilm, creator
from tests.histories import tell_unknown
from tests.stories import Story
from tests.unit.archive_house import house, told_in


@dataclass
class Place:
    """A home with a log in it."""

    home: Home
    film: SmallFilm

    async def run(self, *arguments: str) -> Result:
        """Call a command in this home, while its server goes on."""
        environment = {"KINDLING_HOME": str(self.home.root), "COLUMNS": "100", "NO_COLOR": "1"}
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments), env=environment))

    async def json(self, *arguments: str) -> object:
        """Return the document that a command prints."""
        done = await self.run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    """Yield a home with a film on its log and its bytes in its store."""
    home = Home(tmp_path / "here")
    film = await SmallFilm(home.root / "productions").make(creator())
    async with nats_server(home.root) as server:
        journal = await connect(server.access(ADMIN), "test")
        sealed = [Sealed(subject=subject, content=said, id=EventId("")) for subject, said in film.told.messages]
        await journal.append(film.told.production, sealed, 0)
        await journal.close()
        yield Place(home, film)


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Place]:
    """Yield a home with an empty log."""
    home = Home(tmp_path / "there")
    async with nats_server(home.root):
        yield Place(home, SmallFilm(home.root / "productions", told=Story()))


async def test_a_moment_is_shown_by_its_number_or_its_time(here: Place) -> None:
    """As of event N, and as of a time; what is not there is said and ends with 4."""
    by_number = await here.json("replay", "lighthouse", "--at", "4")
    assert await here.json("replay", "lighthouse", "--at-time", "2026-01-01T00:00:04.500Z") == by_number
    assert isinstance(by_number, dict)
    assert by_number["revision"] == 4
    shown = await here.run("replay", "lighthouse", "--at", "4")
    assert "as of event 4 of 12" in shown.stdout
    for arguments in (("--at", "99"), ("--at-time", "2025-12-31")):
        assert (await here.run("replay", "lighthouse", *arguments)).exit_code == Exit.UNKNOWN


async def test_a_film_that_is_not_here_is_said_to_be_so(here: Place) -> None:
    """In the place of its path: what brings it back. As of an earlier event nobody expects it."""
    shown = await here.run("show", "lighthouse")
    assert "no file of the film here" in shown.stderr
    assert f"kindling verify {here.film.told.production} --repair" in " ".join(shown.stderr.split())
    arrange(here.film.folder, here.film.store, here.film.told.state)
    shown = await here.run("show", "lighthouse")
    assert (shown.stdout.splitlines()[-1].endswith(".mp4"), shown.stderr) == (True, "")


async def test_what_changed_between_two_events_is_told(here: Place) -> None:
    """For people and for programs, in both directions; nothing between an event and itself."""
    there = await here.json("diff", "lighthouse", "3", "12")
    back = await here.json("diff", "lighthouse", "12", "3")
    assert isinstance(there, list)
    assert isinstance(back, list)
    changes = {(one["about"], one["part"], one["was"], one["now"]) for one in there}
    assert {(one["about"], one["part"], one["now"], one["was"]) for one in back} == changes
    assert ("segment 2", "shows", None, "take 1") in changes
    assert "Nothing that is shown has changed." in (await here.run("diff", "lighthouse", "5", "5")).stdout
    assert (await here.run("diff", "lighthouse", "3", "99")).exit_code == Exit.UNKNOWN


async def test_why_something_is_as_it_is_is_told(here: Place) -> None:
    """The chain of a segment from the request to the film, and what is not there ends with 4."""
    found = await here.json("why", "lighthouse", "segment", "2")
    assert isinstance(found, dict)
    assert [found["steps"][0]["type"], found["steps"][-1]["type"]] == ["production.requested", "production.done"]
    assert all(one["sequence"] for one in found["steps"])
    shown = (await here.run("why", "lighthouse")).stdout
    assert "the film, cut 1" in shown
    assert (await here.run("why", "lighthouse", "segment", "9")).exit_code == Exit.UNKNOWN


async def test_a_production_goes_from_one_home_to_another(here: Place, there: Place, tmp_path: Path) -> None:
    """Exported and imported it is the same; a second time there is nothing to do; only results go to stdout."""
    file = tmp_path / "film.zip"
    exported = await here.run("export", "lighthouse", str(file))
    assert (exported.exit_code, exported.stdout) == (0, f"{file}\n")
    imported = await there.run("import", str(file))
    assert (imported.exit_code, imported.stdout) == (0, f"{here.film.told.production}\n")
    assert await there.json("replay", "lighthouse") == await here.json("replay", "lighthouse")
    again = await there.run("import", str(file))
    assert again.exit_code == 0
    assert "nothing to do" in " ".join(again.stderr.split())
    assert (await there.run("verify")).exit_code == 0
    assert (await here.run("export", "lighthouse", str(file))).exit_code == Exit.REFUSED
    file.write_bytes(file.read_bytes()[:-100])
    assert (await there.run("import", str(file))).exit_code == Exit.DAMAGED


@pytest.mark.parametrize(
    ("tell", "says"),
    [
        (tell_unknown, "goes on once this one is updated"),
        (lambda told: told.tell(e.ProductionDeleted()), "It was removed where it comes from"),
        (lambda told: told, "this Kindling goes on with it"),
    ],
)
async def test_what_becomes_of_it_here_is_said(
    there: Place, tmp_path: Path, tell: Callable[[Story], Story], says: str
) -> None:
    """Whoever brings a production in hears whether it goes on, and what it waits for."""
    elsewhere = house(tmp_path / "elsewhere")
    elsewhere.export(tell(told_in(elsewhere, is_done=False)), tmp_path / "film.zip")
    imported = await there.run("import", str(tmp_path / "film.zip"))
    assert imported.exit_code == 0, imported.output
    assert says in " ".join(imported.stderr.split())


async def test_what_is_damaged_is_found_and_mended(here: Place) -> None:
    """Found: 7, with both digests and how to mend it. Mended: 0, and the folders are as they should be."""
    film = here.film
    cut = film.told.state.cuts[0]
    film.store.path(cut.film.digest).unlink()
    take = film.told.state.takes[1, 1].rendered
    assert take is not None
    stored = film.store.path(take.clip.digest)
    stored.chmod(0o644)
    stored.write_bytes(b"another clip")
    other = film.folder / "segments" / "another-film-2345" / "segment-001-take-1-approved.mp4"
    other.parent.mkdir(parents=True)
    other.hardlink_to(stored)
    found = await here.run("verify", "lighthouse")
    assert found.exit_code == Exit.DAMAGED
    assert "kindling verify --repair" in " ".join(found.stderr.split())
    for digest in (cut.film.digest, take.clip.digest):
        assert digest in found.stdout.replace("\n", "")
    mended = await here.run("verify", "--repair")
    assert mended.exit_code == 0, mended.output
    assert "joined again from its takes" in mended.stdout
    assert "Folders of other films still lead to what was altered" in " ".join(mended.stderr.split())
    assert (await here.json("rebuild")) == [
        {"production": film.told.production, "file_count": 6, "new_count": 0, "made": [], "findings": []}
    ]
