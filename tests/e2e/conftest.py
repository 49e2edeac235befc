"""One browser on one Kindling for all tests of the page: starting them takes longer than most of what is tested."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.browser import ELSEWHERE, WITHIN_MS, Visit, launched, visiting
from tests.e2e.house import House

expect.set_options(timeout=WITHIN_MS)


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    """Yield one browser for all tests."""
    async with launched() as one:
        yield one


@pytest.fixture(scope="package")
async def studio(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Yield one Kindling for all tests, without captions: they are drawn, and drawing takes time."""
    one = House(tmp_path_factory.mktemp("page") / "home")
    settings = one.root / "kindling.toml"
    # The page of another origin that `elsewhere` serves may use it.
    listed = f'[gateway]\norigins = ["http://127.0.0.1:{ELSEWHERE}"]'
    text = settings.read_text().replace("[gateway]", listed, 1)
    settings.write_text(f"{text}\n[film]\ncaption = false\n")
    await one.up()
    try:
        yield one
    finally:
        await one.down()


@pytest.fixture
async def visit(browser: Browser, studio: House) -> AsyncIterator[Visit]:
    """Yield a window of ordinary size."""
    async with visiting(browser, studio) as one:
        yield one


@pytest.fixture(scope="package")
async def finished(browser: Browser, studio: House) -> str:
    """Return a film of two segments that is done."""
    async with visiting(browser, studio) as one:
        production = await one.begin("A red fox crosses a frozen lake at dawn, 6 seconds, watercolour")
        await one.approve()
        await one.status("done")
    return production
