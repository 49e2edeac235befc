"""The page as the gateway serves it: whole, to be kept, and with nothing of others in it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.gateway.page import FOLDER
from services.intent.changes import SHOWN
from services.reviewer.criteria import RULES
from tests.contract.gateway_house import House, open_house, problem_of

PARTS = sorted(path.name for path in FOLDER.iterdir())


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an open gateway over an empty log."""
    async with open_house(tmp_path) as one:
        yield one


async def test_the_page_is_at_the_root_and_lets_no_foreign_code_in(house: House) -> None:
    """The page comes with a policy under which only files of its own gateway run, and nobody may frame it."""
    answer = await house.client.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"], policy["connect-src"]) == ("'self'", "'self'", "'self'")
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_every_part_can_be_loaded_from_elsewhere_and_is_asked_for_anew(house: House) -> None:
    """Other UIs load the element across origins; a browser keeps it only as long as it is the same."""
    for name in PARTS:
        answer = await house.client.get(f"/{name}")
        assert (answer.status_code, answer.content) == (200, (FOLDER / name).read_bytes()), name
        assert answer.headers["x-content-type-options"] == "nosniff"
        is_shared = not name.endswith(".html")
        assert (answer.headers.get("access-control-allow-origin") == "*") is is_shared
        assert (answer.headers["cross-origin-resource-policy"] == "cross-origin") is is_shared
        again = await house.client.get(f"/{name}", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_page_that_is_kept_keeps_its_policy(house: House) -> None:
    """A 304 says nothing about what may be loaded: the browser would put it in the place of the page's own policy."""
    page = await house.client.get("/")
    again = await house.client.get("/", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, "content-security-policy" in again.headers) == (304, False)


@pytest.mark.parametrize("name", ["no.js", "..%2fpage.py", "%2e%2e", "page.js%00", "index.html/", "../page.py"])
async def test_a_name_never_becomes_a_path(house: House, name: str) -> None:
    """What is no file of the page is a problem, whatever its name."""
    answer = await house.client.get(f"/{name}")
    assert problem_of(answer)[0] == 404


def test_every_field_that_can_change_has_a_name_on_the_page() -> None:
    """The conversation names no field of a brief as the log does: a new one needs its line in format.js."""
    (names,) = re.findall(r"const NAMES = \{(.*?)\};", (FOLDER / "format.js").read_text(encoding="utf-8"), re.DOTALL)
    assert set(re.findall(r"(\w+): \"", names)) == set(SHOWN)


def test_no_style_of_the_whole_page_catches_a_segment() -> None:
    """The states of segments are classes: a rule of the whole page for a class of that name would move cards away."""
    rules = re.sub(r"/\*.*?\*/", "", (FOLDER / "base.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = {one.strip() for rule in re.findall(r"([^{}]+)\{", rules) for one in rule.split(",")}
    states = re.findall(
        r"(\w+): \"", (FOLDER / "board.js").read_text(encoding="utf-8").partition("STATES = {")[2].partition("}")[0]
    )
    assert len(states) >= 6
    assert not selectors & {f".{one}" for one in states}


def test_everything_that_is_measured_has_a_question_on_the_page() -> None:
    """No finding is called by the name that the log has for it: a new measure needs its line in takes.js."""
    (names,) = re.findall(r"const MEASURES = \{(.*?)\};", (FOLDER / "takes.js").read_text(encoding="utf-8"), re.DOTALL)
    assert set(re.findall(r"(\w+): \"", names)) == set(RULES)
