"""How often the intent rules find what a person said, per field and language, and how long they take to read it.

Run `python -m benchmarks.intent`; `make bench` prints it too. The cases are those of tests/golden/briefs.jsonl. The
rules were written with them in view, so this shows what is kept, not how they do on other people's words; a row below
100 % is a case that broke. The conversations of tests/golden/conversations.jsonl say what is right, whoever reads it:
languages that the rules do not know are among them, and what rules alone miss is listed.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from bus.policy import refusal
from services._kit.minds import Mind
from services._kit.settings import Llm
from services.intent.rules import Limits, Words, read_brief
from tests.contract.conversations import Script, found_of, hear, scripts, words_of
from tests.unit.intent_cases import Case, cases, conversation, field_of, understood

FIELDS = (
    "kind",
    "duration_s",
    "aspect",
    "style",
    "avoid",
    "mode",
    "roles",
    "shots",
    "shot_count",
    "subject",
    "language",
)
BY_MODEL = frozenset({"prompt", "reply"})
"""What only a model writes."""
ROUNDS = 5
LONG_CHARACTERS = 8000


def main() -> None:
    """Print the tables, and the time of reading."""
    asyncio.run(report())


async def report() -> None:
    """Print the tables of fields and languages, what is not found, and the time of reading."""
    console = Console(width=150)
    found, failed = _counted(cases())
    console.print(_table(found, "Expectations of the golden cases that hold, by rules alone"))
    for one in failed:
        console.print(f"fails: {one}", markup=False)
    found, failed = await _heard(scripts())
    console.print(_table(found, "Conversations: what is right in the end and found by rules alone"))
    for one in failed:
        console.print(f"missed: {one}", markup=False)
    for line in _times(cases()):
        console.print(line)


Counts = Counter[tuple[str, str, bool]]
"""How many expectations of a language and a field hold or fail."""


def _counted(all_cases: tuple[Case, ...]) -> tuple[Counts, list[str]]:
    counts: Counts = Counter()
    failed: list[str] = []
    for case in all_cases:
        brief = understood(case)
        for field, wanted in case.expect.items():
            got = field_of(brief, field)
            counts[case.language, field, got == wanted] += 1
            if got != wanted:
                failed.append(f"{case.name}: {field} is {got!r}, not {wanted!r}")
    return counts, failed


async def _heard(all_scripts: tuple[Script, ...]) -> tuple[Counts, list[str]]:
    counts: Counts = Counter()
    failed: list[str] = []
    mind = Mind(Llm(use="off"))
    for script in all_scripts:
        words, heard = words_of(script), None
        for count in range(1, len(words) + 1):
            heard = await hear(mind, words[:count], heard)
        assert heard is not None
        for field, right in script.expect.items():
            if field in BY_MODEL:
                continue
            got = found_of(heard, field)
            counts[script.language, field, got == right] += 1
            if got != right:
                failed.append(f"{script.language}, {script.name}: {field} is {got!r}, not {right!r}")
    return counts, failed


def _table(counts: Counts, title: str) -> Table:
    languages = sorted({language for language, _, _ in counts}, key=lambda one: (one != "en", one))
    table = Table(title=title, title_justify="left")
    table.add_column("field")
    for language in (*languages, "all"):
        table.add_column(language, justify="right")
    for field in FIELDS:
        cells = [_share(counts, (language,), field) for language in languages]
        table.add_row(field, *cells, _share(counts, tuple(languages), field))
    return table


def _share(counts: Counts, languages: tuple[str, ...], field: str) -> str:
    good = sum(counts[one, field, True] for one in languages)
    every = good + sum(counts[one, field, False] for one in languages)
    return f"{good}/{every}" if every else "–"


def _times(all_cases: tuple[Case, ...]) -> Iterator[str]:
    """Say how long reading takes: the median over the cases, and a message as long as is allowed."""
    read_brief(conversation(all_cases[0]), None, Limits())
    took = []
    for case in all_cases:
        words = conversation(case)
        started = time.perf_counter()
        for _ in range(ROUNDS):
            read_brief(words, None, Limits())
        took.append((time.perf_counter() - started) / ROUNDS)
    yield f"reading a request: {statistics.median(took) * 1e3:.1f} ms in the median, {max(took) * 1e3:.1f} ms at most"
    long = (" ".join(one.messages[0].text for one in all_cases) * 2)[:LONG_CHARACTERS]
    started = time.perf_counter()
    read_brief((Words(text=long),), None, Limits())
    read = time.perf_counter()
    refusal(long, has_uploaded_picture=True)
    judged = time.perf_counter()
    yield f"reading {LONG_CHARACTERS} characters: {(read - started) * 1e3:.0f} ms"
    yield f"the policy over as many: {(judged - read) * 1e3:.0f} ms"


if __name__ == "__main__":
    main()
