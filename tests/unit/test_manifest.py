"""The film's manifest, derived from the log and from nothing else."""

import msgspec
import pytest
from hypothesis import given, settings

from bus import events as e
from bus.board import film_takes
from bus.ids import digest_of
from bus.plan import Artifact
from bus.production import Production, fold
from services.stitcher.film import NotTheSame, manifest_again, takes_of
from services.stitcher.manifest import Manifest, cut_of, manifest_bytes, manifest_of
from tests import stories
from tests.histories import Told, histories
from tests.laws import examples
from tests.stories import BEGINNING, MADE, approved, ordered, parsed, plan, rejected, rendered, segment, story

PLAN = plan(segment(1), segment(2))
PICTURE = Artifact(digest=digest_of(b"him"), media_type="image/png", size_bytes=3)
HIM = e.ProductionRequested(words="This man rows out", images=(PICTURE,))


def done(state: Production) -> e.ProductionDone:
    """Return the film of a state, its manifest the real one."""
    assert state.head is not None
    takes = film_takes(state)
    assert takes is not None
    clips = [one.rendered.clip.digest for one in takes if one.rendered]
    named = e.ProductionDone(
        number=len(state.cuts) + 1,
        plan=len(state.plans),
        film=stories.artifact("film"),
        manifest=stories.artifact("manifest"),
        takes=tuple(
            e.CutTake(segment=one.segment, take=one.take, digest=clip) for one, clip in zip(takes, clips, strict=True)
        ),
        duration_s=4.0,
        count=state.ordinal,
        head=state.head,
        made=MADE,
        copied=(2,),
    )
    content = manifest_bytes(state, cut_of(named))
    manifest = Artifact(digest=digest_of(content), media_type="application/json", size_bytes=len(content))
    return msgspec.structs.replace(named, manifest=manifest)


def film() -> stories.Story:
    """Return the story of a film: words with a picture, a redirect, a rejected take, a ruling, a cut."""
    told = story(
        HIM,
        parsed(),
        e.SampleOrdered(brief=1, take=1, order=stories.sample_order()),
        stories.sample_rendered(),
        e.SampleRedirected(brief=1, take=1, words="darker"),
        parsed(2, 2),
        e.SampleOrdered(brief=2, take=1, order=stories.sample_order(2)),
        stories.sample_rendered(2),
        e.SampleApproved(brief=2, take=1),
        e.PlanWritten(number=1, plan=msgspec.structs.replace(PLAN, brief=2), made=MADE),
        ordered(PLAN, 1),
        rendered(1),
        rejected(1),
        e.SegmentOverruled(segment=1, take=1, number=1, ruling=e.Ruling.ACCEPT, why="the blur is meant"),
        ordered(PLAN, 2),
        rendered(2),
        approved(2),
    )
    return told.tell(done(told.state))


@settings(max_examples=examples(60))
@given(histories())
def test_every_film_has_a_manifest_that_names_all_its_makers(history: Told) -> None:
    """Of any history with a film: it is a document, each take shown has its makers, and decisions are in order."""
    for one in history.story.log:
        assert isinstance(one, e.Recorded)
        fact = one.event.fact
        if not isinstance(fact, e.ProductionDone):
            continue
        state = fold(history.story.production, history.story.log[: fact.count])
        manifest = manifest_of(state, cut_of(fact))
        assert msgspec.json.decode(manifest_bytes(state, cut_of(fact)), type=Manifest) == manifest
        made = {each for maker in manifest.makers for each in maker.made}
        assert {f"take {each.segment}-{each.take}" for each in fact.takes} | {"film"} <= made
        ordinals = [each.ordinal for each in manifest.decisions]
        assert ordinals == sorted(set(ordinals))
        assert ordinals[-1] <= fact.count


def test_the_manifest_comes_back_from_the_log() -> None:
    """Derived anew from the events before the cut it is the bytes that the event names, whatever came after."""
    told = film()
    cut = told.state.cuts[0]
    content = manifest_again(fold(told.production, told.log[: cut.count]), cut)
    assert digest_of(content) == cut.manifest.digest
    told.tell(e.ProductionDirected(number=1, words="longer"))
    assert manifest_again(fold(told.production, told.log[: cut.count]), cut) == content


def test_the_manifest_says_who_made_what_and_what_a_person_decided() -> None:
    """Words and pictures, the models, the takes with their orders, the ruling that went over the reviewer's."""
    told = film()
    cut = told.state.cuts[0]
    manifest = manifest_of(fold(told.production, told.log[: cut.count]), cut_of(cut))
    assert (manifest.words, manifest.pictures) == (("This man rows out", "darker"), (PICTURE,))
    assert [one.what for one in manifest.decisions] == [
        "asked",
        "redirected the sample",
        "approved sample 2-1",
        "accepted take 1-1",
    ]
    assert manifest.decisions[-1].words == "the blur is meant"
    (maker,) = manifest.makers
    assert "verdict on take 1-1" in maker.made
    first, second = manifest.takes
    assert (first.order.prompt, first.ruling, first.is_copied) == (
        "A keeper rows, part 1",
        "accept: the blur is meant",
        False,
    )
    assert second.is_copied
    assert manifest.digital_source_type.endswith("/algorithmicMedia")
    assert (manifest.log_count, manifest.log_head) == (cut.count, cut.head)


def test_words_that_were_refused_are_not_in_it() -> None:
    """What the content policy refused had no part in the film, and does not travel with it."""
    told = story(
        *BEGINNING,
        e.PlanWritten(number=1, plan=PLAN, made=MADE),
        e.ProductionDirected(number=1, words="something that is refused"),
        stories.refusal(1, 2),
        e.ProductionDirected(number=2, words="go on"),
        parsed(2, 3),
        e.PlanRevised(number=2, plan=msgspec.structs.replace(PLAN, brief=2), changes=(), made=MADE),
        *(fact for number in (1, 2) for fact in (ordered(PLAN, number), rendered(number), approved(number))),
    )
    content = manifest_bytes(told.state, cut_of(done(told.state)))
    assert b"something that is refused" not in content
    assert b"go on" in content


def test_a_manifest_of_another_version_is_not_passed_off_as_the_same() -> None:
    """Where other bytes come out than the log names, that is said with both digests."""
    told = film()
    cut = msgspec.structs.replace(told.state.cuts[0], manifest=stories.artifact("older"))
    with pytest.raises(NotTheSame) as caught:
        manifest_again(fold(told.production, told.log[: cut.count]), cut)
    assert (caught.value.wanted, caught.value.found) == (cut.manifest.digest, told.state.cuts[0].manifest.digest)


def test_the_takes_of_a_cut_are_those_that_it_names() -> None:
    """Not those that would be shown now."""
    told = film()
    cut = told.state.cuts[0]
    told.tell(ordered(PLAN, 2, 2), rendered(2, 2), approved(2, 2))
    assert [(one.segment, one.take) for one in takes_of(told.state, cut)] == [(1, 1), (2, 1)]
