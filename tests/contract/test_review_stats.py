"""`kindling review stats`: what people made of verdicts, read from a real log."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from typer.testing import CliRunner

from bus import events as e
from bus.wire.books import new_event_id, utc_now
from bus.wire.chronicle import Chronicle
from bus.wire.jetstream import connect
from kindling.cli import app
from kindling.server_conf import ADMIN
from services._kit.home import Home
from tests import stories
from tests.contract._server import nats_server

PLAN = stories.plan(stories.segment(1))


def verdicts(take: int, *, is_overruled: bool) -> list[e.Fact]:
    """Return a take that the reviewer turned down, and the person's word on it."""
    facts: list[e.Fact] = [stories.ordered(PLAN, 1, take), stories.rendered(1, take), stories.rejected(1, take)]
    ruling = e.SegmentOverruled(segment=1, take=take, number=1, ruling=e.Ruling.ACCEPT, why="It is meant.")
    return [*facts, ruling] if is_overruled else facts


async def test_disagreement_is_counted_from_the_log(tmp_path: Path) -> None:
    """Ten rejections by one criterion, three of them overruled: it may only note from here on, and that is shown."""
    async with nats_server(tmp_path) as server:
        log = await connect(server.access(ADMIN), "test")
        chronicle = Chronicle(log, stories.WRITER, now=utc_now, new_id=new_event_id)
        facts: list[e.Fact] = [*stories.BEGINNING, e.PlanWritten(number=1, plan=PLAN, made=stories.MADE)]
        for take in range(1, 11):
            facts += verdicts(take, is_overruled=take <= 3)
        for fact in facts:
            folded = await chronicle.state(stories.PRODUCTION)
            await chronicle.append(folded, chronicle.draft([fact]), None)
        await log.close()
        environment = {"KINDLING_HOME": str(Home(tmp_path).root), "COLUMNS": "80", "NO_COLOR": "1"}

        def call(*arguments: str) -> str:
            result = CliRunner().invoke(app, ["review", "stats", *arguments], env=environment)
            assert result.exit_code == 0, result.output
            return result.stdout

        found = json.loads(await asyncio.to_thread(call, "--json"))
        assert found["criteria"] == [
            {"criterion": "black", "rejected_count": 10, "disagreed_count": 3, "disagreement": 0.3, "may_reject": False}
        ]
        table = await asyncio.to_thread(call)
        assert table.split() == [
            *("criterion", "rejected", "people", "disagreed", "share", "it", "may"),
            *("black", "10", "3", "30%", "only", "note"),
        ]
