"""What the calls of older UIs take, described: the same fields in JSON and in both kinds of form. Pure."""

from __future__ import annotations

from typing import Final

from services.gateway.older import CLIP_FIELDS, END_IMAGE_FIELDS, IMAGE_FIELDS, STATUS_FIELDS, STITCH_FIELDS
from services.gateway.openapi import JsonObject

JOB_ID: Final = "red-fox-runs-through-4m2k"
_TEXTS: Final = ("prompt", "negative_prompt", "lora", "lora_name", "model", "workflow")
_TEXT: JsonObject = {"type": "string"}
_NUMBER: JsonObject = {"type": ["number", "string"]}
_BASE64: JsonObject = {"type": "string", "description": "In base64, with or without `data:image/…;base64,`."}
_FILE: JsonObject = {"type": "string", "contentMediaType": "application/octet-stream"}
_PROMPT: JsonObject = {"prompt": "A red fox runs through deep snow", "num_frames": 49, "model": "animatic"}
_PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAA…"


def _bodies(fields: JsonObject, in_forms: JsonObject, example: JsonObject, *, required: bool = True) -> JsonObject:
    def shown(properties: JsonObject, said: JsonObject) -> JsonObject:
        return {
            "schema": {"type": "object", "properties": properties, "additionalProperties": False},
            "example": said,
        }

    form = {name: one for name, one in example.items() if name not in IMAGE_FIELDS}
    return {
        "requestBody": {
            "required": required,
            "content": {
                "application/json": shown(fields, example),
                "application/x-www-form-urlencoded": shown(fields, form),
                "multipart/form-data": shown(in_forms, form),
            },
        }
    }


def _clip(example: JsonObject, *, with_pictures: bool) -> JsonObject:
    fields: JsonObject = {name: _TEXT if name in _TEXTS else _NUMBER for name in CLIP_FIELDS}
    names = (*IMAGE_FIELDS, *END_IMAGE_FIELDS) if with_pictures else ()
    return _bodies({**fields, **dict.fromkeys(names, _BASE64)}, {**fields, **dict.fromkeys(names, _FILE)}, example)


FROM_TEXT: Final = _clip(_PROMPT, with_pictures=False)
FROM_PICTURE: Final = _clip({**_PROMPT, "prompt": "The harbour wakes up", "image": _PIXEL}, with_pictures=True)
_FILES: JsonObject = {
    STITCH_FIELDS[0]: {"type": ["array", "string"], "items": _TEXT, "description": "Names, in order; or with commas."},
    STITCH_FIELDS[1]: _TEXT,
}
STITCH: Final = _bodies(
    _FILES, _FILES, {"video_files": [f"{JOB_ID}.mp4", "lighthouse-keeper-rows-7q2k.mp4"], "output_filename": "both.mp4"}
)
_NAMES: JsonObject = dict.fromkeys(STATUS_FIELDS, _TEXT)
STATUS: Final = _bodies(_NAMES, _NAMES, {"job_id": JOB_ID}, required=False)
STATUS_QUERY: JsonObject = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": _TEXT, "example": JOB_ID} for name in STATUS_FIELDS
    ]
}
