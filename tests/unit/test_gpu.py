"""The lease of the GPU, as a document that changes hands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.gpu import (
    Guest,
    Lease,
    Side,
    Wish,
    came,
    cleared,
    is_due,
    left,
    may_work,
    opened,
    renewed,
    state_of,
    why_waiting,
)


def guest(name: str, side: Side, *, about: str = "") -> Guest:
    """Return a guest that has not come yet."""
    wish = Wish(side=side, production="fox", about=about or f"the work of {name}")
    return Guest(id=name, service="creator" if side is Side.RENDER else "reviewer", host="here", wish=wish)


RENDERING = cleared(opened(came(Lease(), guest("r1", Side.RENDER, about="segment 1")), Side.RENDER, 1), 1)

STEPS = st.lists(
    st.tuples(st.sampled_from(["come", "leave", "press", "open", "clear"]), st.integers(0, 5)), max_size=60
)


@given(STEPS)
def test_never_are_both_sides_inside(steps: list[tuple[str, int]]) -> None:
    """Whoever comes, goes, presses or opens in whatever order: all inside are of one side, and numbers only grow."""
    lease = Lease()
    for what, index in steps:
        side, name = list(Side)[index % 2], f"g{index}"
        before = lease
        match what:
            case "come":
                lease = came(lease, guest(name, side))
            case "leave":
                lease = left(lease, (name,))
            case "press":
                lease = renewed(lease, (name,), (name,))
            case "open":
                if is_due(lease, side):
                    lease = opened(lease, side, lease.number + 1)
                    assert not any(one.wish.side is side for one in lease.waiting), "somebody was left outside"
            case _:
                lease = cleared(lease, lease.number)
        assert {one.wish.side for one in lease.inside} <= {lease.side}
        assert lease.number >= before.number
        assert len({one.id for one in lease.guests}) == len(lease.guests)
        assert not any(may_work(lease, one.id) for one in lease.waiting)
        if lease.number != before.number:
            assert not before.inside
            assert not lease.is_clear, "work could begin before the memory is known to be free"


def test_while_nobody_presses_newcomers_of_the_side_are_let_in() -> None:
    """The side that has the GPU drains its queue before it hands over."""
    lease = came(came(RENDERING, guest("t1", Side.THINK)), guest("r2", Side.RENDER))
    assert may_work(lease, "r2")
    assert not may_work(lease, "t1")
    assert not is_due(lease, Side.THINK)


def test_where_somebody_presses_the_door_is_closed() -> None:
    """Who has waited for long comes before newcomers of the other side, and after those that are at work."""
    lease = renewed(came(RENDERING, guest("t1", Side.THINK)), (), ("t1",))
    lease = came(lease, guest("r2", Side.RENDER))
    assert not may_work(lease, "r2")
    assert may_work(lease, "r1")
    lease = left(lease, ("r1",))
    assert is_due(lease, Side.THINK)
    assert may_work(cleared(opened(lease, Side.THINK, 2), 2), "t1")


def test_the_door_opens_again_when_nobody_presses_any_more() -> None:
    """One who pressed and left keeps nobody out."""
    lease = renewed(came(RENDERING, guest("t1", Side.THINK)), (), ("t1",))
    lease = left(came(lease, guest("r2", Side.RENDER)), ("t1",))
    assert may_work(lease, "r2")


def test_what_is_said_of_an_older_phase_is_not_heard() -> None:
    """Memory that was free before another phase began need not be free now."""
    lease = opened(left(came(RENDERING, guest("t1", Side.THINK)), ("r1",)), Side.THINK, 2)
    assert cleared(lease, 1) == lease
    assert cleared(lease, 2).is_clear
    with pytest.raises(ValueError, match="not due"):
        opened(lease, Side.THINK, 3)


def test_it_is_said_who_has_the_gpu_and_who_waits() -> None:
    """In one line for everybody, and in one for the production whose work waits."""
    assert state_of(Lease()) == "nobody has the GPU"
    assert state_of(RENDERING) == "ComfyUI has the GPU: segment 1 of fox (creator)"
    waiting = came(RENDERING, guest("t1", Side.THINK, about="review 2-1"))
    assert state_of(waiting) == (
        "ComfyUI has the GPU: segment 1 of fox (creator); waiting: the review of take 2-1 of fox (reviewer)"
    )
    assert why_waiting(waiting, waiting.guests[1]) == "the GPU is rendering segment 1"
    opening = opened(left(waiting, ("r1",)), Side.THINK, 2)
    assert state_of(opening) == "ComfyUI frees the GPU's memory for Ollama: the review of take 2-1 of fox (reviewer)"
    assert why_waiting(opening, opening.guests[0]) == "ComfyUI is to free the GPU's memory"
