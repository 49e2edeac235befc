"""Whatever is wrong with a file that is to be brought in is said, and nothing of it is written."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from bus import events as e
from bus.ids import digest_of
from kindling import importing, opening
from kindling.container import CARD, LOG, Card
from kindling.exits import Exit, Trouble
from tests.stories import Story
from tests.unit.archive_house import House, house, keep, told_in


@pytest.fixture
def here(tmp_path: Path) -> House:
    """Return where productions come from."""
    return house(tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path) -> House:
    """Return where they are brought to."""
    return house(tmp_path / "there")


# -- what can't be brought in --------------------------------------------------------------------------------


Entries = dict[str, bytes]


def rewritten(file: Path, change: Callable[[Entries], None], *, compression: int = zipfile.ZIP_STORED) -> Path:
    """Write the file anew with other entries, as a forger or a bad disk would."""
    with zipfile.ZipFile(file) as source:
        entries = {name: source.read(name) for name in source.namelist()}
    change(entries)
    target = file.with_name("changed.zip")
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return target


async def refused(one: House, file: Path) -> Trouble:
    """Return why the file is not brought in; nothing of it is on the log or in the store then."""
    with pytest.raises(Trouble) as caught:
        await one.bring_in(file)
    assert one.log.stored == []
    assert not any(path.is_file() for path in one.store.root.rglob("*"))
    return caught.value


async def test_a_broken_chain_is_refused_with_its_place(here: House, there: House, tmp_path: Path) -> None:
    """A word of the first event is another one: the second no longer follows it."""
    here.export(told_in(here), tmp_path / "film.zip")

    def forge(entries: Entries) -> None:
        entries[LOG] = entries[LOG].replace(b"A keeper rows out", b"A keeper rows off", 1)

    trouble = await refused(there, rewritten(tmp_path / "film.zip", forge))
    assert trouble.code is Exit.DAMAGED
    assert "broken at message 2" in trouble.what
    assert "intent.parsed" in trouble.why


async def test_a_log_that_lacks_its_end_is_refused(here: House, there: House, tmp_path: Path) -> None:
    """The card says how it ends."""
    here.export(told_in(here), tmp_path / "film.zip")

    def cut(entries: Entries) -> None:
        entries[LOG] = b"".join(entries[LOG].splitlines(keepends=True)[:-1])

    assert "not whole" in (await refused(there, rewritten(tmp_path / "film.zip", cut))).what


async def test_a_clip_that_is_another_one_is_refused(here: House, there: House, tmp_path: Path) -> None:
    """Each is held against its digest, of the same length or not, before anything is written."""
    told = told_in(here)
    here.export(told, tmp_path / "film.zip")
    film = told.state.cuts[0].film.digest
    for other, says in ((b"the f1lm", digest_of(b"the f1lm")), (b"a longer film", "13 bytes")):

        def forge(entries: Entries, other: bytes = other) -> None:
            entries[f"objects/{film}.mp4"] = other

        trouble = await refused(there, rewritten(tmp_path / "film.zip", forge))
        assert film in trouble.what
        assert says in trouble.what + trouble.why


async def test_a_clip_that_lacks_is_named(here: House, there: House, tmp_path: Path) -> None:
    """Where the card says that clips are in the file."""
    told = told_in(here)
    here.export(told, tmp_path / "film.zip")
    film = told.state.cuts[0].film.digest
    trouble = await refused(there, rewritten(tmp_path / "film.zip", lambda entries: entries.pop(f"objects/{film}.mp4")))  # type: ignore[arg-type]
    assert trouble.what.startswith(film)


async def test_another_production_of_that_id_is_left_alone(here: House, there: House, tmp_path: Path) -> None:
    """A log is never written over: where they part is said."""
    here.export(told_in(here), tmp_path / "film.zip")
    other = Story().tell(e.ProductionRequested(words="Another film", options=e.Options(sample=False)))
    for subject, content in other.messages:
        there.log.inject(subject, content)
    with pytest.raises(Trouble) as caught:
        await there.bring_in(tmp_path / "film.zip")
    assert caught.value.code is Exit.REFUSED
    assert "parts from it at message 1 of 7" in caught.value.why
    assert len(there.log.stored) == 1


async def test_what_was_removed_here_does_not_come_back(here: House, there: House, tmp_path: Path) -> None:
    """Its clips would belong to nothing, and could not be removed again: nothing of the file is kept."""
    told = told_in(here)
    here.export(told, tmp_path / "film.zip")
    for subject, content in told_in(here).tell(e.ProductionDeleted()).messages:
        there.log.inject(subject, content)
    with pytest.raises(Trouble, match="was removed here") as caught:
        await there.bring_in(tmp_path / "film.zip")
    assert caught.value.code is Exit.REFUSED
    assert not any(path.is_file() for path in there.folder.rglob("*"))


async def test_an_older_file_takes_no_name_away(here: House, there: House, tmp_path: Path) -> None:
    """Where the production has gone on since, its files are named as the log here says, and not as the file does."""
    told = told_in(here, is_done=False)
    here.export(told, tmp_path / "begun.zip")
    here.export(told_in(here), tmp_path / "done.zip")
    await there.bring_in(tmp_path / "done.zip")
    film = there.folder / "completed" / f"{told.production}.mp4"
    assert film.is_file()
    await there.bring_in(tmp_path / "begun.zip")
    assert film.is_file()


async def test_an_unfinished_production_needs_its_clips(here: House, there: House, tmp_path: Path) -> None:
    """Work would go on from pictures that are not there."""
    here.export(told_in(here, is_done=False), tmp_path / "begun.zip", clips=False)
    assert (await refused(there, tmp_path / "begun.zip")).code is Exit.REFUSED


async def test_names_never_come_from_the_file(here: House, there: House, tmp_path: Path) -> None:
    """Entries with paths of their own are never looked at, whatever they are called."""
    here.export(told_in(here), tmp_path / "film.zip")

    def smuggle(entries: Entries) -> None:
        entries["../../escaped.txt"] = b"out"
        entries["objects/../../../escaped.txt"] = b"out"
        entries["/tmp/escaped.txt"] = b"out"  # noqa: S108 - a name in a file
        entries["objects/" + "0" * 64 + ".sh"] = b"out"

    await there.bring_in(rewritten(tmp_path / "film.zip", smuggle))
    assert not list(tmp_path.rglob("escaped.txt"))
    assert sum(path.is_file() for path in there.store.root.rglob("*")) == 5


async def test_a_file_that_somebody_packed_again_is_read(here: House, there: House, tmp_path: Path) -> None:
    """With the zip's usual compression it holds the same."""
    here.export(told_in(here), tmp_path / "film.zip")
    await there.bring_in(rewritten(tmp_path / "film.zip", lambda _: None, compression=zipfile.ZIP_DEFLATED))
    assert len(there.log.stored) == 7


async def test_a_bomb_is_not_unpacked(
    here: House, there: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What unpacks to more than it may is refused by its declared size; a clip is never larger than the log says."""
    monkeypatch.setattr(opening, "LOG_MAX_BYTES", 1 << 20)
    told = told_in(here)
    here.export(told, tmp_path / "film.zip")

    def bomb(entries: Entries) -> None:
        entries[LOG] = b"\n" * (4 << 20)

    trouble = await refused(there, rewritten(tmp_path / "film.zip", bomb, compression=zipfile.ZIP_DEFLATED))
    assert "4,194,304 bytes" in trouble.what
    film = told.state.cuts[0].film.digest

    def grow(entries: Entries) -> None:
        entries[f"objects/{film}.mp4"] = b"\0" * (4 << 20)

    trouble = await refused(there, rewritten(tmp_path / "film.zip", grow, compression=zipfile.ZIP_DEFLATED))
    assert "4,194,304 bytes" in trouble.what


async def test_a_declared_size_that_lies_is_found(here: House, there: House, tmp_path: Path) -> None:
    """No more is read than was declared, and then it is another digest."""
    told = told_in(here)
    here.export(told, tmp_path / "film.zip")
    film = told.state.cuts[0].film

    def grow(entries: Entries) -> None:
        entries[f"objects/{film.digest}.mp4"] = b"\0" * (1 << 20)

    changed = rewritten(tmp_path / "film.zip", grow, compression=zipfile.ZIP_DEFLATED)
    content = changed.read_bytes()
    # In both heads of the entry: a million bytes become the eight that the log names.
    changed.write_bytes(content.replace(struct.pack("<I", 1 << 20), struct.pack("<I", film.size_bytes)))
    trouble = await refused(there, changed)
    assert film.digest in trouble.what


async def test_an_endless_list_is_not_read(there: House, tmp_path: Path) -> None:
    """The zip says how large its list is before it is read."""
    file = tmp_path / "film.zip"
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, opening.INDEX_MAX_BYTES + 1, 0, 0)
    file.write_bytes(end)
    assert "may have" in (await refused(there, file)).why + (await refused(there, file)).what


async def test_two_entries_of_one_name_are_refused(here: House, there: House, tmp_path: Path) -> None:
    """Readers would not agree on which of them counts."""
    here.export(told_in(here), tmp_path / "film.zip")
    with zipfile.ZipFile(tmp_path / "film.zip", "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr(LOG, b"")
    assert "two entries of one name" in (await refused(there, tmp_path / "film.zip")).what


def card_with(**changes: object) -> Callable[[Entries], None]:
    """Return what changes the card."""

    def change(entries: Entries) -> None:
        card = msgspec.json.decode(entries[CARD], type=Card)
        entries[CARD] = msgspec.json.encode(msgspec.structs.replace(card, **changes))

    return change


@pytest.mark.parametrize(
    ("change", "says", "code"),
    [
        (card_with(version=2), "of form 2", Exit.REFUSED),
        (card_with(format="something-else"), "holds a 'something-else'", Exit.DAMAGED),
        (card_with(production="../../etc"), "is no card", Exit.DAMAGED),
        (card_with(production="another-film-2345"), "broken at message 1", Exit.DAMAGED),
        (lambda entries: entries.update({CARD: b"{"}), "is no card", Exit.DAMAGED),
        (lambda entries: entries.pop(CARD), "holds no kindling.json", Exit.DAMAGED),
        (lambda entries: entries.pop(LOG), "holds no log.jsonl", Exit.DAMAGED),
    ],
    ids=["newer", "other format", "path", "other production", "no JSON", "no card", "no log"],
)
async def test_what_is_not_ours_is_said(
    here: House, there: House, tmp_path: Path, change: Callable[[Entries], None], says: str, code: Exit
) -> None:
    """Each with its reason, and nothing is written."""
    here.export(told_in(here), tmp_path / "film.zip")
    trouble = await refused(there, rewritten(tmp_path / "film.zip", change))
    assert says in str(trouble)
    assert trouble.code is code
    assert trouble.help


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + b"\0" * 40, b"PK\x05\x06" + b"\xff" * 18], ids=repr)
async def test_what_is_no_zip_is_said(there: House, tmp_path: Path, content: bytes) -> None:
    """A text, an empty file, and what only begins or ends like one."""
    (tmp_path / "film.zip").write_bytes(content)
    assert (await refused(there, tmp_path / "film.zip")).code is Exit.DAMAGED


async def test_a_file_that_breaks_off_is_said(here: House, there: House, tmp_path: Path) -> None:
    """Whatever of it has arrived."""
    file = tmp_path / "film.zip"
    here.export(told_in(here), file)
    content = file.read_bytes()
    for length in (100, len(content) // 2, len(content) - 5):
        file.write_bytes(content[:length])
        assert (await refused(there, file)).code is Exit.DAMAGED


async def test_an_artifact_of_a_kind_that_there_is_not_is_refused(here: House, there: House, tmp_path: Path) -> None:
    """The gateway would send it to a browser as what the log says it is."""
    page = keep(here.store, b"<script>", "text/html")
    told = Story().tell(e.ProductionRequested(words="x", images=(page,)), e.ProductionCancelled())
    here.export(told, tmp_path / "film.zip")
    assert "'text/html'" in (await refused(there, tmp_path / "film.zip")).what


async def test_a_disk_without_room_is_said_before_anything_is_written(
    here: House, there: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How much is needed, and how much there is."""
    here.export(told_in(here), tmp_path / "film.zip")
    monkeypatch.setattr(importing, "free_bytes", lambda _: 1000)
    trouble = await refused(there, tmp_path / "film.zip")
    assert "has 1 kB left" in trouble.why


async def test_a_file_that_is_not_there_is_said(there: House, tmp_path: Path) -> None:
    """As a wrong call."""
    assert (await refused(there, tmp_path / "film.zip")).code is Exit.MISUSED
