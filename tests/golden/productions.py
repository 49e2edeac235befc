"""Recorded productions: whole logs as they were stored by the Kindlings of their time, and where each then stands.

A file of lines, as `kindling export` writes them, lies beside a document that says what the log amounts to. Neither is
ever written again: what a log once meant it means for ever. `python -m tests.golden.renew` adds what is missing: the
document of a new recording, and a production with an example of each type and version that no recording holds yet.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from bus import codec
from bus.board import board, status_of
from bus.events import BY_TYPE, Fact, ProductionRequested, Recorded, Stored
from bus.ids import Digest, ProductionId
from bus.production import Production, fold
from bus.subjects import parse_subject
from kindling.container import read_log, records_of, write_log
from services.gateway.status_view import status_view
from services.gateway.view import title_of
from tests.golden.examples import EXAMPLES
from tests.stories import Story

FOLDER = Path(__file__).parent / "productions"
GENERATED = ProductionId("every-type-7q2k")

Kind = tuple[str, int]
"""A type and its version."""


class Stand(Struct, frozen=True, kw_only=True):
    """What a log amounts to."""

    status: str
    title: str
    event_count: int
    head: Digest | None
    messages: tuple[str, ...]
    brief_count: int
    samples: dict[str, str]
    plan_count: int
    takes: dict[str, str]
    """By name, what became of it."""
    shown: dict[str, int]
    """By segment of the plan in force, the accepted take."""
    films: tuple[Digest, ...]
    open_problems: tuple[str, ...]
    anomalies: tuple[str, ...]
    unknown: tuple[str, ...]


def files(folder: Path = FOLDER) -> list[Path]:
    """Return every recording."""
    return sorted(folder.glob("*.jsonl"))


def read(file: Path) -> tuple[ProductionId, tuple[Stored, ...]]:
    """Return a recording."""
    messages = read_log(file.read_bytes())
    return parse_subject(messages[0].subject).production, messages


def kinds_of(messages: Iterable[Stored]) -> set[Kind]:
    """Return the types that a recording holds, each with the version that it was written in."""
    events = [one for one in messages if isinstance(codec.record(one.sequence, one.subject, one.content), Recorded)]
    wires = (msgspec.json.decode(one.content, type=codec.Wire[msgspec.Raw]) for one in events)
    return {(one.type, one.version) for one in wires}


def wanted_kinds() -> set[Kind]:
    """Return every type in every version that there ever was."""
    return {(name, version) for name, fact in BY_TYPE.items() for version in range(1, fact.VERSION + 1)}


def stand_of(state: Production) -> Stand:
    """Return what a state amounts to."""
    return Stand(
        status=status_view(status_of(state)).name,
        title=title_of(state),
        event_count=state.ordinal,
        head=state.head,
        messages=tuple(one.words for one in state.conversation),
        brief_count=len(state.briefs),
        samples={f"{one.brief}-{one.take}": _became(one) for one in state.samples},
        plan_count=len(state.plans),
        takes={f"{one.segment}-{one.take}": _became(one) for one in state.takes.values()},
        shown={str(one.segment.id): one.accepted.take for one in board(state) if one.accepted is not None},
        films=tuple(one.film.digest for one in state.cuts),
        open_problems=tuple(one.problem.what for one in state.open_stalls),
        anomalies=tuple(one.what for one in state.anomalies),
        unknown=state.unknown,
    )


def _became(one: object) -> str:
    parts = [name for name in ("rendered", "failure") if getattr(one, name) is not None]
    is_approved = getattr(one, "is_approved", None)
    if is_approved is not None:
        parts.append("approved" if is_approved else "rejected")
    parts += [str(word) for word in (getattr(one, "word", None),) if word]
    parts += [str(ruling.ruling) for ruling in getattr(one, "rulings", ())]
    parts += ["kept"] if getattr(one, "is_kept", False) else []
    return ", ".join(parts) or "ordered"


def stand_file(recording: Path) -> Path:
    """Return where it is said what a recording amounts to."""
    return recording.with_suffix(".json")


def stand_text(recording: Path) -> str:
    """Return what a recording amounts to, as it is stored."""
    production, messages = read(recording)
    stand = stand_of(fold(production, records_of(messages)))
    return msgspec.json.format(msgspec.json.encode(stand), indent=1).decode() + "\n"


def renew(folder: Path = FOLDER) -> tuple[list[str], list[str]]:
    """Write what is missing; return the names of new files, and of documents that say something else than the code."""
    added: list[str] = []
    there = {kind for file in files(folder) for kind in kinds_of(read(file)[1])}
    facts = [EXAMPLES[name] for name, version in sorted(wanted_kinds() - there) if version == BY_TYPE[name].VERSION]
    if facts:
        names = (folder / f"types-{number}.jsonl" for number in itertools.count(1))
        recording = next(file for file in names if not file.exists())
        recording.write_bytes(write_log(_told(facts)))
        added.append(recording.name)
    changed: list[str] = []
    for recording in files(folder):
        document, text = stand_file(recording), stand_text(recording)
        if not document.exists():
            document.write_text(text, encoding="utf-8")
            added.append(document.name)
        elif document.read_text(encoding="utf-8") != text:
            changed.append(document.name)
    return added, changed


def _told(facts: Iterable[Fact]) -> list[Stored]:
    """Return a log with these facts after a request, whether they make sense together or not."""
    request = ProductionRequested(words="One of each")
    told = Story(production=GENERATED).tell(
        request, *(one for one in facts if not isinstance(one, ProductionRequested))
    )
    return [Stored(sequence=n, subject=of, content=said) for n, (of, said) in enumerate(told.messages, 1)]
