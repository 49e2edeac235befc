"""The productions in the description of the calls, whole: one that waits for a word, a clip, and a branch."""

from __future__ import annotations

import msgspec
from msgspec import structs

from bus.events import Options
from services.gateway.example_problems import ID
from services.gateway.links import links_of, take_link
from services.gateway.openapi import JsonObject

WORDS = "A lighthouse keeper rows out at dusk, 20 seconds, painterly"
AT = f"/v1/productions/{ID}"
FORK_ID = "lighthouse-keeper-rows-x9c4"
CLIP_ID = "red-fox-runs-through-4m2k"
_TITLE = "A lighthouse keeper rows out at dusk"
_FOX = "A red fox runs through deep snow, low sun, slow motion"
_BEGUN = "2026-05-04T18:20:00.000Z"
_SAMPLED = "2026-05-04T18:20:03.120Z"
_SIZE: JsonObject = {"width": 832, "height": 480}

STATUS: JsonObject = {
    "name": "awaiting_approval",
    "says": "Sample 1-1 waits for your word: is this the vibe?",
    "help": "Approve it, or say what to change.",
    "is_waiting": True,
    "is_settled": False,
    "sample": "1-1",
    "accepted_count": None,
    "segment_count": None,
    "stalls": [],
}


def making(accepted: int, count: int) -> JsonObject:
    """Return the status of a film whose segments are being made."""
    says = f"The segments are being made: {accepted} of {count} accepted."
    counts = {"accepted_count": accepted, "segment_count": count}
    return {**STATUS, "name": "making", "says": says, "help": "", "is_waiting": False, "sample": None, **counts}


def _made(by: str, why: str = "") -> JsonObject:
    how = dict.fromkeys(("model", "model_digest", "prompt_digest", "options", "tokens_in", "tokens_out", "took_s"))
    return {"by": by, "version": "1", **how, "why": why}


def _brief(title: str, logline: str, made: JsonObject, **document: object) -> JsonObject:
    said: JsonObject = {
        "title": title,
        "logline": logline,
        "subject": logline.removesuffix("."),
        "prompt": "",
        "language": "en",
        "mode": "t2v",
        "mode_reason": "No image came with the words, so the film starts from them.",
        "duration_s": 20.0,
        "aspect": None,
        "style": "painterly",
        "style_prompt": "",
        **{name: [] for name in ("avoid", "shots", "shot_prompts", "images", "notes")},
        "shot_count": None,
        "assumed": [
            {"field": "aspect", "value": "16:9", "why": "the words name no shape; this one fits most screens"},
        ],
        **document,
    }
    return {"number": 1, "document": said, "changes": [], "made": made, "reply": "", "remarks": [], "looked": None}


def _message(by: str, kind: str, words: str, *, number: int | None = None, ordinal: int | None = None) -> JsonObject:
    place: JsonObject = {"number": number, "images": [], "ordinal": ordinal, "is_refused": False}
    return {"by": by, "kind": kind, "words": words, **place}


def _plan(production: str, title: str, count: int, **plan: object) -> JsonObject:
    return {
        "revision": 1,
        "link": f"/v1/productions/{production}/plan",
        "title": title,
        "logline": title,
        "style": "",
        "palette": [],
        "renderer": "animatic",
        "fps": 16,
        "size": _SIZE,
        "crop": _SIZE,
        "frame_count": 48 * count,
        "duration_s": 3.0 * count,
        "segment_count": count,
        "brief": 1,
        **plan,
    }


def _segment(production: str, number: int, words: str, **segment: object) -> JsonObject:
    return {
        "id": number,
        "state": "due",
        "accepted": None,
        "is_flagged": False,
        "beat": words,
        "prompt": words,
        "negative": "",
        "shot": "medium shot",
        "movement": "static",
        "mode": "t2v",
        "start": {"kind": "text"},
        "transition": {"kind": "cut"},
        "frame_count": 49,
        "shown_count": 48,
        "duration_s": 3.0,
        "begins_s": 3.0 * (number - 1),
        "seed": 7,
        "criteria": [],
        "takes": [],
        "takes_left": 1,
        "redo": f"/v1/productions/{production}/segments/{number}/redo",
        **segment,
    }


_BRIEF = _brief(_TITLE, f"{_TITLE}.", _made("rules", "Ollama does not answer at http://127.0.0.1:11434."))
CONVERSATION: list[JsonObject] = [
    _message("person", "request", WORDS, ordinal=1),
    _message("kindling", "brief", f"{_TITLE}.", number=1),
]
_LOOK = "Painterly, warm dusk light."
_SAMPLE: JsonObject = {
    "name": "1-1",
    "brief": 1,
    "take": 1,
    "state": "waiting",
    "prompt": f"Wide shot. {_TITLE}. {_LOOK}",
    "size": {"width": 416, "height": 240},
    "frame_count": 33,
    "duration_s": 2.0625,
    **{name: f"{AT}/samples/1-1/{name}" for name in ("clip", "poster", "thumbnail")},
    "render_s": 0.8,
    "failure": None,
    "made": _made("animatic"),
}
_ESTIMATE: JsonObject = {
    "left_s": 41.5,
    "total_s": 41.5,
    "per_megapixel_frame_s": 0.32,
    "takes_per_segment": 1.2,
    "measured_on": "40 takes so far",
    "is_rough": False,
}
_OPTIONS = Options(duration_max_s=600.0)
PRODUCTION: JsonObject = {
    "id": ID,
    "purpose": "film",
    "title": _TITLE,
    "status": STATUS,
    "revision": 4,
    "created": _BEGUN,
    "updated": _SAMPLED,
    "words": WORDS,
    "options": msgspec.to_builtins(_OPTIONS),
    "can": ["approve", "redirect", "say", "cancel", "remove"],
    "origin": None,
    "links": msgspec.to_builtins(links_of(ID, revision=4, has_plan=False, cut=None)),
    "question": None,
    "brief": _BRIEF,
    "conversation": CONVERSATION,
    "samples": [_SAMPLE],
    "plan": None,
    "segments": [],
    "stalls": [],
    "film": None,
    "estimate": _ESTIMATE,
    "anomalies": [],
    "unknown": [],
}
SUMMARY: JsonObject = {
    **{
        name: PRODUCTION[name]
        for name in ("id", "purpose", "title", "status", "revision", "created", "updated", "words")
    },
    "duration_s": 20.0,
    "poster": f"{AT}/samples/1-1/poster",
    "thumbnail": f"{AT}/samples/1-1/thumbnail",
    "film": None,
    "origin": None,
    "link": AT,
}
_ASKED_FOR = structs.replace(
    _OPTIONS, takes_max=1, sample=False, review=False, caption=False, renderer="animatic", seed=7
)
CLIP: JsonObject = {
    **PRODUCTION,
    "id": CLIP_ID,
    "purpose": "clip",
    "title": _FOX,
    "status": making(0, 1),
    "revision": 3,
    "updated": _BEGUN,
    "words": _FOX,
    "options": msgspec.to_builtins(structs.replace(_ASKED_FOR, accept_smaller=False, duration_max_s=None)),
    "can": ["cancel", "remove"],
    "links": msgspec.to_builtins(links_of(CLIP_ID, revision=3, has_plan=True, cut=None)),
    "brief": _brief(
        _FOX, _FOX, _made("person"), language="und", mode_reason="It was asked for so.", duration_s=3.0,
        aspect="832:480", style=None, assumed=[],
    ),
    "conversation": [
        _message("person", "request", _FOX, ordinal=1),
        _message("kindling", "brief", _FOX, number=1),
    ],
    "samples": [],
    "plan": _plan(CLIP_ID, _FOX, 1),
    "segments": [_segment(CLIP_ID, 1, _FOX)],
    "estimate": {**_ESTIMATE, "left_s": 6.2, "total_s": 6.2, "takes_per_segment": 1.0},
}  # fmt: skip
ORIGIN: JsonObject = {
    "production": ID,
    "ordinal": 41,
    "digest": "9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de",
    "kind": "fork",
    "link": f"{AT}?at=41",
}
_BEATS = ("The keeper pushes the boat off.", "A wolf crosses the ice.")


def _take(segment: int) -> JsonObject:
    return {
        "name": f"{segment}-1",
        "segment": segment,
        "take": 1,
        "state": "approved",
        "is_fitting": True,
        "is_shown": True,
        "seed": 7,
        "prompt": f"{_BEATS[segment - 1]} {_LOOK}",
        "why": "",
        "ordinal": 12,
        **{name: take_link(FORK_ID, segment, 1, name) for name in ("clip", "poster", "thumbnail", "frames", "sheet")},
        "hand_over": take_link(FORK_ID, segment, 1, "hand-over"),
        "overrule": take_link(FORK_ID, segment, 1, "overrule"),
        "digest": "3f2a5d0c1b7e4f60a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718",
        "render_s": 5.4,
        "verdict": {"is_good": True, "score": 0.98, "advice": "", "findings": []},
        "rulings": [],
        "failure": None,
        "made": _made("animatic"),
        "borrowed": None,
    }


def _branch(kind: str, segments: list[JsonObject], accepted: int, can: list[str]) -> JsonObject:
    revision = 43 if kind == "fork" else 42
    look = {"style": "painterly", "palette": ["#1b1b3a", "#d95d39", "#f0e2a3"]}
    is_again = kind != "fork"
    return {
        **PRODUCTION,
        "id": FORK_ID,
        "status": making(accepted, len(segments)),
        "revision": revision,
        "can": can,
        "origin": {**ORIGIN, "kind": kind},
        "links": msgspec.to_builtins(links_of(FORK_ID, revision=revision, has_plan=True, cut=None, is_again=is_again)),
        "samples": [],
        "plan": _plan(FORK_ID, _TITLE, len(segments), **look),
        "segments": segments,
    }


_SEGMENTS = [_segment(FORK_ID, number, f"{beat} {_LOOK}", beat=beat) for number, beat in enumerate(_BEATS, 1)]
FORK = _branch(
    "fork",
    [{**_SEGMENTS[0], "state": "accepted", "accepted": "1-1", "takes": [_take(1)], "takes_left": 2}, _SEGMENTS[1]],
    1,
    ["say", "edit", "cancel", "remove"],
)
AGAIN = _branch("again", _SEGMENTS, 0, ["cancel", "remove"])
