"""Clips that are joined: what links mean, and the facts that it begins with."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bus import events as e
from bus.board import film_takes, status_of
from bus.errors import Reason
from bus.ids import ProductionId
from bus.plan import Artifact, Size
from bus.production import Production, supposed
from services.creator.decide import decide_segments
from services.gateway.stitching import Joining, Piece, begin_joining, named_by, piece_of
from services.intent.decide import decide as decide_intent
from services.planner.decide import decide as decide_planner
from services.reviewer.decide import decide as decide_reviewer
from services.stitcher.decide import decide as decide_stitcher
from services.stitcher.film import edit_of
from tests import stories
from tests.gateway_facts import FILM, finished, refused

HERE = ProductionId("fox-7q2k")


def piece(name: str, fps: int, frame_count: int, size: Size = Size(64, 48)) -> Piece:  # noqa: B008 - it is frozen
    """Return a piece that is no more than its figures."""
    clip = Artifact(
        digest=stories.artifact(name).digest,
        media_type="video/mp4",
        size_bytes=1,
        width=size.width,
        height=size.height,
        frame_count=frame_count,
    )
    still = stories.artifact("still", "image/jpeg")
    return Piece(
        production=stories.PRODUCTION,
        name=name,
        title="A film",
        clip=clip,
        poster=still,
        hand_over=still,
        order=structs.replace(stories.sample_order(), fps=fps, frame_count=frame_count),
        fps=fps,
        given=(),
        made=stories.MADE,
    )


def joined(*pieces: Piece, crossfade_frames: int = 0) -> Production:
    """Return the production that joins the pieces."""
    empty = Production(id=HERE)
    joining = Joining(pieces=pieces, crossfade_frames=crossfade_frames)
    return supposed(empty, begin_joining(empty, joining, ()))


@given(
    pieces=st.lists(
        st.builds(piece, st.sampled_from("abc"), st.sampled_from((8, 16, 24)), st.integers(60, 400)),
        min_size=1,
        max_size=6,
    ),
    crossfade_frames=st.integers(0, 4),
)
def test_joined_clips_are_there_and_nothing_is_rendered(pieces: list[Piece], crossfade_frames: int) -> None:
    """Whatever is joined, each piece is its segment's accepted take, as long as it was, and only joining is due."""
    state = joined(*pieces, crossfade_frames=crossfade_frames)
    takes = film_takes(state)
    assert takes is not None
    assert [one.borrowed is not None for one in takes] == [True] * len(pieces)
    for decide in (decide_intent, decide_planner, decide_segments, decide_reviewer):
        assert decide(state, None) == ()
    assert len(decide_stitcher(state, None)) == 1
    assert type(status_of(state)).__name__ == "Stitching"
    assert state.plan is not None
    edit = edit_of(state.plan, takes)
    mixed = crossfade_frames * (len(pieces) - 1)
    lasts = sum(Fraction(one.clip.frame_count or 0, one.fps) for one in pieces)
    assert abs(edit.duration_s + Fraction(mixed, state.plan.fps) - lasts) <= Fraction(len(pieces), state.plan.fps)


@pytest.mark.parametrize(
    ("link", "part", "name"),
    [
        ("/v1/productions/a-film-7q2k/film?cut=2", "cut", "2"),
        ("/v1/productions/a-film-7q2k/film", "cut", ""),
        ("/v1/productions/a-film-7q2k", "cut", ""),
        ("/v1/productions/a-film-7q2k/takes/3-2/clip", "take", "3-2"),
        ("http://localhost:8420/v1/productions/a-film-7q2k/samples/1-1/clip?pass=x", "sample", "1-1"),
    ],
)
def test_links_of_productions_name_their_clips(link: str, part: str, name: str) -> None:
    """Whatever link a client was given, it may hand back."""
    named = named_by(link, "localhost:8420")
    assert (named.production, named.part, named.name) == ("a-film-7q2k", part, name)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "film.mp4",
        "/etc/passwd",
        "/v1/productions/../../etc/passwd",
        "/v1/productions/a-film-7q2k/takes/3-2/poster",
        "/v1/productions/a-film-7q2k/film/manifest",
        "/v1/productions/a-film-7q2k/film?cut=x",
        "http://elsewhere/v1/productions/a-film-7q2k/film",
        "/v1/productions/A*/film",
    ],
)
def test_what_is_no_link_to_a_clip_is_refused(link: str) -> None:
    """Paths, other hosts and other parts are no clips of ours."""
    assert refused(lambda: named_by(link, "localhost:8420")).reason is Reason.INVALID


def test_what_a_film_was_made_from_is_said_of_what_it_is_joined_into() -> None:
    """The order of a take by a model stands for a film, and the person's pictures come along."""
    facts = [one.event.fact for one in finished().log if isinstance(one, e.Recorded)]
    state = stories.told([fact for fact in facts if isinstance(fact, e.Fact)])
    piece_ = piece_of(state, named_by(f"/v1/productions/{state.id}/film", ""))
    assert (piece_.name, piece_.clip.digest) == ("cut 1", FILM.film.digest)
    assert piece_.order in [one.order for one in state.takes.values()]


def test_a_crossfade_longer_than_a_clip_is_refused() -> None:
    """What can't be mixed is said in the words of the plan's rules."""
    caught = refused(lambda: joined(piece("a", 16, 20), piece("b", 16, 5), crossfade_frames=5))
    assert "Segment 2 crossfades over 5 frames, more than are shown" in caught.why
