"""The description of the interface, held against what it does: each call, with data that fits and that does not."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias, cast
from urllib.parse import quote

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bus import events as e
from bus.ids import ProductionId
from bus.wire.artifacts import FolderArtifacts
from bus.wire.books import LogBooks
from bus.wire.memory import MemoryLog
from bus.wire.waiting import end
from services.gateway.app import make_app
from services.gateway.door import Door
from services.gateway.index import Index
from services.gateway.service import listen, open_door
from tests.contract.gateway_house import House, open_house
from tests.gateway_facts import QUESTION, STALLED, finished

EXAMPLES = int(os.environ.get("KINDLING_API_EXAMPLES", "4"))
"""Requests for each call, of either kind. More of them find more: KINDLING_API_EXAMPLES=200."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
REAL = {"take": "1-1", "sample": "1-1", "segment": "1", "image": "1", "index": "3"}
"""What is there in the productions below, for the places of an address."""


def described() -> dict[str, object]:
    """Return the description, with the calls of older UIs."""
    log = MemoryLog()
    books = LogBooks(log, e.Writer(service="gateway", version="1", host="here"))
    index = Index(books, log.last_sequence)
    door = Door(
        books=books, artifacts=FolderArtifacts(Path("nowhere")), index=index, version="1", has_older_routes=True
    )
    return cast("dict[str, object]", make_app(door).openapi())


SCHEMA = schemathesis.openapi.from_dict(described())
Call: TypeAlias = "APIOperation[Any, Any, Any, Any]"
Asked: TypeAlias = "Case[Any]"
_EVERY: list[Call] = [one.ok() for one in SCHEMA.get_all_operations() if isinstance(one, Ok)]
CALLS = [
    *((one, GenerationMode.POSITIVE) for one in _EVERY),
    # A name in an address is text, and any text fits.
    *((one, GenerationMode.NEGATIVE) for one in _EVERY if one.body or one.query),
]


class Served:
    """A gateway in a thread of its own, over productions at several stages."""

    def __init__(self, folder: Path) -> None:
        self.url = ""
        self.productions: list[str] = []
        self._folder = folder
        self._is_ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))
        self._thread.start()
        assert self._is_ready.wait(60)

    async def _serve(self) -> None:
        async with open_house(self._folder, has_older_routes=True) as house:
            await self._furnish(house)
            listener = listen("127.0.0.1", 0)
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            serving = asyncio.create_task(open_door(house.door, listener))
            self._is_ready.set()
            await self._stop.wait()
            await end(serving)

    async def _furnish(self, house: House) -> None:
        whole = [one.event.fact for one in finished().log if isinstance(one, e.Recorded)]
        facts = [one for one in whole if isinstance(one, e.Fact)]
        for facts_ in (facts, facts[:6], (*facts[:6], STALLED), facts[:4], (*facts[:1], QUESTION), facts[:1]):
            production = ProductionId(f"film-{len(self.productions)}-7q2k")
            await house.tell(production, *facts_)
            self.productions.append(production)
        await house.caught_up()

    def close(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self._loop.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return the gateway."""
    one = Served(tmp_path_factory.mktemp("api"))
    yield one
    one.close()


@pytest.mark.parametrize(("call", "mode"), CALLS, ids=[f"{call.label} {mode.value}" for call, mode in CALLS])
def test_no_call_answers_what_is_not_described(call: Call, mode: GenerationMode, served: Served) -> None:
    """Whatever is sent, the answer is one that the description names, of its form, and never a fault of ours."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    @given(case=call.as_strategy(mode), which=st.integers(0, 11), is_real=st.booleans())
    def ask(case: Asked, which: int, is_real: bool) -> None:
        if which < len(served.productions):
            _lead_somewhere(case, served.productions[which], is_real=is_real)
        _not_for_ever(case)
        session.headers.pop("content-type", None)
        answer = case.call(base_url=served.url, session=session, timeout=20)
        case.validate_response(answer, checks=CHECKS)

    with requests.Session() as session:
        ask()


def _lead_somewhere(case: Asked, production: str, *, is_real: bool) -> None:
    """Put a production that is there into the address, and what it has: else most calls end at a name."""
    places = case.path_parameters
    if "production" in places:
        places["production"] = production
        places.update({name: quote(value) for name, value in REAL.items() if is_real and name in places})


def _not_for_ever(case: Asked) -> None:
    """Streams have no end, and polls wait for a minute: both are tested elsewhere."""
    query = case.query
    if case.operation.path.endswith("/events") and isinstance(query, dict):
        query["format"] = "json" if query.get("format") in (None, "sse", "json") else query["format"]
    elif case.operation.path.endswith("/status") and isinstance(query, dict):
        query.pop("wait", None)
    elif case.operation.path.endswith("/events"):
        case.query = {"format": "json"}
