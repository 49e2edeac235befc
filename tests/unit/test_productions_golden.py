"""Recorded productions of every schema version: what a log once meant it means for ever."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import msgspec
import pytest

from bus.board import Done, status_of
from bus.events import Recorded, Unknown
from bus.production import Production, fold
from kindling.container import first_break, read_log, records_of, write_log
from kindling.verify import check_chain
from services.gateway.causes import why
from services.gateway.difference import difference
from services.gateway.events_view import event_view, strange_view
from services.gateway.view import summary, view
from tests.golden import productions
from tests.histories import DECIDES
from tests.unit.test_causes import targets
from tests.unit.test_difference import moved

RECORDINGS = productions.files()
OURS = [one for one in RECORDINGS if not one.name.startswith(("types-", "newer-"))]
"""Written by services of ours and by nobody else."""


def name(file: Path) -> str:
    """Return what a test is called by."""
    return file.stem


def state_of(file: Path) -> Production:
    """Return the fold of a recording."""
    production, messages = productions.read(file)
    return fold(production, records_of(messages))


@pytest.mark.parametrize("file", RECORDINGS, ids=name)
def test_a_recorded_production_stands_where_it_stood(file: Path) -> None:
    """Status, takes that are shown, films and anomalies are what they were when the log was recorded."""
    stored = msgspec.json.decode(productions.stand_file(file).read_bytes(), type=productions.Stand)
    assert productions.stand_of(state_of(file)) == stored


def test_every_type_is_recorded_in_every_version() -> None:
    """What is missing is added by `python -m tests.golden.renew`; an older version has to be recorded in time."""
    there = {kind for file in RECORDINGS for kind in productions.kinds_of(productions.read(file)[1])}
    assert not productions.wanted_kinds() - there, "not recorded; run `python -m tests.golden.renew`"


@pytest.mark.parametrize("file", RECORDINGS, ids=name)
def test_a_recorded_production_can_be_looked_at(file: Path) -> None:
    """Page, list, events, differences and causes can be shown of all of it, whoever wrote it."""
    production, messages = productions.read(file)
    log = records_of(messages)
    state = fold(production, log)
    assert view(state).revision == summary(state).revision == state.ordinal
    for one in log:
        assert msgspec.json.encode(event_view(one) if isinstance(one, Recorded) else strange_view(one))
    states = [fold(production, log[:count]) for count in range(1, len(log) + 1)]
    for before, after in itertools.pairwise(states):
        assert bool(difference(before, after)) == moved(before, after)
    for target in targets(state):
        assert why(production, log, target).steps


@pytest.mark.parametrize("file", RECORDINGS, ids=name)
def test_a_recorded_production_can_be_taken_elsewhere(file: Path) -> None:
    """Its chain holds, and its lines are the bytes that they were read from."""
    production, messages = productions.read(file)
    assert first_break(production, records_of(messages)) is None
    assert write_log(messages) == file.read_bytes()
    assert read_log(write_log(messages)) == messages


@pytest.mark.parametrize("file", OURS, ids=name)
def test_what_our_services_wrote_has_no_flaw(file: Path) -> None:
    """No anomaly, no unknown event, and films that state the log's own count and head."""
    production, messages = productions.read(file)
    chain = check_chain(production, records_of(messages))
    assert chain.findings == ()
    assert state_of(file).unknown == ()


@pytest.mark.parametrize("file", OURS, ids=name)
def test_nothing_is_made_anew_of_a_film_that_is_done(file: Path) -> None:
    """Its takes still fit its plan: whoever looks at it today, no service wants anything of it."""
    state = state_of(file)
    if isinstance(status_of(state), Done) or state.end is not None:
        assert [decide(state, None) for decide in DECIDES.values()] == [()] * len(DECIDES)


def test_an_event_of_a_newer_kindling_is_shown_and_skipped() -> None:
    """The rest of the production is read as if it were not there, and nobody goes on with it."""
    file = productions.FOLDER / "newer-and-foreign.jsonl"
    production, messages = productions.read(file)
    log = records_of(messages)
    newer = [one for one in log if isinstance(one, Recorded) and isinstance(one.event.fact, Unknown)]
    assert [event_view(one).is_known for one in newer] == [False]
    shown = view(fold(production, log))
    assert (shown.status.name, shown.can, shown.unknown) == ("outdated", (), ("segment.graded v1",))
    assert "Update Kindling" in shown.status.help
    known = fold(production, log[:5])
    assert (shown.samples, shown.brief) == (view(known).samples, view(known).brief)


def test_renewal_adds_what_is_missing_and_changes_nothing(tmp_path: Path) -> None:
    """A recording gets its document; one that means something else today is refused, and stays as it is."""
    for file in RECORDINGS:
        shutil.copy(file, tmp_path)
    added, changed = productions.renew(tmp_path)
    assert (sorted(added), changed) == (sorted(productions.stand_file(file).name for file in RECORDINGS), [])
    document = productions.stand_file(tmp_path / RECORDINGS[0].name)
    document.write_text("{}", encoding="utf-8")
    assert productions.renew(tmp_path) == ([], [document.name])
    assert document.read_text(encoding="utf-8") == "{}"
    (tmp_path / "types-1.jsonl").unlink()
    assert productions.renew(tmp_path)[0] == ["types-1.jsonl"]
