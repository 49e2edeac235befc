"""Answers of a model that makes any small film: what is understood of known words, a story, and as many shots as asked.

For `python -m tests.fakes.ollama --script tests.fakes.ollama_film`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.fakes.ollama_script import Answer, Asked, Fault, Reply, Script

FOX = "Ein Fuchs läuft durch den Schnee"
FOX_WORDS = f"{FOX}, 4 Sekunden"
FOX_ENGLISH = "A fox runs through the snow"
FOX_DESCRIPTION = "a red fox with a thick winter coat, black paws and a white tip to its tail"
SLOWLY = "und das sehr bedächtig"
"""Words over which the model thinks for ever when it plans."""
REPLY = "Ein Fuchs im Schnee, vier Sekunden lang."

UNDERSTOOD: dict[str, object] = {
    "about": "The person wants a film of a fox that runs through snow.",
    "aspect": None,
    "aspect_said": "",
    "avoid": [],
    "breaks": [],
    "changed": [],
    "duration_s": 4,
    "duration_said": "4 Sekunden",
    "has_minors": False,
    "images": [],
    "is_approval": False,
    "is_picture_missing": False,
    "is_sexual": False,
    "language": "de",
    "notes": [],
    "question": None,
    "reply": REPLY,
    "shot_count": None,
    "shot_count_said": "",
    "shots": [],
    "starts_over": False,
    "style": None,
    "style_english": "",
    "subject": FOX,
    "subject_english": FOX_ENGLISH,
    "title": "Fuchs im Schnee",
}
STORY: dict[str, object] = {
    "a_arc": "A fox comes out of the forest, crosses a white field, and looks back once before it is gone.",
    "light": "snow",
    "loras": [],
    "people": [{"name": "Fox", "description": FOX_DESCRIPTION}],
    "places": [{"name": "the field", "description": "a wide field under untouched snow before a dark line of firs"}],
    "tones": "white, pale blue and rust red",
}
SHOTS = ("wide shot", "medium shot", "close-up", "full shot")
MOVEMENTS = ("track right", "push in", "static", "pan left")


def understood(asked: Asked) -> Mapping[str, object]:
    """Return what the model understands; it knows one sentence."""
    assert FOX in asked.words, f"no answer is written for this: {asked.words}"
    return UNDERSTOOD


def story(asked: Asked) -> Answer:
    """Return the story."""
    return Reply(STORY, fault=Fault.HANG) if SLOWLY in asked.words else STORY


def sample(_: Asked) -> Mapping[str, object]:
    """Return the shot of the sample."""
    return {
        "movement": "track right",
        "people": ["Fox"],
        "place": "the field",
        "scene": "Fox trots across the field, its tail low, snow flying up behind its paws.",
        "shot": "wide shot",
    }


def shots(asked: Asked) -> Mapping[str, object]:
    """Return as many shots as the film may have at least, each of its share of the length."""
    counted = re.search(r"The film has (?:exactly )?(\d+)", asked.words)
    length = re.search(r"Length: ([\d.]+) s", asked.words)
    assert counted is not None, asked.words
    assert length is not None, asked.words
    count = int(counted.group(1))
    duration_ms = round(1000 * float(length.group(1)) / count)
    return {"shots": [_shot(index, duration_ms) for index in range(count)]}


def _shot(index: int, duration_ms: int) -> Mapping[str, object]:
    return {
        "beat": f"Der Fuchs läuft weiter ({index + 1}).",
        "duration_ms": duration_ms,
        "join_reason": "Another side of the same run.",
        "joined": "cut",
        "keeps": 0,
        "keeps_changed": False,
        "movement": MOVEMENTS[index % len(MOVEMENTS)],
        "people": ["Fox"],
        "picture": 0,
        "place": "the field",
        "questions": [{"must_hold": True, "question": "Is there a fox in the picture?"}],
        "scene": f"Fox runs on through the field in the falling snow, closer with each step, part {index + 1}.",
        "shot": SHOTS[index % len(SHOTS)],
    }


SCRIPTS: dict[str, Script] = {
    "understand": understood,
    "story": story,
    "sample": sample,
    "shots": shots,
}
