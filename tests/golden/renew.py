"""Writes the golden files of new event types, and what recorded productions lack: `python -m tests.golden.renew`.

What is there is never written again: a stored form is for ever. A type whose form has to change keeps the old one
beside the new: rename `segment.rendered.json` to `segment.rendered.was-1.json`, then run this. Older forms must go on
decoding.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from bus.events import Fact
from tests.golden import productions
from tests.golden.examples import EXAMPLES
from tests.golden.stored import FOLDER, text_of


def renew(folder: Path, facts: Iterable[Fact]) -> tuple[list[str], list[str]]:
    """Write what is missing; return the names of new files, and of those that say something else than the code."""
    added, changed = [], []
    for fact in facts:
        file, text = folder / f"{fact.TYPE}.json", text_of(fact)
        if not file.exists():
            file.write_text(text, encoding="utf-8")
            added.append(file.name)
        elif file.read_text(encoding="utf-8") != text:
            changed.append(file.name)
    return added, changed


def main() -> int:
    """Add what is missing, and refuse the rest."""
    FOLDER.mkdir(exist_ok=True)
    added, changed = renew(FOLDER, EXAMPLES.values())
    recorded, others = productions.renew()
    added += recorded
    say = sys.stdout.write
    say("".join(f"added {name}\n" for name in added) or "nothing is missing\n")
    for name in changed:
        say(
            f"refused {name}: the code now writes another form than the one that is stored. If that is meant, rename"
            f" the file to {name.removesuffix('.json')}.was-1.json, so that the old form is read for ever.\n"
        )
    for name in others:
        say(
            f"refused {name}: the log beside it now amounts to something else than it did. What was once written must"
            " go on meaning what it meant.\n"
        )
    return 1 if changed or others else 0


if __name__ == "__main__":
    sys.exit(main())
