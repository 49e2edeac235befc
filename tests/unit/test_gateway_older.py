"""The calls of older UIs: what is understood of them, and what is not."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from bus.plan import LoraWish
from services.gateway.older import clip_of, files_of, job_of, link_of
from services.gateway.requests import ClipBody, SizeBody
from tests import stories
from tests.gateway_facts import FOX, PLANNED, STALLED, finished, refused

FOLDER = PurePath("/films/productions")


def test_fields_of_older_uis_mean_what_ours_do() -> None:
    """Text of a form becomes figures, several names mean one thing, and what is empty is left out."""
    fields: dict[str, tuple[object, ...]] = {
        "prompt": (FOX,),
        "negative_prompt": ("text",),
        "width": ("832",),
        "height": (480,),
        "num_frames": ("33",),
        "num_inference_steps": ("30",),
        "seed": ("-1",),
        "lora_name": ("gouache",),
        "lora_weight": ("0.7",),
        "workflow": ("",),
    }
    assert clip_of(fields) == ClipBody(
        prompt=FOX,
        negative="text",
        size=SizeBody(width=832, height=480),
        frames=33,
        steps=30,
        loras=(LoraWish(name="gouache", strength=0.7),),
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"guidance_scale": ("7",)}, "The field 'guidance_scale' is not known."),
        ({"frames": ("33",), "length": ("33",)}, "says again what another one says"),
        ({"prompt": ("a", "b")}, "is there 2 times"),
        ({"steps": ("many",)}, "The field for steps is no number."),
        ({"steps": (True,)}, "The field for steps is no number."),
        ({"width": ("832",)}, "A size has a width and a height."),
        ({"lora_strength": ("1",)}, "A strength is said, and no LoRA."),
        ({"prompt": (["a"],)}, "The field for prompt is no text."),
    ],
)
def test_what_is_not_understood_is_named(fields: dict[str, tuple[object, ...]], says: str) -> None:
    """A field that is not known is an error and not a wish ignored; the page that lists them is named."""
    caught = refused(lambda: clip_of(fields))
    assert says in caught.what
    assert "older-uis.md" in caught.help


@pytest.mark.parametrize(
    ("value", "files"),
    [
        ((["a.mp4", "b.mp4"],), ("a.mp4", "b.mp4")),
        (("a.mp4", "b.mp4"), ("a.mp4", "b.mp4")),
        (("a.mp4, b.mp4",), ("a.mp4", "b.mp4")),
        (('["a.mp4", "b.mp4"]',), ("a.mp4", "b.mp4")),
    ],
)
def test_files_come_as_a_list_in_any_form(value: tuple[object, ...], files: tuple[str, ...]) -> None:
    """JSON, repeated fields, commas: all of them name the same files."""
    assert files_of({"video_files": value, "output_filename": ("../out/My film.mp4",)}) == (files, "My film")


@pytest.mark.parametrize("value", [(), ("",), ([1],), ("[1]",), ({},)])
def test_no_files_is_said(value: tuple[object, ...]) -> None:
    """What is no list of names is refused before anything is looked for."""
    assert refused(lambda: files_of({"video_files": value})).why


@pytest.mark.parametrize(
    ("file", "link"),
    [
        ("fox-7q2k.mp4", "/v1/productions/fox-7q2k/film"),
        ("completed/fox-7q2k.cut-2.mp4", "/v1/productions/fox-7q2k/film?cut=2"),
        ("/films/productions/completed/fox-7q2k.mp4", "/v1/productions/fox-7q2k/film"),
        ("segments/fox-7q2k/segment-003-take-2-approved.mp4", "/v1/productions/fox-7q2k/takes/3-2/clip"),
        ("segments\\fox-7q2k\\sample-1-take-1.mp4", "/v1/productions/fox-7q2k/samples/1-1/clip"),
    ],
)
def test_files_of_the_folder_are_clips_of_ours(file: str, link: str) -> None:
    """Whatever name a person finds there means the clip that lies there."""
    assert link_of(file, FOLDER) == link


@pytest.mark.parametrize(
    "file",
    [
        "",
        "/etc/passwd",
        "../fox-7q2k.mp4",
        "completed/../../fox-7q2k.mp4",
        "/films/productions/../fox-7q2k.mp4",
        "/films/other/fox-7q2k.mp4",
        "objects/ab/abcdef.mp4",
        "fox-7q2k.mov",
        "other/fox-7q2k.mp4",
        "segments/fox-7q2k/../x.mp4",
    ],
)
def test_files_elsewhere_are_not(file: str) -> None:
    """Nothing outside the folder of the films can be named, and nothing in it that is no film or clip."""
    assert "is no film or clip of ours" in refused(lambda: link_of(file, FOLDER)).what


def test_a_job_says_where_a_production_stands() -> None:
    """Queued, processing, completed, failed: a poller needs no more than that."""
    assert job_of(stories.told(PLANNED), ()).status == "queued"
    assert job_of(stories.told((*PLANNED, STALLED)), ()).error == "It broke. Resume."
    done = job_of(finished().state, ())
    assert (done.status, done.progress, done.output_file) == ("completed", 100, f"{stories.PRODUCTION}.mp4")
