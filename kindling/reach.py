"""The Kindling that a command talks to: the one that runs in this home, or one that is started for it."""

from __future__ import annotations

from kindling.exits import Exit, Trouble
from kindling.home import find_home
from kindling.running import RunInfo, attach
from kindling.screen import short_path
from kindling.terminal import aside


def running() -> RunInfo:
    """Return the Kindling that runs here.

    Raises:
        Trouble: none does.
    """
    home = find_home()
    found = attach(home)
    if found is None:
        raise Trouble(
            Exit.UNREACHABLE,
            f"Kindling is not running in {short_path(home.root)}.",
            why="This takes the log server and the services.",
            help="Start it in another terminal: kindling up",
        )
    return found


def running_or_started() -> RunInfo:
    """Return the Kindling that runs here, or one that is started now and leaves when nobody needs it any more.

    Raises:
        Trouble: it does not start.
    """
    home = find_home()
    found = attach(home, for_this_process=True)
    if found is not None:
        return found
    from kindling.detached import start_detached

    aside(f"Kindling is not running yet; starting it. Its logs: {short_path(home.logs)}")
    return start_detached(home)
