"""What an exported file holds: a log byte for byte, and a chain that shows every change of it."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus import codec
from bus import events as e
from bus.ids import ProductionId, digest_of
from bus.production import Production, fold
from kindling.container import (
    FORMAT,
    VERSION,
    Card,
    check_log,
    first_break,
    parted_at,
    read_log,
    records_of,
    write_log,
)
from kindling.exits import Exit, Trouble
from tests.forks import messages_of
from tests.histories import Told, garbled, histories, tell_unknown
from tests.laws import examples
from tests.stories import BEGINNING, Story, story
from tests.unit.test_manifest import film


def card_of(told: Story) -> Card:
    """Return the card of a story."""
    return Card(
        format=FORMAT,
        version=VERSION,
        production=told.production,
        title="",
        status="done",
        message_count=len(told.log),
        head=told.log[-1].digest,
        has_objects=False,
        artifacts=(),
    )


def unplaced(state: Production) -> Production:
    """Return the state less where on the whole log its anomalies lie: that is the log's own, not the production's."""
    anomalies = tuple(msgspec.structs.replace(one, sequence=0) for one in state.anomalies)
    return msgspec.structs.replace(state, anomalies=anomalies)


@given(st.lists(st.tuples(st.sampled_from(("a.b.c.d", "x.y.z.1")), st.binary(max_size=60))))
def test_any_bytes_come_back_as_they_were(content: list[tuple[str, bytes]]) -> None:
    """Whatever lies on the log is read back from its line byte for byte, also what is no event."""
    messages = [e.Stored(sequence=n, subject=of, content=said) for n, (of, said) in enumerate(content, 1)]
    assert list(read_log(write_log(messages))) == messages


@given(st.text(), st.sampled_from((b"", b" ", b"\n", b"\r", b"\t")))
def test_json_comes_back_as_it_was_with_its_white_space(words: str, space: bytes) -> None:
    """Bytes that look like an event and are not written as ours are survive, too."""
    said = json.dumps({"words": words}, ensure_ascii=False).encode(errors="surrogatepass")
    for content in (space + said + space, said.replace(b":", b":" + space)):
        (read,) = read_log(write_log([e.Stored(sequence=1, subject="a.b.c.d", content=content)]))
        assert read.content == content


@settings(max_examples=examples(60))
@given(histories())
def test_the_fold_of_an_exported_log_is_the_fold_of_the_log(history: Told) -> None:
    """Every state, digest and time is the same after the way through the file; its chain holds."""
    told = history.story
    log = records_of(read_log(write_log(messages_of(told))))
    assert fold(told.production, log) == told.state
    check_log(card_of(told), log)


@settings(max_examples=examples(60))
@given(garbled())
def test_a_log_that_nobody_should_write_goes_the_same_way(told: Story) -> None:
    """Events of a newer program, garbage and facts that can't stand are the same anomalies elsewhere."""
    log = records_of(read_log(write_log(messages_of(told))))
    assert unplaced(fold(told.production, log)) == unplaced(told.state)


@settings(max_examples=examples(80))
@given(histories(steps_max=40), st.data())
def test_no_change_of_a_log_goes_unseen(history: Told, data: st.DataObject) -> None:
    """A line that is gone, doubled, swapped, altered, or from elsewhere: each is found, at its place or right after."""
    told = history.story
    log = list(messages_of(told))
    place = data.draw(st.integers(0, len(log) - 1))
    match data.draw(st.sampled_from(("gone", "doubled", "swapped", "altered", "other"))):
        case "gone":
            del log[place]
        case "doubled":
            log.insert(place, log[place])
        case "swapped":
            other = data.draw(st.integers(0, len(log) - 1))
            if other == place:
                return
            log[place], log[other] = log[other], log[place]
            place = min(place, other)
        case "altered":
            said = log[place].content
            at = data.draw(st.integers(0, len(said) - 1))
            flipped = said[:at] + bytes([said[at] ^ 1]) + said[at + 1 :]
            log[place] = msgspec.structs.replace(log[place], content=flipped)
        case _:
            subject = log[place].subject.replace(told.production, "another-film-2345")
            log[place] = msgspec.structs.replace(log[place], subject=subject)
    with pytest.raises(Trouble) as caught:
        check_log(card_of(told), records_of(log))
    assert caught.value.code is Exit.DAMAGED
    found = first_break(told.production, records_of(log))
    assert found is None or found.place in (place + 1, place + 2)


def test_the_place_of_a_break_is_told() -> None:
    """Which message, and what was wanted there."""
    told = film()
    log = [one for one in messages_of(told) if ".parsed." not in one.subject]
    with pytest.raises(Trouble, match=r"broken at message 2\..*counts itself as event 3, where 2 is due"):
        check_log(card_of(told), records_of(log))


def test_a_log_that_ends_too_early_is_not_whole() -> None:
    """A chain can't show a lost tail; the card can."""
    told = film()
    with pytest.raises(Trouble, match=r"not whole.*It ends in message 3"):
        check_log(card_of(told), records_of(messages_of(told)[:3]))
    with pytest.raises(Trouble, match="It ends in nothing"):
        check_log(card_of(told), ())


def test_events_of_a_newer_kindling_and_foreign_messages_belong_to_the_chain() -> None:
    """What a reader does not know holds it together like anything else."""
    told = tell_unknown(story(*BEGINNING))
    told.overhear(f"segment.rendered.{told.production}.9-9", b"hello")
    told.seal(e.ProductionDirected(number=1, words="x"), previous=told.log[-1].digest, ordinal=7)
    log = records_of(read_log(write_log(messages_of(told))))
    check_log(card_of(told), log)
    assert isinstance(log[-2], e.Unreadable)
    assert fold(told.production, log).unknown == ("segment.graded v1",)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b'{"subject":"a.b.c.d"}',
        b'{"subject":1,"event":{}}',
        b'{"subject":"a.b.c.d","base64":"?"}',
        b"[" * 10_000,
    ],
    ids=["empty", "nothing", "no event", "no subject", "no Base64", "nested"],
)
def test_a_line_that_is_no_message_is_named(line: bytes) -> None:
    """By its number."""
    good = write_log([e.Stored(sequence=1, subject="a.b.c.d", content=b"{}")])
    with pytest.raises(Trouble, match=r"Line 2 of log\.jsonl is no message"):
        read_log(good + line + b"\n")


def test_a_message_that_no_log_takes_is_refused() -> None:
    """It is larger than any server lets through."""
    with pytest.raises(Trouble, match="has 1,000,001 bytes"):
        read_log(write_log([e.Stored(sequence=1, subject="a.b.c.d", content=b"x" * 1_000_001)]))


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_two_logs_part_where_they_first_differ(one: list[int], other: list[int]) -> None:
    """Or not at all, while one begins the other."""
    logs = [[e.Stored(sequence=n, subject="a.b.c.d", content=bytes([n])) for n in log] for log in (one, other)]
    found = parted_at(*logs)
    same = min(len(one), len(other)) if found is None else found - 1
    assert one[:same] == other[:same]
    assert found is None or one[same] != other[same]


def test_a_production_of_another_name_is_no_part_of_the_chain() -> None:
    """Its messages would have another subject, and another digest."""
    told = film()
    found = first_break(ProductionId("another-film-2345"), told.log)
    assert found is not None
    assert found.place == 1
    assert told.production in found.what


def test_what_was_adopted_from_another_production_is_checked_as_well() -> None:
    """A fork's log holds the other's events; one that was altered there is found here."""
    from tests.forks import fork_of

    forked = fork_of(film())
    check_log(card_of(forked), records_of(messages_of(forked)))
    first = forked.log[0]
    assert isinstance(first, e.Recorded)
    asked = first.event.fact
    assert isinstance(asked, e.ProductionRequested)
    assert asked.origin is not None
    wrong = msgspec.structs.replace(asked, origin=msgspec.structs.replace(asked.origin, digest=digest_of(b"x")))
    facts = [one.event.fact for one in forked.log[1:] if isinstance(one, e.Recorded)]
    forged = Story(production=forked.production).tell(wrong, *(one for one in facts if isinstance(one, e.Fact)))
    with pytest.raises(Trouble, match="adopted from another one"):
        check_log(card_of(forged), records_of(messages_of(forged)))


def test_a_line_is_the_event_as_it_stands() -> None:
    """A person who opens the file reads the event itself."""
    told = film()
    line = write_log(messages_of(told)).splitlines()[0]
    assert json.loads(line)["event"]["data"]["words"] == "This man rows out"
    assert codec.decode(msgspec.json.decode(line, type=dict[str, msgspec.Raw])["event"]).ordinal == 1
