"""What a person waits for: the first sample, the whole film, and the memory of a Kindling that does nothing.

Run `python -m benchmarks.film`. The baselines: the very same orders rendered by the animatic alone, in a fresh process
and without a log; and as many Python processes that have only imported the bus's libraries.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure, show
from bus import events as e
from bus.events import Recorded
from bus.ids import ProductionId
from tests.e2e.house import KINDLING, House, until

WORDS = "A lighthouse keeper rows out at dusk, 20 seconds, painterly"
ALONE = """\
import asyncio, sys, tempfile, msgspec
from pathlib import Path
from bus.plan import Order
from services.creator.renderers.animatic import Animatic
async def main():
    for order in msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=list[Order]):
        with tempfile.TemporaryDirectory() as folder:
            await Animatic().render(order, "key", Path(folder), {}, lambda *_, **__: None)
asyncio.run(main())
"""
IDLE = "import asyncio, nats, msgspec, structlog, time; time.sleep(60)"


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _recorded(house: House, production: str) -> list[Recorded]:
    async with house.log() as log:
        return [one for one in await log.read(ProductionId(production)) if isinstance(one, Recorded)]


async def _make(house: House) -> tuple[str, float, float]:
    """Run the command from nothing to the film; return the production, and when sample and film were there."""
    started = time.perf_counter()
    making = await asyncio.create_subprocess_exec(
        str(KINDLING),
        "make",
        "--yes",
        WORDS,
        env=house.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert making.stdout is not None
    assert making.stderr is not None
    sample_s = 0.0
    async for line in making.stderr:
        if not sample_s and b"Sample 1-1" in line:
            sample_s = time.perf_counter() - started
    film = Path((await making.stdout.read()).decode().strip())
    await making.wait()
    return film.stem, sample_s, time.perf_counter() - started


def _alone(orders: list[bytes]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.json"
        file.write_bytes(b"[" + b",".join(orders) + b"]")
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", ALONE, str(file)], check=True)
        return time.perf_counter() - started


async def _idle(house: House) -> tuple[float, float]:
    """Return the resident memory of an idle Kindling, and of as many processes that only import, in MB."""
    await house.up()
    try:
        assert house.process is not None
        pids = {**house.children(), "up": house.process.pid}
        ours = sum(_resident_mb(pid) for pid in pids.values())
        bare = [await asyncio.create_subprocess_exec(sys.executable, "-c", IDLE) for _ in range(len(pids) - 1)]
        try:
            await asyncio.sleep(3)
            plain = sum(_resident_mb(one.pid) for one in bare) + _resident_mb(pids["nats-server"])
        finally:
            for one in bare:
                one.kill()
                await one.wait()
        return ours, plain
    finally:
        await house.down()


async def figures() -> list[Figure]:
    """Measure everything in a home of its own."""
    import msgspec

    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder) / "home")
        production, sample_s, film_s = await _make(house)
        await until(lambda: not house.children(), 30, "Kindling to leave with the command")
        ours_mb, plain_mb = await _idle(house)
        await house.up()
        try:
            facts = [one.event.fact for one in await _recorded(house, production)]
        finally:
            await house.down()
    sample = [msgspec.json.encode(one.order) for one in facts if isinstance(one, e.SampleOrdered)]
    takes = [msgspec.json.encode(one.order) for one in facts if isinstance(one, e.SegmentOrdered)]
    alone = "the same orders rendered alone"
    return [
        Figure(
            name="command to first sample (cold: server and services start)",
            value=sample_s,
            unit="s",
            baseline_name=alone,
            baseline=_alone(sample),
            aim="< 10 s",
        ),
        Figure(
            name="command to 20 s of film at 832×480",
            value=film_s,
            unit="s",
            baseline_name=alone,
            baseline=_alone(takes),
            aim="< 60 s",
        ),
        Figure(
            name="resident memory while idle, all processes",
            value=ours_mb,
            unit="MB",
            baseline_name="as many that only import the libraries",
            baseline=plain_mb,
            aim="< 600 MB",
        ),
    ]


if __name__ == "__main__":
    show("What a person waits for", asyncio.run(figures()))
