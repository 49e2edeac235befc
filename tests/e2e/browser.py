"""A real Chromium beside a real Kindling: what a person sees, and pictures of it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.e2e.house import House, free_port

WITHIN_MS = 120_000
"""How long anything may take on a machine that does something else as well."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = files("axe_playwright_python") / "axe.min.js"
ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = free_port()
"""Where a page of another origin is served from; the Kindling of these tests lets it in."""
SHADOW = "document.querySelector('kindling-production').shadowRoot"
SETTLED = """async () => {
  const roots = () => [document, ...[...document.querySelectorAll('*')].map(one => one.shadowRoot).filter(Boolean)]
  const ends = one => one.playState === 'running' && Number.isFinite(one.effect.getComputedTiming().endTime)
  const moving = () => roots().flatMap(root => root.getAnimations({subtree: true})).filter(ends)
  for (let now = moving(); now.length; now = moving()) await Promise.allSettled(now.map(one => one.finished))
}"""
"""Resolves when nothing fades or moves any more, but for what does so for ever: colours are measured at the end."""
SCREENSHOTS = Path(os.environ.get("CI_OUTPUT") or ROOT / "build") / "screenshots"
WIDE = (1440, 900)
PHONE = (390, 844)


def chromium() -> str:
    """Return where the system's Chromium is. Without one its tests are skipped, but never in CI."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    missing = f"there is no Chromium here ({', '.join(NAMES)}): on Debian, sudo apt install chromium"
    if os.environ.get("CI"):
        pytest.fail(f"{missing}. In CI that is a failure.", pytrace=False)
    pytest.skip(missing)


@dataclass
class Visit:
    """A browser's window on a Kindling, and everything that went wrong in it."""

    house: House
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        """Return where the page is."""
        return self.house.url.removesuffix("v1")

    async def open(self, place: str = "") -> None:
        """Open the page at a place, as `#id`, and wait until it is drawn."""
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.root}{place}", wait_until="commit", timeout=WITHIN_MS)
        await self.page.locator(".start h1, .brief h1").first.wait_for()

    async def status(self, *names: str) -> None:
        """Wait until the production that is shown stands at one of these."""
        await self.page.locator(", ".join(f".bar .pill.{name}" for name in names)).wait_for()

    async def begin(self, words: str) -> str:
        """Ask for a film on the start page, and return its id."""
        await self.open()
        await self.page.locator("#wish").fill(words)
        await self.page.get_by_role("button", name="Make it").click()
        await self.page.locator(".brief h1").wait_for()
        return await self.production()

    async def production(self) -> str:
        """Return the id in the address."""
        found = re.search(r"#([a-z0-9-]+)", self.page.url)
        assert found, self.page.url
        return found[1]

    async def approve(self) -> None:
        """Wait for the sample and approve it."""
        await self.status("awaiting_approval")
        await self.page.locator("[data-act=approve]").click()

    async def picture(self, name: str) -> None:
        """Keep a picture of what is seen."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")

    async def check_accessible(self) -> None:
        """See that axe-core finds nothing serious on what is shown, once it has faded in."""
        await self.page.evaluate(SETTLED)
        # Evaluated through the debugger, so the page's content security policy stays as it is.
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: Any = await self.page.evaluate(
            "() => axe.run(document, {resultTypes: ['violations'], preload: false,"
            # It would load each film to listen whether it has sound; ours have none.
            " rules: {'no-autoplay-audio': {enabled: false}}})"
        )
        serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
        said = [
            f"{one['id']}: {node['html'][:200]} ({node['failureSummary']})"
            for one in serious
            for node in one["nodes"][:4]
        ]
        assert not said, "\n".join(said)


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Yield a browser."""
    executable = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visiting(
    browser: Browser, house: House, size: tuple[int, int] = WIDE, *, dark: bool = True, may_fail: bool = False
) -> AsyncIterator[Visit]:
    """Yield a window; at the end see that no script failed and nothing was refused by the page's own policy.

    Args:
        may_fail: whether calls may fail, because the test takes the gateway away.
    """
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
    )
    context.set_default_timeout(WITHIN_MS)
    page = await context.new_page()
    visit = Visit(house, context, page)
    watch(page, visit.faults, may_fail=may_fail)
    try:
        yield visit
        assert visit.faults == [], "\n".join(visit.faults)
    except BaseException:
        await visit.picture("fault")
        raise
    finally:
        await context.close()


def watch(page: Page, faults: list[str], *, may_fail: bool = False) -> None:
    """Note every fault of the page's scripts, and every error that the browser tells of."""
    page.on("pageerror", lambda error: faults.append(f"{error}\n{error.stack}"))

    def note(kind: str, text: str) -> None:
        # Answers that refuse are told as errors too; what they are for is looked at where they are shown.
        is_answer = text.startswith("Failed to load resource: the server responded")
        is_away = may_fail and text.startswith("Failed to load resource")
        if kind == "error" and not is_answer and not is_away:
            faults.append(text)

    page.on("console", lambda message: note(message.type, message.text))


async def facts_of(house: House, production: str) -> list[dict[str, object]]:
    """Return what the log holds, as the gateway tells it."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{house.url}/productions/{production}/events?format=json&limit=500", timeout=60)
    return list(answer.json()["events"])


def types_of(facts: list[dict[str, object]]) -> list[str]:
    """Return the types of facts, in order."""
    return [str(one["type"]) for one in facts]
