"""What is wrong with settings, in words that help: unknown keys with the nearest known one, and impossible values."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import msgspec
from msgspec import Struct


class SettingsWrong(Exception):
    """The settings can't be used: what is wrong, why, and what to do."""

    def __init__(self, what: str, *, why: str = "", help: str = "") -> None:
        self.what, self.why, self.help = what, why, help
        super().__init__(" ".join(part for part in (what, why, help) if part))


def refuse_unknown(
    tree: dict[str, object], section: type[Struct], file: Path, path: str = "", root: type[Struct] | None = None
) -> None:
    """Raise for the first key that nobody knows, naming the nearest one that somebody does."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(section)}
    for key, value in tree.items():
        full = f"{path}{key}"
        if key not in fields:
            raise SettingsWrong(
                f"{file} sets {full}, which is no setting.",
                why=f"Known here: {', '.join(f'{path}{known}' for known in fields)}.",
                help=_nearest(full, root or section),
            )
        inner = fields[key].type
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, Struct):
            refuse_unknown(value, inner, file, f"{full}.", root or section)


def _nearest(wrong: str, root: type[Struct]) -> str:
    """Say which known key was probably meant; a key in the wrong section is found by its own name."""
    known = _keys(root, "")
    own_name = {key.rpartition(".")[2]: key for key in known}
    near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.7)
    if not near:
        near = [own_name[name] for name in difflib.get_close_matches(wrong.rpartition(".")[2], own_name, n=1)]
    return f"Did you mean {near[0]}?" if near else "Remove the line."


def _keys(section: type[Struct], path: str) -> list[str]:
    found: list[str] = []
    for field in msgspec.structs.fields(section):
        full = f"{path}{field.encode_name}"
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            found += _keys(field.type, f"{full}.")
        else:
            found.append(full)
    return found


def wrong_value(error: msgspec.ValidationError, file: Path) -> SettingsWrong:
    """Turn `Expected `int` <= 65535 - at `$.gateway.port`` into what a person can act on."""
    text = str(error)
    found = re.search(r" - at `\$\.?(.*)`$", text)
    key = found.group(1) if found else "a setting"
    said = text[: found.start()] if found else text
    return SettingsWrong(
        f"{file} sets {key} to a value that can't be.",
        why=f"{said.replace('`', '')}.",
        help="Correct the line, or remove it to get the default.",
    )
