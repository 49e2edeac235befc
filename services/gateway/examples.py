"""The examples in the description of the calls: one production, as it goes."""

from __future__ import annotations

from services.gateway.example_problems import ID
from services.gateway.example_productions import (
    AGAIN,
    AT,
    CLIP,
    CONVERSATION,
    FORK,
    FORK_ID,
    ORIGIN,
    PRODUCTION,
    SUMMARY,
    WORDS,
    making,
)
from services.gateway.openapi import JsonObject

__all__ = ["AGAIN", "CLIP", "FORK", "ID", "PRODUCTION", "WORDS"]

EXPERIENCE: JsonObject = {
    "clips": [
        {
            "kind": {
                "renderer": "wan2.1-t2v",
                "model": "wan2.1_t2v_14B_fp8_e4m3fn.safetensors",
                "machine": "NVIDIA L40S",
                "width": 832,
                "height": 480,
                "frame_count": 81,
                "steps": None,
                "draft": False,
            },
            "count": 3,
            "recent_s": [212.4, 208.9, 209.3],
            "median_s": 209.3,
        }
    ],
    "takes": [
        {
            "renderer": "wan2.1-t2v",
            "rendered": 3,
            "failed": 0,
            "approved": 2,
            "rejected": 1,
            "kept": 0,
            "accepted_by_hand": 0,
            "refused_by_hand": 0,
            "render_s": 630.6,
            "review_s": 9.1,
            "takes_per_approval": 1.5,
        }
    ],
    "rejections": [{"name": "sharp", "count": 1}],
    "failures": [],
    "film_count": 1,
    "film_s": 10.0,
    "film_render_s": 648.2,
    "join_s": 1.4,
    "render_s_per_film_s": 64.82,
}
PAGE: JsonObject = {"productions": [SUMMARY], "next": "/v1/productions?limit=20&cursor=1042", "more": 31}
EVENT: JsonObject = {
    "ordinal": 4,
    "sequence": 1045,
    "type": "sample.rendered",
    "which": "1-1",
    "version": 1,
    "production": ID,
    "id": "5f0c7f3e-52a5-4f57-9d3c-6c3d5a4f6f10",
    "time": "2026-05-04T18:20:03.120Z",
    "by": {"service": "creator", "version": "0.1.0", "host": "studio"},
    "cause": "c0b1a5d2-9f67-4f0e-8f9b-7d1b2c3d4e5f",
    "previous": "9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de",
    "digest": "3f2a5d0c1b7e4f60a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718",
    "trace": None,
    "is_known": True,
    "fact": {"brief": 1, "take": 1, "cost": {"render_s": 0.8, "total_s": 1.1}},
}
EVENTS: JsonObject = {"events": [EVENT], "strange": [], "next": None}
HEALTH: JsonObject = {"name": "kindling", "version": "0.1.0", "is_ready": True, "sequence": 1045, "reader_count": 2}
ENTRANCE: JsonObject = {
    "name": "kindling",
    "version": "0.1.0",
    "links": {
        "productions": "/v1/productions",
        "clips": "/v1/clips",
        "stitch": "/v1/stitch",
        "renderers": "/v1/renderers",
        "stats": "/v1/stats",
        "health": "/v1/health",
        "passes": "/v1/passes",
        "description": "/v1/openapi.json",
    },
    "needs_token": False,
}
PASS: JsonObject = {
    "query": "pass=4gq2m7xk.1777924800..Zk1vYkQ2b0xXb2ZqS2c3bFZ5a1V2Q2d4d2dQb0Vh",
    "until": "2026-05-04T20:00:00Z",
    "production": None,
}
CHOICES: JsonObject = {
    "default": "animatic",
    "renderers": [
        {
            "name": "animatic",
            "title": "Animatic",
            "about": "What a crew draws before it shoots.",
            "kind": "animatic",
            "is_ready": True,
            "says": "It draws on this machine.",
            "help": "",
            "modes": ["t2v", "i2v", "flf2v"],
            "fps": 16,
            "frames": {"step": 4, "least": 5, "most": 81},
            "sizes": [{"width": 832, "height": 480, "name": "832×480"}],
            "models": [],
            "loras": [],
            "is_own": False,
        }
    ],
    "servers": [],
    "broken": [],
}
PLAN: JsonObject = {
    "title": "A lighthouse keeper rows out at dusk",
    "logline": "A keeper rows out, and comes back by lamplight.",
    "language": "en",
    "brief": 1,
    "renderer": "animatic",
    "fps": 16,
    "size": {"width": 832, "height": 480},
    "crop": {"width": 832, "height": 480},
    "frame_count": 81,
    "look": {
        "style": "painterly",
        "light": "dusk",
        "palette": ["#1b1b3a", "#d95d39", "#f0e2a3"],
        "words": "painterly, warm dusk light",
    },
    "segments": [
        {
            "id": 1,
            "beat": "The keeper pushes the boat off.",
            "prompt": "Wide shot. A lighthouse keeper pushes a boat off the rocks. Painterly, warm dusk light.",
            "negative": "text, watermark",
            "shot": "wide shot",
            "movement": "push in",
            "mode": "t2v",
            "start": {"kind": "text"},
            "transition": {"kind": "cut"},
            "frame_count": 81,
            "in_frame": 0,
            "out_frame": 81,
            "seed": 7,
        }
    ],
}
STAND: JsonObject = {
    "id": ID,
    "title": "A lighthouse keeper rows out at dusk",
    "status": making(1, 4),
    "revision": 17,
    "can": ["say", "edit", "cancel", "remove"],
    "progress": [
        {"service": "creator", "about": "segment 2", "done": 40, "total": 81, "eta_s": 3.5, "preview": None},
    ],
    "estimate": None,
    "production": AT,
    "film": None,
    "next": f"{AT}/status?wait=30&after=17",
}
MESSAGES: JsonObject = {"production": ID, "revision": 4, "messages": CONVERSATION, "link": f"{AT}/messages"}
FRAMES: JsonObject = {
    "production": ID,
    "take": "1-1",
    "frame_count": 81,
    "frames": [{"index": 0, "at_s": 0.0, "link": f"{AT}/takes/1-1/frames/0"}],
    "sheet": f"{AT}/takes/1-1/sheet",
}
STREAM = """retry: 1000

id: 4
event: fact
data: {"ordinal": 4, "type": "sample.rendered", "which": "1-1", "fact": {"brief": 1, "take": 1}}

event: progress
data: {"service": "creator", "about": "segment 2", "done": 40, "total": 81, "eta_s": 3.5, "preview": null}

"""

OUTLOOK: JsonObject = {
    "origin": ORIGIN,
    "says": "4 of 9 segments, about 12 minutes",
    "segments": [3, 4, 5, 6],
    "segment_count": 9,
    "seconds": 731.4,
    "is_bound": False,
    "changes": ["Segment 3 is rendered anew: its words changed."],
}
OUTLOOK_AGAIN: JsonObject = {
    "origin": {**ORIGIN, "kind": "again"},
    "says": "9 of 9 segments, about 27 minutes",
    "segments": [1, 2, 3, 4, 5, 6, 7, 8, 9],
    "segment_count": 9,
    "seconds": 1618.0,
    "is_bound": False,
    "changes": [],
}
_DIGEST = "3f2a5d0c1b7e4f60a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718"
_CLIP: JsonObject = {
    "segment": 1,
    "was": "1-1",
    "now": "1-1",
    "was_link": f"{AT}/takes/1-1/clip",
    "now_link": f"/v1/productions/{FORK_ID}/takes/1-1/clip",
    "likeness": "same_bytes",
    "comparison": {"likeness": "same_bytes", "wanted": _DIGEST, "found": _DIGEST},
}
COMPARISON: JsonObject = {
    "id": FORK_ID,
    "origin": {**ORIGIN, "kind": "again"},
    "is_complete": True,
    "matches": True,
    "likeness": "same_bytes",
    "film": {**_CLIP, "segment": None, "was": "cut 1", "now": "cut 1"},
    "segments": [_CLIP],
    "decisions": [],
}

CLIP_BODY: JsonObject = {
    "prompt": "A red fox runs through deep snow, low sun, slow motion",
    "renderer": "animatic",
    "size": {"width": 832, "height": 480},
    "duration_s": 3,
    "seed": 7,
}
STITCH_BODY: JsonObject = {
    "clips": ["/v1/productions/red-fox-runs-through-4m2k/film?cut=1", f"{AT}/takes/3-2/clip"],
    "title": "Fox and keeper",
}
JOB: JsonObject = {
    "success": True,
    "job_id": "red-fox-runs-through-4m2k",
    "status": "processing",
    "progress": 40,
    "message": "The segments are being made: 0 of 1 accepted.",
    "error": None,
    "video_url": None,
    "output_file": None,
    "status_url": "/video_status?job_id=red-fox-runs-through-4m2k",
    "production": "/v1/productions/red-fox-runs-through-4m2k",
}
