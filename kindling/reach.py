"""The Kindling that a command talks to: the one that runs in this home, or one that is started for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kindling.exits import Exit, Trouble
from kindling.home import find_home, load_settings
from kindling.running import RunInfo, attach
from kindling.screen import short_path
from kindling.terminal import aside
from services._kit.tokens import known_local_token

if TYPE_CHECKING:
    from kindling.client import Gateway


def running() -> RunInfo:
    """Return the Kindling that runs here.

    Raises:
        Trouble: none does; or none can, for its settings.
    """
    home = find_home()
    found = attach(home)
    if found is None:
        load_settings(home)  # Settings that can't be used are why it does not run, and starting it would not help.
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


def gateway_of(found: RunInfo) -> Gateway:
    """Return the gateway of a Kindling that runs here, called with this home's own token where it needs one."""
    from kindling.client import Gateway

    return Gateway(found.gateway_url, token=known_local_token(find_home()))
