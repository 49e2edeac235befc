"""What the animatic reads out of words, and how it writes them into the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.plan import ShotSize
from services._kit.media import Frame
from services.creator.renderers.stage.caption import Caption
from services.creator.renderers.stage.lexicon import Light, Place, Style, Subject, Weather
from services.creator.renderers.stage.palette import Ramp
from services.creator.renderers.stage.words import Reading, read
from tests.animatic_house import (
    DUSK,
    ROWING,
    changed,
    look,
)
from tests.laws import examples


def reading_of(prompt: str, light: str = "", shot: ShotSize = ShotSize.WIDE) -> Reading:
    """Return how a prompt is read."""
    order = changed(ROWING, prompt=prompt, look=look(light, ""), shot=shot)
    return read(order, Ramp(DUSK))


@pytest.mark.parametrize(
    ("prompt", "place", "subject"),
    [
        ("A lighthouse keeper rows out at dusk", Place.SEA, Subject.ROWER),
        ("rows of houses in a village", Place.HILLS, Subject.HOUSE),
        ("a cat asleep on a windowsill", Place.INTERIOR, Subject.CAT),
        ("an astronaut on Mars", Place.PLANET, Subject.ASTRONAUT),
        ("horses in the desert", Place.DESERT, Subject.HORSE),
        ("underwater coral reef", Place.UNDERWATER, Subject.FISH),
        ("neon street, cyberpunk", Place.STREET, Subject.PERSON),
        ("a dragon", Place.MOUNTAINS, Subject.DRAGON),
        ("ein Leuchtturm am Meer", Place.SEA, Subject.LIGHTHOUSE),
        ("un chat sur la fenêtre", Place.INTERIOR, Subject.CAT),
        ("一座灯塔", Place.SEA, Subject.LIGHTHOUSE),
        ("فانوس دریایی در شب", Place.SEA, Subject.LIGHTHOUSE),
        ("something nobody has a word for", Place.HILLS, Subject.PERSON),
        ("A fox waits. The place: a deep forest with tall trunks, a house.", Place.FOREST, Subject.DOG),
    ],
)
def test_words_choose_the_place_and_the_subject(prompt: str, place: Place, subject: Subject) -> None:
    """What is named is shown; the description of the place names no subject."""
    reading = reading_of(prompt)
    assert (reading.place, reading.subject) == (place, subject)


def test_words_choose_light_weather_and_style() -> None:
    """The film's light comes before the segment's; weather adds up; styles are known by several names."""
    assert reading_of("a street at noon", "night").light is Light.NIGHT
    assert reading_of("a street in snow and fog").weather == {Weather.SNOW, Weather.FOG}
    assert reading_of("space, with rain").weather == set()
    assert reading_of("an aquarelle of a house").style is Style.WATERCOLOUR
    assert reading_of("a harbour, film noir").style is Style.NOIR


def test_a_close_shot_that_names_nobody_shows_the_place_alone() -> None:
    """No stranger walks into the picture of a wave."""
    assert reading_of("waves break over black rocks", shot=ShotSize.CLOSE_UP).is_empty
    assert not reading_of("a sailor's face", shot=ShotSize.CLOSE_UP).is_empty


def test_several_are_several_only_where_the_subject_is() -> None:
    """One cat among trees is one cat."""
    assert reading_of("a cat among trees and houses").count == 1
    assert reading_of("cats among trees").count == 3
    assert reading_of("two small children build a kite").count == 2
    assert reading_of("a couple on a bench").count == 2
    assert reading_of("a man between two trees").count == 1


def test_what_is_old_is_what_the_word_stands_before() -> None:
    """Children in an old barn are no greybeards; an old keeper is."""
    for young in ("two children build a kite in an old barn", "a girl in an old wooden house", "a boy, old film look"):
        assert "old" not in reading_of(young).traits
    for old in ("an old man in a barn", "an old lighthouse keeper", "an old and tired tailor", "two old friends"):
        assert "old" in reading_of(old).traits


def caption_ink(text: str, width: int = 832, height: int = 480) -> Frame:
    """Return how a caption changes a grey frame."""
    plain = np.full((height, width, 3), 128, dtype=np.uint8)
    return np.asarray(np.abs(Caption(text, width, height).lay(plain).astype(int) - 128), dtype=np.uint8)


def caption_columns(text: str, width: int = 832) -> int:
    """Return how many columns of the frame the caption takes."""
    return int(np.flatnonzero(caption_ink(text, width).max(axis=(0, 2)))[-1])


def test_no_caption_changes_nothing() -> None:
    """An order without a caption and one with it differ at the foot of the frame only."""
    ink = caption_ink("3  The keeper rows out")
    assert ink[:400].max() == 0
    assert ink[420:].max() > 100


@pytest.mark.parametrize(
    "words",
    [
        "The keeper rows out",
        "Смотритель маяка",
        "Φαροφύλακας",
        "灯台守が夕暮れに漕ぎ出す",
        "등대지기",
        "Tiếng Việt đẹp",
    ],
)
def test_scripts_that_the_fonts_hold_are_drawn(words: str) -> None:
    """The caption is wider than the number alone."""
    assert caption_columns(f"3  {words}") > caption_columns("3") + 40


@pytest.mark.parametrize("words", ["حارس المنارة", "שומר המגדלור", "प्रकाशस्तंभ", "ประภาคาร"])
def test_scripts_that_cannot_be_set_leave_the_number_alone(words: str) -> None:
    """No boxes, no question marks, no letters in the wrong order."""
    assert (caption_ink(f"3  {words}") == caption_ink("3")).all()


def test_a_sign_without_a_glyph_is_left_out_and_the_words_stay() -> None:
    """An emoji is no reason to drop a sentence."""
    assert (caption_ink("3  The keeper 🎬 rows out") == caption_ink("3  The keeper rows out")).all()


@settings(max_examples=examples(60))
@given(st.text(max_size=300), st.sampled_from([(832, 480), (480, 832), (208, 128), (96, 64)]))
def test_any_caption_stays_inside_the_frame(text: str, size: tuple[int, int]) -> None:
    """Long texts are cut; whatever is said fits, on a narrow frame too."""
    width, height = size
    ink = caption_ink(text, width, height)
    assert ink.shape == (height, width, 3)
    assert ink[:, -2:].max() == 0 or width < 100


def test_a_long_caption_is_cut_after_two_lines() -> None:
    """Twice as many words take no more room."""
    words = "5  " + "the keeper rows out past the rocks while the beam sweeps over the water and " * 4
    high = np.flatnonzero(caption_ink(words).max(axis=(1, 2)))
    higher = np.flatnonzero(caption_ink(words * 2).max(axis=(1, 2)))
    assert high[0] == higher[0] > 380
