"""A real nats-server for a test, on ports of its own, with every user of Kindling and the stream."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bus.wire.jetstream import make_stream
from kindling import embedded, server_conf
from kindling.embedded import Server
from kindling.server_conf import ADMIN
from services._kit.home import Home


@asynccontextmanager
async def nats_server(folder: Path, *, has_stream: bool = True) -> AsyncIterator[Server]:
    """Yield a running server that keeps its store and its credentials in the folder.

    `server.access("planner")` says how to reach it as a user; each write is synced before it is acknowledged. Started
    again in the same folder it has the same ports, the same passwords and the same log.
    """
    server = await embedded.start(Home(folder))
    try:
        if has_stream:
            await make_stream(server.access(ADMIN))
        yield server
    finally:
        await embedded.stop(server)


def with_newer_subjects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have servers use the subjects of acks and of flow control that name domain and account.

    nats-server 2.14 knows them as a feature that can be switched on (ADR-15, `js_ack_fc_v2`); a later one will use no
    others.
    """
    known = server_conf.embedded
    monkeypatch.setattr(
        server_conf, "embedded", lambda *arguments: f"{known(*arguments)}\nfeature_flags {{ js_ack_fc_v2: true }}\n"
    )
