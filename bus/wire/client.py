"""nats-py's client, with a short way for what the log sends to those who follow it.

A replay is nothing but such messages, and most of what nats-py does for each is of no use to it: it reads the headers,
makes an object with the connection in it, and puts it into a queue that a task empties into a callback.
"""

from __future__ import annotations

from collections.abc import Callable

from nats.aio.client import Client
from nats.errors import ProtocolError
from nats.protocol.parser import Parser

Take = Callable[[int, int, str, bytes], None]
"""Takes a message in: the stream's sequence, the consumer's own count from 1, the subject and the content."""

_LINE_END = b"\r\n"


class LogClient(Client):
    """A connection on which followers are served the short way."""

    def __init__(self) -> None:
        super().__init__()
        self.followers: dict[str, Take] = {}
        """By the name of their consumer; entered before the consumer is made, so that no message goes the long way."""
        self._ps = LogParser(self)


class LogParser(Parser):
    """Cuts what the server sends into whole operations, and leaves those that no follower takes to nats-py."""

    def __init__(self, client: LogClient) -> None:
        self._followers = client.followers
        self._begun = b""
        super().__init__(client)

    def reset(self) -> None:
        """Forget the operation that had begun: the connection is a new one."""
        super().reset()
        self._begun = b""

    async def parse(self, data: bytes = b"") -> None:
        """Take in what the connection has brought.

        Raises:
            ProtocolError: the server says what no server says.
        """
        buffer, position = self._begun + data, 0
        while (line_end := buffer.find(_LINE_END, position)) >= 0:
            words = buffer[position:line_end].split()
            start = end = line_end + len(_LINE_END)
            if words and words[0] in (b"MSG", b"HMSG"):
                end = start + _number(words[-1])
                if end + len(_LINE_END) > len(buffer):
                    break
                if self._is_taken(words, buffer, start, end):
                    position = end + len(_LINE_END)
                    continue
                end += len(_LINE_END)
            operation, self._begun = buffer[position:end], buffer[end:]
            await super().parse(operation)
            # It may have found that the connection is lost, and reset us.
            buffer, position = self._begun, 0
        self._begun = buffer[position:]

    def _is_taken(self, words: list[bytes], buffer: bytes, start: int, end: int) -> bool:
        """Hand a message from the log to its follower; False if it is not from the log or nobody follows there.

        The words are `MSG subject sid reply bytes` or `HMSG subject sid reply header-bytes bytes`, where the reply is
        `$JS.ACK.stream.consumer.delivered.sequence.count.time.pending`, or has domain and account after `$JS.ACK`.
        """
        if len(words) != (5 if words[0] == b"MSG" else 6):
            return False
        reply = words[3].decode().split(".")
        shift = 2 if len(reply) > 9 else 0
        take = self._followers.get(reply[3 + shift]) if len(reply) >= 9 else None
        if take is None:
            return False
        content = start if len(words) == 5 else start + _number(words[4])
        take(int(reply[5 + shift]), int(reply[6 + shift]), words[1].decode(), buffer[content:end])
        return True


def _number(word: bytes) -> int:
    if not word.isdigit():
        raise ProtocolError(f"nats: {word[:40]!r} is no number")
    return int(word)
