"""What a person calls the fields of a brief, and what is in them. Pure."""

from __future__ import annotations

from bus.plan import ImageRole, Mode

_FIELD = {"duration_s": "length", "aspect": "shape", "shot_count": "shots", "mode": "made", "images": "pictures"}


def field_name(field: str) -> str:
    """Return what a person calls a field of the brief."""
    return _FIELD.get(field, field.replace("_", " "))


MODE = {Mode.T2V: "from words", Mode.I2V: "from a picture", Mode.FLF2V: "between two pictures"}
ROLE = {
    ImageRole.FIRST_FRAME: "the first frame",
    ImageRole.LAST_FRAME: "the last frame",
    ImageRole.REFERENCE: "a look",
}


def field_value(field: str, value: str) -> str:
    """Return a field's value as a person would say it: what pictures are for, and what a film is made from."""
    if field == "mode" and value in MODE:
        return MODE[Mode(value)]
    if field == "images":
        for role, spoken in ROLE.items():
            value = value.replace(role, spoken)
    return value
