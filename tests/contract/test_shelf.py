"""What a removed production leaves behind: nothing of its own, and all that another one names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings

from bus import events as e
from bus.ids import ProductionId
from bus.likeness import Likeness
from bus.production import Production
from bus.wire.artifacts import FolderArtifacts
from kindling.verify import artifacts_of, check
from services.creator.decide import Post, Render, take_job
from services.reviewer.compare import Comparer
from services.reviewer.comparing import decide as decide_comparisons
from services.stitcher.shelf import Shelf, digests_of
from tests import forks
from tests.contract.small_film import SmallFilm, creator, silent
from tests.gateway_facts import finished
from tests.histories import Told, histories
from tests.stories import Story, approved


@dataclass
class Street:
    """The other productions."""

    states: tuple[Production, ...] = ()

    async def others(self, than: ProductionId) -> AsyncIterator[Production]:
        """Yield all but one."""
        for state in self.states:
            if state.id != than:
                yield state


@settings(max_examples=40)
@given(histories())
def test_whatever_the_log_names_is_kept_for_it(told: Told) -> None:
    """What `verify` wants of a production is what its removal takes, and what no other removal may take."""
    assert digests_of(told.story.state) == artifacts_of(told.story.log).keys()


def test_a_film_that_is_made_again_keeps_what_it_is_held_against() -> None:
    """The recorded takes were adopted and set aside: they are on its log as much as its own."""
    for to in e.Again:
        again = forks.again(finished(), to)
        assert digests_of(again.state) == artifacts_of(again.log).keys()
        assert digests_of(finished().state) <= digests_of(again.state)


async def test_a_film_can_be_removed_while_it_is_made_again(tmp_path: Path) -> None:
    """Its clips stay until the other one has gone too: that one is rendered, compared and verified without it."""
    film = await SmallFilm(tmp_path).make(creator())
    store = film.store
    again = forks.again(film.told, e.Again.ORDERS)
    gone = Story().tell(*_facts(film.told), e.ProductionDeleted())
    shelf = Shelf(film.folder, store)
    shelf.arrange(film.told.state)
    await shelf(gone.state, Street((gone.state, again.state)))
    assert not (film.folder / "completed" / f"{film.told.production}.mp4").exists()

    again = await _made_again(again, film.told.state, store)
    compared = [fact.comparison for fact in _facts(again) if isinstance(fact, e.SegmentCompared)]
    assert [(one.likeness, one.why) for one in compared] == [(Likeness.SAME_BYTES, "")] * 2
    report = check(again.production, again.log, store)
    assert (report.is_sound, report.findings) == (True, ())

    ended = again.tell(e.ProductionDeleted())
    await shelf(ended.state, Street((gone.state, ended.state)))
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def _facts(story: Story) -> list[e.Fact]:
    """Return what a story tells, to be told anew."""
    recorded = [one.event.fact for one in story.log if isinstance(one, e.Recorded)]
    return [fact for fact in recorded if isinstance(fact, e.Fact)]


async def _made_again(again: Story, recorded: Production, store: FolderArtifacts) -> Story:
    """Render each recorded order and hold it against the record, as creator and reviewer do."""
    perform = creator()
    for take in recorded.takes.values():
        again.tell(e.SegmentOrdered(segment=take.segment, take=take.take, order=take.order, basis=take.basis))
        job = take_job(again.state, again.state.takes[take.segment, take.take])
        again.tell(*await perform(Post(job=job), again.state, store, silent))
        job = take_job(again.state, again.state.takes[take.segment, take.take])
        again.tell(*await perform(Render(job=job), again.state, store, silent), approved(take.segment))
    for task in decide_comparisons(again.state, None):
        again.tell(*await Comparer()(task, again.state, store, silent))
    return again
