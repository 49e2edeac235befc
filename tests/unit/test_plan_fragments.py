"""Subjects in comma-separated fragments: which one acts, which says where, and what the rest adds to every prompt."""

from __future__ import annotations

import re

import pytest

from bus.plan import Brief
from services.planner.prompts import look_and_world
from services.planner.rules import write_plan

READ = (
    ("Neon city street in the rain, a woman with a red umbrella walks by",
     "a woman", "walks by", "neon city street", "rain"),
    ("a red apple on a table, soft window light, shallow depth of field",
     "a red apple", "", "a table", "soft window light|shallow depth of field"),
    ("A lighthouse keeper, old and tired, rows out", "an old and tired lighthouse keeper", "rows out", "", ""),
    ("Foggy harbour at dawn, a fisherman mends his net", "a fisherman", "mends his net", "foggy harbour", "fog|dawn"),
    ("deep forest, snow falling, a wolf howls", "a wolf", "howls", "deep forest", "snow"),
    ("a wolf howls, deep forest, snow falling", "a wolf", "howls", "deep forest", "snow"),
    ("a red fox, snow falling", "a red fox", "", "", "snow falling"),
    ("A young woman, long black hair, red dress, walking through Tokyo at night",
     "a young woman", "is walking through Tokyo", "Tokyo", "long black hair|red dress|night"),
    ("At night, a cat walks along a wall", "a cat", "walks along a wall", "", "night"),
    ("In a dark forest, a girl lights a lantern", "a girl", "lights a lantern", "a dark forest", ""),
    ("in the rain, an old man waits at a station", "an old man", "waits at a station", "a station", "rain"),
    ("Maria, a young painter, paints a wall", "Maria", "paints a wall", "", "a young painter"),
    ("A dog, wet and muddy, runs along the beach", "a wet and muddy dog", "runs along the beach", "the beach", ""),
    ("A robot, rusty, walks through a ruined city",
     "a rusty robot", "walks through a ruined city", "a ruined city", ""),
    ("Medieval village, smoke rising from chimneys, a knight rides in",
     "a knight", "rides in", "medieval village", "smoke rising from chimneys"),
    ("Empty beach - a girl flies a kite - sunset", "a girl", "flies a kite", "empty beach", "dusk"),
    ("Empty beach — a girl flies a kite — sunset", "a girl", "flies a kite", "empty beach", "dusk"),
    ("Desert road; a lone motorcycle speeds past; heat haze",
     "a lone motorcycle", "speeds past", "desert road", "haze"),
    ("a steaming cup of coffee, wooden table, morning light", "a steaming cup of coffee", "", "wooden table",
     "morning light"),
    ("vintage car, desert highway, golden hour", "the vintage car", "", "desert highway", "golden"),
    ("astronaut, floating in space, earth in the background",
     "the astronaut", "is floating in space", "", "earth in the background"),
    ("portrait of an old sailor, white beard, stormy sea", "an old sailor", "", "stormy sea", "white beard"),
    ("city skyline at night, heavy rain", "the city skyline", "", "", "heavy rain"),
    ("heavy rain, empty street, neon signs flickering",
     "the empty street", "", "", "rain|neon signs flickering"),
    ("A chef, tattooed arms, cooks ramen in a small kitchen",
     "a chef", "cooks ramen in a small kitchen", "a small kitchen", "tattooed arms"),
    ("two children running through a field, tall grass, low sun, film grain",
     "two children", "are running through a field", "a field", "tall grass|low sun|film grain"),
    ("a ballerina dancing alone, empty theatre, single spotlight",
     "a ballerina", "is dancing alone", "empty theatre", "single spotlight"),
    ("a black cat sitting on a windowsill, rain on the glass, cozy",
     "a black cat", "is sitting on a windowsill", "", "rain on the glass|cozy"),
    ("Rooftop in Tokyo, a girl looks over the city, wind in her hair",
     "a girl", "looks over the city", "rooftop in Tokyo", "wind in her hair"),
    ("snowy mountain pass, a train crosses a bridge", "a train", "crosses a bridge", "snowy mountain pass", "snow"),
    ("a train, snowy mountains, steam", "a train", "", "snowy mountains", "steam"),
    ("old library, dust in the light, a boy opens a book",
     "a boy", "opens a book", "old library", "dust in the light"),
    ("an old man feeding pigeons, park bench, autumn leaves",
     "an old man", "is feeding pigeons", "park bench", "autumn leaves"),
    ("A ship, sails torn, drifts across the ocean", "a ship", "drifts across the ocean", "the ocean", "sails torn"),
    ("a dragon flies over a castle, fire in the sky, epic",
     "a dragon", "flies over a castle", "a castle", "fire in the sky|epic"),
    ("subway station, 1980s, a saxophonist plays", "a saxophonist", "plays", "subway station", "1980s"),
    ("A tailor sews a coat, humming", "a tailor", "sews a coat, humming", "", ""),
    ("a woman reads a letter, a man watches her", "a woman", "reads a letter", "", ""),
    ("close-up, a bee lands on a flower, macro lens", "a bee", "lands on a flower", "", "macro lens"),
    ("a ghost town, dust blowing, no people", "a ghost town", "", "", "dust blowing"),
    ("A cat, a dog and a bird play in the garden", "a cat, a dog and a bird", "play in the garden", "the garden", ""),
    ("quiet lake, mist, a heron standing still", "a heron", "is standing still", "quiet lake", "mist|fog"),
    ("Stormy sea, a small boat, waves crashing, lightning",
     "a small boat", "", "stormy sea", "waves crashing|lightning"),
    ("Man in a black coat, empty subway, flickering lights", "the man", "", "empty subway", "flickering lights"),
    ("Abandoned train station, overgrown with ivy, sunbeams, birds flying",
     "the abandoned train station", "", "", "overgrown with ivy|sunbeams|birds flying"),
)  # fmt: skip
"""The subject; who acts, what they do, the place in the person's words, and what every prompt must say: all parts."""

LEFTOVERS = re.compile(r",[.,;:]| ,|\b(?:a|an|the) (?:a|an|the)\b|[{}\[\]|]|  ")


def brief(subject: str, duration_s: float = 12.0, style: str | None = None) -> Brief:
    """Return a brief about the subject."""
    return Brief(
        title="A film",
        logline=subject,
        subject=subject,
        language="en",
        mode=None,
        mode_reason="",
        duration_s=duration_s,
        aspect=None,
        style=style,
    )


@pytest.mark.parametrize(("subject", "who", "action", "where"), [row[:4] for row in READ])
def test_the_fragment_that_acts_is_the_story_and_the_others_are_not(
    subject: str, who: str, action: str, where: str
) -> None:
    """Actor, action and place are those a reader would name, whichever fragment comes first."""
    read = look_and_world(brief(subject))[1].subject
    named, wanted = (re.sub(r"^(?:the|an?) (?=\w)", "", one) for one in (read.where, where))
    assert (read.who, read.action, named) == (who, action, wanted)


@pytest.mark.parametrize(("subject", "said"), [(row[0], row[4]) for row in READ if row[4]])
def test_what_a_fragment_adds_is_in_every_prompt(subject: str, said: str) -> None:
    """Weather, hour, look and detail hold for the whole film, so no segment may be rendered without them."""
    parts = said.split("|")
    alike = {"mist|fog"}
    for segment in write_plan(brief(subject)).segments:
        prompt = segment.prompt.lower()
        found = [part.lower() in prompt for part in parts]
        assert any(found) if said in alike else all(found), prompt


@pytest.mark.parametrize("subject", [row[0] for row in READ])
@pytest.mark.parametrize("duration_s", [4.0, 12.0, 40.0])
def test_no_sentence_or_prompt_shows_its_seams(subject: str, duration_s: float) -> None:
    """Taking fragments apart and putting them together leaves no stray comma, article or gap."""
    for segment in write_plan(brief(subject, duration_s)).segments:
        assert not LEFTOVERS.search(segment.beat), segment.beat
        assert not LEFTOVERS.search(segment.prompt), segment.prompt


@pytest.mark.parametrize(
    "subject",
    [
        "a neon alley in the rain, a man runs",
        "a man runs, neon alley, rain",
        "rain, neon alley, a man running",
        "at night, a man runs, neon alley, heavy rain",
    ],
)
def test_rain_beside_neon_is_not_lost(subject: str) -> None:
    """The light has one word; weather that is named beside it still reaches the look and every prompt."""
    plan = write_plan(brief(subject, style="cyberpunk"))
    assert plan.look.light == "neon"
    assert "rain" in plan.look.words
    assert all("rain" in one.prompt for one in plan.segments)


def test_the_first_fragments_place_is_where_the_film_opens() -> None:
    """The clause with the actor is told, in the place of the fragment before it."""
    first = write_plan(brief("Neon city street in the rain, a woman with a red umbrella walks by")).segments[0]
    assert first.beat.startswith("In a wide frame, a woman with a red umbrella walks by on a neon city street")
    assert "neon city street" in first.prompt
