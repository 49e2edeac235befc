"""What waits for a reader, up to a limit, and how long work will still take."""

from __future__ import annotations

import asyncio

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bus import events as e
from bus.work import Step
from services.gateway.readers import Reader
from services.gateway.steps import Steps
from tests import stories
from tests.gateway_facts import directions
from tests.stories import BEGINNING


@given(
    offers=st.lists(st.sampled_from(("fact", "sample", "segment 1")), max_size=60),
    count_max=st.integers(1, 20),
    after_ordinal=st.integers(0, 5),
)
def test_a_reader_never_holds_more_than_its_limit(offers: list[str], count_max: int, after_ordinal: int) -> None:
    """Facts come whole and in order, or the reader is dropped; of the steps of one work only the newest waits."""
    recorded = stories.story(*BEGINNING[:1], *directions(60)).log

    async def run() -> None:
        reader = Reader(0, after_ordinal, count_max)
        facts = iter(recorded)
        given: list[bytes] = []
        steps: dict[str, bytes] = {}
        for number, offer in enumerate(offers):
            message = b"%d" % number
            if offer == "fact":
                one = next(facts)
                reader.offer(one, message)
                assert isinstance(one, e.Recorded)
                given += [message] if one.event.ordinal > after_ordinal else []
            else:
                reader.offer_step(offer, message)
                steps[offer] = message
        taken = []
        while (got := await reader.next(0)) is not None:
            taken.append(got)
        facts_taken = taken[: min(count_max, len(given))]
        assert facts_taken == given[: len(facts_taken)]
        assert reader.is_dropped == (len(given) > count_max)
        assert reader.is_dropped or sorted(taken) == sorted([*given, *steps.values()])

    asyncio.run(run())


def test_a_reader_holds_no_more_than_its_limit_in_bytes() -> None:
    """Large facts count by their size: a reader that takes none of them is dropped before memory is."""
    reader = Reader(0)
    for one in stories.story(*BEGINNING[:1], *directions(60)).log:
        reader.offer(one, bytes(500_000))
    assert reader.is_dropped


def test_the_time_left_follows_from_the_pace_so_far() -> None:
    """What is left is counted from the first step seen; work that begins anew is counted anew."""
    now = 0.0
    steps = Steps(lambda: now)

    def eta(done: int) -> float | None:
        step = Step(service="creator", about="segment 3", done=done, total=30)
        shown = steps.take(stories.PRODUCTION, msgspec.json.encode(step))
        assert shown is not None
        return shown.eta_s

    assert eta(10) is None
    now = 5.0
    assert eta(20) == 5.0
    now = 8.0
    assert eta(26) == 2.0
    assert eta(1) is None
    assert steps.take(stories.PRODUCTION, b"garbage") is None
