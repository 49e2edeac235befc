"""LoRAs of a plan's segments: what the person asks for, for the film or in a note on a segment, and nothing unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import structs

from bus.plan import Brief, Lora, Plan, Segment
from services.planner.plan_settings import ChosenLora, PlanSettings

_NAME: Final = r"[\w][\w.-]*"
_WITHOUT: Final = re.compile(
    rf",?\s*\b(?:without|no|drop|remove)\s+(?:the\s+|any\s+)?loras?\b(?:\s+(?P<name>{_NAME}))?", re.IGNORECASE
)
_WITH: Final = re.compile(
    rf",?\s*\b(?:(?:with|use|using|add|and)\s+)?(?:the\s+)?lora\s+[“\"']?(?P<name>{_NAME})[”\"']?"
    r"(?:\s*(?::|at|@|with strength|strength)\s*(?P<strength>\d+(?:\.\d+)?))?",
    re.IGNORECASE,
)


def with_loras(plan: Plan, before: Plan | None, brief: Brief, settings: PlanSettings) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan with each segment's LoRAs, and what a person should know about them.

    A segment that was there keeps what it had, which a person may have edited; a new one has what the film is made
    with, and what the planner chose. Notes on a segment have the last word. Only what is known and fits is used.
    """
    known = {one.lora.name: one for one in (*settings.lora_choices, *settings.loras)}
    remarks: list[str] = []
    segments = []
    for segment in plan.segments:
        old = before.segment(segment.id) if before is not None else None
        wanted = old.loras if old is not None else (*(one.lora for one in settings.loras), *segment.loras)
        loras: dict[str, Lora] = {}
        for one in wanted:
            loras.setdefault(one.name, one)
        noted = structs.replace(segment, loras=())
        for note in brief.notes:
            if note.segment == segment.id:
                noted = _heeded(noted, note.words, loras, known, remarks)
        kept = tuple(one for one in loras.values() if _fits(one, segment, known, remarks))
        segments.append(structs.replace(noted, loras=kept))
    return structs.replace(plan, segments=tuple(segments)), tuple(dict.fromkeys(remarks))


def _heeded(
    segment: Segment, words: str, loras: dict[str, Lora], known: dict[str, ChosenLora], remarks: list[str]
) -> Segment:
    """Take in what a note says about LoRAs; return the segment without those words in its prompt."""
    names = {name.casefold(): name for name in known}
    rest = words
    for found in _WITHOUT.finditer(words):
        name = found.group("name")
        dropped = [names.get(name.casefold(), name)] if name else list(loras)
        for one in dropped:
            loras.pop(one, None)
        rest = rest.replace(found.group(), "")
    for found in _WITH.finditer(rest):
        name = names.get(found.group("name").rstrip(".").casefold())
        if name is None:
            there = f"There are {', '.join(known)}." if known else "None is known that fits."
            remarks.append(f"Segment {segment.id}: there is no LoRA {found.group('name')}. {there}")
        else:
            strength = found.group("strength")
            usual = known[name].lora
            loras[name] = structs.replace(usual, strength=float(strength)) if strength else usual
    return structs.replace(segment, prompt=_less(segment.prompt, (*_WITHOUT.finditer(words), *_WITH.finditer(rest))))


def _less(prompt: str, found: Sequence[re.Match[str]]) -> str:
    """Return the prompt without the words about LoRAs that a note has put into it."""
    for one in found:
        said = one.group().lstrip(" ,")
        prompt = re.sub(rf",?\s*{re.escape(said)}(?=[.,;\s]|$)\.?", "", prompt, flags=re.IGNORECASE)
    return prompt


def _fits(lora: Lora, segment: Segment, known: dict[str, ChosenLora], remarks: list[str]) -> bool:
    chosen = known.get(lora.name)
    if chosen is None:
        remarks.append(f"Segment {segment.id}: the LoRA {lora.name} is not known for this model, and is left out.")
        return False
    if segment.mode not in chosen.modes:
        made_for = ", ".join(sorted(chosen.modes))
        remarks.append(
            f"Segment {segment.id} is {segment.mode}: the LoRA {lora.name} is made for {made_for}, and is left out."
        )
        return False
    return True
