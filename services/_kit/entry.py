"""How a service's process begins: its logs, its settings, and its way to the log."""

from __future__ import annotations

import structlog

from services._kit.home import find_home
from services._kit.logs import configure
from services._kit.settings import Credentials, Settings, SettingsWrong, credentials, load


def begin(service: str) -> tuple[Settings, Credentials]:
    """Return the settings of the home, and how this service reaches the log.

    Raises:
        SystemExit: they can't be used; what is wrong has been said.
    """
    configure(service)
    try:
        settings = load(find_home())
        return settings, credentials(settings, service)
    except SettingsWrong as error:
        structlog.get_logger().error("cannot start", what=error.what, why=error.why, help=error.help)
        raise SystemExit(1) from error
