"""What older UIs of this family send, understood: their fields as ours, and our productions as their jobs. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from bus.board import Status, status_of
from bus.errors import Reason, Refused
from bus.ids import ProductionId
from bus.plan import LoraWish
from bus.production import Production
from services.gateway.links import film_link, production_link, sample_link, take_link
from services.gateway.requests import ClipBody, SizeBody
from services.gateway.status_view import status_view
from services.gateway.steps import ProgressView

Fields = Mapping[str, tuple[object, ...]]
"""What was sent, by name; of a form each value that a name was given."""
Number = TypeVar("Number", int, float)

CLIP_FIELDS: Final[dict[str, str]] = {
    "prompt": "prompt",
    "negative_prompt": "negative",
    "width": "width",
    "height": "height",
    "num_frames": "frames",
    "frames": "frames",
    "length": "frames",
    "duration": "duration_s",
    "steps": "steps",
    "num_inference_steps": "steps",
    "seed": "seed",
    "lora": "lora",
    "lora_name": "lora",
    "lora_strength": "lora_strength",
    "lora_weight": "lora_strength",
    "model": "renderer",
    "workflow": "renderer",
}
"""Each field that is understood, and what it means. Of several names for one thing one is sent."""
IMAGE_FIELDS: Final = ("image", "start_image")
END_IMAGE_FIELDS: Final = ("end_image",)
STITCH_FIELDS: Final = ("video_files", "output_filename")
STATUS_FIELDS: Final = ("job_id", "prompt_id")

_FILM = re.compile(r"(?P<id>[a-z0-9-]{1,60})(?:\.cut-(?P<cut>[1-9]\d{0,8}))?\.mp4", re.ASCII)
_CLIP = re.compile(
    r"(?P<id>[a-z0-9-]{1,60})/(?:segment-0*(?P<segment>[1-9]\d{0,8})|sample-(?P<brief>[1-9]\d{0,8}))"
    r"-take-(?P<take>[1-9]\d{0,8})(?:-[a-z]+)?\.mp4",
    re.ASCII,
)


class Job(Struct, frozen=True, kw_only=True):
    """A production, as an older UI sees it."""

    success: bool
    job_id: ProductionId
    status: str
    """`queued`, `processing`, `completed` or `failed`."""
    progress: int
    """Per cent."""
    message: str
    error: str | None
    video_url: str | None
    output_file: str | None
    """The file's name in `productions/completed/`."""
    status_url: str
    production: str
    """Where all of it is found."""


def clip_of(fields: Fields) -> ClipBody:
    """Return the clip that the fields ask for; an empty field counts as left out, and a seed of -1 as any.

    Raises:
        Refused: a field is not known, said twice, or no number.
    """
    said: dict[str, object] = {}
    for name, values in fields.items():
        meaning = CLIP_FIELDS.get(name)
        if meaning is None:
            raise _unknown(name, (*CLIP_FIELDS, *IMAGE_FIELDS, *END_IMAGE_FIELDS))
        value = _one(name, values)
        if value == "" or value is None:
            continue
        if meaning in said:
            raise _invalid(f"The field {name!r} says again what another one says.", "Both mean the same here.")
        said[meaning] = value
    width, height = _number(said, "width", int), _number(said, "height", int)
    if (width is None) != (height is None):
        raise _invalid("A size has a width and a height.", "One of them is missing.")
    seed, strength = _number(said, "seed", int), _number(said, "lora_strength", float)
    lora = _text(said, "lora")
    if strength is not None and not lora:
        raise _invalid("A strength is said, and no LoRA.", "It is applied to nothing.")
    return ClipBody(
        prompt=_text(said, "prompt"),
        negative=_text(said, "negative"),
        renderer=_text(said, "renderer") or None,
        size=SizeBody(width=width, height=height) if width is not None and height is not None else None,
        frames=_number(said, "frames", int),
        duration_s=_number(said, "duration_s", float),
        seed=None if seed == -1 else seed,
        steps=_number(said, "steps", int),
        loras=(LoraWish(name=lora, strength=strength),) if lora else (),
    )


def files_of(fields: Fields) -> tuple[tuple[str, ...], str]:
    """Return the files that are to be joined, and what the result is to be called.

    Raises:
        Refused: a field is not known, or holds something else.
    """
    for name in fields:
        if name not in STITCH_FIELDS:
            raise _unknown(name, STITCH_FIELDS)
    values = fields.get("video_files", ())
    if len(values) == 1:
        values = _list(values[0])
    files = tuple(one for one in values if isinstance(one, str))
    if not files or len(files) != len(values):
        raise _invalid("video_files names no files.", "It is a list of names, as output_file of a job says them.")
    title = _one("output_filename", fields.get("output_filename", ("",)))
    return files, PurePath(str(title or "")).stem[:200]


def _list(value: object) -> tuple[object, ...]:
    """Return a list that came as one value: of JSON as it is, of a form as JSON or with commas."""
    if isinstance(value, list | tuple):
        return tuple(value)
    if not isinstance(value, str):
        return (value,)
    if value.lstrip().startswith("["):
        try:
            return tuple(msgspec.json.decode(value, type=list[str]))
        except msgspec.MsgspecError as error:
            raise _invalid("video_files is no list of names.", f"{error}.") from error
    return tuple(one.strip() for one in value.split(",") if one.strip())


def link_of(file: str, folder: PurePath) -> str:
    """Return the link of the clip that a file in the folder of the films is.

    The name is read, and never opened: whatever it says, only clips that the log knows can be meant.

    Args:
        folder: the folder of the films; a whole path has to lie in it.

    Raises:
        Refused: it is none of ours.
    """
    path = PurePath(file.replace("\\", "/"))
    if path.is_absolute():
        if not path.is_relative_to(folder):
            raise _no_file(file)
        path = path.relative_to(folder)
    parts = path.parts
    if ".." in parts:
        raise _no_file(file)
    film = _FILM.fullmatch(parts[-1]) if parts and parts[:-1] in ((), ("completed",)) else None
    if film is not None:
        return film_link(film["id"], int(film["cut"])) if film["cut"] else f"{production_link(film['id'])}/film"
    clip = _CLIP.fullmatch("/".join(parts[1:])) if parts[:1] == ("segments",) else None
    if clip is None:
        raise _no_file(file)
    if clip["segment"]:
        return take_link(clip["id"], int(clip["segment"]), int(clip["take"]), "clip")
    return sample_link(clip["id"], int(clip["brief"]), int(clip["take"]), "clip")


def job_of(production: Production, progress: Sequence[ProgressView]) -> Job:
    """Return the production as a job."""
    status: Status = status_of(production)
    shown = status_view(status)
    is_done, is_failed = shown.name == "done", shown.name in _FAILED
    at_work = bool(progress) or any(one.postings for one in production.takes.values())
    state = "completed" if is_done else "failed" if is_failed else "processing" if at_work else "queued"
    cut = production.cuts[-1] if production.cuts and is_done else None
    link = production_link(production.id)
    return Job(
        success=not is_failed,
        job_id=production.id,
        status=state,
        progress=100 if is_done else _percent(progress),
        message=shown.says,
        error=f"{shown.says} {shown.help}".strip() if is_failed else None,
        video_url=film_link(production.id, cut.number) if cut else None,
        output_file=f"{production.id}.mp4" if cut else None,
        status_url=f"/video_status?job_id={production.id}",
        production=link,
    )


_FAILED: Final = frozenset({"stalled", "refused", "cancelled", "failed", "deleted"})


def _percent(progress: Sequence[ProgressView]) -> int:
    """Return how far the work is; joining comes last, and 100 is said only of what is there."""
    return max((min(99, one.done * 100 // max(1, one.total)) for one in progress), default=0)


def _one(name: str, values: tuple[object, ...]) -> object:
    if len(values) > 1:
        raise _invalid(f"The field {name!r} is there {len(values)} times.", "It is read once.")
    return values[0] if values else None


def _text(said: Mapping[str, object], meaning: str) -> str:
    value = said.get(meaning, "")
    if not isinstance(value, str):
        raise _invalid(f"The field for {meaning} is no text.", f"It is {value!r}."[:120])
    return value


def _number(said: Mapping[str, object], meaning: str, kind: Callable[[str], Number]) -> Number | None:
    value = said.get(meaning)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _invalid(f"The field for {meaning} is no number.", f"It is {value!r}."[:120])
    try:
        return kind(str(value))
    except ValueError as error:
        raise _invalid(f"The field for {meaning} is no number.", f"It is {value!r}."[:120]) from error


def _unknown(name: str, known: Sequence[str]) -> Refused:
    return _invalid(f"The field {name[:60]!r} is not known.", f"Understood are: {', '.join(known)}.")


def _no_file(file: str) -> Refused:
    return Refused(
        Reason.INVALID,
        f"{file[:120]!r} is no film or clip of ours.",
        why="Only files in the folder of the films can be joined, and only those that Kindling made.",
        help="Name what output_file of a finished job says, such as red-fox-7q2k.mp4.",
    )


def _invalid(what: str, why: str) -> Refused:
    return Refused(Reason.INVALID, what, why=why, help="docs/older-uis.md lists what is understood.")
