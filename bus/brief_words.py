"""What people call the fields of a brief, what is in them, and how one brief differs from the next. Pure."""

from __future__ import annotations

import re

from bus.events import Change
from bus.plan import ImageRole, Mode

FIELD = {
    "title": "title",
    "subject": "subject",
    "language": "language",
    "mode": "made",
    "duration_s": "length",
    "aspect": "shape",
    "style": "style",
    "avoid": "avoid",
    "shots": "shots",
    "shot_count": "number of shots",
    "images": "pictures",
    "notes": "notes",
}
MODE = {Mode.T2V: "from words", Mode.I2V: "from a picture", Mode.FLF2V: "between two pictures"}
ROLE = {
    ImageRole.FIRST_FRAME: "the first frame",
    ImageRole.LAST_FRAME: "the last frame",
    ImageRole.REFERENCE: "a look",
}
PICTURE = {
    ImageRole.FIRST_FRAME: "first picture",
    ImageRole.LAST_FRAME: "last picture",
    ImageRole.REFERENCE: "picture for the look",
}
LANGUAGE = {
    "am": "Amharic",
    "ar": "Arabic",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "gu": "Gujarati",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "km": "Khmer",
    "kn": "Kannada",
    "ko": "Korean",
    "lo": "Lao",
    "ml": "Malayalam",
    "my": "Burmese",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "si": "Sinhala",
    "sv": "Swedish",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tr": "Turkish",
    "und": "an unknown language",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""All that the rules can tell apart; a model may name more, and those stay tags."""
_PICTURE = re.compile(r"(\w+) ([0-9a-f]{6,64})")
_NOTE = re.compile(r"(^|; )(\d+): ")


def field_name(field: str) -> str:
    """Return what a person calls a field of the brief."""
    return FIELD.get(field, field.replace("_", " "))


def field_value(field: str, value: str) -> str:
    """Return a field's value as a person would say it: what pictures are for, and what a film is made from."""
    match field:
        case "mode" if value in MODE:
            return MODE[Mode(value)]
        case "language":
            return LANGUAGE.get(value.partition("-")[0], value)
        case "notes":
            return _NOTE.sub(r"\1segment \2: ", value)
        case "images":
            for role, spoken in ROLE.items():
                value = value.replace(role, spoken)
            return value
        case _:
            return value


def change_in_words(change: Change) -> str:
    """Return one change of a brief: `length: 20 s → 30 s`, `first picture added`."""
    if change.field == "images":
        return ", ".join(picture_changes(change.was, change.now))
    was, now = (field_value(change.field, one) or "open" for one in (change.was, change.now))
    return f"{field_name(change.field)}: {was} → {now}"


def picture_changes(was: str, now: str) -> tuple[str, ...]:
    """Return how the pictures differ, each in a few words: `first picture replaced`, `last picture added`.

    Args:
        was: as a change holds them: a role and the beginning of a digest each, `first_frame 1c94d7f6f9c4, reference …`.
        now: the same, as they are after the change.
    """
    old, new = ({digest: role for role, digest in _PICTURE.findall(text)} for text in (was, now))
    gone = [role for digest, role in old.items() if digest not in new]
    said = []
    for digest, role in new.items():
        before = old.get(digest)
        if before is None and role in gone:
            gone.remove(role)
            said.append(f"{_named(role)} replaced")
        elif before is None:
            said.append(f"{_named(role)} added")
        elif before != role:
            said.append(f"{_named(before)} is now the {_named(role)}")
    said += [f"{_named(role)} left out" for role in gone]
    return tuple(dict.fromkeys(said)) or ("pictures in another order",)


def _named(role: str) -> str:
    """Return what a picture is called by its role; a role of a newer Kindling is called by its own name."""
    return PICTURE[ImageRole(role)] if role in PICTURE else f"{role.replace('_', ' ')} picture"
