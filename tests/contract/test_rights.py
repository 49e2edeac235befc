import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nats.errors
import pytest
from nats.aio.client import Client

from bus.events import WRITTEN_BY
from bus.wire.jetstream import connect
from bus.wire.log import WorkKind
from bus.wire.server import Access
from bus.wire.stream import STREAM
from kindling import embedded
from kindling.server_conf import ADMIN, DURABLES, READER, SERVICES, USERS, authorization
from tests.contract._server import nats_server, with_newer_subjects

DEPLOYED = Path(__file__).resolve().parents[2] / "deploy" / "nats.conf"
LESS_THAN_ADMIN = (*SERVICES, READER)
MARKER = "marker.that.nobody.may.publish"
CREATE = f"$JS.API.CONSUMER.CREATE.{STREAM}"


@dataclass
class Guest:
    """A bare client of one user: what it sends, and what it is told."""

    client: Client
    complaints: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def request(self, subject: str, content: object = None) -> dict[str, object]:
        body = b"" if content is None else json.dumps(content).encode()
        answer: dict[str, object] = json.loads((await self.client.request(subject, body, timeout=5)).data)
        return answer

    async def is_refused(self, subject: str) -> bool:
        """Publish, and say whether the server complained about it before it complained about what nobody may say."""
        await self.client.publish(subject, b"{}")
        return await self._complaint() == f'nats: permissions violation for publish to "{subject.lower()}"'

    async def may_not_listen(self, subject: str) -> bool:
        """Subscribe, and say whether the server complained."""
        await self.client.subscribe(subject)
        return f'permissions violation for subscription to "{subject.lower()}"' in await self._complaint()

    async def _complaint(self) -> str:
        """Return what the server complains about next: the marker itself if it had nothing to say before."""
        await self.client.publish(MARKER, b"")
        first = await asyncio.wait_for(self.complaints.get(), 5)
        if MARKER not in first:
            assert MARKER in await asyncio.wait_for(self.complaints.get(), 5)
        return first


@asynccontextmanager
async def guest(access: Access) -> AsyncIterator[Guest]:
    client = Client()
    one = Guest(client)

    async def hear(error: Exception) -> None:
        await one.complaints.put(str(error))

    await client.connect(
        access.url,
        user=access.user,
        password=access.password,
        inbox_prefix=f"_INBOX_{access.user}",
        allow_reconnect=False,
        error_cb=hear,
    )
    try:
        yield one
    finally:
        await client.close()


async def written(access: Access) -> set[str]:
    """Return the subjects of everything on the log, as the admin sees it."""
    async with guest(access) as admin:
        info = await admin.client.jetstream().stream_info(STREAM, subjects_filter=">")
        return set(info.state.subjects or {})


@pytest.mark.parametrize("user", LESS_THAN_ADMIN)
async def test_each_user_writes_its_own_facts_and_no_others(tmp_path: Path, user: str) -> None:
    """Of all pairs of user and type those are written that `WRITTEN_BY` names; every refused one is heard of."""
    async with nats_server(tmp_path) as server:
        own = {f"{fact}.p.1" for fact, writers in WRITTEN_BY.items() if user in writers}
        others = {f"{fact}.p.1" for fact in WRITTEN_BY} - own
        async with guest(server.access(user)) as one:
            for subject in own:
                assert "seq" in await one.request(subject, {}), subject
            assert {subject for subject in others if not await one.is_refused(subject)} == set()
        assert await written(server.access(ADMIN)) == own
        assert own or user == READER


@pytest.mark.parametrize("user", LESS_THAN_ADMIN)
async def test_a_noun_that_is_not_ours_is_refused(tmp_path: Path, user: str) -> None:
    """Nobody adds a kind of fact, nor fewer or more tokens, nor speaks for the server."""
    async with nats_server(tmp_path) as server, guest(server.access(user)) as one:
        for subject in (
            "weather.reported.p.1",
            "segment.rendered.p",
            "segment.rendered.p.1.2",
            "_INBOX_admin.x",
            "$SYS.x",
        ):
            assert await one.is_refused(subject), subject


@pytest.mark.parametrize("user", LESS_THAN_ADMIN)
async def test_nobody_but_the_admin_changes_the_stream(tmp_path: Path, user: str) -> None:
    """Deleting, purging and changing are refused before the stream is asked."""
    async with nats_server(tmp_path) as server:
        async with guest(server.access("gateway")) as gateway:
            await gateway.request("production.requested.p.1", {})
        async with guest(server.access(user)) as one:
            for verb in ("DELETE", "PURGE", "UPDATE", "CREATE", "MSG.DELETE", "SNAPSHOT", "RESTORE"):
                assert await one.is_refused(f"$JS.API.STREAM.{verb}.{STREAM}"), verb
            for owner, durables in DURABLES.items():
                for durable in durables:
                    assert await one.is_refused(f"$JS.API.CONSUMER.DELETE.{STREAM}.{durable}"), owner
        assert await written(server.access(ADMIN)) == {"production.requested.p.1"}
        await (await connect(server.access(READER), "test")).close()


async def test_even_the_admin_deletes_no_event(tmp_path: Path) -> None:
    """The stream itself denies it, so that no right is worth much to whoever wants to change history."""
    async with nats_server(tmp_path) as server:
        async with guest(server.access("gateway")) as gateway:
            await gateway.request("production.requested.p.1", {})
        async with guest(server.access(ADMIN)) as admin:
            purged = await admin.request(f"$JS.API.STREAM.PURGE.{STREAM}", {})
            deleted = await admin.request(f"$JS.API.STREAM.MSG.DELETE.{STREAM}", {"seq": 1})
            assert "error" in purged
            assert "error" in deleted
        assert await written(server.access(ADMIN)) == {"production.requested.p.1"}


@pytest.mark.parametrize("user", LESS_THAN_ADMIN)
async def test_nobody_reaches_the_queue_of_another(tmp_path: Path, user: str) -> None:
    """A durable consumer can be made, asked, emptied and acknowledged by its own service only."""
    async with nats_server(tmp_path) as server, guest(server.access(user)) as one:
        for owner, durables in DURABLES.items():
            if owner == user:
                continue
            for durable in durables:
                for subject in (
                    f"{CREATE}.{durable}",
                    f"{CREATE}.{durable}.segment.ordered.*.*",
                    f"$JS.API.CONSUMER.DURABLE.CREATE.{STREAM}.{durable}",
                    f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{durable}",
                    f"$JS.ACK.{STREAM}.{durable}.1.1.1.1.0",
                ):
                    assert await one.is_refused(subject), subject


async def test_a_name_in_the_request_does_not_reach_the_queue_of_another(tmp_path: Path) -> None:
    """A consumer made on a subject with one name does not change the one of another name, whatever the request says."""
    async with nats_server(tmp_path) as server:
        planner = await connect(server.access("planner"), "test")
        wakeups = await planner.wakeups(WorkKind("planner", ("intent.parsed.*.*",), 30.0))
        async with guest(server.access(READER)) as reader:
            for config in (
                {"name": "planner", "ack_policy": "explicit", "filter_subject": "work.failed.*.*"},
                {"durable_name": "planner", "ack_policy": "explicit", "filter_subject": "work.failed.*.*"},
            ):
                await reader.request(f"{CREATE}.mine", {"stream_name": STREAM, "config": config})
            kept = await reader.client.jetstream().consumer_info(STREAM, "planner")
        assert kept.config.durable_name == "planner"
        assert (kept.config.filter_subject, kept.config.ack_wait) == ("intent.parsed.*.*", 30.0) or (
            kept.config.filter_subjects,
            kept.config.ack_wait,
        ) == (["intent.parsed.*.*"], 30.0)
        assert await wakeups.is_idle()
        await planner.close()


@pytest.mark.parametrize("user", LESS_THAN_ADMIN)
async def test_nobody_may_make_a_consumer_without_a_name(tmp_path: Path, user: str) -> None:
    """On that subject the server changes the durable consumer that the request names, whoever asks."""
    async with nats_server(tmp_path) as server, guest(server.access(user)) as one:
        assert await one.is_refused(CREATE)


@pytest.mark.parametrize("subjects", ["of today", "with domain and account"])
@pytest.mark.parametrize("user", list(DURABLES))
async def test_each_service_works_with_its_own_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str, subjects: str
) -> None:
    """What the wire does with a queue, a service may do: make it, fetch, give back, ack, ask whether it is idle."""
    if subjects != "of today":
        with_newer_subjects(monkeypatch)
    async with nats_server(tmp_path) as server:
        async with guest(server.access("gateway")) as gateway:
            await gateway.request("production.requested.p.1", {})
        log = await connect(server.access(user), "test")
        for durable in DURABLES[user]:
            wakeups = await log.wakeups(WorkKind(durable, ("production.requested.*.*",), 30.0))
            for _ in range(2):
                delivery = await wakeups.fetch(5.0)
                assert delivery is not None
                assert delivery.subject == "production.requested.p.1"
                await delivery.in_progress()
                await delivery.nak(0.0)
            last = await wakeups.fetch(5.0)
            assert last is not None
            assert last.delivered_count == 3
            await last.ack()
            # An ack has no answer: the server takes it in when it gets to it.
            async with asyncio.timeout(5):
                while not await wakeups.is_idle():  # noqa: ASYNC110 - it is asked, since nothing tells
                    await asyncio.sleep(0.01)
        await log.close()


@pytest.mark.parametrize("user", LESS_THAN_ADMIN)
async def test_everybody_reads_and_follows(tmp_path: Path, user: str) -> None:
    """Folding takes direct gets, and following takes a consumer: both are within everybody's rights."""
    async with nats_server(tmp_path) as server:
        async with guest(server.access("gateway")) as gateway:
            await gateway.request("production.requested.p.1", {})
        log = await connect(server.access(user), "test")
        following = log.follow()
        found = await anext(following)
        assert (found.sequence, found.subject) == (1, "production.requested.p.1")
        assert await log.last_sequence() == 1
        assert await log.productions() == ["p"]
        await log.close()


@pytest.mark.parametrize("user", LESS_THAN_ADMIN)
async def test_everybody_says_how_far_it_has_read(tmp_path: Path, user: str) -> None:
    """Whoever follows may answer the server's requests for it: those of our stream, and of no other one."""
    async with nats_server(tmp_path) as server, guest(server.access(user)) as one:
        assert not await one.is_refused(f"$JS.FC.{STREAM}.follow_one.abcd")
        assert await one.is_refused("$JS.FC.ANOTHER.follow_one.abcd")


@pytest.mark.parametrize("user", LESS_THAN_ADMIN)
async def test_answers_to_others_are_not_overheard(tmp_path: Path, user: str) -> None:
    """A user listens on its own inbox only."""
    async with nats_server(tmp_path) as server, guest(server.access(user)) as one:
        other = next(name for name in LESS_THAN_ADMIN if name != user)
        for subject in (f"_INBOX_{other}.>", "_INBOX.>", ">", "$JS.API.>"):
            assert await one.may_not_listen(subject), subject


@pytest.mark.parametrize(("user", "password"), [(None, None), ("planner", "wrong"), ("weather", "made-up")])
async def test_a_stranger_is_not_let_in(tmp_path: Path, user: str | None, password: str | None) -> None:
    """Without a password, with a wrong one, or as somebody else there is no connection."""
    async with nats_server(tmp_path) as server:
        client = Client()
        try:
            with pytest.raises(nats.errors.Error, match="Authorization Violation"):
                await client.connect(server.address.url, user=user, password=password, allow_reconnect=False)
        finally:
            await client.close()


def test_the_deployed_server_gives_the_same_rights() -> None:
    """`deploy/nats.conf` holds what the embedded server is told, with passwords from the environment."""
    variables = {user: f"$KINDLING_{user.upper()}_PASSWORD" for user in USERS}
    assert "\n".join(authorization(variables)) in DEPLOYED.read_text(encoding="utf-8")


def test_the_deployed_configuration_is_one_that_the_server_takes(tmp_path: Path) -> None:
    """nats-server itself finds no fault with it once the passwords are set, and refuses to start without them."""
    command = [str(embedded.find_server().path), "-t", "-c", str(DEPLOYED)]
    bare = {key: value for key, value in os.environ.items() if not key.startswith("KINDLING_")}
    passwords = {f"KINDLING_{user.upper()}_PASSWORD": "made-up" for user in USERS}
    taken = subprocess.run(command, env=bare | passwords, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert taken.returncode == 0, taken.stderr
    refused = subprocess.run(command, env=bare, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "KINDLING_ADMIN_PASSWORD" in refused.stderr
