"""What a language model answers when it plans: the frame of the story, and its shots. Checked strictly as it comes in.

The order of the fields is alphabetical, because some servers let a model answer in no other: what is to be thought of
first has the name that comes first.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from bus.plan import Movement, ShotSize

Line = Annotated[str, Meta(max_length=160)]
Sentence = Annotated[str, Meta(max_length=400)]
Paragraph = Annotated[str, Meta(max_length=800)]

LightWord = Literal[
    "underwater",
    "space",
    "neon",
    "snow",
    "rain",
    "fog",
    "fire",
    "golden hour",
    "dusk",
    "dawn",
    "night",
    "overcast",
    "interior",
    "day",
]
"""The closed vocabulary of `look.light`."""


class _Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Named(_Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person, an animal or a place: one name, and one description that every prompt repeats word for word."""

    description: Sentence
    name: Line


class Style(_Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A LoRA that was chosen from the catalogue, and why."""

    a_reason: Sentence
    name: Line


class Story(_Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The frame of the story: what happens from its first picture to its last, who and where, and in which light."""

    a_arc: Paragraph
    """Beginning, middle and end in two or three sentences."""
    light: LightWord
    loras: Annotated[tuple[Style, ...], Meta(max_length=3)]
    people: Annotated[tuple[Named, ...], Meta(max_length=6)]
    places: Annotated[tuple[Named, ...], Meta(max_length=6)]
    tones: Line
    """The colours in words."""


class SampleShot(_Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one shot that shows what the film will look like."""

    movement: Movement
    people: Annotated[tuple[Line, ...], Meta(max_length=4)]
    place: Line
    scene: Paragraph
    shot: ShotSize


class Closed(_Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question about the picture whose good answer is yes."""

    must_hold: bool
    question: Line


class Shot(_Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One segment of the film."""

    beat: Sentence
    """What happens, for people, in their language."""
    duration_ms: Annotated[int, Meta(ge=500, le=10_000)]
    join_reason: Sentence
    joined: Literal["cut", "continue"]
    keeps: Annotated[int, Meta(ge=0)]
    """The segment of the plan before that it is; 0: it is new."""
    keeps_changed: bool
    """Whether that segment is made anew from this shot; else it stays exactly as it is."""
    movement: Movement
    people: Annotated[tuple[Line, ...], Meta(max_length=4)]
    picture: Annotated[int, Meta(ge=0, le=64)]
    """Which of the person's pictures it starts from, counted from 1; 0: none."""
    place: Line
    """The name of its place; empty where it plays in none of them."""
    questions: Annotated[tuple[Closed, ...], Meta(max_length=4)]
    scene: Paragraph
    """What is to be seen, for the video model, in English."""
    shot: ShotSize


class Shots(_Answer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some of the film's shots, in their order."""

    shots: Annotated[tuple[Shot, ...], Meta(min_length=1, max_length=12)]


SHOTS_MAX = 12
"""How many shots are asked for at once: longer lists get careless, and some grammars can't count further."""
