"""`make bench`: every figure beside its baseline, measured in this run.

A log of a million events is measured on its own, with `python -m benchmarks.million`: it takes minutes and gigabytes.
"""

from __future__ import annotations

import asyncio
import logging

import structlog

from benchmarks import bus, film, intent
from benchmarks.figure import show


async def main() -> None:
    """Measure and print, one table after the other."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    await intent.report()
    show("The log, beside nats-py alone on the same server (sync_interval: always)", await bus.figures())
    show("What a person waits for", await film.figures())


if __name__ == "__main__":
    asyncio.run(main())
