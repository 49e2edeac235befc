"""A film that began with a picture, and is made from words after all."""

from __future__ import annotations

import pytest

from bus.plan import Brief, ImageRole, Mode
from services.intent.answers import Limits, Question
from services.intent.changes import changes
from services.intent.rules import Words, read_brief
from tests.unit.intent_cases import picture

LIMITS = Limits()
PICTURED = (
    Words(text="A keeper rows out at dusk, 6 seconds", images=(picture(832, 480, "first"),)),
    Words(text="use this for the look only, as a reference", images=(picture(640, 640, "look"),)),
)


@pytest.mark.parametrize(
    "words",
    [
        "From words, without the picture.",
        "without the picture, please",
        "make it without the photo",
        "start from words instead of the picture",
        "drop the picture",
        "ohne das Bild",
        "sans la photo",
    ],
)
def test_a_film_from_a_picture_can_be_made_from_words_after_all(words: str) -> None:
    """The picture that it starts from goes, one for its look stays, and what is to be seen is as it was."""
    before, after = (read_brief((*PICTURED, *more), None, LIMITS) for more in ((), (Words(text=words),)))
    assert isinstance(before, Brief)
    assert isinstance(after, Brief)
    assert (before.mode, after.mode) == (Mode.I2V, Mode.T2V)
    assert [one.role for one in after.images] == [ImageRole.REFERENCE]
    assert [one.field for one in changes(before, after)] == ["mode", "images"]
    again = read_brief((*PICTURED, Words(text=words), Words(text="without the picture")), after, LIMITS)
    assert isinstance(again, Brief)
    assert again.images == ()


def test_what_is_said_beside_it_counts_as_well() -> None:
    """A picture is dropped in one clause, and the light changes in the next."""
    found = read_brief((PICTURED[0], Words(text="From words, without the picture, at night")), None, LIMITS)
    assert isinstance(found, Brief)
    assert (found.images, found.subject) == ((), "A keeper rows out at night")


@pytest.mark.parametrize("words", ["no photo on the wall", "she hangs the picture on the wall", "no pictures of cats"])
def test_pictures_in_the_story_drop_none(words: str) -> None:
    """Words about pictures that are to be seen, or not, are no wish for a film without the one that came."""
    found = read_brief((PICTURED[0], Words(text=words)), None, LIMITS)
    assert isinstance(found, Brief)
    assert found.mode is Mode.I2V


def test_without_the_picture_that_said_it_all_is_asked_what_is_to_be_seen() -> None:
    """A film of which only the picture said what it shows has no subject without it; its length is kept."""
    first = Words(text="This picture comes alive, 4 seconds", images=(picture(832, 480),))
    asked = (first, Words(text="From words, without the picture."))
    before = read_brief(asked[:1], None, LIMITS)
    assert isinstance(before, Brief)
    question = read_brief(asked, before, LIMITS)
    assert isinstance(question, Question)
    assert question.field == "subject"
    answered = read_brief((*asked, Words(text="A paper boat in the rain")), before, LIMITS, held=1)
    assert isinstance(answered, Brief)
    assert (answered.mode, answered.duration_s, answered.images) == (Mode.T2V, 4, ())
    assert answered.subject == "A paper boat in the rain"
