"""Ending tasks for good: a cancellation that got lost on the way does not keep anybody waiting."""

from __future__ import annotations

import asyncio

import pytest

from bus.wire.waiting import end


async def test_a_task_that_lost_its_cancellation_is_cancelled_again() -> None:
    """A task that goes on after the first cancellation, as one inside `wait_for` may, has ended afterwards."""
    heard = 0

    async def forgetful() -> None:
        nonlocal heard
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard += 1
                if heard > 2:
                    raise

    task = asyncio.create_task(forgetful())
    await asyncio.sleep(0)
    await end(task, again_s=0.01)
    assert task.cancelled()
    assert heard == 3


async def test_a_task_that_leaves_in_good_order_is_told_once() -> None:
    """What a task does on leaving is not disturbed, and what it raises is kept for whoever asks it."""
    told = list[str]()

    async def orderly() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("cancelled")
            for _ in range(3):
                await asyncio.sleep(0)
            told.append("tidied")
            raise RuntimeError("something was broken") from None

    task, done = asyncio.create_task(orderly()), asyncio.create_task(asyncio.sleep(0))
    await done
    await end(task, done, again_s=60)
    assert told == ["cancelled", "tidied"]
    with pytest.raises(RuntimeError, match="broken"):
        task.result()
