from __future__ import annotations

import re
from typing import ClassVar

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bus import codec
from bus import events as e
from bus.errors import NotReady, Reason, Refused, Unprocessable
from bus.subjects import subject_of
from tests.golden.examples import EXAMPLES, PRODUCTION, event_of
from tests.histories import facts

REQUESTED = e.ProductionRequested(words="A keeper rows out")
SUBJECT = subject_of(PRODUCTION, REQUESTED)


def stored(**changes: object) -> bytes:
    """Return a stored request whose envelope has these fields changed; None removes one."""
    envelope = msgspec.json.decode(codec.encode(event_of(REQUESTED)), type=dict[str, object])
    changed = {name: value for name, value in (envelope | changes).items() if value is not None}
    return msgspec.json.encode(changed)


# -- there and back ------------------------------------------------------------------------------------------


@given(facts())
def test_what_is_written_is_read(fact: e.Fact) -> None:
    """Any event is decoded from its own bytes to the very same event, and recorded on its own subject."""
    event = event_of(fact)
    content = codec.encode(event)
    assert codec.decode(content) == event
    recorded = codec.record(5, subject_of(PRODUCTION, fact), content)
    assert isinstance(recorded, e.Recorded)
    assert recorded.event == event


@given(st.text())
def test_any_words_survive(words: str) -> None:
    """Words of any script, quotes, control characters and emoji come back as they were."""
    event = event_of(e.ProductionDirected(number=1, words=words))
    assert codec.decode(codec.encode(event)) == event


# -- newer than this reader ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "version"), [("production.graded", 1), ("production.requested", 2)])
def test_what_is_newer_is_shown_with_its_bytes_and_never_acted_upon(kind: str, version: int) -> None:
    """An unknown type or a newer version becomes Unknown with its bytes kept; acting on it is not ready, not wrong."""
    content = stored(type=kind, version=version, data={"grade": [1, None]})
    recorded = codec.record(1, f"{kind}.{PRODUCTION}.1", content)
    assert isinstance(recorded, e.Recorded)
    assert recorded.event.fact == e.Unknown(type=kind, version=version, data=b'{"grade":[1,null]}')
    with pytest.raises(NotReady, match="older than the one that wrote it"):
        codec.require_known(recorded.event)
    with pytest.raises(Unprocessable, match="can be read but not written"):
        codec.encode(recorded.event)


def test_a_field_that_is_newer_is_passed_over() -> None:
    """A newer writer may add fields, to the fact and to the envelope: this reader takes what it knows."""
    content = stored(data={"words": "A keeper", "mood": "calm"}, signature="…")
    event = codec.decode(content)
    assert event.fact == e.ProductionRequested(words="A keeper")
    assert codec.require_known(event) == event.fact


# -- older than this reader ----------------------------------------------------------------------------------


class Graded(e.Once, frozen=True, kw_only=True):
    """A type made for these tests, in its third version."""

    TYPE: ClassVar[str] = "production.graded"
    VERSION: ClassVar[int] = 3
    grade: str


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the type, and upcasts from its first version to its second and third."""
    monkeypatch.setitem(e.BY_TYPE, Graded.TYPE, Graded)
    monkeypatch.setitem(codec._facts, Graded.TYPE, msgspec.json.Decoder(Graded))
    monkeypatch.setitem(codec._whole, Graded.TYPE, msgspec.json.Decoder(codec.Wire[Graded]))
    monkeypatch.setitem(codec.UPCASTS, (Graded.TYPE, 1), lambda data: data.replace(b"look", b"mood"))
    monkeypatch.setitem(codec.UPCASTS, (Graded.TYPE, 2), lambda data: data.replace(b"mood", b"grade"))


@pytest.mark.usefixtures("graded")
@pytest.mark.parametrize(("version", "field"), [(1, "look"), (2, "mood"), (3, "grade")])
def test_an_older_version_is_lifted_step_by_step(version: int, field: str) -> None:
    """Every version that was ever stored is read as the current one, each step by its own upcast."""
    content = stored(type=Graded.TYPE, version=version, data={field: "dusk"})
    assert codec.decode(content, likely=Graded.TYPE).fact == Graded(grade="dusk")


@pytest.mark.usefixtures("graded")
def test_a_version_that_no_upcast_leads_from_is_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing upcast, and one that fails on the bytes, make the message unreadable and nothing worse."""
    content = stored(type=Graded.TYPE, version=1, data={})
    monkeypatch.delitem(codec.UPCASTS, (Graded.TYPE, 2))
    assert isinstance(codec.record(1, f"production.graded.{PRODUCTION}.1", content), e.Unreadable)

    def fails(_: bytes) -> bytes:
        raise KeyError("look")

    monkeypatch.setitem(codec.UPCASTS, (Graded.TYPE, 1), fails)
    with pytest.raises(Unprocessable, match="no event of ours"):
        codec.decode(content)


# -- no event of ours ----------------------------------------------------------------------------------------

DEEP = b'{"data":' + b"[" * 100_000
DEEP_UNKNOWN = stored(type="production.graded", data="@").replace(b'"@"', b"[" * 20_000 + b"]" * 20_000)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"null",
        b"[]",
        b"{}",
        b"\x00" * 40,
        b"\xff\xfe",
        stored().replace(b"keeper", b"\xc3\x28"),
        stored()[:-1],
        stored() + b"}",
        stored(id=7),
        stored(data=None),
        stored(data=[None, {"words": None}]),
        stored(data={"words": {"words": None}}),
        stored(by={"service": "gateway"}),
        stored(version=0),
        stored(version=-1),
        stored(ordinal="1"),
        stored(ordinal=1).replace(b'"ordinal":1', b'"ordinal":' + b"9" * 9999),
        stored(production="another"),
        stored(production="UPPER"),
        stored(type="production.directed"),
        DEEP,
        DEEP_UNKNOWN,
        b'"' + b"x" * 3_000_000 + b'"',
    ],
    ids=lambda content: repr(content[:24]),
)
def test_what_is_no_event_is_unreadable_with_a_sentence(content: bytes) -> None:
    """Garbage, cut-off, foreign, deep or huge: it is shown as no event, with a reason that fits on a screen."""
    found = codec.record(3, SUBJECT, content)
    assert isinstance(found, e.Unreadable)
    assert found.why.startswith("The message is no event of ours.")
    assert len(found.why) < 500
    assert (found.sequence, found.subject) == (3, SUBJECT)


@pytest.mark.parametrize(
    ("subject", "production", "number"),
    [
        ("production.directed.UP.1", "UP", 1),
        ("production.directed.a.b.1", "a.b", 1),
        ("production.directed.a.-1", "a", -1),
    ],
)
def test_an_event_on_what_is_no_subject_is_no_event(subject: str, production: str, number: int) -> None:
    """Even where an event agrees with the subject it lies on: a subject that is none of ours holds none of ours."""
    content = stored(type="production.directed", production=production, data={"number": number, "words": ""})
    assert isinstance(codec.record(1, subject, content), e.Unreadable)


SUBJECTS = [subject_of(PRODUCTION, fact) for fact in EXAMPLES.values()]
CONTENTS = [codec.encode(event_of(fact)) for fact in EXAMPLES.values()]


@given(st.text(max_size=60) | st.sampled_from(SUBJECTS), st.binary(max_size=200) | st.sampled_from(CONTENTS))
@example(SUBJECT, DEEP)
def test_no_bytes_on_no_subject_raise_and_no_event_lies_where_it_does_not_belong(subject: str, content: bytes) -> None:
    """Whatever lies on the log is an event on its own subject, or unreadable."""
    found = codec.record(1, subject, content)
    if isinstance(found, e.Recorded):
        assert isinstance(found.event.fact, e.Fact)
        assert subject_of(found.event.production, found.event.fact) == subject


@given(st.sampled_from(range(len(CONTENTS))), st.data())
def test_a_damaged_event_never_raises(index: int, data: st.DataObject) -> None:
    """An event with bytes overwritten, cut out or put in is still an event, or unreadable."""
    content = bytearray(CONTENTS[index])
    at = data.draw(st.integers(0, len(content) - 1))
    count = data.draw(st.integers(0, 20))
    content[at : at + count] = data.draw(st.binary(max_size=8))
    found = codec.record(1, SUBJECTS[index], bytes(content))
    assert isinstance(found, e.Recorded | e.Unreadable)


def read(content: bytes, likely: str) -> e.Event | str:
    """Return the event that the bytes hold, or why they hold none."""
    try:
        return codec.decode(content, likely)
    except Unprocessable as error:
        return str(error)


@given(st.sampled_from(range(len(CONTENTS))), st.sampled_from([*e.BY_TYPE, "production.graded"]), st.data())
def test_a_guess_at_the_type_changes_nothing_but_the_time(index: int, likely: str, data: st.DataObject) -> None:
    """Whether the type is guessed right, wrong or not at all, whole or damaged bytes are the same event, or none."""
    content = bytearray(CONTENTS[index])
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=8))
    own = SUBJECTS[index].rsplit(".", 2)[0]
    expected = read(bytes(content), "")
    assert read(bytes(content), own) == expected
    assert read(bytes(content), likely) == expected


# -- limits and digests --------------------------------------------------------------------------------------


def test_an_event_that_is_too_large_is_refused_with_a_sentence() -> None:
    """What is over a type's limit is refused before it is written: its size, the limit, and what to do."""
    room = e.ProductionDirected.LIMIT_BYTES - len(msgspec.json.encode(e.ProductionDirected(number=1, words="")))
    fits = event_of(e.ProductionDirected(number=1, words="x" * room))
    assert codec.decode(codec.encode(fits)) == fits
    with pytest.raises(Refused, match=r"has 65,537 bytes\. .* hold 65,536 at most\. Shorten") as refused:
        codec.encode(event_of(e.ProductionDirected(number=1, words="x" * (room + 1))))
    assert refused.value.reason is Reason.TOO_LARGE


def test_a_plan_may_be_larger_than_other_events() -> None:
    """Plans have the documented 512 KiB, everything else 64 KiB."""
    limits = {one.TYPE: one.LIMIT_BYTES for one in e.FACTS}
    assert {name for name, limit in limits.items() if limit == 512 * 1024} == {"plan.written", "plan.revised"}
    assert set(limits.values()) == {64 * 1024, 512 * 1024, limits["production.adopted"]}


@given(st.integers(0, 8 * (len(SUBJECT) + len(CONTENTS[0])) - 1))
def test_the_digest_changes_with_any_bit(bit: int) -> None:
    """One bit of the subject or of the bytes changes what the next event has to refer to."""
    whole = bytearray(SUBJECT.encode() + CONTENTS[0])
    whole[bit // 8] ^= 1 << bit % 8
    subject, content = bytes(whole[: len(SUBJECT)]), bytes(whole[len(SUBJECT) :])
    changed = codec.stored_digest(subject.decode("latin-1"), content)
    assert changed != codec.stored_digest(SUBJECT, CONTENTS[0])


# -- CloudEvents ---------------------------------------------------------------------------------------------

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}")
"""CloudEvents 1.0.2, 3: names of attributes are lower-case letters and digits, and should not exceed 20."""


@pytest.mark.parametrize("fact", EXAMPLES.values(), ids=lambda fact: fact.TYPE)
def test_each_event_is_a_cloud_event(fact: e.Fact) -> None:
    """The required attributes are there and not empty, names are as the specification has them, nothing is lost."""
    subject, event = subject_of(PRODUCTION, fact), event_of(fact)
    recorded = codec.record(9, subject, codec.encode(event))
    assert isinstance(recorded, e.Recorded)
    mapped = msgspec.to_builtins(codec.as_cloud_event(recorded), builtin_types=(msgspec.Raw,))
    assert all(isinstance(mapped[name], str) and mapped[name] for name in ("id", "source", "specversion", "type"))
    assert mapped["specversion"] == "1.0"
    assert RFC_3339.fullmatch(mapped["time"])
    assert mapped["datacontenttype"] == "application/json"
    assert all(ATTRIBUTE.fullmatch(name) for name in mapped)
    assert (mapped["type"], mapped["subject"]) == (f"kindling.{fact.TYPE}", subject)
    assert -(2**31) <= mapped["ordinal"] < 2**31
    assert (mapped["causationid"], mapped["previousdigest"]) == (event.cause, event.previous)
    assert mapped["traceparent"] == event.trace
    assert msgspec.json.decode(mapped["data"], type=type(fact)) == fact


def test_a_newer_event_is_a_cloud_event_too() -> None:
    """What this reader does not know is handed on with its type, version and bytes."""
    found = codec.record(1, f"production.graded.{PRODUCTION}.1", stored(type="production.graded", data={"a": 1}))
    assert isinstance(found, e.Recorded)
    mapped = codec.as_cloud_event(found)
    assert (mapped.type, mapped.schemaversion, bytes(mapped.data)) == ("kindling.production.graded", 1, b'{"a":1}')
