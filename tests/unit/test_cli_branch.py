"""Branches on the screen: the tree of `ls`, and how a film that was made again stands to the recorded one."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import structs

from bus import codec
from bus import events as e
from bus.ids import ProductionId, digest_of
from bus.likeness import Comparison, Difference, Likeness
from kindling.comparison import comparison_page
from kindling.page import production_page, tree_of
from kindling.verify import check_chain
from services.gateway.comparison_view import ComparisonView, comparison_view
from services.gateway.decisions import decided_otherwise
from services.gateway.view import Summary, summary
from tests import forks, stories
from tests.forks import FORK, fork_of
from tests.gateway_facts import finished
from tests.stories import Story, ordered, rendered
from tests.unit.test_cli_screen import drawn

PLAN = stories.plan()


def listed(name: str, parent: str | None) -> Summary:
    """Return a line of the list that branches from another one."""
    one = structs.replace(summary(fork_of(finished()).state), id=ProductionId(name))
    assert one.origin is not None
    return structs.replace(one, origin=structs.replace(one.origin, production=ProductionId(parent)) if parent else None)


def test_branches_stand_under_what_they_branch_from() -> None:
    """The newest first, branches oldest first under each; what branches from one that is gone stands alone."""
    shown = tree_of(
        [
            listed("newest", None),
            listed("third", "second"),
            listed("fourth", "first"),
            listed("second", "first"),
            listed("orphan", "gone"),
            listed("first", None),
        ]
    )
    assert [f"{stem}{one.id}" for one, stem in shown] == [
        "newest",
        "orphan",
        "first",
        "├ second",
        "│ └ third",
        "└ fourth",
    ]


def test_a_fork_shows_where_it_branches_from() -> None:
    """The page of a production names the other one and the event."""
    assert "forked from lighthouse-at-dusk-7q2k at event 16" in drawn(production_page(fork_of(finished()).state, 100))
    again = forks.again(finished(), e.Again.ORDERS)
    assert "made again from its recorded orders" in " ".join(drawn(production_page(again.state, 100)).split())


# -- what verify finds of it -----------------------------------------------------------------------------------


def test_a_fork_is_sound_and_what_was_altered_in_it_is_found() -> None:
    """What its film says was said of the other log; what was adopted is held against the digest it branches from."""
    assert check_chain(FORK, fork_of(finished()).log).findings == ()
    request, *adopted = forks.beginning(finished())
    first = adopted[0]
    assert isinstance(first, e.ProductionAdopted)
    forged = msgspec.Raw(bytes(first.event).replace(b"lighthouse keeper", b"lighthouse heeper"))
    told = Story(production=FORK).tell(request, e.ProductionAdopted(ordinal=2, event=forged), *adopted[1:])
    (finding,) = check_chain(FORK, told.log).findings
    assert finding.where == "what it branches from"
    assert codec.original(first).fact == finished().log[1].event.fact  # type: ignore[union-attr]


# -- a film beside the recorded one ----------------------------------------------------------------------------


def compared(*likenesses: Likeness, film: Likeness) -> ComparisonView:
    """Return a film of three segments that was made again, each so alike."""
    hand_over = rendered(2).hand_over.digest
    again = forks.again(finished(), e.Again.ORDERS, options=e.Options(review=False))
    again.tell(ordered(PLAN, 1), rendered(1), ordered(PLAN, 2), rendered(2), ordered(PLAN, 3, start=hand_over))
    again.tell(rendered(3), finished().state.cuts[-1])
    for number, likeness in enumerate(likenesses, start=1):
        again.tell(e.SegmentCompared(segment=number, take=1, comparison=_found(likeness), made=stories.MADE))
    again.tell(e.ProductionCompared(number=1, comparison=_found(film), made=stories.MADE))
    shown = comparison_view(again.state)
    assert shown is not None
    return shown


def _found(likeness: Likeness) -> Comparison:
    is_measured = likeness in (Likeness.EQUIVALENT, Likeness.DIFFERENT)
    return Comparison(
        likeness=likeness,
        wanted=digest_of(b"was"),
        found=digest_of(b"now"),
        ssim=0.981 if is_measured else None,
        delta_e=0.42 if is_measured else None,
        differences=(Difference(what="device", was="RTX 4090", now="RTX 3060"),) if is_measured else (),
        why="wanted aa, found nothing." if likeness is Likeness.UNKNOWN else "",
    )


BYTES, FRAMES, EQUIVALENT, DIFFERENT, UNKNOWN = Likeness


@pytest.mark.parametrize(
    ("shown", "matches", "said"),
    [
        (compared(BYTES, BYTES, BYTES, film=BYTES), True, "is the same, byte for byte."),
        (compared(BYTES, FRAMES, BYTES, film=FRAMES), True, "has the same frames."),
        (compared(BYTES, EQUIVALENT, BYTES, film=EQUIVALENT), True, "is equivalent."),
        (compared(BYTES, DIFFERENT, BYTES, film=DIFFERENT), False, "is not the same: 1 segment differs."),
        (compared(DIFFERENT, DIFFERENT, BYTES, film=DIFFERENT), False, "is not the same: 2 segments differ."),
        (compared(BYTES, BYTES, BYTES, film=DIFFERENT), False, "is not the same: the joined film differs."),
        (compared(BYTES, UNKNOWN, BYTES, film=BYTES), False, "can't be held against the record: 1 segment lacks it."),
    ],
)
def test_the_verdict_is_that_of_the_worst(shown: ComparisonView, matches: bool, said: str) -> None:
    """What is said of the whole follows from its parts, and so does the exit code."""
    from kindling.exits import Exit
    from kindling.regenerating import code_of_comparison

    assert shown.is_complete
    assert shown.matches is matches
    assert said in " ".join(drawn(comparison_page(shown, 200)).split())
    code = (
        Exit.DONE
        if matches
        else Exit.DAMAGED
        if UNKNOWN in {one.likeness for one in shown.segments}
        else Exit.DIFFERENT
    )
    assert code_of_comparison(shown) is code


def test_what_had_changed_is_listed_once() -> None:
    """Each cause is named once, however many clips it is behind."""
    page = drawn(comparison_page(compared(EQUIVALENT, EQUIVALENT, BYTES, film=EQUIVALENT), 120))
    assert page.count("RTX 4090 → RTX 3060") == 1
    assert "equivalent, SSIM 0.9810, ΔE 0.42" in page


def test_what_is_not_finished_says_so() -> None:
    """While takes are missing nothing is known of the whole."""
    shown = comparison_view(forks.again(finished(), e.Again.ORDERS).state)
    assert shown is not None
    assert (shown.is_complete, shown.matches, shown.likeness) == (False, None, None)
    assert "nothing is known of the whole yet" in " ".join(drawn(comparison_page(shown, 100)).split())


def test_a_take_that_was_not_judged_this_time_was_not_decided_otherwise() -> None:
    """Words that are repeated may come before a verdict: what nobody was asked about is no decision."""
    was, now = finished(), finished()
    waiting = structs.replace(now.state.takes[1, 1], verdict=None, is_approved=None)
    takes = {**now.state.takes, (1, 1): waiting}
    assert decided_otherwise(was.state, structs.replace(now.state, takes=takes)) == ()
    rejected = structs.replace(waiting, is_approved=False)
    (one,) = decided_otherwise(was.state, structs.replace(now.state, takes={**takes, (1, 1): rejected}))
    assert (one.about, one.was, one.now) == ("take 1-1", "approved", "rejected")


def test_from_scratch_shows_where_the_agents_decided_otherwise() -> None:
    """Briefs field by field, plans as sentences, and what became of the takes."""
    again = forks.again(finished(), e.Again.WORDS)
    other = stories.plan(stories.segment(1, seed=90), stories.segment(2))
    again.tell(
        stories.parsed(style="noir"),
        e.SampleOrdered(brief=1, take=1, order=stories.sample_order()),
        stories.sample_rendered(),
        e.SampleApproved(brief=1, take=1),
        e.PlanWritten(number=1, plan=other, made=stories.MADE),
    )
    for number in (1, 2):
        again.tell(ordered(other, number), rendered(number), stories.approved(number))
    cut = structs.replace(
        finished().state.cuts[-1],
        takes=tuple(e.CutTake(segment=number, take=1, digest=digest_of(b"x")) for number in (1, 2)),
    )
    shown = comparison_view(again.tell(cut).state)
    assert shown is not None
    assert [(one.about, one.what) for one in shown.decisions] == [
        ("brief 1", "style"),
        ("plan 1", "The film lasts 4.125 s instead of 6.125 s."),
        ("plan 1", "Segment 3 is gone: Beat 3"),
        ("plan 1", "Segment 1 is rendered anew: its words changed."),
        ("take 3-1", "verdict"),
    ]
    page = " ".join(drawn(comparison_page(shown, 160)).split())
    assert "style: painterly → noir" in page
    assert "not there this time" in page
