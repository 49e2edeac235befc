"""Clips that are joined: what links mean, how clips that differ are shown, and the facts it begins with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from fractions import Fraction
from pathlib import Path

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
from services._kit.media import probe
from services.creator.decide import decide_segments
from services.gateway.stitching import Joining, Piece, begin_joining, named_by, piece_of
from services.intent.decide import decide as decide_intent
from services.planner.decide import decide as decide_planner
from services.reviewer.decide import decide as decide_reviewer
from services.stitcher.decide import decide as decide_stitcher
from services.stitcher.film import edit_of, join_film
from tests import stories
from tests.contract.clip_house import made_clip, write_clip
from tests.contract.gateway_house import House, open_house, problem_of
from tests.gateway_facts import FILM, finished, refused

HERE = ProductionId("fox-7q2k")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


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


def test_clips_that_do_not_agree_keep_their_speed(tmp_path: Path) -> None:
    """A clip of half the rate and another size is shown as long as it was, each of its frames twice."""
    ours = write_clip(tmp_path / "ours.mp4", [40] * 16, 16)
    slow = write_clip(tmp_path / "slow.mp4", [80, 120, 160, 200], 8, 128, 96)
    store: dict[str, Path] = {}

    class Store:
        def path(self, digest: str) -> Path:
            return store[digest]

    pieces = (piece("ours", 16, 16), piece("slow", 8, 4, Size(128, 96)))
    for one, path in zip(pieces, (ours, slow), strict=True):
        store[one.clip.digest] = path
    state = joined(*pieces)
    takes, plan = film_takes(state), state.plan
    assert takes is not None
    assert plan is not None
    facts = join_film(state, plan, takes, Store(), tmp_path / "film.mp4", lambda *_, **__: None, lambda: False)  # type: ignore[arg-type]
    assert (facts.copied, facts.frame_count) == ((1,), 24)
    assert probe(tmp_path / "film.mp4").frame_count == 24
    from services._kit.stills import stills

    levels = [round(float(one.mean())) for one in stills(tmp_path / "film.mp4", range(16, 24))]
    assert all(
        abs(found - wanted) <= 2 for found, wanted in zip(levels, [80, 80, 120, 120, 160, 160, 200, 200], strict=True)
    )


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


async def test_clips_are_joined_by_their_links(house: House, tmp_path: Path) -> None:
    """Films and takes of several productions become one whose takes are there already; each says whose it is."""
    one, two = await made_clip(house, tmp_path, "one"), await made_clip(house, tmp_path, "two")
    take = two.replace("film?cut=1", "takes/1-1/clip")
    body = {"clips": [one, take, one], "title": "Both", "crossfade_frames": 4}
    answer = await house.client.post("/v1/stitch", json=body, headers={"idempotency-key": "j"})
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["purpose"], said["title"], said["status"]["name"]) == ("stitch", "Both", "stitching")
    assert [part["accepted"] for part in said["segments"]] == ["1-1", "2-1", "3-1"]
    borrowed = [part["takes"][0]["borrowed"]["name"] for part in said["segments"]]
    assert borrowed == ["cut 1", "take 1-1", "cut 1"]
    assert said["plan"]["frame_count"] == 3 * 17 - 8
    again = await house.client.post("/v1/stitch", json=body, headers={"idempotency-key": "j"})
    assert (again.status_code, again.json()["id"]) == (200, said["id"])
    sheet = await house.client.get(said["segments"][0]["takes"][0]["sheet"])
    assert sheet.headers["content-type"] == "image/jpeg"
    await house.caught_up()
    page = (await house.client.get("/v1/productions?purpose=stitch")).json()
    assert [shown["id"] for shown in page["productions"]] == [said["id"]]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"clips": []}, 422, "0 clips are to be joined."),
        ({"clips": ["x"]}, 422, "'x' is no link to a clip of ours."),
        ({"clips": ["/v1/productions/none-7q2k/film"]}, 404, "There is no production none-7q2k."),
        ({"clips": [f"/v1/productions/{stories.PRODUCTION}/film"]}, 404, "is not there yet"),
        ({"clips": [f"/v1/productions/{stories.PRODUCTION}/takes/9-9/clip"]}, 404, "has no clip of take 9-9"),
        ({"clips": [f"/v1/productions/{stories.PRODUCTION}/samples/1-1/clip"] * 101}, 422, "101 clips are to be"),
        ({"clips": [f"/v1/productions/{stories.PRODUCTION}/samples/1-1/clip"]}, 410, "missing from the store"),
        ({"clips": ["x"], "speed": 2}, 422, "unknown field `speed`"),
    ],
)
async def test_what_can_not_be_joined_says_why(house: House, body: dict[str, object], status: int, says: str) -> None:
    """Links that lead nowhere, clips that are not there, and bytes that are gone are told apart; nothing is written."""
    await house.begin(*stories.BEGINNING[:4])
    before = len(house.log.stored)
    found, detail = problem_of(await house.client.post("/v1/stitch", json=body))
    assert (found, says in detail) == (status, True), detail
    assert len(house.log.stored) == before
