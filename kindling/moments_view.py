"""What changed between two moments, and why something is as it is, on the screen. Pure: documents to Rich."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bus.events import Fact, Recorded, Unknown
from bus.plan import Made
from kindling.screen import WIDTH_MAX, words
from kindling.wording import listed, said, spell_seconds
from services.gateway.causes import PERSON, Step, Why
from services.gateway.difference import HEADLINE, Change

LONG = 48
"""Longer texts are compared word by word."""
SAME_MIN = 0.3
"""Texts that have less in common than this are shown one after the other."""
DIGEST_LENGTH = 12


# -- diff ----------------------------------------------------------------------------------------------------


def difference_view(changes: Sequence[Change], before: Recorded, after: Recorded) -> RenderableType:
    """Return what changed between two events of a production, a block for each thing."""
    times = [datetime.fromisoformat(one.event.time) for one in (before, after)]
    apart = abs((times[1] - times[0]).total_seconds())
    head = Text.assemble(
        words(after.event.production, "bold"),
        f"  event {before.event.ordinal} → {after.event.ordinal}",
        (f"  {times[0].astimezone():%H:%M:%S} → {times[1].astimezone():%H:%M:%S}, {spell_seconds(apart)}", "dim"),
    )
    if not changes:
        return Group(head, Text("Nothing that is shown has changed.", style="dim"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(ratio=1)
    for about, found in groupby(changes, key=lambda one: one.about):
        group = list(found)
        name = about
        for change in _shown(group):
            grid.add_row(Text(name, style="bold"), change.part, _change(change))
            name = ""
    return Group(head, Text(), grid)


def _shown(group: list[Change]) -> list[Change]:
    """Return the changes to show of one thing: what is wholly new or gone is told by its headline alone."""
    headlines = [one for one in group if one.part == HEADLINE]
    if headlines and len(group) > 1 and (headlines[0].was is None or headlines[0].now is None):
        return headlines
    return group


def _change(change: Change) -> Text:
    if change.was is None:
        return Text("+ ", style="green").append_text(words(change.now or "", "green"))
    if change.now is None:
        return Text("− ", style="red").append_text(words(change.was, "red"))
    if max(len(change.was), len(change.now)) <= LONG:
        return Text.assemble(words(change.was, "red"), " → ", words(change.now, "green"))
    return _by_words(change.was, change.now)


def _by_words(was: str, now: str) -> Text:
    """Return a text with what went and what came marked in it, so that it can be read without colours too."""
    old, new = (re.findall(r"\S+|\n", text) for text in (was, now))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < SAME_MIN:
        return Text.assemble(words(f"− {was}", "red"), "\n", words(f"+ {now}", "green"))
    parts: list[Text] = []
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            same = old[old_from:old_to]
            shown = same if len(same) <= 12 else [*same[:4], "…", *same[-4:]]
            parts.append(words(" ".join(shown)))
            continue
        if old_to > old_from:
            parts.append(words(f"[−{' '.join(old[old_from:old_to])}−]", "red"))
        if new_to > new_from:
            parts.append(words(f"{{+{' '.join(new[new_from:new_to])}+}}", "green"))
    return Text(" ").join(parts)


# -- why -----------------------------------------------------------------------------------------------------


def why_view(why: Why, facts: Mapping[int, Fact | Unknown], width: int) -> RenderableType:
    """Return the chain as a tree: straight down where one thing led to the next, a branch where it led to several.

    Args:
        facts: by ordinal.
        width: of the screen, in characters.
    """
    parts: list[RenderableType] = [Text.assemble(words(why.target, "bold"), words(f"  {why.production}", "dim"))]
    if why.origin is not None:
        origin = f"forked from {why.origin.production} at its event {why.origin.ordinal}: what came before is there"
        parts.append(words(origin, "yellow"))
    parts.append(Text())
    tree = _Tree(why, facts, min(width, WIDTH_MAX))
    for root in tree.children[None]:
        parts += tree.lines(root, "", "")
    # A person who wants more of one looks it up.
    parts += [
        Text(),
        Text("Numbers are the production's events, #numbers their sequences on the log:", style="dim"),
        Text(f"  kindling tail {why.production} --no-follow", style="dim"),
    ]
    return Group(*parts)


class _Tree:
    """Draws the steps of a chain, each under one of its causes."""

    def __init__(self, why: Why, facts: Mapping[int, Fact | Unknown], width: int) -> None:
        self._steps = {one.ordinal: one for one in why.steps}
        self._facts = facts
        self._width = width
        self._last = why.steps[-1].ordinal
        self._sequence_width = 1 + max(len(str(one.sequence)) for one in why.steps)
        self.children: dict[int | None, list[int]] = {}
        for one in why.steps:
            self.children.setdefault(self._parent(one), []).append(one.ordinal)

    def _parent(self, step: Step) -> int | None:
        """Return the one cause that a step is drawn under: the latest, but a film is drawn under its plan."""
        plans = [one for one in step.because if self._steps[one].what.startswith("plan ")]
        if step.what.startswith("cut ") and plans:
            return max(plans)
        return max(step.because, default=None)

    def lines(self, root: int, first: str, rest: str) -> list[Text]:
        """Return a step and all that is drawn under it. A straight line, which may be long, takes no recursion."""
        rows: list[Text] = []
        current, lead = root, first
        while True:
            below = self.children.get(current, [])
            rows += self._row(self._steps[current], lead, rest, goes_on=bool(below))
            if len(below) != 1:
                break
            current, lead = below[0], rest
        for child in below:
            is_last = child == below[-1]
            rows += self.lines(child, rest + ("└─" if is_last else "├─"), rest + ("  " if is_last else "│ "))
        return rows

    def _row(self, step: Step, lead: str, rest: str, *, goes_on: bool) -> list[Text]:
        fact = self._facts.get(step.ordinal)
        spoken = said(fact) if fact is not None else None
        mark = "◆" if step.ordinal == self._last else "●"
        who = "you" if step.actor == PERSON else step.actor
        sequence = f"#{step.sequence}"
        name = f" {step.ordinal:{len(str(self._last))}} {sequence:>{self._sequence_width}} {who:8} "
        room = max(20, self._width - len(lead) - 1 - len(name))
        sentence = spoken.text if spoken else step.what
        told = textwrap.wrap(words(sentence).plain.replace("\n", " "), room) or [""]
        rows = [
            Text.assemble(
                (lead, "dim"), (mark, "cyan" if who == "you" else ""), (name, "bold"),
                (told[0], spoken.tone.value if spoken else ""),
            )
        ]  # fmt: skip
        under = rest + ("│" if goes_on else " ") + " " * len(name)
        rows += [Text.assemble((under, "dim"), (line, spoken.tone.value if spoken else "")) for line in told[1:]]
        rows += [Text(under + line, style="dim") for line in textwrap.wrap(self._note(step), room)]
        return rows

    def _note(self, step: Step) -> str:
        parent = self._parent(step)
        others = [str(one) for one in step.because if one != parent]
        return " · ".join(part for part in (details(step), f"also from {listed(others)}" if others else "") if part)


def details(step: Step) -> str:
    """Return who or what made it, and the digests that say from what exactly."""
    parts = []
    if step.made is not None:
        parts.append(maker(step.made))
    for name, digest in (("prompt", step.prompt_digest), ("order", step.order_digest), ("gives", step.artifact)):
        if digest is not None:
            parts.append(f"{name} {digest[:DIGEST_LENGTH]}")
    return " · ".join(parts)


def maker(made: Made) -> str:
    """Return a program with its version, or a model with its digest."""
    version = made.version.partition(" (")[0]
    by = f"{made.by} {version}".strip()
    if made.model is None:
        return by
    digest = (made.model_digest or "").removeprefix("sha256:")[:DIGEST_LENGTH]
    return f"{made.model} ({digest}) by {by}" if digest else f"{made.model} by {by}"
