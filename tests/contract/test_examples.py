"""The examples for people who have a UI of their own: they do what they say, against the real gateway."""

from __future__ import annotations

import asyncio
import importlib.util
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.contract.cli_stage import Stage, open_stage

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Return a gateway with a crew that writes what the services would."""
    async with open_stage(tmp_path) as one:
        yield one


def flask_ui(url: str) -> Flask:
    """Return the Flask example for this gateway."""
    spec = importlib.util.spec_from_file_location("flask_ui", EXAMPLES / "flask_ui.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.make_app(url)
    assert isinstance(made, Flask)
    return made


async def test_the_flask_example_makes_a_film_for_its_users(stage: Stage) -> None:
    """A form becomes a film: asked for, approved and played through the server, which alone knows the gateway."""
    ui = flask_ui(stage.url)
    browser = ui.test_client()

    async def ask(path: str, form: dict[str, str] | None = None) -> TestResponse:
        def called() -> TestResponse:
            return browser.get(path) if form is None else browser.post(path, data=form)

        return await asyncio.to_thread(called)

    key = re.search(r'name="key" value="([^"]+)"', (await ask("/")).text)
    assert key is not None
    form = {"words": "A lighthouse keeper rows out at dusk", "key": key[1]}
    first, second = await ask("/make", form), await ask("/make", form)
    assert first.status_code == 302
    assert first.location == second.location
    page = ""
    async with asyncio.timeout(30):
        while "That is the vibe" not in page:
            page = (await ask(first.location)).text
    await ask(f"{first.location}/approve", {})
    async with asyncio.timeout(30):
        while "controls" not in page:
            page = (await ask(first.location)).text
    assert "The film is done" in page
    refused = await ask("/make", {"words": "A nude schoolgirl", "key": "another"})
    assert (refused.status_code, "content policy" in refused.text) == (403, True)
    assert (await ask("/film/no-such-7q2k")).status_code == 404
    assert (await ask("/media?link=/etc/passwd")).status_code == 404
    ui.extensions["kindling"].close()
