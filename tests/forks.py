"""Forks and films made again, for tests: the log that a production begins with when it branches from another one."""

from __future__ import annotations

import msgspec

from bus import adoption
from bus import events as e
from bus.ids import ProductionId
from bus.production import Production
from tests.stories import Story

FORK = ProductionId("lighthouse-at-dusk-x9c4")


def messages_of(story: Story) -> tuple[e.Stored, ...]:
    """Return the story as it lies on the log."""
    return tuple(
        e.Stored(sequence=number, subject=subject, content=content)
        for number, (subject, content) in enumerate(story.messages, start=1)
    )


def beginning(story: Story, until: int | None = None, options: e.Options | None = None) -> tuple[e.Fact, ...]:
    """Return the facts that take over the story up to an event: the request, and what is adopted."""
    log = messages_of(story)[:until]
    last, first = story.log[len(log) - 1], story.log[0]
    assert isinstance(first, e.Recorded)
    asked = first.event.fact
    assert isinstance(asked, e.ProductionRequested)
    origin = e.Origin(production=story.production, ordinal=len(log), digest=last.digest)
    request = msgspec.structs.replace(asked, origin=origin, options=options or asked.options)
    return (request, *adoption.adopt(log))


def fork_of(story: Story, until: int | None = None, production: ProductionId = FORK) -> Story:
    """Return the fork of a story at an event, without a change."""
    return Story(production=production).tell(*beginning(story, until), e.ProductionForked())


def again(story: Story, to: e.Again, options: e.Options | None = None) -> Story:
    """Return the beginning of the story's film made again."""
    facts = beginning(story, options=options)
    cut = story.state.cuts[-1].number
    return Story(production=FORK).tell(*facts, e.ProductionRewound(to=to, cut=cut))


def as_there(production: Production) -> Production:
    """Return the state less what makes a fork another production: its name, its chain, its times, its announcements."""
    replace = msgspec.structs.replace
    assert production.request is not None
    return replace(
        production,
        id=FORK,
        request=replace(production.request, origin=None),
        ordinal=0,
        head=None,
        last_event=None,
        first_time="",
        last_time="",
        end=None,
        adopted=0,
        forked=0,
        samples=tuple(replace(one, postings=()) for one in production.samples),
        takes={key: replace(one, postings=()) for key, one in production.takes.items()},
        anomalies=(),
    )
