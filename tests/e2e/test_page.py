"""A film is looked at, judged and embedded: by a real browser, on screens of all sizes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Route, expect

from tests.e2e.browser import ELSEWHERE, PHONE, SHADOW, Visit, facts_of, types_of, visiting
from tests.e2e.house import House

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "embed.html"
BYTES_MAX = 150_000
"""What the page may weigh before its first picture, uncompressed."""


# -- looking, and having the last word -----------------------------------------------------------------------


async def test_the_handle_shows_the_whole_page_as_it_was(visit: Visit, finished: str) -> None:
    """At an earlier event there is the sample and no film, nothing can be done, and a reload stays there."""
    page = visit.page
    await visit.open(f"#{finished}")
    await visit.status("done")
    facts = await facts_of(visit.house, finished)
    rendered = types_of(facts).index("sample.rendered") + 1
    await page.locator("#moment").evaluate(
        "(handle, at) => { handle.value = at; handle.dispatchEvent(new Event('input', {bubbles: true})); }", rendered
    )
    await visit.status("awaiting_approval")
    await expect(page.locator(".notice.past")).to_contain_text(f"event {rendered} of {len(facts)}")
    await expect(page.locator("[data-act=approve]")).to_be_disabled()
    await expect(page.locator(".board")).to_have_count(0)
    await expect(page.locator("#more")).to_have_count(0)
    assert page.url.endswith(f"#{finished}@{rendered}")
    await visit.picture("past-dark")
    await visit.check_accessible()

    await page.reload(wait_until="commit")
    await visit.status("awaiting_approval")
    await page.locator("#moment").focus()
    await page.keyboard.press("ArrowLeft")
    await visit.status("sampling")
    await page.get_by_role("button", name="Back to now").click()
    await visit.status("done")
    await expect(page.locator("#film")).to_have_count(1)


async def test_facts_are_found_with_what_caused_them(visit: Visit, finished: str) -> None:
    """The log can be filtered and searched; a fact leads to its cause, and shows all that is written."""
    page = visit.page
    await visit.open(f"#{finished}")
    await page.locator("[data-act=log]").click()
    await page.locator(".filters .choice", has_text="Verdicts").click()
    await expect(page.locator(".fact")).to_have_count(2)
    await page.get_by_placeholder(re.compile("Find")).fill("take 2-1")
    await expect(page.locator(".fact")).to_have_count(1)
    facts = await facts_of(visit.house, finished)
    approved = next(one for one in facts if (one["type"], one["which"]) == ("segment.approved", "2-1"))
    cause = next(one for one in facts if one["id"] == approved["cause"])
    await page.locator("button.fact-cause").click()
    opened = page.locator(".fact.open")
    await expect(opened).to_have_attribute("data-ordinal", str(cause["ordinal"]))
    await expect(opened.locator("pre")).to_contain_text('"order_digest"')
    await visit.picture("facts-dark")


async def test_a_part_that_could_not_be_loaded_is_loaded_again(browser: Browser, studio: House, finished: str) -> None:
    """The code and the styles of a segment's takes are lost once each on their way: the page asks for them again."""
    asked = list[str]()

    async def lose_once(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1].partition("?")[0]
        asked.append(name)
        await (route.abort() if asked.count(name) == 1 else route.continue_())

    async with visiting(browser, studio, may_fail=True) as visit:
        page = visit.page
        await page.route(re.compile(r"/takes\.(js|css)"), lose_once)
        await visit.open(f"#{finished}")
        await page.locator("[data-segment='1'] .card-open").click()
        await page.locator("#takes .take").first.wait_for()
        assert min(asked.count("takes.js"), asked.count("takes.css")) >= 2
        await expect(page.locator("#takes .take").first).to_have_css("border-top-style", "solid")


async def test_a_gateway_that_gives_no_answer_is_said(browser: Browser, studio: House, finished: str) -> None:
    """Where what was asked for is taken and never answered, the page says so, asks again, and heals."""
    async with visiting(browser, studio, may_fail=True) as visit:
        page = visit.page
        await page.clock.install()
        await visit.open()
        unanswered = list[Route]()

        async def hold(route: Route) -> None:
            unanswered.append(route)

        await page.route(re.compile(rf"/v1/productions/{finished}$"), hold)
        await page.locator(f".film-card[href$='{finished}']").click()
        await page.locator(".standby", has_text="Opening").wait_for()
        await page.clock.fast_forward(20_000)
        await page.locator(".notice.lost").wait_for()
        await page.locator(".standby", has_text="Waiting for Kindling to answer").wait_for()
        await page.unroute_all(behavior="ignoreErrors")
        await page.clock.fast_forward(20_000)
        await page.locator(".brief h1").wait_for()
        await expect(page.locator(".notice.lost")).to_have_count(0)
        assert unanswered


async def test_a_person_overrules_a_take(browser: Browser, studio: House, finished: str) -> None:
    """A take is looked at with its verdict and refused with a reason: another one is made, and stands beside it."""
    async with visiting(browser, studio, (1440, 1300), dark=False) as visit:
        page = visit.page
        await visit.open(f"#{finished}")
        await page.locator("[data-segment='2'] .card-open").click()
        await page.locator(".take details summary").click()
        await expect(page.locator(".finding", has_text="Is it sharp?").locator(".measured")).to_contain_text("limit 10")
        await page.locator("#takes").scroll_into_view_if_needed()
        await visit.picture("takes-light")
        await visit.check_accessible()
        await page.get_by_role("button", name="Refuse this take").click()
        await page.get_by_label("Why take 1 is no good").fill("her head is cut off")
        await page.get_by_role("button", name="Refuse this take").click()
        await expect(page.locator(".ruling")).to_contain_text("her head is cut off")
        await page.locator(".take.shown h3", has_text="Take 2").wait_for()
        await visit.status("done")
        await expect(page.locator(".take")).to_have_count(2)
        await visit.picture("takes-two-light")
        # The person may take it back, too.
        await page.locator(".take", has_text="Take 1").get_by_role("button", name="Accept this take").click()
        await page.get_by_label("Why take 1 is good").fill("it grew on me")
        await page.get_by_role("button", name="Accept this take").click()
        await page.locator(".take.shown h3", has_text="Take 1").wait_for()
        await visit.status("done")


async def test_a_prompt_is_edited_and_a_conflict_is_told(visit: Visit, finished: str) -> None:
    """Whoever edits a prompt that somebody else changed meanwhile is told, keeps the words, and can go on."""
    page, studio = visit.page, visit.house
    await visit.open(f"#{finished}")
    await page.locator("[data-segment='1'] .card-open").click()
    await page.locator("[data-act=edit]").click()
    mine = "Wide shot. A red fox trots over blue ice. Watercolour style."
    await page.locator("[data-field=prompt]").fill(mine)

    async with httpx.AsyncClient(base_url=studio.url, timeout=60) as client:
        read = await client.get(f"/productions/{finished}/plan")
        plan = read.json()
        plan["segments"][1]["prompt"] += " Snow begins to fall."
        changed = await client.put(
            f"/productions/{finished}/plan", json=plan, headers={"if-match": read.headers["etag"]}
        )
        assert changed.status_code == 200, changed.text
    await expect(page.locator(".prompt-editor .trouble")).to_contain_text("The plan was changed meanwhile")
    await expect(page.locator("[data-field=prompt]")).to_have_value(mine)
    await expect(page.get_by_role("button", name="Change the plan")).to_be_disabled()
    await visit.picture("conflict-dark")
    await page.get_by_role("button", name="Put mine into the new plan").click()
    await page.get_by_role("button", name="Change the plan").click()
    await page.locator(".prompt p", has_text=mine).wait_for()
    await visit.status("done")

    async with httpx.AsyncClient(base_url=studio.url, timeout=60) as client:
        plan = (await client.get(f"/productions/{finished}/plan")).json()
    assert plan["segments"][0]["prompt"] == mine
    assert plan["segments"][1]["prompt"].endswith("Snow begins to fall.")


async def test_a_film_is_forked_from_the_past(visit: Visit, finished: str) -> None:
    """From any moment with a plan another film can go its own way: what it takes is said before."""
    page = visit.page
    await visit.open(f"#{finished}")
    await visit.status("done")
    await page.locator("[data-act=fork]").click()
    await expect(page.locator(".fork")).to_contain_text("nothing is rendered: all of it is shared")
    await page.locator(".fork textarea").fill("make it 3 seconds")
    await expect(page.locator(".fork")).to_contain_text("at most")
    await visit.picture("fork-dark")
    await page.locator(".fork textarea").fill("")
    await page.locator(".fork button[type=submit]").click()
    await page.locator(".origin").wait_for()
    fork = await visit.production()
    assert fork != finished
    await expect(page.locator(".origin")).to_contain_text(f"Forked from {finished}")
    await visit.status("done")
    await page.get_by_role("button", name="Kindling: all films").click()
    branch = page.locator(f"li[data-depth='1'] .film-card[href='#{fork}']")
    await expect(branch).to_contain_text("from “Red Fox Crosses a Frozen Lake”")
    await visit.picture("films-dark")


# -- in other pages ------------------------------------------------------------------------------------------


@pytest.fixture
async def elsewhere(studio: House) -> AsyncIterator[str]:
    """Serve the example of a page that embeds the element, on another origin and with a token that is wrong."""
    page = EXAMPLE.read_text(encoding="utf-8").replace("http://127.0.0.1:8420", studio.url.removesuffix("/v1"))
    page = page.replace("<kindling-production ", '<kindling-production token="kdl_wrong" ')

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = page.encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", ELSEWHERE)
    async with server:
        yield f"http://127.0.0.1:{ELSEWHERE}/"


async def test_another_page_embeds_it_with_a_token(visit: Visit, finished: str, elsewhere: str) -> None:
    """One script and one element on another origin: it asks for the token, then everything works as at home."""
    page, studio = visit.page, visit.house
    made = await asyncio.to_thread(studio.run, "token", "new", "embed")
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip()
    await page.goto(elsewhere, wait_until="commit")
    await page.locator("form.token input").fill(token)
    await page.get_by_role("button", name="Go on").click()
    await page.locator(f".film-card[href='#{finished}']").click()
    await page.locator("#film").wait_for()
    await page.wait_for_function(f"() => {SHADOW}.querySelector('#film').readyState >= 1")
    await page.wait_for_function(
        f"() => [...{SHADOW}.querySelectorAll('.card img')].every(one => one.naturalWidth > 0)"
    )
    addresses = await page.evaluate(
        "() => performance.getEntriesByType('resource').map(one => one.name).concat(location.href)"
    )
    secret = token.rsplit("_", 1)[-1]
    assert [one for one in addresses if secret in one] == []
    await visit.picture("embed")
    await visit.check_accessible()

    await page.get_by_role("button", name="Kindling: all films").click()
    await page.locator("#wish").fill("A paper boat in the rain, 4 seconds")
    await page.get_by_role("button", name="Make it").click()
    await visit.status("awaiting_approval")
    await page.wait_for_function(f"() => !{SHADOW}.querySelector('video[data-sample]').paused")
    await page.get_by_role("button", name="End it").click()
    await page.get_by_role("button", name="Remove it").click()
    await page.locator(".start h1").wait_for()


# -- sizes, weight and speed ---------------------------------------------------------------------------------


async def test_it_fits_a_phone(browser: Browser, studio: House, finished: str) -> None:
    """On a phone nothing is wider than the screen, and film, conversation and log are one tap apart."""
    async with visiting(browser, studio, PHONE, dark=False) as visit:
        page = visit.page
        await visit.open()
        await visit.picture("start-phone-light")
        planned = types_of(await facts_of(studio, finished)).index("plan.written") + 1
        for place in ("", f"#{finished}@{planned}", f"#{finished}"):
            await visit.open(place)
            wide = await page.evaluate(
                f"() => [...{SHADOW}"
                ".querySelectorAll('.start, .film-scroll, .bar, .composer')]"
                ".filter(one => one.scrollWidth > one.clientWidth).map(one => one.className)"
            )
            assert wide == []
        await visit.picture("film-phone-light")
        await page.get_by_role("button", name="Conversation").click()
        await expect(page.locator(".messages")).to_be_visible()
        await expect(page.locator(".film-scroll")).to_be_hidden()
        await visit.picture("talk-phone-light")
        await visit.check_accessible()
        await page.get_by_role("button", name="Log", exact=True).click()
        await page.locator(".fact").first.wait_for()
        await visit.picture("log-phone-light")


async def test_it_is_light_and_soon_there(visit: Visit, finished: str) -> None:
    """Before the first picture all code is within its budget, and something is painted."""
    page = visit.page
    for place in ("", f"#{finished}"):
        await visit.open(place)
        weight = await page.evaluate(
            "() => performance.getEntriesByType('resource').filter(one => /[.](js|css|svg)$/.test(one.name))"
            ".concat(performance.getEntriesByType('navigation')).reduce((sum, one) => sum + one.decodedBodySize, 0)"
        )
        assert 0 < weight < BYTES_MAX
        painted_ms = await page.evaluate(
            "() => new Promise(done => new PerformanceObserver(list => list.getEntriesByName('first-contentful-paint')"
            ".forEach(one => done(one.startTime))).observe({type: 'paint', buffered: true}))"
        )
        # The aim of one second is a benchmark's; here a machine may be busy with something else.
        assert painted_ms < 30_000


async def test_the_finished_film_is_accessible(browser: Browser, studio: House, finished: str) -> None:
    """Charts have tables, the log is open, in both lights: axe-core finds nothing serious."""
    for dark in (True, False):
        async with visiting(browser, studio, (1440, 2200), dark=dark) as visit:
            await visit.open(f"#{finished}")
            await visit.page.locator(".charts table").first.wait_for(state="attached")
            await visit.page.locator("[data-act=log]").click()
            await visit.page.locator(".fact").first.wait_for()
            await visit.check_accessible()
            await visit.picture(f"whole-{'dark' if dark else 'light'}")


async def test_older_films_that_cannot_be_loaded_are_told_of(visit: Visit, finished: str) -> None:
    """The films that are there stay, and why no more come stands below them."""

    async def with_a_next_page(route: Route) -> None:
        if "limit=24" not in route.request.url:
            await route.continue_()
            return
        answer = await route.fetch()
        await route.fulfill(response=answer, json={**await answer.json(), "next": "/v1/productions?cursor=nowhere"})

    await visit.page.route("**/v1/productions?**", with_a_next_page)
    await visit.open()
    await visit.page.get_by_role("button", name="Older ones").click()
    await expect(visit.page.locator(".films .trouble")).to_contain_text("cursor")
    await expect(visit.page.locator(f".film-card[href*='{finished}']")).to_be_visible()
