"""A film is made on the page: by clicking, with a picture, by words; through reloads, and a gateway that is killed."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.async_api import Browser, expect

from tests.e2e.browser import SHADOW, Visit, facts_of, types_of, visiting, watch
from tests.e2e.house import House

# -- making a film -------------------------------------------------------------------------------------------


async def test_a_film_is_made_by_clicking_only(visit: Visit) -> None:
    """An example, a chip of the brief, the sample that follows, one word of approval: nothing is typed."""
    page = visit.page
    await visit.open()
    await visit.picture("start-dark")
    await visit.check_accessible()
    await page.locator(".example").first.click()
    await page.get_by_role("button", name="Make it").click()
    await visit.status("awaiting_approval")
    playing = page.locator("video[data-sample='1-1']")
    await expect(playing).to_have_js_property("loop", True)
    await page.wait_for_function(f"() => !{SHADOW}.querySelector('video[data-sample]').paused")
    await visit.picture("sample-dark")
    await visit.check_accessible()

    # Changing the length by its chip is a redirection, and another sample follows.
    await page.locator("[data-field=duration_s]").click()
    await visit.picture("brief-dark")
    await page.locator(".choice", has_text=re.compile(r"^6 s$")).click()
    await page.locator("video[data-sample='2-1']").wait_for()
    await page.locator(".earlier .sample-thumb").click()
    await expect(page.locator(".screens video")).to_have_count(2)
    await visit.picture("compare-dark")

    await page.locator("[data-act=approve]").click()
    await page.locator(".card img.preview").first.wait_for()
    await page.locator(".card .meter").first.wait_for()
    await visit.picture("making-dark")
    await visit.status("done")
    await page.locator("#film").wait_for()
    await expect(page.locator(".card .state.accepted")).to_have_count(2)
    await page.wait_for_function(f"() => {SHADOW}.querySelector('#film').readyState >= 1")
    duration = await page.locator("#film").evaluate("film => film.duration")
    assert duration == pytest.approx(6, abs=0.01)
    await visit.picture("done-dark")


async def test_a_film_begins_with_a_picture_and_survives_a_reload(visit: Visit, tmp_path: Path) -> None:
    """A picture that is given becomes the first frame; a reload in the middle keeps all, also what was not sent yet.

    Before it is approved, the picture gives way to words and is given again: the conversation says so in words.
    """
    page = visit.page
    picture = tmp_path / "harbour.png"
    sky = np.linspace((60, 80, 220), (160, 120, 60), 480).astype(np.uint8)[:, None, :].repeat(832, axis=1).copy()
    cv2.circle(sky, (420, 220), 80, (140, 220, 255), -1)
    cv2.imwrite(str(picture), sky)

    await visit.open()
    await page.locator(".box input[type=file]").set_input_files(picture)
    await page.locator("#wish").fill("A ball of light over a harbour, 4 seconds")
    await expect(page.locator(".box .thumbs li")).to_have_count(1)
    # Words and pictures that were not sent yet are there again after a reload.
    await visit.open()
    await expect(page.locator("#wish")).to_have_value("A ball of light over a harbour, 4 seconds")
    await expect(page.locator(".box .thumbs li")).to_have_count(1)
    await page.get_by_role("button", name="Make it").click()
    await visit.status("awaiting_approval")
    await expect(page.locator(".message.person .given img")).to_have_count(1)
    await expect(page.locator("[data-field=mode]")).to_contain_text("first picture")

    await page.locator("[data-field=mode]").click()
    await page.locator("[data-act=words]").click()
    await page.locator("video[data-sample='2-1']").wait_for()
    await expect(page.locator("[data-field=mode] .chip-value")).to_have_text("words")
    dropped = page.locator(".message.kindling", has_text="What changes").last
    await expect(dropped.locator("li")).to_have_text(["made from: a first picture → words", "first picture left out"])
    await page.locator("[data-field=mode]").click()
    await page.locator(".chip-editor input[type=file]").set_input_files(picture)
    await page.locator("video[data-sample='3-1']").wait_for()
    given = page.locator(".message.kindling", has_text="first picture added")
    await expect(given.locator("li")).to_have_text(["made from: words → a first picture", "first picture added"])
    await expect(given.locator("img.changed-picture")).to_have_js_property("complete", True)
    await visit.picture("picture-changed-dark")

    await page.locator("#more").fill("a thought that is not finished")
    await visit.approve()
    await page.locator(".board .card").first.wait_for()
    await page.reload(wait_until="commit")
    await expect(page.locator("#more")).to_have_value("a thought that is not finished")
    await visit.status("done")
    types = types_of(await facts_of(visit.house, await visit.production()))
    assert (types.count("production.requested"), types.count("sample.approved"), types.count("production.done")) == (
        1,
        1,
        1,
    )


async def test_words_redirect_the_sample_while_the_gateway_dies(browser: Browser, studio: House) -> None:
    """The gateway is killed in the middle: the page says so, heals by itself, and shows each fact once."""
    async with visiting(browser, studio, dark=False, may_fail=True) as visit:
        page = visit.page
        await visit.begin("A baker opens her shop at sunrise, 4 seconds")
        await visit.status("awaiting_approval")
        await page.get_by_role("button", name="Say what to change").click()
        await page.locator(".vibe textarea").fill("darker, at night")
        await page.get_by_role("button", name="Make another sample").click()
        await page.locator("video[data-sample='2-1']").wait_for()
        await page.locator("[data-act=approve]").click()
        await page.locator(".board .card").first.wait_for()

        os.kill(studio.children()["gateway"], signal.SIGKILL)
        await page.locator(".notice.lost").wait_for()
        await visit.picture("lost-light")
        await page.locator(".notice.lost").wait_for(state="detached")
        await visit.status("done")
        await page.locator("[data-act=log]").click()
        facts = await facts_of(studio, await visit.production())
        await expect(page.locator(".fact")).to_have_count(len(facts))
        shown = await page.locator(".fact").evaluate_all("rows => rows.map(row => Number(row.dataset.ordinal))")
        assert shown == list(range(1, len(facts) + 1))
        await visit.picture("log-light")


async def test_two_tabs_approve_at_once(visit: Visit) -> None:
    """Both tabs show the sample and both say yes: it is approved once, and both go on."""
    await visit.begin("An astronaut waters a plant on a red planet, 4 seconds")
    await visit.status("awaiting_approval")
    other = await visit.context.new_page()
    watch(other, visit.faults)
    await other.goto(visit.page.url, wait_until="commit")
    both = [one.locator("[data-act=approve]") for one in (visit.page, other)]
    for button in both:
        await expect(button).to_be_enabled()
    # Without waiting for each other, or for the page to hold still.
    await asyncio.gather(*(button.dispatch_event("click") for button in both))
    for one in (visit.page, other):
        await one.locator(".board .card").first.wait_for()
    facts = await facts_of(visit.house, await visit.production())
    assert types_of(facts).count("sample.approved") == 1

    await visit.page.get_by_role("button", name="End it").click()
    await visit.page.get_by_role("button", name="Call it off").click()
    await visit.status("cancelled")
    await other.locator(".bar .pill.cancelled").wait_for()
    await visit.picture("cancelled-dark")


# -- what waits for a person ---------------------------------------------------------------------------------


async def test_a_question_is_answered(visit: Visit) -> None:
    """Where a guess would cost a render, the page asks, and goes on with what is answered."""
    page = visit.page
    await visit.begin("make this photo move, 4 seconds")
    await visit.status("asking")
    await expect(page.locator(".halt.asking")).to_contain_text("shall the film be made without a picture?")
    await visit.picture("question-dark")
    await visit.check_accessible()
    await page.locator("#more").fill("no photo: a paper boat in the rain, 4 seconds")
    await page.get_by_role("button", name="Answer", exact=True).click()
    await visit.status("awaiting_approval")


async def test_what_is_refused_says_why_and_keeps_the_words(visit: Visit) -> None:
    """The content policy's refusal is shown where it was asked, with what can be asked for instead."""
    page = visit.page
    await visit.open()
    await page.locator("#wish").fill("A naked child, 4 seconds")
    await page.get_by_role("button", name="Make it").click()
    await expect(page.locator(".box .trouble")).to_contain_text("The content policy refuses this.")
    await expect(page.locator("#wish")).to_have_value("A naked child, 4 seconds")
    await visit.picture("refused-dark")
