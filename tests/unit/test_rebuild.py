"""What follows from the log, made again in a folder that has lost it."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from bus import events as e
from bus.plan import Artifact, Size
from bus.wire.artifacts import FolderArtifacts, file_digest
from kindling.page import rebuilt_view
from kindling.rebuild import Rebuilder
from services._kit.media import ClipWriter
from tests import stories
from tests.stories import MADE, Story, approved, ordered, plan, rendered, segment
from tests.unit.test_cli_screen import drawn
from tests.unit.test_manifest import done, film


@pytest.fixture
def store(tmp_path: Path) -> FolderArtifacts:
    """Return an empty store in a productions folder."""
    return FolderArtifacts(tmp_path / "objects")


def keep(store: FolderArtifacts, content: bytes) -> Artifact:
    """Put bytes into the store."""
    with store.workspace() as folder:
        (folder / "x").write_bytes(content)
        digest = store.keep(folder / "x")
    return Artifact(digest=digest, media_type="video/mp4", size_bytes=len(content))


def test_the_manifest_and_the_plans_come_back(store: FolderArtifacts, tmp_path: Path) -> None:
    """Without a stored manifest it is derived, with the digest that the log names; the plans are written out."""
    told = film()
    cut = told.state.cuts[0]
    rebuilt = Rebuilder(tmp_path, store).rebuild(told.production, told.log)
    assert "manifest of cut 1" in rebuilt.made
    named = tmp_path / "completed" / f"{told.production}.json"
    assert file_digest(named) == cut.manifest.digest
    assert (tmp_path / "plans" / told.production / "plan-1.md").is_file()
    again = Rebuilder(tmp_path, store).rebuild(told.production, told.log)
    assert (again.made, again.new_count) == ((), 0)


def test_what_is_missing_is_named_whole(store: FolderArtifacts, tmp_path: Path) -> None:
    """A film whose takes are gone can't be joined again: the film and each take are findings, with whole digests."""
    told = film()
    found = Rebuilder(tmp_path, store).rebuild(told.production, told.log).findings
    assert found[0].where == "film of cut 1"
    assert told.state.cuts[0].film.digest in found[0].what
    for take in told.state.takes.values():
        assert take.rendered is not None
        assert any(take.rendered.clip.digest in one.what for one in found)


def test_a_film_that_comes_out_otherwise_is_not_passed_off_as_the_same(store: FolderArtifacts, tmp_path: Path) -> None:
    """Joined again from its takes it has another digest than the log names: it is not kept, and that is said."""
    clip = tmp_path / "clip.mp4"
    one = msgspec.structs.replace(segment(1), frame_count=5, out_frame=5)
    small = Size(64, 48)
    asked = msgspec.structs.replace(plan(one), size=small, crop=small)
    with ClipWriter(clip, 64, 48, 16) as writer:
        for level in range(5):
            writer.write(np.full((48, 64, 3), 40 * level, np.uint8))
    size_bytes = clip.stat().st_size
    kept = Artifact(digest=store.keep(clip), media_type="video/mp4", size_bytes=size_bytes, frame_count=5)
    told = Story().tell(
        *stories.BEGINNING,
        e.PlanWritten(number=1, plan=asked, made=MADE),
        ordered(asked, 1),
        msgspec.structs.replace(rendered(1), clip=kept),
        approved(1),
    )
    told.tell(done(told.state))
    rebuilt = Rebuilder(tmp_path, store).rebuild(told.production, told.log)
    (finding,) = [each for each in rebuilt.findings if each.where == "film of cut 1"]
    assert "comes out otherwise" in finding.what
    assert not store.has(told.state.cuts[0].film.digest)
    assert rebuilt.made == ("manifest of cut 1",)


def test_a_stored_manifest_is_kept_whatever_its_form(store: FolderArtifacts, tmp_path: Path) -> None:
    """One that an older Kindling wrote is stored bytes like any other."""
    told = film()
    older = keep(store, b'{"older": true}')
    cut = msgspec.structs.replace(told.state.cuts[0], manifest=older)
    told = Story().tell(*(one.event.fact for one in told.log[:-1] if isinstance(one, e.Recorded)), cut)  # type: ignore[arg-type]
    rebuilt = Rebuilder(tmp_path, store).rebuild(told.production, told.log)
    assert "manifest of cut 1" not in rebuilt.made
    assert (tmp_path / "completed" / f"{told.production}.json").read_bytes() == b'{"older": true}'


def test_of_a_deleted_production_nothing_comes_back(store: FolderArtifacts, tmp_path: Path) -> None:
    """It was removed on purpose."""
    told = film().tell(e.ProductionDeleted())
    rebuilt = Rebuilder(tmp_path, store).rebuild(told.production, told.log)
    assert (rebuilt.file_count, rebuilt.made, rebuilt.findings) == (0, (), ())


def test_what_was_brought_back_is_said(store: FolderArtifacts, tmp_path: Path) -> None:
    """A line for what was made again, and one for each thing that can't be had."""
    told = film()
    text = " ".join(drawn(rebuilt_view([Rebuilder(tmp_path, store).rebuild(told.production, told.log)])).split())
    assert "manifest of cut 1" in text
    assert "can't be had whole from the log" in text
