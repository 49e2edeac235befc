"""What a new brief keeps of a plan, and what a person's note changes in a segment."""

from __future__ import annotations

import re

from msgspec import structs

from bus.plan import Look, Movement, Plan, Segment, SegmentNote, ShotSize
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
