"""What the store lacks or has otherwise comes back with its very bytes, or it is said what that means."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from bus import events as e
from bus.board import film_takes
from bus.errors import Unprocessable
from bus.ids import Digest, digest_of
from bus.plan import Artifact
from bus.wire.artifacts import file_digest
from kindling.page import repaired_view
from kindling.rebuild import arrange
from kindling.repair import Repaired, Repairer
from kindling.verify import artifacts_of
from services._kit.home import Home
from services._kit.settings import Settings
from services.creator.perform import Creator
from services.stitcher.decide import Stitch
from services.stitcher.perform import Stitcher
from tests.contract.small_film import SmallFilm, creator, silent
from tests.stories import Story
from tests.unit.test_cli_screen import drawn


@pytest.fixture(scope="session")
async def original(tmp_path_factory: pytest.TempPathFactory) -> SmallFilm:
    """Make one film for all tests: each works on a copy."""
    return await SmallFilm(tmp_path_factory.mktemp("film")).make(creator())


@pytest.fixture
def film(original: SmallFilm, tmp_path: Path) -> SmallFilm:
    """Return a film with a store of its own."""
    shutil.copytree(original.folder, tmp_path / "productions")
    copy = SmallFilm(tmp_path / "productions", told=original.told)
    arrange(copy.folder, copy.store, copy.told.state)
    return copy


def take(film: SmallFilm, segment: int) -> e.SegmentRendered:
    """Return a take as it was rendered."""
    rendered = film.told.state.takes[segment, 1].rendered
    assert rendered is not None
    return rendered


def lose(film: SmallFilm, *digests: Digest, names: bool = True) -> None:
    """Remove bytes from the store, and the folders for people unless told otherwise."""
    for digest in digests:
        film.store.path(digest).unlink()
    if names:
        for folder in ("completed", "segments", "plans"):
            shutil.rmtree(film.folder / folder)


def alter(film: SmallFilm, digest: Digest) -> Digest:
    """Flip a bit of a stored file, as a bad disk would; return the digest that it has then."""
    path = film.store.path(digest)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)
    return digest_of(bytes(content))


async def repair(film: SmallFilm, perform: Creator | None = None) -> Repaired:
    """Repair the film's production."""
    return await Repairer(film.folder, film.store, perform or creator()).repair(film.told.production, film.told.log)


def is_whole(film: SmallFilm) -> bool:
    """Say whether every artifact that the log names is in the store as it should be."""
    return all(
        film.store.has(digest) and file_digest(film.store.path(digest)) == digest
        for digest in artifacts_of(film.told.log)
    )


async def test_whatever_is_lost_of_an_animatic_comes_back(film: SmallFilm) -> None:
    """With nothing left but the log: takes are rendered again, parents first, and all that follows from them."""
    everything = tuple(artifacts_of(film.told.log))
    lose(film, *everything)
    done = await repair(film)
    assert (done.left, done.report.is_sound) == ((), True)
    assert {one.digest for one in done.mended} == set(everything)
    assert {one.how for one in done.mended} == {
        "rendered again from its order",
        "derived from the log",
        "joined again from its takes",
    }
    assert is_whole(film)
    assert (film.folder / "completed" / f"{film.told.production}.mp4").is_file()


@pytest.mark.parametrize("part", ["clip", "hand_over", "poster"])
async def test_one_lost_part_comes_back_alone(film: SmallFilm, part: str) -> None:
    """What was there is left as it was."""
    digest = getattr(take(film, 1), part).digest
    lose(film, digest)
    done = await repair(film)
    assert [one.digest for one in done.mended] == [digest]
    assert is_whole(film)


async def test_an_altered_clip_is_replaced_and_nothing_is_thrown_away(film: SmallFilm) -> None:
    """The other bytes are put aside under their own digest, and names lead to the right ones again."""
    digest = take(film, 1).clip.digest
    found = alter(film, digest)
    shutil.rmtree(film.folder / "segments")
    (mended,) = (await repair(film)).mended
    assert mended.put_aside is not None
    assert file_digest(Path(mended.put_aside)) == found
    assert is_whole(film)
    (named,) = (film.folder / "segments").rglob("segment-001-*")
    assert file_digest(named) == digest


async def test_names_of_what_is_shared_lead_to_the_right_bytes_again(film: SmallFilm) -> None:
    """What was mended for one production is named anew for the others that show it, whose store is whole by then."""
    digest = take(film, 1).clip.digest
    (named,) = (film.folder / "segments").rglob("segment-001-*")
    named.unlink()
    named.write_bytes(b"what a bad disk left")
    done = await repair(film)
    assert (done.mended, done.report.is_sound) == ((), True)
    assert file_digest(named) == digest


async def test_bytes_that_are_made_anew_take_the_place_of_altered_ones(film: SmallFilm, tmp_path: Path) -> None:
    """Whoever makes the very bytes again, in a fork or a regeneration, has them kept; the others are put aside."""
    digest = take(film, 1).clip.digest
    shutil.copyfile(film.store.path(digest), tmp_path / "again")
    found = alter(film, digest)
    assert film.store.keep(tmp_path / "again") == digest
    assert file_digest(film.store.path(digest)) == digest
    assert file_digest(film.store.root / "altered" / found) == found


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_film_shows_nothing_but_what_was_reviewed(film: SmallFilm, is_there: bool) -> None:
    """A clip with other bytes, as good as they may look, or with none, is named with both digests; no film is made."""
    wanted, other = take(film, 2).clip.digest, take(film, 1).clip.digest
    content = film.store.path(other).read_bytes()
    film.store.path(wanted).unlink()
    if is_there:
        film.store.path(other).with_name("x").write_bytes(content)
        film.store.path(other).with_name("x").replace(film.store.root / wanted[:2] / wanted)
    state = film.told.state
    takes = film_takes(state)
    assert state.plan is not None
    assert takes is not None
    task = Stitch(number=2, plan_number=1, plan=state.plan, takes=takes)
    with pytest.raises(Unprocessable) as caught:
        await Stitcher(Settings(home=Home(film.folder)))(task, state, film.store, silent)
    said = caught.value
    assert said.what == f"The clip of take 2-1 {'was altered' if is_there else 'is missing'}."
    assert said.why == f"Wanted {wanted}, found {other if is_there else 'nothing'}."
    assert "--repair" in said.help


async def test_a_copy_under_its_name_is_as_good(film: SmallFilm) -> None:
    """What still lies in the folders for people is taken from there, if its bytes are right."""
    lose(film, take(film, 1).clip.digest, film.told.state.cuts[0].film.digest, names=False)
    done = await repair(film, Creator({}))
    assert {one.how.partition(" ")[0] for one in done.mended} == {"taken"}
    assert is_whole(film)


async def test_what_comes_out_otherwise_is_not_kept_and_its_meaning_is_said(tmp_path: Path) -> None:
    """Both digests, who made it, and that another rendering is another take; the store takes none of it."""
    perform = creator()
    film = await SmallFilm(tmp_path, renderer="moody").make(perform)
    digest = take(film, 2).clip.digest
    before = {path.name for path in film.store.root.rglob("*") if path.is_file()}
    lose(film, digest, names=False)
    done = await repair(film, perform)
    assert (done.mended, done.report.is_sound) == ((), False)
    (left,) = done.left
    assert left.where == "take 2-1"
    assert digest in left.what
    assert "another take" in left.what
    assert "kindling redo" in left.what
    assert {path.name for path in film.store.root.rglob("*") if path.is_file()} == before - {digest}
    shown = drawn(repaired_view([done]))
    assert digest in shown, "a digest is not broken, to be copied"
    assert "It was not kept" in " ".join(shown.split())


async def test_a_policy_that_refuses_the_order_refuses_it_again(film: SmallFilm) -> None:
    """A log that was brought in holds orders that nobody here was asked about."""
    facts = [one.event.fact for one in film.told.log if isinstance(one, e.Recorded)]
    forged = Story()
    for fact in facts:
        assert isinstance(fact, e.Fact)
        if isinstance(fact, e.SegmentOrdered):
            order = msgspec.structs.replace(fact.order, prompt="a naked child")
            fact = msgspec.structs.replace(fact, order=order)
        forged.tell(fact)
    lose(film, take(film, 1).clip.digest)
    changed = SmallFilm(film.folder, told=forged)
    done = await repair(changed)
    assert any("content policy" in one.what for one in done.left)
    assert not film.store.has(take(film, 1).clip.digest)


async def test_a_renderer_that_is_not_here_is_named(film: SmallFilm) -> None:
    """Its takes can't come back, and what follows from them can't either; the rest does."""
    cut = film.told.state.cuts[0]
    lose(film, take(film, 1).clip.digest, cut.film.digest, cut.manifest.digest)
    done = await repair(film, Creator({}))
    assert [one.digest for one in done.mended] == [cut.manifest.digest]
    assert {one.where for one in done.left} >= {"take 1-1"}
    assert any("No renderer here is called" in one.what for one in done.left)
    assert any(cut.film.digest in one.what for one in done.left)


async def test_a_picture_of_the_person_can_not_be_made_again(tmp_path: Path) -> None:
    """That is said, with what would bring it back."""
    picture = Artifact(digest=digest_of(b"him"), media_type="image/png", size_bytes=3)
    film = await SmallFilm(tmp_path, images=(picture,)).make(creator())
    (left,) = (await repair(film)).left
    assert picture.digest in left.what
    assert "it came from you" in left.what


async def test_of_a_deleted_production_nothing_is_brought_back(film: SmallFilm) -> None:
    """It was removed on purpose."""
    gone = SmallFilm(film.folder, told=Story())
    for one in film.told.log:
        assert isinstance(one, e.Recorded)
        assert isinstance(one.event.fact, e.Fact)
        gone.told.tell(one.event.fact)
    gone.told.tell(e.ProductionDeleted())
    lose(film, take(film, 1).clip.digest)
    done = await repair(gone)
    assert (done.mended, done.left, done.report.is_sound) == ((), (), True)


async def test_where_all_is_well_nothing_is_touched(film: SmallFilm) -> None:
    """And that is said."""
    before = {path: path.stat().st_mtime_ns for path in film.store.root.rglob("*") if path.is_file()}
    done = await repair(film)
    assert (done.mended, done.left) == ((), ())
    assert {path: path.stat().st_mtime_ns for path in film.store.root.rglob("*") if path.is_file()} == before
    assert "Nothing had to be mended" in drawn(repaired_view([done]))
