"""Files for people: readable names linked to stored bytes, never overwritten in place, rebuilt at any time."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def link(stored: Path, name: Path) -> None:
    """Give the stored file this name, in place of whatever had it: a hard link, or a copy on another disk."""
    with contextlib.suppress(FileNotFoundError):
        if name.samefile(stored):
            return
    name.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=name.parent, prefix=".link-") as folder:
        made = Path(folder) / name.name
        try:
            os.link(stored, made)
        except OSError:
            shutil.copyfile(stored, made)
        made.replace(name)


def write(text: str, name: Path) -> None:
    """Put the text under this name, in place of whatever had it, whole or not at all."""
    content = text.encode()
    with contextlib.suppress(FileNotFoundError):
        if name.read_bytes() == content:
            return
    name.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=name.parent, prefix=".link-") as folder:
        made = Path(folder) / name.name
        made.write_bytes(content)
        made.replace(name)


def clear(folder: Path, pattern: str, keep: frozenset[str] = frozenset()) -> None:
    """Remove the files in the folder that fit the pattern, but for those to keep, and the folder once it is empty."""
    for file in folder.glob(pattern):
        if file.is_file() and file.name not in keep:
            file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
