"""A moment as a person says it, and the event of a production that was the last one then. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bus.events import Recorded, Unreadable
from bus.ids import ProductionId
from kindling.exits import Exit, Trouble
from kindling.findings import shorten

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_AGO = re.compile(r"(\d{1,6})\s*(s|m|h|d|secs?|seconds?|mins?|minutes?|hours?|days?)\s+ago", re.ASCII)
_CLOCK = re.compile(r"(?:(today|yesterday)\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


def parse_moment(text: str, now: datetime) -> datetime:
    """Return the moment that is meant: ISO 8601, a time of day, or so long ago.

    A time of day is that of today, or of yesterday where today's is still to come. What names no zone is meant in the
    zone of `now`.

    Args:
        now: with a zone.

    Raises:
        Trouble: nothing of that kind is said.
    """
    said = " ".join(text.lower().split())
    try:
        if found := _AGO.fullmatch(said):
            return now - int(found[1]) * _UNITS[found[2][0]]
        if found := _CLOCK.fullmatch(said):
            return _at_clock(found[1], time(int(found[2]), int(found[3]), int(found[4] or 0)), now)
        return _iso(text.strip(), now)
    except (ValueError, OverflowError) as error:
        raise Trouble(
            Exit.MISUSED,
            f"{shorten(text, 40)!r} is no moment.",
            why="A moment is a date and time, a time of day, or so long ago.",
            help='As in: --at-time "2026-03-01 14:32", --at-time 14:32, --at-time "10 minutes ago"',
        ) from error


def _at_clock(day: str | None, clock: time, now: datetime) -> datetime:
    today = datetime.combine(now.date(), clock, now.tzinfo)
    if day == "yesterday" or (day is None and today > now):
        return today - timedelta(days=1)
    return today


def _iso(text: str, now: datetime) -> datetime:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        # A day stands for all of it.
        return datetime.combine(date.fromisoformat(text), time.max, now.tzinfo)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def ordinal_at(production: ProductionId, history: Sequence[Recorded | Unreadable], moment: datetime) -> int:
    """Return the last event that was written by then. Clocks of several machines may differ: the log's order decides.

    Raises:
        Trouble: there was none yet.
    """
    events = [one.event for one in history if isinstance(one, Recorded)]
    found = [one.ordinal for one in events if datetime.fromisoformat(one.time) <= moment]
    if found:
        return max(found)
    zone = moment.tzinfo
    began = f" It was asked for at {datetime.fromisoformat(events[0].time).astimezone(zone):%Y-%m-%d %H:%M:%S}."
    raise Trouble(
        Exit.UNKNOWN,
        f"{production} was not there yet at {moment:%Y-%m-%d %H:%M:%S}.",
        why=began.strip() if events else "Its log holds no event of ours.",
        help=f"See when what happened: kindling tail {production} --no-follow",
    )
