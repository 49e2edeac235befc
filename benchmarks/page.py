"""What a browser waits for: the first paint of the page, all of it in sight, and how much it fetches before pictures.

Run `python -m benchmarks.page`; it needs the system's Chromium. Each opening is in a new profile: nothing is kept from
the one before. The baseline is a page of one paragraph and no script, from a bare server, in the same browser.
"""

from __future__ import annotations

import asyncio
import gzip
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser

from benchmarks.figure import Figure, show
from services.gateway.page import FOLDER
from tests.e2e.browser import launched, visiting
from tests.e2e.house import House, free_port

OPENINGS = 9
WORDS = "A lighthouse keeper rows out at dusk, 4 seconds, painterly"
PLAIN = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 46\r\nconnection: close\r\n\r\n"
PLAIN += b"<!doctype html><title>Plain</title><p>Kindling"
WATCH = """\
window.found = new Promise(done => window.addEventListener("kindling-drawn", ({target}) => {
  if (target.shadowRoot.querySelector("h1")) requestAnimationFrame(() => done(performance.now()));
}, true));
"""
PAINTED = """\
() => new Promise(done => new PerformanceObserver(list => list.getEntriesByName("first-contentful-paint")
  .forEach(one => done(one.startTime))).observe({type: "paint", buffered: true}))
"""
FETCHED = """\
() => performance.getEntriesByType("resource").filter(one => /[.](js|css|svg)$/.test(one.name))
  .concat(performance.getEntriesByType("navigation")).map(one => [one.name.split("/").pop(), one.decodedBodySize])
"""


async def _opened(browser: Browser, url: str, *, is_ours: bool) -> tuple[float, float, list[tuple[str, int]]]:
    """Return after how many seconds it was painted and all in sight, and what it fetched, in bytes."""
    context = await browser.new_context()
    try:
        page = await context.new_page()
        await page.add_init_script(WATCH)
        await page.goto(url, wait_until="commit")
        painted_ms = await page.evaluate(PAINTED)
        shown_ms = await page.evaluate("() => window.found") if is_ours else painted_ms
        return painted_ms / 1000, shown_ms / 1000, await page.evaluate(FETCHED)
    finally:
        await context.close()


@asynccontextmanager
async def _plain() -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PLAIN)
        await writer.drain()
        writer.close()

    port = free_port()
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        yield f"http://127.0.0.1:{port}/"


def _packed(name: str) -> int:
    return len(gzip.compress((FOLDER / (name if "." in name else "index.html")).read_bytes()))


async def figures() -> list[Figure]:
    """Measure in a home of its own."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder) / "home")
        await house.up()
        try:
            async with launched() as browser, _plain() as plain:
                async with visiting(browser, house) as visit:
                    production = await visit.begin(WORDS)
                    await visit.approve()
                    await visit.status("done")
                bare = [(await _opened(browser, plain, is_ours=False))[0] for _ in range(OPENINGS)]
                root = house.url.removesuffix("v1")
                for name, place in (("the start", ""), ("a finished film", f"#{production}")):
                    openings = [await _opened(browser, f"{root}{place}", is_ours=True) for _ in range(OPENINGS)]
                    found += _figures(name, openings, statistics.median(bare))
        finally:
            await house.down()
    return found


def _figures(name: str, openings: list[tuple[float, float, list[tuple[str, int]]]], bare_s: float) -> list[Figure]:
    painted, shown, fetched = zip(*openings, strict=True)
    times = (("first paint", painted, "< 1 s"), ("all in sight", shown, ""))
    weight = fetched[-1]
    return [
        *(
            Figure(
                name=f"{name}: {what}",
                value=statistics.median(values),
                unit="s",
                baseline_name="one paragraph, no script",
                baseline=bare_s,
                aim=aim,
            )
            for what, values, aim in times
        ),
        Figure(
            name=f"{name}: fetched before any picture",
            value=sum(size for _, size in weight) / 1000,
            unit="kB",
            baseline_name="the same, compressed",
            baseline=sum(_packed(file.partition("#")[0]) for file, _ in weight) / 1000,
            aim="< 150 kB",
        ),
    ]


async def main() -> None:
    """Measure and print."""
    show(f"The page, in the median of {OPENINGS} openings", await figures())


if __name__ == "__main__":
    asyncio.run(main())
