"""The texts of the page: whom it asks, what becomes of what was said, and that every event has its words."""

from __future__ import annotations

import re

from bus.events import BY_TYPE
from services.gateway.page import FOLDER

PARTS = sorted(path.name for path in FOLDER.iterdir())


def test_the_page_asks_nobody_but_its_gateway() -> None:
    """No file names another host: the page works offline, and tells nobody that it is used."""
    for path in FOLDER.iterdir():
        hosts = set(re.findall(r"(?:https?:)?//([\w.-]+\.\w+)", path.read_text(encoding="utf-8")))
        assert hosts <= {"127.0.0.1", "www.w3.org"}, path.name


def test_nothing_that_was_said_becomes_markup() -> None:
    """No file uses what would read text as markup or as code."""
    reads_markup = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc")
    for path in FOLDER.glob("*.js"):
        assert reads_markup.findall(path.read_text(encoding="utf-8")) == [], path.name


def test_every_event_has_words_on_the_page() -> None:
    """The timeline says each type of fact in words: a new type needs its line in words.js."""
    words = (FOLDER / "words.js").read_text(encoding="utf-8")
    assert set(re.findall(r'^  "([a-z]+\.[a-z]+)":', words, re.MULTILINE)) == set(BY_TYPE)
