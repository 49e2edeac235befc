"""The examples in the description of the calls: one production, as it goes."""

from __future__ import annotations

from services.gateway.openapi import JsonObject

WORDS = "A lighthouse keeper rows out at dusk, 20 seconds, painterly"
ID = "lighthouse-keeper-rows-7q2k"
AT = f"/v1/productions/{ID}"

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
SUMMARY: JsonObject = {
    "id": ID,
    "title": "A lighthouse keeper rows out at dusk",
    "status": STATUS,
    "revision": 4,
    "created": "2026-05-04T18:20:00.000Z",
    "updated": "2026-05-04T18:20:03.120Z",
    "words": WORDS,
    "duration_s": 20.0,
    "poster": f"{AT}/samples/1-1/poster",
    "film": None,
    "link": AT,
}
PRODUCTION: JsonObject = {
    "id": ID,
    "title": "A lighthouse keeper rows out at dusk",
    "status": STATUS,
    "revision": 4,
    "created": "2026-05-04T18:20:00.000Z",
    "updated": "2026-05-04T18:20:03.120Z",
    "words": WORDS,
    "can": ["approve", "redirect", "say", "cancel", "remove"],
    "links": {"self": AT, "events": f"{AT}/events", "approve": f"{AT}/approve", "redirect": f"{AT}/redirect"},
    "samples": [
        {"name": "1-1", "state": "waiting", "clip": f"{AT}/samples/1-1/clip", "poster": f"{AT}/samples/1-1/poster"}
    ],
    "estimate": {
        "left_s": 41.5,
        "total_s": 41.5,
        "per_megapixel_frame_s": 0.32,
        "measured_on": "sample 1-1",
        "is_rough": True,
    },
}
PAGE: JsonObject = {"productions": [SUMMARY], "next": "/v1/productions?limit=20&cursor=1042"}
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
PLAN: JsonObject = {
    "title": "A lighthouse keeper rows out at dusk",
    "fps": 16,
    "frame_count": 320,
    "size": {"width": 832, "height": 480},
    "segments": [{"id": 1, "beat": "The keeper pushes the boat off.", "frame_count": 81, "seed": 7}],
}
