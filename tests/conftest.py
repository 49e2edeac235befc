"""What holds for every test: its kind comes from its folder, and coroutines run on asyncio."""

import logging
import os
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

TESTS = Path(__file__).parent
KINDS = frozenset({"unit", "contract", "simulation", "e2e"})

# A slow machine is no counter-example: what a law says does not depend on how long it took to check.
# In CI a law is tried on the same examples each time, as hypothesis does by itself; new ones are looked for elsewhere.
settings.register_profile("kindling", deadline=None, derandomize="CI" in os.environ)
# `--hypothesis-profile=quick`, which `make check` gives. A law with a number of its own takes it by `laws.examples`.
settings.register_profile("quick", deadline=None, max_examples=20)
settings.load_profile("kindling")

# Whether a model runs on this machine is no part of what tests look at; those that want one name its address.
os.environ["KINDLING_LLM"] = "off"

# What workers log is no part of what tests look at, and a simulation logs much.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the name of the folder that it lies in."""
    for item in items:
        kind = item.path.relative_to(TESTS).parts[0]
        if kind in KINDS:
            item.add_marker(kind)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run coroutines on asyncio only: nats-py knows no other loop."""
    return "asyncio"
