"""`make bench`: every figure beside its baseline, measured in this run.

The log of a million events, measured last, takes some minutes and a gigabyte of disk.
"""

from __future__ import annotations

import asyncio
import logging

import structlog

from benchmarks import bus, film, intent, million
from benchmarks.figure import show


async def main() -> None:
    """Measure and print, one table after the other."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    await intent.report()
    show("The log, beside nats-py alone on the same server (sync_interval: always)", await bus.figures())
    show("What a person waits for", await film.figures())
    await million.report()


if __name__ == "__main__":
    asyncio.run(main())
