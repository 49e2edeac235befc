"""What a new brief keeps of a plan, what a person's note changes in a segment, and how two plans differ, in words."""

from __future__ import annotations

import re

from msgspec import structs

from bus.plan import Look, Movement, Plan, Segment, SegmentNote, ShotSize, order_digest, order_for
from services.planner import framing
from services.planner.matching import capitalised, folded

_CLOSER = re.compile(r"\b(?:closer|nearer|tighter|zoom in|naher|plus pres|mas cerca|mais perto)\b|更近|نزدیک تر|أقرب")
_WIDER = re.compile(r"\b(?:wider|further away|farther|more distant|zoom out|weiter weg|plus loin|mas lejos)\b|更远")
_SLOWER = re.compile(r"\b(?:slower|slow down|more slowly|slow motion|calmer|langsamer|plus lent|mas lento)\b|慢")
_FASTER = re.compile(r"\b(?:faster|quicker|speed up|more energy|schneller|plus vite|mas rapido)\b|快")
_STILL = re.compile(r"\b(?:static|no (?:camera )?movement|still camera|camera still|don't move the camera)\b")


def sentence_key(sentence: str) -> str:
    """Return what tells whether two beats are the same: their words, without what says how they are joined."""
    plain = re.sub(r"^without a cut, ", "", folded(sentence))
    return " ".join(plain.split())


def matches(sentences: tuple[str, ...], before: Plan | None) -> tuple[Segment | None, ...]:
    """Return for each beat the segment of the plan before that told the same, or None; each is used once."""
    if before is None:
        return (None,) * len(sentences)
    left: dict[str, list[Segment]] = {}
    for segment in before.segments:
        left.setdefault(sentence_key(segment.beat), []).append(segment)
    found: list[Segment | None] = []
    for sentence in sentences:
        same = left.get(sentence_key(sentence))
        found.append(same.pop(0) if same else None)
    return tuple(found)


def noted(segment: Segment, words: str, look: Look) -> Segment:
    """Return the segment with a person's note: in its prompt, and in its framing where the words say so."""
    plain = folded(words)
    shot, movement = framing.asked_shot(words) or segment.shot, framing.asked_movement(words) or segment.movement
    if _CLOSER.search(plain):
        shot = framing.closer(segment.shot)
    elif _WIDER.search(plain):
        shot = framing.wider(segment.shot)
    if _STILL.search(plain):
        movement = Movement.STATIC
    prompt = _reframed(segment.prompt, segment.shot, shot, segment.movement, movement)
    if _SLOWER.search(plain):
        prompt = _paced(prompt, "slowly", "very slowly", "The movement is slow and calm.", look)
    elif _FASTER.search(plain):
        prompt = _paced(prompt, "slowly", "quickly", "The movement is quick and lively.", look)
    sentence = capitalised(" ".join(words.split())).rstrip(" .") + "."
    return structs.replace(segment, prompt=_before_look(prompt, sentence, look), shot=shot, movement=movement)


def with_notes(plan: Plan, notes: tuple[SegmentNote, ...]) -> Plan:
    """Return the plan, whoever wrote it, with the notes on its segments; all else stays byte for byte.

    Notes on segments that the plan does not have are left out; `plan_remarks` tells of them.
    """
    segments = list(plan.segments)
    for note in notes:
        for index, segment in enumerate(segments):
            if segment.id == note.segment:
                segments[index] = noted(segment, note.words, plan.look)
    return structs.replace(plan, segments=tuple(segments))


def _before_look(prompt: str, sentence: str, look: Look) -> str:
    """Return the prompt with one more sentence; the look stays at its end, verbatim."""
    if sentence in prompt:
        return prompt
    if prompt.endswith(look.words):
        return f"{prompt.removesuffix(look.words).rstrip()} {sentence} {look.words}"
    return f"{prompt.rstrip()} {sentence}"


def _reframed(prompt: str, shot: ShotSize, to_shot: ShotSize, movement: Movement, to_movement: Movement) -> str:
    label, camera = capitalised(shot), framing.CAMERA[movement]
    if to_shot is not shot and prompt.startswith(f"{label}."):
        prompt = capitalised(to_shot) + prompt.removeprefix(label)
    return prompt.replace(camera, framing.CAMERA[to_movement])


def _paced(prompt: str, usual: str, other: str, sentence: str, look: Look) -> str:
    camera = re.search(rf"The camera [^.]*\b{usual}\b[^.]*\.", prompt)
    if camera is not None:
        changed = camera.group().replace(usual, other)
        prompt = prompt[: camera.start()] + changed + prompt[camera.end() :]
    return _before_look(prompt, sentence, look)


# -- how two plans differ ------------------------------------------------------------------------------------


def plan_changes(before: Plan, after: Plan) -> tuple[str, ...]:
    """Return how the plans differ as sentences for people, the most important first; empty where they do not."""
    changes: list[str] = []
    if before.frame_count != after.frame_count:
        changes.append(f"The film lasts {after.duration_s:g} s instead of {before.duration_s:g} s.")
    if (before.size, before.crop) != (after.size, after.crop):
        changes.append(f"The picture is {after.crop} instead of {before.crop}.")
    if before.look != after.look:
        changes.append(f"The look is “{after.look.words}” instead of “{before.look.words}”")
    if before.renderer != after.renderer:
        changes.append(f"It is rendered by {after.renderer} instead of {before.renderer}.")
    old, new = {one.id: one for one in before.segments}, {one.id: one for one in after.segments}
    for added in (one for one in after.segments if one.id not in old):
        position = after.segments.index(added)
        where = f"after segment {after.segments[position - 1].id}" if position else "at the start"
        changes.append(f"Segment {added.id} is new, {where}: {added.beat}")
    changes.extend(f"Segment {one.id} is gone: {one.beat}" for one in before.segments if one.id not in new)
    kept = [one for one in after.segments if one.id in old]
    changed = [one for one in kept if is_rendered_anew(before, old[one.id], after, one)]
    if changed and len(changed) == len(kept):
        changes.append("Every segment that stays is rendered anew.")
    else:
        changes.extend(f"Segment {one.id} is rendered anew: {_difference(old[one.id], one)}." for one in changed)
    trimmed = [one for one in kept if one not in changed and one.shown_count != old[one.id].shown_count]
    changes.extend(
        f"Segment {one.id} stays as it is and shows {one.shown_count / after.fps:.1f} s of it instead of "
        f"{old[one.id].shown_count / before.fps:.1f} s."
        for one in trimmed
    )
    if [one.id for one in before.segments if one.id in new] != [one.id for one in kept]:
        changes.append("The segments come in another order.")
    return tuple(changes)


def is_rendered_anew(before: Plan, old: Segment, after: Plan, new: Segment) -> bool:
    """Say whether a take of the old segment can't stand for the new one: its order or its start differs."""
    one, other = order_for(before, old, 1, None), order_for(after, new, 1, None)
    return order_digest(one) != order_digest(other) or old.start != new.start


def _difference(old: Segment, new: Segment) -> str:
    parts = []
    if old.shot is not new.shot:
        parts.append(f"{new.shot} instead of {old.shot}")
    if old.movement is not new.movement:
        parts.append(f"{new.movement} instead of {old.movement}")
    if old.start != new.start:
        parts.append("it starts from something else")
    if old.frame_count != new.frame_count:
        parts.append(f"{new.frame_count} frames instead of {old.frame_count}")
    if old.beat != new.beat:
        parts.append(f"“{new.beat}” instead of “{old.beat}”")
    if not parts or old.prompt != new.prompt:
        parts.append("its words changed")
    return ", ".join(parts)
