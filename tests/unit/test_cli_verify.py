"""`verify`, `replay` and `tail`: what is found on a damaged log or store, and what is printed of a sound one."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from bus import codec
from bus import events as e
from bus.ids import ProductionId
from bus.plan import Artifact
from bus.wire.artifacts import FolderArtifacts
from bus.wire.memory import MemoryLog
from kindling.exits import Exit, Trouble
from kindling.page import reports_view
from kindling.reading import state_at
from kindling.tail import printer, tail_log
from kindling.verify import artifacts_of, check, check_chain
from tests.unit.cli_story import ID, Story
from tests.unit.test_cli_screen import drawn


def made() -> Story:
    """Return a production with its film."""
    return Story().requested().understood().sampled().planned(2).took(1, 2).done()


def altered(log: list[e.Recorded | e.Unreadable], index: int, fact: e.Fact) -> list[e.Recorded | e.Unreadable]:
    """Return the log with one event that says something else, sealed anew as a forger would."""
    was = log[index]
    assert isinstance(was, e.Recorded)
    event = msgspec.structs.replace(was.event, fact=fact)
    return [*log[:index], codec.record(was.sequence, was.subject, codec.encode(event)), *log[index + 1 :]]


def store_of(story: Story, root: Path) -> tuple[FolderArtifacts, Story]:
    """Return a store, and a story whose artifacts are all in it: a picture that came with the request."""
    store = FolderArtifacts(root)
    with store.workspace() as folder:
        (folder / "picture").write_bytes(b"a picture")
        digest = store.keep(folder / "picture")
    picture = Artifact(digest=digest, media_type="image/png", size_bytes=9)
    return store, story.tell(e.ProductionRequested(words="this", images=(picture,)))


# -- the chain ---------------------------------------------------------------------------------------------


def test_a_sound_log_has_no_findings() -> None:
    """Chain, ordinals, and what the film's event says of the log, all hold."""
    chain = check_chain(ID, made().log)
    assert (chain.findings, chain.cut_count, chain.event_count) == ((), 1, len(made().log))


def test_a_word_that_was_altered_is_found() -> None:
    """The event after it no longer refers to it."""
    log = altered(made().log, 0, e.ProductionRequested(words="something else"))
    assert any("something was lost or altered" in one.what for one in check_chain(ID, log).findings)


@pytest.mark.parametrize("index", [1, 5, 10])
def test_an_event_that_is_gone_is_found(index: int) -> None:
    """A hole breaks the chain and the count."""
    log = made().log
    found = check_chain(ID, [*log[:index], *log[index + 1 :]]).findings
    assert any("something was lost or altered" in one.what for one in found)


def test_a_log_sealed_anew_to_its_end_is_found_by_the_film() -> None:
    """Who forges every event after it still meets the head that the film's event states."""
    forged = Story()
    for one in made().log:
        assert isinstance(one, e.Recorded)
        fact = one.event.fact
        assert isinstance(fact, e.Fact)
        forged.tell(e.ProductionRequested(words="another film") if isinstance(fact, e.ProductionRequested) else fact)
    (found,) = check_chain(ID, forged.log).findings
    assert found.where == "production.done 1"
    assert "the log was altered" in found.what


def test_a_log_that_begins_later_is_found_by_the_film() -> None:
    """The count of the film's event does not fit either."""
    log = made().log
    assert any(one.where == "production.done 1" for one in check_chain(ID, [log[0], log[-1]]).findings)


def test_a_foreign_message_is_a_finding() -> None:
    """It is on the log, and it is no event of ours."""
    log: list[e.Recorded | e.Unreadable] = [*made().log]
    strange = codec.record(99, f"segment.rendered.{ID}.9-9", b"hello")
    assert any("9-9" in one.where + one.what for one in check_chain(ID, [*log, strange]).findings)


def test_without_a_film_a_lost_tail_can_not_be_seen_and_that_is_said() -> None:
    """No one says how long the log should be."""
    (note,) = check_chain(ID, Story().requested().log).notes
    assert "lost tail" in note


# -- the artifacts -------------------------------------------------------------------------------------------


def test_every_artifact_that_the_log_names_is_looked_at() -> None:
    """Clips, posters and hand-overs of samples and takes, the film and its manifest."""
    roles = [role for role, _ in artifacts_of(made().log).values()]
    assert len(roles) == 2 + 2 * 3 + 2
    assert "take 2-1's hand-over of event 14" in roles


def test_what_is_in_the_store_as_it_was_is_sound(tmp_path: Path) -> None:
    """The digest of the file is the one on the log."""
    store, story = store_of(Story(), tmp_path)
    report = check(ID, story.log, store)
    assert (report.is_sound, report.artifact_count, report.size_bytes) == (True, 1, 9)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"a pictuRe", "altered"), (b"a pict", "altered"), (None, "missing")],
    ids=["bit", "cut", "gone"],
)
def test_what_is_not_as_it_was_is_found(tmp_path: Path, content: bytes | None, says: str) -> None:
    """A changed byte, a cut file and a missing one are told apart, and the event that named it is said."""
    store, story = store_of(Story(), tmp_path)
    (digest,) = artifacts_of(story.log)
    path = store.path(digest)
    path.unlink() if content is None else path.write_bytes(content)
    report = check(ID, story.log, store)
    assert not report.is_sound
    assert report.findings[0].where == "picture of event 1"
    assert report.findings[0].what.startswith(says)
    shown = drawn(reports_view([report]))
    assert digest in shown, "a digest is not broken, to be copied"
    text = " ".join(shown.split())
    assert f"✗ {ID}" in text
    assert "1 production of 1 not as the log says" in text


def test_the_artifacts_of_a_deleted_production_are_not_missed(tmp_path: Path) -> None:
    """They are gone on purpose."""
    report = check(ID, made().tell(e.ProductionDeleted()).log, FolderArtifacts(tmp_path))
    assert report.is_sound
    assert any("deleted" in one for one in report.notes)


# -- as of any event ---------------------------------------------------------------------------------------


def test_every_event_has_its_state() -> None:
    """Replaying to n is folding the first n."""
    log = made().log
    for at in range(1, len(log) + 1):
        assert state_at(ID, log, at).ordinal == at
    assert state_at(ID, log, None) == made().state()


@pytest.mark.parametrize("at", [0, 1000])
def test_an_event_that_is_not_there_is_said(at: int) -> None:
    """With how many there are."""
    with pytest.raises(Trouble) as caught:
        state_at(ID, made().log, at)
    assert caught.value.code is Exit.UNKNOWN
    assert f"{len(made().log)} events" in caught.value.why


# -- the tail ----------------------------------------------------------------------------------------------


async def nothing() -> list[ProductionId]:
    """Return that there are no productions."""
    return []


def memory_of(*stories: Story) -> MemoryLog:
    """Return a log with the stories, one after the other."""
    log = MemoryLog()
    for story in stories:
        for one in story.log:
            assert isinstance(one, e.Recorded)
            log.inject(one.subject, codec.encode(one.event))
    return log


async def test_the_tail_as_json_has_one_event_to_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line has its ordinal and its sequence, to begin there again."""
    story = made()
    await tail_log(memory_of(story), nothing, ID, 0, printer(as_json=True, is_of_all=False), follow=False)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["ordinal"] for one in lines] == list(range(1, len(story.log) + 1))
    assert lines[0]["type"] == "production.requested"
    assert lines[0]["fact"]["words"].startswith("A lighthouse keeper")


async def test_the_tail_resumes_after_an_ordinal(capsys: pytest.CaptureFixture[str]) -> None:
    """What was seen is not shown again."""
    story = made()
    await tail_log(memory_of(story), nothing, ID, 10, printer(as_json=True, is_of_all=False), follow=False)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["ordinal"] for one in lines] == list(range(11, len(story.log) + 1))


async def test_the_tail_of_all_names_each_production_once_in_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    """As `tail` does with several files; and it ends where the log ends."""
    other = Story(ProductionId("red-fox-x2y3")).requested("a red fox")
    log = memory_of(Story().requested().understood(), other)
    await tail_log(log, nothing, None, 0, printer(as_json=False, is_of_all=True), follow=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line in (ID, "red-fox-x2y3")] == [ID, "red-fox-x2y3"]
    assert sum("production.requested" in line for line in lines) == 2


async def test_the_tail_of_an_event_to_come_says_where_the_log_ends() -> None:
    """A number past the end is a mistake, not a long wait."""
    show = printer(as_json=True, is_of_all=False)
    with pytest.raises(Trouble) as caught:
        await tail_log(memory_of(Story().requested()), nothing, ID, 5, show, follow=True)
    assert "Its last one is 1." in caught.value.why
