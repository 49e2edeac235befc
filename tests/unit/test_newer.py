"""A production that a newer Kindling wrote on: shown, and decided about by nobody here."""

from __future__ import annotations

import pytest

from bus import codec
from bus import events as e
from bus.board import AwaitingApproval, Done, Outdated, status_of
from bus.errors import Reason, Refused
from bus.wire.books import LogBooks
from bus.wire.memory import MemoryLog
from kindling.ends import end_of
from kindling.exits import Exit, Trouble
from services.gateway.view import view
from tests import stories
from tests.histories import tell_unknown
from tests.stories import BEGINNING, Story, story
from tests.unit.test_manifest import film


def log_of(told: Story) -> MemoryLog:
    """Return a log with the story on it."""
    log = MemoryLog()
    for subject, content in told.messages:
        log.inject(subject, content)
    return log


async def test_nobody_acts_upon_an_event_that_they_do_not_know() -> None:
    """Also a person's word has to wait: it is refused, with what would help, and nothing is written."""
    told = tell_unknown(story(*BEGINNING[:-1]))
    log = log_of(told)
    books = LogBooks(log, stories.WRITER)
    with pytest.raises(Refused) as caught:
        await books.act(told.production, lambda _: (e.SampleApproved(brief=1, take=1),))
    assert caught.value.reason is Reason.NOT_NOW
    assert "segment.graded v1" in caught.value.why
    assert len(log.stored) == len(told.messages)
    assert (await books.act(told.production, lambda _: ())).unknown == ("segment.graded v1",)


def test_the_status_says_that_it_waits_for_an_update() -> None:
    """Whatever it waited for before; and nothing is offered to do."""
    told = story(*BEGINNING[:-1])
    assert isinstance(status_of(told.state), AwaitingApproval)
    assert status_of(tell_unknown(told).state) == Outdated(("segment.graded v1",))
    shown = view(told.state)
    assert (shown.status.name, shown.can) == ("outdated", ())
    assert "segment.graded v1" in shown.status.says


@pytest.mark.parametrize(
    "end", [e.ProductionCancelled(), e.ProductionDeleted(), None], ids=["cancelled", "deleted", "done"]
)
def test_what_is_over_stays_what_it_is(end: e.Fact | None) -> None:
    """A film that is there can be shown, and what was called off was called off."""
    told = film() if end is None else story(*BEGINNING, end)
    before = type(status_of(told.state))
    assert type(status_of(tell_unknown(told).state)) is before
    assert end is not None or before is Done


def test_a_command_that_watches_says_so_and_ends() -> None:
    """It does not wait for something that can't come."""
    trouble = end_of(tell_unknown(story(*BEGINNING)).state)
    assert isinstance(trouble, Trouble)
    assert trouble.code is Exit.STUCK
    assert "waits for a newer Kindling" in trouble.what


def test_a_newer_version_of_a_known_type_counts_as_unknown() -> None:
    """Its fields may mean something else: it is shown, skipped, and never acted upon."""
    told = tell_unknown(story(*BEGINNING), kind="segment.ordered", version=2)
    last = told.log[-1]
    assert isinstance(last, e.Recorded)
    assert isinstance(last.event.fact, e.Unknown)
    assert codec.decode(told.messages[-1][1]).ordinal == len(told.log)
    assert status_of(told.state) == Outdated(("segment.ordered v2",))
