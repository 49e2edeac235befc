"""The golden files: each event type as it was first stored, its subject, and the digest the next event refers to.

A file is JSON, and its third line is exactly what lies on the log.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from bus import codec
from bus.events import Fact
from bus.ids import Digest
from bus.subjects import subject_of
from tests.golden.examples import PRODUCTION, event_of

FOLDER = Path(__file__).parent / "events"


class Golden(Struct, frozen=True, kw_only=True):
    """One golden file."""

    subject: str
    digest: Digest
    stored: msgspec.Raw


def text_of(fact: Fact) -> str:
    """Return what the golden file of this fact holds today."""
    subject, stored = subject_of(PRODUCTION, fact), codec.encode(event_of(fact))
    digest = codec.stored_digest(subject, stored)
    return f'{{"subject":"{subject}","digest":"{digest}",\n"stored":\n{stored.decode()}\n}}\n'


def read(file: Path) -> tuple[str, Digest, bytes]:
    """Return the subject, the digest and the stored bytes."""
    golden = msgspec.json.decode(file.read_bytes(), type=Golden)
    return golden.subject, golden.digest, bytes(golden.stored).strip()
