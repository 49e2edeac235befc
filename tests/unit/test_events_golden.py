from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from bus import codec, production
from bus.events import BY_TYPE, FACTS, WRITTEN_BY, Fact, Recorded, Unknown
from bus.subjects import subject_of
from tests.golden import renew, stored
from tests.golden.examples import EXAMPLES, PRODUCTION, event_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "events.md"
SERVICES = frozenset({"gateway", "intent", "planner", "creator", "reviewer", "stitcher"})
CURRENT = sorted(one for one in stored.FOLDER.iterdir() if ".was-" not in one.name)
PAST = sorted(one for one in stored.FOLDER.iterdir() if ".was-" in one.name)


# -- nothing is forgotten ------------------------------------------------------------------------------------


def test_every_type_has_its_golden_file_and_every_file_its_type() -> None:
    """A type without a golden file, or a golden file without a type, is named."""
    files, types = {one.name for one in CURRENT}, {f"{one.TYPE}.json" for one in FACTS}
    assert not types - files, "types without a golden file; run `python -m tests.golden.renew`"
    assert not files - types, "golden files without a type: what was once written must stay readable"
    assert not [one.name for one in PAST if one.name.rpartition(".was-")[0] not in BY_TYPE]


def test_every_type_is_evolved_written_by_somebody_and_documented() -> None:
    """A type without its case in the fold, its writers, or its row in docs/events.md is named."""
    types = {one.TYPE for one in FACTS}
    assert not types - {one.TYPE for one in production._EVOLVE}, "types without a case in production._EVOLVE"
    assert not types - {name for name, writers in WRITTEN_BY.items() if writers}, "types that nobody may write"
    assert not WRITTEN_BY.keys() - types, "writers of types that are none"
    assert not types ^ {name for name, _, _ in _documented()}, "types and rows of docs/events.md differ"


def test_the_document_names_the_writers_and_the_fields() -> None:
    """A row of docs/events.md names who writes the type, as the bus enforces it, and each field of it."""
    for name, writers, row in _documented():
        assert set(writers.split(", ")) == set(WRITTEN_BY[name]) or (
            writers == "any" and WRITTEN_BY[name] == SERVICES
        ), f"{name}: {writers}"
        missing = [one for one in BY_TYPE[name].__struct_fields__ if f"`{one}`" not in row]
        assert not missing, f"the row of {name} does not name {missing}"


def _documented() -> Iterator[tuple[str, str, str]]:
    """Yield the type, the writers and the whole of each row of the table."""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [one.strip() for one in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4 and "." in cells[0]:
            yield cells[0].strip("`"), cells[1], line


def test_every_example_is_fully_filled() -> None:
    """No field of an example is left at its default: a field that is not written is not pinned."""
    assert list(EXAMPLES) == [one.TYPE for one in FACTS]
    left = [f"{name}: {path}" for name, fact in EXAMPLES.items() for path in _at_default(fact)]
    assert not left


def _at_default(value: object, path: str = "") -> Iterator[str]:
    """Yield the fields at their default; of structs in a sequence, only where it is so in each of one kind."""
    if isinstance(value, Struct):
        for field in msgspec.structs.fields(type(value)):
            inner = getattr(value, field.name)
            if field.default is not msgspec.NODEFAULT and inner == field.default:
                yield f"{path}.{field.name}"
            else:
                yield from _at_default(inner, f"{path}.{field.name}")
    elif isinstance(value, tuple):
        for kind in {type(one) for one in value}:
            yield from set.intersection(*(set(_at_default(one, path)) for one in value if type(one) is kind))


# -- what is stored stays ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", CURRENT, ids=lambda file: file.stem)
def test_a_stored_event_is_read_and_written_as_ever(file: Path) -> None:
    """A golden file decodes to the very value and encodes to the very bytes, on its subject, with its digest."""
    subject, digest, content = stored.read(file)
    event = event_of(EXAMPLES[file.stem])
    assert codec.decode(content) == event
    assert codec.encode(event) == content
    assert subject_of(PRODUCTION, EXAMPLES[file.stem]) == subject
    assert codec.stored_digest(subject, content) == digest


@pytest.mark.parametrize("file", [*CURRENT, *PAST], ids=lambda file: file.stem)
def test_a_form_that_was_ever_stored_is_still_read(file: Path) -> None:
    """Each form, also one that is no longer written, is an event of a known type on the subject it was stored on."""
    subject, digest, content = stored.read(file)
    recorded = codec.record(1, subject, content)
    assert isinstance(recorded, Recorded)
    assert not isinstance(recorded.event.fact, Unknown)
    assert recorded.digest == digest


@pytest.mark.parametrize("fact", EXAMPLES.values(), ids=lambda fact: fact.TYPE)
def test_a_field_with_a_default_may_be_missing(fact: Fact) -> None:
    """An event from before a field was added is read: the field then has its default."""
    data = msgspec.json.decode(codec.encode(event_of(fact)), type=dict[str, msgspec.Raw])["data"]
    written = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    for field in msgspec.structs.fields(type(fact)):
        if field.default is not msgspec.NODEFAULT:
            written.pop(field.name)
            older = msgspec.json.decode(msgspec.json.encode(written), type=type(fact))
            assert getattr(older, field.name) == field.default


def test_renewal_adds_what_is_missing_and_changes_nothing(tmp_path: Path) -> None:
    """The command writes a missing file, and refuses one that says something else, leaving it as it is."""
    first, second = list(EXAMPLES.values())[:2]
    assert renew.renew(tmp_path, (first,)) == ([f"{first.TYPE}.json"], [])
    file = tmp_path / f"{first.TYPE}.json"
    file.write_text("older", encoding="utf-8")
    assert renew.renew(tmp_path, (first, second)) == ([f"{second.TYPE}.json"], [f"{first.TYPE}.json"])
    assert file.read_text(encoding="utf-8") == "older"
