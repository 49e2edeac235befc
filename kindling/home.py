"""The home as the command sees it: found, made ready, and its settings with errors that end the command properly."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from bus.errors import LogUnavailable
from bus.wire.server import Access
from kindling.exits import Exit, Trouble
from services._kit import settings as kit
from services._kit.home import Home, find_home
from services._kit.settings import Settings, SettingsWrong

__all__ = [
    "Home",
    "Settings",
    "access",
    "check_writable",
    "find_home",
    "free_bytes",
    "load_settings",
    "make_folder",
    "prepare",
]


def load_settings(home: Home) -> Settings:
    """Return the settings of a home.

    Raises:
        Trouble: they can't be used.
    """
    try:
        return kit.load(home)
    except SettingsWrong as error:
        raise Trouble(Exit.MISUSED, error.what, why=error.why, help=error.help) from error


def access(settings: Settings, user: str) -> Access:
    """Return how to reach the log as this user.

    Raises:
        LogUnavailable: no server is known, or the user has no password here.
    """
    try:
        found = kit.credentials(settings, user)
    except SettingsWrong as error:
        raise LogUnavailable(error.what, why=error.why, help=error.help) from error
    return Access(url=found.url, user=found.user, password=found.password, monitor_url=found.monitor_url)


def prepare(settings: Settings) -> None:
    """Make the folders that a running Kindling needs.

    Raises:
        Trouble: one of them can't be made or written.
    """
    home = settings.home
    for folder in (home.hidden, home.run, home.logs):
        make_folder(folder)
    check_writable(home.run, "Set KINDLING_HOME to a folder that you may write to.")
    check_writable(
        settings.productions_folder, "Give yourself the right to write there, or set productions in kindling.toml."
    )


def make_folder(folder: Path) -> None:
    """Make a folder of the home, where it is not there, with those above it.

    Raises:
        Trouble: it can't be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            Exit.UNREACHABLE,
            f"The folder {folder} can't be made.",
            why=f"{error.strerror or error}.",
            help="Give yourself the right to write there, or set KINDLING_HOME to another folder.",
        ) from error


def check_writable(folder: Path, help_: str) -> None:
    """Write a file into the folder, which is made if it is not there, and take it away again.

    Asking is not enough: a full disk, a read-only mount and a quota all look writable.

    Raises:
        Trouble: it can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        stands = next((one for one in (folder, *folder.parents) if one.exists() and not one.is_dir()), folder)
        raise Trouble(
            Exit.UNREACHABLE,
            f"{folder} is no folder." if stands == folder else f"The folder {folder} can't be made.",
            why=f"A file stands {'there' if stands == folder else f'at {stands}'}.",
            help="Move it away, or choose another folder for this.",
        ) from error
    except OSError as error:
        raise _not_writable(folder, error, help_) from error
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".kindling-") as probe:
            probe.write(b"\0" * 4096)
            probe.flush()
    except OSError as error:
        raise _not_writable(folder, error, help_) from error


def _not_writable(folder: Path, error: OSError, help_: str) -> Trouble:
    return Trouble(
        Exit.UNREACHABLE, f"The folder {folder} can't be written.", why=f"{error.strerror or error}.", help=help_
    )


def free_bytes(folder: Path) -> int:
    """Return how much room there is on the folder's disk; the folder itself need not be there yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
