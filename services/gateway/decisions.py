"""Where the agents decided otherwise, when they were asked the same again: briefs, plans, orders and verdicts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import msgspec
from msgspec import Struct

from bus.events import Ruling
from bus.plan import Brief, Plan
from bus.plan_changes import plan_changes
from bus.production import Production, Take

VALUE_LENGTH_MAX = 200
UNDECIDED = frozenset(["rendered", "ordered"])
"""The fates of a take that nobody has judged."""


class Decision(Struct, frozen=True, kw_only=True):
    """One thing that was decided otherwise."""

    about: str
    """`brief 1`, `plan 2`, `segment 3` …"""
    what: str
    was: str
    now: str


def decided_otherwise(before: Production, after: Production) -> tuple[Decision, ...]:
    """Return what was decided otherwise, in the order of the work; empty where all was decided as before."""
    return (*_briefs(before, after), *_questions(before, after), *_plans(before, after), *_takes(before, after))


def _briefs(before: Production, after: Production) -> Iterator[Decision]:
    for number, (old, new) in enumerate(zip_longest(before.briefs, after.briefs), start=1):
        about = f"brief {number}"
        if old is None or new is None:
            yield _missing(about, was=old is not None)
            continue
        for name in Brief.__struct_fields__:
            was, now = getattr(old.brief, name), getattr(new.brief, name)
            if was != now:
                yield Decision(about=about, what=name, was=_spelled(was), now=_spelled(now))


def _questions(before: Production, after: Production) -> Iterator[Decision]:
    for number, (old, new) in enumerate(zip_longest(before.questions, after.questions), start=1):
        was, now = (one.asked.text if one else "" for one in (old, new))
        if was != now:
            yield Decision(about=f"question {number}", what="text", was=was or "not asked", now=now or "not asked")


def _plans(before: Production, after: Production) -> Iterator[Decision]:
    for number, (old, new) in enumerate(zip_longest(before.plans, after.plans), start=1):
        about = f"plan {number}"
        if old is None or new is None:
            yield _missing(about, was=old is not None)
            continue
        for change in plan_changes(old, new) or _quiet_changes(old, new):
            yield Decision(about=about, what=change, was="", now="")


def _quiet_changes(old: Plan, new: Plan) -> tuple[str, ...]:
    """Return the fields that differ though nothing is rendered otherwise: criteria, titles, reasons."""
    names = [name for name in Plan.__struct_fields__ if getattr(old, name) != getattr(new, name)]
    return (f"Nothing is rendered otherwise, but {', '.join(names)} differ.",) if names else ()


def _takes(before: Production, after: Production) -> Iterator[Decision]:
    for key in sorted(before.takes.keys() | after.takes.keys()):
        old, new = before.takes.get(key), after.takes.get(key)
        was, now = _fate(old), _fate(new)
        # Words that are repeated may come before the verdict did the last time: then nobody has decided anything.
        if was != now and not {was, now} & UNDECIDED:
            yield Decision(about=f"take {key[0]}-{key[1]}", what="verdict", was=was, now=now)


def _fate(take: Take | None) -> str:
    if take is None:
        return "not ordered"
    if take.rulings:
        return "accepted by hand" if take.rulings[-1].ruling is Ruling.ACCEPT else "refused by hand"
    if take.is_kept:
        return "kept"
    if take.is_approved is not None:
        return "approved" if take.is_approved else "rejected"
    return "failed" if take.failure else "rendered" if take.rendered else "ordered"


def _missing(about: str, *, was: bool) -> Decision:
    return Decision(about=about, what="", was="there" if was else "not there", now="not there" if was else "there")


def _spelled(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= VALUE_LENGTH_MAX else f"{text[: VALUE_LENGTH_MAX - 1]}…"
