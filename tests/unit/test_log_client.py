from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.errors import ProtocolError

from bus.wire.client import LogClient

FOLLOWED = "follow_one"
HEADERS = b"NATS/1.0\r\nNats-Batch-Id: x\r\n\r\n"
SUBJECT = b"segment.rendered.lighthouse-7q2k.1-1"

Operation = tuple[bytes, object]
"""What the server sends, and what is to become of it."""


class Heard(LogClient):
    """A client without a server: it notes what nats-py would have handled, and what its one follower took."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.followers[FOLLOWED] = lambda *one: self.heard.append(("taken", *one))

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        self.heard.append(("message", sid, data))

    async def _process_ping(self) -> None:
        self.heard.append("ping")


def followed(number: int, content: bytes, *, with_headers: bool, domain: bytes = b"") -> Operation:
    """Return a message from the log for the follower."""
    reply = b"$JS.ACK.%sKINDLING.%s.1.%d.%d.1700000000000000000.0" % (domain, FOLLOWED.encode(), number + 5, number)
    head = HEADERS if with_headers else b""
    sizes = b"%d %d" % (len(head), len(head + content)) if with_headers else b"%d" % len(content)
    kind = b"HMSG" if with_headers else b"MSG"
    line = b"%s %s 3 %s %s\r\n%s\r\n" % (kind, SUBJECT, reply, sizes, head + content)
    return line, ("taken", number + 5, number, SUBJECT.decode(), content)


def other(content: bytes, reply: bytes) -> Operation:
    """Return a message that is for nobody who follows."""
    return b"MSG _INBOX.x 4 %s%d\r\n%s\r\n" % (reply, len(content), content), ("message", 4, content)


PING: Operation = (b"PING\r\n", "ping")
OF_ANOTHER = b"$JS.ACK.KINDLING.planner.1.2.3.1700000000000000000.0 "
CONTENTS = st.binary(max_size=60) | st.sampled_from([b"", b"\r\n", b"PING\r\n", b"MSG a 3 1\r\nx\r\n"])

OPERATIONS = st.one_of(
    st.builds(
        followed,
        st.integers(1, 10**12),
        CONTENTS,
        with_headers=st.booleans(),
        domain=st.sampled_from([b"", b"hub.ACCOUNT."]),
    ),
    st.builds(other, CONTENTS, st.sampled_from([b"", b"_INBOX.y ", OF_ANOTHER])),
    st.just(PING),
)


@given(st.lists(OPERATIONS, max_size=12), st.lists(st.integers(0, 2000), max_size=12))
async def test_however_the_bytes_arrive_each_message_is_handed_on_once_and_in_order(
    operations: Sequence[Operation], cuts: Sequence[int]
) -> None:
    """A follower takes its messages, and nats-py gets all else, whole and in order, wherever the bytes were cut."""
    sent = b"".join(wire for wire, _ in operations)
    client = Heard()
    edges = [0, *sorted(cut for cut in cuts if cut < len(sent)), len(sent)]
    for start, end in itertools.pairwise(edges):
        await client._ps.parse(sent[start:end])
    assert client.heard == [expected for _, expected in operations]


async def test_what_was_half_received_is_forgotten_with_its_connection() -> None:
    """After a reconnect the first half of an operation is not joined to what the new connection brings."""
    client = Heard()
    wire, taken = followed(1, b"content", with_headers=True)
    await client._ps.parse(wire[:-5])
    client._ps.reset()
    await client._ps.parse(wire)
    assert client.heard == [taken]


@pytest.mark.parametrize("line", [b"HELLO\r\n", b"\r\n", b"MSG a 3 many\r\n", b"MSG a 3 -4\r\n", b"HMSG a 3 x x\r\n"])
async def test_what_no_server_says_is_an_error_of_the_protocol(line: bytes) -> None:
    """nats-py answers such an error with a new connection; any other exception would leave it deaf."""
    with pytest.raises(ProtocolError):
        await Heard()._ps.parse(line)
