"""Kindling leaves also when the terminal it ran in is closed."""

from __future__ import annotations

import errno

import pytest

from kindling.up import while_heard


@pytest.mark.parametrize("gone", [errno.EIO, errno.EPIPE])
def test_saying_something_to_a_closed_terminal_stops_nothing(gone: int) -> None:
    """Its window is gone: a line that nobody can read must not keep the services from being stopped."""

    def say(line: str) -> None:
        raise OSError(gone, line)

    while_heard(say)("Leaving")


def test_a_full_disk_under_a_log_is_no_closed_terminal() -> None:
    """Other troubles with a line are told."""

    def say(line: str) -> None:
        raise OSError(errno.ENOSPC, line)

    with pytest.raises(OSError, match="Leaving"):
        while_heard(say)("Leaving")
