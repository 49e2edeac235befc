"""Facts of a film that are the same in many tests of the gateway and its neighbours, up to one that is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bus import events as e
from bus.errors import Refused
from bus.plan import Artifact
from tests import stories
from tests.stories import BEGINNING, Story

FOX = "A red fox runs through deep snow"
PLANNED = (*BEGINNING, e.PlanWritten(number=1, plan=stories.plan(), made=stories.MADE))
MADE_ONE = (*PLANNED, stories.ordered(stories.plan(), 1), stories.rendered(1))
PICTURE = Artifact(digest=stories.artifact("picture").digest, media_type="image/png", size_bytes=10)
CANCELLED = e.ProductionCancelled(why="another idea")
STALLED = e.ProductionStalled(number=1, problem=stories.PROBLEM)
QUESTION = e.IntentQuestioned(
    number=1,
    heard=1,
    field="image",
    text="Which photo?",
    why="You said “this photo”.",
    assumed="none",
    made=stories.MADE,
)


PLAN = stories.plan()
FILM = e.ProductionDone(
    number=1,
    plan=1,
    film=stories.artifact("film"),
    manifest=stories.artifact("manifest", "application/json"),
    takes=tuple(
        e.CutTake(segment=number, take=1, digest=stories.artifact(f"clip {number}-1").digest) for number in (1, 2, 3)
    ),
    duration_s=PLAN.duration_s,
    count=15,
    head=stories.artifact("head").digest,
    made=stories.MADE,
)


def finished() -> Story:
    """Return a production whose film is done."""
    made = stories.story(*PLANNED)
    for number, start in ((1, None), (2, None), (3, stories.artifact("hand-over 2-1", "image/png").digest)):
        made.tell(stories.ordered(PLAN, number, start=start), stories.rendered(number), stories.approved(number))
    return made.tell(FILM)


def refused(act: Callable[[], object]) -> Refused:
    """Return the refusal that the act ends in."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def directions(count: int) -> list[e.Fact]:
    """Return facts that can always be written."""
    return [e.ProductionDirected(number=number, words=f"word {number}") for number in range(1, count + 1)]
